"""What a scheme may measure: takes typed tables and a period, gives an exact reading with the rows that make it.

A kind of measure stands in one module: its record, how a scheme writes it, the columns it needs, its value, the
shortest way to its target, its words. Adding one is a class in the module of its family, its name in `kinds`, its test.

Modules, in the order of their imports:

    target       what a value must reach
    facts        readings; the tables, profiles and clocks that measures read, and the periods they are asked for
    base         what every kind must say of itself
    counting     records of a log: count, sum, distinct, people
    cell_values  one cell: a figure, yes or no, a level
    stocks       what there is on a day: stock, growth, a listed set
    comparison   with the period before, with peers
    rates        share, ratio, coverage
    runs         longest vacancy, longest gap
    deadline     days after a due day
    manual       judged by hand
    kinds        the list of all of them
"""
