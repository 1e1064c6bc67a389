"""What stands in a cell before it is typed: the plain values a reader gives, and how they look as text."""

from __future__ import annotations

import math
import posixpath
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from wuhao_report.core.text import chinese_date, clean, one_line


@dataclass(frozen=True)
class CellFault:
    """What stands in a cell that has no value of its own: an Excel error, or a formula never calculated."""

    code: str
    text: str


DISPIMG = re.compile(r"^\s*=?\s*(?:_xlfn\.)?DISPIMG\(\s*\"?(ID_\w{1,64})", re.IGNORECASE)
"""How WPS writes a photograph that stands in a cell: as a formula, and as the text that the formula gives."""


@dataclass(frozen=True)
class CellPhoto:
    """A photograph that stands in a cell, and the part of the package it is in; no text, and no error. `member` is "" where it is not there."""

    member: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return posixpath.basename(self.member) or "（图片）"


class ShownNumber(float):
    """A number whose format makes a text of it: 7 that is shown as Z007."""

    shown: str

    def __new__(cls, number: float, shown: str) -> ShownNumber:
        """Return the number with what is shown of it."""
        made = super().__new__(cls, number)
        made.shown = shown
        return made

    def __reduce__(self) -> tuple[type[ShownNumber], tuple[float, str]]:
        return ShownNumber, (float(self), self.shown)


RawValue = str | int | float | bool | date | datetime | time | timedelta | CellFault | CellPhoto | None


def is_blank(raw: RawValue) -> bool:
    """Return whether a cell holds nothing that a person could read; a photograph is nothing to read."""
    if raw.__class__ is not str:
        return raw is None or raw.__class__ is CellPhoto
    text = raw.strip()
    return not text or not (text[0].isalnum() or clean(text))


def as_decimal(raw: int | float) -> Decimal:
    """Return a finite number as a person sees it: of the 15 digits that Excel keeps, 48.000000000000007 is 48."""
    return Decimal(raw) if isinstance(raw, int) else Decimal(format(raw, ".15g"))


def plain_number(raw: int | float) -> str:
    """A number as it is read as text: 13800000001, never 1.38E10."""
    if isinstance(raw, int) or (math.isfinite(raw) and raw == int(raw)):
        return str(int(raw))
    if not math.isfinite(raw):
        return str(raw)
    text = format(as_decimal(raw), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_text(raw: RawValue) -> str:
    """Any raw value as the text a person would see."""
    if raw is None or isinstance(raw, CellPhoto):
        return ""
    if isinstance(raw, str):
        return clean(raw)
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, ShownNumber):
        return one_line(raw.shown)
    if isinstance(raw, int | float):
        return plain_number(raw)
    if isinstance(raw, datetime):
        return chinese_date(raw.date())
    if isinstance(raw, date):
        return chinese_date(raw)
    return one_line(raw.text) if isinstance(raw, CellFault) else str(raw)
