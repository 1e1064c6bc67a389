"""Plain cells + scheme → one committee's submission: typed tables, key–value sheets, every value with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from wuhao_report.core.periods import Judgement
from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.core.text import fold, nearest, without_space
from wuhao_report.measures.facts import Committee, Facts
from wuhao_report.scheme.model import Scheme, moved_to, spoken_by
from wuhao_report.scheme.required_columns import used_columns
from wuhao_report.tables.columns import Choices, ReadingRules, Used, find_columns
from wuhao_report.tables.headers import header_key
from wuhao_report.tables.reader import Pairs, SheetOfWorkbook, Source, read_pairs, read_tables
from wuhao_report.tables.records import records_of
from wuhao_report.tables.sheets import Column, Sheet
from wuhao_report.tables.table import SheetLocation, Table
from wuhao_report.workbook.raw import RawValue, is_blank
from wuhao_report.workbook.reader import RawBook, RawSheet

if TYPE_CHECKING:
    import pandas as pd

MOST_LOOKED_AT, HEADER_SOUGHT_TO, FEWEST_HEADERS = 20, 10, 3
"""How many sheets of other names are looked at, in how many rows, for a header of so many columns that is known."""


@dataclass(frozen=True, eq=False)
class Submission:
    """What one committee has handed in, before any judgement.

    `pairs` are the values of the key–value sheets, by sheet and key, and `places` where they stand; `locations` tell where each sheet
    stands in the workbook; `missing` are the (sheet, column) that are not there; `photos` are the parts of
    the workbook's own photographs by sheet and Excel row; `unstated` the keys of which a problem says already that they are not stated.
    """

    scheme: Scheme
    file: str
    sha256: str
    pairs: Mapping[str, Mapping[str, Any]]
    locations: Mapping[str, SheetLocation]
    missing: frozenset[Used]
    places: Mapping[Used, At]
    problems: tuple[Problem, ...]
    unstated: frozenset[str]
    own_tables: OwnTables
    photos: Mapping[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)

    @property
    def profile(self) -> Mapping[str, Any]:
        """The values of the sheet that says who reports, at which stage, on which day."""
        return self.pairs[self.scheme.layout.profile.name]

    @property
    def texts(self) -> Mapping[str, Any]:
        """The values of the sheet of free texts."""
        return self.pairs[self.scheme.by_use["texts"].name]

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The tables by the names of their sheets: pandas DataFrames, indexed by Excel row, with the columns of the scheme."""
        return {name: self.own_tables[name].frame for name in self.own_tables}

    def table(self, name: str) -> Table:
        """Return the table of a sheet with what is asked of it again and again."""
        return self.own_tables[name]

    @cached_property
    def year_rows(self) -> Mapping[int, int]:
        """The Excel row of each year in the sheet of years."""
        sheet = self.scheme.layout.years
        return {year: row for row, year in self.own_tables.column(sheet.name, sheet.role("year"))}

    def profile_role(self, role: str) -> Any:
        """The value of 基本信息 that plays a role (unit, stage, report_date …), or None."""
        column = self.scheme.by_use["profile"].role(role)
        return self.profile.get(column) if column else None

    @cached_property
    def stated_empty(self) -> frozenset[str]:
        """The tables of which the profile, or the table itself, says that there is nothing in them."""
        named = frozenset(self.profile_role("no_records") or ())
        return named | {name for name, location in self.locations.items() if location.says_none}

    @cached_property
    def unfilled(self) -> frozenset[str]:
        """The logs and rolls in which nothing has been written, and of which nothing says that there is nothing: blank is not zero."""
        return (
            frozenset(
                name
                for name, location in self.locations.items()
                if location.sheet.form in ("log", "roll") and location.usable and not location.written
            )
            - self.stated_empty
        )

    def committee(self, clock: Judgement) -> Committee:
        """Return what measures read of the submission besides its tables, by a clock."""
        return Committee(self.pairs, self.places, self.locations, clock, self.unfilled)

    @property
    def number(self) -> int:
        """Its number among those it was read with."""
        return self.own_tables.number

    def facts(self, clock: Judgement) -> Facts:
        """Return what measures read of this submission, by a clock, under its number."""
        return Facts(self.scheme.layout, self.own_tables.all, {self.number: self.committee(clock)})

    def values(self, name: str, column: str | None) -> list[Any]:
        """Return the values of a column of a sheet as plain Python; all None for a column there is none of."""
        return [value for _, value in self.own_tables.column(name, column)]

    def role_at(self, role: str) -> At:
        """Return the place of the value of 基本信息 that plays a role."""
        sheet = self.scheme.by_use["profile"]
        return self.places.get((sheet.name, sheet.role(role) or ""), At(sheet.name))


class OwnTables(Mapping[str, Table]):
    """The tables of one of several workbooks, cut out when they are asked for."""

    def __init__(self, tables: Mapping[str, Table], number: int) -> None:
        self.all, self.number = tables, number
        self._own: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        own = self._own.get(name)
        if own is None:
            own = self._own[name] = self.all[name].of_workbook(self.number)
        return own

    def shared(self, name: str) -> tuple[Table, slice]:
        """Return the table of a sheet with the rows of all workbooks, and which of them are this one's: nothing is cut out."""
        table = self.all[name]
        return table, table.rows_of(self.number)

    def column(self, name: str, column: str | None) -> list[tuple[int, Any]]:
        """Return the Excel rows of one column with their values, without cutting out the table."""
        table, rows = self.shared(name)
        return list(zip(table.rows[rows].tolist(), table.values(column)[rows], strict=True))

    def __iter__(self) -> Iterator[str]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)


@dataclass(frozen=True, eq=False)
class Submissions:
    """What several committees have handed in by one scheme: one table for each sheet, whose rows are those of all of them.

    `members` are the submissions one by one; the number of each is that of its rows in the tables.
    """

    scheme: Scheme
    tables: Mapping[str, Table]
    members: tuple[Submission, ...]

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables as DataFrames, by the names of their sheets; of several committees they are indexed by number and Excel row."""
        return {name: table.frame for name, table in self.tables.items()}


def read_submission(book: RawBook, scheme: Scheme, stage: str | None = None, report_date: date | None = None) -> Submission:
    """Type every cell the scheme knows; what is wrong becomes a problem, nothing is raised.

    `stage` and `report_date` stand in place of what the workbook says, and of its faults. The scheme of the result is moved to the
    workbook's start year.
    """
    return read_submissions([book], scheme, stage, report_date).members[0]


def read_submissions(
    books: Sequence[RawBook], scheme: Scheme, stage: str | None = None, report_date: date | None = None
) -> Submissions:
    """Return the submissions of several workbooks, read as `read_submission` reads one; each sheet of all of them is typed at once."""
    drafts = [_Draft(book, scheme, stage, report_date) for book in books]
    read: dict[str, Table] = {}
    for sheet in _in_order_of_reading(scheme):
        if sheet.form == "pairs":
            for draft in drafts:
                draft.read_pairs(sheet)
            continue
        table, parts = read_tables(sheet, [Source(draft.sheets.get(sheet.name), draft.rules) for draft in drafts])
        for number, (draft, one) in enumerate(zip(drafts, parts, strict=True)):
            draft.add_table(sheet, one)
            if sheet.use == "evidence":
                draft.know_evidence(table.values(sheet.role("id"))[table.rows_of(number)])
        read[sheet.name] = table
    tables = {sheet.name: read[sheet.name] for sheet in scheme.sheets if sheet.name in read}
    return Submissions(scheme, tables, tuple(draft.submission(OwnTables(tables, number)) for number, draft in enumerate(drafts)))


def _in_order_of_reading(scheme: Scheme) -> Iterator[Sheet]:
    """Yield the sheets: first the profile, which says to which years the scheme is moved, then the evidence that others name."""
    first = (scheme.layout.profile, scheme.by_use["evidence"])
    yield from first
    yield from (sheet for sheet in scheme.sheets if sheet not in first)


def _names(scheme: Scheme) -> Iterator[str]:
    """Yield the names of the sheets, that of the profile first."""
    yield scheme.layout.profile.name
    yield from (sheet.name for sheet in scheme.sheets if sheet is not scheme.layout.profile)


class _Draft:
    """One submission while its sheets are read."""

    def __init__(self, book: RawBook, scheme: Scheme, stage: str | None, report_date: date | None) -> None:
        profile = scheme.layout.profile
        stated = (("stage", stage), ("report_date", report_date))
        self.book, self.scheme, self.moved, self.used = book, scheme, scheme, used_columns(scheme)
        self.sheets, faults, self.others = find_sheets(book, scheme)
        self.problems: dict[str, list[Problem]] = {"": [*book.problems, *faults]}
        self.rules = ReadingRules(self.used, column_choices(scheme), book.date1904, version=_version(book, scheme))
        self.given = {profile.role(role) or "": value for role, value in stated if value is not None}
        self.pairs: dict[str, Pairs] = {}
        self.locations: dict[str, SheetLocation] = {}
        self.missing: set[Used] = set()

    def read_pairs(self, sheet: Sheet) -> None:
        """Read a key–value sheet; the profile says to which years the scheme is moved."""
        is_profile = sheet is self.scheme.layout.profile
        rules = replace(self.rules, given=self.given) if is_profile else self.rules
        raw = self.sheets.get(sheet.name)
        if raw is None:
            self.pairs[sheet.name], lacking = Pairs(rules.given, {}), frozenset(sheet.by_name)
            self.problems[sheet.name] = _missing_sheet(sheet, self.rules, self.others)
        else:
            self.pairs[sheet.name], lacking, self.problems[sheet.name] = read_pairs(sheet, raw, rules)
        self.missing |= {(sheet.name, column) for column in lacking}
        if is_profile and (start_year := self.pairs[sheet.name].values.get(sheet.role("start_year") or "")):
            self.moved = moved_to(self.scheme, start_year)
            self.rules = replace(self.rules, choices=column_choices(self.moved))

    def know_evidence(self, ids: Iterable[str]) -> None:
        """Keep the numbers of the evidence that other sheets may name."""
        self.rules = replace(self.rules, choices=column_choices(self.moved, tuple(dict.fromkeys(ids))))

    def add_table(self, sheet: Sheet, read: SheetOfWorkbook) -> None:
        """Keep what is known of a sheet besides its rows."""
        self.locations[sheet.name] = read.location
        found = read.problems if sheet.name in self.sheets else _missing_sheet(sheet, self.rules, self.others)
        self.problems[sheet.name] = list(found)
        self.missing |= {(sheet.name, column) for column in read.lacking}

    def submission(self, tables: OwnTables) -> Submission:
        """Return the submission; its scheme is moved to its start year and uses the words of the committee's own name."""
        profile = self.scheme.layout.profile
        unit, superior = (self.pairs[profile.name].values.get(profile.role(role) or "") for role in ("unit", "superior"))
        return Submission(
            spoken_by(self.moved, str(unit or ""), str(superior or "")),
            self.book.file,
            self.book.sha256,
            {name: pairs.values for name, pairs in self.pairs.items()},
            self.locations,
            frozenset(self.missing),
            {(name, column): at for name, pairs in self.pairs.items() for column, at in pairs.places.items()},
            tuple(fault for name in ("", *_names(self.scheme)) for fault in self.problems[name]),
            frozenset(column for pairs in self.pairs.values() for column in pairs.unstated),
            tables,
            self._photos(),
        )

    def _photos(self) -> dict[tuple[str, int], tuple[str, ...]]:
        """Return the photographs of each row, in cells and floating over it."""
        found: dict[tuple[str, int], tuple[str, ...]] = {}
        for name, raw in self.sheets.items():
            for row, _, member in raw.photos:
                found[name, row] = (*found.get((name, row), ()), member)
        return found


def column_choices(scheme: Scheme, evidence: tuple[str, ...] = ()) -> Choices:
    """The words that a column of a sheet may hold, by the scheme, the start year of the workbook and its list of `evidence`."""

    def choices(sheet: Sheet, column: Column, start_year: int | None) -> tuple[str, ...]:
        if column.type == "stage":
            return tuple(stage.title for stage in (moved_to(scheme, start_year) if start_year else scheme).stages)
        if column.type == "indicator":
            return tuple(item.id for item in (scheme.items if sheet.use == "assessed" else scheme.indicators))
        return evidence if column.type == "ids" else column.choices

    return choices


def _version(book: RawBook, scheme: Scheme) -> int:
    """Return the version of the scheme that a workbook was made for; the first where it does not say."""
    stamp = book.stamp()
    version = stamp.get("version", "") if stamp.get("scheme") == scheme.id else ""
    return int(version) if re.fullmatch(r"\d{1,9}", version) else 1


def _missing_sheet(sheet: Sheet, rules: ReadingRules, others: list[str]) -> list[Problem]:
    is_used = sheet.use == "profile" or any(name == sheet.name for name, _ in rules.used)
    if (sheet.optional or sheet.since > rules.version) and not is_used:
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
    unread = set(others)
    looked_at = [sheet for sheet in book.sheets if sheet.name in unread][:MOST_LOOKED_AT]
    return sheets, [*problems, *_not_read(looked_at, scheme, sheets)], others


def _not_read(others: Iterable[RawSheet], scheme: Scheme, sheets: Mapping[str, RawSheet]) -> Iterator[Problem]:
    """Say of sheets of other names that they have the header of one that is read, or of one that is not there at all."""
    parts: dict[str, list[tuple[RawSheet, int]]] = {}
    for raw in others:
        name, count = _alike(raw, scheme)
        if name:
            parts.setdefault(name, []).append((raw, count))
    for name, found in parts.items():
        if name in sheets or len(found) == 1:
            code = "sheet-not-read" if name in sheets else "sheet-of-another-name"
            yield from (problem(code, At(raw.name), other=raw.name, sheet=name, count=count) for raw, count in found)
        else:
            named = "".join(f"“{raw.name}”（{count}行）" for raw, count in found)
            yield problem("sheet-in-parts", At(found[0][0].name), sheet=name, parts=named, number=len(found))


@lru_cache(maxsize=16)
def _header_keys(scheme: Scheme) -> tuple[tuple[Sheet, frozenset[str], frozenset[str]], ...]:
    """Return each sheet of records with the keys of its columns, and of those that must be there."""
    return tuple(
        (
            sheet,
            frozenset(header_key(column.name) for column in sheet.columns),
            frozenset(header_key(column.name) for column in sheet.columns if column.required),
        )
        for sheet in scheme.sheets
        if sheet.form != "pairs"
    )


def _alike(raw: RawSheet, scheme: Scheme) -> tuple[str, int]:
    """Return the sheet of the scheme whose header a sheet has, and how many rows stand below it; "" where there is none."""
    for number, row in enumerate(raw.rows[:HEADER_SOUGHT_TO], 1):
        keys = {header_key(cell) for cell in row if isinstance(cell, str) and not is_blank(cell)}
        if len(keys) < FEWEST_HEADERS:
            continue
        for sheet, columns, required in _header_keys(scheme):
            if required <= keys and len(columns & keys) * 2 > len(columns):
                count = sum(any(not is_blank(cell) for cell in below) for below in raw.rows[number:])
                return (sheet.name, count) if count else ("", 0)
    return "", 0


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
    columns, _ = find_columns(sheet, raw, ReadingRules(choices=column_choices(scheme)))
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
