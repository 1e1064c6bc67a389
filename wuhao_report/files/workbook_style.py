"""How every workbook of ours looks: title, hint, header, print set-up, and bytes without the moment of making."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from copy import copy
from datetime import datetime
from math import ceil
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from wuhao_report.core.cell_reference import column_letters
from wuhao_report.files.office import CONTENT_TYPES, pack, unpack

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

HEADER_ROW = 3
FIRST_ROW = 4
STYLES = "xl/styles.xml"
FONT_ORDER = (
    "b",
    "i",
    "strike",
    "condense",
    "extend",
    "outline",
    "shadow",
    "u",
    "vertAlign",
    "sz",
    "color",
    "name",
    "family",
    "charset",
    "scheme",
)
STAMP_TIME = datetime(2020, 1, 1)
FONT = "宋体"
INK, BAND, LINE = "1F3864", "DCE6F1", "BFBFBF"
TEXT_FORMAT: Mapping[str, Any] = {"font_name": FONT, "font_size": 11, "valign": "vcenter"}
CELL_FORMAT: Mapping[str, Any] = {**TEXT_FORMAT, "border": 1, "border_color": f"#{LINE}"}
HEADER_FORMAT: Mapping[str, Any] = {**CELL_FORMAT, "bold": True, "align": "center", "text_wrap": True, "bg_color": f"#{BAND}"}
"""Formats of XlsxWriter: of a text, of a cell of a table, of a header."""
MOST_INLINE = 250
"""Excel takes a drop-down's words in place up to 255 characters."""


def text_lines(text: str, width: float) -> int:
    """Return about how many lines a text takes in a column of that width, a Chinese character being two wide."""
    # Most texts fit, and a table of all committees has very many: they are not counted by character.
    if 2 * len(text) <= width - 1 and "\n" not in text:
        return 1
    return sum(max(1, ceil(sum(2 if ord(char) > 255 else 1 for char in line) / (width - 1))) for line in text.split("\n"))


def style_cell(
    cell: Any,
    size: float = 11,
    bold: bool = False,
    color: str = "000000",
    fill: str | None = None,
    center: bool = False,
    border: bool = False,
) -> None:
    """Give a cell its font, fill (both RRGGBB), alignment and border; texts wrap."""
    look = size, bold, color, fill, center, border
    looks = _LOOKS.setdefault(cell.parent.parent, {})
    if cell.has_style:
        # It has a format of its own besides, which no other cell may get.
        _dress(cell, *look)
    elif look in looks:
        cell._style = copy(looks[look])
    else:
        _dress(cell, *look)
        looks[look] = copy(cell._style)


_LOOKS: WeakKeyDictionary[Workbook, dict[tuple[Any, ...], Any]] = WeakKeyDictionary()
"""How cells of each workbook that is being made are styled, by what they look like.

openpyxl finds the number of a font by comparing it, part by part, anew for every cell: a third of the time of
making a blank workbook, five sixths of writing out a scheme.
"""


def _dress(cell: Any, size: float, bold: bool, color: str, fill: str | None, center: bool, border: bool) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    cell.font = Font(name=FONT, size=size, bold=bold, color=color)
    cell.alignment = Alignment(horizontal="center" if center else "left", vertical="center", wrap_text=True)
    if fill:
        cell.fill = PatternFill("solid", start_color=fill, end_color=fill)
    if border:
        side = Side(style="thin", color=LINE)
        cell.border = Border(left=side, right=side, top=side, bottom=side)


def write(page: Worksheet, row: int, column: int, text: str, **style: Any) -> None:
    """Write a text, which is never a formula, into a cell (1-based) and style it."""
    cell = page.cell(row, column, text)
    cell.data_type = "s"
    style_cell(cell, **style)


def frame(page: Any, title: str, hint: str, columns: int) -> None:
    """Title, hint, frozen header and print set-up, alike on every sheet."""
    last = column_letters(max(columns, 3) - 1)
    page.merge_cells(f"A1:{last}1")
    page.merge_cells(f"A2:{last}2")
    write(page, 1, 1, title, size=16, bold=True, color=INK, center=True)
    write(page, 2, 1, hint, color="262626")
    page.row_dimensions[1].height = 30
    page.row_dimensions[2].height = 32
    page.row_dimensions[HEADER_ROW].height = 30
    page.freeze_panes = f"A{FIRST_ROW}"
    page.sheet_view.zoomScale = 100
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"1:{HEADER_ROW}"
    page.print_options.horizontalCentered = True
    page.page_margins.left = page.page_margins.right = 0.5
    page.oddFooter.center.text = "第 &P 页，共 &N 页"


def saved_bytes(book: Workbook) -> bytes:
    """Return the package of a workbook with every time stamp fixed, so that the same scheme gives the same bytes."""
    book.properties.creator = "wuhao-report"
    book.properties.created = STAMP_TIME
    buffer = io.BytesIO()
    book.save(buffer)
    members = unpack(buffer.getvalue())
    moment = f"{STAMP_TIME.isoformat()}Z".encode()
    members["docProps/core.xml"] = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + moment, members["docProps/core.xml"])
    members[STYLES] = fonts_in_order(members[STYLES])
    return pack(notes_where_expected(members).items())


def notes_where_expected(members: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return a package whose notes lie where Excel itself puts them, and are named from there: some libraries look nowhere else."""
    moved = {}
    for name, data in members.items():
        for pattern, place in _NOTES:
            name = re.sub(f"^xl/{pattern}$", f"xl/{place}", name)
            if name.endswith(".rels") or name == CONTENT_TYPES:
                target = rb"/xl/" if name == CONTENT_TYPES else rb"../"
                data = re.sub(rb'"/xl/' + pattern.encode() + rb'"', rb'"' + target + place.encode() + rb'"', data)
        moved[name] = data
    return moved


_NOTES = (
    (r"comments/comment(\d+)\.xml", r"comments\1.xml"),
    (r"drawings/commentsDrawing(\d+)\.vml", r"drawings/vmlDrawing\1.vml"),
)
"""Where openpyxl puts notes and their drawings, and where Excel does."""


def fonts_in_order(styles: bytes) -> bytes:
    """Return a part of styles whose fonts tell of themselves in the order of the standard (ECMA-376, CT_Font), which openpyxl does not keep."""

    def ordered(font: re.Match[bytes]) -> bytes:
        parts = re.findall(rb"<(\w+)[^<>]*/>", font.group(1))
        elements = re.findall(rb"<\w+[^<>]*/>", font.group(1))
        told = sorted(zip(parts, elements, strict=True), key=lambda part: FONT_ORDER.index(part[0].decode()))
        return b"<font>" + b"".join(element for _, element in told) + b"</font>"

    return re.sub(rb"<font>(.*?)</font>", ordered, styles, flags=re.DOTALL)
