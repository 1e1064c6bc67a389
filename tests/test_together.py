"""Many workbooks evaluated together give what each gives alone."""

from __future__ import annotations

import gc
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import COLLEGE, SAMPLES, book, judged
from tests.reference import committees
from tests.test_reference import _book
from wuhao_report.aggregate.records.recording import evaluate_all
from wuhao_report.core.options import Options
from wuhao_report.evaluation.check import Outcome, check, check_all, check_books
from wuhao_report.evaluation.results import IndicatorResult
from wuhao_report.evaluation.submission import read_submissions
from wuhao_report.report.json_form import outcome_data
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.workbook.reader import RawBook, read_book

PATHS = sorted(SAMPLES.glob("*.xlsx"))


def said(outcome: Outcome) -> str:
    return json.dumps(outcome_data(outcome), ensure_ascii=False, sort_keys=True)


@cache
def books() -> list[RawBook]:
    """Return the samples, random committees of both schemes, and one workbook that no scheme knows."""
    random = [_book(committees.generate(seed)) for seed in range(14)]
    return [*map(read_book, PATHS), *random, RawBook("别的.xlsx", "0", ())]


@cache
def alone() -> list[str]:
    return [said(check_books([one])[0]) for one in books()]


@given(st.lists(st.integers(0, 23), min_size=1, max_size=24), st.integers(1, 9))
def test_any_split_of_any_set_gives_the_same(chosen: list[int], size: int) -> None:
    numbers = [number for number in chosen if number < len(books())]
    found: list[str] = []
    for first in range(0, len(numbers), size):
        found += map(said, check_books([books()[number] for number in numbers[first : first + size]]))
    assert found == [alone()[number] for number in numbers]


def test_a_file_that_is_no_workbook_keeps_its_place(tmp_path: Path) -> None:
    (tmp_path / "甲.xlsx").write_bytes(b"%PDF-1.7")
    found = check_all([PATHS[0], tmp_path / "甲.xlsx", PATHS[1]])
    assert [outcome.file for outcome in found] == [PATHS[0].name, "甲.xlsx", PATHS[1].name]
    assert [outcome.unreadable for outcome in found] == [False, True, False]


def test_a_stage_of_the_options_is_asked_of_each(tmp_path: Path) -> None:
    found = check_all(PATHS[:4], Options(stage="中期评估", as_of=date(2020, 1, 1)))
    assert [said(outcome) for outcome in found] == [
        said(check(path, Options(stage="中期评估", as_of=date(2020, 1, 1)))) for path in PATHS[:4]
    ]


def test_start_years_may_differ() -> None:
    meetings = [[date(2018, 3, 1), "全委会议", "甲"]]
    raws = [book("college-2017", COLLEGE | {"创建起始年": year}, 会议=meetings) for year in (2017, 2018)]
    together = [said(outcome) for outcome in check_books(raws)]
    assert together == [said(judged("college-2017", COLLEGE | {"创建起始年": year}, 会议=meetings)) for year in (2017, 2018)]
    assert together[0] != together[1]


def test_the_frames_of_many_are_indexed_by_workbook_and_row() -> None:
    rows: list[list[Any]] = [[date(2017, 3, 1), "全委会议", "甲"], [date(2017, 9, 1), "全委会议", "乙"]]
    raws = [book("college-2017", 会议=rows[:number]) for number in (2, 0, 1)]
    submissions = read_submissions(raws, find_scheme("college-2017"))
    frame = submissions.frames["会议"]
    assert frame.index.tolist() == [(0, 4), (0, 5), (2, 4)]
    assert frame.index.names == ["工作簿", "行"]
    assert [len(one.tables["会议"]) for one in submissions.members] == [2, 0, 1]
    assert submissions.members[2].tables["会议"].index.tolist() == [4]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem[:2])
def test_a_sample_alone_and_among_the_others(path: Path) -> None:
    at = PATHS.index(path)
    assert said(check_all(PATHS)[at]) == said(check(path))


def test_what_has_been_judged_is_freed_at_once() -> None:
    """The processes that judge hardly ever look for rings of objects: a result must not hold itself."""

    def results() -> int:
        return sum(isinstance(item, IndicatorResult) for item in gc.get_objects())

    gc.collect()
    before = results()
    gc.disable()
    try:
        evaluate_all([(path, path.name, Options()) for path in PATHS])
        assert results() == before
    finally:
        gc.enable()
