"""An outcome as the plain data of the JSON that other programs read; keys are a contract."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from wuhao_report import __version__
from wuhao_report.core.problems import Problem, problems_data
from wuhao_report.evaluation.check import Outcome
from wuhao_report.evaluation.results import Assessment, HeadResult, IndicatorResult, PeriodResult
from wuhao_report.measures.target import Target
from wuhao_report.report.tasks import gaps_data
from wuhao_report.report.wording.sentences import deductions
from wuhao_report.scheme import model as s

TOOL = "wuhao-report"


def number(value: Fraction | bool | None) -> int | float | bool | None:
    """The exact value as JSON has it: a whole number, or the double nearest to it."""
    if value is None or isinstance(value, bool):
        return value
    return value.numerator if value.denominator == 1 else value.numerator / value.denominator


def _period(result: PeriodResult, target: Target) -> dict[str, Any]:
    span = result.period.span
    return {
        "label": result.period.label,
        "start": span.start.isoformat(),
        "end": span.end.isoformat(),
        "finished": result.finished,
        "value": number(result.reading.value),
        "target": {"op": target.op, "value": number(target.value)},
        "met": result.met,
    }


def _indicator(result: IndicatorResult, assessment: Assessment, scheme: s.Scheme) -> dict[str, Any]:
    """An indicator; the keys after `evidence` stand only where a scheme gives its own points (docs/方案文件.md)."""
    indicator = result.indicator
    data: dict[str, Any] = {
        "id": indicator.id,
        "title": indicator.title,
        "status": result.status,
        "score": number(result.score),
        "full": number(result.full),
        "periods": [_period(item, indicator.target) for item in result.periods],
        "evidence": list(result.evidence),
    }
    if result.parts:
        data["parts"] = [_indicator(part, assessment, scheme) for part in result.parts]
    if scheme.by_points and result.full is not None:
        data["deductions"] = [
            {"points": number(item.points), "reason": item.text, "item": item.item}
            for item in deductions(scheme, assessment, result)
        ]
    if indicator.counts == "bonus":
        data["bonus"] = number(result.bonus)
    if indicator.counts == "veto":
        data["veto"] = result.barred
    if result.among:
        last = result.among[-1].reading
        data["rank"] = {"among": number(last.among)} | ({} if last.value is None else {"place": number(last.value)})
    entry = result.assessed
    if entry is not None and entry.score is not None:
        data["assessed"] = {"score": number(entry.score), "reason": entry.reason or None}
    return data


def _head(result: HeadResult, assessment: Assessment, scheme: s.Scheme) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": result.head.id,
        "title": result.head.title,
        "status": result.status,
        "score": number(result.score),
        "full": number(result.full),
        "indicators": [_indicator(item, assessment, scheme) for item in result.required],
    }
    if result.bonuses:
        data["bonuses"] = [_indicator(item, assessment, scheme) for item in result.bonuses]
    if result.grade is not None:
        data["grade"] = result.grade
    return data


def _points_of_the_whole(assessment: Assessment) -> dict[str, Any]:
    """What a scheme with points of its own adds to the total."""
    data: dict[str, Any] = {}
    if assessment.bonus is not None:
        data["bonus"] = number(assessment.bonus)
    if assessment.grade is not None:
        data["grade"] = assessment.grade
    if assessment.factor is not None:
        data["coefficient"] = {
            "id": assessment.factor.coefficient.id,
            "value": number(assessment.factor.value),
            "factor": number(assessment.factor.factor),
        }
    if assessment.by_points:
        data["veto"] = [item.indicator.id for item in assessment.barred]
    if assessment.assessed is not None:
        data["assessed"] = number(assessment.assessed)
    if assessment.assessed_grade is not None:
        data["assessed_grade"] = assessment.assessed_grade
    return data


def stage_data(stage: s.Stage, phase: s.Phase) -> dict[str, Any]:
    """Return a stage and its phase as plain data."""
    return {
        "title": stage.title,
        "report": stage.report,
        "phase": {"title": phase.title, "start": phase.span.start.isoformat(), "end": phase.span.end.isoformat()},
        "opens": stage.opens.isoformat(),
        "through": stage.through.isoformat(),
    }


def check_data(
    file: str | None,
    sha256: str | None,
    scheme: s.Scheme | None,
    unit: str | None,
    assessment: Assessment | None,
    problems: Iterable[Problem],
) -> dict[str, Any]:
    """What `wuhao check --json` prints, assessed or not."""
    clock = assessment.clock if assessment else None
    return {
        "tool": {"name": TOOL, "version": __version__},
        "workbook": {"file": file, "sha256": sha256},
        "scheme": None
        if scheme is None
        else {"id": scheme.id, "version": scheme.version, "title": scheme.title, "start_year": scheme.start_year},
        "unit": unit,
        "stage": stage_data(assessment.stage, assessment.phase) if assessment else None,
        "as_of": clock.as_of.isoformat() if clock else None,
        "judged_to": clock.judged_to.isoformat() if clock else None,
        "in_time": clock.in_time if clock else None,
        "status": assessment.status if assessment else None,
        "score": number(assessment.score) if assessment else None,
        "scored": assessment.scored if assessment else None,
        "applicable": assessment.applicable if assessment else None,
        **(_points_of_the_whole(assessment) if assessment else {}),
        "unfilled": list(assessment.unfilled) if assessment else [],
        "goods": [_head(head, assessment, scheme) for head in assessment.heads] if assessment and scheme else [],
        "gaps": [],
        "problems": problems_data(problems),
    }


def outcome_data(outcome: Outcome) -> dict[str, Any]:
    """Return the plain data of `wuhao check --json`: the results, the problems, and what is still to be done."""
    data = results_data(outcome)
    if outcome.submission and outcome.assessment:
        data["gaps"] = gaps_data(outcome.submission, outcome.assessment)
    return data


def results_data(outcome: Outcome) -> dict[str, Any]:
    """Return the same without the list of what is still to be done."""
    return check_data(outcome.file, outcome.sha256, outcome.scheme, outcome.unit, outcome.assessment, outcome.problems)
