"""汇总报告.docx: an aggregate as the values of the names of its template, and the report made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Any

from wuhao_report.aggregate.outputs.data import pieces, rollup_data
from wuhao_report.aggregate.totals import Group, Moves, Rollup, Tally
from wuhao_report.core.numbers import number_text, percent_text, score_text
from wuhao_report.core.text import chinese_date
from wuhao_report.report.chinese_style import chinese_number, clause, numbered, title_lines
from wuhao_report.report.documents import UNDATED, Document, render_document

KIND = "汇总报告"
MOST_MISSED, MOST_NAMES, MOST_FAULTS, MOST_PARENTS = 8, 100, 100, 40
MOST_PLACES, MOST_FIRST = 200, 50
"""Up to so many committees all places are listed; of more, only the first ones."""


def report(rollup: Rollup) -> bytes:
    """Return the bytes of the report. Raises TemplateError."""
    return render_document(document(rollup))


def document(rollup: Rollup) -> Document:
    """Return the report before it is rendered; the newest 填报日期 among the workbooks is its day."""
    names = context(rollup)
    own = names["汇总"]
    digest = hashlib.sha256("".join(pieces(rollup_data(rollup, iter, committees=False))).encode()).hexdigest()
    return Document("aggregate report", f"{KIND}.docx", KIND, names, "".join(own["标题行"]), own["单位"], _last_day(rollup) or UNDATED,
                    {"wuhao.aggregate": digest})


def _last_day(rollup: Rollup) -> date | None:
    return max((group.totals.last_day for group in rollup.groups), default=None)


def _first(items: Iterable[Any], total: int, most: int) -> str:
    """The names of the first, and how many there are when those are not all."""
    names = list(islice(items, most))
    return "、".join(names) + (f"等{total}个单位" if total > len(names) else "")


def context(rollup: Rollup) -> dict[str, Any]:
    """All the names of 汇总, and the charts."""
    day = _last_day(rollup)
    unit = _office(rollup)
    groups = sorted(rollup.groups, key=lambda group: -group.totals.size)
    roster, files, lists = rollup.roster, rollup.files, rollup.lists
    faults = [(item.file, item.message) for item in islice(lists.failed(), MOST_FAULTS)]
    faults += [(item.file, "同一天另有一份内容不同的，未计入，请指定以哪一份为准") for item in islice(lists.ties(), MOST_FAULTS)]
    return {
        "汇总": {
            "单位": unit, "标题行": title_lines([unit, "创建工作汇总报告"] if not unit.startswith("【") else ["创建工作汇总报告"]),
            "成文日期": chinese_date(day) if day else "", "主送机关": "【待补：主送机关】", "有名单": roster is not None,
            "应报": str(len(roster.members)) if roster else "", "实报": str(len(rollup.received)), "计入": str(files.counted), "文件数": str(files.all),
            "未报": _first((member.unit for member in rollup.missing), len(rollup.missing), MOST_NAMES), "未报数": str(len(rollup.missing)), "迟报数": str(files.late),
            "迟报": _first((item.unit for item in lists.late()), files.late, MOST_NAMES),
            "待定": _first((member.unit for member in rollup.unsettled), len(rollup.unsettled), MOST_NAMES),
            "排除": "；".join(f"{member.unit}（{clause(why.reason)}）" for member, why in rollup.excluded),
            "名单外": _first((one.unit for one in lists.strangers()), files.strangers, MOST_NAMES),
            "各组": [_group(group, number, len(groups) > 1) for number, group in enumerate(groups, 1)],
            "问题文件": [{"序号": str(number), "文件": file, "说明": clause(text)} for number, (file, text) in enumerate(faults, 1)],
            "问题文件数": str(files.failed + files.ties), "问题文件未列": str(files.failed + files.ties - len(faults)) if files.failed + files.ties > len(faults) else "",
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


def _rate(value: Fraction | None) -> str:
    return "—" if value is None else percent_text(value)


def _group(group: Group, number: int, several: bool) -> dict[str, Any]:
    found = group.totals
    overall, moves = found.overall, found.moves
    missed = sorted((item for item in found.indicators if item.tally.lacking), key=lambda item: (-item.tally.lacking, item.id))[:MOST_MISSED]
    rows = islice(group.rows(), found.size if found.size <= MOST_PLACES else MOST_FIRST)
    return {
        "序号": chinese_number(number), "名称": f"{group.scheme_title}{group.stage}", "分列": several, "单位数": str(found.size), "达标数": str(overall.met),
        "未达标数": str(overall.counts["未达标"]), "进行中数": str(overall.counts["进行中"]), "达标率": _rate(overall.rate),
        "各方面": [{"标题": title, "适用数": str(own.asked), "达标数": str(own.met), "达标率": _rate(own.rate)} for _, title, own in found.heads],
        "各上级": _parents(found.parents),
        "失分": numbered([{"指标": item.title, "单位数": str(item.tally.lacking), "比例": percent_text(Fraction(item.tally.lacking, found.size))} for item in missed]),
        "有上次": moves is not None, "比上次": _moves(moves) if moves else "", "只列前几名": str(MOST_FIRST) if found.size > MOST_PLACES else "",
        "名次": [{"名次": "—" if row.place is None else str(row.place) + ("（并列）" if row.tied else ""), "单位": row.unit, "总评": row.found.grade or row.found.status,
                 "总分": score_text(row.found.score)} for row in rows],
        "指标": [{"编号": item.id, "指标": item.title, "达标": str(item.tally.met), "未达标": str(item.tally.counts["未达标"]), "缺数据": str(item.tally.counts["缺数据"]),
                 "达标率": _rate(item.tally.rate)} for item in found.indicators],
        "数据": _figures(group),
    }


def _parents(parents: Mapping[str, Tally]) -> list[dict[str, str]]:
    """Each committee above others, when there are several, and few enough to be read."""
    if not 1 < len(parents) <= MOST_PARENTS:
        return []
    return [{"名称": name or "（未注明）", "单位数": str(own.size), "达标数": str(own.met), "达标率": _rate(own.rate)}
            for name, own in sorted(parents.items(), key=lambda item: (not item[0], item[0]))]


def _moves(moves: Moves) -> str:
    """How the committees that have reported before stand against that, in one sentence, and what of it is not their work."""
    told = f"{moves.known}个单位有上次结果：达标率由{_rate(moves.before.rate)}变为{_rate(moves.now.rate)}，总分上升的{moves.up}个，下降的{moves.down}个"
    rules = f"；其中{moves.other_rules}个单位上次所用的方案与这次不同，升降不全是工作的变化" if moves.other_rules else "；所用方案没有变，升降是工作和资料的变化"
    return told + rules


def _figures(group: Group) -> Sequence[dict[str, str]]:
    """The last period of every figure that somebody has given."""
    found = []
    for item in group.totals.figures:
        known = [(label, total, count) for label, total, count in item.values if count]
        if known:
            label, total, count = known[-1]
            found.append({"名称": item.title, "时间": label, "数": number_text(total) + item.unit, "单位数": str(count)})
    return found


def _chart(group: Group) -> dict[str, Any]:
    return {"类别": [title for _, title, _ in group.totals.heads],
            "系列": [{"名称": "适用单位", "数": [found.asked for _, _, found in group.totals.heads]}, {"名称": "达标单位", "数": [found.met for _, _, found in group.totals.heads]}]}
