"""Any file a committee may send → plain cells with their addresses; knows no scheme.

Modules, in the order of their imports:

    plain_sheet
    sheet_xml
    package
    reader
    text_form
"""
