"""Natural periods, their clipping to a phase, and the days a report judges by: pure date arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

Per = Literal["三年", "年", "学年", "半年", "学期", "季度", "月", "全程", "现状"]
COMPARABLE: tuple[Per, ...] = ("年", "学年", "半年", "学期", "季度", "月")
"""Periods that have one like them just before."""
NATURAL: tuple[Per, ...] = ("三年", *COMPARABLE)
PERS: tuple[Per, ...] = (*NATURAL, "全程", "现状")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """An interval of days, both ends included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    def overlap(self, other: Span) -> int:
        """How many days the two have in common."""
        return max(0, (min(self.end, other.end) - max(self.start, other.start)).days + 1)


@dataclass(frozen=True)
class Period:
    """One period of an indicator, clipped to its phase; `year` is the natural year it is named after."""

    per: Per
    label: str
    span: Span
    year: int


@dataclass(frozen=True)
class Judgement:
    """The clock of one report (docs/ARITHMETIC.md, 1): the phase, `as_of` and `judged_to`."""

    phase: Span
    as_of: date
    judged_to: date
    in_time: bool
    report_date: date

    def at(self, period: Period) -> date:
        """The day on which stocks of the period are counted."""
        return min(period.span.end, self.as_of)

    def finished(self, period: Period) -> bool:
        """Return whether a period is over on the day up to which the report judges; the state of things always is."""
        return period.per == "现状" or period.span.end <= self.judged_to


def judge(phase: Span, opens: date, through: date, report_date: date) -> Judgement:
    """The clock of a report dated `report_date`, which must not lie before the phase."""
    as_of = min(through, report_date, phase.end)
    in_time = report_date >= opens
    return Judgement(phase, as_of, through if in_time else as_of, in_time, report_date)


def shift_year(day: date, years: int) -> date:
    """The same day some years later; a 29 February that does not exist becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@dataclass(frozen=True)
class _Rhythm:
    """How natural periods of one length follow each other: from a month of every year on, each so many months long.

    `label` names one by its year, the year after, and its number in the year; or `labels` name them one by one.
    """

    months: int
    first_month: int = 1
    label: str = ""
    labels: tuple[str, ...] = ()

    def of_year(self, year: int) -> Iterator[tuple[int, str, date, date]]:
        """Yield the year of naming, the label, the first day and the first day after, of each that begins in a year."""
        labels = self.labels or (self.label,) * max(1, 12 // self.months)
        for number, label in enumerate(labels):
            month = self.first_month + number * self.months
            text = label.format(year=year, next=year + 1, number=number + 1)
            yield year, text, _first_of(year, month), _first_of(year, month + self.months)


def _first_of(year: int, month: int) -> date:
    """Return the first day of a month, counted on over the end of the year."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


RHYTHMS: Mapping[Per, _Rhythm] = {
    "年": _Rhythm(12, label="{year}年"),
    "学年": _Rhythm(12, 8, label="{year}—{next}学年"),
    "半年": _Rhythm(6, labels=("{year}年上半年", "{year}年下半年")),
    "学期": _Rhythm(6, 2, labels=("{year}年春季学期", "{year}年秋季学期")),
    "季度": _Rhythm(3, label="{year}年第{number}季度"),
    "月": _Rhythm(1, label="{year}年{number}月"),
}


def _natural(per: Per, first_year: int, last_year: int) -> Iterator[tuple[int, str, date, date]]:
    """Year of naming, label, first day and first day after, of each natural period that begins in those years."""
    for year in range(first_year, last_year + 1):
        if per != "三年":
            yield from RHYTHMS[per].of_year(year)
        elif (year - first_year) % 3 == 0:
            yield year + 2, f"{year}—{year + 2}年", date(year, 1, 1), date(year + 3, 1, 1)


@lru_cache(maxsize=512)
def phase_periods(per: Per, phase: Span, as_of: date) -> tuple[Period, ...]:
    """All periods of the phase, begun or not, in order of time.

    A natural period belongs to the phase when at least half of its days lie inside (docs/ARITHMETIC.md, 2);
    it is then clipped. 现状 runs to `as_of`, 全程 is the phase itself; the first 三年 begins with the phase's first year.
    """
    if per == "现状":
        return (Period(per, "现状", Span(phase.start, as_of), as_of.year),)
    if per == "全程":
        return (Period(per, "全程", phase, as_of.year),)
    periods = []
    first = phase.start.year - (0 if per == "三年" else 1)
    for year, label, start, after in _natural(per, first, phase.end.year):
        natural = Span(start, after - ONE_DAY)
        if 2 * natural.overlap(phase) >= natural.days:
            clipped = Span(max(start, phase.start), min(natural.end, phase.end))
            if per == "三年":
                year, label = clipped.end.year, f"{clipped.start.year}—{clipped.end.year}年"
            periods.append(Period(per, label, clipped, year))
    return tuple(periods)


@lru_cache(maxsize=512)
def uncounted(per: Per, phase: Span) -> tuple[Span, ...]:
    """Return the stretches of a phase that lie in no period of a kind, and are long enough to be missed: a quarter of its length.

    A shorter one is an edge that every phase has: January in a phase of semesters.
    """
    if per not in NATURAL:
        return ()
    stretches = []
    for _, _, start, after in _natural(per, phase.start.year - (0 if per == "三年" else 1), phase.end.year):
        natural = Span(start, after - ONE_DAY)
        inside = natural.overlap(phase)
        if 2 * inside < natural.days <= 4 * inside:
            stretches.append(Span(max(start, phase.start), min(natural.end, phase.end)))
    return tuple(stretches)


def in_time(label: str) -> tuple[int, int]:
    """What labels of periods are ordered by; those of no year come last."""
    match = re.match(r"(\d{4})(?:—(\d{4}))?(学)?年(?:([春上])|([秋下])|第?(\d+))?", label)
    if not match:
        return 9999, 0
    first, last, school, early, late, number = match.groups()
    return int(first if school else last or first), int(number or 0) + (1 if early else 2 if late else 0)


def preceding(period: Period) -> Period:
    """The whole natural period just before one of COMPARABLE."""
    year = period.span.start.year
    natural = [
        Period(period.per, label, Span(start, after - ONE_DAY), named)
        for named, label, start, after in _natural(period.per, year - 2, year)
    ]
    return [item for item in natural if item.span.end < period.span.start and item.label != period.label][-1]


def begun(periods: tuple[Period, ...], as_of: date) -> tuple[Period, ...]:
    """Those that begin on or before `as_of`: the periods of an indicator."""
    return tuple(period for period in periods if period.span.start <= as_of)
