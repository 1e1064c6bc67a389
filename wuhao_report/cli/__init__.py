"""Commands, screens and exit codes: the only package that prints.

Modules, in the order of their imports:

    screen_one
    calls
    ask
    double_click
    chinese_click
    main
"""
