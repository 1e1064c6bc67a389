"""核对清单.xlsx: the secretary's own list of what to mend, beside the report and never inside it."""

from __future__ import annotations

from collections.abc import Iterable

from wuhao_report.core.catalogue import LEVEL_WORDS
from wuhao_report.core.grouping import Group, grouped
from wuhao_report.core.problems import Problem
from wuhao_report.files.listing import listing
from wuhao_report.files.provenance import LIST_NAME

PROBLEM_COLUMNS = (("序号", 6), ("级别", 8), ("工作表", 14), ("单元格", 14), ("现在填的", 26), ("问题", 60), ("怎么办", 60))
"""The headers of a list of problems and the widths of its columns."""
SEEN_FIRST = frozenset({"text-number-differs"})
FILLS = {"error": "F8CBAD", "warning": "FFF2CC", "info": "FFFFFF"}


def problem_row(number: int, group: Group) -> tuple[str, ...]:
    """Return the texts of a row of PROBLEM_COLUMNS."""
    item = group.first
    value = "" if group.value is None else str(group.value)
    return str(number), LEVEL_WORDS[item.level], item.at.sheet or "", group.cells, value, group.message, item.hint


def checklist(problems: Iterable[Problem], title: str, author: str, moment: str) -> bytes:
    """Return the bytes of the list of problems: one row for those with one cause, in the order given.

    A number of the text that the tables contradict comes first: a chairman sees it before anything else.
    """
    rows, fills = [], []
    groups = sorted(grouped(problems), key=lambda group: group.first.code not in SEEN_FIRST)
    for number, group in enumerate(groups, 1):
        rows.append(problem_row(number, group))
        fills.append(FILLS[group.first.level])
    return listing(LIST_NAME, title, PROBLEM_COLUMNS, rows, author, moment, fills)
