"""还差什么: the rule solved for what can still be added; hand-computed, and proved by adding exactly that much."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.budget import examples
from tests.helpers import book
from tests.test_forgiving import changed, rows_of
from wuhao_report.evaluation.check import Outcome, check_book
from wuhao_report.report.json_form import outcome_data

C, V, D = "college-2017", "village-2023", "district-2026"
SPRING = {"填报日期": date(2018, 3, 20)}  # 2018 and its spring term still run


def gap(outcome: Outcome, indicator: Any, label: Any = None) -> Any:
    """The entry of an indicator for a period (the first one)."""
    found = [
        item
        for item in outcome_data(outcome)["gaps"]
        if item["indicator"] == indicator and (label is None or item["periods"] == [label])
    ]
    return found[0]


def way(outcome: Outcome, indicator: Any, label: Any = None) -> tuple[Any, Any]:
    found = gap(outcome, indicator, label)
    return found["way"], found["missing"]


def member(name: Any, **columns: Any) -> list[Any]:
    """A row of 五老名册 of the college scheme."""
    order = [
        "姓名",
        "性别",
        "出生年月",
        "政治面貌",
        "所属单位",
        "原职务职称",
        "参加日期",
        "退出日期",
        "四师岗位",
        "特邀党建组织员",
        "实名登记",
        "联系电话",
    ]
    row = {"姓名": name, "政治面貌": "中共党员", "所属单位": "本单位", "参加日期": date(2017, 1, 1), "实名登记": "是", **columns}
    return [row.get(column, "") for column in order]


def year(number: Any, students: str = "", old: str = "", **columns: Any) -> list[Any]:
    order = ["年度", "在校学生数", "离退休老同志数", "列入年度考核", "列入年度计划", "工作经费"]
    row = {"年度": number, "在校学生数": students, "离退休老同志数": old, **columns}
    return [row.get(column, "") for column in order]


def test_organisers_for_so_many_students() -> None:
    # 1,201 students ÷ 500 = 2.402, so 3 are needed; 2 are there
    rows = [member("张测试", 特邀党建组织员="是"), member("李测试", 特邀党建组织员="是"), member("王测试", 特邀党建组织员="否")]
    outcome = check_book(book(C, SPRING, 五老名册=rows, 年度数据=[year(2018, 1201, 3)]))
    assert way(outcome, "2.3.1", "2018年") == ("补1名特邀党建组织员即达1∶500", 1)
    # nobody at all: 3
    outcome = check_book(book(C, SPRING, 五老名册=rows[2:], 年度数据=[year(2018, 1201, 3)]))
    assert way(outcome, "2.3.1", "2018年") == ("补3名特邀党建组织员即达1∶500", 3)


def test_articles_for_a_hundredth_of_the_students() -> None:
    # 1 % of 1,250 is 12.5, so 13; one is there
    rows = [[date(2018, 2, 1), "甲", "学生原创", "校关工网"]]
    outcome = check_book(book(C, SPRING, 信息报道=rows, 年度数据=[year(2018, 1250, 3)]))
    assert way(outcome, "5.6.1", "2018年") == ("再投稿12篇即可达到", 12)


def test_the_people_who_have_done_nothing_are_named() -> None:
    rows = [member(name, 四师岗位="青年教师导师") for name in ("张测试", "李测试", "王测试")]
    log = [[date(2018, 2, 20), "李 测试", "青年教师导师", "谈心"], [date(2017, 12, 20), "张测试", "青年教师导师", "上学期的"]]
    outcome = check_book(book(C, SPRING, 五老名册=rows, 四师履职=log, 年度数据=[year(2018, 100, 3)]))
    found = gap(outcome, "5.2.1", "2018年春季学期")
    assert (found["way"], found["missing"], found["people"]) == ("还差2人：张测试、王测试", 2, ["张测试", "王测试"])
    assert (found["due"], found["possible"], found["urgent"]) == (["2018-07-31"], True, True)


def test_an_empty_cell_is_named() -> None:
    outcome = check_book(book(C, SPRING, 年度数据=[year(2017, 100, 3, 列入年度计划="是"), year(2018, 100, 3)]))
    found = gap(outcome, "1.1.5", "2018年")
    assert (found["way"], found["cells"]) == ("补填年度数据!F5", [{"sheet": "年度数据", "cell": "F5"}])
    assert way(check_book(book(C, SPRING, 年度数据=[year(2017, 100, 3)])), "1.1.5", "2018年") == (
        "补填“年度数据”2018年一行",
        None,
    )


def test_rows_that_keep_a_share_from_its_target_are_named() -> None:
    outcome = check_book(
        book(C, SPRING, 五老名册=[member("张测试"), member("李测试", 实名登记="否"), member("王测试", 实名登记="")])
    )
    found = gap(outcome, "2.1.1")
    assert found["way"] == "还有2处要补齐：李测试、王测试"
    assert [item["cell"] for item in found["cells"]] == ["K5", "K6"]
    assert found["missing"] == 2


def test_a_missing_sheet_comes_first() -> None:
    outcome = check_book(book(C, SPRING, without=["四师履职"], 五老名册=[member("张测试", 四师岗位="青年教师导师")]))
    assert way(outcome, "5.2.1", "2018年春季学期")[0] == "先补上工作表“四师履职”"


def test_only_what_is_really_absent_is_asked_for() -> None:
    raw = book(C, SPRING, 五老名册=[member("张测试", 四师岗位="青年教师导师")])
    rows = rows_of(raw, "五老名册")
    rows[2][0] = "谁"
    assert way(check_book(changed(raw, "五老名册", rows=tuple(rows))), "5.2.1", "2018年春季学期")[0] == "先补上“五老名册”的“姓名”"


def test_a_mean_over_the_years_is_made_up_for_all_of_them() -> None:
    # 2 + 2 + 2 talks so far; six a year are asked over 2017, 2018 and, by the last day, 2019: 18 in all
    talks = [[date(2018, 2, day), "张测试", 2, "甲", ""] for day in (1, 2, 3)]
    found = gap(check_book(book(C, SPRING, 党建谈话=talks, 五老名册=[member("张测试", 特邀党建组织员="是")])), "5.3.2")
    assert (found["missing"], found["due"]) == (12, ["2019-12-31"])
    enough = [*talks, [date(2018, 3, 1), "张测试", 12, "甲", ""]]
    late = {"报告阶段": "全面自查", "填报日期": date(2019, 12, 31)}
    assert [
        item for item in outcome_data(check_book(book(C, late, 党建谈话=enough)))["gaps"] if item["indicator"] == "5.3.2"
    ] == []


def test_a_truthful_no_is_no_empty_cell() -> None:
    outcome = check_book(book(C, SPRING, 年度数据=[year(2018, 100, 3, 列入年度考核="否")]))
    assert way(outcome, "1.1.2", "2018年") == ("", None)


def test_a_missing_row_of_a_year_is_said_and_can_be_filled_in() -> None:
    outcome = check_book(book(C, SPRING, 年度数据=[year(2018, 100, 3)]))
    assert [dict(item.args)["year"] for item in outcome.problems if item.code == "missing-year"] == ["2017"]
    found = gap(outcome, "1.1.5", "2017年")
    assert (found["way"], found["possible"], found["due"]) == ("补填“年度数据”2017年一行", True, ["2019-12-31"])


def test_nothing_is_asked_for_by_a_day_that_is_past() -> None:
    outcome = check_book(
        book(C, {"报告阶段": "全面自查", "填报日期": date(2020, 3, 1)}, 五老名册=[member("张测试", 实名登记="否")])
    )
    gaps = outcome_data(outcome)["gaps"]
    assert [item for item in gaps if item["possible"] and item["due"] < ["2020-03-01"]] == []
    assert "2.1.1" in [item["indicator"] for item in gaps if not item["possible"]]


def test_counts_say_it_in_the_task_itself() -> None:
    outcome = check_book(book(C, SPRING, 会议=[[date(2018, 3, 1), "全委会议", "甲"]]))
    found = gap(outcome, "3.2.2", "2018年")
    assert (found["task"], found["way"], found["missing"]) == ("2018年召开全体会议1次", "", 1)


def test_a_rate_of_the_same_rows() -> None:
    # 80 of 100 came; nine tenths are asked: (80 + x) ÷ (100 + x) ≥ 0.9 from x = 100 on
    outcome = check_book(book("demo-rules", 会议=[[date(2024, 3, 1), "例会", 100, 80, ""]]))
    found = gap(outcome, "2.3")
    assert (found["way"], found["missing"]) == ("以后每次“实到人数”与“应到人数”相同，再累计100即可达到", 100)


def test_what_is_over_cannot_be_made_up() -> None:
    outcome = check_book(book(C, {"填报日期": date(2018, 12, 31)}, 会议=[]))
    late = [item for item in outcome_data(outcome)["gaps"] if not item["possible"]]
    assert (
        "3.2.1",
        ["2017年春季学期", "2017年秋季学期", "2018年春季学期"],
        [],
        "2017年春季学期、秋季学期、2018年春季学期都没有召开全委会议",
    ) in [(item["indicator"], item["periods"], item["due"], item["task"]) for item in late]


def test_without_a_judgement_there_is_no_list() -> None:
    assert outcome_data(check_book(book(C, {"报告阶段": ""})))["gaps"] == []


@examples(30)
@given(
    students=st.integers(1, 5000),
    organisers=st.integers(0, 8),
    old=st.integers(1, 30),
    here=st.integers(0, 30),
    articles=st.integers(0, 60),
)
def test_adding_exactly_that_much_reaches_the_target(students: Any, organisers: Any, old: Any, here: None, articles: Any) -> None:
    """With the number that is told the target is reached; with one less it is not."""

    def outcome(more: Any = (0, 0, 0)) -> Any:
        people = [member(f"组测试{number}", 特邀党建组织员="是", 所属单位="外单位") for number in range(organisers + more[0])]
        people += [member(f"老测试{number}", 特邀党建组织员="否") for number in range(here + more[1])]
        news = [[date(2018, 2, 1), f"第{number}篇", "学生原创", "校关工网"] for number in range(articles + more[2])]
        return check_book(book(C, SPRING, 五老名册=people, 信息报道=news, 年度数据=[year(2018, students, old)]))

    def met(found: Any, indicator: Any) -> Any:
        item = next(one for head in found.assessment.heads for one in head.indicators if one.indicator.id == indicator)
        return next(one.met for one in item.periods if one.period.label == "2018年")

    plain = outcome()
    for at, indicator in enumerate(("2.3.1", "2.1.2", "5.6.1")):
        if met(plain, indicator):
            continue
        number = way(plain, indicator, "2018年")[1]
        assert met(outcome(tuple(number if one == at else 0 for one in range(3))), indicator)
        assert not met(outcome(tuple(number - 1 if one == at else 0 for one in range(3))), indicator)


def test_growth_in_people() -> None:
    from tests.helpers import PROFILES

    order = [column.name for column in check_book(book(V)).scheme.by_sheet["五老名册"].columns]

    def old(name: Any, joined: Any, left: str = "") -> list[Any]:
        row = {"姓名": name, "五老类别": "老教师", "参加日期": joined, "退出日期": left}
        return [row.get(column, "") for column in order]

    # three on the last day of 2023, one has left since: two more make it one above three
    rows = [old("张测试", date(2023, 3, 1)), old("李测试", date(2023, 3, 1)), old("王测试", date(2023, 3, 1), date(2024, 5, 1))]
    outcome = check_book(book(V, {**PROFILES[V], "填报日期": date(2024, 8, 20)}, 五老名册=rows))
    assert gap(outcome, "2.1.1", "2024年")["missing"] == 2
