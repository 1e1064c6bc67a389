"""Any file a committee may send → plain cells with their addresses; knows no scheme.

Modules, in the order of their imports:

    raw          what stands in a cell before it is typed
    plain_sheet  a sheet's XML in any form → its plain form, its facts
    sheet_xml    the same of the usual form, in few passes
    number_format  formats that make a text of a number
    direct       sheets in the usual form → their cells, in one pass with their safety
    photos       photographs in cells and over them
    package      a package's limits and sheets, parts that must be mended
    reader       a path → addressed cells; the only user of calamine
    text_form    cells ↔ a text that people can read, write and mail
"""
