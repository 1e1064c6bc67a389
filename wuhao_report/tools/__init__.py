"""What else is done with one workbook or a folder of them: blank, marked, masked and migrated copies, verification,
batches, trials.

Modules, in the order of their imports:

    pdf             a .docx → the PDF beside it
    blank_workbook  a scheme → the workbook an office circulates
    example_workbook  a scheme → a workbook that an invented committee has filled in
    marked_copy     a workbook and its problems → a copy with comments
    masked          a workbook → a copy without names
    migration       an older workbook → a fresh one, every cell accounted for
    starter_folder  a scheme and a unit → the files of a secretary's folder
    unread_files    files beside workbooks that are none, and what is to be done with each
    find_workbooks  a folder → the workbooks people handed in
    verification    a report and its workbook → was either changed? two workbooks → what has changed?
    batch           a folder → a report for each workbook
    trial           a draft scheme over a folder → what would change
"""
