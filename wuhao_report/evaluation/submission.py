"""Plain cells + scheme → one committee's typed tables (pandas), every value with its sheet and address."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from wuhao_report.core.cells import NOTHING, SERIALS, Parsed, RawValue, as_text, fold, is_blank, nearest, parse, without_space
from wuhao_report.core.problems import At, Problem, nearest_hint, problem
from wuhao_report.scheme.model import Column, Scheme, Sheet, moved_to
from wuhao_report.scheme.required_columns import used_columns
from wuhao_report.workbook.reader import RawBook, RawSheet

if TYPE_CHECKING:
    import pandas as pd

HEADER_WITHIN = 20
LEFT_OUT = "，这一行未计入"
AS_EMPTY = "，这一格按没有填写处理"
DAYS_1904 = 1462
"""From the first day of the 1900 date system to that of 1904."""
MAX_SHOWN = 200
MOST_RUNS = 10
MAX_MERGED_ROWS = 10_000
_SUM = re.compile(r"(?:\d{2,4}年度?|第?[一二三四1-4]季度|上半年|下半年|本年度?|全年|以上)?(?:合计数?|小计|总计|共计|累计|总数|共)"
                  r"(?:[（(].*[)）])?[:：]?(?:\d[\d.,]*\w{0,3})?")
"""A sum of the records above, as people write it in front of its row."""
_NOTE = re.compile(r"(?:注\d*|备注|说明|填表人|制表人|审核人|负责人|填报单位|电话|日期|时间|签字|盖章)[:：].*|注\d.*|以上.*")
"""How a line begins that people write below a table."""
_HEADING = re.compile(r"\d{4}年度?")
_UNIT = re.compile(r"[(（][^()（）]{1,8}[)）]")
"""What stands alone between records, or below the headers."""


@dataclass(frozen=True, eq=False)
class Table:
    """One sheet, typed: `rows` are the Excel numbers of the rows that count, `columns` their values.

    The columns are all those of the scheme, holding str, int, Decimal, date, bool, tuple or None. `positions` tells
    the 0-based Excel column of each; `missing` are the columns the sheet does not have. `usable` is False where the
    sheet itself, its header or a required column is missing: it then has no rows. `title` is its name in the workbook.
    """

    sheet: Sheet
    rows: list[int]
    columns: Mapping[str, list[Any]]
    positions: Mapping[str, int]
    missing: frozenset[str] = frozenset()
    usable: bool = True
    title: str = ""

    @property
    def place(self) -> At:
        """The sheet as the workbook names it."""
        return At(self.title or self.sheet.name)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The table in pandas: columns of dtype object, indexed by the Excel row number; made when first asked for."""
        import pandas as pd

        index = pd.Index(self.rows, dtype="int64")
        return pd.DataFrame({name: pd.Series(values, index=index, dtype=object) for name, values in self.columns.items()},
                            index=index, columns=pd.Index(self.sheet.by_name, dtype=object))

    def at(self, index: int, column: str) -> At:
        """The place of a value: `index` counts the rows of the frame from 0."""
        return replace(self.place, row=self.rows[index], column=self.positions.get(column))


@dataclass(frozen=True, eq=False)
class Submission:
    """What one committee has handed in, before any judgement."""

    scheme: Scheme
    file: str
    sha256: str
    profile: Mapping[str, Any]
    texts: Mapping[str, Any]
    tables: Mapping[str, Table]
    missing: frozenset[tuple[str, str]]
    places: Mapping[tuple[str, str], At]
    problems: tuple[Problem, ...]

    def profile_role(self, role: str) -> Any:
        """The value of 基本信息 that plays a role (unit, stage, report_date …), or None."""
        column = self.scheme.by_use["profile"].role(role)
        return self.profile.get(column) if column else None

    def role_at(self, role: str) -> At:
        sheet = self.scheme.by_use["profile"]
        return self.places.get((sheet.name, sheet.role(role) or ""), At(sheet.name))


@lru_cache(maxsize=4096)
def header_key(text: str) -> str:
    """A header as it is compared: folded, without blanks, line breaks, * and a unit in brackets; no header is very long."""
    text = re.sub(r"[*＊\s\u200b\u200e\u200f\u2060\ufeff]", "", fold(text[:MAX_SHOWN]))
    return re.sub(r"[(\[（【][^)\]）】]*[)\]）】]$", "", text) or text


def read_submission(book: RawBook, scheme: Scheme) -> Submission:
    """Type every cell the scheme knows; what is wrong becomes a problem, nothing is raised.

    The scheme of the result is moved to the workbook's start year.
    """
    problems: list[Problem] = list(book.problems)
    raw, faults, others = find_sheets(book, scheme)
    problems += faults
    used = used_columns(scheme)
    profile_sheet = scheme.by_use["profile"]
    year_column = profile_sheet.role("start_year")
    pairs: dict[str, Mapping[str, Any]] = {}
    missing: set[tuple[str, str]] = set()
    places: dict[tuple[str, str], At] = {}
    tables: dict[str, Table] = {}
    for sheet in (profile_sheet, *(item for item in scheme.sheets if item is not profile_sheet)):
        if sheet.name not in raw:
            code = "missing-sheet" if _is_used(sheet, used) else "missing-optional-sheet"
            if code == "missing-sheet" or not sheet.optional:
                near = nearest(sheet.name, others)
                problems.append(problem(code, At(sheet.name), sheet=sheet.name, nearest=f"“{near}”是不是这张表？" if near else ""))
            missing |= {(sheet.name, column.name) for column in sheet.columns}
            pairs[sheet.name] = {}
            if sheet.form != "pairs":
                tables[sheet.name] = _empty(sheet)
            continue
        reader = _SheetReader(sheet, raw[sheet.name], scheme, used, book.date1904)
        if sheet.form == "pairs":
            pairs[sheet.name], found = reader.pairs()
            places |= {(sheet.name, name): at for name, at in found.items()}
        else:
            tables[sheet.name] = reader.table()
        problems += reader.problems
        missing |= {(sheet.name, name) for name in reader.missing}
        if sheet is profile_sheet:
            start_year = pairs[sheet.name].get(year_column or "")
            scheme = moved_to(scheme, start_year) if start_year else scheme
    return Submission(
        scheme, book.file, book.sha256, pairs[profile_sheet.name], pairs[scheme.by_use["texts"].name], tables,
        frozenset(missing), places, tuple(problems),
    )


_NUMBERED = re.compile(r"(?:附?表|sheet)?[(\[（【]?(?:\d+|[一二三四五六七八九十]+(?=[、.．)\]）】:：_-]))[)\]）】]?[、.．:：_-]*", re.IGNORECASE)


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
            how = 0 if without_space(fold(sheet.name)) == without_space(fold(name)) else 1 if header_key(sheet.name) in known else 2
            meant.setdefault(name, []).append((how, sheet))
    found: dict[str, RawSheet] = {}
    problems = []
    for name, several in meant.items():
        how, taken = min(several, key=lambda item: item[0])
        found[name] = taken
        for other_how, other in several:
            if other is not taken:
                code = "duplicate-sheet" if other_how < 2 else "similar-sheet"
                problems.append(problem(code, At(other.name), sheet=name, taken=taken.name, other=other.name))
        if how == 2:
            problems.append(problem("renamed-sheet", At(taken.name), sheet=taken.name, taken=name))
        if not taken.visible:
            problems.append(problem("hidden-sheet", At(taken.name), sheet=name))
    return found, problems, others


def _is_used(sheet: Sheet, used: frozenset[tuple[str, str]]) -> bool:
    return sheet.use == "profile" or any(name == sheet.name for name, _ in used)


def _empty(sheet: Sheet) -> Table:
    return Table(sheet, [], {name: [] for name in sheet.by_name}, {}, frozenset(sheet.by_name), usable=False)


def shown(raw: RawValue) -> Any:
    """What stands in a cell, as it may be shown: numbers and truth stay, the rest is text of bounded length."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, float) and not math.isfinite(raw):
        return str(raw)
    if isinstance(raw, float) and raw == int(raw) and abs(raw) < 1e15:
        return int(raw)
    if isinstance(raw, bool | int | float):
        return raw
    if isinstance(raw, date):
        return raw.isoformat()
    return as_text(raw)[:MAX_SHOWN]


def one_apart(one: str, other: str) -> bool:
    """Whether two words differ by exactly one character: changed, added or left out."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1 or one == other:
        return False
    at = next((index for index, (first, second) in enumerate(zip(one, other, strict=False)) if first != second), len(one))
    return one[at + 1:] == other[at + 1:] if len(one) == len(other) else one[at:] == other[at + 1:]


def in_days_of_1900(raw: RawValue) -> RawValue:
    """A bare number of a workbook that counts its days from 1904, as the day it is in one that counts from 1900."""
    later = isinstance(raw, int | float) and not isinstance(raw, bool) and SERIALS[0] <= raw + DAYS_1904 <= SERIALS[1]
    return raw + DAYS_1904 if later and isinstance(raw, int | float) else raw


def row_ranges(rows: Sequence[int]) -> str:
    """Row numbers in order as people write them: 5—9、12."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown_runs = "、".join(str(first) if first == last else f"{first}—{last}" for first, last in runs[:MOST_RUNS])
    return shown_runs + ("等" if len(runs) > MOST_RUNS else "")


def _beside_the_records(row: Sequence[RawValue], yearly: bool = False) -> tuple[str, str] | None:
    """What a row is that is no record: a sum of those above it, a heading or a note; its problem's code and its first text."""
    first = next(cell for cell in row if not is_blank(cell))
    if not isinstance(first, str):
        return None
    text = re.sub(r"\s", "", fold(first[:MAX_SHOWN]))
    if _SUM.fullmatch(text):
        return "subtotal-row", text
    if _NOTE.fullmatch(text) or _UNIT.fullmatch(text) or (not yearly and _HEADING.fullmatch(text)):
        filled = [re.sub(r"\s", "", fold(cell)) for cell in row if isinstance(cell, str) and not is_blank(cell)]
        alone = len(filled) == 1 or (not _HEADING.fullmatch(text) and all(_NOTE.fullmatch(cell) or _UNIT.fullmatch(cell) for cell in filled))
        if alone and len(filled) == sum(not is_blank(cell) for cell in row):
            return "note-row", text
    return None


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
    """Find the header and the records of a sheet, without typing them."""
    reader = _SheetReader(sheet, raw, scheme, frozenset(), date1904=False)
    header_row, columns = reader.header()
    if not columns:
        return RawTable(0, {}, [], [], {}, frozenset())
    numbers, raws = reader.body(header_row, columns)
    renamed = {item.at.column: str(item.value) for item in reader.problems if item.code == "renamed-column" and item.at.column is not None}
    unknown = frozenset(item.at.column for item in reader.problems if item.code == "unknown-column" and item.at.column is not None)
    return RawTable(header_row, columns, numbers, raws, renamed, unknown, reader.header_rows)


class _SheetReader:
    """Reads one sheet once, collecting its problems and the columns it lacks."""

    def __init__(self, sheet: Sheet, raw: RawSheet, scheme: Scheme, used: frozenset[tuple[str, str]], date1904: bool) -> None:
        self.later = date1904
        self.sheet, self.raw, self.scheme, self.used = sheet, raw, scheme, used
        self.problems: list[Problem] = []
        self.missing: set[str] = set()
        self.header_rows = 1
        self.kinds: dict[int, str] = {}
        self.wide_rows = {top for top, left, bottom, right in raw.merged if top == bottom and right > left}
        self.headers = {header_key(name): column for column in sheet.columns for name in (column.name, *column.aliases)}

    def _at(self, row: int, column: int) -> At:
        return At(self.raw.name, row, column)

    def _allowed(self, column: Column, start_year: int | None = None) -> tuple[str, ...]:
        if column.type == "stage":
            scheme = moved_to(self.scheme, start_year) if start_year else self.scheme
            return tuple(stage.title for stage in scheme.stages)
        if column.type == "indicator":
            items = self.scheme.items if self.sheet.use == "assessed" else self.scheme.indicators
            return tuple(item.id for item in items)
        return column.choices

    def _add(self, column: Column, found: Parsed, raw: RawValue, at: At, effect: str) -> None:
        if found.code:
            args = {"column": column.name, "effect": effect, **(found.args or {})}
            self.problems.append(problem(found.code, at, shown(raw), **args))

    def _parse(self, column: Column, raw: RawValue, allowed: tuple[str, ...]) -> Parsed:
        """A cell by its column; a bare serial number counts from where the workbook counts."""
        if self.later and column.type == "date":
            raw = in_days_of_1900(raw)
        return parse(column.type, raw, allowed)

    # Key–value sheets

    def pairs(self) -> tuple[dict[str, Any], dict[str, At]]:
        """The values of a key–value sheet and their places; the keys may stand in any column and order."""
        rows = self.raw.rows
        width = max((len(row) for row in rows), default=0)
        hits = [sum(len(row) > at and header_key(as_text(row[at])) in self.headers for row in rows)
                for at in range(width)]
        key_at = hits.index(max(hits)) if hits else 0
        found: dict[str, tuple[int, RawValue]] = {}
        unknown = []
        for number, row in enumerate(rows, 1):
            key = row[key_at] if len(row) > key_at else None
            column = self.headers.get(header_key(key)) if isinstance(key, str) else None
            if column is None:
                unknown += [as_text(key)[:40]] if isinstance(key, str) and number > 1 and not is_blank(key) else []
                continue
            if column.name in found:
                self.problems.append(problem("duplicate-header", self._at(number, key_at), key, column=column.name))
                continue
            found[column.name] = (number, row[key_at + 1] if len(row) > key_at + 1 else None)
        self._missing_columns(set(self.sheet.by_name) - set(found), self._at(3, 0), unknown)
        return self._pair_values(found, key_at + 1)

    def _pair_values(self, found: dict[str, tuple[int, RawValue]], value_at: int) -> tuple[dict[str, Any], dict[str, At]]:
        values: dict[str, Any] = {}
        places: dict[str, At] = {}
        year_column = self.sheet.role("start_year")
        for column in sorted((self.sheet.by_name[name] for name in found), key=lambda item: item.name != year_column):
            number, raw = found[column.name]
            at = places[column.name] = self._at(number, value_at)
            year = values.get(year_column or "")
            parsed = self._parse(column, raw, self._allowed(column, year))
            if column.type != "stage":
                self._add(column, parsed, raw, at, AS_EMPTY)
            elif parsed.code == "unknown-choice":
                known = "、".join(self._allowed(column, year))
                near = (parsed.args or {}).get("nearest", "")
                self.problems.append(problem("unknown-stage", at, shown(raw), name=as_text(raw)[:40], known=known, nearest=near))
            else:
                self._add(column, parsed, raw, at, "")
            values[column.name] = parsed.value
            if parsed == NOTHING:
                self._empty_pair(column, at)
        return values, places

    def _empty_pair(self, column: Column, at: At) -> None:
        if column.name == self.sheet.role("stage"):
            known = "、".join(self._allowed(column))
            self.problems.append(problem("no-stage", at, column=column.name, known=known))
        elif column.name == self.sheet.role("report_date"):
            self.problems.append(problem("no-report-date", at, column=column.name))
        elif column.required:
            self.problems.append(problem("required-empty", at, column=column.name, effect=""))
        elif column.type == "flag":
            self.problems.append(problem("not-filled", at, column=column.name))

    # Tables

    def table(self) -> Table:
        """The typed table of a sheet with a header row."""
        header_row, columns = self.header()
        if not columns:
            expected = "、".join(column.name for column in self.sheet.columns[:4])
            self.problems.append(problem("no-header", At(self.raw.name), sheet=self.sheet.name, expected=expected))
            self.missing |= set(self.sheet.by_name)
            return _empty(self.sheet)
        lacking = set(self.sheet.by_name) - set(columns)
        if any(self.sheet.by_name[name].required for name in lacking):
            self.missing |= set(self.sheet.by_name)
            nothing: dict[str, list[Any]] = {name: [] for name in self.sheet.by_name}
            return Table(self.sheet, [], nothing, columns, frozenset(lacking), usable=False, title=self.raw.name)
        numbers, raws = self.body(header_row, columns)
        values, left_out = self._values(numbers, raws, columns)
        left_out |= self._disorder(numbers, values, left_out, columns)
        if self.sheet.form == "years":
            left_out |= self._year_rows(numbers, values, left_out, columns)
        kept = [index for index in range(len(numbers)) if index not in left_out]
        empty = [None] * len(kept)
        typed = {name: [values[name][index] for index in kept] if name in values else empty for name in self.sheet.by_name}
        return Table(self.sheet, [numbers[index] for index in kept], typed, columns, frozenset(lacking), title=self.raw.name)

    def header(self) -> tuple[int, dict[str, int]]:
        """The last 0-based row of the header and the 0-based column of each known header; unknown ones become problems."""
        best, best_hits = 0, 0
        for index, row in enumerate(self.raw.rows[:HEADER_WITHIN]):
            hits = self._hits(row)
            if hits > best_hits:
                best, best_hits = index, hits
        cells: list[RawValue] = list(self.raw.rows[best]) if best_hits else []
        if best_hits < len(self.sheet.columns):
            best, best_hits, cells = self._two_rows(best, best_hits, cells)
        if best_hits < min(2, len(self.sheet.columns)):
            return 0, {}
        columns: dict[str, int] = {}
        unknown: dict[int, str] = {}
        for at, cell in enumerate(cells):
            if is_blank(cell):
                continue
            column = self.headers.get(header_key(as_text(cell)))
            if column is None:
                unknown[at] = as_text(cell)[:40]
            elif column.name in columns:
                self.problems.append(problem("duplicate-header", self._at(best + 1, at), shown(cell), column=column.name))
            else:
                columns[column.name] = at
        self._renamed(best, columns, unknown)
        lacking = [column.name for column in self.sheet.columns if column.name not in columns]
        for at, text in unknown.items():
            hint = nearest_hint(nearest(text, lacking))
            self.problems.append(problem("unknown-column", self._at(best + 1, at), text, header=text, nearest=hint))
        self._missing_columns(lacking, self._at(best + 1, 0), list(unknown.values()))
        return best, columns

    def _hits(self, cells: Sequence[RawValue]) -> int:
        return sum(isinstance(cell, str) and header_key(cell) in self.headers for cell in cells)

    def _two_rows(self, best: int, best_hits: int, found: list[RawValue]) -> tuple[int, int, list[RawValue]]:
        """A header of two rows, where reading two rows together knows more columns than any row alone.

        Its cells are those of the lower row, else of the upper one; under a merged title, the two words together.
        """
        for index, (upper, lower) in enumerate(pairwise(self.raw.rows[:HEADER_WITHIN])):
            if not all(isinstance(cell, str) or cell is None for cell in lower) or not self._hits(upper):
                continue
            cells: list[RawValue] = []
            above = ""
            for at in range(max(len(upper), len(lower))):
                over, under = ("" if len(row) <= at else as_text(row[at]) for row in (upper, lower))
                above = over or (above if self._is_merged_with_left(index, at) else "")
                cells.append(next((text for text in (under, above + under, over) if header_key(text) in self.headers), under or over))
            hits = self._hits(cells)
            if hits > best_hits:
                best, best_hits, found = index + 1, hits, cells
                self.header_rows = 2
        return best, best_hits, found

    def _is_merged_with_left(self, row: int, column: int) -> bool:
        return any(top <= row <= bottom and left < column <= right for top, left, bottom, right in self.raw.merged)

    def _renamed(self, best: int, columns: dict[str, int], unknown: dict[int, str]) -> None:
        """Take an unknown header for a missing column where no other reading is likely, and say so.

        That is: it differs by one character, or only by the name of the sheet, and every cell below it reads as that column.
        """
        lacking = [column for column in self.sheet.columns if column.name not in columns]
        for at, text in list(unknown.items()):
            fitting = [column for column in lacking if self._nearly(text, column)]
            if len(fitting) == 1 and sum(self._nearly(other, fitting[0]) for other in unknown.values()) == 1 and self._reads(fitting[0], best, at):
                columns[fitting[0].name] = at
                del unknown[at]
                self.problems.append(problem("renamed-column", self._at(best + 1, at), text, header=text, column=fitting[0].name))

    def _nearly(self, text: str, column: Column) -> bool:
        key = header_key(text)
        sheet = header_key(self.sheet.name)
        for name in map(header_key, (column.name, *column.aliases)):
            if {key, key.removeprefix(sheet), key.removesuffix("栏")} & {name, name.removeprefix(sheet)} - {""}:
                return True
            if len(name) >= 4 and one_apart(key, name):
                return True
        return False

    def _reads(self, column: Column, best: int, at: int) -> bool:
        """Whether there is anything in a column below the header, and all of it reads as that kind of value."""
        allowed = self._allowed(column)
        below = [row[at] for row in self.raw.rows[best + 1:] if len(row) > at and not is_blank(row[at]) and not _beside_the_records(row)]
        found = [self._parse(column, cell, allowed) for cell in below]
        return bool(found) and not any(parsed.code and parsed.value is None for parsed in found)

    def _missing_columns(self, names: Iterable[str], at: At, unknown: list[str]) -> None:
        lacking = set(names)
        for column in self.sheet.columns:
            if column.name not in lacking:
                continue
            near = nearest(column.name, unknown)
            hint = f"“{near}”是不是这一栏？" if near else ""
            needed = column.required or (self.sheet.name, column.name) in self.used
            code = "missing-column" if needed else "missing-optional-column"
            args = {"sheet": self.sheet.name, "column": column.name, "nearest": hint}
            self.problems.append(problem(code, at, **args))
            self.missing.add(column.name)

    def body(self, header_row: int, columns: Mapping[str, int]) -> tuple[list[int], list[tuple[RawValue, ...]]]:
        """The Excel row numbers and, per known column, the raw values of the rows that are not empty."""
        wanted = list(columns.values())
        width = max(wanted) + 1
        numbers, picked = [], []
        self.kinds = {at: self.sheet.by_name[name].type for name, at in columns.items()}
        spread = self._spread(header_row + 1, set(wanted)) if self.raw.merged else {}
        hidden = []
        for number, row in enumerate(self.raw.rows[header_row + 1:], header_row + 2):
            if len(row) < width:
                row = [*row, *[""] * (width - len(row))]
            cells = [row[at] for at in wanted]
            if any(cell not in ("", None) and not is_blank(cell) for cell in cells):
                beside = _beside_the_records(row, self.sheet.form == "years") or self._wide_note(number - 1, row, wanted)
                if beside:
                    code, text = beside
                    self.problems.append(problem(code, self._at(number, 0), text[:MAX_SHOWN], text=text[:20]))
                    continue
            elif not any((number - 1, at) in spread for at in wanted):
                continue
            if spread:
                cells = [spread.get((number - 1, at), cell) for at, cell in zip(wanted, cells, strict=True)]
            numbers.append(number)
            picked.append(cells)
            if number in self.raw.hidden:
                hidden.append(number)
        if hidden:
            self.problems.append(problem("hidden-rows", self._at(hidden[0], 0), rows=row_ranges(hidden), count=len(hidden)))
        return numbers, list(zip(*picked, strict=True)) or [()] * len(wanted)

    def _wide_note(self, row_number: int, row: Sequence[RawValue], wanted: Sequence[int]) -> tuple[str, str] | None:
        """A row of one text merged across most of the table: a heading or a note, however it begins."""
        if row_number not in self.wide_rows:
            return None
        filled = [at for at, cell in enumerate(row) if not is_blank(cell)]
        wide = any(top == row_number == bottom and left == filled[0] and 2 * sum(left <= at <= right for at in wanted) > len(wanted)
                   for top, left, bottom, right in self.raw.merged)
        return ("note-row", as_text(row[filled[0]])) if wide and len(filled) == 1 and len(wanted) > 2 else None

    def _spread(self, first: int, wanted: set[int]) -> dict[tuple[int, int], RawValue]:
        """The value of every merged cell of the records for each cell it covers, which Excel leaves empty; each is said."""
        found: dict[tuple[int, int], RawValue] = {}
        last = len(self.raw.rows)
        for top, left, bottom, right in self.raw.merged:
            columns = [at for at in range(left, min(right, max(wanted)) + 1) if at in wanted]
            row = self.raw.rows[top] if first <= top < last else ()
            value = row[left] if len(row) > left else ""
            if not columns or is_blank(value) or _beside_the_records(row) or self._wide_note(top, row, sorted(wanted)):
                continue
            # A sum of money over several rows is one sum: counted for each row it would be several.
            spread = [at for at in columns if self.kinds.get(at) not in ("count", "amount")]
            covered = [(row_number, at) for row_number in range(top, min(bottom, top + MAX_MERGED_ROWS) + 1) for at in spread]
            if (bottom - top + 1) * len(columns) > 1:
                found |= dict.fromkeys(covered, value)
                area = f"{At(row=top + 1, column=left).cell}:{At(row=bottom + 1, column=right).cell}"
                self.problems.append(problem("merged-cells" if spread else "merged-number", self._at(top + 1, left), shown(value), area=area))
        return found

    def _values(
        self, numbers: list[int], raws: list[tuple[RawValue, ...]], columns: Mapping[str, int]
    ) -> tuple[dict[str, list[Any]], set[int]]:
        """The typed columns, and the rows that an error in a required or ordering cell leaves out."""
        values: dict[str, list[Any]] = {}
        left_out: set[int] = set()
        order = (self.sheet.role("start"), self.sheet.role("end"))
        for (name, at), cells in zip(columns.items(), raws, strict=True):
            column = self.sheet.by_name[name]
            allowed = self._allowed(column)
            memo: dict[Any, Parsed] = {}
            column_values = values[name] = []
            weighty = column.required or name in order
            effect = LEFT_OUT if weighty else AS_EMPTY
            for index, raw in enumerate(cells):
                key = raw if raw.__class__ is str else (raw.__class__, raw)
                parsed = memo.get(key)
                if parsed is None:
                    parsed = memo[key] = self._parse(column, raw, allowed)
                column_values.append(parsed.value)
                if parsed.code is not None:
                    place = self._at(numbers[index], at)
                    self._add(column, parsed, raw, place, effect)
                    if parsed.value is None and weighty:
                        left_out.add(index)
                elif parsed.value is None and column.required:
                    self.problems.append(problem(
                        "required-empty", self._at(numbers[index], at), shown(raw), column=name, effect=effect))
                    left_out.add(index)
        return values, left_out

    def _disorder(
        self, numbers: list[int], values: dict[str, list[Any]], left_out: set[int], columns: Mapping[str, int]
    ) -> set[int]:
        start, end = self.sheet.role("start"), self.sheet.role("end")
        if not start or not end or end not in values:
            return set()
        wrong = set()
        for index, (first, last) in enumerate(zip(values[start], values[end], strict=True)):
            if first and last and last < first and index not in left_out:
                wrong.add(index)
                at = self._at(numbers[index], columns[end])
                self.problems.append(problem("dates-out-of-order", at, last.isoformat(), start=start, end=end))
        return wrong

    def _year_rows(
        self, numbers: list[int], values: dict[str, list[Any]], left_out: set[int], columns: Mapping[str, int]
    ) -> set[int]:
        """The second row of a year is left out; empty flags and needed numbers are named."""
        role = self.sheet.role("year") or ""
        seen: set[int] = set()
        again: set[int] = set()
        for index, year in enumerate(values[role]):
            if index in left_out:
                continue
            if year in seen:
                again.add(index)
                self.problems.append(problem("duplicate-year", self._at(numbers[index], columns[role]), year, year=year))
                continue
            seen.add(year)
            faulty = {item.at for item in self.problems}
            for name, at in columns.items():
                column = self.sheet.by_name[name]
                asked = column.type == "flag" or (self.sheet.name, name) in self.used
                place = self._at(numbers[index], at)
                if values[name][index] is None and asked and not column.required and place not in faulty:
                    self.problems.append(problem("not-filled", place, column=name))
        return again


def with_options(
    submission: Submission, stage: str | None = None, report_date: date | None = None
) -> Submission:
    """The submission with its 报告阶段 and 填报日期 replaced, and the problems of those two cells gone."""
    profile = dict(submission.profile)
    gone: set[At] = set()
    codes = set()
    for role, value, code in (("stage", stage, "no-stage"), ("report_date", report_date, "no-report-date")):
        if value is not None:
            profile[submission.scheme.by_use["profile"].role(role) or ""] = value
            gone.add(submission.role_at(role))
            codes.add(code)
    kept = tuple(item for item in submission.problems
                 if item.code not in codes and (item.at.cell is None or item.at not in gone))
    return replace(submission, profile=profile, problems=kept)
