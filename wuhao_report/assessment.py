"""Period readings → statuses and scores of indicators, heads and the committee (rules.md, Status and Score)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from wuhao_report import scheme as s
from wuhao_report.measures import NO_DATA, Evaluator, Reading, fits
from wuhao_report.periods import NATURAL, Judgement, Period, begun, judge, phase_periods
from wuhao_report.problems import Problem, problem
from wuhao_report.submission import Submission
from wuhao_report.usage import indicator_columns

Status = Literal["达标", "未达标", "缺数据", "进行中", "不适用"]
STATUSES: tuple[Status, ...] = ("达标", "未达标", "缺数据", "进行中", "不适用")


@dataclass(frozen=True)
class PeriodResult:
    """One period of one indicator: met is True, False, or None (pending, or no data)."""

    period: Period
    finished: bool
    reading: Reading
    met: bool | None

    @property
    def pending(self) -> bool:
        return not self.finished and not self.met


@dataclass(frozen=True)
class IndicatorResult:
    """One indicator: its periods without the skipped ones, those still to come, and its share of the points."""

    indicator: s.Indicator
    status: Status
    periods: tuple[PeriodResult, ...]
    future: tuple[Period, ...]
    evidence: tuple[str, ...]
    score: Fraction | None = None
    full: Fraction | None = None

    @property
    def finished(self) -> tuple[PeriodResult, ...]:
        return tuple(item for item in self.periods if item.finished)


@dataclass(frozen=True)
class HeadResult:
    head: s.Head
    status: Status
    score: Fraction | None
    full: Fraction | None
    indicators: tuple[IndicatorResult, ...]


@dataclass(frozen=True)
class FigureResult:
    """A figure of the reports: its readings by period, in order of time."""

    figure: s.Figure
    readings: tuple[tuple[Period, Reading], ...]


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

    @property
    def indicators(self) -> tuple[IndicatorResult, ...]:
        return tuple(item for head in self.heads for item in head.indicators)

    @property
    def applicable(self) -> int:
        return sum(item.status != "不适用" for item in self.indicators)

    @property
    def scored(self) -> int:
        return sum(item.full is not None for item in self.indicators)

    def with_status(self, status: Status) -> tuple[IndicatorResult, ...]:
        return tuple(item for item in self.indicators if item.status == status)


def find_stage(scheme: s.Scheme, title: str) -> s.Stage | None:
    return next((stage for stage in scheme.stages if stage.title == title), None)


def assess(submission: Submission) -> tuple[Assessment | None, tuple[Problem, ...]]:
    """Judge a submission by its own stage and date.

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
        return None, (problem(
            "report-date-before-phase", submission.role_at("report_date"), day.isoformat(),
            date=day.isoformat(), phase=phase.title, start=phase.span.start.isoformat(),
        ),)
    clock = judge(phase.span, stage.opens, stage.through, day)
    evaluator = Evaluator(submission, clock)
    warnings: dict[tuple[str, int], Problem] = {}
    results = [_indicator(evaluator, indicator, warnings) for indicator in scheme.indicators]
    heads = equal_shares(scheme, results)
    figures = tuple(_figure(evaluator, figure) for figure in scheme.figures)
    overall = combine(head.status for head in heads)
    return Assessment(stage, phase, clock, heads, overall, total(heads), figures, tuple(warnings.values())), ()


def _unassessable(submission: Submission, stage: s.Stage | None) -> tuple[Problem, ...]:
    """What must be said beside the problems of the cells themselves."""
    codes = {item.code for item in submission.problems}
    sheet = submission.scheme.by_use["profile"]
    found = []
    if stage is None and not codes & {"no-stage", "unknown-stage"}:
        known = "、".join(item.title for item in submission.scheme.stages)
        found.append(problem("no-stage", submission.role_at("stage"), column=sheet.role("stage"), known=known))
    if submission.profile_role("report_date") is None and "no-report-date" not in codes:
        found.append(problem("no-report-date", submission.role_at("report_date"), column=sheet.role("report_date")))
    return tuple(found)


def _indicator(
    evaluator: Evaluator, indicator: s.Indicator, warnings: dict[tuple[str, int], Problem]
) -> IndicatorResult:
    clock, submission = evaluator.clock, evaluator.submission
    whole = phase_periods(indicator.per, clock.phase, clock.as_of)
    periods = begun(whole, clock.as_of)
    future = whole[len(periods):]
    profile = submission.profile
    if indicator.unless and all(fits(condition, profile.get(condition.column)) for condition in indicator.unless):
        return IndicatorResult(indicator, "不适用", (), (), ())
    lacking = bool(indicator_columns(submission.scheme)[indicator.id] & submission.missing)
    results = []
    for period in periods:
        reading = NO_DATA if lacking else evaluator.read(indicator.measure, period)
        if reading.skipped:
            _warn_of_zero(evaluator, indicator, period, reading, warnings)
        else:
            finished = clock.finished(period)
            results.append(PeriodResult(period, finished, reading, _met(indicator.target, reading, finished)))
    if periods and not results:
        return IndicatorResult(indicator, "不适用", (), (), ())
    return IndicatorResult(indicator, _status(results), tuple(results), future, _evidence(submission, results))


def _met(target: s.Target, reading: Reading, finished: bool) -> bool | None:
    if reading.value is not None and target.met(reading.value):
        return True
    return False if finished and (reading.failed or reading.value is not None) else None


def _status(results: list[PeriodResult]) -> Status:
    """The first line of rules.md that fits; 不适用 has been settled before."""
    finished = [item for item in results if item.finished]
    if any(item.met is False for item in finished):
        return "未达标"
    if any(item.met is None for item in finished):
        return "缺数据"
    return "达标" if any(item.met for item in results) else "进行中"


def _warn_of_zero(
    evaluator: Evaluator, indicator: s.Indicator, period: Period, reading: Reading,
    warnings: dict[tuple[str, int], Problem],
) -> None:
    """People on the roll in a year whose number is stated as 0."""
    measure = indicator.measure
    column = measure.skip_when_zero if isinstance(measure, s.Coverage) else None
    if isinstance(measure, s.Ratio) and isinstance(measure.one, s.Stock) and isinstance(measure.other, s.YearColumn):
        column = measure.other.column
    if not column or not reading.top or (column, period.year) in warnings:
        return
    sheet = evaluator.scheme.by_use["years"]
    table = evaluator.submission.tables[sheet.name]
    row = table.columns[sheet.role("year") or ""].index(period.year)
    warnings[column, period.year] = problem(
        "stated-zero", table.at(row, column), 0, year=period.year, column=column, count=reading.top)


def _evidence(submission: Submission, results: list[PeriodResult]) -> tuple[str, ...]:
    """The 佐证编号 of all rows that make the values, in the order of the sheets, then of the rows."""
    rows: dict[str, set[int]] = {}
    for result in results:
        for sheet, found in result.reading.rows:
            rows.setdefault(sheet, set()).update(found)
    ids: dict[str, None] = {}
    for sheet_record in submission.scheme.sheets:
        column = sheet_record.role("evidence")
        if column is None or sheet_record.name not in rows:
            continue
        values = submission.tables[sheet_record.name].columns[column]
        for index in sorted(rows[sheet_record.name]):
            ids.update(dict.fromkeys(values[index] or ()))
    return tuple(ids)


def _figure(evaluator: Evaluator, figure: s.Figure) -> FigureResult:
    clock = evaluator.clock
    periods = begun(phase_periods(figure.per, clock.phase, clock.as_of), clock.as_of)
    return FigureResult(figure, tuple((period, evaluator.read(figure.measure, period)) for period in periods))


def combine(statuses: Iterable[Status]) -> Status:
    """The status of a head from its indicators, or of the committee from its heads."""
    found = [status for status in statuses if status != "不适用"]
    if any(status in ("未达标", "缺数据") for status in found):
        return "未达标"
    return "达标" if all(status == "达标" for status in found) else "进行中"


def equal_shares(scheme: s.Scheme, results: Iterable[IndicatorResult]) -> tuple[HeadResult, ...]:
    """The scoring convention of the built-in schemes.

    Each head's points are divided equally among its applicable indicators that have a finished period; each earns
    its share × finished periods met ÷ finished periods. A head without such an indicator has neither score nor full.
    """
    results = list(results)
    heads = []
    for head in scheme.heads:
        own = [item for item in results if item.indicator.head == head.id]
        count = sum(bool(item.finished) for item in own)
        scored = tuple(_share_of(item, head.points / count) if item.finished else item for item in own)
        score = sum((item.score for item in scored if item.score is not None), Fraction(0)) if count else None
        heads.append(HeadResult(
            head, combine(item.status for item in own), score, head.points if count else None, scored))
    return tuple(heads)


def _share_of(result: IndicatorResult, full: Fraction) -> IndicatorResult:
    met = sum(item.met is True for item in result.finished)
    return replace(result, full=full, score=full * met / len(result.finished))


def total(heads: Iterable[HeadResult]) -> Fraction | None:
    """The sum of the heads that have a score, scaled to 100; None when none has."""
    scored = [(head.score, head.full) for head in heads if head.score is not None and head.full]
    if not scored:
        return None
    return sum((score for score, _ in scored), Fraction(0)) * 100 / sum((full for _, full in scored), Fraction(0))


def makeable(scheme: s.Scheme, result: IndicatorResult, item: PeriodResult, report_date: date) -> bool:
    """Whether a period that is not met can still be made up (rules.md: 已不可补 is what cannot)."""
    measure = result.indicator.measure
    if isinstance(measure, s.Vacancy):
        return False
    of_records = isinstance(measure, s.Share) and any(
        scheme.by_sheet[part.sheet].form == "log" for part in measure.parts)
    if of_records and result.indicator.target.value == 1:
        return False
    return item.period.per not in NATURAL or item.period.span.end >= report_date
