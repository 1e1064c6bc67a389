"""The records of a sheet before they are typed: which rows are records, and what merged cells stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.tables.columns import FoundColumns
from wuhao_report.tables.headers import header_key
from wuhao_report.tables.rows import MAX_SHOWN, NONE, begins_a_record, beside_the_records, first_filled, row_ranges, shown
from wuhao_report.tables.sheets import Sheet
from wuhao_report.workbook.raw import CellPhoto, RawValue, as_text, is_blank
from wuhao_report.workbook.reader import RawSheet

MAX_MERGED_ROWS = 10_000
PREFILLED = frozenset(("否", "0", "×", "无", "0.0"))
"""What tables are filled with in advance."""
Spread = dict[tuple[int, int], RawValue]
"""The value of a merged cell for each 0-based row and column it covers."""


@dataclass(frozen=True)
class Records:
    """The rows of a sheet that are records: their Excel numbers, and for each known column its raw values, in the order of `FoundColumns.positions`.

    `says_none`: the only row is the word 无, which says that there is no record.
    """

    numbers: list[int]
    columns: list[tuple[RawValue, ...]]
    says_none: bool = False


NO_RECORDS = Records([], [])


def records_of(sheet: Sheet, raw: RawSheet, header: FoundColumns) -> tuple[Records, list[Problem]]:
    """Return the records below a header, and what must be said of rows that are none, hidden or merged."""
    wanted = list(header.positions.values())
    width = max(wanted) + 1
    spread, problems = _spread(sheet, raw, header) if raw.merged else ({}, [])
    rows = _Rows(sheet, raw, header, wanted)
    numbers, picked = [], []
    for number, row in enumerate(raw.rows[header.header_row + 1 :], header.header_row + 2):
        if len(row) < width:
            row = [*row, *[""] * (width - len(row))]
        cells = [row[at] for at in wanted]
        if (first := first_filled(cells)) is not None:
            if not rows.is_plain(number, row, cells, first) and rows.is_none(number, row, cells):
                continue
        elif not any((number - 1, at) in spread for at in wanted):
            continue
        if spread:
            cells = [spread.get((number - 1, at), cell) for at, cell in zip(wanted, cells, strict=True)]
        numbers.append(number)
        picked.append(cells)
    problems += rows.problems(numbers)
    columns = list(zip(*picked, strict=True)) or [()] * len(wanted)
    return Records(numbers, columns, bool(rows.says_none) and not numbers), problems


class _Rows:
    """Which rows of a sheet are no records, and what must be said of them."""

    def __init__(self, sheet: Sheet, raw: RawSheet, header: FoundColumns, wanted: Sequence[int]) -> None:
        self.sheet, self.raw, self.wanted = sheet, raw, wanted
        self.keys = list(map(header_key, header.positions))
        self.required = [at for at, name in enumerate(header.positions) if sheet.by_name[name].required]
        self.wide = {top for top, left, bottom, right in raw.merged if top == bottom and right > left}
        self.beside: list[Problem] = []
        self.says_none: list[int] = []
        self.prefilled: list[int] = []

    def is_plain(self, number: int, row: Sequence[RawValue], cells: Sequence[RawValue], first: RawValue) -> bool:
        """Return whether a row is a record at first sight, as nearly all are; `first` is the first of its cells that is filled."""
        if header_key(first) in self.keys if isinstance(first, str) else isinstance(first, CellPhoto):
            return False
        return number - 1 not in self.wide and not self._lacks_all_required(cells) and begins_a_record(row)

    def is_none(self, number: int, row: Sequence[RawValue], cells: Sequence[RawValue]) -> bool:
        """Return whether a row is no record, and keep what there is to say of it."""
        if self._lacks_all_required(cells) and self._is_prefilled(cells):
            self.prefilled.append(number)
            return True
        if first_filled(row) == NONE and {as_text(cell) for cell in row if not is_blank(cell)} == {NONE}:
            self.says_none.append(number)
            return True
        beside = beside_the_records(row, self.sheet.form == "years") or (
            _wide_note(self.raw, number - 1, row, self.wanted) if number - 1 in self.wide else None
        )
        if beside is None and self._is_header(cells):
            beside = "note-row", as_text(first_filled(cells))
        if beside:
            code, text = beside
            self.beside.append(problem(code, At(self.raw.name, number, 0), text[:MAX_SHOWN], text=text[:20]))
        return beside is not None

    def _lacks_all_required(self, cells: Sequence[RawValue]) -> bool:
        # Of most rows the first alone says that it is a record.
        return bool(self.required) and is_blank(cells[self.required[0]]) and all(is_blank(cells[at]) for at in self.required)

    def _is_prefilled(self, cells: Sequence[RawValue]) -> bool:
        return all(
            (is_blank(cell) and not isinstance(cell, CellPhoto)) or cell is False or as_text(cell) in PREFILLED for cell in cells
        )

    def _is_header(self, cells: Sequence[RawValue]) -> bool:
        """Whether the header stands here once more, as it does at the top of every page of some tables."""
        filled = 0
        for key, cell in zip(self.keys, cells, strict=True):
            if is_blank(cell):
                continue
            if not isinstance(cell, str) or header_key(cell) != key:
                return False
            filled += 1
        return filled > 1

    def problems(self, numbers: Sequence[int]) -> list[Problem]:
        """Return what must be said; `numbers` are the rows that are records."""
        name, said = self.raw.name, list(self.beside)
        if numbers:
            said += [problem("note-row", At(name, row, 0), NONE, text=NONE) for row in self.says_none]
        if self.prefilled:
            first, rows = At(name, self.prefilled[0], 0), row_ranges(self.prefilled)
            said.append(problem("prefilled-rows", first, rows=rows, count=len(self.prefilled)))
        hidden = [row for row in numbers if row in self.raw.hidden]
        if hidden:
            said.append(problem("hidden-rows", At(name, hidden[0], 0), rows=row_ranges(hidden), count=len(hidden)))
        return said


def _wide_note(raw: RawSheet, row_number: int, row: Sequence[RawValue], wanted: Sequence[int]) -> tuple[str, str] | None:
    """A row of one text merged across most of the table: a heading or a note, however it begins."""
    filled = [at for at, cell in enumerate(row) if not is_blank(cell)]
    wide = any(
        top == row_number == bottom and left == filled[0] and 2 * sum(left <= at <= right for at in wanted) > len(wanted)
        for top, left, bottom, right in raw.merged
    )
    return ("note-row", as_text(row[filled[0]])) if wide and len(filled) == 1 and len(wanted) > 2 else None


def _spread(sheet: Sheet, raw: RawSheet, header: FoundColumns) -> tuple[Spread, list[Problem]]:
    """The value of every merged cell of the records for each cell it covers, which Excel leaves empty; each is said."""
    types = {at: sheet.by_name[name].type for name, at in header.positions.items()}
    first, last = header.header_row + 1, len(raw.rows)
    spread: Spread = {}
    problems = []
    for top, left, bottom, right in raw.merged:
        columns = [at for at in range(left, min(right, max(types)) + 1) if at in types]
        row = raw.rows[top] if first <= top < last else ()
        value = row[left] if len(row) > left else ""
        if not columns or (bottom - top + 1) * len(columns) < 2 or is_blank(value) or _is_no_record(raw, top, row, types):
            continue
        # A sum of money over several rows is one sum: counted for each row it would be several.
        copied = [at for at in columns if types[at] not in ("count", "amount")]
        spread |= dict.fromkeys(
            [(number, at) for number in range(top, min(bottom, top + MAX_MERGED_ROWS) + 1) for at in copied], value
        )
        area = f"{At(row=top + 1, column=left).cell}:{At(row=bottom + 1, column=right).cell}"
        problems.append(
            problem("merged-cells" if copied else "merged-number", At(raw.name, top + 1, left), shown(value), area=area)
        )
    return spread, problems


def _is_no_record(raw: RawSheet, row_number: int, row: Sequence[RawValue], types: Mapping[int, str]) -> bool:
    if beside_the_records(row):
        return True
    wide = any(top == row_number == bottom and right > left for top, left, bottom, right in raw.merged)
    return wide and _wide_note(raw, row_number, row, sorted(types)) is not None
