"""Word templates: takes a .docx and the values of its document's names, gives the bytes of a document.

Modules, in the order of their imports:

    names           the types of names
    document_kinds  each kind of document with the names it declares
    name_check      names of a template that its document does not have
    tags            tags that are cut, mistyped, or lie in changes that Word keeps track of
    safety          what would reach beyond a template
    loading         a .docx as a checked template
    layout          what is done to the rendered text
    rendering       a template and values as a document
    trial           a template tried with invented values
"""
