"""名单.xlsx: takes a workbook of names, gives who is expected, by when, under whom, who is excluded, and the member that a result is of.

Modules, in the order of their imports:

    names     names of committees as they are compared, and the nearest of very many
    model     members, exclusions, the campaign; several rosters as one
    reading   名单.xlsx → the roster, and what is wrong with it
    matching  results matched to the roster
"""
