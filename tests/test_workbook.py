"""The blank workbook and the reader: layout, stamp, the text form, two engines, LibreOffice."""

import io
import json
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import SAMPLES, Run
from tests.libreoffice import LibreOffice
from wuhao_report.core.cell_reference import column_letters
from wuhao_report.evaluation.check import check, check_book
from wuhao_report.files.workbook_style import style_cell
from wuhao_report.report.json_form import outcome_data
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.tools.blank_workbook import new_workbook, sheet_title
from wuhao_report.tools.example_workbook import example_workbook
from wuhao_report.workbook.reader import STAMP_SHEET, RawBook, RawSheet, read_book
from wuhao_report.workbook.text_form import dump_book, parse_book

SCHEMES = ["college-2017", "village-2023"]


@pytest.fixture
def blank(tmp_path: Path) -> Any:
    def make(scheme_id: Any, year: Any = None) -> Path:
        path = tmp_path / f"{scheme_id}.xlsx"
        path.write_bytes(new_workbook(find_scheme(scheme_id), "测试关工委", year))
        return path

    return make


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_layout_of_the_blank_workbook(blank: Any, scheme_id: Any) -> None:
    scheme = find_scheme(scheme_id)
    book = openpyxl.load_workbook(blank(scheme_id))
    assert book.sheetnames == ["填报说明", *(sheet.name for sheet in scheme.sheets if not sheet.optional), "_wuhao"]
    for sheet in (sheet for sheet in scheme.sheets if not sheet.optional):
        page = book[sheet.name]
        assert page["A1"].value == sheet_title(scheme, sheet)
        assert page["A1"].value.startswith(sheet.name)
        assert page["A2"].value == sheet.hint
        starred = [column.name + "*" * column.required for column in sheet.columns]
        if sheet.form == "pairs":
            assert [page.cell(3, at).value for at in (1, 2)] == ["项目", "内容"]
            assert [page.cell(row, 1).value for row in range(4, 4 + len(starred))] == starred
            filled = {
                page.cell(row, 1).value: page.cell(row, 2).value for row in range(4, 4 + len(starred)) if page.cell(row, 2).value
            }
            assert filled == ({"单位名称*": "测试关工委", "创建起始年": scheme.start_year} if sheet.use == "profile" else {})
        else:
            assert [cell.value for cell in page[3]][: len(starred)] == starred
            assert page.max_row == 3  # no data, no examples
        assert page.freeze_panes == "A4"
        assert (page.page_setup.orientation, page.page_setup.paperSize, page.print_title_rows) == ("landscape", 9, "$1:$3")
    assert book["_wuhao"].sheet_state == "veryHidden"
    properties: Any = getattr(book, "custom_doc_props")  # noqa: B009 - the stubs do not know it
    assert {item.name: item.value for item in properties.props} == {
        "wuhao.scheme": scheme.id,
        "wuhao.version": scheme.version,
        "wuhao.hash": scheme.hash,
    }


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_numbers_that_name_things_are_kept_as_typed(blank: Any, scheme_id: Any) -> None:
    # 1-1 in a cell of no format becomes 1 January
    scheme = find_scheme(scheme_id)
    book = openpyxl.load_workbook(blank(scheme_id))
    columns = [
        (sheet, at, column)
        for sheet in scheme.sheets
        if not sheet.optional and sheet.form != "pairs"
        for at, column in enumerate(sheet.columns)
    ]
    named = [(sheet.name, column_letters(at)) for sheet, at, column in columns if column.type in ("ids", "indicator", "text")]
    assert {book[name].column_dimensions[letters].number_format for name, letters in named} == {"@"}


def test_validation_warns_and_never_blocks(blank: Any) -> None:
    book = openpyxl.load_workbook(blank("college-2017"))
    rules = [rule for page in book for rule in page.data_validations.dataValidation]
    assert len(rules) > 80
    assert all(rule.errorStyle == "warning" for rule in rules if rule.showErrorMessage)
    stages = next(rule for rule in book["基本信息"].data_validations.dataValidation if str(rule.sqref) == "B8")
    assert stages.formula1 == '"中期评估,全面自查,巩固自查"'


def test_the_start_year_moves_the_stages_of_the_drop_down(blank: Any) -> None:
    book = openpyxl.load_workbook(blank("village-2023", 2025))
    rule = next(rule for rule in book["基本信息"].data_validations.dataValidation if str(rule.sqref) == "B7")
    assert rule.formula1 == '"2025年自查,2025年底自查,中期评估,2026年自查,验收自查"'


def test_cells_that_look_alike_share_their_look_and_nothing_else() -> None:
    """The first of two looks begins with a format of its own, which the second cell must not get."""
    page = openpyxl.Workbook().active
    assert page is not None
    page["A1"].number_format = "yyyy-mm-dd"
    for name in ("A1", "A2", "A3"):
        style_cell(page[name], bold=True, fill="DCE6F1", border=True)
    cells = page["A1"], page["A2"], page["A3"]
    assert [cell.number_format for cell in cells] == ["yyyy-mm-dd", "General", "General"]
    assert all(cell.font.b and cell.fill.start_color.rgb == "00DCE6F1" and cell.border.left.style == "thin" for cell in cells)


def test_long_lists_stand_in_the_stamp_sheet(tmp_path: Path) -> None:
    from dataclasses import replace

    scheme = find_scheme("college-2017")
    words = tuple(f"很长的选项第{number}号" for number in range(60))
    sheets = tuple(
        replace(
            sheet,
            columns=tuple(replace(column, choices=words) if column.name == "会议类型" else column for column in sheet.columns),
        )
        for sheet in scheme.sheets
    )
    book = openpyxl.load_workbook(io.BytesIO(new_workbook(replace(scheme, sheets=sheets), "甲")))
    rule = next(rule for rule in book["会议"].data_validations.dataValidation if str(rule.sqref).startswith("B4"))
    assert rule.formula1 == "'_wuhao'!$F$1:$F$60"
    assert [book["_wuhao"][f"F{row}"].value for row in (1, 60)] == [words[0], words[-1]]
    assert all(len(rule.formula1) <= 255 for page in book for rule in page.data_validations.dataValidation if rule.formula1)


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_same_scheme_same_bytes(scheme_id: Any) -> None:
    scheme = find_scheme(scheme_id)
    assert new_workbook(scheme, "甲") == new_workbook(scheme, "甲")


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_a_blank_workbook_is_recognised_by_its_stamp_and_by_its_sheets(blank: Any, scheme_id: Any) -> None:
    book = read_book(blank(scheme_id))
    assert book.stamp()["scheme"] == scheme_id
    assert check_book(book).scheme.id == scheme_id
    unstamped = RawBook(book.file, book.sha256, tuple(sheet for sheet in book.sheets if sheet.name != "_wuhao"))
    assert check_book(unstamped).scheme.id == scheme_id


def test_a_unit_name_is_text_and_never_a_formula(tmp_path: Path) -> None:
    data = new_workbook(find_scheme("college-2017"), "=1+1")
    cell = openpyxl.load_workbook(io.BytesIO(data))["基本信息"]["B4"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_the_text_form_and_the_binary_reader_agree(path: Path) -> None:
    book = read_book(path)
    text = dump_book(book)
    again = parse_book(text, path.name)
    assert dump_book(again) == text
    one, other = outcome_data(check_book(book)), outcome_data(check_book(again))
    one.pop("workbook"), other.pop("workbook")
    assert one == other


CELLS = st.one_of(
    st.just(""),
    st.text(max_size=20).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text)),
    st.booleans(),
    st.integers(-(10**9), 10**9).map(float),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)),
)


@given(st.lists(st.lists(CELLS, max_size=5), max_size=6))
def test_any_cells_survive_the_text_form(rows: Any) -> None:
    def trimmed(rows: Any) -> Any:
        found = [list(row) for row in rows]
        for row in found:
            while row and row[-1] == "":
                row.pop()
        while found and not found[-1]:
            found.pop()
        return found

    book = RawBook("a", "0", (RawSheet("表 一", tuple(map(tuple, rows))),))
    assert trimmed(parse_book(dump_book(book)).sheets[0].rows) == trimmed(rows)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_two_engines_find_the_same_cells(path: Path) -> None:
    ours = {sheet.name: sheet.rows for sheet in read_book(path).sheets}
    book = openpyxl.load_workbook(path, data_only=True)
    for page in book:
        rows = ours[page.title]
        for row in page.iter_rows():
            for cell in row:
                found = (
                    rows[cell.row - 1][cell.column - 1]
                    if cell.row <= len(rows) and cell.column <= len(rows[cell.row - 1])
                    else ""
                )
                expected = cell.value
                if isinstance(expected, datetime) and not isinstance(found, datetime):
                    expected = expected.date()
                if expected is None:
                    assert found == "" or found.__class__.__name__ == "CellFault", cell.coordinate
                else:
                    assert found == expected, cell.coordinate


def test_a_workbook_saved_by_libreoffice_gives_the_same_results(libreoffice: LibreOffice, tmp_path: Path) -> None:
    source = SAMPLES / "01_测试学院_中期评估.xlsx"
    saved = libreoffice.convert(source, "xlsx", tmp_path)
    before, after = outcome_data(check(source)), outcome_data(check(saved))
    before.pop("workbook"), after.pop("workbook")
    assert before == after
    assert read_book(saved).stamp()["scheme"] == "college-2017"


def test_a_blank_workbook_survives_libreoffice(libreoffice: LibreOffice, blank: Any, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(libreoffice.convert(blank("village-2023"), "xlsx", tmp_path / "saved"))
    assert len(book["会议"].data_validations.dataValidation) >= 4
    properties: Any = getattr(book, "custom_doc_props")  # noqa: B009 - the stubs do not know it
    assert {item.name for item in properties.props} == {"wuhao.scheme", "wuhao.version", "wuhao.hash"}


# The filled example


@pytest.mark.parametrize("scheme_id", ["college-2017", "village-2023", "district-2026", "demo-rules"])
def test_the_example_is_filled_in_and_says_so(scheme_id: str, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "例.xlsx"
    assert run("new", "-s", scheme_id, "-u", "示例单位关工委", "--example", "-o", path).exit_code == 0
    assert path.read_bytes() == example_workbook(find_scheme(scheme_id), "示例单位关工委")
    outcome = check(path)
    assert [item.code for item in outcome.problems if item.level == "error"] == ["example-workbook"]
    assert outcome.assessment is not None
    assert outcome.assessment.unfilled == ()
    assert sum(item.status == "达标" for item in outcome.assessment.indicators) > len(outcome.assessment.indicators) // 3


def test_an_aggregate_lists_the_example_among_other_files(tmp_path: Path, run: Run) -> None:
    (tmp_path / "例.xlsx").write_bytes(example_workbook(find_scheme("village-2023"), "示例嘎查关工委"))
    shutil.copy(SAMPLES / "04_测试嘎查村_2024年自查.xlsx", tmp_path / "甲.xlsx")
    files = json.loads(run("aggregate", tmp_path, "-o", tmp_path / "汇总", "--json").stdout)
    assert files["files"]["counted"] == 1
    assert [tuple(item.values()) for item in files["skipped"]] == [("例.xlsx", "是示例工作簿，不是哪个单位报来的")]
    assert files["failed"] == []


def test_questions_and_an_example_stand_beside_each_text() -> None:
    for name in ("college-2017", "village-2023", "district-2026"):
        scheme = find_scheme(name)
        page = openpyxl.load_workbook(io.BytesIO(new_workbook(scheme, "甲")))["文字材料"]
        assert page["D3"].value == "示例（供参考，不会读取）"
        for row in range(4, 4 + len(scheme.by_use["texts"].columns)):
            assert page.cell(row, 3).value.count("？") >= 2
            assert page.cell(row, 4).value
            assert page.cell(row, 4).fill.fgColor.rgb == "00FFF8E1"


def test_the_example_beside_a_text_is_never_read(tmp_path: Path) -> None:
    path = tmp_path / "空.xlsx"
    path.write_bytes(new_workbook(find_scheme("village-2023"), "测试嘎查关工委"))
    outcome = check(path)
    assert outcome.submission is not None
    assert set(outcome.submission.texts.values()) == {None}


def test_each_header_has_a_note_and_each_title_says_what_it_is_for() -> None:
    scheme = find_scheme("village-2023")
    page = openpyxl.load_workbook(io.BytesIO(new_workbook(scheme, "甲")))["会议"]
    assert page["A1"].value == "会议（用于1.2.1、1.2.3）"
    assert page["G3"].comment.text == "会上定了什么，一句话\n例如：成立创建工作小组"


def test_no_text_that_must_be_read_is_small_or_pale() -> None:
    book = openpyxl.load_workbook(io.BytesIO(new_workbook(find_scheme("college-2017"), "甲")))
    for page in book:
        if page.title != STAMP_SHEET:
            for row in page.iter_rows():
                for cell in row:
                    if cell.value:
                        assert cell.font.sz >= 11, cell
                        assert cell.font.color.rgb[2:] in ("000000", "262626", "1F3864"), cell
