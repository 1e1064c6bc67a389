"""汇总表.xlsx: takes the overview, gives a workbook to circulate: a cover, the sheets of each group, who has not sent, what does not count.

Modules, in the order of their imports:

    sheets      worksheets that look alike, written row by row, with live totals
    cover       the cover with its contents
    awards      授牌名单, 不合格名单: who is to be honoured, who has failed
    committees  总表, a committee a row
    statistics  指标达标, 失分统计, 分类统计
    figures     人数与人次, of all and of each
    lists       未报名单, 问题文件
    book        the workbook: all sheets in order, and its file
"""
