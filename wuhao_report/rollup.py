"""Many returns → one picture: who sent what and when, who passes, places among peers, what is missed most; pure functions.

Every file and every committee of the roster stands in exactly one list, so that the numbers add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from wuhao_report.batch import Failure
from wuhao_report.cells import nearest
from wuhao_report.judged import STATUSES
from wuhao_report.returns import IndicatorReturn, Return
from wuhao_report.roster import Exclusion, Member, Roster, unit_key
from wuhao_report.store import Earlier

WAITING = "待评定"
COUNTED = (*STATUSES, WAITING)


@dataclass(frozen=True)
class Row:
    """One committee that counts: its return, what the roster says of it, its place by points (ties share it)."""

    found: Return
    member: Member | None
    place: int | None = None
    tied: bool = False
    earlier: Earlier | None = None

    @property
    def change(self) -> float | None:
        """Points more or fewer than at the last report."""
        now, before = self.found.score, self.earlier.score if self.earlier else None
        return None if now is None or before is None else float(now) - before

    @property
    def why(self) -> str:
        """Why this result may differ from the last: other data alone, or other rules as well."""
        if self.earlier is None:
            return ""
        return "方案也改过，升降不全是工作的变化" if self.earlier.rules else "方案没有变，是资料的变化"

    @property
    def late(self) -> bool:
        return bool(self.member and self.member.due and self.found.report_date > self.member.due)

    @property
    def unit(self) -> str:
        return self.member.unit if self.member else self.found.unit


@dataclass(frozen=True)
class Superseded:
    """A file that does not count, for the committee has sent another: `kept` is that one, or none where no choice can be made."""

    found: Return
    kept: Return | None


@dataclass(frozen=True)
class Left:
    """A file of a committee that is left out by decision."""

    found: Return
    why: Exclusion


@dataclass(frozen=True)
class Tally:
    """Committees by status; `rate` is the share that reach of those it is asked of, from the totals."""

    counts: Mapping[str, int]

    @property
    def asked(self) -> int:
        return sum(number for status, number in self.counts.items() if status not in ("不适用", WAITING))

    @property
    def met(self) -> int:
        return self.counts.get("达标", 0)

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.met, self.asked) if self.asked else None


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
class Group:
    """The committees of one scheme at one stage, first place first."""

    scheme: str
    scheme_title: str
    stage: str
    rows: tuple[Row, ...]

    @cached_property
    def overall(self) -> Tally:
        return tally(row.found.status for row in self.rows)

    @cached_property
    def before(self) -> Tally | None:
        """The same committees at their last reports, where there are any."""
        known = [row.earlier.status for row in self.rows if row.earlier]
        return tally(known) if known else None

    @cached_property
    def heads(self) -> tuple[tuple[str, str, Tally], ...]:
        titles = {head.id: head.title for row in self.rows for head in row.found.heads}
        return tuple((name, title, tally(head.status for row in self.rows for head in row.found.heads if head.id == name))
                     for name, title in titles.items())

    @cached_property
    def indicators(self) -> tuple[IndicatorTally, ...]:
        by_id: dict[str, list[tuple[Row, IndicatorReturn]]] = {}
        for row in self.rows:
            for item in row.found.indicators:
                by_id.setdefault(item.id, []).append((row, item))
        return tuple(_indicator(found) for found in by_id.values())

    @cached_property
    def figures(self) -> tuple[FigureTotal, ...]:
        by_id: dict[str, list[Return]] = {}
        for row in self.rows:
            for figure in row.found.figures:
                by_id.setdefault(figure.id, []).append(row.found)
        return tuple(_figure(name, found) for name, found in by_id.items())

    @property
    def parents(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.member.parent for row in self.rows if row.member and row.member.parent))


@dataclass(frozen=True)
class Rollup:
    """Everything an aggregate tells. Files: counted + superseded + left + failed + skipped; members: received + excluded + missing + unsettled."""

    groups: tuple[Group, ...]
    superseded: tuple[Superseded, ...]
    left: tuple[Left, ...]
    failed: tuple[Failure, ...]
    skipped: tuple[tuple[str, str], ...]
    roster: Roster | None
    received: tuple[Member, ...] = ()
    unsettled: tuple[Member, ...] = ()
    excluded: tuple[tuple[Member, Exclusion], ...] = ()
    missing: tuple[Member, ...] = ()
    strangers: tuple[tuple[Return, str | None], ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for group in self.groups for row in group.rows)

    @property
    def files(self) -> int:
        return len(self.rows) + len(self.superseded) + len(self.left) + len(self.failed) + len(self.skipped)

    @property
    def ties(self) -> tuple[Superseded, ...]:
        """Files of one committee with one date: which of them counts is for a person to say."""
        return tuple(item for item in self.superseded if item.kept is None)


def tally(statuses: Iterable[str]) -> Tally:
    counts = dict.fromkeys(COUNTED, 0)
    for status in statuses:
        counts[status] += 1
    return Tally(counts)


def _indicator(found: Sequence[tuple[Row, IndicatorReturn]]) -> IndicatorTally:
    first = found[0][1]
    lost = sum((item.full - item.score for _, item in found if item.full is not None and item.score is not None), Fraction(0))
    losers = tuple(row.unit for row, item in found if item.status in ("未达标", "缺数据"))
    sides: dict[str, tuple[Fraction, Fraction]] = {}
    for _, item in found:
        for label, top, bottom in item.sides:
            if top is not None and bottom is not None:
                one, other = sides.get(label, (Fraction(0), Fraction(0)))
                sides[label] = one + top, other + bottom
    return IndicatorTally(first.id, first.title, first.head, tally(item.status for _, item in found), lost, losers,
                          tuple((label, top, bottom) for label, (top, bottom) in sides.items()))


def _figure(name: str, found: Sequence[Return]) -> FigureTotal:
    values: dict[str, tuple[Fraction, int]] = {}
    first = next(figure for figure in found[0].figures if figure.id == name)
    for one in found:
        for figure in one.figures:
            for label, value in figure.values if figure.id == name else ():
                total, known = values.get(label, (Fraction(0), 0))
                values[label] = (total, known) if value is None else (total + value, known + 1)
    return FigureTotal(name, first.title, first.unit, first.per, tuple((label, total, known) for label, (total, known) in values.items()))


def places_among(returns: Iterable[Return]) -> dict[str, tuple[tuple[str, str, int], ...]]:
    """By file, the place of each committee in each period of each rank: the highest value first, ties sharing a place (K16).

    Only committees of one scheme and stage are peers; one without a value has no place.
    """
    values: dict[tuple[str, str, str, str], list[tuple[Fraction, str]]] = {}
    for one in returns:
        for item in one.indicators:
            for name, label, among in item.among:
                values.setdefault((one.scheme, one.stage, name, label), []).append((among, one.file))
    found: dict[str, list[tuple[str, str, int]]] = {}
    for (_, _, name, label), entries in values.items():
        places = _places(among for among, _ in entries)
        for among, file in entries:
            found.setdefault(file, []).append((name, label, places[among][0]))
    return {file: tuple(places) for file, places in found.items()}


def _places(values: Iterable[Fraction]) -> dict[Fraction, tuple[int, int]]:
    """By value, its place (the highest first) and how many share it; the places after theirs are left out."""
    found: dict[Fraction, tuple[int, int]] = {}
    place = 1
    for value, many in sorted(Counter(values).items(), reverse=True):
        found[value] = place, many
        place += many
    return found


@dataclass
class Sorted:
    """Returns by what becomes of them, before their ranks are settled."""

    counted: list[Return] = field(default_factory=list)
    superseded: list[Superseded] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def sort_returns(returns: Iterable[Return], roster: Roster | None) -> Sorted:
    """Of every committee the newest file of each scheme and stage counts; the same file twice is no tie, two of one day are."""
    found = Sorted()
    members = _members(roster)
    out = {unit_key(item.unit): item for item in roster.exclusions} if roster else {}
    by_committee: dict[tuple[str, str, str], list[Return]] = {}
    for one in returns:
        member = members.get(unit_key(one.unit))
        why = out.get(unit_key(member.unit if member else one.unit)) or out.get(unit_key(one.file.rsplit("/", 1)[-1]))
        if why:
            found.left.append(Left(one, why))
        else:
            by_committee.setdefault((unit_key(member.unit if member else one.unit), one.scheme, one.stage), []).append(one)
    for several in by_committee.values():
        newest = max(one.report_date for one in several)
        last = [one for one in several if one.report_date == newest]
        kept = last[0] if len({one.sha256 for one in last}) == 1 else None
        found.counted += [kept] if kept else []
        found.superseded += [Superseded(one, kept) for one in several if one is not kept]
    return found


def _members(roster: Roster | None) -> dict[str, Member]:
    return {unit_key(name): member for member in (roster.members if roster else ()) for name in (member.unit, *member.aliases)}


def roll_up(found: Sorted, failed: Sequence[Failure], skipped: Sequence[tuple[str, str]], roster: Roster | None = None,
            earlier: Mapping[str, Earlier] | None = None) -> Rollup:
    """The whole picture of sorted returns; their ranks are settled already. `earlier` are last results by file."""
    members = _members(roster)
    by_group: dict[tuple[str, str], list[Return]] = {}
    for one in found.counted:
        by_group.setdefault((one.scheme, one.stage), []).append(one)
    groups = tuple(_group(by_group[key], members, earlier or {}) for key in sorted(by_group))
    if roster is None:
        return Rollup(groups, tuple(found.superseded), tuple(found.left), tuple(failed), tuple(skipped), None)
    sent = {members[key].unit for one in found.counted if (key := unit_key(one.unit)) in members}
    open_ties = {members[key].unit for item in found.superseded if item.kept is None and (key := unit_key(item.found.unit)) in members} - sent
    out = {unit_key(item.unit): item for item in roster.exclusions}
    excluded = tuple((member, out[key]) for member in roster.members
                     if (key := next((unit_key(name) for name in (member.unit, *member.aliases) if unit_key(name) in out), "")) and member.unit not in sent)
    gone = {member.unit for member, _ in excluded}
    missing = tuple(member for member in roster.members if member.unit not in sent | open_ties | gone)
    unsent = [name for member in missing for name in (member.unit, *member.aliases)]
    strangers = tuple((one, nearest(one.unit, unsent)) for one in found.counted if unit_key(one.unit) not in members)
    return Rollup(
        groups, tuple(found.superseded), tuple(found.left), tuple(failed), tuple(skipped), roster,
        tuple(member for member in roster.members if member.unit in sent),
        tuple(member for member in roster.members if member.unit in open_ties - gone), excluded,
        missing, strangers)


def _group(returns: Sequence[Return], members: Mapping[str, Member], earlier: Mapping[str, Earlier]) -> Group:
    first = returns[0]
    places = _places(one.score for one in returns if one.score is not None)
    rows = []
    for one in returns:
        place, sharing = (None, 0) if one.score is None else places[one.score]
        rows.append(Row(one, members.get(unit_key(one.unit)), place, sharing > 1, earlier.get(one.file)))
    rows.sort(key=lambda row: (row.place is None, row.place or 0, row.unit))
    return Group(first.scheme, first.scheme_title, first.stage, tuple(rows))


def below(roster: Roster, parent: str) -> tuple[Member, ...]:
    """Every member under a committee, at any depth; a roster that goes in circles is walked once."""
    found: list[Member] = []
    seen = {parent}
    waiting = [parent]
    while waiting:
        name = waiting.pop(0)
        for member in roster.members:
            if member.parent == name and member.unit not in seen:
                seen.add(member.unit)
                found.append(member)
                waiting.append(member.unit)
    return tuple(found)


def reminder(rollup: Rollup) -> str:
    """A text to paste into a message to those who have not sent (催报), by their last day."""
    if not rollup.missing:
        return "名单上的单位都已报送，谢谢。"
    by_due: dict[date | None, list[str]] = {}
    for member in rollup.missing:
        by_due.setdefault(member.due, []).append(member.unit)
    lines = ["各有关单位："]
    for due, units in sorted(by_due.items(), key=lambda item: item[0] or date.max):
        term = f"应于{due.year}年{due.month}月{due.day}日前报送工作簿的" if due else "应报送工作簿的"
        lines.append(f"{term}下列{len(units)}个单位尚未报送：{'、'.join(units)}。")
    lines.append("请尽快填报，填好后先用“检查”核对一遍再发来。已经报送的请忽略本通知。")
    return "\n".join(lines)
