"""Lists as sheets of Excel: rows of text under headers, in a workbook of their own or as one more sheet of another.

No text in them is ever a formula, and none is cut off unseen.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from wuhao_report.core.cell_reference import cell_name, column_letters
from wuhao_report.core.text import clean
from wuhao_report.files.office import unpack
from wuhao_report.files.provenance import with_provenance
from wuhao_report.files.workbook_style import BAND, FIRST_ROW, FONT, HEADER_ROW, LINE, frame, write

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Columns = Sequence[tuple[str, int]]
"""Headers and the widths of their columns."""
Rows = Sequence[Sequence[str]]
LONGEST, CUT = 30_000, "……（过长，已截短）"
"""A cell of Excel holds 32,767 characters."""
TITLE, HEADER, FIRST = 1, 2, 3
"""The rows of a list of its own."""


def listing(name: str, title: str, columns: Columns, rows: Rows, author: str, moment: str, fills: Sequence[str] = ()) -> bytes:
    """Return the bytes of a workbook with one sheet `name`: a title, headers, rows of text.

    `fills` colour the second cell of each row; `moment` (ISO, UTC) stands as the time of making.
    """
    from openpyxl import Workbook

    book = Workbook()
    page: Worksheet = book.worksheets[0]
    page.title = name
    _put(page, TITLE, 1, title, bold=True)
    page.merge_cells(start_row=TITLE, start_column=1, end_row=TITLE, end_column=len(columns))
    for at, (text, width) in enumerate(columns, 1):
        _put(page, HEADER, at, text, bold=True, fill=BAND)
        page.column_dimensions[column_letters(at - 1)].width = width
    for number, row in enumerate(rows):
        for at, text in enumerate(row, 1):
            _put(page, number + FIRST, at, text, fill=fills[number] if fills and at == 2 else None)
    _set_up_printing(page)
    buffer = io.BytesIO()
    book.save(buffer)
    return with_provenance(unpack(buffer.getvalue()), {"wuhao.tool": author}, title, author, moment)


def _put(page: Worksheet, row: int, column: int, text: str, bold: bool = False, fill: str | None = None) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell: Any = page.cell(row, column, clean(text if len(text) <= LONGEST else text[:LONGEST] + CUT))
    cell.data_type = "s"
    cell.font = Font(name=FONT, size=11, bold=bold)
    cell.alignment = Alignment(vertical="center", wrap_text=True, horizontal="center" if bold else None)
    if row > TITLE:
        cell.border = _thin_border()
    if fill:
        cell.fill = PatternFill("solid", start_color=fill, end_color=fill)


@cache
def _thin_border() -> Any:
    from openpyxl.styles import Border, Side

    side = Side(style="thin", color=LINE)
    return Border(left=side, right=side, top=side, bottom=side)


def _set_up_printing(page: Worksheet) -> None:
    page.freeze_panes = cell_name(FIRST, 0)
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    if page.sheet_properties.pageSetUpPr is not None:
        page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{HEADER}:{HEADER}"


def add_list(book: Workbook, title: str, columns: Columns, rows: Rows) -> None:
    """Add a sheet with a list to a workbook of ours, framed as the other sheets there are."""
    page = book.create_sheet(title)
    frame(page, title, "", len(columns))
    for at, (name, width) in enumerate(columns, 1):
        write(page, HEADER_ROW, at, name, bold=True, fill=BAND, center=True, border=True)
        page.column_dimensions[column_letters(at - 1)].width = width
    for number, row in enumerate(rows, FIRST_ROW):
        for at, text in enumerate(row, 1):
            cell: Any = page.cell(number, at, clean(text))
            cell.data_type = "s"
