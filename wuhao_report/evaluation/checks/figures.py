"""Cross-checks of figures: of one year with the last, of a part with its whole, of a roll with what the year's row states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

from wuhao_report.core.numbers import number_text, percent_text
from wuhao_report.core.periods import Period, Span, begun, phase_periods
from wuhao_report.core.problems import problem
from wuhao_report.core.text import chinese_date
from wuhao_report.evaluation.checks.sight import Clocks, Found, Sight, facts_of
from wuhao_report.evaluation.submission import Submissions
from wuhao_report.measures.cell_values import YearColumn
from wuhao_report.measures.facts import Facts, Reading, Rows
from wuhao_report.measures.rates import Ratio, paired
from wuhao_report.measures.stocks import Stock
from wuhao_report.scheme import model as s
from wuhao_report.scheme.required_columns import indicator_columns
from wuhao_report.tables.conditions import Where

FAR = {"count": 3, "amount": 10}
LEAST_APART = 20
"""So many times last year's figure, up or down, and at least so many apart, is worth a look."""
ROWS_NAMED = 10
"""So many rows are named one by one."""


def halves_of_a_rate(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Rows of a rate that lack one of its two numbers, and so do not count for it, or whose part is more than the whole."""
    seen: set[tuple[str, str, str]] = set()
    for item in submissions.scheme.items:
        pair = paired(item.measure)
        if pair is None or (pair[0].sheet, pair[0].column, pair[1].column) in seen:
            continue
        one, other = pair
        seen.add((one.sheet, one.column, other.column))
        sight = Sight(submissions, one.sheet)
        bounded = item.shape == "rate" and item.target.value <= 1
        tops, bottoms = sight.table.values(one.column), sight.table.values(other.column)
        for index, (top, bottom) in enumerate(zip(tops, bottoms, strict=True)):
            if (top is None) != (bottom is None):
                empty = one.column if top is None else other.column
                yield sight.owner(index), problem("half-filled", sight.at(index, empty), column=empty, indicator=item.title)
            elif top is not None and top > bottom and bounded:
                at = sight.at(index, one.column)
                yield sight.owner(index), problem("more-than-whole", at, str(top), column=one.column, whole=other.column)


def far_from_last_year(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Figures of a year several times those of the year before, or a fraction of them."""
    sight = Sight(submissions, submissions.scheme.by_use["years"].name)
    keys = zip(sight.table.workbooks.tolist(), sight.table.values(sight.sheet.role("year")), strict=True)
    years = {key: index for index, key in enumerate(keys)}
    earlier = [(year, index, years[owner, year - 1]) for (owner, year), index in years.items() if (owner, year - 1) in years]
    for column in sight.sheet.columns:
        factor = FAR.get(column.type)
        if factor is None:
            continue
        values = sight.table.values(column.name)
        for year, index, last_year in earlier:
            now, before = values[index], values[last_year]
            if now and before and abs(now - before) >= LEAST_APART and not before <= now * factor <= before * factor * factor:
                yield (
                    sight.owner(index),
                    problem(
                        "far-from-last-year",
                        sight.at(index, column.name),
                        number_text(Fraction(now)),
                        year=year,
                        column=column.name,
                        now=number_text(Fraction(now)),
                        before=number_text(Fraction(before)),
                    ),
                )


def year_without_a_row(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Years of the phase that have begun and of which the years' sheet says nothing."""
    sight = Sight(submissions, submissions.scheme.by_use["years"].name)
    known = set(zip(sight.table.workbooks.tolist(), sight.table.values(sight.sheet.role("year")), strict=True))
    for number, clock in clocks.items():
        location = sight.location(number)
        for year in range(clock.phase.start.year, clock.as_of.year + 1) if location.usable else ():
            if (number, year) not in known:
                yield number, problem("missing-year", location.place, sheet=sight.name, year=year)


def more_than_stated(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """More people on a roll in a year than the year's row says there are."""
    facts = facts_of(submissions, clocks)
    sight = Sight(submissions, submissions.scheme.by_use["years"].name)
    items = submissions.scheme.items
    # Of a part and its whole more than the whole is told as such.
    seen = {stated[:2] for item in items if _is_part(item) and (stated := item.measure.people_stated())}
    for item in items:
        stated = _stated(item)
        if stated is None or stated[:2] in seen:
            continue
        seen.add(stated[:2])
        yield from _more_than_stated(sight, facts, *stated)


def _more_than_stated(sight: Sight, facts: Facts, roll: str, column: str, where: Where) -> Iterator[Found]:
    asked: list[tuple[int, int, date]] = []
    for index, number in enumerate(sight.table.values(column)):
        owner, year = sight.owner(index), sight.table.values(sight.sheet.role("year"))[index]
        if not number or owner not in facts.committees or not facts.committees[owner].locations[roll].usable:
            continue
        clock = facts.clock(owner)
        day = min(date(year, 12, 31), clock.as_of)
        if clock.phase.start <= day and day.year == year:
            asked.append((index, owner, day))
    periods = facts.periods((owner, Period("现状", "", Span(day, day), day.year)) for _, owner, day in asked)
    counts = facts.on_day(roll, where, periods).counts.tolist()
    for (index, owner, day), count in zip(asked, counts, strict=True):
        number = sight.table.values(column)[index]
        if count > number:
            yield (
                owner,
                problem(
                    "more-than-stated",
                    sight.at(index, column),
                    number,
                    year=day.year,
                    column=column,
                    stated=number,
                    sheet=roll,
                    count=count,
                    day=chinese_date(day),
                    which="".join(f"“{'或'.join(one.values)}”" for one in where if one.op == "in"),
                ),
            )


def _stated(item: s.Indicator) -> tuple[str, str, Where] | None:
    """The roll, the column of the year's row that says how many people are to be on it, and which of them; of a rate."""
    return item.measure.people_stated() if item.shape == "rate" or item.measure.within_whole else None


def _is_part(item: s.Indicator) -> bool:
    return isinstance(item.measure, Ratio) and item.measure.part_of_whole


def over_the_whole(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Rates over 100 % of which the one number is a part of the other: an error of the stated whole, or of the rows of the part."""
    needed = indicator_columns(submissions.scheme)
    facts = facts_of(submissions, clocks)
    for item in submissions.scheme.items:
        measure = item.measure
        if not isinstance(measure, Ratio) or not measure.part_of_whole or not isinstance(measure.other, YearColumn):
            continue
        whole = measure.other.column
        periods = facts.periods(
            (number, period)
            for number, clock in clocks.items()
            if not needed[item.id] & submissions.members[number].missing
            for period in begun(phase_periods(item.per, clock.phase, clock.as_of), clock.as_of)
        )
        if not len(periods):
            continue
        readings = zip(periods.numbered, measure.evaluate(facts, periods), measure.one.counted_rows(facts, periods), strict=True)
        for (number, period), reading, rows in readings:
            if reading.value is not None and reading.value > 1:
                row = int(facts.tables[facts.sheets.years.name].rows[facts.year_rows[number, period.year]])
                at = facts.committees[number].locations[facts.sheets.years.name].at(row, whole)
                fault = problem(
                    "over-100", at, number_text(reading.bottom or Fraction(0)), **_told(item, period, whole, reading, rows)
                )
                # A flow over the year may count somebody who left, or came, in the course of it.
                yield number, replace(fault, lighter=not isinstance(measure.one, Stock))


def _told(item: s.Indicator, period: Period, whole: str, reading: Reading, rows: Rows) -> dict[str, str]:
    """What is said of a rate over 100 %: the two numbers, and the rows that make the part."""
    named = "；".join(f"“{sheet}”{_row_numbers(numbers)}" for sheet, numbers in rows)
    return {
        "indicator": item.title,
        "period": period.label,
        "column": whole,
        "top": number_text(reading.top or Fraction(0)),
        "bottom": number_text(reading.bottom or Fraction(0)),
        "rate": percent_text(Fraction(reading.value or 0)),
        "rows": named,
    }


def _row_numbers(numbers: tuple[int, ...]) -> str:
    """Return 第4、5行, or the first ten and how many there are."""
    more = f"行等{len(numbers)}行" if len(numbers) > ROWS_NAMED else "行"
    return f"第{'、'.join(map(str, numbers[:ROWS_NAMED]))}{more}"
