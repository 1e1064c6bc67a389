"""Sheets as a scheme defines them → typed tables: takes raw cells and sheet definitions, gives tables and problems.

Modules, in the order of their imports:

    sheets      forms, columns, types and roles
    conditions  tests of columns: read from a scheme, met by a value, in words
    retyped     numbers of things that a program has made days of
    cells       one raw cell → its typed value
    codecs      cells of a scheme written in Excel ↔ plain values, and its columns
    headers     the one header finder
    rows        which rows are no records, how cells are shown
    columns     which column of a sheet is which column of the scheme
    records     the rows that are records, merged cells spread
    typed       typed values → a column of a DataFrame, and back
    table       the DataFrame of a sheet, where it stands, and what measures ask of it
    reader      a sheet → its table, or the values of a key–value sheet
"""
