"""汇总表.xlsx: an aggregate as a workbook to circulate; totals are live formulas, and no text of anybody's is one."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import IO

from wuhao_report import __version__
from wuhao_report.aggregate.outputs.table.awards import are_asked, write_awards
from wuhao_report.aggregate.outputs.table.committees import committee_cells, open_committees
from wuhao_report.aggregate.outputs.table.cover import endings, open_cover, write_cover
from wuhao_report.aggregate.outputs.table.figures import open_own_figures, own_columns, own_figures, write_figures
from wuhao_report.aggregate.outputs.table.lists import write_missing, write_problems
from wuhao_report.aggregate.outputs.table.sheets import MOST_ROWS, Columns, SheetWriter
from wuhao_report.aggregate.outputs.table.statistics import write_indicators, write_kinds, write_losses
from wuhao_report.aggregate.overview import Group, Overview
from wuhao_report.aggregate.roster.model import NO_CAMPAIGN
from wuhao_report.files.provenance import TABLE_NAME, copy_with_provenance
from wuhao_report.report.json_form import TOOL

MOMENT = "2020-01-01T00:00:00Z"
MOST_DETAILED = 100_000
"""The details of more committees, some thirty rows each, make a file that Excel does not open."""
DETAILS: Columns = (
    ("单位名称", 32, "text"),
    ("编号", 9, "text"),
    ("指标", 28, "text"),
    ("结果", 9, "text"),
    ("得分", 9, "number"),
    ("满分", 9, "number"),
    ("完成情况", 70, "text"),
    ("依据所在", 50, "text"),
    ("上级", 18, "text"),
)
DETAILED = "逐项明细"


def write_table(overview: Overview, name: str, stream: IO[bytes], details: bool = True, most: int = MOST_ROWS) -> None:
    """Write the table; `name` is that of the folder.

    `details`: with every indicator of every committee; `most` is how many rows of data a sheet may have.
    """
    import xlsxwriter

    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "table.xlsx")
        book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "tmpdir": place,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        writer = SheetWriter(book, Path(place), most)
        cover = open_cover(book)
        for group, end in zip(overview.groups, endings(overview.groups), strict=True):
            _write_group(writer, overview, group, end, details)
        write_missing(writer, overview)
        write_problems(writer, overview)
        write_cover(writer, cover, overview, name)
        book.set_properties(
            {"title": f"{name}{TABLE_NAME}", "author": TOOL, "created": datetime.fromisoformat(MOMENT.replace("Z", ""))}
        )
        book.close()
        rows = writer.long_members(path)
        copy_with_provenance(path, stream, {"wuhao.tool": f"{TOOL} {__version__}"}, f"{name}{TABLE_NAME}", TOOL, MOMENT, rows)


def _write_group(writer: SheetWriter, overview: Overview, group: Group, end: str, details: bool) -> None:
    """Write the sheets of a group; `end` tells their names from those of other groups."""
    about = f"{group.scheme_title}　{group.stage}　{group.totals.size} 个单位"
    few = group.totals.size <= MOST_DETAILED
    detailed = DETAILED + end if details and few else None
    committees = open_committees(writer, group, "总表" + end, about)
    write_indicators(writer, group, "指标达标" + end, about, detailed)
    write_losses(writer, group, "失分统计" + end, about)
    write_kinds(writer, overview, group, "分类统计" + end, about)
    own = "单位人数与人次" + end
    write_figures(writer, group, "人数与人次" + end, about, own)
    figures = open_own_figures(writer, group, own, about)
    columns = own_columns(group)
    more = [figures]
    if details:
        long = _too_long() if not few else "　一个单位的一项指标一行，可以筛选"
        more.append(writer.open_long(DETAILED + end, about + long, DETAILS, colored=[3]))
    for row in group.rows():
        committees.add(committee_cells(row, group, overview.roster is not None))
        figures.add(own_figures(row, columns))
        parent = row.member.parent if row.member else ""
        for item in row.record.indicators if detailed else ():
            facts = row.unit, item.id, item.title, item.status, item.score, item.full, item.progress
            more[1].add([*facts, "、".join(item.cells), parent])
    for sheet in (committees, *more):
        sheet.close()
    campaign = overview.roster.campaign if overview.roster else NO_CAMPAIGN
    if are_asked(campaign):
        write_awards(writer, group, campaign, end, about)


def _too_long() -> str:
    return f"　单位超过 {MOST_DETAILED} 个，Excel 打不开这么长的明细；请单独汇总某一个上级的文件夹，或用 --json 读取"
