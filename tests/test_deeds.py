"""Deeds, not counts: totals of a head over the whole phase, and two or three rows told, chosen by a fixed order."""

import re
from datetime import date
from typing import Any

import pytest

from tests.helpers import book, changed
from wuhao_report.core.errors import SchemeError
from wuhao_report.evaluation.check import check_book
from wuhao_report.report.words.context import report_context
from wuhao_report.scheme.lookup import find_scheme

V, C = "village-2023", "college-2017"


def activity(
    day: date, name: str, young: Any = "", place: str = "", person: str = "", result: str = "", ids: str = ""
) -> list[Any]:
    return [day, name, "法治教育", "请进来", "", young, place, person, result, "", ids]


def told(scheme: Any = V, **sheets: Any) -> tuple[dict[str, Any], tuple[Any, ...]]:
    found = check_book(book(scheme, version=2, **sheets), scheme=None if isinstance(scheme, str) else scheme)
    assert found.submission is not None
    assert found.assessment is not None
    return report_context(found.submission, found.assessment)


def work(head: int = 5, scheme: Any = V, **sheets: Any) -> str:
    return str(told(scheme, **sheets)[0]["各方面"][head - 1]["工作"])


def test_totals_then_deeds_in_the_order_of_their_days() -> None:
    """931 is no figure here: 62 and 28 make 90; parts whose column is empty go with their punctuation."""
    rows = [
        activity(date(2024, 5, 10), "防范网络诈骗", 62, "嘎查会议室", "派出所民警周测试", "会后41户签订家校共管公约。", "Z1"),
        activity(date(2024, 7, 2), "旁听庭审", 28, "旗法院"),
        activity(date(2023, 8, 20), "收割玉米", "", "", "", "卖粮1860元全部用于购书"),
    ]
    assert work(活动=rows) == (
        "创建以来，开展活动3次，受益青少年90人次（3条中2条有数）。"
        "2023年8月，开展“收割玉米”，卖粮1860元全部用于购书；"
        "2024年5月，邀请派出所民警周测试在嘎查会议室开展“防范网络诈骗”，62名青少年参加，会后41户签订家校共管公约；"
        "同年7月，在旗法院开展“旁听庭审”，28名青少年参加。"
    )


def names(text: str) -> list[str]:
    return re.findall(r"开展“([^”]*)”", text)


def test_how_much_is_told_of_a_row_comes_before_how_many_came() -> None:
    rows = [
        activity(date(2024, 1, 1), "甲甲", 900),
        activity(date(2024, 1, 2), "乙乙", 5, result="办成"),
        activity(date(2024, 1, 3), "丙丙", 5, result="办成", place="村里"),
        activity(date(2024, 1, 4), "丁丁", 6, ids="Z1"),
    ]
    assert names(work(活动=rows)) == ["乙乙", "丙丙", "丁丁"]


def test_then_the_number_of_people_then_the_later_day_then_the_row() -> None:
    rows = [
        activity(date(2024, 1, 1), "甲甲", 5),
        activity(date(2024, 1, 2), "乙乙", 9),
        activity(date(2024, 1, 3), "丙丙", 5),
        activity(date(2024, 1, 3), "丁丁", 5),
    ]
    assert names(work(活动=rows)) == ["乙乙", "丙丙", "丁丁"]


def test_of_one_name_only_one_is_told() -> None:
    rows = [activity(date(2024, 1, day), "同一 件事" if day % 2 else "同一件事", 9) for day in range(1, 6)]
    assert names(work(活动=rows)) == ["同一 件事"]


def test_the_last_yields_to_the_best_of_another_year() -> None:
    rows = [activity(date(2024, 1, day), f"第{day}件", 90 - day) for day in range(1, 5)]
    rows += [activity(date(2023, 7, day), f"头年{day}", day) for day in (1, 2)]
    assert names(work(活动=rows)) == ["头年2", "第1件", "第2件"]


def test_rows_that_do_not_count_are_not_told() -> None:
    rows = [activity(date(2023, 1, 1), "期前", 9), activity(date(2024, 8, 21), "期后", 9), activity(date(2024, 8, 20), "当天", 1)]
    assert names(work(活动=rows)) == ["当天"]


def test_nothing_is_told_where_there_is_nothing() -> None:
    assert work(活动=[]) == ""
    assert work(head=3, 活动=[activity(date(2024, 1, 1), "甲甲")]) == ""


def test_no_total_of_0_and_none_that_nobody_states() -> None:
    assert work(活动=[activity(date(2024, 1, 1), "甲甲")]) == "创建以来，开展活动1次。2024年1月，开展“甲甲”。"


def test_a_child_on_the_roll_is_never_named() -> None:
    """The row that names a child is not told, and a warning says so at its cell; its name with a blank is its name."""
    rows = [activity(date(2024, 1, 1), "看望孙 测试", 9, result="送去书包"), activity(date(2024, 1, 2), "普法", 1)]
    children = [["孙测试", "孤儿", date(2023, 6, 1), ""], ["甲", "孤儿", date(2023, 6, 1), ""]]
    values, problems = told(活动=rows, 困境青少年=children)
    assert names(values["各方面"][4]["工作"]) == ["普法"]
    assert [(item.code, str(item.at), item.level) for item in problems if item.code == "child-named"] == [
        ("child-named", "活动!B4", "warning")
    ]
    assert "孙" not in str(next(item for item in problems if item.code == "child-named"))


def test_whom_help_went_to_is_not_told() -> None:
    helped = [[date(2024, 1, 1), "孙测试", "送去书包", "爱心人士", 100, "孩子回到学校", "Z1"]]
    children = [["孙测试", "孤儿", date(2023, 6, 1), ""]]
    assert work(关爱帮扶=helped, 困境青少年=children).endswith("2024年1月，爱心人士送去书包，孩子回到学校。")


def test_deeds_of_several_tables_are_chosen_together() -> None:
    text = work(
        head=4,
        调研=[[date(2024, 1, 1), "留守儿童情况", "", "", "解决3人上学", ""]],
        典型经验=[[date(2023, 9, 1), "老少同耕", "全乡", "", "Z1"]],
        村校共建=[[date(2024, 3, 1), "联谊活动", "中心小学", "共度儿童节", "", ""]],
    )
    assert text == (
        "2023年9月，总结“老少同耕”的经验，在全乡推广；2024年1月，完成调研“留守儿童情况”，解决3人上学；同年3月，与中心小学开展联谊活动，共度儿童节。"
    )


def test_text_of_a_cell_stands_inside_a_sentence() -> None:
    rows = [activity(date(2024, 1, 1), "甲甲", result="办成一件。\n又办一件；")]
    assert work(活动=rows).endswith("开展“甲甲”，办成一件，又办一件。")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"sentence": "{时间}，{没有的栏}"}, "没有占位词{没有的栏}"),
        ({"sentence": "{时间}[，[{活动名称}]]"}, "方括号要成对"),
        ({"head": "9"}, "9"),
        ({"sheet": "五老名册"}, "形式是“名册”"),
        ({"people": "活动名称"}, "类型是“文字”"),
        ({"title": "没有"}, "没有"),
        ({"titel": "活动名称"}, "titel"),
    ],
)
def test_a_deed_is_read_strictly(change: dict[str, str], fault: str) -> None:
    def spoil(table: Any) -> None:
        deed = next(item for item in table["deed"] if item["sheet"] == "活动")
        deed.update(change)

    with pytest.raises(SchemeError) as error:
        changed(V, spoil)
    assert fault in str(error.value)
    assert "deed[" in str(error.value)


def test_an_overview_is_read_strictly() -> None:
    with pytest.raises(SchemeError, match=r"没有占位词\{没有\}"):
        changed(V, lambda table: table["head"][0].update(overview="[召开{没有}]"))
    with pytest.raises(SchemeError, match="方括号要成对"):
        changed(V, lambda table: table["head"][0].update(overview="[召开{会议}"))


def test_all_schemes_that_come_along_have_deeds() -> None:
    for name in (V, C, "district-2026", "demo-rules"):
        scheme = find_scheme(name)
        assert scheme.deeds
        assert any(head.overview for head in scheme.heads)


def test_the_columns_of_the_first_version_alone_read_well() -> None:
    found = check_book(book(C, 活动=[[date(2018, 5, 4), "主题征文", "征文", 8, 120]]))
    assert found.submission is not None
    assert found.assessment is not None
    text = report_context(found.submission, found.assessment)[0]["各方面"][4]["工作"]
    assert text == "创建以来，开展活动1次，受益学生120人次。2018年5月，开展“主题征文”，120名学生参加。"
