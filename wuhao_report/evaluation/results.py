"""The judgement of one submission as frozen records: periods, indicators with their points, heads, the whole."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from wuhao_report.core.periods import Judgement, Period
from wuhao_report.core.problems import Problem
from wuhao_report.measures.facts import Entry, Reading
from wuhao_report.scheme import model as s

Status = Literal["达标", "未达标", "缺数据", "进行中", "不适用"]
STATUSES: tuple[Status, ...] = ("达标", "未达标", "缺数据", "进行中", "不适用")
UNFILLED = "未填齐"
"""Said in place of a verdict, and of a rank, while tables are not filled in."""


@dataclass(frozen=True)
class PeriodResult:
    """One period of one indicator: met is True, False, or None (pending, or no data)."""

    period: Period
    finished: bool
    reading: Reading
    met: bool | None

    @property
    def pending(self) -> bool:
        """Whether it still runs and is not reached yet."""
        return not self.finished and not self.met


@dataclass(frozen=True)
class Loss:
    """Points that were not earned and why: `of` is the indicator, part or penalty whose periods cost them.

    cause: unmet (below the target), no-data, tier (a lower tier), factor (a coefficient). `cut`: less was taken off than the
    rule says, for the floor was reached. `points` is exact; all the losses of an indicator add up to full − score.
    """

    points: Fraction
    cause: Literal["unmet", "no-data", "tier", "factor"]
    of: IndicatorResult
    periods: tuple[PeriodResult, ...] = ()
    cut: bool = False
    factor: Factor | None = None


@dataclass(frozen=True)
class IndicatorResult:
    """One indicator, part or penalty: its periods without the skipped ones, those still to come, and its points.

    `score` and `full` are None where nothing is scored yet; `bonus` is that of a bonus indicator, outside the full mark.
    """

    indicator: s.Indicator
    status: Status
    periods: tuple[PeriodResult, ...]
    future: tuple[Period, ...]
    evidence: tuple[str, ...]
    score: Fraction | None = None
    full: Fraction | None = None
    bonus: Fraction | None = None
    losses: tuple[Loss, ...] = ()
    parts: tuple[IndicatorResult, ...] = ()
    penalties: tuple[IndicatorResult, ...] = ()
    assessed: Entry | None = None

    @cached_property
    def finished(self) -> tuple[PeriodResult, ...]:
        """Its periods that are over."""
        return tuple(item for item in self.periods if item.finished)

    @property
    def leaves(self) -> tuple[IndicatorResult, ...]:
        """The results that stand on readings of their own: the parts of a compound that apply, else itself."""
        # Not kept, nor is what it lacks: a result that holds itself would be freed only by the collector of rings.
        return tuple(part for part in self.parts if part.status != "不适用") if self.parts else (self,)

    @cached_property
    def open(self) -> bool:
        """Whether anything of it is still running and not reached yet."""
        return any(item.pending for leaf in self.leaves for item in leaf.periods)

    @cached_property
    def penalised(self) -> tuple[IndicatorResult, ...]:
        """The penalties that hold, or of which nothing is known."""
        return tuple(item for item in self.penalties if item.status in ("未达标", "缺数据"))

    @property
    def lacking(self) -> tuple[IndicatorResult, ...]:
        """The leaves and penalties of which something is not reached, unknown or still to come; a rank is nobody's lack."""
        leaves = (leaf for leaf in self.leaves if (leaf.status in ("未达标", "缺数据") or leaf.open) and not leaf.waits)
        return (*leaves, *self.penalised)

    @cached_property
    def waits(self) -> bool:
        """Whether it is settled only among peers, and has not been yet (待汇总评定)."""
        return any(
            leaf.indicator.measure.among_peers and any(item.reading.value is None for item in leaf.periods)
            for leaf in self.leaves
        )

    @property
    def among(self) -> tuple[PeriodResult, ...]:
        """The periods of a rank: what each goes by, and the place where it is settled."""
        return tuple(item for leaf in self.leaves if leaf.indicator.measure.among_peers for item in leaf.periods)

    @property
    def assessed_score(self) -> Fraction | None:
        """The assessor's score, of the whole or as the sum of all its scored parts; never more than the full mark."""
        given = self.assessed.score if self.assessed is not None else None
        if given is None and isinstance(self.indicator.award, s.SumOfParts):
            parts = [part.assessed_score for part in self.parts if part.full is not None]
            known = [part for part in parts if part is not None]
            given = sum(known, Fraction(0)) if parts and len(known) == len(parts) else None
        return given if given is None or self.full is None else min(given, self.full)

    @property
    def barred(self) -> bool:
        """Whether it is a veto that holds."""
        return self.indicator.counts == "veto" and self.status == "未达标"


@dataclass(frozen=True)
class HeadResult:
    head: s.Head
    status: Status
    score: Fraction | None
    full: Fraction | None
    indicators: tuple[IndicatorResult, ...]
    grade: str | None = None

    @property
    def bonuses(self) -> tuple[IndicatorResult, ...]:
        """Its bonus indicators."""
        return tuple(item for item in self.indicators if item.indicator.counts == "bonus")

    @cached_property
    def required(self) -> tuple[IndicatorResult, ...]:
        """Its indicators without the bonus ones, which ask nothing of anybody."""
        return tuple(item for item in self.indicators if item.indicator.counts != "bonus")


@dataclass(frozen=True)
class FigureResult:
    """A figure of the reports: its readings by period, in order of time."""

    figure: s.Figure
    readings: tuple[tuple[Period, Reading], ...]


@dataclass(frozen=True)
class Factor:
    """The factor on the total and the value it comes from; without data the lowest one is taken."""

    coefficient: s.Coefficient
    value: Fraction | bool | None
    factor: Fraction


@dataclass(frozen=True)
class Assessment:
    """The judgement of one submission at one stage."""

    stage: s.Stage
    phase: s.Phase
    clock: Judgement
    heads: tuple[HeadResult, ...]
    status: Status
    score: Fraction | None
    figures: tuple[FigureResult, ...]
    problems: tuple[Problem, ...]
    bonus: Fraction | None = None
    factor: Factor | None = None
    factors: tuple[Factor, ...] = ()
    grade: str | None = None
    assessed: Fraction | None = None
    assessed_grade: str | None = None
    by_points: bool = False

    @property
    def unfilled(self) -> tuple[str, ...]:
        """The tables that are not filled in and through which a finished period lacks data: no verdict can be given."""
        return tuple(dict(item.args)["sheet"] for item in self.problems if item.code == "unfilled-sheet" and not item.lighter)

    @cached_property
    def indicators(self) -> tuple[IndicatorResult, ...]:
        """Those that are asked for; the bonus ones stand apart."""
        return tuple(item for head in self.heads for item in head.required)

    @property
    def bonuses(self) -> tuple[IndicatorResult, ...]:
        """The bonus indicators of all heads."""
        return tuple(item for head in self.heads for item in head.bonuses)

    @property
    def barred(self) -> tuple[IndicatorResult, ...]:
        """The vetoes that hold."""
        return tuple(item for item in self.indicators if item.barred)

    @property
    def applicable(self) -> int:
        """How many indicators apply."""
        return sum(item.status != "不适用" for item in self.indicators)

    @property
    def scored(self) -> int:
        """How many indicators have points yet."""
        return sum(item.full is not None for item in self.indicators)

    def with_status(self, status: Status) -> tuple[IndicatorResult, ...]:
        """Return the indicators of a status."""
        return tuple(item for item in self.indicators if item.status == status)
