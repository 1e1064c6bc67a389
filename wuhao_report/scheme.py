"""An indicator system as frozen records, and how it is moved to another start year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Literal

from wuhao_report.periods import Per, Span, shift_year

Form = Literal["pairs", "years", "roll", "log", "list"]
ColumnType = Literal["text", "date", "month", "year", "count", "amount", "flag", "choice", "choices", "ids", "stage", "indicator"]
COLUMN_TYPES: Mapping[str, str] = {
    "text": "文字", "date": "日期", "month": "年月", "year": "年份", "count": "非负整数", "amount": "非负数，可带小数和“万”",
    "flag": "是/否", "choice": "从选项中选一个", "choices": "从选项中选若干个，用顿号分开", "ids": "若干编号，用顿号分开",
    "stage": "报告阶段", "indicator": "指标编号",
}
FORMS: Mapping[str, str] = {
    "pairs": "项目 | 内容，一项一行", "years": "一年一行", "roll": "名册：一人一行，有加入日期和退出日期",
    "log": "台账：一事一行，有日期", "list": "其他清单",
}
Shape = Literal["count", "amount", "flag", "set", "rate", "level"]


@dataclass(frozen=True)
class Column:
    """One column of a sheet (or one key of a pairs sheet)."""

    name: str
    type: ColumnType
    required: bool = False
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    hint: str = ""
    example: str = ""
    future: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet: its form, its columns in order, and which column plays which role."""

    name: str
    form: Form
    columns: tuple[Column, ...]
    use: str = ""
    hint: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    def role(self, role: str) -> str | None:
        return self.roles.get(role)


@dataclass(frozen=True)
class Condition:
    """A test of one column: op is 'in' (one of values), 'contains' (text), 'is' (flag) or 'filled'."""

    column: str
    op: Literal["in", "contains", "is", "filled"]
    values: tuple[str, ...] = ()
    truth: bool = True


Where = tuple[Condition, ...]


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
    """Stock on the day − stock on the day before the period's start."""

    sheet: str
    where: Where = ()


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


Measure = Count | Sum | Distinct | People | YearColumn | Complete | Share | Ratio | Coverage | Stock | Growth | Vacancy | Flag


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
class Stretch:
    """A further aim of the plan that has no effect on the status."""

    target: Target
    text: str


@dataclass(frozen=True)
class Indicator:
    """One indicator: its measure, its target, and the words it is reported with."""

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
    stretch: Stretch | None = None
    telling: int = 5
    sentences: Mapping[str, str] = field(default_factory=dict)


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
    wording: Mapping[str, Mapping[str, str]]

    @cached_property
    def by_sheet(self) -> Mapping[str, Sheet]:
        return {sheet.name: sheet for sheet in self.sheets}

    @cached_property
    def by_use(self) -> Mapping[str, Sheet]:
        return {sheet.use: sheet for sheet in self.sheets if sheet.use}

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
