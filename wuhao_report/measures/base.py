"""What every kind of measure must say of itself: its record, its reading from a scheme, the columns it needs, its value, its shortfall, its words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar, Literal, Self

from wuhao_report.core.numbers import number_text
from wuhao_report.core.periods import NATURAL, Per, Period
from wuhao_report.core.problems import At
from wuhao_report.core.strict import Keys
from wuhao_report.measures.facts import Facts, Periods, Reading, Rows
from wuhao_report.measures.target import Target, missing_to
from wuhao_report.tables.codecs import Field
from wuhao_report.tables.columns import Used
from wuhao_report.tables.conditions import Where, named, read_where
from wuhao_report.tables.sheets import FORM_WORDS, TYPE_WORDS, Form, Sheet, Sheets

Shape = Literal["count", "amount", "flag", "set", "rate", "level", "term", "manual", "rank", "event"]
"""How a value is spoken of: each shape has its own sentences."""
NUMBERS = ("count", "amount")
"""The types of columns that hold numbers."""
PLACE_WORDS: Mapping[str, str] = {
    "parts": "分项",
    "penalties": "扣分",
    "one": "分子",
    "other": "分母",
    "of": "对象",
    "tables": "表",
    "items": "项",
    "event": "事件",
    "stretch": "争取",
}
"""Where a row of an Excel scheme belongs, by the key of the TOML form."""
WayKind = Literal["none", "more", "full", "people", "rows", "fill", "source"]


@dataclass(frozen=True)
class Way:
    """What is still needed in one period.

    kind: more (so many of `thing`), full (the further rows of a rate, all of them whole, add up to so many), people (those of
    `people` do enough), rows (so many of the rows at `places` are put right), fill (the cells at `places` are filled in), source
    (what `thing` names is missing), none (nothing that can be counted).
    `people` are those who have not done enough, with what each has done, the nearest to it first.
    """

    kind: WayKind = "none"
    number: Fraction | None = None
    thing: str = ""
    people: tuple[tuple[str, Fraction], ...] = ()
    places: tuple[At, ...] = ()


NO_WAY = Way()


@dataclass(frozen=True)
class Shortfall:
    """A period in which a committee does not reach a target: what measures solve for the shortest way to it."""

    facts: Facts
    committee: int
    period: Period
    reading: Reading
    target: Target

    @cached_property
    def periods(self) -> Periods:
        """The period, as measures are asked for it."""
        return self.facts.periods([(self.committee, self.period)])

    @property
    def goal(self) -> Fraction:
        """The number to be reached."""
        return Fraction(self.target.value)

    @property
    def value(self) -> Fraction:
        """The number that is reached so far; 0 where nothing is known."""
        return Fraction(self.reading.value or 0)

    def to(self, goal: Fraction, now: Fraction) -> Fraction:
        """Return how much is missing from `now` to another goal than the target's own number."""
        return missing_to(replace(self.target, value=goal), now)

    def more(self, measure: Measure, number: Fraction) -> Way:
        """Return so many more of what a measure counts as the way; none where more would not help."""
        if self.target.op in ("<=", "==") and not self.reading.lack:
            return NO_WAY
        if measure.any_amount_helps and self.target.op == ">" and not self.goal:
            # Any sum at all will do: a number would say less than the task does.
            return NO_WAY
        return Way("more", number, measure.thing(number, self.facts.sheets)) if number > 0 else NO_WAY

    def cell(self, sheet_name: str, column: str) -> Way:
        """Return the cell of the year's row or of the profile that must be filled in; the sheet alone where the year has no row."""
        sheet = self.facts.sheets.by_name[sheet_name]
        if sheet.form == "pairs":
            at = self.facts.committees[self.committee].places.get((sheet_name, column))
            return Way("fill", places=(at,)) if at else NO_WAY
        if sheet.form != "years":
            return NO_WAY
        position = self.facts.year_rows.get((self.committee, self.period.year))
        if position is not None:
            row = int(self.facts.tables[sheet_name].rows[position])
            return Way("fill", places=(self.facts.committees[self.committee].locations[sheet_name].at(row, column),))
        return Way("fill", thing=f"“{sheet_name}”{self.period.year}年一行")

    def years(self, now: bool = False) -> int:
        """Return the calendar years a mean is taken over: those so far, or those there will be on the last day it can be reached."""
        clock = self.facts.clock(self.committee)
        last = self.period.span.end if self.period.per in NATURAL else clock.phase.end
        return (clock.as_of if now else max(clock.as_of, last)).year - clock.phase.start.year + 1


@dataclass(frozen=True)
class Definitions:
    """What measures and conditions may refer to while a scheme is read: its sheets, and the other kinds of measures."""

    sheets: Sheets
    read_measure: Callable[[object, str, Definitions], Measure]

    def sheet(self, keys: Keys, key: str, forms: tuple[str, ...], default: Any = ...) -> Sheet:
        """Return the sheet that a key names; raises SchemeError where there is none, or its form is another."""
        name = keys.text(key, default)
        keys.known(key, name, self.sheets.by_name)
        sheet = self.sheets.by_name[name]
        if sheet.form not in forms:
            raise keys.fail(key, f"“{name}”的形式是{named(FORM_WORDS, sheet.form)}，这里要用{named(FORM_WORDS, *forms)}")
        return sheet

    def column(self, keys: Keys, key: str, sheet: Sheet, types: tuple[str, ...]) -> str:
        """Return the column of a sheet that a key names; raises SchemeError where there is none, or its type is another."""
        name = keys.text(key)
        keys.known(key, name, sheet.by_name)
        if sheet.by_name[name].type not in types:
            raise keys.fail(
                key, f"“{name}”的类型是{named(TYPE_WORDS, sheet.by_name[name].type)}，这里要用{named(TYPE_WORDS, *types)}"
            )
        return name

    def where(self, keys: Keys, key: str, sheet: Sheet) -> Where:
        """Return the conditions on a sheet's columns that stand under a key."""
        return read_where(keys, key, sheet)

    def inner(self, keys: Keys, key: str) -> Measure:
        """Return the measure that stands inside another."""
        return self.read_measure(keys.inner(key, PLACE_WORDS[key]), f"{keys.path} → {key}", self)

    def amount(self, keys: Keys, key: str) -> Measure:
        """Return the measure inside another that must give a number."""
        measure = self.inner(keys, key)
        if not measure.is_amount:
            raise keys.fail(key, "这里要用得出一个数的算法")
        return measure


class Measure(ABC):
    """One way of getting a value from the tables. A kind of measure is a frozen dataclass that says all of the following of itself."""

    kind: ClassVar[str]
    """Its name in TOML."""
    word: ClassVar[str]
    """Its name in Excel."""
    explanation: ClassVar[str]
    """What its value is, for the documents."""
    keys: ClassVar[tuple[str, ...]]
    """The keys it takes in TOML, `kind` apart."""
    shape: ClassVar[Shape]
    """How its value is spoken of, where the scheme does not say."""
    fields: ClassVar[tuple[Field, ...]] = ()
    """The columns of 评分规则 that only this kind of measure (or few others) has; a column of the same key is the same."""
    listed_key: ClassVar[str] = ""
    """The key that 所列各项 stands for in Excel."""
    where_sheet: ClassVar[str] = "sheet"
    """The key of the sheet whose columns its conditions name."""
    unit: ClassVar[str] = ""
    is_truth: ClassVar[bool] = False
    """Its value is yes or no."""
    is_amount: ClassVar[bool] = True
    """Its value is a number that another measure could go on with."""
    is_share: ClassVar[bool] = False
    """Its value is a part of a whole."""
    within_whole: ClassVar[bool] = False
    """Its value never exceeds 1."""
    any_amount_helps: ClassVar[bool] = False
    """Any amount at all is enough where the target is “more than 0”."""
    default_per: ClassVar[Per | None] = None
    """The kind of period where the scheme names none; None: it must name one."""
    is_points: ClassVar[bool] = False
    """Its value is points already; whoever uses it must state the full mark."""
    lists_its_titles: ClassVar[bool] = False
    """A requirement in words names the members of its listed set."""
    counts_records: ClassVar[bool] = False
    """It counts records of a period, which there are none of before the phase."""
    among_peers: ClassVar[bool] = False
    """It is settled only when many committees are seen together."""

    @classmethod
    @abstractmethod
    def read(cls, keys: Keys, at: Definitions) -> Measure:
        """Return the measure from its table in a scheme; raises SchemeError."""

    @abstractmethod
    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return every (sheet, column) without which there is no data."""

    def rests_on(self, sheets: Sheets) -> tuple[frozenset[str], ...]:
        """Return sets of tables: where all of one set are unfilled there is no data. By default all its logs and rolls are one set."""
        tables = frozenset(name for name, _ in self.columns(sheets) if sheets.form(name) in ("log", "roll"))
        return (tables,) if tables else ()

    @abstractmethod
    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return the reading of every period, with the records from its start to the day it is counted on."""

    @abstractmethod
    def way(self, short: Shortfall) -> Way:
        """Return the shortest way to the target, or NO_WAY where there is none that can be counted."""

    def thing(self, number: Fraction, sheets: Sheets) -> str:
        """Return so many of what the measure counts, in words: “会议”记录2条（类型为全委会议）; the number alone where it counts nothing."""
        return number_text(number)

    def entered_for(self, item: str, points: Fraction) -> Measure:
        """Return the measure of an indicator with that id and full mark; only what is points depends on them."""
        return self

    def levels(self) -> tuple[tuple[str, Fraction], ...]:
        """Return the words its value may be, each with its number; none where its value is no word."""
        return ()

    def people_looked_up(self) -> tuple[str, str, str] | None:
        """Return a roll, a log and the column of the log whose names are looked up in the roll."""
        return None

    def shape_here(self) -> Shape:
        """Return the shape of this very measure."""
        return self.shape

    def unit_here(self, sheets: Sheets) -> str:
        """Return the unit of a value where the scheme names none."""
        return self.unit

    def titles(self) -> tuple[str, ...]:
        """Return the members of its listed set; none where it has no such set."""
        return ()

    def own_target(self) -> Target | None:
        """Return the target where the scheme names none, or None where it must."""
        size = len(self.titles())
        return Target("==", Fraction(size)) if size else None

    def check_per(self, keys: Keys, per: Per) -> None:  # noqa: B027 (most kinds may be taken over any period)
        """Raise SchemeError for a kind of period that the measure cannot be taken over."""

    def can_be_made_up(self, target: Target, sheets: Sheets) -> bool:
        """Return whether what is missing in a period that still runs can be made up."""
        return True

    def is_lost(self, reading: Reading, target: Target) -> bool:
        """Return whether a period that still runs can reach the target no more, whatever is done."""
        return False

    def counted_rows(self, facts: Facts, periods: Periods) -> list[Rows]:
        """Return for each period the rows that make the value, people's rows included."""
        return [reading.rows for reading in self.evaluate(facts, periods)]

    def lasting(self) -> tuple[str, ...]:
        """Return the dated lists whose rows count however early."""
        return ()

    def people_stated(self) -> tuple[str, str, Where] | None:
        """Return the roll, the column of 年度数据 that states how many people are on it (0 makes a period not apply), and which of them."""
        return None

    def narrowed_by(self) -> Where:
        """Return the conditions on the rows that it counts; none where it counts no rows."""
        return ()

    def value_word(self, value: Fraction) -> str | None:
        """Return the word a value stands for, or None where it is told as a number."""
        return None

    def target_words(self, target: Target) -> str | None:
        """Return the target in words of the measure's own, or None where it is told as a number."""
        return None


def where_used(sheet: str, where: Where) -> Iterator[Used]:
    """Return the columns that conditions look at."""
    for condition in where:
        yield sheet, condition.column


def rows_used(sheets: Sheets, name: str) -> Iterator[Used]:
    """Return the columns it takes to place the rows of a sheet in time: its date, or the two dates of a roll."""
    sheet = sheets.by_name[name]
    for role in ("name", "start", "end", "date", "year"):
        column = sheet.role(role)
        if column and (role != "name" or sheet.form == "roll") and (role != "date" or sheet.form == "log"):
            yield name, column


@dataclass(frozen=True)
class MatchingRows(Measure):
    """A measure of the rows of one sheet that match conditions."""

    keys: ClassVar[tuple[str, ...]] = ("sheet", "where")
    forms: ClassVar[tuple[Form, ...]] = ("log",)
    """The forms that its sheet may have."""

    sheet: str
    where: Where = ()

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from a sheet and conditions."""
        sheet = at.sheet(keys, "sheet", cls.forms)
        return cls(sheet.name, at.where(keys, "where", sheet))

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return what places its rows in time, and the columns that conditions look at."""
        yield from (*rows_used(sheets, self.sheet), *where_used(self.sheet, self.where))

    def narrowed_by(self) -> Where:
        """Return its conditions."""
        return self.where


def known_choices(keys: Keys, key: str, values: tuple[str, ...], sheet: Sheet, column: str) -> tuple[str, ...]:
    """Return the values; raises SchemeError where the column has choices and one of them is none of these."""
    for value in values if sheet.by_name[column].choices else ():
        keys.known(key, value, sheet.by_name[column].choices)
    return values


def records_text(sheets: Sheets, sheet: str, number: Fraction) -> str:
    """Return 记录2条, or 2人 of a roll."""
    return f"{number_text(number)}人" if sheets.form(sheet) == "roll" else f"记录{number_text(number)}条"
