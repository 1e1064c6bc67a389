"""Judgements from DataFrames alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

import wuhao_report
from tests.helpers import SAMPLES
from wuhao_report.evaluation.check import check_all, check_books
from wuhao_report.evaluation.submission import read_submissions
from wuhao_report.report.json_form import outcome_data
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.workbook.reader import read_book

GOOD = [path for path in sorted(SAMPLES.glob("*.xlsx")) if "village-2023" in path.name or path.stem[:2] in ("04", "05", "07")]
PLAIN = {"日期": ["2024-03-01", "2024/5/2"], "会议类型": ["党支部会议", "党支部会议"], "会议主题": ["甲", "乙"]}
PROFILE = {
    "单位名称": "测试嘎查村关工委",
    "创建起始年": 2023,
    "报告阶段": "2024年自查",
    "填报日期": "2024-08-20",
    "填报人": "李测试",
}


def goods(outcome: Any) -> Any:
    return outcome_data(outcome)["goods"]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem[:2])
def test_the_frames_of_a_workbook_give_its_judgement(path: Any) -> None:
    outcome = wuhao_report.check(path)
    submission = outcome.submission
    assert submission is not None
    again = wuhao_report.evaluate(submission.tables, [submission.profile], submission.scheme)
    assert goods(again[0]) == goods(outcome)


def test_the_frames_of_many_give_the_judgement_of_each() -> None:
    books = [read_book(path) for path in GOOD]
    submissions = read_submissions(books, find_scheme("village-2023"))
    profiles = [one.profile for one in submissions.members]
    found = wuhao_report.evaluate(submissions.frames, profiles, "village-2023")
    assert [goods(one) for one in found] == [goods(one) for one in check_books(books)] == [goods(one) for one in check_all(GOOD)]


def test_a_changed_frame_changes_the_judgement() -> None:
    submission = wuhao_report.check(GOOD[0]).submission
    assert submission is not None
    frames = {**submission.tables, "会议": submission.tables["会议"].iloc[:0]}
    before, after = (
        wuhao_report.evaluate(tables, [submission.profile], submission.scheme)[0] for tables in (submission.tables, frames)
    )
    assert before.assessment is not None
    assert after.assessment is not None
    assert (after.assessment.score or 0) < (before.assessment.score or 0)


def test_plain_columns_are_read_as_cells_are() -> None:
    outcome = wuhao_report.evaluate({"会议": pd.DataFrame(PLAIN)}, [PROFILE], "village-2023")[0]
    assert outcome.submission is not None
    assert [str(dtype) for dtype in outcome.submission.tables["会议"].dtypes[["日期", "会议类型", "会议主题"]]] == [
        "datetime64[s]",
        "category",
        "str",
    ]
    assert outcome.assessment is not None


def test_money_stays_exact() -> None:
    sheet = next(
        (sheet.name, column.name, sheet)
        for sheet in find_scheme("college-2017").sheets
        for column in sheet.columns
        if column.type == "amount" and sheet.form == "log"
    )
    row = {
        column.name: {"date": "2017-03-01", "amount": "0.1", "count": 1, "flag": "是"}.get(
            column.type, column.choices[0] if column.choices else "甲"
        )
        for column in sheet[2].columns
    }
    profile = PROFILE | {"创建起始年": 2017, "报告阶段": "中期评估", "填报日期": "2018-12-20"}
    outcome = wuhao_report.evaluate({sheet[0]: pd.DataFrame([row] * 3)}, [profile], "college-2017")[0]
    assert outcome.submission is not None
    assert sum(outcome.submission.tables[sheet[0]][sheet[1]]) == Decimal("0.3")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"日期": ["2024-03-01", "明天"]}, "“会议”的“日期”第 1 行：“明天”不能读作日期"),
        ({"日期": ["2024-03-01", None]}, "“会议”的“日期”第 1 行没有值，这一栏是必填的"),
        ({"会议类型": ["党支部会议", "别的会"]}, "“会议”的“会议类型”第 1 行：“别的会”不在选项之中"),
    ],
)
def test_what_cannot_be_read_is_named(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        wuhao_report.evaluate({"会议": pd.DataFrame(PLAIN | change)}, [PROFILE], "village-2023")


def test_without_a_required_column_a_table_counts_for_nothing() -> None:
    frame = pd.DataFrame({"日期": ["2024-03-01"]})
    outcome = wuhao_report.evaluate({"会议": frame}, [PROFILE], "village-2023")[0]
    assert outcome.submission is not None
    assert len(outcome.submission.tables["会议"]) == 0
    assert ("会议", "会议类型") in outcome.submission.missing
