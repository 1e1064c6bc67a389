"""Many workbooks, one overview: the numbers add up, ranks are settled among peers, rates come from totals, and no person is named."""

import json
import os
import pickle
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.document_text import document_text
from tests.budget import examples
from tests.helpers import SAMPLES, Run, book
from tests.libreoffice import LibreOffice, recalculated
from tests.rolled import ROSTER, InMemory, aggregate, overview_of, record, rows_of
from wuhao_report.aggregate.outputs.data import overview_data
from wuhao_report.aggregate.outputs.report import _changes, context
from wuhao_report.aggregate.overview import MOST_REGIONS, Overview, region_of, reminder, unread_of
from wuhao_report.aggregate.records.recording import NotEvaluated, evaluate_all, record_of, with_places
from wuhao_report.aggregate.roster.model import Campaign, Exclusion, Member, Roster
from wuhao_report.aggregate.roster.names import NameIndex, unit_key
from wuhao_report.aggregate.roster.reading import read_roster
from wuhao_report.aggregate.rows import Failed, Row, Skipped, compare_records
from wuhao_report.aggregate.storage.store import BrokenStore
from wuhao_report.aggregate.totals import Changes, Tally
from wuhao_report.core.options import Options
from wuhao_report.core.periods import in_time
from wuhao_report.core.problems import problem
from wuhao_report.evaluation.check import check_book
from wuhao_report.evaluation.ranking import OtherRules
from wuhao_report.report.template.document_kinds import ROLLUP_REPORT

VILLAGE = SAMPLES / "04_测试嘎查村_2024年自查.xlsx"
GOOD, OTHER, BAD = "04_测试嘎查村_2024年自查.xlsx", "07_样例嘎查村_中期评估.xlsx", "06_练习学院_有填写错误.xlsx"


def test_a_store_that_breaks_says_so_each_time_its_rows_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page is read when the overview is made, the second while the table is written: no list ends there without a word."""
    plain = InMemory.rows

    def broken(store: InMemory, *args: Any) -> Iterator[Row]:
        yield from islice(plain(store, *args), 2)
        raise BrokenStore(OSError("damaged"))

    monkeypatch.setattr(InMemory, "rows", broken)
    (group,) = overview_of([record(name) for name in "甲乙丙"]).groups
    for _ in range(2):
        rows = group.rows()
        assert len([next(rows), next(rows)]) == 2
        with pytest.raises(BrokenStore):
            next(rows)


# Which file counts


def test_the_newest_file_of_a_committee_counts_and_the_others_are_listed() -> None:
    overview = overview_of([record("甲", "旧.xlsx", date(2024, 8, 1)), record("甲 ", "新.xlsx", date(2024, 8, 9)), record("乙")])
    assert [row.record.file for row in rows_of(overview)] == ["乙.xlsx", "新.xlsx"]
    assert [(item.file, item.kept) for item in overview.lists.superseded()] == [("旧.xlsx", "新.xlsx")]


def test_a_second_file_that_changes_nothing_is_named() -> None:
    """Saved once more under another name; the third says another number."""
    older = [record("甲", "旧.xlsx", date(2024, 8, 1)), replace(record("甲", "更旧.xlsx", date(2024, 7, 1)), figures=())]
    other = replace(older[1], indicators=(replace(older[1].indicators[0], progress="1次"),))
    overview = overview_of([older[0], other, record("甲", "新.xlsx", date(2024, 8, 9))])
    assert {item.file: item.reason for item in overview.lists.superseded()} == {
        "旧.xlsx": "以“新.xlsx”（2024-08-09）为准，两份的结果和数据完全相同",
        "更旧.xlsx": "以“新.xlsx”（2024-08-09）为准",
    }


def test_a_tie_is_a_problem_and_not_a_choice() -> None:
    overview = overview_of([record("甲", "一.xlsx"), record("甲", "二.xlsx")])
    assert rows_of(overview) == []
    assert [item.file for item in overview.lists.ties()] == ["一.xlsx", "二.xlsx"]


def test_the_same_file_twice_is_no_tie() -> None:
    overview = overview_of([record("甲", "一.xlsx", sha="x"), record("甲", "二.xlsx", sha="x")])
    assert [row.record.file for row in rows_of(overview)] == ["一.xlsx"]
    assert list(overview.lists.ties()) == []
    assert overview.files.superseded == 1


def test_other_stages_and_schemes_are_other_records() -> None:
    overview = overview_of([record("甲", "一.xlsx"), record("甲", "二.xlsx", stage="年终"), record("甲", "三.xlsx", scheme="乙")])
    assert [(group.scheme, group.stage, group.totals.size) for group in overview.groups] == [
        ("乙", "自查", 1),
        ("甲", "年终", 1),
        ("甲", "自查", 1),
    ]


# The roster


def test_who_has_sent_who_is_late_and_who_is_left_out() -> None:
    overview = overview_of(
        [
            record("测试东村", day=date(2024, 8, 22)),
            record("西村关工委"),
            record("测试北村"),
            record("测试难村"),
            record("测试中村", "一.xlsx"),
            record("测试中村", "二.xlsx"),
        ],
        ROSTER,
    )
    assert [member.unit for member in overview.received] == ["测试东村", "测试西村"]
    assert [row.unit for row in rows_of(overview) if row.late] == ["测试东村"]
    assert [(member.unit, why.reason, why.person) for member, why in overview.excluded] == [("测试北村", "已撤并", "李测试")]
    assert [member.unit for member in overview.undecided] == ["测试中村"]
    assert [member.unit for member in overview.missing] == ["测试南村", "甲镇"]
    assert [(stranger.unit, stranger.near) for stranger in overview.lists.unlisted()] == [("测试难村", "测试南村")]
    assert [(item.unit, item.reason, item.person) for item in overview.lists.excluded()] == [("测试北村", "已撤并", "李测试")]
    assert [row.unit for row in rows_of(overview) if row.member and row.member.aliases] == ["测试西村"]


# A campaign


def campaign_roster(path: Path, *more: list[Any]) -> Path:
    """A roster with the notice's words: the sheet 本次报送 beside it."""
    book = openpyxl.load_workbook(
        write_roster(
            path,
            ["单位名称", "类别", "上级", "截止日期"],
            ["测试东村", "村", "甲镇", ""],
            ["测试社区", "社区", "甲镇", "2024-08-01"],
        )
    )
    page = book.create_sheet("本次报送")
    for row in (
        ["名称", "2024年“五好”创建自查"],
        ["方案", "方案"],
        ["阶段", "自查"],
        ["截止日期", "2024年8月21日"],
        ["发文单位", "测试县关工委"],
        ["主送机关", "测试市关工委："],
        ["报送类别", "村、学校"],
        *more,
    ):
        page.append(row)
    choices = book.create_sheet("以哪份为准")
    for row in (["单位名称", "文件"], ["测试东村", "二.xlsx"]):
        choices.append(row)
    out = book.create_sheet("排除")
    for row in (["单位名称", "原因"], ["旧/三.xlsx", "误发"]):
        out.append(row)
    book.save(path)
    return path


def test_a_roster_has_the_words_of_its_campaign(tmp_path: Path) -> None:
    roster = read_roster(campaign_roster(tmp_path / "名单.xlsx"))
    assert roster.campaign == Campaign(
        "2024年“五好”创建自查", "方案", "自查", date(2024, 8, 21), "测试县关工委", "测试市关工委", ("村", "学校")
    )
    # who is not of those kinds need not send; who has no day of its own has that of the campaign
    assert [(member.unit, member.asked, member.due) for member in roster.members] == [
        ("测试东村", True, date(2024, 8, 21)),
        ("测试社区", False, date(2024, 8, 1)),
    ]
    assert roster.choices == (("测试东村", "二.xlsx"),)
    assert roster.problems == ()


def test_a_date_of_the_campaign_that_is_none_is_a_fault_of_the_roster(tmp_path: Path) -> None:
    roster = read_roster(campaign_roster(tmp_path / "名单.xlsx", ["截止日期", "下周三"]))
    assert [(item.code, str(item.at)) for item in roster.problems] == [("not-a-date", "本次报送!B8")]


def test_a_workbook_of_another_stage_has_not_been_sent(tmp_path: Path) -> None:
    """It is listed as such, counts for nothing, and its committee is reminded; every file stands in one number."""
    roster = read_roster(campaign_roster(tmp_path / "名单.xlsx"))
    overview = overview_of(
        [
            record("测试东村", "一.xlsx", stage="年终"),
            record("测试西村", "二.xlsx"),
            record("测试南村", "三.xlsx", scheme="别的方案"),
            record("测试北村", "旧/三.xlsx"),
        ],
        roster,
    )
    assert [(item.file, item.unit, item.stage) for item in overview.lists.not_asked()] == [("一.xlsx", "测试东村", "年终")]
    assert [member.unit for member in overview.missing] == ["测试东村"]
    assert [item.file for item in overview.lists.excluded()] == ["旧/三.xlsx"]
    files = overview.files
    assert (files.all, files.counted, files.not_asked, files.excluded) == (4, 2, 1, 1)


def test_of_the_scheme_of_a_campaign_either_the_id_or_the_title_may_be_written() -> None:
    asked = Campaign(scheme="village-2023", stage="2024年 自查")
    assert asked.asks_for("village-2023", "嘎查村方案", "2024年自查")
    assert Campaign(scheme="嘎查村 方案").asks_for("village-2023", "嘎查村方案", "任何阶段")
    assert not asked.asks_for("college-2017", "学院方案", "2024年自查")
    assert not asked.asks_for("village-2023", "嘎查村方案", "中期评估")


@pytest.mark.parametrize(
    ("start", "due", "day", "fits"),
    [
        (None, date(2026, 12, 31), date(2026, 1, 2), True),  # early in the same year
        (None, date(2026, 6, 30), date(2025, 11, 20), False),  # last year's
        (None, date(2026, 1, 10), date(2025, 12, 20), True),  # the end of a year is reported in the next
        (None, None, date(2020, 1, 1), True),
        (date(2026, 3, 1), date(2026, 12, 31), date(2026, 2, 28), False),
        (date(2026, 3, 1), None, date(2026, 3, 1), True),
    ],
)
def test_a_workbook_of_an_earlier_year_was_not_asked_for(start: Any, due: Any, day: date, fits: bool) -> None:
    assert Campaign(start=start, due=due).asks_for("甲", "方案", "自查", day) is fits


@pytest.mark.parametrize("place", ["", "旧/"])
def test_the_administrator_decides_which_of_several_files_counts(tmp_path: Path, place: str) -> None:
    """A tie of one day, and an older file that is to count although a newer one is there."""
    roster = read_roster(campaign_roster(tmp_path / "名单.xlsx"))
    overview = overview_of(
        [record("测试东村", "一.xlsx"), record("测试东村", f"{place}二.xlsx", date(2024, 8, 1)), record("测试东村", "四.xlsx")],
        roster,
    )
    assert [row.record.file for row in rows_of(overview)] == [f"{place}二.xlsx"]
    assert (overview.files.superseded, overview.files.ties, len(overview.undecided)) == (2, 0, 0)


def test_the_report_says_what_the_campaign_says(tmp_path: Path) -> None:
    roster = read_roster(campaign_roster(tmp_path / "名单.xlsx"))
    own = context(overview_of([record("测试东村"), record("测试西村", stage="年终")], roster))["汇总"]
    assert "另有1个文件是别的指标体系或者别的阶段的，不算这次报送，见汇总表。" in own["报送句"]
    assert (own["单位"], own["主送机关"]) == ("测试县关工委", "测试市关工委")
    assert "".join(own["标题行"]) == "测试县关工委2024年“五好”创建自查汇总报告"


# Committees of one name


def test_two_committees_of_one_name_are_two_where_they_name_two_superiors() -> None:
    """Each county has its 实验小学; an older file of one of them is still that one's, also with the short name of the county."""
    overview = overview_of(
        [
            record("实验小学", "东/一.xlsx", superior="测试东县关心下一代工作委员会"),
            record("实验小学", "西/一.xlsx", superior="测试西县关工委：", score=80),
            record("实验小学", "东/旧.xlsx", date(2024, 7, 1), superior="东县关工委"),
            record("中心小学", "西/二.xlsx", superior="测试西县关工委"),
        ]
    )
    assert [(row.unit, row.record.file) for row in rows_of(overview)] == [
        ("中心小学", "西/二.xlsx"),
        ("实验小学（测试东县关心下一代工作委员会）", "东/一.xlsx"),
        ("实验小学（测试西县关工委：）", "西/一.xlsx"),
    ]
    assert [(item.file, item.kept) for item in overview.lists.superseded()] == [("东/旧.xlsx", "东/一.xlsx")]


def test_a_committee_that_writes_its_superior_in_two_ways_is_one() -> None:
    overview = overview_of(
        [
            record("实验小学", "一.xlsx", superior="测试县关工委"),
            record("实验小学", "二.xlsx", date(2024, 7, 1), superior="中共测试县关心下一代工作委员会"),
            record("实验小学", "三.xlsx", date(2024, 6, 1)),
        ]
    )
    assert [row.unit for row in rows_of(overview)] == ["实验小学"]
    assert overview.files.superseded == 2


def test_of_several_of_one_name_one_without_a_superior_is_one_more() -> None:
    files = [record("小学", f"{name}.xlsx", superior=superior) for name, superior in (("一", "东县"), ("二", "西县"), ("三", ""))]
    assert [row.unit for row in rows_of(overview_of(files))] == ["小学（东县）", "小学（没有写主送机关）", "小学（西县）"]


NAMESAKES = Roster((Member("实验小学", parent="东县"), Member("实验小学", parent="西县"), Member("东县"), Member("西县")), ())


@pytest.mark.parametrize(
    ("file", "superior", "parent"),
    [
        ("一.xlsx", "测试省东县关工委", "东县"),
        ("西县/一.xlsx", "", "西县"),
        ("西县关工委/乡镇/一.xlsx", "教育局", "西县"),
        ("西县/一.xlsx", "东县关工委", "东县"),
    ],
)
def test_namesakes_of_a_roster_are_told_apart(file: str, superior: str, parent: str) -> None:
    """By 主送机关 first, then by the folder in which the file lies."""
    overview = overview_of([record("实验小学", file, superior=superior)], NAMESAKES)
    assert [row.member.parent for row in rows_of(overview) if row.member] == [parent]
    assert [member.parent for member in overview.missing if member.unit == "实验小学"] == [
        {"东县": "西县", "西县": "东县"}[parent]
    ]


def test_what_cannot_be_told_apart_is_counted_and_left_to_the_administrator() -> None:
    overview = overview_of([record("实验小学", "一.xlsx")], NAMESAKES)
    assert (overview.files.counted, len(overview.received)) == (1, 0)
    assert [(item.unit, item.near) for item in overview.lists.unlisted()] == [("实验小学", "东县的实验小学、西县的实验小学")]


def test_one_name_under_two_superiors_is_two_rows_of_a_roster(tmp_path: Path) -> None:
    roster = read_roster(
        write_roster(
            tmp_path / "名单.xlsx",
            ["单位名称", "上级"],
            ["实验小学", "东县"],
            ["实验小学", "西县"],
            ["实验小学", "东县"],
            ["实验小学", ""],
        )
    )
    assert [(member.unit, member.parent) for member in roster.members] == [("实验小学", "东县"), ("实验小学", "西县")]
    assert [(item.code, item.at.cell) for item in roster.problems] == [("roster-twice", "A4"), ("roster-twice", "A5")]


def write_roster(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def test_those_with_others_below_them_need_not_send_unless_the_roster_says_so(tmp_path: Path) -> None:
    """丙县 and 乙镇 have others below them; of 乙镇 the roster says that it must send, of 测试南村 that it need not."""
    roster = read_roster(
        write_roster(
            tmp_path / "名单.xlsx",
            ["单位名称", "上级", "要报"],
            ["丙县", "", ""],
            ["乙镇", "丙县", "是"],
            ["测试东村", "乙镇", ""],
            ["测试西村", "乙镇", "√"],
            ["测试南村", "乙镇", "否"],
            ["测试北村", "乙镇", "也许"],
        )
    )
    asked = {member.unit: member.asked for member in roster.members}
    assert asked == {"丙县": False, "乙镇": True, "测试东村": True, "测试西村": True, "测试南村": False, "测试北村": True}
    assert [(item.code, item.at.cell) for item in roster.problems] == [("not-a-flag", "C7")]
    overview = overview_of([record("测试东村"), record("测试南村"), record("丙县")], roster)
    assert [member.unit for member in overview.missing] == ["乙镇", "测试西村", "测试北村"]
    # who was not asked and has sent counts on both sides
    assert (len(overview.expected), len(overview.received)) == (6, 3)
    assert [(level.parent, level.expected, level.received) for level in overview.levels] == [("丙县", 5, 2), ("乙镇", 4, 2)]


def test_each_committee_above_others_has_its_own_reminder(tmp_path: Path) -> None:
    """It names those who have to send and have not; once all have sent, it says so, and no old one stays."""
    place = tmp_path / "来件"
    place.mkdir()
    roster = write_roster(
        tmp_path / "名单.xlsx",
        ["单位名称", "上级"],
        ["甲镇", ""],
        ["乙镇", ""],
        ["测试东村", "甲镇"],
        ["测试嘎查村关工委", "乙镇"],
    )
    shutil.copy(VILLAGE, place)
    aggregate(place, roster=roster, written=True)
    texts = {path.name: path.read_text(encoding="utf-8-sig") for path in (place / "汇总" / "催报").iterdir()}
    assert sorted(texts) == ["乙镇.txt", "甲镇.txt"]
    assert "下列1个单位尚未报送：测试东村。" in texts["甲镇.txt"]
    assert texts["乙镇.txt"] == "名单上的单位都已报送，谢谢。\n"
    assert "甲镇、" not in (place / "汇总" / "催报.txt").read_text(encoding="utf-8-sig")
    send_as(place / "东.xlsx", "测试东村")
    aggregate(place, roster=roster, written=True)
    assert (place / "汇总" / "催报" / "甲镇.txt").read_text(encoding="utf-8-sig") == "名单上的单位都已报送，谢谢。\n"


def send_as(path: Path, unit: str) -> None:
    book = openpyxl.load_workbook(VILLAGE)
    book["基本信息"]["B4"] = unit
    book.save(path)


def test_the_faults_of_a_roster_are_shown_wherever_it_is(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "来件"
    place.mkdir()
    shutil.copy(VILLAGE, place)
    roster = write_roster(
        tmp_path / "名单.xlsx", ["单位名称", "截止日期"], ["测试东村", "下周"], ["测试东村", ""], ["测试西村", date(2024, 8, 1)]
    )
    screen = run("aggregate", place, "--roster", roster).stdout
    assert "名单有误　Sheet!B2：" in screen
    assert "名单有误　Sheet!A3：名单里“测试东村”出现了两次" in screen
    page = openpyxl.load_workbook(place / "汇总" / "汇总表.xlsx")["未报名单"]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=4)]
    assert [row[0] for row in rows] == ["名单有误", "名单有误", "未报", "未报", "名单外"]
    assert "Sheet!A3" in str(rows[1][-1])
    data = json.loads(run("aggregate", place, "--roster", roster, "--json").stdout)
    assert [item["cell"] for item in data["roster"]["problems"]] == ["B2", "A3"]


def test_the_workbook_of_a_committee_is_no_roster(run: Run, tmp_path: Path) -> None:
    (tmp_path / "来件").mkdir()
    shutil.copy(VILLAGE, tmp_path / "来件")
    done = run("aggregate", tmp_path / "来件", "--roster", VILLAGE)
    assert done.exit_code == 2
    assert "是一个单位的工作簿，不是单位名单" in done.stderr


def test_a_decision_under_another_name_of_the_committee_holds() -> None:
    roster = Roster((Member("测试西村", aliases=("西村关工委",)),), (Exclusion("西村关工委", "已撤并", "李测试"),))
    overview = overview_of([record("测试西村")], roster)
    assert (overview.files.counted, overview.files.excluded, [member.unit for member, _ in overview.excluded]) == (
        0,
        1,
        ["测试西村"],
    )


def test_of_tied_files_only_those_of_that_day_are_ties() -> None:
    overview = overview_of([record("甲", "一.xlsx"), record("甲", "二.xlsx"), record("甲", "旧.xlsx", date(2024, 1, 1))])
    assert [item.file for item in overview.lists.ties()] == ["一.xlsx", "二.xlsx"]
    assert {item.file: item.reason for item in overview.lists.superseded()} == {
        "一.xlsx": "同一天另有一份内容不同的，请指定以哪一份为准",
        "二.xlsx": "同一天另有一份内容不同的，请指定以哪一份为准",
        "旧.xlsx": "2024-08-20另有几份内容不同的，请指定以哪一份为准",
    }


def test_periods_stand_in_the_order_of_time_whoever_comes_first() -> None:
    labels = ["2018年", "2016年", "2017年秋季学期", "2017年春季学期", "2024年10月", "2024年2月", "现状", "2017—2019年"]
    assert sorted(labels, key=in_time) == [
        "2016年",
        "2017年春季学期",
        "2017年秋季学期",
        "2018年",
        "2017—2019年",
        "2024年2月",
        "2024年10月",
        "现状",
    ]
    overview = overview_of(
        [
            record("甲", ratios=(("2018年", Fraction(1), Fraction(2)),)),
            record("乙", ratios=(("2016年", Fraction(1), Fraction(2)),)),
        ]
    )
    assert [label for label, _, _ in overview.groups[0].totals.indicators[0].ratios] == ["2016年", "2018年"]


def test_a_file_with_a_name_that_is_no_text(run: Run, folder: Path) -> None:
    """As it comes out of an archive packed on a Chinese Windows."""
    shutil.copy(SAMPLES / GOOD, os.fsencode(folder) + b"/\xb2\xe2\xca\xd4.xlsx")
    data = json.loads(run("aggregate", folder, "--json").stdout)
    named = [row["file"] for group in data["groups"] for row in group["committees"]]
    assert [name for name in named if name.startswith("测试.xlsx〔")], named


def test_an_unknown_scheme_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    assert run("aggregate", tmp_path, "--scheme", "nosuch").exit_code == 2


def test_the_nearest_of_very_many_names_is_found() -> None:
    names = NameIndex(f"测试{number:05d}号村关工委" for number in range(5000))
    assert names.nearest("测试04321好村关工委") == "测试04321号村关工委"
    assert names.nearest("别的") is None


def test_names_are_one_whatever_their_form() -> None:
    assert unit_key("测试（东）村 A\u0301") == unit_key("测试(东)村\u3000á".upper())
    assert unit_key("测试东村") != unit_key("测试西村")


def test_a_roster_as_people_write_it(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    page = made.active
    page.append(["某县关工委名单"])
    page.append(["序号", "单位名称*", "类别", "上级", "截止时间", "曾用名"])
    page.append([1, "测试东村", "村", "甲镇", "2024年8月21日", "东村、东庄"])
    page.append([2, "测试西村", "村", "甲镇", date(2024, 8, 22), ""])
    page.append([3, "东庄", "村", "", "随便", ""])
    out = made.create_sheet("排除")
    out.append(["单位名称", "原因", "经办人", "日期"])
    out.append(["测试西村", "已撤并", "李测试", date(2024, 8, 1)])
    made.save(tmp_path / "名单.xlsx")
    people = read_roster(tmp_path / "名单.xlsx")
    assert people.members == (
        Member("测试东村", "村", "甲镇", date(2024, 8, 21), ("东村", "东庄")),
        Member("测试西村", "村", "甲镇", date(2024, 8, 22)),
    )
    assert people.exclusions == (Exclusion("测试西村", "已撤并", "李测试", date(2024, 8, 1)),)
    assert [(item.code, str(item.at)) for item in people.problems] == [("not-a-date", "Sheet!E5"), ("roster-twice", "Sheet!A5")]


def test_a_roster_may_be_a_single_column_under_other_words(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for row in (["日期", "2024年8月"], ["单位名称"], ["测试东村"]):
        made.active.append(row)
    made.save(tmp_path / "名单.xlsx")
    assert read_roster(tmp_path / "名单.xlsx").members == (Member("测试东村"),)


def test_a_workbook_without_a_unit_gives_no_result(tmp_path: Path) -> None:
    made = openpyxl.load_workbook(SAMPLES / GOOD)
    for row in made["基本信息"].iter_rows(max_col=2):
        if str(row[0].value).startswith("单位名称"):
            row[1].value = None
    made.save(tmp_path / "甲.xlsx")
    failed = evaluate_all([(tmp_path / "甲.xlsx", "甲.xlsx", Options())])[0]
    assert isinstance(failed, NotEvaluated)
    again = pickle.loads(pickle.dumps(failed))
    assert (again.code, str(again), again.problem) == (
        "required-empty",
        "没有填写单位名称，不知道是谁的工作簿。",
        problem("required-empty", column="单位名称", effect=""),
    )


def test_a_workbook_that_is_no_roster_is_refused(run: Run, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / GOOD, tmp_path / "甲.xlsx")
    openpyxl.Workbook().save(tmp_path / "名单.xlsx")
    done = run("aggregate", tmp_path, "--roster", tmp_path / "名单.xlsx", "--json")
    assert done.exit_code == 2
    assert [item["code"] for item in json.loads(done.stdout)["problems"]] == ["no-roster"]


def test_the_reminder_is_ready_to_paste() -> None:
    roster = Roster(
        (Member("测试东村", due=date(2024, 8, 21)), Member("测试西村", due=date(2024, 8, 21)), Member("测试南村")), ()
    )
    assert reminder(overview_of([], roster).missing).splitlines()[1:3] == [
        "应于2024年8月21日前报送工作簿的下列2个单位尚未报送：测试东村、测试西村。",
        "应报送工作簿的下列1个单位尚未报送：测试南村。",
    ]
    assert (
        reminder(overview_of([record("测试东村"), record("测试西村"), record("测试南村")], roster).missing)
        == "名单上的单位都已报送，谢谢。"
    )


def test_everybody_below_a_committee_at_any_depth() -> None:
    overview = overview_of(
        [
            record("测试东村"),
            record("测试西村", status="未达标"),
            record("测试南村"),
            record("测试中村", status="未达标"),
            record("外来村"),
        ],
        ROSTER,
    )
    assert [
        (level.parent, level.expected, level.received, level.tallies[0].met, level.tallies[0].asked) for level in overview.levels
    ] == [("甲镇", 2, 2, 1, 2), ("乙镇", 2, 1, 1, 1), ("丙县", 4, 3, 1, 3)]
    assert [(item["parent"], item["groups"][0]["rate"]) for item in overview_data(overview)["roster"]["levels"]] == [
        ("甲镇", 0.5),
        ("乙镇", 1),
        ("丙县", pytest.approx(1 / 3)),
    ]
    circle = Roster((Member("甲", parent="乙"), Member("乙", parent="甲")), ())
    assert [level.parent for level in overview_of([record("甲")], circle).levels] == ["乙", "甲"]


def test_the_lowest_level_that_is_not_too_wide_stands_for_its_committees() -> None:
    members = [
        Member("省"),
        *(Member(f"县{n}", parent="省") for n in range(3)),
        *(Member(f"乡{n}", parent=f"县{n % 3}") for n in range(MOST_REGIONS + 1)),
        *(Member(f"村{n}", parent=f"乡{n}") for n in range(MOST_REGIONS + 1)),
    ]
    region = region_of(Roster(tuple(members), ()))
    assert {region(member) for member in members[-MOST_REGIONS - 1 :]} == {"县0", "县1", "县2"}
    assert region(Member("村", parent="别处")) == ""
    small = region_of(Roster(tuple(members[:4] + [Member("乡", parent="县1"), Member("村", parent="乡")]), ()))
    assert small(Member("村", parent="乡")) == "乡"


UNITS = ["测试东村", "测试西村", "西村关工委", "测试南村", "测试北村", "测试中村", "外来村", "甲镇"]


@examples(25)
@given(
    st.lists(
        st.tuples(st.sampled_from(UNITS), st.integers(1, 4), st.sampled_from(["自查", "年终"]), st.integers(0, 2)), max_size=16
    ),
    st.integers(0, 3),
    st.integers(0, 3),
    st.booleans(),
)
def test_the_numbers_always_add_up(sent: Any, failures: Any, skips: Any, listed: Any) -> None:
    records = [
        record(unit, f"{number}.xlsx", date(2024, 8, day), sha=f"{content}{unit}", stage=stage)
        for number, (unit, day, stage, content) in enumerate(sent)
    ]
    failed = [Failed(f"坏{number}.xlsx", "damaged", "坏了") for number in range(failures)]
    overview = overview_of(
        records, ROSTER if listed else None, failed, [Skipped(f"~${number}", "临时") for number in range(skips)]
    )
    files, rows = overview.files, rows_of(overview)
    assert files.all == len(records) + failures + skips
    assert files.counted + files.superseded + files.excluded == len(records)
    assert (files.counted, files.superseded, files.excluded) == (
        len(rows),
        len(list(overview.lists.superseded())),
        len(list(overview.lists.excluded())),
    )
    others = [item.file for item in overview.lists.superseded()] + [item.file for item in overview.lists.excluded()]
    assert sorted([row.record.file for row in rows] + others) == sorted(item.file for item in records)
    if listed:
        groups = [overview.received, overview.undecided, tuple(member for member, _ in overview.excluded), overview.missing]
        assert sorted(member.unit for group in groups for member in group) == sorted(member.unit for member in ROSTER.members)
    for group in overview.groups:
        assert group.totals.overall.size == len(list(group.rows())) == group.totals.size
        assert sum(own.size for own in group.totals.parents.values()) == group.totals.size
        for item in group.totals.indicators:
            assert item.tally.size == group.totals.size
    # 甲镇 stands under 丙县, 乙镇 does not
    assert sum(level.received for level in overview.levels if level.parent in ("丙县", "乙镇")) == len(overview.received)


# Places, rates, totals


def test_places_are_shared_and_the_next_is_left_out() -> None:
    overview = overview_of([record("甲", score=90), record("乙", score=95), record("丙", score=95), record("丁", score=80)])
    assert [(row.unit, row.place, row.tied) for row in rows_of(overview)] == [
        ("丙", 1, True),
        ("乙", 1, True),
        ("甲", 3, False),
        ("丁", 4, False),
    ]


def test_rates_are_made_of_totals_and_never_of_rates() -> None:
    # 1 of 1 and 1 of 9: the mean of the rates would be 56 %, together it is 2 of 10
    overview = overview_of(
        [
            record("甲", ratios=(("2024年", Fraction(1), Fraction(1)),)),
            record("乙", ratios=(("2024年", Fraction(1), Fraction(9)),)),
        ]
    )
    assert overview_data(overview)["groups"][0]["indicators"][0]["totals"] == [
        {"label": "2024年", "top": 2, "bottom": 10, "value": 0.2}
    ]


def test_who_is_missing_though_a_file_came_is_told_of_it() -> None:
    """By its name, with or without 关工委, in the name of the file or of its folder; nobody else is."""
    members = [Member("测试甲村关工委"), Member("测试乙村", aliases=("乙嘎查",)), Member("测试丙村")]
    files = ["收到/测试甲村.rar", "乙嘎查/汇报.docx", "别处/无名.csv"]
    found = unread_of(members, files)
    assert found == {members[0]: ("收到/测试甲村.rar",), members[1]: ("乙嘎查/汇报.docx",)}
    text = reminder(members, found)
    assert (
        "其中下列单位有文件送到，但没有读出来，请用标准工作簿（.xlsx）重新报送：测试甲村关工委（测试甲村.rar）、测试乙村（汇报.docx）。"
        in text
    )
    assert "没有读出来" not in reminder(members)


def test_a_rate_of_committees_leaves_out_those_it_is_not_asked_of() -> None:
    overview = overview_of(
        [record("甲"), record("乙", status="未达标"), record("丙", status="不适用"), record("丁", status="缺数据")]
    )
    tally = overview.groups[0].totals.indicators[0].tally
    assert (tally.met, tally.asked, tally.rate) == (1, 3, Fraction(1, 3))
    assert overview.groups[0].totals.indicators[0].losers == ("丁", "乙")


def demo(served: Any, unit: Any) -> Any:
    """So many young people served in each of three years, of 100."""
    return check_book(
        book(
            "demo-rules",
            {"单位名称": unit},
            年度数据=[[year, 100] for year in (2024, 2025, 2026)],
            活动=[[date(year, 5, 4), "宣讲", "普法", 2, served, ""] for year in (2024, 2025, 2026)],
        )
    )


def test_a_rank_is_settled_when_the_others_are_known() -> None:
    """5.1 of the demonstration scheme: first to third full mark, then less for every place; alone it waits."""
    outcome = demo(100, "甲")
    alone = record_of("甲.xlsx", outcome, outcome.scheme, outcome.assessment)
    item = next(one for one in alone.indicators if one.id == "5.1")
    assert (item.status, item.place, item.progress) == ("待评定", None, "待汇总评定")
    labels = {(name, label) for name, label, _ in alone.rank_values}
    full = next(one.points for one in outcome.scheme.indicators if one.id == "5.1")
    second = with_places(alone, outcome.scheme, dict.fromkeys(labels, 2))
    item = next(one for one in second.indicators if one.id == "5.1")
    assert (item.status, item.place, item.score, item.full, item.progress) == ("达标", 2, full, full, "2名")
    assert (
        second.score
        == (sum(head.score for head in second.heads if head.full) / sum(head.full for head in second.heads if head.full))
        * outcome.scheme.full
    )
    low = with_places(alone, outcome.scheme, dict.fromkeys(labels, 40))
    assert next(one for one in low.indicators if one.id == "5.1").score < full
    assert low.score < second.score
    # nothing else has moved
    assert [(one.id, one.status, one.score) for one in low.indicators if one.id != "5.1"] == [
        (one.id, one.status, one.score) for one in alone.indicators if one.id != "5.1"
    ]
    with pytest.raises(OtherRules):
        with_places(replace(alone, scheme_hash="x"), outcome.scheme, {})


def test_places_among_peers_of_one_scheme_and_stage() -> None:
    """The highest value first; two share the second place, and the next is the fourth."""
    outcomes = [demo(number, unit) for number, unit in ((100, "甲"), (300, "乙"), (200, "丙"), (200, "丁"))]
    records = [record_of(f"{outcome.unit}.xlsx", outcome, outcome.scheme, outcome.assessment) for outcome in outcomes]
    assert [[value for _, _, value in one.rank_values][-1] for one in records] == [3, 9, 6, 6]
    overview = overview_of([*records, record("戊")])
    places = {row.unit: item.place for row in overview.rows() for item in row.record.indicators if item.id == "5.1"}
    assert places == {"乙": 1, "丙": 2, "丁": 2, "甲": 4}


# What has moved since the last report


def test_a_change_is_one_of_data_or_one_of_rules() -> None:
    before = record("甲", day=date(2023, 8, 1), score=80, status="未达标")
    same = compare_records(record("甲", score=90), before)
    assert (same.change, same.by_data, same.by_rules, same.other_rules) == (10, 10, 0, False)
    assert same.changes == ("1.1 例会：未达标→达标",)
    # the scheme has changed, but not this indicator: what it moved is work
    assert [(last.by_data, last.by_rules) for last in (compare_records(record("甲", score=90, scheme_hash="h2"), before),)] == [
        (10, 0)
    ]
    # the indicator is recalculated otherwise now: nobody can say what of it is work
    other = compare_records(record("甲", score=90, scheme_hash="h2", rule="r2"), before)
    assert (other.change, other.by_data, other.by_rules) == (10, 0, 10)
    assert (
        Row(record("甲"), None, last=other).why_changed
        == "方案也改过，升降中资料占 +0.00 分，方案占 +10.00 分（1.1 例会：未达标→达标）"
    )
    assert Row(record("甲"), None, last=same).why_changed == "方案没有变，是资料的变化（1.1 例会：未达标→达标）"


def test_what_was_under_way_and_has_come_due_is_no_change_of_data() -> None:
    before = record("甲", status="进行中", score=90)
    due = compare_records(record("甲", status="未达标", score=80), before)
    assert due.due == due.changes == ("1.1 例会：进行中→未达标",)
    assert Row(record("甲"), None, last=due).why_changed == "方案没有变，有的时限已到（1.1 例会：进行中→未达标）"
    both = replace(due, changes=(*due.changes, "1.2 培训：达标→未达标"))
    assert Row(record("甲"), None, last=both).why_changed == (
        "方案没有变，有的时限已到（1.1 例会：进行中→未达标），其余是资料的变化（1.2 培训：达标→未达标）"
    )


# The command and its files


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four workbooks of two levels, a file that is none, and a roster."""
    place = tmp_path_factory.mktemp("sent") / "来 件"
    (place / "甲镇").mkdir(parents=True)
    for number, name in enumerate((GOOD, GOOD, OTHER, BAD)):
        made = openpyxl.load_workbook(SAMPLES / name)
        made["基本信息"]["B4"] = f"测试{'东西南北'[number]}村"
        if number == 1:
            made["会议"].delete_rows(4, 6)
        made.save(place / "甲镇" / f"{number}.xlsx")
    (place / "坏.xlsx").write_bytes(b"junk")
    roster = openpyxl.Workbook()
    roster.active.append(["单位名称", "上级", "截止日期"])
    for name in "东西南中":
        roster.active.append([f"测试{name}村", "甲镇", date(2024, 8, 10)])
    roster.save(place / "名单.xlsx")
    return place


@pytest.fixture
def folder(sent: Path, tmp_path: Path) -> Path:
    """The same files in a folder of the test's own."""
    return Path(shutil.copytree(sent, tmp_path / sent.name))


def test_aggregate_counts_every_file_and_writes_all_its_outputs(run: Run, folder: Path) -> None:
    done = run("aggregate", folder, "--roster", folder / "名单.xlsx", "--json")
    data = json.loads(done.stdout)
    assert done.exit_code == 1
    assert data["files"] == {"all": 6, "counted": 4, "superseded": 0, "excluded": 0, "failed": 1, "not_asked": 0, "skipped": 1}
    assert data["failed"] == [
        {"workbook": "坏.xlsx", "code": "not-a-workbook", "message": "文件“坏.xlsx”不是 Excel 工作簿（看上去是文本文件或 CSV）。"}
    ]
    assert data["skipped"] == [{"file": "名单.xlsx", "reason": "是单位名单"}]
    assert [(group["scheme"], group["stage"], len(group["committees"])) for group in data["groups"]] == [
        ("college-2017", "中期评估", 1),
        ("village-2023", "2024年自查", 2),
        ("village-2023", "中期评估", 1),
    ]
    roster = data["roster"]
    assert (roster["expected"], roster["received"], [item["unit"] for item in roster["missing"]]) == (4, 3, ["测试中村"])
    assert roster["late"] == ["测试东村", "测试西村"]
    assert [item["unit"] for item in roster["strangers"]] == ["测试北村"]
    village = data["groups"][1]
    assert [(item["unit"], item["status"], item["place"]) for item in village["committees"]] == [
        ("测试东村", "达标", 1),
        ("测试西村", "未达标", 2),
    ]
    assert village["overall"]["rate"] == 0.5
    assert set(data["written"]) == {"汇总表.xlsx", "汇总报告.docx", "汇总看板.html", "催报.txt", "汇总包.wuhao", "催报/甲镇.txt"}
    assert "测试中村" in Path(data["written"]["催报.txt"]).read_text(encoding="utf-8-sig")
    # every total leads down to the cells it came from
    assert any(item["cells"] and "!" in item["cells"][0] for item in village["committees"][0]["indicators"])
    screen = run("aggregate", folder, "--roster", folder / "名单.xlsx")
    assert "共 6 个文件：计入 4，重复 0，排除 0，不能汇总 1，跳过 1。" in screen.stdout
    assert run("aggregate", folder / "没有").exit_code == 2


def test_the_results_are_those_of_each_workbook(run: Run, folder: Path) -> None:
    data = json.loads(run("aggregate", folder, "--json").stdout)
    for group in data["groups"]:
        for row in group["committees"]:
            alone = json.loads(run("check", folder / row["file"], "--json").stdout)
            assert (row["status"], row["score"], row["unit"]) == (alone["status"], alone["score"], alone["unit"])
            assert [(item["id"], item["status"]) for item in row["indicators"]] == [
                (item["id"], item["status"]) for good in alone["goods"] for item in good["indicators"]
            ]


def test_the_report_says_what_the_numbers_are(run: Run, folder: Path) -> None:
    data = json.loads(run("aggregate", folder, "--roster", folder / "名单.xlsx", "--json").stdout)
    text = document_text(Path(data["written"]["汇总报告.docx"]).read_bytes())
    assert "甲镇基层关工委工作汇总报告" in text
    assert "应报送4个单位，已报送3个，未报送1个，其中迟报2个。共收到文件6个，计入汇总4个单位。" in text
    assert "未报送的单位：测试中村。" in text
    assert "不在名单上的单位：测试北村。" in text
    assert "、嘎查村关工委创建“五好”指标体系2024年自查" in text
    assert text.count("嘎查村关工委创建“五好”指标体系2024年自查") == 3  # the chapter, and once in either attachment
    assert "2个单位中，达标1个，未达标1个，达标率50%。" in text
    assert "没有达标的单位和主要差距如下。\n测试西村：" in text
    assert "测试东村：2023年" in text
    assert "下一步工作\n1.督促未报送的1个单位尽快报送。\n2.对没有达标的" in text
    assert "坏.xlsx" in text
    assert "None" not in text
    assert "nan" not in text


def test_the_report_of_an_aggregate_keeps_the_standard(libreoffice: LibreOffice, run: Run, folder: Path, tmp_path: Path) -> None:
    from tests import gbt9704

    data = json.loads(run("aggregate", folder, "--roster", folder / "名单.xlsx", "--json").stdout)
    report = Path(data["written"]["汇总报告.docx"])
    checks = gbt9704.run(report, libreoffice.convert(report, "pdf", tmp_path))
    assert [f"{item.clause} {item.rule}: {item.expected} / {item.found}" for item in checks if item.ok is False] == []
    assert sum(item.ok is True for item in checks) > 40


def test_the_documented_names_of_the_report_are_its_names() -> None:
    from tests.test_report import undeclared

    overview = overview_of(
        [record("测试东村"), record("测试西村", status="未达标", score=3), record("外来村")],
        ROSTER,
        [Failed("坏.xlsx", "damaged", "坏了。")],
    )
    assert undeclared(ROLLUP_REPORT, context(overview)) == []


def test_no_number_that_one_could_ring_enters_an_aggregate(tmp_path: Path) -> None:
    """Nor a cause that names somebody on a roll; the names of many committees stand behind the report."""
    rows = [
        [
            date(2024, 5, 10),
            "普法",
            "法治教育",
            "请进来",
            3,
            60,
            "村里",
            "民警周测试",
            "有事请打13800138000或010-12345678",
            "",
            "Z1",
        ]
    ]
    people = [["王测试", "男", "", "群众", "老干部", date(2023, 6, 1), "", "", ""]]
    mended = [["没有开会", "1.2.1", "王测试生病", "补开", "", "", "整改中"]]
    raw = book("village-2023", version=2, 活动=rows, 五老名册=people, 问题整改=mended)
    outcome = check_book(raw)
    assert outcome.scheme is not None
    assert outcome.assessment is not None
    kept = record_of("甲.xlsx", outcome, outcome.scheme, outcome.assessment)
    assert kept.deed is not None
    assert kept.deed.sentence == "2024年5月，邀请民警周测试在村里开展“普法”，60名青少年参加，有事请打＊＊＊或＊＊＊"
    found = next(item for item in kept.indicators if item.id == "1.2.1")
    assert (found.reason, found.cause) == ("2023年没有召开党支部例会专题研究关工委工作", "")


def test_many_names_stand_behind_the_report() -> None:
    members = [Member(f"单位{number:02}") for number in range(30)]
    overview = overview_of([record("单位00")], Roster(tuple(members), ()))
    own = context(overview)["汇总"]
    assert own["报送句"] == ["未报送的单位29个，名单见附件。"]
    assert len(own["单位名单"]) == 29


def test_a_rate_that_has_not_changed_is_no_change() -> None:
    same = Tally({"未达标": 2})
    assert _changes(Changes(2, 1, 0, 0, same, same)).startswith("2个单位有上次结果：总分上升的1个，")
    whole = Tally({"达标": 2})
    assert "达标率都是100%，" in _changes(Changes(2, 0, 0, 0, whole, whole))


def test_a_report_that_somebody_has_edited_stays(run: Run, folder: Path) -> None:
    import docx

    run("aggregate", folder)
    path = folder / "汇总" / "汇总报告.docx"
    document = docx.Document(str(path))
    document.paragraphs[-1].add_run("改")
    document.save(str(path))
    edited = path.read_bytes()
    done = run("aggregate", folder)
    assert path.read_bytes() == edited
    assert "“汇总报告.docx”已被人修改过" in done.stderr


PAGES = ["总表", "指标达标", "失分统计", "分类统计", "人数与人次", "单位人数与人次", "逐项明细"]


def test_the_table_has_its_sheets_and_its_totals_are_live(
    run: Run, folder: Path, libreoffice: LibreOffice, tmp_path: Path
) -> None:
    run("aggregate", folder, "--roster", folder / "名单.xlsx")
    path = folder / "汇总" / "汇总表.xlsx"
    plain, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    ends = ["高校二级学院关工分委创建 中期评估", "嘎查村关工委创建 2024年自查", "嘎查村关工委创建“五好” 中期评估"]
    assert plain.sheetnames == ["封面", *(f"{name}（{end}）" for end in ends for name in PAGES), "未报名单", "问题文件"]
    links = [cell.hyperlink.location for (cell,) in plain["封面"]["A1:A40"] if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in plain.sheetnames[1:]]
    formulas = [
        (page.title, cell.coordinate) for page in plain for row in page.iter_rows() for cell in row if cell.data_type == "f"
    ]
    assert len(formulas) > 100
    assert all(page.page_setup.orientation == "landscape" and page.print_title_rows for page in plain.worksheets[1:])
    # another program calculates every formula anew and finds our numbers
    again = recalculated(libreoffice, path, tmp_path)
    for title, cell in formulas:
        ours, theirs = values[title][cell].value, again[title][cell].value
        assert theirs == pytest.approx(ours), (title, cell)


def test_details_are_left_out_on_demand(run: Run, folder: Path) -> None:
    assert run("aggregate", folder, "--no-details").exit_code == 1
    names = openpyxl.load_workbook(folder / "汇总" / "汇总表.xlsx").sheetnames
    assert [name for name in names if name.startswith("逐项明细")] == []
    assert len([name for name in names if name.startswith("单位人数与人次")]) == 3


def test_a_campaign_says_threshold_and_quota(tmp_path: Path) -> None:
    path = campaign_roster(tmp_path / "名单.xlsx")
    book = openpyxl.load_workbook(path)
    for row in (["授牌最低分", 85.5], ["授牌名额", "十个"]):
        book["本次报送"].append(row)
    book.save(path)
    roster = read_roster(path)
    assert roster.campaign.least == Fraction(171, 2)
    assert roster.campaign.quota == 10
    book["本次报送"].append(["授牌名额", "许多"])
    book.save(path)
    faults = [(item.code, str(item.at)) for item in read_roster(path).problems]
    assert ("not-a-number", f"本次报送!B{book['本次报送'].max_row}") in faults


def test_a_scheme_of_the_options_is_for_workbooks_without_a_stamp(run: Run, tmp_path: Path) -> None:
    """One that was made for another scheme is judged by that, and it is said; the second time too, from what is known."""
    shutil.copy(VILLAGE, tmp_path / "村.xlsx")
    shutil.copy(SAMPLES / "01_测试学院_中期评估.xlsx", tmp_path / "学院.xlsx")
    for _ in range(2):
        done = run("aggregate", tmp_path, "--scheme", "village-2023", "--json")
        assert [group["scheme"] for group in json.loads(done.stdout)["groups"]] == ["college-2017", "village-2023"]
    done = run("aggregate", tmp_path, "--scheme", "village-2023")
    assert "有 1 个工作簿是按别的方案制作的（学院.xlsx），各按它自己的方案评定" in done.stdout


def test_what_nobody_has_sent_is_not_received(run: Run, tmp_path: Path) -> None:
    shutil.copy(VILLAGE, tmp_path / "村.xlsx")
    (tmp_path / "~$村.xlsx").write_bytes(b"x")
    (tmp_path / "说明.csv").write_bytes(b"x")
    done = run("aggregate", tmp_path)
    assert "共 2 个文件：计入 1，重复 0，排除 0，不能汇总 0，跳过 1。" in done.stdout
    assert "另有 1 个临时文件或本工具生成的文件，不算收到的。" in done.stdout
    assert "有的工作簿可能还开着（~$村.xlsx）" in done.stdout


def test_an_empty_folder_gives_an_empty_overview_where_a_roster_says_who_is_missing(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["单位名称"], ["测试东村"]):
        book.active.append(row)
    book.save(tmp_path / "名单.xlsx")
    (tmp_path / "空").mkdir()
    done = run("aggregate", tmp_path / "空", "--roster", tmp_path / "名单.xlsx", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["files"]["all"] == 0
    assert isinstance(overview_of([]), Overview)


def test_no_name_of_a_person_is_in_an_aggregate(run: Run, folder: Path) -> None:
    """People of the rolls and logs of the workbooks, and their telephones, are found nowhere in what is written."""
    import html
    import zipfile

    people = set()
    for path in (folder / "甲镇").glob("*.xlsx"):
        made = openpyxl.load_workbook(path)
        for sheet in ("五老名册", "班子成员", "困境青少年"):
            if sheet in made.sheetnames:
                people |= {row[0] for row in made[sheet].iter_rows(min_row=4, values_only=True) if row[0]}
    assert len(people) > 20
    done = run("aggregate", folder, "--roster", folder / "名单.xlsx", "--json")
    texts = [done.stdout]
    texts.append((folder / "汇总" / "汇总看板.html").read_text(encoding="utf-8"))
    with zipfile.ZipFile(folder / "汇总" / "汇总表.xlsx") as package:
        texts += [html.unescape(package.read(name).decode("utf-8", "replace")) for name in package.namelist()]
    for text in texts:
        assert [name for name in people if name in text] == []
        assert "138-0000" not in text
