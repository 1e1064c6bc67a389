"""The records of a sheet before they are typed: which rows are records, and what merged cells stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.tables.columns import FoundColumns
from wuhao_report.tables.rows import MAX_SHOWN, beside_the_records, first_filled, row_ranges, shown
from wuhao_report.tables.sheets import Sheet
from wuhao_report.workbook.raw import RawValue, as_text, is_blank
from wuhao_report.workbook.reader import RawSheet

MAX_MERGED_ROWS = 10_000
NONE = "无"
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
    wide_rows = {top for top, left, bottom, right in raw.merged if top == bottom and right > left}
    numbers, picked, hidden = [], [], []
    for number, row in enumerate(raw.rows[header.header_row + 1 :], header.header_row + 2):
        if len(row) < width:
            row = [*row, *[""] * (width - len(row))]
        cells = [row[at] for at in wanted]
        if first_filled(cells) is not None:
            beside = beside_the_records(row, sheet.form == "years") or (
                _wide_note(raw, number - 1, row, wanted) if number - 1 in wide_rows else None
            )
            if beside:
                code, text = beside
                problems.append(problem(code, At(raw.name, number, 0), text[:MAX_SHOWN], text=text[:20]))
                continue
        elif not any((number - 1, at) in spread for at in wanted):
            continue
        if spread:
            cells = [spread.get((number - 1, at), cell) for at, cell in zip(wanted, cells, strict=True)]
        numbers.append(number)
        picked.append(cells)
        if number in raw.hidden:
            hidden.append(number)
    if hidden:
        problems.append(problem("hidden-rows", At(raw.name, hidden[0], 0), rows=row_ranges(hidden), count=len(hidden)))
    if len(picked) == 1 and {as_text(cell) for cell in picked[0] if not is_blank(cell)} == {NONE}:
        return Records([], [()] * len(wanted), says_none=True), problems
    return Records(numbers, list(zip(*picked, strict=True)) or [()] * len(wanted)), problems


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
