"""Measures of what there is on a day: people on a roll, rows of a dated list, a listed set, and what was added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from wuhao_report.core.strict import Keys
from wuhao_report.measures.base import (
    NO_WAY,
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
from wuhao_report.measures.facts import NO_DATA, Facts, Periods, Reading, Rows, fraction, of_set
from wuhao_report.measures.target import missing_to
from wuhao_report.tables.codecs import FLAG, Field
from wuhao_report.tables.columns import Used
from wuhao_report.tables.conditions import TEXTS, Condition, Where, fits, where_text
from wuhao_report.tables.sheets import Form, Sheets

RATE_FIELD = Field("算增长率", "rate", FLAG, "净增、比上期：除以上期的数：是/否", width=10)


def stock(facts: Facts, sheet: str, where: Where, periods: Periods) -> list[Reading]:
    """Return the people active on the day of each period, or the rows of a dated list dated on or before it."""
    there = facts.on_day(sheet, where, periods)
    counts = there.counts.tolist()
    if facts.sheets.form(sheet) == "roll":
        return [Reading(fraction(count)) for count in counts]
    return [Reading(fraction(count), rows=rows) for count, rows in zip(counts, there.rows(), strict=True)]


def grown(now: Fraction, before: Fraction, rate: bool, stated: bool, rows: Rows = ()) -> Reading:
    """Return what was added; as a rate of what there was, which a stated 0 makes inapplicable and a counted 0 unknown."""
    if not rate:
        return Reading(now - before, top=now, bottom=before, rows=rows)
    if before == 0:
        return Reading(skipped=stated, top=now, bottom=before, rows=rows)
    return Reading((now - before) / before, top=now, bottom=before, rows=rows)


def to_grow(short: Shortfall, now: Fraction, before: Fraction, rate: bool) -> Fraction:
    """Return how many more make the growth that is asked for."""
    return short.to(before + (short.goal * before if rate else short.goal), now)


class _RowsOnADay(MatchingRows):
    """People on a roll, or rows of a dated list, as they are on a day."""

    shape: ClassVar[Shape] = "level"
    unit: ClassVar[str] = "人"
    forms: ClassVar[tuple[Form, ...]] = ("roll", "log")

    def thing(self, number: Fraction, sheets: Sheets) -> str:
        """Return so many people or records, with the conditions."""
        return f"“{self.sheet}”{records_text(sheets, self.sheet, number)}{where_text(self.where)}"

    def unit_here(self, sheets: Sheets) -> str:
        """Return 项 for a list, 人 for a roll."""
        return "项" if sheets.form(self.sheet) == "log" else self.unit

    def lasting(self) -> tuple[str, ...]:
        """Return the sheet."""
        return (self.sheet,)


@dataclass(frozen=True)
class Stock(_RowsOnADay):
    """Rows of people active on the day, or rows of a dated list dated on or before it."""

    kind: ClassVar[str] = "stock"
    word: ClassVar[str] = "现有数"
    explanation: ClassVar[str] = "当日在册的人数（台账：当日及以前的条数）"

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return the stock on the day."""
        return stock(facts, self.sheet, self.where, periods)

    def counted_rows(self, facts: Facts, periods: Periods) -> list[Rows]:
        """Return the people, or the rows of the list, of each day."""
        return facts.on_day(self.sheet, self.where, periods).rows()

    def way(self, short: Shortfall) -> Way:
        """Return so many more."""
        return short.more(self, missing_to(short.target, short.value))


@dataclass(frozen=True)
class Growth(_RowsOnADay):
    """Stock on the day − stock on the day before the period's start; `rate` divides by the latter."""

    kind: ClassVar[str] = "growth"
    word: ClassVar[str] = "净增"
    explanation: ClassVar[str] = "期末在册数 − 期初前一日在册数；rate 再除以后者"
    keys: ClassVar[tuple[str, ...]] = ("sheet", "where", "rate")
    fields: ClassVar[tuple[Field, ...]] = (RATE_FIELD,)

    rate: bool = False

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from a roll or a dated list."""
        sheet = at.sheet(keys, "sheet", cls.forms)
        return cls(sheet.name, at.where(keys, "where", sheet), keys.truth("rate"))

    def _both(self, facts: Facts, periods: Periods) -> list[tuple[Fraction, Fraction]]:
        """The stock on the day, and that before the period."""
        now, before = (
            facts.on_day(self.sheet, self.where, when).counts.tolist()
            for when in (periods, periods.between(days=periods.starts - 1))
        )
        return [(fraction(one), fraction(other)) for one, other in zip(now, before, strict=True)]

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return what the stock has gained since the day before the period."""
        return [
            grown(now, before, True, False) if self.rate else Reading(now - before) for now, before in self._both(facts, periods)
        ]

    def way(self, short: Shortfall) -> Way:
        """Return so many more."""
        now, before = self._both(short.facts, short.periods)[0]
        return short.more(Stock(self.sheet, self.where), to_grow(short, now, before, self.rate))

    def shape_here(self) -> Shape:
        """Return rate where it divides."""
        return "rate" if self.rate else self.shape


@dataclass(frozen=True)
class Item:
    """One member of a listed set: present when a row of `sheet` fits `where` on the day."""

    title: str
    sheet: str
    where: Where


@dataclass(frozen=True)
class Complete(Measure):
    """How many of a listed set are present on the day."""

    kind: ClassVar[str] = "complete"
    word: ClassVar[str] = "齐备项"
    explanation: ClassVar[str] = "所列各项中有几项齐备（职务有人、材料已有、项目为是或不空）"
    keys: ClassVar[tuple[str, ...]] = ("sheet", "column", "each", "columns", "items")
    shape: ClassVar[Shape] = "set"
    unit: ClassVar[str] = "项"
    listed_key: ClassVar[str] = "each"
    lists_its_titles: ClassVar[bool] = True

    items: tuple[Item, ...]

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from posts or kinds, columns, or items of several sheets."""
        forms = ("roll", "log", "years", "pairs")
        if keys.has("items"):
            items = []
            for number, table in enumerate(keys.tables("items"), 1):
                inner = Keys(table, f"{keys.path} → items[{number}]")
                sheet = at.sheet(inner, "sheet", forms)
                items.append(Item(inner.text("title"), sheet.name, at.where(inner, "where", sheet)))
                inner.done()
            return cls(tuple(items))
        sheet = at.sheet(keys, "sheet", forms)
        if sheet.form in ("roll", "log"):
            column = at.column(keys, "column", sheet, TEXTS)
            each = known_choices(keys, "each", keys.texts("each", ...), sheet, column)
            return cls(tuple(Item(value, sheet.name, (Condition(column, "in", (value,)),)) for value in each))
        columns = keys.texts("columns", ...)
        for name in columns:
            keys.known("columns", name, sheet.by_name)
        return cls(
            tuple(
                Item(name, sheet.name, (Condition(name, "is" if sheet.by_name[name].type == "flag" else "filled"),))
                for name in columns
            )
        )

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return what places and filters the rows of every item."""
        for item in self.items:
            yield from (*rows_used(sheets, item.sheet), *where_used(item.sheet, item.where))

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return which of the items are there on the day; no data where an item asks for a year's row that is missing, or all items are cells and empty."""
        present: list[list[str]] = [[] for _ in periods.items]
        written = [False] * len(periods)
        rows: list[list[tuple[str, tuple[int, ...]]]] = [[] for _ in periods.items]
        yearly = False
        for item in self.items:
            form = facts.sheets.form(item.sheet)
            yearly = yearly or form == "years"
            if form in ("roll", "log"):
                written = [True] * len(periods)
                readings = stock(facts, item.sheet, item.where, periods)
                there = [bool(reading.value) for reading in readings]
                for one, reading in zip(rows, readings, strict=True):
                    one += reading.rows
            else:
                there, filled = _as_stated(facts, item, periods)
                written = [so_far or now for so_far, now in zip(written, filled, strict=True)]
            for have, is_there in zip(present, there, strict=True):
                have += [item.title] if is_there else []
        titles = self.titles()
        return [
            NO_DATA if not filled or (yearly and not facts.has_year(number, period)) else of_set(titles, have, tuple(evidence))
            for (number, period), filled, have, evidence in zip(periods.numbered, written, present, rows, strict=True)
        ]

    def way(self, short: Shortfall) -> Way:
        """Return no way: the sentence names what is missing."""
        return NO_WAY

    def titles(self) -> tuple[str, ...]:
        """Return the titles of the items."""
        return tuple(item.title for item in self.items)

    def lasting(self) -> tuple[str, ...]:
        """Return the sheets of the items."""
        return tuple(item.sheet for item in self.items)


def _as_stated(facts: Facts, item: Item, periods: Periods) -> tuple[list[bool], list[bool]]:
    """Return for each period whether the profile, or the year's row, meets the conditions of an item, and whether it says anything."""
    met, filled = [True] * len(periods), [False] * len(periods)
    for condition in item.where:
        values = facts.stated(item.sheet, condition.column, periods)
        met = [so_far and fits(condition, value) for so_far, value in zip(met, values, strict=True)]
        filled = [so_far or value not in (None, ()) for so_far, value in zip(filled, values, strict=True)]
    return met, filled
