"""An older or rearranged workbook carried forward: the same results, and every cell accounted for."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.budget import examples
from tests.helpers import SAMPLES, Run, book
from tests.test_forgiving import changed, rows_of
from wuhao_report.evaluation.check import Outcome, check, check_book
from wuhao_report.report.json_form import outcome_data
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.tools.blank_workbook import GUIDE
from wuhao_report.tools.migration import LISTING, OUR_HEADERS, upgrade
from wuhao_report.workbook.raw import is_blank
from wuhao_report.workbook.reader import STAMP_SHEET, RawBook, RawSheet, read_book

pytestmark = pytest.mark.slow

C = "college-2017"
MEETINGS = [
    [date(2017, 3, 1), "全委会议", "甲", "是", 10, 9, "是", "Z1"],
    [date(2018, 3, 1), "党政联席会议", "乙", "", "", "", "", ""],
]


def again(found: Any, tmp_path: Path) -> Outcome:
    path = tmp_path / "新.xlsx"
    path.write_bytes(found.data)
    return check(path)


def results(outcome: Outcome) -> dict[Any, Any]:
    data = outcome_data(outcome)
    return {key: data[key] for key in ("scheme", "unit", "stage", "as_of", "status", "score", "goods")}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_a_sample_carried_over_gives_the_same_results(path: Path, tmp_path: Path) -> None:
    before = check(path)
    found = upgrade(read_book(path), before.scheme)
    assert results(again(found, tmp_path)) == results(before)
    # an unknown column of four, and a formula that was never calculated
    assert found.count("left") == (6 if path.stem.startswith("06") else 0)
    assert upgrade(read_book(path), before.scheme).data == found.data


def accounted(raw: Any, found: Any) -> Any:
    """Every cell that is not blank is moved, guessed, left, or a part of the layout that the new workbook has too."""
    layout = Counter[str]()
    for sheet in raw.sheets:
        if sheet.name in {*OUR_HEADERS, GUIDE, STAMP_SHEET}:
            continue
        listed = Counter((move.source.row, move.source.column) for move in found.moves if move.source.sheet == sheet.name)
        assert not [at for at, number in listed.items() if number > 1]
        for number, row in enumerate(sheet.rows, 1):
            for at, value in enumerate(row):
                if not is_blank(value) and (number, at) not in listed:
                    layout[str(value)] += 1
    return layout


def test_nothing_vanishes_from_a_workbook_rearranged_by_hand(tmp_path: Path) -> None:
    raw = book(C, 会议=MEETINGS, 慰问汇报=[[date(2017, 5, 1), "慰问", "甲"]])
    rows = rows_of(raw, "会议")
    order = [7, 2, 0, 1, 3, 4, 5, 6]
    rows = [rows[0], ["这是我们自己加的说明"], *[[(row + [""] * 8)[at] for at in order] for row in rows[2:]]]
    rows[2][2] = "会议日期"  # renamed
    rows[2] += ["备注"]
    rows[3] += ["请李测试核对"]
    rows += [["", "", "合计", 2]]
    raw = changed(raw, "会议", name="3.会议", rows=tuple(rows))
    raw = RawBook(raw.file, raw.sha256, (*raw.sheets, RawSheet("值班表", (("姓名", "电话"), ("李测试", "138-0000-0001")))))
    found = upgrade(raw, find_scheme(C))
    moves = {str(move.source): (move.how, str(move.target), move.why) for move in found.moves}
    assert moves["3.会议!C4"] == ("guessed", "会议!A4", "原来的表头是“会议日期”")
    assert moves["3.会议!B4"] == ("moved", "会议!C4", "")
    assert moves["3.会议!I4"] == ("left", "None", "新工作簿没有这一栏")
    assert moves["3.会议!A2"] == ("left", "None", "表格以外的内容")
    assert moves["3.会议!C6"][:2] == ("left", "None")
    assert moves["值班表!A2"] == ("left", "None", "新工作簿里没有这张表")
    assert found.moves[0].how == "left"
    assert results(again(found, tmp_path)) == results(check_book(raw))
    layout = accounted(raw, found)
    allowed = (
        {sheet.name for sheet in find_scheme(C).sheets}
        | {"项目", "内容"}
        | {
            name + star
            for sheet in find_scheme(C).sheets
            for column in sheet.columns
            for name in (column.name, "会议日期")
            for star in ("", "*")
        }
    )
    assert set(layout) <= allowed
    page = openpyxl.load_workbook(tmp_path / "新.xlsx")[LISTING]
    listed = list(page.iter_rows(min_row=4, values_only=True))
    assert len(listed) == len(found.moves)
    assert ("没有搬入", "3.会议!I4", "请李测试核对") in [row[1:4] for row in listed]


def test_an_older_version_of_the_scheme(tmp_path: Path) -> None:
    """Columns that the scheme has since got stay empty, those it has given up are left and listed."""
    raw = book(C, 会议=MEETINGS)
    rows = rows_of(raw, "会议")
    rows = [[cell for at, cell in enumerate(row) if at != 6] for row in rows]  # without 实名签到
    rows[2].append("主持人")
    rows[3].append("王测试")
    raw = changed(raw, "会议", rows=tuple(rows))
    found = upgrade(raw, find_scheme(C))
    assert [(str(move.source), move.value) for move in found.moves if move.how == "left"] == [
        ("会议!H3", "主持人"),
        ("会议!H4", "王测试"),
    ]
    made = openpyxl.load_workbook(tmp_path / "新.xlsx") if again(found, tmp_path) else None
    assert [cell.value for cell in made["会议"][4]][:9] == [
        made["会议"]["A4"].value,
        "全委会议",
        "甲",
        "是",
        10,
        9,
        None,
        None,
        "Z1",
    ]


def test_merged_cells_are_written_out_and_said() -> None:
    raw = changed(book(C, 会议=[MEETINGS[0], ["", "", "乙"]]), "会议", merged=((3, 0, 4, 0), (3, 1, 4, 1)))
    found = upgrade(raw, find_scheme(C))
    assert [(str(move.source), str(move.target), move.why) for move in found.moves if move.how == "guessed"] == [
        ("会议!A5", "会议!A5", "原来是合并单元格"),
        ("会议!B5", "会议!B5", "原来是合并单元格"),
    ]


def test_errors_and_formulas_without_values_are_left_with_the_cure(tmp_path: Path) -> None:
    from wuhao_report.workbook.raw import CellFault

    raw = book(
        C,
        会议=[
            [CellFault("cell-error", "#REF!"), "全委会议", "=1+1", "", CellFault("formula-not-calculated", "（未计算的公式）")]
        ],
    )
    found = upgrade(raw, find_scheme(C))
    assert [(str(move.source), move.why) for move in found.moves if move.how == "left"] == [
        ("会议!A4", "是 Excel 的错误值，请直接填写"),
        ("会议!E4", "公式没有计算结果：先用 Excel 打开旧工作簿保存一次，再搬"),
    ]
    again(found, tmp_path)
    page = openpyxl.load_workbook(tmp_path / "新.xlsx")["会议"]
    assert (page["C4"].value, page["C4"].data_type) == ("=1+1", "s")


def test_sheets_named_like_ours_and_far_cells_are_listed_too(tmp_path: Path) -> None:
    made = openpyxl.load_workbook(SAMPLES / "01_测试学院_中期评估.xlsx")
    made.create_sheet("问题清单")["A2"] = "经费不足，已报学院"
    made["捐款"]["XFA5"] = "很右的内容"
    made["填报说明"]["A60"] = "我的备注"
    made.copy_worksheet(made["会议"]).title = "1会议"
    made.move_sheet("1会议", -len(made.sheetnames) + 1)
    path = tmp_path / "改.xlsx"
    made.save(path)
    before = check(path)
    found = upgrade(read_book(path), before.scheme)
    left = {
        (move.source.sheet, str(move.value), move.why)
        for move in found.moves
        if move.how == "left" and move.source.sheet != "1会议"
    }
    assert left == {
        ("问题清单", "经费不足，已报学院", "新工作簿里没有这张表"),
        ("填报说明", "我的备注", "新工作簿里没有这张表"),
        ("捐款", "（XFA5）", "在很远的地方，没有读取"),
    }
    assert results(again(found, tmp_path)) == results(before)


def test_days_of_1904_become_days_of_1900(tmp_path: Path) -> None:
    from dataclasses import replace

    raw = replace(book(C, 会议=[[41338, "全委会议", "甲"]]), date1904=True)
    before = check_book(raw)
    after = again(upgrade(raw, find_scheme(C)), tmp_path)
    assert before.submission.table("会议").values("日期") == after.submission.table("会议").values("日期") == [date(2017, 3, 6)]


CELLS = st.one_of(st.just(""), st.sampled_from(["甲", "日期", "会议", "合计", "注：甲", 1, 2.5, True, date(2018, 1, 1)]))


@examples(12)
@given(rows=st.lists(st.lists(CELLS, max_size=9), max_size=6), header=st.integers(0, 3))
def test_no_cell_is_listed_twice_and_none_is_lost(rows: Any, header: Any) -> None:
    raw = book(C)
    own = rows_of(raw, "会议")
    cells = [*rows[:header], own[2], *rows[header:]]
    raw = changed(raw, "会议", rows=tuple(map(tuple, cells)))
    found = upgrade(raw, find_scheme(C))
    layout = accounted(raw, found)
    names = {"会议", "项目", "内容", find_scheme(C).by_sheet["会议"].hint}
    for sheet in find_scheme(C).sheets:
        names |= {sheet.name, *(column.name + star for column in sheet.columns for star in ("", "*"))}
    assert {text for text in layout if text not in names} == set()


def test_upgrade_writes_a_new_workbook_and_leaves_the_old_one_alone(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "新 的.xlsx"
    source = SAMPLES / "06_练习学院_有填写错误.xlsx"
    before = source.read_bytes()
    done = run("upgrade", source, "-o", target)
    assert done.exit_code == 0
    assert done.stdout.strip() == str(target)
    assert "没有搬入 6 格；逐格列在新工作簿的“搬迁清单”里。旧工作簿没有改动。" in done.stderr
    assert source.read_bytes() == before
    assert run("upgrade", source, "-o", target).exit_code == 2
    assert run("upgrade", source, "-o", target, "--force").exit_code == 0
    assert run("upgrade", target, "-o", target, "--force").exit_code == 2
    assert run("upgrade", tmp_path / "没有.xlsx", "-o", tmp_path / "b.xlsx").exit_code == 2
    assert run("upgrade", source, "-o", tmp_path / "b.xls").exit_code == 2
