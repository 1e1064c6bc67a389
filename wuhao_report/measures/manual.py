"""What is judged by hand: the committee's own score in the sheet of assessments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from wuhao_report.core.periods import Per
from wuhao_report.core.strict import Keys
from wuhao_report.measures.base import NO_WAY, Definitions, Measure, Shape, Shortfall, Way
from wuhao_report.measures.comparison import check_state_of_things
from wuhao_report.measures.facts import NO_DATA, Entry, Facts, Periods, Reading
from wuhao_report.measures.target import Target
from wuhao_report.tables.columns import Used
from wuhao_report.tables.sheets import Sheets


@dataclass(frozen=True)
class Manual(Measure):
    """The committee's own judgement in points, from the sheet of assessments; `item` is the id it is entered for,
    `limit` its full mark."""

    kind: ClassVar[str] = "manual"
    word: ClassVar[str] = "人工评定"
    explanation: ClassVar[str] = "人工评定：考评表里填的自评分，未得满分的要写理由"
    keys: ClassVar[tuple[str, ...]] = ()
    shape: ClassVar[Shape] = "manual"
    unit: ClassVar[str] = "分"
    is_amount: ClassVar[bool] = False
    is_points: ClassVar[bool] = True
    default_per: ClassVar[Per | None] = "现状"

    item: str
    limit: Fraction = Fraction(0)

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure; what it is entered for is known to the indicator."""
        return cls("")

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return the item and the own score of the sheet of assessments."""
        entries = sheets.assessed
        yield from ((entries.name, entries.role(role) or "") for role in ("item", "self"))

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return the committee's own score; no data where it is missing or above the full mark."""
        return [self._own_score(facts.entries.get((number, self.item))) for number, _ in periods.numbered]

    def _own_score(self, entry: Entry | None) -> Reading:
        if entry is None or entry.own is None or entry.own > self.limit:
            return NO_DATA
        return Reading(entry.own, word=entry.own_reason)

    def way(self, short: Shortfall) -> Way:
        """Return the score to be entered, where it is missing."""
        return Way("fill", thing=f"“{short.facts.sheets.assessed.name}”的自评分") if short.reading.value is None else NO_WAY

    def entered_for(self, item: str, points: Fraction) -> Manual:
        """Return the measure with the item it is entered for and its full mark."""
        return Manual(item, points)

    def own_target(self) -> Target | None:
        """Return the full mark."""
        return Target(">=", self.limit)

    def check_per(self, keys: Keys, per: Per) -> None:
        """Raise SchemeError unless it is about the state of things."""
        check_state_of_things(keys, per)
