"""What goes back to each committee: 反馈意见书, its result, where it stands among its own kind, what is missing, what is asked; and 整改通知书.

A notice of rectification goes, where it is wanted, to each that does not reach something, or has no data for it.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from wuhao_report.aggregate.overview import Group, Overview
from wuhao_report.aggregate.records.model import IndicatorRecord
from wuhao_report.aggregate.roster.model import NO_CAMPAIGN, Campaign
from wuhao_report.aggregate.rows import Row
from wuhao_report.core.numbers import number_text
from wuhao_report.core.text import chinese_date
from wuhao_report.evaluation.results import UNFILLED
from wuhao_report.files.paths import safe_name
from wuhao_report.report.chinese_style import clause, numbered, title_lines, todo
from wuhao_report.report.documents import Document, render_document
from wuhao_report.report.template.document_kinds import FEEDBACK_LETTER, RECTIFICATION_NOTICE, DocumentKind

FEWEST_PEERS = 4
"""Of fewer committees of a kind nothing is said of where one of them stands: it would be known whose the other values are."""
MOST_GAPS = 30
MISSED, NO_DATA = "未达标", "缺数据"
NO_MATERIAL = "资料暂缺，请补齐后重新报送"
Values = Mapping[tuple[str, str, str], Sequence[float]]
"""What the committees of a kind are compared by, in order, by scheme, stage and kind."""


@dataclass(frozen=True)
class Letter:
    """A letter before it is rendered, and the committee above the one it goes to."""

    parent: str
    document: Document


def letters(overview: Overview, assessed: Mapping[str, str] = MappingProxyType({}), notices: bool = False) -> Iterator[Letter]:
    """Yield a letter for every committee that counts, group by group, and with `notices` a notice for each that has to mend something.

    `assessed` are sentences on the 考评, by the file of the committee.
    """
    for group in overview.groups:
        values = _values(group)
        for row in group.rows():
            own = notice_context(overview, row) if notices else None
            names = context(overview, group, row, values, assessed.get(row.record.file, ""), own is not None)
            yield _letter(row, FEEDBACK_LETTER, names, names["反馈"]["发文单位"])
            if own is not None:
                yield _letter(row, RECTIFICATION_NOTICE, own, own["整改"]["发文单位"])


def _letter(row: Row, kind: DocumentKind, names: Mapping[str, Any], author: str) -> Letter:
    title = f"{row.unit}{kind.name}"
    document = Document("feedback", safe_name(title, ".docx"), kind, names, title, author, row.record.report_date)
    return Letter(row.member.parent if row.member else "", document)


def render_letters(documents: Sequence[Document]) -> list[bytes]:
    """Return the bytes of several letters; raises TemplateError."""
    return [render_document(document) for document in documents]


def _key(group: Group, row: Row) -> tuple[str, str, str]:
    return group.scheme, group.stage, row.member.kind if row.member else ""


def _value(row: Row) -> float | None:
    """Return what a committee is compared by: its points, or how many indicators it reaches; None where it is not evaluated yet."""
    record = row.record
    if record.status == UNFILLED:
        return None
    if record.by_points:
        return None if record.score is None else float(record.score)
    return float(sum(item.status == "达标" for item in record.indicators))


def _values(group: Group) -> Values:
    values: dict[tuple[str, str, str], list[float]] = {}
    for row in group.rows():
        value = _value(row)
        if value is not None:
            values.setdefault(_key(group, row), []).append(value)
    return {key: sorted(own) for key, own in values.items()}


def context(
    overview: Overview, group: Group, row: Row, values: Values, assessed: str = "", notice: bool = False
) -> dict[str, Any]:
    """Return the values of the names of a letter; `notice`: a notice of rectification goes with it."""
    record = row.record
    campaign = _campaign(overview)
    gaps = [(item, text) for item in record.indicators if (item.status != NO_DATA or item.reason) and (text := _to_mend(item))]
    put_right = _put_right(row)
    lacking = [item.title for item in record.indicators if item.status == NO_DATA]
    return {
        "反馈": {
            "单位": row.unit,
            "标题行": title_lines([f"关于{row.unit}", f"{record.stage}情况的反馈意见"]),
            **_issued(row, campaign),
            "结果句": _result(row),
            "位置句": _standing(row, values.get(_key(group, row), ())),
            "变化句": _change(row),
            "考评句": assessed,
            "已评价": record.status != UNFILLED,
            "按分值": record.by_points,
            "各方面": [
                {
                    "标题": head.title,
                    "结果": head.status,
                    "得分": f"{number_text(head.score)}／{number_text(head.full)}"
                    if head.score is not None and head.full
                    else "—",
                }
                for head in record.heads
            ],
            "差距": numbered(
                [{"指标": item.title, "说明": clause(text), "原因": clause(item.cause)} for item, text in gaps[:MOST_GAPS]]
            ),
            "差距未列": str(len(gaps) - MOST_GAPS) if len(gaps) > MOST_GAPS else "",
            "资料暂缺": "、".join(lacking),
            "已改正": put_right,
            "要求": _asked(row, bool(gaps), bool(lacking), _mend_by(campaign), notice),
        }
    }


def _campaign(overview: Overview) -> Campaign:
    return overview.roster.campaign if overview.roster else NO_CAMPAIGN


def _issued(row: Row, campaign: Campaign) -> dict[str, str]:
    """Return who issues a letter, and when: what the campaign says, else the committee above; what nobody has said is marked."""
    above = (row.member.parent if row.member else "") or row.record.superior.rstrip("：:")
    return {
        "发文单位": campaign.issuer or above or todo("发文单位"),
        "成文日期": chinese_date(campaign.issued) if campaign.issued else todo("成文日期"),
    }


def _mend_by(campaign: Campaign) -> str:
    return chinese_date(campaign.mend_by) if campaign.mend_by else todo("整改时限")


def notice_context(overview: Overview, row: Row) -> dict[str, Any] | None:
    """Return the values of the names of a notice of rectification; None where there is nothing to mend, or no result yet.

    What was missed once and has been reached since cannot be mended any more: it is named apart.
    """
    record, campaign = row.record, _campaign(overview)
    faults = [(item, text) for item in record.indicators if (text := _to_mend(item))]
    if record.status == UNFILLED or not faults:
        return None
    lacking = sum(item.status == NO_DATA for item, _ in faults)
    parts = [f"{len(faults) - lacking}项没有达到要求"] if lacking < len(faults) else []
    parts += [f"{lacking}项资料暂缺、不能评价"] if lacking else []
    unmet = [(item, text) for item, text in faults if item.status != NO_DATA]
    return {
        "整改": {
            "单位": row.unit,
            "标题行": title_lines([f"关于{row.unit}", f"{record.stage}发现问题", "限期整改的通知"]),
            **_issued(row, campaign),
            "时限": _mend_by(campaign),
            "评价句": f"经对你单位{chinese_date(record.report_date)}填报的工作簿进行评价，{record.stage}的内容中有{'，'.join(parts)}。",
            "事项": [
                {"序号": str(number), "指标": item.title, "问题": clause(text), "原因": clause(item.cause) or "—"}
                for number, (item, text) in enumerate(unmet, 1)
            ],
            "有原因": any(item.cause for item, _ in unmet),
            "补报": "；".join(f"{item.title}（{clause(text)}）" for item, text in faults if item.status == NO_DATA),
            "已改正": _put_right(row),
        }
    }


def _to_mend(item: IndicatorRecord) -> str:
    """Return what has still to be mended of an indicator; results of an earlier version say only what was not reached.

    A rank is known only among peers and has no reason of its own: then it is told how far it is.
    """
    if item.mend is None:
        return item.reason or (NO_MATERIAL if item.status == NO_DATA else "")
    if item.place is not None and item.status == MISSED and not item.mend:
        return f"完成情况：{item.progress}"
    return item.mend


def _put_right(row: Row) -> str:
    """Return the titles of what was missed once and has been reached since."""
    return "、".join(item.title for item in row.record.indicators if item.reason and not _to_mend(item))


def _result(row: Row) -> str:
    record = row.record
    received = f"你单位{chinese_date(record.report_date)}填报的工作簿收悉"
    if record.status == UNFILLED:
        return f"{received}，有的表没有填，暂不评价。"
    points = (
        f"，得分{number_text(record.score)}分（满分{number_text(record.full)}分）"
        if record.by_points and record.score is not None
        else ""
    )
    late = "（报送时已超过规定日期）" if row.late else ""
    return f"{received}{late}。经对你单位{record.stage}情况进行评价，结果为“{record.grade or record.status}”{points}。"


def _standing(row: Row, values: Sequence[float]) -> str:
    """Return where a committee stands among its own kind: by the median and the middle half, not by an average."""
    value = _value(row)
    if value is None or len(values) < FEWEST_PEERS:
        return ""
    what, unit = ("得分", "分") if row.record.by_points else ("达到要求的指标", "项")
    place = 1 + sum(other > value for other in values)
    low, middle, high = (
        number_text(Fraction(str(round(one, 2)))) for one in statistics.quantiles(values, n=4, method="inclusive")
    )
    peers = f"{len(values)}个同类单位" if not (row.member and row.member.kind) else f"{len(values)}个{row.member.kind}"
    span = f"中间一半的单位在{low}至{high}{unit}之间" if low != high else f"中间一半的单位都是{low}{unit}"
    return f"在{peers}中，{what}居第{place}位；中位数为{middle}{unit}，{span}。"


def _change(row: Row) -> str:
    last = row.last
    if last is None or not last.status:
        return ""
    moved = "，".join(clause(change) for change in last.changes[:3])
    more = f"等{len(last.changes)}项" if len(last.changes) > 3 else ""
    return f"上一次（{last.stage}）的结果为“{last.status}”" + (
        f"，这次有变化的是：{moved}{more}。" if moved else "，各项结果没有变化。"
    )


def _asked(row: Row, gaps: bool, lacking: bool, by: str, notice: bool) -> list[str]:
    """Return what is asked of a committee, by when; how, stands in the notice, where one goes with the letter."""
    steps = []
    if gaps and notice:
        steps.append(f"对照上述差距认真整改，于{by}前完成，具体要求按限期整改的通知执行")
    elif gaps:
        steps.append(f"对照上述差距逐项制定整改措施，明确责任人，于{by}前完成，并报送整改情况")
    if lacking or row.record.status == UNFILLED:
        steps.append("补齐没有填的资料，重新报送工作簿")
    if row.record.errors:
        steps.append(f"工作簿里还有{row.record.errors}处错误，请双击“检查”，按提示改正后重新报送")
    if not steps:
        steps.append("目前各项指标都达到了要求，应予肯定，请继续做好工作，巩固已有成果")
    return [f"{number}.{step}。" for number, step in enumerate(steps, 1)] if len(steps) > 1 else [f"{step}。" for step in steps]
