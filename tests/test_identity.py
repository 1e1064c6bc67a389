"""Whose report it is: words follow the committee's own name, and no scheme lends its words to another's report."""

import json
from typing import Any

import pytest

from scripts.document_text import document_text
from tests.helpers import SAMPLES, Run, book
from wuhao_report.core.errors import SchemeError
from wuhao_report.evaluation.check import check, check_book
from wuhao_report.report.report import build_report
from wuhao_report.scheme.excel.writer import to_toml
from wuhao_report.scheme.lookup import find_scheme, scheme_table
from wuhao_report.scheme.model import spoken_by
from wuhao_report.scheme.read_scheme import parse_scheme

V, C, D = "village-2023", "college-2017", "district-2026"


@pytest.mark.parametrize(
    ("scheme", "unit", "superior", "own", "act"),
    [
        (V, "测试嘎查关工委", "测试苏木关工委", "我嘎查关工委", "请政法干警到嘎查普法"),
        (V, "测试社区关工委", "测试街道关工委", "我社区关工委", "请政法干警到社区普法"),
        (V, "测试村关工委", "测试镇关工委", "我村关工委", "请政法干警到村普法"),
        (V, "测试嘎查村关工委", "", "我嘎查村关工委", "请政法干警到嘎查村普法"),
        (V, "别的关工委", "", "我嘎查村关工委", "请政法干警到嘎查村普法"),
        (C, "测试系关工分委", "", "我系关工分委", "将关工分委工作列入系年度考核"),
        (C, "测试学院关工分委", "", "我院关工分委", "将关工分委工作列入学院年度考核"),
        (D, "测试镇关工委", "", "我镇关工委", "深入基层调研"),
    ],
)
def test_words_follow_the_name_of_the_unit(scheme: str, unit: str, superior: str, own: str, act: str) -> None:
    spoken = spoken_by(find_scheme(scheme), unit, superior)
    assert spoken.self_name == own
    assert act in [spoken.spoken(item.act) for item in spoken.items]


def test_titles_of_documents_stay_and_the_superior_has_its_own_word() -> None:
    spoken = spoken_by(find_scheme(V), "测试嘎查关工委", "测试苏木关心下一代工作委员会")
    assert spoken.spoken("乡党委《嘎查村创建方案》和嘎查村") == "苏木党委《嘎查村创建方案》和嘎查"


def report_of(**profile: Any) -> str:
    outcome = check_book(book(V, profile))
    return document_text(build_report(outcome)[0])


def test_the_report_of_a_gacha_is_that_of_a_gacha() -> None:
    text = report_of(单位名称="测试嘎查关工委", 主送机关="测试苏木关心下一代工作委员会")
    body = text.partition("[附件标识]")[0].replace("《嘎查村创建“五好”关工委工作实施方案》", "")
    assert "我嘎查关工委" in body
    assert "苏木党委" in body
    assert "嘎查村" not in body


def test_the_name_it_gives_itself_comes_first() -> None:
    outcome = check_book(book(V, {"单位名称": "测试嘎查关工委", "自称": "本嘎查关工委"}, version=2))
    assert "本嘎查关工委对2023年6月1日至" in document_text(build_report(outcome)[0])


def test_the_words_are_read_strictly_and_go_through_excel() -> None:
    table = scheme_table(V)
    table["unit_word"][0]["names"] = {}
    with pytest.raises(SchemeError, match="至少写一个名称"):
        parse_scheme(table, "")
    table["unit_word"][0] = {"word": "村", "rôle": "unit", "names": {"社区": "社区"}}
    with pytest.raises(SchemeError):
        parse_scheme(table, "")
    assert "[[unit_word]]" in to_toml(scheme_table(V))


# Words of one scheme in the report of another

OWN = {
    V: ("嘎查", "独贵龙", "牧户"),
    C: ("学院", "四师", "特邀党建组织员", "关工分委", "党政联席会议"),
    D: ("三级网络", "尚未设站", "街道", "假日学校"),
}
"""Nouns that belong to one scheme alone."""
REPORTS = {
    V: ("04_测试嘎查村_2024年自查", "05_示例嘎查村_验收自查", "07_样例嘎查村_中期评估", "10_初建嘎查村_只有基本数据"),
    C: ("01_测试学院_中期评估", "02_示例学院_全面自查_有差距", "03_样例学院_巩固自查"),
    D: ("08_测试街道_年终自查_按分值",),
    "demo-rules": ("09_演示单位_二十种规则",),
}


@pytest.mark.parametrize(("scheme", "name"), [(scheme, name) for scheme, names in REPORTS.items() for name in names])
def test_no_word_of_another_scheme_stands_in_a_report(scheme: str, name: str) -> None:
    text = document_text(build_report(check(SAMPLES / f"{name}.xlsx"))[0])
    own = json.dumps(scheme_table(scheme), ensure_ascii=False, default=str)
    others = [word for other, words in OWN.items() if other != scheme for word in words if word not in own]
    assert len(others) > 3
    assert [word for word in others if word in text] == []


@pytest.mark.parametrize("scheme", [V, C, D, "demo-rules"])
def test_no_word_of_another_scheme_stands_in_a_workbook(scheme: str, run: Run, tmp_path: Any) -> None:
    import openpyxl

    path = tmp_path / "空.xlsx"
    assert run("new", "-s", scheme, "-u", "测试关工委", "-o", path).exit_code == 0
    texts = [str(cell.value) for page in openpyxl.load_workbook(path) for row in page.iter_rows() for cell in row if cell.value]
    own = json.dumps(scheme_table(scheme), ensure_ascii=False, default=str)
    others = [word for other, words in OWN.items() if other != scheme for word in words if word not in own]
    assert [word for word in others if any(word in text for text in texts)] == []
