"""Word templates: takes a .docx and the values of its names, gives the bytes of a document.

Modules, in the order of their imports:

    names
    rendering
"""
