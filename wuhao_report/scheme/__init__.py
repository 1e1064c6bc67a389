"""An indicator system, in TOML or in Excel → frozen records; the library of those that come with the program.

Modules, in the order of their imports:

    placeholders
    model
    excel_layout
    describe
    read_indicators
    excel_reader
    library
    required_columns
    excel_writer
"""
