"""One indicator's results → the sentences of its scheme.

Modules, in the order of their imports:

    placeholder_texts  the text of each placeholder
    sentences          the sentences of one indicator
    sentence_forms     every sentence of a scheme in its forms
"""
