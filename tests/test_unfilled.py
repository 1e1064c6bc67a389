"""Blank is not zero: what is not filled in gives no data, no verdict and no shortfall, unless it is stated that there is nothing."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from scripts.document_text import document_text
from tests.helpers import SAMPLES, STATED, Run, book, codes, indicator, judged, values
from wuhao_report.aggregate.records.model import CommitteeRecord
from wuhao_report.aggregate.records.recording import evaluate_all
from wuhao_report.core.options import Options
from wuhao_report.evaluation.check import Outcome, check, check_book
from wuhao_report.report.json_form import outcome_data
from wuhao_report.report.report import build_report
from wuhao_report.report.words.context import report_context

C, V = "college-2017", "village-2023"
BLANK = {STATED: ""}
GOOD = SAMPLES / "04_测试嘎查村_2024年自查.xlsx"


def unfilled(outcome: Outcome) -> Any:
    return outcome_data(outcome)["unfilled"]


def levels(outcome: Outcome) -> dict[str, str]:
    return {dict(item.args)["sheet"]: item.level for item in outcome.problems if item.code == "unfilled-sheet"}


def emptied(path: Path, *keep: str) -> Path:
    """Return a copy of a good sample in which only some of its sheets are filled in."""
    made = openpyxl.load_workbook(GOOD)
    for page in made:
        if page.title not in ("基本信息", "年度数据", "文字材料", "填报说明", "_wuhao", *keep):
            page.delete_rows(4, page.max_row)
    made.save(path)
    return path


def test_a_blank_table_gives_no_data_and_one_that_is_stated_empty_gives_zero() -> None:
    # two years are over on 20 December 2018: 2017, and 2018 judged by the report's own day
    assert values(judged(C, BLANK), "1.1.3") == {"2017年": None, "2018年": None}
    assert values(judged(C, {STATED: "会议"}), "1.1.3") == {"2017年": 0, "2018年": 0}
    assert values(judged(C, BLANK, 会议=[["无"]]), "1.1.3") == {"2017年": 0, "2018年": 0}
    assert indicator(judged(C, BLANK), "1.1.3")["status"] == "缺数据"
    assert indicator(judged(C, {STATED: "会议"}), "1.1.3")["status"] == "未达标"


@pytest.mark.parametrize(
    ("rows", "written"),
    [
        ([["无"]], False),
        ([["以上共0次"]], False),
        ([["注：本年没有会议"]], False),
        ([["昨天", "全委会议", "甲"]], True),
        ([["无"], [date(2017, 3, 1), "其他", "甲"]], True),
    ],
)
def test_a_row_with_an_error_has_been_written_and_a_note_has_not(rows: list[list[Any]], written: bool) -> None:
    outcome = judged(C, BLANK, 会议=rows)
    stated = rows == [["无"]]
    assert ("会议" in levels(outcome)) == (not written and not stated)


def test_of_several_tables_one_is_enough_for_a_share_and_a_coverage_needs_both() -> None:
    activity = [[date(2017, 3, 1), "甲", "其他", "", "", "", "", "", "", "是"]]
    # 1 activity of 1 has the names of those who came: the meetings that are not filled in change nothing
    assert values(judged(C, BLANK, 活动=activity), "3.4.2") == {"现状": 1}
    teachers = [["李测试", "", "", "群众", "本单位", "", date(2017, 1, 1), "", "辅导员导师"]]
    assert set(values(judged(C, BLANK, 五老名册=teachers), "5.2.1").values()) == {None}
    assert set(values(judged(C, {STATED: "四师履职"}, 五老名册=teachers), "5.2.1").values()) == {0}


def test_a_sum_of_rows_without_numbers_is_not_zero() -> None:
    help_given = [[date(2023, 7, 1), "甲测试", "书包", "五老"], [date(2024, 3, 1), "甲测试", "书包", "五老", 100]]
    outcome = judged(V, 关爱帮扶=help_given)
    assert outcome.assessment is not None
    figures = {one.figure.title: [reading.value for _, reading in one.readings] for one in outcome.assessment.figures}
    money = next(found for title, found in figures.items() if "金额" in title or "帮扶资金" in title or "资金" in title)
    assert money == [None, 100]


def test_one_problem_a_table_an_error_where_something_due_lacks_data_through_it() -> None:
    outcome = judged(V, BLANK)
    assert set(unfilled(outcome)) == {name for name, level in levels(outcome).items() if level == "error"}
    # what may be done until the end of the phase is not due yet
    assert levels(outcome)["典型经验"] == "warning"
    assert levels(outcome)["会议"] == "error"
    assert len([code for code, _ in codes(outcome) if code == "unfilled-sheet"]) == len(levels(outcome))
    hint = next(item.hint for item in outcome.problems if item.code == "unfilled-sheet")
    assert "基本信息" in hint
    assert STATED in hint
    assert unfilled(judged(V)) == []


def test_rows_in_a_table_that_is_stated_empty_count_and_are_said() -> None:
    outcome = judged(C, {STATED: "会议"}, 会议=[[date(2017, 3, 1), "全体会议", "甲"]])
    assert values(outcome, "3.2.2")["2017年"] == 1
    assert [(item.value, dict(item.args)["count"]) for item in outcome.problems if item.code == "stated-empty-has-rows"] == [
        ("会议", "1")
    ]


def test_a_workbook_of_an_earlier_version_lacks_the_key_in_silence() -> None:
    raw = book(C, BLANK)
    assert ("missing-optional-column", "基本信息!A3") not in codes(check_book(raw))
    assert unfilled(check(GOOD)) == []


def test_the_report_of_a_blank_workbook_is_a_draft_without_verdict(tmp_path: Path) -> None:
    outcome = check(emptied(tmp_path / "空.xlsx"))
    data, problems = build_report(outcome)
    text = document_text(data)
    assert text.lstrip().startswith("| 以下各表尚未填写，本稿不作结论：")
    assert any(item.level == "error" for item in problems)
    for never in ("未召开", "不健全", "总评为", r"参考得分\d", "未达标：", "未开展", "尚未建立"):
        assert re.search(never, text) is None, never


def test_what_is_filled_in_is_told_as_ever(tmp_path: Path) -> None:
    outcome = check(emptied(tmp_path / "甲.xlsx", "会议", "制度"))
    text = document_text(build_report(outcome)[0])
    assert "会议" in text
    assert "本稿不作结论" in text
    assert outcome_data(outcome)["gaps"] == [
        gap for gap in outcome_data(outcome)["gaps"] if not gap["urgent"] or gap["indicator"][0] in "123"
    ]


def test_an_aggregate_gives_it_no_verdict_and_no_place(tmp_path: Path) -> None:
    record = evaluate_all([(emptied(tmp_path / "空.xlsx"), "空.xlsx", Options())])[0]
    assert isinstance(record, CommitteeRecord)
    assert (record.status, record.score, record.grade) == ("未填齐", None, None)


def test_the_screen_says_what_is_not_filled_in(run: Run, tmp_path: Path) -> None:
    path = emptied(tmp_path / "空.xlsx")
    assert "未填齐，不作结论：班子成员" in run("check", path).stdout
    assert "未填齐" in run("report", path, "-o", tmp_path / "报告").stderr


def test_a_sum_says_how_many_rows_state_the_number() -> None:
    """Of three activities of 2024 two state how many came, 30 and 12; in 2023 both of two do: no rise and no fall is told of the two."""
    rows = [[date(2023, 7, 1), "甲", "法治教育", "请进来", 3, 20], [date(2023, 8, 1), "乙", "法治教育", "请进来", 3, 20]]
    rows += [[date(2024, 3, n), f"丙{n}", "法治教育", "请进来", 3, young] for n, young in ((1, 30), (2, 12), (3, ""))]
    found = check_book(book("village-2023", 活动=rows))
    assert found.submission is not None
    assert found.assessment is not None
    names, _ = report_context(found.submission, found.assessment)
    line = next(row for row in names["年度表"]["行"] if row["名称"].startswith("受益青少年"))
    assert line["数"] == ["40", "42（3条中2条有数）", "82（5条中4条有数）"]
    assert not any("受益青少年" in text and ("增加" in text or "减少" in text) for text in names["变化"])
