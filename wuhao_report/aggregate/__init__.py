"""Many workbooks → one overview for the administrator: takes a folder of workbooks and bundles and a roster, gives ranks, totals and files.

Modules, in the order of their imports:

    records   what an aggregate keeps of one workbook
    tables    the tables that results stand in; a record as rows of them, and back
    roster    名单.xlsx: who is expected, by when, under whom; who is excluded; records matched to it
    rows      a committee that counts, with what has changed since its last report; files that do not count
    totals    what is told of many: statuses, rates, points lost
    overview  groups with their totals, lists, the state of the roster, subtotals at every level
    storage   records at rest: 结果库.duckdb and 汇总包.wuhao
    outputs   the files that show an overview
    gathering a folder → the files of a run in its store, every workbook evaluated once
    run       the story: a folder → the overview and its files
    assessors 考评 over an overview: forms out and in, what several say settled
"""
