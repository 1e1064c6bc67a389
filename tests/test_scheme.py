"""Schemes are data, read strictly: every fault names the path to its key and the nearest right word."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import ROOT
from wuhao_report.core.errors import SchemeError
from wuhao_report.scheme import lookup as scheme_read
from wuhao_report.scheme.lookup import find_scheme, scheme_files
from wuhao_report.scheme.model import moved_to
from wuhao_report.scheme.read_scheme import parse_scheme, rule_hash

FOLDER = ROOT / "wuhao_report" / "scheme" / "data"
SOURCE = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.toml")}


def parsed(old: str, new: str, name: str = "college-2017") -> Any:
    source = SOURCE[name]
    assert old in source
    return parse_scheme(tomllib.loads(source.replace(old, new, 1), parse_float=Decimal), "0")


def test_the_built_in_schemes() -> None:
    assert list(scheme_files()) == ["college-2017", "demo-rules", "district-2026", "village-2023"] == sorted(SOURCE)
    for name, counts in (("college-2017", [10, 6, 9, 4, 10]), ("village-2023", [7, 7, 2, 5, 10]), ("district-2026", [4] * 5)):
        scheme = find_scheme(name)
        assert scheme.id == name
        assert [len(scheme.of_head(head)) for head in scheme.heads] == counts
        assert {head.points for head in scheme.heads} == {20}
    assert {item.points for item in find_scheme("district-2026").indicators} == {5}
    assert find_scheme("demo-rules").full == 100
    assert not find_scheme("college-2017").by_points
    kinds = " ".join(item.definition for item in find_scheme("demo-rules").indicators)
    assert [f"K{number}" for number in range(1, 21) if f"K{number} " not in kinds.replace("、", " ")] == [
        "K17"
    ]  # it is on the total


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('clause = "三2"', 'claus = "三2"', ["indicator[3.2.1] → claus", "clause"]),
        (
            'telling = 1\nsentences = { met = "关工分委',
            'teling = 1\nsentences = { met = "关工分委',
            ["indicator[1.1.1] → teling", "telling"],
        ),
        (
            'where = { "会议类型" = "全委会议" }',
            'where = { "会议类别" = "全委会议" }',
            ["indicator[3.2.1] → measure → where → 会议类别", "会议类型"],
        ),
        (
            'where = { "会议类型" = "全委会议" }',
            'where = { "会议类型" = "全委会" }',
            ["indicator[3.2.1] → measure → where → 会议类型", "全委会议"],
        ),
        ('"研究关工分委工作" = true', '"研究关工分委工作" = "是"', ["indicator[1.1.3]", "true 或 false"]),
        ('id = "3.2.2"', 'id = "3.2.1"', ["indicator", "3.2.1", "重复"]),
        (
            'kind = "count", sheet = "培训学习"',
            'kind = "cuont", sheet = "培训学习"',
            ["indicator[3.3.1] → measure → kind", "count"],
        ),
        (
            'kind = "count", sheet = "培训学习"',
            'kind = "count", sheet = "培训"',
            ["indicator[3.3.1] → measure → sheet", "培训学习"],
        ),
        ('kind = "count", sheet = "培训学习"', 'kind = "count", sheet = "五老名册"', ["indicator[3.3.1]", "roll", "log"]),
        ('per = "学期"', 'per = "半月"', ["indicator[3.2.1] → per", "“半月”", "“月”"]),
        ("target = { at_least = 6 }", "target = { atleast = 6 }", ["indicator[5.3.2] → target", "at_least"]),
        ("target = { at_least = 6 }", "target = { at_least = nan }", ["indicator[5.3.2] → target → at_least"]),
        ("target = { at_least = 6 }", "target = { yes = true }", ["indicator[5.3.2] → target → yes"]),
        ("target = { at_least = 6 }", "target = { at_least = 6, at_most = 9 }", ["indicator[5.3.2] → target"]),
        ('phase = "创建"', 'phase = "创健"', ["stage[1] → phase", "创建"]),
        ("opens = 2018-10-01", 'opens = "2018-10-01"', ["stage[1] → opens", "日期"]),
        ("start_year = 2017", "start_year = 99999", ["start_year"]),
        ('unit = "单位名称"', 'unit = "单位"', ["sheet[基本信息] → roles → unit", "单位名称"]),
        ('name = "捐款人数", type = "count"', 'name = "捐款人数", type = "cuont"', ["捐款人数", "count"]),
        ('name = "捐款人数", type', 'name = "金额", type', ["sheet[捐款]", "金额", "两次"]),
        ('met = "年均谈话', 'mett = "年均谈话', ["indicator[5.3.2] → sentences → mett", "met"])
        if 'met = "年均谈话' in SOURCE["college-2017"]
        else ('met = "形成创新品牌{额述}"', 'met = "形成创新品牌{额数}"', ["indicator[4.2.1] → sentences → met", "额数"]),
        ('profile_text = "[学院', 'profile_text = "[{学院}学院', ["profile_text", "学院"]),
        ('use = "texts"', 'use = "text"', ["use", "texts"]),
        ('definition = "每年不少于1条。"\n', "", ["indicator[4.3.1] → definition"]),
        ("points = 20", 'points = "20"', ["head[1] → points", "数"]),
    ],
)
def test_faults_name_the_path_and_the_nearest_word(old: Any, new: Any, told: Any) -> None:
    with pytest.raises(SchemeError) as error:
        parsed(old, new)
    for text in told:
        assert text in str(error.value)


def test_a_missing_use_is_named() -> None:
    with pytest.raises(SchemeError, match="evidence"):
        parsed('use = "evidence"\n', "")


@pytest.mark.parametrize(("data", "told"), [(b"id = ", "TOML"), (b"\xff\xfe", "UTF-8"), (b"id = 'x'\n", "sheet：缺少这个键")])
def test_files_that_are_no_scheme(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "方案.toml"
    path.write_bytes(data)
    with pytest.raises(SchemeError, match=told):
        find_scheme(str(path))


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(SOURCE["village-2023"].replace("\n", "\r\n").encode("utf-8-sig"))
    assert replace(find_scheme(str(path)), hash="").indicators == replace(find_scheme("village-2023"), hash="").indicators


def test_the_start_year_moves_dates_and_names() -> None:
    moved = moved_to(find_scheme("village-2023"), 2024)
    assert [stage.title for stage in moved.stages] == ["2024年自查", "2024年底自查", "中期评估", "2025年自查", "验收自查"]
    assert str(moved.phases[0].span.start) == "2024-06-01"
    assert [mark.when for mark in moved.milestones][:2] == ["2024年6月20日前", "2024年8月"]
    assert moved_to(moved, 2023).stages == find_scheme("village-2023").stages


def words_of(name: str) -> set[str]:
    """The names, choices and sentences of a scheme, of three characters and more: shorter ones are words of everyday."""
    scheme = find_scheme(name)
    sheets = [sheet for sheet in scheme.sheets if sheet.use != "assessed"]  # the same in every scheme
    words = {word for sheet in sheets for column in sheet.columns for word in (sheet.name, column.name, *column.choices)}
    words |= {text for item in scheme.indicators for text in (item.title, item.act, item.requirement, *item.sentences.values())}
    return {word for word in words if len(word) > 2}


def strings_of(path: Path) -> Iterator[str]:
    """Every string of a module that is no docstring and gives no example."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose and "例如" not in node.value:
            yield node.value


EXAMPLES = {"scheme/excel/layout.py"}
"""Its table of columns shows an example of each."""


def test_no_word_of_a_single_scheme_stands_in_the_code() -> None:
    """A sheet, column, choice, indicator or sentence that every scheme has is ours; one that some have belongs to their files."""
    words = [words_of(name) for name in SOURCE]
    some = set.union(*words) - set.intersection(*words)
    assert len(some) > 500
    package = ROOT / "wuhao_report"
    strings = [
        (path.relative_to(package).as_posix(), text) for path in sorted(package.rglob("*.py")) for text in strings_of(path)
    ]
    assert len(strings) > 2000
    assert [(name, text) for name, text in strings if name not in EXAMPLES and any(word in text for word in some)] == []


def test_reading_a_scheme_touches_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheme_read, "BUILT_IN", Path("/nowhere"))
    assert scheme_read.scheme_files() == {}


def test_the_hash_of_a_rule_is_that_of_its_data_without_its_words() -> None:
    """Other words, the same number written in another way: the same rule. Another number: another rule. No record of ours is in it."""
    item = {
        "id": "1.1",
        "title": "例会",
        "per": "year",
        "points": 2,
        "measure": {"kind": "count", "sheet": "会议"},
        "target": [">=", Decimal("4.0")],
    }
    same = {**item, "title": "开会", "mend": "补上", "points": Decimal("2.00"), "target": [">=", 4]}
    assert rule_hash(item) == rule_hash(same) == "a8dbbcbabc51d9e1"
    assert rule_hash({**item, "points": 3}) != rule_hash(item)
    assert rule_hash({**item, "measure": {"kind": "count", "sheet": "活动"}}) != rule_hash(item)


def test_every_indicator_of_the_built_in_schemes_has_its_rule() -> None:
    for name in SOURCE:
        scheme = find_scheme(name)
        assert scheme.rules.keys() == {item.id for item in scheme.indicators}
        assert len(set(scheme.rules.values())) == len(scheme.indicators)
