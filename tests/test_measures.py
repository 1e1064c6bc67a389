"""Each measure and each boundary, with the expectation worked out beside the case."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.helpers import changed, indicator, judged, judged_by, met, values
from wuhao_report.measures.runs import LongestGap
from wuhao_report.report.json_form import outcome_data
from wuhao_report.scheme.excel.writer import to_workbook
from wuhao_report.scheme.lookup import read_scheme, scheme_table
from wuhao_report.tables.conditions import Condition

C, V = "college-2017", "village-2023"


def test_count_by_semester_at_its_boundaries() -> None:
    # 31 January 2017 is in no semester; 1 February and 31 July are 2017春, 1 August and 31 January 2018 are 2017秋.
    outcome = judged(
        C,
        会议="""
        2017-01-31 | 全委会议 | 甲
        2017-02-01 | 全委会议 | 乙
        2017-07-31 | 全委会议 | 丙
        2017-08-01 | 全委会议 | 丁
        2018-01-31 | 全委会议 | 戊
        2018-02-01 | 全委会议 | 己
        2018-12-21 | 全委会议 | 在填报日期之后，不计
    """,
    )
    assert values(outcome, "3.2.1") == {"2017年春季学期": 2, "2017年秋季学期": 2, "2018年春季学期": 1, "2018年秋季学期": 0}
    # 2018秋 ends on 31 January 2019, after the stage's last day: still running, so nothing is held against it.
    assert met(outcome, "3.2.1") == {
        "2017年春季学期": True,
        "2017年秋季学期": True,
        "2018年春季学期": True,
        "2018年秋季学期": None,
    }
    assert indicator(outcome, "3.2.1")["status"] == "达标"


def test_count_needs_every_condition() -> None:
    outcome = judged(
        C,
        会议="""
        2017-03-01 | 党政联席会议 | 甲 | 是
        2017-04-01 | 党政联席会议 | 乙 | 否
        2018-03-01 | 党政联席会议 | 丙
        2018-04-01 | 全委会议 | 丁 | 是
    """,
    )
    assert values(outcome, "1.1.3") == {"2017年": 1, "2018年": 0}
    assert indicator(outcome, "1.1.3")["status"] == "未达标"


def test_flag_of_the_year() -> None:
    outcome = judged(
        C,
        年度数据="""
        2017 | 1000 | 10 | 是 | 是 | 1
        2018 | 1000 | 10 | 否 | | 1
    """,
    )
    assert met(outcome, "1.1.2") == {"2017年": True, "2018年": False}
    assert values(outcome, "1.1.4") == {"2017年": True, "2018年": None}
    assert indicator(outcome, "1.1.4")["status"] == "缺数据"


def test_column_more_than_nothing() -> None:
    outcome = judged(
        C,
        年度数据="""
        2017 | 1000 | 10 | 是 | 是 | 0
        2018 | 1000 | 10 | 是 | 是 | 0.01
    """,
    )
    assert met(outcome, "1.1.5") == {"2017年": False, "2018年": True}


def test_year_row_missing_is_no_data() -> None:
    outcome = judged(C, 年度数据="2017 | 1000 | 10 | 是 | 是 | 1")
    assert values(outcome, "1.1.5") == {"2017年": 1, "2018年": None}
    assert indicator(outcome, "1.1.5")["status"] == "缺数据"
    assert indicator(outcome, "1.1.5")["score"] == pytest.approx(indicator(outcome, "1.1.5")["full"] / 2)


def test_posts_complete_on_the_day() -> None:
    # The 秘书 leaves on the report day: still in post; the 主任 left the day before.
    outcome = judged(
        C,
        班子成员="""
        甲测试 | 主任 | 院长 | 2017-01-01 | 2018-12-19
        乙测试 | 常务副主任 | 党委 副书记 | 2017-01-01
        丙测试 | 秘书 | 学工办主任 | 2017-01-01 | 2018-12-20
    """,
    )
    assert values(outcome, "1.1.1") == {"现状": 2}
    assert values(outcome, "1.1.10") == {"现状": 2}
    assert indicator(outcome, "1.1.10")["periods"][0]["target"] == {"op": "==", "value": 2}


def test_profile_set_counts_what_is_there() -> None:
    outcome = judged(C, {"专用办公室": "无", "办公电话": "是", "办公电脑": ""})
    assert values(outcome, "1.1.9") == {"现状": 1}
    assert indicator(outcome, "1.1.9")["status"] == "未达标"


ROLL = "{} | 男 | | 中共党员 | 本单位 | | {} | {} | {} | {} | {}"


def test_share_of_the_roll() -> None:
    outcome = judged(
        C,
        五老名册="\n".join(
            [
                ROLL.format("甲测试", "2017-01-01", "", "", "", "是"),
                ROLL.format("乙测试", "2017-01-01", "", "", "", ""),
                ROLL.format("丙测试", "2017-01-01", "2018-01-01", "", "", "否"),
                "丁测试 | 女 | | 群众 | 外单位 | | 2017-01-01 | | | | 否",
            ]
        ),
    )
    assert values(outcome, "2.1.1") == {"现状": 0.5}
    assert values(outcome, "2.4.1") == {"现状": 1}


def test_share_with_nobody_is_no_data() -> None:
    assert values(judged(C), "2.1.1") == {"现状": None}
    assert indicator(judged(C), "2.1.1")["status"] == "缺数据"


def test_ratio_of_stock_to_a_stated_number() -> None:
    outcome = judged(
        C,
        年度数据="2017 | 1000 | 2\n2018 | 1000 | 3",
        五老名册="\n".join(
            [
                ROLL.format("甲测试", "2017-12-31", "", "", "", "是"),
                ROLL.format("乙测试", "2017-01-01", "2018-12-19", "", "", "是"),
                ROLL.format("丙测试", "2018-12-20", "", "", "", "是"),
            ]
        ),
    )
    # on 2017-12-31: 甲, 乙 of 2; on 2018-12-20: 甲, 丙 of 3
    assert values(outcome, "2.1.2") == {"2017年": 1, "2018年": 2 / 3}


def test_a_number_stated_as_zero_skips_the_period() -> None:
    outcome = judged(
        C, 年度数据="2017 | 1000 | 0\n2018 | 1000 | 1", 五老名册=ROLL.format("甲测试", "2017-01-01", "", "", "", "是")
    )
    assert values(outcome, "2.1.2") == {"2018年": 1}
    assert "stated-zero" in [item.code for item in outcome.problems]
    both = judged(C, 年度数据="2017 | 1000 | 0\n2018 | 1000 | 0")
    assert indicator(both, "2.1.2") == {
        "id": "2.1.2",
        "title": "老同志参与率",
        "status": "不适用",
        "score": None,
        "full": None,
        "periods": [],
        "evidence": [],
    }


def test_students_per_organiser() -> None:
    organiser = "{} | 男 | | {} | 本单位 | | 2018-01-01 | | | 是 | 是"
    outcome = judged(
        C,
        年度数据="2017 | 1000 | 2\n2018 | 1001 | 2",
        五老名册="\n".join(
            [organiser.format("甲测试", "中共党员"), organiser.format("乙测试", "中共党员"), organiser.format("丙测试", "群众")]
        ),
    )
    # 2017: nobody yet: not met, no value. 2018: 1001 ÷ 2 = 500.5 > 500.
    assert values(outcome, "2.3.1") == {"2017年": None, "2018年": 500.5}
    assert met(outcome, "2.3.1") == {"2017年": False, "2018年": False}
    assert "row-check" in [item.code for item in outcome.problems]


def test_people_named_and_in_groups() -> None:
    outcome = judged(
        C,
        年度数据="2017 | 1000 | 10\n2018 | 1000 | 10",
        捐款="""
        2017-06-01 | 甲测试 | 离退休老同志 | 100
        2017-07-01 | 甲 测试 | 离退休老同志 | 50
        2017-08-01 | 第一支部 | 离退休老同志 | 900 | 8
        2017-08-01 | 校友会 | 社会力量 | 5000 | 30
        2018-08-01 | 乙测试 | 在职教职工 | 20.5
    """,
    )
    # 2017: 甲 once, and 8 more: 9 of 10.
    assert values(outcome, "2.1.3") == {"2017年": 0.9, "2018年": 0}
    assert values(outcome, "5.4.1") == {"2017年": 1050, "2018年": 20.5}
    assert values(outcome, "5.4.2") == {"全程": 5000}


def test_posts_of_mentors_from_multi_valued_cells() -> None:
    outcome = judged(
        C,
        五老名册="\n".join(
            [
                ROLL.format("甲测试", "2017-01-01", "", "青年教师导师、辅导员导师", "", "是"),
                ROLL.format("乙测试", "2017-01-01", "", "学生课外导师", "", "是"),
            ]
        ),
    )
    assert values(outcome, "2.2.1") == {"现状": 3}


def test_share_of_records_over_two_sheets() -> None:
    outcome = judged(
        C,
        会议="2017-03-01 | 其他 | 甲 | | | | 是\n2017-04-01 | 其他 | 乙 | | | | 否",
        活动="2017-05-01 | 甲 | 其他 | | | 是 | 是 | 是 | 是 | 是 | 是\n2016-12-31 | 早 | 其他 | | | | | | | 否",
    )
    assert values(outcome, "3.4.2") == {"现状": 2 / 3}
    assert values(outcome, "3.4.1") == {"现状": 1}


def test_coverage_by_rows_and_by_sum() -> None:
    outcome = judged(
        C,
        五老名册="\n".join(
            [
                ROLL.format("甲测试", "2017-01-01", "", "辅导员导师", "是", "是"),
                ROLL.format("乙　测试", "2017-01-01", "", "辅导员导师", "是", "是"),
                ROLL.format("丙测试", "2017-01-01", "2017-07-30", "辅导员导师", "是", "是"),
            ]
        ),
        四师履职="2017-02-01 | 甲测试 | 辅导员导师 | 谈心\n2017-07-31 | 乙测试 | 学生课外导师 | 谈心\n2017-09-01 | 甲测试 | 辅导员导师 | 谈心",
        党建谈话="2017-03-01 | 甲测试 | 0\n2017-04-01 | 乙测试 | 1",
    )
    # 2017春 is counted on 31 July: 丙 has left. 甲 and 乙 both served; of talks 甲 has a sum of 0.
    assert values(outcome, "5.2.1")["2017年春季学期"] == 1
    assert values(outcome, "5.2.1")["2017年秋季学期"] == 0.5
    assert values(outcome, "5.3.1")["2017年春季学期"] == 0.5


def test_mean_per_year_divides_by_the_calendar_years_touched() -> None:
    outcome = judged(C, 党建谈话="2017-03-01 | 甲测试 | 7\n2018-12-20 | 乙测试 | 4\n2018-12-21 | 乙测试 | 9")
    assert values(outcome, "5.3.2") == {"现状": 5.5}


def test_a_dated_list_counts_however_early() -> None:
    outcome = judged(C, 创新品牌="2009-01-01 | 老品牌 | | Z9", 制度="旧制度 | 会议制度 | 2001-05-01")
    assert values(outcome, "4.2.1") == {"全程": 1}
    assert indicator(outcome, "4.2.1")["evidence"] == ["Z9"]
    assert values(outcome, "3.1.1") == {"现状": 1}


def test_condition_that_makes_an_indicator_not_applicable() -> None:
    assert indicator(judged(C, {"二级党校": "是"}), "5.3.3")["status"] == "不适用"
    assert indicator(judged(C, {"二级党校": "否"}), "5.3.3")["status"] == "未达标"
    assert indicator(judged(C, {"二级党校": ""}), "5.3.3")["status"] == "未达标"


@pytest.mark.parametrize(("gap", "status"), [(90, "达标"), (91, "未达标")])
def test_longest_vacancy(gap: int, status: str) -> None:
    # The day of leaving is still held, so the next must come gap + 1 days later.
    left = date(2023, 9, 1)
    back = (left + timedelta(days=gap + 1)).isoformat()
    outcome = judged(
        V,
        班子成员=f"""
        甲测试 | 主任 | | 2023-01-01 | {left.isoformat()}
        丁测试 | 主任 | | {back}
        乙测试 | 副主任 | | 2023-01-01
        丙测试 | 秘书 | | 2023-01-01
    """,
    )
    assert values(outcome, "1.1.2") == {"现状": gap}
    assert indicator(outcome, "1.1.2")["status"] == status


def test_days_before_a_first_appointment_are_vacant() -> None:
    outcome = judged(V, 班子成员="甲测试 | 主任 | | 2023-06-11\n乙测试 | 副主任 | | 2023-06-01\n丙测试 | 秘书 | | 2023-05-01")
    assert values(outcome, "1.1.2") == {"现状": 10}
    # a post never held: 2023-06-01 to 2024-08-20 is 447 days
    assert values(judged(V), "1.1.2") == {"现状": 447}


def test_growth_over_the_clipped_year() -> None:
    # On 31 May 2023 one person; on 31 December two; on 20 August 2024 two (one left, one came).
    outcome = judged(
        V,
        五老名册="""
        甲测试 | 男 | | | 老教师 | 2023-05-31
        乙测试 | 男 | | | 老教师 | 2023-06-01 | 2024-01-01
        丙测试 | 男 | | | 老教师 | 2024-08-20
    """,
    )
    assert values(outcome, "2.1.1") == {"2023年": 1, "2024年": 0}
    assert met(outcome, "2.1.1") == {"2023年": True, "2024年": None}


def test_distinct_of_a_listed_set() -> None:
    outcome = judged(V, 会议="2023-07-01 | 其他 | 甲 | | 青年、妇女\n2023-08-01 | 其他 | 乙 | | 妇女/民兵")
    assert values(outcome, "1.2.3") == {"全程": 3}
    assert indicator(outcome, "1.2.3")["status"] == "进行中"


def test_children_helped_and_a_year_without_any() -> None:
    outcome = judged(
        V,
        年度数据="2023 | 200 | 0\n2024 | 200 | 2",
        困境青少年="甲 | 留守儿童 | 2023-06-15\n乙 | 孤儿 | 2024-02-01",
        关爱帮扶="2024-03-01 | 甲 | 走访 | 爱心人士",
    )
    assert values(outcome, "5.2.3") == {"2024年": 1}
    assert values(outcome, "5.2.4") == {"2024年": 0.5}
    without_row = judged(V, 年度数据="2024 | 200 | 2", 困境青少年="甲 | 留守儿童 | 2023-06-15")
    assert values(without_row, "5.2.4") == {"2023年": 0, "2024年": 0}
    assert values(without_row, "5.2.3")["2023年"] is None


def test_flags_of_the_year_as_a_set() -> None:
    outcome = judged(V, 年度数据="2023 | 200 | 2 | 是 | 是 | 是 | 是 | 是 | 是 | 是\n2024 | 200 | 2 | 是 | 是 | 是 | 是 | 是 | |")
    assert values(outcome, "3.2.1") == {"2023年": 4, "2024年": 2}
    assert values(judged(V), "3.2.1") == {"2023年": None, "2024年": None}


def test_evidence_is_in_the_order_of_sheets_and_rows_without_repeats() -> None:
    outcome = judged(
        C,
        会议="2017-05-01 | 其他 | 甲 | | | | 是 | Z3、Z1\n2017-06-01 | 其他 | 乙 | | | | 是 | Z2",
        活动="2017-04-01 | 甲 | 其他 | | | | | | | 是 | | Z1;Z4",
    )
    assert indicator(outcome, "3.4.2")["evidence"] == ["Z3", "Z1", "Z2", "Z4"]


def test_a_missing_sheet_is_no_data_in_every_period_and_never_zero() -> None:
    outcome = judged(C, without=["会议"])
    assert set(values(outcome, "3.2.1").values()) == {None}
    assert indicator(outcome, "3.2.1")["status"] == "缺数据"
    assert ("missing-sheet", "会议") in [(item.code, str(item.at)) for item in outcome.problems]


# The longest gap: a measure that no scheme of the program uses; its rules stand here alone


def longest_gap(profile: Any = None, **sheets: Any) -> Any:
    """The meetings of all members, none more than 120 days apart, judged by the year."""

    def change(table: Any) -> None:
        item = next(item for item in table["indicator"] if item["id"] == "3.2.1")
        item.update(
            per="年",
            measure={"kind": "longest-gap", "sheet": "会议", "where": {"会议类型": "全委会议"}},
            target={"at_most": 120},
            unit="天",
        )

    return judged_by(changed(C, change), profile, **sheets)


def test_longest_gap_runs_from_the_edges_of_the_period_and_between_records() -> None:
    # 2017: to 31 March 89 days (31 + 28 + 30), to 31 July 121 days (30 + 31 + 30 + 30), to the year's end 153 days (31 + 30 + 31 + 30 + 31).
    # 2018 is judged to 20 December: 1 January to 28 February 59 days, 2 March to 20 December 294 days; another kind of meeting ends no run.
    outcome = longest_gap(
        会议="""
        2017-03-31 | 全委会议 | 甲
        2017-07-31 | 全委会议 | 乙
        2018-03-01 | 全委会议 | 丙
        2018-08-01 | 党政联席会议 | 丁
    """
    )
    assert values(outcome, "3.2.1") == {"2017年": 153, "2018年": 294}
    assert met(outcome, "3.2.1") == {"2017年": False, "2018年": False}


def test_longest_gap_between_records_of_one_day_is_none() -> None:
    # Every 60 days from 1 January: 59 days between two of them, and those of one day count once.
    days = [date(2017, 1, 1) + timedelta(days=60 * step) for step in range(13)]
    rows = "\n".join(f"{day} | 全委会议 | 第{number}次" for number, day in enumerate([*days, days[3]]))
    outcome = longest_gap(会议=rows)
    assert values(outcome, "3.2.1") == {"2017年": 59, "2018年": 59}
    assert met(outcome, "3.2.1") == {"2017年": True, "2018年": True}


def test_longest_gap_without_any_record_is_the_whole_period() -> None:
    outcome = longest_gap(会议="2019-05-05 | 全委会议 | 在填报日期之后，不计")
    assert values(outcome, "3.2.1") == {"2017年": 365, "2018年": 354}  # to 20 December 2018


def test_longest_gap_over_its_limit_cannot_be_made_up() -> None:
    outcome = longest_gap(会议="2018-12-01 | 全委会议 | 甲")
    gaps = [gap for gap in outcome_data(outcome)["gaps"] if gap["indicator"] == "3.2.1"]
    assert {label for gap in gaps if not gap["possible"] for label in gap["periods"]} == {"2017年", "2018年"}
    assert {label for gap in gaps if gap["possible"] for label in gap["periods"]} == {"2019年"}


def test_longest_gap_is_written_in_excel_as_in_toml(tmp_path: Any) -> None:
    table = scheme_table(C)
    item = next(item for item in table["indicator"] if item["id"] == "3.2.1")
    item.update(
        per="年",
        measure={"kind": "longest-gap", "sheet": "会议", "where": {"会议类型": "全委会议"}},
        target={"at_most": 120},
        unit="天",
    )
    path = tmp_path / "方案.xlsx"
    path.write_bytes(to_workbook(table, "方案"))
    measure = next(one for one in read_scheme(path).indicators if one.id == "3.2.1").measure
    assert measure == LongestGap("会议", (Condition("会议类型", "in", ("全委会议",)),))


def test_longest_gap_that_is_too_long_already_is_lost_while_its_year_still_runs() -> None:
    # A progress check on 1 June 2018: 152 days of 2018 without a meeting (31 + 28 + 31 + 30 + 31 + 1), more than 120.
    outcome = longest_gap({"报告阶段": "中期评估", "填报日期": "2018-06-01"}, 会议="2017-06-01 | 全委会议 | 甲")
    assert values(outcome, "3.2.1")["2018年"] == 152
    assert met(outcome, "3.2.1")["2018年"] is None
    gaps = {
        label: gap["possible"] for gap in outcome_data(outcome)["gaps"] if gap["indicator"] == "3.2.1" for label in gap["periods"]
    }
    assert gaps["2018年"] is False


def test_change_of_a_longest_gap_looks_at_no_year_before_the_phase() -> None:
    def change(table: Any) -> None:
        item = next(item for item in table["indicator"] if item["id"] == "3.2.1")
        gap = {"kind": "longest-gap", "sheet": "会议", "where": {"会议类型": "全委会议"}}
        item.update(per="年", measure={"kind": "change", "of": gap}, target={"at_most": 0}, unit="天")

    outcome = judged_by(changed(C, change), 会议="2017-12-31 | 全委会议 | 甲\n2018-01-10 | 全委会议 | 乙")
    # 2017: 364 days before the last one; 2018 (to 20 December): 344 days after the only one; there is nothing to compare 2017 with.
    assert values(outcome, "3.2.1") == {"2018年": 344 - 364}
