"""A workbook that holds an indicator system → its plain tables, every key with the sheet and cell it stands in."""

from __future__ import annotations

from wuhao_report.core.errors import Place, SchemeError, SchemeFault
from wuhao_report.core.problems import At
from wuhao_report.core.strict import Located
from wuhao_report.scheme.excel import layout as lay
from wuhao_report.scheme.excel.basics import read_basics, read_sheets, read_times
from wuhao_report.scheme.excel.items import read_items, read_sentences
from wuhao_report.scheme.excel.rows import Reader
from wuhao_report.scheme.excel.rules import read_rules
from wuhao_report.workbook.reader import RawBook


def is_scheme_book(book: RawBook) -> bool:
    """Whether a workbook is written as an indicator system."""
    names = {sheet.name.strip() for sheet in book.sheets}
    return {lay.RULES, lay.ITEMS} <= names


def read_tables(book: RawBook) -> tuple[Located, list[SchemeFault]]:
    """The plain tables of the indicator system, as its TOML would have them, and the faults of its cells with their places.

    Raises SchemeError when the workbook is no such system at all.
    """
    if not is_scheme_book(book):
        raise SchemeError.one(f"“{book.file}”不是方案工作簿（应有“{lay.ITEMS}”“{lay.RULES}”等六张表）")
    reader = Reader(book)
    table = Located(place=Place(at=At(lay.BASICS)))
    read_basics(reader, table)
    table["sheet"] = read_sheets(reader)
    read_times(reader, table)
    by_id = read_items(reader, table)
    read_rules(reader, table, by_id)
    read_sentences(reader, table, by_id)
    return table, reader.faults
