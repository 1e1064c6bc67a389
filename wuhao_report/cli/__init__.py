"""Commands, screens and exit codes: takes a command line, prints Chinese and JSON; the only package that prints.

Modules, in the order of their imports:

    chinese_click
    console         text, colours, JSON, progress; exit codes
    options         that several commands share
    failures        exceptions as sentences
    screen_one      lines about one workbook
    screen_many     lines about many, and about schemes
    calls           into a process that can be lost
    double_click    what the batch files ask for
    one_workbook    new, check, report, upgrade, dump
    many            batch, aggregate, verify, init, desk
    schemes         scheme list, show, check, try, export
    main            all commands
"""
