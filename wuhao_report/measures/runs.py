"""Measures that are the longest run of days: on which a post had nobody, or without any matching record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from wuhao_report.core.strict import Keys
from wuhao_report.measures.base import NO_WAY, Definitions, MatchingRows, Measure, Shape, Shortfall, Way, rows_used
from wuhao_report.measures.facts import BEYOND, Facts, Periods, Reading, fraction
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

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """From the phase's first day: the days before a first appointment count, the day of leaving is still held."""
        import numpy as np

        first, after = facts.clock_days(periods, lambda clock: clock.phase.start), periods.days + 1
        worst = np.zeros(len(periods), np.int64)
        for post in self.posts:
            held = facts.at_any_time(self.sheet, (Condition(self.column, "in", (post,)),), periods)
            starts, ends = held.table.starts[held.positions], held.table.ends[held.positions]
            order = np.lexsort((ends, starts, held.slots))
            slots, starts, ends = held.slots[order], starts[order], ends[order]
            # The first day without anybody after each appointment: never before one that an earlier appointment reaches.
            free = np.maximum.accumulate(np.maximum(ends + 1, first[slots]) + slots * BEYOND) - slots * BEYOND
            begins = np.append(True, slots[1:] != slots[:-1])[: len(slots)]
            before = np.where(begins, first[slots], np.append(0, free)[: len(free)])
            np.maximum.at(worst, slots, np.minimum(starts, after[slots]) - before)
            left = first.copy()
            np.maximum.at(left, slots, free)
            worst = np.maximum(worst, after - left)
        return [Reading(fraction(days)) for days in worst.tolist()]


@dataclass(frozen=True)
class LongestGap(_PastRun, MatchingRows):
    """The longest run of days of the period without a matching row; its edges count as ends of a run."""

    kind: ClassVar[str] = "longest-gap"
    word: ClassVar[str] = "最长间隔"
    explanation: ClassVar[str] = "本期内没有符合条件的记录的最长连续天数，期初、期末（未完的到截至日）也算一头"
    counts_records: ClassVar[bool] = True

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return the longest run of days between two of: the edges of the period, the days of matching rows."""
        import numpy as np

        matching = facts.dated(self.sheet, self.where, periods)
        each = np.arange(len(periods))
        slots = np.concatenate((each, matching.slots, each))
        days = np.concatenate((periods.starts - 1, matching.table.dates[matching.positions], periods.days + 1))
        order = np.lexsort((days, slots))
        slots, days = slots[order], days[order]
        same = slots[1:] == slots[:-1]
        longest = np.zeros(len(periods), np.int64)
        np.maximum.at(longest, slots[1:][same], (days[1:] - days[:-1] - 1)[same])
        return [Reading(fraction(run), rows=rows) for run, rows in zip(longest.tolist(), matching.rows(), strict=True)]
