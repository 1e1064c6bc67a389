"""Results → sentences → the names of a template → Word; the JSON of a check; lists of what to mend.

Modules, in the order of their imports:

    placeholder_texts
    sentences
    json_form
    tasks
    outcome
    chinese_style
    charts
    template
    words
    checklist
    report
    pdf
"""
