"""Formats that make a text of a number: letters and leading zeros (Z007, 007, 138-0000-0001), which a person reads and the cell does not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from wuhao_report.core.cell_reference import column_index
from wuhao_report.files.office import DAMAGE, local_name, parse_xml
from wuhao_report.workbook.plain_sheet import Place

_PIECE = re.compile(r'"([^"]*)"|\\(.)|([-/ ()])|(0)|([A-DF-GI-LN-RT-XZ])')
"""A text in quotes, an escaped character, a sign that stands for itself, a digit, a letter that means nothing in a format."""
_CELL = re.compile(rb'<c r="([A-Z]{1,2})([1-9]\d{0,5})" s="(\d{1,5})"(?: t="n")?><v>(\d{1,15})</v>')
Pieces = tuple[str, ...]
"""The pieces of a format; "" stands for a digit."""


@lru_cache(maxsize=64)
def text_formats(styles: bytes) -> Mapping[int, Pieces]:
    """Return the cell styles whose format makes a text of a whole number, with the pieces of it; none of damaged styles."""
    try:
        root = parse_xml(styles)
    except DAMAGE:
        return {}
    codes: dict[str, Pieces] = {}
    found: dict[int, Pieces] = {}
    for element in root.iter():
        if local_name(element) == "numFmt" and (pieces := _pieces(element.get("formatCode") or "")):
            codes[element.get("numFmtId") or ""] = pieces
        elif local_name(element) == "cellXfs":
            formats = [style.get("numFmtId") or "" for style in element if local_name(style) == "xf"]
            found = {number: codes[name] for number, name in enumerate(formats) if name in codes}
    return found


def _pieces(code: str) -> Pieces:
    """Return the pieces of a format that holds digits and plain signs alone, and shows something that the number is not; else none."""
    code = code.split(";")[0]
    pieces: list[str] = []
    at = 0
    while at < len(code):
        match = _PIECE.match(code, at)
        if match is None:
            return ()
        quoted, escaped, sign, digit, letter = match.groups()
        pieces.append("" if digit else quoted or escaped or sign or letter or "")
        at = match.end()
    digits = pieces.count("")
    leading = bool(pieces) and pieces[0] != ""
    return tuple(pieces) if digits and (leading or digits > 1) else ()


def shown_numbers(xml: bytes, styles: Mapping[int, Pieces]) -> Iterator[tuple[Place, str]]:
    """Yield the cells of a sheet, as Excel and the libraries write them, whose number is shown as a text."""
    wanted = {str(number).encode(): pieces for number, pieces in styles.items()}
    for letters, row, style, number in _CELL.findall(xml):
        pieces = wanted.get(style)
        if pieces is not None:
            yield (int(row) - 1, column_index(letters.decode())), _shown(pieces, number.decode())


def _shown(pieces: Pieces, number: str) -> str:
    """Return a number in the pieces of a format, from the right; what is too long for it stands at its first digit."""
    digits = number.rjust(pieces.count(""), "0")
    count = pieces.count("")
    groups = iter([digits[: len(digits) - count + 1], *digits[len(digits) - count + 1 :]])
    return "".join(piece or next(groups) for piece in pieces)
