"""结果库: what has not changed is not read again, last results give the change and its cause, and a store is never trusted."""

import json
import shutil
from datetime import date

import duckdb
import openpyxl
import pytest

from tests.helpers import ROOT, SAMPLES
from wuhao_report import aggregate
from wuhao_report.aggregate import run_aggregate
from wuhao_report.answers import Options
from wuhao_report.returns import judge
from wuhao_report.store import NAME, from_text, to_text

GOOD, DEMO = "04_测试嘎查村_2024年自查.xlsx", "09_演示单位_二十种规则.xlsx"
pytestmark = pytest.mark.usefixtures("here")


def filled(folder, name, unit, day=date(2024, 8, 20), stage="2024年自查", meetings=True):
    folder.mkdir(exist_ok=True)
    book = openpyxl.load_workbook(SAMPLES / GOOD)
    for row in book["基本信息"].iter_rows(min_row=4):
        for key, value in (("单位名称", unit), ("填报日期", day), ("报告阶段", stage)):
            if row[0].value.startswith(key):
                row[1].value = value
    if not meetings:
        book["会议"].delete_rows(4, 50)
    book.save(folder / name)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "来件"
    filled(place, "东.xlsx", "测试东村")
    filled(place, "西.xlsx", "测试西村", meetings=False)
    return place


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_a_return_survives_as_text(path):
    one = judge(path, "甲.xlsx")
    assert from_text(to_text(one)) == one


def plain(result):
    data = result.as_data()
    return {key: value for key, value in data.items() if key not in ("reused", "written")}


def test_unchanged_workbooks_are_not_read_again(folder, monkeypatch):
    first = run_aggregate(folder)
    assert first.reused == 0
    assert (folder / "汇总" / NAME).exists()

    def never(*args):
        raise AssertionError("read again")

    monkeypatch.setattr(aggregate, "judge", never)
    second = run_aggregate(folder)
    assert second.reused == 2
    assert plain(second) == plain(first)
    (folder / "东.xlsx").rename(folder / "改名.xlsx")
    renamed = run_aggregate(folder)
    assert sorted(row.found.file for row in renamed.rollup.rows) == ["改名.xlsx", "西.xlsx"]


def test_a_changed_workbook_and_changed_rules_are_judged_anew(folder, tmp_path):
    source = (ROOT / "wuhao_report" / "schemes" / "village-2023.toml").read_text(encoding="utf-8")
    own = tmp_path / "自己的.toml"
    own.write_text(source, encoding="utf-8")
    options = Options(scheme=str(own))
    assert run_aggregate(folder, options=options).reused == 0
    assert run_aggregate(folder, options=options).reused == 2
    assert run_aggregate(folder, options=Options(stage="2024年底自查")).reused == 0
    filled(folder, "东.xlsx", "测试东村", meetings=False)
    assert run_aggregate(folder, options=options).reused == 1
    own.write_text(source.replace('version = "1"', 'version = "2"', 1), encoding="utf-8")
    assert run_aggregate(folder, options=options).reused == 0


def test_the_last_result_gives_the_change_and_its_cause(folder, tmp_path):
    outputs = tmp_path / "汇总"
    run_aggregate(folder, outputs)
    later = tmp_path / "次年"
    filled(later, "东.xlsx", "测试东村", date(2025, 7, 18), "验收自查", meetings=False)
    filled(later, "西.xlsx", "测试西村", date(2025, 7, 18), "验收自查")
    filled(later, "南.xlsx", "测试南村", date(2025, 7, 18), "验收自查")
    result = run_aggregate(later, outputs)
    rows = {row.unit: row for row in result.rollup.rows}
    assert rows["测试南村"].earlier is None
    east = rows["测试东村"]
    assert (east.earlier.report_date, east.earlier.stage, east.earlier.status, east.earlier.rules) == (date(2024, 8, 20), "2024年自查", "达标", False)
    assert east.change == pytest.approx(float(east.found.score) - 100)
    assert east.why == "方案没有变，是资料的变化"
    data = result.as_data()["groups"][0]
    assert data["before"]["counts"]["达标"] == 1
    assert data["before"]["rate"] == 0.5
    page = openpyxl.load_workbook(result.written["汇总表.xlsx"], data_only=True)["总表"]
    headers = [cell.value for cell in page[3]]
    assert headers[-7:-3] == ["上次总评", "上次总分", "升降", "为什么变了"]
    # judged by other rules since: the change is not all work
    source = (ROOT / "wuhao_report" / "schemes" / "village-2023.toml").read_text(encoding="utf-8")
    own = tmp_path / "新.toml"
    own.write_text(source.replace('version = "1"', 'version = "2"', 1), encoding="utf-8")
    again = run_aggregate(later, outputs, options=Options(scheme=str(own)))
    assert {row.unit: row.why for row in again.rollup.rows}["测试东村"] == "方案也改过，升降不全是工作的变化"


@pytest.mark.parametrize("damage", ["junk", "cut", "other tables", "other version", "empty"])
def test_a_store_that_is_not_as_it_should_be_is_set_aside_and_rebuilt(folder, damage):
    first = run_aggregate(folder)
    store = folder / "汇总" / NAME
    whole = store.read_bytes()
    if damage == "junk":
        store.write_bytes(b"x" * 5000)
    elif damage == "cut":
        store.write_bytes(whole[:len(whole) // 3])
    elif damage == "empty":
        store.write_bytes(b"")
    else:
        store.unlink()
        with duckdb.connect(str(store)) as made:
            made.execute("CREATE TABLE about (layout VARCHAR)")
            made.execute("INSERT INTO about VALUES ('0')" if damage == "other version" else "CREATE TABLE results (x INTEGER)")
    second = run_aggregate(folder)
    assert second.reused == 0
    assert plain(second) == plain(first)
    assert (folder / "汇总" / "结果库（不能用 1）.duckdb").exists()
    assert [note for note in second.notes if "结果库" in note] == ["结果库不能用，已改名为“结果库（不能用 1）.duckdb”，重新建立。"]
    assert run_aggregate(folder).reused == 2


def test_a_result_that_somebody_has_put_in_is_not_believed(folder):
    first = run_aggregate(folder)
    with duckdb.connect(str(folder / "汇总" / NAME)) as store:
        store.execute("UPDATE results SET payload = '{\"unit\": 1}' WHERE committee LIKE '%东%'")
    second = run_aggregate(folder)
    assert second.reused == 1
    assert plain(second) == plain(first)


def test_ranks_are_settled_from_memory_too(tmp_path):
    place = tmp_path / "来件"
    place.mkdir()
    for name in ("甲", "乙"):
        book = openpyxl.load_workbook(SAMPLES / DEMO)
        book["基本信息"]["B4"] = f"测试{name}单位"
        if name == "乙":
            book["活动"].delete_rows(4, 3)
        book.save(place / f"{name}.xlsx")
    first = run_aggregate(place)
    ranks = {row.unit: next(item.place for item in row.found.indicators if item.id == "5.1") for row in first.rollup.rows}
    assert sorted(ranks.values()) == [1, 2]
    assert "待评定" not in {item.status for row in first.rollup.rows for item in row.found.indicators}
    second = run_aggregate(place)
    assert second.reused == 2
    assert plain(second) == plain(first)
    (place / "甲.xlsx").unlink()
    alone = run_aggregate(place)
    assert [item.place for row in alone.rollup.rows for item in row.found.indicators if item.id == "5.1"] == [1]
    assert json.dumps(alone.as_data(), ensure_ascii=False)


def test_the_command_says_how_much_it_remembered(run, folder):
    run("aggregate", folder)
    assert json.loads(run("aggregate", folder, "--json").stdout)["reused"] == 2
    shutil.copy(SAMPLES / GOOD, folder / "新.xlsx")
    assert json.loads(run("aggregate", folder, "--json").stdout)["reused"] == 2
