"""Every sentence of a scheme in its forms, from invented readings, for an administrator to read aloud.

Reached, not reached, without data and in progress; with nothing, one and many; then what is to be done and how it is mended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from wuhao_report.core.periods import Judgement, Period, judge, phase_periods
from wuhao_report.evaluation.results import Assessment, IndicatorResult, PeriodResult
from wuhao_report.measures.facts import NO_DATA, Reading
from wuhao_report.report.chinese_style import clause
from wuhao_report.report.wording.sentences import IndicatorSentences
from wuhao_report.scheme import model as s

MANY = 3
"""So many more than one are many."""
Form = tuple[str, str]
"""The name of a form, and the sentence."""


def sentence_forms(scheme: s.Scheme) -> Iterator[tuple[s.Indicator, tuple[Form, ...]]]:
    """Yield every indicator, part and penalty that is judged by readings of its own, with its sentences."""
    for indicator in scheme.items:
        if not indicator.parts:
            yield indicator, tuple(_forms(scheme, indicator))


def sentences_text(scheme: s.Scheme) -> str:
    """Return the same as text, a line each."""
    lines = [f"{scheme.title}：各项语句", ""]
    for indicator, forms in sentence_forms(scheme):
        lines += [f"{indicator.id}　{indicator.title}", *(f"    {name}：{text}。" for name, text in forms), ""]
    return "\n".join(lines)


def _forms(scheme: s.Scheme, indicator: s.Indicator) -> Iterator[Form]:
    phase = next(phase for phase in scheme.phases if phase_periods(indicator.per, phase.span, phase.span.end))
    periods = phase_periods(indicator.per, phase.span, phase.span.end)
    clock = judge(phase.span, phase.span.end, phase.span.end, phase.span.end + timedelta(days=1))
    context = _Context(scheme, indicator, phase, clock)
    one, several = periods[:1], periods[: min(len(periods), MANY)]
    good, short, nothing = _good(indicator), _short(indicator), _nothing(indicator)
    yield from context.met(one, several, good)
    if indicator.counts == "bonus":
        return
    yield from context.unmet("未达标，有数", one, several, short)
    if nothing is not None:
        yield from context.unmet("未达标，没有", one, several, nothing)
    yield "资料暂缺", context.sentences(one, NO_DATA, False).no_data(one)
    for name, reading in (("进行中，有数", short), ("进行中，没有", nothing)):
        if reading is not None and indicator.shape != "event":
            yield name, "；".join(context.sentences(one, reading, True).unreached)
    if indicator.shape != "event":
        yield "任务", context.sentences(one, nothing or short or NO_DATA, False).task(one, nothing or short or NO_DATA)
    for name, late in (("整改，来得及", False), ("整改，已不可补", True)):
        reading = short or nothing or NO_DATA
        told = context.sentences(one, reading, False)
        yield name, told.remedy(told.result.periods, late)


class _Context:
    """The sentences of one indicator over invented periods."""

    def __init__(self, scheme: s.Scheme, indicator: s.Indicator, phase: s.Phase, clock: Judgement) -> None:
        stage = next((stage for stage in scheme.stages if stage.phase == phase.title), scheme.stages[-1])
        self.scheme, self.indicator = scheme, indicator
        self.assessment = Assessment(stage, phase, clock, (), "进行中", None, (), ())

    def sentences(self, periods: Sequence[Period], reading: Reading, running: bool) -> IndicatorSentences:
        """Return the sentences over periods that all have one reading."""
        known = reading.value is not None or reading.failed
        met = self.indicator.target.met(reading.value) if reading.value is not None else False if reading.failed else None
        found = tuple(
            PeriodResult(period, not running, reading, met if known and not (running and not met) else None) for period in periods
        )
        result = IndicatorResult(self.indicator, "达标" if met else "未达标" if known else "缺数据", found, (), ())
        return IndicatorSentences(self.scheme, self.assessment, result)

    def met(self, one: Sequence[Period], several: Sequence[Period], readings: Sequence[Reading]) -> Iterator[Form]:
        """Yield what is said where the target is reached: in one period, in several alike, in several that differ."""
        for reading in readings:
            yield "达标", "".join(self.sentences(one, reading, False).met)
        if len(several) > 1:
            yield "达标，各期相同", "".join(self.sentences(several, readings[0], False).met)
            if len(readings) > 1:
                alike = self.sentences(several, readings[0], False)
                mixed = (replace(alike.result.periods[0], reading=readings[-1]), *alike.result.periods[1:])
                yield "达标，各期不同", "".join(replace(alike, result=replace(alike.result, periods=mixed)).met)

    def unmet(self, name: str, one: Sequence[Period], several: Sequence[Period], reading: Reading | None) -> Iterator[Form]:
        """Yield what is said where the target is not reached, in one period and in several."""
        if reading is None:
            return
        told = self.sentences(one, reading, False)
        yield name, clause("；".join(told.failures(told.result.periods)))
        if len(several) > 1:
            told = self.sentences(several, reading, False)
            yield f"{name}，几期", clause("；".join(told.failures(told.result.periods)))


def _good(indicator: s.Indicator) -> list[Reading]:
    """Return readings that reach the target: just so, and with more."""
    target, measure = indicator.target, indicator.measure
    if isinstance(target.value, bool):
        return [Reading(True)]
    titles = measure.titles()
    if indicator.shape == "set":
        return [Reading(Fraction(len(titles)), have=titles)]
    if indicator.shape == "rate":
        value = max(target.value, Fraction(1)) if target.op != "<=" else target.value
        return [Reading(value, top=value * 10, bottom=Fraction(10))]
    if levels := [number for _, number in measure.levels() if target.met(number)]:
        return [Reading(number) for number in levels[:2]]
    if indicator.shape == "rank":
        return [Reading(Fraction(1)), Reading(target.value)]
    if indicator.shape == "level" and target.op == "<=":
        return [Reading(target.value / 2), Reading(target.value)]
    if target.op == "<=":
        return [Reading(Fraction(0)), *([Reading(target.value)] if target.value else [])]
    just = target.value + 1 if target.op == ">" else target.value
    return [
        Reading(just, top=just * 2, bottom=Fraction(2), word="说明"),
        Reading(just + MANY, top=just * 2, bottom=Fraction(2), word="说明"),
    ]


def _short(indicator: s.Indicator) -> Reading | None:
    """Return a reading that has something and does not reach the target; None where there is no such thing."""
    target, titles = indicator.target, indicator.measure.titles()
    if isinstance(target.value, bool):
        return None
    if indicator.shape == "set":
        return Reading(Fraction(len(titles) - 1), have=titles[:-1], lack=titles[-1:]) if len(titles) > 1 else None
    if indicator.shape == "rate" and target.op != "<=":
        value = min(target.value, Fraction(1)) * Fraction(9, 10)
        whole = Fraction(10 if target.value == 1 else 1000)
        return Reading(value, top=value * whole, bottom=whole)
    if target.op == "<=":
        return Reading(target.value + MANY, top=target.value + MANY, bottom=Fraction(1))
    if levels := [number for _, number in indicator.measure.levels() if number and not target.met(number)]:
        return Reading(levels[-1])
    value = target.value - 1
    return Reading(value, top=value, bottom=Fraction(1), word="说明") if value > 0 else None


def _nothing(indicator: s.Indicator) -> Reading | None:
    """Return the reading of nothing at all, where that does not reach the target."""
    target, titles = indicator.target, indicator.measure.titles()
    if isinstance(target.value, bool):
        return Reading(False)
    if indicator.shape == "set":
        return Reading(Fraction(0), lack=titles)
    if indicator.shape == "term":
        return Reading(None, failed=True)
    if target.met(Fraction(0)):
        return None
    return Reading(Fraction(0), top=Fraction(0), bottom=Fraction(10), word="说明")
