"""Results → sentences → the names of a template → Word; the JSON of a check; lists of what to mend.

Modules, in the order of their imports:

    phrases
    json_form
    tasks
    outcome
    chinese_style
    names
    words
    charts
    render
    documents
    checklist
    report
"""
