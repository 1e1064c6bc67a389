"""Many workbooks → one picture for the administrator: roster, results in DuckDB, totals, ranks, the files that show
them.

Modules, in the order of their imports:

    records
    codec
    roster
    matching
    totals
    storage
    outputs
    run
    cluster
"""
