"""What every section of a report is written from.

Modules, in the order of their imports:

    findings   an indicator in a word
    deed_rows  the rows of logs that may be told
    material   one committee as its report tells of it
"""
