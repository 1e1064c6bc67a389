"""What an aggregate keeps of one workbook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from wuhao_report.evaluation.ranking import Basis

RankValues = tuple[tuple[str, str, Fraction], ...]
"""Indicator (or part), label of the period, and the value that is compared with those of the peers."""


@dataclass(frozen=True)
class PeriodRecord:
    """One period of an indicator, or of a part of it: what was reached; of a rate, also its numerator and its denominator."""

    part: str
    label: str
    finished: bool
    met: bool | None
    value: Fraction | bool | None
    numerator: Fraction | None = None
    denominator: Fraction | None = None


@dataclass(frozen=True)
class IndicatorRecord:
    """The result of one indicator of one committee.

    `progress` says in words how far it is; `rule_hash` identifies how it is calculated, so that with equal hashes a change is one of
    data; `cells` are the addresses of its evidence; `place` is its rank in the last period that is ranked. `reason` says what is not
    reached, `cause` why, in the committee's own words where they name nobody; `mend` says what has still to be mended, None in results
    of versions that did not say.
    """

    id: str
    title: str
    head: str
    status: str
    score: Fraction | None
    full: Fraction | None
    bonus: Fraction | None
    progress: str
    rule_hash: str = ""
    periods: tuple[PeriodRecord, ...] = ()
    rank_values: RankValues = ()
    cells: tuple[str, ...] = ()
    place: int | None = None
    reason: str = ""
    cause: str = ""
    mend: str | None = ""

    @property
    def ratios(self) -> Iterator[tuple[str, Fraction | None, Fraction]]:
        """The label of each period that has a rate, with the numerator and the denominator."""
        return (
            (item.label, item.numerator, item.denominator)
            for item in self.periods
            if item.part == self.id and item.denominator is not None
        )


@dataclass(frozen=True)
class HeadRecord:
    """The result of one head (one of the 五好)."""

    id: str
    title: str
    status: str
    score: Fraction | None
    full: Fraction | None


@dataclass(frozen=True)
class FigureRecord:
    """A figure of the reports by label of the period, as a number."""

    id: str
    title: str
    unit: str
    per: str
    values: tuple[tuple[str, Fraction | None], ...]
    adds: bool = False


@dataclass(frozen=True)
class DeedRecord:
    """The most telling row of a workbook as the finished sentence of its report; `told` and `people` are what such rows are chosen by."""

    sentence: str
    told: int
    people: int


@dataclass(frozen=True)
class CommitteeRecord:
    """What an aggregate keeps of one workbook. `basis` is there as long as a rank among peers is awaited.

    `by_points`: the scheme gives points of its own. `deed` is one thing the committee has done that others may learn from.
    `start_year` is the committee's own, by which the dates of the scheme are moved; `superior` is its 主送机关.
    """

    file: str
    sha256: str
    unit: str
    scheme: str
    scheme_title: str
    scheme_hash: str
    stage: str
    report_date: date
    status: str
    score: Fraction | None
    full: Fraction
    grade: str | None
    bonus: Fraction | None
    heads: tuple[HeadRecord, ...]
    indicators: tuple[IndicatorRecord, ...]
    figures: tuple[FigureRecord, ...]
    errors: int
    warnings: int
    basis: Basis | None = None
    by_points: bool = False
    deed: DeedRecord | None = None
    start_year: int | None = None
    superior: str = ""

    @property
    def rank_values(self) -> RankValues:
        """The values by which all its indicators are ranked among peers."""
        return tuple(value for item in self.indicators for value in item.rank_values)
