"""Texts held against tables, without crying wolf: four codes, and many harmless sentences that raise none."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest

from tests.helpers import SAMPLES, book
from wuhao_report.evaluation.check import check, check_book
from wuhao_report.report.checklist import checklist
from wuhao_report.workbook.reader import RawSheet

V = "village-2023"
CODES = ("text-number-differs", "says-none-but-listed", "same-day-activities", "no-evidence-at-all")
YEARS = [[2023, 210, 6], [2024, 208, 5]]


def with_texts(texts: dict[str, str], **sheets: Any) -> Any:
    """A village with 210 and 208 young people, 6 and 5 of them in need, two elders, and these texts."""
    elders = [[f"李测试{n}", "", "", "", "老教师", "2023-01-01"] for n in range(2)]
    raw = book(V, **{"年度数据": YEARS, "五老名册": elders, **sheets})
    rows = (("文字材料",), ("",), ("项目", "内容"), *texts.items())
    return replace(raw, sheets=tuple(RawSheet(one.name, rows) if one.name == "文字材料" else one for one in raw.sheets))


def told(raw: Any) -> list[tuple[str, str, str]]:
    return [(item.code, item.level, str(item.at)) for item in check_book(raw).problems if item.code in CODES]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("测试嘎查村有青少年310人。", "青少年310人"),
        ("全村青少年２１９名，", "青少年219名"),
        ("现有青少年1,210人", "青少年1,210人"),
        ("辖区内，青少年 12 人", "青少年 12 人"),
        ("村里有“五老”25人，其中党员3人。", "“五老”25人"),
        ("其中，困境青少年16人。", "困境青少年16人"),
    ],
)
def test_a_number_that_is_that_of_no_year(text: str, said: str) -> None:
    raw = with_texts({"单位概况": text})
    assert told(raw) == [("text-number-differs", "info", "文字材料!B4")]
    found = next(item for item in check_book(raw).problems if item.code == CODES[0])
    assert dict(found.args)["said"] == said


def test_both_places_are_told() -> None:
    found = next(item for item in check_book(with_texts({"单位概况": "青少年310人。"})).problems if item.code == CODES[0])
    assert found.message == "这里写的“青少年310人”和表里的都不一样：2023年210人、2024年208人（年度数据!B5）。"


HARMLESS = (
    "测试嘎查村现有326户1058人，青少年210人。",
    "青少年208人，困境青少年5人，“五老”2人。",
    "全村青少年２１０人。",
    "留守青少年12人，由“五老”结对帮助。",
    "参加活动的青少年120人。",
    "全年组织活动12次，青少年310人次参加。",
    "青少年310人参加了法治讲座。",
    "暑期青少年60人到镇里参观。",
    "青少年近300人。",
    "青少年210余人。",
    "邻村有青少年工作站3个。",
    "青少年活动室120平方米，可容青少年50人的教室一间。",
    "“五老”30年如一日。",
    "“五老”志愿者15人中有党员9人。",
    "在校青少年150人，在家青少年58人。",
    "2023年青少年210人，2024年青少年208人。",
    "困境青少年6人已全部建档。",
    "每名“五老”联系青少年5人以上。",
    "青少年人均读书12本。",
    "村关工委有委员7人，联系青少年家庭180户。",
    "返乡大学生与青少年25人结成对子。",
    "培养青少年骨干10人。",
)


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_sentences_of_an_overview(text: str) -> None:
    assert told(with_texts({"单位概况": text})) == []


def test_only_the_overview_is_held_against_figures() -> None:
    assert told(with_texts({"特色亮点": "青少年310人。", "自查组织情况": "青少年310人。"})) == []


def test_what_nobody_has_stated_contradicts_nothing() -> None:
    assert told(with_texts({"单位概况": "青少年310人。"}, 年度数据=[[2023, "", 6]])) == []


@pytest.mark.parametrize("text", ["工作中没有不足。", "自查未发现明显问题，", "不存在突出的问题", "总的看，没有发现不足"])
def test_no_shortcomings_beside_shortcomings(text: str) -> None:
    raw = with_texts({"自查组织情况": text, "存在不足": "活动场地有限。"})
    assert told(raw) == [("says-none-but-listed", "warning", "文字材料!B4")]


@pytest.mark.parametrize(
    "text",
    [
        "解决了没有问题导向的毛病。",
        "有没有问题，群众说了算。",
        "五老说：孩子没有问题少年一说。",
        "发现的问题都已整改，没有遗留。",
        "没有不足百元的捐款。",
        "对存在的不足逐一分析。",
        "问题和不足没有回避。",
        "查找不足，没有走过场。",
    ],
)
def test_harmless_sentences_about_problems(text: str) -> None:
    assert told(with_texts({"自查组织情况": text, "特色亮点": text, "存在不足": "活动场地有限。"})) == []


def test_no_shortcomings_where_none_are_listed() -> None:
    assert told(with_texts({"自查组织情况": "没有不足。"})) == []
    assert told(with_texts({"自查组织情况": "没有不足。", "存在不足": "没有不足。"})) == []


def activities(*rows: Any) -> list[list[Any]]:
    return [[day, f"活动{n}", "法治教育", "请进来", elders, young, "Z1"] for n, (day, elders, young) in enumerate(rows)]


def test_five_activities_of_one_day_with_the_same_numbers() -> None:
    same = [(date(2024, 3, 5), 4, 30)] * 5
    raw = with_texts({}, 活动=activities((date(2024, 3, 4), 4, 30), *same))
    assert told(raw) == [("same-day-activities", "warning", "活动!A5")]
    found = next(item for item in check_book(raw).problems if item.code == CODES[2])
    assert found.message == "第5—9行共5次活动在同一天，人次也都一样。"


@pytest.mark.parametrize(
    "rows",
    [
        [(date(2024, 3, 5), 4, 30)] * 4,
        [(date(2024, 3, 5), 4, 30 + n) for n in range(5)],
        [(date(2024, 3, 5 + n), 4, 30) for n in range(5)],
        [(date(2024, 3, 5), "", "")] * 5,
    ],
    ids=["four", "other numbers", "other days", "no numbers"],
)
def test_activities_that_may_be(rows: Any) -> None:
    assert told(with_texts({}, 活动=activities(*rows))) == []


def bare(count: int) -> list[list[Any]]:
    return [[date(2024, 1, 1 + n), f"活动{n}", "法治教育", "请进来", n, n, ""] for n in range(count)]


def test_a_workbook_without_any_evidence() -> None:
    raw = with_texts({}, 活动=bare(10))
    assert told(raw) == [("no-evidence-at-all", "warning", "佐证材料")]
    assert told(with_texts({}, 活动=bare(9))) == []
    assert told(with_texts({}, 活动=bare(10), 佐证材料=[["Z1", "照片"]])) == []
    assert told(with_texts({}, 活动=[*bare(9), [*bare(10)[9][:-1], "Z9"]])) == []


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_the_samples_raise_none_but_the_one_that_contradicts_itself(path: Any) -> None:
    found = [item.code for item in check(path).problems if item.code in CODES]
    assert found == (["says-none-but-listed", "text-number-differs"] if path.name.startswith("06_") else [])


def test_a_contradicted_number_comes_first_in_the_list() -> None:
    problems = check_book(with_texts({"单位概况": "青少年310人。"}, 会议=[["昨天", "其他", "甲"]])).problems
    page = openpyxl.load_workbook(io.BytesIO(checklist(problems, "甲", "乙", "2024-01-01T00:00:00Z"))).worksheets[0]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    first = next(row for row in rows if row[0] == "1")
    assert "青少年310人" in first[5]
