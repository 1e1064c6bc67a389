"""Cross-checks of days with the phase and with the periods of indicators: records that count for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wuhao_report.core.periods import NATURAL, Judgement, Per, Period, begun, phase_periods, uncounted
from wuhao_report.core.problems import problem
from wuhao_report.core.text import chinese_date
from wuhao_report.evaluation.checks.sight import Clocks, Found, facts_of, sights
from wuhao_report.evaluation.submission import Submissions
from wuhao_report.measures.facts import Facts, Periods, Reading
from wuhao_report.scheme import model as s
from wuhao_report.scheme.required_columns import indicator_columns
from wuhao_report.tables.table import FOREVER


def outside_phase(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Once, with their number: the records of logs that do not count at this stage."""
    import numpy as np

    lasting = {name for item in submissions.scheme.items for name in item.measure.lasting()}
    size = len(submissions.members)
    first, last = np.zeros(size, np.int64), np.full(size, FOREVER)
    for number, clock in clocks.items():
        first[number], last[number] = clock.phase.start.toordinal(), clock.as_of.toordinal()
    outside = np.zeros(size, np.int64)
    for sight in sights(submissions, "log"):
        owners, days = sight.table.workbooks, sight.table.dates
        beyond = days > last[owners]
        if sight.name not in lasting:
            beyond |= days < first[owners]
        outside += np.bincount(owners[beyond], minlength=size)
    for number, clock in clocks.items():
        if count := int(outside[number]):
            start, end = chinese_date(clock.phase.start), chinese_date(clock.as_of)
            yield number, problem("outside-phase", value=count, count=count, start=start, end=end)


def outside_periods(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Once a sheet and kind of period, with their number: records that an indicator asks for, and that lie in none of its periods."""
    stretches = {
        per: pairs
        for per in NATURAL
        if (pairs := [(number, one) for number, clock in clocks.items() for one in _stretches(per, clock)])
    }
    if not stretches:
        return
    facts, needed = facts_of(submissions, clocks), indicator_columns(submissions.scheme)
    found: dict[tuple[int, str, Per], set[int]] = {}
    for item in submissions.scheme.items:
        usable = [
            (number, one)
            for number, one in stretches.get(item.per, ())
            if not item.parts and not needed[item.id] & submissions.members[number].missing
        ]
        for number, sheet, rows in _beside(facts, item, usable):
            found.setdefault((number, sheet, item.per), set()).update(rows)
    for (number, sheet, per), rows in found.items():
        spans = "、".join(f"{chinese_date(one.span.start)}至{chinese_date(one.span.end)}" for _, one in stretches[per])
        place = submissions.members[number].locations[sheet].place
        yield number, problem("records-outside-periods", place, len(rows), sheet=sheet, count=len(rows), per=per, spans=spans)


def _stretches(per: Per, clock: Judgement) -> Iterator[Period]:
    """Yield the stretches of a phase that lie in no period of a kind and have begun."""
    for span in uncounted(per, clock.phase):
        if span.start <= clock.as_of:
            yield Period(per, "", span, span.start.year)


def _beside(facts: Facts, item: s.Indicator, stretches: list[tuple[int, Period]]) -> Iterator[tuple[int, str, set[int]]]:
    """Yield the committee, the log and the rows that an indicator would read in stretches, and reads in no period of its own."""
    if not stretches:
        return
    lasting = item.measure.lasting()
    owners = dict.fromkeys(number for number, _ in stretches)
    own = facts.periods(
        (number, period)
        for number in owners
        for period in begun(
            phase_periods(item.per, facts.clock(number).phase, facts.clock(number).as_of), facts.clock(number).as_of
        )
    )
    read = _rows(own, item.measure.evaluate(facts, own) if len(own) else [])
    asked = facts.periods(stretches)
    for (number, period), reading in zip(asked.numbered, item.measure.evaluate(facts, asked), strict=True):
        days = range(period.span.start.toordinal(), facts.clock(number).at(period).toordinal() + 1)
        for sheet, rows in reading.rows:
            if sheet in lasting or facts.sheets.form(sheet) != "log":
                continue
            dates = _dates(facts, sheet, number)
            beside = {row for row in rows if dates[row] in days} - read.get((number, sheet), set())
            if beside:
                yield number, sheet, beside


def _rows(periods: Periods, readings: list[Reading]) -> Mapping[tuple[int, str], set[int]]:
    rows: dict[tuple[int, str], set[int]] = {}
    for (number, _), reading in zip(periods.numbered, readings, strict=True):
        for sheet, numbers in reading.rows:
            rows.setdefault((number, sheet), set()).update(numbers)
    return rows


def _dates(facts: Facts, sheet: str, number: int) -> Mapping[int, int]:
    """Return the days of a committee's rows of a log, by Excel row."""
    table = facts.tables[sheet]
    rows = table.rows_of(number)
    return dict(zip(table.rows[rows].tolist(), table.dates[rows].tolist(), strict=True))
