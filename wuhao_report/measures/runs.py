"""Measures that are the longest run of days: on which a post had nobody, or without any matching record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Self

from wuhao_report.core.periods import Period
from wuhao_report.core.strict import Keys
from wuhao_report.measures.base import NO_WAY, Definitions, MatchingRows, Measure, Shape, Shortfall, Way, rows_used
from wuhao_report.measures.facts import Facts, Reading, rows_of
from wuhao_report.measures.target import Target
from wuhao_report.tables.columns import Used
from wuhao_report.tables.conditions import Condition
from wuhao_report.tables.sheets import Sheets


class _PastRun(Measure):
    """A run of days, in days: no record shortens one that is past."""

    shape: ClassVar[Shape] = "level"
    unit: ClassVar[str] = "天"

    def way(self, short: Shortfall) -> Way:
        """Return no way: days that are past stay as they were."""
        return NO_WAY

    def can_be_made_up(self, target: Target, sheets: Sheets) -> bool:
        """Return no."""
        return False

    def is_lost(self, reading: Reading, target: Target) -> bool:
        """Return whether the run is longer already than it may be: it never becomes shorter."""
        return target.op == "<=" and reading.value is not None and not target.met(reading.value)


@dataclass(frozen=True)
class Vacancy(_PastRun):
    """The longest run of days on which one of the posts had nobody, in days."""

    kind: ClassVar[str] = "vacancy"
    word: ClassVar[str] = "最长空缺"
    explanation: ClassVar[str] = "各职务无人在任的最长连续天数"
    keys: ClassVar[tuple[str, ...]] = ("sheet", "column", "posts")
    listed_key: ClassVar[str] = "posts"

    sheet: str
    column: str
    posts: tuple[str, ...]

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from a roll and its posts."""
        sheet = at.sheet(keys, "sheet", ("roll",))
        column = at.column(keys, "column", sheet, ("choice",))
        posts = keys.texts("posts", ...)
        for post in posts:
            keys.known("posts", post, sheet.by_name[column].choices)
        return cls(sheet.name, column, posts)

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return the two dates of the roll and the post."""
        yield from (*rows_used(sheets, self.sheet), (self.sheet, self.column))

    def evaluate(self, facts: Facts, period: Period) -> Reading:
        """From the phase's first day: the days before a first appointment count, the day of leaving is still held."""
        arrays = facts.arrays(self.sheet)
        first, last = facts.clock.phase.start.toordinal(), facts.clock.at(period).toordinal()
        worst = 0
        for post in self.posts:
            held = arrays.mask((Condition(self.column, "in", (post,)),)).nonzero()[0].tolist()
            free = first
            for start, end in sorted((int(arrays.starts[index]), int(arrays.ends[index])) for index in held):
                worst = max(worst, min(start, last + 1) - free)
                free = max(free, end + 1)
            worst = max(worst, last + 1 - free)
        return Reading(Fraction(worst))


@dataclass(frozen=True)
class LongestGap(_PastRun, MatchingRows):
    """The longest run of days of the period without a matching row; its edges count as ends of a run."""

    kind: ClassVar[str] = "longest-gap"
    word: ClassVar[str] = "最长间隔"
    explanation: ClassVar[str] = "本期内没有符合条件的记录的最长连续天数，期初、期末（未完的到截至日）也算一头"
    counts_records: ClassVar[bool] = True

    def evaluate(self, facts: Facts, period: Period) -> Reading:
        """Return the longest run of days between two of: the edges of the period, the days of matching rows."""
        arrays, matching = facts.matching(self.sheet, self.where, period)
        before, after = period.span.start.toordinal() - 1, facts.clock.at(period).toordinal() + 1
        days = sorted({before, after, *(int(arrays.days[index]) for index in matching)})
        longest = max(later - earlier - 1 for earlier, later in pairwise(days))
        return Reading(Fraction(longest), rows=rows_of(self.sheet, matching))
