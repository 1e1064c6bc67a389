"""Office packages at the edge: parts of strangers are parsed in one place, links lead nowhere else, our own output is known."""

import ast
import io
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import ROOT, SAMPLES
from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.files import office
from wuhao_report.files.listing import listing
from wuhao_report.files.office import inflate, open_package, pack, parse_xml, relationships, relationships_xml, unpack, walk_xml
from wuhao_report.files.provenance import KEPT_LIST, RESULT_NAME, has_own_content, is_own_output, own_workbook
from wuhao_report.report.report import make_report
from wuhao_report.workbook.reader import read_book

BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
LINK = '<Relationships xmlns="x"><Relationship Id="r1" Type="t/worksheet" Target="{}"{}/></Relationships>'


def _by_the_library(data: bytes) -> dict[str, bytes] | None:
    try:
        with warnings.catch_warnings(), zipfile.ZipFile(io.BytesIO(data)) as package:
            warnings.simplefilter("ignore")
            return {info.filename: package.read(info) for info in package.infolist()}
    except office.DAMAGE:
        return None


@given(st.data())
def test_members_are_inflated_as_the_library_does_or_refused_as_it_does(data: st.DataObject) -> None:
    """Of a package with some bytes changed, in its headers, its directory or its members."""
    whole = bytearray(pack([("甲.xml", b"<a>" + b"x" * 300 + b"</a>"), ("b.xml", b"<b/>"), ("c.png", b"picture")]))
    for _ in range(data.draw(st.integers(0, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    expected = _by_the_library(bytes(whole))
    try:
        with zipfile.ZipFile(io.BytesIO(whole)) as package:
            found = {info.filename: inflate(package, info) for info in package.infolist()}
    except office.DAMAGE:
        found = None
    if found is None and expected is not None:
        # The library gives what there is of a member that is shorter than its directory says; we refuse it.
        with zipfile.ZipFile(io.BytesIO(whole)) as package:
            assert any(info.file_size != len(expected[info.filename]) for info in package.infolist())
    else:
        assert found == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_is_refused_in_any_encoding(encoding: Any) -> None:
    part = BOMB.encode(encoding)
    with pytest.raises(ValueError, match="DOCTYPE"):
        parse_xml(part)
    with pytest.raises(ValueError, match="DOCTYPE"):
        list(walk_xml(part))
    assert "bbbb" not in "".join(office.parse_tree(part).itertext())


@pytest.mark.parametrize(
    ("target", "member"),
    [
        ("worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("/xl/a.xml", "xl/a.xml"),
        ("../docProps/app.xml", "docProps/app.xml"),
        ("../../../../etc/passwd", "etc/passwd"),
        ("", "xl"),
    ],
)
def test_a_link_leads_to_a_member_and_never_out_of_the_package(target: Any, member: Any) -> None:
    (link,) = relationships(LINK.format(target, "").encode(), "xl/workbook.xml")
    assert (link.identity, link.kind, link.member, link.external) == ("r1", "t/worksheet", member, False)
    (again,) = relationships(relationships_xml([link]), "xl/workbook.xml")
    assert again == link


def test_a_part_without_links_has_none() -> None:
    assert relationships(None, "xl/workbook.xml") == ()


def test_a_directory_that_lies_is_a_damaged_package() -> None:
    data = bytearray(pack([("a.xml", b"a" * 1000)]))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (500).to_bytes(4, "little")
    with open_package(bytes(data)) as package, pytest.raises(zipfile.BadZipFile):
        inflate(package, package.infolist()[0])


def test_the_same_members_give_the_same_bytes() -> None:
    data = pack([("甲.xml", b"1"), ("b.png", b"2")])
    assert data == pack(unpack(data).items())
    assert zipfile.ZipFile(io.BytesIO(data)).infolist()[1].compress_type == zipfile.ZIP_STORED


def test_our_output_is_known_until_it_is_changed() -> None:
    data = make_report(SAMPLES / "04_测试嘎查村_2024年自查.xlsx").output("report").data()
    assert is_own_output(data)
    members = unpack(data)
    members["word/document.xml"] = members["word/document.xml"].replace(b"<w:t", b"<w:t ", 1)
    assert not is_own_output(pack(members.items()))
    # What makes a marked copy known does not vouch for the words of a report.
    assert not has_own_content(pack({**members, KEPT_LIST: b"{}"}.items()))


def test_a_list_of_ours_is_known_by_its_name_and_its_sheet(tmp_path: Any) -> None:
    data = listing(RESULT_NAME, "甲", (("序号", 6),), [("1",)], "甲", "2020-01-01T00:00:00Z")
    for name, kind in ((f"{RESULT_NAME}.xlsx", RESULT_NAME), ("甲.xlsx", None), ("核对清单.xlsx", None)):
        (tmp_path / name).write_bytes(data)
        assert own_workbook(tmp_path / name) == kind
    (tmp_path / f"{RESULT_NAME} (2).xlsx").write_bytes(b"no package")
    assert own_workbook(tmp_path / f"{RESULT_NAME} (2).xlsx") is None


def test_parts_of_strangers_are_parsed_in_one_place() -> None:
    calls = {"fromstring", "iterparse", "XMLParser", "parse"}
    places = {
        path.stem
        for folder in ("files", "workbook", "tools")
        for path in (ROOT / "wuhao_report" / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in calls
        and getattr(node.func.value, "id", "") in ("ElementTree", "etree")
    }
    # The two others parse what they have written themselves.
    assert places == {"office", "comments", "styles"}


def with_member(name: str, data: bytes, extra: bytes = b"") -> bytes:
    """A package with one member more, under a name that may be there already."""
    members = unpack((SAMPLES / "04_测试嘎查村_2024年自查.xlsx").read_bytes())
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        warnings.simplefilter("ignore", UserWarning)
        for own, content in members.items():
            made.writestr(own, content)
        info = zipfile.ZipInfo(name)
        info.extra = extra
        made.writestr(info, data)
    return buffer.getvalue()


SECOND_NAME = struct.pack("<HHBI", 0x7075, 5 + len(b"xl/workbook.xml"), 1, 0) + b"xl/workbook.xml"
TWO_READINGS = {
    "the same name": lambda: with_member("xl/workbook.xml", b"<workbook/>"),
    "the same name in capitals": lambda: with_member("XL/WORKBOOK.XML", b"<workbook/>"),
    "the same name with a backslash": lambda: with_member("xl\\workbook.xml", b"<workbook/>"),
    "the same name from the root": lambda: with_member("/xl/workbook.xml", b"<workbook/>"),
    "a second name in the Unicode path field": lambda: with_member("xl/media/a.png", b"<workbook/>", SECOND_NAME),
}


@pytest.mark.parametrize("kind", TWO_READINGS)
def test_what_two_programs_would_read_differently_is_refused(kind: str, tmp_path: Path) -> None:
    data = TWO_READINGS[kind]()
    with pytest.raises(zipfile.BadZipFile):
        unpack(data)
    (tmp_path / "甲.xlsx").write_bytes(data)
    with pytest.raises(UnreadableWorkbook) as refused:
        read_book(tmp_path / "甲.xlsx")
    assert refused.value.code == "damaged"
