"""What every other package speaks in: problem records, periods, exact numbers, text, options; takes and gives plain
values.

Modules, in the order of their imports:

    problems
    periods
    numbers
    text
    strict
    options
"""
