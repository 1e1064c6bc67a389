"""报告核验: of this workbook, unchanged; or where somebody has changed one of the two."""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from tests.helpers import SAMPLES, Run
from wuhao_report.files.office import pack
from wuhao_report.files.provenance import CUSTOM, _content_hash
from wuhao_report.report.report import write_report
from wuhao_report.tools.verification.verify import NotVerifiable, verify

SAMPLE = "02_示例学院_全面自查_有差距.xlsx"
WITH_CHART = "01_测试学院_中期评估.xlsx"


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
    table = next(table for table in document.tables if len(table.rows) > 5)
    cell = next(cell for row in table.rows for cell in row.cells if cell.text.isdigit() and len(cell.text) > 2)
    before = cell.text
    cell.paragraphs[0].runs[0].text = "9" + before
    for run in cell.paragraphs[0].runs[1:]:
        run.text = ""
    document.save(str(report))
    found = verify(report, workbook)
    assert found.verdict == "report-changed"
    assert [(item.actual, item.expected, item.figures) for item in found.differences] == [("9" + before, before, True)]
    assert found.differences[0].place.startswith("第")
    assert "行第" in found.differences[0].place


def test_words_changed_are_told_apart_from_figures(pair: tuple[Any, Any]) -> None:
    report, workbook = pair
    document = docx.Document(str(report))
    paragraph = next(paragraph for paragraph in document.paragraphs if len(paragraph.text) > 60)
    paragraph.runs[0].text = "我们" + paragraph.runs[0].text
    document.save(str(report))
    found = verify(report, workbook)
    assert (found.verdict, found.exit_code) == ("wording-changed", 0)
    assert [item.figures for item in found.differences] == [False]
    assert found.note == "数字和结果都和工作簿一致。"


def test_a_report_saved_again_without_a_change(pair: tuple[Any, Any]) -> None:
    report, workbook = pair
    docx.Document(str(report)).save(str(report))
    found = verify(report, workbook)
    assert (found.verdict, found.note) == ("same", "报告另存过，文字和数字没有改动。")


def test_both_changed(pair: tuple[Any, Any]) -> None:
    report, workbook = pair
    document = docx.Document(str(report))
    next(item for item in document.paragraphs if len(item.text) > 60).add_run("共99次。")
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


# Everything a reader sees

Parts = dict[str, bytes]
BODY, FOOTER, CHART = "word/document.xml", "word/footer1.xml", "word/charts/chart2.xml"
TABLE = "word/embeddings/chart2.xlsx"
RUN = "<w:r>{}<w:t>{}</w:t></w:r>"


def in_body(text: str, properties: str = "") -> Callable[[Parts], None]:
    """Add a run to the first long paragraph of the body."""

    def change(parts: Parts) -> None:
        xml = parts[BODY].decode()
        at = xml.index("</w:p>", xml.index("一、"))
        parts[BODY] = (xml[:at] + RUN.format(properties, text) + xml[at:]).encode()

    return change


def changed(part: str, old: str, new: str) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        text = re.sub(old, new, parts[part].decode(), count=1)
        assert text.encode() != parts[part]
        parts[part] = text.encode()

    return change


def hide(parts: Parts) -> None:
    """Make the first verdict in the body hidden text."""
    xml = parts[BODY].decode()
    at = xml.index("未达标")
    start, end = xml.rfind("<w:r>", 0, at), xml.index("</w:r>", at) + len("</w:r>")
    parts[BODY] = (xml[:start] + xml[start:end].replace("<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>", 1) + xml[end:]).encode()


def workbook_behind_the_chart(parts: Parts) -> None:
    book = openpyxl.load_workbook(io.BytesIO(parts[TABLE]))
    book.worksheets[0]["B2"] = 99
    made = io.BytesIO()
    book.save(made)
    parts[TABLE] = made.getvalue()


SHAPE = '<w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:rect style="position:absolute;width:300pt;height:20pt" fillcolor="white"/></w:pict></w:r>'
BOX = (
    '<w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:shape><v:textbox><w:txbxContent><w:p><w:r><w:t>总评：达标，100分</w:t></w:r></w:p>'
    "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
)
DECEPTIONS: dict[str, tuple[Callable[[Parts], None], str]] = {
    "a chart's numbers": (changed(CHART, r"<c:v>\d+(?:\.\d)?</c:v>(?=</c:pt></c:numCache>)", "<c:v>99</c:v>"), "图表1"),
    "the workbook behind a chart": (workbook_behind_the_chart, "图表1背后的表"),
    "a footer": (changed(FOOTER, "</w:p>", "<w:r><w:t>总评：达标，100分</w:t></w:r></w:p>"), "页脚"),
    "a status in the body": (changed(BODY, "未达标", "达标"), "第"),
    "hidden text": (hide, "第"),
    "white text": (in_body("共12次", '<w:rPr><w:color w:val="FFFFFF"/></w:rPr>'), "第"),
    "tiny text": (in_body("甲", '<w:rPr><w:sz w:val="2"/></w:rPr>'), "第"),
    "a shape over the text": (changed(BODY, "</w:p>", SHAPE + "</w:p>"), "第"),
    "a text box": (changed(BODY, "</w:p>", BOX + "</w:p>"), "第"),
    "a field": (
        changed(BODY, "</w:p>", '<w:fldSimple w:instr="QUOTE 100分"><w:r><w:t>100分</w:t></w:r></w:fldSimple></w:p>'),
        "第",
    ),
    "struck out": (
        changed(BODY, "</w:p>", '<w:del w:id="1" w:author="甲"><w:r><w:delText>未达标</w:delText></w:r></w:del></w:p>'),
        "第",
    ),
    "a digit as a symbol": (in_body("甲", '<w:sym w:font="SimSun" w:char="0039"/>'), "第"),
    "a line through a verdict": (in_body("未达标", "<w:rPr><w:strike/></w:rPr>"), "第"),
    "a date that is a number": (
        changed(BODY, "</w:p>", "<w:fldSimple w:instr=\"DATE \\\\@ '99'\"><w:r><w:t>99</w:t></w:r></w:fldSimple></w:p>"),
        "第",
    ),
    "another form for older programs": (
        changed(
            BODY,
            "</w:p>",
            '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="w14"><w:r>'
            "<w:t>甲</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>100分</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>",
        ),
        "第",
    ),
}


def test_a_second_main_part_is_no_report(pair: tuple[Any, Any]) -> None:
    """Word would show the part that the package names; the true one lies beside it."""
    report, workbook = pair

    def moved(parts: Parts) -> None:
        parts["word/real.xml"] = parts[BODY]
        parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"word/document.xml", b"word/real.xml")

    forged(report, moved)
    with pytest.raises(NotVerifiable, match="不在通常的位置"):
        verify(report, workbook)


def forged(report: Path, change: Callable[[Parts], None], rehash: bool = True) -> None:
    """Change the parts of a report, and its own hash with them."""
    with zipfile.ZipFile(report) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    change(parts)
    if rehash:
        sealed = _content_hash(parts).encode()
        pattern = rb'(name="wuhao.content"[^>]*>\s*<vt:lpwstr>)[0-9a-f]{64}'
        parts[CUSTOM] = re.sub(pattern, lambda match: match.group(1) + sealed, parts[CUSTOM])
    report.write_bytes(pack(parts.items()))


@pytest.mark.parametrize("name", DECEPTIONS)
def test_nothing_a_reader_sees_is_changed_unseen(name: str, tmp_path: Path) -> None:
    """Only the mid-term report has a chart."""
    workbook = tmp_path / "甲.xlsx"
    shutil.copy(SAMPLES / (WITH_CHART if "chart" in name else SAMPLE), workbook)
    report = write_report(workbook).report
    change, place = DECEPTIONS[name]
    forged(report, change)
    found = verify(report, workbook)
    assert (found.verdict, found.exit_code) == ("report-changed", 1)
    assert any(item.figures and item.place.startswith(place) for item in found.differences), found.differences


def test_a_difference_is_shown_around_its_place(pair: tuple[Any, Any]) -> None:
    report, workbook = pair
    document = docx.Document(str(report))
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    run = next(run for run in runs if re.search(r"\d", run.text[40:]))
    at = 40 + re.search(r"\d", run.text[40:]).start()
    run.text = run.text[:at] + "7" + run.text[at:]
    document.save(str(report))
    found = next(item for item in verify(report, workbook).differences if item.figures)
    assert found.actual.startswith("…")
    assert len(found.actual) < 70
    assert "7" in found.actual


def test_a_gap_that_is_filled_in_is_wording(tmp_path: Path) -> None:
    """The texts that are missing are filled in with several paragraphs, and with figures of their own."""
    workbook = tmp_path / "甲.xlsx"
    shutil.copy(SAMPLES / "06_练习学院_有填写错误.xlsx", workbook)
    report = write_report(workbook).report
    document = docx.Document(str(report))
    gap = next(item for item in document.paragraphs if item.text.startswith("【待补"))
    gap.runs[0].text = "2019年，计划开展活动20次。"
    for run in gap.runs[1:]:
        run.text = ""
    gap.insert_paragraph_before("再办讲座6场。")
    document.save(str(report))
    found = verify(report, workbook)
    assert (found.verdict, found.exit_code) == ("wording-changed", 0)
    assert len(found.differences) == 2


def other_property(name: str, value: str) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        pattern = rf'(name="{name}"[^>]*>\s*<vt:lpwstr>)[^<]*'
        parts[CUSTOM] = re.sub(pattern, lambda match: match.group(1) + value, parts[CUSTOM].decode()).encode()

    return change


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("wuhao.tool", "wuhao-report 0.1.0", "另一版本的程序（wuhao-report 0.1.0）"),
        ("wuhao.template", "0" * 64, "另一个模板"),
        ("wuhao.scheme.hash", "0" * 64, "另一版的方案（第 2 版）"),
    ],
)
def test_a_report_made_otherwise_is_compared_by_its_figures(name: str, value: str, told: str, pair: tuple[Any, Any]) -> None:
    report, workbook = pair
    document = docx.Document(str(report))
    document.paragraphs[3].add_run("另一个样子")
    document.save(str(report))
    forged(report, other_property(name, value))
    found = verify(report, workbook)
    assert (found.verdict, found.exit_code) == ("wording-changed", 0)
    assert told in found.note
    assert "只比对数字" in found.note

    def lie(parts: Parts) -> None:
        xml = parts[BODY].decode()
        at = xml.index("未达标", xml.index("自查指标一览表"))
        parts[BODY] = (xml[:at] + xml[at + 1 :]).encode()

    forged(report, lie)
    found = verify(report, workbook)
    assert (found.verdict, found.exit_code) == ("report-changed", 1)


# Folders


@pytest.fixture
def folders(tmp_path: Path, run: Run) -> tuple[Path, Path]:
    """A folder of two workbooks and their reports, and the report on both."""
    workbooks, reports = tmp_path / "工作簿", tmp_path / "交来"
    workbooks.mkdir()
    for name in ("04_测试嘎查村_2024年自查", "05_示例嘎查村_验收自查"):
        shutil.copy(SAMPLES / f"{name}.xlsx", workbooks)
    assert run("batch", workbooks, "-o", reports).exit_code == 0
    assert run("aggregate", workbooks).exit_code == 0
    return workbooks, reports


def test_a_folder_of_reports_gives_a_line_each(folders: tuple[Path, Path], run: Run) -> None:
    workbooks, reports = folders
    done = run("verify", reports, workbooks)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split("　")[0] for line in lines] == ["一致", "一致"]
    assert "（04_测试嘎查村_2024年自查.xlsx）" in done.stdout
    # another workbook of the same unit and stage, saved anew: paired by these
    book = openpyxl.load_workbook(workbooks / "04_测试嘎查村_2024年自查.xlsx")
    book["会议"].delete_rows(4, 6)
    book.save(workbooks / "04_测试嘎查村_2024年自查.xlsx")
    (workbooks / "05_示例嘎查村_验收自查.xlsx").unlink()
    docx.Document().save(str(reports / "别的.docx"))
    done = run("verify", reports, workbooks, "--json")
    assert done.exit_code == 1
    found = {Path(item["report"]).name[:6]: (item["verdict"], item["workbook"]) for item in json.loads(done.stdout)}
    assert found == {
        "别的.doc": (None, None),
        "测试嘎查村关": ("workbook-changed", "04_测试嘎查村_2024年自查.xlsx"),
        "示例嘎查村关": (None, None),
    }


def test_an_empty_folder_of_reports_is_a_sentence(folders: tuple[Path, Path], run: Run, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    done = run("verify", tmp_path / "空", folders[0])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "没有报告" in done.stderr
    assert run("verify", folders[1], folders[0] / "04_测试嘎查村_2024年自查.xlsx").exit_code == 2


def test_a_report_on_many_is_held_against_their_folder(folders: tuple[Path, Path], run: Run) -> None:
    workbooks, _ = folders
    report = workbooks / "汇总" / "汇总报告.docx"
    done = run("verify", report, workbooks)
    assert (done.exit_code, done.stdout.strip()) == (0, "核验结果：一致")
    assert sorted(path.name for path in (workbooks / "汇总").iterdir() if path.suffix == ".docx") == ["汇总报告.docx"]
    forged(report, changed(BODY, "达标率", "达标率100%，"))
    done = run("verify", report, workbooks, "--json")
    assert (done.exit_code, json.loads(done.stdout)["verdict"]) == (1, "report-changed")
    assert run("verify", report, workbooks / "04_测试嘎查村_2024年自查.xlsx").exit_code == 2
