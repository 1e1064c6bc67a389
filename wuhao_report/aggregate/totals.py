"""Many returns → one picture: who sent what and when, who passes, what is missed most; pure functions over rows that come one by one.

Every file and every committee of the roster stands in exactly one list, so that the numbers add up. Totals are kept; rows are
told again when they are asked for, so that memory does not grow with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Protocol

from wuhao_report.aggregate.records import WAITING, FigureReturn, IndicatorReturn, Return
from wuhao_report.aggregate.roster import Exclusion, Member, Roster
from wuhao_report.core.periods import in_time
from wuhao_report.evaluation.results import STATUSES

COUNTED = (*STATUSES, WAITING)
LACKING = ("未达标", "缺数据")
MOST_NAMED = 200
"""So many committees that miss an indicator are named with it; of the others there is the number."""
MOST_REGIONS = 200
MOST_DEPTH = 20
"""So many levels one above the other are looked at."""
WHOLE = ""
"""Stands for all indicators together in the tallies of a region."""


@dataclass(frozen=True)
class Earlier:
    """What a committee was found to have at its last report, and what has moved since.

    `work` and `rules` are the points more or fewer by other data and by other rules; `moved` the indicators of another status.
    """

    report_date: date
    stage: str
    status: str
    score: float | None
    other_rules: bool
    work: float | None
    rules: float | None
    moved: tuple[str, ...]

    @property
    def change(self) -> float | None:
        return None if self.work is None or self.rules is None else self.work + self.rules


def earlier_of(now: Return, before: Return) -> Earlier:
    """What has moved between two returns of a committee.

    With the same rules every change is one of data. Else the indicators that are reckoned as before, for as many points, tell what
    the data have changed; the rest is the rules.
    """
    other_rules = now.scheme_hash != before.scheme_hash
    known = {item.id: item for item in before.indicators}
    pairs = [(item, known[item.id]) for item in now.indicators if item.id in known]
    work = rules = None
    if now.score is not None and before.score is not None:
        whole = now.score - before.score
        same = sum((one.score - old.score for one, old in pairs if one.rule == old.rule and one.full == old.full
                    and one.score is not None and old.score is not None), Fraction(0))
        work, rules = (float(same), float(whole - same)) if other_rules else (float(whole), 0.0)
    moved = tuple(f"{one.id} {one.title}：{old.status}→{one.status}" for one, old in pairs if one.status != old.status)
    score = None if before.score is None else float(before.score)
    return Earlier(before.report_date, before.stage, before.status, score, other_rules, work, rules, moved)


@dataclass(frozen=True)
class Row:
    """One committee that counts: its return, what the roster says of it, its place by points (ties share it)."""

    found: Return
    member: Member | None
    place: int | None = None
    tied: bool = False
    late: bool = False
    earlier: Earlier | None = None

    @property
    def why(self) -> str:
        """Why this result differs from the last: other data alone, or other rules as well."""
        before = self.earlier
        if before is None:
            return ""
        told = "、".join(before.moved[:5]) + ("等" if len(before.moved) > 5 else "")
        if not before.other_rules:
            return "方案没有变，是资料的变化" + (f"（{told}）" if told else "")
        parts = "" if before.work is None or before.rules is None else f"，升降中资料占 {before.work:+.2f} 分，方案占 {before.rules:+.2f} 分"
        return "方案也改过" + parts + (f"（{told}）" if told else "")

    @property
    def unit(self) -> str:
        return self.member.unit if self.member else self.found.unit


@dataclass(frozen=True)
class Superseded:
    """A file that does not count, for the committee has sent another: `kept` is that one, or none where no choice can be made."""

    file: str
    unit: str
    report_date: date
    kept: str | None
    kept_date: date

    @property
    def told(self) -> str:
        """Why it does not count."""
        if self.kept is not None:
            return f"以“{self.kept}”（{self.kept_date.isoformat()}）为准"
        if self.report_date == self.kept_date:
            return "同一天另有一份内容不同的，请指定以哪一份为准"
        return f"{self.kept_date.isoformat()}另有几份内容不同的，请指定以哪一份为准"


@dataclass(frozen=True)
class Left:
    """A file of a committee that is left out by decision."""

    file: str
    unit: str
    reason: str
    person: str


@dataclass(frozen=True)
class Failed:
    """A file without a result: the stable code and one sentence."""

    file: str
    code: str
    message: str


@dataclass(frozen=True)
class Skipped:
    file: str
    reason: str


@dataclass(frozen=True)
class Stranger:
    """A committee that counts but is not on the roster, and the nearest name there that has not sent."""

    file: str
    unit: str
    near: str | None


@dataclass(frozen=True)
class Late:
    unit: str
    member: Member
    report_date: date


@dataclass(frozen=True)
class Tally:
    """Committees by status; `rate` is the share that reach of those it is asked of, from the totals."""

    counts: Mapping[str, int]

    @property
    def size(self) -> int:
        return sum(self.counts.values())

    @property
    def asked(self) -> int:
        return sum(number for status, number in self.counts.items() if status not in ("不适用", WAITING))

    @property
    def met(self) -> int:
        return self.counts.get("达标", 0)

    @property
    def lacking(self) -> int:
        return sum(self.counts.get(status, 0) for status in LACKING)

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.met, self.asked) if self.asked else None


def tally(statuses: Iterable[str]) -> Tally:
    """Committees by status, every status named."""
    found = Counter(statuses)
    return Tally({status: found[status] for status in COUNTED})


def together(tallies: Iterable[Tally]) -> Tally:
    """The tally of several that have no committee in common."""
    found: Counter[str] = Counter()
    for one in tallies:
        found.update(one.counts)
    return Tally({status: found[status] for status in COUNTED})


@dataclass(frozen=True)
class IndicatorTally:
    """One indicator over the committees: statuses, points lost, and, of a rate, both sides summed by period."""

    id: str
    title: str
    head: str
    tally: Tally
    lost: Fraction
    losers: tuple[str, ...]
    sides: tuple[tuple[str, Fraction, Fraction], ...]


@dataclass(frozen=True)
class FigureTotal:
    """A figure of the reports, summed over the committees, by period; `known` committees have one."""

    id: str
    title: str
    unit: str
    per: str
    values: tuple[tuple[str, Fraction, int], ...]


@dataclass(frozen=True)
class Moves:
    """Committees with an earlier report: how many rose and fell, how many were judged by other rules then; statuses then and now."""

    known: int
    up: int
    down: int
    other_rules: int
    before: Tally
    now: Tally


@dataclass(frozen=True)
class Totals:
    """Everything that is summed over the committees of one scheme at one stage; `kinds` and `parents` by name, `regions` by name and indicator."""

    size: int
    overall: Tally
    heads: tuple[tuple[str, str, Tally], ...]
    indicators: tuple[IndicatorTally, ...]
    figures: tuple[FigureTotal, ...]
    moves: Moves | None
    kinds: Mapping[str, Tally]
    parents: Mapping[str, Tally]
    regions: Mapping[str, Mapping[str, Tally]]
    bonus: bool
    grades: bool
    last_day: date


class Summing:
    """Adds rows up, one after the other."""

    def __init__(self, region: Callable[[Member], str] | None = None) -> None:
        self._region = region or (lambda member: member.parent)
        self.size = 0
        self._statuses: Counter[str] = Counter()
        self._kinds: dict[str, Counter[str]] = {}
        self._parents: dict[str, Counter[str]] = {}
        self._regions: dict[str, dict[str, Counter[str]]] = {}
        self._heads: dict[str, tuple[str, Counter[str]]] = {}
        self._indicators: dict[str, _OneIndicator] = {}
        self._figures: dict[str, _OneFigure] = {}
        self._before: Counter[str] = Counter()
        self._now: Counter[str] = Counter()
        self._moved: Counter[str] = Counter()
        self._bonus = self._grades = False
        self._last_day = date.min

    def add(self, row: Row) -> None:
        found, member = row.found, row.member
        self.size += 1
        self._statuses[found.status] += 1
        self._bonus |= found.bonus is not None
        self._last_day = max(self._last_day, found.report_date)
        self._grades |= found.grade is not None
        self._kinds.setdefault(member.kind if member else "", Counter())[found.status] += 1
        self._parents.setdefault(member.parent if member else "", Counter())[found.status] += 1
        region = self._regions.setdefault(self._region(member) if member else "", {})
        region.setdefault(WHOLE, Counter())[found.status] += 1
        for head in found.heads:
            self._heads.setdefault(head.id, (head.title, Counter()))[1][head.status] += 1
        for item in found.indicators:
            self._indicators.setdefault(item.id, _OneIndicator(item)).add(item, row.unit)
            region.setdefault(item.id, Counter())[item.status] += 1
        for figure in found.figures:
            self._figures.setdefault(figure.id, _OneFigure(figure)).add(figure)
        if row.earlier:
            self._compare(row.earlier, found.status)

    def _compare(self, before: Earlier, status: str) -> None:
        self._before[before.status] += 1
        self._now[status] += 1
        self._moved["rules"] += before.other_rules
        self._moved["up"] += bool(before.change and before.change > 0)
        self._moved["down"] += bool(before.change and before.change < 0)

    def totals(self) -> Totals:
        known = self._before.total()
        moves = Moves(known, self._moved["up"], self._moved["down"], self._moved["rules"], _told(self._before), _told(self._now)) if known else None
        return Totals(
            self.size, _told(self._statuses), tuple((name, title, _told(found)) for name, (title, found) in self._heads.items()),
            tuple(item.total() for item in self._indicators.values()), tuple(item.total() for item in self._figures.values()), moves,
            {name: _told(found) for name, found in self._kinds.items()}, {name: _told(found) for name, found in self._parents.items()},
            {name: {item: _told(found) for item, found in own.items()} for name, own in self._regions.items()}, self._bonus, self._grades, self._last_day)


def _told(found: Counter[str]) -> Tally:
    return Tally({status: found[status] for status in COUNTED})


@dataclass
class _OneIndicator:
    first: IndicatorReturn
    statuses: Counter[str] = field(default_factory=Counter)
    lost: Fraction = Fraction(0)
    losers: list[str] = field(default_factory=list)
    sides: dict[str, tuple[Fraction, Fraction]] = field(default_factory=dict)

    def add(self, item: IndicatorReturn, unit: str) -> None:
        self.statuses[item.status] += 1
        if item.full is not None and item.score is not None:
            self.lost += item.full - item.score
        if item.status in LACKING and len(self.losers) < MOST_NAMED:
            self.losers.append(unit)
        for label, top, bottom in item.sides:
            if top is not None and bottom is not None:
                one, other = self.sides.get(label, (Fraction(0), Fraction(0)))
                self.sides[label] = one + top, other + bottom

    def total(self) -> IndicatorTally:
        return IndicatorTally(self.first.id, self.first.title, self.first.head, _told(self.statuses), self.lost, tuple(self.losers),
                              tuple((label, *self.sides[label]) for label in sorted(self.sides, key=in_time)))


@dataclass
class _OneFigure:
    first: FigureReturn
    values: dict[str, tuple[Fraction, int]] = field(default_factory=dict)

    def add(self, figure: FigureReturn) -> None:
        for label, value in figure.values:
            total, known = self.values.get(label, (Fraction(0), 0))
            self.values[label] = (total, known) if value is None else (total + value, known + 1)

    def total(self) -> FigureTotal:
        first = self.first
        return FigureTotal(first.id, first.title, first.unit, first.per, tuple((label, *self.values[label]) for label in sorted(self.values, key=in_time)))


def summed(rows: Iterable[Row], region: Callable[[Member], str] | None = None) -> Totals:
    """The totals of rows; `region` tells the committee under which each is told where there are too many (regions)."""
    summing = Summing(region)
    for row in rows:
        summing.add(row)
    return summing.totals()


@dataclass(frozen=True)
class Group:
    """The committees of one scheme at one stage; `rows` tells them, first place first, as often as it is asked."""

    scheme: str
    scheme_title: str
    stage: str
    totals: Totals
    rows: Callable[[], Iterator[Row]]


class Lists(Protocol):
    """What does not count, told one by one as often as it is asked."""

    def superseded(self) -> Iterator[Superseded]: ...
    def ties(self) -> Iterator[Superseded]: ...
    def left(self) -> Iterator[Left]: ...
    def failed(self) -> Iterator[Failed]: ...
    def skipped(self) -> Iterator[Skipped]: ...
    def strangers(self) -> Iterator[Stranger]: ...
    def late(self) -> Iterator[Late]: ...


@dataclass(frozen=True)
class Files:
    """Every file is one of these; `ties` are among the superseded."""

    counted: int
    superseded: int
    left: int
    failed: int
    skipped: int
    ties: int = 0
    strangers: int = 0
    late: int = 0

    @property
    def all(self) -> int:
        return self.counted + self.superseded + self.left + self.failed + self.skipped


@dataclass(frozen=True)
class Rollup:
    """Everything an aggregate tells. Members of the roster: received + unsettled + excluded + missing."""

    groups: tuple[Group, ...]
    files: Files
    lists: Lists
    roster: Roster | None = None
    received: tuple[Member, ...] = ()
    unsettled: tuple[Member, ...] = ()
    excluded: tuple[tuple[Member, Exclusion], ...] = ()
    missing: tuple[Member, ...] = ()

    def rows(self) -> Iterator[Row]:
        return (row for group in self.groups for row in group.rows())

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The subtotal of everybody under each committee that has others under it, at any depth."""
        return tuple(_levels(self)) if self.roster else ()


@dataclass(frozen=True)
class Level:
    """Everybody under a committee, at any depth: how many are expected and have sent, and their tallies by group."""

    parent: str
    expected: int
    received: int
    tallies: tuple[Tally, ...]


def _levels(rollup: Rollup) -> Iterator[Level]:
    """From the subtotals of direct parents, each added up through those below it."""
    members = rollup.roster.members if rollup.roster else ()
    expected = Counter(member.parent for member in members)
    received = Counter(member.parent for member in rollup.received)
    under: dict[str, list[str]] = {}
    for member in members:
        if member.unit in expected:
            under.setdefault(member.parent, []).append(member.unit)
    for parent in dict.fromkeys(member.parent for member in members if member.parent):
        names = {parent: None}
        newest = [parent]
        for _ in range(MOST_DEPTH):
            newest = [item for name in newest for item in under.get(name, ()) if item not in names]
            names.update(dict.fromkeys(newest))
        yield Level(parent, sum(expected[name] for name in names), sum(received[name] for name in names), tuple(
            together(group.totals.parents[name] for name in names if name in group.totals.parents) for group in rollup.groups))


def regions(roster: Roster | None) -> Callable[[Member], str]:
    """By member, the committee under which it is told where there are too many to tell each: the lowest level of at most MOST_REGIONS."""
    members = roster.members if roster else ()
    above = {member.unit: member.parent for member in members}
    heads = {member.parent for member in members if member.parent}
    paths = {name: _path(name, above) for name in heads}
    depths = Counter(len(path) for path in paths.values())
    deepest, many = 1, 0
    for depth in sorted(depths):
        many = depths[depth]
        if many <= MOST_REGIONS:
            deepest = depth
    return lambda member: (paths[member.parent][:deepest] or ("",))[-1] if member.parent in paths else ""


def _path(name: str, above: Mapping[str, str]) -> tuple[str, ...]:
    """From the top down to a committee."""
    path = [name]
    while (up := above.get(path[-1])) and up not in path and len(path) < MOST_DEPTH:
        path.append(up)
    return tuple(reversed(path))


def reminder(missing: Iterable[Member]) -> str:
    """A text to paste into a message to those who have not sent (催报), by their last day."""
    by_due: dict[date | None, list[str]] = {}
    for member in missing:
        by_due.setdefault(member.due, []).append(member.unit)
    if not by_due:
        return "名单上的单位都已报送，谢谢。"
    lines = ["各有关单位："]
    for due, units in sorted(by_due.items(), key=lambda item: item[0] or date.max):
        term = f"应于{due.year}年{due.month}月{due.day}日前报送工作簿的" if due else "应报送工作簿的"
        lines.append(f"{term}下列{len(units)}个单位尚未报送：{'、'.join(units)}。")
    lines.append("请尽快填报，填好后先用“检查”核对一遍再发来。已经报送的请忽略本通知。")
    return "\n".join(lines)
