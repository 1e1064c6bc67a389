"""Commands, screens and exit codes: takes a command line, prints Chinese and JSON; the only package that prints.

Modules, in the order of their imports:

    chinese_click
    console         text, colours, JSON, progress; exit codes
    options         that several commands share
    failures        exceptions as sentences
    screens         results as lines of text
    calls           into a process that can be lost
    double_click    what the batch files ask for
    one_workbook    new, check, report, upgrade, dump
    many            batch, verify, init, desk
    aggregates      aggregate, feedback, assess out, assess in
    schemes         scheme list, show, check, try, export
    main            all commands
"""
