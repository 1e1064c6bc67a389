"""汇总表.xlsx: every number is what LibreOffice calculates, no text is a formula, names are shown, and a county is printed on a few pages."""

import io
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pdfplumber
import pytest

from tests.libreoffice import LibreOffice, recalculated
from tests.rolled import ROSTER, overview_of, record, table
from wuhao_report.aggregate.outputs.table import book as table_module
from wuhao_report.aggregate.outputs.table.awards import verdicts
from wuhao_report.aggregate.records.model import FigureRecord
from wuhao_report.aggregate.roster.model import Campaign


def test_a_sheet_that_is_full_goes_on_in_another(libreoffice: LibreOffice, tmp_path: Path) -> None:
    """Five committees on sheets of two: the totals of the last sheet count those of all three."""
    path = tmp_path / "表.xlsx"
    path.write_bytes(table(overview_of([record(f"单位{number}", score=10 * number) for number in range(1, 6)]), "甲", most=2))
    made = openpyxl.load_workbook(path)
    assert [name for name in made.sheetnames if name.startswith("总表")] == ["总表", "总表（续1）", "总表（续2）"]
    assert [made[name]["C4"].value for name in made.sheetnames if name.startswith("总表")] == ["单位5", "单位3", "单位1"]
    last = recalculated(libreoffice, path, tmp_path)["总表（续2）"]
    assert (last["A5"].value, last["C5"].value, last["J5"].value) == ("合计", "5 个单位，平均分", 30)
    assert [cell.value for cell in made["逐项明细（续2）"]["A"]][3:] == ["单位1"]


def test_rows_are_as_high_as_their_texts() -> None:
    long = overview_of(
        [record("测试东村"), record("一个名称很长很长的、一行写不下的、要分成好几行的测试单位关心下一代工作委员会")]
    )
    made = openpyxl.load_workbook(io.BytesIO(table(long, "甲")))
    heights = {made["总表"][f"C{row}"].value[:2]: made["总表"].row_dimensions[row].height for row in (4, 5)}
    assert heights["测试"] in (None, 15)
    assert heights["一个"] == 45
    assert {made["指标达标"].row_dimensions[row].height for row in (4, 5)} <= {None, 15}


def test_details_that_no_program_could_open_are_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_module, "MOST_DETAILED", 1)
    made = openpyxl.load_workbook(io.BytesIO(table(overview_of([record("甲"), record("乙")]), "甲")))
    assert made["逐项明细"]["A4"].value is None
    assert "单独汇总某一个上级" in made["逐项明细"]["A2"].value
    assert [made["总表"][f"C{row}"].value for row in (4, 5)] == ["乙", "甲"]


def two_alike(first: str = "1.1", second: str = "1.10") -> Any:
    """Two indicators whose numbers a program may take for one: of the first both committees miss one, of the second none."""
    own = []
    for unit, status in (("测试东村", "达标"), ("测试西村", "未达标")):
        one = record(unit)
        item = replace(one.indicators[0], id=first, status=status)
        own.append(replace(one, indicators=(item, replace(item, id=second, title="走访", status="达标"))))
    return overview_of(own)


def test_the_counts_are_live_over_the_details(libreoffice: LibreOffice, tmp_path: Path) -> None:
    """1.1 and 1.10 are one number for COUNTIFS; by their titles they are two."""
    path = tmp_path / "表.xlsx"
    path.write_bytes(table(two_alike(), "甲"))
    plain, page = openpyxl.load_workbook(path)["指标达标"], recalculated(libreoffice, path, tmp_path)["指标达标"]
    assert plain["D4"].value.startswith("=COUNTIFS('逐项明细'!$B$4:$B$7,")
    assert [[cell.value for cell in row] for row in page["D4:E5"]] == [[1, 1], [2, 0]]


def test_without_the_details_the_counts_are_numbers() -> None:
    made = openpyxl.load_workbook(io.BytesIO(table(two_alike(), "甲", details=False)))
    assert "逐项明细" not in made.sheetnames
    assert [[cell.value for cell in row] for row in made["指标达标"]["D4:E5"]] == [[1, 1], [2, 0]]


def test_a_title_that_would_be_a_pattern_is_not_counted_by_formula() -> None:
    made = openpyxl.load_workbook(io.BytesIO(table(two_alike(second="1.*"), "甲")))
    assert made["指标达标"]["D4"].value == 1


def test_the_figures_of_each_committee_and_their_totals(libreoffice: LibreOffice, tmp_path: Path) -> None:
    """12 + 30 = 42 of the two that say it; the third does not, and is not counted as 0."""
    own = []
    for number, value in enumerate((12, 30, None), 1):
        figure = FigureRecord(
            "youth", "青少年", "人", "年", (("2023年", None if value is None else Fraction(value)), ("2024年", Fraction(1)))
        )
        own.append(replace(record(f"单位{number}"), figures=(figure,)))
    path = tmp_path / "表.xlsx"
    path.write_bytes(table(overview_of(own), "甲"))
    book = recalculated(libreoffice, path, tmp_path)
    each = book["单位人数与人次"]
    assert [cell.value for cell in each[3]] == ["单位名称", "上级", "青少年（人）2023年", "青少年（人）2024年"]
    assert sorted((row[0], row[2]) for row in each.iter_rows(min_row=4, values_only=True)) == [
        ("单位1", 12),
        ("单位2", 30),
        ("单位3", None),
    ]
    assert [cell.value for cell in book["人数与人次"][4]] == ["青少年", "人", 42, 2, 3, 3]


def test_a_county_is_printed_on_twenty_pages_at_most(libreoffice: LibreOffice, tmp_path: Path) -> None:
    first = record("测试第001嘎查村关心下一代工作委员会", status="未达标")
    items = tuple(
        replace(first.indicators[0], id=f"{at // 9 + 1}.{at % 9 + 1}", title=f"一项名称相当长的指标{at}") for at in range(30)
    )
    figure = FigureRecord("youth", "青少年", "人", "年", tuple((f"{year}年", Fraction(year)) for year in range(2010, 2025)))
    own = [
        replace(
            first,
            unit=f"测试第{at:03d}嘎查村关心下一代工作委员会",
            file=f"{at}.xlsx",
            sha256=str(at),
            indicators=items,
            figures=(figure,),
        )
        for at in range(330)
    ]
    campaign = Campaign(name="测试报送", least=Fraction(60), quota=100)
    path = tmp_path / "表.xlsx"
    path.write_bytes(table(overview_of(own, replace(ROSTER, campaign=campaign)), "甲", details=False))
    with pdfplumber.open(libreoffice.convert(path, "pdf", tmp_path)) as printed:
        assert 10 < len(printed.pages) <= 20


def test_names_beside_an_indicator_are_those_that_its_row_shows() -> None:
    """Each as wide as a third of a line: 4 lines have room for some, and the rest is 等."""
    own = [record(f"测试第{at:03d}嘎查村关心下一代工作委员会", status="未达标") for at in range(40)]
    page = openpyxl.load_workbook(io.BytesIO(table(overview_of(own), "甲")))["失分统计"]
    text = page["G4"].value
    assert text.endswith("等")
    assert 4 < text.count("测试第") < 12
    assert page.row_dimensions[4].height == 4 * 15


def test_honours_by_threshold_and_quota_and_who_decides_a_tie() -> None:
    """95, 90, 90: the first is honoured, of the two at 90 one has room (of 2); 80 is under the line, one has no result yet."""
    scores = {"测试东村": 95, "测试西村": 90, "测试南村": 90, "测试中村": 80}
    own = [
        *(record(unit, score=score) for unit, score in scores.items()),
        record("外村", status="未达标", score=99),
        record("新村", status="进行中", score=70),
    ]
    roster = replace(ROSTER, campaign=Campaign(name="测试报送", least=Fraction(85), quota=2))
    made = openpyxl.load_workbook(io.BytesIO(table(overview_of(own, roster), "甲")))
    honoured, others = (list(made[name].iter_rows(min_row=4, values_only=True)) for name in ("授牌名单", "不合格名单"))
    assert [(row[0], row[2], row[7], row[8]) for row in honoured] == [
        (2, "测试东村", "拟授牌", None),
        (3, "测试南村", "并列待定", "并列第3名的有2个单位，名额只余1个，请定夺"),
        (3, "测试西村", "并列待定", "并列第3名的有2个单位，名额只余1个，请定夺"),
    ]
    assert [(row[2], row[8]) for row in others] == [("外村", "总评“未达标”"), ("测试中村", "总分80.00，不到85.00分")]
    listed = list(made["未列入名单"].iter_rows(min_row=4, values_only=True))
    assert [(row[2], row[8]) for row in listed] == [("新村", "总评“进行中”，还没有结果")]
    assert "最低85.00分　名额2个" in made["授牌名单"]["A2"].value


def test_sheets_of_groups_whose_names_differ_in_capitals_alone_are_two() -> None:
    own = [replace(record("甲", scheme=name), scheme_title=f"{name}方案") for name in ("x", "X")]
    names = openpyxl.load_workbook(io.BytesIO(table(overview_of(own), "甲"))).sheetnames
    assert [name for name in names if name.startswith("总表")] == ["总表（X方案 自查）", "总表（2 自查）"]


def test_who_finds_no_room_has_not_failed() -> None:
    found = overview_of([record("甲", score=100), record("乙", score=90)])
    assert [(item.row.unit, item.verdict, item.why) for item in verdicts(found.groups[0], Campaign(quota=1))] == [
        ("甲", "拟授牌", ""),
        ("乙", "未列入", "名额1个，已由前面的单位占满"),
    ]


def test_any_number_of_figures_has_its_columns() -> None:
    """Two committees, so that the second row is one of many; 90 years make more columns than the alphabet twice over."""
    figure = FigureRecord("youth", "青少年", "人", "年", tuple((f"{year}年", Fraction(year)) for year in range(1950, 2040)))
    own = [replace(record(unit), figures=(figure,)) for unit in ("甲", "乙")]
    page = openpyxl.load_workbook(io.BytesIO(table(overview_of(own), "甲")))["单位人数与人次"]
    assert [page.cell(row, 92).value for row in (3, 4, 5)] == ["青少年（人）2039年", 2039, 2039]


@pytest.mark.parametrize(("quota", "honoured"), [(0, []), (1, ["甲"]), (3, ["甲", "乙", "丙"]), (9, ["甲", "乙", "丙", "丁"])])
def test_a_quota_that_no_tie_crosses(quota: int, honoured: list[str]) -> None:
    """Places 1, 2, 2, 4."""
    own = [record(unit, score=score) for unit, score in (("甲", 100), ("乙", 90), ("丙", 90), ("丁", 80))]
    found = overview_of(own)
    given = [item.row.unit for item in verdicts(found.groups[0], Campaign(quota=quota)) if item.verdict == "拟授牌"]
    assert sorted(given) == sorted(honoured)


def test_no_text_of_a_workbook_becomes_a_formula_or_a_link(tmp_path: Path) -> None:
    overview = overview_of([record("=cmd|' /C calc'!A0", "=1+1.xlsx"), record("http://x", "@SUM(1).xlsx"), record("-1")])
    made = openpyxl.load_workbook(io.BytesIO(table(overview, "=甲")))
    ours = ("SUBTOTAL(", "IFERROR(SUBTOTAL(", "COUNTIFS(")
    for page in made:
        for row in page.iter_rows():
            for cell in row:
                assert cell.hyperlink is None or cell.hyperlink.target is None  # those of the cover lead to a sheet
                if cell.data_type == "f":
                    assert cell.value[1:].startswith(ours) or "/(" in cell.value, cell.value
    assert "=cmd|' /C calc'!A0" in [cell.value for cell in made["总表"]["C"]]


def test_equal_totals_give_an_equal_table_to_the_byte() -> None:
    overview = overview_of([record("甲"), record("乙", status="未达标", score=3)])
    assert table(overview, "甲") == table(overview, "甲")


def test_the_same_overview_gives_the_same_bytes() -> None:
    overview = overview_of([record("甲"), record("乙", status="未达标", score=3)])
    assert table(overview, "甲") == table(overview, "甲")
