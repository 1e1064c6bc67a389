"""The files that show an aggregate: takes the picture of a run, gives JSON, 汇总表.xlsx, 汇总报告.docx, 汇总看板.html.

Modules, in the order of their imports:

    data
    table
    report
    dashboard
"""
