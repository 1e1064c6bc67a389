"""A sheet in any form → its values alone, each at its address, written as the engine reads them surely; and what the engine does not tell.

The engine is quick and particular: prefixes, single quotes, comments, cells without addresses, words where a number should be make it
guess or give up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from xml.etree.ElementTree import Element

from wuhao_report.core.cell_reference import LAST_COLUMN, LAST_ROW, cell_name, parse_cell
from wuhao_report.files.office import local_name, walk_xml
from wuhao_report.workbook.raw import CellFault

MAX_ROW = 100_000
MAX_COLUMN = 256
MAX_CELLS = 5_000_000
MAX_MERGED = 20_000
NOT_CALCULATED = CellFault("formula-not-calculated", "（未计算的公式）")
TRUTH = ("1", "true", "0", "false")
_NUMERIC = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][-+]?\d+)?")

Place = tuple[int, int]
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 0."""


@dataclass
class SheetFacts:
    """What the engine does not tell of one sheet; `faults` by 0-based row and column, `hidden` rows counted from 1.

    `far` is the address of the farthest cell that was left out; `numbers` are cells that an engine
    may take for days, `shown` whole numbers that their format makes texts of, `photos` the parts of photographs in cells, `floating` those over cells.
    """

    faults: dict[Place, CellFault] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    merged: tuple[Range, ...] = ()
    visible: bool = True
    far: str = ""
    numbers: Mapping[Place, float] = field(default_factory=dict)
    shown: Mapping[Place, str] = field(default_factory=dict)
    photos: Mapping[Place, str] = field(default_factory=dict)
    floating: tuple[tuple[Place, str], ...] = ()


class TooFar(ValueError):
    """A sheet whose used area is absurd even without its farthest cells; `address` is that of the last."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@lru_cache(maxsize=4_096)
def merged_range(reference: str) -> Range | None:
    """Return the range of merged cells such as B3:C7, or None where it is none."""
    first, _, last = reference.partition(":")
    start, end = parse_cell(first), parse_cell(last)
    return None if start is None or end is None else (start[0] - 1, start[1], end[0] - 1, end[1])


def plain(xml: bytes, strings: int | None = None) -> tuple[SheetFacts, bytes]:
    """Return the facts of a sheet in any form, and the sheet with its values alone; `strings` is the number of shared texts.

    Cells beyond what is read are left out; the farthest is named in the facts. Raises TooFar, ElementTree.ParseError.
    """
    sheet = _Sheet()
    for event, element in walk_xml(xml):
        take = sheet.takes.get((event, local_name(element)))
        if take is not None:
            take(element)
    facts = sheet.facts(strings)
    return facts, sheet.written(facts.faults)


@dataclass(frozen=True)
class _Cell:
    kind: str
    style: str
    text: str | None
    inline: str | None
    formula: bool

    @property
    def is_inline(self) -> bool:
        """Say whether the text of the cell stands in itself."""
        return self.inline is not None and (self.kind == "inlineStr" or self.text is None)

    def fault(self, strings: int | None) -> CellFault | None:
        """Return what the engine would not tell of the cell, or stumble over."""
        text = (self.text or "").strip()
        if self.kind == "e":
            return CellFault("cell-error", (self.text or "#").strip())
        if self.is_inline:
            return None
        if self.formula and (self.text is None or (not text and self.kind != "str")):
            return NOT_CALCULATED
        known = text.isdigit() and text.isascii() and (strings is None or int(text) < strings)
        return CellFault("cell-error", "#") if self.kind == "s" and text and not known else None

    def written(self, address: str) -> str:
        """Return a cell without fault as the engine reads it surely; nothing for a blank one."""
        head = f'<c r="{address}"' + (f' s="{self.style}"' if self.style.isdigit() and self.style.isascii() else "")
        if self.is_inline:
            return f'{head} t="inlineStr"><is><t xml:space="preserve">{escape(self.inline or "")}</t></is></c>'
        text = self.text or ""
        if not text.strip():
            return f'{head} t="str"><v>{escape(text)}</v></c>' if self.kind == "str" and text else ""
        typed = self._typed(text.strip())
        return f"{head}{typed}</v></c>" if typed else f'<c r="{address}" t="str"><v>{escape(text)}</v></c>'

    def _typed(self, value: str) -> str:
        """The type and the value of a cell that the engine knows the type of; nothing for any other, which is a text."""
        match self.kind:
            case "s":
                return f' t="s"><v>{int(value)}'
            case "b" if value.lower() in TRUTH:
                return f' t="b"><v>{int(value.lower() in ("1", "true"))}'
            case "d":
                return f' t="d"><v>{escape(value)}'
            case "n" if _NUMERIC.fullmatch(value):
                return f"><v>{value}"
            case _:
                return ""


class _Sheet:
    """The cells of a sheet as they come, by 1-based row and 0-based column."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[int, _Cell]] = {}
        self.hidden: set[int] = set()
        self.merged: list[Range] = []
        self.far: Place = (0, 0)
        self.row, self.column = 0, -1
        self.takes: dict[tuple[str, str], Callable[[Element], None]] = {
            ("start", "row"): self._begin_row,
            ("end", "c"): self._take_cell,
            ("end", "row"): Element.clear,
            ("end", "mergeCell"): self._take_merged,
        }

    def _begin_row(self, element: Element) -> None:
        self.row, self.column = _whole(element.get("r"), self.row + 1), -1
        if self.row > MAX_ROW:
            self.far = max(self.far, (self.row, 1))
        if element.get("hidden") in ("1", "true"):
            self.hidden.add(self.row)

    def _take_cell(self, element: Element) -> None:
        row, self.column = self._place(element.get("r"))
        if row > MAX_ROW or self.column >= MAX_COLUMN or row < 1:
            self.far = max(self.far, (row, self.column + 1))
        else:
            self.rows.setdefault(row, {})[self.column] = _cell(element)

    def _take_merged(self, element: Element) -> None:
        merged = merged_range(element.get("ref") or "")
        if merged is not None:
            self.merged.append(merged)

    def _place(self, address: str | None) -> Place:
        """The place of a cell; one without an address stands behind the one before, one that no sheet has as far away as can be."""
        if address is None:
            return max(self.row, 1), self.column + 1
        return parse_cell(address) or (LAST_ROW, LAST_COLUMN - 1)

    def facts(self, strings: int | None) -> SheetFacts:
        """Return what the engine does not tell of the sheet. Raises TooFar."""
        last_row, last_column = max(self.rows, default=0), max((max(cells) for cells in self.rows.values()), default=0)
        if last_row * max(26, last_column + 1) > MAX_CELLS:
            raise TooFar(_address(last_row, last_column))
        faults = {
            (row - 1, column): fault
            for row, cells in sorted(self.rows.items())
            for column, cell in sorted(cells.items())
            if (fault := cell.fault(strings)) is not None
        }
        hidden = frozenset(row for row in self.hidden if row <= MAX_ROW)
        far = _address(self.far[0], self.far[1] - 1) if self.far != (0, 0) else ""
        return SheetFacts(faults, hidden, tuple(self.merged[:MAX_MERGED]), far=far)

    def written(self, faults: Container[Place]) -> bytes:
        """Return the sheet with its values alone, those of faulty cells left out."""
        rows = []
        for row, cells in sorted(self.rows.items()):
            texts = (
                cell.written(cell_name(row, column)) for column, cell in sorted(cells.items()) if (row - 1, column) not in faults
            )
            rows.append(f'<row r="{row}">{"".join(texts)}</row>')
        head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        return (head + "".join(rows) + "</sheetData></worksheet>").encode("utf-8", "replace")


def _whole(text: str | None, default: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"\d{1,7}", text.strip()) else default


def _address(row: int, column: int) -> str:
    return cell_name(min(row, LAST_ROW), min(column, LAST_COLUMN - 1))


def _cell(element: Element) -> _Cell:
    text = inline = None
    formula = False
    for child in element:
        name = local_name(child)
        if name == "v":
            text = "".join(child.itertext())
        elif name == "is":
            inline = "".join(part.text or "" for part in child.iter() if local_name(part) == "t")
        elif name == "f":
            formula = True
    return _Cell(element.get("t", "n"), element.get("s", ""), text, inline, formula)
