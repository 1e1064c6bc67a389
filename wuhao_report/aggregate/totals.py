"""Rows, one by one → totals: who passes, what is missed most, how many points are lost; sums only, so that memory stays small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from wuhao_report.aggregate.records import AWAITING_RANK, FigureRecord, IndicatorRecord
from wuhao_report.aggregate.roster import Member
from wuhao_report.aggregate.rows import LastReport, Row
from wuhao_report.core.periods import in_time
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
    committee has one; `last_day` is the newest 填报日期. `head_points` are the scores and the full marks of each head, summed.
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


def sum_rows(rows: Iterable[Row], region: Region) -> Totals:
    """Return the totals of rows; `region` names the committee under which each is counted in `regions`."""
    sums = _Sums(region)
    for row in rows:
        sums.add(row)
    return sums.totals()


class _Sums:
    """The sums of the rows so far."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._size = 0
        self._statuses: Counter[str] = Counter()
        self._kinds: dict[str, Counter[str]] = {}
        self._parents: dict[str, Counter[str]] = {}
        self._regions: dict[str, dict[str, Counter[str]]] = {}
        self._heads: dict[str, tuple[str, Counter[str]]] = {}
        self._head_points: dict[str, tuple[Fraction, Fraction]] = {}
        self._indicators: dict[str, _IndicatorSums] = {}
        self._figures: dict[str, _FigureSums] = {}
        self._changes = _ChangeSums()
        self._bonus = self._grades = self._by_points = False
        self._not_passed: list[NotPassed] = []
        self._deeds: list[tuple[tuple[int, int], TellingDeed]] = []
        self._last_day = date.min

    def add(self, row: Row) -> None:
        """Add a row."""
        record, member = row.record, row.member
        self._size += 1
        self._statuses[record.status] += 1
        self._bonus |= record.bonus is not None
        self._grades |= record.grade is not None
        self._last_day = max(self._last_day, record.report_date)
        self._by_points |= record.by_points
        self._tell(row)
        self._kinds.setdefault(member.kind if member else "", Counter())[record.status] += 1
        self._parents.setdefault(member.parent if member else "", Counter())[record.status] += 1
        region = self._regions.setdefault(self._region(member) if member else "", {})
        region.setdefault(WHOLE, Counter())[record.status] += 1
        for head in record.heads:
            self._heads.setdefault(head.id, (head.title, Counter()))[1][head.status] += 1
            if head.score is not None and head.full is not None:
                score, full = self._head_points.get(head.id, (Fraction(0), Fraction(0)))
                self._head_points[head.id] = score + head.score, full + head.full
        for item in record.indicators:
            self._indicators.setdefault(item.id, _IndicatorSums(item)).add(item, row.unit)
            region.setdefault(item.id, Counter())[item.status] += 1
        for figure in record.figures:
            self._figures.setdefault(figure.id, _FigureSums(figure)).add(figure)
        if row.last:
            self._changes.add(row.last, record.status)

    def _tell(self, row: Row) -> None:
        """Keep who has not passed, the first so many, and the most telling deeds, each of another committee."""
        record = row.record
        if record.status == "未达标" and len(self._not_passed) < MOST_NAMED:
            reasons = [item.reason or item.title for item in record.indicators if item.status in LACKING and item.reason]
            self._not_passed.append(NotPassed(row.unit, tuple(reasons[:MOST_REASONS])))
        if record.deed is not None:
            rank = (-record.deed.told, -record.deed.people)
            self._deeds.append((rank, TellingDeed(row.unit, record.deed.sentence)))
            self._deeds.sort(key=lambda entry: (entry[0], entry[1].unit))
            del self._deeds[MOST_DEEDS:]

    def totals(self) -> Totals:
        """Return the totals of the rows that were added."""
        return Totals(
            self._size,
            tally_of(self._statuses),
            tuple((name, title, tally_of(counts)) for name, (title, counts) in self._heads.items()),
            tuple(item.totals() for item in self._indicators.values()),
            tuple(item.totals() for item in self._figures.values()),
            self._changes.totals(),
            _tallies(self._kinds),
            _tallies(self._parents),
            {name: _tallies(counts) for name, counts in self._regions.items()},
            self._bonus,
            self._grades,
            self._last_day,
            self._by_points,
            self._head_points,
            tuple(self._not_passed),
            tuple(deed for _, deed in self._deeds),
        )


def _tallies(counts: Mapping[str, Counter[str]]) -> dict[str, Tally]:
    return {name: tally_of(own) for name, own in counts.items()}


@dataclass
class _IndicatorSums:
    """The sums of one indicator so far; `first` is any of its records, for the names."""

    first: IndicatorRecord
    statuses: Counter[str] = field(default_factory=Counter)
    lost: Fraction = Fraction(0)
    losers: list[str] = field(default_factory=list)
    ratios: dict[str, tuple[Fraction, Fraction]] = field(default_factory=dict)
    short: int = 0
    causes: Counter[str] = field(default_factory=Counter)

    def add(self, item: IndicatorRecord, unit: str) -> None:
        """Add the indicator of a committee."""
        self.statuses[item.status] += 1
        if item.full is not None and item.score is not None:
            self.lost += item.full - item.score
            self.short += item.score < item.full
        if item.cause and (item.cause in self.causes or len(self.causes) < MOST_NAMED):
            self.causes[item.cause] += 1
        if item.status in LACKING and len(self.losers) < MOST_NAMED:
            self.losers.append(unit)
        for label, numerator, denominator in item.ratios:
            if numerator is not None and denominator is not None:
                numerators, denominators = self.ratios.get(label, (Fraction(0), Fraction(0)))
                self.ratios[label] = numerators + numerator, denominators + denominator

    def totals(self) -> IndicatorTotals:
        """Return the totals, their periods in the order of time."""
        return IndicatorTotals(
            self.first.id,
            self.first.title,
            self.first.head,
            tally_of(self.statuses),
            self.lost,
            tuple(self.losers),
            tuple((label, *self.ratios[label]) for label in sorted(self.ratios, key=in_time)),
            self.short,
            max(sorted(self.causes), key=lambda cause: self.causes[cause], default=""),
        )


@dataclass
class _FigureSums:
    """The sums of one figure so far, with the number of committees that have it."""

    first: FigureRecord
    values: dict[str, tuple[Fraction, int]] = field(default_factory=dict)

    def add(self, figure: FigureRecord) -> None:
        """Add the figure of a committee."""
        for label, value in figure.values:
            total, known = self.values.get(label, (Fraction(0), 0))
            self.values[label] = (total, known) if value is None else (total + value, known + 1)

    def totals(self) -> FigureTotals:
        """Return the totals, their periods in the order of time."""
        first = self.first
        return FigureTotals(
            first.id,
            first.title,
            first.unit,
            first.per,
            tuple((label, *self.values[label]) for label in sorted(self.values, key=in_time)),
            first.adds,
        )


@dataclass
class _ChangeSums:
    """The sums of what has changed since the last reports so far."""

    before: Counter[str] = field(default_factory=Counter)
    now: Counter[str] = field(default_factory=Counter)
    up: int = 0
    down: int = 0
    other_rules: int = 0

    def add(self, last: LastReport, status: str) -> None:
        """Add a committee's last report and its status now."""
        self.before[last.status] += 1
        self.now[status] += 1
        self.other_rules += last.other_rules
        self.up += bool(last.change and last.change > 0)
        self.down += bool(last.change and last.change < 0)

    def totals(self) -> Changes | None:
        """Return the changes, or None where no committee has a last report."""
        size = self.before.total()
        return Changes(size, self.up, self.down, self.other_rules, tally_of(self.before), tally_of(self.now)) if size else None
