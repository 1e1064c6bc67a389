"""Records at rest: takes matched records, keeps them in 结果库.duckdb and in 汇总包.wuhao, and gives them back in order.

Modules, in the order of their imports:

    bundle    汇总包.wuhao: the results of an aggregate as one file for the level above
    soundness whether a result that came by mail can be one of its scheme
    known     what this user has judged already, in the user's own cache
    tables    the DuckDB file with its tables, and the plain file beside it for the records of a run
    ledger    the results of all runs, and the files of this run
    ordering  which files of a run count, their ranks and places, and the lists that come of it
    store     what a run asks of those, page by page, through a process that can be lost
"""
