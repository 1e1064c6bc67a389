"""One table of problems: computed shortfalls, the sheet 问题整改 and 存在不足, one row a cause, by head; nothing that is not due or not known."""

from dataclasses import replace
from datetime import date
from typing import Any

from tests.helpers import VILLAGE, book, changed
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
