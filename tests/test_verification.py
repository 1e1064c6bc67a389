"""报告核验: of this workbook, unchanged; or where somebody has changed one of the two."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from tests.helpers import SAMPLES, Run
from wuhao_report.report.report import write_report
from wuhao_report.tools.verification import NotVerifiable, verify

SAMPLE = "02_示例学院_全面自查_有差距.xlsx"


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Any, Any]:
    workbook = tmp_path / "甲.xlsx"
    shutil.copy(SAMPLES / SAMPLE, workbook)
    return write_report(workbook).report, workbook


def test_an_untouched_report_of_this_workbook(pair: tuple[Any, Any]) -> None:
    found = verify(*pair)
    assert (found.verdict, found.differences, found.exit_code) == ("same", (), 0)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_every_sample_agrees_with_its_report(path: Path, tmp_path: Path) -> None:
    assert verify(write_report(path, tmp_path).report, path).verdict == "same"


def test_a_workbook_saved_again_with_the_same_results(pair: tuple[Any, Any]) -> None:
    report, workbook = pair
    openpyxl.load_workbook(workbook).save(workbook)
    found = verify(report, workbook)
    assert (found.verdict, found.note) == ("same", "工作簿另存或改动过，但各项结果完全相同。")


def test_a_workbook_changed_since(pair: tuple[Any, Any]) -> None:
    report, workbook = pair
    book = openpyxl.load_workbook(workbook)
    book["会议"].delete_rows(4, 5)
    book.save(workbook)
    found = verify(report, workbook)
    assert (found.verdict, found.exit_code) == ("workbook-changed", 1)
    assert any(item.figures for item in found.differences)


def test_a_number_changed_in_a_table_of_the_report_is_named_with_its_place(pair: tuple[Any, Any]) -> None:
    report, workbook = pair
    document = docx.Document(str(report))
    table = next(table for table in document.tables if len(table.rows) > 20)
    row = next(row for row in table.rows if any(cell.text == "0.00" for cell in row.cells))
    cell = next(cell for cell in row.cells if cell.text == "0.00")
    cell.paragraphs[0].runs[0].text = "2.00"
    document.save(str(report))
    found = verify(report, workbook)
    assert found.verdict == "report-changed"
    assert [(item.actual, item.expected, item.figures) for item in found.differences] == [("2.00", "0.00", True)]
    assert found.differences[0].place.startswith("第")
    assert "行第" in found.differences[0].place


def test_words_changed_are_told_apart_from_figures(pair: tuple[Any, Any]) -> None:
    report, workbook = pair
    document = docx.Document(str(report))
    paragraph = next(paragraph for paragraph in document.paragraphs if len(paragraph.text) > 60)
    paragraph.runs[0].text = "我们" + paragraph.runs[0].text
    document.save(str(report))
    found = verify(report, workbook)
    assert found.verdict == "report-changed"
    assert [item.figures for item in found.differences] == [False]


def test_a_report_saved_again_without_a_change(pair: tuple[Any, Any]) -> None:
    report, workbook = pair
    docx.Document(str(report)).save(str(report))
    found = verify(report, workbook)
    assert (found.verdict, found.note) == ("same", "报告另存过，文字和数字没有改动。")


def test_both_changed(pair: tuple[Any, Any]) -> None:
    report, workbook = pair
    document = docx.Document(str(report))
    document.paragraphs[0].add_run("改")
    document.save(str(report))
    book = openpyxl.load_workbook(workbook)
    book["会议"].delete_rows(4, 5)
    book.save(workbook)
    assert verify(report, workbook).verdict == "both-changed"


def test_what_is_no_report_of_ours(pair: tuple[Any, Any], tmp_path: Path) -> None:
    _, workbook = pair
    plain = tmp_path / "别的.docx"
    docx.Document().save(str(plain))
    (tmp_path / "坏.docx").write_bytes(b"PK")
    for path, words in ((plain, "不是本程序生成的报告"), (tmp_path / "坏.docx", "已经损坏"), (tmp_path / "没有.docx", "找不到")):
        with pytest.raises(NotVerifiable, match=words):
            verify(path, workbook)


def test_a_report_of_another_date_is_judged_by_its_own(run: Run, pair: tuple[Any, Any], tmp_path: Path) -> None:
    _, workbook = pair
    made = run("report", workbook, "--as-of", "2019-06-30", "-o", tmp_path / "早", "--json")
    assert run("verify", json.loads(made.stdout)["report"], workbook).exit_code == 0


def test_verify_answers_with_a_verdict_and_an_exit_code(run: Run, pair: tuple[Any, Any]) -> None:
    report, workbook = pair
    done = run("verify", report, workbook)
    assert (done.exit_code, done.stdout.strip()) == (0, "核验结果：一致")
    with zipfile.ZipFile(report) as package:
        members = {name: package.read(name) for name in package.namelist()}
    members["word/document.xml"] = members["word/document.xml"].replace("未达标".encode(), "达标".encode(), 1)
    with zipfile.ZipFile(report, "w") as package:
        for name, data in members.items():
            package.writestr(name, data)
    done = run("verify", report, workbook, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["verdict"] == "report-changed"
    assert run("verify", workbook, workbook).exit_code == 2
