"""Measures over the records of a log in a period: how many, how much, how many different ones, how many people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar, Self

from wuhao_report.core.numbers import number_text
from wuhao_report.core.strict import Keys
from wuhao_report.measures.base import (
    NUMBERS,
    Definitions,
    MatchingRows,
    Measure,
    Shape,
    Shortfall,
    Way,
    known_choices,
    records_text,
    rows_used,
    where_used,
)
from wuhao_report.measures.facts import Facts, Matching, Periods, Reading, fraction, of_set
from wuhao_report.measures.target import missing_to
from wuhao_report.tables.codecs import TEXT, Field
from wuhao_report.tables.columns import Used
from wuhao_report.tables.conditions import TEXTS, Where, where_text
from wuhao_report.tables.sheets import Sheets
from wuhao_report.tables.table import ranges

NAME_FIELD = Field("姓名栏", "name", TEXT, "台账里写姓名的一栏")


@dataclass(frozen=True)
class Count(MatchingRows):
    """Rows that count and match."""

    kind: ClassVar[str] = "count"
    word: ClassVar[str] = "次数"
    explanation: ClassVar[str] = "台账中符合条件的行数"
    shape: ClassVar[Shape] = "count"
    counts_records: ClassVar[bool] = True
    unit: ClassVar[str] = "次"

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return how many rows match."""
        matching = facts.dated(self.sheet, self.where, periods)
        return [
            Reading(fraction(count), rows=rows) for count, rows in zip(matching.counts.tolist(), matching.rows(), strict=True)
        ]

    def way(self, short: Shortfall) -> Way:
        """Return so many more records."""
        return short.more(self, missing_to(short.target, short.value))

    def thing(self, number: Fraction, sheets: Sheets) -> str:
        """Return 记录2条 of the log, with the conditions."""
        return f"“{self.sheet}”{records_text(sheets, self.sheet, number)}{where_text(self.where)}"


@dataclass(frozen=True)
class Sum(Measure):
    """The sum of a number column over those rows; `mean` divides by the calendar years touched."""

    kind: ClassVar[str] = "sum"
    word: ClassVar[str] = "合计"
    explanation: ClassVar[str] = "台账中某数字栏的合计"
    keys: ClassVar[tuple[str, ...]] = ("sheet", "column", "where")
    shape: ClassVar[Shape] = "amount"
    counts_records: ClassVar[bool] = True
    any_amount_helps: ClassVar[bool] = True

    sheet: str
    column: str
    where: Where = ()
    mean: bool = False

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Sum:
        """Return the measure from a log, a number column and conditions."""
        sheet = at.sheet(keys, "sheet", ("log",))
        return Sum(sheet.name, at.column(keys, "column", sheet, NUMBERS), at.where(keys, "where", sheet))

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return the date, the number and the filtered columns."""
        yield from (*rows_used(sheets, self.sheet), (self.sheet, self.column), *where_used(self.sheet, self.where))

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return the exact sum of the matching rows; no data where there are some and none states the number."""
        matching = self.matching(facts, periods)
        sums = matching.totals(self.column)
        if self.mean:
            clocks = (facts.clock(number) for number, _ in periods.numbered)
            sums = [amount / (clock.as_of.year - clock.phase.start.year + 1) for amount, clock in zip(sums, clocks, strict=True)]
        stated = matching.that(matching.table.filled(self.column)).counts.tolist()
        # Rows of which none states the number do not say 0.
        return [
            Reading(None if rows and not number else amount, rows=rows, stated=(number, count))
            for amount, number, count, rows in zip(sums, stated, matching.counts.tolist(), matching.rows(), strict=True)
        ]

    def matching(self, facts: Facts, periods: Periods) -> Matching:
        """Return the rows that are added up; of a mean, those from the phase's start to the day of the report."""
        if self.mean:
            periods = periods.between(
                facts.clock_days(periods, lambda clock: clock.phase.start), facts.clock_days(periods, lambda clock: clock.as_of)
            )
        return facts.dated(self.sheet, self.where, periods)

    def way(self, short: Shortfall) -> Way:
        """Return how much more is needed; of a mean, over all its years."""
        if self.mean:
            return short.more(self, short.to(short.goal * short.years(), short.value * short.years(now=True)))
        return short.more(self, missing_to(short.target, short.value))

    def thing(self, number: Fraction, sheets: Sheets) -> str:
        """Return so much of the column, with the conditions."""
        return f"“{self.sheet}”的“{self.column}”{number_text(number)}{where_text(self.where)}"

    def shape_here(self) -> Shape:
        """Return level for a mean."""
        return "level" if self.mean else self.shape


class MeanPerYear(Sum):
    """How a scheme asks for the mean of a sum over the years; its record is a Sum."""

    kind: ClassVar[str] = "mean-per-year"
    word: ClassVar[str] = "年均"
    explanation: ClassVar[str] = "阶段开始以来的合计 ÷ 所涉自然年数"
    shape: ClassVar[Shape] = "level"

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Sum:
        """Return the sum whose mean is meant."""
        return replace(Sum.read(keys, at), mean=True)


@dataclass(frozen=True)
class Distinct(Measure):
    """How many different values occur among those rows, or how many of a listed set."""

    kind: ClassVar[str] = "distinct"
    word: ClassVar[str] = "不同项"
    explanation: ClassVar[str] = "出现过多少个不同的值，或所列各项中出现了几项"
    keys: ClassVar[tuple[str, ...]] = ("sheet", "column", "among", "where")
    shape: ClassVar[Shape] = "set"
    counts_records: ClassVar[bool] = True
    unit: ClassVar[str] = "项"
    listed_key: ClassVar[str] = "among"

    sheet: str
    column: str
    among: tuple[str, ...] = ()
    where: Where = ()

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from a log, a column and the listed set, if any."""
        sheet = at.sheet(keys, "sheet", ("log",))
        column = at.column(keys, "column", sheet, TEXTS)
        among = known_choices(keys, "among", keys.texts("among"), sheet, column)
        return cls(sheet.name, column, among, at.where(keys, "where", sheet))

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return the date, the column and the filtered columns."""
        yield from (*rows_used(sheets, self.sheet), (self.sheet, self.column), *where_used(self.sheet, self.where))

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return how many different values occur, or which of the listed ones."""
        import numpy as np

        matching = facts.dated(self.sheet, self.where, periods)
        words = matching.table.words(self.column)
        size = max(1, len(words.words))
        if self.among:
            listed = np.array([word in self.among for word in words.words], np.bool_)
            rows_of_words = np.repeat(np.arange(len(words.counts)), words.counts)
            named = np.zeros(len(words.counts), np.bool_)
            named[rows_of_words[listed[words.codes[ranges(words.starts, words.counts)]]]] = True
            matching = matching.that(named)
        counts = words.counts[matching.positions]
        codes = words.codes[ranges(words.starts[matching.positions], counts)]
        present = np.unique(np.repeat(matching.slots, counts) * size + (codes if self.among else words.folded[codes]))
        slots, codes = np.divmod(present, size)
        if not self.among:
            numbers = np.bincount(slots, minlength=len(periods)).tolist()
            return [Reading(fraction(number), rows=rows) for number, rows in zip(numbers, matching.rows(), strict=True)]
        occur: list[list[str]] = [[] for _ in periods.items]
        for slot, code in zip(slots.tolist(), codes.tolist(), strict=True):
            occur[slot].append(words.words[code])
        return [of_set(self.among, names, rows) for names, rows in zip(occur, matching.rows(), strict=True)]

    def way(self, short: Shortfall) -> Way:
        """Return so many more different values."""
        return short.more(self, missing_to(short.target, short.value))

    def thing(self, number: Fraction, sheets: Sheets) -> str:
        """Return so many different values of the column."""
        return f"“{self.sheet}”的不同“{self.column}”{number_text(number)}个{where_text(self.where)}"

    def titles(self) -> tuple[str, ...]:
        """Return the listed set."""
        return self.among


@dataclass(frozen=True)
class People(Measure):
    """Different names of rows without a number of persons, plus the numbers stated in the others."""

    kind: ClassVar[str] = "people"
    word: ClassVar[str] = "人数"
    explanation: ClassVar[str] = "没有写人数的行中不同姓名的个数，加上其余各行写明的人数"
    keys: ClassVar[tuple[str, ...]] = ("sheet", "name", "number", "where")
    shape: ClassVar[Shape] = "count"
    counts_records: ClassVar[bool] = True
    unit: ClassVar[str] = "人"
    fields: ClassVar[tuple[Field, ...]] = (NAME_FIELD, Field("人数栏", "number", TEXT, "人数：写人数的一栏"))

    sheet: str
    name: str
    number: str
    where: Where = ()

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from a log, its names and its numbers of persons."""
        sheet = at.sheet(keys, "sheet", ("log",))
        name, number = at.column(keys, "name", sheet, ("text",)), at.column(keys, "number", sheet, NUMBERS)
        return cls(sheet.name, name, number, at.where(keys, "where", sheet))

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """The number of persons is not among them: a row without one is one person."""
        yield from (*rows_used(sheets, self.sheet), (self.sheet, self.name), *where_used(self.sheet, self.where))

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return different names without a number, plus the numbers."""
        import numpy as np

        matching = facts.dated(self.sheet, self.where, periods)
        table = matching.table
        single = matching.that(~table.filled(self.number))
        codes, names = table.names(self.name)
        different = np.unique(single.slots * len(names) + codes[single.positions]) // len(names)
        people = np.bincount(different, minlength=len(periods)).tolist()
        return [
            Reading(number + stated, rows=rows)
            for number, stated, rows in zip(people, matching.totals(self.number), matching.rows(), strict=True)
        ]

    def way(self, short: Shortfall) -> Way:
        """Return so many more people."""
        return short.more(self, missing_to(short.target, short.value))

    def thing(self, number: Fraction, sheets: Sheets) -> str:
        """Return so many people of the log."""
        return f"“{self.sheet}”的“{self.name}”{number_text(number)}人{where_text(self.where)}"
