"""Workbooks made for an earlier version of a scheme: read as they are, nothing missed that came later; carried over by upgrade."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.helpers import Run, book
from wuhao_report.evaluation.check import check, check_book
from wuhao_report.report.json_form import outcome_data
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.workbook.reader import STAMP_SHEET, RawSheet

DATA = Path(__file__).parent / "data"
OLD = sorted(DATA.glob("version1_*.xlsx"))
C = "college-2017"


def stamped(made_for: str, **options: Any) -> Any:
    raw = book(C, **options)
    return replace(raw, sheets=(*raw.sheets, RawSheet(STAMP_SHEET, (("scheme", C), ("version", made_for)))))


def lacking(found: Any) -> set[str]:
    return {
        dict(item.args).get("column") or dict(item.args)["sheet"]
        for item in found.problems
        if item.code in ("missing-optional-column", "missing-optional-sheet", "missing-column", "missing-sheet")
    }


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.stem)
def test_a_workbook_of_version_1_is_read_as_it_is(path: Path) -> None:
    found = check(path)
    assert found.exit_code == 0
    assert lacking(found) == set()
    assert found.assessment is not None
    assert found.assessment.status == "达标"


def test_what_came_later_is_not_missed_in_an_older_workbook_and_is_in_a_new_one() -> None:
    later = {"地点", "主讲人", "做法与成效", "照片", "议定事项", "成效", "主要事迹", "原因", "页数", "荣誉表彰"}
    assert lacking(check_book(stamped("1"))) == set()
    assert lacking(check_book(stamped("2"))) == later
    assert lacking(check_book(stamped("2", version=2))) == set()
    assert lacking(check_book(stamped("一"))) == set()


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.stem)
def test_upgrade_carries_it_over_with_the_same_results(path: Path, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "新.xlsx"
    done = run("upgrade", path, "-o", target)
    assert done.exit_code == 0, done.stderr
    made = openpyxl.load_workbook(target)
    assert "荣誉表彰" in made.sheetnames
    assert [cell.value for cell in made["活动"][3]][-5:] == ["地点", "主讲人", "做法与成效", "照片", "佐证编号"]
    before, after = outcome_data(check(path)), outcome_data(check(target))
    for key in ("stage", "as_of", "status", "score", "goods", "unfilled"):
        assert json.dumps(before[key], default=str) == json.dumps(after[key], default=str)


def test_both_schemes_ask_for_what_a_report_needs() -> None:
    for name in (C, "village-2023"):
        scheme = find_scheme(name)
        assert scheme.version == "2"
        assert scheme.by_sheet["荣誉表彰"].since == 2
        texts = [column.name for column in scheme.by_use["texts"].columns]
        assert texts == ["单位概况", "自查组织情况", "典型事例", "特色亮点", "存在不足", "意见建议", "下一步打算"]


def test_the_name_a_committee_gives_itself_stands_in_its_report() -> None:
    from wuhao_report.report.words.context import report_context

    found = check_book(book(C, {"自称": "本分委"}))
    assert found.submission is not None
    assert found.assessment is not None
    names, _ = report_context(found.submission, found.assessment)
    assert names["自称"] == "本分委"
