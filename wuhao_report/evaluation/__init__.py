"""Cells and a scheme → a submission, its measures, statuses, points and problems; pure functions of their arguments.

Modules, in the order of their imports:

    submission
    results
    scoring
    assessment
    ranking
    cross_checks
    shortfall
"""
