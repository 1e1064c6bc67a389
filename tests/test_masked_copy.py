"""A masked copy: nobody's name or number is in it, and it is judged as before."""

import html
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

from tests.helpers import SAMPLES, Run
from wuhao_report.evaluation.check import check
from wuhao_report.files.office import pack, unpack
from wuhao_report.report.json_form import outcome_data
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.tools.masked.people import IDENTITY, PHONE

VILLAGE = "04_测试嘎查村_2024年自查.xlsx"


def texts(path: Any) -> str:
    with zipfile.ZipFile(path) as package:
        return "\n".join(
            html.unescape(package.read(name).decode("utf-8", "replace"))
            for name in package.namelist()
            if name.endswith((".xml", ".vml"))
        )


def people(path: Any, scheme: Any) -> set[Any]:
    book = openpyxl.load_workbook(path)
    found = set()
    for sheet in scheme.sheets:
        for at, column in enumerate(sheet.columns):
            if column.personal and sheet.form != "pairs" and sheet.name in book.sheetnames:
                found |= {
                    "".join(str(row[at]).split())
                    for row in book[sheet.name].iter_rows(min_row=4, values_only=True)
                    if len(row) > at and row[at]
                }
    return {name for name in found if len(name) > 1 and not any(char.isdigit() for char in name)}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_no_name_is_left_and_the_results_are_the_same(path: Path, run: Run, tmp_path: Path) -> None:
    target = tmp_path / "遮盖.xlsx"
    done = run("check", path, "--mask", target)
    assert "人换成了编号" in done.stderr
    before, after = check(path), check(target)
    # An honour may have been given to the committee itself, whose name stays where the unit is named.
    names = people(path, before.scheme) - {outcome_data(before)["unit"]}
    assert len(names) > 3
    text = texts(target)
    assert sorted(name for name in names if name in text) == []
    assert "138-0000-" not in text
    one, other = outcome_data(before), outcome_data(after)
    assert [(item["id"], item["status"], item["score"]) for good in one["goods"] for item in good["indicators"]] == [
        (item["id"], item["status"], item["score"]) for good in other["goods"] for item in good["indicators"]
    ]
    assert (one["unit"], one["score"], one["status"]) == (other["unit"], other["score"], other["status"])
    assert [item["code"] for item in one["problems"]] == [item["code"] for item in other["problems"]]


def test_names_in_running_text_notes_and_properties_go_too(run: Run, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(SAMPLES / VILLAGE)
    name = book["五老名册"]["A4"].value
    book["会议"]["C4"] = f"{name[:1]} {name[1:]}同志讲话，电话13812345678，身份证11010519491231002X"
    book["五老名册"]["H4"] = 13812345678
    book["会议"]["C5"].comment = Comment(f"问过{name}", "李测试")
    book.properties.creator = "李测试"
    book.properties.lastModifiedBy = name
    path = tmp_path / "甲.xlsx"
    book.save(path)
    before = path.read_bytes()
    assert run("check", path, "--mask", tmp_path / "乙.xlsx").exit_code == 0
    text = texts(tmp_path / "乙.xlsx")
    for secret in (name, f"{name[:1]} {name[1:]}", "13812345678", "11010519491231002X"):
        assert secret not in text
    assert "同志讲话，电话138****5678，身份证110105********002X" in text
    assert openpyxl.load_workbook(tmp_path / "乙.xlsx").properties.lastModifiedBy in (None, "")
    assert openpyxl.load_workbook(tmp_path / "乙.xlsx")["五老名册"]["H4"].value == "138****5678"
    assert path.read_bytes() == before


def test_nothing_is_ever_written_over(run: Run, tmp_path: Path) -> None:
    (tmp_path / "有.xlsx").write_bytes(b"mine")
    assert run("check", SAMPLES / VILLAGE, "--mask", tmp_path / "有.xlsx").exit_code == 2
    assert (tmp_path / "有.xlsx").read_bytes() == b"mine"
    assert run("check", SAMPLES / VILLAGE, "--mask", tmp_path / "乙.xls").exit_code == 2


def test_patterns_take_numbers_of_people_alone() -> None:
    assert PHONE.sub("x", "13812345678、138-1234-5678、20181234567、113812345678") == "x、x、20181234567、113812345678"
    assert IDENTITY.sub("x", "11010519491231002X 110105194912310021 1101051949123100211") == "x x 1101051949123100211"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("138 0000 1000", "138 **** 1000"),
        ("138-00001000", "138-****1000"),
        ("+8613800001000", "+86138****1000"),
        ("138－0000－1000", "138－****－1000"),
        ("0472 1234567", "0472 ****567"),
        ("04721234567", "0472****567"),
        ("(0472)1234567", "(0472)****567"),
        ("0472—1234567", "0472—****567"),
        ("8123456", "*****56"),
        (8123456, "*****56"),
        ("150204 19500101 1234", "150204********1234"),
        ("150204500101123", "150204******123"),
    ],
)
def test_a_telephone_is_masked_however_it_is_written(written: Any, shown: str, run: Run, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(SAMPLES / "01_测试学院_中期评估.xlsx")
    columns = {str(cell.value).rstrip("*"): cell.column_letter for cell in book["五老名册"][3]}
    at = f"{columns['联系电话']}4"
    book["五老名册"][at] = written
    # a day stays a day though somebody was talked to on it
    book["五老名册"][f"{columns['联系电话']}5"] = "20170305"
    book["会议"]["A4"] = "20170305"
    book.save(tmp_path / "甲.xlsx")
    assert run("check", tmp_path / "甲.xlsx", "--mask", tmp_path / "乙.xlsx").exit_code in (0, 1)
    masked = openpyxl.load_workbook(tmp_path / "乙.xlsx")
    assert masked["五老名册"][at].value == shown
    assert masked["会议"]["A4"].value == "20170305"


# A canary in every place

WHO, CALL, HOUSE = "欧阳测试", "13987654321", "ouyang.ceshi@example.org"
DRAWN = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    "<xdr:twoCellAnchor><xdr:from><xdr:col>9</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>2</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"
    "<xdr:to><xdr:col>11</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>4</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>"
    f'<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="框 {WHO}" descr="找{WHO}"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr/><xdr:txBody><a:bodyPr/>'
    "<a:p><a:r><a:t>请问欧</a:t></a:r><a:r><a:t>阳测试</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"
)
THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS = {
    "xl/persons/person.xml": f'<personList xmlns="{THREADED}"><person displayName="{WHO}" id="{{1}}" userId="{HOUSE}" providerId="AD"/></personList>',
    "xl/threadedComments/threadedComment1.xml": f'<ThreadedComments xmlns="{THREADED}"><threadedComment ref="A4" personId="{{1}}" id="{{2}}">'
    f"<text>@{WHO} 请核对，电话{CALL}</text></threadedComment></ThreadedComments>",
    "xl/pivotCache/pivotCacheDefinition1.xml": f'<pivotCacheDefinition xmlns="{MAIN}"><cacheFields count="1"><cacheField name="姓名">'
    f'<sharedItems count="1"><s v="{WHO}"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>',
    "xl/pivotCache/pivotCacheRecords1.xml": f'<pivotCacheRecords xmlns="{MAIN}" count="1"><r><s v="{WHO}"/></r></pivotCacheRecords>',
    "xl/drawings/drawing99.xml": DRAWN,
    "xl/printerSettings/printerSettings1.bin": WHO.encode("utf-16-le"),
    "docProps/thumbnail.jpeg": WHO.encode(),
    "xl/revisions/userNames.xml": f'<users xmlns="{MAIN}"><userInfo guid="{{3}}" name="{WHO}" id="1"/></users>',
    "customXml/item1.xml": f"<made><by>{WHO}</by></made>",
    f"xl/media/{WHO}.txt": b"x",
}


def seeded(folder: Path) -> Path:
    """A village's workbook with one person in every place where a name may stand."""
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.hyperlink import Hyperlink

    book: Any = openpyxl.load_workbook(SAMPLES / VILLAGE)
    elders, meetings = book["五老名册"], book["会议"]
    elders["A4"], elders["H4"] = WHO, CALL
    elders["A5"] = "甲"  # a name of one character, masked where it stands
    elders["H5"], elders["H6"] = 87654, "电话 ８１２３４"
    meetings["C4"] = CellRichText(TextBlock(InlineFont(b=True), "听欧"), TextBlock(InlineFont(i=True), "阳测"), "试讲话")
    meetings["C5"].comment = Comment(f"{WHO}:\n问过欧阳 测试", WHO)
    meetings["C6"] = f"联系{HOUSE}，微信号：ouyang_66，QQ 123456"
    meetings.oddHeader.center.text = f"{WHO}制表"
    meetings.oddFooter.left.text = f"电话{CALL}"
    elders.auto_filter.ref = "A3:H20"
    elders.auto_filter.add_filter_column(0, [WHO, "其他"])
    rule = DataValidation("list", formula1=f'"{WHO},其他"', promptTitle=WHO, prompt=f"问{WHO}", errorTitle="错", error=f"找{WHO}")
    rule.add("J4:J9")
    elders.add_data_validation(rule)
    elders.conditional_formatting.add("A4:A90", FormulaRule(formula=[f'A4="{WHO}"']))
    link = Hyperlink(ref="K4", tooltip=f"找{WHO}", display=WHO)
    elders["K4"].hyperlink = f"mailto:{HOUSE}?subject={WHO}"
    elders["K4"].hyperlink.tooltip, elders["K4"].hyperlink.display = link.tooltip, link.display
    elders["K5"].hyperlink = f"file:///C:/Users/{WHO}/桌面/表.xlsx"
    _seed_names(book)
    book.save(folder / "原.xlsx")
    path = folder / "种.xlsx"
    with zipfile.ZipFile(folder / "原.xlsx") as package, zipfile.ZipFile(path, "w") as made:
        for name in package.namelist():
            data = package.read(name)
            if name == "xl/workbook.xml":
                share = f'<fileSharing userName="{WHO}"/><workbookPr'.encode()
                data = data.replace(b"<workbookPr", share, 1)
            made.writestr(name, data)
        for name, content in PARTS.items():
            made.writestr(name, content)
    return path


def _seed_names(book: Any) -> None:
    """Put the person into names of sheets and areas, formulas and the properties of the document."""
    from openpyxl.packaging.custom import StringProperty
    from openpyxl.workbook.defined_name import DefinedName

    extra = book.create_sheet(f"{WHO}的表")
    extra["A1"], extra["A2"] = f'="{WHO}"&"好"', f"='{WHO}的表'!A1"
    book.defined_names[f"名_{WHO}"] = DefinedName(f"名_{WHO}", attr_text=f"'{WHO}的表'!$A$1", comment=f"归{WHO}")
    for key in ("creator", "lastModifiedBy", "title", "subject", "keywords", "description", "category"):
        setattr(book.properties, key, f"{WHO}作")
    book.custom_doc_props.append(StringProperty(name="经办", value=WHO))


def everything(path: Path) -> str:
    """All that a person could find in a package: names of parts, texts, texts across their runs, links as they are read."""
    import re
    from urllib.parse import unquote

    found = []
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            data = package.read(name)
            text = html.unescape(data.decode("utf-8", "replace"))
            found += [name, text, re.sub(r"<[^>]*>", "", text), unquote(text), data.decode("utf-16-le", "replace")]
    return "\n".join(found)


def test_a_person_is_found_nowhere_in_the_copy(run: Run, tmp_path: Path) -> None:
    path = seeded(tmp_path)
    assert everything(path).count(WHO) > 40
    done = run("check", path, "--mask", tmp_path / f"{WHO}的表.xlsx")
    assert "文件名里的人名也换了" in done.stderr
    target = next(item for item in tmp_path.iterdir() if item.name.endswith("的表.xlsx"))
    assert WHO not in target.name
    text = everything(target)
    places = [
        text[max(0, at - 60) : at + 20]
        for secret in (WHO, CALL, "ouyang.ceshi", "87654", "ouyang_66", "123456，")
        for at in _found(text, secret)
    ]
    assert places == []
    assert "printerSettings" not in text
    assert "thumbnail" not in text
    masked = openpyxl.load_workbook(target, rich_text=False)
    assert masked["五老名册"]["A5"].value.startswith("人员")
    assert masked["五老名册"]["H5"].value == "*****"
    assert "听人员" in str(masked["会议"]["C4"].value)
    assert any(name.startswith("人员") for name in masked.sheetnames)
    before, after = outcome_data(check(path)), outcome_data(check(target))
    for key in ("unit", "stage", "as_of", "status", "score", "goods", "unfilled"):
        assert before[key] == after[key], key
    assert [item["code"] for item in before["problems"]] == [item["code"] for item in after["problems"]]


def _found(text: str, secret: str) -> list[int]:
    at, found = text.find(secret), []
    while at >= 0:
        found.append(at)
        at = text.find(secret, at + 1)
    return found


def test_words_of_the_scheme_are_no_names_though_they_stand_in_a_column_for_persons(run: Run, tmp_path: Path) -> None:
    """谈话对象 may say 学生: masked there, while the header 受益学生人次 stays what it is."""
    book = openpyxl.load_workbook(SAMPLES / "01_测试学院_中期评估.xlsx")
    columns = {str(cell.value).rstrip("*"): cell.column_letter for cell in book["党建谈话"][3]}
    book["党建谈话"][f"{columns['谈话对象']}4"] = "学生"
    book["党建谈话"][f"{columns['谈话对象']}5"] = "测试大学"
    path, target = tmp_path / "甲.xlsx", tmp_path / "乙.xlsx"
    book.save(path)
    assert run("check", path, "--mask", target).exit_code == 0
    masked = openpyxl.load_workbook(target)
    assert masked["党建谈话"][f"{columns['谈话对象']}4"].value.startswith("人员")
    assert "受益学生人次" in [cell.value for cell in masked["活动"][3]]
    assert outcome_data(check(path))["goods"] == outcome_data(check(target))["goods"]
    assert check(target).unit == check(path).unit


def test_comments_of_the_parts_are_left_out_with_whatever_stands_in_them(run: Run, tmp_path: Path) -> None:
    """Comments and processing instructions among the links of a part and in a sheet: no program shows them, and a name may stand there."""
    parts = unpack((SAMPLES / VILLAGE).read_bytes())
    name = next(iter(sorted(people(SAMPLES / VILLAGE, find_scheme("village-2023")))))
    for part in ("xl/_rels/workbook.xml.rels", "xl/worksheets/sheet2.xml"):
        head, mark, tail = parts[part].rpartition(b"</")
        parts[part] = head + f"<!-- {name} --><?own {name}?>".encode() + mark + tail
    (tmp_path / "甲.xlsx").write_bytes(pack(parts.items()))
    done = run("check", tmp_path / "甲.xlsx", "--mask", tmp_path / "乙.xlsx")
    assert done.exit_code in (0, 1), done.stderr
    masked = unpack((tmp_path / "乙.xlsx").read_bytes())
    assert [part for part, data in masked.items() if name in data.decode("utf-8", "replace")] == []
