"""Problems and measures, the committee's own before the scheme's; of a mid-term report the gaps by whether they can still be made up."""

from __future__ import annotations

from wuhao_report.evaluation.assessment import makeable
from wuhao_report.evaluation.results import IndicatorResult, PeriodResult
from wuhao_report.report.chinese_style import clause, numbered
from wuhao_report.report.words.heads import problem_entry
from wuhao_report.report.words.material import Material, Values, measure_text

Gap = tuple[IndicatorResult, list[PeriodResult]]
"""An indicator or part, and its periods of one kind."""


def problems(material: Material) -> Values:
    """Return the values of the group 问题和整改措施."""
    lacking = [item for item in material.assessment.indicators if material.lacking(item)]
    entries = [_problem(material, item) for item in lacking]
    for row in material.rectification.others(item.indicator.id for item in lacking):
        entries.append({"说明": clause(row["problem"]), "措施": measure_text(row), "结果": "自查发现"})
    return {"问题": numbered(entries), "有问题": bool(entries)}


def _problem(material: Material, item: IndicatorResult) -> Values:
    entry = problem_entry(material, item)
    own = "；".join(clause(row["problem"]) for row in material.rectification.about(item.indicator))
    running = item.status in ("达标", "进行中")
    text = (material.sentences(item).so_far if running and item.open else "") + clause(entry["说明"])
    return {
        "说明": text + (f"（自查说明：{own}）" if own else ""),
        "措施": clause(_remedy(material, item)),
        "结果": entry["结果"],
    }


def _remedy(material: Material, item: IndicatorResult) -> str:
    """The committee's own measures, else the scheme's, by whether it can still be made up."""
    own = material.rectification.about(item.indicator)
    if own:
        return "；".join(measure_text(row) for row in own)
    return "；".join(dict.fromkeys(_remedy_of(material, leaf) for leaf in material.lacking(item)))


def _remedy_of(material: Material, item: IndicatorResult) -> str:
    unmet = [period for period in item.periods if period.met is not True]
    still = [period for period in unmet if makeable(material.scheme, item, period, material.clock.report_date)]
    blank = [period for period in still if period.met is None and period.finished]
    if blank and len(blank) == len(unmet):
        return _hand_in(item)
    return material.sentences(item).remedy(still or unmet, late=not still)


def _hand_in(item: IndicatorResult) -> str:
    return f"尽快补报{item.indicator.title}有关资料"


def gaps(material: Material) -> Values:
    """Return the values of the group 差距: 滞后 that can be made up, 已不可补, 资料暂缺, and the rows of the sheet that belong to none of them."""
    lists: dict[str, list[Values]] = {"可补": [], "不可补": [], "暂缺": []}
    behind = [item for item in material.assessment.indicators if item.status in ("未达标", "缺数据") or item.penalised]
    for item in behind:
        for name, entries in lists.items():
            parts = [(leaf, periods) for leaf in material.lacking(item) if (periods := _periods_of(material, leaf)[name])]
            if parts:
                entries.append(_gap(material, item, name, parts))
    others = [
        {"说明": clause(row["problem"]), "措施": measure_text(row)}
        for row in material.rectification.others(item.indicator.id for item in behind)
    ]
    return {name: numbered(entries) for name, entries in (*lists.items(), ("其他问题", others))}


def _periods_of(material: Material, leaf: IndicatorResult) -> dict[str, list[PeriodResult]]:
    """The finished periods of an indicator that are not met, by what can be done."""
    failed = [period for period in leaf.finished if period.met is False]
    still = [period for period in failed if makeable(material.scheme, leaf, period, material.clock.report_date)]
    return {
        "可补": still,
        "不可补": [period for period in failed if period not in still],
        "暂缺": [period for period in leaf.finished if period.met is None],
    }


def _gap(material: Material, item: IndicatorResult, name: str, parts: list[Gap]) -> Values:
    own = material.rectification.about(item.indicator)
    texts, measures = [], []
    for leaf, periods in parts:
        sentences = material.sentences(leaf)
        texts += [sentences.no_data([period.period for period in periods])] if name == "暂缺" else sentences.failures(periods)
        measures.append(_hand_in(leaf) if name == "暂缺" else sentences.remedy(periods, late=name == "不可补"))
    measure = "；".join(measure_text(row) for row in own) if own else "；".join(measures)
    return {
        "指标": item.indicator.title,
        "说明": clause("；".join(texts)),
        "措施": clause(measure),
        "原因": clause("；".join(clause(row["problem"]) for row in own)),
    }
