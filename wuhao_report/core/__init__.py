"""What every other package speaks in: problem records, periods, exact numbers, text, options; takes and gives plain values.

Modules, in the order of their imports:

    cell_reference  letters of columns, addresses of cells
    catalogue       every message: its code, level, words
    text            text as it is compared and shown; near words
    problems        one fault as a value, with its place
    errors          the faults that stop the work
    grouping        problems with one cause as one
    periods         phases, natural periods, the clock of a report
    numbers         exact values as text; the one place that rounds
    strict          reading a table of a scheme strictly
    options         what the caller asks for, what a check gives back
"""
