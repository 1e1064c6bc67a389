"""Who is expected to send a workbook, by when, under whom; who is excluded, why, and by whom; several rosters as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from wuhao_report.aggregate.roster.names import is_same_office, unit_key
from wuhao_report.core.problems import Problem
from wuhao_report.core.text import without_space

LONGEST_BEFORE = 180
"""A workbook that was filled in in an earlier year, and more than so many days before the last day of a campaign, is of that year."""
MOST_DEPTH = 20
"""The largest number of levels one above the other that are followed."""


@dataclass(frozen=True)
class Member:
    """One committee of the roster; `parent` is the committee directly above it, `due` the last day for its workbook.

    `asked`: it has to send one. Where the roster does not say, those with committees below them do not.
    """

    unit: str
    kind: str = ""
    parent: str = ""
    due: date | None = None
    aliases: tuple[str, ...] = ()
    asked: bool = True


@dataclass(frozen=True)
class Exclusion:
    """The decision to exclude a committee (or a file of that name): why, by whom, when."""

    unit: str
    reason: str
    person: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Campaign:
    """What the notice asks for: which scheme (its id or its title) and stage, by when, of which kinds; and what the report says of it.

    What is empty is not asked: any scheme, any stage, any kind. `opening` and `next_steps` are words of the report,
    `mend_by` and `issued` days of the letters, `start` is the first day of what is asked for; `least` are the points, and `quota` is the number of committees, by
    which some are to be honoured.
    """

    name: str = ""
    scheme: str = ""
    stage: str = ""
    due: date | None = None
    issuer: str = ""
    recipients: str = ""
    kinds: tuple[str, ...] = ()
    least: Fraction | None = None
    quota: int | None = None
    opening: str = ""
    next_steps: tuple[str, ...] = ()
    mend_by: date | None = None
    issued: date | None = None
    start: date | None = None

    def asks_for(self, scheme: str, scheme_title: str, stage: str, report_date: date | None = None) -> bool:
        """Say whether a workbook of that scheme, stage and day is what was asked for: one of long before the last day is of another year."""
        if report_date and self._is_of_before(report_date):
            return False
        names = {without_space(scheme), without_space(scheme_title)}
        fits = not self.scheme or without_space(self.scheme) in names
        return fits and (not self.stage or without_space(self.stage) == without_space(stage))

    def _is_of_before(self, day: date) -> bool:
        """Say whether a day is before the campaign: before its first day, or else of an earlier year and long before its last."""
        if self.start:
            return day < self.start
        return self.due is not None and day.year < self.due.year and (self.due - day).days > LONGEST_BEFORE


NO_CAMPAIGN = Campaign()


@dataclass(frozen=True)
class Roster:
    """Who is expected and who is excluded. Elsewhere a member is known by its number, its position in `members`.

    `exclusions` hold for every committee and file of the name, `decisions` for single members by their number, and for nobody else;
    `choices` say of committees by their unit_key which file counts.
    """

    members: tuple[Member, ...]
    exclusions: tuple[Exclusion, ...]
    problems: tuple[Problem, ...] = ()
    decisions: tuple[tuple[int, Exclusion], ...] = ()
    campaign: Campaign = NO_CAMPAIGN
    choices: tuple[tuple[str, str], ...] = ()

    @cached_property
    def numbers(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the members by the unit_key of every one of their names; several where committees share a name."""
        numbers: dict[str, tuple[int, ...]] = {}
        for number, member in enumerate(self.members):
            for key in dict.fromkeys(unit_key(name) for name in (member.unit, *member.aliases)):
                numbers[key] = (*numbers.get(key, ()), number)
        return numbers

    def number_of(self, unit: str, superior: str = "", file: str = "") -> int | None:
        """Return the number of the member of that name; of several, the one whose 上级 is the superior, or is named in the path of the file.

        None where there is none, or where they cannot be told apart.
        """
        numbers = self.numbers.get(unit_key(unit), ())
        if len(numbers) < 2:
            return numbers[0] if numbers else None
        folders = file.split("/")[:-1]
        for places in ([superior] if superior else [], folders[::-1]):
            for place in places:
                fitting = [number for number in numbers if is_same_office(self.members[number].parent, place)]
                if len(fitting) == 1:
                    return fitting[0]
        return None

    @cached_property
    def _exclusions(self) -> Mapping[str, Exclusion]:
        return {unit_key(item.unit): item for item in self.exclusions}

    @cached_property
    def _decisions(self) -> Mapping[int, Exclusion]:
        return dict(self.decisions)

    def exclusion_of(self, number: int | None, *names: str) -> Exclusion | None:
        """Return the decision that excludes the member of that number, or a committee or a file of one of these names."""
        own = None if number is None else self._decisions.get(number)
        return own or next((self._exclusions[key] for key in map(unit_key, names) if key in self._exclusions), None)


def path_upwards(unit: str, parents: Mapping[str, str]) -> list[str]:
    """Return a committee and those above it, each once, up to the top, to a circle, or to MOST_DEPTH of them."""
    path = [unit]
    while (parent := parents.get(path[-1])) and parent not in path and len(path) < MOST_DEPTH:
        path.append(parent)
    return path


def merge_rosters(rosters: Sequence[Roster]) -> tuple[Roster, tuple[tuple[int, ...], ...]]:
    """Return several rosters as one, and for each the numbers that its members have there.

    Committees of one name with one parent are the same in all rosters; with different parents they are different, for every county
    has its 实验小学. A campaign is the one of all where they agree on it. What a roster excludes is excluded of its own members alone, where no other roster expects them.
    """
    members: list[Member] = []
    number_of: dict[tuple[str, str], int] = {}
    numbers = []
    decisions: dict[int, Exclusion] = {}
    expected: set[int] = set()
    for roster in rosters:
        own = []
        for member in roster.members:
            key = unit_key(member.unit), unit_key(member.parent)
            if key not in number_of:
                number_of[key] = len(members)
                members.append(member)
            own.append(number_of[key])
            exclusion = roster.exclusion_of(len(own) - 1, member.unit, *member.aliases)
            if exclusion:
                decisions.setdefault(own[-1], exclusion)
            else:
                expected.add(own[-1])
        numbers.append(tuple(own))
    agreed = tuple((number, exclusion) for number, exclusion in decisions.items() if number not in expected)
    campaign = _common_campaign([roster.campaign for roster in rosters])
    return Roster(tuple(members), (), decisions=agreed, campaign=campaign), tuple(numbers)


def _common_campaign(campaigns: Sequence[Campaign]) -> Campaign:
    """Return the campaign of all where they ask for the same; of its words those on which they agree."""
    if len({(item.scheme, item.stage, item.due, item.kinds, item.start) for item in campaigns}) != 1:
        return NO_CAMPAIGN
    differing: dict[str, Any] = {
        one.name: one.default for one in fields(campaigns[0]) if len({getattr(item, one.name) for item in campaigns}) > 1
    }
    return replace(campaigns[0], **differing)
