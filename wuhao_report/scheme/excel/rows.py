"""Rows of the six sheets: cells by header, every key with its place, and what goes for all kinds of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wuhao_report.core.errors import ANYWHERE, Place, SchemeFault
from wuhao_report.core.problems import At
from wuhao_report.core.strict import Located
from wuhao_report.core.text import did_you_mean
from wuhao_report.scheme.excel import layout as lay
from wuhao_report.tables.codecs import Field, read_where, words
from wuhao_report.tables.headers import Placed, find_header, place_headers, starred_key
from wuhao_report.workbook.raw import RawValue, is_blank
from wuhao_report.workbook.reader import RawBook, RawSheet

HEADER_WITHIN, LEAST_HEADERS = 10, 2


@dataclass(frozen=True)
class Row:
    """One row of a sheet: raw cells by header, and the place of every header, filled or not."""

    sheet: str
    number: int
    cells: Mapping[str, RawValue]
    columns: Mapping[str, int]

    def place(self, header: str = "") -> Place:
        """Return the place of a header's cell in the row, or that of the whole row."""
        if header not in self.columns:
            return Place(at=At(self.sheet, self.number))
        return Place(at=At(self.sheet, self.number, self.columns[header]), header=header)

    def has(self, header: str) -> bool:
        """Return whether the cell under a header is filled."""
        return header in self.cells


class Reader:
    """Reads the six sheets, collecting every fault instead of stopping at the first."""

    def __init__(self, book: RawBook) -> None:
        self.faults: list[SchemeFault] = []
        self.sheets: dict[str, RawSheet] = {}
        for sheet in book.sheets:
            if sheet.name.strip() in self.sheets:
                self.fault(ANYWHERE, f"有两张“{sheet.name.strip()}”表，只能留一张")
            self.sheets.setdefault(sheet.name.strip(), sheet)
        self.flags: dict[str, set[str]] = {}
        self.profile = ""

    # Cells

    def fault(self, place: Place, text: str) -> None:
        """Add a fault."""
        self.faults.append(SchemeFault(text, place))

    def value(self, row: Row, field: Field, read: Callable[[RawValue], Any] | None = None) -> Any:
        """The value of a filled cell, or None when it is empty or wrong (then it is a fault)."""
        if not row.has(field.header):
            return None
        try:
            return (read or field.codec.read)(row.cells[field.header])
        except ValueError as error:
            self.fault(row.place(field.header), str(error))
            return None

    def fill(self, table: Located, row: Row, fields: Iterable[Field]) -> None:
        """Put the filled cells of a row under their keys, and remember where each key stands."""
        for field in fields:
            if field.header not in row.columns:
                continue
            inner = inner_table(table, field.key, row.place(field.header))
            key = field.key.split(".")[-1]
            inner.places[key] = row.place(field.header)
            value = self.value(row, field)
            if value is not None:
                inner[key] = Located(value, place=row.place(field.header)) if isinstance(value, dict) else value
        for name in {field.key.split(".")[0] for field in fields if "." in field.key}:
            if not table.get(name):
                table.pop(name, None)

    # Sheets

    def rows(self, name: str, headers: list[Field]) -> list[Row]:
        """Return the rows of a sheet below its header; what is missing, unknown or without a header becomes a fault."""
        sheet = self.sheets.get(name)
        if sheet is None:
            near = did_you_mean(name, self.sheets)
            self.fault(ANYWHERE, f"缺少工作表“{name}”{near}")
            return []
        known = [field.header for field in headers]
        names = {header: header for header in known}
        header = find_header(sheet.rows, names, starred_key, HEADER_WITHIN)
        if header is None or header.known < LEAST_HEADERS:
            self.fault(ANYWHERE, f"“{name}”表找不到表头（应有：{'、'.join(known[:4])}）")
            return []
        placed = place_headers(header.cells, names, starred_key)
        self._other_headers(name, header.row + 1, placed, known)
        filled_rows = []
        for number, cells in enumerate(sheet.rows[header.row + 1 :], header.row + 2):
            filled = {
                title: cells[column]
                for title, column in placed.columns.items()
                if column < len(cells) and not is_blank(cells[column])
            }
            if filled:
                filled_rows.append(Row(name, number, filled, placed.columns))
            for column, cell in enumerate(cells):
                if not is_blank(cell) and (column >= len(header.cells) or is_blank(header.cells[column])):
                    self.fault(Place(at=At(name, number, column)), "这一列没有表头，不知道填的是什么")
        return filled_rows

    def _other_headers(self, name: str, number: int, placed: Placed, known: list[str]) -> None:
        for column, text in placed.repeated.items():
            self.fault(Place(at=At(name, number, column)), f"“{text}”一栏有两个，只能留一个")
        for column, text in placed.unknown.items():
            word = starred_key(text)
            if word:
                self.fault(
                    Place(at=At(name, number, column)),
                    f"没有“{word[:20]}”这一栏（不需要的请删除）{did_you_mean(word[:40], known)}",
                )


def inner_table(table: Located, key: str, place: Place) -> Located:
    """The table a dotted key lies in, made when it is not there yet."""
    for part in key.split(".")[:-1]:
        table.places.setdefault(part, place)
        inner = table.setdefault(part, Located(place=place))
        table = inner if isinstance(inner, Located) else Located(place=place)
    return table


def kind_of(reader: Reader, row: Row, allowed: Iterable[str]) -> str | None:
    """Return the kind of a row, one of the allowed words; None, and a fault, where it is empty or none of them."""
    field = Field(lay.KIND, "kind", words({word: word for word in allowed}))
    kind: str | None = reader.value(row, field)
    if not row.has(lay.KIND):
        reader.fault(row.place(lay.KIND), "不能空着")
    return kind


def refuse_others(reader: Reader, row: Row, fields: Iterable[Field], kind: str) -> None:
    """A cell that this kind of row does not use is a fault: nothing is silently dropped."""
    used = {lay.KIND, *(field.header for field in fields)}
    for header in row.cells:
        if header not in used:
            reader.fault(row.place(header), f"“{kind}”不用填这一栏")


def put_profile_conditions(reader: Reader, item: Located, row: Row) -> None:
    """Put 适用条件 and 不适用条件 of a row, which look at 基本信息, under their keys."""
    for field in (lay.WHEN, lay.UNLESS):
        if field.header in row.columns:
            item.places[field.key] = row.place(field.header)
        where = read_conditions(reader, row, field.header, reader.profile)
        if where is not None:
            item[field.key] = where


def read_conditions(reader: Reader, row: Row, header: str, sheet: str) -> Located | None:
    """Return the conditions in a cell on the columns of a sheet; None where it is empty or wrong, which is a fault."""
    if not row.has(header):
        return None
    try:
        where = read_where(row.cells[header], reader.flags.get(sheet, ()))
    except ValueError as error:
        reader.fault(row.place(header), str(error))
        return None
    return Located(
        {name: Located(value, place=row.place(header)) if isinstance(value, dict) else value for name, value in where.items()},
        place=row.place(header),
    )


def put_conditions(reader: Reader, row: Row, node: Located, header: str, key: str, sheet: str) -> None:
    """Put the conditions of a cell under a key, with their place."""
    if header in row.columns:
        node.places.setdefault(key, row.place(header))
    where = read_conditions(reader, row, header, sheet)
    if where is not None:
        node[key] = where
