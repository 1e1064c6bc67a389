"""An older or rearranged workbook carried into a fresh one: every cell is moved, or moved by a guess, or left and listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from wuhao_report.core.problems import At
from wuhao_report.evaluation.submission import RawTable, find_sheets, raw_table, read_submission
from wuhao_report.files.workbook_style import FIRST_ROW, HEADER_ROW
from wuhao_report.report.checklist import PROBLEM_COLUMNS
from wuhao_report.scheme.model import Scheme
from wuhao_report.tables.columns import in_days_of_1900, names_of
from wuhao_report.tables.headers import header_key
from wuhao_report.tables.reader import key_column
from wuhao_report.tables.sheets import Sheet
from wuhao_report.tools.blank_workbook import EXAMPLE_HEADER, FED, GUIDE, PAIR_HEADERS, guide_texts, how_to_fill, new_workbook
from wuhao_report.tools.marked_copy.lists import GAP_COLUMNS, GAPS, LIST
from wuhao_report.workbook.raw import CellFault, RawValue, as_text, is_blank
from wuhao_report.workbook.reader import STAMP_SHEET, RawBook, RawSheet

How = Literal["moved", "guessed", "left"]
HOW_WORDS: Mapping[How, str] = {"left": "没有搬入", "guessed": "推测搬入", "moved": "已搬入"}
LISTING = "搬迁清单"
LISTING_COLUMNS = (("序号", 8), ("结果", 12), ("原位置", 24), ("原来的内容", 44), ("新位置", 24), ("说明", 50))
OUR_HEADERS = {
    title: tuple(name for name, _ in columns)
    for title, columns in ((LIST, PROBLEM_COLUMNS), (GAPS, GAP_COLUMNS), (LISTING, LISTING_COLUMNS))
}
"""Lists of our own making, which hold nothing of hers, by their titles."""
LONGEST = 32_767


@dataclass(frozen=True)
class Move:
    """One cell of the old workbook: where it stood, what stood there, where it stands now, and why."""

    how: How
    source: At
    value: RawValue
    target: At | None = None
    why: str = ""


@dataclass(frozen=True)
class Upgrade:
    """What became of every cell, what was left first; and the new workbook's bytes."""

    moves: tuple[Move, ...]
    data: bytes

    def count(self, how: How) -> int:
        """Return how many cells came over in that way, or not at all."""
        return sum(move.how == how for move in self.moves)


def upgrade(book: RawBook, scheme: Scheme) -> Upgrade:
    """The cells of a workbook in a fresh one of the scheme (moved to the start year that the old one states)."""
    submission = read_submission(book, scheme)
    scheme = submission.scheme
    sheets, _, others = find_sheets(book, scheme)
    names = {id(raw): name for name, raw in sheets.items()}
    moves: list[Move] = []
    for raw in book.sheets:
        name = names.get(id(raw))
        if name is None:
            moves += _left(raw, scheme, "新工作簿里没有这张表" if raw.name in others else "另一张工作表才是这张表")
            continue
        moves += (
            _pairs(raw, scheme.by_sheet[name])
            if scheme.by_sheet[name].form == "pairs"
            else _rows(raw, scheme.by_sheet[name], scheme, book.date1904)
        )
    moves += [Move("left", At(raw.name), f"（{raw.far}）", why="在很远的地方，没有读取") for raw in book.sheets if raw.far]
    moves += [
        Move("left", At(raw.name, row, column), "（照片）", why="照片没有搬，请从旧工作簿复制")
        for raw in book.sheets
        for row, column, _ in raw.photos
    ]
    order = tuple(HOW_WORDS)
    ordered_moves = tuple(sorted(moves, key=lambda move: order.index(move.how)))
    filled: dict[str, dict[tuple[int, int], RawValue]] = {}
    for move in ordered_moves:
        if move.target is not None and move.target.sheet and move.target.row and move.target.column is not None:
            filled.setdefault(move.target.sheet, {})[move.target.row, move.target.column] = move.value
    unit = submission.profile_role("unit") or ""
    return Upgrade(
        ordered_moves,
        new_workbook(
            scheme,
            unit,
            None,
            filled,
            (LISTING, LISTING_COLUMNS, [(str(number), *_line(move)) for number, move in enumerate(ordered_moves, 1)]),
        ),
    )


def _line(move: Move) -> tuple[str, ...]:
    return (
        HOW_WORDS[move.how],
        str(move.source),
        as_text(move.value)[: LONGEST // 2],
        str(move.target) if move.target else "",
        move.why,
    )


def _cells(raw: RawSheet) -> Iterator[tuple[int, int, RawValue]]:
    """1-based row, 0-based column and value of every cell that is not blank."""
    for number, row in enumerate(raw.rows, 1):
        for at, value in enumerate(row):
            if not is_blank(value):
                yield number, at, value


def _left(raw: RawSheet, scheme: Scheme, why: str) -> Iterator[Move]:
    """Every cell of a sheet that is not carried over; of one that we have made, only what somebody has added."""
    ours = guide_texts(scheme) if raw.name == GUIDE else frozenset()
    if not _is_ours(raw):
        yield from (
            Move("left", At(raw.name, row, at), value, why=why) for row, at, value in _cells(raw) if as_text(value) not in ours
        )


def _is_ours(raw: RawSheet) -> bool:
    """Whether a sheet has not only the name but the headers of one of our lists, or is our stamp."""
    headers = OUR_HEADERS.get(raw.name)
    return raw.name == STAMP_SHEET or (
        headers is not None
        and any(tuple(as_text(cell) for cell in row[: len(headers)]) == headers for row in raw.rows[:HEADER_ROW])
    )


def _moved(raw: RawSheet, row: int, at: int, value: RawValue, target: At, guess: str = "") -> Move:
    source = At(raw.name, row, at)
    if isinstance(value, str) and len(value) > LONGEST:
        return Move("left", source, value, why="内容太长，一格放不下")
    if isinstance(value, CellFault):
        calculated = value.code == "cell-error"
        return Move(
            "left",
            source,
            value,
            why="是 Excel 的错误值，请直接填写" if calculated else "公式没有计算结果：先用 Excel 打开旧工作簿保存一次，再搬",
        )
    return Move("guessed" if guess else "moved", source, value, target, guess)


def _rows(raw: RawSheet, sheet: Sheet, scheme: Scheme, date1904: bool) -> Iterator[Move]:
    """The records, one under the other from the first row on; what stands around the table is left."""
    table = raw_table(raw, sheet, scheme)
    order = {column.name: at for at, column in enumerate(sheet.columns)}
    done: set[tuple[int, int]] = set()
    for index, number in enumerate(table.numbers):
        for (name, at), values in zip(table.columns.items(), table.raws, strict=True):
            value = values[index]
            if is_blank(value):
                continue
            if date1904 and sheet.by_name[name].type == "date":
                value = in_days_of_1900(value)
            done.add((number, at))
            target = At(sheet.name, FIRST_ROW + index, order[name])
            yield _moved(raw, number, at, value, target, _guess(raw, table, number, at))
    for row, at, value in _cells(raw):
        if (row, at) not in done and not _is_layout(table, sheet, row, at, value):
            yield Move("left", At(raw.name, row, at), value, why=_why_left(table, row, at))


def _guess(raw: RawSheet, table: RawTable, row: int, at: int) -> str:
    """Why a cell of a table is moved by a guess; nothing where it is none."""
    if at in table.renamed:
        return f"原来的表头是“{table.renamed[at]}”"
    merged = row - 1 >= len(raw.rows) or at >= len(raw.rows[row - 1]) or is_blank(raw.rows[row - 1][at])
    return "原来是合并单元格" if merged else ""


def _why_left(table: RawTable, row: int, at: int) -> str:
    """Why a cell in or around a table is left."""
    if at in table.unknown and row > table.header_row + 1:
        return "新工作簿没有这一栏"
    return "表格以外的内容" if row <= table.header_row or at not in table.columns.values() else "合计或说明，不是记录"


def _is_layout(table: RawTable, sheet: Sheet, row: int, at: int, value: RawValue) -> bool:
    """The title, the hint and the headers that the new workbook has as well."""
    if table.header_row + 1 - table.header_rows < row <= table.header_row + 1:
        return at in table.columns.values()
    return row <= table.header_row and _is_framing(sheet, as_text(value))


def _is_framing(sheet: Sheet, text: str) -> bool:
    """Whether a text is the title of a sheet, with or without the indicators it is for, or its hint."""
    return text in (sheet.name, sheet.hint) or text.startswith(f"{sheet.name}{FED}")


def _pairs(raw: RawSheet, sheet: Sheet) -> Iterator[Move]:
    """The values beside the known keys; everything that is not layout is moved or left."""
    order = {column.name: at for at, column in enumerate(sheet.columns)}
    hints = frozenset(text for column in sheet.columns for text in (column.hint or how_to_fill(column), column.example) if text)
    key_at = key_column(sheet, raw)
    keys = _keys(raw, sheet, key_at)
    for row, at, value in _cells(raw):
        key = keys.get(row)
        if at == key_at + 1 and key is not None:
            yield _moved(raw, row, at, value, At(sheet.name, FIRST_ROW + order[key], 1))
        elif not _is_layout_of_pairs(sheet, hints, row, at - key_at, key is not None, as_text(value)):
            yield Move("left", At(raw.name, row, at), value, why="新工作簿没有这一项")


def _keys(raw: RawSheet, sheet: Sheet, key_at: int) -> dict[int, str]:
    """The known keys in a column by row, each once."""
    names = names_of(sheet)
    keys: dict[int, str] = {}
    for row, at, value in _cells(raw):
        key = names.get(header_key(value)) if at == key_at and isinstance(value, str) else None
        if key is not None and key not in keys.values():
            keys[row] = key
    return keys


def _is_layout_of_pairs(sheet: Sheet, hints: frozenset[str], row: int, offset: int, has_key: bool, text: str) -> bool:
    """Keys, the title, the hints and the headers, which the new workbook has as well; `offset` counts from the column of the keys."""
    ours = _is_framing(sheet, text) or text in (*PAIR_HEADERS, EXAMPLE_HEADER)
    if offset == 0 and (has_key or ours):
        return True
    return (row <= HEADER_ROW and ours) or (offset in (2, 3) and has_key and text in hints)
