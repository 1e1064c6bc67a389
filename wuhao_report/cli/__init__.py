"""Commands, screens and exit codes: the only package that prints.

Modules, in the order of their imports:

    screen
    jobs
    ask
    double_click
    chinese_click
    commands
"""
