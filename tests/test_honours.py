"""Honours stand behind the committee's own highlights, in the order of their days, and name no child."""

from datetime import date
from typing import Any

from tests.helpers import changed
from tests.test_deeds import C, V, told

CHILDREN = [["孙测试", "孤儿", date(2023, 6, 1), ""]]


def honours(*rows: list[Any], scheme: Any = V, **sheets: Any) -> list[str]:
    paragraphs = told(scheme, 荣誉表彰=[*rows], **sheets)[0]["特色亮点"]
    return [text for text in paragraphs if not text.startswith("【待补")]


def test_they_are_told_in_one_paragraph_in_the_order_of_their_days() -> None:
    """A full stop typed behind a name goes; quotation marks inside a title become single ones."""
    assert honours(
        [date(2024, 5, 30), "先进集体。", "测试旗关工委", "测试嘎查村关工委", "Z1"],
        [date(2023, 11, 16), "优秀“五老”志愿者", "测试乡关工委", "李测试", "Z2"],
        [date(2024, 6, 1), "先进个人", "测试旗团委", "王测试", ""],
    ) == [
        "2023年11月，李测试被测试乡关工委授予“优秀‘五老’志愿者”称号；2024年5月，我嘎查村关工委被测试旗关工委授予“先进集体”称号；"
        "同年6月，王测试被测试旗团委授予“先进个人”称号。"
    ]


def test_the_other_scheme_tells_them_too() -> None:
    texts = honours([date(2018, 10, 17), "先进个人", "测试大学", "王测试", ""], scheme=C)
    assert texts == ["2018年10月，王测试被测试大学授予“先进个人”称号。"]


def test_nothing_is_said_where_none_was_won_in_the_phase() -> None:
    """The phase of the workbook ends on 20 August 2024."""
    outside = [[day, "先进", "旗关工委", "李测试", ""] for day in (date(2023, 1, 1), date(2024, 8, 21))]
    assert honours() == honours(*outside) == []


def test_of_more_than_ten_the_latest_ten_are_told_and_all_are_counted() -> None:
    rows = [[date(2024, 1, day), f"第{day}项", "旗关工委", "李测试", ""] for day in range(1, 13)]
    (text,) = honours(*rows)
    assert text.startswith("共获得荣誉12项，近期的有：2024年1月，李测试被旗关工委授予“第3项”称号；同月，")
    assert text.count("授予") == 10


def test_a_child_on_the_roll_is_never_named() -> None:
    rows = [[date(2024, 1, 1), "三好学生", "中心小学", "孙 测试", ""], [date(2024, 1, 2), "先进", "旗关工委", "李测试", ""]]
    values, problems = told(荣誉表彰=rows, 困境青少年=CHILDREN)
    assert values["特色亮点"][-1] == "2024年1月，李测试被旗关工委授予“先进”称号。"
    assert [str(item.at) for item in problems if item.code == "child-named"] == ["荣誉表彰!D4"]


def test_a_scheme_need_not_ask_for_a_day_or_a_title() -> None:
    """What has no title or no day is not told; of a title and a day alone the sentence is still whole."""

    def change(data: dict[str, Any]) -> None:
        sheet = next(item for item in data["sheet"] if item["name"] == "荣誉表彰")
        sheet["form"] = "list"
        for column in sheet["columns"]:
            column.pop("required", None)

    rows = [
        ["", "先进", "旗关工委", "李测试", "Z1"],
        [date(2024, 1, 1), "", "旗关工委", "李测试", "Z1"],
        [date(2024, 1, 2), "模范"],
    ]
    assert honours(*rows, scheme=changed(V, change)) == ["2024年1月，获得“模范”称号。"]


def test_a_day_in_a_column_of_text_is_not_told() -> None:
    def change(data: dict[str, Any]) -> None:
        sheet = next(item for item in data["sheet"] if item["name"] == "荣誉表彰")
        sheet["form"], sheet["columns"][0]["type"] = "list", "text"

    assert honours(["2024年", "先进", "旗关工委", "李测试", "Z1"], scheme=changed(V, change)) == []
