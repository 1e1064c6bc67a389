"""The files that show an aggregate: takes its overview, gives JSON, 汇总表.xlsx, 汇总看板.html, 汇总报告.docx and 催报.txt.

Modules, in the order of their imports:

    data       the overview as plain data, for JSON
    sheets     worksheets that look alike, written row by row, with live totals
    table      汇总表.xlsx
    report     汇总报告.docx
    feedback   反馈意见书 for each committee
    dashboard  汇总看板.html, made of what lies in page/
    files      every file of an aggregate as an Output
"""
