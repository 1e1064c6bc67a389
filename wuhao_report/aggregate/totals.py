"""The totals of many committees: who passes, what is missed most, how many points are lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from wuhao_report.aggregate.records.recording import AWAITING_RANK
from wuhao_report.aggregate.roster.model import Member
from wuhao_report.evaluation.results import STATUSES, UNFILLED

COUNTED = (*STATUSES, AWAITING_RANK, UNFILLED)
LACKING = ("未达标", "缺数据")
MOST_NAMED = 200
"""The largest number of committees named with an indicator that they miss; the others are only counted."""
MOST_REASONS, MOST_DEEDS = 3, 3
"""So many reasons are told of a committee that has not passed, and so many deeds of all committees."""
WHOLE = ""
"""Stands for all indicators together in the tallies of a region."""

Region = Callable[[Member], str]
"""Names the committee that stands for a member where there are too many members to show each."""


@dataclass(frozen=True)
class Tally:
    """The number of committees by status."""

    counts: Mapping[str, int]

    @property
    def size(self) -> int:
        """The number of all committees."""
        return sum(self.counts.values())

    @property
    def asked(self) -> int:
        """The denominator of the rate: committees to which this applies and whose rank is not awaited."""
        return sum(number for status, number in self.counts.items() if status not in ("不适用", AWAITING_RANK))

    @property
    def met(self) -> int:
        """The numerator of the rate: committees that reach the target."""
        return self.counts.get("达标", 0)

    @property
    def lacking(self) -> int:
        """The number of committees that miss the target or lack the data."""
        return sum(self.counts.get(status, 0) for status in LACKING)

    @property
    def rate(self) -> Fraction | None:
        """The share of committees that reach the target; None where it applies to none."""
        return Fraction(self.met, self.asked) if self.asked else None


def tally_of(counts: Mapping[str, int]) -> Tally:
    """Return a tally in which every status is named, those of nobody with 0."""
    return Tally({status: counts.get(status, 0) for status in COUNTED})


def merge_tallies(tallies: Iterable[Tally]) -> Tally:
    """Return the tally of several that have no committee in common."""
    counts: Counter[str] = Counter()
    for tally in tallies:
        counts.update(tally.counts)
    return tally_of(counts)


@dataclass(frozen=True)
class IndicatorTotals:
    """One indicator over the committees: statuses, points lost, who misses it, and, of a rate, both sides summed by period.

    `short` is the number of committees that have lost points; `cause` the reason that is given most often.
    """

    id: str
    title: str
    head: str
    tally: Tally
    lost: Fraction
    losers: tuple[str, ...]
    ratios: tuple[tuple[str, Fraction, Fraction], ...]
    short: int = 0
    cause: str = ""


@dataclass(frozen=True)
class FigureTotals:
    """A figure of the reports: by period its sum and the number of committees that have one."""

    id: str
    title: str
    unit: str
    per: str
    values: tuple[tuple[str, Fraction, int], ...]
    adds: bool = False


@dataclass(frozen=True)
class NotPassed:
    """A committee that has not passed, and what it has not reached."""

    unit: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class TellingDeed:
    """The finished sentence of a committee on what it has done."""

    unit: str
    sentence: str


@dataclass(frozen=True)
class Changes:
    """Committees with a last report: how many rose, fell, and were evaluated by other rules then; their statuses then and now."""

    size: int
    up: int
    down: int
    other_rules: int
    before: Tally
    now: Tally


@dataclass(frozen=True)
class Totals:
    """The sums over the committees of one scheme at one stage.

    `kinds` and `parents` are tallies by name, `regions` by name and then by indicator; `bonus` and `grades` say whether any
    committee has one; `last_day` is the newest 填报日期. `head_points` are the scores and the full marks of each head, summed;
    `scores` is the sum of the committees' scores, and how many have one.
    """

    size: int
    overall: Tally
    heads: tuple[tuple[str, str, Tally], ...]
    indicators: tuple[IndicatorTotals, ...]
    figures: tuple[FigureTotals, ...]
    changes: Changes | None
    kinds: Mapping[str, Tally]
    parents: Mapping[str, Tally]
    regions: Mapping[str, Mapping[str, Tally]]
    bonus: bool
    grades: bool
    last_day: date
    by_points: bool = False
    head_points: Mapping[str, tuple[Fraction, Fraction]] = field(default_factory=dict)
    not_passed: tuple[NotPassed, ...] = ()
    deeds: tuple[TellingDeed, ...] = ()
    scores: tuple[Fraction, int] = (Fraction(0), 0)

    @property
    def mean_score(self) -> Fraction | None:
        """The average of the scores; None where no committee has one."""
        whole, many = self.scores
        return whole / many if many else None
