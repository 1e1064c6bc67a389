"""An indicator system, in TOML or in Excel → frozen records; lookup of those that come with the program.

Modules, in the order of their imports:

    placeholders      what sentences may hold, and filling them
    model             a scheme as frozen records
    excel             a scheme as a workbook: out, and in again with the cell of every key
    describe          what an indicator asks for, and how it gives points, in words
    read_indicators   indicators, parts, penalties, awards
    read_sheets       sheets, columns, roles
    read_scheme       plain tables → the whole scheme
    lookup            schemes by id or file
    cautions          stretches of the phases that no period covers
    required_columns  which columns indicators need
"""
