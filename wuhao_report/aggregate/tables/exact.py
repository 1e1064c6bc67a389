"""Numbers in a table: a number stands as the double nearest to it. Where that is not the number itself (a third), the column `exact` of
the row says so: `score=1/3`. Every reader of the tables may leave that out; ours do not, for sums and ranks are exact.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

Value = Fraction | bool | None
_EXACT = re.compile(r"([a-z_]+)=(?:(yes|no)|(-?[0-9]{1,80})/([1-9][0-9]{0,79}))")


class NotARecord(ValueError):
    """Rows that nobody's record gives."""


@lru_cache(maxsize=4096)
def _double(numerator: int, denominator: int) -> tuple[float, bool]:
    """Return the double nearest to a fraction, and whether it stands for that very fraction."""
    value = numerator / denominator
    return value, _of_double(value) == Fraction(numerator, denominator)


@lru_cache(maxsize=4096)
def _of_double(value: float) -> Fraction:
    return Fraction(int(value)) if value.is_integer() else Fraction(repr(value))


def doubles(names: Sequence[str], values: Sequence[Value]) -> tuple[list[float | None], str | None]:
    """Return numbers as doubles, and what must be said beside them, or None."""
    doubles: list[float | None] = []
    said = []
    for name, value in zip(names, values, strict=True):
        if value is None:
            doubles.append(None)
        elif isinstance(value, bool):
            doubles.append(float(value))
            said.append(f"{name}={'yes' if value else 'no'}")
        else:
            double, same = _double(value.numerator, value.denominator)
            doubles.append(double)
            if not same:
                said.append(f"{name}={value.numerator}/{value.denominator}")
    return doubles, " ".join(said) if said else None


def exact_number(name: str, double: float | None, said: str | None) -> Value:
    """Return the number that a column of a row stands for; `said` is what its column `exact` says.

    Raises NotARecord where the two do not fit.
    """
    return None if double is None else _told(name, double, said)


@lru_cache(maxsize=4096, typed=True)
def _told(name: str, double: float, said: str | None) -> Fraction | bool:
    if not math.isfinite(double):
        raise NotARecord(name)
    own = _said(said).get(name) if said else None
    if own is None:
        return _of_double(double)
    if float(own) != double:
        raise NotARecord(name)
    return own


@lru_cache(maxsize=1024)
def _said(text: str) -> dict[str, Fraction | bool]:
    values: dict[str, Fraction | bool] = {}
    for part in text[:2000].split(" "):
        found = _EXACT.fullmatch(part)
        if found is None:
            raise NotARecord("exact")
        name, truth, numerator, denominator = found.groups()
        values[name] = truth == "yes" if truth else Fraction(int(numerator), int(denominator))
    return values


def fraction(name: str, double: float | None, said: str | None) -> Fraction | None:
    """Return the number of a column that is never yes or no; raises NotARecord."""
    if double is None:
        return None
    value = _told(name, double, said)
    if isinstance(value, bool):
        raise NotARecord(name)
    return value


def sure(name: str, double: float, said: str | None) -> Fraction:
    value = fraction(name, double, said)
    if value is None:
        raise NotARecord(name)
    return value
