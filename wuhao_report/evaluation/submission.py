"""Plain cells + scheme → one committee's submission: typed tables, key–value sheets, every value with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wuhao_report.core.periods import Judgement
from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.core.text import fold, nearest, without_space
from wuhao_report.measures.facts import Facts
from wuhao_report.scheme.model import Scheme, moved_to
from wuhao_report.scheme.required_columns import used_columns
from wuhao_report.tables.columns import Choices, ReadingRules, Used, find_columns
from wuhao_report.tables.headers import header_key
from wuhao_report.tables.reader import Pairs, read_pairs, read_table
from wuhao_report.tables.records import records_of
from wuhao_report.tables.sheets import Column, Sheet
from wuhao_report.tables.table import Table, empty_table
from wuhao_report.workbook.raw import RawValue
from wuhao_report.workbook.reader import RawBook, RawSheet


@dataclass(frozen=True, eq=False)
class Submission:
    """What one committee has handed in, before any judgement.

    `missing` are the (sheet, column) that are not there, `places` those of the key–value sheets; `unstated` the keys of which a problem says
    already that they are not stated.
    """

    scheme: Scheme
    file: str
    sha256: str
    profile: Mapping[str, Any]
    texts: Mapping[str, Any]
    tables: Mapping[str, Table]
    missing: frozenset[tuple[str, str]]
    places: Mapping[tuple[str, str], At]
    problems: tuple[Problem, ...]
    unstated: frozenset[str] = frozenset()

    def profile_role(self, role: str) -> Any:
        """The value of 基本信息 that plays a role (unit, stage, report_date …), or None."""
        column = self.scheme.by_use["profile"].role(role)
        return self.profile.get(column) if column else None

    def facts(self, clock: Judgement) -> Facts:
        """Return what measures read of the submission, by a clock."""
        return Facts(self.scheme.layout, self.tables, self.profile, self.places, clock)

    def role_at(self, role: str) -> At:
        """Return the place of the value of 基本信息 that plays a role."""
        sheet = self.scheme.by_use["profile"]
        return self.places.get((sheet.name, sheet.role(role) or ""), At(sheet.name))


def read_submission(book: RawBook, scheme: Scheme, stage: str | None = None, report_date: date | None = None) -> Submission:
    """Type every cell the scheme knows; what is wrong becomes a problem, nothing is raised.

    `stage` and `report_date` stand in place of what the workbook says, and of its faults. The scheme of the result is moved to the
    workbook's start year.
    """
    raw, faults, others = find_sheets(book, scheme)
    problems = [*book.problems, *faults]
    used = used_columns(scheme)
    profile = scheme.layout.profile
    stated = (("stage", stage), ("report_date", report_date))
    given = {profile.role(role) or "": value for role, value in stated if value is not None}
    read: dict[str, _SheetRead] = {}
    for sheet in (profile, *(item for item in scheme.sheets if item is not profile)):
        rules = ReadingRules(used, _choices(scheme), book.date1904, given if sheet is profile else {})
        read[sheet.name] = one = _read_sheet(sheet, raw.get(sheet.name), rules)
        problems += one.problems if sheet.name in raw else _missing_sheet(sheet, used, others)
        if sheet is profile and (start_year := one.pairs.values.get(sheet.role("start_year") or "")):
            scheme = moved_to(scheme, start_year)
    return Submission(
        scheme,
        book.file,
        book.sha256,
        read[profile.name].pairs.values,
        read[scheme.by_use["texts"].name].pairs.values,
        {name: one.table for name, one in read.items() if one.table is not None},
        frozenset((name, column) for name, one in read.items() for column in one.lacking),
        {(name, column): at for name, one in read.items() for column, at in one.pairs.places.items()},
        tuple(problems),
        frozenset(column for one in read.values() for column in one.pairs.unstated),
    )


@dataclass(frozen=True, eq=False)
class _SheetRead:
    """What one sheet gives: a table, or the values of a key–value sheet; the columns it lacks, its problems."""

    lacking: frozenset[str]
    pairs: Pairs
    table: Table | None = None
    problems: Sequence[Problem] = ()


def _read_sheet(sheet: Sheet, raw: RawSheet | None, rules: ReadingRules) -> _SheetRead:
    nothing = Pairs(rules.given, {})
    if raw is None:
        return _SheetRead(frozenset(sheet.by_name), nothing, None if sheet.form == "pairs" else empty_table(sheet))
    if sheet.form == "pairs":
        pairs, lacking, problems = read_pairs(sheet, raw, rules)
        return _SheetRead(lacking, pairs, None, problems)
    table, lacking, problems = read_table(sheet, raw, rules)
    return _SheetRead(lacking, nothing, table, problems)


def _choices(scheme: Scheme) -> Choices:
    """The words that a column of a sheet may hold, by the scheme and the start year of the workbook."""

    def choices(sheet: Sheet, column: Column, start_year: int | None) -> tuple[str, ...]:
        if column.type == "stage":
            return tuple(stage.title for stage in (moved_to(scheme, start_year) if start_year else scheme).stages)
        if column.type == "indicator":
            return tuple(item.id for item in (scheme.items if sheet.use == "assessed" else scheme.indicators))
        return column.choices

    return choices


def _missing_sheet(sheet: Sheet, used: frozenset[Used], others: list[str]) -> list[Problem]:
    is_used = sheet.use == "profile" or any(name == sheet.name for name, _ in used)
    if sheet.optional and not is_used:
        return []
    near = nearest(sheet.name, others)
    code = "missing-sheet" if is_used else "missing-optional-sheet"
    return [problem(code, At(sheet.name), sheet=sheet.name, nearest=f"“{near}”是不是这张表？" if near else "")]


_NUMBERED = re.compile(
    r"(?:附?表|sheet)?[(\[（【]?(?:\d+|[一二三四五六七八九十]+(?=[、.．)\]）】:：_-]))[)\]）】]?[、.．:：_-]*", re.IGNORECASE
)


def sheet_name(text: str, known: Mapping[str, str]) -> str | None:
    """Which known sheet a name means: as it is, else without a number in front or 表 at its end."""
    key = header_key(text)
    bare = _NUMBERED.sub("", key, count=1) if _NUMBERED.match(key) else key
    return next((known[name] for name in (key, bare, bare.removesuffix("表")) if name in known), None)


def find_sheets(book: RawBook, scheme: Scheme) -> tuple[dict[str, RawSheet], list[Problem], list[str]]:
    """The sheets of the scheme that are there, what must be said of them, and the names of all others.

    Of several that mean one sheet the one with its very name comes first, then one with a bracket or a mark more, then a renamed one.
    """
    known = {header_key(sheet.name): sheet.name for sheet in scheme.sheets}
    meant: dict[str, list[tuple[int, RawSheet]]] = {}
    others = []
    for sheet in book.sheets:
        name = sheet_name(sheet.name, known)
        if name is None:
            others.append(sheet.name)
        else:
            how = (
                0 if without_space(fold(sheet.name)) == without_space(fold(name)) else 1 if header_key(sheet.name) in known else 2
            )
            meant.setdefault(name, []).append((how, sheet))
    sheets: dict[str, RawSheet] = {}
    problems = []
    for name, several in meant.items():
        how, taken = min(several, key=lambda item: item[0])
        sheets[name] = taken
        for other_how, other in several:
            if other is not taken:
                code = "duplicate-sheet" if other_how < 2 else "similar-sheet"
                problems.append(problem(code, At(other.name), sheet=name, taken=taken.name, other=other.name))
        if how == 2:
            problems.append(problem("renamed-sheet", At(taken.name), sheet=taken.name, taken=name))
        if not taken.visible:
            problems.append(problem("hidden-sheet", At(taken.name), sheet=name))
    return sheets, problems, others


@dataclass(frozen=True)
class RawTable:
    """The records of a sheet before they are typed: the last 0-based row and the columns of its header, Excel row numbers, values by column.

    `renamed` are columns taken for another name, `unknown` those that none is known for, by their 0-based place.
    """

    header_row: int
    columns: Mapping[str, int]
    numbers: list[int]
    raws: list[tuple[RawValue, ...]]
    renamed: Mapping[int, str]
    unknown: frozenset[int]
    header_rows: int = 1


def raw_table(raw: RawSheet, sheet: Sheet, scheme: Scheme) -> RawTable:
    """Return the header and the records of a sheet, without typing them."""
    columns, _ = find_columns(sheet, raw, ReadingRules(choices=_choices(scheme)))
    if columns is None:
        return RawTable(0, {}, [], [], {}, frozenset())
    records, _ = records_of(sheet, raw, columns)
    return RawTable(
        columns.header_row,
        columns.positions,
        records.numbers,
        records.columns,
        columns.renamed,
        columns.unknown,
        columns.header_rows,
    )
