"""The XML of one sheet, as nearly everybody writes it or as nobody should: what the engine does not tell of it, and a plain form.

Sheets in the usual form are only searched. All others are parsed and written anew, values alone, for the engine is quick and
particular: prefixes, single quotes, comments, cells without addresses, words where a number should be make it guess or give up.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from xml.etree import ElementTree

from wuhao_report.core.cell_reference import column_letters
from wuhao_report.core.cells import CellFault

MAX_ROW = 100_000
MAX_COLUMN = 256
MAX_CELLS = 5_000_000
MAX_MERGED = 20_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""What a sheet of Excel has."""
ERRORS = frozenset((b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!"))
"""The error values that the engine knows; at any other it gives up the whole workbook."""
NOT_CALCULATED = CellFault("formula-not-calculated", "（未计算的公式）")

Place = tuple[int, int]
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 0."""


@dataclass
class SheetFacts:
    """What the engine does not tell of one sheet; `faults` by 0-based row and column, `hidden` rows counted from 1.

    `far` is the address of the farthest cell that was left out.
    """

    faults: dict[Place, CellFault] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    merged: tuple[Range, ...] = ()
    visible: bool = True
    far: str = ""


class TooFar(ValueError):
    """A sheet whose used area is absurd even without its farthest cells; the text is the address of the last."""


def look(xml: bytes, strings: Callable[[], int | None] = lambda: None) -> tuple[SheetFacts, bytes | None]:
    """The facts of a sheet, and its plain form where the engine needs one; `strings` tells how many shared texts there are.

    Raises TooFar, ElementTree.ParseError.
    """
    if not _usual(xml):
        return plain(xml, strings())
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData")
    cells, rest = xml[start:end], xml[end:]
    hidden = frozenset(int(row) for row in _HIDDEN.findall(cells)) if b'hidden="' in cells else frozenset()
    merged = tuple(_ranges(_MERGED.findall(rest))) if b"mergeCell" in rest else ()
    return SheetFacts(_faults(cells), hidden, merged), None


# The usual form

_PREFIXED = re.compile(rb"<[^<>\s/:]*:")
_ODD_CELL = re.compile(rb'<c r="(?![A-Z]{1,2}[0-9]{1,5}")')
_ROW = re.compile(rb'<row r="([0-9]{1,7})"')
_WIDE = re.compile(rb'<c r="([A-Z]{2})[0-9]')
_DEEP = re.compile(rb'<c r="[A-Z]+([0-9]{5})"')
_DIMENSION = re.compile(rb'<dimension ref="([^"]*)"')
_AREA = re.compile(rb"[A-Z]{1,3}[1-9]\d{0,6}(:[A-Z]{1,3}[1-9]\d{0,6})?")
_ODD_INDEX = re.compile(rb't="s"><v>(?:[^0-9]|[0-9]{9})')
_ANY_CELL = re.compile(rb"<c[\s/>]")
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_VALUE = re.compile(rb"<v\b[^>]*>([^<]+)<")
_FORMULA = b"<f"
"""Nothing else inside the cells of a sheet begins so."""
_HIDDEN = re.compile(rb'<row (?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def _usual(xml: bytes) -> bool:
    """Whether a sheet is written as Excel, WPS, LibreOffice and the libraries write it, and nothing in it is far away.

    What makes the engine give up is not looked for here: it is tried once more then, with every sheet in its plain form.
    """
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData")
    if start < 0 or end < 0 or b"='" in xml or b"<!" in xml or xml.find(b"<?", 5) >= 0:
        return False
    head = xml[:start]
    dimension = _DIMENSION.search(head)
    if b"dimension" in head and (dimension is None or not _AREA.fullmatch(dimension.group(1))):
        return False
    cells = xml[start:end]
    rows = _ROW.findall(cells)
    if len(rows) != cells.count(b"<row") or cells.count(b"<c r=") != len(_ANY_CELL.findall(cells)) or _PREFIXED.search(cells) or _ODD_CELL.search(cells):
        return False
    if (b"<f" in cells and (b"</v><f" in cells or b"<v/><f" in cells)) or (b"<is" in cells and b"</is><v" in cells) or _ODD_INDEX.search(cells):
        return False
    if b't="e"' in cells and any(b't="e"' in attributes and (value := _VALUE.search(inner)) and value.group(1) not in ERRORS
                                 for attributes, inner in _CELL.findall(cells)):
        return False
    last_row = max(*map(int, rows), *map(int, _DEEP.findall(cells)), 0, 0)
    column = max((_column_number(letters) for letters in _WIDE.findall(cells)), default=26)
    return last_row <= MAX_ROW and last_row * column <= MAX_CELLS


def _faults(xml: bytes) -> dict[Place, CellFault]:
    """The cells that hold an error, or a formula never calculated."""
    faults: dict[Place, CellFault] = {}
    if b't="e"' not in xml and _FORMULA not in xml:
        return faults
    for attributes, inner in _CELL.findall(xml):
        error = b't="e"' in attributes
        if not error and _FORMULA not in inner:
            continue
        cell = _ADDRESS.search(attributes)
        if cell is None:
            continue
        at = (int(cell.group(2)) - 1, _column_number(cell.group(1)) - 1)
        value = _VALUE.search(inner)
        if error:
            faults[at] = CellFault("cell-error", value.group(1).decode(errors="replace") if value else "#")
        elif value is None and not (b't="str"' in attributes and b"<v" in inner):
            faults[at] = NOT_CALCULATED
    return faults


def _ranges(found: Sequence[tuple[bytes, ...]]) -> Iterator[Range]:
    for left, top, right, bottom in found[:MAX_MERGED]:  # as the address is written
        yield int(top) - 1, _column_number(left) - 1, int(bottom) - 1, _column_number(right) - 1


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


# Any other form

_ANY_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_NUMERIC = re.compile(r"\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][-+]?\d+)?\s*")


@dataclass
class _Cell:
    kind: str
    style: str
    text: str | None
    inline: str | None
    formula: bool


def plain(xml: bytes, strings: int | None = None) -> tuple[SheetFacts, bytes]:
    """The facts of a sheet in any form, and the sheet with its values alone, each at its address.

    Cells beyond what is read are left out; the farthest is named in the facts. Raises TooFar, ElementTree.ParseError.
    """
    facts = SheetFacts()
    rows: dict[int, dict[int, _Cell]] = {}
    far: Place = (0, 0)
    hidden, merged = set(), []
    row_at, column_at = 0, -1
    for event, element in ElementTree.iterparse(io.BytesIO(xml), ("start", "end")):
        name = _local(element.tag)
        if event == "start" and name == "row":
            row_at, column_at = _whole(element.get("r"), row_at + 1), -1
            far = max(far, (row_at, 1)) if row_at > MAX_ROW else far
            if element.get("hidden") in ("1", "true"):
                hidden.add(row_at)
        elif event == "end" and name == "c":
            row, column_at = _place(element.get("r"), row_at, column_at)
            if row > MAX_ROW or column_at >= MAX_COLUMN or row < 1:
                far = max(far, (row, column_at + 1))
            else:
                rows.setdefault(row, {})[column_at] = _cell(element)
        elif event == "end" and name == "row":
            element.clear()
        elif event == "end" and name == "mergeCell":
            merged.append((element.get("ref") or "").upper().encode())
    if rows and max(rows) * max(26, *(column + 1 for cells in rows.values() for column in cells)) > MAX_CELLS:
        raise TooFar(_named(max(rows), max(column for cells in rows.values() for column in cells) + 1))
    facts.hidden = frozenset(row for row in hidden if row <= MAX_ROW)
    facts.merged = tuple(_ranges([match.group(1, 2, 3, 4) for text in merged if (match := _MERGED_TEXT.fullmatch(text))]))
    facts.far = _named(*far) if far != (0, 0) else ""
    lines = [f'<row r="{row}">{"".join(_written(facts, row, column, cell, strings) for column, cell in sorted(cells.items()))}</row>'
             for row, cells in sorted(rows.items())]
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return facts, (head + "".join(lines) + "</sheetData></worksheet>").encode("utf-8", "replace")


_MERGED_TEXT = re.compile(rb"\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")


def _local(tag: object) -> str:
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"\d{1,7}", text.strip()) else default


def _place(address: str | None, row: int, before: int) -> Place:
    """The 1-based row and 0-based column of a cell; one without an address stands behind the one before.

    An address that no sheet has is as far away as can be.
    """
    if address is None:
        return max(row, 1), before + 1
    match = _ANY_ADDRESS.fullmatch(address.strip())
    if match is None:
        return LAST_ROW, LAST_COLUMN - 1
    return int(match.group(2)), _column_number(match.group(1).upper().encode()) - 1


def _named(row: int, column: int) -> str:
    return f"{column_letters(min(column, LAST_COLUMN) - 1)}{min(row, LAST_ROW)}"


def _cell(element: ElementTree.Element) -> _Cell:
    text = inline = None
    formula = False
    for child in element:
        name = _local(child.tag)
        if name == "v":
            text = "".join(child.itertext())
        elif name == "is":
            inline = "".join(part.text or "" for part in child.iter() if _local(part.tag) == "t")
        elif name == "f":
            formula = True
    return _Cell(element.get("t", "n"), element.get("s", ""), text, inline, formula)


def _written(facts: SheetFacts, row: int, column: int, cell: _Cell, strings: int | None) -> str:
    """A cell as the engine reads it surely; what it would not tell goes into the facts."""
    at = (row - 1, column)
    address = f'<c r="{column_letters(column)}{row}"'
    style = f' s="{cell.style}"' if cell.style.isdigit() and cell.style.isascii() else ""
    text = cell.text
    if cell.kind == "e":
        facts.faults[at] = CellFault("cell-error", (text or "#").strip())
        return ""
    if cell.inline is not None and (cell.kind == "inlineStr" or text is None):
        return f'{address}{style} t="inlineStr"><is><t xml:space="preserve">{escape(cell.inline)}</t></is></c>'
    if cell.formula and (text is None or (not text.strip() and cell.kind != "str")):
        facts.faults[at] = NOT_CALCULATED
        return ""
    if text is None or not text.strip():
        return "" if cell.kind != "str" or not text else f'{address}{style} t="str"><v>{escape(text)}</v></c>'
    kind = cell.kind
    if kind == "s":
        index = text.strip()
        if not (index.isdigit() and index.isascii() and (strings is None or int(index) < strings)):
            facts.faults[at] = CellFault("cell-error", "#")
            return ""
        return f'{address}{style} t="s"><v>{int(index)}</v></c>'
    if kind == "b" and text.strip().lower() in ("1", "0", "true", "false"):
        return f'{address}{style} t="b"><v>{int(text.strip().lower() in ("1", "true"))}</v></c>'
    if kind == "d":
        return f'{address}{style} t="d"><v>{escape(text.strip())}</v></c>'
    if kind == "n" and _NUMERIC.fullmatch(text):
        return f"{address}{style}><v>{text.strip()}</v></c>"
    return f'{address} t="str"><v>{escape(text)}</v></c>'
