"""Title, unit and days of a report; its counts and how far it has come."""

from __future__ import annotations

import re
from fractions import Fraction

from wuhao_report.core.numbers import number_text, percent_text, printed_percent, score_text
from wuhao_report.core.periods import Span
from wuhao_report.core.text import chinese_date
from wuhao_report.evaluation.results import UNFILLED, Assessment
from wuhao_report.report.chinese_style import clause, joined_with_and, title_lines, todo
from wuhao_report.report.words.basis.findings import FINDINGS, PROGRESS, SAID, counted
from wuhao_report.report.words.basis.material import Material, Values
from wuhao_report.scheme.placeholders import fill


def heading(material: Material) -> Values:
    """Return the values of the group 标题、单位和时间."""
    submission, scheme, clock = material.submission, material.scheme, material.clock
    stage, phase = material.assessment.stage, material.assessment.phase
    unit = submission.profile_role("unit") or todo("单位名称")
    superior = submission.profile_role("superior") or todo("主送机关")
    name = stage.report if clock.in_time else "进度自查报告"
    parts = [fill(part, {"单位名称": unit, "报告名称": name}) for part in scheme.spoken(scheme.report_title).split("|")]
    basis = submission.profile_role("basis")
    return {
        "单位名称": unit,
        "工作簿": submission.file,
        "主送机关": superior.rstrip("：:"),
        "自称": scheme.self_name,
        "标题": "".join(parts),
        "标题行": title_lines(parts),
        "报告名称": name,
        "阶段": stage.title,
        "阶段名": phase.title.removesuffix("年度"),
        "起始日": chinese_date(phase.span.start),
        "期末日": chinese_date(phase.span.end),
        "截至日": chinese_date(clock.as_of),
        "成文日期": chinese_date(clock.report_date),
        "进度自查": not clock.in_time,
        "依据": clause(re.sub(r"\s*\n\s*", "、", basis)) if basis else scheme.spoken(joined_with_and(scheme.basis)),
        "创建名称": scheme.campaign,
        "计分说明": scheme.scoring_note,
        "方案说明": scheme.note,
    }


def counts(material: Material) -> Values:
    """Return the values of the group 总评、各项个数和进度."""
    assessment, phase = material.assessment, material.clock.phase
    number = {status: len(assessment.with_status(status)) for status in FINDINGS}  # type: ignore[arg-type]
    days = Span(phase.start, material.clock.as_of).days
    elapsed = Fraction(days, phase.days)
    reached = Fraction(number["达标"], assessment.applicable) if assessment.applicable else Fraction(0)
    ahead = printed_percent(reached) - printed_percent(elapsed)
    return {
        "总评": UNFILLED if assessment.unfilled else assessment.status,
        "未填表": "、".join(assessment.unfilled),
        "指标总数": str(len(assessment.indicators)),
        "适用数": str(assessment.applicable),
        "达标数": str(number["达标"]),
        "未达标数": str(number["未达标"]),
        "暂缺数": str(number["缺数据"]),
        "进行中数": str(number["进行中"]),
        "不适用数": str(number["不适用"]),
        "达标率": percent_text(reached),
        "参考得分": score_text(assessment.score),
        "有得分": assessment.score is not None and not assessment.unfilled,
        "计分数": str(assessment.scored),
        "计分过半": 2 * assessment.scored >= assessment.applicable,
        "进度差": f"{number_text(abs(ahead))}个百分点",
        "进度领先": reached >= elapsed,
        "时间进度": percent_text(elapsed),
        "已过天数": str(days),
        "全程天数": str(phase.days),
        "各结果": _counted(assessment, FINDINGS),
        "各进展": _counted(assessment, PROGRESS),
        "按等次": bool(assessment.grade) and not assessment.unfilled,
    }


def _counted(assessment: Assessment, words: dict[str, str]) -> list[Values]:
    """Return how many applicable indicators have each word, those that occur."""
    found = counted(assessment.indicators, assessment.by_points, words)
    return [{"名称": word, "数": str(number), "说法": SAID[word]} for word, number in found.items() if word in SAID]
