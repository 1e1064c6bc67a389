"""Finding the header of a table, and which known name each of its cells means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from wuhao_report.core.text import clean, fold
from wuhao_report.workbook.plain_sheet import Range
from wuhao_report.workbook.raw import RawValue, as_text, is_blank

HEADER_WITHIN = 20
LONGEST_HEADER = 200
Row = Sequence[RawValue]


@lru_cache(maxsize=4096)
def header_key(text: str) -> str:
    """Return a header as it is compared: folded, without blanks, line breaks, * and a unit in brackets; no header is very long."""
    text = re.sub(r"[*＊\s\u200b\u200e\u200f\u2060\ufeff]", "", fold(text[:LONGEST_HEADER]))
    return re.sub(r"[(\[（【][^)\]）】]*[)\]）】]$", "", text) or text


def starred_key(text: str) -> str:
    """Return a header as it is compared where only the star of a required column may be added."""
    return clean(text).rstrip("*").rstrip()


@dataclass(frozen=True)
class Header:
    """The header of a table: its last 0-based row, its cells from the left, how many rows it takes, how many cells are known."""

    row: int
    cells: Row
    rows: int = 1
    known: int = 0


@dataclass(frozen=True)
class Placed:
    """Which 0-based column stands for which known name; `unknown` are the other headers, `repeated` the columns of a name that has one already."""

    columns: Mapping[str, int]
    unknown: Mapping[int, str]
    repeated: Mapping[int, str]


Key = Callable[[str], str]


def find_header(
    rows: Sequence[Row],
    names: Mapping[str, str],
    key: Key = header_key,
    within: int = HEADER_WITHIN,
    merged: Sequence[Range] = (),
    enough: int = 0,
) -> Header | None:
    """Return the row (or two rows read together) among the first with the most known headers, or None where no cell is known.

    `names` are the known names by their key. With fewer than `enough` known cells in one row, two rows are tried together.
    """
    best = Header(0, ())
    for index, row in enumerate(rows[:within]):
        hits = _hits(row, names, key)
        if hits > best.known:
            best = Header(index, row, known=hits)
        if enough and hits >= enough:
            break
    if best.known < enough:
        best = _two_rows(rows[:within], names, key, merged, best)
    return best if best.known else None


def place_headers(cells: Iterable[RawValue], names: Mapping[str, str], key: Key = header_key) -> Placed:
    """Return where each known name stands in a header; of two cells with one name the first counts."""
    columns: dict[str, int] = {}
    unknown: dict[int, str] = {}
    repeated: dict[int, str] = {}
    for at, cell in enumerate(cells):
        if is_blank(cell):
            continue
        name = names.get(key(as_text(cell)))
        if name is None:
            unknown[at] = as_text(cell)
        elif name in columns:
            repeated[at] = name
        else:
            columns[name] = at
    return Placed(columns, unknown, repeated)


def _hits(cells: Row, names: Mapping[str, str], key: Key) -> int:
    return len([cell for cell in cells if cell and isinstance(cell, str) and key(cell) in names])


def _two_rows(rows: Sequence[Row], names: Mapping[str, str], key: Key, merged: Sequence[Range], best: Header) -> Header:
    """Return a header of two rows, where reading two rows together knows more columns than any row alone.

    Its cells are those of the lower row, else of the upper one; under a merged title, the two words together.
    """
    for index, (upper, lower) in enumerate(pairwise(rows)):
        if not all(isinstance(cell, str) or cell is None for cell in lower) or not _hits(upper, names, key):
            continue
        cells: list[RawValue] = []
        above = ""
        for at in range(max(len(upper), len(lower))):
            over, under = ("" if len(row) <= at else as_text(row[at]) for row in (upper, lower))
            above = over or (above if _is_merged_with_left(merged, index, at) else "")
            cells.append(next((text for text in (under, above + under, over) if key(text) in names), under or over))
        hits = _hits(cells, names, key)
        if hits > best.known:
            best = Header(index + 1, cells, 2, hits)
    return best


def _is_merged_with_left(merged: Sequence[Range], row: int, column: int) -> bool:
    return any(top <= row <= bottom and left < column <= right for top, left, bottom, right in merged)
