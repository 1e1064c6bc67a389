"""A submission → its judgement at its own stage and date: readings, statuses, then points (docs/ARITHMETIC.md, 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from wuhao_report.core.periods import NATURAL, Judgement, Period, begun, judge, phase_periods
from wuhao_report.core.problems import Problem, problem
from wuhao_report.evaluation.results import Assessment, Factor, FigureResult, IndicatorResult, PeriodResult, Status
from wuhao_report.evaluation.scoring import (
    assessed_heads,
    assessed_total,
    bonus_of,
    combine,
    grade_of,
    head_results,
    tier_of,
    total,
)
from wuhao_report.evaluation.submission import Submission
from wuhao_report.measures.facts import NO_DATA, Facts, Reading
from wuhao_report.measures.target import Target
from wuhao_report.scheme import model as s
from wuhao_report.scheme.required_columns import indicator_columns
from wuhao_report.tables.conditions import fits


def find_stage(scheme: s.Scheme, title: str) -> s.Stage | None:
    """Return the stage of a title, or None."""
    return next((stage for stage in scheme.stages if stage.title == title), None)


def assess(submission: Submission) -> tuple[Assessment | None, tuple[Problem, ...]]:
    """Judge a submission by its own stage and date; what is ranked among peers waits (ranking.settled).

    The assessment is None when there is no stage, no date, or the date lies before the phase; the problems then
    say why (those of a missing or wrong cell stand in the submission already).
    """
    scheme = submission.scheme
    title, day = submission.profile_role("stage"), submission.profile_role("report_date")
    stage = find_stage(scheme, title) if title else None
    if stage is None or not isinstance(day, date):
        return None, _unassessable(submission, stage)
    phase = scheme.phase(stage.phase)
    if day < phase.span.start:
        return None, (
            problem(
                "report-date-before-phase",
                submission.role_at("report_date"),
                day.isoformat(),
                date=day.isoformat(),
                phase=phase.title,
                start=phase.span.start.isoformat(),
            ),
        )
    clock = judge(phase.span, stage.opens, stage.through, day)
    facts = submission.facts(clock)
    warnings: dict[tuple[str, int], Problem] = {}
    results = [_indicator(submission, facts, indicator, warnings) for indicator in scheme.indicators]
    factors = {item.id: _factor(submission, facts, item) for item in scheme.scoring.coefficients}
    figures = tuple(_figure(facts, figure) for figure in scheme.figures)
    return concluded(scheme, stage, clock, results, factors, figures, tuple(warnings.values())), ()


def concluded(
    scheme: s.Scheme,
    stage: s.Stage,
    clock: Judgement,
    results: Iterable[IndicatorResult],
    factors: Mapping[str, Factor],
    figures: tuple[FigureResult, ...] = (),
    warnings: tuple[Problem, ...] = (),
) -> Assessment:
    """The whole from the statuses of its indicators: points, heads, grade."""
    heads = head_results(scheme, results, factors)
    overall = combine(head.status for head in heads)
    factor = factors.get(scheme.scoring.coefficient)
    score, bonus = total(scheme, heads, factor), bonus_of(heads)
    assessed = assessed_total(scheme, heads, factor)
    return Assessment(
        stage,
        scheme.phase(stage.phase),
        clock,
        heads,
        overall,
        score,
        figures,
        warnings,
        bonus,
        factor,
        tuple(factors.values()),
        grade_of(scheme, heads, score, bonus),
        assessed,
        grade_of(scheme, assessed_heads(heads), assessed, bonus),
        scheme.by_points,
    )


def _unassessable(submission: Submission, stage: s.Stage | None) -> tuple[Problem, ...]:
    """What must be said beside the problems of the cells themselves."""
    sheet = submission.scheme.layout.profile
    problems = []
    if stage is None and sheet.role("stage") not in submission.unstated:
        known = "、".join(item.title for item in submission.scheme.stages)
        problems.append(problem("no-stage", submission.role_at("stage"), column=sheet.role("stage"), known=known))
    if submission.profile_role("report_date") is None and sheet.role("report_date") not in submission.unstated:
        problems.append(problem("no-report-date", submission.role_at("report_date"), column=sheet.role("report_date")))
    return tuple(problems)


def _indicator(
    submission: Submission, facts: Facts, indicator: s.Indicator, warnings: dict[tuple[str, int], Problem]
) -> IndicatorResult:
    if not _applies(indicator, submission):
        return IndicatorResult(indicator, "不适用", (), (), ())
    penalties = tuple(_indicator(submission, facts, item, warnings) for item in indicator.penalties)
    if indicator.parts:
        result = _compound(submission, facts, indicator, warnings)
    else:
        result = _simple(submission, facts, indicator, warnings)
    return replace(result, penalties=penalties, assessed=facts.entries.get(indicator.id))


def _applies(indicator: s.Indicator, submission: Submission) -> bool:
    profile = submission.profile
    if indicator.unless and all(fits(condition, profile.get(condition.column)) for condition in indicator.unless):
        return False
    return all(fits(condition, profile.get(condition.column)) for condition in indicator.when)


def _simple(
    submission: Submission, facts: Facts, indicator: s.Indicator, warnings: dict[tuple[str, int], Problem]
) -> IndicatorResult:
    clock = facts.clock
    whole = phase_periods(indicator.per, clock.phase, clock.as_of)
    periods = begun(whole, clock.as_of)
    lacking = bool(indicator_columns(submission.scheme)[indicator.id] & submission.missing)
    results = []
    for period in periods:
        reading = NO_DATA if lacking else indicator.measure.evaluate(facts, period)
        if reading.skipped:
            _warn_of_zero(facts, indicator, period, reading, warnings)
        else:
            finished = clock.finished(period) and not reading.open
            results.append(PeriodResult(period, finished, reading, met(indicator.target, reading, finished)))
    if periods and not results:
        return IndicatorResult(indicator, "不适用", (), (), ())
    return IndicatorResult(indicator, status_of(results), tuple(results), whole[len(periods) :], _evidence(submission, results))


def _compound(
    submission: Submission, facts: Facts, indicator: s.Indicator, warnings: dict[tuple[str, int], Problem]
) -> IndicatorResult:
    parts = tuple(_indicator(submission, facts, part, warnings) for part in indicator.parts)
    evidence = _evidence(submission, [item for part in parts if part.status != "不适用" for item in part.periods])
    return replace(compound(indicator, parts, facts.clock), evidence=evidence)


def compound(indicator: s.Indicator, parts: tuple[IndicatorResult, ...], clock: Judgement) -> IndicatorResult:
    """An indicator of parts: its one period tells how many of them are reached.

    A part that does not apply, or (once another has failed) is still running, is not held against it.
    """
    asked = [part for part in parts if part.status != "不适用"]
    if not asked:
        return IndicatorResult(indicator, "不适用", (), (), (), parts=parts)
    have = tuple(part.indicator.title for part in asked if part.status == "达标")
    lack = tuple(part.indicator.title for part in asked if part.status != "达标")
    statuses = {part.status for part in asked}
    status: Status = next((status for status in ("未达标", "缺数据", "进行中") if status in statuses), "达标")
    running = sum(part.status == "进行中" for part in asked) if status != "进行中" else 0
    reading = Reading(Fraction(len(parts) - len(asked) + len(have) + running), have=have, lack=lack)
    period = phase_periods(indicator.per, clock.phase, clock.as_of)[0]
    reached = True if status == "达标" else False if status == "未达标" else None
    return IndicatorResult(indicator, status, (PeriodResult(period, status != "进行中", reading, reached),), (), (), parts=parts)


def _factor(submission: Submission, facts: Facts, coefficient: s.Coefficient) -> Factor:
    """The factor of the last period begun; where its value is not known the lowest one, for no data gives no advantage."""
    clock = facts.clock
    periods = begun(phase_periods(coefficient.per, clock.phase, clock.as_of), clock.as_of)
    lacking = bool(indicator_columns(submission.scheme)[coefficient.id] & submission.missing)
    value = coefficient.measure.evaluate(facts, periods[-1]).value if periods and not lacking else None
    if value is None:
        lowest = min(coefficient.otherwise, *(tier.points for tier in coefficient.tiers))
        return Factor(coefficient, None, lowest)
    return Factor(coefficient, value, tier_of(coefficient.tiers, value, coefficient.otherwise))


def met(target: Target, reading: Reading, finished: bool) -> bool | None:
    """Whether a reading reaches its target; None while it is running, or nothing is known."""
    if reading.value is not None and target.met(reading.value):
        return True
    return False if finished and (reading.failed or reading.value is not None) else None


def status_of(results: Iterable[PeriodResult]) -> Status:
    """The first status that fits (docs/ARITHMETIC.md, 5); 不适用 has been settled before."""
    results = list(results)
    finished = [item for item in results if item.finished]
    if any(item.met is False for item in finished):
        return "未达标"
    if any(item.met is None for item in finished):
        return "缺数据"
    return "达标" if any(item.met for item in results) else "进行中"


def _warn_of_zero(
    facts: Facts, indicator: s.Indicator, period: Period, reading: Reading, warnings: dict[tuple[str, int], Problem]
) -> None:
    """People on the roll in a year whose number is stated as 0."""
    stated = indicator.measure.people_stated()
    if stated is None or not reading.top or (stated[1], period.year) in warnings:
        return
    column = stated[1]
    sheet = facts.sheets.years
    table = facts.tables[sheet.name]
    row = table.columns[sheet.role("year") or ""].index(period.year)
    warnings[column, period.year] = problem(
        "stated-zero", table.at(row, column), 0, year=period.year, column=column, count=reading.top
    )


def _evidence(submission: Submission, results: Iterable[PeriodResult]) -> tuple[str, ...]:
    """The 佐证编号 of all rows that make the values, in the order of the sheets, then of the rows."""
    rows: dict[str, set[int]] = {}
    for result in results:
        for sheet, numbers in result.reading.rows:
            rows.setdefault(sheet, set()).update(numbers)
    ids: dict[str, None] = {}
    for sheet_record in submission.scheme.sheets:
        column = sheet_record.role("evidence")
        if column is None or sheet_record.name not in rows:
            continue
        values = submission.tables[sheet_record.name].columns[column]
        for index in sorted(rows[sheet_record.name]):
            ids.update(dict.fromkeys(values[index] or ()))
    return tuple(ids)


def _figure(facts: Facts, figure: s.Figure) -> FigureResult:
    clock = facts.clock
    periods = begun(phase_periods(figure.per, clock.phase, clock.as_of), clock.as_of)
    return FigureResult(figure, tuple((period, figure.measure.evaluate(facts, period)) for period in periods))


def makeable(scheme: s.Scheme, result: IndicatorResult, item: PeriodResult, report_date: date) -> bool:
    """Whether a period that is not met can still be made up (已不可补 is what cannot: docs/ARITHMETIC.md, 5)."""
    indicator = result.indicator
    if indicator.shape == "event" or not indicator.measure.can_be_made_up(indicator.target, scheme.layout):
        return False
    return item.period.per not in NATURAL or item.period.span.end >= report_date
