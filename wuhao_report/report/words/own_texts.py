"""The secretary's own texts as paragraphs; how long the body becomes, and what is to be said of the texts."""

from __future__ import annotations

from collections.abc import Mapping

from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.evaluation.submission import Submission
from wuhao_report.report.chinese_style import own_paragraphs
from wuhao_report.report.words.basis.material import Material, Values
from wuhao_report.report.words.people import honours

ROLES = {
    "单位概况": "overview",
    "自查组织情况": "process",
    "特色亮点": "highlights",
    "存在不足": "shortcomings",
    "下一步打算": "plans",
}
FOLLOWS = {"特色亮点": "examples", "下一步打算": "suggestions"}
"""Texts that stand behind another one, and leave no gap where they are empty."""
FRAME_LENGTH = 500
"""About what the fixed words of a template add to the body, in characters."""
MID_TERM_FRAME = 250
"""What a mid-term report has besides: milestones with what was done about them, what has changed."""
TABLE_LINE = 16
"""How much of the body a line of a table takes, in characters of running text: tables are set smaller."""
PROBLEM_CELLS = {"问题": 9, "原因": 5, "措施": 7, "责任人": 4, "时限": 4, "状态": 4}
TASK_CELLS = {"任务": 19, "指标": 5, "责任人": 4, "时限": 9}
"""About how many characters a line of each column holds: the tallest cell makes the row."""


def own_texts(material: Material) -> Values:
    """Return the values of the group 文字材料."""
    sheet = material.scheme.by_use["texts"]
    columns = {name: sheet.role(role) or name for name, role in ROLES.items()}
    texts = material.submission.texts
    values = {
        name: []
        if not texts.get(column) and _told_elsewhere(material.submission, ROLES[name])
        else own_paragraphs(texts.get(column), column)
        for name, column in columns.items()
    }
    for name, role in FOLLOWS.items():
        if more := texts.get(sheet.role(role) or ""):
            written = values[name] if texts.get(columns[name]) else []
            values[name] = [*written, *own_paragraphs(more, name)]
    values["特色亮点"] += honours(material)
    return values


def body_length(values: Values, mid_term: bool) -> int:
    """Return about how many characters the body of a report has, its tables by the height of their rows."""
    own = sum(len(text) for name in ROLES for text in values[name])
    heads = sum(len(head["工作"]) + len("".join(head["达标段"])) for head in values["各方面"])
    tables = sum(_row_length(row, PROBLEM_CELLS) for row in values["问题表"])
    if mid_term:
        heads_table = TABLE_LINE * (len(values["各方面"]) + 2) if values["进展栏"] else 0
        tables += MID_TERM_FRAME + heads_table + sum(_row_length(row, TASK_CELLS) for row in values["任务清单"])
    return own + heads + tables + len(values["基本数据"]) + len(values["班子"]) + FRAME_LENGTH


def _row_length(row: Values, cells: Mapping[str, int]) -> int:
    return TABLE_LINE * max(-(-len(row[name]) // width) for name, width in cells.items())


def missing_texts(submission: Submission) -> tuple[str, ...]:
    """Return the columns of the secretary's own texts that are empty: the report marks each as 【待补】.

    What is wanting may be told in the sheet of problems just as well.
    """
    sheet = submission.scheme.layout.by_use["texts"]
    return tuple(
        column
        for name, role in ROLES.items()
        if not _told_elsewhere(submission, role)
        and not submission.texts.get(column := sheet.role(role) or "")
        and not submission.texts.get(sheet.role(FOLLOWS.get(name, "")) or "")
    )


def _told_elsewhere(submission: Submission, role: str) -> bool:
    """Say whether what a text is to tell stands in the sheet of problems."""
    mending = submission.scheme.layout.by_use["mending"]
    return role == "shortcomings" and any(submission.values(mending.name, mending.role("problem")))


def text_problems(submission: Submission, body: int, limit: int) -> tuple[Problem, ...]:
    """Return the texts that are missing, and the longest where they make a body of `body` characters longer than `limit`."""
    sheet = submission.scheme.by_use["texts"]
    problems = [
        problem("text-missing", submission.places.get((sheet.name, column)) or At(sheet.name), column=column)
        for column in missing_texts(submission)
    ]
    columns = (sheet.role(role) or "" for role in ROLES.values())
    lengths = {column: len(text) for column in columns if (text := submission.texts.get(column))}
    if body > limit and lengths and sum(lengths.values()) > limit // 3:
        longest = max(lengths, key=lambda name: lengths[name])
        problems.append(
            problem(
                "text-too-long",
                submission.places[sheet.name, longest],
                column=longest,
                count=lengths[longest],
                total=body,
                limit=limit,
            )
        )
    return tuple(problems)
