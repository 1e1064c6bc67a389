"""What a report says: takes a submission and its assessment, gives the value of every name of its document.

Modules, in the order of their imports:

    findings     an indicator in a word
    deed_rows    the rows of logs that may be told
    material     what all of them write from
    heading      title, unit and days; counts
    honours      honours won in the phase
    own_texts    the secretary's texts
    deeds        totals of a head, and deeds told from rows
    leaders      who leads the committee
    figures      profile, years, milestones
    heads        what each head has reached and lacks
    problems     problems and measures, gaps
    overview     附件1 and the points
    plan         what comes next, day by day
    attachments  the lists behind the report, the tasks
    context      all of them together
"""
