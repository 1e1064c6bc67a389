"""A sheet of raw cells → its typed table, or the values of a key–value sheet, with every problem of its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wuhao_report.core.problems import At, Problem, nearest_hint, problem
from wuhao_report.tables.cells import NOTHING, Parsed
from wuhao_report.tables.columns import FoundColumns, ReadingRules, find_columns, missing_columns, names_of
from wuhao_report.tables.headers import header_key
from wuhao_report.tables.records import Records, records_of
from wuhao_report.tables.rows import shown
from wuhao_report.tables.sheets import Column, Sheet
from wuhao_report.tables.table import Table, empty_table
from wuhao_report.workbook.raw import RawValue, as_text, is_blank
from wuhao_report.workbook.reader import RawSheet

LEFT_OUT = "，这一行未计入"
AS_EMPTY = "，这一格按没有填写处理"
LONGEST_KEY = 40
Columns = dict[str, list[Any]]


# Tables


def read_table(sheet: Sheet, raw: RawSheet, rules: ReadingRules) -> tuple[Table, frozenset[str], list[Problem]]:
    """Return the typed table of a sheet with a header row, the columns that measures cannot use, and its problems."""
    header, problems = find_columns(sheet, raw, rules)
    everything = frozenset(sheet.by_name)
    if header is None:
        expected = "、".join(column.name for column in sheet.columns[:4])
        problems.append(problem("no-header", At(raw.name), sheet=sheet.name, expected=expected))
        return empty_table(sheet), everything, problems
    lacking = everything - set(header.positions)
    if any(sheet.by_name[name].required for name in lacking):
        return empty_table(sheet, header.positions, raw.name), everything, problems
    records, more = records_of(sheet, raw, header)
    values, left_out, faults = _typed(sheet, raw, rules, header, records)
    disordered, disorder = _disordered(sheet, raw, header, records, values, left_out)
    left_out |= disordered
    problems += [*more, *faults, *disorder]
    if sheet.form == "years":
        repeated, yearly = _year_rows(sheet, raw, rules, header, records, values, left_out, {item.at for item in problems})
        left_out |= repeated
        problems += yearly
    kept = [index for index in range(len(records.numbers)) if index not in left_out]
    empty = [None] * len(kept)
    columns = {name: [values[name][index] for index in kept] if name in values else empty for name in sheet.by_name}
    return (
        Table(sheet, [records.numbers[index] for index in kept], columns, header.positions, lacking, title=raw.name),
        lacking,
        problems,
    )


def _fault(column: Column, parsed: Parsed, raw: RawValue, at: At, effect: str) -> Problem:
    return problem(parsed.code or "", at, shown(raw), **{"column": column.name, "effect": effect, **(parsed.args or {})})


def _typed(
    sheet: Sheet, raw: RawSheet, rules: ReadingRules, header: FoundColumns, records: Records
) -> tuple[Columns, set[int], list[Problem]]:
    """The typed columns, the rows that an error in a required or ordering cell leaves out, and the problems of cells."""
    values: Columns = {}
    left_out: set[int] = set()
    problems: list[Problem] = []
    for (name, at), cells in zip(header.positions.items(), records.columns, strict=True):
        column = sheet.by_name[name]
        weighty = column.required or name in (sheet.role("start"), sheet.role("end"))
        values[name], faulty = _typed_column(sheet, column, rules, cells)
        for index, parsed in faulty:
            place = At(raw.name, records.numbers[index], at)
            if parsed.code is not None:
                problems.append(_fault(column, parsed, cells[index], place, LEFT_OUT if weighty else AS_EMPTY))
            else:
                problems.append(problem("required-empty", place, shown(cells[index]), column=name, effect=LEFT_OUT))
            if parsed.value is None and weighty:
                left_out.add(index)
    return values, left_out, problems


def _typed_column(
    sheet: Sheet, column: Column, rules: ReadingRules, cells: tuple[RawValue, ...]
) -> tuple[list[Any], list[tuple[int, Parsed]]]:
    """The typed values of a column, each different cell typed once, and the cells that have a fault or lack a required value."""
    allowed = rules.choices(sheet, column, None)
    memo: dict[Any, Parsed] = {}
    values: list[Any] = []
    faulty = []
    for index, raw in enumerate(cells):
        key = raw if raw.__class__ is str else (raw.__class__, raw)
        parsed = memo.get(key)
        if parsed is None:
            parsed = memo[key] = rules.parse(column, raw, allowed)
        values.append(parsed.value)
        if parsed.code is not None or (parsed.value is None and column.required):
            faulty.append((index, parsed))
    return values, faulty


def _disordered(
    sheet: Sheet, raw: RawSheet, header: FoundColumns, records: Records, values: Columns, left_out: set[int]
) -> tuple[set[int], list[Problem]]:
    """The rows whose last day lies before their first."""
    start, end = sheet.role("start"), sheet.role("end")
    if not start or not end or end not in values:
        return set(), []
    wrong = {
        index: last
        for index, (first, last) in enumerate(zip(values[start], values[end], strict=True))
        if first and last and last < first and index not in left_out
    }
    return set(wrong), [
        problem(
            "dates-out-of-order",
            At(raw.name, records.numbers[index], header.positions[end]),
            last.isoformat(),
            start=start,
            end=end,
        )
        for index, last in wrong.items()
    ]


def _year_rows(
    sheet: Sheet,
    raw: RawSheet,
    rules: ReadingRules,
    header: FoundColumns,
    records: Records,
    values: Columns,
    left_out: set[int],
    faulty: set[At],
) -> tuple[set[int], list[Problem]]:
    """The second rows of a year, which are left out; empty flags and needed numbers of the others are named."""
    role = sheet.role("year") or ""
    seen: set[int] = set()
    repeated: set[int] = set()
    problems = []
    for index, year in enumerate(values[role]):
        number = records.numbers[index]
        if index in left_out:
            continue
        if year in seen:
            repeated.add(index)
            problems.append(problem("duplicate-year", At(raw.name, number, header.positions[role]), year, year=year))
            continue
        seen.add(year)
        for name, at in header.positions.items():
            column, place = sheet.by_name[name], At(raw.name, number, at)
            asked = column.type == "flag" or (sheet.name, name) in rules.used
            if values[name][index] is None and asked and not column.required and place not in faulty:
                problems.append(problem("not-filled", place, column=name))
    return repeated, problems


# Key–value sheets


@dataclass(frozen=True)
class Pairs:
    """A key–value sheet: the typed value and the place of each key that stands there.

    `unstated`: the keys of the stage and the report date whose problem says already that there is none.
    """

    values: Mapping[str, Any]
    places: Mapping[str, At]
    unstated: frozenset[str] = frozenset()


def key_column(sheet: Sheet, raw: RawSheet) -> int:
    """Return the 0-based column of a key–value sheet in which most of the known keys stand."""
    names = names_of(sheet)
    width = max((len(row) for row in raw.rows), default=0)
    hits = [sum(len(row) > at and header_key(as_text(row[at])) in names for row in raw.rows) for at in range(width)]
    return hits.index(max(hits)) if hits else 0


def read_pairs(sheet: Sheet, raw: RawSheet, rules: ReadingRules) -> tuple[Pairs, frozenset[str], list[Problem]]:
    """Return the values of a key–value sheet, the keys it lacks, and its problems; the keys may stand in any column and order."""
    names = names_of(sheet)
    key_at = key_column(sheet, raw)
    cells: dict[str, tuple[int, RawValue]] = {}
    unknown, problems = [], []
    for number, row in enumerate(raw.rows, 1):
        key = row[key_at] if len(row) > key_at else None
        name = names.get(header_key(key)) if isinstance(key, str) else None
        if name is None:
            unknown += [as_text(key)[:LONGEST_KEY]] if isinstance(key, str) and number > 1 and not is_blank(key) else []
        elif name in cells:
            problems.append(problem("duplicate-header", At(raw.name, number, key_at), key, column=name))
        else:
            cells[name] = (number, row[key_at + 1] if len(row) > key_at + 1 else None)
    lacking = frozenset(sheet.by_name) - set(cells)
    problems += missing_columns(sheet, lacking, At(raw.name, 3, 0), unknown, rules.used)
    pairs, faults = _pair_values(sheet, raw, rules, cells, key_at + 1)
    return pairs, lacking, [*problems, *faults]


def _pair_values(
    sheet: Sheet, raw: RawSheet, rules: ReadingRules, cells: Mapping[str, tuple[int, RawValue]], value_at: int
) -> tuple[Pairs, list[Problem]]:
    values: dict[str, Any] = {}
    places: dict[str, At] = {}
    unstated: set[str] = set()
    problems = []
    year_column = sheet.role("start_year")
    # The start year comes first: the names of the stages depend on it.
    for column in sorted((sheet.by_name[name] for name in cells), key=lambda item: item.name != year_column):
        number, cell = cells[column.name]
        at = places[column.name] = At(raw.name, number, value_at)
        if column.name in rules.given:
            continue
        allowed = rules.choices(sheet, column, values.get(year_column or ""))
        parsed = rules.parse(column, cell, allowed)
        values[column.name] = parsed.value
        if parsed.code == "unknown-choice" and column.type == "stage":
            unstated.add(column.name)
            near = nearest_hint(parsed.nearest)
            problems.append(
                problem(
                    "unknown-stage", at, shown(cell), name=as_text(cell)[:LONGEST_KEY], known="、".join(allowed), nearest=near
                )
            )
        elif parsed.code:
            problems.append(_fault(column, parsed, cell, at, "" if column.type == "stage" else AS_EMPTY))
        elif parsed == NOTHING:
            if column.name in (sheet.role("stage"), sheet.role("report_date")):
                unstated.add(column.name)
            problems += _empty_pair(sheet, column, at, rules)
    return Pairs({**values, **rules.given}, places, frozenset(unstated)), problems


def _empty_pair(sheet: Sheet, column: Column, at: At, rules: ReadingRules) -> list[Problem]:
    if column.name == sheet.role("stage"):
        return [problem("no-stage", at, column=column.name, known="、".join(rules.choices(sheet, column, None)))]
    if column.name == sheet.role("report_date"):
        return [problem("no-report-date", at, column=column.name)]
    if column.required:
        return [problem("required-empty", at, column=column.name, effect="")]
    return [problem("not-filled", at, column=column.name)] if column.type == "flag" else []
