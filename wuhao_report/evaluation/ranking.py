"""Ranks among peers (docs/ARITHMETIC.md, 9): what a judgement stands on, so that it can be finished when the places are known, without its workbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import cast

from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.periods import Judgement, judge, phase_periods
from wuhao_report.evaluation.assessment import compound, concluded, find_stage, met, status_of
from wuhao_report.evaluation.results import STATUSES, Assessment, Factor, IndicatorResult, PeriodResult, Status
from wuhao_report.measures.facts import Reading
from wuhao_report.scheme import model as s

Places = Mapping[tuple[str, str], int]
"""Places among peers by indicator (or part) id and label of the period."""


@dataclass(frozen=True)
class PeriodBasis:
    """One period of one indicator as it was read, without the rows it came from."""

    label: str
    finished: bool
    met: bool | None
    value: Fraction | bool | None
    failed: bool
    open: bool
    top: Fraction | None
    bottom: Fraction | None
    have: tuple[str, ...]
    lack: tuple[str, ...]
    word: str
    among: Fraction | bool | None


@dataclass(frozen=True)
class ResultBasis:
    """One indicator, part or penalty before its points."""

    id: str
    status: str
    periods: tuple[PeriodBasis, ...]
    parts: tuple[ResultBasis, ...]
    penalties: tuple[ResultBasis, ...]


@dataclass(frozen=True)
class FactorBasis:
    id: str
    value: Fraction | bool | None
    factor: Fraction


@dataclass(frozen=True)
class Basis:
    """Everything the points of an assessment depend on."""

    results: tuple[ResultBasis, ...]
    factors: tuple[FactorBasis, ...]


class OtherRules(WuhaoError):
    """A basis that does not fit the scheme it names."""


def basis_of(assessment: Assessment) -> Basis:
    """What an assessment stands on."""
    return Basis(
        tuple(_result(item) for head in assessment.heads for item in head.indicators),
        tuple(FactorBasis(item.coefficient.id, item.value, item.factor) for item in assessment.factors),
    )


def _result(item: IndicatorResult) -> ResultBasis:
    return ResultBasis(
        item.indicator.id,
        item.status,
        tuple(map(_period, item.periods)),
        tuple(map(_result, item.parts)),
        tuple(map(_result, item.penalties)),
    )


def _period(item: PeriodResult) -> PeriodBasis:
    reading = item.reading
    return PeriodBasis(
        item.period.label,
        item.finished,
        item.met,
        reading.value,
        reading.failed,
        reading.open,
        reading.top,
        reading.bottom,
        reading.have,
        reading.lack,
        reading.word,
        reading.among,
    )


def settled(scheme: s.Scheme, stage_title: str, report_date: date, basis: Basis, places: Places) -> Assessment:
    """The assessment anew, with those places among peers; without its rows, its figures and its warnings.

    Raises OtherRules when the basis does not fit the scheme.
    """
    stage = find_stage(scheme, stage_title)
    if stage is None:
        raise OtherRules(f"方案里没有“{stage_title}”这一阶段。")
    clock = judge(scheme.phase(stage.phase).span, stage.opens, stage.through, report_date)
    by_id = {item.id: item for item in basis.results}
    coefficients = {item.id: item for item in scheme.scoring.coefficients}
    try:
        results = [_again(item, by_id[item.id], clock, places) for item in scheme.indicators]
        factors = {item.id: Factor(coefficients[item.id], item.value, item.factor) for item in basis.factors}
    except (KeyError, ValueError) as error:
        raise OtherRules("这份结果与方案不符。") from error
    return concluded(scheme, stage, clock, results, factors)


def _again(indicator: s.Indicator, basis: ResultBasis, clock: Judgement, places: Places) -> IndicatorResult:
    if basis.id != indicator.id or basis.status not in STATUSES:
        raise ValueError(basis.id)
    parts = tuple(
        _again(part, own, clock, places) for part, own in zip(indicator.parts if basis.parts else (), basis.parts, strict=True)
    )
    penalties = tuple(
        _again(item, own, clock, places)
        for item, own in zip(indicator.penalties if basis.penalties else (), basis.penalties, strict=True)
    )
    if basis.status == "不适用":
        return IndicatorResult(indicator, "不适用", (), (), (), parts=parts)
    if parts:
        return replace(compound(indicator, parts, clock), penalties=penalties)
    known = {period.label: period for period in phase_periods(indicator.per, clock.phase, clock.as_of)}
    periods = []
    for item in basis.periods:
        reading = Reading(
            item.value, False, item.failed, item.top, item.bottom, item.have, item.lack, (), item.open, item.word, item.among
        )
        settled = PeriodResult(known[item.label], item.finished, reading, item.met)
        place = places.get((indicator.id, item.label))
        periods.append(
            settled if place is None or not indicator.measure.among_peers else _placed(indicator, settled, place, clock)
        )
    status = status_of(periods) if indicator.measure.among_peers else cast(Status, basis.status)
    return IndicatorResult(indicator, status, tuple(periods), (), (), penalties=penalties)


def _placed(indicator: s.Indicator, item: PeriodResult, place: int, clock: Judgement) -> PeriodResult:
    reading = replace(item.reading, value=Fraction(place), open=False)
    finished = clock.finished(item.period)
    return PeriodResult(item.period, finished, reading, met(indicator.target, reading, finished))
