"""What else is done with one workbook or a folder of them: blank, marked, masked and migrated copies, verification,
batches, trials.

Modules, in the order of their imports:

    pdf
    blank_workbook
    marked_copy
    masked_copy
    migration
    verification
    starter_folder
    find_workbooks
    batch
    trial
"""
