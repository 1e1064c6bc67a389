"""Results → sentences → the names of a template → Word; the JSON of a check; lists of what to mend.

Modules, in the order of their imports:

    chinese_style      how official Chinese writes things
    wording            the sentences of an indicator
    tasks              what is still to be done
    json_form          the JSON of a check
    charts             charts filled with numbers
    template           documents, their names, their templates
    words              the value of each name
    documents          a Word document before it is rendered
    checklist          lists as workbooks
    rendered           what is rendered for a workbook, and where it was written
    report             one workbook's report and list
"""
