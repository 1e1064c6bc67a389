"""What stands on the screen: results as lines of text with their colours.

Modules, in the order of their imports:

    one    lines about one workbook
    many   lines about many, and about schemes
"""
