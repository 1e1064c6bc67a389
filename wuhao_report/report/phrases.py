"""One indicator's results → the sentences of its scheme, filled with figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from wuhao_report.core.numbers import MISSING, number_text
from wuhao_report.core.periods import NATURAL, ONE_DAY, Period
from wuhao_report.core.problems import At
from wuhao_report.core.text import chinese_date
from wuhao_report.evaluation.results import Assessment, IndicatorResult, Loss, PeriodResult
from wuhao_report.measures.base import Way
from wuhao_report.measures.facts import NO_DATA, Reading
from wuhao_report.scheme import model as s
from wuhao_report.scheme.describe import EVERY, requirement_text, value_text
from wuhao_report.scheme.placeholders import fill_with

LEAD_END = "\x1f"
"""Stands behind the words of time with which a sentence may begin, so that the same words are said once."""
OF_SEVERAL = ("{期述}", "{数述}", "{期均}", "{合计}", "{率述}", "{额述}")
WAITING = "待汇总评定"
"""Said of a rank among peers in the report of one committee."""
LISTED_AT_MOST = 4
"""So many different values are listed one by one; of more, the lowest and the highest are told."""


def join(parts: Iterable[str]) -> str:
    return "、".join(parts)


MANY_PERIODS = 5
"""So many periods in a row are told by the first and the last."""


def period_labels(periods: Sequence[Period], phase: str) -> str:
    """2017年春季学期、秋季学期、2018年春季学期; 2017年第1季度至2019年第4季度; 目前; 创建阶段."""
    if len(periods) >= MANY_PERIODS and all(
            after.span.start == before.span.end + ONE_DAY for before, after in pairwise(periods)):
        return f"{periods[0].label}至{periods[-1].label}"
    texts: list[str] = []
    year = ""
    for period in periods:
        if period.per == "现状":
            texts.append("目前")
        elif period.per == "全程":
            texts.append(f"{phase}阶段")
        else:
            head, tail = (period.label, "") if period.per == "三年" else (period.label[:5], period.label[5:])
            texts.append(tail if tail and head == year else period.label)
            year = head
    return join(texts)


def _short_of(indicator: s.Indicator, reading: Reading) -> str:
    target, value = indicator.target.value, reading.value
    if isinstance(target, bool) or isinstance(value, bool):
        return ""
    missing = target - (value or 0)
    if indicator.target.op == ">" and (missing <= 0 or ((missing + target).denominator == 1 and indicator.shape == "count")):
        missing = max(missing, Fraction(0)) + 1
    return value_text(indicator, abs(missing))


@dataclass(frozen=True)
class Phrases:
    """Fills the sentences of one indicator for one assessment."""

    scheme: s.Scheme
    assessment: Assessment
    result: IndicatorResult

    @property
    def indicator(self) -> s.Indicator:
        return self.result.indicator

    def _fill(self, name: str, periods: Sequence[Period], readings: Sequence[Reading]) -> str:
        return self._marked(name, periods, readings).replace(LEAD_END, "")

    def _marked(self, name: str, periods: Sequence[Period], readings: Sequence[Reading]) -> str:
        """A sentence of the scheme with LEAD_END in it; only the placeholders it holds are worked out."""
        sentence = self.scheme.sentence(self.indicator, name)
        if any(place in sentence for place in OF_SEVERAL):
            several = _met_values(self.indicator, periods, readings)
            return fill_with(sentence, lambda place: several.get(place) or self._place(place, periods, readings))
        return fill_with(sentence, lambda place: self._place(place, periods, readings))

    def _place(self, place: str, periods: Sequence[Period], readings: Sequence[Reading]) -> str:
        """The text of one placeholder (sentences.PLACEHOLDERS) that tells of one reading."""
        indicator = self.indicator
        reading = readings[0] if readings else NO_DATA
        top, bottom = reading.top, reading.bottom
        match place:
            case "指标":
                return indicator.title
            case "做":
                return indicator.act
            case "自称":
                return self.scheme.self_name
            case "截至日":
                return chinese_date(self.assessment.clock.as_of)
            case "每":
                return EVERY[indicator.per]
            case "期":
                return period_labels(periods, self.assessment.phase.title)
            case "均":
                return "都" if len(periods) > 1 else ""
            case "各":
                return "各" if len(periods) > 1 else ""
            case "数值":
                return value_text(indicator, reading.value)
            case "目标":
                return value_text(indicator, indicator.target.value)
            case "要求":
                return requirement_text(indicator)
            case "差额":
                return _short_of(indicator, reading)
            case "已有":
                return join(reading.have)
            case "缺项":
                return join(reading.lack) if reading.have or reading.lack else join(indicator.measure.titles())
            case "分子":
                return MISSING if top is None else number_text(top)
            case "分母":
                return MISSING if bottom is None else number_text(bottom)
            case "说明":
                return f"（{reading.word}）" if reading.word else ""
            case "缺数":
                return MISSING if top is None or bottom is None else number_text(max(Fraction(0), bottom - top))
        return ""

    def met(self) -> tuple[str, str]:
        """What was reached, over the periods that are met: the words of time it begins with, and the rest."""
        if self.result.parts:
            told = [Phrases(self.scheme, self.assessment, part).met() for part in self.result.leaves if part.status == "达标"]
            return "", "，".join(lead + rest.rstrip("。") for lead, rest in told)
        good = [item for item in self.result.periods if item.met]
        text = self._marked("met", [item.period for item in good], [item.reading for item in good])
        lead, mark, rest = text.partition(LEAD_END)
        return (lead, rest.replace(LEAD_END, "")) if mark else ("", text)

    def _groups(self, items: Iterable[PeriodResult]) -> list[list[PeriodResult]]:
        """Periods told in one breath: those with the same reading."""
        groups: dict[object, list[PeriodResult]] = {}
        for item in items:
            reading = item.reading
            groups.setdefault((reading.value, reading.top, reading.bottom, reading.lack), []).append(item)
        return list(groups.values())

    def _each(self, name: str, items: Iterable[PeriodResult]) -> list[str]:
        return [self._fill(name, [item.period for item in group], [group[0].reading]) for group in self._groups(items)]

    def failures(self, items: Iterable[PeriodResult]) -> list[str]:
        """What is missing exactly, one sentence for each group of periods alike."""
        items = list(items)
        day = self.assessment.clock.report_date
        running = [item for item in items if item.period.per in NATURAL and item.period.span.end >= day]
        over = [item for item in items if item not in running]
        return self._unmet("none", "short", over) + [self.so_far + text for text in self._unmet("none", "short", running)]

    def _unmet(self, nothing: str, something: str, items: Sequence[PeriodResult]) -> list[str]:
        """Those with nothing at all in one wording, those with less than enough in another."""
        return self._each(nothing, [item for item in items if not item.reading.value]) + self._each(
            something, [item for item in items if item.reading.value])

    @property
    def so_far(self) -> str:
        """The words that begin a sentence on what is still running: 截至2018年12月20日，."""
        return self._fill("so_far", [], [])

    def no_data(self, periods: Sequence[Period]) -> str:
        return self._fill("no_data", periods, [NO_DATA])

    @cached_property
    def unreached(self) -> list[str]:
        """Every finished period not met or without data, and every pending one, in sentences."""
        finished = self.result.finished
        blank = [item.period for item in finished if item.met is None]
        found = self.failures(item for item in finished if item.met is False)
        if blank:
            found.append(self.no_data(blank))
        pending = [item for item in self.result.periods if item.pending]
        unknown = [item.period for item in pending if item.reading.value is None and not item.reading.failed]
        known = [item for item in pending if item.reading.value is not None or item.reading.failed]
        nothing = "pending" if "pending" in self.indicator.sentences else "pending_none"
        if unknown:
            found.append(self.no_data(unknown))
        return found + self._unmet(nothing, "pending", known)

    def task(self, periods: Sequence[Period], reading: Reading) -> str:
        return self._fill("task", periods, [reading])

    def way(self, way: Way, places: bool = True) -> str:
        """The shortest way in words, or nothing where the task says it all; without `places` no address is told."""
        told = {"还差": "" if way.number is None else number_text(way.number), "所缺": way.thing,
                "处": way.thing or (cells_text(way.places) if places else "")}
        own = way.kind in ("more", "full", "people", "rows") and "way" in self.indicator.sentences
        name = "way" if own else f"way_{way.kind}"
        said = self.scheme.sentence(self.indicator, "task")
        if way.kind == "none" or (way.kind == "more" and ("{差额}" in said or "{缺项}" in said)) or (way.kind == "fill" and not told["处"]):
            return ""
        return fill_with(self.scheme.sentence(self.indicator, name), lambda place: told.get(place) or self._place(place, (), (self.result.periods[0].reading,)))

    def remedy(self, items: Sequence[PeriodResult], late: bool) -> str:
        reading = items[0].reading if items else NO_DATA
        return self._fill("remedy_late" if late else "remedy", [item.period for item in items], [reading])

    def lost(self, loss: Loss, periods: Sequence[PeriodResult]) -> str:
        """Why points were lost in periods alike, without the points themselves."""
        if loss.cause == "factor" and loss.factor is not None:
            found = loss.factor
            known = f"{found.coefficient.title}{number_text(found.factor)}"
            return known if found.value is not None else f"{found.coefficient.title}资料暂缺，按最低的{number_text(found.factor)}计"
        if self.result.parts:
            return "；".join(text for part in self.result.lacking for text in Phrases(self.scheme, self.assessment, part).unreached)
        told = []
        for group in self._groups(periods):
            labels, reading = [item.period for item in group], group[0].reading
            if group[0].met is None and reading.value is None and not reading.failed:
                told.append(self.no_data(labels))
            elif loss.cause == "tier" and reading.value is not None:
                told.append(self._fill("tier", labels, [reading]))
            else:
                told.append(self._fill("short" if reading.value else "none", labels, [reading]))
        return "；".join(told)

    def progress(self) -> str:
        """The cell 完成情况: every period with its value, equal neighbours told together; of a compound, every part."""
        if self.result.parts:
            told = [(part, Phrases(self.scheme, self.assessment, part).progress()) for part in self.result.leaves]
            return "；".join(f"{part.indicator.title}：{text}" for part, text in told) or "—"
        return "；".join(self._progress_of(group) for group in _neighbours(self.result.periods)) or "—"

    def _stands(self, reading: Reading) -> str:
        if reading.value is None and self.indicator.measure.among_peers:
            return WAITING
        return "未完成" if reading.value is None and reading.failed else value_text(self.indicator, reading.value)

    def _progress_of(self, group: list[PeriodResult]) -> str:
        first = group[0]
        reading = first.reading
        label = "" if first.period.per in ("现状", "全程") else period_labels([item.period for item in group], "")
        each = "各" if len(group) > 1 and self.indicator.shape in ("count", "amount", "level") else ""
        if reading.have or reading.lack:
            text = ("具备" + join(reading.have) if reading.have else "") + ("，" if reading.have and reading.lack else "")
            text += "缺" + join(reading.lack) if reading.lack else ""
            text = text if not label else f"：{text}"
        else:
            text = each + self._stands(reading)
            text = f"：{text}" if label and isinstance(reading.value, bool) else text
        if first.pending and not self.result.waits:
            text += "（未到期）"
        return label + text


def cells_text(places: Sequence[At]) -> str:
    """Addresses as a person looks them up: 年度数据!C5、C6等12处."""
    told, sheet = [], None
    for at in places[:MANY_PERIODS]:
        told.append(str(at) if at.sheet != sheet else at.cell or "")
        sheet = at.sheet
    return join(told) + (f"等{len(places)}处" if len(places) > MANY_PERIODS else "")


def _neighbours(items: Sequence[PeriodResult]) -> list[list[PeriodResult]]:
    groups: list[list[PeriodResult]] = []
    for item in items:
        last = groups[-1][-1] if groups else None
        same = last is not None and (last.reading.value, last.reading.lack, last.pending) == (
            item.reading.value, item.reading.lack, item.pending)
        if same:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def _met_values(indicator: s.Indicator, periods: Sequence[Period], readings: Sequence[Reading]) -> dict[str, str]:
    """The placeholders that tell the values of several periods in one sentence."""
    lasting = indicator.per in ("现状", "全程")
    labels = [] if lasting else [period.label for period in periods]
    joined = period_labels(periods, "") if labels else ""
    values = [reading.value for reading in readings]
    texts = [value_text(indicator, value) for value in values]
    numbers = [value for value in values if value is not None and not isinstance(value, bool)]
    equal = len(set(texts)) == 1
    total = number_text(sum(numbers, Fraction(0))) + indicator.unit
    many = len(labels) >= 3
    span = f"{number_text(min(numbers))}至{number_text(max(numbers))}{indicator.unit}" if numbers else ""
    every = EVERY[indicator.per]
    if many:
        whole = f"{period_labels(periods[:1], '')}至{period_labels(periods[-1:], '')}{every}"
        how, said = whole, texts[0] if equal else f"{span}（共{total}）"
        all_of = f"{whole}都"
    else:
        link = "" if len(labels) < 2 else "各" if equal else "分别"
        how, said = joined + link, texts[0] if equal and texts else join(texts)
        all_of = joined + ("都" if len(labels) > 1 else "")
    return {
        "期述": how + LEAD_END if how else "", "数述": said, "期均": all_of + LEAD_END if all_of else "", "合计": total,
        "率述": _listed(indicator, labels, joined, texts, numbers, rate=True),
        "额述": _listed(indicator, labels, joined, texts, numbers, rate=False),
    }


def _listed(indicator: s.Indicator, labels: list[str], joined: str, texts: list[str],
            numbers: list[Fraction], rate: bool) -> str:
    if not texts:
        return ""
    exact = rate and all(number == indicator.target.value for number in numbers)
    verb = "达到" if exact else "为" if rate else ""
    if len(labels) < 2:
        return joined + verb + texts[0]
    if len(set(texts)) == 1:
        return f"{joined}{'都' if rate else '各'}{verb}{texts[0]}"
    if len(labels) <= LISTED_AT_MOST:
        return join(label + verb + text for label, text in zip(labels, texts, strict=True))
    low, high = min(numbers), max(numbers)
    return f"{EVERY[indicator.per]}在{value_text(indicator, low)}至{value_text(indicator, high)}之间"


@dataclass(frozen=True)
class Deduction:
    """Points lost and the reason in words; `item` is the id of the indicator, part or penalty that cost them."""

    points: Fraction
    text: str
    item: str


def deductions(scheme: s.Scheme, assessment: Assessment, result: IndicatorResult) -> list[Deduction]:
    """Every lost point of an indicator with its reason: 2018年秋季学期少1次，扣0.5分. The points add up to full − score."""
    groups: dict[object, list[Loss]] = {}
    for loss in result.losses:
        readings = tuple((item.reading.value, item.reading.lack, item.reading.word) for item in loss.periods)
        groups.setdefault((loss.of.indicator.id, loss.cause, loss.points, loss.cut, readings), []).append(loss)
    found = []
    for losses in groups.values():
        first = losses[0]
        phrases = Phrases(scheme, assessment, first.of)
        reason = phrases.lost(first, [item for loss in losses for item in loss.periods])
        each = "各" if len(losses) > 1 else ""
        floor = first.of.indicator.award.floor if isinstance(first.of.indicator.award, s.Deduct) else Fraction(0)
        end = "" if not first.cut else f"（最低{number_text(floor)}分）" if floor else "（扣完为止）"
        found.append(Deduction(sum((loss.points for loss in losses), Fraction(0)),
                               f"{reason.rstrip('。')}，{each}{'扣' if first.points > 0 else '加'}{number_text(abs(first.points))}分{end}",
                               first.of.indicator.id))
    return found
