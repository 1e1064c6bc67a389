"""核对清单.xlsx: the secretary's own list of what to mend, beside the report and never inside it."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from wuhao_report.files import unpack
from wuhao_report.problems import LEVEL_WORDS, Problem, grouped
from wuhao_report.sealed import sealed

LIST_NAME = "核对清单"
HEADERS = (("序号", 6), ("级别", 8), ("工作表", 14), ("单元格", 14), ("现在填的", 26), ("问题", 60), ("怎么办", 60))
FILLS = {"error": "F8CBAD", "warning": "FFF2CC", "info": "FFFFFF"}


def is_checklist(path: Path) -> bool:
    """Whether a file is such a list, also one that somebody has written on."""
    try:
        with zipfile.ZipFile(path) as package:
            return f'name="{LIST_NAME}"' in package.read("xl/workbook.xml").decode("utf-8", "replace")
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError):
        return False


def checklist(problems: Iterable[Problem], title: str, author: str, moment: str) -> bytes:
    """The bytes of the list: one row for problems with one cause, in the order given; no text in it is ever a formula."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    page: Worksheet = book.worksheets[0]
    page.title = LIST_NAME
    side = Side(style="thin", color="BFBFBF")
    border = Border(left=side, right=side, top=side, bottom=side)

    def put(row: int, column: int, value: Any, bold: bool = False, fill: str | None = None, wrap: bool = True) -> None:
        cell: Any = page.cell(row, column, value)
        if isinstance(value, str):
            cell.data_type = "s"
        cell.font = Font(name="宋体", size=11, bold=bold)
        cell.alignment = Alignment(vertical="center", wrap_text=wrap, horizontal="center" if bold else None)
        if row > 1:
            cell.border = border
        if fill:
            cell.fill = PatternFill("solid", start_color=fill, end_color=fill)

    put(1, 1, title, bold=True)
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADERS))
    for at, (text, width) in enumerate(HEADERS, 1):
        put(2, at, text, bold=True, fill="DCE6F1")
        page.column_dimensions["ABCDEFG"[at - 1]].width = width
    for row, group in enumerate(grouped(problems), 3):
        item = group.first
        value = "" if group.value is None else str(group.value)
        texts: tuple[Any, ...] = (row - 2, LEVEL_WORDS[item.level], item.at.sheet or "", group.cells, value, group.message, item.hint)
        for at, text in enumerate(texts, 1):
            put(row, at, text, fill=FILLS[item.level] if at == 2 else None)
    page.freeze_panes = "A3"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    if page.sheet_properties.pageSetUpPr is not None:
        page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "2:2"
    buffer = io.BytesIO()
    book.save(buffer)
    return sealed(unpack(buffer.getvalue()), {"wuhao.tool": author}, title, author, moment)
