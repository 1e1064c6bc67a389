"""A sheet of raw cells, of one workbook or of several → its typed table, or the values of a key–value sheet, with every problem of its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from wuhao_report.core.problems import At, Problem, nearest_hint, problem
from wuhao_report.tables.cells import NOTHING, Parsed, retyped
from wuhao_report.tables.columns import ReadingRules, find_columns, missing_columns, names_of
from wuhao_report.tables.headers import header_key
from wuhao_report.tables.records import NO_RECORDS, Records, records_of
from wuhao_report.tables.rows import shown
from wuhao_report.tables.sheets import Column, Sheet
from wuhao_report.tables.table import SheetLocation, Table, absent, table_of
from wuhao_report.tables.typed import plain_values, typed_column
from wuhao_report.workbook.raw import CellPhoto, RawValue, as_text, is_blank
from wuhao_report.workbook.reader import RawSheet

if TYPE_CHECKING:
    from wuhao_report.tables.typed import Typed

LEFT_OUT = "，这一行未计入"
AS_EMPTY = "，这一格按没有填写处理"
LONGEST_KEY = 40
NUMBERS = frozenset((int, float, bool))
RETYPED = frozenset((int, float, date, datetime))
"""What a program makes of the numbers of things while they are typed."""


# Tables


@dataclass(frozen=True, eq=False)
class Source:
    """A sheet as one workbook has it (None where it has none), and how it is read."""

    raw: RawSheet | None
    rules: ReadingRules


@dataclass(frozen=True, eq=False)
class SheetOfWorkbook:
    """What one workbook's sheet gives besides its rows of the frame: where it stands, the columns measures cannot use, its problems."""

    location: SheetLocation
    lacking: frozenset[str]
    problems: tuple[Problem, ...] = ()


def read_tables(sheet: Sheet, sources: Sequence[Source]) -> tuple[Table, list[SheetOfWorkbook]]:
    """Return the typed table of one sheet of several workbooks, and what there is to say of each; of one alone, it is indexed by Excel row."""
    sections = [_section(sheet, source) for source in sources]
    return _Typing(sheet, sections).table(), [SheetOfWorkbook(one.location, one.lacking, tuple(one.problems)) for one in sections]


@dataclass(eq=False)
class _Section:
    """The records of a sheet in one workbook before they are typed; the problems grow while they are."""

    rules: ReadingRules
    location: SheetLocation
    lacking: frozenset[str]
    problems: list[Problem]
    records: Records


def _section(sheet: Sheet, source: Source) -> _Section:
    """Return the records of a sheet with a header row; none where it, its header or a required column is missing."""
    raw, rules, everything = source.raw, source.rules, frozenset(sheet.by_name)
    if raw is None:
        return _Section(rules, absent(sheet), everything, [], NO_RECORDS)
    header, problems = find_columns(sheet, raw, rules)
    if header is None:
        expected = "、".join(column.name for column in sheet.columns[:4])
        problems.append(problem("no-header", At(raw.name), sheet=sheet.name, expected=expected))
        return _Section(rules, absent(sheet), everything, problems, NO_RECORDS)
    lacking = everything - set(header.positions)
    if any(sheet.by_name[name].required for name in lacking):
        return _Section(rules, absent(sheet, header.positions, raw.name), everything, problems, NO_RECORDS)
    records, more = records_of(sheet, raw, header)
    location = SheetLocation(
        sheet, raw.name, header.positions, lacking, written=bool(records.numbers), says_none=records.says_none
    )
    return _Section(rules, location, lacking, [*problems, *more], records)


class _Typing:
    """Types the records of one sheet of several workbooks column by column, each different cell once."""

    def __init__(self, sheet: Sheet, sections: Sequence[_Section]) -> None:
        import numpy as np

        self.sheet, self.sections = sheet, sections
        self.sizes = [len(section.records.numbers) for section in sections]
        self.numbers = np.array([number for section in sections for number in section.records.numbers], np.int64)
        self.owners = np.repeat(np.arange(len(sections)), self.sizes)
        self.kept = np.ones(len(self.numbers), np.bool_)
        self.columns: dict[str, Typed] = {}
        self.faults: list[list[tuple[int, int, Problem]]] = [[] for _ in sections]

    def table(self) -> Table:
        """Return the table of the rows that count; what is wrong with cells and rows is added to the sections' problems."""
        for column in self.sheet.columns:
            self._type(column)
        for section, faults in zip(self.sections, self.faults, strict=True):
            section.problems += [fault for _, _, fault in sorted(faults, key=lambda item: item[:2])]
        self._leave_out_disordered()
        if self.sheet.form == "years":
            self._check_years()
        if self.kept.all():
            columns, numbers, owners = self.columns, self.numbers, self.owners
        else:
            columns = {name: values[self.kept] for name, values in self.columns.items()}
            numbers, owners = self.numbers[self.kept], self.owners[self.kept]
        return table_of(self.sheet, columns, numbers, owners if len(self.sections) > 1 else None)

    def _type(self, column: Column) -> None:
        """Type a column; an error in a required or ordering cell leaves its row out."""
        if not any(column.name in section.location.positions for section in self.sections):
            return
        codes, cells = self._coded(column)
        parsed = [rules.parse(column, raw, allowed) for raw, rules, allowed in cells]
        if column.name == self.sheet.role("id"):
            parsed = [retyped(raw, ()) if isinstance(raw, date) else one for one, (raw, *_) in zip(parsed, cells, strict=True)]
        import numpy as np

        of_row = np.array(codes, np.intp)
        self.columns[column.name] = typed_column(column.type, of_row, [one.value for one in parsed], column.choices)
        faulty = [one.code is not None or (one.value is None and column.required) for one in parsed]
        if any(faulty):
            weighty = column.required or column.name in (self.sheet.role("start"), self.sheet.role("end"))
            for index in np.flatnonzero(np.array(faulty, np.bool_)[of_row]).tolist():
                self._note(column, index, parsed[codes[index]], cells[codes[index]][0], weighty)

    def _coded(self, column: Column) -> tuple[list[int], list[tuple[RawValue, ReadingRules, tuple[str, ...]]]]:
        """Return the code of every row, and the distinct cells with how each is read.

        Cells of one value and of different kinds (1, 1.0, true) are told apart, which no factorisation of pandas does: so they are
        numbered here one by one.
        """
        numbers: dict[Any, int] = {}
        ways: list[tuple[ReadingRules, tuple[str, ...]]] = []
        codes: list[int] = []
        for section, size in zip(self.sections, self.sizes, strict=True):
            names = list(section.location.positions)
            cells: Sequence[Any] = (
                section.records.columns[names.index(column.name)] if size and column.name in names else (None,) * size
            )
            allowed = section.rules.choices(self.sheet, column, None)
            own = column.type == "stage" or (column.type == "ids" and any(raw.__class__ in RETYPED for raw in cells))
            way = (section.rules.date1904 and column.type == "date", allowed if own else ())
            if way != (False, ()):
                cells = [(raw.__class__, raw, way) for raw in cells]
            codes += [
                numbers.setdefault((raw.__class__, raw) if raw.__class__ in NUMBERS else raw, len(numbers)) for raw in cells
            ]
            ways += [(section.rules, allowed)] * (len(numbers) - len(ways))
        raws = (key[1] if key.__class__ is tuple else key for key in numbers)
        return codes, [(raw, *way) for raw, way in zip(raws, ways, strict=True)]

    def _note(self, column: Column, index: int, parsed: Parsed, raw: RawValue, weighty: bool) -> None:
        """Keep the problem of one cell, in its place among those of its sheet, and leave its row out where it must be."""
        owner = int(self.owners[index])
        location = self.sections[owner].location
        if column.name not in location.positions:
            return
        row = int(self.numbers[index])
        at = location.at(row, column.name)
        if parsed.code is not None:
            fault = _fault(column, parsed, raw, at, LEFT_OUT if weighty else AS_EMPTY)
        else:
            fault = _empty(column, raw, at, LEFT_OUT)
        order = list(location.positions).index(column.name)
        self.faults[owner].append((order, row, fault))
        if parsed.value is None and weighty:
            self.kept[index] = False

    def _leave_out_disordered(self) -> None:
        """Leave out the rows whose last day lies before their first, and say so."""
        import numpy as np

        start, end = self.sheet.role("start") or "", self.sheet.role("end") or ""
        days = all(name in self.columns and self.sheet.by_name[name].type in ("date", "month") for name in (start, end))
        if not days:
            return
        first, last = np.asarray(self.columns[start]), np.asarray(self.columns[end])
        # An empty day is neither before nor after any other.
        for index in np.flatnonzero((last < first) & self.kept).tolist():
            section = self.sections[int(self.owners[index])]
            day = last[index].astype("datetime64[D]").tolist().isoformat()
            section.problems.append(
                problem("dates-out-of-order", section.location.at(int(self.numbers[index]), end), day, start=start, end=end)
            )
            self.kept[index] = False

    def _check_years(self) -> None:
        """Leave out the second row of a year, and name empty flags and needed numbers of the others."""
        role = self.sheet.role("year") or ""
        years = plain_values(self.columns[role]) if role in self.columns else []
        values = {name: plain_values(column) for name, column in self.columns.items()}
        seen: set[tuple[int, int]] = set()
        faulty = [{item.at for item in section.problems} for section in self.sections]
        for index, year in enumerate(years):
            if not self.kept[index]:
                continue
            owner = int(self.owners[index])
            section, row = self.sections[owner], int(self.numbers[index])
            if (owner, year) in seen:
                self.kept[index] = False
                section.problems.append(problem("duplicate-year", section.location.at(row, role), year, year=year))
                continue
            seen.add((owner, year))
            for name in section.location.positions:
                column, place = self.sheet.by_name[name], section.location.at(row, name)
                asked = column.type == "flag" or (self.sheet.name, name) in section.rules.used
                if values[name][index] is None and asked and not column.required and place not in faulty[owner]:
                    section.problems.append(problem("not-filled", place, column=name))


def _empty(column: Column, raw: RawValue, at: At, effect: str) -> Problem:
    """Return the problem of a cell in which nothing stands to be read, though something must."""
    return problem(
        "photo-not-text" if isinstance(raw, CellPhoto) else "required-empty", at, shown(raw), column=column.name, effect=effect
    )


def _fault(column: Column, parsed: Parsed, raw: RawValue, at: At, effect: str) -> Problem:
    return problem(parsed.code or "", at, shown(raw), **{"column": column.name, "effect": effect, **(parsed.args or {})})


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
    problems += missing_columns(sheet, lacking, At(raw.name, 3, 0), unknown, rules)
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
            problems += (
                [_empty(column, cell, at, AS_EMPTY)] if isinstance(cell, CellPhoto) else _empty_pair(sheet, column, at, rules)
            )
    return Pairs({**values, **rules.given}, places, frozenset(unstated)), problems


def _empty_pair(sheet: Sheet, column: Column, at: At, rules: ReadingRules) -> list[Problem]:
    if column.name == sheet.role("stage"):
        return [problem("no-stage", at, column=column.name, known="、".join(rules.choices(sheet, column, None)))]
    if column.name == sheet.role("report_date"):
        return [problem("no-report-date", at, column=column.name)]
    if column.required:
        return [problem("required-empty", at, column=column.name, effect="")]
    return [problem("not-filled", at, column=column.name)] if column.type == "flag" else []
