"""Sheets as nearly everybody writes them → their cells, by one search through the XML: what is looked at is what is read.

Excel, WPS, LibreOffice and the libraries write a cell in one of a few ways. Where every cell of a workbook is written so, its values
are taken from where its safety is seen to; nothing is guessed. Anything else at all (other forms, times of day, the calendar of 1904)
is `Unusual`, and the engine reads the workbook instead: slower, and with the same result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from wuhao_report.core.cell_reference import column_index
from wuhao_report.files.office import local_name, parse_xml
from wuhao_report.workbook.plain_sheet import MAX_CELLS, MAX_MERGED, MAX_ROW, NOT_CALCULATED, SheetFacts, merged_range
from wuhao_report.workbook.raw import CellFault, RawValue
from wuhao_report.workbook.sheet_xml import ERRORS, HIDDEN, MERGED, PREFIXED

Shows = Literal["number", "day", "unsure"]
_BUILT_IN: dict[int, Shows] = {
    **dict.fromkeys((14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)), "day"),
    **dict.fromkeys((18, 19, 20, 21, 45, 46, 47), "unsure"),
}
"""The formats of Excel's own that show days, or times; 27 to 36 and 50 to 58 are the days of Chinese systems."""
LONGEST_KEPT, MOST_KEPT = 1_000, 8_192
"""Texts up to this length are decoded once for many workbooks, so many of them."""
_CELL = re.compile(
    rb'<c r="([A-Z]{1,2})([1-9][0-9]{0,5})"(?: s="([0-9]{1,5})")?(?: t="(s|n|b|e|str|inlineStr)")?(?: s="([0-9]{1,5})")?'
    rb"(?:/>|>(<f(?:[^<>]*/>|[^<>]*>[^<]*</f>))?"
    rb'(?:<v(?: xml:space="preserve")?>([^<]*)</v>|<v/>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>|<is><t/></is>)?</c>)'
)
_CLOSED_ROW = re.compile(rb"<row(?: [^<>]*)?/>")
_PLAIN_STRING = re.compile(rb'<si><t(?: xml:space="preserve")?>([^<]*)</t></si>|<si><t/></si>')
_NUMBER = re.compile(rb"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][-+]?\d+)?")
_REFERENCE = re.compile(rb"&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));")
_ENTITIES = {b"amp": "&", b"lt": "<", b"gt": ">", b"quot": '"', b"apos": "'"}
_EPOCH = date(1899, 12, 30)
_FIRST_SURE, _LAST_SURE = 61, 2_958_465
"""The serial numbers of 1 March 1900, before which Excel counts a day that never was, and of the last day of 9999."""

Rows = list[list[RawValue]]


class Unusual(Exception):
    """Something is written in another way than those known here; the engine must read it."""


def read_sheet(xml: bytes, strings: Callable[[], Sequence[str]], formats: Formats) -> tuple[Rows, SheetFacts]:
    """Return the cells of a sheet as a rectangle from A1, empty ones as "", and the facts of the sheet.

    `strings` gives the shared texts; `formats` tells for each cell style how it shows numbers. Raises Unusual.
    """
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData")
    if end < 0 and xml.startswith(b"<sheetData/>", start):
        end = start + len(b"<sheetData/>")
    if start < 0 or end < 0 or not _is_plain(xml):
        raise Unusual
    cells, rest = xml[start:end], xml[end:]
    written = _CELL.findall(cells)
    if len(written) != cells.count(b"<c") or (b":" in cells and PREFIXED.search(cells)):
        raise Unusual
    rows_left_open = cells.count(b"<row") - cells.count(b"</row>")
    if rows_left_open and rows_left_open != len(_CLOSED_ROW.findall(cells)):
        raise Unusual
    hidden = _hidden_rows(cells) if b'hidden="' in cells else frozenset()
    references = MERGED.findall(rest)[:MAX_MERGED] if b"mergeCell" in rest else []
    merged = tuple(area for reference in references if (area := merged_range(reference.decode())) is not None)
    return _filled(written, strings, formats), SheetFacts({}, hidden, merged)


def _hidden_rows(cells: bytes) -> frozenset[int]:
    rows = frozenset(int(row) for row in HIDDEN.findall(cells))
    if cells.count(b'hidden="1"') + cells.count(b'hidden="true"') != len(rows):
        raise Unusual
    return rows


def _is_plain(xml: bytes) -> bool:
    """Whether there are no single quotes round attributes, no comments and no instructions; one sign is found far sooner than two."""
    return not (
        (b"'" in xml and b"='" in xml) or (b"!" in xml and b"<!" in xml) or (xml.find(b"?", 60) >= 0 and xml.find(b"<?", 5) >= 0)
    )


Written = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]
"""Of one cell: letters, row, style, type, style again, formula, value, text in the cell itself."""
Formats = Mapping[bytes, Shows]
"""How each cell style shows numbers, by its number as a cell writes it; a cell without one shows them as they are."""


def _holding_something(written: Sequence[Written]) -> list[Written]:
    return [cell for cell in written if cell[6] or cell[7] or cell[5] or cell[3] == b"e"]


def _filled(written: Sequence[Written], strings: Callable[[], Sequence[str]], formats: Formats) -> Rows:
    """Return the rectangle of the cells that hold something."""
    filled = _holding_something(written)
    columns = {letters: column_index(letters.decode()) for letters in {cell[0] for cell in filled}}
    numbers = {number: int(number) for number in dict.fromkeys(cell[1] for cell in filled)}
    last_row, width = max(numbers.values(), default=0), max(columns.values(), default=-1) + 1
    if last_row > MAX_ROW or last_row * max(26, width) > MAX_CELLS:
        raise Unusual
    rows: Rows = [[""] * width for _ in range(last_row)]
    row_of = {number: rows[at - 1] for number, at in numbers.items()}
    for letters, number, style, kind, other_style, formula, value, text in filled:
        row, column = row_of[number], columns[letters]
        if row[column] != "":
            # Two cells at one address.
            raise Unusual
        if kind == b"s":
            row[column] = _shared(value, text, strings())
        elif kind == b"inlineStr" and not value and not formula:
            row[column] = _text(text)
        else:
            decode = _value if len(formula) + len(value) + len(text) <= LONGEST_KEPT else _value.__wrapped__
            row[column] = decode(formats.get(style or other_style, "unsure"), kind, formula, value, text)
    return rows


@lru_cache(maxsize=MOST_KEPT)
def _value(how: Shows, kind: bytes, formula: bytes, value: bytes, text: bytes) -> RawValue:
    """Return what stands in a cell; most of what a workbook says stands in many cells and many workbooks, and is decoded once."""
    if text or kind == b"inlineStr":
        raise Unusual
    if value and (not kind or kind == b"n"):
        return _shown(_number(value), how)
    return _special(kind, value)


def _special(kind: bytes, value: bytes) -> RawValue:
    """Return a text that a formula gives, a truth value, an error, or the fault of a formula without a value."""
    if kind == b"str" and value:
        return _decoded(value)
    if kind == b"e" and value in ERRORS:
        return CellFault("cell-error", value.decode())
    if kind == b"b" and value in (b"0", b"1"):
        return value == b"1"
    if value or kind in (b"str", b"e"):
        raise Unusual
    return NOT_CALCULATED


def _shown(number: float, how: Shows) -> RawValue:
    if how == "unsure":
        raise Unusual
    return _day(number) if how == "day" else number


def _shared(value: bytes, text: bytes, strings: Sequence[str]) -> str:
    if text or not value.isdigit() or int(value) >= len(strings):
        raise Unusual
    return strings[int(value)]


def _day(number: float) -> date:
    if not number.is_integer() or not _FIRST_SURE <= number <= _LAST_SURE:
        raise Unusual
    return _EPOCH + timedelta(days=int(number))


def _number(value: bytes) -> float:
    if len(value) > LONGEST_KEPT or not _NUMBER.fullmatch(value):
        raise Unusual
    return float(value)


def _text(text: bytes) -> str:
    return _kept_text(text) if len(text) <= LONGEST_KEPT else _decoded(text)


def _decoded(text: bytes) -> str:
    """Return the text of UTF-8 with references to characters; what XML cannot hold or changes when it is read is unusual."""
    if b"\r" in text or b"_x" in text:
        raise Unusual
    try:
        plain = text.decode()
        if b"&" not in text:
            return plain
        if text.count(b"&") != len(_REFERENCE.findall(text)):
            raise Unusual
        return _REFERENCE.sub(lambda match: _character(*match.groups()).encode(), text).decode()
    except (UnicodeError, ValueError, OverflowError) as error:
        raise Unusual from error


_kept_text = lru_cache(maxsize=MOST_KEPT)(_decoded)


def _character(decimal: bytes | None, hexadecimal: bytes | None, name: bytes | None) -> str:
    if name is not None:
        return _ENTITIES[name]
    code = int(decimal) if decimal is not None else int(hexadecimal or b"0", 16)
    if code < 32 and code not in (9, 10):
        raise Unusual
    return chr(code)


# Shared texts and styles


def read_strings(xml: bytes) -> list[str]:
    """Return the shared texts of a workbook; raises Unusual for texts with formats inside, which only a parser reads surely."""
    plain = _PLAIN_STRING.findall(xml)
    if len(plain) != xml.count(b"<si>") + xml.count(b"<si/>") + xml.count(b"<si ") or b"='" in xml or b"<!" in xml:
        raise Unusual
    return [_text(text) for text in plain]


@lru_cache(maxsize=64)
def read_formats(xml: bytes) -> Formats:
    """Return for each cell style how it shows numbers. Raises Unusual, ElementTree.ParseError."""
    codes: dict[int, str] = {}
    styles: list[int] = []
    for element in parse_xml(xml).iter():
        if local_name(element) == "numFmt":
            codes[_whole(element.get("numFmtId"))] = element.get("formatCode") or ""
        elif local_name(element) == "cellXfs":
            styles = [_whole(style.get("numFmtId") or "0") for style in element if local_name(style) == "xf"]
    formats = (shows(codes[number]) if number in codes else _BUILT_IN.get(number, "number") for number in styles)
    return {b"": "number", **{str(at).encode(): own for at, own in enumerate(formats)}}


def _whole(text: str | None) -> int:
    if text is None or not re.fullmatch(r"\d{1,9}", text):
        raise Unusual
    return int(text)


_HIDDEN_TEXT = re.compile(r'"[^"]*"|\\.|_.')
_IN_BRACKETS = re.compile(r"\[(?![hmsHMS]+\])[^\]]*\]")
_DAYS = re.compile(r"[-/. ,年月日]*[yYmMdD][-/. ,年月日yYmMdD]*")


def shows(code: str) -> Shows:
    """Return what a number format of somebody's own shows; anything with a time of day in it is unsure."""
    bare = _IN_BRACKETS.sub("", _HIDDEN_TEXT.sub("", code)).split(";")[0]
    if code == "General" or not set(bare) & set('ymdhsYMDHSaApP"['):
        return "number"
    return "day" if _DAYS.fullmatch(bare) else "unsure"
