"""Cells and a scheme → a submission, its measures, statuses, points and problems; pure functions of their arguments.

Modules, in the order of their imports:

    submission    one committee's typed tables and key–value sheets
    results       the judgement as frozen records
    scoring       results of periods → points, and the cause of every lost one
    assessment    readings → statuses, then points
    ranking       ranks among peers, settled when many are known
    checks        problems that show only when cells are seen together
    shortfall     a rule solved for what can still be added
    check         the story: a workbook judged, with all its problems
    frames        tables from anywhere → judgements
"""
