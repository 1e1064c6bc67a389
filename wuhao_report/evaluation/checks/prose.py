"""Cross-checks of what a secretary writes with what the tables say: plain contradictions alone, for a list that cries wolf is not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from wuhao_report.core.numbers import number_text
from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.core.text import fold
from wuhao_report.evaluation.checks.sight import Clocks, Found, Sight, sights
from wuhao_report.evaluation.results import Assessment, FigureResult
from wuhao_report.evaluation.submission import Submission, Submissions
from wuhao_report.measures.cell_values import YearColumn
from wuhao_report.tables.rows import row_ranges

MANY_ACTIVITIES, MANY_RECORDS = 5, 10
"""So many activities of one day with the same numbers are worth a look; a workbook of fewer records is only begun."""
PEOPLE = "人"
_BEFORE = r"(?:^|(?<=[\s，。；、：,;:（(有])|(?<=全[村院校镇乡旗县])|(?<=[本我][村院校])|(?<=嘎查))"
_BEHIND = r"(?=[\s，。；、,;）)]|$)"
_NONE = re.compile(
    r"(?<!有)(?:没有|不存在|未发现|没有发现|无)(?:明显|突出|较大|任何)?的?(?:不足|不足之处|问题|短板)(?=[\s，。；、,;！!]|$)"
)


def prose_problems(submission: Submission, assessment: Assessment) -> Iterator[Problem]:
    """Yield the contradictions between the texts of one committee and its tables."""
    yield from _other_numbers(submission, assessment)
    yield from _none_but_listed(submission)


def _text(submission: Submission, role: str) -> tuple[str, At]:
    """Return the text that plays a role, and its place."""
    sheet = submission.scheme.by_use["texts"]
    column = sheet.role(role) or ""
    return submission.texts.get(column) or "", submission.places.get((sheet.name, column), At(sheet.name))


def _other_numbers(submission: Submission, assessment: Assessment) -> Iterator[Problem]:
    """Numbers of people in the overview that are those of no year, and not of today either."""
    text, at = _text(submission, "overview")
    figures = {noun: item for item in assessment.figures for noun in item.figure.nouns}
    if not text or not figures:
        return
    nouns = "|".join(re.escape(fold(noun)) for noun in sorted(figures, key=len, reverse=True))
    units = "|".join(dict.fromkeys(re.escape(unit) for item in figures.values() for unit in _units(item.figure.unit)))
    pattern = rf"{_BEFORE}[“\"‘]?({nouns})[”\"’]?\s?(\d[\d,]{{0,11}})\s?(?:{units}){_BEHIND}"
    for match in re.finditer(pattern, fold(text)):
        item = next(one for noun, one in figures.items() if fold(noun) == match.group(1))
        number, known = Fraction(match.group(2).replace(",", "")), _known(submission, item)
        if known and number not in known.values():
            listed = "、".join(f"{label}{number_text(value)}{item.figure.unit}" for label, value in known.items())
            yield problem(
                "text-number-differs",
                at,
                match.group().strip(),
                said=match.group().strip(),
                known=listed,
                place=_place(submission, item),
            )


def _units(unit: str) -> tuple[str, ...]:
    return ("人", "名") if unit == PEOPLE else (unit,)


def _known(submission: Submission, item: FigureResult) -> dict[str, Fraction]:
    """Return what the tables say of a figure, by year; of a column of the years all rows there are."""
    known = {period.label: Fraction(reading.value) for period, reading in item.readings if reading.value is not None}
    if isinstance(item.figure.measure, YearColumn):
        sheet = submission.scheme.layout.years
        years = submission.values(sheet.name, sheet.role("year"))
        values = submission.values(sheet.name, item.figure.measure.column)
        known |= {f"{year}年": Fraction(value) for year, value in zip(years, values, strict=True) if value is not None}
    return known


def _place(submission: Submission, item: FigureResult) -> str:
    """Return where the tables say it: the cell of the last year's row, or the sheet whose rows are counted."""
    layout = submission.scheme.layout
    if isinstance(item.figure.measure, YearColumn) and submission.year_rows:
        row = submission.year_rows[max(submission.year_rows)]
        return str(submission.locations[layout.years.name].at(row, item.figure.measure.column))
    return next((submission.locations[name].place.sheet or name for name, _ in item.figure.measure.columns(layout)), "")


def _none_but_listed(submission: Submission) -> Iterator[Problem]:
    """A text that says there is nothing wanting, beside the text that tells what is."""
    listed, place = _text(submission, "shortcomings")
    if not listed or _NONE.search(listed):
        return
    sheet = submission.scheme.by_use["texts"]
    for column in sheet.columns:
        text = submission.texts.get(column.name)
        if column.name != sheet.role("shortcomings") and isinstance(text, str) and (match := _NONE.search(text)):
            at = submission.places.get((sheet.name, column.name), At(sheet.name))
            yield problem("says-none-but-listed", at, match.group(), column=column.name, said=match.group(), place=str(place))


def same_day_activities(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Five activities or more of one day, all with the same numbers."""
    sheet = submissions.scheme.by_use.get("activities")
    if sheet is None:
        return
    sight = Sight(submissions, sheet.name)
    roles = [column for role in ("elders", "young") if (column := sheet.role(role))]
    columns = [sight.table.values(column) for column in roles]
    groups: dict[tuple[object, ...], list[int]] = {}
    for index, (owner, day, *numbers) in enumerate(
        zip(sight.table.workbooks.tolist(), sight.table.dates.tolist(), *columns, strict=True)
    ):
        if any(number is not None for number in numbers):
            groups.setdefault((owner, day, *numbers), []).append(index)
    for found in groups.values():
        if len(found) >= MANY_ACTIVITIES:
            day = sheet.role("date") or ""
            rows = row_ranges([sight.row(index) for index in found])
            yield (
                sight.owner(found[0]),
                problem("same-day-activities", sight.at(found[0], day), len(found), count=len(found), rows=rows),
            )


def no_evidence_at_all(submissions: Submissions, clocks: Clocks) -> Iterator[Found]:
    """Workbooks with many records of which not one names its evidence."""
    import numpy as np

    size = len(submissions.members)
    records, named = np.zeros(size, np.int64), np.zeros(size, np.int64)
    listing = submissions.scheme.by_use["evidence"]
    for sight in sights(submissions):
        column = sight.sheet.role("evidence")
        if sight.name == listing.name:
            named += np.bincount(sight.table.workbooks, minlength=size)
        elif column:
            records += np.bincount(sight.table.workbooks, minlength=size)
            named += np.bincount(sight.table.workbooks[sight.table.filled(column)], minlength=size)
    for number in np.flatnonzero((records >= MANY_RECORDS) & (named == 0)).tolist():
        count = int(records[number])
        yield number, problem("no-evidence-at-all", At(listing.name), count=count, sheet=listing.name)
