"""One indicator's results → the sentences of its scheme, filled with figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from wuhao_report.core.numbers import number_text
from wuhao_report.core.periods import NATURAL, Period
from wuhao_report.core.problems import At
from wuhao_report.evaluation.results import Assessment, IndicatorResult, Loss, PeriodResult
from wuhao_report.measures.base import Way
from wuhao_report.measures.facts import NO_DATA, Reading
from wuhao_report.report.chinese_style import quoted
from wuhao_report.report.wording.placeholder_texts import LEAD_END, MANY_PERIODS, Statement, join, period_labels
from wuhao_report.scheme import model as s
from wuhao_report.scheme.describe import value_text
from wuhao_report.scheme.placeholders import fill_with

WAITING = "待汇总评定"
"""Said of a rank among peers in the report of one committee."""


MEMBERS = {"": ("已有", "缺"), "distinct": ("涉及", "未涉及")}
"""How the members of a set that are there, and those that are not, are told: of the words a column has held, otherwise."""


@dataclass(frozen=True)
class IndicatorSentences:
    """The sentences a scheme has for an indicator, part or penalty, filled with the results of one committee."""

    scheme: s.Scheme
    assessment: Assessment
    result: IndicatorResult

    @property
    def indicator(self) -> s.Indicator:
        """The indicator the sentences are about."""
        return self.result.indicator

    def _statement(self, periods: Sequence[Period] = (), readings: Sequence[Reading] = ()) -> Statement:
        phase, as_of = self.assessment.phase.title, self.assessment.clock.as_of
        act = self.scheme.spoken(self.indicator.act)
        return Statement(self.indicator, periods, readings, act, self.scheme.self_name, phase, as_of)

    def _marked(self, name: str, periods: Sequence[Period] = (), readings: Sequence[Reading] = ()) -> str:
        """A sentence of the scheme with LEAD_END in it; only the placeholders it holds are worked out."""
        return quoted(
            fill_with(self.scheme.sentence(self.indicator, name), self._statement(periods, readings).text), self.scheme.quoted
        )

    def _fill(self, name: str, periods: Sequence[Period] = (), readings: Sequence[Reading] = ()) -> str:
        return self._marked(name, periods, readings).replace(LEAD_END, "")

    def _of(self, part: IndicatorResult) -> IndicatorSentences:
        """The sentences of a part of a compound indicator."""
        return IndicatorSentences(self.scheme, self.assessment, part)

    @cached_property
    def met(self) -> tuple[str, str]:
        """Return what was reached, over the periods that are met: the words of time it begins with, and the rest."""
        if self.result.parts:
            reached = [self._of(part).met for part in self.result.leaves if part.status == "达标"]
            if len({lead for lead, _ in reached}) == 1:
                return reached[0][0], "，".join(rest.rstrip("。") for _, rest in reached)
            return "", "，".join(lead + rest.rstrip("。") for lead, rest in reached)
        good = [item for item in self.result.periods if item.met]
        happened = self.indicator.shape == "event" and any(item.reading.value for item in good)
        name = "met_some" if happened else "met"
        text = self._marked(name, [item.period for item in good], [item.reading for item in good])
        lead, mark, rest = text.partition(LEAD_END)
        return (lead, rest.replace(LEAD_END, "")) if mark else ("", text)

    def _groups(self, items: Iterable[PeriodResult]) -> list[list[PeriodResult]]:
        """Periods that share a sentence: those with the same reading."""
        groups: dict[object, list[PeriodResult]] = {}
        for item in items:
            reading = item.reading
            groups.setdefault((reading.value, reading.top, reading.bottom, reading.lack), []).append(item)
        return list(groups.values())

    def _each(self, name: str, items: Iterable[PeriodResult]) -> list[str]:
        return [self._fill(name, [item.period for item in group], [group[0].reading]) for group in self._groups(items)]

    def failures(self, items: Iterable[PeriodResult]) -> list[str]:
        """Return what is missing exactly, one sentence for each group of periods alike; where it has been put right since, the last says so."""
        items = list(items)
        day = self.assessment.clock.report_date
        running = [item for item in items if item.period.per in NATURAL and item.period.span.end >= day]
        over = [item for item in items if item not in running]
        texts = self._unmet("none", "short", over)
        for item in running:
            texts += [self._until_now(item.period, text) for text in self._unmet("none", "short", [item])]
        return [*texts[:-1], texts[-1] + self._put_right(items)] if texts else []

    def _until_now(self, period: Period, text: str) -> str:
        """2025年（截至7月18日）没有组织…: said of a period that still runs; the day stands before what names no period."""
        day = self.assessment.clock.as_of
        label = period.label
        if day >= period.span.end:
            return text
        if not text.startswith(label):
            return self.so_far + text
        return f"{label}（截至{day.month}月{day.day}日）{text.removeprefix(label)}"

    def _put_right(self, missed: Sequence[PeriodResult]) -> str:
        """，2024年起已达到要求: where every period after the last one missed is met."""
        later = self._later(missed)
        return self._fill("put_right", [later[0].period], [later[0].reading]) if self.is_put_right(missed) else ""

    def _later(self, missed: Sequence[PeriodResult]) -> list[PeriodResult]:
        return [item for item in self.result.periods if item.period.span.start > missed[-1].period.span.end]

    def is_put_right(self, missed: Sequence[PeriodResult]) -> bool:
        """Return whether every period after the last one missed is met."""
        later = self._later(missed)
        return bool(later) and all(item.met for item in later)

    def _unmet(self, nothing: str, something: str, items: Sequence[PeriodResult]) -> list[str]:
        """Those with nothing at all in one wording, those with less than enough in another."""
        return self._each(nothing, [item for item in items if not item.reading.value]) + self._each(
            something, [item for item in items if item.reading.value]
        )

    @property
    def so_far(self) -> str:
        """The words that begin a sentence on what is still running: 截至2018年12月20日，."""
        return self._fill("so_far")

    def no_data(self, periods: Sequence[Period]) -> str:
        """Return that there is no data of these periods."""
        return self._fill("no_data", periods, [NO_DATA])

    @cached_property
    def unreached(self) -> list[str]:
        """Every finished period not met or without data, and every pending one, in sentences."""
        finished = self.result.finished
        blank = [item.period for item in finished if item.met is None]
        pending = [item for item in self.result.periods if item.pending]
        unknown = [item.period for item in pending if item.reading.value is None and not item.reading.failed]
        known = [item for item in pending if item.reading.value is not None or item.reading.failed]
        own = self.indicator.sentences
        nothing = "pending" if "pending" in own and "pending_none" not in own else "pending_none"
        return [
            *self.failures(item for item in finished if item.met is False),
            *(self.no_data(periods) for periods in (blank, unknown) if periods),
            *self._unmet(nothing, "pending", known),
        ]

    def task(self, periods: Sequence[Period], reading: Reading) -> str:
        """Return what is still to be done in these periods."""
        return self._fill("task", periods, [reading])

    def way(self, way: Way, places: bool = True) -> str:
        """Return the shortest way in words, or nothing where the task says it all; without `places` no address is named."""
        where = way.thing or (cells_text(way.places) if places else "")
        task = self.scheme.sentence(self.indicator, "task")
        said_already = way.kind == "more" and ("{差额}" in task or "{缺项}" in task)
        if way.kind == "none" or said_already or (way.kind == "fill" and not where):
            return ""
        own = way.kind in ("more", "full", "people", "rows") and "way" in self.indicator.sentences
        texts = {"还差": "" if way.number is None else number_text(way.number), "所缺": way.thing, "处": where}
        statement = self._statement((), (self.result.periods[0].reading,))
        return fill_with(
            self.scheme.sentence(self.indicator, "way" if own else f"way_{way.kind}"),
            lambda place: texts.get(place) or statement.text(place),
        )

    def remedy(self, items: Sequence[PeriodResult], late: bool) -> str:
        """Return the measure for periods that are not met, or, too `late` to be made up, for the time to come."""
        reading = items[0].reading if items else NO_DATA
        return self._fill("remedy_late" if late else "remedy", [item.period for item in items], [reading])

    def lost(self, loss: Loss, periods: Sequence[PeriodResult]) -> str:
        """Return why points were lost in periods alike, without the points themselves."""
        if loss.cause == "factor" and loss.factor is not None:
            title, factor = loss.factor.coefficient.title, number_text(loss.factor.factor)
            return f"{title}{factor}" if loss.factor.value is not None else f"{title}资料暂缺，按最低的{factor}计"
        if self.result.parts:
            return "；".join(text for part in self.result.lacking for text in self._of(part).unreached)
        return "；".join(self._reason(loss, group) for group in self._groups(periods))

    def _reason(self, loss: Loss, group: Sequence[PeriodResult]) -> str:
        """Why points were lost in periods with the same reading."""
        periods, reading = [item.period for item in group], group[0].reading
        if group[0].met is None and reading.value is None and not reading.failed:
            return self.no_data(periods)
        if loss.cause == "tier" and reading.value is not None:
            return self._fill("tier", periods, [reading])
        return self._fill("short" if reading.value else "none", periods, [reading])

    def progress(self) -> str:
        """Return the cell 完成情况: every period with its value, equal neighbours together; of a compound, every part."""
        if self.result.parts:
            return "；".join(f"{part.indicator.title}：{self._of(part).progress()}" for part in self.result.leaves) or "—"
        return "；".join(self._progress_of(group) for group in _neighbours(self.result.periods)) or "—"

    def _progress_of(self, group: Sequence[PeriodResult]) -> str:
        first, reading = group[0], group[0].reading
        label = "" if first.period.per in ("现状", "全程") else period_labels([item.period for item in group], "")
        each = "各" if len(group) > 1 and self.indicator.shape in ("count", "amount", "level") else ""
        members = _members_text(reading, MEMBERS.get(self.indicator.measure.kind, MEMBERS[""]))
        colon = "：" if label and (members or isinstance(reading.value, bool)) else ""
        end = "（未到期）" if first.pending and not self.result.waits else ""
        return f"{label}{colon}{members or each + self._value_text(reading)}{end}"

    def _value_text(self, reading: Reading) -> str:
        if reading.value is None and self.indicator.measure.among_peers:
            return WAITING
        if isinstance(reading.value, bool):
            return "已落实" if reading.value else "未落实"
        if self.indicator.measure.is_points and reading.value is not None:
            return f"自评{value_text(self.indicator, reading.value)}"
        return "未完成" if reading.value is None and reading.failed else value_text(self.indicator, reading.value)


def _members_text(reading: Reading, words: tuple[str, str]) -> str:
    """Which members of a set are there and which are not: 已有甲、乙，缺丙; 涉及甲，未涉及乙."""
    return "，".join(word + join(members) for word, members in zip(words, (reading.have, reading.lack), strict=True) if members)


def cells_text(places: Sequence[At]) -> str:
    """Return addresses as a person looks them up: 年度数据!C5、C6等12处."""
    texts, sheet = [], None
    for at in places[:MANY_PERIODS]:
        texts.append(str(at) if at.sheet != sheet else at.cell or "")
        sheet = at.sheet
    return join(texts) + (f"等{len(places)}处" if len(places) > MANY_PERIODS else "")


def _neighbours(items: Sequence[PeriodResult]) -> list[list[PeriodResult]]:
    groups: list[list[PeriodResult]] = []
    for item in items:
        last = groups[-1][-1] if groups else None
        same = last is not None and (last.reading.value, last.reading.lack, last.pending) == (
            item.reading.value,
            item.reading.lack,
            item.pending,
        )
        if same:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


@dataclass(frozen=True)
class Deduction:
    """Points lost and the reason in words; `item` is the id of the indicator, part or penalty that cost them."""

    points: Fraction
    text: str
    item: str


def deductions(scheme: s.Scheme, assessment: Assessment, result: IndicatorResult) -> list[Deduction]:
    """Return every lost point of an indicator with its reason: 2018年秋季学期少1次，扣0.5分. The points add up to full − score."""
    groups: dict[object, list[Loss]] = {}
    for loss in result.losses:
        readings = tuple((item.reading.value, item.reading.lack, item.reading.word) for item in loss.periods)
        groups.setdefault((loss.of.indicator.id, loss.cause, loss.points, loss.cut, readings), []).append(loss)
    return [_deduction(scheme, assessment, losses) for losses in groups.values()]


def _deduction(scheme: s.Scheme, assessment: Assessment, losses: list[Loss]) -> Deduction:
    """Losses alike in one sentence: 2017年、2018年无记录，各扣1分."""
    first = losses[0]
    reason = IndicatorSentences(scheme, assessment, first.of).lost(first, [item for loss in losses for item in loss.periods])
    each = "各" if len(losses) > 1 else ""
    floor = first.of.indicator.award.floor if isinstance(first.of.indicator.award, s.Deduct) else Fraction(0)
    end = "" if not first.cut else f"（最低{number_text(floor)}分）" if floor else "（扣完为止）"
    return Deduction(
        sum((loss.points for loss in losses), Fraction(0)),
        f"{reason.rstrip('。')}，{each}{'扣' if first.points > 0 else '加'}{number_text(abs(first.points))}分{end}",
        first.of.indicator.id,
    )
