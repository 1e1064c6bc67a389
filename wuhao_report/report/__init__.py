"""Results → sentences → the names of a template → Word; the JSON of a check; lists of what to mend.

Modules, in the order of their imports:

    placeholder_texts  the text of each placeholder
    sentences          the sentences of one indicator
    sentence_forms     every sentence of a scheme in its forms
    tasks              what is still to be done
    json_form          the JSON of a check
    chinese_style      how official Chinese writes things
    charts             charts filled with numbers
    template           documents, their names, their templates
    words              the value of each name
    documents          a Word document before it is rendered
    checklist          lists as workbooks
    rendered           what is rendered for a workbook, and where it was written
    report             one workbook's report and list
"""
