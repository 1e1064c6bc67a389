"""Results at rest: takes results matched to the roster, keeps them in 结果库.duckdb and in 汇总包.wuhao, and gives them back in order.

Modules, in the order of their imports:

    database  the DuckDB file with its tables: opened so that nothing outside can be read, verified, filled
    results   results in the tables: put there, and fetched by their numbers
    earlier   what versions up to 0.4 have stored
    migration a store of an earlier version becomes one of this; results of another store as history
    export    the tables for other programs
    bundles   汇总包.wuhao: the same tables as one file for the level above
    soundness whether a result that came by mail can be one of its scheme
    known     what this user has judged already, in the user's own cache
    ledger    the files of this run, with their results
    ordering  which files of a run count, their ranks and places, and the lists that come of it
    sums      the totals of what counts, by SQL
    store     what a run asks of those, page by page, through a process that can be lost
"""
