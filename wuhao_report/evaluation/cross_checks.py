"""Cross-checks over the typed tables: each a small function, all with one signature, in one flat tuple."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

from wuhao_report.core.numbers import number_text
from wuhao_report.core.periods import Judgement
from wuhao_report.core.problems import Problem, nearest_hint, problem
from wuhao_report.core.text import chinese_date, evidence_key, nearest, without_space
from wuhao_report.evaluation.submission import Submission
from wuhao_report.measures.rates import paired
from wuhao_report.measures.stocks import stock
from wuhao_report.scheme import model as s
from wuhao_report.tables.conditions import Where, fits
from wuhao_report.tables.rows import shown
from wuhao_report.tables.table import Table

EARLIEST, LATEST = 1949, 50
"""Years before the first, or so many after the start year, are slips of the pen."""
FAR = {"count": 3, "amount": 10}
LEAST_APART = 20
"""So many times last year's figure, up or down, and at least so many apart, is worth a look."""
Check = Callable[[Submission, Judgement | None], Iterator[Problem]]


def _tables(submission: Submission) -> Iterator[Table]:
    return (table for table in submission.tables.values() if table.usable)


def same_row_twice(submission: Submission, clock: Judgement | None) -> Iterator[Problem]:
    """Rows that say the same in every column."""
    for table in _tables(submission):
        if table.sheet.form == "years":
            continue
        first: dict[tuple[object, ...], int] = {}
        for row, values in zip(table.rows, zip(*table.columns.values(), strict=True), strict=True):
            if values in first:
                yield problem(
                    "duplicate-row", replace(table.place, row=row, column=min(table.positions.values())), first=first[values]
                )
            else:
                first[values] = row


def same_name_active(submission: Submission, clock: Judgement | None) -> Iterator[Problem]:
    """Two people of one name on a roll at the same time."""
    for table in _tables(submission):
        name, start, end = (table.sheet.role(role) for role in ("name", "start", "end"))
        if not (table.sheet.form == "roll" and name and start and end):
            continue
        seen: dict[str, list[int]] = {}
        starts, ends = table.columns[start], table.columns[end]
        for index, text in enumerate(table.columns[name]):
            others = seen.setdefault(without_space(text), [])
            for other in others:
                if starts[index] <= (ends[other] or date.max) and starts[other] <= (ends[index] or date.max):
                    yield problem("same-name", table.at(index, name), shown(text), first=table.rows[other])
                    break
            others.append(index)


def date_in_the_future(submission: Submission, clock: Judgement | None) -> Iterator[Problem]:
    """Days after the report date, where a column does not allow them."""
    day = submission.profile_role("report_date")
    if not isinstance(day, date):
        return
    for table in _tables(submission):
        for column in table.sheet.columns:
            if column.type != "date" or column.future:
                continue
            for index, value in enumerate(table.columns[column.name]):
                if value is not None and value > day:
                    yield problem(
                        "future-date", table.at(index, column.name), value.isoformat(), column=column.name, date=chinese_date(day)
                    )


def unknown_evidence(submission: Submission, clock: Judgement | None) -> Iterator[Problem]:
    """Evidence numbers that are not in the list of evidence."""
    sheet = submission.scheme.by_use["evidence"]
    listing = submission.tables[sheet.name]
    if not listing.usable:
        return
    known = {evidence_key(text) for text in listing.columns[sheet.role("id") or ""]}
    for table in _tables(submission):
        column = table.sheet.role("evidence")
        for index, ids in enumerate(table.columns[column] if column and table is not listing else ()):
            strange = [item for item in ids or () if evidence_key(item) not in known]
            if strange and column:
                yield problem(
                    "unknown-evidence", table.at(index, column), "、".join(ids), column=column, ids="、".join(strange[:10])
                )


def outside_phase(submission: Submission, clock: Judgement | None) -> Iterator[Problem]:
    """Once, with their number: the records of logs that do not count at this stage."""
    if clock is None:
        return
    lasting = {name for item in submission.scheme.items for name in item.measure.lasting()}
    outside = 0
    for table in _tables(submission):
        column = table.sheet.role("date")
        if table.sheet.form != "log" or column is None:
            continue
        early = table.sheet.name not in lasting
        outside += sum(day > clock.as_of or (early and day < clock.phase.start) for day in table.columns[column])
    if outside:
        yield problem(
            "outside-phase", value=outside, count=outside, start=chinese_date(clock.phase.start), end=chinese_date(clock.as_of)
        )


def entries_of_assessment(submission: Submission, clock: Judgement | None) -> Iterator[Problem]:
    """The sheet of assessments: an item twice, a score beyond its full mark, less than full without a reason."""
    sheet = submission.scheme.by_use["assessed"]
    table = submission.tables[sheet.name]
    items = {item.id: item for item in submission.scheme.items}
    by_hand = {item.id for item in submission.scheme.judged_by_hand}
    columns = {role: sheet.role(role) or "" for role in ("item", "self", "self_reason", "score", "reason")}
    seen: dict[str, int] = {}
    for index in range(len(table.rows)):
        values = {role: table.columns[name][index] for role, name in columns.items()}
        name = values["item"]
        if name in seen:
            yield problem("duplicate-item", table.at(index, columns["item"]), name, item=name, first=seen[name])
            continue
        seen[name] = table.rows[index]
        if values["self"] is not None and name not in by_hand:
            yield problem(
                "computed-score", table.at(index, columns["self"]), str(values["self"]), item=name, column=columns["self"]
            )
        for role, reason in (("self", "self_reason"), ("score", "reason")):
            full, given = items[name].points, values[role]
            if given is None or full is None or (role == "self" and name not in by_hand):
                continue
            at = table.at(index, columns[role])
            if given > full:
                yield problem("score-too-high", at, str(given), column=columns[role], full=number_text(full))
            elif given < full and not values[reason]:
                yield problem(
                    "reason-missing", at, str(given), column=columns[role], full=number_text(full), reason=columns[reason]
                )


def halves_of_a_rate(submission: Submission, clock: Judgement | None) -> Iterator[Problem]:
    """Rows of a rate that lack one of its two numbers, and so do not count for it, or whose part is more than the whole."""
    seen: set[tuple[str, str, str]] = set()
    for item in submission.scheme.items:
        pair = paired(item.measure)
        if pair is None:
            continue
        one, other = pair
        if (one.sheet, one.column, other.column) in seen:
            continue
        seen.add((one.sheet, one.column, other.column))
        table = submission.tables[one.sheet]
        for index, (top, bottom) in enumerate(zip(table.columns[one.column], table.columns[other.column], strict=True)):
            if (top is None) != (bottom is None):
                empty = one.column if top is None else other.column
                yield problem("half-filled", table.at(index, empty), column=empty, indicator=item.title)
            elif top is not None and top > bottom and item.shape == "rate" and item.target.value <= 1:
                yield problem("more-than-whole", table.at(index, one.column), str(top), column=one.column, whole=other.column)


def names_of_a_log(submission: Submission, clock: Judgement | None) -> Iterator[Problem]:
    """Names in a log that are looked up in a roll: nobody of that name, or nobody active on that day; each person once."""
    seen: set[tuple[str, str]] = set()
    for item in submission.scheme.items:
        looked_up = item.measure.people_looked_up()
        if looked_up is None or looked_up[:2] in seen:
            continue
        roll_name, log_name, column = looked_up
        seen.add((roll_name, log_name))
        roll, log = submission.tables[roll_name], submission.tables[log_name]
        name, start, end = (roll.sheet.role(role) or "" for role in ("name", "start", "end"))
        spans: dict[str, list[tuple[date, date]]] = {}
        for text, first, last in zip(roll.columns[name], roll.columns[start], roll.columns[end], strict=True):
            spans.setdefault(without_space(text), []).append((first, last or date.max))
        strange: dict[tuple[str, str], list[int]] = {}
        for index, (text, day) in enumerate(zip(log.columns[column], log.columns[log.sheet.role("date") or ""], strict=True)):
            known = spans.get(without_space(text))
            if known is None and roll.usable:
                strange.setdefault(("unknown-person", without_space(text)), []).append(index)
            elif known and not any(first <= day <= last for first, last in known):
                strange.setdefault(("person-not-active", without_space(text)), []).append(index)
        for (code, person), rows in strange.items():
            near = nearest_hint(nearest(person, spans)) if code == "unknown-person" else ""
            many = f"，同名的有{len(rows)}行" if len(rows) > 1 else ""
            yield problem(
                code,
                log.at(rows[0], column),
                log.columns[column][rows[0]],
                column=column,
                roll=roll_name,
                many=many,
                nearest=near,
            )


def dates_out_of_all_order(submission: Submission, clock: Judgement | None) -> Iterator[Problem]:
    """Days of another age: a 0 in a cell with the format of a date, a wrong digit in the year."""
    for table in _tables(submission):
        for column in table.sheet.columns:
            if column.type == "date":
                for index, value in enumerate(table.columns[column.name]):
                    if value is not None and not EARLIEST <= value.year <= submission.scheme.start_year + LATEST:
                        yield problem(
                            "odd-date",
                            table.at(index, column.name),
                            value.isoformat(),
                            column=column.name,
                            date=chinese_date(value),
                        )


def far_from_last_year(submission: Submission, clock: Judgement | None) -> Iterator[Problem]:
    """Figures of a year several times those of the year before, or a fraction of them."""
    sheet = submission.scheme.by_use["years"]
    table = submission.tables[sheet.name]
    years = {year: index for index, year in enumerate(table.columns.get(sheet.role("year") or "", []))}
    for column in sheet.columns:
        factor = FAR.get(column.type)
        if factor is None:
            continue
        values = table.columns[column.name]
        for year, index in years.items():
            now, before = values[index], values[years[year - 1]] if year - 1 in years else None
            if now and before and abs(now - before) >= LEAST_APART and not before <= now * factor <= before * factor * factor:
                yield problem(
                    "far-from-last-year",
                    table.at(index, column.name),
                    number_text(Fraction(now)),
                    year=year,
                    column=column.name,
                    now=number_text(Fraction(now)),
                    before=number_text(Fraction(before)),
                )


def year_without_a_row(submission: Submission, clock: Judgement | None) -> Iterator[Problem]:
    """Years of the phase that have begun and of which the years' sheet says nothing."""
    sheet = submission.scheme.by_use["years"]
    table = submission.tables[sheet.name]
    if clock is None or not table.usable:
        return
    known = set(table.columns[sheet.role("year") or ""])
    for year in range(clock.phase.start.year, clock.as_of.year + 1):
        if year not in known:
            yield problem("missing-year", table.place, sheet=sheet.name, year=year)


def more_than_stated(submission: Submission, clock: Judgement | None) -> Iterator[Problem]:
    """More people on a roll in a year than the year's row says there are."""
    if clock is None:
        return
    facts = submission.facts(clock)
    years = submission.scheme.by_use["years"]
    table = submission.tables[years.name]
    seen: set[tuple[str, str]] = set()
    for item in submission.scheme.items:
        stated = _stated(item)
        if stated is None or stated[:2] in seen or not submission.tables[stated[0]].usable:
            continue
        sheet, column, where = stated
        seen.add((sheet, column))
        for index, (year, number) in enumerate(zip(table.columns[years.role("year") or ""], table.columns[column], strict=True)):
            day = min(date(year, 12, 31), clock.as_of)
            if not number or day < clock.phase.start or day.year != year:
                continue
            count = stock(facts, sheet, where, day).value
            if count is not None and count > number:
                yield problem(
                    "more-than-stated",
                    table.at(index, column),
                    number,
                    year=year,
                    column=column,
                    stated=number,
                    sheet=sheet,
                    count=count,
                    day=chinese_date(day),
                    which="".join(f"“{'或'.join(one.values)}”" for one in where if one.op == "in"),
                )


def _stated(item: s.Indicator) -> tuple[str, str, Where] | None:
    """The roll, the column of the year's row that says how many people are to be on it, and which of them; of a rate."""
    return item.measure.people_stated() if item.shape == "rate" or item.measure.within_whole else None


def rules_of_the_scheme(submission: Submission, clock: Judgement | None) -> Iterator[Problem]:
    """Rows that fit a check of the scheme and not what it requires."""
    for check in submission.scheme.checks:
        table = submission.tables[check.sheet]
        for index in range(len(table.rows)):

            def holds(where: Where, index: int = index, table: Table = table) -> bool:
                return all(fits(condition, table.columns[condition.column][index]) for condition in where)

            if holds(check.where) and not holds(check.require):
                value = table.columns[check.column][index]
                yield problem("row-check", table.at(index, check.column), shown(value), text=check.text)


CHECKS: tuple[Check, ...] = (
    same_row_twice,
    same_name_active,
    date_in_the_future,
    unknown_evidence,
    rules_of_the_scheme,
    names_of_a_log,
    entries_of_assessment,
    halves_of_a_rate,
    dates_out_of_all_order,
    far_from_last_year,
    year_without_a_row,
    more_than_stated,
    outside_phase,
)


def cross_check(submission: Submission, clock: Judgement | None) -> tuple[Problem, ...]:
    """All problems that show only when cells are seen together; `clock` is None where nothing can be judged."""
    return tuple(item for check in CHECKS for item in check(submission, clock))
