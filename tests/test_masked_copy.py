"""A masked copy: nobody's name or number is in it, and it is judged as before."""

import html
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

from tests.helpers import SAMPLES, Run
from wuhao_report.evaluation.check import check
from wuhao_report.report.json_form import outcome_data
from wuhao_report.tools.masked_copy import IDENTITY, PHONE

VILLAGE = "04_测试嘎查村_2024年自查.xlsx"


def texts(path: Any) -> str:
    with zipfile.ZipFile(path) as package:
        return "\n".join(
            html.unescape(package.read(name).decode("utf-8", "replace"))
            for name in package.namelist()
            if name.endswith((".xml", ".vml"))
        )


def people(path: Any, scheme: Any) -> set[Any]:
    book = openpyxl.load_workbook(path)
    found = set()
    for sheet in scheme.sheets:
        for at, column in enumerate(sheet.columns):
            if column.personal and sheet.form != "pairs" and sheet.name in book.sheetnames:
                found |= {
                    "".join(str(row[at]).split())
                    for row in book[sheet.name].iter_rows(min_row=4, values_only=True)
                    if len(row) > at and row[at]
                }
    return {name for name in found if len(name) > 1 and not any(char.isdigit() for char in name)}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_no_name_is_left_and_the_results_are_the_same(path: Path, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "遮盖.xlsx"
    done = run("check", path, "--mask", target)
    assert "人换成了编号" in done.stderr
    before, after = check(path), check(target)
    names = people(path, before.scheme)
    assert len(names) > 3
    text = texts(target)
    assert sorted(name for name in names if name in text) == []
    assert "138-0000-" not in text
    one, other = outcome_data(before), outcome_data(after)
    assert [(item["id"], item["status"], item["score"]) for good in one["goods"] for item in good["indicators"]] == [
        (item["id"], item["status"], item["score"]) for good in other["goods"] for item in good["indicators"]
    ]
    assert (one["unit"], one["score"], one["status"]) == (other["unit"], other["score"], other["status"])
    assert [item["code"] for item in one["problems"]] == [item["code"] for item in other["problems"]]


def test_names_in_running_text_notes_and_properties_go_too(run: Run, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(SAMPLES / VILLAGE)
    name = book["五老名册"]["A4"].value
    book["会议"]["C4"] = f"{name[:1]} {name[1:]}同志讲话，电话13812345678，身份证11010519491231002X"
    book["五老名册"]["H4"] = 13812345678
    book["会议"]["C5"].comment = Comment(f"问过{name}", "李测试")
    book.properties.creator = "李测试"
    book.properties.lastModifiedBy = name
    path = tmp_path / "甲.xlsx"
    book.save(path)
    before = path.read_bytes()
    assert run("check", path, "--mask", tmp_path / "乙.xlsx").exit_code == 0
    text = texts(tmp_path / "乙.xlsx")
    for secret in (name, f"{name[:1]} {name[1:]}", "13812345678", "11010519491231002X"):
        assert secret not in text
    assert "同志讲话，电话138****5678，身份证110105********002X" in text
    assert openpyxl.load_workbook(tmp_path / "乙.xlsx").properties.lastModifiedBy in (None, "")
    assert openpyxl.load_workbook(tmp_path / "乙.xlsx")["五老名册"]["H4"].value == "138****5678"
    assert path.read_bytes() == before


def test_nothing_is_ever_written_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "有.xlsx").write_bytes(b"mine")
    assert run("check", SAMPLES / VILLAGE, "--mask", tmp_path / "有.xlsx").exit_code == 2
    assert (tmp_path / "有.xlsx").read_bytes() == b"mine"
    assert run("check", SAMPLES / VILLAGE, "--mask", tmp_path / "乙.xls").exit_code == 2


def test_patterns_take_numbers_of_people_alone() -> None:
    assert PHONE.sub("x", "13812345678、138-1234-5678、20181234567、113812345678") == "x、x、20181234567、113812345678"
    assert IDENTITY.sub("x", "11010519491231002X 110105194912310021 1101051949123100211") == "x x 1101051949123100211"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("138 0000 1000", "138 **** 1000"),
        ("138-00001000", "138-****1000"),
        ("+8613800001000", "+86138****1000"),
        ("138－0000－1000", "138－****－1000"),
        ("0472 1234567", "0472 ****567"),
        ("04721234567", "0472****567"),
        ("(0472)1234567", "(0472)****567"),
        ("0472—1234567", "0472—****567"),
        ("8123456", "*****56"),
        (8123456, "*****56"),
        ("150204 19500101 1234", "150204********1234"),
        ("150204500101123", "150204******123"),
    ],
)
def test_a_telephone_is_masked_however_it_is_written(written: Any, shown: str, run: Run, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(SAMPLES / "01_测试学院_中期评估.xlsx")
    columns = {str(cell.value).rstrip("*"): cell.column_letter for cell in book["五老名册"][3]}
    at = f"{columns['联系电话']}4"
    book["五老名册"][at] = written
    # a day stays a day though somebody was talked to on it
    book["五老名册"][f"{columns['联系电话']}5"] = "20170305"
    book["会议"]["A4"] = "20170305"
    book.save(tmp_path / "甲.xlsx")
    assert run("check", tmp_path / "甲.xlsx", "--mask", tmp_path / "乙.xlsx").exit_code in (0, 1)
    masked = openpyxl.load_workbook(tmp_path / "乙.xlsx")
    assert masked["五老名册"][at].value == shown
    assert masked["会议"]["A4"].value == "20170305"
