"""Records at rest: takes matched records, keeps them in 结果库.duckdb and in 汇总包.wuhao, and gives them back in order.

Modules, in the order of their imports:

    bundle   汇总包.wuhao: the results of an aggregate as one file for the level above
    ledger   the tables of a run and the results of all runs, in DuckDB
    store    what a run asks of the ledger, page by page, through a process that can be lost
"""
