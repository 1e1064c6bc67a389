"""A submission and its assessment → the value of every name of the document, within the length the scheme allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wuhao_report.core.problems import Problem
from wuhao_report.evaluation.results import Assessment
from wuhao_report.evaluation.submission import Submission
from wuhao_report.report.template import document_kinds as d
from wuhao_report.report.template.names import merged
from wuhao_report.report.words.attachments import attachments, numbering, tasks
from wuhao_report.report.words.basis.deed_rows import FEWEST_DEEDS, MOST_DEEDS
from wuhao_report.report.words.basis.material import Material, Values
from wuhao_report.report.words.deeds import named_children
from wuhao_report.report.words.figures import figures, unanswered, years_chart
from wuhao_report.report.words.heading import counts, heading
from wuhao_report.report.words.heads import heads, heads_chart
from wuhao_report.report.words.overview import overview, points, without_points
from wuhao_report.report.words.own_texts import body_length, own_texts, text_problems
from wuhao_report.report.words.people import honoured_children
from wuhao_report.report.words.problems import gaps, problem_table, problems, unsettled

SHORTER = (
    (4, MOST_DEEDS, True),
    (3, MOST_DEEDS, True),
    (2, MOST_DEEDS, True),
    (1, MOST_DEEDS, True),
    (1, FEWEST_DEEDS, True),
    (1, FEWEST_DEEDS, False),
)
"""The ranks of achievements, the deeds of a head, and whether the heads stand in a table: tried in turn while the body is too long."""


def charts(material: Material) -> Values:
    """Return the values of the group 图表."""
    return {"图表": {"各方面达标": heads_chart(material), "年度对比": years_chart(material)}}


SECTIONS: Mapping[d.Group, Callable[[Material], Values]] = {
    d.HEADING: heading,
    d.COUNTS: counts,
    d.OWN_TEXTS: own_texts,
    d.FIGURES: figures,
    d.HEADS: heads,
    d.CHARTS: charts,
    d.PROBLEMS: problems,
    d.PROBLEM_TABLE: problem_table,
    d.GAPS: gaps,
    d.TASKS: tasks,
    d.OVERVIEW: overview,
    d.POINTS: points,
    d.ATTACHMENTS: attachments,
    d.NUMBERING: numbering,
}
"""What computes each group of names of a report."""


def report_context(submission: Submission, assessment: Assessment) -> tuple[Values, tuple[Problem, ...]]:
    """Return the values of a report's names within the scheme's body limit, and the problems of the secretary's own texts.

    Only what is computed gives way to the limit: achievements first, the less telling before, then the third deed of each head,
    then the table of the heads, whose figures stand in their texts too.
    The secretary's text is never cut, a warning says it is too long.
    """
    limit = submission.scheme.body_limit
    material = Material(submission, assessment)
    values = merged(*(SECTIONS[group](material) for group in d.report_kind(assessment.stage.report).groups))
    mid_term = d.report_kind(assessment.stage.report) is d.MID_TERM_REPORT
    for telling, deeds, table in SHORTER:
        if body_length(values, mid_term) <= limit:
            break
        values |= heads(material, telling, deeds, table)
    if not assessment.by_points:
        values = without_points(values)
    return values, (
        *text_problems(submission, body_length(values, mid_term), limit),
        *named_children(material),
        *honoured_children(material),
        *unsettled(material, values),
        *(unanswered(material, values) if mid_term else ()),
    )
