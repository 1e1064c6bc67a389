"""A masked copy of a workbook for passing on: people under numbers, telephones and identity numbers with stars, the same results.

Modules, in the order of their imports:

    people  who is named, the number of each, and how a text and a cell for persons are masked
    parts   every place of a package where a person could read a name, and what is left out of the copy
    copy    a workbook → its masked copy
"""
