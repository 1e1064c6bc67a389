"""考评 in bulk: takes the overview of an aggregate, gives each committee's 考评表, reads the filled ones back, and settles what several say.

Modules, in the order of their imports:

    form     the 考评表 of a committee, to be filled in without this program
    filled   a filled 考评表 as plain values, with what is wrong in it
    settle   filled ones matched to their committees; what assessors say of one, settled by a rule or listed
    listing  考评汇总.xlsx and its JSON: 自评 beside 考评, and where they differ most
    run      the files of all this
"""
