"""Tags of a template that Word has cut, that a Chinese keyboard has mistyped, or that lie beside the body: mended, or refused with the place."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from tests.helpers import SAMPLES
from wuhao_report.core.errors import TemplateError
from wuhao_report.evaluation.check import check
from wuhao_report.report.documents import template_path
from wuhao_report.report.report import build_report

SAMPLE = SAMPLES / "01_测试学院_中期评估.xlsx"
BODY, TAG = "word/document.xml", "{{主送机关}}"
DATED = 'w:id="901" w:author="甲" w:date="2020-01-01T00:00:00Z"'
SUPERIOR = "测试大学关心下一代工作委员会"


def members() -> dict[str, bytes]:
    with zipfile.ZipFile(template_path("中期评估报告")) as package:
        return {name: package.read(name) for name in package.namelist()}


def saved(tmp_path: Path, parts: dict[str, bytes]) -> Path:
    path = tmp_path / "我的.docx"
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return path


def run(text: str, kind: str = "t") -> str:
    return f'<w:r><w:{kind} xml:space="preserve">{text}</w:{kind}></w:r>'


def with_tag(content: str) -> dict[str, bytes]:
    """The template with something else in place of the run that holds the tag."""
    parts = members()
    xml = parts[BODY].decode()
    at = xml.find(TAG)
    start, end = xml.rfind("<w:r>", 0, at), xml.find("</w:r>", at) + len("</w:r>")
    parts[BODY] = (xml[:start] + content + xml[end:]).encode()
    return parts


def with_part(name: str, kind: str, content: str) -> dict[str, bytes]:
    """The template with one more part that its body is linked to."""
    parts = members()
    part = f"word/{name}.xml"
    parts[part] = f'<?xml version="1.0" encoding="UTF-8"?>{content}'.encode()
    office = "application/vnd.openxmlformats-officedocument"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>", f'<Override PartName="/{part}" ContentType="{office}.wordprocessingml.{name}+xml"/></Types>'.encode()
    )
    links = "word/_rels/document.xml.rels"
    relation = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
    parts[links] = parts[links].replace(
        b"</Relationships>", f'<Relationship Id="rIdOwn" Type="{relation}" Target="{name}.xml"/></Relationships>'.encode()
    )
    return parts


def texts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist() if name.endswith(".xml")}
    for part in parts.values():
        etree.fromstring(part)
    return {name: re.sub(r"<[^>]+>", "", part.decode()) for name, part in parts.items()}


def made(path: Path) -> dict[str, str]:
    return texts(build_report(check(SAMPLE), path)[0])


def refused(path: Path) -> str:
    with pytest.raises(TemplateError) as error:
        build_report(check(SAMPLE), path)
    return str(error.value)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"<w:ins {DATED}>", "</w:ins>"),
        (f"<w:moveTo {DATED}>", "</w:moveTo>"),
        ('<w:smartTag w:uri="urn:x" w:element="PersonName"><w:smartTagPr/>', "</w:smartTag>"),
        ('<w:customXml w:element="x"><w:customXmlPr/>', "</w:customXml>"),
    ],
    ids=["ins", "moveTo", "smartTag", "customXml"],
)
def test_a_tag_cut_by_what_leaves_no_trace_is_mended(tmp_path: Path, before: str, after: str) -> None:
    path = saved(tmp_path, with_tag(run("{{主送") + before + run("机关}}：") + after))
    body = made(path)[BODY]
    assert f"{SUPERIOR}：" in body
    assert not re.search(r"[{}]", body)


@pytest.mark.parametrize("name", ["del", "moveFrom"])
def test_what_somebody_has_struck_out_is_gone(tmp_path: Path, name: str) -> None:
    kind = "delText" if name == "del" else "t"
    path = saved(tmp_path, with_tag(f"<w:{name} {DATED}>{run('旧的{{没有这个名称}}', kind)}</w:{name}>" + run(f"{TAG}：")))
    assert "旧的" not in made(path)[BODY]


def test_no_change_is_kept_track_of_in_a_report(tmp_path: Path) -> None:
    marked = f"<w:r><w:rPr><w:b/><w:rPrChange {DATED}><w:rPr/></w:rPrChange></w:rPr><w:t>{TAG}：</w:t></w:r>"
    data, _ = build_report(check(SAMPLE), saved(tmp_path, with_tag(marked)))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert b"rPrChange" not in package.read(BODY)


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ('<w:hyperlink w:anchor="a">', "</w:hyperlink>", "超链接"),
        ('<w:fldSimple w:instr="TITLE">', "</w:fldSimple>", "域"),
        ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", "内容控件"),
    ],
)
def test_a_tag_cut_by_what_stays_is_refused_with_the_place(tmp_path: Path, before: str, after: str, word: str) -> None:
    told = refused(saved(tmp_path, with_tag(run("{{主送") + before + run("机关}}：") + after)))
    assert re.search(rf"第\d+段“{{{{主送机关}}}}：”：标记被{word}截断", told)


def test_a_whole_tag_in_a_hyperlink_is_fine(tmp_path: Path) -> None:
    path = saved(tmp_path, with_tag(f'<w:hyperlink w:anchor="a">{run(TAG)}</w:hyperlink>'))
    assert SUPERIOR in made(path)[BODY]


@pytest.mark.parametrize("text", ["｛｛主送机关｝｝", "{｛主送机关｝}", "｛% if 进度自查 %｝", "｛％ if 进度自查 ％｝"])
def test_full_width_braces_are_refused_with_the_place(tmp_path: Path, text: str) -> None:
    told = refused(saved(tmp_path, with_tag(run(text))))
    assert f"“{text}”：标记的括号是全角的" in told


def test_a_percent_sign_inside_a_tag_is_refused_with_what_to_write(tmp_path: Path) -> None:
    told = refused(saved(tmp_path, with_tag(run("{% if 1 % 2 == 0 %}甲{% endif %}"))))
    assert "标记里不能用 %；隔行可以写 loop.index is even" in told


NOTE = (
    '<w:{name}s xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:{name} w:id="2">'
    "<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{name}></w:{name}s>"
)


@pytest.mark.parametrize(("name", "word"), [("footnote", "脚注"), ("endnote", "尾注"), ("comment", "批注")])
def test_notes_are_written_and_checked_like_the_body(tmp_path: Path, name: str, word: str) -> None:
    path = saved(tmp_path, with_part(f"{name}s", f"{name}s", NOTE.format(name=name, text="见{{单位名称}}")))
    assert made(path)[f"word/{name}s.xml"].endswith("见测试学院关工分委")
    for text, what in (("{{没有这个}}", "没有叫“没有这个”的名称"), ("{{单位名称", "括号不成对"), ("｛｛单位名称｝｝", "全角")):
        told = refused(saved(tmp_path, with_part(f"{name}s", f"{name}s", NOTE.format(name=name, text=text))))
        assert what in told
        assert word in told or "没有叫" in what


def test_a_tag_where_none_is_carried_out_is_refused(tmp_path: Path) -> None:
    told = refused(saved(tmp_path, with_part("diagrams/data1", "diagramData", "<x>{{单位名称}}</x>")))
    assert "“word/diagrams/data1.xml”里不能用标记" in told


def test_a_header_whose_tag_is_cut_in_runs_is_still_a_tag(tmp_path: Path) -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    header = f"<w:hdr {space}><w:p>{run('{')}{run('{单位')}{run('名称}')}{run('}')}</w:p></w:hdr>"
    path = saved(tmp_path, with_part("header9", "header", header))
    assert made(path)["word/header9.xml"] == "测试学院关工分委"


def test_a_table_within_a_table_leaves_its_columns_alone(tmp_path: Path) -> None:
    """Only the cells before the inner table stand in the outer one's first row as it is counted: two columns are two all the same."""

    def table(widths: tuple[int, ...], *cells: str) -> str:
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        row = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}<w:p/></w:tc>'
            for width, cell in zip(widths, cells, strict=True)
        )
        return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid><w:tr>{row}</w:tr></w:tbl>"

    outer = table((2000, 3000, 4000), "", table((1500,), ""), "")
    parts = members()
    parts[BODY] = parts[BODY].replace(b"<w:body>", f"<w:body>{outer}".encode())
    made, _ = build_report(check(SAMPLE), saved(tmp_path, parts))
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert package.read(BODY).decode().count(outer) == 1
