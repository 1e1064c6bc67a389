"""考评 in bulk: forms out, filled ones in; two assessors of one committee by rule or listed; 自评 beside 考评; nothing wrong goes unsaid."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from scripts.document_text import document_text
from tests.helpers import SAMPLES, Run
from tests.rolled import overview_of, record
from wuhao_report.aggregate.assessors.filled import FilledForm, read_form
from wuhao_report.aggregate.assessors.form import form
from wuhao_report.aggregate.assessors.listing import assessment_data, assessment_sentences
from wuhao_report.aggregate.assessors.run import write_forms
from wuhao_report.aggregate.assessors.settle import RULES, Assessment, settle
from wuhao_report.aggregate.outputs.feedback import letters
from wuhao_report.aggregate.roster.model import Member, Roster
from wuhao_report.cli.aggregates import WAYS
from wuhao_report.core.errors import UnreadableWorkbook

VILLAGE = SAMPLES / "04_测试嘎查村_2024年自查.xlsx"
TWO = (("1.1", "例会", Fraction(10), Fraction(10)), ("1.2", "走访", Fraction(20, 3), Fraction(5)))


def committee(unit: str = "测试东村") -> Any:
    """A committee with two indicators: 10 of 10, and 5 of 20/3."""
    one = record(unit)
    items = tuple(replace(one.indicators[0], id=name, title=title, full=full, score=own) for name, title, full, own in TWO)
    return replace(one, indicators=items)


def write(made: bytes, path: Path, assessor: str, scores: Mapping[str, Any], reasons: Mapping[str, str] = {}) -> Path:
    """A form filled in as a person fills it in: `scores` and `reasons` by indicator."""
    book = openpyxl.load_workbook(io.BytesIO(made))
    page = book.active
    for row in page.iter_rows():
        if row[0].value == "考评人":
            row[1].value = assessor
        if row[0].value in scores:
            row[7].value = scores[row[0].value]
        if row[0].value in reasons:
            row[8].value = reasons[row[0].value]
    book.save(path)
    return path


@pytest.fixture
def filled(tmp_path: Path) -> Callable[..., FilledForm]:
    """Make a form of the first committee, fill it in, and read it back."""

    def make(assessor: str, scores: Mapping[str, Any], reasons: Mapping[str, str] = {}, unit: str = "测试东村") -> FilledForm:
        overview = overview_of([committee(unit)])
        made = form(next(overview.rows()), overview.groups[0])
        name = f"{unit}_{assessor}.xlsx"
        return read_form(name, write(made, tmp_path / name, assessor, scores, reasons))

    return make


def settled(*forms: FilledForm, rule: str = "列出") -> Assessment:
    return settle(overview_of([committee(), committee("测试西村")]), forms, rule)


def codes(found: Assessment) -> list[tuple[str, str]]:
    return [(item.code, str(item.at)) for _, item in found.problems]


def test_one_assessor_settles_a_committee(filled: Callable[..., FilledForm]) -> None:
    """Own 10 + 5 = 15; given 10 − 1 and full marks, shown as 6.67, are 9 + 20/3."""
    found = settled(filled("李测试", {"1.1": 9, "1.2": 6.67}, {"1.1": "少一次"}))
    (one,) = found.committees
    assert (one.row.unit, one.assessors) == ("测试东村", ("李测试",))
    assert (one.own, one.score) == (Fraction(15), 9 + Fraction(20, 3))
    assert found.problems == []
    assert [(item.id, item.reason) for item in one.items] == [("1.1", "少一次"), ("1.2", "")]


@pytest.mark.parametrize(("rule", "score"), [("列出", None), ("平均", Fraction(17, 2)), ("最低", 8), ("最高", 9)])
def test_two_assessors_are_settled_by_rule_or_listed(filled: Callable[..., FilledForm], rule: str, score: Any) -> None:
    """9 and 8 of 10; on 1.2 they agree."""
    first = filled("李测试", {"1.1": 9, "1.2": 5}, {"1.1": "少一次", "1.2": "没有台账"})
    second = filled("王测试", {"1.1": 8, "1.2": 5}, {"1.1": "少两次", "1.2": "没有台账"})
    (one,) = settled(first, second, rule=rule).committees
    assert [item.score for item in one.items] == [score, 5]
    assert [item.is_open for item in one.items] == [score is None, False]
    assert one.items[0].reason == "少一次；少两次"
    assert one.score == (None if score is None else score + 5)


def test_the_command_knows_every_rule() -> None:
    assert tuple(RULES) == WAYS


def test_an_empty_form_says_nothing(filled: Callable[..., FilledForm]) -> None:
    found = settled(filled("", {}))
    assert (found.forms, found.committees, found.problems) == (0, [], [])


def test_what_is_not_given_leaves_the_total_open(filled: Callable[..., FilledForm]) -> None:
    (one,) = settled(filled("李测试", {"1.1": 10})).committees
    assert (one.items[1].score, one.score) == (None, None)


def test_everything_wrong_is_named_with_its_cell(filled: Callable[..., FilledForm]) -> None:
    assert codes(settled(filled("李测试", {"1.1": 11, "1.2": 3}))) == [
        ("score-too-high", "考评!H12"),
        ("reason-missing", "考评!H13"),
    ]
    assert codes(settled(filled("李测试", {"1.1": "很好"}, {"1.2": "没有台账"}))) == [
        ("not-a-number", "考评!H12"),
        ("score-missing", "考评!H13"),
    ]
    assert codes(settled(filled("李测试", {"1.1": -1}))) == [("not-a-number", "考评!H12")]
    stranger = replace(filled("李测试", {"1.1": 10}), unit="测试北村")
    assert codes(settled(stranger)) == [("assessment-of-nobody", "")]
    own = filled("李测试", {"1.1": 10})
    assert codes(settled(own, replace(own, file="另一份.xlsx"))) == [("assessed-twice", "")]
    moved = replace(own, entries=(replace(own.entries[0], id="9.9"),))
    assert [code for code, _ in codes(settled(moved))] == ["unknown-item"]


def test_a_score_without_its_reason_counts_and_is_told(filled: Callable[..., FilledForm]) -> None:
    found = settled(filled("李测试", {"1.1": 4, "1.2": 5}))
    assert found.committees[0].score == 9
    assert [code for code, _ in codes(found)] == ["reason-missing", "reason-missing"]


def test_committees_of_one_name_are_told_apart_by_the_one_above(tmp_path: Path) -> None:
    roster = Roster((Member("实验小学", parent="甲镇"), Member("实验小学", parent="乙镇")), ())
    records = [replace(committee("实验小学"), file=f"{town}/实验小学.xlsx", sha256=town) for town in ("甲镇", "乙镇")]
    overview = overview_of(records, roster)
    forms = [
        read_form(
            name,
            write(form(row, overview.groups[0]), tmp_path / name, "李测试", {"1.1": at, "1.2": 0}, {"1.1": "少", "1.2": "无"}),
        )
        for at, row in enumerate(overview.rows(), 1)
        for name in [f"{at}.xlsx"]
    ]
    found = settle(overview, forms, "列出")
    assert found.problems == []
    assert {one.parent: one.score for one in found.committees} == {
        row.member.parent: at for at, row in enumerate(overview.rows(), 1)
    }


def test_every_namesake_gets_a_form_of_its_own_inside_the_folder(tmp_path: Path) -> None:
    """Also where the name of the one above would lead out, and where the other's is filled in already."""
    roster = Roster((Member("实验小学", parent="甲镇"), Member("实验小学", parent="/../../外/乙镇")), ())
    records = [
        replace(committee("实验小学"), file=f"{number}/实验小学.xlsx", sha256=town, superior=town)
        for number, town in enumerate(("甲镇", "/../../外/乙镇"))
    ]
    overview = overview_of(records, roster)
    place = tmp_path / "汇总" / "考评"
    assert write_forms(overview, place) == (2, 0)
    assert len(list(place.iterdir())) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["汇总"]
    assert [path.name for path in (tmp_path / "汇总").iterdir()] == ["考评"]
    first = place / "实验小学考评表.xlsx"
    write(first.read_bytes(), first, "李测试", {"1.1": 1}, {"1.1": "少"})
    assert write_forms(overview, place) == (1, 1)


def test_a_workbook_that_is_called_a_form_is_no_form(run: Run, tmp_path: Path) -> None:
    """Standard workbooks of schemes with points have a sheet of that name too."""
    shutil.copy(SAMPLES / "08_测试街道_年终自查_按分值.xlsx", tmp_path / "东村五好考评表.xlsx")
    assert json.loads(run("aggregate", tmp_path, "--json").stdout)["files"]["counted"] == 1


def test_a_file_that_is_no_form_is_said(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "空.xlsx")
    with pytest.raises(UnreadableWorkbook) as found:
        read_form("空.xlsx", tmp_path / "空.xlsx")
    assert found.value.problem.code == "no-form"


def test_where_they_differ_most_comes_first(filled: Callable[..., FilledForm]) -> None:
    """例会: own 10, given 9 and 5, mean 7; 走访: own 5, given 5 twice."""
    reasons = {"1.1": "少", "1.2": "无"}
    found = settled(
        filled("李测试", {"1.1": 9, "1.2": 5}, reasons), filled("李测试", {"1.1": 5, "1.2": 5}, reasons, unit="测试西村")
    )
    data = assessment_data(found)
    assert [(item["id"], item["committees"], item["own"], item["assessed"]) for item in data["differences"]] == [
        ("1.1", 2, 10, 7),
        ("1.2", 2, 5, 5),
    ]


def test_a_letter_tells_the_assessment_once_it_is_complete(filled: Callable[..., FilledForm]) -> None:
    overview = overview_of([committee(), committee("测试西村")])
    reasons = {"1.1": "少一次。"}
    found = settle(
        overview,
        [filled("李测试", {"1.1": 9, "1.2": 6.67}, reasons), filled("李测试", {"1.1": 9}, reasons, unit="测试西村")],
        "列出",
    )
    told = {
        item.document.names["反馈"]["单位"]: item.document.names["反馈"]["考评句"]
        for item in letters(overview, assessment_sentences(found))
    }
    assert told == {"测试东村": "考评情况：自评15分，考评15.67分，扣分的是：例会扣1分（少一次）。", "测试西村": ""}


def test_out_and_in_over_a_folder(run: Run, tmp_path: Path) -> None:
    shutil.copy(VILLAGE, tmp_path / "甲.xlsx")
    done = run("assess", "out", tmp_path)
    assert (done.exit_code, "写了 1 张考评表。" in done.stdout) == (0, True)
    place = tmp_path / "汇总" / "考评"
    (blank,) = place.iterdir()
    assert blank.name == "测试嘎查村关工委考评表.xlsx"
    full = {row[0]: row[2] for row in openpyxl.load_workbook(blank).active.iter_rows(min_row=12, values_only=True) if row[2]}
    write(
        blank.read_bytes(),
        blank,
        "李测试",
        {name: value for name, value in full.items() if name != "合计"} | {"1.1.1": 1},
        {"1.1.1": "缺秘书"},
    )
    # what somebody has filled in stays
    assert "另有 1 张已经有人填过，没有动。" in run("assess", "out", tmp_path).stdout
    done = run("assess", "in", tmp_path, "--json")
    data = json.loads(done.stdout)
    assert (done.exit_code, data["problems"]) == (0, [])
    (one,) = data["committees"]
    assert (one["unit"], one["own"], one["assessed"]) == ("测试嘎查村关工委", 100, pytest.approx(100 - 10 / 3 + 1))
    listed = openpyxl.load_workbook(tmp_path / "汇总" / "考评汇总.xlsx")
    assert listed.sheetnames == ["各单位", "各项差别", "逐项", "待定", "问题"]
    assert [cell.value for cell in listed["各单位"][3]][4:7] == ["100.00", "97.67", "−2.33"]
    (place / "别的.xlsx").write_bytes(b"junk")
    done = run("assess", "in", tmp_path)
    assert done.exit_code == 1
    assert "别的.xlsx" in done.stdout
    assert "读了 1 张考评表，考评了 1 个单位，其中 1 个每项都有考评分。" in done.stdout
    done = run("feedback", tmp_path)
    assert "其中 1 份写了考评情况" in done.stdout
    assert "考评表里有 1 处问题" in done.stderr
    letter = next((tmp_path / "汇总" / "反馈意见书").rglob("*.docx"))
    assert "考评97.67分，扣分的是：班子健全扣2.33分（缺秘书）。" in document_text(letter.read_bytes())


def test_the_form_asks_for_what_is_wanted_alone() -> None:
    """Two columns and two facts can be filled in, and a score lies between 0 and the full mark."""
    overview = overview_of([committee()])
    page = openpyxl.load_workbook(io.BytesIO(form(next(overview.rows()), overview.groups[0]))).active
    assert page.protection.sheet
    free = {cell.coordinate for row in page.iter_rows() for cell in row if not cell.protection.locked}
    assert {"H12", "I12", "H13", "I13", "B8", "B9"} <= free
    assert not {"A12", "C12", "E12", "B3"} & free
    bounds = {str(rule.sqref): float(rule.formula2) for rule in page.data_validations.dataValidation}
    assert bounds == {"H12": 10, "H13": pytest.approx(20 / 3)}
