"""汇总报告.docx: an aggregate as the values of the names of its template, and the report made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Any

from wuhao_report.aggregate.outputs.data import json_pieces, overview_data
from wuhao_report.aggregate.overview import Group, Overview
from wuhao_report.aggregate.roster.model import NO_CAMPAIGN
from wuhao_report.aggregate.rows import Row
from wuhao_report.aggregate.totals import Changes, IndicatorTotals, Tally, Totals
from wuhao_report.core.numbers import number_text, percent_text, score_text
from wuhao_report.core.text import chinese_date
from wuhao_report.evaluation.results import UNFILLED
from wuhao_report.report.chinese_style import chinese_number, clause, numbered, title_lines, todo
from wuhao_report.report.documents import UNDATED, Document
from wuhao_report.report.template.document_kinds import ROLLUP_REPORT
from wuhao_report.tools.verification.verify import AGGREGATE

TITLE = "基层关工委工作汇总报告"
OPENING = "现将各单位自查和评价情况汇总报告如下。"
FEW_NAMES = 20
"""Up to so many committees are named in the text; of more, all that are known stand in an attachment."""
MOST_MISSED, MOST_NAMES, MOST_FAULTS, MOST_PARENTS = 8, 100, 100, 40
MOST_PLACES, MOST_FIRST = 200, 50
"""Up to so many committees all places are listed; of more, only the first ones."""


def report(overview: Overview) -> Document:
    """Return the report before it is rendered; the newest 填报日期 among the workbooks is its day."""
    names = context(overview)
    own = names["汇总"]
    digest = hashlib.sha256("".join(json_pieces(overview_data(overview, iter, committees=False))).encode()).hexdigest()
    return Document(
        "report",
        f"{ROLLUP_REPORT.name}.docx",
        ROLLUP_REPORT,
        names,
        "".join(own["标题行"]),
        own["单位"],
        _last_day(overview) or UNDATED,
        {AGGREGATE: digest},
    )


def _last_day(overview: Overview) -> date | None:
    return max((group.totals.last_day for group in overview.groups), default=None)


def context(overview: Overview) -> dict[str, Any]:
    """Return the values of all the names of 汇总, and the charts."""
    groups = sorted(overview.groups, key=lambda group: -group.totals.size)
    return {
        "汇总": {
            **_heading(overview),
            **_roster(overview),
            **_faults(overview),
            "计入": str(overview.files.counted),
            "文件数": str(overview.files.all),
            "各组": [_group(group, number, len(groups) > 1) for number, group in enumerate(groups, 1)],
            **_names(overview, groups),
            "下一步": _next(overview, groups),
            "下一步章": chinese_number(len(groups) + 2),
        },
        "图表": {"汇总达标": _chart(groups[0]) if groups else {"类别": [], "系列": []}},
    }


def _heading(overview: Overview) -> dict[str, Any]:
    day, unit = _last_day(overview), _office(overview)
    campaign = overview.roster.campaign if overview.roster else NO_CAMPAIGN
    title = f"{campaign.name}汇总报告" if campaign.name else TITLE
    return {
        "单位": unit,
        "标题行": title_lines([title] if unit.startswith("【") else [unit, title]),
        "成文日期": chinese_date(day) if day else "",
        "主送机关": campaign.recipients or todo("主送机关"),
        "开头语": campaign.opening or OPENING,
    }


def _office(overview: Overview) -> str:
    """Return who issues the report: as the campaign says, or the one committee above all of the roster, or a placeholder."""
    if overview.roster and overview.roster.campaign.issuer:
        return overview.roster.campaign.issuer
    members = overview.roster.members if overview.roster else ()
    units = {member.unit for member in members}
    tops = {member.parent for member in members if member.parent and member.parent not in units}
    return tops.pop() if len(tops) == 1 else todo("单位名称")


def _roster(overview: Overview) -> dict[str, Any]:
    """Return who has sent, is late, missing, undecided, excluded, or not on the roster."""
    roster, files, lists = overview.roster, overview.files, overview.lists
    return {
        "有名单": roster is not None,
        "应报": str(len(overview.expected)) if roster else "",
        "实报": str(len(overview.received)),
        "未报": _first_names((member.unit for member in overview.missing), len(overview.missing)),
        "未报数": str(len(overview.missing)),
        "迟报数": str(files.late),
        "迟报": _first_names((item.unit for item in lists.late()), files.late),
        "待定": _first_names((member.unit for member in overview.undecided), len(overview.undecided)),
        "排除": "；".join(f"{member.unit}（{clause(exclusion.reason)}）" for member, exclusion in overview.excluded),
        "名单外": _first_names((item.unit for item in lists.unlisted()), files.unlisted),
    }


def _names(overview: Overview, groups: Sequence[Group]) -> dict[str, Any]:
    """Return who has not sent, was late, is not on the roster: in sentences where they are few, else in a list behind the report."""
    lists, files = overview.lists, overview.files
    kinds = [
        ("未报送", "未报送的单位", [member.unit for member in overview.missing], len(overview.missing)),
        ("迟报", "迟报的单位", [item.unit for item in islice(lists.late(), MOST_NAMES)], files.late),
        ("名单外", "不在名单上的单位", [item.unit for item in islice(lists.unlisted(), MOST_NAMES)], files.unlisted),
    ]
    if overview.roster is None:
        kinds = []
    failed = [item for group in groups for item in group.totals.not_passed]
    sentences, rows = [], []
    for kind, what, units, total in kinds:
        if 0 < total <= FEW_NAMES:
            sentences.append(f"{what}：{'、'.join(units)}。")
        elif total:
            sentences.append(f"{what}{total}个，名单见附件。")
            rows += [(kind, unit, "") for unit in units[:MOST_NAMES]]
    if files.not_asked:
        sentences.append(f"另有{files.not_asked}个文件是别的指标体系或者别的阶段的，不算这次报送，见汇总表。")
    if len(failed) > FEW_NAMES:
        rows += [("未达标", item.unit, "；".join(item.reasons)) for item in failed[:MOST_NAMES]]
    entries = [
        {"序号": str(number), "情况": kind, "单位": unit, "说明": text or "—"}
        for number, (kind, unit, text) in enumerate(rows, 1)
    ]
    return {"报送句": sentences, "单位名单": entries}


def _next(overview: Overview, groups: Sequence[Group]) -> list[str]:
    """Return what comes next: as the campaign says, else as it follows from what is missing."""
    said = overview.roster.campaign.next_steps if overview.roster else ()
    if said:
        return [clause(step) + "。" for step in said]
    steps = []
    if overview.missing:
        steps.append(f"督促未报送的{len(overview.missing)}个单位尽快报送")
    unfilled = sum(group.totals.overall.counts.get(UNFILLED, 0) for group in groups)
    if unfilled:
        steps.append(f"请没有填齐的{unfilled}个单位补齐各表后重新报送")
    failed = sum(group.totals.overall.counts["未达标"] for group in groups)
    if failed:
        steps.append(f"对没有达标的{failed}个单位逐一反馈，限期整改")
    missed = [item["指标"] for group in groups for item in _missed(group)[:2]]
    if missed:
        steps.append(f"针对{'、'.join(dict.fromkeys(missed))}等差距较多的方面加强指导")
    if overview.files.failed + overview.files.ties:
        steps.append("请文件有问题的单位改正后重新报送")
    return [f"{number}.{step}。" for number, step in enumerate(steps, 1)] if len(steps) > 1 else [f"{step}。" for step in steps]


def _first_names(items: Iterable[str], total: int) -> str:
    """Return the first names, and how many there are when those are not all."""
    names = list(islice(items, MOST_NAMES))
    return "、".join(names) + (f"等{total}个单位" if total > len(names) else "")


def _faults(overview: Overview) -> dict[str, Any]:
    """Return the first files that do not count because of a fault, and how many there are."""
    files, lists = overview.files, overview.lists
    faults = [(item.file, item.message) for item in islice(lists.failed(), MOST_FAULTS)]
    faults += [(item.file, "同一天另有一份内容不同的，未计入，请指定以哪一份为准") for item in islice(lists.ties(), MOST_FAULTS)]
    total = files.failed + files.ties
    return {
        "问题文件": [{"序号": str(number), "文件": file, "说明": clause(text)} for number, (file, text) in enumerate(faults, 1)],
        "问题文件数": str(total),
        "问题文件未列": str(total - len(faults)) if total > len(faults) else "",
    }


def _rate(value: Fraction | None) -> str:
    return "—" if value is None else percent_text(value)


def _group(group: Group, number: int, several: bool) -> dict[str, Any]:
    totals = group.totals
    overall, changes = totals.overall, totals.changes
    rows = islice(group.rows(), totals.size if totals.size <= MOST_PLACES else MOST_FIRST)
    return {
        "序号": chinese_number(number),
        "章": chinese_number(number + 1),
        "标题": f"{group.scheme_title}{group.stage}" if several else "评价结果",
        "名称": f"{group.scheme_title}{group.stage}",
        "按分值": totals.by_points,
        "结果句": _results(totals),
        "没有达标": _not_passed(totals),
        "没有达标数": str(overall.counts["未达标"]),
        "经验": [{"单位": deed.unit, "事例": deed.sentence} for deed in totals.deeds],
        "分列": several,
        "单位数": str(totals.size),
        "达标数": str(overall.met),
        "未达标数": str(overall.counts["未达标"]),
        "进行中数": str(overall.counts["进行中"]),
        "达标率": _rate(overall.rate),
        "各方面": [
            {
                **{"标题": title, "适用数": str(tally.asked), "达标数": str(tally.met), "达标率": _rate(tally.rate)},
                "得分率": _rate(Fraction(*totals.head_points[name]) if name in totals.head_points else None),
            }
            for name, title, tally in totals.heads
        ],
        "各上级": _parents(totals.parents),
        "失分": _missed(group),
        "有上次": changes is not None,
        "比上次": _changes(changes) if changes else "",
        "只列前几名": str(MOST_FIRST) if totals.size > MOST_PLACES else "",
        "名次": [_place(row) for row in rows],
        "指标": [_indicator(item) for item in totals.indicators],
        "数据": _figures(group),
    }


def _not_passed(totals: Totals) -> list[dict[str, Any]]:
    """Return who has not passed, and what is lacking; nobody where they are too many for the text."""
    if len(totals.not_passed) > FEW_NAMES:
        return []
    return numbered([{"单位": one.unit, "说明": clause("；".join(one.reasons)) or "见附件"} for one in totals.not_passed])


def _results(totals: Totals) -> str:
    """Return how many committees there are by status, those that occur, and the share of those that pass."""
    words = {"达标": "达标", "未达标": "未达标", "进行中": "尚在进行", UNFILLED: "没有填齐，暂不评价"}
    counts = [f"{word}{totals.overall.counts[status]}个" for status, word in words.items() if totals.overall.counts.get(status)]
    rate = totals.overall.rate
    end = f"，达标率{percent_text(rate)}" if rate is not None and totals.overall.met else ""
    return f"{totals.size}个单位中，{'，'.join(counts)}{end}。"


def _missed(group: Group) -> list[dict[str, Any]]:
    """Return the indicators that most committees miss; where the scheme gives points, those that cost most points."""
    if group.totals.by_points:
        lost = sorted((item for item in group.totals.indicators if item.lost > 0), key=lambda item: (-item.lost, item.id))
        missed = [(item, item.short) for item in lost[:MOST_MISSED]]
    else:
        counts = [(item, item.tally.counts["未达标"]) for item in group.totals.indicators]
        missed = sorted(((item, units) for item, units in counts if units), key=lambda pair: (-pair[1], pair[0].id))[:MOST_MISSED]
    return numbered(
        [
            {
                "指标": item.title,
                "单位数": str(units),
                "比例": percent_text(Fraction(units, group.totals.size)),
                "失分": number_text(item.lost) if group.totals.by_points else "",
                "原因": clause(item.cause),
            }
            for item, units in missed
        ]
    )


def _place(row: Row) -> dict[str, str]:
    place = "—" if row.place is None else str(row.place) + ("（并列）" if row.tied else "")
    points = score_text(row.record.score) if row.record.by_points else ""
    return {"名次": place, "单位": row.unit, "总评": row.record.grade or row.record.status, "总分": points}


def _indicator(item: IndicatorTotals) -> dict[str, str]:
    tally = item.tally
    return {
        "编号": item.id,
        "指标": item.title,
        "达标": str(tally.met),
        "未达标": str(tally.counts["未达标"]),
        "缺数据": str(tally.counts["缺数据"]),
        "达标率": _rate(tally.rate),
    }


def _parents(parents: Mapping[str, Tally]) -> list[dict[str, str]]:
    """Return each committee above others, when there are several, and few enough to be read."""
    if not 1 < len(parents) <= MOST_PARENTS:
        return []
    return [
        {"名称": name or "（未注明）", "单位数": str(tally.size), "达标数": str(tally.met), "达标率": _rate(tally.rate)}
        for name, tally in sorted(parents.items(), key=lambda item: (not item[0], item[0]))
    ]


def _changes(changes: Changes) -> str:
    """Return in one sentence how the committees with a last report stand against it, and what of that is not their work."""
    before, now = changes.before.rate, changes.now.rate
    rates = "" if before is None or now is None else f"达标率由{_rate(before)}变为{_rate(now)}，"
    if before == now:
        rates = f"达标率都是{_rate(now)}，" if now else ""
    moved = f"{changes.size}个单位有上次结果：{rates}总分上升的{changes.up}个，下降的{changes.down}个"
    rules = (
        f"；其中{changes.other_rules}个单位上次所用的方案与这次不同，升降不全是工作的变化"
        if changes.other_rules
        else "；所用方案没有变，升降是工作和资料的变化，或者有的时限已到"
    )
    return moved + rules


def _figures(group: Group) -> Sequence[dict[str, str]]:
    """Return every figure that some committee has given: its last period, all of them, and the whole where it adds up."""
    figures = []
    for item in group.totals.figures:
        known = [(label, total, count) for label, total, count in item.values if count]
        if known:
            label, total, count = known[-1]
            whole = sum((amount for _, amount, _ in known), Fraction(0)) if item.adds and len(known) > 1 else None
            figures.append(
                {
                    "名称": item.title,
                    "时间": label,
                    "数": number_text(total) + item.unit,
                    "单位数": str(count),
                    "各期": "；".join(
                        f"{period}{number_text(amount)}{item.unit}" + ("" if units == count else f"（{units}个单位）")
                        for period, amount, units in known
                    ),
                    "全程": "—" if whole is None else number_text(whole) + item.unit,
                }
            )
    return figures


def _chart(group: Group) -> dict[str, Any]:
    heads = group.totals.heads
    return {
        "类别": [title for _, title, _ in heads],
        "系列": [
            {"名称": "适用单位", "数": [tally.asked for _, _, tally in heads]},
            {"名称": "达标单位", "数": [tally.met for _, _, tally in heads]},
        ],
    }
