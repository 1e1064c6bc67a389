"""Measures that are one cell: a figure of the year's row, yes or no, a word that stands for a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from wuhao_report.core.numbers import number_text
from wuhao_report.core.strict import Keys
from wuhao_report.measures.base import NO_WAY, NUMBERS, Definitions, Measure, Shape, Shortfall, Way, rows_used, where_used
from wuhao_report.measures.facts import NO_DATA, Facts, Periods, Reading, fraction, several
from wuhao_report.measures.target import Target
from wuhao_report.tables.codecs import VALUES, Field
from wuhao_report.tables.columns import Used
from wuhao_report.tables.conditions import TEXTS, Where
from wuhao_report.tables.sheets import Sheet, Sheets


@dataclass(frozen=True)
class YearColumn(Measure):
    """The number in the year's row."""

    kind: ClassVar[str] = "column"
    word: ClassVar[str] = "年度数"
    explanation: ClassVar[str] = "年度表当年一行的数"
    keys: ClassVar[tuple[str, ...]] = ("column",)
    shape: ClassVar[Shape] = "amount"

    column: str

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from the column it names."""
        return cls(at.column(keys, "column", at.sheets.years, NUMBERS))

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return the year and the column."""
        yield from (*rows_used(sheets, sheets.years.name), (sheets.years.name, self.column))

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return the number of the year's row; no data where row or cell is missing."""
        values = facts.stated(facts.sheets.years.name, self.column, periods)
        return [NO_DATA if value is None else Reading(fraction(value)) for value in values]

    def way(self, short: Shortfall) -> Way:
        """Return the cell to be filled in, where it is empty."""
        return short.cell(short.facts.sheets.years.name, self.column) if short.reading.value is None else NO_WAY


@dataclass(frozen=True)
class Flag(Measure):
    """Yes or no in the year's row, or in the profile."""

    kind: ClassVar[str] = "flag"
    word: ClassVar[str] = "是否"
    explanation: ClassVar[str] = "年度表或基本信息中的是否"
    keys: ClassVar[tuple[str, ...]] = ("sheet", "column")
    shape: ClassVar[Shape] = "flag"
    is_truth: ClassVar[bool] = True
    is_amount: ClassVar[bool] = False

    sheet: str
    column: str

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from the sheet and the column it names."""
        sheet = at.sheet(keys, "sheet", ("years", "pairs"))
        return cls(sheet.name, at.column(keys, "column", sheet, ("flag",)))

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return the column, and the year of a yearly sheet."""
        yield from (*rows_used(sheets, self.sheet), (self.sheet, self.column))

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return yes, no, or no data where the cell is empty."""
        return [Reading(value) for value in facts.stated(self.sheet, self.column, periods)]

    def way(self, short: Shortfall) -> Way:
        """Return the cell to be filled in, where it is empty."""
        return short.cell(self.sheet, self.column) if short.reading.value is None else NO_WAY

    def own_target(self) -> Target | None:
        """Return yes."""
        return Target("==", True)


@dataclass(frozen=True)
class Level(Measure):
    """What a word stands for: that of the profile or of the year's row, or the best one among the rows of a log."""

    kind: ClassVar[str] = "level"
    word: ClassVar[str] = "等级"
    explanation: ClassVar[str] = "等级换成数：年度表或基本信息中的一格，或台账中最高的一个"
    keys: ClassVar[tuple[str, ...]] = ("sheet", "column", "values", "where")
    shape: ClassVar[Shape] = "level"
    fields: ClassVar[tuple[Field, ...]] = (Field("等级分值", "values", VALUES, "等级：每个词是多少，例如：A=1；B=0.6", width=20),)

    sheet: str
    column: str
    values: tuple[tuple[str, Fraction], ...]
    where: Where = ()

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from its words and their numbers."""
        sheet = at.sheet(keys, "sheet", ("pairs", "years", "log"))
        column = at.column(keys, "column", sheet, TEXTS)
        values = _values(keys, sheet, column)
        where = at.where(keys, "where", sheet)
        if where and sheet.form != "log":
            raise keys.fail("where", "只有台账可以写条件")
        return cls(sheet.name, column, values, where)

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return the column, and what places and filters the rows of a log."""
        yield from (*rows_used(sheets, self.sheet), (self.sheet, self.column), *where_used(self.sheet, self.where))

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return the number a word stands for; of a log the highest, and 0 where no row has one."""
        if facts.sheets.form(self.sheet) == "log":
            return self._best_of_log(facts, periods)
        numbers = dict(self.values)
        readings = []
        for value in facts.stated(self.sheet, self.column, periods):
            known = [word for word in several(value) if word in numbers]
            best = max(known, key=lambda word: numbers[word], default="")
            readings.append(Reading(numbers[best], word=best) if known else NO_DATA)
        return readings

    def _best_of_log(self, facts: Facts, periods: Periods) -> list[Reading]:
        """The rows of the highest word in each period; the numbers are compared by their order, which keeps them exact."""
        import numpy as np

        numbers = dict(self.values)
        scale = sorted(set(numbers.values()))
        matching = facts.dated(self.sheet, self.where, periods)
        codes, cells = matching.table.coded(self.column)
        known = [[numbers[word] for word in several(cell) if word in numbers] for cell in cells]
        places = np.array([scale.index(max(found)) if found else -1 for found in known] + [-1], np.int64)[codes]
        best = np.full(len(periods), -1)
        np.maximum.at(best, matching.slots, places[matching.positions])
        highest = matching.chosen((places[matching.positions] == best[matching.slots]) & (places[matching.positions] >= 0))
        readings = []
        for place, rows, (first, _) in zip(best.tolist(), highest.rows(), highest.bounds, strict=True):
            if place < 0:
                readings.append(Reading(Fraction(0)))
                continue
            words = several(cells[codes[highest.positions[first]]])
            readings.append(Reading(scale[place], word="、".join(dict.fromkeys(words)), rows=rows))
        return readings

    def way(self, short: Shortfall) -> Way:
        """Return the cell to be filled in, where it is empty."""
        return short.cell(self.sheet, self.column) if short.reading.value is None else NO_WAY

    def levels(self) -> tuple[tuple[str, Fraction], ...]:
        """Return the words with their numbers."""
        return self.values

    def value_word(self, value: Fraction) -> str | None:
        """Return the word of the number; 无 for 0."""
        return next((word for word, number in self.values if number == value), "无" if value == 0 else None)

    def target_words(self, target: Target) -> str | None:
        """The lowest (of a limit from above, the highest) word that reaches the target."""
        fitting = [(number, word) for word, number in self.values if target.met(number)]
        if not fitting:
            return f"达到{number_text(Fraction(target.value))}"
        return f"不高于{max(fitting)[1]}" if target.op == "<=" else f"不低于{min(fitting)[1]}"


def _values(keys: Keys, sheet: Sheet, column: str) -> tuple[tuple[str, Fraction], ...]:
    inner = Keys(keys.take("values"), f"{keys.path} → values")
    if not inner.table:
        raise keys.fail("values", "至少要写一个词和它的数")
    for word in inner.table if sheet.by_name[column].choices else ():
        inner.known(word, word, sheet.by_name[column].choices)
    values = tuple((word, inner.number(word)) for word in inner.table)
    if any(number < 0 for _, number in values):
        raise keys.fail("values", "不能是负数")
    left = [word for word in sheet.by_name[column].choices if word not in inner.table]
    if left and sheet.form != "log":
        raise keys.fail("values", f"选项“{'、'.join(left)}”没有写是多少")
    return values
