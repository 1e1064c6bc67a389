"""What an aggregate keeps of one workbook: takes a workbook, gives a record of its results that needs neither the workbook nor its scheme.

Modules, in the order of their imports:

    model      the record and its parts
    recording  a workbook → its record; its places once all are known
"""
