"""What a report says: takes a submission and its assessment, gives the value of every name of its document.

Modules, in the order of their imports:

    basis        what all of them write from
    heading      title, unit and days; counts
    people       leaders, and honours won in the phase
    own_texts    the secretary's texts
    figures      profile, years, milestones
    deeds        totals of a head, and deeds told from rows
    heads        what each head has reached and lacks
    problems     problems and measures, gaps
    overview     附件1 and the points
    plan         what comes next, day by day
    attachments  the lists behind the report, the tasks
    context      all of them together
"""
