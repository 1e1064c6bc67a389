"""One table of problems: computed shortfalls, the sheet 问题整改 and 存在不足, one row a cause, by head; nothing that is not due or not known."""

from dataclasses import replace
from datetime import date
from typing import Any

from tests.helpers import VILLAGE, book, changed
from wuhao_report.aggregate.records.recording import record_of
from wuhao_report.evaluation.check import check_book
from wuhao_report.report.words.context import report_context
from wuhao_report.workbook.reader import RawSheet

V = "village-2023"
OPEN = "【待定】"


def report(
    scheme: Any = V, profile: Any = None, texts: Any = None, mending: Any = (), version: int = 2, **sheets: Any
) -> tuple[Any, Any]:
    """The values of a report on a village that has nothing but what is given."""
    raw = book(scheme, profile, version=version, 问题整改=[list(row) for row in mending], **sheets)
    if texts:
        rows = (("文字材料",), ("",), ("项目", "内容"), *texts.items())
        raw = replace(raw, sheets=tuple(RawSheet(one.name, rows) if one.name == "文字材料" else one for one in raw.sheets))
    found = check_book(raw) if isinstance(scheme, str) else check_book(raw, scheme=scheme)
    assert found.submission is not None
    assert found.assessment is not None
    return report_context(found.submission, found.assessment)


def rows(values: Any, about: str) -> list[Any]:
    return [row for row in values["问题表"] if about in row["问题"]]


def test_a_shortfall_without_a_word_of_the_committee_has_gaps_to_fill() -> None:
    values, problems = report()
    row = rows(values, "普法")[0]
    assert (row["原因"], row["责任人"], row["时限"], row["状态"]) == (OPEN, OPEN, OPEN, OPEN)
    assert row["措施"] not in ("", OPEN)
    assert [item.level for item in problems if item.code == "mending-unsettled"] == ["warning"]


def test_a_row_with_the_indicator_joins_it_and_stands_nowhere_else() -> None:
    mending = [("普法少", "5.2.1", "警力紧", "每季度请一次", "李测试", "2024年10月底", "整改中")]
    values, _ = report(mending=mending)
    (row,) = rows(values, "普法")
    assert (row["原因"], row["措施"], row["责任人"], row["时限"], row["状态"]) == (
        "警力紧",
        "每季度请一次",
        "李测试",
        "2024年10月底",
        "整改中",
    )
    assert rows(values, "普法少") == []


def test_rows_of_their_own_and_shortcomings_follow_each_paragraph_a_row() -> None:
    values, _ = report(mending=[("场地小", "", "", "借用学校", "", "", "已完成")], texts={"存在不足": "牧户分散。\n台账不细；"})
    assert [(row["问题"], row["措施"], row["时限"], row["状态"]) for row in values["问题表"][-3:]] == [
        ("场地小", "借用学校", "已落实", "已完成"),
        ("牧户分散", OPEN, OPEN, OPEN),
        ("台账不细", OPEN, OPEN, OPEN),
    ]
    assert [row["序号"] for row in values["问题表"]] == [str(number) for number in range(1, len(values["问题表"]) + 1)]


def test_what_is_not_due_is_no_problem() -> None:
    """On 1 August 2023 the first year still runs, and nothing of it is due."""
    values, _ = report(profile={**VILLAGE, "报告阶段": "2023年自查", "填报日期": date(2023, 8, 1)})
    assert rows(values, "2023年") == []


def test_what_is_not_known_is_no_problem_of_the_committee() -> None:
    """Of the years' flags nothing is filled in: that stands in the list of what to mend, and in no table of the report."""
    values, _ = report(年度数据=[[2023, "", 0], [2024, "", 0]])
    assert not any("纳入" in row["问题"] or "过问" in row["问题"] for row in values["问题表"])


def test_blank_tables_are_no_problems() -> None:
    values, _ = report(profile={**VILLAGE, "无记录的表": ""})
    assert rows(values, "普法") == []


def test_shortfalls_that_are_mended_by_one_thing_are_one_row() -> None:
    def change(table: Any) -> None:
        for item in table["indicator"]:
            if item["id"] in ("5.2.1", "5.2.2"):
                item["mend"] = "普法"

    values, _ = report(changed(V, change))
    (row,) = rows(values, "普法")
    assert rows(values, "政法机关学习观摩") == [row]
    assert "；" in row["问题"]


def test_each_head_points_to_the_table_and_tells_no_gap_twice() -> None:
    values, _ = report()
    head = values["各方面"][4]
    unmet = sum(
        status == "未达标"
        for status in (row["结果"] for group in values["一览表"] if group["标题"] == head["标题"] for row in group["行"])
    )
    assert head["未达标数"] == str(unmet)
    assert unmet > 3


def test_nothing_to_settle_where_all_is_said() -> None:
    everything = [[2023, 200, 0], [2024, 200, 0]]
    values, problems = report(年度数据=everything)
    ids = {row["序号"] for group in values["一览表"] for row in group["行"] if row["结果"] == "未达标"}
    mending = [("问题", name, "原因", "措施", "李测试", "2024年底", "整改中") for name in sorted(ids)]
    values, problems = report(年度数据=everything, mending=mending)
    assert values["待定数"] == "0"
    assert [item.code for item in problems if item.code == "mending-unsettled"] == []


# What has still to be mended, which a notice of rectification asks for


def to_mend(name: str, profile: Any = None, without: Any = (), **sheets: Any) -> str | None:
    """What is still to be mended of an indicator of a unit that has nothing but what is given."""
    found = check_book(book("demo-rules", profile, without, **sheets))
    assert found.scheme is not None
    assert found.assessment is not None
    record = record_of("甲.xlsx", found, found.scheme, found.assessment)
    return next(item.mend for item in record.indicators if item.id == name)


def legal(*years: int) -> list[list[Any]]:
    return [[date(year, 5, 4), "普法讲座", "普法", 3, 40] for year in years]


def test_what_was_missed_and_reached_since_is_not_asked_for_but_a_penalty_that_holds_is() -> None:
    """2024 has no 普法活动, 2025 and 2026 have one; there is no old comrade of the unit's own."""
    text = to_mend("3.4", 活动=legal(2025, 2026), 五老名册=[["李测试", "外单位", "", date(2024, 1, 1)]])
    assert text is not None
    assert "2024年" not in text
    assert "老同志" in text
    own = [["李测试", "本单位", "", date(2024, 1, 1)]]
    assert to_mend("3.4", 活动=legal(2025, 2026), 五老名册=own) == ""
    assert "2026年" in (to_mend("3.4", 活动=legal(2024, 2025), 五老名册=own) or "")


def test_a_later_period_that_still_runs_takes_nothing_back() -> None:
    """On 30 June 2026 the year 2026 runs: what 2025 has reached stays reached."""
    profile = {"填报日期": date(2026, 6, 30)}
    own = [["李测试", "本单位", "", date(2024, 1, 1)]]
    assert to_mend("3.4", profile, 活动=legal(2025), 五老名册=own) == ""
    assert "2025年" in (to_mend("3.4", profile, 活动=legal(2024), 五老名册=own) or "")


def test_parts_are_put_right_one_by_one() -> None:
    """Two 信息 a year are asked: 1, 2, 2 is put right, 2, 2, 1 is not."""
    studies = [[date(year, 3, 1), f"调研{year}"] for year in (2024, 2025, 2026)]

    def news(*numbers: int) -> list[list[Any]]:
        """So many 信息 in each of the three years."""
        return [[date(2024 + at, 4, 1 + n), f"信息{at}{n}"] for at, many in enumerate(numbers) for n in range(many)]

    assert to_mend("4.3", 调研=studies, 信息=news(1, 2, 2)) == ""
    assert "2026年" in (to_mend("4.3", 调研=studies, 信息=news(2, 2, 1)) or "")


def test_a_year_without_data_is_asked_for() -> None:
    """否, empty, 是: the year that nobody has filled in is lacking, the first one is put right."""
    text = to_mend("1.1", 年度数据=[[2024, 100, "否"], [2025, 100, ""], [2026, 100, "是"]]) or ""
    assert "2025年" in text
    assert "2024年" not in text


def test_a_bonus_asks_nothing_of_anybody_and_a_veto_is_told() -> None:
    assert to_mend("6.1", without=["表彰验收"]) == ""
    assert to_mend("6.3", 不良记录=[[date(2025, 4, 1), "受到处分", ""]]) != ""
