"""What is still to be done, the shortest way to it, and by when: the list 还差什么, and the task list of the mid-term report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

from wuhao_report.core.numbers import number_text
from wuhao_report.core.periods import Judgement, Period
from wuhao_report.evaluation.assessment import is_blank, makeable
from wuhao_report.evaluation.results import Assessment, IndicatorResult, PeriodResult
from wuhao_report.evaluation.shortfall import shortest
from wuhao_report.evaluation.submission import Submission
from wuhao_report.measures.base import NO_WAY, Way
from wuhao_report.measures.facts import NO_DATA, Reading
from wuhao_report.report.wording.sentences import IndicatorSentences, cells_text
from wuhao_report.scheme import model as s

MOST_PEOPLE = 8
WayTo = Callable[[s.Indicator, Period, Reading], Way]
"""What solves the rule of an indicator for a period from where its reading stands."""


@dataclass(frozen=True)
class Task:
    """One thing to do for an indicator; `due` are the last days, in order of time, none where it cannot be made up any more.

    `way` is the shortest way to it, `way_text` the same in words without addresses and names, `where` with them.
    """

    result: IndicatorResult
    periods: tuple[Period, ...]
    text: str
    due: tuple[date, ...]
    urgent: bool
    way: Way = NO_WAY
    way_text: str = ""
    where: str = ""

    @property
    def possible(self) -> bool:
        """Whether it can still be done."""
        return bool(self.due)

    def as_data(self) -> dict[str, Any]:
        """The plain data of one entry of `gaps` in the JSON."""
        number = self.way.number
        return {
            "indicator": self.result.indicator.id,
            "title": self.result.indicator.title,
            "periods": [period.label for period in self.periods],
            "possible": self.possible,
            "due": [day.isoformat() for day in self.due],
            "urgent": self.urgent,
            "task": self.text,
            "way": self.where,
            "missing": None if number is None else int(number) if number.denominator == 1 else float(number),
            "people": [name for name, _ in self.way.people],
            "cells": [{"sheet": at.sheet, "cell": at.cell} for at in self.way.places],
        }


def tasks(submission: Submission, assessment: Assessment) -> tuple[Task, ...]:
    """Every task of every indicator, sorted by its first day due, then by the order of the indicators."""
    scheme = submission.scheme
    way_to = partial(shortest, submission, submission.facts(assessment.clock))
    leaves = _leaves(assessment)
    known = (replace(result, periods=()) if is_blank(submission, result) else result for result in leaves)
    listed = [task for result in known for task in _tasks_of(scheme, assessment, way_to, result)]
    order = {result.indicator.id: at for at, result in enumerate(leaves)}
    return tuple(sorted(listed, key=lambda task: (task.due[0], order[task.result.indicator.id])))


def too_late(scheme: s.Scheme, assessment: Assessment) -> tuple[Task, ...]:
    """What cannot be made up any more (已不可补), in the order of the indicators."""
    missed = []
    for result in (leaf for item in assessment.indicators for leaf in item.lacking):
        late = [
            item
            for item in result.periods
            if _is_lost(result, item)
            or (item.finished and item.met is False and not _in_time(scheme, result, item, assessment.clock))
        ]
        if late:
            text = "；".join(IndicatorSentences(scheme, assessment, result).failures(late))
            missed.append(Task(result, tuple(item.period for item in late), text, (), False))
    return tuple(missed)


def _leaves(assessment: Assessment) -> list[IndicatorResult]:
    return [
        leaf
        for result in assessment.indicators
        for leaf in (*result.leaves, *result.penalised)
        if not leaf.waits and leaf.indicator.shape != "event"
    ]


def _tasks_of(scheme: s.Scheme, assessment: Assessment, way_to: WayTo, result: IndicatorResult) -> Iterator[Task]:
    sentences = IndicatorSentences(scheme, assessment, result)
    clock = assessment.clock
    for item in result.periods:
        if _is_lost(result, item):
            continue
        if item.pending:
            yield _now(sentences, way_to, item, item.period.span.end)
        elif item.finished and item.met is None:
            # A figure that was never given can be given as long as there is anything to hand in.
            task = _now(sentences, way_to, item, max(clock.phase.end, clock.report_date))
            if task.way.kind in ("fill", "source") or _in_time(scheme, result, item, clock):
                yield task
        elif item.met is False and _in_time(scheme, result, item, clock):
            yield _now(
                sentences, way_to, item, item.period.span.end if item.period.span.end > clock.report_date else clock.phase.end
            )
    if result.future:
        due_days = tuple(period.span.end for period in result.future)
        yield Task(result, result.future, sentences.task(result.future, from_nothing(result)), due_days, False)


def _is_lost(result: IndicatorResult, item: PeriodResult) -> bool:
    """Whether a period still runs that can reach its target no more."""
    return item.pending and result.indicator.measure.is_lost(item.reading, result.indicator.target)


def _in_time(scheme: s.Scheme, result: IndicatorResult, item: PeriodResult, clock: Judgement) -> bool:
    """Whether a period that is not met can still be made up: when the phase is over, nothing that is done counts for it any more."""
    return clock.report_date <= clock.phase.end and makeable(scheme, result, item, clock.report_date)


def _now(sentences: IndicatorSentences, way_to: WayTo, item: PeriodResult, due: date) -> Task:
    """A task of a period that has begun, with its shortest way."""
    way = way_to(sentences.indicator, item.period, item.reading)
    way_text = sentences.way(way, places=False)
    where = sentences.way(way)
    if way.people:
        where += f"：{_named(way)}"
    elif way.kind == "rows":
        where += f"：{cells_text(way.places)}"
    return Task(
        sentences.result, (item.period,), sentences.task((item.period,), item.reading), (due,), True, way, way_text, where
    )


def _named(way: Way) -> str:
    """张测试、李测试等12人; with what each has done, where somebody has done something."""
    some = any(done for _, done in way.people)
    names = "、".join(f"{name}（{number_text(done)}）" if some else name for name, done in way.people[:MOST_PEOPLE])
    return names + (f"等{len(way.people)}人" if len(way.people) > MOST_PEOPLE else "")


def from_nothing(result: IndicatorResult) -> Reading:
    """Return the reading of a period of which nothing is known yet: a number starts from 0."""
    return NO_DATA if isinstance(result.indicator.target.value, bool) else Reading(Fraction(0))


def gaps_data(submission: Submission, assessment: Assessment) -> list[dict[str, Any]]:
    """The list `gaps` of the JSON: what to do, soonest first, then what cannot be made up any more."""
    return [task.as_data() for task in (*tasks(submission, assessment), *too_late(submission.scheme, assessment))]


def sentence(task: Task, places: bool = True) -> str:
    """Return the task and, in brackets, its shortest way."""
    text, way = task.text.rstrip("。"), (task.where if places else task.way_text)
    return f"{text}（{way}）" if way else text
