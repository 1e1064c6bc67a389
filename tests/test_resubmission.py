"""与上次相比: rows are matched by what stands in them; the order is no change; the indicators that moved are named with the sheets they read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import SAMPLES, Run
from wuhao_report.tools.verification.resubmission import _alike, _without_same, comparison_lines, read_and_compare

VILLAGE = SAMPLES / "04_测试嘎查村_2024年自查.xlsx"
MEETINGS = "会议"


def changed(path: Path, change: Callable[[list[list[Any]]], list[list[Any]]], sheet: str = MEETINGS) -> Path:
    """The village's workbook with the rows of a sheet changed."""
    book = openpyxl.load_workbook(VILLAGE)
    page = book[sheet]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=4)]
    filled = [row for row in rows if any(value is not None for value in row)]
    new = change(filled)
    for at, row in enumerate(page.iter_rows(min_row=4, max_row=4 + max(len(rows), len(new)))):
        for place, cell in enumerate(row):
            cell.value = new[at][place] if at < len(new) else None
    book.save(path)
    return path


def without_order(rows: list[list[Any]]) -> list[list[Any]]:
    return rows[::-1]


@pytest.mark.parametrize(
    ("change", "said"), [(lambda rows: rows, "内容没有变化。"), (without_order, "内容没有变化，只是次序不同：会议。")]
)
def test_the_same_rows_in_another_order_are_no_change(tmp_path: Path, change: Any, said: str) -> None:
    found = read_and_compare(VILLAGE, changed(tmp_path / "新.xlsx", change))
    assert (found.changes, found.moved) == ((), ())
    assert list(comparison_lines(found)) == [said]


def test_rows_that_are_new_have_gone_or_were_changed_are_told_apart(tmp_path: Path) -> None:
    """Ten meetings in reverse: the first of the new order had 15 people and has 16, the third is gone, one is new."""

    def change(rows: list[list[Any]]) -> list[list[Any]]:
        new = without_order([list(row) for row in rows])
        del new[2]
        new[0][5] = 99
        extra = [*new[1]]
        extra[0], extra[1:] = "2024-08-01", ["党小组会议", "另议一事", "否", "妇联", 7, "另一件事", "Z999"]
        return [*new, extra]

    found = read_and_compare(VILLAGE, changed(tmp_path / "新.xlsx", change))
    kinds = [(item.kind, item.new_row, item.old_row) for item in found.changes]
    assert [kind for kind, _, _ in kinds] == ["改动", "新增", "删去"]
    edited, fresh, gone = found.changes
    assert [(column, after) for column, _, after in edited.cells] == [("人数", "99")]
    assert (edited.new_row, edited.old_row) == (4, 13)
    assert (fresh.new_row, gone.old_row) == (13, 11)
    assert {column: after for column, _, after in fresh.cells}["会议主题"] == "另议一事"


def test_an_indicator_that_moved_names_the_sheets_it_reads(tmp_path: Path) -> None:
    """Without its meetings of party branches the village misses 1.2.1, and nothing else changes."""
    found = read_and_compare(VILLAGE, changed(tmp_path / "新.xlsx", lambda rows: [row for row in rows if row[1] != "党支部会议"]))
    moved = {item.id: item for item in found.moved}
    assert (moved["1.2.1"].before, moved["1.2.1"].after, moved["1.2.1"].sheets) == ("达标", "未达标", ("会议",))
    assert all(MEETINGS in item.sheets for item in found.moved)
    assert found.statuses == ("达标", "未达标")


def test_a_value_of_the_profile_is_told_with_its_place(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(VILLAGE)
    book["基本信息"]["B4"] = "测试新村关工委"
    book.save(tmp_path / "新.xlsx")
    found = read_and_compare(VILLAGE, tmp_path / "新.xlsx")
    assert [(item.sheet, item.new_row, item.cells) for item in found.changes] == [
        ("基本信息", 4, (("单位名称", "测试嘎查村关工委", "测试新村关工委"),))
    ]
    assert next(comparison_lines(found)) == "两个工作簿的单位名称不同：“测试嘎查村关工委”“测试新村关工委”。"


@pytest.mark.slow
def test_the_command_prints_gives_json_and_writes_a_workbook(run: Run, tmp_path: Path) -> None:
    new = changed(tmp_path / "新.xlsx", lambda rows: rows[1:])
    table = tmp_path / "变化.xlsx"
    printed = run("compare", VILLAGE, new, "-o", table)
    assert printed.exit_code == 0
    assert "会议：删去 1 处" in printed.stdout
    data = json.loads(run("compare", VILLAGE, new, "--json").stdout)
    assert (data["changed"], [row["kind"] for row in data["rows"]], data["rows"][0]["old_row"]) == (True, ["gone"], 4)
    book = openpyxl.load_workbook(table)
    assert book.sheetnames == ["改动", "指标"]
    assert [cell.value for cell in book["改动"][3]][:3] == ["会议", "删去", "原第4行"]
    first = table.read_bytes()
    assert run("compare", VILLAGE, new, "-o", table).exit_code == 2
    assert run("compare", VILLAGE, new, "-o", table, "--force").exit_code == 0
    assert table.read_bytes() == first
    assert run("compare", VILLAGE, new, "-o", new, "--force").exit_code == 2


@pytest.mark.slow
def test_what_cannot_be_compared_says_why(run: Run, tmp_path: Path) -> None:
    other = run("compare", VILLAGE, SAMPLES / "01_测试学院_中期评估.xlsx")
    assert (other.exit_code, "不是同一个指标体系" in other.stderr) == (2, True)
    (tmp_path / "坏.xlsx").write_bytes(b"junk")
    assert run("compare", tmp_path / "坏.xlsx", VILLAGE).exit_code == 2
    assert run("compare", VILLAGE, tmp_path / "没有.xlsx").exit_code == 2
    shutil.copy(VILLAGE, tmp_path / "甲.xlsx")
    assert run("compare", VILLAGE, tmp_path / "甲.xlsx").stdout == "内容没有变化。\n"


ROWS = st.lists(st.dictionaries(st.sampled_from("甲乙丙"), st.sampled_from("123"), min_size=1, max_size=3), max_size=6)


@given(ROWS, ROWS)
def test_every_row_is_the_same_or_told_once(before: list[dict[str, str]], after: list[dict[str, str]]) -> None:
    """Same rows cancel one by one; of the others, each is in at most one pair, and a pair has at least half of its cells in common."""
    old, new = list(enumerate(before)), list(enumerate(after))
    gone, fresh = _without_same(old, new), _without_same(new, old)
    assert len(old) - len(gone) == len(new) - len(fresh)
    pairs = _alike(gone, fresh)
    assert len({one for one, _ in pairs}) == len({other for _, other in pairs}) == len(pairs)
    assert all(
        2 * len(gone[one][1].items() & fresh[other][1].items()) >= max(len(gone[one][1]), len(fresh[other][1]))
        for one, other in pairs
    )
