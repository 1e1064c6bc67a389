"""An indicator system, in TOML or in Excel → frozen records; lookup of those that come with the program.

Modules, in the order of their imports:

    placeholders      what sentences may hold, and filling them
    model             a scheme as frozen records
    excel_layout      the six sheets of a scheme in Excel, the Chinese word for every key
    describe          what an indicator asks for, and how it gives points, in words
    read_indicators   indicators, parts, penalties, awards
    read_sheets       sheets, columns, roles
    read_scheme       plain tables → the whole scheme
    excel_reader      a workbook → plain tables, every key with its cell
    lookup            schemes by id or file
    cautions          stretches of the phases that no period covers
    required_columns  which columns indicators need
    excel_writer      plain tables → a workbook, or TOML
"""
