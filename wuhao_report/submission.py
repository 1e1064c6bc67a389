"""Plain cells + scheme → one committee's typed tables (pandas), every value with its sheet and address."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from wuhao_report.cells import NOTHING, SERIALS, Parsed, RawValue, as_text, fold, is_blank, nearest, parse
from wuhao_report.problems import At, Problem, nearest_hint, problem
from wuhao_report.scheme import Column, Scheme, Sheet, moved_to
from wuhao_report.usage import used_columns
from wuhao_report.workbook_in import RawBook, RawSheet

if TYPE_CHECKING:
    import pandas as pd

HEADER_WITHIN = 20
LEFT_OUT = "，这一行未计入"
AS_EMPTY = "，这一格按没有填写处理"
DAYS_1904 = 1462
"""From the first day of the 1900 date system to that of 1904."""
MAX_SHOWN = 200
SUMS = frozenset({"合计", "小计", "总计", "共计", "累计", "合计数", "总数"})
NOTES = ("注:", "注：", "备注:", "备注：", "说明:", "说明：", "注1", "填表人", "制表人", "审核人", "填报单位")
"""How a line begins that people write below a table."""


@dataclass(frozen=True, eq=False)
class Table:
    """One sheet, typed: `rows` are the Excel numbers of the rows that count, `columns` their values.

    The columns are all those of the scheme, holding str, int, Decimal, date, bool, tuple or None. `positions` tells
    the 0-based Excel column of each; `missing` are the columns the sheet does not have. `usable` is False where the
    sheet itself, its header or a required column is missing: it then has no rows.
    """

    sheet: Sheet
    rows: list[int]
    columns: Mapping[str, list[Any]]
    positions: Mapping[str, int]
    missing: frozenset[str] = frozenset()
    usable: bool = True

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The table in pandas: columns of dtype object, indexed by the Excel row number; made when first asked for."""
        import pandas as pd

        index = pd.Index(self.rows, dtype="int64")
        return pd.DataFrame({name: pd.Series(values, index=index, dtype=object) for name, values in self.columns.items()},
                            index=index, columns=pd.Index(self.sheet.by_name, dtype=object))

    def at(self, index: int, column: str) -> At:
        """The place of a value: `index` counts the rows of the frame from 0."""
        return At(self.sheet.name, self.rows[index], self.positions.get(column))


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
    """A header as it is compared: folded, without blanks, line breaks, * and a unit in brackets."""
    text = re.sub(r"[*＊\s]", "", fold(text))
    return re.sub(r"[(\[（【][^)\]）】]*[)\]）】]$", "", text) or text


def read_submission(book: RawBook, scheme: Scheme) -> Submission:
    """Type every cell the scheme knows; what is wrong becomes a problem, nothing is raised.

    The scheme of the result is moved to the workbook's start year.
    """
    problems: list[Problem] = []
    raw, duplicates = _sheets(book, scheme)
    problems += duplicates
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
                problems.append(problem(code, At(sheet.name), sheet=sheet.name))
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


def _sheets(book: RawBook, scheme: Scheme) -> tuple[dict[str, RawSheet], list[Problem]]:
    known = {header_key(sheet.name): sheet.name for sheet in scheme.sheets}
    found: dict[str, RawSheet] = {}
    problems = []
    for sheet in book.sheets:
        name = known.get(header_key(sheet.name))
        if name is None:
            continue
        if name in found:
            problems.append(problem("duplicate-sheet", At(sheet.name), sheet=name))
        else:
            found[name] = sheet
    return found, problems


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


def _beside_the_records(row: Sequence[RawValue]) -> tuple[str, str] | None:
    """What a row is that is no record: a sum of those above it, or a note; its problem's code and its first text."""
    filled = [cell for cell in row if not is_blank(cell)]
    first = filled[0]
    if not isinstance(first, str):
        return None
    text = re.sub(r"\s", "", fold(first))
    if text.rstrip(":：") in SUMS:
        return "subtotal-row", text
    if len(filled) == 1 and text.startswith(NOTES):
        return "note-row", text
    return None


class _SheetReader:
    """Reads one sheet once, collecting its problems and the columns it lacks."""

    def __init__(self, sheet: Sheet, raw: RawSheet, scheme: Scheme, used: frozenset[tuple[str, str]], date1904: bool) -> None:
        self.later = DAYS_1904 if date1904 else 0
        self.sheet, self.raw, self.scheme, self.used = sheet, raw, scheme, used
        self.problems: list[Problem] = []
        self.missing: set[str] = set()
        self.headers = {header_key(name): column for column in sheet.columns for name in (column.name, *column.aliases)}

    def _at(self, row: int, column: int) -> At:
        return At(self.sheet.name, row, column)

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
        if self.later and column.type == "date" and isinstance(raw, int | float) and SERIALS[0] <= raw + self.later <= SERIALS[1]:
            raw = raw + self.later
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
        for number, row in enumerate(rows, 1):
            key = row[key_at] if len(row) > key_at else None
            column = self.headers.get(header_key(key)) if isinstance(key, str) else None
            if column is None:
                continue
            if column.name in found:
                self.problems.append(problem("duplicate-header", self._at(number, key_at), key, column=column.name))
                continue
            found[column.name] = (number, row[key_at + 1] if len(row) > key_at + 1 else None)
        self._missing_columns(set(self.sheet.by_name) - set(found), At(self.sheet.name, 3, 0), [])
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
        header_row, columns = self._header()
        if not columns:
            expected = "、".join(column.name for column in self.sheet.columns[:4])
            self.problems.append(problem("no-header", At(self.sheet.name), sheet=self.sheet.name, expected=expected))
            self.missing |= set(self.sheet.by_name)
            return _empty(self.sheet)
        lacking = set(self.sheet.by_name) - set(columns)
        if any(self.sheet.by_name[name].required for name in lacking):
            self.missing |= set(self.sheet.by_name)
            return Table(self.sheet, [], {name: [] for name in self.sheet.by_name}, columns, frozenset(lacking), usable=False)
        numbers, raws = self._body(header_row, columns)
        values, left_out = self._values(numbers, raws, columns)
        left_out |= self._disorder(numbers, values, left_out, columns)
        if self.sheet.form == "years":
            left_out |= self._year_rows(numbers, values, left_out, columns)
        kept = [index for index in range(len(numbers)) if index not in left_out]
        nothing = [None] * len(kept)
        typed = {name: [values[name][index] for index in kept] if name in values else nothing for name in self.sheet.by_name}
        return Table(self.sheet, [numbers[index] for index in kept], typed, columns, frozenset(lacking))

    def _header(self) -> tuple[int, dict[str, int]]:
        """The 0-based header row and the 0-based column of each known header; unknown ones become problems."""
        best, best_hits = 0, 0
        for index, row in enumerate(self.raw.rows[:HEADER_WITHIN]):
            hits = sum(isinstance(cell, str) and header_key(cell) in self.headers for cell in row)
            if hits > best_hits:
                best, best_hits = index, hits
        if best_hits < min(2, len(self.sheet.columns)):
            return 0, {}
        columns: dict[str, int] = {}
        unknown: list[tuple[int, str]] = []
        for at, cell in enumerate(self.raw.rows[best]):
            if is_blank(cell):
                continue
            column = self.headers.get(header_key(as_text(cell)))
            if column is None:
                unknown.append((at, as_text(cell)[:40]))
            elif column.name in columns:
                self.problems.append(problem("duplicate-header", self._at(best + 1, at), shown(cell), column=column.name))
            else:
                columns[column.name] = at
        lacking = [column.name for column in self.sheet.columns if column.name not in columns]
        for at, text in unknown:
            hint = nearest_hint(nearest(text, lacking))
            self.problems.append(problem("unknown-column", self._at(best + 1, at), text, header=text, nearest=hint))
        self._missing_columns(lacking, self._at(best + 1, 0), [text for _, text in unknown])
        return best, columns

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

    def _body(self, header_row: int, columns: Mapping[str, int]) -> tuple[list[int], list[tuple[RawValue, ...]]]:
        """The Excel row numbers and, per known column, the raw values of the rows that are not empty."""
        wanted = list(columns.values())
        width = max(wanted) + 1
        numbers, picked = [], []
        for number, row in enumerate(self.raw.rows[header_row + 1:], header_row + 2):
            if len(row) < width:
                row = [*row, *[""] * (width - len(row))]
            cells = [row[at] for at in wanted]
            if any(cell not in ("", None) and not is_blank(cell) for cell in cells):
                beside = _beside_the_records(row)
                if beside:
                    code, text = beside
                    self.problems.append(problem(code, self._at(number, 0), text[:MAX_SHOWN], text=text[:20]))
                    continue
                numbers.append(number)
                picked.append(cells)
        return numbers, list(zip(*picked, strict=True)) or [()] * len(wanted)

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
