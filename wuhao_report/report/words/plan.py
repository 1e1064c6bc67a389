"""What comes next, day by day: open tasks by period, the nodes of the scheme that are still to come, and measures not finished yet."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from wuhao_report.core.periods import Period
from wuhao_report.report.chinese_style import clause, until_text
from wuhao_report.report.tasks import Task, from_nothing
from wuhao_report.report.words.basis.material import Material, Values
from wuhao_report.report.words.figures import own_milestones
from wuhao_report.report.words.problems import DONE

NOBODY = "—"
"""Stands where nobody is named for a task yet."""
_DAY = re.compile(r"([12]\d{3})年(?:(\d{1,2})月(?:(\d{1,2})日)?)?")


@dataclass(frozen=True)
class Planned:
    """One thing to do: until when, as a day and in words, for which indicator, and by whom."""

    day: date
    text: str
    title: str
    person: str
    until: str


def planned(material: Material, tasks: Iterable[Task]) -> list[Values]:
    """Return what is to be done after the day of the report, the soonest first; what two sources ask for stands once."""
    rows = [*_measures(material), *_by_period(material, tasks), *_nodes(material)]
    found = sorted(rows, key=lambda row: row.day)
    once = {(row.text, row.until): row for row in reversed(found)}
    return [
        {"任务": row.text, "指标": row.title, "责任人": row.person, "时限": row.until}
        for row in found
        if once[row.text, row.until] is row
    ]


def _by_period(material: Material, tasks: Iterable[Task]) -> Iterator[Planned]:
    """Yield the tasks: those of one head that are due on one day, and in the same hands, together.

    Where the committee has a measure of its own, that one stands for what is urgent.
    """
    measured = {row["indicator"] for row in material.rectification.rows if row["state"] != DONE and row["measure"]}
    groups: dict[tuple[date, str, str, str], list[tuple[Task, Period]]] = {}
    for task in tasks:
        indicator = task.result.indicator
        if task.urgent and indicator.id in measured:
            continue
        for period, day in zip(task.periods, task.due, strict=False):
            key = (day, indicator.head, period.label, _person(material, indicator.id))
            groups.setdefault(key, []).append((task, period))
    heads = {head.id: head.title for head in material.scheme.heads}
    for (day, head, _, person), own in groups.items():
        indicators = list({task.result.indicator.id: task.result.indicator for task, _ in own}.values())
        title = indicators[0].title if len(indicators) == 1 else heads[head]
        yield Planned(day, _in_one([_text(material, *pair) for pair in own], own[0][1]), title, person, until_text(day))


def _text(material: Material, task: Task, period: Period) -> str:
    """Return what is to be done in one period."""
    if len(task.periods) == 1:
        return clause(task.text)
    return clause(material.sentences(task.result).task((period,), from_nothing(task.result)))


def _in_one(texts: list[str], period: Period) -> str:
    """Return several things to do as one text; the words of time with which all of them begin stand once."""
    label = period.label
    if len(texts) > 1 and all(text.startswith(label) for text in texts):
        return f"{label}：" + "；".join(text.removeprefix(label).lstrip("的") for text in texts)
    return "；".join(texts)


def _measures(material: Material) -> Iterator[Planned]:
    """Yield the measures of the committee that are not carried out yet."""
    titles = {item.id: item.title for item in material.scheme.items}
    for row in material.rectification.rows:
        if row["state"] == DONE or not row["measure"]:
            continue
        deadline = clause(str(row["deadline"] or ""))
        day = _last_day(deadline) or date.max
        until = deadline or NOBODY
        yield Planned(day, clause(row["measure"]), titles.get(row["indicator"] or "", NOBODY), row["person"] or NOBODY, until)


def _nodes(material: Material) -> Iterator[Planned]:
    """Yield the milestones of the phase that are still to come, and the self-checks and evaluations that no milestone names."""
    after, phase = material.clock.report_date, material.assessment.phase
    marks = [mark for mark in own_milestones(material) if mark.until > max(after, material.assessment.stage.through)]
    for mark in marks:
        yield Planned(mark.until, clause(material.scheme.spoken(mark.text)), NOBODY, NOBODY, clause(mark.when))
    for stage in material.scheme.stages:
        named = any(mark.until == stage.through for mark in marks)
        if stage.phase == phase.title and stage.opens > after and not named:
            yield Planned(stage.through, f"完成{stage.title}，报送{stage.report}", NOBODY, NOBODY, until_text(stage.through))


def _person(material: Material, indicator: str) -> str:
    names = (row["person"] for row in material.rectification.rows if row["indicator"] == indicator and row["person"])
    return "、".join(dict.fromkeys(names)) or NOBODY


def _last_day(text: str) -> date | None:
    """Return the last day of 2024年9月底, 2024年10月15日前, 2025年; None of another text."""
    found = _DAY.search(text)
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[2] or 12), found[3]
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(int(day), last) if day and int(day) else last)
