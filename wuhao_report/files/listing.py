"""Lists as sheets of Excel: rows of text under headers, in a workbook of their own or as one more sheet of another.

No text in them is ever a formula, and none is cut off unseen.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wuhao_report.core.cell_reference import column_letters
from wuhao_report.core.text import LONGEST_CELL, clean
from wuhao_report.files.office import unpack
from wuhao_report.files.provenance import with_provenance
from wuhao_report.files.workbook_style import (
    BAND,
    CELL_FORMAT,
    FIRST_ROW,
    HEADER_FORMAT,
    HEADER_ROW,
    TEXT_FORMAT,
    frame,
    text_lines,
    write,
)

if TYPE_CHECKING:
    import xlsxwriter
    from openpyxl import Workbook

Columns = Sequence[tuple[str, int]]
"""Headers and the widths of their columns."""
Rows = Sequence[Sequence[str]]
CUT = "……（过长，已截短）"
TITLE, HEADER, FIRST = 0, 1, 2
"""The rows of a list of its own, from 0."""
FILLED = 1
"""The column that is coloured."""
A4 = 9
TITLE_HEIGHT, LINE_HEIGHT, MOST_LINES = 28, 15, 26
"""In points; a row of Excel is at most 409 high."""


@dataclass(frozen=True)
class Listed:
    """One sheet with a list: its name, a title, headers with widths, rows of text; `fills` colour the second cell of each row."""

    name: str
    title: str
    columns: Columns
    rows: Rows
    fills: Sequence[str] = ()


def listing(name: str, title: str, columns: Columns, rows: Rows, author: str, moment: str, fills: Sequence[str] = ()) -> bytes:
    """Return the bytes of a workbook with one sheet: what `listings` gives for it."""
    return listings([Listed(name, title, columns, rows, fills)], author, moment)


def listings(lists: Sequence[Listed], author: str, moment: str) -> bytes:
    """Return the bytes of a workbook with a sheet for each list; `moment` (ISO, UTC) stands as the time of making."""
    # Of the libraries at hand the one that writes fastest: a list of 170 rows took openpyxl half the time of its whole report.
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    looks = _Looks(book)
    for one in lists:
        _write_list(book.add_worksheet(one.name), one, looks)
    book.close()
    return with_provenance(unpack(buffer.getvalue()), {"wuhao.tool": author}, lists[0].title, author, moment)


def _write_list(page: xlsxwriter.worksheet.Worksheet, one: Listed, looks: _Looks) -> None:
    last = len(one.columns) - 1
    page.merge_range(TITLE, 0, TITLE, last, _shown(one.title), looks.title) if last else page.write_string(
        TITLE, 0, _shown(one.title), looks.title
    )
    page.set_row(TITLE, TITLE_HEIGHT)
    for at, (text, width) in enumerate(one.columns):
        page.set_column(at, at, width)
        page.write_string(HEADER, at, _shown(text), looks.header)
    for number, row in enumerate(one.rows):
        page.set_row(
            FIRST + number,
            LINE_HEIGHT * min(MOST_LINES, max(map(text_lines, row, (width for _, width in one.columns)), default=1)) + 4,
        )
        for at, text in enumerate(row):
            filled = one.fills and at == FILLED
            page.write_string(FIRST + number, at, _shown(text), looks.filled(one.fills[number]) if filled else looks.plain)
    _set_up_printing(page)


def _shown(text: str) -> str:
    return clean(text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + CUT)


class _Looks:
    """The formats of a list, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._cell = {**CELL_FORMAT, "text_wrap": True}
        self.title = book.add_format({**TEXT_FORMAT, "bold": True, "font_size": 14, "align": "center", "text_wrap": True})
        self.header = book.add_format(dict(HEADER_FORMAT))
        self.plain = book.add_format(self._cell)
        self._filled: dict[str, Any] = {}

    def filled(self, colour: str) -> Any:
        """Return the format of a cell with a fill."""
        if colour not in self._filled:
            self._filled[colour] = self._book.add_format({**self._cell, "bg_color": f"#{colour}"})
        return self._filled[colour]


def _set_up_printing(page: xlsxwriter.worksheet.Worksheet) -> None:
    page.freeze_panes(FIRST, 0)
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADER)


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
