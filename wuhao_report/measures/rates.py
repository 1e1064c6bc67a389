"""Measures that are a part of a whole: rows of all rows, one number of another, people who do enough of all people."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Self

from wuhao_report.core.problems import At
from wuhao_report.core.strict import Keys
from wuhao_report.measures.base import NO_WAY, NUMBERS, Definitions, Measure, Shape, Shortfall, Way, rows_used, where_used
from wuhao_report.measures.cell_values import YearColumn
from wuhao_report.measures.counting import NAME_FIELD, Sum
from wuhao_report.measures.facts import Facts, Matching, Periods, Reading, Rows, fraction, number_of
from wuhao_report.measures.stocks import Stock
from wuhao_report.measures.target import Target
from wuhao_report.tables.codecs import FLAG, NUMBER, TEXT, Field
from wuhao_report.tables.columns import Used
from wuhao_report.tables.conditions import Where
from wuhao_report.tables.sheets import Sheets

if TYPE_CHECKING:
    from wuhao_report.measures.facts import Numbers


@dataclass(frozen=True)
class Part:
    """Rows of one table: those looked at (`within`) and those that match (`where`)."""

    sheet: str
    within: Where
    where: Where

    def looked_at(self, facts: Facts, periods: Periods) -> Matching:
        """Return the rows that are looked at in each period."""
        find = facts.on_day if facts.sheets.form(self.sheet) == "roll" else facts.dated
        return find(self.sheet, self.within, periods)


@dataclass(frozen=True)
class Share(Measure):
    """Rows that match ÷ rows that count, over one or several tables, or over a roll."""

    kind: ClassVar[str] = "share"
    word: ClassVar[str] = "占比"
    explanation: ClassVar[str] = "符合条件的行数 ÷ 全部行数，可合并几个表；名册只数在册的人"
    keys: ClassVar[tuple[str, ...]] = ("tables",)
    shape: ClassVar[Shape] = "rate"
    is_share: ClassVar[bool] = True
    within_whole: ClassVar[bool] = True

    parts: tuple[Part, ...]

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from its tables."""
        parts = []
        for number, table in enumerate(keys.tables("tables"), 1):
            inner = Keys(table, f"{keys.path} → tables[{number}]")
            sheet = at.sheet(inner, "sheet", ("roll", "log"))
            parts.append(Part(sheet.name, at.where(inner, "within", sheet), at.where(inner, "where", sheet)))
            inner.done()
        if not parts:
            raise keys.fail("tables", "至少要有一个表")
        return cls(tuple(parts))

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return what places and filters the rows of every table."""
        for part in self.parts:
            yield from (*rows_used(sheets, part.sheet), *where_used(part.sheet, part.within), *where_used(part.sheet, part.where))

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return matching rows of all that are looked at; no data where there are none."""
        import numpy as np

        tops = bottoms = np.zeros(len(periods), np.int64)
        rows: list[Rows] = [()] * len(periods)
        for part in self.parts:
            within = part.looked_at(facts, periods)
            matching = within.that(within.table.mask(part.where))
            bottoms = bottoms + within.counts
            tops = tops + matching.counts
            if within.table.sheet.form == "log":
                rows = [before + more for before, more in zip(rows, matching.rows(), strict=True)]
        return [
            Reading(Fraction(top, bottom) if bottom else None, top=fraction(top), bottom=fraction(bottom), rows=evidence)
            for top, bottom, evidence in zip(tops.tolist(), bottoms.tolist(), rows, strict=True)
        ]

    def way(self, short: Shortfall) -> Way:
        """The rows that do not match, at the cell that keeps each from it, and how many of them must."""
        places: list[At] = []
        people: list[tuple[str, Fraction]] = []
        for part in self.parts:
            within = part.looked_at(short.facts, short.periods)
            table = within.table
            location = short.facts.committees[short.committee].locations[part.sheet]
            for index in within.that(~table.mask(part.where)).positions.tolist():
                column = next(one.column for one in part.where if not bool(table.mask((one,))[index]))
                places.append(location.at(int(table.rows[index]), column))
                if table.sheet.form == "roll":
                    people.append((str(table.values(table.sheet.role("name"))[index]), Fraction(0)))
        bottom, top = short.reading.bottom or Fraction(0), short.reading.top or Fraction(0)
        number = short.to(short.goal * bottom, top)
        return Way("rows", number, people=tuple(people), places=tuple(places)) if number > 0 else NO_WAY

    def can_be_made_up(self, target: Target, sheets: Sheets) -> bool:
        """Where every record must match, one that does not cannot be made good by others."""
        return target.value != 1 or not any(sheets.form(part.sheet) == "log" for part in self.parts)


@dataclass(frozen=True)
class Ratio(Measure):
    """One measure ÷ another; `zero_fails`: nobody below the line is 未达标, not 缺数据.

    `part_of_whole`: what is above the line is by its nature a part of what is below it, and more than 100 % is a fault of the figures.
    """

    kind: ClassVar[str] = "ratio"
    word: ClassVar[str] = "比率"
    explanation: ClassVar[str] = "一个数 ÷ 另一个数"
    keys: ClassVar[tuple[str, ...]] = ("one", "other", "zero_fails", "part_of_whole")
    shape: ClassVar[Shape] = "rate"
    is_share: ClassVar[bool] = True
    fields: ClassVar[tuple[Field, ...]] = (
        Field("分母为0算未达标", "zero_fails", FLAG, "比率：是/否", width=16),
        Field("分子是分母的一部分", "part_of_whole", FLAG, "比率：超过100%时提示数据有误；分母要是年度数：是/否", width=18),
    )

    one: Measure
    other: Measure
    zero_fails: bool = False
    part_of_whole: bool = False

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from its two sides."""
        one, other = (at.inner(keys, key) for key in ("one", "other"))
        for measure in (one, other):
            if not measure.is_amount or measure.is_share:
                raise keys.fail("one / other", "两边都要是数，不能是比率或是否")
        if keys.truth("part_of_whole") and not isinstance(other, YearColumn):
            raise keys.fail("part_of_whole", "分母是年度表里的一栏时才能写")
        return cls(one, other, keys.truth("zero_fails"), keys.truth("part_of_whole"))

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return what both sides need."""
        yield from self.one.columns(sheets)
        yield from self.other.columns(sheets)

    def rests_on(self, sheets: Sheets) -> tuple[frozenset[str], ...]:
        """Return the tables of each side."""
        return (*self.one.rests_on(sheets), *self.other.rests_on(sheets))

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return one side of the other; skipped where a stated whole is 0."""
        pair = paired(self)
        if pair:
            return self._of_same_rows(facts, periods, *pair)
        sides = zip(self.one.evaluate(facts, periods), self.other.evaluate(facts, periods), strict=True)
        return [self._divided(one, other) for one, other in sides]

    def _divided(self, one: Reading, other: Reading) -> Reading:
        rows = one.rows + other.rows
        if isinstance(self.other, YearColumn) and other.value == 0:
            return Reading(skipped=True, top=number_of(one), bottom=Fraction(0))
        if one.value is None or other.value is None:
            return Reading(top=number_of(one), bottom=number_of(other), rows=rows)
        if other.value == 0:
            return Reading(failed=self.zero_fails, top=number_of(one), bottom=Fraction(0), rows=rows)
        return Reading(Fraction(one.value) / Fraction(other.value), top=number_of(one), bottom=number_of(other), rows=rows)

    def _of_same_rows(self, facts: Facts, periods: Periods, one: Sum, other: Sum) -> list[Reading]:
        """Two numbers of the same rows: a row that lacks one of them says nothing of their ratio."""
        matching = facts.dated(one.sheet, one.where, periods)
        both = matching.that(matching.table.filled(one.column) & matching.table.filled(other.column))
        return [
            Reading(
                top / bottom if bottom else None,
                failed=self.zero_fails and bool(rows) and not bottom,
                top=top,
                bottom=bottom,
                rows=rows,
            )
            for top, bottom, rows in zip(both.totals(one.column), both.totals(other.column), both.rows(), strict=True)
        ]

    def way(self, short: Shortfall) -> Way:
        """Return the cell that is missing, or so many more of the part, or of the whole."""
        top, bottom = short.reading.top, short.reading.bottom
        for side, value in ((self.one, top), (self.other, bottom)):
            if value is None and isinstance(side, YearColumn):
                return short.cell(short.facts.sheets.years.name, side.column)
        if top is None or bottom is None:
            return NO_WAY
        if paired(self):
            return self._full_rows(short, top, bottom)
        if short.target.op in (">=", ">") and not isinstance(self.one, YearColumn):
            return short.more(self.one, short.to(short.goal * bottom, top))
        if short.target.op == "<=" and short.goal > 0 and not isinstance(self.other, YearColumn):
            number = max(Fraction(0), Fraction(math.ceil(top / short.goal)) - bottom)
            return Way("more", number, self.other.thing(number, short.facts.sheets)) if number else NO_WAY
        return NO_WAY

    def _full_rows(self, short: Shortfall, top: Fraction, bottom: Fraction) -> Way:
        """Every further row is at best full, and so adds as much to the whole as to the part."""
        if short.target.op not in (">=", ">") or short.goal >= 1:
            return NO_WAY
        number = Fraction(math.ceil((short.goal * bottom - top) / (1 - short.goal)))
        pair = paired(self)
        thing = f"“{pair[0].column}”与“{pair[1].column}”相同" if pair else ""
        return Way("full", number, thing) if number > 0 else NO_WAY

    def people_stated(self) -> tuple[str, str, Where] | None:
        """Return the roll and the column where people of a roll are counted of a stated number."""
        if isinstance(self.one, Stock) and isinstance(self.other, YearColumn):
            return self.one.sheet, self.other.column, self.one.where
        return None


def paired(measure: Measure) -> tuple[Sum, Sum] | None:
    """Return the two sides of one number of some rows ÷ another number of the same rows, such as 实到 ÷ 应到; None for any other measure."""
    if not isinstance(measure, Ratio) or not isinstance(measure.one, Sum) or not isinstance(measure.other, Sum):
        return None
    one, other = measure.one, measure.other
    return (one, other) if (one.sheet, one.where, one.mean) == (other.sheet, other.where, other.mean) else None


@dataclass(frozen=True, eq=False)
class PeopleOfPeriods:
    """The different people of each period: its number, the positions of the first and of the last row of each name on the roll, and what each has done.

    `evidence` are the rows that say so.
    """

    slots: Numbers
    first: Numbers
    last: Numbers
    amounts: list[Fraction]
    evidence: Matching


@dataclass(frozen=True)
class Coverage(Measure):
    """Of the people active, the share with at least `at_least` rows (or sum of `column`) in the period."""

    kind: ClassVar[str] = "coverage"
    word: ClassVar[str] = "人人达到"
    explanation: ClassVar[str] = "在册的人中，本期台账达到次数（或合计）的人所占比例"
    keys: ClassVar[tuple[str, ...]] = ("roll", "within", "log", "name", "column", "where", "at_least", "skip_when_zero")
    shape: ClassVar[Shape] = "rate"
    is_share: ClassVar[bool] = True
    within_whole: ClassVar[bool] = True
    where_sheet: ClassVar[str] = "log"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("名册", "roll", TEXT, "人人达到：哪本名册"),
        Field("台账", "log", TEXT, "人人达到：哪本台账"),
        NAME_FIELD,
        Field("每人数量", "at_least", NUMBER, "人人达到：每人至少几次（或合计几）"),
        Field("为0时不适用", "skip_when_zero", TEXT, "人人达到：年度数据里哪一栏为0时不适用", width=14),
    )

    roll: str
    within: Where
    log: str
    name: str
    column: str | None = None
    where: Where = ()
    at_least: Fraction = Fraction(1)
    skip_when_zero: str | None = None

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from a roll, a log and how much each must do."""
        roll = at.sheet(keys, "roll", ("roll",))
        log = at.sheet(keys, "log", ("log",))
        return cls(
            roll.name,
            at.where(keys, "within", roll),
            log.name,
            at.column(keys, "name", log, ("text",)),
            at.column(keys, "column", log, NUMBERS) if keys.has("column") else None,
            at.where(keys, "where", log),
            keys.number("at_least", 1),
            at.column(keys, "skip_when_zero", at.sheets.years, NUMBERS) if keys.has("skip_when_zero") else None,
        )

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return what places and filters the people and the records."""
        yield from (
            *rows_used(sheets, self.roll),
            *where_used(self.roll, self.within),
            *rows_used(sheets, self.log),
            (self.log, self.name),
            *where_used(self.log, self.where),
        )
        yield from ((self.log, self.column),) if self.column else ()

    def rests_on(self, sheets: Sheets) -> tuple[frozenset[str], ...]:
        """Return the roll and the log, each by itself."""
        return frozenset((self.roll,)), frozenset((self.log,))

    def _people(self, facts: Facts, periods: Periods) -> PeopleOfPeriods:
        """The people who are looked at in each period, and what each of them has done in it."""
        import numpy as np

        there = facts.on_day(self.roll, self.within, periods)
        codes, names = there.table.names(there.table.sheet.role("name"))
        # One name is one person, told as the last row writes it.
        key_of_row = there.slots * len(names) + codes[there.positions]
        keys, first = np.unique(key_of_row, return_index=True)
        last = len(key_of_row) - 1 - np.unique(key_of_row[::-1], return_index=True)[1]
        log = facts.dated(self.log, self.where, periods)
        log_codes, log_names = log.table.names(self.name)
        number = {name: at for at, name in enumerate(names)}
        of_log = np.array([number.get(name, -1) for name in log_names], np.int64)[log_codes[log.positions]]
        wanted = log.slots * len(names) + of_log
        at = np.minimum(np.searchsorted(keys, wanted), max(0, len(keys) - 1))
        known = (of_log >= 0) & (keys[at] == wanted) if len(keys) else np.zeros(len(wanted), np.bool_)
        done = Matching(log.table, log.positions[known], at[known], len(keys))
        return PeopleOfPeriods(
            keys // len(names),
            there.positions[first],
            there.positions[last],
            done.totals(self.column) if self.column else [fraction(count) for count in done.counts.tolist()],
            log.chosen(known),
        )

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return the people who have done enough of all that are looked at."""
        import numpy as np

        people = self._people(facts, periods)
        enough = np.array([amount >= self.at_least for amount in people.amounts], np.bool_)
        reached = np.bincount(people.slots[enough], minlength=len(periods)).tolist()
        number = np.bincount(people.slots, minlength=len(periods)).tolist()
        zero = [False] * len(periods)
        if self.skip_when_zero:
            zero = [value == 0 for value in facts.stated(facts.sheets.years.name, self.skip_when_zero, periods)]
        return [
            Reading(skipped=True, top=fraction(bottom), bottom=Fraction(0))
            if skipped
            else Reading(Fraction(top, bottom) if bottom else None, top=fraction(top), bottom=fraction(bottom), rows=rows)
            for top, bottom, skipped, rows in zip(reached, number, zero, people.evidence.rows(), strict=True)
        ]

    def way(self, short: Shortfall) -> Way:
        """Return the people who have not done enough, and how many of them must."""
        people = self._people(short.facts, short.periods)
        if not people.amounts:
            return Way("source", thing=f"“{self.roll}”里符合条件的人")
        roll = short.facts.tables[self.roll]
        written = roll.values(roll.sheet.role("name"))
        each = sorted(zip(people.first.tolist(), people.last.tolist(), people.amounts, strict=True))
        behind = sorted(
            ((str(written[last]), amount) for _, last, amount in each if amount < self.at_least), key=lambda one: -one[1]
        )
        number = short.to(short.goal * len(people.amounts), Fraction(len(people.amounts) - len(behind)))
        return Way("people", number, people=tuple(behind)) if number > 0 else NO_WAY

    def people_stated(self) -> tuple[str, str, Where] | None:
        """Return the roll and the column that states how many people there are."""
        return (self.roll, self.skip_when_zero, self.within) if self.skip_when_zero else None

    def people_looked_up(self) -> tuple[str, str, str] | None:
        """Return its roll, its log and the column of names."""
        return self.roll, self.log, self.name
