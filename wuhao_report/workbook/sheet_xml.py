"""The XML of one sheet, as nearly everybody writes it: what the engine does not tell of it is found by searching, without parsing.

A sheet in any other form is parsed, and written anew for the engine (plain_sheet).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from wuhao_report.core.cell_reference import column_index
from wuhao_report.workbook.plain_sheet import (
    MAX_CELLS,
    MAX_MERGED,
    MAX_ROW,
    NOT_CALCULATED,
    Place,
    SheetFacts,
    merged_range,
    plain,
)
from wuhao_report.workbook.raw import CellFault

ERRORS = frozenset((b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!"))
"""The error values that the engine knows; at any other it gives up the whole workbook."""
PREFIXED = re.compile(rb"<[^<>\s/:]*:")
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
HIDDEN = re.compile(rb'<row (?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')


def look(xml: bytes, strings: Callable[[], int | None] = lambda: None) -> tuple[SheetFacts, bytes | None]:
    """Return the facts of a sheet, and its plain form where the engine needs one; `strings` gives the number of shared texts.

    Raises TooFar, ElementTree.ParseError.
    """
    if not _usual(xml):
        return plain(xml, strings())
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData")
    cells, rest = xml[start:end], xml[end:]
    hidden = frozenset(int(row) for row in HIDDEN.findall(cells)) if b'hidden="' in cells else frozenset()
    references = MERGED.findall(rest)[:MAX_MERGED] if b"mergeCell" in rest else []
    merged = tuple(area for reference in references if (area := merged_range(reference.decode())) is not None)
    return SheetFacts(_faults(cells), hidden, merged), None


def _usual(xml: bytes) -> bool:
    """Whether a sheet is written as Excel, WPS, LibreOffice and the libraries write it, and nothing in it is far away.

    What makes the engine give up is not looked for here: it is tried once more then, with every sheet in its plain form.
    """
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData")
    if start < 0 or end < 0 or b"='" in xml or b"<!" in xml or xml.find(b"<?", 5) >= 0:
        return False
    head, cells = xml[:start], xml[start:end]
    dimension = _DIMENSION.search(head)
    if b"dimension" in head and (dimension is None or not _AREA.fullmatch(dimension.group(1))):
        return False
    rows = _ROW.findall(cells)
    return len(rows) == cells.count(b"<row") and _has_usual_cells(cells) and _is_near(rows, cells)


def _has_usual_cells(cells: bytes) -> bool:
    """Whether every cell has an address and its parts in the usual order, and an error is one that the engine knows."""
    if cells.count(b"<c r=") != len(_ANY_CELL.findall(cells)) or PREFIXED.search(cells) or _ODD_CELL.search(cells):
        return False
    if (
        (b"<f" in cells and (b"</v><f" in cells or b"<v/><f" in cells))
        or (b"<is" in cells and b"</is><v" in cells)
        or _ODD_INDEX.search(cells)
    ):
        return False
    return b't="e"' not in cells or not any(
        b't="e"' in attributes and (value := _VALUE.search(inner)) and value.group(1) not in ERRORS
        for attributes, inner in _CELL.findall(cells)
    )


def _is_near(rows: list[bytes], cells: bytes) -> bool:
    """Whether all rows and cells lie within what is read."""
    last_row = max(*map(int, rows), *map(int, _DEEP.findall(cells)), 0, 0)
    column = max((column_index(letters.decode()) + 1 for letters in set(_WIDE.findall(cells))), default=26)
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
        at = (int(cell.group(2)) - 1, column_index(cell.group(1).decode()))
        value = _VALUE.search(inner)
        if error:
            faults[at] = CellFault("cell-error", value.group(1).decode(errors="replace") if value else "#")
        elif value is None and not (b't="str"' in attributes and b"<v" in inner):
            faults[at] = NOT_CALCULATED
    return faults
