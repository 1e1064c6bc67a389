"""Cross-checks over the tables of one or of several committees: each a small function, all with one signature, in one flat tuple."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from wuhao_report.core.numbers import number_text
from wuhao_report.core.periods import Judgement, Period, Span
from wuhao_report.core.problems import At, Problem, nearest_hint, problem
from wuhao_report.core.text import chinese_date, evidence_key, nearest
from wuhao_report.evaluation.submission import Submissions
from wuhao_report.measures.facts import Facts
from wuhao_report.measures.rates import paired
from wuhao_report.scheme import model as s
from wuhao_report.scheme.required_columns import used_columns
from wuhao_report.tables.conditions import Where
from wuhao_report.tables.rows import shown
from wuhao_report.tables.table import FOREVER, SheetLocation

if TYPE_CHECKING:
    pass

EARLIEST, LATEST = 1949, 50
"""Years before the first, or so many after the start year, are slips of the pen."""
FAR = {"count": 3, "amount": 10}
LEAST_APART = 20
"""So many times last year's figure, up or down, and at least so many apart, is worth a look."""
Clocks = Mapping[int, Judgement]
"""By the number of the committee; those that cannot be judged have none."""
Found = tuple[int, Problem]
"""The number of a committee and one of its problems."""
Check = Callable[[Submissions, Clocks], Iterator[Found]]


class _Sight:
    """One table of several committees, with the places of its cells."""

    def __init__(self, submissions: Submissions, name: str) -> None:
        self.table = submissions.tables[name]
        self.name, self.sheet = name, self.table.sheet
        self._members = submissions.members

    def owner(self, index: int) -> int:
        """Return the number of the committee whose row stands at a position."""
        return int(self.table.workbooks[index])

    def row(self, index: int) -> int:
        """Return the Excel row at a position."""
        return int(self.table.rows[index])

    def location(self, number: int) -> SheetLocation:
        """Return where the sheet stands in the workbook of a committee."""
        return self._members[number].locations[self.name]

    def at(self, index: int, column: str) -> At:
        """Return the place of a cell by the position of its row."""
        return self.location(self.owner(index)).at(self.row(index), column)


def _sights(submissions: Submissions, *forms: str) -> Iterator[_Sight]:
    """Yield the tables that have rows, of these forms or of all."""
    for name, table in submissions.tables.items():
        if len(table) and (not forms or table.sheet.form in forms):
            yield _Sight(submissions, name)


def same_row_twice(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Rows that say the same in every column."""
    for sight in _sights(submissions, "roll", "log", "list"):
        table = sight.table
        first: dict[tuple[object, ...], int] = {}
        owners, rows = table.workbooks.tolist(), table.rows.tolist()
        # What pandas calls duplicated costs a millisecond a table, twenty times as much as asking each row.
        for owner, row, *values in zip(owners, rows, *(table.values(name) for name in sight.sheet.by_name), strict=True):
            before = first.setdefault((owner, *values), row)
            if before != row:
                location = sight.location(owner)
                column = min(location.positions.values())
                yield owner, problem("duplicate-row", replace(location.place, row=row, column=column), first=before)


def same_name_active(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Two people of one name on a roll at the same time."""
    import numpy as np

    for sight in _sights(submissions, "roll"):
        table = sight.table
        codes, names = table.names(table.sheet.role("name"))
        keys = table.workbooks * len(names) + codes
        _, number, count = np.unique(keys, return_inverse=True, return_counts=True)
        seen: dict[int, list[int]] = {}
        # Names that occur more than once are few: each is held against those of its name before it.
        for index in np.flatnonzero(count[number] > 1).tolist():
            others = seen.setdefault(int(keys[index]), [])
            for other in others:
                if table.starts[index] <= table.ends[other] and table.starts[other] <= table.ends[index]:
                    name = table.sheet.role("name") or ""
                    text = shown(table.values(name)[index])
                    yield sight.owner(index), problem("same-name", sight.at(index, name), text, first=sight.row(other))
                    break
            others.append(index)


def date_in_the_future(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Days after the report date, where a column does not allow them."""
    import numpy as np

    dates = [submission.profile_role("report_date") for submission in submissions.members]
    limits = np.array([day.toordinal() if isinstance(day, date) else FOREVER for day in dates], np.int64)
    for sight in _sights(submissions):
        limit = limits[sight.table.workbooks]
        for column in sight.sheet.columns:
            if column.type != "date" or column.future:
                continue
            for index in np.flatnonzero(sight.table.days(column.name) > limit).tolist():
                owner = sight.owner(index)
                day = sight.table.values(column.name)[index].isoformat()
                yield (
                    owner,
                    problem(
                        "future-date", sight.at(index, column.name), day, column=column.name, date=chinese_date(dates[owner])
                    ),
                )


def unknown_evidence(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Evidence numbers that are not in the list of evidence."""
    sheet = submissions.scheme.by_use["evidence"]
    listing = _Sight(submissions, sheet.name)
    owners, texts = listing.table.workbooks.tolist(), listing.table.values(sheet.role("id"))
    known = {(owner, evidence_key(text)) for owner, text in zip(owners, texts, strict=True)}
    for sight in _sights(submissions):
        column = sight.sheet.role("evidence")
        if column is None or sight.name == sheet.name:
            continue
        for index, ids in enumerate(sight.table.values(column)):
            if not ids:
                continue
            owner = sight.owner(index)
            strange = [item for item in ids if (owner, evidence_key(item)) not in known]
            if strange and listing.location(owner).usable:
                yield (
                    owner,
                    problem(
                        "unknown-evidence", sight.at(index, column), "、".join(ids), column=column, ids="、".join(strange[:10])
                    ),
                )


def outside_phase(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Once, with their number: the records of logs that do not count at this stage."""
    import numpy as np

    lasting = {name for item in submissions.scheme.items for name in item.measure.lasting()}
    size = len(submissions.members)
    first, last = np.zeros(size, np.int64), np.full(size, FOREVER)
    for number, clock in clocks.items():
        first[number], last[number] = clock.phase.start.toordinal(), clock.as_of.toordinal()
    outside = np.zeros(size, np.int64)
    for sight in _sights(submissions, "log"):
        owners, days = sight.table.workbooks, sight.table.dates
        beyond = days > last[owners]
        if sight.name not in lasting:
            beyond |= days < first[owners]
        outside += np.bincount(owners[beyond], minlength=size)
    for number, clock in clocks.items():
        if count := int(outside[number]):
            start, end = chinese_date(clock.phase.start), chinese_date(clock.as_of)
            yield number, problem("outside-phase", value=count, count=count, start=start, end=end)


def entries_of_assessment(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """The sheet of assessments: an item twice, a score beyond its full mark, less than full without a reason."""
    scheme = submissions.scheme
    sight = _Sight(submissions, scheme.by_use["assessed"].name)
    items = {item.id: item for item in scheme.items}
    by_hand = {item.id for item in scheme.judged_by_hand}
    columns = {role: sight.sheet.role(role) or "" for role in ("item", "self", "self_reason", "score", "reason")}
    seen: dict[tuple[int, str], int] = {}
    # A row holds marks and reasons of one item: each is a question of its own.
    for index in range(len(sight.table)):
        values = {role: sight.table.values(name)[index] for role, name in columns.items()}
        owner, name = sight.owner(index), values["item"]
        if (owner, name) in seen:
            at = sight.at(index, columns["item"])
            yield owner, problem("duplicate-item", at, name, item=name, first=seen[owner, name])
            continue
        seen[owner, name] = sight.row(index)
        if values["self"] is not None and name not in by_hand:
            at, column = sight.at(index, columns["self"]), columns["self"]
            yield owner, problem("computed-score", at, str(values["self"]), item=name, column=column)
        for role, reason in (("self", "self_reason"), ("score", "reason")):
            full, given = items[name].points, values[role]
            if given is None or full is None or (role == "self" and name not in by_hand):
                continue
            at, marks = sight.at(index, columns[role]), {"column": columns[role], "full": number_text(full)}
            if given > full:
                yield owner, problem("score-too-high", at, str(given), **marks)
            elif given < full and not values[reason]:
                yield owner, problem("reason-missing", at, str(given), **marks, reason=columns[reason])


def halves_of_a_rate(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Rows of a rate that lack one of its two numbers, and so do not count for it, or whose part is more than the whole."""
    seen: set[tuple[str, str, str]] = set()
    for item in submissions.scheme.items:
        pair = paired(item.measure)
        if pair is None or (pair[0].sheet, pair[0].column, pair[1].column) in seen:
            continue
        one, other = pair
        seen.add((one.sheet, one.column, other.column))
        sight = _Sight(submissions, one.sheet)
        bounded = item.shape == "rate" and item.target.value <= 1
        tops, bottoms = sight.table.values(one.column), sight.table.values(other.column)
        for index, (top, bottom) in enumerate(zip(tops, bottoms, strict=True)):
            if (top is None) != (bottom is None):
                empty = one.column if top is None else other.column
                yield sight.owner(index), problem("half-filled", sight.at(index, empty), column=empty, indicator=item.title)
            elif top is not None and top > bottom and bounded:
                at = sight.at(index, one.column)
                yield sight.owner(index), problem("more-than-whole", at, str(top), column=one.column, whole=other.column)


def names_of_a_log(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Names in a log that are looked up in a roll: nobody of that name, or nobody active on that day; each person once."""
    seen: set[tuple[str, str]] = set()
    for item in submissions.scheme.items:
        looked_up = item.measure.people_looked_up()
        if looked_up is None or looked_up[:2] in seen:
            continue
        seen.add(looked_up[:2])
        yield from _strangers(_Sight(submissions, looked_up[0]), _Sight(submissions, looked_up[1]), looked_up[2])


def _strangers(roll: _Sight, log: _Sight, column: str) -> Iterator[Found]:
    spans: dict[int, dict[str, list[tuple[int, int]]]] = {}
    people = roll.table
    codes, names = people.names(people.sheet.role("name"))
    for owner, code, first, last in zip(
        *(one.tolist() for one in (people.workbooks, codes, people.starts, people.ends)), strict=True
    ):
        spans.setdefault(owner, {}).setdefault(names[code], []).append((first, last))
    strange: dict[tuple[int, str, str], list[int]] = {}
    codes, names = log.table.names(column)
    for index, (owner, code, day) in enumerate(
        zip(log.table.workbooks.tolist(), codes.tolist(), log.table.dates.tolist(), strict=True)
    ):
        known = spans.get(owner, {}).get(names[code])
        if known is None and roll.location(owner).usable:
            strange.setdefault((owner, "unknown-person", names[code]), []).append(index)
        elif known and not any(first <= day <= last for first, last in known):
            strange.setdefault((owner, "person-not-active", names[code]), []).append(index)
    for (owner, code, person), rows in strange.items():
        near = nearest_hint(nearest(person, spans.get(owner, {}))) if code == "unknown-person" else ""
        many = f"，同名的有{len(rows)}行" if len(rows) > 1 else ""
        value = log.table.values(column)[rows[0]]
        yield owner, problem(code, log.at(rows[0], column), value, column=column, roll=roll.name, many=many, nearest=near)


def dates_out_of_all_order(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Days of another age: a 0 in a cell with the format of a date, a wrong digit in the year."""
    import numpy as np

    latest = [date(min(9999, submission.scheme.start_year + LATEST), 12, 31).toordinal() for submission in submissions.members]
    limits = np.array(latest, np.int64)
    for sight in _sights(submissions):
        for column in sight.sheet.columns:
            if column.type != "date":
                continue
            days = sight.table.days(column.name)
            odd = (days != 0) & ((days < date(EARLIEST, 1, 1).toordinal()) | (days > limits[sight.table.workbooks]))
            for index in np.flatnonzero(odd).tolist():
                day = sight.table.values(column.name)[index]
                at = sight.at(index, column.name)
                yield (sight.owner(index), problem("odd-date", at, day.isoformat(), column=column.name, date=chinese_date(day)))


def far_from_last_year(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Figures of a year several times those of the year before, or a fraction of them."""
    sight = _Sight(submissions, submissions.scheme.by_use["years"].name)
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
    sight = _Sight(submissions, submissions.scheme.by_use["years"].name)
    known = set(zip(sight.table.workbooks.tolist(), sight.table.values(sight.sheet.role("year")), strict=True))
    for number, clock in clocks.items():
        location = sight.location(number)
        for year in range(clock.phase.start.year, clock.as_of.year + 1) if location.usable else ():
            if (number, year) not in known:
                yield number, problem("missing-year", location.place, sheet=sight.name, year=year)


def more_than_stated(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """More people on a roll in a year than the year's row says there are."""
    committees = {number: submissions.members[number].committee(clock) for number, clock in clocks.items()}
    facts = Facts(submissions.scheme.layout, submissions.tables, committees)
    sight = _Sight(submissions, submissions.scheme.by_use["years"].name)
    seen: set[tuple[str, str]] = set()
    for item in submissions.scheme.items:
        stated = _stated(item)
        if stated is None or stated[:2] in seen:
            continue
        seen.add(stated[:2])
        yield from _more_than_stated(sight, facts, *stated)


def _more_than_stated(sight: _Sight, facts: Facts, roll: str, column: str, where: Where) -> Iterator[Found]:
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


def rules_of_the_scheme(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Rows that fit a check of the scheme and not what it requires."""
    import numpy as np

    for check in submissions.scheme.checks:
        sight = _Sight(submissions, check.sheet)
        wrong = sight.table.mask(check.where) & ~sight.table.mask(check.require)
        for index in np.flatnonzero(wrong).tolist():
            value = shown(sight.table.values(check.column)[index])
            yield sight.owner(index), problem("row-check", sight.at(index, check.column), value, text=check.text)


def stated_empty_with_rows(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Tables that the profile names as having no records, and that have some."""
    profile = submissions.scheme.layout.profile
    key = profile.role("no_records") or ""
    for number, submission in enumerate(submissions.members):
        for name in submission.profile_role("no_records") or ():
            if name in submissions.tables and submission.locations[name].written:
                rows = submissions.tables[name].rows_of(number)
                at = submission.places.get((profile.name, key), At(profile.name))
                yield number, problem("stated-empty-has-rows", at, name, sheet=name, count=rows.stop - rows.start)


def flags_left_blank(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Columns of yes and no that an indicator needs and in which no row says either."""
    used = used_columns(submissions.scheme)
    committees = {number: submissions.members[number].committee(clock) for number, clock in clocks.items()}
    facts = Facts(submissions.scheme.layout, submissions.tables, committees)
    for sight in _sights(submissions, "roll", "log"):
        for column in sight.sheet.columns:
            if column.type != "flag" or (sight.name, column.name) not in used:
                continue
            for number in sorted(facts.unfilled_flags(sight.name, column.name) & clocks.keys()):
                location = sight.location(number)
                if column.name in location.positions:
                    yield number, problem("unfilled-column", location.place, column=column.name)


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
    stated_empty_with_rows,
    flags_left_blank,
)


def cross_check_all(submissions: Submissions, clocks: Sequence[Judgement | None]) -> list[tuple[Problem, ...]]:
    """Return for each of several submissions the problems that show only when cells are seen together."""
    known = {number: clock for number, clock in enumerate(clocks) if clock is not None}
    found: list[list[Problem]] = [[] for _ in submissions.members]
    for check in CHECKS:
        for number, one in check(submissions, known):
            found[number].append(one)
    return [tuple(problems) for problems in found]
