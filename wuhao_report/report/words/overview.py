"""附件1: every indicator with its points, apportioned so that every column adds up to its printed total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from wuhao_report.core.numbers import apportion, half_up, number_text, score_text
from wuhao_report.evaluation.results import HeadResult, IndicatorResult
from wuhao_report.report.chinese_style import clause, in_lines, natural_order
from wuhao_report.report.wording.sentences import deductions
from wuhao_report.report.words.basis.material import Material, Values

ZERO = Fraction(0)


def overview(material: Material) -> Values:
    """Return the values of the group 指标一览表."""
    results = material.assessment.heads
    scored = [head for head in results if head.score is not None and head.full is not None]
    full = sum((head.full or ZERO for head in scored), ZERO)
    score = sum((head.score or ZERO for head in scored), ZERO)
    fulls = apportion([head.full or ZERO for head in scored], half_up(full, 2))
    scores = apportion([head.score or ZERO for head in scored], half_up(score, 2))
    points = {head.head.id: pair for head, pair in zip(scored, zip(fulls, scores, strict=True), strict=True)}
    return {
        "一览表": [_head(material, head, points.get(head.head.id)) for head in results],
        "合计行": _totals(material, full, score, bool(scored)),
    }


def _head(material: Material, head: HeadResult, points: tuple[Decimal, Decimal] | None) -> Values:
    """A head with its rows; `points` are its full mark and its score as they are printed."""
    items = [item for item in head.required if item.full is not None]
    fulls: Mapping[str, str] = {}
    scores: Mapping[str, str] = {}
    if points:
        fulls, scores = _printed_points(items, *points)
    return {
        "标题": head.head.title,
        "行": [_row(material, item, fulls, scores) for item in sorted(head.indicators, key=_by_id)],
        "分值": format(points[0], "f") if points else "—",
        "自评分": format(points[1], "f") if points else "—",
        "考评分": _assessed_sum(items),
    }


def _by_id(item: IndicatorResult) -> tuple[tuple[str, int], ...]:
    return natural_order(item.indicator.id)


def _printed_points(items: Sequence[IndicatorResult], full: Decimal, score: Decimal) -> tuple[dict[str, str], dict[str, str]]:
    """Full marks and scores of one head by indicator: both add up, and who has reached everything has all the points."""
    marks = apportion([item.score or ZERO for item in items], score)
    whole = [item.score == item.full for item in items]
    rest = [item.full or ZERO for item, all_of_it in zip(items, whole, strict=True) if not all_of_it]
    left = full - sum((mark for mark, all_of_it in zip(marks, whole, strict=True) if all_of_it), Decimal(0))
    parts = iter(apportion(rest, left))
    fulls = [mark if all_of_it else next(parts) for mark, all_of_it in zip(marks, whole, strict=True)]
    ids = [item.indicator.id for item in items]
    return (
        {name: format(value, "f") for name, value in zip(ids, fulls, strict=True)},
        {name: format(value, "f") for name, value in zip(ids, marks, strict=True)},
    )


def _row(material: Material, item: IndicatorResult, fulls: Mapping[str, str], scores: Mapping[str, str]) -> Values:
    indicator = item.indicator
    full, score = fulls.get(indicator.id, "—"), scores.get(indicator.id, "—")
    if indicator.counts == "bonus":
        full, score = "加分", f"+{score_text(item.bonus or ZERO)}"
    elif indicator.counts == "veto":
        full = "否决项"
    return {
        "序号": indicator.id,
        "指标": indicator.title,
        "要求": indicator.requirement,
        "完成情况": material.sentences(item).progress(),
        "结果": material.finding(item),
        "进展": material.progress(item),
        "分值": full,
        "自评分": score,
        "考评分": score_text(item.assessed_score) if item.assessed_score is not None else "",
        "扣分理由": _reasons(material, item),
        "佐证编号": (proofs := material.evidence_text(item.evidence)),
        "佐证行": in_lines(proofs),
    }


def _reasons(material: Material, item: IndicatorResult) -> str:
    """Why points were lost: as computed, then what the assessor says."""
    reasons = (
        [entry.text for entry in deductions(material.scheme, material.assessment, item)] if material.scheme.by_points else []
    )
    if item.assessed and item.assessed.score is not None and item.assessed.reason:
        reasons.append(f"考评：{clause(item.assessed.reason)}")
    return "；".join(reasons)


def _totals(material: Material, full: Fraction, score: Fraction, scored: bool) -> list[Values]:
    """The rows below the heads: the sum, then what becomes of it: the scale, the factor, the bonus apart."""
    assessment, whole = material.assessment, material.scheme.full
    items = [item for item in assessment.indicators if item.full is not None]
    rows = [_total("合计", score_text(full) if scored else "—", score_text(score) if scored else "—", _assessed_sum(items))]
    if full and full != whole:
        assessed = "" if assessment.assessed is None else score_text(assessment.assessed)
        rows.append(_total(f"折算为{number_text(whole)}分", score_text(whole), score_text(score * whole / full), assessed))
    if scored and assessment.factor is not None:
        factor = assessment.factor
        rows.append(
            _total(
                f"{factor.coefficient.title}（{number_text(factor.factor)}）后总分",
                score_text(whole),
                score_text(assessment.score),
            )
        )
    if assessment.bonus is not None:
        rows.append(_total("加分（在总分之外）", "—", f"+{score_text(assessment.bonus)}"))
    return rows


def _total(name: str, full: str, score: str, assessed: str = "") -> Values:
    return {"名称": name, "分值": full, "自评分": score, "考评分": assessed}


def _assessed_sum(items: Sequence[IndicatorResult]) -> str:
    """The sum of the assessor's scores of the indicators that are scored; nothing until all of them have one."""
    given = [item.assessed_score for item in items if item.assessed_score is not None]
    return score_text(sum(given, ZERO)) if items and len(given) == len(items) else ""


def points(material: Material) -> Values:
    """Return the values of the group 计分和等次: score, grade, bonus, factor, what bars, the assessor's total."""
    assessment, factor = material.assessment, material.assessment.factor
    bonuses = [
        {"指标": item.indicator.title, "说明": clause("".join(material.sentences(item).met)), "加分": number_text(item.bonus)}
        for item in assessment.bonuses
        if item.bonus
    ]
    due = sum(item.indicator.counts == "score" and item.status != "不适用" for item in assessment.indicators)
    return {
        "自定分值": assessment.by_points,
        "满分": number_text(material.scheme.full),
        "总分": number_text(assessment.score)
        if assessment.by_points and assessment.score is not None and not assessment.unfilled
        else "",
        "等次": "" if assessment.unfilled else assessment.grade or "",
        "加分项": bonuses,
        "加分": number_text(assessment.bonus) if assessment.bonus else "",
        "否决": [clause("；".join(material.sentences(item).unreached)) for item in assessment.barred],
        "待评": "、".join(item.indicator.title for item in assessment.indicators if item.waits),
        "系数说明": "" if factor is None or factor.factor == 1 else f"{factor.coefficient.title}{number_text(factor.factor)}",
        "考评等次": assessment.assessed_grade or "",
        "应计分数": str(due),
        "考评总分": score_text(assessment.assessed) if assessment.assessed is not None else "",
    }


OF_POINTS = ("参考得分", "计分数", "计分说明", "考评总分", "考评等次")
OF_ROWS = ("分值", "自评分", "考评分", "扣分理由")
NAMES_OF_POINTS = (*OF_POINTS, "自评分", "考评分", "扣分理由", "得分", "合计行")
"""The names of a template that print nothing where the scheme gives no points."""


def without_points(values: Values) -> Values:
    """Return the values of a report without the points of the convention: they stay in the JSON, on the screen and in tables."""
    heads = [{**head, "得分": "", "满分": ""} for head in values["各方面"]]
    table = [
        {**head, **dict.fromkeys(OF_ROWS[:3], ""), "行": [{**row, **dict.fromkeys(OF_ROWS, "")} for row in head["行"]]}
        for head in values["一览表"]
    ]
    return {**values, **dict.fromkeys(OF_POINTS, ""), "有得分": False, "各方面": heads, "一览表": table, "合计行": []}
