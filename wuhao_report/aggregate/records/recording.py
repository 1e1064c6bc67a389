"""A workbook → its record: evaluated once, with the reasons, the cells behind every value, and one deed to tell; ranked later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import islice, takewhile
from pathlib import Path

from wuhao_report.aggregate.records.model import (
    CommitteeRecord,
    DeedRecord,
    FigureRecord,
    HeadRecord,
    IndicatorRecord,
    PeriodRecord,
)
from wuhao_report.core.cell_reference import column_letters
from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.options import Options
from wuhao_report.core.periods import Period
from wuhao_report.core.problems import Problem, count_levels, main_reason, problem
from wuhao_report.core.text import one_line, without_space
from wuhao_report.evaluation.check import Outcome, check_all
from wuhao_report.evaluation.ranking import OtherRules, Places, basis_of, settled
from wuhao_report.evaluation.results import UNFILLED, Assessment, HeadResult, IndicatorResult
from wuhao_report.evaluation.submission import Submission
from wuhao_report.measures.counting import Count, Sum
from wuhao_report.report.chinese_style import clause
from wuhao_report.report.wording.sentences import IndicatorSentences
from wuhao_report.report.words.basis.deed_rows import names_a_child
from wuhao_report.report.words.basis.material import Material
from wuhao_report.report.words.deeds import deed_sentence
from wuhao_report.report.words.problems import shortfalls, still_to_mend
from wuhao_report.scheme.model import Scheme, moved_to
from wuhao_report.scheme.required_columns import indicator_columns
from wuhao_report.tables.table import SheetLocation

AWAITING_RANK = "待评定"
"""The status of an indicator that is ranked among peers while its place is not known."""
EXAMPLE_CODE = "example-workbook"
"""The code of the problem that says that a workbook is nobody's."""
MOST_TRIED = 20
"""So many of the most telling rows are looked at for one that names nobody on a roll."""
LONGEST_SENTENCE = 300
"""The largest number of characters kept of a sentence."""
_TELEPHONE = re.compile(r"(?<!\d)(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|\d{7,8})(?!\d)")
MOST_CELLS = 40
"""The largest number of addresses of evidence kept for an indicator."""


class NotEvaluated(WuhaoError):
    """A workbook that gives no result; `problem` is what stops it, and `sentence` says so where that is not the problem's own message."""

    def __init__(self, problem: Problem, sentence: str = "") -> None:
        super().__init__(sentence or problem.message)
        self.problem = problem
        self.code = problem.code

    def __reduce__(self) -> tuple[type[NotEvaluated], tuple[Problem, str]]:
        return NotEvaluated, (self.problem, str(self))


Job = tuple[Path, str, Options]
"""A workbook to be evaluated: its path, its name below the folder, and the options, which are those of all."""


def evaluate_all(jobs: Sequence[Job]) -> list[CommitteeRecord | NotEvaluated]:
    """Evaluate workbooks for an aggregate, with one set of options. What is ranked among peers waits.

    Raises SchemeError.
    """
    outcomes = check_all([path for path, _, _ in jobs], jobs[0][2] if jobs else None)
    return [_record(file, outcome) for (_, file, _), outcome in zip(jobs, outcomes, strict=True)]


def _record(file: str, outcome: Outcome) -> CommitteeRecord | NotEvaluated:
    scheme, assessment = outcome.scheme, outcome.assessment
    if scheme is None or assessment is None:
        return NotEvaluated(main_reason(outcome.problems))
    example = next((item for item in outcome.problems if item.code == EXAMPLE_CODE), None)
    if example is not None:
        return NotEvaluated(example)
    if not outcome.unit:
        unnamed = problem("required-empty", column=scheme.by_use["profile"].role("unit"), effect="")
        return NotEvaluated(unnamed, "没有填写单位名称，不知道是谁的工作簿。")
    return record_of(file, outcome, scheme, assessment)


def record_of(file: str, outcome: Outcome, scheme: Scheme, assessment: Assessment) -> CommitteeRecord:
    """Return the record of an assessed outcome; one whose tables are not filled in has no verdict, no score and no place among peers."""
    whole = not assessment.unfilled
    levels = count_levels(outcome.problems)
    material = _material(outcome, assessment)
    results = [item for head in assessment.heads for item in head.indicators]
    return CommitteeRecord(
        file,
        outcome.sha256 or "",
        str(outcome.unit),
        scheme.id,
        scheme.title,
        scheme.hash,
        assessment.stage.title,
        assessment.clock.report_date,
        assessment.status if whole else UNFILLED,
        assessment.score if whole else None,
        scheme.full,
        assessment.grade if whole else None,
        assessment.bonus if whole else None,
        tuple(map(_head, assessment.heads)),
        tuple(_indicator(outcome, material, item) for item in results),
        _figures(assessment),
        levels["error"],
        levels["warning"],
        basis_of(assessment) if whole and any(item.among for item in results) else None,
        scheme.by_points,
        _deed(material),
        scheme.start_year,
        one_line(material.submission.profile_role("superior") or "")[:LONGEST_SENTENCE],
    )


def scheme_of(record: CommitteeRecord, scheme: Scheme) -> Scheme:
    """Return the scheme with the dates it has for a committee."""
    return scheme if record.start_year is None else moved_to(scheme, record.start_year)


def with_places(record: CommitteeRecord, scheme: Scheme, places: Places) -> CommitteeRecord:
    """Return the record with its places among peers: the same but for points, grades and what awaited the ranking.

    Raises OtherRules when the scheme is not the one it was evaluated by.
    """
    if record.basis is None or record.scheme_hash != scheme.hash:
        raise OtherRules(f"这份结果不是按现在的“{record.scheme}”评的。")
    scheme = scheme_of(record, scheme)
    assessment = settled(scheme, record.stage, record.report_date, record.basis, places)
    results = {item.indicator.id: item for head in assessment.heads for item in head.indicators}
    return replace(
        record,
        status=assessment.status,
        score=assessment.score,
        grade=assessment.grade,
        bonus=assessment.bonus,
        heads=tuple(map(_head, assessment.heads)),
        basis=None,
        indicators=tuple(_ranked(item, results[item.id], scheme, assessment) for item in record.indicators),
    )


def _ranked(record: IndicatorRecord, result: IndicatorResult, scheme: Scheme, assessment: Assessment) -> IndicatorRecord:
    same = replace(record, score=result.score, full=result.full, bonus=result.bonus)
    if not result.among:
        return same
    return replace(
        same, status=_status(result), progress=IndicatorSentences(scheme, assessment, result).progress(), place=_place(result)
    )


def _status(result: IndicatorResult) -> str:
    return AWAITING_RANK if result.waits else result.status


def _place(result: IndicatorResult) -> int | None:
    """Return its place in the last period that is ranked."""
    places = [item.reading.value for item in result.among if item.reading.value is not None]
    return int(places[-1]) if places else None


def _head(result: HeadResult) -> HeadRecord:
    return HeadRecord(result.head.id, result.head.title, result.status, result.score, result.full)


def _material(outcome: Outcome, assessment: Assessment) -> Material:
    if outcome.submission is None:
        raise ValueError("an assessed outcome has a submission")
    return Material(outcome.submission, assessment)


def _deed(material: Material) -> DeedRecord | None:
    """Return the most telling row of all heads that names nobody on a roll; numbers that one could ring are masked."""
    told = takewhile(lambda row: row.told, material.deeds.ranked())
    named = material.deeds.children + material.people
    for row in islice((row for row in told if not names_a_child(row, named)), MOST_TRIED):
        sentence = _TELEPHONE.sub("＊＊＊", deed_sentence(material, row))[:LONGEST_SENTENCE]
        if not any(name in without_space(sentence) for name in material.people):
            return DeedRecord(sentence, row.told, row.people)
    return None


def _reason_and_cause(material: Material, result: IndicatorResult) -> tuple[str, str]:
    """Return what is not reached, and why: in the committee's own words, where these name nobody on its rolls."""
    parts = shortfalls(material, result)
    if not parts:
        return "", ""
    texts = [text for leaf, periods in parts for text in material.sentences(leaf).failures(periods)]
    causes = [clause(row["cause"]) for row in material.rectification.about(result.indicator) if row["cause"]]
    cause = "；".join(dict.fromkeys(causes))
    if any(name in without_space(cause) for name in material.people):
        cause = ""
    return _told(texts), _told([cause])


def _told(texts: Iterable[str]) -> str:
    """Return sentences as one, of bounded length; numbers that one could ring are masked."""
    return _TELEPHONE.sub("＊＊＊", clause("；".join(dict.fromkeys(texts))))[:LONGEST_SENTENCE]


def _figures(assessment: Assessment) -> tuple[FigureRecord, ...]:
    return tuple(
        FigureRecord(
            item.figure.id,
            item.figure.title,
            item.figure.unit,
            item.figure.per,
            tuple(
                (period.label, None if reading.value is None else Fraction(reading.value)) for period, reading in item.readings
            ),
            isinstance(item.figure.measure, Count | Sum),
        )
        for item in assessment.figures
    )


def _indicator(outcome: Outcome, material: Material, result: IndicatorResult) -> IndicatorRecord:
    indicator, scheme, assessment = result.indicator, material.submission.scheme, material.assessment
    rank_values = tuple(
        (leaf.indicator.id, item.period.label, Fraction(item.reading.among))
        for leaf in result.leaves
        for item in leaf.periods
        if item in result.among and item.reading.among is not None and not assessment.unfilled
    )
    return IndicatorRecord(
        indicator.id,
        indicator.title,
        indicator.head,
        _status(result),
        result.score,
        result.full,
        result.bonus,
        material.sentences(result).progress(),
        scheme.rules[indicator.id],
        tuple(_periods(result)),
        rank_values,
        _cells(outcome, result),
        _place(result),
        *_reason_and_cause(material, result),
        _told(still_to_mend(material, result)),
    )


def _periods(result: IndicatorResult) -> Iterator[PeriodRecord]:
    """Yield the periods of an indicator, and of its parts where it has some."""
    for part in (result, *(result.leaves if result.parts else ())):
        indicator = part.indicator
        for item in part.periods:
            reading = item.reading
            ratio = (reading.top, reading.bottom) if indicator.shape == "rate" and reading.bottom is not None else ()
            yield PeriodRecord(indicator.id, item.period.label, item.finished, item.met, reading.value, *ratio)


def _cells(outcome: Outcome, result: IndicatorResult) -> tuple[str, ...]:
    """Return what is behind the values: of rows the address of their first cell, of figures by year that of each."""
    submission = outcome.submission
    if submission is None:
        return ()
    cells: dict[str, None] = {}
    for leaf in result.leaves:
        columns = _columns_of_years(submission, leaf.indicator.id)
        for item in leaf.periods:
            for sheet, rows in item.reading.rows:
                cells |= dict.fromkeys(_of_rows(submission.locations[sheet], rows[:MOST_CELLS]))
            if columns:
                cells |= dict.fromkeys(_of_year(submission, columns, item.period))
            if len(cells) >= MOST_CELLS:
                return tuple(islice(cells, MOST_CELLS))
        if not cells and leaf.periods:
            cells |= dict.fromkeys(_whole_columns(submission, leaf.indicator.id))
    return tuple(islice(cells, MOST_CELLS))


def _of_rows(location: SheetLocation, rows: Sequence[int]) -> list[str]:
    """Return the first cell of every row of evidence on a sheet."""
    column = location.first_column
    return [f"{column}{row}" for row in rows] if column else []


@lru_cache(maxsize=64)
def _yearly_columns(scheme: Scheme) -> Mapping[str, tuple[str, ...]]:
    """Return the columns of the sheet of years that each indicator reads."""
    sheet = scheme.layout.years
    year = sheet.role("year")
    return {
        indicator: tuple(sorted(name for one, name in used if one == sheet.name and name != year))
        for indicator, used in indicator_columns(scheme).items()
    }


def _columns_of_years(submission: Submission, indicator: str) -> list[str]:
    """Return the columns of the sheet of years that an indicator reads and the workbook has."""
    names = _yearly_columns(submission.scheme)[indicator]
    return [name for name in names if name in submission.locations[submission.scheme.layout.years.name].positions]


def _of_year(submission: Submission, columns: Sequence[str], period: Period) -> list[str]:
    """Return the cells of columns of the sheet of years in a period's year."""
    row = submission.year_rows.get(period.year)
    location = submission.locations[submission.scheme.layout.years.name]
    return [] if row is None else [str(location.at(row, name)) for name in columns]


def _whole_columns(submission: Submission, indicator: str) -> Iterator[str]:
    """Yield the whole columns that are read where no single row makes the value: rolls that are counted, or where something is lacking."""
    for name, column in sorted(indicator_columns(submission.scheme)[indicator]):
        location, place = submission.locations.get(name), submission.places.get((name, column))
        position = location.positions.get(column) if location else None
        if place is not None:
            yield str(place)
        elif (
            location is not None and position is not None and column in (location.sheet.role("name"), location.sheet.role("date"))
        ):
            letters = column_letters(position)
            yield f"{location.place.sheet}!{letters}:{letters}"
