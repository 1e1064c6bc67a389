"""Sheets read directly have the cells that the engine reads; what is not written as usual is left to the engine."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from tests.helpers import SAMPLES
from wuhao_report.files.office import pack, unpack
from wuhao_report.workbook.direct import shows
from wuhao_report.workbook.package import inspect_package
from wuhao_report.workbook.raw import CellFault
from wuhao_report.workbook.reader import _calamine

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
NUMBER = st.one_of(st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False))
VALUE = st.one_of(TEXT, NUMBER, st.booleans(), st.dates(date(1901, 1, 1), date(9999, 12, 31)))
FORMATS = (
    "General", "0", "0.00", "#,##0", '"¥"#,##0.00', "0%", "@", "0.00E+00", "yyyy-mm-dd", "yyyy/m/d", 'yyyy"年"m"月"d"日"', "m/d/yy",
    "[$-804]yyyy\\-mm\\-dd;@", "yyyy.mm", "dd mmm yyyy", "[Red]0.00;[Green]0.00", "h:mm", "yyyy-mm-dd hh:mm", "[h]:mm", "mm:ss.0",
    '0"天"', '0"d"', "\\d0", "_d0", "# ?/?", "AM/PM", "aaa", "[DBNum1]0", "yyyy年m月", '"y"0', "e", "[ss]", "[m]", ";;;", "",
)  # fmt: skip


def direct(data: bytes) -> list[Any] | None:
    """Return the cells of every sheet as they are read directly, without empty ends; None where the engine is asked."""
    facts = inspect_package(data, "甲.xlsx")
    return None if facts.cells is None else [(name, trimmed(rows or [])) for name, rows in facts.cells]


def by_engine(data: bytes) -> list[Any]:
    return [(name, trimmed(rows or [])) for name, rows in _calamine(data, "甲.xlsx")]


def trimmed(rows: list[list[Any]]) -> list[list[Any]]:
    kept = []
    for row in rows:
        cells = ["" if cell is None else cell for cell in row]
        while cells and cells[-1] == "":
            cells.pop()
        kept.append(cells)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def written(write: Callable[[Any, Any], None]) -> bytes:
    """Return a workbook of one sheet, written by XlsxWriter."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    write(book, book.add_worksheet("表"))
    book.close()
    return buffer.getvalue()


def edited(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    parts = unpack(data)
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    return pack(parts.items())


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem[:2])
def test_the_samples(path: Any) -> None:
    data = path.read_bytes()
    found = direct(data)
    assert found is None or repr(found) == repr(by_engine(data))
    assert (found is None) == path.stem.startswith("06")


@given(st.lists(st.lists(VALUE, max_size=5), max_size=6), st.sampled_from(["openpyxl", "write-only", "xlsxwriter"]))
def test_values_of_every_kind(rows: list[list[Any]], writer: str) -> None:
    buffer = io.BytesIO()
    if writer == "xlsxwriter":
        book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("表")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        book.close()
    else:
        made = openpyxl.Workbook(write_only=writer == "write-only")
        sheet = made.create_sheet("表") if writer == "write-only" else made.active
        for row in rows:
            sheet.append([cell if not isinstance(cell, str) or not cell.startswith("=") else "'" + cell for cell in row])
        made.save(buffer)
    data = buffer.getvalue()
    found = direct(data)
    if any("_x" in cell for row in rows for cell in row if isinstance(cell, str)):
        return
    assert repr(found) == repr(by_engine(data))


@pytest.mark.parametrize("code", FORMATS)
def test_numbers_under_every_format(code: str) -> None:
    for number in (0.0, 0.5, 1.0, 59.0, 61.0, 43000.0, 43000.25, -3.0, 1e7):

        def write(book: Any, sheet: Any, number: float = number) -> None:
            sheet.write_number(0, 0, number, book.add_format({"num_format": code}))

        data = written(write)
        found = direct(data)
        assert found is None or repr(found) == repr(by_engine(data)), number
        if shows(code) == "number":
            assert found is not None


def test_numbers_under_the_formats_that_excel_numbers() -> None:
    for number in range(60):

        def write(book: Any, sheet: Any, number: int = number) -> None:
            sheet.write_number(0, 0, 43000.0, book.add_format({"num_format": number}))

        data = written(write)
        found = direct(data)
        assert found is None or repr(found) == repr(by_engine(data)), number


def test_formulas_errors_and_truth() -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.write_formula("A1", "=1+1", None, 2)
        sheet.write_formula("B1", '="甲"', None, "甲")
        sheet.write_formula("C1", "=TRUE()", None, True)
        sheet.write_formula("D1", "=1/0", None, "#DIV/0!")
        sheet.write_boolean("E1", False)
        sheet.write_formula("F1", "=NA()", None, "#N/A")

    data = written(write)
    # An error that the engine does not know makes it give up: the sheet must be written anew for it.
    assert direct(edited(data, "xl/worksheets/sheet1.xml", b"<v>#N/A", b"<v>#SPILL!")) is None
    assert direct(data) == [
        ("表", [[2.0, "甲", True, CellFault("cell-error", "#DIV/0!"), False, CellFault("cell-error", "#N/A")]])
    ]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b'<c r="A1"', b'<c r="A1" cm="1"', "an attribute that is not known"),
        (b'<c r="A1"', b"<c", "no address"),
        (b'<c r="A1"', b"<c r='A1'", "single quotes"),
        (b'<c r="B1"', b'<c r="A1"', "two cells at one address"),
        (b"<v>5</v>", b"<v>5 </v>", "a blank in a number"),
        (b"<v>5</v>", b"<v>0x5</v>", "no number of XML"),
        (b"<v>5</v>", b"<v>5</v><f>1</f>", "parts in another order"),
        (b"<v>0</v>", b"<v>9</v>", "a text that there is none of"),
        (b"<sheetData>", b"<!-- x --><sheetData>", "a comment"),
        (b'r="B1"', b'r="B200001"', "too far down"),
        (b'r="B1"', b'r="XFD1"', "too far to the right"),
    ],
)
def test_what_is_not_written_as_usual_is_left_to_the_engine(old: bytes, new: bytes, why: str) -> None:
    data = written(lambda book, sheet: sheet.write_row(0, 0, ["甲", 5]))
    assert direct(data) == [("表", [["甲", 5.0]])]
    assert direct(edited(data, "xl/worksheets/sheet1.xml", old, new)) is None, why


def test_shared_texts_with_formats_inside_are_left_to_the_engine() -> None:
    data = written(lambda book, sheet: sheet.write_row(0, 0, ["甲", "乙"]))
    rich = edited(data, "xl/sharedStrings.xml", "<t>甲</t>".encode(), "<r><t>甲</t></r>".encode())
    assert direct(data) == [("表", [["甲", "乙"]])]
    assert direct(rich) is None


def test_days_from_1904_and_times_are_left_to_the_engine() -> None:
    book = openpyxl.Workbook()
    book.active.append([date(2020, 1, 1)])
    for epoch, value, left in (
        (False, 0, False),
        (True, 0, True),
        (False, time(9, 30), True),
        (False, datetime(2020, 1, 1, 9), True),
    ):
        book.epoch = CALENDAR_MAC_1904 if epoch else CALENDAR_WINDOWS_1900
        book.active["B1"] = value
        buffer = io.BytesIO()
        book.save(buffer)
        assert (direct(buffer.getvalue()) is None) == left


def test_hidden_rows_and_merged_cells_are_told() -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:B2", "甲")
        sheet.set_row(4, None, None, {"hidden": True})
        sheet.write_string("A5", "乙")

    facts = inspect_package(written(write), "甲.xlsx")
    assert facts.cells is not None
    assert facts.sheets[0][1].hidden == {5}
    assert facts.sheets[0][1].merged == ((0, 0, 1, 1),)
