"""The files that show an aggregate: takes its overview, gives JSON, 汇总表.xlsx, 汇总看板.html, 汇总报告.docx and 催报.txt.

Modules, in the order of their imports:

    lead       what matters in a group, in a few sentences
    data       the overview as plain data, for JSON
    table      汇总表.xlsx, sheet by sheet
    report     汇总报告.docx
    feedback   反馈意见书 for each committee
    dashboard  汇总看板.html, made of what lies in page/
    files      every file of an aggregate as an Output
"""
