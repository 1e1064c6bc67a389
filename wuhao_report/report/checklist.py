"""核对清单.xlsx: the secretary's own list of what to mend, beside the report and never inside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wuhao_report.core.catalogue import LEVEL_WORDS
from wuhao_report.core.grouping import Group, grouped
from wuhao_report.core.problems import Problem
from wuhao_report.files.listing import Listed, listings
from wuhao_report.files.provenance import LIST_NAME

PROBLEM_COLUMNS = (("序号", 6), ("级别", 8), ("工作表", 14), ("单元格", 14), ("现在填的", 26), ("问题", 60), ("怎么办", 60))
"""The headers of a list of problems and the widths of its columns."""
SEEN_FIRST = "text-number-differs"
"""A number of the text that the tables contradict: a chairman sees it before anything else."""
BEFORE_SIGNING = frozenset(
    {SEEN_FIRST, "unfilled-sheet", "says-none-but-listed", "text-missing", "mending-unsettled", "milestone-unanswered"}
)
"""What has to be put right before anybody signs, besides every error."""
TERMS = "指标口径"
TERM_COLUMNS = (("序号", 6), ("指标", 30), ("口径", 110))
"""The name and the columns of the sheet that tells how the indicators are counted."""
FILLS = {"error": "F8CBAD", "warning": "FFF2CC", "info": "FFFFFF"}


def problem_row(number: int, group: Group) -> tuple[str, ...]:
    """Return the texts of a row of PROBLEM_COLUMNS."""
    item = group.first
    value = "" if group.value is None else str(group.value)
    return str(number), LEVEL_WORDS[item.level], item.at.sheet or "", group.cells, value, group.message, item.hint


def checklist(problems: Iterable[Problem], title: str, author: str, moment: str, terms: Sequence[Sequence[str]] = ()) -> bytes:
    """Return the bytes of the list of problems: one row for those with one cause, what blocks signing before the rest.

    `terms` tell how the indicators are counted: rows of TERM_COLUMNS, on a sheet of their own.
    """
    rows, fills = [], []
    groups = sorted(grouped(problems), key=_place)
    blocking = sum(_place(group) < AFTER_SIGNING for group in groups)
    for number, group in enumerate(groups, 1):
        rows.append(problem_row(number, group))
        fills.append(FILLS[group.first.level])
    title = f"{title}：前{blocking}条改好再签字" if 0 < blocking < len(groups) else title
    lists = [Listed(LIST_NAME, title, PROBLEM_COLUMNS, rows, fills)]
    if terms:
        lists.append(Listed(TERMS, f"{TERMS}（供核对，不附在报告后面）", TERM_COLUMNS, terms))
    return listings(lists, author, moment)


AFTER_SIGNING = 2


def _place(group: Group) -> int:
    """Where a row of the list stands: 0 before all, 1 what blocks signing, 2 the rest; in each as found."""
    first = group.first
    if first.code == SEEN_FIRST:
        return 0
    return 1 if first.level == "error" or first.code in BEFORE_SIGNING else AFTER_SIGNING
