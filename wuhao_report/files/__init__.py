"""Files at the edge: safe paths, whole writes, one run at a time, Office packages and where they came from; takes paths
and bytes, gives paths and bytes.

Modules, in the order of their imports:

    paths           safe names, whole writes
    cache           what this user's runs keep for the next ones
    folders         folders of strangers, and names below them
    outputs         a file to be written, as a record
    lock            one run at a time in a folder
    office          Office packages: limits, relationships, content types
    parcels         workbooks that come packed in a zip or a mail
    provenance      is this still our own output?
    workbook_style  how every workbook of ours looks
    listing         a list as a workbook
"""
