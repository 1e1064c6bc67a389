"""Files at the edge: safe paths, whole writes, one run at a time, Office packages and where they came from; takes paths
and bytes, gives paths and bytes.

Modules, in the order of their imports:

    paths
    lock
    office
    provenance
    workbook_style
    listing
"""
