"""Photographs in a workbook are found, belong to their row, and are neither a text nor an error."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.drawing.image import Image as Picture
from openpyxl.utils import column_index_from_string, get_column_letter
from PIL import Image

from tests.helpers import Run
from wuhao_report.evaluation.check import check
from wuhao_report.report.json_form import outcome_data
from wuhao_report.report.report import build_report
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.tools.blank_workbook import new_workbook
from wuhao_report.workbook.reader import read_book

C = "college-2017"
ACTIVITIES = find_scheme(C).by_sheet["活动"]
PHOTO, NAME, EVIDENCE = ("照片", "活动名称", "佐证编号")
ID = "ID_5BA4F81A0D674C7AA8849A79AC5645C8"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RICH = "http://schemas.microsoft.com/office/spreadsheetml/2017/richdata"
DRAWN = (
    '<xdr:pic xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{OFFICE}"><xdr:nvPicPr><xdr:cNvPr id="2" name="{{name}}"/>'
    '<xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="{link}"/></xdr:blipFill><xdr:spPr/></xdr:pic>'
)


def at(column: str) -> str:
    return get_column_letter([one.name for one in ACTIVITIES.columns].index(column) + 1)


def png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (4, 3), (200, 60, 60)).save(made, "PNG")
    return made.getvalue()


def workbook(change: Callable[[Any], None] = lambda book: None) -> bytes:
    """A workbook with two activities, in rows 4 and 5."""
    book = openpyxl.load_workbook(io.BytesIO(new_workbook(find_scheme(C), "测试学院关工分委", 2017)))
    profile = book["基本信息"]
    for row in profile.iter_rows(min_row=4):
        given = {
            "所属学校*": "测试大学",
            "主送机关*": "测试大学关工委",
            "报告阶段*": "中期评估",
            "填报日期*": "2018-12-20",
            "填报人*": "李测试",
        }
        row[1].value = given.get(str(row[0].value), row[1].value)
    for number, name in ((4, "主题征文"), (5, "党史讲座")):
        values: tuple[Any, ...] = ("2018-05-04", name, "征文", 8, 100)
        for at_column, value in enumerate(values, 1):
            book["活动"].cell(number, at_column, value)
    change(book)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def with_cell(data: bytes, address: str, cell: str, **parts: str | bytes) -> bytes:
    """The workbook with one cell of 活动 written by hand, and parts added (_ stands for / in their names)."""
    part = f"xl/worksheets/sheet{find_part(data)}.xml"
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(made, "w") as target:
        for name in package.namelist():
            content = package.read(name)
            if name == part:
                content = placed(content.decode(), address, cell).encode()
            target.writestr(name, content)
        for name, more in parts.items():
            target.writestr(name, more)
    return made.getvalue()


def find_part(data: bytes) -> int:
    return openpyxl.load_workbook(io.BytesIO(data)).sheetnames.index("活动") + 1


def placed(xml: str, address: str, cell: str) -> str:
    """The XML of a sheet with a cell at the end of its row."""
    row = "".join(filter(str.isdigit, address))
    start = xml.index(f'<row r="{row}"')
    end = xml.index("</row>", start)
    cells = [one + "</c>" if not one.endswith("/>") else one for one in xml[start:end].split("</c>") if one]
    assert not any(f'r="{address}"' in one for one in cells), cells
    return xml[:end] + cell + xml[end:]


def wps(column: str = PHOTO, text: str | None = None) -> bytes:
    address = f"{at(column)}4"
    shown = f'=DISPIMG("{ID}",1)' if text is None else text
    cell = f'<c r="{address}" t="str"><f>_xlfn.DISPIMG("{ID}",1)</f><v>{shown}</v></c>'
    images = f'<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"><etc:cellImage>{DRAWN}</etc:cellImage></etc:cellImages>'
    links = f'<Relationships xmlns="{LINKS}"><Relationship Id="rId1" Type="{OFFICE}/image" Target="media/image1.png"/></Relationships>'
    return with_cell(
        workbook(without(column)),
        address,
        cell,
        **{
            "xl/cellimages.xml": images.format(name=ID, link="rId1"),
            "xl/_rels/cellimages.xml.rels": links,
            "xl/media/image1.png": png(),
        },
    )


def without(column: str) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        cells = book["活动"]._cells
        cells.pop((4, column_index_from_string(at(column))), None)

    return change


def excel(column: str = PHOTO, kind: str = "_localImage", metadata: bool = True) -> bytes:
    address = f"{at(column)}4"
    parts: dict[str, str | bytes] = {
        "xl/metadata.xml": f'<metadata xmlns="{MAIN}" xmlns:xlrd="{RICH}"><futureMetadata name="XLRICHVALUE" count="1"><bk><extLst><ext uri="x">'
        '<xlrd:rvb i="0"/></ext></extLst></bk></futureMetadata><valueMetadata count="1"><bk><rc t="1" v="0"/></bk></valueMetadata></metadata>',
        "xl/richData/rdrichvalue.xml": f'<rvData xmlns="{RICH}" count="1"><rv s="0"><v>0</v><v>5</v></rv></rvData>',
        "xl/richData/rdrichvaluestructure.xml": f'<rvStructures xmlns="{RICH}" count="1"><s t="{kind}">'
        '<k n="_rvRel:LocalImageIdentifier" t="i"/><k n="CalcOrigin" t="i"/></s></rvStructures>',
        "xl/richData/richValueRel.xml": f'<richValueRels xmlns="http://schemas.microsoft.com/office/spreadsheetml/2022/richvaluerel" xmlns:r="{OFFICE}">'
        '<rel r:id="rId1"/></richValueRels>',
        "xl/richData/_rels/richValueRel.xml.rels": f'<Relationships xmlns="{LINKS}"><Relationship Id="rId1" Type="{OFFICE}/image" '
        'Target="../media/image1.png"/></Relationships>',
        "xl/media/image1.png": png(),
    }
    cell = f'<c r="{address}" t="e" vm="1"><v>#VALUE!</v></c>'
    return with_cell(workbook(without(column)), address, cell, **(parts if metadata else {}))


def saved(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "甲.xlsx"
    path.write_bytes(data)
    return path


def found(tmp_path: Path, data: bytes) -> Any:
    outcome = check(saved(tmp_path, data))
    assert outcome.submission is not None
    return outcome


def said(outcome: Any, sheet: str = "活动") -> list[tuple[str, str]]:
    about = ("unfilled-column",)
    return [(item.code, str(item.at)) for item in outcome.problems if item.at.sheet == sheet and item.code not in about]


@pytest.mark.parametrize("make", [wps, excel], ids=["wps", "excel"])
def test_a_photo_in_its_column_is_a_photo_of_its_row(make: Callable[[], bytes], tmp_path: Path) -> None:
    outcome = found(tmp_path, make())
    assert said(outcome) == []
    assert outcome.submission.photos == {("活动", 4): ("xl/media/image1.png",)}
    assert list(outcome.submission.tables["活动"][PHOTO]) == [("image1.png",), None]


@pytest.mark.parametrize("make", [wps, excel], ids=["wps", "excel"])
def test_a_photo_in_another_column_counts_as_empty(make: Callable[[str], bytes], tmp_path: Path) -> None:
    outcome = found(tmp_path, make(EVIDENCE))
    assert said(outcome) == []
    assert outcome.submission.photos == {("活动", 4): ("xl/media/image1.png",)}
    assert list(outcome.submission.tables["活动"][EVIDENCE]) == [None, None]


@pytest.mark.parametrize("make", [wps, excel], ids=["wps", "excel"])
def test_a_photo_where_a_text_must_be_is_said(make: Callable[[str], bytes], tmp_path: Path) -> None:
    outcome = found(tmp_path, make(NAME))
    assert said(outcome) == [("photo-not-text", "活动!B4")]
    told = next(item for item in outcome.problems if item.code == "photo-not-text")
    assert told.message == "“活动名称”这里放的是照片，请写文字，这一行未计入。"
    assert list(outcome.submission.tables["活动"].index) == [5]


def test_the_name_in_wps_never_reaches_a_reader(tmp_path: Path, run: Run) -> None:
    path = saved(tmp_path, wps(EVIDENCE))
    outcome = check(path)
    report, _ = build_report(outcome)
    with zipfile.ZipFile(io.BytesIO(report)) as package:
        assert not any(b"DISPIMG" in package.read(name) for name in package.namelist())
    assert "DISPIMG" not in str(outcome_data(outcome))
    for arguments in (("check", path), ("dump", path), ("check", path, "--json")):
        assert "DISPIMG" not in run(*arguments).output


def test_the_text_of_wps_that_another_program_has_left(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["活动"][f"{at(EVIDENCE)}4"] = f'=DISPIMG("{ID}",1)'
        book["活动"][f"{at(EVIDENCE)}4"].data_type = "s"
        book["活动"][f"{at(EVIDENCE)}5"] = f'_xlfn.DISPIMG("{ID}",1)'

    outcome = found(tmp_path, workbook(change))
    assert list(outcome.submission.tables["活动"][EVIDENCE]) == [None, None]
    assert outcome.submission.photos == {("活动", 4): ("",), ("活动", 5): ("",)}


def test_a_workbook_of_wps_that_excel_has_saved_shows_a_name_error(tmp_path: Path) -> None:
    data = wps(PHOTO, text="#NAME?")
    part = f"xl/worksheets/sheet{find_part(data)}.xml"
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(made, "w") as target:
        for name in package.namelist():
            content = package.read(name)
            target.writestr(name, content.replace(b't="str"><f>_xlfn', b't="e"><f>_xlfn') if name == part else content)
    outcome = found(tmp_path, made.getvalue())
    assert said(outcome) == []
    assert outcome.submission.photos == {("活动", 4): ("xl/media/image1.png",)}


def test_rich_data_that_is_no_picture_stays_an_error(tmp_path: Path) -> None:
    assert said(found(tmp_path, excel(NAME, kind="_linkedentitycore"))) == [("cell-error", "活动!B4")]


def test_a_picture_whose_rich_data_is_lost_is_a_photo_all_the_same(tmp_path: Path) -> None:
    outcome = found(tmp_path, excel(metadata=False))
    assert said(outcome) == []
    assert outcome.submission.photos == {("活动", 4): ("",)}


def test_floating_photos_belong_to_the_row_of_their_corner(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        for anchor in ("C5", "O4", "O4"):
            book["活动"].add_image(Picture(io.BytesIO(png())), anchor)

    outcome = found(tmp_path, workbook(change))
    assert said(outcome) == []
    assert {place: len(members) for place, members in outcome.submission.photos.items()} == {("活动", 4): 2, ("活动", 5): 1}


def test_photos_in_a_group_lie_at_the_corner_of_the_group(tmp_path: Path) -> None:
    data = workbook(lambda book: book["活动"].add_image(Picture(io.BytesIO(png())), "C5"))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(made, "w") as target:
        for name in package.namelist():
            content = package.read(name).decode("latin-1")
            if name.startswith("xl/drawings/drawing"):
                content = content.replace("<xdr:pic>", "<xdr:grpSp><xdr:pic>").replace("<pic>", "<grpSp><pic>")
                content = content.replace("</xdr:pic>", "</xdr:pic></xdr:grpSp>").replace("</pic>", "</pic></grpSp>")
            target.writestr(name, content.encode("latin-1"))
    assert list(found(tmp_path, made.getvalue()).submission.photos) == [("活动", 5)]


@pytest.mark.parametrize("part", ["xl/cellimages.xml", "xl/_rels/cellimages.xml.rels"])
@pytest.mark.parametrize("content", [b"<broken", b"", b"<!DOCTYPE x><x/>"])
def test_damaged_parts_of_pictures_cost_nothing_but_the_picture(part: str, content: bytes, tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(wps())) as package, zipfile.ZipFile(made, "w") as target:
        for name in package.namelist():
            target.writestr(name, content if name == part else package.read(name))
    outcome = found(tmp_path, made.getvalue())
    assert said(outcome) == []
    assert outcome.submission.photos == {("活动", 4): ("",)}


def test_names_of_files_stand_in_the_column_too(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["活动"][f"{at(PHOTO)}4"] = "征文现场.jpg、颁奖.png"

    outcome = found(tmp_path, workbook(change))
    assert list(outcome.submission.tables["活动"][PHOTO]) == [("征文现场.jpg", "颁奖.png"), None]


def test_upgrade_says_which_photos_it_has_left(tmp_path: Path, run: Run) -> None:
    done = run("upgrade", saved(tmp_path, wps()), "-o", tmp_path / "新.xlsx")
    assert done.exit_code == 0
    lines = [[cell.value for cell in row] for row in openpyxl.load_workbook(tmp_path / "新.xlsx").worksheets[-2].iter_rows()]
    told = [line for line in lines if any("照片没有搬" in str(cell) for cell in line)]
    assert len(told) == 1


def test_a_row_in_which_only_a_photo_stands_is_named(tmp_path: Path) -> None:
    data = workbook(lambda book: book["活动"].cell(6, 6, "否"))
    address = f"{at(PHOTO)}6"
    outcome = found(tmp_path, with_cell(data, address, f'<c r="{address}" t="e" vm="1"><v>#VALUE!</v></c>'))
    assert {place for code, place in said(outcome) if code == "required-empty"} == {"活动!A6", "活动!B6", "活动!C6"}
    assert read_book(tmp_path / "甲.xlsx").sheets
