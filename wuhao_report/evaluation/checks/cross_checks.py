"""Cross-checks over the tables of one or of several committees: each a small function, all with one signature, in one flat tuple."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from wuhao_report.core.numbers import number_text
from wuhao_report.core.periods import Judgement
from wuhao_report.core.problems import At, Problem, nearest_hint, problem
from wuhao_report.core.text import chinese_date, evidence_key, nearest
from wuhao_report.evaluation.checks.figures import (
    far_from_last_year,
    halves_of_a_rate,
    more_than_stated,
    over_the_whole,
    year_without_a_row,
)
from wuhao_report.evaluation.checks.periods import outside_periods, outside_phase
from wuhao_report.evaluation.checks.prose import no_evidence_at_all, same_day_activities
from wuhao_report.evaluation.checks.sight import Check, Clocks, Found, Sight, facts_of, sights
from wuhao_report.evaluation.submission import Submissions
from wuhao_report.scheme.model import Indicator, SumOfParts
from wuhao_report.scheme.required_columns import used_columns
from wuhao_report.tables.rows import shown
from wuhao_report.tables.table import FOREVER

EARLIEST, LATEST = 1949, 50
"""Years before the first, or so many after the start year, are slips of the pen."""


def same_row_twice(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Rows that say the same in every column."""
    for sight in sights(submissions, "roll", "log", "list"):
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

    for sight in sights(submissions, "roll"):
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
    for sight in sights(submissions):
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
    listing = Sight(submissions, sheet.name)
    owners, texts = listing.table.workbooks.tolist(), listing.table.values(sheet.role("id"))
    known = {(owner, evidence_key(text)) for owner, text in zip(owners, texts, strict=True)}
    for sight in sights(submissions):
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


def _given_points(items: Iterable[Indicator]) -> Iterator[Indicator]:
    """Yield the indicators, and the parts whose points are added up: what an assessor's score is taken for."""
    for item in items:
        yield item
        if isinstance(item.award, SumOfParts):
            yield from _given_points(item.parts)


def entries_of_assessment(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """The sheet of assessments: an item twice, a score beyond its full mark, less than full without a reason."""
    scheme = submissions.scheme
    sight = Sight(submissions, scheme.by_use["assessed"].name)
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


def scores_not_used(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Scores of the assessor for parts and penalties that have no points of their own."""
    scheme = submissions.scheme
    sight = Sight(submissions, scheme.by_use["assessed"].name)
    counted = {item.id for item in _given_points(scheme.indicators)}
    column = sight.sheet.role("score") or ""
    pairs = zip(sight.table.values(sight.sheet.role("item")), sight.table.values(column), strict=True)
    for index, (name, score) in enumerate(pairs):
        if score is not None and name not in counted:
            yield sight.owner(index), problem("score-not-used", sight.at(index, column), str(score), item=name)


def names_of_a_log(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Names in a log that are looked up in a roll: nobody of that name, or nobody active on that day; each person once."""
    seen: set[tuple[str, str]] = set()
    for item in submissions.scheme.items:
        looked_up = item.measure.people_looked_up()
        if looked_up is None or looked_up[:2] in seen:
            continue
        seen.add(looked_up[:2])
        yield from _strangers(Sight(submissions, looked_up[0]), Sight(submissions, looked_up[1]), looked_up[2])


def _strangers(roll: Sight, log: Sight, column: str) -> Iterator[Found]:
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
    for sight in sights(submissions):
        for column in sight.sheet.columns:
            if column.type != "date":
                continue
            days = sight.table.days(column.name)
            odd = (days != 0) & ((days < date(EARLIEST, 1, 1).toordinal()) | (days > limits[sight.table.workbooks]))
            for index in np.flatnonzero(odd).tolist():
                day = sight.table.values(column.name)[index]
                at = sight.at(index, column.name)
                yield (sight.owner(index), problem("odd-date", at, day.isoformat(), column=column.name, date=chinese_date(day)))


def rules_of_the_scheme(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Rows that fit a check of the scheme and not what it requires."""
    import numpy as np

    for check in submissions.scheme.checks:
        sight = Sight(submissions, check.sheet)
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
    facts = facts_of(submissions, clocks)
    for sight in sights(submissions, "roll", "log"):
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
    scores_not_used,
    halves_of_a_rate,
    dates_out_of_all_order,
    far_from_last_year,
    year_without_a_row,
    more_than_stated,
    over_the_whole,
    outside_phase,
    outside_periods,
    stated_empty_with_rows,
    flags_left_blank,
    same_day_activities,
    no_evidence_at_all,
)


def cross_check_all(submissions: Submissions, clocks: Sequence[Judgement | None]) -> list[tuple[Problem, ...]]:
    """Return for each of several submissions the problems that show only when cells are seen together."""
    known = {number: clock for number, clock in enumerate(clocks) if clock is not None}
    found: list[list[Problem]] = [[] for _ in submissions.members]
    for check in CHECKS:
        for number, one in check(submissions, known):
            found[number].append(one)
    return [tuple(problems) for problems in found]
