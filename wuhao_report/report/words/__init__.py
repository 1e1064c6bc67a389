"""What a report says: takes a submission and its assessment, gives the value of every name of the template.

Modules, in the order of their imports:

    context
"""
