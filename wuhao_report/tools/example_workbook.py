"""An invented committee in a scheme's workbook, from the examples of its columns: so that somebody sees a finished one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from wuhao_report.core.text import clean
from wuhao_report.files.workbook_style import FIRST_ROW
from wuhao_report.scheme.model import Scheme, Stage, moved_to
from wuhao_report.tables.sheets import Column, Sheet
from wuhao_report.tools.blank_workbook import Filled, new_workbook
from wuhao_report.workbook.raw import RawValue

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
INVENTED = "测试"
MOST_ROWS, STEP, ON_A_ROLL = 12, 23, 12
"""The largest number of rows of a sheet in a year, the days from one to the next, and the people on a roll."""
PHOTOS, MENTIONS = "photos", "ids"


def example_workbook(scheme: Scheme, unit: str, start_year: int | None = None) -> bytes:
    """Return the bytes of a workbook that an invented committee has filled in; it says of itself that it is an example.

    The same arguments give the same bytes.
    """
    scheme = moved_to(scheme, start_year) if start_year else scheme
    return new_workbook(scheme, unit, None, _filled(scheme, unit), example=True)


def _filled(scheme: Scheme, unit: str) -> Filled:
    stage = scheme.stages[-1]
    days = _Days(scheme, stage)
    evidence: list[tuple[str, date]] = []
    filled = {
        sheet.name: _rows(scheme, sheet, days, evidence)
        for sheet in scheme.sheets
        if not sheet.optional and sheet.use not in ("evidence", "assessed") and sheet.form != "pairs"
    }
    for sheet in scheme.sheets:
        if sheet.use == "evidence":
            filled[sheet.name] = _registered(sheet, evidence)
        elif sheet.form == "pairs" and not sheet.optional:
            filled[sheet.name] = _pairs(scheme, sheet, unit, stage, days)
    return filled


class _Days:
    """Days within the phase, one after the other for each sheet; and the day of the report."""

    def __init__(self, scheme: Scheme, stage: Stage) -> None:
        phase = scheme.phase(stage.phase)
        self.first, self.report = phase.span.start, min(stage.through, phase.span.end)
        self.years = range(self.first.year, self.report.year + 1)

    def of(self, number: int, year: int) -> date:
        """Return the day of the row of that number in a year."""
        begin = max(self.first, date(year, 1, 1)) + timedelta(days=20)
        return min(begin + timedelta(days=number * STEP), self.report)


def _rows(scheme: Scheme, sheet: Sheet, days: _Days, evidence: list[tuple[str, date]]) -> dict[tuple[int, int], RawValue]:
    """Return the cells of a sheet: a row for each word of its first column of choices, of a log in every year."""
    cells: dict[tuple[int, int], RawValue] = {}
    row = FIRST_ROW
    for number, year, words in _plan(sheet, days):
        day = days.of(number, year) if sheet.form == "log" else days.first
        for at, column in enumerate(sheet.columns):
            value = _value(sheet, column, number, year, day, words)
            if column.type == MENTIONS:
                evidence.append((f"{sheet.name}材料", day))
                value = f"Z{len(evidence):03}"
            if value is not None:
                cells[row, at] = value
        row += 1
    return cells


def _plan(sheet: Sheet, days: _Days) -> Iterator[tuple[int, int, str]]:
    """Yield number, year and word of choice of every row."""
    if sheet.form == "years":
        yield from ((0, year, "") for year in days.years)
        return
    first = next((column for column in sheet.columns if column.type == "choice" and column.required), None)
    words = list(islice(first.choices, MOST_ROWS)) if first and sheet.use != "mending" else [""]
    if sheet.form == "roll" and sheet.use != "leaders":
        words = [words[at % len(words)] for at in range(ON_A_ROLL // 2 if sheet.minors else ON_A_ROLL)]
    for year in days.years if sheet.form == "log" else (days.first.year,):
        for number, word in enumerate(words):
            yield number, year, word


def _value(sheet: Sheet, column: Column, number: int, year: int, day: date, word: str) -> RawValue:
    """Return what stands in a cell; nothing where a column has no example, or tells when somebody left."""
    if column.name == sheet.role("end") or column.type in (PHOTOS, "indicator"):
        return None
    if column.name == sheet.role("year"):
        return year
    if column.type == "choice" and word in column.choices:
        return word
    if column.type in ("date", "month") and column.name in (sheet.role("date"), sheet.role("start")):
        return day
    if column.personal and column.type == "text" and INVENTED in column.example and len(column.example) == len(INVENTED) + 1:
        return SURNAMES[number % len(SURNAMES)] + INVENTED
    return clean(column.example) or None


def _registered(sheet: Sheet, evidence: list[tuple[str, date]]) -> dict[tuple[int, int], RawValue]:
    names = [column.name for column in sheet.columns]
    places = [names.index(sheet.role(role) or "") for role in ("id", "title", "date")]
    cells: dict[tuple[int, int], RawValue] = {}
    for number, (title, day) in enumerate(evidence):
        cells |= zip(((FIRST_ROW + number, at) for at in places), (f"Z{number + 1:03}", title, day), strict=True)
    return cells


def _pairs(scheme: Scheme, sheet: Sheet, unit: str, stage: Stage, days: _Days) -> dict[tuple[int, int], RawValue]:
    given: dict[str | None, RawValue] = {
        sheet.role("unit"): unit,
        sheet.role("start_year"): scheme.start_year,
        sheet.role("stage"): stage.title,
        sheet.role("report_date"): days.report,
        sheet.role("no_records"): None,
        sheet.role("self_name"): None,
    }
    values = {column.name: given.get(column.name, column.example or None) for column in sheet.columns}
    given.pop(None, None)
    values |= {name: value for name, value in given.items() if name in values}
    values |= {column.name: "是" for column in sheet.columns if column.type == "flag" and values[column.name] is None}
    return {(FIRST_ROW + at, 1): value for at, value in enumerate(values.values()) if value is not None}
