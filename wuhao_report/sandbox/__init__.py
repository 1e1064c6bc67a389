"""Work in a process that can be lost: takes a function and its arguments, gives its result, or says why the process was
lost.

Modules, in the order of their imports:

    process
"""
