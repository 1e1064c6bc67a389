"""A measure over the tables → its reading in one period, with the rows that make it (docs/ARITHMETIC.md, 4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wuhao_report.core.cells import without_space
from wuhao_report.core.periods import ONE_DAY, Judgement, Period, preceding
from wuhao_report.evaluation.submission import Submission, Table
from wuhao_report.scheme import model as s

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

Rows = tuple[tuple[str, tuple[int, ...]], ...]
FOREVER = date.max.toordinal()


@dataclass(frozen=True)
class Reading:
    """What a measure finds in one period.

    `value` is exact; None is no data. `skipped`: the period does not apply. `failed`: not met though without a value.
    `top` and `bottom` are the two sides of a rate; `have` and `lack` the members of a listed set; `rows` the
    positions, by sheet, of the rows that make the value. `open`: not to be judged yet, whatever its period. `word`: what
    stands in the cell, for a level or a judgement by hand. `among`: the value a rank among peers goes by.
    """

    value: Fraction | bool | None = None
    skipped: bool = False
    failed: bool = False
    top: Fraction | None = None
    bottom: Fraction | None = None
    have: tuple[str, ...] = ()
    lack: tuple[str, ...] = ()
    rows: Rows = ()
    open: bool = False
    word: str = ""
    among: Fraction | bool | None = None


@dataclass(frozen=True)
class Entry:
    """One row of the sheet of assessments: the committee's own score of what is judged by hand, and the assessor's."""

    own: Fraction | None
    own_reason: str
    score: Fraction | None
    reason: str
    row: int = 0


NO_DATA = Reading()


def fits(condition: s.Condition, value: Any) -> bool:
    """Whether one value meets a condition; an empty flag of a table is no."""
    if condition.op == "is":
        return (value is True) == condition.truth
    if condition.op == "filled":
        return (value not in (None, ())) == condition.truth
    if value is None:
        return False
    if condition.op == "contains":
        text = without_space(str(value))
        return any(part in text for part in condition.values)
    if isinstance(value, tuple):
        return any(item in condition.values for item in value)
    return value in condition.values


class TableArrays:
    """The arrays of one table that measures ask for again and again: dates as ordinals, masks of filters."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._masks: dict[s.Condition, Mask] = {}
        self._active: dict[date, Mask] = {}

    def _ordinals(self, role: str, default: int) -> NDArray[np.int64]:
        import numpy as np

        column = self.table.sheet.role(role)
        values = self.table.columns[column or ""]
        return np.fromiter((default if day is None else day.toordinal() for day in values), np.int64, len(values))

    @cached_property
    def days(self) -> NDArray[np.int64]:
        return self._ordinals("date", 0)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        return self._ordinals("start", FOREVER)

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        return self._ordinals("end", FOREVER)

    @cached_property
    def names(self) -> list[str]:
        return [without_space(str(name)) for name in self.table.columns[self.table.sheet.role("name") or ""]]

    def mask(self, where: s.Where) -> Mask:
        """The rows that meet every condition."""
        import numpy as np

        result = np.ones(len(self.table.rows), dtype=np.bool_)
        for condition in where:
            found = self._masks.get(condition)
            if found is None:
                values = self.table.columns[condition.column]
                found = np.fromiter((fits(condition, value) for value in values), np.bool_, len(values))
                self._masks[condition] = found
            result &= found
        return result

    def active(self, day: date) -> Mask:
        """People who have joined on or before the day and have not left before it."""
        found = self._active.get(day)
        if found is None:
            number = day.toordinal()
            found = self._active[day] = (self.starts <= number) & (self.ends >= number)
        return found

    def dated(self, start: date, end: date) -> Mask:
        return (self.days >= start.toordinal()) & (self.days <= end.toordinal())


class Evaluator:
    """Reads measures of one submission by one clock."""

    def __init__(self, submission: Submission, clock: Judgement) -> None:
        self.submission, self.clock = submission, clock
        self.scheme = submission.scheme
        self._tables: dict[str, TableArrays] = {}

    def rolls(self, sheet: str) -> TableArrays:
        found = self._tables.get(sheet)
        if found is None:
            found = self._tables[sheet] = TableArrays(self.submission.tables[sheet])
        return found

    @cached_property
    def year_rows(self) -> Mapping[int, Mapping[str, Any]]:
        """The row of each year of 年度数据."""
        sheet = self.scheme.by_use["years"]
        table = self.submission.tables[sheet.name]
        years = table.columns[sheet.role("year") or ""]
        return {year: {name: values[index] for name, values in table.columns.items()} for index, year in enumerate(years)}

    def read(self, measure: s.Measure, period: Period) -> Reading:
        """The reading of a measure in a period, with the records of [period start, at]."""
        match measure:
            case s.Count():
                return self._count(measure, period)
            case s.Sum():
                return self._sum(measure, period)
            case s.Distinct():
                return self._distinct(measure, period)
            case s.People():
                return self._people(measure, period)
            case s.YearColumn(column):
                value = self.year_rows.get(period.year, {}).get(column)
                return NO_DATA if value is None else Reading(Fraction(value))
            case s.Complete():
                return self._complete(measure, period)
            case s.Share():
                return self._share(measure, period)
            case s.Ratio():
                return self._ratio(measure, period)
            case s.Coverage():
                return self._coverage(measure, period)
            case s.Stock(sheet, where):
                return self.stock(sheet, where, self.clock.at(period))
            case s.Growth(sheet, where, rate):
                now = self.stock(sheet, where, self.clock.at(period)).value
                before = self.stock(sheet, where, period.span.start - ONE_DAY).value
                if rate:
                    return self._grown(Fraction(now or 0), Fraction(before or 0), True, False)
                return Reading(Fraction(now or 0) - Fraction(before or 0))
            case s.Vacancy():
                return self._vacancy(measure, period)
            case s.Flag():
                return self._flag(measure, period)
            case s.Change():
                return self._change(measure, period)
            case s.Level():
                return self._level(measure, period)
            case s.Deadline():
                return self._deadline(measure, period)
            case s.Rank():
                return Reading(open=True, among=self.read(measure.of, period).value)
            case s.Manual():
                return self._manual(measure)
            case s.Parts():
                raise TypeError("the parts of an indicator are read one by one")

    def _matching(self, sheet: str, where: s.Where, period: Period) -> tuple[TableArrays, list[int]]:
        rolls = self.rolls(sheet)
        mask = rolls.mask(where) & rolls.dated(period.span.start, self.clock.at(period))
        return rolls, mask.nonzero()[0].tolist()

    def _count(self, measure: s.Count, period: Period) -> Reading:
        _, found = self._matching(measure.sheet, measure.where, period)
        return Reading(Fraction(len(found)), rows=_rows(measure.sheet, found))

    def _sum(self, measure: s.Sum, period: Period) -> Reading:
        if measure.mean:
            phase, as_of = self.clock.phase, self.clock.as_of
            rolls = self.rolls(measure.sheet)
            mask = rolls.mask(measure.where) & rolls.dated(phase.start, as_of)
            found = mask.nonzero()[0].tolist()
            years = as_of.year - phase.start.year + 1
        else:
            rolls, found = self._matching(measure.sheet, measure.where, period)
            years = 1
        total = _total(rolls.table.columns[measure.column][index] for index in found)
        return Reading(total / years, rows=_rows(measure.sheet, found))

    def _distinct(self, measure: s.Distinct, period: Period) -> Reading:
        rolls, found = self._matching(measure.sheet, measure.where, period)
        values = rolls.table.columns[measure.column]
        if not measure.among:
            names = {without_space(item) for index in found for item in _several(values[index])}
            return Reading(Fraction(len(names)), rows=_rows(measure.sheet, found))
        listed = [index for index in found if any(item in measure.among for item in _several(values[index]))]
        seen = {item for index in listed for item in _several(values[index])}
        return _of_set(measure.among, seen.__contains__, _rows(measure.sheet, listed))

    def _people(self, measure: s.People, period: Period) -> Reading:
        rolls, found = self._matching(measure.sheet, measure.where, period)
        names, numbers = rolls.table.columns[measure.name], rolls.table.columns[measure.number]
        single = {without_space(str(names[index])) for index in found if numbers[index] is None}
        total = len(single) + _total(numbers[index] for index in found)
        return Reading(Fraction(total), rows=_rows(measure.sheet, found))

    def _complete(self, measure: s.Complete, period: Period) -> Reading:
        at = self.clock.at(period)
        present: set[str] = set()
        rows: list[tuple[str, tuple[int, ...]]] = []
        for item in measure.items:
            sheet = self.scheme.by_sheet[item.sheet]
            if sheet.form == "roll":
                rolls = self.rolls(item.sheet)
                there = bool((rolls.mask(item.where) & rolls.active(at)).any())
            elif sheet.form == "log":
                reading = self.stock(item.sheet, item.where, at)
                there = bool(reading.value)
                rows += reading.rows
            else:
                values = self.submission.profile if sheet.form == "pairs" else self.year_rows.get(period.year)
                if values is None:
                    return NO_DATA
                there = all(fits(condition, values.get(condition.column)) for condition in item.where)
            if there:
                present.add(item.title)
        return _of_set([item.title for item in measure.items], present.__contains__, tuple(rows))

    def _share(self, measure: s.Share, period: Period) -> Reading:
        top = bottom = 0
        rows: list[tuple[str, tuple[int, ...]]] = []
        for part in measure.parts:
            rolls = self.rolls(part.sheet)
            within = rolls.mask(part.within)
            if rolls.table.sheet.form == "roll":
                within &= rolls.active(self.clock.at(period))
            else:
                within &= rolls.dated(period.span.start, self.clock.at(period))
            matching = (within & rolls.mask(part.where)).nonzero()[0].tolist()
            bottom += int(within.sum())
            top += len(matching)
            if rolls.table.sheet.form == "log":
                rows += _rows(part.sheet, matching)
        value = Fraction(top, bottom) if bottom else None
        return Reading(value, top=Fraction(top), bottom=Fraction(bottom), rows=tuple(rows))

    def _ratio(self, measure: s.Ratio, period: Period) -> Reading:
        if paired(measure):
            return self._paired(measure, period)
        one, other = self.read(measure.one, period), self.read(measure.other, period)
        rows = one.rows + other.rows
        if isinstance(measure.other, s.YearColumn) and other.value == 0:
            return Reading(skipped=True, top=_number(one), bottom=Fraction(0))
        if one.value is None or other.value is None:
            return Reading(top=_number(one), bottom=_number(other), rows=rows)
        if other.value == 0:
            return Reading(failed=measure.zero_fails, top=_number(one), bottom=Fraction(0), rows=rows)
        return Reading(Fraction(one.value) / Fraction(other.value), top=_number(one), bottom=_number(other), rows=rows)

    def _paired(self, measure: s.Ratio, period: Period) -> Reading:
        """Two numbers of the same rows: a row that lacks one of them says nothing of their ratio."""
        one, other = measure.one, measure.other
        if not isinstance(one, s.Sum) or not isinstance(other, s.Sum):
            raise TypeError("only two sums of the same rows are paired")
        rolls, found = self._matching(one.sheet, one.where, period)
        tops, bottoms = rolls.table.columns[one.column], rolls.table.columns[other.column]
        both = [index for index in found if tops[index] is not None and bottoms[index] is not None]
        top, bottom = _total(tops[index] for index in both), _total(bottoms[index] for index in both)
        value = top / bottom if bottom else None
        return Reading(value, failed=measure.zero_fails and bool(both) and not bottom, top=top, bottom=bottom, rows=_rows(one.sheet, both))

    def _coverage(self, measure: s.Coverage, period: Period) -> Reading:
        roll = self.rolls(measure.roll)
        mask = roll.mask(measure.within) & roll.active(self.clock.at(period))
        people = {roll.names[index] for index in mask.nonzero()[0].tolist()}
        stated = self.year_rows.get(period.year, {}).get(measure.skip_when_zero or "")
        if measure.skip_when_zero and stated == 0:
            return Reading(skipped=True, top=Fraction(len(people)), bottom=Fraction(0))
        log, found = self._matching(measure.log, measure.where, period)
        names = log.table.columns[measure.name]
        amounts = log.table.columns[measure.column] if measure.column else None
        done: dict[str, Fraction] = dict.fromkeys(people, Fraction(0))
        rows = []
        for index in found:
            name = without_space(str(names[index]))
            if name in done:
                done[name] += Fraction(amounts[index] or 0) if amounts else 1
                rows.append(index)
        reached = sum(total >= measure.at_least for total in done.values())
        value = Fraction(reached, len(people)) if people else None
        return Reading(value, top=Fraction(reached), bottom=Fraction(len(people)), rows=_rows(measure.log, rows))

    def stock(self, sheet: str, where: s.Where, at: date) -> Reading:
        """People active on the day, or rows of a dated list dated on or before it."""
        rolls = self.rolls(sheet)
        if rolls.table.sheet.form == "roll":
            return Reading(Fraction(int((rolls.mask(where) & rolls.active(at)).sum())))
        found = (rolls.mask(where) & rolls.dated(date.min, at)).nonzero()[0].tolist()
        return Reading(Fraction(len(found)), rows=_rows(sheet, found))

    def _vacancy(self, measure: s.Vacancy, period: Period) -> Reading:
        rolls = self.rolls(measure.sheet)
        first, last = self.clock.phase.start.toordinal(), self.clock.at(period).toordinal()
        worst = 0
        for post in measure.posts:
            held = rolls.mask((s.Condition(measure.column, "in", (post,)),)).nonzero()[0].tolist()
            free = first
            for start, end in sorted((int(rolls.starts[index]), int(rolls.ends[index])) for index in held):
                worst = max(worst, min(start, last + 1) - free)
                free = max(free, end + 1)
            worst = max(worst, last + 1 - free)
        return Reading(Fraction(worst))

    def _flag(self, measure: s.Flag, period: Period) -> Reading:
        yearly = self.scheme.by_sheet[measure.sheet].form == "years"
        values = self.year_rows.get(period.year, {}) if yearly else self.submission.profile
        return Reading(values.get(measure.column))

    def _change(self, measure: s.Change, period: Period) -> Reading:
        earlier = preceding(period)
        if isinstance(measure.of, s.Count | s.Sum | s.Distinct | s.People) and earlier.span.start < self.clock.phase.start:
            return Reading(skipped=True)
        now, before = self.read(measure.of, period), self.read(measure.of, earlier)
        if now.value is None or before.value is None:
            return Reading(top=_number(now), bottom=_number(before), rows=now.rows)
        return self._grown(Fraction(now.value), Fraction(before.value), measure.rate, isinstance(measure.of, s.YearColumn), now.rows)

    @staticmethod
    def _grown(now: Fraction, before: Fraction, rate: bool, stated: bool, rows: Rows = ()) -> Reading:
        """What was added; as a rate of what there was, which a stated 0 makes inapplicable and a counted 0 unknown."""
        if not rate:
            return Reading(now - before, top=now, bottom=before, rows=rows)
        if before == 0:
            return Reading(skipped=stated, top=now, bottom=before, rows=rows)
        return Reading((now - before) / before, top=now, bottom=before, rows=rows)

    def _level(self, measure: s.Level, period: Period) -> Reading:
        """The number a word stands for; of a log the highest, and 0 where no row has one."""
        numbers = dict(measure.values)
        form = self.scheme.by_sheet[measure.sheet].form
        if form != "log":
            values = self.year_rows.get(period.year, {}) if form == "years" else self.submission.profile
            known = [word for word in _several(values.get(measure.column)) if word in numbers]
            if not known:
                return NO_DATA
            best = max(known, key=lambda word: numbers[word])
            return Reading(numbers[best], word=best)
        rolls, found = self._matching(measure.sheet, measure.where, period)
        words = rolls.table.columns[measure.column]
        ranked = [(max(numbers[word] for word in known), index) for index in found
                  if (known := [word for word in _several(words[index]) if word in numbers])]
        if not ranked:
            return Reading(Fraction(0))
        best_number = max(number for number, _ in ranked)
        rows = [index for number, index in ranked if number == best_number]
        return Reading(best_number, word="、".join(dict.fromkeys(_several(words[rows[0]]))), rows=_rows(measure.sheet, rows))

    def _occurrences(self, sheet: str, where: s.Where, role: str, first: date, last: date) -> list[tuple[date, int]]:
        """Days and positions of the matching rows of a log or roll whose day of that role lies in between, in order."""
        rolls = self.rolls(sheet)
        days = rolls.table.columns[rolls.table.sheet.role(role) or ""]
        return sorted((days[index], index) for index in rolls.mask(where).nonzero()[0].tolist()
                      if days[index] is not None and first <= days[index] <= last)

    def _deadline(self, measure: s.Deadline, period: Period) -> Reading:
        role = "start" if self.scheme.by_sheet[measure.sheet].form == "roll" else "date"
        at = self.clock.at(period)
        if measure.event is not None:
            return self._after_events(measure, measure.event, role, period, at)
        year = period.year if measure.year is None else self.clock.phase.start.year + measure.year - 1
        due = date(year, measure.month, measure.day)
        if not period.span.start <= due <= max(period.span.end, self.clock.phase.end):
            return Reading(skipped=True)
        done = self._occurrences(measure.sheet, measure.where, role, period.span.start, at)
        if not done:
            return Reading(failed=True, open=due > self.clock.judged_to)
        day, row = done[0]
        return Reading(Fraction(max(0, (day - due).days)), rows=_rows_of(self.scheme, measure.sheet, [row]))

    def _after_events(self, measure: s.Deadline, event: s.Event, role: str, period: Period, at: date) -> Reading:
        """The worst delay over the events of the period; one whose term still runs is not held against anybody.

        What comes after the period is seen too, up to `as_of`: a term may run beyond it.
        """
        worst, rows = 0, []
        never, today = False, self.clock.as_of
        done = self._occurrences(measure.sheet, measure.where, role, period.span.start, today)
        for happened, _ in self._occurrences(event.sheet, event.where, event.role, period.span.start, at):
            due = happened + timedelta(days=measure.within)
            found = next(((day, row) for day, row in done if day >= happened), None)
            if found:
                worst = max(worst, (found[0] - due).days)
                rows.append(found[1])
            elif today > due:
                never = True
        evidence = _rows_of(self.scheme, measure.sheet, sorted(set(rows)))
        return Reading(failed=True, rows=evidence) if never else Reading(Fraction(worst), rows=evidence)

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The sheet of assessments by the id of the indicator or part; the first row of each."""
        sheet = self.scheme.by_use["assessed"]
        table = self.submission.tables[sheet.name]
        columns = {role: table.columns.get(sheet.role(role) or "", []) for role in ("item", "self", "self_reason", "score", "reason")}
        found: dict[str, Entry] = {}
        for index in range(len(table.rows)):
            own, score = (columns[role][index] for role in ("self", "score"))
            found.setdefault(columns["item"][index], Entry(
                None if own is None else Fraction(own), columns["self_reason"][index] or "",
                None if score is None else Fraction(score), columns["reason"][index] or "", table.rows[index]))
        return found

    def _manual(self, measure: s.Manual) -> Reading:
        entry = self.entries.get(measure.item)
        if entry is None or entry.own is None or entry.own > measure.limit:
            return NO_DATA
        return Reading(entry.own, word=entry.own_reason)


def paired(measure: s.Measure) -> bool:
    """Whether a measure is one number of some rows ÷ another number of the same rows, such as 实到 ÷ 应到."""
    return isinstance(measure, s.Ratio) and isinstance(measure.one, s.Sum) and isinstance(measure.other, s.Sum) and (
        measure.one.sheet, measure.one.where, measure.one.mean) == (measure.other.sheet, measure.other.where, measure.other.mean)


def _rows_of(scheme: s.Scheme, sheet: str, found: list[int]) -> Rows:
    """The rows as evidence; people's rows have none."""
    return _rows(sheet, found) if scheme.by_sheet[sheet].form == "log" else ()


def _rows(sheet: str, found: list[int]) -> Rows:
    return ((sheet, tuple(found)),) if found else ()


def _several(value: Any) -> Iterable[str]:
    return () if value is None else value if isinstance(value, tuple) else (value,)


def _total(values: Iterable[Any]) -> Fraction:
    return Fraction(sum(value for value in values if value is not None))


def _number(reading: Reading) -> Fraction | None:
    return None if reading.value is None else Fraction(reading.value)


def _of_set(titles: Iterable[str], present: Any, rows: Rows) -> Reading:
    titles = tuple(titles)
    have = tuple(title for title in titles if present(title))
    lack = tuple(title for title in titles if not present(title))
    return Reading(Fraction(len(have)), have=have, lack=lack, rows=rows)
