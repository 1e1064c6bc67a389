"""What an aggregate keeps of one committee's workbook: results, figures and addresses, and nobody's name but the committee's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

from wuhao_report.core.cell_reference import column_letters
from wuhao_report.core.options import Options
from wuhao_report.core.periods import Period
from wuhao_report.core.problems import STOPPING, WuhaoError, count_levels
from wuhao_report.evaluation.assessment import find_stage
from wuhao_report.evaluation.ranking import Basis, OtherRules, Places, basis_of, settled
from wuhao_report.evaluation.results import STATUSES, Assessment, HeadResult, IndicatorResult
from wuhao_report.evaluation.submission import Submission
from wuhao_report.report.outcome import Outcome, check
from wuhao_report.report.phrases import Phrases
from wuhao_report.scheme.model import Scheme
from wuhao_report.scheme.required_columns import indicator_columns

WAITING = "待评定"
"""The status of what is ranked among peers and not settled yet."""
MOST_CELLS = 40
"""So many addresses of evidence are kept for an indicator."""

Numbers = tuple[tuple[str, Fraction | None, Fraction | None], ...]
"""By period: its label and the two sides of a rate."""


@dataclass(frozen=True)
class IndicatorReturn:
    """One indicator of one committee: `told` is its progress in words, `among` what a rank goes by, `cells` where its rows stand.

    `rule` is the hash of how it is reckoned: with the same one, a change is a change of data.
    """

    id: str
    title: str
    head: str
    status: str
    score: Fraction | None
    full: Fraction | None
    bonus: Fraction | None
    told: str
    rule: str = ""
    sides: Numbers = ()
    among: tuple[tuple[str, str, Fraction], ...] = ()
    cells: tuple[str, ...] = ()
    place: int | None = None


@dataclass(frozen=True)
class HeadReturn:
    id: str
    title: str
    status: str
    score: Fraction | None
    full: Fraction | None


@dataclass(frozen=True)
class FigureReturn:
    """A figure of the reports by period, as a number."""

    id: str
    title: str
    unit: str
    per: str
    values: tuple[tuple[str, Fraction | None], ...]


@dataclass(frozen=True)
class Return:
    """One workbook as it counts in an aggregate."""

    file: str
    sha256: str
    unit: str
    scheme: str
    scheme_title: str
    scheme_hash: str
    stage: str
    report_date: date
    status: str
    score: Fraction | None
    full: Fraction
    grade: str | None
    bonus: Fraction | None
    heads: tuple[HeadReturn, ...]
    indicators: tuple[IndicatorReturn, ...]
    figures: tuple[FigureReturn, ...]
    errors: int
    warnings: int
    basis: Basis | None = None

    @property
    def among(self) -> tuple[tuple[str, str, Fraction], ...]:
        """What it is ranked by among its peers: indicator (or part), period, value."""
        return tuple(entry for item in self.indicators for entry in item.among)


class NotJudged(WuhaoError):
    """A workbook that gives no result; the code and the sentence are those of its first stopping problem."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code

    def __reduce__(self) -> tuple[type[NotJudged], tuple[str, str]]:
        return NotJudged, (self.code, str(self))


def judge(path: Path, file: str, options: Options | None = None) -> Return:
    """Check one workbook for an aggregate; `file` is its path below the folder. What is ranked among peers waits.

    Raises NotJudged, SchemeError.
    """
    outcome = check(path, options)
    scheme, found = outcome.scheme, outcome.assessment
    if scheme is None or found is None:
        first = next((item for item in outcome.problems if item.code in STOPPING), outcome.problems[0])
        raise NotJudged(first.code, first.message)
    if not outcome.unit:
        raise NotJudged("required-empty", "没有填写单位名称，不知道是谁的工作簿。")
    return returned(file, outcome, scheme, found)


def returned(file: str, outcome: Outcome, scheme: Scheme, found: Assessment) -> Return:
    """The return of an assessed outcome."""
    levels = count_levels(outcome.problems)
    return Return(
        file, outcome.sha256 or "", str(outcome.unit), scheme.id, scheme.title, scheme.hash, found.stage.title, found.clock.report_date, found.status,
        found.score, scheme.full, found.grade, found.bonus, tuple(map(_head, found.heads)),
        tuple(_indicator(outcome, scheme, found, item) for head in found.heads for item in head.indicators),
        tuple(FigureReturn(item.figure.id, item.figure.title, item.figure.unit, item.figure.per, tuple(
            (period.label, None if reading.value is None else Fraction(reading.value)) for period, reading in item.readings)) for item in found.figures),
        levels["error"], levels["warning"], basis_of(found) if any(item.among for item in found.indicators) else None)


def with_places(one: Return, scheme: Scheme, places: Places) -> Return:
    """The return with its ranks settled: the same but for points, grades and what was waited for.

    Raises OtherRules when the scheme is not the one it was judged by.
    """
    if one.basis is None or one.scheme_hash != scheme.hash:
        raise OtherRules(f"这份结果不是按现在的“{one.scheme}”评的。")
    found = settled(scheme, one.stage, one.report_date, one.basis, places)
    again = {item.indicator.id: item for head in found.heads for item in head.indicators}
    return replace(
        one, status=found.status, score=found.score, grade=found.grade, bonus=found.bonus, heads=tuple(map(_head, found.heads)), basis=None,
        indicators=tuple(_ranked(item, again[item.id], scheme, found) for item in one.indicators))


def fits(one: Return, scheme: Scheme) -> bool:
    """Whether a return that came from elsewhere can be one of that scheme: its stage, heads and indicators, its statuses, its basis."""
    head_ids, ids = [head.id for head in scheme.heads], [item.id for head in scheme.heads for item in scheme.indicators if item.head == head.id]
    found = (
        find_stage(scheme, one.stage) is not None and [head.id for head in one.heads] == head_ids and [item.id for item in one.indicators] == ids
        and {one.status, *(head.status for head in one.heads)} <= set(STATUSES) and {item.status for item in one.indicators} <= {*STATUSES, WAITING})
    if not found or not one.among:
        return found
    try:
        with_places(one, scheme, {})
    # Whatever comes of reckoning with a basis that somebody has made up, it is none.
    except Exception:
        return False
    return True


def _ranked(one: IndicatorReturn, result: IndicatorResult, scheme: Scheme, found: Assessment) -> IndicatorReturn:
    same = replace(one, score=result.score, full=result.full, bonus=result.bonus)
    if not result.among:
        return same
    return replace(same, status=_word(result), told=Phrases(scheme, found, result).progress(), place=_place(result))


def _word(result: IndicatorResult) -> str:
    return WAITING if result.waits else result.status


def _place(result: IndicatorResult) -> int | None:
    """Its place in the last period that is settled."""
    places = [item.reading.value for item in result.among if item.reading.value is not None]
    return int(places[-1]) if places else None


def _head(result: HeadResult) -> HeadReturn:
    return HeadReturn(result.head.id, result.head.title, result.status, result.score, result.full)


def _indicator(outcome: Outcome, scheme: Scheme, found: Assessment, result: IndicatorResult) -> IndicatorReturn:
    indicator = result.indicator
    sides = tuple((item.period.label, item.reading.top, item.reading.bottom) for item in result.periods
                  if indicator.shape == "rate" and item.reading.bottom is not None)
    among = tuple((leaf.indicator.id, item.period.label, Fraction(item.reading.among)) for leaf in result.leaves for item in leaf.periods
                  if item in result.among and item.reading.among is not None)
    return IndicatorReturn(
        indicator.id, indicator.title, indicator.head, _word(result), result.score, result.full, result.bonus,
        Phrases(scheme, found, result).progress(), scheme.rules[indicator.id], sides, among, _cells(outcome, result), _place(result))


def _cells(outcome: Outcome, result: IndicatorResult) -> tuple[str, ...]:
    """What is behind the values: of rows the address of their first cell, of figures by year that of each."""
    submission = outcome.submission
    if submission is None:
        return ()
    cells: dict[str, None] = {}
    for leaf in result.leaves:
        for item in leaf.periods:
            for sheet, rows in item.reading.rows:
                table = submission.tables[sheet]
                first = min(table.positions, key=lambda name: table.positions[name]) if table.positions else None
                for row in rows:
                    if first is not None:
                        cells[str(table.at(row, first))] = None
            cells |= dict.fromkeys(_by_year(submission, leaf.indicator.id, item.period))
        if not cells and leaf.periods:
            cells |= dict.fromkeys(_columns(submission, leaf.indicator.id))
    return tuple(cells)[:MOST_CELLS]


def _columns(submission: Submission, indicator: str) -> Iterator[str]:
    """The whole columns that are read where no row by itself makes the value: rolls that are counted, or where something is lacking."""
    for name, column in sorted(indicator_columns(submission.scheme)[indicator]):
        table, place = submission.tables.get(name), submission.places.get((name, column))
        at = table.positions.get(column) if table else None
        if place is not None:
            yield str(place)
        elif table is not None and at is not None and column in (table.sheet.role("name"), table.sheet.role("date")):
            yield f"{table.place.sheet}!{column_letters(at)}:{column_letters(at)}"


def _by_year(submission: Submission, indicator: str, period: Period) -> Iterator[str]:
    """The cells of the sheet of years that an indicator reads in a period."""
    sheet = submission.scheme.by_use["years"]
    table, year = submission.tables[sheet.name], sheet.role("year") or ""
    columns = sorted(name for used, name in indicator_columns(submission.scheme)[indicator] if used == sheet.name and name != year and name in table.positions)
    for index, value in enumerate(table.columns[year] if columns else ()):
        if value == period.year:
            yield from (str(table.at(index, name)) for name in columns)
