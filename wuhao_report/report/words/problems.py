"""Problems and measures, the committee's own before the scheme's; of a mid-term report the gaps by whether they can still be made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.evaluation.assessment import makeable
from wuhao_report.evaluation.results import HeadResult, IndicatorResult, PeriodResult
from wuhao_report.report.chinese_style import UNSETTLED, clause, numbered, own_paragraphs
from wuhao_report.report.words.basis.material import Material, Values, measure_text
from wuhao_report.report.words.heads import problem_entry

PUT_RIGHT, SETTLED = "已改正", "已落实"
"""The state of a shortfall of the past that has not come again, and the deadline of what is done."""
NO_LOSS = "（按计分规则不扣分）"
"""Said of a requirement not reached that costs no points, within the tolerance of its tiers."""
NOBODY = "—"
"""Who is to do what is put right already."""
DONE = "已完成"
"""The state of a measure that has been carried out."""
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


def problem_table(material: Material) -> Values:
    """Return the values of the group 问题表: computed shortfalls, those of the sheet 问题整改, and 存在不足, one row a cause, by head.

    What is not due yet is none of them, nor what is only not known; nor a bonus or a veto.
    """
    rows: list[Values] = []
    named: set[str] = set()
    for head in material.assessment.heads:
        for causes in _by_cause(material, head):
            ids = {item.indicator.id for item, _ in causes}
            named |= ids
            rows.append(_row_of(material, causes, [row for row in material.rectification.rows if row["indicator"] in ids]))
    rows += [_own_row(row) for row in material.rectification.others(named)]
    shortcomings = material.submission.texts.get(material.scheme.by_use["texts"].role("shortcomings") or "")
    rows += [_settled({"problem": text}) for text in own_paragraphs(shortcomings, "")] if shortcomings else []
    table = [{"序号": str(number), **row} for number, row in enumerate(rows, 1)]
    return {
        "问题表": table,
        "问题数": str(len(table)),
        "待定数": str(sum(UNSETTLED in row.values() for row in table)),
        "已改正数": str(sum(_is_mended(material, item) for item in material.assessment.with_status("未达标"))),
    }


def _is_put_right(material: Material, parts: Sequence[Gap]) -> bool:
    """Return whether what fell short is of the past and has not come again."""
    return bool(parts) and all(material.sentences(leaf).is_put_right(periods) for leaf, periods in parts)


def _is_mended(material: Material, item: IndicatorResult) -> bool:
    """Return whether nothing is left to be done about an indicator: the committee says so, or the periods since are met."""
    own = material.rectification.about(item.indicator)
    if own:
        return all(row["state"] == DONE for row in own)
    return _is_put_right(material, shortfalls(material, item))


def unsettled(material: Material, values: Values) -> tuple[Problem, ...]:
    """Return a warning where somebody is still to be named in the table of problems, or a day to be set."""
    sheet = material.scheme.by_use["mending"]
    if values.get("待定数", "0") == "0":
        return ()
    return (problem("mending-unsettled", At(sheet.name), sheet=sheet.name, count=values["待定数"]),)


def shortfalls(material: Material, item: IndicatorResult) -> list[Gap]:
    """Return the parts and penalties of an indicator that fall short in periods that are over."""
    if item.indicator.counts != "score":
        return []
    return [
        (leaf, periods)
        for leaf in material.lacking(item)
        if (periods := [period for period in leaf.finished if period.met is False])
    ]


def still_to_mend(material: Material, item: IndicatorResult) -> list[str]:
    """Return what has still to be mended of an indicator, in sentences: what falls short, and what there is no data for.

    What a period since has reached is put right: one that has only begun, or is not filled in, takes nothing back. A bonus asks nothing of anybody.
    """
    if item.indicator.counts == "bonus":
        return []
    if item.barred:
        return list(material.sentences(item).unreached)
    texts: list[str] = []
    for leaf in material.lacking(item):
        sentences = material.sentences(leaf)
        missed = [period for period in leaf.finished if period.met is False]
        since = [one.met for one in leaf.periods if missed and one.period.span.start > missed[-1].period.span.end]
        if missed and not any(since):
            texts += sentences.failures(missed)
        if blank := [period.period for period in leaf.finished if period.met is None]:
            texts.append(sentences.no_data(blank))
    return texts


def _by_cause(material: Material, head: HeadResult) -> list[list[tuple[IndicatorResult, list[Gap]]]]:
    """Return the shortfalls of a head; those that are mended by one thing stand together."""
    causes: dict[str, list[tuple[IndicatorResult, list[Gap]]]] = {}
    for item in head.indicators:
        if parts := shortfalls(material, item):
            causes.setdefault(item.indicator.mend or f"/{item.indicator.id}", []).append((item, parts))
    return list(causes.values())


def _row_of(material: Material, causes: list[tuple[IndicatorResult, list[Gap]]], own: Sequence[Mapping[str, Any]]) -> Values:
    """Return the row of shortfalls with one cause; what the committee says of it comes before what the scheme proposes."""
    texts, measures = [], []
    for _, parts in causes:
        for leaf, periods in parts:
            sentences = material.sentences(leaf)
            texts += sentences.failures(periods)
            still = [period for period in periods if makeable(material.scheme, leaf, period, material.clock.report_date)]
            measures.append(sentences.remedy(still or periods, late=not still))
    joined = {
        role: "；".join(dict.fromkeys(clause(row[role]) for row in own if row[role]))
        for role in ("cause", "measure", "person", "deadline", "state")
    }
    measure = joined["measure"] or "；".join(dict.fromkeys(clause(text) for text in measures))
    if not joined["state"] and all(_is_put_right(material, parts) for _, parts in causes):
        joined |= {"state": PUT_RIGHT, "deadline": joined["deadline"] or SETTLED, "person": joined["person"] or NOBODY}
    problem_text = clause("；".join(dict.fromkeys(texts)))
    if material.assessment.by_points and all(item.score is not None and item.score == item.full for item, _ in causes):
        problem_text += NO_LOSS
    return _settled({**joined, "problem": problem_text, "measure": measure})


def _own_row(row: Mapping[str, Any]) -> Values:
    return _settled({role: clause(str(value)) for role, value in row.items() if value})


def _settled(row: Mapping[str, str]) -> Values:
    """Return a row of the table; where somebody is to be named or a day to be set, 【待定】 stands."""
    done = row.get("state") == DONE
    return {
        "问题": clause(row["problem"]),
        "原因": row.get("cause") or UNSETTLED,
        "措施": row.get("measure") or UNSETTLED,
        "责任人": row.get("person") or UNSETTLED,
        "时限": row.get("deadline") or (SETTLED if done else UNSETTLED),
        "状态": row.get("state") or UNSETTLED,
    }


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
