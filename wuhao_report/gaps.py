"""What is still to be done, and by when: the computed task list of the mid-term report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from wuhao_report import scheme as s
from wuhao_report.assessment import makeable
from wuhao_report.judged import Assessment, IndicatorResult
from wuhao_report.measures import NO_DATA, Reading
from wuhao_report.periods import Period
from wuhao_report.phrases import Phrases


@dataclass(frozen=True)
class Task:
    """One thing to do for an indicator; `due` are the last days, in order of time."""

    result: IndicatorResult
    text: str
    due: tuple[date, ...]
    urgent: bool


def tasks(scheme: s.Scheme, assessment: Assessment) -> tuple[Task, ...]:
    """Every task of every indicator, sorted by its first day due, then by the order of the indicators."""
    leaves = [leaf for result in assessment.indicators for leaf in (*result.leaves, *result.penalised) if not leaf.waits and leaf.indicator.shape != "event"]
    found = [task for result in leaves for task in _tasks_of(scheme, assessment, result)]
    order = {result.indicator.id: at for at, result in enumerate(leaves)}
    return tuple(sorted(found, key=lambda task: (task.due[0], order[task.result.indicator.id])))


def _tasks_of(scheme: s.Scheme, assessment: Assessment, result: IndicatorResult) -> Iterator[Task]:
    phrases = Phrases(scheme, assessment, result)
    clock = assessment.clock
    end = clock.phase.end
    for item in result.periods:
        if item.pending:
            yield _task(phrases, (item.period,), item.reading, (item.period.span.end,), True)
        elif item.met is not True and makeable(scheme, result, item, clock.report_date):
            due = item.period.span.end if item.period.span.end > clock.report_date else end
            yield _task(phrases, (item.period,), item.reading, (due,), True)
    if result.future:
        due_days = tuple(period.span.end for period in result.future)
        yield _task(phrases, result.future, _from_nothing(result), due_days, False)


def _from_nothing(result: IndicatorResult) -> Reading:
    """A period of which nothing is known yet: a number starts from 0."""
    return NO_DATA if isinstance(result.indicator.target.value, bool) else Reading(Fraction(0))


def _task(phrases: Phrases, periods: Sequence[Period], reading: Reading, due: tuple[date, ...], urgent: bool) -> Task:
    return Task(phrases.result, phrases.task(periods, reading), due, urgent)
