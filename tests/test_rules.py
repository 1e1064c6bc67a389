"""The kinds of rule that real standards use (K1 to K20 of docs/方案文件.md), each at, just above and just below its thresholds, floors and caps.

The bed is the demonstration scheme: three years 2024 to 2026, judged at their end. Every expectation is worked out by hand beside it.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.document_text import document_text
from tests.helpers import book, changed, codes, indicator, judged, judged_by, values
from wuhao_report.core.errors import SchemeError
from wuhao_report.evaluation.check import check_book
from wuhao_report.evaluation.frames import evaluate
from wuhao_report.evaluation.scoring import units_short
from wuhao_report.measures.target import Target
from wuhao_report.report.json_form import outcome_data
from wuhao_report.report.report import build_report
from wuhao_report.report.words.attachments import tasks
from wuhao_report.report.words.basis.material import Material
from wuhao_report.report.words.context import report_context
from wuhao_report.report.words.problems import gaps
from wuhao_report.scheme.cautions import cautions
from wuhao_report.scheme.model import Deduct
from wuhao_report.workbook.reader import STAMP_SHEET, RawSheet

DEMO = "demo-rules"
YEARS = (2024, 2025, 2026)
SEMESTERS = tuple(f"{year}-{month}-15" for year in YEARS for month in ("03", "09"))
QUARTERS = tuple(f"{year}-{month}-10" for year in YEARS for month in ("02", "05", "08", "11"))


def years(**columns: Any) -> list[Any]:
    """Three rows of 年度数据; a column is one value for all years or a list of three."""
    names = ("青少年总数", "纳入目标考核", "计划", "总结", "记录", "档案", "工作经费", "程度评价")
    return [
        [year, *(value[at] if isinstance(value := columns.get(name, ""), list) else value for name in names)]
        for at, year in enumerate(YEARS)
    ]


def days(*dates: Any, **_: Any) -> list[Any]:
    return [[day] for day in dates]


def meetings(counts: Any, kind: str = "例会") -> list[Any]:
    """So many meetings in each of the six semesters."""
    return [[day, kind] for day, count in zip(SEMESTERS, counts, strict=True) for _ in range(count)]


def roll(*rows: Any) -> list[Any]:
    """People of the roll: (name, unit, 四师, joined, left)."""
    return [list(row) for row in rows]


def mentors(count: Any) -> Any:
    return roll(*((f"李测试{number}", "本单位", "是", "2023-01-01", "") for number in range(count)))


def acts(counts: Any, people: int = 10) -> list[Any]:
    """So many of the mentors have a record in each semester."""
    return [[day, f"李测试{number}"] for day, count in zip(SEMESTERS, counts, strict=True) for number in range(count)]


def entry(item: Any, score: Any, reason: str = "") -> dict[str, Any]:
    return {"考评": [[item, "", "", score, reason, "", ""]]}


YES4 = {"计划": "是", "总结": "是", "记录": "是", "档案": "是"}
DRILLS = [[f"{year}-05-01", "普法课", "普法"] for year in YEARS]
POSTS = [[name, post, "2024-01-01", ""] for name, post in (("张测试", "主任"), ("王测试", "副主任"), ("孙测试", "秘书"))]
ALL_POSTS_BUT_ONE = POSTS[:2]


def late(*dates: Any) -> dict[str, Any]:
    return {"材料报送": [[day, "年度总结"] for day in dates]}


def change_of_post(*rows: Any) -> dict[str, Any]:
    return {"职务变动": [list(row) for row in rows]}


CASES = [
    # K1: all three years yes → 5; one no → 0; one empty (no data) → 0
    ("K1 all yes", "1.1", {"年度数据": years(纳入目标考核="是")}, "达标", 5, []),
    (
        "K1 one no",
        "1.1",
        {"年度数据": years(纳入目标考核=["是", "否", "是"])},
        "未达标",
        0,
        ["2025年没有纳入年度目标考核，扣5分"],
    ),
    (
        "K1 one empty",
        "1.1",
        {"年度数据": years(纳入目标考核=["是", "", "是"])},
        "缺数据",
        0,
        ["2025年没有提供纳入目标考核方面的资料，扣5分"],
    ),
    # K2: 8 points, 2 off for each missing thing of a year: 0, 1, 4 (just at the floor), 5 missing (below it)
    ("K2 nothing missing", "1.2", {"年度数据": years(**YES4)}, "达标", 8, []),
    (
        "K2 one missing",
        "1.2",
        {"年度数据": years(**{**YES4, "档案": ["否", "是", "是"]})},
        "未达标",
        6,
        ["2024年工作资料缺档案，扣2分"],
    ),
    (
        "K2 at the floor",
        "1.2",
        {"年度数据": years(**{**YES4, "档案": "否", "记录": ["是", "是", "否"]})},
        "未达标",
        0,
        ["2024年、2025年工作资料缺档案，各扣2分", "2026年工作资料缺记录、档案，扣4分"],
    ),
    (
        "K2 below the floor",
        "1.2",
        {"年度数据": years(**{**YES4, "档案": "否", "记录": ["是", "否", "否"]})},
        "未达标",
        0,
        ["2024年工作资料缺档案，扣2分", "2025年工作资料缺记录、档案，扣4分", "2026年工作资料缺记录、档案，扣2分（扣完为止）"],
    ),
    # K3: every quarter of three years (twelve); one without → nothing; every three years at least once
    ("K3 all quarters", "3.2", {"活动": [[day, "课", "主题教育"] for day in QUARTERS]}, "达标", 4, []),
    (
        "K3 one quarter without",
        "3.2",
        {"活动": [[day, "课", "主题教育"] for day in QUARTERS[:-1]]},
        "未达标",
        0,
        ["2026年第4季度没有开展主题教育，扣4分"],
    ),
    ("K3 three years, once", "2.4", {"会议": [["2026-12-31", "全体会议"]]}, "达标", 3, []),
    ("K3 three years, never", "2.4", {"会议": [["2027-01-01", "全体会议"]]}, "未达标", 0, ["2024—2026年没有召开全体会议，扣3分"]),
    # K4: 6 points, 2 a semester, 0.5 off for each one short, floor 1: short 0, 1, 10 (6 − 5 = 1, at the floor), 11
    ("K4 none short", "3.1", {"会议": meetings([2, 2, 2, 2, 2, 3])}, "达标", 6, []),
    (
        "K4 one short",
        "3.1",
        {"会议": meetings([2, 2, 2, 1, 2, 2])},
        "未达标",
        5.5,
        ["2025年秋季学期召开例会1次，比要求少1次，扣0.5分"],
    ),
    (
        "K4 at the floor",
        "3.1",
        {"会议": meetings([0, 0, 0, 0, 0, 2])},
        "未达标",
        1,
        ["2024年春季学期至2026年春季学期都没有召开例会，各扣1分"],
    ),
    (
        "K4 below the floor",
        "3.1",
        {"会议": meetings([0, 0, 0, 0, 0, 1])},
        "未达标",
        1,
        ["2024年春季学期至2026年春季学期都没有召开例会，各扣1分"],
    ),
    # K5, per percentage point: 90 % → 5; 89 of 100 is one point below → 4.5; 89.5 % is half a point → whole points only; 80 % → 0
    ("K5 at 90 %", "2.3", {"会议": [["2024-03-01", "例会", 200, 180]]}, "达标", 5, []),
    ("K5 half a point below", "2.3", {"会议": [["2024-03-01", "例会", 200, 179]]}, "未达标", 5, []),
    (
        "K5 one point below",
        "2.3",
        {"会议": [["2024-03-01", "例会", 200, 178]]},
        "未达标",
        4.5,
        ["目前会议到会率为89%（要求不低于90%），扣0.5分"],
    ),
    (
        "K5 ten points below",
        "2.3",
        {"会议": [["2024-03-01", "例会", 200, 160]]},
        "未达标",
        0,
        ["目前会议到会率为80%（要求不低于90%），扣5分"],
    ),
    (
        "K5 eleven points below",
        "2.3",
        {"会议": [["2024-03-01", "例会", 200, 158]]},
        "未达标",
        0,
        ["目前会议到会率为79%（要求不低于90%），扣5分（扣完为止）"],
    ),
    ("K5 nobody asked", "2.3", {}, "缺数据", 0, ["目前没有提供会议到会率方面的资料，扣5分"]),
    # K6: the mean of 5 × (1, 0.6, 0.4) = 10/3; D gives nothing
    ("K6 A every year", "4.1", {"年度数据": years(程度评价="A")}, "达标", 5, []),
    (
        "K6 A, B, C",
        "4.1",
        {"年度数据": years(程度评价=["A", "B", "C"])},
        "未达标",
        Fraction(10, 3),
        ["2025年程度评价为B，扣0.67分", "2026年程度评价为C（要求不低于B），扣1分"],
    ),
    (
        "K6 D every year",
        "4.1",
        {"年度数据": years(程度评价="D")},
        "未达标",
        0,
        ["2024年、2025年、2026年程度评价都为D（要求不低于B），各扣1.67分"],
    ),
    (
        "K6 one empty",
        "4.1",
        {"年度数据": years(程度评价=["A", "A", ""])},
        "缺数据",
        Fraction(10, 3),
        ["2026年没有提供程度评价方面的资料，扣1.67分"],
    ),
    # K7 and tiers of K5: of ten mentors 10 → 6, 9 → 4, 8 → 2, 7 → 0; the mean of six semesters
    ("K7 everybody", "2.2", {"五老名册": mentors(10), "四师履职": acts([10] * 6)}, "达标", 6, []),
    (
        "K7 nine of ten once",
        "2.2",
        {"五老名册": mentors(10), "四师履职": acts([9, 10, 10, 10, 10, 10])},
        "未达标",
        Fraction(34, 6),
        ["2024年春季学期四师履职为90%，扣0.33分"],
    ),
    (
        "K7 eight of ten once",
        "2.2",
        {"五老名册": mentors(10), "四师履职": acts([8, 10, 10, 10, 10, 10])},
        "未达标",
        Fraction(32, 6),
        ["2024年春季学期四师履职为80%，扣0.67分"],
    ),
    (
        "K7 seven of ten always",
        "2.2",
        {"五老名册": mentors(10), "四师履职": acts([7] * 6)},
        "未达标",
        0,
        ["2024年春季学期至2026年秋季学期四师履职都为70%，各扣1分"],
    ),
    # K8: 3 points, 0.5 off each: 0, 1, 6 (at the floor), 7
    ("K8 none", "3.3", {}, "达标", 3, []),
    ("K8 one", "3.3", {"不良记录": [["2024-07-01", "缺席上级会议"]]}, "未达标", 2.5, ["缺席上级会议1次，扣0.5分"]),
    (
        "K8 six",
        "3.3",
        {"不良记录": [[f"2024-07-0{day}", "缺席上级会议"] for day in range(1, 7)]},
        "未达标",
        0,
        ["缺席上级会议6次，扣3分"],
    ),
    (
        "K8 seven",
        "3.3",
        {"不良记录": [[f"2024-07-0{day}", "缺席上级会议"] for day in range(1, 8)]},
        "未达标",
        0,
        ["缺席上级会议7次，扣3分（扣完为止）"],
    ),
    # K9, parts with points: 6 + 2; the vacancy of a post never held is 1096 days, of one held from the 91st day exactly 90
    ("K9 both parts", "4.2", {"班子成员": POSTS}, "达标", 8, []),
    (
        "K9 a post not held",
        "4.2",
        {"班子成员": POSTS[:2]},
        "未达标",
        0,
        ["班子不够健全，缺秘书，扣6分", "职务最长空缺1096天（要求不超过90天），扣2分"],
    ),
    ("K9 90 days vacant", "4.2", {"班子成员": [*POSTS[:2], ["孙测试", "秘书", "2024-03-31", ""]]}, "达标", 8, []),
    (
        "K9 91 days vacant",
        "4.2",
        {"班子成员": [*POSTS[:2], ["孙测试", "秘书", "2024-04-01", ""]]},
        "未达标",
        6,
        ["职务最长空缺91天（要求不超过90天），扣2分"],
    ),
    # K9, A and B: one paper and two notices in every year
    (
        "K9 A and B",
        "4.3",
        {
            "调研": [[f"{year}-06-01", "题"] for year in YEARS],
            "信息": [[f"{year}-06-0{n}", "题"] for year in YEARS for n in (1, 2)],
        },
        "达标",
        5,
        [],
    ),
    (
        "K9 A without B",
        "4.3",
        {"调研": [[f"{year}-06-01", "题"] for year in YEARS], "信息": [[f"{year}-06-01", "题"] for year in (2024, *YEARS)]},
        "未达标",
        0,
        ["2025年刊发信息1条，比要求少1条；2026年刊发信息1条，比要求少1条，扣5分"],
    ),
    # K10: not less than 2000
    ("K10 at 2000", "1.3", {"年度数据": years(工作经费=2000)}, "达标", 5, []),
    (
        "K10 just below",
        "1.3",
        {"年度数据": years(工作经费=[2000, 2000, 1999.99])},
        "未达标",
        0,
        ["2026年工作经费为1999.99元（要求不少于2000元），扣5分"],
    ),
    ("K10 just above", "1.3", {"年度数据": years(工作经费=[2000, 2000, 2000.01])}, "达标", 5, []),
    # K11: by 20 December; late 1 off; never 5 off
    ("K11 on the day", "1.4", late("2024-12-20", "2025-12-19", "2026-12-20"), "达标", 5, []),
    ("K11 a day late", "1.4", late("2024-12-21", "2025-12-19", "2026-12-20"), "未达标", 4, ["2024年年度总结报送迟1天，扣1分"]),
    ("K11 never", "1.4", late("2024-12-20", "2025-12-19"), "未达标", 0, ["2026年年度总结报送没有完成的记录，扣5分"]),
    (
        "K11 late and never",
        "1.4",
        late("2024-12-21", "2025-12-19"),
        "未达标",
        0,
        ["2024年年度总结报送迟1天，扣1分", "2026年年度总结报送没有完成的记录，扣4分（扣完为止）"],
    ),
    ("K11 no event", "1.5", {}, "达标", 3, []),
    ("K11 on the 90th day", "1.5", change_of_post(["2024-01-01", "出缺"], ["2024-03-31", "补齐"]), "达标", 3, []),
    (
        "K11 on the 91st day",
        "1.5",
        change_of_post(["2024-01-01", "出缺"], ["2024-04-01", "补齐"]),
        "未达标",
        0,
        ["目前职务出缺补齐迟1天，扣3分"],
    ),
    ("K11 never after", "1.5", change_of_post(["2024-01-01", "出缺"]), "未达标", 0, ["目前职务出缺补齐没有完成的记录，扣3分"]),
    ("K11 term still running", "1.5", change_of_post(["2026-10-02", "出缺"]), "达标", 3, []),
    ("K11 term just over", "1.5", change_of_post(["2026-10-01", "出缺"]), "未达标", 0, ["目前职务出缺补齐没有完成的记录，扣3分"]),
    # K12: 20 people, +1 is 5 %; 21 → 22 is 4.76 %
    (
        "K12 at 5 % every year",
        "2.1",
        {
            "五老名册": roll(
                *((f"李测试{n}", "本单位", "", "2023-01-01", "") for n in range(20)),
                ("王测试1", "本单位", "", "2024-05-01", ""),
                *((f"王测试{n}", "本单位", "", "2025-05-01", "") for n in (2, 3)),
                *((f"王测试{n}", "本单位", "", "2026-05-01", "") for n in (4, 5)),
            )
        },
        "达标",
        5,
        [],
    ),
    (
        "K12 just below",
        "2.1",
        {
            "五老名册": roll(
                *((f"李测试{n}", "本单位", "", "2023-01-01", "") for n in range(20)),
                ("王测试1", "本单位", "", "2024-05-01", ""),
                ("王测试2", "本单位", "", "2025-05-01", ""),
                *((f"王测试{n}", "本单位", "", "2026-05-01", "") for n in (4, 5)),
            )
        },
        "未达标",
        0,
        ["2025年“五老”队伍净增比例为4.8%（要求不低于5%），扣5分"],
    ),
    # K14: without a 二级党校 it counts
    ("K14 applies", "3.5", {"活动": [[f"{year}-05-01", "课", "党史讲座"] for year in YEARS]}, "达标", 3, []),
    # K18: 6, less 2 where nobody of the own unit is on the roll; nothing is left to take when it is 0 already
    ("K18 no penalty", "3.4", {"活动": DRILLS, "五老名册": roll(("李测试", "本单位", "", "2023-01-01", ""))}, "达标", 6, []),
    (
        "K18 penalty",
        "3.4",
        {"活动": DRILLS, "五老名册": roll(("李测试", "外单位", "", "2023-01-01", ""))},
        "达标",
        4,
        ["目前本单位老同志为0人（要求不少于1人），扣2分"],
    ),
    ("K18 nothing left", "3.4", {"活动": DRILLS[:2]}, "未达标", 0, ["2026年没有开展普法活动，扣6分"]),
    # K19: 0 to 4
    ("K19 full", "5.2", entry("5.2", 4), "达标", 4, []),
    ("K19 part", "5.2", entry("5.2", 3.5, "一项未落实"), "未达标", 3.5, ["制度执行还有差距（一项未落实），扣0.5分"]),
    ("K19 nothing", "5.2", entry("5.2", 0, "没有制度"), "未达标", 0, ["制度执行没有做到（没有制度），扣4分"]),
    ("K19 not given", "5.2", {}, "缺数据", 0, ["制度执行尚未填写自评分，扣4分"]),
    ("K19 too much", "5.2", entry("5.2", 4.5), "缺数据", 0, ["制度执行尚未填写自评分，扣4分"]),
    # K20: the highest level reached
    ("K20 city", "5.3", {"表彰验收": [["2025-11-01", "验收", "县级"], ["2026-11-01", "验收", "市级"]]}, "达标", 6, []),
    ("K20 county", "5.3", {"表彰验收": [["2025-11-01", "验收", "县级"]]}, "达标", 4, ["创建阶段上级验收为县级，扣2分"]),
    ("K20 none", "5.3", {"表彰验收": [["2025-11-01", "表彰", "市级"]]}, "未达标", 0, ["没有通过上级验收，扣6分"]),
]


@pytest.mark.parametrize(
    ("name", "sheets", "status", "score", "reasons"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_points_at_every_threshold(name: Any, sheets: Any, status: Any, score: Any, reasons: Any) -> None:
    found = indicator(judged(DEMO, {"二级党校": "否"}, **sheets), name)
    assert (found["status"], found["score"]) == (status, pytest.approx(float(score), abs=0))
    assert [item["reason"] for item in found["deductions"]] == reasons
    assert sum(item["points"] for item in found["deductions"]) == pytest.approx(found["full"] - found["score"])


AWARDS = [(0, 0), (1, 3), (2, 6), (3, 6)]


@pytest.mark.parametrize(("count", "points"), AWARDS)
def test_K13_a_bonus_for_each_up_to_a_cap(count: Any, points: Any) -> None:
    """3 for each, at most 6; it stands outside the full mark and asks nothing of anybody."""
    outcome = judged(DEMO, 表彰验收=[["2025-11-01", "表彰", "市级", n] for n in range(count)])
    assert indicator(outcome, "6.1")["bonus"] == points
    data = outcome_data(outcome)
    assert data["bonus"] == points
    assert "6.1" not in [item["id"] for good in data["goods"] for item in good["indicators"]]


@pytest.mark.parametrize(("count", "points"), [(0, 0), (1, 2), (2, 2)])
def test_K13_a_bonus_once(count: int, points: int) -> None:
    assert (
        indicator(judged(DEMO, 表彰验收=[["2025-11-01", "经验推广", "市级", n] for n in range(count)]), "6.2")["bonus"] == points
    )


def test_K14_out_of_the_total() -> None:
    """With a 二级党校 the 3 points are neither earned nor asked."""
    found = indicator(judged(DEMO, {"二级党校": "是"}), "3.5")
    assert (found["status"], found["score"], found["full"], found["periods"]) == ("不适用", None, None, [])


def test_K15_one_veto_bars_whatever_the_score() -> None:
    outcome = judged(DEMO, **GOOD)
    assert (outcome_data(outcome)["grade"], outcome_data(outcome)["veto"]) == ("优秀", [])
    barred = judged(DEMO, **GOOD, 不良记录=[["2025-01-01", "受到处分"]])
    data = outcome_data(barred)
    assert (data["grade"], data["veto"], data["status"]) == ("不合格", ["6.3"], "未达标")
    assert data["score"] == outcome_data(outcome)["score"]
    assert indicator(barred, "6.3")["veto"] is True


def test_K16_a_rank_waits_for_the_others() -> None:
    """200 person-times of 800 young people: the value goes along, the points do not exist yet."""
    outcome = judged(DEMO, 年度数据=years(青少年总数=800), 活动=[["2026-05-01", "课", "其他", 1, 200]])
    found = indicator(outcome, "5.1")
    assert (found["status"], found["score"], found["full"], found["rank"]) == ("进行中", None, None, {"among": 0.25})
    assert outcome_data(outcome)["scored"] == 19  # neither the rank nor the veto has points
    assert outcome_data(outcome)["applicable"] == 21


GOOD = {
    "年度数据": years(青少年总数=999, 纳入目标考核="是", **YES4, 工作经费=2000, 程度评价="A"),
    "五老名册": roll(
        *((f"李测试{n}", "本单位", "是", "2023-01-01", "") for n in range(20)),
        *((f"王测试{n}", "本单位", "", f"{year}-05-01", "") for n, year in enumerate((2024, 2025, 2025, 2026, 2026))),
    ),
    "会议": [*([day, "例会", 10, 10] for day in SEMESTERS for _ in range(2)), ["2025-03-01", "全体会议", 10, 10]],
    "四师履职": [[day, f"李测试{n}"] for day in SEMESTERS for n in range(20)],
    "活动": [*DRILLS, *([day, "课", "主题教育"] for day in QUARTERS), *([f"{year}-05-01", "课", "党史讲座"] for year in YEARS)],
    "材料报送": [[f"{year}-12-20", "年度总结"] for year in YEARS],
    "班子成员": POSTS,
    "调研": [[f"{year}-06-01", "题"] for year in YEARS],
    "信息": [[f"{year}-06-0{n}", "题"] for year in YEARS for n in (1, 2)],
    "表彰验收": [["2026-11-01", "验收", "市级"]],
    "考评": [["5.2", "", "", 4, "", "", ""]],
}


@pytest.mark.parametrize(("young", "factor", "score"), [(999, 1, 100), (1000, 0.9, 90), (1001, 0.9, 90)])
def test_K17_a_factor_by_size(young: int, factor: Any, score: int) -> None:
    """Everything reached is 95 of 95 (the rank still waits), scaled to 100; × 0.9 from 1000 young people on."""
    outcome = judged(
        DEMO, **{**GOOD, "年度数据": years(青少年总数=young, 纳入目标考核="是", **YES4, 工作经费=2000, 程度评价="A")}
    )
    data = outcome_data(outcome)
    assert data["coefficient"] == {"id": "规模系数", "value": young, "factor": factor}
    assert data["score"] == score


def test_K17_an_unknown_size_gives_no_advantage() -> None:
    outcome = judged(DEMO, **{**GOOD, "年度数据": years(纳入目标考核="是", **YES4, 工作经费=2000, 程度评价="A")})
    assert outcome_data(outcome)["coefficient"] == {"id": "规模系数", "value": None, "factor": 0.9}


def scheme_with(*indicators: Any, **more: Any) -> Any:
    """The demonstration scheme with other indicators, all in one head."""

    def change(table: Any) -> None:
        table["indicator"] = [
            {"id": f"1.{number}", "title": f"第{number}项", **item} for number, item in enumerate(indicators, 1)
        ]
        total = sum(
            item.get("points", sum(part.get("points", 0) for part in item.get("parts", []))) for item in table["indicator"]
        )
        table["head"] = [{"id": "1", "title": "一个方面", "points": total}]
        for key in ("grade", "head_grade", "coefficient", "scoring", "deed"):
            table.pop(key)
        table.update(more)

    return changed(DEMO, change)


COUNT = {"kind": "count", "sheet": "信息"}
NOTICES = {"per": "年", "measure": COUNT, "target": {"at_least": 10}}


def notices(*counts: Any) -> list[Any]:
    return [[f"{year}-06-01", f"题{n}"] for year, count in zip(YEARS, counts, strict=True) for n in range(count)]


@pytest.mark.parametrize(
    ("counts", "lines", "grade"),
    [
        ((10, 10, 10), {"total": 90}, "优秀"),
        ((10, 9, 9), {"total": 90}, "优秀"),
        ((9, 9, 8), {"total": 90}, "合格"),
        ((10, 10, 10), {"total": 90, "each_head": 100}, "优秀"),
        ((10, 10, 9), {"total": 90, "each_head": 100}, "合格"),
        ((10, 10, 8), {"heads": {"1": 28}}, "优秀"),
        ((10, 10, 7), {"heads": {"1": 28}}, "合格"),
        ((0, 0, 0), {"total": 90}, "不合格"),
    ],
)
def test_grades_of_the_total(counts: Any, lines: Any, grade: str) -> None:
    """30 points, one off for each notice short of ten a year: the lines are in points of the total, of a head, or in per cent of it."""
    lines = {**lines, "total": lines["total"] * 30 / 100} if "total" in lines else lines
    lines = {key: (int(value) if key == "total" else value) for key, value in lines.items()}
    scheme = scheme_with(
        {**NOTICES, "points": 30, "award": {"kind": "deduct", "each": 1}},
        grade=[{"title": "优秀", **lines}, {"title": "合格", "total": 10}, {"title": "不合格"}],
    )
    assert outcome_data(judged_by(scheme, 信息=notices(*counts)))["grade"] == grade


@pytest.mark.parametrize(("short", "grade"), [(3, "好"), (4, "较好"), (0, "好"), (30, "较好")])
def test_grades_of_a_head(short: int, grade: str) -> None:
    scheme = scheme_with(
        {**NOTICES, "points": 30, "award": {"kind": "deduct", "each": 1}},
        head_grade=[{"title": "好", "at_least": 90}, {"title": "较好"}],
    )
    counts = (10 - min(short, 10), 10 - min(max(short - 10, 0), 10), 10 - min(max(short - 20, 0), 10))
    assert outcome_data(judged_by(scheme, 信息=notices(*counts)))["goods"][0]["grade"] == grade


@pytest.mark.parametrize(("bonus", "grade"), [(True, "优秀"), (False, "合格")])
def test_a_bonus_counts_for_the_grade_only_where_the_scheme_says_so(bonus: bool, grade: str) -> None:
    """29 of 30 and a bonus of 2 against a line of 30."""
    scheme = scheme_with(
        {**NOTICES, "points": 30, "award": {"kind": "deduct", "each": 1}},
        {"per": "现状", "measure": {"kind": "count", "sheet": "调研"}, "counts": "bonus", "award": {"kind": "earn", "each": 2}},
        scoring={"bonus_counts": bonus},
        grade=[{"title": "优秀", "total": 30}, {"title": "合格"}],
    )
    data = outcome_data(judged_by(scheme, 信息=notices(10, 10, 9), 调研=[["2024-06-01", "题"]]))
    assert (data["score"], data["bonus"], data["grade"]) == (29, 2, grade)


@pytest.mark.parametrize(
    ("counting", "present", "score"),
    [("whole", 179, 5), ("begun", 179, 4.5), ("exact", 179, 4.75), ("whole", 178, 4.5), ("begun", 178, 4.5), ("begun", 177, 4)],
)
def test_less_than_a_percentage_point(counting: str, present: int, score: Any) -> None:
    """179 of 200 is 89.5 %: half a point below 90."""
    rate = {
        "kind": "ratio",
        "one": {"kind": "sum", "sheet": "会议", "column": "实到人数"},
        "other": {"kind": "sum", "sheet": "会议", "column": "应到人数"},
    }
    scheme = scheme_with(
        {
            "per": "现状",
            "measure": rate,
            "target": {"at_least": Decimal("0.9")},
            "points": 5,
            "award": {"kind": "deduct", "each": Decimal("0.5"), "counting": counting},
        }
    )
    assert indicator(judged_by(scheme, 会议=[["2024-03-01", "例会", 200, present]]), "1.1")["score"] == score


@pytest.mark.parametrize(("worst", "score"), [(False, 4), (True, 2)])
def test_tiers_over_several_periods(worst: bool, score: int) -> None:
    """5, 5 and 2 points in three years: the mean is 4, the worst 2."""
    tiers = {"kind": "tiers", "tiers": [{"at_least": 3, "points": 5}, {"at_least": 1, "points": 2}], "worst": worst}
    scheme = scheme_with({**NOTICES, "target": {"at_least": 1}, "points": 5, "award": tiers})
    outcome = judged_by(scheme, 信息=notices(3, 4, 2))
    assert indicator(outcome, "1.1")["score"] == score
    assert indicator(outcome, "1.1")["status"] == "达标"
    assert [item["reason"] for item in indicator(outcome, "1.1")["deductions"]] == [
        f"2026年开展“第1项”2次，扣{5 - score if worst else 1}分"
    ]


def test_a_factor_on_one_indicator() -> None:
    scheme = scheme_with(
        {**NOTICES, "points": 10, "coefficient": "规模"},
        coefficient=[
            {
                "id": "规模",
                "measure": {"kind": "column", "column": "青少年总数"},
                "tiers": [{"at_least": 1000, "factor": Decimal("0.9")}],
            }
        ],
    )
    found = indicator(judged_by(scheme, 年度数据=years(青少年总数=1200), 信息=notices(10, 10, 10)), "1.1")
    assert (found["score"], found["deductions"]) == (9, [{"points": 1, "reason": "规模0.9，扣1分", "item": "1.1"}])


def test_change_of_a_number_on_last_year() -> None:
    """800 → 840 → 882 is 5 % each; 2024 has no year before it, so no data."""
    scheme = scheme_with(
        {
            "per": "年",
            "measure": {"kind": "change", "of": {"kind": "column", "column": "青少年总数"}, "rate": True},
            "target": {"at_least": Decimal("0.05")},
            "points": 6,
            "award": {"kind": "per-period"},
        }
    )
    found = indicator(judged_by(scheme, 年度数据=years(青少年总数=[800, 840, 881])), "1.1")
    assert [item["value"] for item in found["periods"]] == [None, 0.05, 41 / 840]
    assert [item["met"] for item in found["periods"]] == [None, True, False]
    assert found["score"] == 2
    grown = indicator(judged_by(scheme, 年度数据=[*years(青少年总数=[800, 840, 882]), [2023, 700]]), "1.1")
    assert grown["score"] == 6


def test_a_compound_may_lose_points_for_each_part() -> None:
    """Three parts, two off for each that is not reached (K2 over conditions of any kind)."""
    part = {"per": "现状", "target": {"at_least": 1}}
    scheme = scheme_with(
        {
            "points": 5,
            "award": {"kind": "deduct", "each": 2},
            "parts": [
                {"title": sheet, "measure": {"kind": "count", "sheet": sheet}, **part} for sheet in ("调研", "信息", "活动")
            ],
        }
    )
    found = indicator(judged_by(scheme, 信息=notices(1, 0, 0)), "1.1")
    assert (found["score"], found["status"], found["periods"][0]["value"]) == (1, "未达标", 1)
    assert [item["status"] for item in found["parts"]] == ["未达标", "达标", "未达标"]
    assert found["deductions"][0]["reason"] == "目前没有开展“调研”；目前没有开展“活动”，扣4分"


def test_a_deadline_on_a_fixed_day_of_the_phase() -> None:
    """By 20 June of the first year: before the day it is not asked, after it it is."""
    scheme = scheme_with(
        {
            "per": "现状",
            "points": 5,
            "measure": {"kind": "deadline", "sheet": "材料报送", "where": {"材料": "实施方案"}, "due": "06-20", "year": 1},
        }
    )
    before = indicator(judged_by(scheme, {"报告阶段": "2024年自查", "填报日期": "2024-06-19"}), "1.1")
    assert (before["status"], before["score"]) == ("进行中", None)
    after = indicator(judged_by(scheme, {"报告阶段": "2024年自查", "填报日期": "2024-06-20"}), "1.1")
    assert (after["status"], after["score"]) == ("未达标", 0)
    moved = indicator(
        judged_by(
            scheme,
            {"创建起始年": 2025, "报告阶段": "2025年自查", "填报日期": "2025-06-21"},
            材料报送=[["2025-06-20", "实施方案"]],
        ),
        "1.1",
    )
    assert (moved["status"], moved["score"]) == ("达标", 5)


def test_a_score_of_the_assessor_stands_beside_ours() -> None:
    outcome = judged(
        DEMO,
        年度数据=years(纳入目标考核="是"),
        考评=[["1.1", "", "", "", "", 4, "一年没有文件"], ["1.2", "", "", "", "", 0, "没有看到"]],
    )
    assert indicator(outcome, "1.1")["assessed"] == {"score": 4, "reason": "一年没有文件"}
    assert indicator(outcome, "1.1")["score"] == 5
    assert "assessed" not in indicator(outcome, "1.3")
    assert "assessed" not in outcome_data(outcome)


def test_the_total_of_the_assessor_when_all_is_assessed() -> None:
    scheme = scheme_with({**NOTICES, "points": 30}, {**NOTICES, "points": 10})
    full = outcome_data(judged_by(scheme, 考评=[["1.1", "", "", "", "", 25, "少"], ["1.2", "", "", "", "", 10, ""]]))
    assert full["assessed"] == 35


def test_the_built_in_plans_may_be_assessed_too() -> None:
    """Their workbooks have no such sheet of their own; one that somebody adds is read."""
    outcome = judged("village-2023", 考评=[["1.1.1", "", "", "", "", 3, "一人长期不在"]])
    assert indicator(outcome, "1.1.1")["assessed"] == {"score": 3, "reason": "一人长期不在"}
    assert "deductions" not in indicator(outcome, "1.1.1")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([["5.2", "", "", 3]], [("reason-missing", "考评!D4")]),
        ([["5.2", "", "", 3, "缺一项"]], []),
        ([["5.2", "", "", 4.5]], [("score-too-high", "考评!D4")]),
        ([["5.2", "", "", 4], ["5.2", "", "", 3, "又一行"]], [("duplicate-item", "考评!A5")]),
        ([["1.1", "", "", "", "", 3]], [("reason-missing", "考评!F4")]),
        ([["9.9", "", "", "", "", 3, "无"]], [("unknown-choice", "考评!A4")]),
    ],
)
def test_the_sheet_of_assessments_is_checked(rows: Any, found: Any) -> None:
    assert [item for item in codes(judged(DEMO, {"二级党校": "否"}, 考评=rows)) if (item[1] or "").startswith("考评")] == found


def test_a_computed_score_is_not_taken_from_the_sheet() -> None:
    outcome = judged(DEMO, 考评=[["1.1", "", "", 5]])
    assert "computed-score" in [item.code for item in outcome.problems]
    assert indicator(outcome, "1.1")["score"] == 0


POINTS = st.decimals("0.1", 20, places=1)


@given(st.lists(st.integers(0, 12), min_size=3, max_size=3), st.integers(1, 10), POINTS, POINTS, st.sampled_from([0, 1]))
def test_losses_add_up_and_keep_the_floor(counts: Any, target: Any, points: Any, each: Any, floor: Any) -> None:
    """An independent reckoning: max(floor, full − each × Σ short), and never above the full mark."""
    points = max(points, Decimal(floor))
    scheme = scheme_with(
        {
            "per": "年",
            "measure": COUNT,
            "target": {"at_least": target},
            "points": points,
            "award": {"kind": "deduct", "each": each, "floor": floor},
        }
    )
    result = judged_by(scheme, 信息=notices(*counts)).assessment.indicators[0]
    short = sum(max(0, target - count) for count in counts)
    assert result.score == max(Fraction(floor), Fraction(points) - Fraction(each) * short)
    assert sum((loss.points for loss in result.losses), Fraction(0)) == result.full - result.score


@given(st.fractions(0, 2, max_denominator=1000), st.sampled_from(["whole", "begun", "exact"]))
def test_units_short_never_favour_nor_exceed(value: Any, counting: Any) -> None:
    target, award = Target(">=", Fraction(2)), Deduct(Fraction(1), Fraction(1, 100), counting=counting)
    if value == 2:
        return
    units = units_short(target, value, award)
    exact = (2 - value) * 100
    assert {"whole": units <= exact < units + 1, "begun": units - 1 < exact <= units, "exact": units == exact}[counting]


# What combinations do


def part(title: Any, sheet: str = "信息", **more: Any) -> dict[Any, Any]:
    return {"title": title, "per": "现状", "measure": {"kind": "count", "sheet": sheet}, "target": {"at_least": 1}, **more}


def test_parts_none_of_which_applies() -> None:
    scheme = scheme_with(
        {"points": 5, "parts": [part("甲", when={"二级党校": True}), part("乙", when={"二级党校": True})]},
        {**NOTICES, "points": 5},
    )
    outcome = judged_by(scheme, {"二级党校": "否"})
    assert indicator(outcome, "1.1")["status"] == "不适用"
    assert report_context(outcome.submission, outcome.assessment)


def test_all_of_it_is_not_reached_while_one_part_still_runs() -> None:
    """A is reached, B has until the end of the phase: nothing is scored yet; once A fails, the running B is not held against it."""
    running = part("乙", "调研", per="全程")
    scheme = scheme_with({"points": 8, "parts": [part("甲"), running]})
    found = indicator(judged_by(scheme, {"报告阶段": "2024年自查", "填报日期": "2024-12-31"}, 信息=notices(1, 0, 0)), "1.1")
    assert (found["status"], found["score"], found["periods"][0]["met"]) == ("进行中", None, None)
    scheme = scheme_with({"points": 8, "award": {"kind": "deduct", "each": 2}, "parts": [part("甲"), running]})
    found = indicator(judged_by(scheme, {"报告阶段": "2024年自查", "填报日期": "2024-12-31"}), "1.1")
    assert (found["status"], found["score"]) == ("未达标", 6)


def test_a_rank_among_the_parts_waits_with_the_whole() -> None:
    rank = {"title": "名次", "measure": {"kind": "rank", "of": COUNT}, "target": {"at_most": 3}}
    scheme = scheme_with({"points": 8, "parts": [part("甲"), rank]})
    found = indicator(judged_by(scheme, 信息=notices(1, 0, 0)), "1.1")
    assert (found["status"], found["score"], found["rank"]) == ("进行中", None, {"among": 1})


def test_points_never_fall_below_nothing() -> None:
    """The roll loses one person; each one won gives a point."""
    people = {"五老名册": roll(("李测试", "本单位", "", "2023-01-01", "2024-05-01"))}
    growth = {"per": "年", "measure": {"kind": "growth", "sheet": "五老名册"}}
    earn = {"kind": "earn", "each": 1}
    scheme = scheme_with({**growth, "points": 5, "award": earn}, {**growth, "counts": "bonus", "award": earn})
    outcome = judged_by(scheme, **people)
    assert indicator(outcome, "1.1")["score"] == 0
    assert indicator(outcome, "1.2")["bonus"] == 0


def test_a_line_of_a_head_is_scaled_with_what_applies() -> None:
    """Ten of forty points do not apply; 30 of 30 are reached, and the line is 32 of 40."""
    scheme = scheme_with(
        {**NOTICES, "points": 30},
        {**NOTICES, "points": 10, "when": {"二级党校": True}},
        grade=[{"title": "合格", "heads": {"1": 32}}, {"title": "不合格"}],
    )
    assert outcome_data(judged_by(scheme, {"二级党校": "否"}, 信息=notices(10, 10, 10)))["grade"] == "合格"


def test_saying_nothing_never_pays() -> None:
    """6 points, one off for each thousand short of 2000, floor 2: a year that says 0 and a year that says nothing."""
    rule = {
        "per": "年",
        "measure": {"kind": "column", "column": "工作经费"},
        "target": {"at_least": 2000},
        "points": 6,
        "award": {"kind": "deduct", "each": 1, "unit": 1000, "floor": 2},
    }
    scheme = scheme_with(rule)
    stated = indicator(judged_by(scheme, 年度数据=years(工作经费=[2000, 2000, 0])), "1.1")["score"]
    silent = indicator(judged_by(scheme, 年度数据=years(工作经费=[2000, 2000, ""])), "1.1")["score"]
    assert (stated, silent) == (4, 4)
    assert indicator(judged_by(scheme, 年度数据=years(工作经费="")), "1.1")["score"] == 0


def test_a_deadline_on_the_last_day_of_the_year() -> None:
    rule = {"per": "年", "points": 5, "measure": {"kind": "deadline", "sheet": "材料报送", "due": "12-31"}}
    scheme = scheme_with(rule)
    assert indicator(judged_by(scheme), "1.1")["score"] == 0
    assert indicator(judged_by(scheme, 材料报送=[[f"{year}-12-31", "其他"] for year in YEARS]), "1.1")["score"] == 5


def test_a_term_that_runs_into_the_next_year() -> None:
    """A vacancy of 20 December, to be filled within 30 days: in January it is, or it is not."""
    rule = {
        "per": "年",
        "points": 3,
        "measure": {
            "kind": "deadline",
            "sheet": "职务变动",
            "where": {"情况": "补齐"},
            "within": 30,
            "event": {"sheet": "职务变动", "where": {"情况": "出缺"}},
        },
    }
    scheme = scheme_with(rule)
    never = judged_by(scheme, **change_of_post(["2024-12-20", "出缺"]))
    assert [item["met"] for item in indicator(never, "1.1")["periods"]] == [False, True, True]
    filled = judged_by(scheme, **change_of_post(["2024-12-20", "出缺"], ["2025-01-10", "补齐"]))
    assert indicator(filled, "1.1")["score"] == 3


def test_what_happened_before_the_phase_is_not_compared_with() -> None:
    scheme = scheme_with({"per": "年", "measure": {"kind": "change", "of": COUNT}, "target": {"more_than": 0}, "points": 6})
    found = indicator(judged_by(scheme, 信息=notices(3, 4, 5)), "1.1")
    assert [(item["label"], item["value"]) for item in found["periods"]] == [("2025年", 1), ("2026年", 1)]


SCHOOL_YEARS = {"per": "学年", "measure": COUNT, "target": {"at_least": 2}, "points": 4}


def test_school_years_and_what_lies_in_none() -> None:
    """Three years from 1 January 2024 hold the school years from 2023 (213 of 366 days) to 2025; August to December 2026 lies in none.

    2023—2024学年 has 2 records, 2024—2025学年 1, 2025—2026学年 2; the one of September 2026 counts for none of them.
    """
    scheme = scheme_with(SCHOOL_YEARS)
    dates = ("2024-01-05", "2024-07-31", "2024-08-01", "2025-08-01", "2026-07-31", "2026-09-01")
    found = judged_by(scheme, 信息=[[day, f"题{n}"] for n, day in enumerate(dates)])
    assert values(found, "1.1") == {"2023—2024学年": 2, "2024—2025学年": 1, "2025—2026学年": 2}
    told = [item for item in found.problems if item.code == "records-outside-periods"]
    assert [(str(item.at), item.value, item.level) for item in told] == [("信息", 1, "info")]
    assert told[0].message == ("“信息”有1条记录的日期在2026年8月1日至2026年12月31日，不属于要评的任何一个学年，有关指标不计入。")


def test_records_outside_are_told_once_a_sheet_and_only_those_that_match() -> None:
    """Two indicators of one sheet; the one row that neither asks for is not told, nor what lies after the report's day."""
    meetings_of = {"kind": "count", "sheet": "会议", "where": {"会议类型": "例会"}}
    scheme = scheme_with(SCHOOL_YEARS | {"measure": meetings_of}, SCHOOL_YEARS | {"measure": {"kind": "count", "sheet": "会议"}})
    rows = [["2026-09-01", "例会"], ["2026-10-01", "全体会议"], ["2026-12-30", "例会"], ["2027-01-01", "例会"]]
    told = [item for item in judged_by(scheme, 会议=rows).problems if item.code == "records-outside-periods"]
    assert [(str(item.at), item.value) for item in told] == [("会议", 3)]
    only = scheme_with(SCHOOL_YEARS | {"measure": meetings_of})
    told = [item for item in judged_by(only, 会议=rows).problems if item.code == "records-outside-periods"]
    assert [(str(item.at), item.value) for item in told] == [("会议", 2)]


def test_a_scheme_is_told_which_months_its_periods_leave_out() -> None:
    assert list(cautions(scheme_with(SCHOOL_YEARS))) == [
        "阶段“创建”的2026年8月1日至2026年12月31日不属于任何一个要评的学年，这段时间的记录，按学年评的指标（1.1）不计入。"
    ]
    assert not list(cautions(scheme_with(SCHOOL_YEARS | {"per": "学期"})))


def test_half_years() -> None:
    scheme = scheme_with(SCHOOL_YEARS | {"per": "半年", "target": {"at_least": 1}})
    found = judged_by(scheme, 信息=[["2024-06-30", "甲"], ["2024-07-01", "乙"]])
    assert values(found, "1.1") == {
        "2024年上半年": 1, "2024年下半年": 1, "2025年上半年": 0, "2025年下半年": 0, "2026年上半年": 0, "2026年下半年": 0,
    }  # fmt: skip


def test_the_figures_of_a_school_year_stand_in_the_row_of_the_year_it_begins_in() -> None:
    scheme = scheme_with(SCHOOL_YEARS | {"measure": {"kind": "column", "column": "工作经费"}})
    rows = years(工作经费=[500, 600, 700])
    rows[0][0] = "2024—2025学年"
    assert values(judged_by(scheme, 年度数据=rows), "1.1") == {"2023—2024学年": None, "2024—2025学年": 500, "2025—2026学年": 600}


def test_a_second_sheet_of_keys_and_values_is_read() -> None:
    """A flag that is yes gives its 4 points; one of two texts does not give the 6 of both."""
    own = {
        "name": "阵地建设",
        "form": "pairs",
        "columns": [{"name": "活动室", "type": "flag"}, {"name": "图书角", "type": "text"}, {"name": "宣传栏", "type": "text"}],
    }
    flag = {"per": "现状", "measure": {"kind": "flag", "sheet": "阵地建设", "column": "活动室"}, "points": 4}
    both = {"per": "现状", "measure": {"kind": "complete", "sheet": "阵地建设", "columns": ["图书角", "宣传栏"]}, "points": 6}

    def change(table: Any) -> None:
        table["sheet"].append(own)
        table["indicator"] = [{"id": "1.1", "title": "活动室", **flag}, {"id": "1.2", "title": "两样", **both}]
        table["head"] = [{"id": "1", "title": "一个方面", "points": 10}]
        for key in ("grade", "head_grade", "coefficient", "scoring", "deed"):
            table.pop(key)

    scheme = changed(DEMO, change)
    given = book(scheme)
    rows = (("阵地建设",), ("",), ("项目", "内容"), ("活动室", "是"), ("图书角", "三百册"), ("宣传栏", ""))
    sheets = tuple(RawSheet(one.name, rows) if one.name == "阵地建设" else one for one in given.sheets)
    found = check_book(replace(given, sheets=sheets), scheme=scheme)
    assert [indicator(found, name)["score"] for name in ("1.1", "1.2")] == [4, 0]
    assert values(found, "1.2") == {"现状": 1}
    frames = {name: table.frame for name, table in found.submission.own_tables.items()} if found.submission else {}
    profile = dict(found.submission.profile) if found.submission else {}
    again = evaluate(frames, [profile | {"阵地建设": {"活动室": "是", "图书角": "三百册"}}], scheme)[0]
    assert indicator(again, "1.1")["score"] == 4


def test_three_years_of_a_shorter_phase() -> None:
    """2024 to 2025 holds two of three years: one period, named after them, with the figures of its last year."""
    scheme = scheme_with(
        {"per": "三年", "measure": {"kind": "column", "column": "工作经费"}, "target": {"at_least": 1}, "points": 5},
        phase=[{"title": "创建", "start": date(2024, 1, 1), "end": date(2025, 12, 31)}],
    )
    found = indicator(judged_by(scheme, {"填报日期": "2025-12-31"}, 年度数据=[[2025, 1, "", "", "", "", "", 9]]), "1.1")
    assert [(item["label"], item["value"]) for item in found["periods"]] == [("2024—2025年", 9)]


def test_reasons_tell_each_period_its_own_value() -> None:
    scheme = scheme_with(
        {
            "per": "年",
            "measure": {"kind": "column", "column": "工作经费"},
            "target": {"at_least": 2000},
            "points": 5,
            "unit": "元",
        }
    )
    found = indicator(judged_by(scheme, 年度数据=years(工作经费=[1000, "", 500])), "1.1")
    assert [item["reason"] for item in found["deductions"]] == [
        "2024年第1项为1000元（要求不少于2000元）；2025年没有提供第1项方面的资料；2026年第1项为500元（要求不少于2000元），扣5分"
    ]


def test_what_should_not_happen_is_told_as_such() -> None:
    rule = {"per": "现状", "measure": {"kind": "count", "sheet": "不良记录"}, "target": {"at_most": 1}}
    scheme = scheme_with(
        {**rule, "points": 5, "award": {"kind": "deduct", "each": 1}}, {**rule, "target": {"at_most": 0}, "counts": "veto"}
    )
    outcome = judged_by(scheme, 不良记录=[["2025-01-01", "受到处分", n] for n in range(3)])
    assert [item["reason"] for item in indicator(outcome, "1.1")["deductions"]] == ["“第1项”方面的问题3次，超出规定2次，扣2分"]
    material = Material(outcome.submission, outcome.assessment)
    assert tasks(material)["任务表"] == []
    assert [row["措施"] for row in gaps(material)["不可补"]] == [
        "查明原因，今后避免“第1项”方面的问题",
        "查明原因，今后避免“第2项”方面的问题",
    ]


def test_more_than_is_one_more() -> None:
    scheme = scheme_with(
        {"per": "年", "measure": COUNT, "target": {"more_than": 2}, "points": 9, "award": {"kind": "deduct", "each": 1}}
    )
    assert indicator(judged_by(scheme, 信息=notices(3, 2, 1)), "1.1")["score"] == 9 - 1 - 2


def test_a_factor_above_one_is_told_as_a_gain() -> None:
    scheme = scheme_with(
        {**NOTICES, "points": 10, "coefficient": "规模"},
        coefficient=[
            {
                "id": "规模",
                "measure": {"kind": "column", "column": "青少年总数"},
                "tiers": [{"at_least": 1000, "factor": Decimal("1.2")}],
            }
        ],
    )
    found = indicator(judged_by(scheme, 年度数据=years(青少年总数=1200), 信息=notices(10, 10, 10)), "1.1")
    assert (found["score"], [item["reason"] for item in found["deductions"]]) == (12, ["规模1.2，加2分"])


def test_a_rate_counts_the_rows_that_have_both_numbers() -> None:
    """18 of 20, 8 without the number asked, 19 of 10: the second says nothing, the third is told."""
    outcome = judged(
        DEMO,
        {"二级党校": "否"},
        会议=[["2024-03-01", "例会", 20, 18], ["2024-04-01", "例会", "", 8], ["2024-05-01", "例会", 10, 11]],
    )
    assert values(outcome, "2.3") == {"现状": pytest.approx(29 / 30)}
    assert [item for item in codes(outcome) if item[0] in ("half-filled", "more-than-whole")] == [
        ("half-filled", "会议!C5"),
        ("more-than-whole", "会议!D6"),
    ]


LINED = [{"title": "优秀", "total": 27}, {"title": "合格", "total": 20, "passes": True}, {"title": "不合格"}]


@pytest.mark.parametrize(
    ("counts", "found"),
    [
        ((10, 10, 10), ("达标", "优秀", "达标")),
        ((8, 8, 8), ("未达标", "合格", "达标")),
        ((0, 10, 9), ("未达标", "不合格", "未达标")),
    ],
)
def test_a_grade_decides_who_passes(counts: Any, found: Any) -> None:
    """30 points, one off for each notice short of ten a year: 24 points pass with the line at 20 though the indicator is not reached."""
    scheme = scheme_with({**NOTICES, "points": 30, "award": {"kind": "deduct", "each": 1}}, grade=LINED)
    data = outcome_data(judged_by(scheme, 信息=notices(*counts)))
    assert (data["goods"][0]["status"], data["grade"], data["status"]) == found


def test_what_passes_by_its_grade_is_not_told_as_failing() -> None:
    """24 of 30 with the line at 20: the grade alone concludes; an item without points is not told as reached."""
    scheme = scheme_with(
        {**NOTICES, "points": 26, "award": {"kind": "deduct", "each": 1}},
        {
            **NOTICES,
            "points": 4,
            "target": {"at_least": 1},
            "penalties": [
                {
                    "title": "不良",
                    "per": "全程",
                    "measure": {"kind": "count", "sheet": "不良记录"},
                    "target": {"at_most": 0},
                    "award": {"kind": "deduct", "each": 9, "once": True},
                }
            ],
        },
        {
            "per": "现状",
            "measure": {"kind": "count", "sheet": "表彰验收"},
            "counts": "bonus",
            "award": {"kind": "earn", "each": 1},
        },
        grade=LINED,
    )
    outcome = judged_by(scheme, 信息=notices(8, 8, 8), 不良记录=[["2025-01-01", "受到处分"]])
    assert outcome_data(outcome)["status"] == "达标"
    text = document_text(build_report(outcome)[0])
    assert "2个计分项目中，1项有扣分，1项没有得分，自评总分20分（满分30分），自评等次为合格" in text
    assert "未达标" not in text.partition("[附件标识]")[0]
    assert "总评" not in text
    values, _ = report_context(outcome.submission, outcome.assessment)
    assert [row["结果"] for group in values["一览表"] for row in group["行"]] == ["部分得分", "未得分", "加分项"]
    assert values["各方面"][0]["达标段"] == []
    assert not any("第3项" in row["问题"] for row in values["问题表"])


def test_nothing_is_decided_by_grade_before_all_is_finished_but_what_bars() -> None:
    """The first two years are missed, the phase still runs: 进行中. A veto that leaves the last grade decides at once."""
    running = {"报告阶段": "2024年自查", "填报日期": "2024-12-31"}
    items: Any = [
        {**NOTICES, "points": 20, "award": {"kind": "deduct", "each": 1}},
        {**NOTICES, "points": 10, "per": "全程", "target": {"at_least": 30}},
        {"per": "现状", "measure": {"kind": "count", "sheet": "不良记录"}, "counts": "veto", "target": {"at_most": 0}},
    ]
    scheme = scheme_with(*items, grade=LINED)
    assert outcome_data(judged_by(scheme, running, 信息=notices(0, 0, 0)))["status"] == "进行中"
    barred = judged_by(scheme, running, 信息=notices(10, 0, 0), 不良记录=[["2024-03-01", "受到处分"]])
    assert (outcome_data(barred)["grade"], outcome_data(barred)["status"]) == ("不合格", "未达标")


def test_where_no_grade_is_said_to_pass_all_but_the_last_do() -> None:
    unmarked = [{"title": "优秀", "total": 27}, {"title": "合格", "total": 20}, {"title": "不合格"}]
    scheme = scheme_with({**NOTICES, "points": 30, "award": {"kind": "deduct", "each": 1}}, grade=unmarked)
    assert scheme.scoring.passing == ("优秀", "合格")
    assert any("没有写明从哪个等次起算达标" in text for text in cautions(scheme))
    assert not list(cautions(scheme_with({**NOTICES, "points": 30}, grade=LINED)))


def test_a_line_may_lie_above_the_full_mark_where_bonuses_count() -> None:
    grade = [{"title": "优秀", "total": 31, "passes": True}, {"title": "合格"}]
    bonus = {
        "per": "现状",
        "measure": {"kind": "count", "sheet": "调研"},
        "counts": "bonus",
        "award": {"kind": "earn", "each": 2},
    }
    scheme = scheme_with({**NOTICES, "points": 30}, bonus, scoring={"bonus_counts": True}, grade=grade)
    data = outcome_data(judged_by(scheme, 信息=notices(10, 10, 10), 调研=[["2024-06-01", "题"]]))
    assert (data["score"], data["bonus"], data["grade"], data["status"]) == (30, 2, "优秀", "达标")
    with pytest.raises(SchemeError, match="超过了满分30"):
        scheme_with({**NOTICES, "points": 30}, grade=grade)


def test_a_grade_waits_until_half_is_scored() -> None:
    scheme = scheme_with(
        {**NOTICES, "points": 10},
        {**NOTICES, "points": 10, "per": "全程"},
        {**NOTICES, "points": 10, "per": "全程"},
        grade=[{"title": "优秀", "total": 27}, {"title": "合格"}],
    )
    early = outcome_data(judged_by(scheme, {"报告阶段": "2024年自查", "填报日期": "2024-12-31"}, 信息=notices(10, 0, 0)))
    assert early["score"] == 30
    assert "grade" not in early
    assert outcome_data(judged_by(scheme, 信息=notices(10, 10, 10)))["grade"] == "优秀"


def test_the_assessor_may_score_the_parts() -> None:
    """6 + 2, given on the parts; a score above the full mark counts as full; the grade goes by the assessor's own total."""
    scheme = scheme_with(
        {"parts": [part("甲", points=6), part("乙", points=2)]}, grade=[{"title": "优秀", "total": 8}, {"title": "合格"}]
    )
    outcome = judged_by(
        scheme, 信息=notices(1, 0, 0), 考评=[["1.1-1", "", "", "", "", 5, "少"], ["1.1-2", "", "", "", "", 9, ""]]
    )
    data = outcome_data(outcome)
    assert (data["grade"], data["assessed"], data["assessed_grade"]) == ("优秀", 7, "合格")
    assert "score-too-high" in [item.code for item in outcome.problems]


def test_a_scheme_with_points_on_its_parts_alone_has_the_sheet_of_assessments() -> None:
    scheme = scheme_with({"parts": [part("甲", points=6), part("乙", points=2)]}, head=[{"id": "1", "title": "一", "points": 8}])
    assert not scheme.by_use["assessed"].optional


def test_a_coefficient_before_its_first_year() -> None:
    scheme = scheme_with(
        {**NOTICES, "points": 10},
        scoring={"coefficient": "规模"},
        phase=[{"title": "创建", "start": date(2024, 9, 1), "end": date(2026, 12, 31)}],
        coefficient=[
            {
                "id": "规模",
                "per": "年",
                "measure": {"kind": "column", "column": "青少年总数"},
                "tiers": [{"at_least": 1000, "factor": Decimal("0.9")}],
            }
        ],
    )
    assert outcome_data(judged_by(scheme, {"报告阶段": "2024年自查", "填报日期": "2024-12-20"}))["coefficient"]["value"] is None


def test_heads_of_no_points_do_not_divide() -> None:
    scheme = changed("village-2023", lambda table: [head.update(points=0) for head in table["head"]])
    outcome = judged_by(scheme, 考评=[["1.1.1", "", "", "", "", 1, "少"]])
    assert report_context(outcome.submission, outcome.assessment)


@pytest.mark.parametrize("stamped", ["county-2026", None])
def test_a_workbook_of_an_unknown_scheme_is_not_judged_by_a_similar_one(stamped: Any) -> None:
    raw = book("village-2023", without=("典型经验",))
    stamp = (RawSheet(STAMP_SHEET, (("scheme", stamped),)),) if stamped else ()
    outcome = check_book(replace(raw, sheets=(*raw.sheets, *stamp)))
    assert ("scheme-not-at-hand" in [item.code for item in outcome.problems]) == bool(stamped)
    assert (outcome.assessment is None) == bool(stamped)


@pytest.mark.parametrize("scheme_id", ["college-2017", "village-2023", "district-2026", "demo-rules"])
def test_an_unstamped_workbook_is_known_by_its_sheets(scheme_id: str) -> None:
    """All of them, or all but a few: the scheme with the fewest sheets too many or too few."""
    for without in ((), ("调研",), ("调研", "制度", "培训学习", "四师履职", "典型经验")):
        raw = book(scheme_id, without=without)
        assert check_book(raw).scheme.id == scheme_id
