"""Exact values as Chinese text: numbers, percentages, scores, amounts; rounding is one function."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

MISSING = "未提供"


def half_up(value: Fraction, places: int) -> Decimal:
    """四舍五入: the exact value rounded half up (away from zero), with that many decimals."""
    scaled = value * 10**places
    whole = abs(scaled.numerator) * 2 + scaled.denominator
    rounded = whole // (2 * scaled.denominator)
    return Decimal(rounded if scaled >= 0 else -rounded).scaleb(-places)


def number_text(value: Fraction, places: int = 2) -> str:
    """A number without needless zeros: 12, 1200.5, 0.33."""
    if value.denominator == 1:
        return str(value.numerator)
    return format(half_up(value, places), "f").rstrip("0").rstrip(".")


def percent_text(value: Fraction) -> str:
    """A share as a percentage with one decimal unless whole, rounded half up: 97.3%, 100%.

    A share below 1 never reads 100%, for it is compared unrounded: 99.97% keeps its second decimal.
    """
    shown = half_up(value * 100, 1)
    places = 1
    while shown == 100 and value != 1 and places < 6:
        places += 1
        shown = half_up(value * 100, places)
    text = format(shown, "f")
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def printed_percent(value: Fraction) -> Fraction:
    """Return a share in per cent as `percent_text` prints it, so that a reader gets the same difference."""
    return Fraction(percent_text(value).rstrip("%"))


def score_text(value: Fraction | None) -> str:
    """A score with two decimals, half up; — where there is none yet."""
    return "—" if value is None else format(half_up(value, 2), "f")


def apportion(values: list[Fraction], total: Decimal, places: int = 2) -> list[Decimal]:
    """The values with that many decimals so that they add up to `total` (largest remainder)."""
    unit = Fraction(1, 10**places)
    floors = [value // unit for value in values]
    spare = int(Fraction(total) / unit) - sum(floors)
    order = sorted(range(len(values)), key=lambda at: (floors[at] * unit - values[at], at))
    for at in order[: max(0, spare)]:
        floors[at] += 1
    return [Decimal(int(number)).scaleb(-places) for number in floors]
