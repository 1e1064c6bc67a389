"""What every other package speaks in: problem records, periods, exact numbers, text, options; takes and gives plain
values.

Modules, in the order of their imports:

    cell_reference
    problems
    periods
    numbers
    cells
    strict
    options
"""
