"""报告核验: whether a report says what its workbook gives, everywhere a reader looks; and what has changed between two workbooks.

Modules, in the order of their imports:

    sight       a Word document as everything a reader sees in it, with its places
    comparison  two of them → what differs, and whether it decides
    verify      a report and a workbook → the verdict
    pairs       a folder of reports and a folder of workbooks → which belongs to which
    resubmission  two workbooks of one committee → what has changed, and which indicators moved by it
"""
