"""Worksheets that look alike, written row by row to a file: a title, headers, rows, a line of live totals; ready to print.

Nothing is kept of a row once it is written, so that memory does not grow; what is longer than a sheet goes on in another.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from wuhao_report.core.cell_reference import column_letters
from wuhao_report.core.text import LONGEST_CELL, clean
from wuhao_report.files.office import open_package
from wuhao_report.files.workbook_style import CELL_FORMAT, HEADER_FORMAT, TEXT_FORMAT, text_lines

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

LINE, MOST_LINES = 15, 12
"""The height of a line of text in points; a row is never higher than so many lines."""
A3, A4, WIDE = 8, 9, 170
"""Sheets that are wider than so many characters are printed on A3, or nobody could read them."""
UNIT_COLUMN = "单位名称"
"""Up to this column a wide sheet stands still when it is scrolled."""
HEADER = 2
"""The 0-based row of the headers: a title and a line of explanation stand above."""
FIRST = HEADER + 2
"""The first row of data as Excel counts."""
LONG_PRINT = 150
"""A sheet of more rows is printed upright on A3: half as many pages."""
LONGEST_NAME, CONTINUED = 31, 5
"""The most characters of the name of a sheet, and those that are kept free for what tells a second one from the first."""
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
"""What Excel takes in no name of a sheet."""
MOST_TEXTS = 20_000
"""So many texts are kept as they stand in a long sheet."""
BYTES_AT_ONCE = 2**20
"""So many bytes of rows are put into their sheet at once."""
MOST_ROWS = 1_000_000
"""The largest number of rows of data on a sheet; Excel has room for 1,048,576 rows."""
PAGES = {
    **{"总表": 4, "指标达标": 1, "失分统计": 3, "分类统计": 1, "人数与人次": 1, "单位人数与人次": 3},
    **{"授牌名单": 1, "不合格名单": 1, "未列入名单": 1},
}
"""On so many pages a sheet of a group is printed at most; with the cover, 未报名单 and 问题文件 of a page each these are 19: LibreOffice takes one more for a very long list."""
STATUS_COLORS = {"达标": "#D9EAD3", "未达标": "#F4CCCC", "缺数据": "#FFF2CC", "进行中": "#DDEBF7"}


@dataclass(frozen=True)
class Formula:
    """A formula of ours with its result; no text of a workbook ever becomes one."""

    text: str
    result: float


Value = str | int | float | Fraction | date | Formula | None
Kind = Literal["text", "line", "number", "count", "rate", "date", "plain"]
Columns = Sequence[tuple[str, int, Kind]]
"""The header of each column, its width in characters, and how its values are shown; a line is a text that makes its row no higher."""


def sheet_name(text: str) -> str:
    """Return a text as the name of a sheet, with room for what tells a second one from the first."""
    return FORBIDDEN.sub("", clean(text))[: LONGEST_NAME - CONTINUED]


def fitting(names: Sequence[str], width: int, lines: int) -> str:
    """Return as many names as so many lines show in a column of that width, and 等 where some are left out."""
    text = "、".join(names)
    if text_lines(text, width) <= lines:
        return text
    shown = len(names) * lines // text_lines(text, width)
    while text_lines("、".join(names[:shown]) + "等", width) > lines:
        shown -= 1
    return "、".join(names[:shown]) + "等"


class SheetWriter:
    """Opens the sheets of one workbook; each holds at most `most` rows of data. `contents` are their names and explanations, in order."""

    def __init__(self, book: Workbook, place: Path, most: int = MOST_ROWS) -> None:
        self.book, self.place, self.most = book, place, most
        self.long_sheets: dict[str, Path] = {}
        self.contents: list[tuple[str, str]] = []
        self.formats = _formats(book)
        self.colors = {status: book.add_format({"bg_color": color}) for status, color in STATUS_COLORS.items()}

    def open(
        self, title: str, about: str, columns: Columns, totals: Sequence[str] = (), colored: Sequence[int] = (), pages: int = 0
    ) -> Sheet:
        """Open a sheet.

        `totals` says what the last line has in each column: "sum", "mean", or a text. In the columns `colored` a status is coloured.
        It is printed on at most `pages` pages, if that is not 0, up to the first column that is a line.
        """
        return Sheet(self, title, about, columns, totals, colored, pages)

    def open_long(self, title: str, about: str, columns: Columns, colored: Sequence[int] = (), pages: int = 0) -> LongSheet:
        """Open a sheet of very many rows of texts and numbers, without totals; `long_members` puts most of them in."""
        return LongSheet(self, title, about, columns, (), colored, pages)

    def long_members(self, package: Path) -> dict[str, Path]:
        """Return the members of the closed workbook that are long sheets, each as a file with all its rows."""
        members = {}
        with open_package(package) as written:
            for member, rows in self.long_sheets.items():
                members[member] = rows.with_suffix(".xml")
                _add_rows(written.read(member), rows, members[member])
        return members

    def write(
        self,
        title: str,
        about: str,
        columns: Columns,
        rows: Iterable[Sequence[Value]],
        totals: Sequence[str] = (),
        pages: int = 0,
    ) -> Sheet:
        """Write a whole sheet at once, and return it."""
        sheet = self.open(title, about, columns, totals, pages=pages)
        for row in rows:
            sheet.add(row)
        sheet.close()
        return sheet


def _formats(book: Workbook) -> Mapping[str, Any]:
    """Return the formats by name: those of the title and the headers, one for each kind of column, and one for its total."""
    bold = {**CELL_FORMAT, "bold": True, "bg_color": "#F2F2F2"}
    formats = {
        "title": book.add_format({**TEXT_FORMAT, "bold": True, "font_size": 16, "align": "center"}),
        "about": book.add_format({**TEXT_FORMAT, "font_color": "#595959"}),
        "header": book.add_format(dict(HEADER_FORMAT)),
        "text": book.add_format({**CELL_FORMAT, "text_wrap": True}),
        "line": book.add_format(dict(CELL_FORMAT)),
        "link": book.add_format({**CELL_FORMAT, "font_color": "#17538F", "underline": 1}),
        "date": book.add_format({**CELL_FORMAT, "num_format": "yyyy-mm-dd", "align": "center"}),
        "total": book.add_format(bold),
    }
    for kind, look in (("number", "0.00"), ("count", "0"), ("rate", "0.0%"), ("plain", "General")):
        formats[kind] = book.add_format({**CELL_FORMAT, "num_format": look})
        formats[f"total {kind}"] = book.add_format({**bold, "num_format": look})
    return formats


class Sheet:
    """A sheet being written, which goes on in another when it is full. `spans` are the names and the rows of data of all of them."""

    def __init__(
        self,
        writer: SheetWriter,
        title: str,
        about: str,
        columns: Columns,
        totals: Sequence[str],
        colored: Sequence[int],
        pages: int,
    ) -> None:
        self.writer, self.title, self.about, self.columns = writer, title, about, columns
        self.totals, self.colored, self.pages = totals, colored, pages
        self.spans: list[tuple[str, int]] = []
        self.rows = 0
        self._sums = [Fraction(0)] * len(columns)
        self._totalled = {at for at, kind in enumerate(totals) if kind in ("sum", "mean")} if totals else set(range(len(columns)))
        self._known = [0] * len(columns)
        self.worksheet = self._begin()

    @property
    def last_row(self) -> int:
        """The 0-based number of the last row of data, or of the empty one that stands for it."""
        return HEADER + max(1, self.rows)

    def _begin(self) -> Worksheet:
        name = self.title + (f"（续{len(self.spans)}）" if self.spans else "")
        sheet = self.writer.book.add_worksheet(name[:LONGEST_NAME])
        self.spans.append((name[:LONGEST_NAME], 0))
        self.writer.contents.append((name[:LONGEST_NAME], self.about))
        self.rows = 0
        formats, last = self.writer.formats, len(self.columns) - 1
        for at, (_, width, _) in enumerate(self.columns):
            sheet.set_column(at, at, width)
        sheet.set_row(0, 28)
        sheet.merge_range(0, 0, 0, max(1, last), name, formats["title"])
        sheet.write_string(1, 0, clean(self.about), formats["about"])
        sheet.set_row(HEADER, 34)
        for at, (header, _, _) in enumerate(self.columns):
            sheet.write_string(HEADER, at, header, formats["header"])
        named = next((at for at, (header, _, _) in enumerate(self.columns) if header == UNIT_COLUMN), 1)
        sheet.freeze_panes(HEADER + 1, named + 1 if last > 3 else 0)
        sheet.set_landscape()
        sheet.set_paper(A3 if sum(width for _, width, kind in self.columns if kind != "line") > WIDE else A4)
        sheet.fit_to_pages(1, self.pages)
        sheet.repeat_rows(0, HEADER)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        return sheet

    def add(self, row: Sequence[Value]) -> None:
        """Write the next row."""
        if self.rows == self.writer.most:
            self._end()
            self.worksheet = self._begin()
        self.rows += 1
        wrapped = (
            text_lines(text, self.columns[at][1])
            for at, text in enumerate(row)
            if isinstance(text, str) and self.columns[at][2] != "line"
        )
        lines = max(wrapped, default=1)
        if lines > 1:
            self.worksheet.set_row(HEADER + self.rows, LINE * min(lines, MOST_LINES))
        for at, value in enumerate(row):
            self._put(HEADER + self.rows, at, value)
            if at in self._totalled and isinstance(value, int | float | Fraction):
                self._sums[at] += Fraction(value)
                self._known[at] += 1
        self.spans[-1] = self.spans[-1][0], self.rows

    def close(self) -> None:
        """Write the line of totals."""
        self._end()
        self.write_totals([self.total(at, kind) for at, kind in enumerate(self.totals)])

    def write_totals(self, row: Sequence[Value]) -> None:
        """Write a line of totals of the caller's own making."""
        for at, value in enumerate(row):
            self._put(HEADER + 1 + self.rows, at, value, "total ")

    def _end(self) -> None:
        for at in self.colored:
            for status, look in self.writer.colors.items():
                self.worksheet.conditional_format(
                    HEADER + 1, at, self.last_row, at, {"type": "cell", "criteria": "==", "value": f'"{status}"', "format": look}
                )
        printed = next((at for at, (_, _, kind) in enumerate(self.columns) if kind == "line"), 0)
        if printed:
            self.worksheet.print_area(0, 0, self.last_row + 1, printed - 1)
        if self.rows > LONG_PRINT:
            self.worksheet.set_portrait()
            self.worksheet.set_paper(A3)
        if self.rows:
            self.worksheet.autofilter(HEADER, 0, HEADER + self.rows, len(self.columns) - 1)

    def total(self, at: int, kind: str = "sum") -> Value:
        """Return a live sum or mean of the rows that are not filtered out, over all sheets, with its result; any other kind is a text, and returned."""
        if kind not in ("sum", "mean"):
            return kind
        letters, here = column_letters(at), self.spans[-1][0]
        cells = ",".join(
            ("" if name == here else f"'{name}'!") + f"{letters}{FIRST}:{letters}{FIRST - 1 + rows}"
            for name, rows in self.spans
            if rows
        )
        if kind == "sum":
            return Formula(f"SUBTOTAL(9,{cells})", float(self._sums[at])) if cells else 0
        return Formula(f'IFERROR(SUBTOTAL(1,{cells}),"")', float(self._sums[at] / self._known[at])) if self._known[at] else ""

    def _put(self, row: int, column: int, value: Value, total: str = "") -> None:
        kind, formats = self.columns[column][2], self.writer.formats
        look = formats.get(total + kind) or formats["total" if total else kind]
        if isinstance(value, Formula):
            self.worksheet.write_formula(row, column, f"={value.text}", look, value.result)
        elif value is None or value == "":
            self.worksheet.write_blank(row, column, None, look)
        elif isinstance(value, str):
            look = formats["total" if total else "line" if kind == "line" else "text"]
            self.worksheet.write_string(row, column, clean(value[:LONGEST_CELL]), look)
        elif isinstance(value, date):
            self.worksheet.write_datetime(row, column, value, look)
        else:
            self.worksheet.write_number(row, column, float(value), look)


class LongSheet(Sheet):
    """A sheet of very many rows: the first is written as everywhere; the others go into a file, a line each, and look like it.

    XlsxWriter takes 15 µs for a cell, a line of our own 1 µs; a campaign of 1,000 committees has 250,000 of them.
    """

    def _begin(self) -> Worksheet:
        sheet = super()._begin()
        member = f"xl/worksheets/sheet{len(self.writer.book.worksheets())}.xml"
        self.file = self.writer.long_sheets[member] = self.writer.place / f"rows{len(self.writer.long_sheets)}"
        self.stream = self.file.open("wb")
        self._looked = [(*self._looks(kind), 0 if kind == "line" else width) for _, width, kind in self.columns]
        self._row = "".join(f'<c r="{column_letters(at)}#%s' for at in range(len(self.columns)))
        return sheet

    def _looks(self, kind: Kind) -> tuple[str, str]:
        """Return what stands behind the address of a text, and of anything else, in a column of that kind: its format by number."""
        formats = self.writer.formats
        # The number that XlsxWriter gives a format with its first cell; one that has it keeps it.
        text, other = (look._get_xf_index() for look in (formats["line" if kind == "line" else "text"], formats[kind]))
        return f'" s="{text}"', f'" s="{other}"'

    def _end(self) -> None:
        super()._end()
        self.stream.close()

    def add(self, row: Sequence[Value]) -> None:
        """Write the next row, of texts and numbers."""
        if self.rows in (0, self.writer.most):
            super().add(row)
            return
        self.rows += 1
        number = str(HEADER + 1 + self.rows)
        lines, cells = 1, []
        for (text, other, width), value in zip(self._looked, row, strict=True):
            if type(value) is str:
                content, own = _text(value, text, width)
                lines = max(lines, own)
            else:
                content = other + _number(value)
            cells.append(content)
        height = f' ht="{LINE * min(lines, MOST_LINES)}" customHeight="1"' if lines > 1 else ""
        written = self._row.replace("#", number) % tuple(cells)
        self.stream.write(f'<row r="{number}"{height}>{written}</row>\n'.encode("utf-8", "replace"))
        self.spans[-1] = self.spans[-1][0], self.rows


_AREA = re.compile(rb'<dimension ref="[^"]*"/>')
"""What the sheet says of its size, which is that of its first rows; Excel does not need it."""


def _add_rows(sheet: bytes, rows: Path, target: Path) -> None:
    """Write a sheet with its further rows."""
    head, last, tail = sheet.rpartition(b"</sheetData>")
    with rows.open("rb") as source, target.open("wb") as made:
        made.write(_AREA.sub(b"", head, count=1))
        shutil.copyfileobj(source, made, BYTES_AT_ONCE)
        made.write(last + tail)


@lru_cache(maxsize=MOST_TEXTS)
def _text(text: str, look: str, width: int) -> tuple[str, int]:
    """Return what stands in a cell behind its address, and how many lines it takes in a column of that width (0: it takes one).

    Most texts of a long sheet stand there very often.
    """
    lines = text_lines(text, width) if width else 1
    # XlsxWriter marks a text whose ends are blank; ours are trimmed.
    return f'{look} t="inlineStr"><is><t>{escape(clean(text[:LONGEST_CELL]))}</t></is></c>' if text else f"{look}/>", lines


def _number(value: Value) -> str:
    if value is None:
        return "/>"
    if isinstance(value, Fraction):
        return f"><v>{value.numerator / value.denominator!r}</v></c>"
    return f"><v>{float(value)!r}</v></c>" if isinstance(value, int | float) else "/>"
