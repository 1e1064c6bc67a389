"""The text form of a workbook: plain cells ↔ lines that a person can read, write and mail.

    [会议]
    3 | 日期* | 会议类型* | 会议主题*
    4 | 2017-03-05 | 全委会议 | "12"

A line is a row: its number, then its cells from column A on. A bare word is text, 12 and 12.5 are numbers,
2017-03-05 is a date (with 13:01:00 after a T, a moment), TRUE and FALSE are truth values, !formula-not-calculated
and !cell-error are faults; text that looks like one of these, or holds a bar, is quoted as in JSON.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, datetime

from wuhao_report.workbook.raw import CellFault, RawValue
from wuhao_report.workbook.reader import RawBook, RawSheet

DATE_1904 = "#date1904"
"""Stands first where the workbook counts its days from 1904."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?)?")
_ROW = re.compile(r"(\d+) \|(.*)", re.DOTALL)
_CELL = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^|]*?)\s*(?:\||$)')


def dump_book(book: RawBook) -> str:
    """The text form of all sheets; empty rows and trailing empty cells are left out."""
    lines = [DATE_1904] if book.date1904 else []
    for sheet in book.sheets:
        lines.append(f"[{json.dumps(sheet.name, ensure_ascii=False)[1:-1]}]")
        for number, row in enumerate(sheet.rows, 1):
            cells = [_write(value) for value in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                lines.append(f"{number} | " + " | ".join(cells))
        lines.append("")
    return "\n".join(lines)


def _write(value: RawValue) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, CellFault):
        return f"!{value.code}"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return repr(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _quoted(value: str) -> str:
    """A text, in quotation marks where it would be read as something else."""
    plain = value == value.strip() and not any(char in value for char in '|"\\\r\n\t') and value.isprintable()
    if plain and value not in ("TRUE", "FALSE") and value[0] != "!" and not (_NUMBER.fullmatch(value) or _DATE.fullmatch(value)):
        return value
    return json.dumps(value, ensure_ascii=not value.isprintable())


def _read(text: str) -> RawValue:
    if not text:
        return ""
    if text[0] == '"' and text[-1] == '"' and len(text) > 1:
        return str(json.loads(text, strict=False))
    if text in ("TRUE", "FALSE"):
        return text == "TRUE"
    if text[0] == "!":
        return CellFault(text[1:], "（未计算的公式）" if "formula" in text else "#")
    if _NUMBER.fullmatch(text):
        return float(text)
    if _DATE.fullmatch(text):
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    return text


def parse_book(text: str, file: str = "workbook.txt") -> RawBook:
    """The workbook of a text form.

    Raises ValueError with the number of the first line that is neither a sheet name nor a row.
    """
    sheets: list[tuple[str, list[tuple[RawValue, ...]]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            sheets.append((json.loads(f'"{line[1:-1]}"'), []))
            continue
        match = _ROW.fullmatch(line)
        if match is None or not sheets:
            raise ValueError(f"line {number}: neither a sheet name nor a row")
        rows = sheets[-1][1]
        index = int(match.group(1)) - 1
        if not len(rows) <= index < 1_000_000:
            raise ValueError(f"line {number}: rows must come in order")
        rows.extend([()] * (index - len(rows)))
        rows.append(tuple(_read(cell) for cell in _split(match.group(2))))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return RawBook(file, digest, tuple(RawSheet(name, tuple(rows)) for name, rows in sheets), text.startswith(DATE_1904))


def _split(text: str) -> list[str]:
    cells, at = [], 0
    while at <= len(text):
        match = _CELL.match(text, at)
        if match is None:
            raise ValueError("a cell that cannot be read")
        cells.append(match.group(1))
        if match.end() == len(text) and not match.group(0).endswith("|"):
            break
        at = match.end()
    return cells
