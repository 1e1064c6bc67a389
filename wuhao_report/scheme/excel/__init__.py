"""An indicator system as a workbook of six sheets: takes plain tables, gives the workbook, and back with the cell of every key.

Modules, in the order of their imports:

    layout  the six sheets, the Chinese word for every key
    rows    rows of the sheets: cells by header, every key with its place
    basics  基本信息, 表格与栏目, 阶段
    items   指标, 语句
    rules   评分规则
    reader  a workbook → plain tables
    writer  plain tables → a workbook, or TOML
"""
