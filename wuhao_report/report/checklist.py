"""Lists as workbooks: 核对清单.xlsx, the secretary's own list of what to mend, beside the report and never inside it; and others."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from wuhao_report.core.cell_reference import column_letters
from wuhao_report.core.cells import clean
from wuhao_report.core.problems import LEVEL_WORDS, Problem, grouped
from wuhao_report.files.paths import unpack
from wuhao_report.files.provenance import sealed

LIST_NAME = "核对清单"
HEADERS = (("序号", 6), ("级别", 8), ("工作表", 14), ("单元格", 14), ("现在填的", 26), ("问题", 60), ("怎么办", 60))
LONGEST, CUT = 30_000, "……（过长，已截短）"
"""A cell of Excel holds 32,767 characters."""
FILLS = {"error": "F8CBAD", "warning": "FFF2CC", "info": "FFFFFF"}


def is_checklist(path: Path, name: str = LIST_NAME) -> bool:
    """Whether a file is such a list, also one that somebody has written on."""
    try:
        with zipfile.ZipFile(path) as package:
            return f'name="{name}"' in package.read("xl/workbook.xml").decode("utf-8", "replace")
    except (OSError, KeyError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError):
        return False


def checklist(problems: Iterable[Problem], title: str, author: str, moment: str) -> bytes:
    """The bytes of the list of problems: one row for those with one cause, in the order given."""
    rows, fills = [], []
    for number, group in enumerate(grouped(problems), 1):
        item = group.first
        value = "" if group.value is None else str(group.value)
        rows.append((str(number), LEVEL_WORDS[item.level], item.at.sheet or "", group.cells, value, group.message, item.hint))
        fills.append(FILLS[item.level])
    return listing(LIST_NAME, title, HEADERS, rows, author, moment, fills)


def listing(name: str, title: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]], author: str, moment: str,
            fills: Sequence[str] = ()) -> bytes:
    """The bytes of a workbook with one sheet `name`: a title, headers, rows of text; no text in it is ever a formula or cut off unseen.

    `fills` colour the second cell of each row.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    page: Worksheet = book.worksheets[0]
    page.title = name
    side = Side(style="thin", color="BFBFBF")
    border = Border(left=side, right=side, top=side, bottom=side)

    def put(row: int, column: int, value: str, bold: bool = False, fill: str | None = None) -> None:
        cell: Any = page.cell(row, column, clean(value if len(value) <= LONGEST else value[:LONGEST] + CUT))
        cell.data_type = "s"
        cell.font = Font(name="宋体", size=11, bold=bold)
        cell.alignment = Alignment(vertical="center", wrap_text=True, horizontal="center" if bold else None)
        if row > 1:
            cell.border = border
        if fill:
            cell.fill = PatternFill("solid", start_color=fill, end_color=fill)

    put(1, 1, title, bold=True)
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(columns))
    for at, (text, width) in enumerate(columns, 1):
        put(2, at, text, bold=True, fill="DCE6F1")
        page.column_dimensions[column_letters(at - 1)].width = width
    for number, row in enumerate(rows):
        for at, text in enumerate(row, 1):
            put(number + 3, at, text, fill=fills[number] if fills and at == 2 else None)
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
