"""The heads of a report: counts, what was reached, what was not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from wuhao_report.core.numbers import score_text
from wuhao_report.evaluation.results import HeadResult, IndicatorResult
from wuhao_report.report.chinese_style import chinese_number, clause, quoted, run_on
from wuhao_report.report.wording.placeholder_texts import LEAD_END
from wuhao_report.report.wording.sentences import WAITING
from wuhao_report.report.words.basis.deed_rows import MOST_DEEDS
from wuhao_report.report.words.basis.findings import NOTHING, PARTLY, PROGRESS, counted, reached
from wuhao_report.report.words.basis.material import Material, Values
from wuhao_report.report.words.deeds import done

STILL_RUNNING = "本期尚未到期"
"""Said of what is reached so far and has a period still running."""
PENALISED = "有扣分事项"
"""Said of what is reached and loses points by a penalty."""
_SINCE = re.compile(r"^[^，。]*以来，")
MOST_NAMED = 4
"""So many of the reached are named by their titles where there is no room for what was achieved."""
MAIN_TELLING = 3
"""Achievements down to this rank make the first paragraph of a head, the others the second."""


def heads(material: Material, telling: int | None = None, deeds: int = MOST_DEEDS, table: bool = True) -> Values:
    """Return the values of the group 各方面: achievements ranked down to `telling` (None: all), and up to so many deeds of each.

    Without `table` the columns that would set the heads side by side are empty.
    """
    last = max(item.telling for item in material.scheme.indicators) if telling is None else telling
    words = counted(material.assessment.indicators, material.assessment.by_points, PROGRESS)
    dropped = any(item.indicator.telling > last and reached(item) for head in material.assessment.heads for item in head.required)
    told = _numbered([_head(material, head, words, last, deeds) for head in material.assessment.heads])
    return {"各方面": told, "有略去": dropped, "进展栏": list(words) if table else []}


def heads_chart(material: Material) -> Values:
    """Return how many indicators of each head apply and how many are met."""
    results = material.assessment.heads
    return {
        "类别": [head.head.title for head in results],
        "系列": [
            {"名称": "适用指标", "数": [sum(item.status != "不适用" for item in head.indicators) for head in results]},
            {"名称": "达标指标", "数": [sum(item.status == "达标" for item in head.indicators) for head in results]},
        ],
    }


def _numbered(heads: list[Values]) -> list[Values]:
    """Return the heads with their numbers; those of which nothing is told have none. The words of time stand once."""
    told = [head for head in heads if head["有内容"]]
    for number, head in enumerate(told, 1):
        head["序号"] = chinese_number(number)
    done = [head for head in heads if head["工作"]]
    for number, head in enumerate(done, 1):
        head["次序"] = f"{chinese_number(number)}是" if len(done) > 1 else ""
        head["阶段工作"] = head["工作"] if number == 1 else _SINCE.sub("", head["工作"])
    return heads


def _head(material: Material, head: HeadResult, words: Collection[str], telling: int, deeds: int) -> Values:
    """Return what is told of a head; `words` are those that occur in the whole report."""
    standing = material.standings.get(head.head.id)
    if standing is None:
        standing = material.standings[head.head.id] = _standing(material, head, words)
    met = [item for item in head.required if reached(item) and item.indicator.counts == "score"]
    work, achieved = done(material, head, deeds), _achievements(material, met, telling)
    return {
        **standing,
        "有内容": bool(work or achieved) or standing["有内容"],
        "工作": work,
        "阶段工作": work,
        "达标段": achieved,
    }


def _standing(material: Material, head: HeadResult, words: Collection[str]) -> Values:
    """Return what is told of a head however short the body has to be."""
    applicable = [item for item in head.required if item.status != "不适用"]
    met = sum(reached(item) and item.indicator.counts == "score" for item in applicable)
    unreached = [item for item in applicable if item.status != "达标" and (material.lacking(item) or not item.lacking)]
    partly = [item for item in applicable if item.status == "达标" and material.lacking(item)]
    counts = {word: sum(PROGRESS[item.status] == word for item in head.required) for word in PROGRESS.values()}
    own = counted(head.required, material.assessment.by_points, PROGRESS)
    missed = _missed(material, head, own)
    return {
        "序号": "",
        "次序": "",
        "标题": head.head.title,
        "有内容": bool(missed or own),
        "状态": head.status,
        "适用数": str(len(applicable)),
        "达标数": str(met),
        "未达标数": str(missed),
        "暂缺": _titles(material, [item for item in head.required if item.status == "缺数据"]),
        "问题": [problem_entry(material, item) for item in (*unreached, *partly)],
        "得分": score_text(head.score),
        "满分": score_text(head.full),
        "等次": head.grade or "",
        **{word: str(count) for word, count in counts.items()},
        "合计": str(len(head.required)),
        "各数": [str(own.get(word, 0)) for word in words],
        "计分": str(sum(own.values())),
    }


def _achievements(material: Material, met: list[IndicatorResult], telling: int) -> list[str]:
    """One or two paragraphs, the most telling first; where all is dropped for length, their titles."""
    ranked = sorted((item for item in met if item.indicator.telling <= telling), key=lambda item: item.indicator.telling)
    first = _sentences(material, (item for item in ranked if item.indicator.telling <= MAIN_TELLING))
    rest = _sentences(material, (item for item in ranked if item.indicator.telling > MAIN_TELLING))
    paragraphs = [paragraph for group in (first, rest) if (paragraph := run_on(group))]
    return paragraphs or ([f"{_titles(material, met)}{'均' if len(met) > 1 else ''}已达到要求。"] if met else [])


def _missed(material: Material, head: HeadResult, own: Mapping[str, int]) -> int:
    """How many indicators of a head are not reached; of a scheme with points, how many lose some."""
    if material.assessment.by_points:
        return own.get(PARTLY, 0) + own.get(NOTHING, 0)
    return sum(item.status == "未达标" for item in head.required if item.indicator.counts == "score")


def _titles(material: Material, results: list[IndicatorResult]) -> str:
    """甲、乙、丙等5项."""
    named = quoted("、".join(item.indicator.title for item in results[:MOST_NAMED]), material.scheme.quoted)
    return f"{named}等{len(results)}项" if len(results) > MOST_NAMED else named


def _sentences(material: Material, results: Iterable[IndicatorResult]) -> list[str]:
    """Clauses of what was reached; those that begin with the same words of time are said in one."""
    by_lead: dict[str, list[str]] = {}
    for item in results:
        lead, rest = material.sentences(item).met
        by_lead.setdefault(lead or f"{LEAD_END}{item.indicator.id}", []).append(clause(rest))
    return [("" if lead.startswith(LEAD_END) else lead) + "，".join(clauses) for lead, clauses in by_lead.items()]


def problem_entry(material: Material, item: IndicatorResult) -> Values:
    """Return what an indicator lacks, with the word for it in either kind of report."""
    lacking = material.lacking(item) or tuple(leaf for leaf in item.leaves if leaf.waits)
    missing = "；".join(text for leaf in lacking for text in material.sentences(leaf).unreached)
    waits = item.waits and not item.lacking
    exception = WAITING if waits else STILL_RUNNING if item.open else PENALISED
    apart = item.status == "达标" or waits
    return {
        "指标": item.indicator.title,
        "结果": exception if apart else material.finding(item),
        "进展": exception if apart else material.progress(item),
        "说明": missing or "尚未到评定期",
    }
