"""总表: a committee a row."""

from __future__ import annotations

from wuhao_report.aggregate.outputs.table.sheets import PAGES, Columns, Sheet, SheetWriter, Value
from wuhao_report.aggregate.overview import Group
from wuhao_report.aggregate.rows import Row

LAST_REPORT: Columns = (("上次总评", 9, "text"), ("上次总分", 9, "number"), ("升降", 8, "number"))


def open_committees(writer: SheetWriter, group: Group, title: str, about: str) -> Sheet:
    """Open 总表 of a group, with the columns that its committees have."""
    totals = group.totals
    bonus: Columns = [("加分", 8, "number")] if totals.bonus else []
    grades: Columns = [("等次", 9, "text")] if totals.grades else []
    why: Columns = [("为什么变了", 70, "line")] if totals.changes else []
    columns: Columns = [
        ("名次", 7, "count"),
        ("并列", 6, "text"),
        ("单位名称", 34, "text"),
        ("类别", 9, "text"),
        ("上级", 18, "text"),
        ("填报日期", 11, "date"),
        ("收到日期", 11, "date"),
        ("报送", 7, "text"),
        ("总评", 8, "text"),
        *((name, 11, "number") for _, name, _ in totals.heads),
        ("总分", 9, "number"),
        *bonus,
        *grades,
        *(LAST_REPORT if totals.changes else []),
        ("错误", 7, "count"),
        ("提醒", 7, "count"),
        *why,
        ("文件", 40, "line"),
    ]
    means = ["mean"] * (len(totals.heads) + 1 + len(bonus))
    changes = ["", "mean", "mean"] if totals.changes else []
    line = [
        "合计",
        "",
        f"{totals.size} 个单位，平均分",
        *[""] * 6,
        *means,
        *[""] * len(grades),
        *changes,
        "sum",
        "sum",
        *[""] * len(why),
        "",
    ]
    return writer.open(title, about, columns, line, colored=[8], pages=PAGES["总表"])


def committee_cells(row: Row, group: Group, with_roster: bool) -> list[Value]:
    """Return the row of a committee."""
    record, member, totals = row.record, row.member, group.totals
    points = {head.id: head.score for head in record.heads}
    return [
        row.place,
        "并列" if row.tied else "",
        row.unit,
        member.kind if member else "",
        member.parent if member else "",
        record.report_date,
        row.received,
        _punctuality(row, with_roster),
        record.status,
        *(points.get(name) for name, _, _ in totals.heads),
        record.score,
        *([record.bonus] if totals.bonus else []),
        *([record.grade or ""] if totals.grades else []),
        *(_last_report(row) if totals.changes else []),
        record.errors,
        record.warnings,
        *([row.why_changed] if totals.changes else []),
        record.file,
    ]


def _punctuality(row: Row, with_roster: bool) -> str:
    if row.late:
        return "迟报"
    if row.member:
        return "按期" if row.member.due else ""
    return "名单外" if with_roster else ""


def _last_report(row: Row) -> list[Value]:
    return ["", None, None] if row.last is None else [row.last.status, row.last.score, row.last.change]
