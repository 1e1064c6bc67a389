"""Filled 考评表 matched to the committees of an aggregate; what several assessors say of one is settled by a rule, or listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from wuhao_report.aggregate.assessors.filled import Entry, FilledForm
from wuhao_report.aggregate.assessors.form import REASON, SCORE
from wuhao_report.aggregate.overview import Overview
from wuhao_report.aggregate.records.model import IndicatorRecord
from wuhao_report.aggregate.roster.names import unit_key
from wuhao_report.aggregate.rows import Row
from wuhao_report.core.numbers import half_up, number_text
from wuhao_report.core.problems import Problem, problem

Rule = Callable[[Sequence[Fraction]], Fraction | None]
RULES: Mapping[str, Rule] = {
    "列出": lambda scores: None,
    "平均": lambda scores: sum(scores, Fraction(0)) / len(scores),
    "最低": min,
    "最高": max,
}
"""How scores of several assessors that differ become one; the first leaves it to a person."""
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Given:
    """What one assessor says of an indicator, and the file it stands in."""

    assessor: str
    file: str
    score: Fraction
    reason: str


@dataclass(frozen=True)
class AssessedItem:
    """An indicator of a committee with its own score and those of the assessors; `score` is None where nobody gave one, or they differ."""

    id: str
    title: str
    full: Fraction
    own: Fraction | None
    given: tuple[Given, ...]
    score: Fraction | None

    @property
    def is_open(self) -> bool:
        """Say whether the assessors differ, and no rule has settled it."""
        return bool(self.given) and self.score is None

    @property
    def reason(self) -> str:
        """Why points were taken off, by each assessor that says so."""
        return "；".join(dict.fromkeys(item.reason for item in self.given if item.reason))


@dataclass(frozen=True)
class AssessedCommittee:
    """A committee with its 考评; `score` is the total, None until every indicator that has points has a settled score."""

    row: Row
    parent: str
    scheme: str
    stage: str
    assessors: tuple[str, ...]
    items: tuple[AssessedItem, ...]

    @property
    def own(self) -> Fraction | None:
        """The committee's own total over the same indicators; None where one has none."""
        return _sum(item.own for item in self.items)

    @property
    def score(self) -> Fraction | None:
        """The total of the 考评."""
        return _sum(item.score for item in self.items)


@dataclass
class Assessment:
    """The 考评 of an aggregate: the committees assessed, and what is wrong, with the file it stands in."""

    committees: list[AssessedCommittee] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    forms: int = 0


def _sum(scores: Iterable[Fraction | None]) -> Fraction | None:
    known = list(scores)
    return None if None in known or not known else sum((score for score in known if score is not None), Fraction(0))


def settle(overview: Overview, forms: Sequence[FilledForm], rule: str) -> Assessment:
    """Return the 考评 of all committees of which there is a filled form; `rule` is one of RULES."""
    filled = [form for form in forms if form.entries or form.problems]
    found = Assessment(forms=len(filled))
    of: dict[Key, dict[str, FilledForm]] = {}
    for form in filled:
        found.problems += [(form.file, item) for item in form.problems]
        assessor = form.assessor or form.file
        own = of.setdefault(_key(form.unit, form.parent, form.scheme, form.stage), {})
        if assessor in own:
            found.problems.append(
                (form.file, problem("assessed-twice", assessor=assessor, unit=form.unit, other=own[assessor].file))
            )
        else:
            own[assessor] = form
    for group in overview.groups:
        for row in group.rows():
            parent = row.member.parent if row.member else ""
            own = of.pop(_key(row.unit, parent, group.scheme, group.stage), {})
            if any(form.entries for form in own.values()):
                items = tuple(_items(row, own, RULES[rule], found.problems))
                found.committees.append(AssessedCommittee(row, parent, group.scheme_title, group.stage, tuple(own), items))
    for left in of.values():
        for form in left.values():
            found.problems.append((form.file, problem("assessment-of-nobody", unit=form.unit, stage=form.stage)))
    return found


def _key(unit: str, parent: str, scheme: str, stage: str) -> Key:
    return unit_key(unit), unit_key(parent), scheme.strip(), unit_key(stage)


def _items(row: Row, filled: Mapping[str, FilledForm], rule: Rule, problems: list[tuple[str, Problem]]) -> Iterable[AssessedItem]:
    known = {item.id: item for item in row.record.indicators if item.full is not None}
    given: dict[str, list[Given]] = {}
    for assessor, form in filled.items():
        for entry in form.entries:
            item = known.get(entry.id)
            fault = _fault(entry, item)
            if fault:
                problems.append((form.file, fault))
            if item is not None and entry.score is not None and (fault is None or fault.code == "reason-missing"):
                exact = item.full if item.full is not None and _is_full(entry.score, item) else entry.score
                given.setdefault(entry.id, []).append(Given(assessor, form.file, exact, entry.reason))
    for name, item in known.items():
        own = tuple(given.get(name, ()))
        scores = {one.score for one in own}
        score = scores.pop() if len(scores) == 1 else rule([one.score for one in own]) if own else None
        yield AssessedItem(name, item.title, item.full or Fraction(0), item.score, own, score)


def _is_full(score: Fraction, item: IndicatorRecord) -> bool:
    """Say whether a score is the full mark as it is shown: 3.33 of 10/3 is."""
    return item.full is not None and half_up(score, 2) == half_up(item.full, 2)


def _fault(entry: Entry, item: IndicatorRecord | None) -> Problem | None:
    """Return what is wrong in a row; a score without its reason counts all the same."""
    if item is None or item.full is None:
        return problem("unknown-item", entry.at, item=entry.id)
    if entry.score is None:
        return problem("score-missing", entry.at, item=entry.id)
    full = number_text(item.full)
    if _is_full(entry.score, item):
        return None
    if entry.score > item.full:
        return problem("score-too-high", entry.at, column=SCORE, full=full)
    if not entry.reason:
        return problem("reason-missing", entry.at, column=SCORE, full=full, reason=REASON)
    return None
