"""An indicator system as frozen records, and how it is moved to another start year."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Literal

from wuhao_report.core.periods import Per, Span, shift_year
from wuhao_report.tables.conditions import Where
from wuhao_report.tables.sheets import Sheet

Counts = Literal["score", "bonus", "veto"]
COUNTS: Mapping[str, str] = {
    "score": "计入总分", "bonus": "加分，在总分之外单列，也不列入达标统计", "veto": "一票否决：未达标则不论得分多少",
}
Shape = Literal["count", "amount", "flag", "set", "rate", "level", "term", "manual", "rank", "event"]


@dataclass(frozen=True)
class Count:
    """Rows that count and match."""

    sheet: str
    where: Where = ()


@dataclass(frozen=True)
class Sum:
    """The sum of a number column over those rows; `mean` divides by the calendar years touched."""

    sheet: str
    column: str
    where: Where = ()
    mean: bool = False


@dataclass(frozen=True)
class Distinct:
    """How many different values occur among those rows, or how many of a listed set."""

    sheet: str
    column: str
    among: tuple[str, ...] = ()
    where: Where = ()


@dataclass(frozen=True)
class People:
    """Different names of rows without a number of persons, plus the numbers stated in the others."""

    sheet: str
    name: str
    number: str
    where: Where = ()


@dataclass(frozen=True)
class YearColumn:
    """The number in the year's row."""

    column: str


@dataclass(frozen=True)
class Item:
    """One member of a listed set: present when a row of `sheet` fits `where` on the day."""

    title: str
    sheet: str
    where: Where


@dataclass(frozen=True)
class Complete:
    """How many of a listed set are present on the day."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Part:
    """Rows of one table: those looked at (`within`) and those that match (`where`)."""

    sheet: str
    within: Where
    where: Where


@dataclass(frozen=True)
class Share:
    """Rows that match ÷ rows that count, over one or several tables, or over a roll."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Ratio:
    """One measure ÷ another; `zero_fails`: nobody below the line is 未达标, not 缺数据."""

    one: Measure
    other: Measure
    zero_fails: bool = False


@dataclass(frozen=True)
class Coverage:
    """Of the people active, the share with at least `at_least` rows (or sum of `column`) in the period."""

    roll: str
    within: Where
    log: str
    name: str
    column: str | None = None
    where: Where = ()
    at_least: Fraction = Fraction(1)
    skip_when_zero: str | None = None


@dataclass(frozen=True)
class Stock:
    """Rows of people active on the day, or rows of a dated list dated on or before it."""

    sheet: str
    where: Where = ()


@dataclass(frozen=True)
class Growth:
    """Stock on the day − stock on the day before the period's start; `rate` divides by the latter."""

    sheet: str
    where: Where = ()
    rate: bool = False


@dataclass(frozen=True)
class Change:
    """A measure in this period − the same in the natural period before it; `rate` divides by the latter."""

    of: Measure
    rate: bool = False


@dataclass(frozen=True)
class Vacancy:
    """The longest run of days on which one of the posts had nobody, in days."""

    sheet: str
    column: str
    posts: tuple[str, ...]


@dataclass(frozen=True)
class Flag:
    """Yes or no in the year's row, or in the profile."""

    sheet: str
    column: str


@dataclass(frozen=True)
class Level:
    """What a word stands for: that of the profile or of the year's row, or the best one among the rows of a log."""

    sheet: str
    column: str
    values: tuple[tuple[str, Fraction], ...]
    where: Where = ()


@dataclass(frozen=True)
class Event:
    """What sets a term running: rows of a log on their date, or of a roll on its `role` (start or end)."""

    sheet: str
    where: Where = ()
    role: Literal["date", "start", "end"] = "date"


@dataclass(frozen=True)
class Deadline:
    """Days by which the first matching record comes after its day: 0 in time, no value when it never comes.

    The day is `month`-`day` of the period's year (of the phase's year number `year` when that is given), or `within`
    days after each `event`; of several events the worst counts, and none at all is in time.
    """

    sheet: str
    where: Where = ()
    month: int = 0
    day: int = 0
    year: int | None = None
    event: Event | None = None
    within: int = 0


@dataclass(frozen=True)
class Rank:
    """The place among peers by another measure, the highest first; settled only when many workbooks are seen together."""

    of: Measure


@dataclass(frozen=True)
class Manual:
    """The committee's own judgement in points, from the sheet of assessments; `item` is the id it is entered for,
    `limit` its full mark."""

    item: str
    limit: Fraction = Fraction(0)


@dataclass(frozen=True)
class Parts:
    """How many of the parts are reached; each part is an indicator of its own."""

    items: tuple[Indicator, ...]


Measure = (
    Count | Sum | Distinct | People | YearColumn | Complete | Share | Ratio | Coverage | Stock | Growth | Vacancy | Flag
    | Change | Level | Deadline | Rank | Manual | Parts
)


@dataclass(frozen=True)
class Target:
    """What a value must reach; `value` is exact, or True for a flag."""

    op: Literal[">=", ">", "<=", "=="]
    value: Fraction | bool

    def met(self, value: Fraction | bool) -> bool:
        if self.op == ">=":
            return value >= self.value
        if self.op == ">":
            return value > self.value
        if self.op == "<=":
            return value <= self.value
        return value == self.value


@dataclass(frozen=True)
class AllOrNothing:
    """All the points when every finished period is met, else none."""


@dataclass(frozen=True)
class PerPeriod:
    """The points × finished periods met ÷ finished periods."""


@dataclass(frozen=True)
class Deduct:
    """`each` points off for every `unit` short of the target, summed over the periods, down to `floor`.

    `counting` says what becomes of less than a unit: not counted (whole), counted as one (begun), in proportion (exact).
    `once`: `each` is taken off once for a period that is not met. `never`: taken off where it never came at all.
    """

    each: Fraction
    unit: Fraction = Fraction(1)
    floor: Fraction = Fraction(0)
    counting: Literal["whole", "begun", "exact"] = "whole"
    once: bool = False
    never: Fraction | None = None


@dataclass(frozen=True)
class Earn:
    """`each` points for every one of the value, up to the full points or to `cap`; the periods summed, or their `mean`."""

    each: Fraction
    cap: Fraction | None = None
    mean: bool = False


@dataclass(frozen=True)
class Tier:
    target: Target
    points: Fraction


@dataclass(frozen=True)
class Tiered:
    """The points of the first tier that the value fits, else `otherwise`; the mean of the periods, or the worst."""

    tiers: tuple[Tier, ...]
    otherwise: Fraction = Fraction(0)
    worst: bool = False


@dataclass(frozen=True)
class SumOfParts:
    """The points of the parts, each by its own rule."""


Award = AllOrNothing | PerPeriod | Deduct | Earn | Tiered | SumOfParts


@dataclass(frozen=True)
class Stretch:
    """A further aim of the plan that has no effect on the status."""

    target: Target
    text: str


@dataclass(frozen=True)
class Indicator:
    """One indicator, a part of one, or a penalty: its measure, its target, its points, and the words it is reported with.

    `points` is None where the scheme leaves the points to the convention of equal shares.
    """

    id: str
    head: str
    title: str
    requirement: str
    clause: str
    per: Per
    measure: Measure
    target: Target
    shape: Shape
    definition: str = ""
    convention: bool = False
    unit: str = ""
    act: str = ""
    unless: Where = ()
    when: Where = ()
    stretch: Stretch | None = None
    telling: int = 5
    sentences: Mapping[str, str] = field(default_factory=dict)
    counts: Counts = "score"
    points: Fraction | None = None
    award: Award = AllOrNothing()
    penalties: tuple[Indicator, ...] = ()
    coefficient: str = ""

    @property
    def parts(self) -> tuple[Indicator, ...]:
        return self.measure.items if isinstance(self.measure, Parts) else ()

    def walk(self) -> Iterator[Indicator]:
        """This one, then its parts and penalties, and theirs."""
        yield self
        for item in (*self.parts, *self.penalties):
            yield from item.walk()


@dataclass(frozen=True)
class Coefficient:
    """A factor on points by the size of something: the first tier that fits tells it."""

    id: str
    title: str
    per: Per
    measure: Measure
    tiers: tuple[Tier, ...]
    otherwise: Fraction = Fraction(1)


@dataclass(frozen=True)
class Grade:
    """A grade of the total (等次) and its lines, which must all be reached.

    `total` is in points of the total; `each_head` in per cent of each head's full mark; `heads` in points of a head.
    """

    title: str
    total: Fraction | None = None
    each_head: Fraction | None = None
    heads: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True)
class HeadGrade:
    """A grade of one head; `at_least` in per cent of its full mark."""

    title: str
    at_least: Fraction | None = None


@dataclass(frozen=True)
class Scoring:
    """What stands above the points of the indicators: factor on the total, grades, what bars."""

    coefficient: str = ""
    bonus_counts: bool = False
    veto_grade: str = ""
    grades: tuple[Grade, ...] = ()
    head_grades: tuple[HeadGrade, ...] = ()
    coefficients: tuple[Coefficient, ...] = ()


@dataclass(frozen=True)
class Head:
    """A top-level head (one of the five goods)."""

    id: str
    title: str
    points: Fraction


@dataclass(frozen=True)
class Phase:
    title: str
    span: Span


@dataclass(frozen=True)
class Stage:
    """A reporting stage: the kind of report, its phase, from when it may be written, up to when it judges."""

    title: str
    report: str
    phase: str
    opens: date
    through: date
    convention: bool = False


@dataclass(frozen=True)
class Milestone:
    """A fixed point of the plan; `happened` is a sentence over the figures of its year."""

    when: str
    until: date
    text: str
    happened: str = ""
    since: date | None = None


@dataclass(frozen=True)
class Figure:
    """A number the reports quote: measured per year, or as the state of things on the day."""

    id: str
    title: str
    unit: str
    per: Per
    measure: Measure
    table: bool = True
    chart: bool = False


@dataclass(frozen=True)
class RowCheck:
    """A warning for rows that fit `where` but not `require`."""

    sheet: str
    column: str
    where: Where
    require: Where
    text: str


@dataclass(frozen=True, eq=False)
class Scheme:
    """A whole indicator system, moved to the start year it is used for; compared by identity."""

    id: str
    version: str
    title: str
    hash: str
    own_start_year: int
    start_year: int
    self_name: str
    campaign: str
    report_title: str
    basis: tuple[str, ...]
    note: str
    scoring_note: str
    body_limit: int
    phases: tuple[Phase, ...]
    stages: tuple[Stage, ...]
    milestones: tuple[Milestone, ...]
    sheets: tuple[Sheet, ...]
    heads: tuple[Head, ...]
    indicators: tuple[Indicator, ...]
    figures: tuple[Figure, ...]
    checks: tuple[RowCheck, ...]
    profile_text: str
    scoring: Scoring
    wording: Mapping[str, Mapping[str, str]]

    @cached_property
    def rules(self) -> Mapping[str, str]:
        """By indicator, the hash of how it is reckoned: everything of it but its words."""
        return {item.id: hashlib.sha256(repr(replace(item, title="", requirement="", clause="", definition="", act="", sentences={})).encode()).hexdigest()[:16]
                for item in self.indicators}

    @cached_property
    def by_sheet(self) -> Mapping[str, Sheet]:
        return {sheet.name: sheet for sheet in self.sheets}

    @cached_property
    def by_use(self) -> Mapping[str, Sheet]:
        return {sheet.use: sheet for sheet in self.sheets if sheet.use}

    @cached_property
    def by_points(self) -> bool:
        """Whether the scheme gives its own points; else each head is shared out equally."""
        return any(indicator.points is not None for indicator in self.indicators)

    @cached_property
    def full(self) -> Fraction:
        """The full mark of the total."""
        return sum((head.points for head in self.heads), Fraction(0))

    @cached_property
    def items(self) -> tuple[Indicator, ...]:
        """Every indicator, part and penalty."""
        return tuple(item for indicator in self.indicators for item in indicator.walk())

    @cached_property
    def judged_by_hand(self) -> tuple[Indicator, ...]:
        return tuple(item for item in self.items if isinstance(item.measure, Manual))

    def phase(self, title: str) -> Phase:
        return next(phase for phase in self.phases if phase.title == title)

    def of_head(self, head: Head) -> tuple[Indicator, ...]:
        return tuple(indicator for indicator in self.indicators if indicator.head == head.id)

    def sentence(self, indicator: Indicator, name: str) -> str:
        """The wording of an indicator: its own, else the scheme's for its shape."""
        return indicator.sentences.get(name) or self.wording[indicator.shape].get(name) or self.wording["all"][name]


_YEAR = re.compile(r"\d{4}(?=年)")


def shift_text(text: str, years: int) -> str:
    """A title with its four-digit years moved: 2024年自查 → 2026年自查."""
    return _YEAR.sub(lambda match: str(int(match.group()) + years), text)


@lru_cache(maxsize=256)
def moved_to(scheme: Scheme, start_year: int) -> Scheme:
    """The scheme with every date shifted by whole years, so that it starts in `start_year`."""
    years = start_year - scheme.start_year
    if not years:
        return scheme
    return replace(
        scheme,
        start_year=start_year,
        phases=tuple(
            replace(phase, span=Span(shift_year(phase.span.start, years), shift_year(phase.span.end, years)))
            for phase in scheme.phases
        ),
        stages=tuple(
            replace(
                stage, title=shift_text(stage.title, years),
                opens=shift_year(stage.opens, years), through=shift_year(stage.through, years),
            )
            for stage in scheme.stages
        ),
        milestones=tuple(
            replace(mark, when=shift_text(mark.when, years), until=shift_year(mark.until, years),
                    since=shift_year(mark.since, years) if mark.since else None, text=shift_text(mark.text, years))
            for mark in scheme.milestones
        ),
    )
