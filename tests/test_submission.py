"""Reading with forgiveness: headers, columns, rows, and the problem and place each fault gets."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import COLLEGE, book, codes, judged, values
from wuhao_report.core.options import Options
from wuhao_report.evaluation.check import Outcome, check, check_book
from wuhao_report.report.json_form import outcome_data
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.tools.blank_workbook import new_workbook
from wuhao_report.workbook.reader import RawBook, RawSheet

C = "college-2017"
MEETINGS = [
    [date(2017, 3, 1), "全委会议", "甲", "", "", "", "", "Z1"],
    [date(2017, 9, 1), "全委会议", "乙", "", "", "", "", "Z1"],
]
REGISTER = [["Z1", "记录"]]


def replaced(raw: RawBook, name: str, rows: Any) -> RawBook:
    return RawBook(
        raw.file,
        raw.sha256,
        tuple(RawSheet(name, tuple(map(tuple, rows))) if sheet.name == name else sheet for sheet in raw.sheets),
    )


def found(outcome: Outcome, sheet: Any) -> list[Any]:
    """Return the problems of a sheet, but for columns that are wholly blank."""
    return [item for item in codes(outcome) if item[1] and item[1].startswith(sheet) and item[0] != "unfilled-column"]


def test_rows_with_faults_are_named_and_left_out() -> None:
    outcome = judged(
        C,
        会议=[
            ["昨天", "全委会议", "甲"],
            ["", "全委会议", "乙"],
            [date(2017, 3, 1), "全委会", "丙"],
            [date(2017, 3, 2), "全委会议", ""],
            [date(2017, 3, 3), "全委会议", "丁", "不清楚", -3.0],
            [date(2017, 3, 4), "全委会议", "戊"],
        ],
    )
    assert found(outcome, "会议") == [
        ("not-a-date", "会议!A4"),
        ("required-empty", "会议!A5"),
        ("unknown-choice", "会议!B6"),
        ("required-empty", "会议!C7"),
        ("not-a-flag", "会议!D8"),
        ("negative-number", "会议!E8"),
    ]
    assert values(outcome, "3.2.1")["2017年春季学期"] == 2
    unknown = next(item for item in outcome.problems if item.code == "unknown-choice")
    assert unknown.value == "全委会"
    assert "这一行未计入" in unknown.message
    assert "是否应为“全委会议”？" in unknown.hint


def test_a_person_who_leaves_before_joining_is_left_out() -> None:
    outcome = judged(
        C, 班子成员=[["甲测试", "主任", "", date(2017, 2, 1), date(2017, 1, 1)], ["乙测试", "秘书", "", date(2017, 2, 1), "不详"]]
    )
    assert found(outcome, "班子成员") == [("not-a-date", "班子成员!E5"), ("dates-out-of-order", "班子成员!E4")]
    assert values(outcome, "1.1.1") == {"现状": 0}


def test_the_second_row_of_a_year_is_left_out() -> None:
    outcome = judged(C, 年度数据=[[2017.0, 100.0, 5.0, "是", "是", 1.0], [2017.0, 100.0, 5.0, "否", "否", 0.0]])
    assert ("duplicate-year", "年度数据!A5") in codes(outcome)
    assert values(outcome, "1.1.5")["2017年"] == 1


def test_an_empty_required_number_leaves_the_year_out() -> None:
    outcome = judged(C, 年度数据=[[2017.0, "", 5.0, "是", "是", 1.0]])
    assert ("required-empty", "年度数据!B4") in codes(outcome)
    assert values(outcome, "1.1.5")["2017年"] is None


def test_columns_may_stand_anywhere_under_any_known_name() -> None:
    rows = [
        ["随便写的", "", ""],
        [],
        ["统计到年底"],
        [""],
        ["备注", "会议\n主题 *", "日 期＊（年月日）", "类型"],
        ["", "甲", date(2017, 3, 1), "全委会议"],
        ["", "", "", ""],
        ["只有备注", "", "", ""],
        ["x", "乙", "2017.9.1", " 全委会议 "],
    ]
    outcome = check_book(replaced(book(C), "会议", rows))
    assert values(outcome, "3.2.1")["2017年春季学期"] == 1
    assert values(outcome, "3.2.1")["2017年秋季学期"] == 1
    assert found(outcome, "会议") == [("missing-column", "会议!A5")] * 2  # 研究关工分委工作, 实名签到
    infos = [(item.code, str(item.at)) for item in outcome.problems if item.level == "info" and item.at.sheet == "会议"]
    assert ("unknown-column", "会议!A5") in infos
    assert ("missing-optional-column", "会议!A5") in infos
    assert set(values(outcome, "1.1.3").values()) == {None}


def test_a_missing_required_column_makes_the_sheet_no_data() -> None:
    raw = book(C)
    outcome = check_book(replaced(raw, "会议", [["会议类型", "会议主题"], ["全委会议", "甲"]]))
    assert ("missing-column", "会议!A1") in codes(outcome)
    assert set(values(outcome, "3.2.1").values()) == {None}


def test_two_headers_that_are_one_are_an_error() -> None:
    rows = [
        ["日期", "会议类型", "会议主题", "类型", "研究关工分委工作", "实名签到"],
        [date(2017, 3, 1), "全委会议", "甲", "其他", "", ""],
    ]
    outcome = check_book(replaced(book(C), "会议", rows))
    assert found(outcome, "会议") == [("duplicate-header", "会议!D1")]
    assert values(outcome, "3.2.1")["2017年春季学期"] == 1


def test_a_sheet_without_a_header_is_no_data() -> None:
    outcome = check_book(replaced(book(C), "会议", [["乱"], ["写"]]))
    assert found(outcome, "会议") == [("no-header", "会议")]
    assert set(values(outcome, "3.2.1").values()) == {None}


def test_profile_keys_in_another_order_and_column() -> None:
    rows = [
        ["", "内容在右边"],
        *([["", f"{key}*（必填）" if key == "单位名称" else key, value] for key, value in reversed(COLLEGE.items())]),
    ]
    outcome = check_book(replaced(book(C), "基本信息", rows))
    assert outcome.unit == "测试学院关工分委"
    assert outcome.assessment is not None


def test_cross_checks() -> None:
    outcome = judged(
        C,
        会议=[*MEETINGS, MEETINGS[0], [date(2019, 1, 1), "其他", "丁", "", "", "", "", "Z9"]],
        佐证材料=REGISTER,
        五老名册=[
            ["甲测试", "", "", "中共党员", "本单位", "", date(2017, 1, 1), date(2017, 6, 1)],
            ["甲 测试", "", "", "中共党员", "本单位", "", date(2017, 6, 1)],
            ["甲测试", "", "", "群众", "本单位", "", date(2017, 7, 1)],
        ],
    )
    assert found(outcome, "会议") == [("duplicate-row", "会议!A6"), ("future-date", "会议!A7"), ("unknown-evidence", "会议!H7")]
    assert found(outcome, "五老名册") == [("same-name", "五老名册!A5"), ("same-name", "五老名册!A6")]
    outside = [item for item in outcome.problems if item.code == "outside-phase"]
    assert [(item.level, item.value) for item in outside] == [("info", 1)]
    assert values(outcome, "3.2.1")["2017年春季学期"] == 2


def test_tables_are_pandas_frames_by_excel_row() -> None:
    outcome = judged(
        C,
        会议=[[date(2017, 3, 1), "全委会议", "甲", "是", 12.0, "", "", "Z1、Z2"], ["", "", ""], [date(2017, 9, 1), "其他", "乙"]],
    )
    frame = outcome.submission.tables["会议"]
    assert list(frame.index) == [4, 6]
    assert list(frame.columns)[:3] == ["日期", "会议类型", "会议主题"]
    assert frame.loc[4, ["日期", "会议类型", "会议主题", "研究关工分委工作"]].tolist() == [
        pd.Timestamp("2017-03-01"),
        "全委会议",
        "甲",
        True,
    ]
    assert [str(frame[name].dtype) for name in ("日期", "会议类型", "会议主题", "研究关工分委工作", "应到人数")] == [
        "datetime64[s]",
        "category",
        "str",
        "boolean",
        "Int64",
    ]
    assert frame["佐证编号"].tolist() == [("Z1", "Z2"), None]
    assert frame["应到人数"].sum() == 12
    assert frame.loc[6, "应到人数"] is pd.NA
    assert frame.groupby(frame["日期"].dt.year)["会议主题"].count().to_dict() == {2017: 2}
    assert outcome.submission.tables["捐款"].shape == (0, 6)


def test_an_empty_sheet_has_the_columns_and_types_of_a_full_one() -> None:
    empty, full = (judged(C, 捐款=rows).submission.tables["捐款"].dtypes for rows in ([], [[date(2017, 3, 1), "甲", 5]]))
    assert empty.to_dict() == full.to_dict()


def test_people_who_follow_each_other_under_one_name_are_no_warning() -> None:
    outcome = judged(
        C,
        五老名册=[
            ["甲测试", "", "", "中共党员", "本单位", "", date(2017, 1, 1), date(2017, 6, 1)],
            ["甲测试", "", "", "中共党员", "本单位", "", date(2017, 6, 2)],
        ],
    )
    assert found(outcome, "五老名册") == []


def test_empty_flags_are_no_data_in_the_profile_and_no_in_records() -> None:
    meetings = [[date(2017, 3, 1), "其他", "甲"], [date(2017, 3, 2), "其他", "乙", "", "", "", "是"]]
    outcome = judged(C, {"办公电话": ""}, 会议=meetings)
    assert ("not-filled", "基本信息!B15") in codes(outcome)
    assert values(outcome, "3.4.2") == {"现状": 0.5}
    # A column in which no row says anything has not been filled in.
    outcome = judged(C, 会议=meetings[:1])
    assert values(outcome, "3.4.2") == {"现状": None}
    assert ("unfilled-column", "会议") in codes(outcome)


def test_a_future_report_date_of_the_workbook_alone_counts() -> None:
    # no clock but the workbook's: a report dated 2018 says the same for ever
    assert outcome_data(judged(C))["as_of"] == "2018-12-20"


def test_options_stand_for_the_workbook() -> None:
    outcome = check_book(book(C, {"报告阶段": "", "填报日期": ""}), Options(stage="全面自查", as_of=date(2019, 11, 1)))
    assert outcome.assessment.stage.title == "全面自查"
    assert not {"no-stage", "no-report-date"} & {code for code, _ in codes(outcome)}


@pytest.mark.parametrize(
    ("profile", "code", "place"),
    [
        ({"报告阶段": ""}, "no-stage", "基本信息!B8"),
        ({"报告阶段": "中期评"}, "unknown-stage", "基本信息!B8"),
        ({"填报日期": ""}, "no-report-date", "基本信息!B9"),
        ({"填报日期": "昨天"}, "not-a-date", "基本信息!B9"),
        ({"填报日期": date(2016, 12, 31)}, "report-date-before-phase", "基本信息!B9"),
    ],
)
def test_what_cannot_be_assessed(profile: Any, code: str, place: str) -> None:
    outcome = judged(C, profile)
    data = outcome_data(outcome)
    assert (code, place) in codes(outcome)
    assert (data["goods"], data["status"], data["score"], data["stage"], data["as_of"]) == ([], None, None, None, None)
    assert outcome.exit_code == 1


def test_no_scheme_fits() -> None:
    outcome = check_book(RawBook("别的.xlsx", "0", (RawSheet("Sheet1", (("甲",),)),)))
    assert codes(outcome) == [("scheme-not-recognised", None)]
    assert outcome_data(outcome)["scheme"] is None


def test_a_formula_never_calculated_is_told_from_an_empty_cell(tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(new_workbook(find_scheme(C), "测试")))
    page = workbook["捐款"]
    for row, amount in enumerate(("=50*2", "#REF!", None), 4):
        for at, value in enumerate((date(2017, 5, 1), "甲测试", "在职教职工", amount), 1):
            page.cell(row, at, value)
    page["D5"].data_type = "e"
    path = tmp_path / "a.xlsx"
    workbook.save(path)
    assert [item for item in codes(check(path)) if item[1].startswith("捐款")] == [
        ("formula-not-calculated", "捐款!D4"),
        ("cell-error", "捐款!D5"),
        ("required-empty", "捐款!D6"),
    ]


@given(st.lists(st.integers(0, 12), max_size=5), st.permutations(range(8)), st.integers(0, 15))
def test_blank_rows_moved_columns_and_a_lower_header_change_nothing_but_addresses(blanks: Any, order: Any, top: Any) -> None:
    names = ["日期", "会议类型", "会议主题", "研究关工分委工作", "应到人数", "实到人数", "实名签到", "佐证编号"]
    data = [[date(2017, 3, day), "全委会议" if day % 2 else "全委会", f"第{day}次", "", "", "", "", "Z1"] for day in range(1, 9)]
    body = [[row[at] for at in order] for row in data]
    for at in sorted(blanks, reverse=True):
        body.insert(min(at, len(body)), [""] * 8)
    rows = [*([["说明"]] * top), [names[at] for at in order], *body]
    outcome = check_book(replaced(book(C), "会议", rows))
    assert values(outcome, "3.2.1")["2017年春季学期"] == 4
    letter = "ABCDEFGH"[order.index(1)]
    wrong = [number for number, row in enumerate(rows, 1) if "全委会" in row]
    assert [item for item in found(outcome, "会议") if item[0] == "unknown-choice"] == [
        ("unknown-choice", f"会议!{letter}{number}") for number in wrong
    ]


def test_a_sheet_twice_and_a_sheet_that_no_indicator_needs() -> None:
    raw = book(C, without=["文字材料"], 会议=MEETINGS)
    doubled = RawBook(raw.file, raw.sha256, (*raw.sheets, RawSheet(" 会 议", (("日期", "会议类型"),))))
    outcome = check_book(doubled)
    assert ("duplicate-sheet", " 会 议") in codes(outcome)
    assert ("missing-optional-sheet", "文字材料") in codes(outcome)
    assert values(outcome, "3.2.1")["2017年春季学期"] == 1


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    # day 41338 of the 1904 system is 2017-03-06, as is day 42800 of the 1900 system
    raw = book(C, 会议=[[41338.0, "全委会议", "甲"]])
    outcome = check_book(RawBook(raw.file, raw.sha256, raw.sheets, date1904=True))
    assert (
        next(item for item in outcome.problems if item.code == "serial-date").message
        == "“日期”是一个数字，按日期2017年3月6日计。"
    )
    assert values(outcome, "3.2.1")["2017年春季学期"] == 1


def test_names_in_a_log_are_looked_up_in_the_roll() -> None:
    """王五 is nobody's name (李测试 is near 李测式), 孙测试 had left before the day; a blank inside a name does not matter."""
    outcome = judged(
        "village-2023",
        困境青少年=[["李测试", "留守儿童", "2023-06-15", ""], ["孙测试", "孤儿", "2023-06-15", "2023-12-31"]],
        关爱帮扶=[
            ["2024-03-01", "李 测试", "谈心"],
            ["2024-03-02", "李测式", "谈心"],
            ["2024-03-03", "孙测试", "谈心"],
            ["2024-03-04", "王五", "谈心"],
        ],
    )
    found = {item.at.cell: item for item in outcome.problems if item.code in ("unknown-person", "person-not-active")}
    assert {cell: item.code for cell, item in found.items()} == {
        "B5": "unknown-person",
        "B6": "person-not-active",
        "B7": "unknown-person",
    }
    assert "是否应为“李测试”？" in found["B5"].hint
    assert "是否应为" not in found["B7"].hint


def test_sums_and_notes_below_a_table_are_left_out_and_said() -> None:
    """A sum with figures, a note in one cell; a committee whose first word happens to be a sum's is nothing special in other columns."""
    outcome = judged(
        "village-2023",
        会议=[
            ["2023-06-10", "关工委会议", "研究工作", "", "", 15],
            ["合计", "", "", "", "", 15],
            ["小 计：", "", "", "", "", 15],
            ["注：人数为实到人数"],
            ["2023-09-10", "关工委会议", "合计", "", "", 12],
        ],
    )
    assert len(outcome.submission.tables["会议"]) == 2
    assert [(item.code, item.at.cell) for item in outcome.problems if item.code.endswith("-row")] == [
        ("subtotal-row", "A5"),
        ("subtotal-row", "A6"),
        ("note-row", "A7"),
    ]
    assert found(outcome, "会议") == []
