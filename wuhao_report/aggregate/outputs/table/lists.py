"""未报名单 and 问题文件: who has not sent, and what does not count, each with why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain

from wuhao_report.aggregate.outputs.table.sheets import Columns, SheetWriter, Value
from wuhao_report.aggregate.overview import Overview
from wuhao_report.aggregate.roster.model import Member
from wuhao_report.files.provenance import TABLE_SHEET

MISSING: Columns = (
    ("情况", 9, "text"),
    ("单位名称", 36, "text"),
    ("类别", 14, "text"),
    ("上级", 26, "text"),
    ("截止日期", 13, "date"),
    ("说明", 60, "text"),
)
PROBLEMS: Columns = (("情况", 11, "text"), ("文件", 50, "text"), ("单位", 32, "text"), ("说明", 80, "text"))


def write_missing(writer: SheetWriter, overview: Overview) -> None:
    """Write 未报名单: who of the roster has not sent, is undecided, late or excluded, and who is not on it."""
    if overview.roster is None:
        return
    about = (
        f"名单上应报 {len(overview.expected)} 个单位：已报 {len(overview.received)}，未报 {len(overview.missing)}，"
        f"待定 {len(overview.undecided)}，排除 {len(overview.excluded)}"
    )
    writer.write("未报名单", about, MISSING, _missing_rows(overview), pages=1)


def _missing_rows(overview: Overview) -> Iterator[Sequence[Value]]:
    lists = overview.lists
    yield from (
        ["名单有误", dict(item.args).get("unit", ""), "", "", None, f"{item.at}　{item.message}{item.hint}".lstrip("　")]
        for item in (overview.roster.problems if overview.roster else ())
    )

    def row(state: str, member: Member, note: str) -> Sequence[Value]:
        """Return the row of a committee."""
        return [state, member.unit, member.kind, member.parent, member.due, note]

    unread = overview.unread
    yield from (
        row("未报", member, f"送来的文件没有读出来：{'、'.join(unread[member])}" if member in unread else "")
        for member in overview.missing
    )
    yield from (row("待定", member, "同一天有几份不同的工作簿，请指定以哪一份为准") for member in overview.undecided)
    yield from (
        ["迟报", item.unit, item.member.kind, item.member.parent, item.member.due, f"填报日期 {item.report_date.isoformat()}"]
        for item in lists.late()
    )
    yield from (
        row("排除", member, _reason(exclusion.reason, exclusion.person, exclusion.day)) for member, exclusion in overview.excluded
    )
    yield from (
        row("名单外", Member(item.unit), f"最接近的单位：{item.near}" if item.near else "名单上没有相近的单位")
        for item in lists.unlisted()
    )


def _reason(reason: str, person: str, day: date | None = None) -> str:
    details = "，".join(text for text in (person, day.isoformat() if day else "") if text)
    return reason + (f"（{details}）" if details else "")


def write_problems(writer: SheetWriter, overview: Overview) -> None:
    """Write 问题文件: every file that does not count, and why."""
    files, lists = overview.files, overview.lists
    rows: Iterable[Sequence[Value]] = chain(
        (["不能汇总", item.file, "", item.message] for item in lists.failed()),
        (["不能确定" if item.kept is None else "重复报送", item.file, item.unit, item.reason] for item in lists.superseded()),
        (["阶段不符", item.file, item.unit, item.reason] for item in lists.not_asked()),
        (["排除", item.file, item.unit, _reason(item.reason, item.person)] for item in lists.excluded()),
        (["跳过", item.file, "", item.reason] for item in lists.skipped()),
    )
    about = f"共 {files.all} 个文件：计入 {files.counted}，重复 {files.superseded}，排除 {files.excluded}，阶段不符 {files.not_asked}，不能汇总 {files.failed}，跳过 {files.skipped}"
    writer.write(TABLE_SHEET, about, PROBLEMS, rows, pages=1)
