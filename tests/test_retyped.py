"""Numbers of evidence and indicators that a program has made days or other numbers of: told, and matched where only one can be meant."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.helpers import SAMPLES, book, judged
from wuhao_report.evaluation.check import check, check_book
from wuhao_report.tables.cells import parse
from wuhao_report.tables.retyped import typed_as
from wuhao_report.tables.table import Table
from wuhao_report.workbook.raw import as_text
from wuhao_report.workbook.reader import read_book

C = "college-2017"
LISTED = ("1-1", "001", "3/2", "1.10", "2-1-1")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (date(2026, 1, 1), "1-1"),
        (1, "001"),
        (date(2026, 3, 2), "3/2"),
        (1.1, "1.10"),
        (date(2002, 1, 1), "2-1-1"),  # 1-1 has no year: the one with its year is meant
        (date(2026, 3, 3), None),
        (7, None),
    ],
)
def test_the_only_entry_that_can_be_meant(raw: Any, text: str | None) -> None:
    assert typed_as(raw, LISTED) == text


def test_two_that_can_be_meant_are_none() -> None:
    assert typed_as(date(2026, 1, 1), ("1-1", "01-01")) is None
    assert typed_as(1, ("001", "01")) is None
    assert typed_as(1, ("1", "01")) == "1"


@pytest.mark.parametrize(
    ("raw", "entry"), [(date(2017, 3, 1), "2017-3"), (date(2017, 3, 1), "17/3/1"), (date(1998, 12, 31), "98.12.31")]
)
def test_entries_with_a_year(raw: date, entry: str) -> None:
    assert typed_as(raw, (entry, "12-30")) == entry


def of(*cells: Any, listed: Any = LISTED) -> Any:
    rows = [[date(2018, 3, 1 + at), "其他", f"第{at}次", "", "", "", "是", cell] for at, cell in enumerate(cells)]
    return judged(C, 会议=rows, 佐证材料=[[entry, f"材料{at}"] for at, entry in enumerate(listed)])


def told(found: Any, *codes: str) -> list[tuple[str, str]]:
    return [(item.code, str(item.at)) for item in found.problems if item.code in codes]


def evidence(found: Any) -> list[Any]:
    table: Table = found.submission.table("会议")
    return table.values("佐证编号")


def test_they_are_matched_and_told() -> None:
    found = of(date(2026, 1, 1), 1.0, date(2026, 3, 2), 1.1, date(2002, 1, 1))
    assert evidence(found) == [("1-1",), ("001",), ("3/2",), ("1.10",), ("2-1-1",)]
    assert told(found, "retyped", "unknown-evidence") == [("retyped", f"会议!H{row}") for row in range(4, 9)]
    first = next(item for item in found.problems if item.code == "retyped")
    assert first.message == "“佐证编号”里是日期或数字，多半是输入“1-1”时被自动改成的，按“1-1”计。"


def test_a_day_that_is_none_of_the_list_is_told_with_what_was_probably_typed() -> None:
    found = of(date(2026, 5, 6))
    assert evidence(found) == [("5-6",)]
    assert told(found, "retyped", "unknown-evidence") == [("retyped", "会议!H4"), ("unknown-evidence", "会议!H4")]


def test_plain_numbers_are_numbers_as_before() -> None:
    found = of(12.0, "13", listed=("12", "13"))
    assert evidence(found) == [("12",), ("13",)]
    assert told(found, "retyped", "unknown-evidence") == []


def test_a_day_in_the_list_itself() -> None:
    found = of(date(2026, 1, 1), "1-1", listed=(date(2026, 1, 1), "Z2"))
    assert evidence(found) == [("1-1",), ("1-1",)]
    assert found.submission.table("佐证材料").values("佐证编号") == ["1-1", "Z2"]
    assert told(found, "retyped", "unknown-evidence") == [("retyped", "会议!H4"), ("retyped", "佐证材料!A4")]


def test_each_workbook_is_matched_with_its_own_list() -> None:
    from wuhao_report.evaluation.submission import read_submissions
    from wuhao_report.scheme.lookup import find_scheme

    row = [date(2018, 3, 1), "其他", "甲", "", "", "", "是", date(2026, 1, 1)]
    books = [book(C, 会议=[row], 佐证材料=[[entry, "材料"]]) for entry in ("1/1", "01.01")]
    read = read_submissions(books, find_scheme(C))
    assert read.tables["会议"].values("佐证编号") == [("1/1",), ("01.01",)]


@pytest.mark.parametrize(
    ("raw", "value"), [(date(2001, 1, 2), "1.1.2"), (1.1, "1.1"), (date(2001, 1, 3), None), (date(2026, 1, 2), None)]
)
def test_numbers_of_indicators(raw: Any, value: str | None) -> None:
    assert parse("indicator", raw, ("1.1", "1.1.2", "1.2.1")).value == value


def test_an_indicator_that_is_a_day() -> None:
    found = check_book(book(C, 问题整改=[["少一次", date(2001, 1, 2), "补上", "", "", "整改中"]]))
    assert told(found, "retyped", "unknown-choice") == [("retyped", "问题整改!B4")]


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ('"Z"000', 7, "Z007"),
        ("Z000", 1234, "Z1234"),
        ("000", 7, "007"),
        (r"\Z\-00", 3, "Z-03"),
        ("000-0000-0000", 13800000001, "138-0000-0001"),
        ("0", 7, "7"),
        ("#,##0", 1200, "1200"),
        ("0.00", 7, "7"),
        ('0"件"', 7, "7"),
        ("yyyy-mm-dd", 42800, None),
    ],
)
def test_a_number_is_what_is_shown_of_it(code: str, number: int, shown: str | None, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["B2"] = number
    book.active["B2"].number_format = code
    book.save(tmp_path / "甲.xlsx")
    raw = read_book(tmp_path / "甲.xlsx").sheets[0].rows[1][1]
    if shown is None:
        assert isinstance(raw, date)
    else:
        assert as_text(raw) == shown
        assert parse("count", raw).value == number


def test_a_shown_number_is_a_number_of_evidence(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(SAMPLES / "04_测试嘎查村_2024年自查.xlsx")
    column = next(cell.column_letter for cell in book["会议"][3] if cell.value == "佐证编号")
    wanted = book["会议"][f"{column}4"].value
    book["会议"][f"{column}4"] = int(wanted.lstrip("Z"))
    book["会议"][f"{column}4"].number_format = '"Z"000'
    book.save(tmp_path / "甲.xlsx")
    found = check(tmp_path / "甲.xlsx")
    assert told(found, "unknown-evidence", "retyped") == []
    assert evidence(found)[0] == (wanted,)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [("count", 48.000000000000007, 48), ("amount", 0.1 + 0.2, Decimal("0.3")), ("text", 48.000000000000007, "48")],
)
def test_the_digits_that_excel_does_not_show_are_none(kind: str, raw: float, value: Any) -> None:
    assert parse(kind, raw).value == value
