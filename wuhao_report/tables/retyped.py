"""Numbers of evidence and of indicators that a program has turned into something else while they were typed: 1-1 into a day, 001 into 1.

A cell of a column that is no text lets Excel and WPS make a day of 1-1, 3/2 or 2017-3, and a number of 001 or 1.10.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from wuhao_report.core.text import fold
from wuhao_report.workbook.raw import plain_number

_PARTS = re.compile(r"(\d{1,4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?")
LONGEST = 20
"""No text that a program makes a day or a number of is longer."""


def typed_as(raw: date | int | float, known: Iterable[str]) -> str | None:
    """Return the one text among those known of which a program makes this day or number; None where it is none, or several."""
    if isinstance(raw, date):
        days = [(text, how) for text in known if (how := _how_a_day(text, raw))]
        # A text that names the year too can be nothing else.
        best = [text for text, how in days if how == "whole"] or [text for text, _ in days]
    else:
        best = [text for text in known if fold(text) == plain_number(raw)] or [text for text in known if _is_number(text, raw)]
    return best[0] if len(best) == 1 else None


def likely_text(raw: date | int | float) -> str:
    """Return what was probably typed."""
    return f"{raw.month}-{raw.day}" if isinstance(raw, date) else plain_number(raw)


def _how_a_day(text: str, day: date) -> str:
    """Return how a text names a day: "whole" with its year, "part" without it, or "" where it does not."""
    match = _PARTS.fullmatch(fold(text)) if len(text) <= LONGEST else None
    if match is None:
        return ""
    first, second, third = (int(part) if part else None for part in match.groups())
    if third is not None:
        return "whole" if (_year(match.group(1)), second, third) == (day.year, day.month, day.day) else ""
    if day.day == 1 and (_year(match.group(1)), second) == (day.year, day.month) and len(match.group(1)) != 1:
        return "whole"
    return "part" if (first, second) == (day.month, day.day) else ""


def _year(text: str) -> int:
    """Return the year that one to four digits stand for, as Excel takes them."""
    number = int(text)
    return number if len(text) > 2 else number + (2000 if number < 30 else 1900)


def _is_number(text: str, number: int | float) -> bool:
    try:
        return len(text) <= LONGEST and Decimal(fold(text)) == Decimal(plain_number(number))
    except InvalidOperation:
        return False
