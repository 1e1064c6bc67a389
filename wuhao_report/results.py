"""An outcome as the plain data of the JSON that other programs read; keys are a contract."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from wuhao_report import __version__
from wuhao_report import scheme as s
from wuhao_report.assessment import Assessment, HeadResult, IndicatorResult, PeriodResult
from wuhao_report.problems import Problem

TOOL = "wuhao-report"


def number(value: Fraction | bool | None) -> int | float | bool | None:
    """The exact value as JSON has it: a whole number, or the double nearest to it."""
    if value is None or isinstance(value, bool):
        return value
    return int(value) if value.denominator == 1 else float(value)


def problem_data(problem: Problem) -> dict[str, Any]:
    return {
        "level": problem.level, "code": problem.code, "sheet": problem.at.sheet, "cell": problem.at.cell,
        "value": problem.value, "message": problem.message, "hint": problem.hint,
    }


def problems_data(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [problem_data(item) for item in problems]


def _period(result: PeriodResult, target: s.Target) -> dict[str, Any]:
    span = result.period.span
    return {
        "label": result.period.label, "start": span.start.isoformat(), "end": span.end.isoformat(),
        "finished": result.finished, "value": number(result.reading.value),
        "target": {"op": target.op, "value": number(target.value)}, "met": result.met,
    }


def _indicator(result: IndicatorResult) -> dict[str, Any]:
    indicator = result.indicator
    return {
        "id": indicator.id, "title": indicator.title, "status": result.status,
        "score": number(result.score), "full": number(result.full),
        "periods": [_period(item, indicator.target) for item in result.periods],
        "evidence": list(result.evidence),
    }


def _head(result: HeadResult) -> dict[str, Any]:
    return {
        "id": result.head.id, "title": result.head.title, "status": result.status,
        "score": number(result.score), "full": number(result.full),
        "indicators": [_indicator(item) for item in result.indicators],
    }


def stage_data(stage: s.Stage, phase: s.Phase) -> dict[str, Any]:
    return {
        "title": stage.title, "report": stage.report,
        "phase": {"title": phase.title, "start": phase.span.start.isoformat(), "end": phase.span.end.isoformat()},
        "opens": stage.opens.isoformat(), "through": stage.through.isoformat(),
    }


def check_data(
    file: str | None, sha256: str | None, scheme: s.Scheme | None, unit: str | None,
    assessment: Assessment | None, problems: Iterable[Problem],
) -> dict[str, Any]:
    """What `wuhao check --json` prints, assessed or not."""
    clock = assessment.clock if assessment else None
    return {
        "tool": {"name": TOOL, "version": __version__},
        "workbook": {"file": file, "sha256": sha256},
        "scheme": None if scheme is None else {
            "id": scheme.id, "version": scheme.version, "title": scheme.title, "start_year": scheme.start_year},
        "unit": unit,
        "stage": stage_data(assessment.stage, assessment.phase) if assessment else None,
        "as_of": clock.as_of.isoformat() if clock else None,
        "judged_to": clock.judged_to.isoformat() if clock else None,
        "in_time": clock.in_time if clock else None,
        "status": assessment.status if assessment else None,
        "score": number(assessment.score) if assessment else None,
        "scored": assessment.scored if assessment else None,
        "applicable": assessment.applicable if assessment else None,
        "goods": [_head(head) for head in assessment.heads] if assessment else [],
        "problems": problems_data(problems),
    }
