"""What stands in a cell before it is typed: the plain values a reader gives, and how they look as text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from wuhao_report.core.text import chinese_date, clean


@dataclass(frozen=True)
class CellFault:
    """What stands in a cell that has no value of its own: an Excel error, or a formula never calculated."""

    code: str
    text: str


RawValue = str | int | float | bool | date | datetime | time | timedelta | CellFault | None


def is_blank(raw: RawValue) -> bool:
    """Return whether a cell holds nothing that a person could see."""
    if raw.__class__ is not str:
        return raw is None
    text = raw.strip()
    return not text or not (text[0].isalnum() or clean(text))


def plain_number(raw: int | float) -> str:
    """A number as it is read as text: 13800000001, never 1.38E10."""
    if isinstance(raw, int) or (math.isfinite(raw) and raw == int(raw)):
        return str(int(raw))
    return format(Decimal(repr(raw)), "f") if math.isfinite(raw) else str(raw)


def as_text(raw: RawValue) -> str:
    """Any raw value as the text a person would see."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        return clean(raw)
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, int | float):
        return plain_number(raw)
    if isinstance(raw, datetime):
        return chinese_date(raw.date())
    if isinstance(raw, date):
        return chinese_date(raw)
    return raw.text if isinstance(raw, CellFault) else str(raw)
