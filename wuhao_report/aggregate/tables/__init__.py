"""Results as plain tables that anybody can query: what stands in each, and a committee's record as rows of them, and back.

Modules, in the order of their imports:

    schema  the tables and their columns
    exact   numbers as doubles, with what is said beside those that a double cannot say
    rows    a record as rows of the tables, and back, exactly
"""
