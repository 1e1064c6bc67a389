"""A submission → its judgement at its own stage and date: readings, statuses, then points (docs/ARITHMETIC.md, 5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from wuhao_report.core.periods import NATURAL, Judgement, Per, Period, begun, judge, phase_periods
from wuhao_report.core.problems import Problem, problem
from wuhao_report.evaluation.results import Assessment, Factor, FigureResult, HeadResult, IndicatorResult, PeriodResult, Status
from wuhao_report.evaluation.scoring import (
    assessed_heads,
    assessed_total,
    bonus_of,
    combine,
    grade_of,
    head_results,
    status_by_grade,
    tier_of,
    total,
)
from wuhao_report.evaluation.submission import OwnTables, Submission, Submissions
from wuhao_report.measures.base import Measure
from wuhao_report.measures.facts import NO_DATA, Facts, Periods, Reading
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
    alone = replace(submission, own_tables=OwnTables(submission.own_tables, 0))
    return assess_all(Submissions(submission.scheme, submission.own_tables, (alone,)))[0]


def assess_all(submissions: Submissions) -> list[tuple[Assessment | None, tuple[Problem, ...]]]:
    """Return the judgement of each of several submissions: `assess` for all at once, with the same result."""
    opened = [_opened(submission) for submission in submissions.members]
    committees = {
        number: submissions.members[number].committee(one.clock) for number, one in enumerate(opened) if isinstance(one, _Opened)
    }
    judges = _Judges(submissions, Facts(submissions.scheme.layout, submissions.tables, committees))
    results: dict[int, list[IndicatorResult]] = {number: [] for number in committees}
    for indicator in submissions.scheme.indicators:
        for number, result in judges.results(indicator, tuple(committees)).items():
            results[number].append(result)
    factors = [judges.factors(item) for item in submissions.scheme.scoring.coefficients]
    figures = [judges.figures(figure) for figure in submissions.scheme.figures]
    assessed: list[tuple[Assessment | None, tuple[Problem, ...]]] = []
    for number, one in enumerate(opened):
        if not isinstance(one, _Opened):
            assessed.append((None, one))
            continue
        own = {factor[number].coefficient.id: factor[number] for factor in factors}
        assessment = concluded(
            submissions.members[number].scheme,
            one.stage,
            one.clock,
            results[number],
            own,
            tuple(figure[number] for figure in figures),
            (*judges.warnings[number].values(), *unfilled_sheets(submissions.members[number], results[number])),
        )
        assessed.append((assessment, ()))
    return assessed


@dataclass(frozen=True)
class _Opened:
    """The stage and the clock a submission can be judged by."""

    stage: s.Stage
    clock: Judgement


def _opened(submission: Submission) -> _Opened | tuple[Problem, ...]:
    """Return by what a submission is judged, or the problems that say why it cannot be."""
    scheme = submission.scheme
    title, day = submission.profile_role("stage"), submission.profile_role("report_date")
    stage = find_stage(scheme, title) if title else None
    if stage is None or not isinstance(day, date):
        return _unassessable(submission, stage)
    phase = scheme.phase(stage.phase)
    if day < phase.span.start:
        return (
            problem(
                "report-date-before-phase",
                submission.role_at("report_date"),
                day.isoformat(),
                date=day.isoformat(),
                phase=phase.title,
                start=phase.span.start.isoformat(),
            ),
        )
    return _Opened(stage, judge(phase.span, stage.opens, stage.through, day))


def unfilled_sheets(submission: Submission, results: Iterable[IndicatorResult]) -> tuple[Problem, ...]:
    """Return a problem for each unfilled table that an indicator rests on: a warning where no finished period lacks data through it."""
    if not submission.unfilled:
        return ()
    layout = submission.scheme.layout
    used: dict[str, bool] = {}
    for result in (one for item in results for one in _all_of(item) if item.indicator.counts != "bonus"):
        tables = frozenset().union(*result.indicator.measure.rests_on(layout)) & submission.unfilled
        blank = any(item.finished and item.reading.value is None and not item.reading.failed for item in result.periods)
        used |= {name: used.get(name, False) or blank for name in tables}
    key = layout.profile.role("no_records")
    return tuple(
        replace(
            problem("unfilled-sheet", submission.locations[name].place, sheet=name, profile=layout.profile.name, key=key),
            lighter=not used[name],
        )
        for name in layout.by_name
        if name in used
    )


def is_blank(submission: Submission, result: IndicatorResult) -> bool:
    """Return whether an indicator has no data because what it rests on is not filled in, and not because anything is lacking."""
    if not submission.unfilled:
        return False
    sets = result.indicator.measure.rests_on(submission.scheme.layout)
    return any(tables <= submission.unfilled for tables in sets)


def _all_of(result: IndicatorResult) -> Iterator[IndicatorResult]:
    """Yield a result with its parts and penalties."""
    yield result
    for inner in (*result.parts, *result.penalties):
        yield from _all_of(inner)


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
    factor = factors.get(scheme.scoring.coefficient)
    score, bonus = total(scheme, heads, factor), bonus_of(heads)
    assessed = assessed_total(scheme, heads, factor)
    grade = grade_of(scheme, heads, score, bonus)
    overall = status_by_grade(scheme, heads, grade) or _before_a_grade(scheme, heads)
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
        grade,
        assessed,
        None if assessed is None else grade_of(scheme, assessed_heads(heads), assessed, bonus),
        scheme.by_points,
    )


def _before_a_grade(scheme: s.Scheme, heads: Sequence[HeadResult]) -> Status:
    """The status by the indicators; in a scheme of grades, of which too little is scored yet, nothing is decided before all is finished."""
    status = combine(head.status for head in heads)
    running = any(item.status == "进行中" for head in heads for item in head.required)
    return "进行中" if scheme.scoring.grades and running else status


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


Numbers = tuple[int, ...]
"""The numbers of committees."""


class _Judges:
    """Judges indicators for several committees at once, each by its own clock; `warnings` are gathered by committee."""

    def __init__(self, submissions: Submissions, facts: Facts) -> None:
        self.members, self.facts, self.scheme = submissions.members, facts, submissions.scheme
        self.needed = indicator_columns(submissions.scheme)
        self.warnings: dict[int, dict[tuple[str, int], Problem]] = {number: {} for number in facts.committees}
        self._periods: dict[tuple[Per, Numbers], Periods] = {}

    def results(self, indicator: s.Indicator, numbers: Numbers) -> dict[int, IndicatorResult]:
        """Return the result of an indicator, part or penalty for each of the committees."""
        asked = tuple(number for number in numbers if _applies(indicator, self.members[number]))
        penalties = [self.results(item, asked) for item in indicator.penalties]
        results = self._compounds(indicator, asked) if indicator.parts else self._simple(indicator, asked)
        for number, result in results.items():
            entry = self.facts.entries.get((number, indicator.id))
            if penalties or entry:
                own = tuple(item[number] for item in penalties)
                results[number] = replace(result, penalties=own, assessed=entry)
        inapplicable = IndicatorResult(indicator, "不适用", (), (), ())
        return {number: results.get(number, inapplicable) for number in numbers}

    def begun(self, per: Per, numbers: Numbers) -> Periods:
        """Return the periods of a kind that have begun, of one committee after another."""
        kept = self._periods.get((per, numbers))
        if kept is None:
            pairs = ((number, period) for number in numbers for period in _begun(per, self.facts.clock(number)))
            kept = self._periods[per, numbers] = self.facts.periods(pairs)
        return kept

    def readings(
        self, measure: Measure, per: Per, numbers: Numbers, lacking: Collection[int] = ()
    ) -> dict[int, list[tuple[Period, Reading]]]:
        """Return for each committee its periods with their readings; those that lack a column have no data."""
        asked = tuple(number for number in numbers if number not in lacking)
        periods = self.begun(per, asked)
        readings: dict[int, list[tuple[Period, Reading]]] = {number: [] for number in numbers}
        for (number, period), reading in zip(
            periods.numbered, measure.evaluate(self.facts, periods) if len(periods) else (), strict=True
        ):
            readings[number].append((period, reading))
        for number in lacking:
            readings[number] = [(period, NO_DATA) for period in _begun(per, self.facts.clock(number))]
        for number in self._not_filled(measure, asked):
            # A period that does not apply still does not.
            readings[number] = [(period, one if one.skipped else _blank(one)) for period, one in readings[number]]
        return readings

    def _not_filled(self, measure: Measure, numbers: Numbers) -> list[int]:
        """Return the committees that have not filled in what a measure rests on, which is not the same as zero."""
        layout = self.scheme.layout
        sets = measure.rests_on(layout)
        flags = [
            self.facts.unfilled_flags(sheet, column)
            for sheet, column in set(measure.columns(layout))
            if layout.form(sheet) in ("log", "roll") and layout.by_name[sheet].by_name[column].type == "flag"
        ]
        return [
            number
            for number in numbers
            if any(tables <= self.facts.committees[number].unfilled for tables in sets)
            or any(number in committees for committees in flags)
        ]

    def _lacking(self, item: str, numbers: Numbers) -> list[int]:
        needed = self.needed[item]
        return [number for number in numbers if needed & self.members[number].missing]

    def _simple(self, indicator: s.Indicator, numbers: Numbers) -> dict[int, IndicatorResult]:
        read = self.readings(indicator.measure, indicator.per, numbers, self._lacking(indicator.id, numbers))
        return {number: self._result(indicator, number, read[number]) for number in numbers}

    def _result(self, indicator: s.Indicator, number: int, readings: Sequence[tuple[Period, Reading]]) -> IndicatorResult:
        clock = self.facts.clock(number)
        results = []
        for period, reading in readings:
            if reading.skipped:
                self._warn_of_zero(indicator, number, period, reading)
            else:
                finished = clock.finished(period) and not reading.open
                results.append(PeriodResult(period, finished, reading, met(indicator.target, reading, finished)))
        if readings and not results:
            return IndicatorResult(indicator, "不适用", (), (), ())
        future = phase_periods(indicator.per, clock.phase, clock.as_of)[len(readings) :]
        return IndicatorResult(indicator, status_of(results), tuple(results), future, self._evidence(number, results))

    def _compounds(self, indicator: s.Indicator, numbers: Numbers) -> dict[int, IndicatorResult]:
        parts = [self.results(part, numbers) for part in indicator.parts]
        results = {}
        for number in numbers:
            own = tuple(part[number] for part in parts)
            evidence = self._evidence(number, [item for part in own if part.status != "不适用" for item in part.periods])
            results[number] = replace(compound(indicator, own, self.facts.clock(number)), evidence=evidence)
        return results

    def factors(self, coefficient: s.Coefficient) -> dict[int, Factor]:
        """Return the factor of the last period begun; where its value is not known the lowest one, for no data gives no advantage."""
        numbers = tuple(self.facts.committees)
        read = self.readings(coefficient.measure, coefficient.per, numbers, self._lacking(coefficient.id, numbers))
        return {number: _factor(coefficient, read[number][-1][1].value if read[number] else None) for number in numbers}

    def figures(self, figure: s.Figure) -> dict[int, FigureResult]:
        """Return a figure of the reports for each committee."""
        read = self.readings(figure.measure, figure.per, tuple(self.facts.committees))
        return {number: FigureResult(figure, tuple(readings)) for number, readings in read.items()}

    def _warn_of_zero(self, indicator: s.Indicator, number: int, period: Period, reading: Reading) -> None:
        """Note people on the roll in a year whose number is stated as 0."""
        stated = indicator.measure.people_stated()
        warnings = self.warnings[number]
        if stated is None or not reading.top or (stated[1], period.year) in warnings:
            return
        column = stated[1]
        sheet = self.facts.sheets.years
        row = int(self.facts.tables[sheet.name].rows[self.facts.year_rows[number, period.year]])
        at = self.members[number].locations[sheet.name].at(row, column)
        warnings[column, period.year] = problem("stated-zero", at, 0, year=period.year, column=column, count=reading.top)

    def _evidence(self, number: int, results: Iterable[PeriodResult]) -> tuple[str, ...]:
        """The 佐证编号 of all rows that make the values, in the order of the sheets, then of the rows."""
        rows: dict[str, set[int]] = {}
        for result in results:
            for sheet, numbers in result.reading.rows:
                rows.setdefault(sheet, set()).update(numbers)
        ids: dict[str, None] = {}
        for sheet in self.scheme.with_evidence if rows else ():
            if sheet in rows:
                known = self.facts.evidence(sheet)
                for row in sorted(rows[sheet]):
                    ids.update(dict.fromkeys(known.get((number, row), ())))
        return tuple(ids)


def _blank(reading: Reading) -> Reading:
    """Return a reading of which nothing is known; a rank still waits."""
    return Reading(open=True) if reading.open and reading.value is None and not reading.failed else NO_DATA


def _begun(per: Per, clock: Judgement) -> tuple[Period, ...]:
    return begun(phase_periods(per, clock.phase, clock.as_of), clock.as_of)


def _applies(indicator: s.Indicator, submission: Submission) -> bool:
    profile = submission.profile
    if indicator.unless and all(fits(condition, profile.get(condition.column)) for condition in indicator.unless):
        return False
    return all(fits(condition, profile.get(condition.column)) for condition in indicator.when)


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


def _factor(coefficient: s.Coefficient, value: Fraction | bool | None) -> Factor:
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


def makeable(scheme: s.Scheme, result: IndicatorResult, item: PeriodResult, report_date: date) -> bool:
    """Whether a period that is not met can still be made up (已不可补 is what cannot: docs/ARITHMETIC.md, 5)."""
    indicator = result.indicator
    if indicator.shape == "event" or not indicator.measure.can_be_made_up(indicator.target, scheme.layout):
        return False
    return item.period.per not in NATURAL or item.period.span.end >= report_date
