"""An indicator and its readings → the text of each placeholder a sentence of the scheme may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from wuhao_report.core.numbers import MISSING, number_text
from wuhao_report.core.periods import ONE_DAY, Period
from wuhao_report.core.text import chinese_date, phase_name
from wuhao_report.measures.facts import NO_DATA, Reading
from wuhao_report.scheme import model as s
from wuhao_report.scheme.describe import EVERY, requirement_text, value_text

LEAD_END = "\x1f"
"""Stands behind the words of time with which a sentence may begin, so that the same words are said once."""
LISTED_AT_MOST = 4
"""So many different values are listed one by one; of more, the lowest and the highest are given."""
MANY_PERIODS = 5
"""So many periods in a row are given by the first and the last."""
SPANNED = 3
"""From so many periods on, their values are given as a span with its total."""


def join(parts: Iterable[str]) -> str:
    """Return 甲、乙、丙."""
    return "、".join(parts)


def period_labels(periods: Sequence[Period], phase: str) -> str:
    """Return 2017年春季学期、秋季学期、2018年春季学期; 2017年第1季度至2019年第4季度; 目前; 创建阶段."""
    if len(periods) >= MANY_PERIODS and all(after.span.start == before.span.end + ONE_DAY for before, after in pairwise(periods)):
        return _from_to(periods)
    texts: list[str] = []
    year = ""
    for period in periods:
        if period.per == "现状":
            texts.append("目前")
        elif period.per == "全程":
            texts.append(phase_name(phase))
        else:
            whole = period.per in ("三年", "学年")
            head, tail = (period.label, "") if whole else (period.label[:5], period.label[5:])
            texts.append(tail if tail and head == year else period.label)
            year = head
    return join(texts)


def _from_to(periods: Sequence[Period]) -> str:
    """Return the first and the last of some periods: 2026年第1季度至第4季度."""
    first, last = periods[0].label, periods[-1].label
    return f"{first}至{last[5:] if last[:5] == first[:5] and len(last) > 5 else last}"


@dataclass(frozen=True)
class Statement:
    """What one sentence states: of an indicator, some periods and their readings; with the names a scheme gives to things."""

    indicator: s.Indicator
    periods: Sequence[Period]
    readings: Sequence[Reading]
    act: str
    self_name: str
    phase: str
    as_of: date

    def text(self, placeholder: str) -> str:
        """Return the text of a placeholder; empty for one that another part of the program fills."""
        return TEXTS[placeholder](self) if placeholder in TEXTS else ""

    @property
    def reading(self) -> Reading:
        """The reading of the periods where they are alike."""
        return self.readings[0] if self.readings else NO_DATA

    @cached_property
    def labels(self) -> list[str]:
        """The periods one by one; none for what is true of the whole time."""
        return [] if self.indicator.per in ("现状", "全程") else [period.label for period in self.periods]

    @property
    def joined(self) -> str:
        """The periods as they stand in a sentence."""
        return period_labels(self.periods, "") if self.labels else ""

    @property
    def spanned(self) -> str:
        """2017年至2019年每年."""
        return f"{_from_to(self.periods)}{EVERY[self.indicator.per]}"

    @cached_property
    def values(self) -> list[str]:
        """The value of each period."""
        return [value_text(self.indicator, reading.value) for reading in self.readings]

    @property
    def numbers(self) -> list[Fraction]:
        """The values that are numbers."""
        return [reading.value for reading in self.readings if reading.value is not None and not isinstance(reading.value, bool)]

    @property
    def equal(self) -> bool:
        """Whether all periods have the same value."""
        return len(set(self.values)) == 1


def _shortfall(of: Statement) -> str:
    """How far the value is from the target."""
    target, value = of.indicator.target.value, of.reading.value
    if isinstance(target, bool) or isinstance(value, bool):
        return ""
    missing = target - (value or 0)
    if of.indicator.target.op == ">" and (
        missing <= 0 or ((missing + target).denominator == 1 and of.indicator.shape == "count")
    ):
        missing = max(missing, Fraction(0)) + 1
    return value_text(of.indicator, abs(missing))


def _period(of: Statement) -> str:
    """The periods in a row; of what has happened up to now they need not be said."""
    return "" if of.indicator.shape == "event" and of.indicator.per == "现状" else period_labels(of.periods, of.phase)


def _lacking(of: Statement) -> str:
    """The members of a set that are missing: all of them where nothing is known yet."""
    reading = of.reading
    return join(reading.lack) if reading.have or reading.lack else join(of.indicator.measure.titles())


def _rest(of: Statement) -> str:
    top, bottom = of.reading.top, of.reading.bottom
    return MISSING if top is None or bottom is None else number_text(max(Fraction(0), bottom - top))


def _number(value: Fraction | None) -> str:
    return MISSING if value is None else number_text(value)


def _periods_with_link(of: Statement) -> str:
    """The words of time before the values: 2017年、2018年分别; 2017年至2019年每年."""
    if len(of.labels) >= SPANNED:
        words = of.spanned
    else:
        words = of.joined + ("" if len(of.labels) < 2 else "各" if of.equal else "分别")
    return words + LEAD_END if words else ""


def _values(of: Statement) -> str:
    """The values that go with those words."""
    if of.equal:
        return of.values[0]
    if len(of.labels) < SPANNED:
        return join(of.values)
    numbers = of.numbers
    span = f"{number_text(min(numbers))}至{number_text(max(numbers))}{of.indicator.unit}" if numbers else ""
    return f"{span}（共{_total(of)}）"


def _periods_all(of: Statement) -> str:
    """The words of time of what is true in each period: 2017年、2018年都."""
    if len(of.labels) >= SPANNED:
        words = f"{of.spanned}都"
    else:
        words = of.joined + ("都" if len(of.labels) > 1 else "")
    return words + LEAD_END if words else ""


def _total(of: Statement) -> str:
    return number_text(sum(of.numbers, Fraction(0))) + of.indicator.unit


def _rates(of: Statement) -> str:
    """Each period with its rate: 2017年、2018年都达到100%."""
    exact = all(number == of.indicator.target.value for number in of.numbers)
    return _listed(of, "达到" if exact else "为", "都")


def _amounts(of: Statement) -> str:
    """Each period with its amount: 2017年8000元、2018年1万元."""
    return _listed(of, "", "各")


def _listed(of: Statement, verb: str, each: str) -> str:
    values, labels = of.values, of.labels
    if not values:
        return ""
    if len(labels) < 2:
        return of.joined + verb + values[0]
    if of.equal:
        return f"{of.joined}{each}{verb}{values[0]}"
    if len(labels) <= LISTED_AT_MOST:
        return join(label + verb + value for label, value in zip(labels, values, strict=True))
    low, high = min(of.numbers), max(of.numbers)
    return f"{EVERY[of.indicator.per]}在{value_text(of.indicator, low)}至{value_text(of.indicator, high)}之间"


TEXTS: Mapping[str, Callable[[Statement], str]] = {
    "指标": lambda of: of.indicator.title,
    "做": lambda of: of.act,
    "自称": lambda of: of.self_name,
    "截至日": lambda of: chinese_date(of.as_of),
    "每": lambda of: EVERY[of.indicator.per],
    "期": lambda of: _period(of),
    "期内": lambda of: "" if of.indicator.per == "现状" else period_labels(of.periods, of.phase),
    "均": lambda of: "都" if len(of.periods) > 1 else "",
    "各": lambda of: "各" if len(of.periods) > 1 else "",
    "数值": lambda of: value_text(of.indicator, of.reading.value),
    "目标": lambda of: value_text(of.indicator, of.indicator.target.value),
    "要求": lambda of: requirement_text(of.indicator),
    "差额": _shortfall,
    "超出": lambda of: f"，超出规定{_shortfall(of)}" if of.indicator.target.value else "",
    "已有": lambda of: join(of.reading.have),
    "缺项": _lacking,
    "分子": lambda of: _number(of.reading.top),
    "分母": lambda of: _number(of.reading.bottom),
    "缺数": _rest,
    "说明": lambda of: f"（{of.reading.word}）" if of.reading.word else "",
    "期述": _periods_with_link,
    "数述": _values,
    "期均": _periods_all,
    "合计": _total,
    "率述": _rates,
    "额述": _amounts,
    "净增述": lambda of: _listed(of, "净增", "各"),
}
"""How each placeholder of the scheme's sentences (scheme.placeholders) is filled, but for those of the shortest way."""
