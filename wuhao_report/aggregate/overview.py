"""The overview that an aggregate gives: groups with their totals, the lists of files that do not count, and the roster's state.

Every file and every member of the roster stands in exactly one list, so that the numbers add up. Totals are kept in memory; rows and
lists are read again each time they are asked for, so that memory does not grow with them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain, islice
from types import MappingProxyType
from typing import Protocol

from wuhao_report.aggregate.roster.model import MOST_DEPTH, Exclusion, Member, Roster, path_upwards
from wuhao_report.aggregate.roster.names import office_key, unit_key
from wuhao_report.aggregate.rows import Excluded, Failed, Late, NotAsked, Row, Skipped, Superseded, Unlisted
from wuhao_report.aggregate.totals import Region, Tally, Totals, merge_tallies

MOST_REGIONS = 200
MOST_SOUGHT, SHORTEST_KEY = 5_000, 2
"""So many of those who are missing are looked for in the names of so many unread files, by words of at least so many characters."""


@dataclass(frozen=True)
class Group:
    """The committees of one scheme at one stage; `rows` reads them, first place first, each time it is called."""

    scheme: str
    scheme_title: str
    stage: str
    totals: Totals
    rows: Callable[[], Iterator[Row]]


class Lists(Protocol):
    """The lists of an aggregate besides its rows; each is read again whenever it is asked for."""

    def superseded(self) -> Iterator[Superseded]:
        """Yield the files in whose place another of the committee counts, or none."""
        ...

    def ties(self) -> Iterator[Superseded]:
        """Yield, of the superseded files, those among which no choice can be made."""
        ...

    def excluded(self) -> Iterator[Excluded]:
        """Yield the files of excluded committees."""
        ...

    def not_asked(self) -> Iterator[NotAsked]:
        """Yield the files of another scheme or stage than the campaign asks for."""
        ...

    def failed(self) -> Iterator[Failed]:
        """Yield the files without a result."""
        ...

    def skipped(self) -> Iterator[Skipped]:
        """Yield the files that are not evaluated."""
        ...

    def unlisted(self) -> Iterator[Unlisted]:
        """Yield the committees that count but are not on the roster."""
        ...

    def late(self) -> Iterator[Late]:
        """Yield the committees that count but were late."""
        ...


@dataclass(frozen=True)
class FileCounts:
    """The numbers of files. Those up to `not_asked` add up to all; `ties` are among the superseded, `unlisted` and `late` among the counted."""

    counted: int
    superseded: int
    excluded: int
    failed: int
    skipped: int
    not_asked: int = 0
    ties: int = 0
    unlisted: int = 0
    late: int = 0

    @property
    def all(self) -> int:
        """The number of all files."""
        return self.counted + self.superseded + self.excluded + self.failed + self.skipped + self.not_asked


@dataclass(frozen=True)
class Level:
    """Everybody under a committee, at any depth: how many are expected, have sent, and have not, and a tally for each group."""

    parent: str
    expected: int
    received: int
    missing: int
    tallies: tuple[Tally, ...]


@dataclass(frozen=True)
class Overview:
    """Everything that an aggregate shows. Each member of the roster is received, undecided, excluded, missing, or was not asked to send.

    `expected` are those that were asked, and those that have sent all the same.
    """

    groups: tuple[Group, ...]
    files: FileCounts
    lists: Lists
    roster: Roster | None = None
    received: tuple[Member, ...] = ()
    undecided: tuple[Member, ...] = ()
    excluded: tuple[tuple[Member, Exclusion], ...] = ()
    missing: tuple[Member, ...] = ()
    expected: tuple[Member, ...] = ()

    def rows(self) -> Iterator[Row]:
        """Yield every committee that counts, group by group."""
        return (row for group in self.groups for row in group.rows())

    @cached_property
    def unread(self) -> Mapping[Member, tuple[str, ...]]:
        """The files that seem to be of those who are missing, and could not be read."""
        files = chain((item.file for item in self.lists.failed()), (item.file for item in self.lists.skipped()))
        return unread_of(self.missing, files) if self.missing else {}

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The subtotal of everybody under each committee that has others under it."""
        return tuple(_levels(self)) if self.roster else ()


def _levels(overview: Overview) -> Iterator[Level]:
    """Add up the subtotals of direct parents through those below each."""
    members = overview.roster.members if overview.roster else ()
    parents = {member.parent for member in members}
    expected = Counter(member.parent for member in overview.expected)
    received = Counter(member.parent for member in overview.received)
    missing = Counter(member.parent for member in overview.missing)
    parents_under: dict[str, list[str]] = {}
    for member in members:
        if member.unit in parents:
            parents_under.setdefault(member.parent, []).append(member.unit)
    for parent in dict.fromkeys(member.parent for member in members if member.parent):
        names = _descendants(parent, parents_under)
        yield Level(
            parent,
            sum(expected[name] for name in names),
            sum(received[name] for name in names),
            sum(missing[name] for name in names),
            tuple(
                merge_tallies(group.totals.parents[name] for name in names if name in group.totals.parents)
                for group in overview.groups
            ),
        )


def _descendants(parent: str, parents_under: Mapping[str, list[str]]) -> Collection[str]:
    """Return a parent and all parents below it, each once, whatever circles there are."""
    names = {parent: None}
    newest = [parent]
    for _ in range(MOST_DEPTH):
        newest = [item for name in newest for item in parents_under.get(name, ()) if item not in names]
        names.update(dict.fromkeys(newest))
    return names


def region_of(roster: Roster | None) -> Region:
    """Return the function that names a member's region: the committee above it on the lowest level of at most MOST_REGIONS committees."""
    members = roster.members if roster else ()
    parents = {member.unit: member.parent for member in members}
    paths = {name: path_upwards(name, parents)[::-1] for name in {member.parent for member in members if member.parent}}
    width = Counter(len(path) for path in paths.values())
    deepest = max((depth for depth, number in width.items() if number <= MOST_REGIONS), default=1)
    return lambda member: (paths[member.parent][:deepest] or ("",))[-1] if member.parent in paths else ""


def unread_of(missing: Iterable[Member], files: Iterable[str]) -> dict[Member, tuple[str, ...]]:
    """Return of those that are missing the files that seem to be theirs, by their names, and could not be read."""
    members: dict[str, Member] = {}
    for member in islice(missing, MOST_SOUGHT):
        for name in (member.unit, *member.aliases):
            for key in (unit_key(name), office_key(name)):
                if len(key) >= SHORTEST_KEY:
                    members.setdefault(key, member)
    words = re.compile("|".join(map(re.escape, sorted(members, key=len, reverse=True))) or r"(?!)")
    found: dict[Member, tuple[str, ...]] = {}
    for file in islice(files, MOST_SOUGHT):
        match = words.search(unit_key(file.rsplit("/", 1)[-1])) or words.search(unit_key(file))
        if match:
            member = members[match.group()]
            found[member] = (*found.get(member, ()), file)
    return found


def reminders(
    asked: Iterable[Member], missing: Iterable[Member], unread: Mapping[Member, Sequence[str]] = MappingProxyType({})
) -> dict[str, str]:
    """Return such a text for each committee directly above some that were asked."""
    under: dict[str, list[Member]] = {member.parent: [] for member in asked if member.parent}
    for member in missing:
        if member.parent:
            under[member.parent].append(member)
    return {parent: reminder(members, unread) for parent, members in under.items()}


def reminder(missing: Iterable[Member], unread: Mapping[Member, Sequence[str]] = MappingProxyType({})) -> str:
    """Return a text to paste into a message to those who have not sent (催报), by their last day; `unread` are files of theirs (unread_of)."""
    by_due: dict[date | None, list[str]] = {}
    faulty = []
    for member in missing:
        by_due.setdefault(member.due, []).append(member.unit)
        if member in unread:
            faulty.append(f"{member.unit}（{'、'.join(file.rsplit('/', 1)[-1] for file in unread[member])}）")
    if not by_due:
        return "名单上的单位都已报送，谢谢。"
    lines = ["各有关单位："]
    for due, units in sorted(by_due.items(), key=lambda item: item[0] or date.max):
        term = f"应于{due.year}年{due.month}月{due.day}日前报送工作簿的" if due else "应报送工作簿的"
        lines.append(f"{term}下列{len(units)}个单位尚未报送：{'、'.join(units)}。")
    if faulty:
        lines.append(f"其中下列单位有文件送到，但没有读出来，请用标准工作簿（.xlsx）重新报送：{'、'.join(faulty)}。")
    lines.append("请尽快填报，填好后先用“检查”核对一遍再发来。已经报送的请忽略本通知。")
    return "\n".join(lines)
