"""An indicator system as frozen records, and how it is moved to another start year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import ClassVar, Literal

from wuhao_report.core.periods import Per, Span, shift_year
from wuhao_report.core.strict import Keys
from wuhao_report.measures.base import NO_WAY, Definitions, Measure, Shape, Shortfall, Way
from wuhao_report.measures.comparison import check_state_of_things
from wuhao_report.measures.facts import Facts, Periods, Reading
from wuhao_report.measures.target import Target
from wuhao_report.tables.columns import Used
from wuhao_report.tables.conditions import Where
from wuhao_report.tables.sheets import Sheet, Sheets

Counts = Literal["score", "bonus", "veto"]
UnitRole = Literal["unit", "superior"]
"""The cell of the profile in which a word of the committee's own name is looked for."""
COUNTS: Mapping[str, str] = {
    "score": "计入总分",
    "bonus": "加分，在总分之外单列，也不列入达标统计",
    "veto": "一票否决：未达标则不论得分多少",
}


@dataclass(frozen=True)
class Parts(Measure):
    """How many of the parts are reached; each part is an indicator of its own."""

    kind: ClassVar[str] = "parts"
    word: ClassVar[str] = "分项"
    explanation: ClassVar[str] = "达到的分项的个数"
    keys: ClassVar[tuple[str, ...]] = ()
    shape: ClassVar[Shape] = "set"
    unit: ClassVar[str] = "项"
    default_per: ClassVar[Per | None] = "现状"

    items: tuple[Indicator, ...]

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Measure:
        """Parts are read as indicators, beside the measures."""
        raise TypeError("parts are read as indicators")

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return none: each part has its own."""
        return iter(())

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Parts are read one by one."""
        raise TypeError("the parts of an indicator are read one by one")

    def way(self, short: Shortfall) -> Way:
        """Return no way: each part has its own."""
        return NO_WAY

    def titles(self) -> tuple[str, ...]:
        """Return the titles of the parts."""
        return tuple(item.title for item in self.items)

    def check_per(self, keys: Keys, per: Per) -> None:
        """Raise SchemeError unless it is about the state of things."""
        check_state_of_things(keys, per)


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

    `points` is None where the scheme leaves the points to the convention of equal shares; shortfalls of indicators with one `mend` are
    one problem, mended by one thing.
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
    mend: str = ""

    @property
    def parts(self) -> tuple[Indicator, ...]:
        """Its parts; none where it has a measure of its own."""
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

    `total` is in points of the total; `each_head` in per cent of each head's full mark; `heads` in points of a head. Who reaches
    a grade that `passes`, or a higher one, is 达标.
    """

    title: str
    total: Fraction | None = None
    each_head: Fraction | None = None
    heads: tuple[tuple[str, Fraction], ...] = ()
    passes: bool = False


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

    @property
    def passing(self) -> tuple[str, ...]:
        """The titles of the grades by which a committee passes: down to the lowest that says so; where none does, all but the last."""
        marked = [at for at, grade in enumerate(self.grades) if grade.passes]
        return tuple(grade.title for grade in self.grades[: marked[-1] + 1 if marked else -1])


@dataclass(frozen=True)
class Head:
    """A top-level head (one of the five goods); `overview` tells the totals of its work over the whole phase, with figures in braces."""

    id: str
    title: str
    points: Fraction
    overview: str = ""


@dataclass(frozen=True)
class Deed:
    """How the rows of a log are told as deeds of a head.

    `sentence` holds the names of columns in braces and 时间; a part of it in square brackets is left out where one of its columns is
    empty. `title` is the column by which two rows are of one thing; `people`, `result`, `place`, `person` are the columns by which the most telling rows are chosen.
    """

    head: str
    sheet: str
    sentence: str
    title: str
    people: str = ""
    result: str = ""
    place: str = ""
    person: str = ""
    where: Where = ()


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
    """A fixed point of the plan: `happened` is a sentence over the figures of its year, `documents` are words in the title of what answers it."""

    when: str
    until: date
    text: str
    happened: str = ""
    since: date | None = None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A number the reports quote: measured per year, or as the state of things on the day.

    `nouns` are the words with which a secretary tells of it: a text that states another number is held against it.
    """

    id: str
    title: str
    unit: str
    per: Per
    measure: Measure
    table: bool = True
    chart: bool = False
    nouns: tuple[str, ...] = ()
    work: bool = True


@dataclass(frozen=True)
class RowCheck:
    """A warning for rows that fit `where` but not `require`."""

    sheet: str
    column: str
    where: Where
    require: Where
    text: str


@dataclass(frozen=True)
class UnitWord:
    """A word of the scheme's sentences that follows the committee's own name: 嘎查村 becomes 社区 where 单位名称 says 社区.

    `role` says in which cell of the profile it is looked for. `names` are what may stand there, with the word to be said; the first counts.
    """

    word: str
    role: UnitRole
    names: tuple[tuple[str, str], ...]

    def said(self, name: str) -> str:
        """Return the word for a committee whose cell says `name`: the scheme's own where none of the names stands there."""
        return next((said for known, said in self.names if known in name), self.word)


@dataclass(frozen=True, eq=False)
class Scheme:
    """A whole indicator system, moved to the start year it is used for; compared by identity."""

    id: str
    version: str
    title: str
    hash: str
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
    deeds: tuple[Deed, ...]
    profile_text: str
    scoring: Scoring
    wording: Mapping[str, Mapping[str, str]]
    definitions_attached: bool = False
    quoted: tuple[str, ...] = ()
    unit_words: tuple[UnitWord, ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    rules: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def layout(self) -> Sheets:
        """The sheets by name and by use."""
        return Sheets(self.sheets)

    @cached_property
    def with_evidence(self) -> tuple[str, ...]:
        """The sheets whose rows name their evidence."""
        return tuple(sheet.name for sheet in self.sheets if sheet.role("evidence"))

    @cached_property
    def by_sheet(self) -> Mapping[str, Sheet]:
        """The sheets by their names."""
        return {sheet.name: sheet for sheet in self.sheets}

    @cached_property
    def by_use(self) -> Mapping[str, Sheet]:
        """The sheets by what they are used for."""
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
        """The indicators, parts and penalties that are judged by hand."""
        return tuple(item for item in self.items if item.measure.is_points)

    def phase(self, title: str) -> Phase:
        """Return the phase of a title."""
        return next(phase for phase in self.phases if phase.title == title)

    def of_head(self, head: Head) -> tuple[Indicator, ...]:
        """Return the indicators of a head."""
        return tuple(indicator for indicator in self.indicators if indicator.head == head.id)

    def sentence(self, indicator: Indicator, name: str) -> str:
        """The wording of an indicator: its own, else the scheme's for its shape."""
        return self.spoken(indicator.sentences.get(name) or self.wording[indicator.shape].get(name) or self.wording["all"][name])

    def spoken(self, text: str) -> str:
        """Return a text of the scheme in the words of the committee's own name; the titles of documents stay as they are."""
        if not self.said:
            return text
        pieces = _DOCUMENT.split(text)
        for word, said in self.said:
            pieces[::2] = [piece.replace(word, said) for piece in pieces[::2]]
        return "".join(pieces)


TIME, PHASE = "时间", "阶段"
"""The placeholders of a deed's month, and of the phase in the sentence of a head's totals."""


def brackets_fail(text: str) -> bool:
    """Return whether the square brackets of a sentence are not in pairs, or stand inside each other."""
    return re.fullmatch(r"[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*", text) is None


_YEAR = re.compile(r"\d{4}(?=年)")
_DOCUMENT = re.compile(r"(《[^《》]*》)")


def shift_text(text: str, years: int) -> str:
    """A title with its four-digit years moved: 2024年自查 → 2026年自查."""
    return _YEAR.sub(lambda match: str(int(match.group()) + years), text)


@lru_cache(maxsize=256)
def spoken_by(scheme: Scheme, unit: str, superior: str) -> Scheme:
    """Return the scheme whose sentences use the words of the committee's own name and of its superior's."""
    names = {"unit": unit, "superior": superior}
    said = tuple((item.word, item.said(names[item.role])) for item in scheme.unit_words)
    return _speaking(scheme, tuple(pair for pair in said if pair[0] != pair[1]))


@lru_cache(maxsize=256)
def _speaking(scheme: Scheme, said: tuple[tuple[str, str], ...]) -> Scheme:
    if not said:
        return scheme
    speaking = replace(scheme, said=said)
    return replace(speaking, self_name=speaking.spoken(scheme.self_name))


@lru_cache(maxsize=64)
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
                stage,
                title=shift_text(stage.title, years),
                opens=shift_year(stage.opens, years),
                through=shift_year(stage.through, years),
            )
            for stage in scheme.stages
        ),
        milestones=tuple(
            replace(
                mark,
                when=shift_text(mark.when, years),
                until=shift_year(mark.until, years),
                since=shift_year(mark.since, years) if mark.since else None,
                text=shift_text(mark.text, years),
            )
            for mark in scheme.milestones
        ),
    )
