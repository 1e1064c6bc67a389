"""Cell references as Excel writes them: letters of columns ↔ numbers, addresses such as B7 ↔ row and column.

openpyxl.utils has the same functions, but importing it loads all of openpyxl: 200 ms with warm files and over 3 s with cold ones,
of a `wuhao check` that needs nothing else of it. Hence these few lines.
"""

from __future__ import annotations

import re

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""How many rows and columns a sheet of Excel has."""
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


def column_letters(index: int) -> str:
    """Return the letters of a 0-based column: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the 0-based column of capital letters: A → 0, AA → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def cell_name(row: int, column: int) -> str:
    """Return the address of a 1-based row and a 0-based column: (7, 1) → B7."""
    return f"{column_letters(column)}{row}"


def parse_cell(address: str) -> tuple[int, int] | None:
    """Return the 1-based row and 0-based column of an address (B7, $b$7), or None where it is none."""
    match = _CELL.fullmatch(address.strip())
    return None if match is None else (int(match.group(2)), column_index(match.group(1).upper()))
