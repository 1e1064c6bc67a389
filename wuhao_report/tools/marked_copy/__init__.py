"""A marked copy of somebody's workbook (批注副本): takes its bytes and the problems found in it, gives the copy: a comment and a fill
for each problem, and a list of them with links.

Modules, in the order of their imports:

    parts       the package: parsed parts, links, the first state of what is touched
    styles      cell formats for fills and lists
    comments    the comments of a sheet and the drawing that shows them
    lists       the sheets in front: what to mend, what is still to be done
    copy        the copy as a whole
"""
