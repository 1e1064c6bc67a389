"""The marked copy: every problem is a comment and a fill in the workbook's own cells, and nothing else has changed."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image

from tests.helpers import SAMPLES, Run
from tests.libreoffice import LibreOffice
from wuhao_report.cli.calls import check_workbook
from wuhao_report.core.grouping import grouped
from wuhao_report.evaluation.check import check
from wuhao_report.files.office import pack
from wuhao_report.files.provenance import KEPT_LIST, is_marked_copy
from wuhao_report.files.workbook_style import HEADER_ROW
from wuhao_report.report.json_form import outcome_data
from wuhao_report.tools.marked_copy.comments import AUTHOR
from wuhao_report.tools.marked_copy.copy import annotated
from wuhao_report.tools.marked_copy.lists import GAPS, LIST
from wuhao_report.tools.marked_copy.parts import NotMarkable
from wuhao_report.tools.marked_copy.styles import COLORS

MISTAKES = SAMPLES / "06_练习学院_有填写错误.xlsx"


def parts(data: Any) -> dict[Any, Any]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def enriched(tmp_path: Path, name: str = "她的.xlsx") -> tuple[Any, Any]:
    """The sample with what people and WPS put into workbooks: notes of their own, a picture, parts nobody knows."""
    book = openpyxl.load_workbook(MISTAKES)
    first = next(item for item in check(MISTAKES).problems if item.at.sheet == "会议" and item.at.cell)
    book["会议"][first.at.cell].comment = Comment("这里是我问过的", "王测试")
    book["会议"]["A4"].comment = Comment("另一处", "王测试")
    picture = tmp_path / "图.png"
    picture.write_bytes(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
        )
    )
    book["会议"].add_image(Image(str(picture)), "H2")
    path = tmp_path / name
    book.save(path)
    members = parts(path.read_bytes())
    members["xl/cellimages.xml"] = b"<etc:cellImages xmlns:etc='http://www.wps.cn/officeDocument/2017/etCustomData'/>"
    members["xl/vbaProject.bin"] = b"\x00macro"
    path.write_bytes(pack(members.items()))
    return path, first.at.cell


def test_every_problem_is_marked_where_it_is(tmp_path: Path) -> None:
    outcome = check(MISTAKES)
    marked = tmp_path / "副本.xlsx"
    marked.write_bytes(annotated(MISTAKES.read_bytes(), outcome.problems))
    book = openpyxl.load_workbook(marked)
    assert book.sheetnames[0] == LIST
    for item in outcome.problems:
        if not item.at.cell:
            continue
        cell = book[item.at.sheet][item.at.cell]
        assert item.message in cell.comment.text
        assert cell.comment.author == ("填报说明" if item.at.row == HEADER_ROW else AUTHOR)  # a note that was there stays
        assert cell.fill.fgColor.rgb in COLORS.values()
    rows = list(book[LIST].iter_rows(min_row=3, values_only=True))
    groups = grouped(outcome.problems)
    assert [row[5] for row in rows] == [group.message for group in groups]
    links = [cell.hyperlink.location if cell.hyperlink else None for cell in book[LIST]["D"][2:]]
    firsts = [group.first.at for group in groups]
    assert links == [f"'{at.sheet}'!{at.cell}" if at.cell and at.sheet in book.sheetnames else None for at in firsts]
    assert outcome_data(check(marked))["goods"] == outcome_data(outcome)["goods"]


def test_parts_without_a_problem_stay_the_same_to_the_byte(tmp_path: Path) -> None:
    """Pictures, macros, parts of WPS, her own notes: every part that is not concerned is the same, byte for byte."""
    path, answered = enriched(tmp_path)
    before, problems = path.read_bytes(), check(path).problems
    after = annotated(before, problems)
    was, now = parts(before), parts(after)
    changed = {name for name in was if was[name] != now[name]}
    sheets = {item.at.sheet for item in problems if item.at.cell}
    assert set(was) <= set(now)
    assert changed <= {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        *(name for name in was if "comments" in name.lower() or name.startswith(("xl/worksheets/sheet", "xl/worksheets/_rels/"))),
    }
    assert sum(name.startswith("xl/worksheets/sheet") for name in changed) == len(sheets)
    assert "xl/vbaProject.bin" not in changed
    book = openpyxl.load_workbook(io.BytesIO(after))
    assert book["会议"]["A4"].comment.text.startswith("另一处")
    assert "这里是我问过的" in book["会议"][answered].comment.text
    assert "【错误】" in book["会议"][answered].comment.text
    assert path.read_bytes() == before


def test_marking_the_copy_again_replaces_the_marks(tmp_path: Path) -> None:
    path, _ = enriched(tmp_path)
    problems = check(path).problems
    once = annotated(path.read_bytes(), problems)
    assert annotated(once, problems) == once
    fewer = annotated(once, problems[:1])
    assert fewer == annotated(path.read_bytes(), problems[:1])
    assert is_marked_copy(once)
    assert not is_marked_copy(path.read_bytes())


def test_a_copy_saved_since_keeps_no_old_notes(tmp_path: Path) -> None:
    problems = check(MISTAKES).problems
    copy = openpyxl.load_workbook(io.BytesIO(annotated(MISTAKES.read_bytes(), problems)))
    saved = io.BytesIO()
    copy.save(saved)
    again = openpyxl.load_workbook(io.BytesIO(annotated(saved.getvalue(), problems)))
    placed = [item for item in problems if item.at.cell]
    assert len(placed) > 3
    for item in placed:
        assert again[item.at.sheet][item.at.cell].comment.text.count(item.message) == 1


def test_cells_without_addresses_are_not_marked() -> None:
    """A cell with an address among cells without would move all that follow it."""
    members = parts(MISTAKES.read_bytes())
    sheet = next(name for name in members if name.startswith("xl/worksheets/sheet") and b"<c r=" in members[name])
    problems = check(MISTAKES).problems
    members = {
        name: re.sub(rb'<c r="[A-Z]+\d+"', b"<c", part) if name.startswith("xl/worksheets/sheet") else part
        for name, part in members.items()
    }
    assert sheet in members
    with pytest.raises(NotMarkable):
        annotated(pack(members.items()), problems)


def test_the_list_of_what_is_still_to_be_done(tmp_path: Path) -> None:
    source = SAMPLES / "02_示例学院_全面自查_有差距.xlsx"
    found = check_workbook(source, mark=True)
    marked = tmp_path / "副本.xlsx"
    marked.write_bytes(found.marked)
    book = openpyxl.load_workbook(marked)
    assert book.sheetnames[:2] == [LIST, GAPS]
    rows = list(book[GAPS].iter_rows(min_row=3, values_only=True))
    assert ("1.1.5 工作经费", "2019年落实工作经费", "补填年度数据!F6", "2019年12月31日前", "年度数据!F6") in [
        row[1:] for row in rows
    ]
    assert [row[4] for row in rows].count("已不可补") == 10
    assert book[GAPS]["F3"].hyperlink.location == "'年度数据'!F6"
    again = tmp_path / "再.xlsx"
    again.write_bytes(annotated(found.marked, check(source).problems))
    assert GAPS not in openpyxl.load_workbook(again).sheetnames


def test_defined_names_stay_with_their_sheets() -> None:
    """Print titles are counted by the place of a sheet; one more stands in front now."""
    before = openpyxl.load_workbook(MISTAKES)
    after = openpyxl.load_workbook(io.BytesIO(annotated(MISTAKES.read_bytes(), check(MISTAKES).problems)))
    assert {page.title: page.print_title_rows for page in before} == {
        page.title: page.print_title_rows for page in after if page.title != LIST
    }
    assert after.active.title == before.active.title


def test_a_package_that_is_not_as_it_should_be(tmp_path: Path, run: Run) -> None:
    """It can be read and judged, and its styles hold nothing to copy: the check goes on, the copy is not made."""
    members = parts(MISTAKES.read_bytes())
    members["xl/styles.xml"] = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    path = tmp_path / "怪.xlsx"
    path.write_bytes(pack(members.items()))
    result = run("check", path, "--annotate", tmp_path / "副本.xlsx")
    assert result.exit_code == 1
    assert "做不了批注副本" in result.stderr
    assert not (tmp_path / "副本.xlsx").exists()


def test_the_command_writes_a_copy_and_never_the_workbook(tmp_path: Path, run: Run) -> None:
    path, target = tmp_path / "工作 簿.xlsx", tmp_path / "副本.xlsx"
    path.write_bytes(MISTAKES.read_bytes())
    assert run("check", path, "--annotate", target).exit_code == 1
    assert is_marked_copy(target.read_bytes())
    assert path.read_bytes() == MISTAKES.read_bytes()
    assert run("check", path, "--annotate", target).exit_code == 1
    assert run("check", path, "--annotate", path).exit_code == 2
    assert run("check", path, "--annotate", tmp_path / "副本.docx").exit_code == 2
    other = tmp_path / "别人的.xlsx"
    other.write_bytes(MISTAKES.read_bytes())
    assert run("check", path, "--annotate", other).exit_code == 2
    assert other.read_bytes() == MISTAKES.read_bytes()


def test_it_opens_in_libreoffice(tmp_path: Path, libreoffice: LibreOffice) -> None:
    path, _ = enriched(tmp_path)
    target = tmp_path / "副本.xlsx"
    problems = check(path).problems
    target.write_bytes(annotated(path.read_bytes(), problems))
    with zipfile.ZipFile(libreoffice.convert(target, "ods", tmp_path / "出")) as package:
        content = package.read("content.xml").decode()
    assert content.count("<office:annotation ") >= len({(item.at.sheet, item.at.cell) for item in problems if item.at.cell})
    assert f'table:name="{LIST}"' in content


@pytest.mark.parametrize("name", [path.name for path in SAMPLES.glob("*.xlsx")])
def test_every_sample_can_be_marked(name: Any) -> None:
    path = SAMPLES / name
    outcome = check(path)
    after = annotated(path.read_bytes(), outcome.problems)
    assert parts(after)[KEPT_LIST]
    assert openpyxl.load_workbook(io.BytesIO(after)).sheetnames[0] == LIST
