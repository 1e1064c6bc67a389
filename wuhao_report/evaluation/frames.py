"""Tables from anywhere → judgements: for programs that keep their records elsewhere than in a workbook, and for notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from wuhao_report.evaluation.check import Outcome, conclude
from wuhao_report.evaluation.submission import OwnTables, Submission, Submissions, column_choices
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.scheme.model import Scheme, moved_to
from wuhao_report.tables.cells import parse
from wuhao_report.tables.sheets import TYPE_WORDS, Column, Sheet
from wuhao_report.tables.table import SheetLocation, Table, absent, table_of
from wuhao_report.tables.typed import is_typed, plain_values, typed_column
from wuhao_report.workbook.raw import as_text

if TYPE_CHECKING:
    import pandas as pd


def evaluate(frames: Mapping[str, pd.DataFrame], profiles: Sequence[Mapping[str, Any]], scheme: Scheme | str) -> list[Outcome]:
    """Return the outcome of each committee, judged by a scheme (or its id) from tables alone.

    `frames` are the tables by the names of the scheme's sheets, with the scheme's columns, as `Submission.tables` has them; of several
    committees they are indexed by the number of the committee (from 0) and a row number, as `Submissions.frames` are. A table or column
    that is not there counts as a sheet or column that a workbook lacks; a column of another type is read as cells of a workbook are.
    `profiles` are for each committee the values of the sheet of its profile (基本信息) by key; those of another key–value sheet stand
    under the name of the sheet, by key. Raises ValueError, which names the
    table, the column and the row of a value that cannot be read or is missing though required; SchemeError for a scheme that is none.
    """
    scheme = find_scheme(scheme) if isinstance(scheme, str) else scheme
    tables: dict[str, Table] = {}
    locations: dict[str, SheetLocation] = {}
    for sheet in scheme.sheets:
        if sheet.form != "pairs":
            tables[sheet.name], locations[sheet.name] = _table(sheet, frames.get(sheet.name), scheme, len(profiles) > 1)
    missing = frozenset((name, column) for name, location in locations.items() for column in location.missing)
    members = []
    for number, given in enumerate(profiles):
        pairs = {
            sheet.name: {
                column.name: _stated(sheet, column, _given(scheme, sheet, given).get(column.name)) for column in sheet.columns
            }
            for sheet in scheme.sheets
            if sheet.form == "pairs"
        }
        start_year = pairs[scheme.layout.profile.name].get(scheme.layout.profile.role("start_year") or "")
        members.append(
            Submission(
                moved_to(scheme, start_year) if start_year else scheme,
                "",
                "",
                pairs,
                locations,
                missing,
                {},
                (),
                frozenset(),
                OwnTables(tables, number),
            )
        )
    return conclude(Submissions(scheme, tables, tuple(members)))


def _table(sheet: Sheet, frame: pd.DataFrame | None, scheme: Scheme, several: bool) -> tuple[Table, SheetLocation]:
    """Return a frame as the table of a sheet, and which columns it has; without one of the required columns it counts for nothing."""
    import numpy as np

    required = {column.name for column in sheet.columns if column.required}
    if frame is None or not required <= set(frame.columns):
        none = np.zeros(0, np.int64)
        return table_of(sheet, {}, none, none if several else None), absent(sheet)
    frame = frame.sort_index(kind="stable")
    typed = {}
    for column in sheet.columns:
        if column.name in frame.columns:
            array = frame[column.name].array
            typed[column.name] = array if is_typed(column.type, array) else _read(sheet, column, frame, scheme)
    rows = frame.index.get_level_values(-1).to_numpy(np.int64)
    table = table_of(sheet, typed, rows, frame.index.get_level_values(0).to_numpy(np.int64) if several else None)
    for name in required:
        empty = ~table.filled(name)
        if empty.any():
            raise ValueError(f"“{sheet.name}”的“{name}”第 {frame.index[empty][0]} 行没有值，这一栏是必填的")
    positions = {name: at for at, name in enumerate(frame.columns) if name in sheet.by_name}
    return table, SheetLocation(sheet, sheet.name, positions, frozenset(sheet.by_name) - set(typed), written=len(frame) > 0)


def _read(sheet: Sheet, column: Column, frame: pd.DataFrame, scheme: Scheme) -> Any:
    """Return a column of any type as cells of a workbook are read."""
    import numpy as np

    values = []
    allowed = column_choices(scheme)(sheet, column, None)
    for row, value in zip(frame.index, plain_values(frame[column.name].array), strict=True):
        raw = "、".join(value) if isinstance(value, tuple) else str(value) if isinstance(value, Decimal) else value
        parsed = parse(column.type, raw, allowed)
        if parsed.code and parsed.value is None:
            raise ValueError(f"“{sheet.name}”的“{column.name}”第 {row} 行：“{as_text(raw)[:40]}”{_not_read(column, allowed)}")
        values.append(parsed.value)
    return typed_column(column.type, np.arange(len(values)), values, column.choices)


def _not_read(column: Column, allowed: Sequence[str]) -> str:
    return "不在选项之中" if allowed else f"不能读作{TYPE_WORDS[column.type]}"


def _given(scheme: Scheme, sheet: Sheet, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values of one key–value sheet among those of a committee."""
    if sheet is scheme.layout.profile:
        return given
    own = given.get(sheet.name)
    return own if isinstance(own, Mapping) else {}


def _stated(sheet: Sheet, column: Column, value: Any) -> Any:
    if not isinstance(value, str | int | float) or isinstance(value, bool) or column.type == "stage":
        return value
    parsed = parse(column.type, value, column.choices)
    if parsed.code and parsed.value is None:
        raise ValueError(f"“{sheet.name}”的“{column.name}”：“{as_text(value)[:40]}”{_not_read(column, column.choices)}")
    return parsed.value
