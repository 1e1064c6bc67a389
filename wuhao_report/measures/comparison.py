"""Measures that compare: with the period before, or with peers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from wuhao_report.core.periods import COMPARABLE, Per, preceding
from wuhao_report.core.strict import Keys
from wuhao_report.measures.base import NO_WAY, Definitions, Measure, Shape, Shortfall, Way
from wuhao_report.measures.cell_values import YearColumn
from wuhao_report.measures.facts import Facts, Periods, Reading, number_of
from wuhao_report.measures.stocks import RATE_FIELD, grown, to_grow
from wuhao_report.tables.codecs import Field
from wuhao_report.tables.columns import Used
from wuhao_report.tables.sheets import Sheets


@dataclass(frozen=True)
class Change(Measure):
    """A measure in this period − the same in the natural period before it; `rate` divides by the latter."""

    kind: ClassVar[str] = "change"
    word: ClassVar[str] = "比上期"
    explanation: ClassVar[str] = "一个数比上一年（学年、半年、学期、季度、月）增加多少；rate 再除以上期的数"
    keys: ClassVar[tuple[str, ...]] = ("of", "rate")
    shape: ClassVar[Shape] = "level"
    is_amount: ClassVar[bool] = False
    fields: ClassVar[tuple[Field, ...]] = (RATE_FIELD,)

    of: Measure
    rate: bool = False

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from the one it compares."""
        return cls(at.amount(keys, "of"), keys.truth("rate"))

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return what the compared measure needs."""
        yield from self.of.columns(sheets)

    def rests_on(self, sheets: Sheets) -> tuple[frozenset[str], ...]:
        """Return the tables of the compared measure."""
        return self.of.rests_on(sheets)

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return what was added since the period before; skipped where that one lies before the phase and counts records."""
        earlier = facts.periods((number, preceding(period)) for number, period in periods.numbered)
        pairs = zip(self.of.evaluate(facts, periods), self.of.evaluate(facts, earlier), strict=True)
        return [
            Reading(skipped=True)
            if self.of.counts_records and period.span.start < facts.clock(number).phase.start
            else self._compared(now, before)
            for (number, period), (now, before) in zip(earlier.numbered, pairs, strict=True)
        ]

    def _compared(self, now: Reading, before: Reading) -> Reading:
        if now.value is None or before.value is None:
            return Reading(top=number_of(now), bottom=number_of(before), rows=now.rows)
        return grown(Fraction(now.value), Fraction(before.value), self.rate, isinstance(self.of, YearColumn), now.rows)

    def way(self, short: Shortfall) -> Way:
        """Return so many more of the compared measure as the growth asks for."""
        now, before = short.reading.top, short.reading.bottom
        if now is None or before is None or isinstance(self.of, YearColumn):
            return NO_WAY
        return short.more(self.of, to_grow(short, now, before, self.rate))

    def thing(self, number: Fraction, sheets: Sheets) -> str:
        """Return so many of the compared measure."""
        return self.of.thing(number, sheets)

    def shape_here(self) -> Shape:
        """Return rate where it divides."""
        return "rate" if self.rate else self.shape

    def check_per(self, keys: Keys, per: Per) -> None:
        """Raise SchemeError unless the period has one like it before."""
        if per not in COMPARABLE:
            raise keys.fail("per", "与上期比较的只能按年、学年、半年、学期、季度或月")


@dataclass(frozen=True)
class Rank(Measure):
    """The place among peers by another measure, the highest first; known only when many workbooks are seen together."""

    kind: ClassVar[str] = "rank"
    word: ClassVar[str] = "名次"
    explanation: ClassVar[str] = "按另一个数由高到低排的名次；单份报告中待汇总评定"
    keys: ClassVar[tuple[str, ...]] = ("of",)
    shape: ClassVar[Shape] = "rank"
    unit: ClassVar[str] = "名"
    is_amount: ClassVar[bool] = False
    default_per: ClassVar[Per | None] = "现状"
    among_peers: ClassVar[bool] = True

    of: Measure

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from the one it goes by."""
        return cls(at.amount(keys, "of"))

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return what that measure needs."""
        yield from self.of.columns(sheets)

    def rests_on(self, sheets: Sheets) -> tuple[frozenset[str], ...]:
        """Return the tables of that measure."""
        return self.of.rests_on(sheets)

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return open readings, each with the value the rank will go by."""
        return [Reading(open=True, among=reading.value) for reading in self.of.evaluate(facts, periods)]

    def way(self, short: Shortfall) -> Way:
        """Return no way: a place depends on others."""
        return NO_WAY

    def thing(self, number: Fraction, sheets: Sheets) -> str:
        """Return so many of what it goes by."""
        return self.of.thing(number, sheets)

    def check_per(self, keys: Keys, per: Per) -> None:
        """Raise SchemeError unless it is about the state of things."""
        check_state_of_things(keys, per)


def check_state_of_things(keys: Keys, per: Per) -> None:
    """Raise SchemeError unless the period is the state of things on the report day."""
    if per != "现状":
        raise keys.fail("per", "名次、人工评定和分项合成的只能是“现状”")
