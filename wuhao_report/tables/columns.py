"""Which column of a sheet holds which column of the scheme, and what must be said of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wuhao_report.core.problems import At, Problem, nearest_hint, problem
from wuhao_report.core.text import nearest, one_apart
from wuhao_report.tables.cells import SERIALS, Parsed, parse
from wuhao_report.tables.headers import Header, find_header, header_key, place_headers
from wuhao_report.tables.rows import beside_the_records, shown
from wuhao_report.tables.sheets import Column, Sheet
from wuhao_report.workbook.raw import RawValue, is_blank
from wuhao_report.workbook.reader import RawSheet

Used = tuple[str, str]
"""The name of a sheet and of one of its columns."""
Choices = Callable[[Sheet, Column, int | None], tuple[str, ...]]
"""The words a column may hold; those of a stage depend on the start year, which stands in the workbook."""
DAYS_1904 = 1462
"""From the first day of the 1900 date system to that of 1904."""
LONGEST_NAME = 40


def own_choices(sheet: Sheet, column: Column, start_year: int | None) -> tuple[str, ...]:
    """Return the choices that a column itself lists."""
    return column.choices


@dataclass(frozen=True)
class ReadingRules:
    """What else than the sheet's own definition says how it is read.

    `version` is that of the scheme a workbook was made for: what came later is not missed.
    `used` are the columns that indicators need; `given` are values by column that the caller sets in place of what stands in a key–value sheet.
    """

    used: frozenset[Used] = frozenset()
    choices: Choices = own_choices
    date1904: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1

    def parse(self, column: Column, raw: RawValue, allowed: tuple[str, ...]) -> Parsed:
        """Return the typed value of a cell; a bare serial number counts from where the workbook counts."""
        return parse(column.type, in_days_of_1900(raw) if self.date1904 and column.type == "date" else raw, allowed)


def in_days_of_1900(raw: RawValue) -> RawValue:
    """Return a bare number of a workbook that counts its days from 1904 as the day it is in one that counts from 1900."""
    later = isinstance(raw, int | float) and not isinstance(raw, bool) and SERIALS[0] <= raw + DAYS_1904 <= SERIALS[1]
    return raw + DAYS_1904 if later and isinstance(raw, int | float) else raw


@dataclass(frozen=True)
class FoundColumns:
    """The header of a sheet: its last 0-based row, how many rows it takes, the 0-based column of each known one.

    `renamed` are columns taken for another name, with the text of their header; `unknown` those that none is known for.
    """

    header_row: int
    positions: Mapping[str, int]
    header_rows: int = 1
    renamed: Mapping[int, str] = field(default_factory=dict)
    unknown: frozenset[int] = frozenset()


def names_of(sheet: Sheet) -> dict[str, str]:
    """Return the column that each name and alias of a sheet's columns means, by its key."""
    return {header_key(name): column.name for column in sheet.columns for name in (column.name, *column.aliases)}


def find_columns(sheet: Sheet, raw: RawSheet, rules: ReadingRules) -> tuple[FoundColumns | None, list[Problem]]:
    """Return where the columns of a sheet stand (None where there is no header), and what must be said of them."""
    names = names_of(sheet)
    header = find_header(raw.rows, names, merged=raw.merged, enough=len(sheet.columns))
    if header is None or header.known < min(2, len(sheet.columns)):
        return None, []
    placed = place_headers(header.cells, names)
    number = header.row + 1
    problems = [
        problem("duplicate-header", At(raw.name, number, at), shown(header.cells[at]), column=name)
        for at, name in placed.repeated.items()
    ]
    positions, unknown = dict(placed.columns), {at: text[:LONGEST_NAME] for at, text in placed.unknown.items()}
    renamed = _renamed(sheet, raw, rules, header, positions, unknown)
    for at, column in renamed.items():
        text = unknown.pop(at)
        positions[column] = at
        problems.append(problem("renamed-column", At(raw.name, number, at), text, header=text, column=column))
    lacking = [column.name for column in sheet.columns if column.name not in positions]
    for at, text in unknown.items():
        hint = nearest_hint(nearest(text, lacking))
        problems.append(problem("unknown-column", At(raw.name, number, at), text, header=text, nearest=hint))
    problems += missing_columns(sheet, lacking, At(raw.name, number, 0), list(unknown.values()), rules)
    texts = {at: placed.unknown[at][:LONGEST_NAME] for at in renamed}
    return FoundColumns(header.row, positions, header.rows, texts, frozenset(unknown)), problems


def missing_columns(sheet: Sheet, names: Iterable[str], at: At, unknown: Sequence[str], rules: ReadingRules) -> list[Problem]:
    """Return one problem for each of the named columns that a sheet does not have and could have."""
    lacking, used = set(names), rules.used
    problems = []
    for column in sheet.columns:
        if column.name in lacking and (column.since <= rules.version or (sheet.name, column.name) in used):
            near = nearest(column.name, unknown)
            hint = f"“{near}”是不是这一栏？" if near else ""
            needed = column.required or (sheet.name, column.name) in used
            problems.append(
                problem(
                    "missing-column" if needed else "missing-optional-column",
                    at,
                    sheet=sheet.name,
                    column=column.name,
                    nearest=hint,
                )
            )
    return problems


def _renamed(
    sheet: Sheet, raw: RawSheet, rules: ReadingRules, header: Header, positions: Mapping[str, int], unknown: Mapping[int, str]
) -> dict[int, str]:
    """Return the unknown headers that can only mean a missing column, by their 0-based column.

    Such a one differs by one character, or only by the name of the sheet, and every cell below it reads as that column.
    """
    lacking = [column for column in sheet.columns if column.name not in positions]
    left = dict(unknown)
    names: dict[int, str] = {}
    for at, text in unknown.items():
        fitting = [column for column in lacking if _is_nearly(sheet, text, column)]
        alone = len(fitting) == 1 and sum(_is_nearly(sheet, other, fitting[0]) for other in left.values()) == 1
        if alone and _reads(sheet, raw, rules, fitting[0], header.row, at):
            names[at] = fitting[0].name
            del left[at]
    return names


def _is_nearly(sheet: Sheet, text: str, column: Column) -> bool:
    key, own = header_key(text), header_key(sheet.name)
    for name in map(header_key, (column.name, *column.aliases)):
        if {key, key.removeprefix(own), key.removesuffix("栏")} & {name, name.removeprefix(own)} - {""}:
            return True
        if len(name) >= 4 and one_apart(key, name):
            return True
    return False


def _reads(sheet: Sheet, raw: RawSheet, rules: ReadingRules, column: Column, header_row: int, at: int) -> bool:
    """Whether there is anything in a column below the header, and all of it reads as that kind of value."""
    allowed = rules.choices(sheet, column, None)
    below = [
        row[at] for row in raw.rows[header_row + 1 :] if len(row) > at and not is_blank(row[at]) and not beside_the_records(row)
    ]
    values = [rules.parse(column, cell, allowed) for cell in below]
    return bool(values) and not any(value.code and value.value is None for value in values)
