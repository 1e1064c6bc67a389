"""汇总报告.docx: an aggregate as the values of the names of its template, and the report made of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from wuhao_report import __version__
from wuhao_report.cells import chinese_date
from wuhao_report.official import chinese_number, clause, numbered, title_lines
from wuhao_report.render import load_template, render
from wuhao_report.report import template_path
from wuhao_report.results import TOOL
from wuhao_report.rollup import Group, Rollup
from wuhao_report.rollup_data import rollup_data
from wuhao_report.values import number_text, percent_text, score_text

KIND = "汇总报告"
MOST_MISSED, MOST_FIRST = 8, 10


def report(rollup: Rollup) -> bytes:
    """The bytes of the report; the newest 填报日期 among the workbooks is its day.

    Raises TemplateError.
    """
    names = context(rollup)
    own = names["汇总"]
    digest = hashlib.sha256(json.dumps(rollup_data(rollup), ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    day = last_day(rollup)
    moment = f"{day.isoformat() if day else '2020-01-01'}T00:00:00Z"
    properties = {"wuhao.aggregate": digest, "wuhao.tool": f"{TOOL} {__version__}"}
    return render(load_template(template_path(KIND)), names, properties, "".join(own["标题行"]), own["单位"], moment)


def last_day(rollup: Rollup) -> date | None:
    return max((row.found.report_date for row in rollup.rows), default=None)


def context(rollup: Rollup) -> dict[str, Any]:
    """All the names of 汇总, and the charts."""
    day = last_day(rollup)
    unit = _office(rollup)
    groups = sorted(rollup.groups, key=lambda group: -len(group.rows))
    late = [row for row in rollup.rows if row.late]
    roster = rollup.roster
    faults = [(item.workbook.as_posix(), item.message) for item in rollup.failed]
    faults += [(item.found.file, "同一天另有一份内容不同的，未计入，请指定以哪一份为准") for item in rollup.ties]
    return {
        "汇总": {
            "单位": unit, "标题行": title_lines([unit, "创建工作汇总报告"] if not unit.startswith("【") else ["创建工作汇总报告"]),
            "成文日期": chinese_date(day) if day else "", "主送机关": "【待补：主送机关】", "有名单": roster is not None,
            "应报": str(len(roster.members)) if roster else "", "实报": str(len(rollup.received)), "计入": str(len(rollup.rows)), "文件数": str(rollup.files),
            "未报": _units(member.unit for member in rollup.missing), "未报数": str(len(rollup.missing)), "迟报数": str(len(late)),
            "迟报": _units(row.unit for row in late), "待定": _units(member.unit for member in rollup.unsettled),
            "排除": "；".join(f"{member.unit}（{clause(why.reason)}）" for member, why in rollup.excluded),
            "名单外": _units(one.unit for one, _ in rollup.strangers),
            "各组": [_group(group, number, len(groups) > 1) for number, group in enumerate(groups, 1)],
            "问题文件": [{"序号": str(number), "文件": file, "说明": clause(text)} for number, (file, text) in enumerate(faults, 1)],
        },
        "图表": {"汇总达标": _chart(groups[0]) if groups else {"类别": [], "系列": []}},
    }


def _office(rollup: Rollup) -> str:
    """The one committee above all of the roster, where there is one."""
    if rollup.roster is None:
        return "【待补：单位名称】"
    units = {member.unit for member in rollup.roster.members}
    tops = {member.parent for member in rollup.roster.members if member.parent and member.parent not in units}
    return tops.pop() if len(tops) == 1 else "【待补：单位名称】"


def _units(names: Any) -> str:
    return "、".join(names)


def _rate(value: Fraction | None) -> str:
    return "—" if value is None else percent_text(value)


def _group(group: Group, number: int, several: bool) -> dict[str, Any]:
    overall = group.overall
    missed = sorted((item for item in group.indicators if item.losers), key=lambda item: (-len(item.losers), item.id))[:MOST_MISSED]
    return {
        "序号": chinese_number(number), "名称": f"{group.scheme_title}{group.stage}", "分列": several, "单位数": str(len(group.rows)), "达标数": str(overall.met),
        "未达标数": str(overall.counts["未达标"]), "进行中数": str(overall.counts["进行中"]), "达标率": _rate(overall.rate),
        "各方面": [{"标题": title, "适用数": str(found.asked), "达标数": str(found.met), "达标率": _rate(found.rate)} for _, title, found in group.heads],
        "失分": numbered([{"指标": item.title, "单位数": str(len(item.losers)), "比例": percent_text(Fraction(len(item.losers), len(group.rows)))} for item in missed]),
        "名次": [{"名次": "—" if row.place is None else str(row.place) + ("（并列）" if row.tied else ""), "单位": row.unit, "总评": row.found.grade or row.found.status,
                 "总分": score_text(row.found.score)} for row in group.rows],
        "指标": [{"编号": item.id, "指标": item.title, "达标": str(item.tally.met), "未达标": str(item.tally.counts["未达标"]), "缺数据": str(item.tally.counts["缺数据"]),
                 "达标率": _rate(item.tally.rate)} for item in group.indicators],
        "数据": _figures(group),
    }


def _figures(group: Group) -> Sequence[dict[str, str]]:
    """The last period of every figure that somebody has given."""
    found = []
    for item in group.figures:
        known = [(label, total, count) for label, total, count in item.values if count]
        if known:
            label, total, count = known[-1]
            found.append({"名称": item.title, "时间": label, "数": number_text(total) + item.unit, "单位数": str(count)})
    return found


def _chart(group: Group) -> dict[str, Any]:
    return {"类别": [title for _, title, _ in group.heads],
            "系列": [{"名称": "适用单位", "数": [found.asked for _, _, found in group.heads]}, {"名称": "达标单位", "数": [found.met for _, _, found in group.heads]}]}
