"""The lists behind the report: activities, evidence, how indicators are counted, tasks; and the numbers of the attachments."""

from __future__ import annotations

from datetime import date
from typing import Any

from wuhao_report.core.text import chinese_date, evidence_key
from wuhao_report.report.chinese_style import cell_text, clause, due_text, natural_order, numbered
from wuhao_report.report.tasks import sentence
from wuhao_report.report.tasks import tasks as open_tasks
from wuhao_report.report.words.basis.material import Material, Values, sheet_rows
from wuhao_report.report.words.deeds import told_deeds
from wuhao_report.report.words.plan import NOBODY, planned
from wuhao_report.scheme import model as s
from wuhao_report.scheme.describe import award_text, coefficient_text, grades_text

MOST_URGENT = 8
"""So many urgent tasks stand in the body; all of them are in the attachment."""


def attachments(material: Material) -> Values:
    """Return the values of the group 附件."""
    listed, earlier = _evidence_by_indicator(material)
    sheet = material.scheme.by_use.get("activities")
    headers = {"老同志": (sheet and sheet.role("elders")) or "参加人次", "青少年": (sheet and sheet.role("young")) or "惠及人次"}
    return {
        "活动栏目": headers,
        "活动表": _activities(material),
        "佐证表": _evidence(material),
        "佐证目录": listed,
        "未列佐证数": str(earlier),
        "口径表": definitions(material.scheme),
        "附口径": material.scheme.definitions_attached,
    }


def _counted_activities(material: Material) -> list[tuple[int, dict[str, Any]]]:
    """The activities of the phase up to the day that counts, in order of time, each with its Excel row."""
    sheet = material.scheme.by_use.get("activities")
    if sheet is None:
        return []
    rows = sheet_rows(material.submission, "activities", ("date", "title", "kind", "elders", "young", "evidence"))
    first, last = material.clock.phase.start, material.clock.as_of
    numbered_rows = zip(material.submission.table(sheet.name).rows.tolist(), rows, strict=True)
    counted = [(number, row) for number, row in numbered_rows if isinstance(row["date"], date) and first <= row["date"] <= last]
    return sorted(counted, key=lambda numbered: numbered[1]["date"])


def _activities(material: Material) -> list[Values]:
    sheet = material.scheme.by_use.get("activities")
    counted = _counted_activities(material)
    told = told_deeds(material, sheet.name, {row for row, _ in counted}) if sheet else {}
    return [
        {
            "序号": str(number),
            "日期": chinese_date(row["date"]),
            "名称": row["title"],
            "纪实": told.get(excel_row) or row["title"],
            "类别": row["kind"] or "—",
            "老同志": cell_text(row["elders"]),
            "青少年": cell_text(row["young"]),
            "佐证编号": material.evidence_text(row["evidence"] or ()),
        }
        for number, (excel_row, row) in enumerate(counted, 1)
    ]


def _evidence(material: Material) -> list[Values]:
    """The list of evidence as it stands in the workbook."""
    rows = sheet_rows(material.submission, "evidence", ("id", "title", "date", "pages", "file"))
    return [{"序号": str(number), **_piece(row)} for number, row in enumerate(rows, 1)]


def _piece(row: dict[str, Any]) -> Values:
    return {
        "编号": row["id"],
        "名称": row["title"],
        "日期": chinese_date(row["date"]) if row["date"] else "—",
        "页数": "—" if row["pages"] is None else str(row["pages"]),
        "文件": row["file"] or "—",
    }


def _evidence_by_indicator(material: Material) -> tuple[list[Values], int]:
    """The evidence by the first indicator that rests on it, then what no indicator rests on.

    Of the latter what is older than the phase is only counted: a workbook kept for years holds that of every phase.
    """
    rows = {
        evidence_key(row["id"]): row
        for row in sheet_rows(material.submission, "evidence", ("id", "title", "date", "pages", "file"))
        if row["id"]
    }
    found: list[Values] = []
    items = (item for head in material.assessment.heads for item in head.indicators)
    for item in sorted(items, key=lambda item: natural_order(item.indicator.id)):
        for key in map(evidence_key, sorted(item.evidence, key=natural_order)):
            if key in rows:
                found.append({"指标": f"{item.indicator.id}{item.indicator.title}", **_piece(rows.pop(key))})
    start = material.clock.phase.start
    rest = [row for row in rows.values() if row["date"] is None or row["date"] >= start]
    rest.sort(key=lambda row: natural_order(row["id"]))
    return [*found, *({"指标": "—", **_piece(row)} for row in rest)], len(rows) - len(rest)


def definitions(scheme: s.Scheme) -> list[Values]:
    """Return how the indicators are counted: the conventions, or in a scheme with points of its own all of them."""
    used = [item for item in scheme.indicators if item.convention or scheme.by_points]
    rows = [(f"{item.id}{item.title}", item.definition or _derived_definition(item)) for item in used]
    rows += [(item.title, coefficient_text(item)) for item in scheme.scoring.coefficients]
    if scheme.scoring.grades:
        rows.append(("等次", grades_text(scheme)))
    return [{"序号": str(number), "指标": title, "口径": text} for number, (title, text) in enumerate(rows, 1)]


def _derived_definition(item: s.Indicator) -> str:
    kind = {"score": "", "bonus": "加分项", "veto": "一票否决项"}[item.counts]
    return "；".join(part for part in (kind, clause(item.requirement), award_text(item)) if part) + "。"


def tasks(material: Material) -> Values:
    """Return the values of the group 下一阶段任务."""
    open_ones = open_tasks(material.submission, material.assessment)
    rows = [
        {
            "序号": str(number),
            "任务": clause(sentence(task, places=False)),
            "指标": task.result.indicator.title,
            "时限": due_text(task.due),
        }
        for number, task in enumerate(open_ones, 1)
    ]
    plan = planned(material, open_ones)
    urgent = [row for row, task in zip(rows, open_ones, strict=True) if task.urgent][:MOST_URGENT]
    return {
        "近期任务": numbered([{"任务": row["任务"], "时限": row["时限"]} for row in urgent]),
        "任务表": rows,
        "任务数": str(len(rows)),
        "任务有人": any(row["责任人"] != NOBODY for row in plan),
        "任务清单": [{"序号": str(number), **row} for number, row in enumerate(plan, 1)],
    }


def numbering(material: Material) -> Values:
    """Return the numbers of the attachments; an empty list has none, the list of tasks comes last where a template has it."""
    submission = material.submission
    has = {
        "活动": bool(_counted_activities(material)),
        "佐证": bool(submission.values(material.scheme.by_use["evidence"].name, None)),
    }
    numbers, last = {}, 0
    for name in ("一览", "活动", "佐证", "口径", "任务"):
        last += has.get(name, True)
        numbers[name] = str(last) if has.get(name, True) else ""
    return {"附件号": numbers}
