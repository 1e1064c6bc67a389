"""Rows as people write them: which are no records, how cells and row numbers are shown."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from wuhao_report.core.text import fold
from wuhao_report.workbook.raw import RawValue, as_text, is_blank

NONE = "无"
MAX_SHOWN = 200
MOST_RUNS = 10
_SUM = re.compile(
    r"(?:\d{2,4}年度?|第?[一二三四1-4]季度|上半年|下半年|本年度?|本页|全年|以上)?(?:合计数?|小计|总计|共计|累计|总数|共)"
    r"(?:[（(].*[)）])?[:：]?(?:\d[\d.,]*\w{0,3})?"
)
"""A sum of the records above, as people write it in front of its row."""
_NOTE = re.compile(
    r"(?:注\d*|备注|说明|填表人|制表人|审核人|负责人|填报单位|电话|日期|时间|签字|盖章|数据来源|资料来源|来源|填表说明)[:：].*|注\d.*|以上.*"
    r"|[-—－(]*以下(?:空白|无正文)[-—－)]*|第\d+页(?:[,，]?共\d+页)?"
)
"""How a line begins that people write below a table."""
_HEADING = re.compile(r"\d{4}年度?")
_UNIT = re.compile(r"[(（][^()（）]{1,8}[)）]")
"""What stands alone between records, or below the headers."""


def first_filled(row: Sequence[RawValue]) -> RawValue:
    """Return the first cell in which something stands; None where there is none."""
    for cell in row:
        if cell.__class__ is str:
            if cell and not is_blank(cell):
                return cell
        elif cell is not None:
            return cell
    return None


def begins_a_record(row: Sequence[RawValue]) -> bool:
    """Return whether what stands first in a row is surely no 无, sum, heading or note."""
    first = row[0] if row and row[0] else first_filled(row)
    return not isinstance(first, str) or _is_ordinary(first[:MAX_SHOWN])


@lru_cache(maxsize=4096)
def _is_ordinary(text: str) -> bool:
    squeezed = _squeezed(text)
    return bool(squeezed) and squeezed != NONE and _kind(squeezed) is None


def beside_the_records(row: Sequence[RawValue], yearly: bool = False) -> tuple[str, str] | None:
    """Return the code and the first text of a row that is no record: a sum of those above it, a heading or a note."""
    first = first_filled(row)
    if not isinstance(first, str):
        return None
    text = _squeezed(first[:MAX_SHOWN])
    kind = _kind(text)
    if kind == "sum":
        return "subtotal-row", text
    if kind == "note" or (kind == "heading" and not yearly):
        return ("note-row", text) if _stands_alone(text, row) else None
    return None


@lru_cache(maxsize=4096)
def _kind(text: str) -> Literal["sum", "note", "heading"] | None:
    """Say what a text at the beginning of a row may be besides a part of a record."""
    if _SUM.fullmatch(text):
        return "sum"
    if _NOTE.fullmatch(text) or _UNIT.fullmatch(text):
        return "note"
    return "heading" if _HEADING.fullmatch(text) else None


@lru_cache(maxsize=4096)
def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", fold(text))


def _stands_alone(text: str, row: Sequence[RawValue]) -> bool:
    """Whether nothing else stands in the row, or nothing but notes."""
    filled = [_squeezed(cell[:MAX_SHOWN]) for cell in row if isinstance(cell, str) and not is_blank(cell)]
    notes = not _HEADING.fullmatch(text) and all(_NOTE.fullmatch(cell) or _UNIT.fullmatch(cell) for cell in filled)
    return (len(filled) == 1 or notes) and len(filled) == sum(not is_blank(cell) for cell in row)


def shown(raw: RawValue) -> Any:
    """Return what stands in a cell as it may be shown: numbers and truth stay, the rest is text of bounded length."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, float) and not math.isfinite(raw):
        return str(raw)
    if isinstance(raw, float) and raw == int(raw) and abs(raw) < 1e15:
        return int(raw)
    if isinstance(raw, bool | int | float):
        return raw
    if isinstance(raw, date):
        return raw.isoformat()
    return as_text(raw)[:MAX_SHOWN] or None


def row_ranges(rows: Sequence[int]) -> str:
    """Return row numbers in order as people write them: 5—9、12."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    texts = "、".join(str(first) if first == last else f"{first}—{last}" for first, last in runs[:MOST_RUNS])
    return texts + ("等" if len(runs) > MOST_RUNS else "")
