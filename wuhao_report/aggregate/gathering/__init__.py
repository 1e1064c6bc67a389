"""A folder of workbooks, bundles, zips and mails → the files of a run in its store.

Modules, in the order of their imports:

    unchanged   whether a run would come to what the last one came to
    processes   the processes of this machine that a run needs, begun early
    intake      every file taken in once, every workbook evaluated once
    cluster     evaluating on the machines of a Dask cluster
"""
