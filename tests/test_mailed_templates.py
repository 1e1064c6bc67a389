"""A Word template that came by mail: what is wrong with it is said, what reaches beyond it is taken out, and the report opens."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest

from tests.helpers import SAMPLES, Run
from wuhao_report.cli.calls import call_report
from wuhao_report.core.errors import TemplateError
from wuhao_report.files.office import DOCUMENT, pack, unpack
from wuhao_report.report.documents import template_path
from wuhao_report.sandbox.call import Worker

Members = dict[str, bytes]
WORKBOOK = SAMPLES / "04_测试嘎查村_2024年自查.xlsx"
SETTINGS_LINKS = "word/_rels/settings.xml.rels"
SCHEMA = "http://schemas.openxmlformats.org/"


def own() -> Members:
    return unpack(template_path("自查报告").read_bytes())


def written(path: Path, members: Members) -> Path:
    path.write_bytes(pack(members.items()))
    return path


def in_body(members: Members, xml: str) -> Members:
    return {**members, DOCUMENT: members[DOCUMENT].replace(b"<w:body>", f"<w:body>{xml}".encode(), 1)}


def tagged(text: str) -> Members:
    return in_body(own(), f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>')


def field(instruction: str, shown: str = "显示的字") -> str:
    middle = len(instruction) // 2
    runs = "".join(f"<w:r><w:instrText>{part}</w:instrText></w:r>" for part in (instruction[:middle], instruction[middle:]))
    marks = [f'<w:r><w:fldChar w:fldCharType="{mark}"/></w:r>' for mark in ("begin", "separate", "end")]
    return f"<w:p>{marks[0]}{runs}{marks[1]}<w:r><w:t>{shown}</w:t></w:r>{marks[2]}</w:p>"


TOO_MUCH = {
    "a filter that a text does not have": "{{ 单位名称|dictsort }}",
    "3,000 brackets": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "25 loops in one another": "".join(f"{{% for x{k} in range(1) %}}" for k in range(25)) + "{% endfor %}" * 25,
    "a number of 100,000 digits": "{{ 10**100000 }}",
    "a length below zero": "{{ 单位名称|truncate(-5) }}",
}


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_tag_that_cannot_be_carried_out_is_said(text: str, run: Run, tmp_path: Path) -> None:
    result = run("report", WORKBOOK, "--template", written(tmp_path / "模板.docx", tagged(text)), "-o", tmp_path / "报告")
    assert result.exit_code == 2
    assert "模板.docx" in result.stderr
    assert not list((tmp_path / "报告").glob("*.docx"))


BROKEN: dict[str, Callable[[Members], Members]] = {
    "a part that is no XML": lambda members: {**members, "word/theme/theme1.xml": b"<broken"},
    "a header in another encoding": lambda members: {
        **members,
        "word/header1.xml": b'<?xml version="1.0" encoding="GBK"?><w:hdr xmlns:w="x">\xb2\xe2</w:hdr',
    },
    "macros": lambda members: {**members, "word/vbaProject.bin": b"x"},
    "an object": lambda members: {**members, "word/embeddings/oleObject1.bin": b"x"},
    "a picture elsewhere": lambda members: {
        **members,
        "word/_rels/footer1.xml.rels": f'<Relationships xmlns="{SCHEMA}package/2006/relationships"><Relationship Id="r" Type="{SCHEMA}'
        'officeDocument/2006/relationships/image" Target="http://203.0.113.1/a.png" TargetMode="External"/></Relationships>'.encode(),
    },
    "a field that another one names": lambda members: in_body(
        members, '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>'
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_cannot_be_taken_out_is_refused(kind: str, run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "模板.docx", BROKEN[kind](own()))
    result = run("report", WORKBOOK, "--template", path, "-o", tmp_path / "报告")
    assert result.exit_code == 2
    assert "模板.docx" in result.stderr


@pytest.mark.parametrize("how", ["simple", "in two runs"])
def test_fields_and_templates_elsewhere_are_taken_out_and_said(how: str, run: Run, tmp_path: Path) -> None:
    """A template behind the template, and a field that would start a program: the text the field shows stays."""
    simple = '<w:p><w:fldSimple w:instr=" DDEAUTO cmd &quot;/k calc&quot; "><w:r><w:t>显示的字</w:t></w:r></w:fldSimple></w:p>'
    members = in_body(own(), simple if how == "simple" else field(' ddeauto cmd "/k calc" '))
    members[SETTINGS_LINKS] = (
        f'<Relationships xmlns="{SCHEMA}package/2006/relationships"><Relationship Id="rId1" Type="{SCHEMA}officeDocument/2006/'
        'relationships/attachedTemplate" Target="http://203.0.113.1/x.dotm" TargetMode="External"/></Relationships>'
    ).encode()
    members["word/settings.xml"] = re.sub(
        rb"(<w:settings[^>]*>)",
        f'\\1<w:attachedTemplate xmlns:r="{SCHEMA}officeDocument/2006/relationships" r:id="rId1"/>'.encode(),
        members["word/settings.xml"],
        count=1,
    )
    result = run("report", WORKBOOK, "--template", written(tmp_path / "模板.docx", members), "-o", tmp_path / "报告")
    assert result.exit_code == 0
    (report,) = (tmp_path / "报告").glob("*.docx")
    made = unpack(report.read_bytes())
    assert b"203.0.113.1" not in b"".join(made.values())
    assert b"ddeauto" not in made[DOCUMENT].lower()
    assert "显示的字" in made[DOCUMENT].decode()
    assert "attachedTemplate" not in made["word/settings.xml"].decode()


def test_a_control_character_in_a_tag_is_left_out(run: Run, tmp_path: Path) -> None:
    run("report", WORKBOOK, "--template", written(tmp_path / "模板.docx", tagged("{{ '甲\\x01乙' }}")), "-o", tmp_path / "报告")
    (report,) = (tmp_path / "报告").glob("*.docx")
    assert "甲乙" in "".join(ElementTree.fromstring(unpack(report.read_bytes())[DOCUMENT]).itertext())


def test_a_template_without_end_is_blamed_and_not_the_workbook(tmp_path: Path) -> None:
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    path = written(tmp_path / "无尽.docx", tagged(endless))
    with Worker(seconds=4.0) as worker, pytest.raises(TemplateError, match=r"无尽\.docx.*没有处理完"):
        call_report(worker, WORKBOOK, template=path)


MADE_BY_TAGS = {
    "a tag inside the name": '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{{ "DDE" }}AUTO cmd</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>',
    "a comment before the name": '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{# x #}DDEAUTO cmd</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>',
}


@pytest.mark.parametrize("kind", MADE_BY_TAGS)
def test_a_field_that_only_the_report_would_have_is_refused(kind: str, run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "模板.docx", in_body(own(), MADE_BY_TAGS[kind]))
    done = run("report", WORKBOOK, "--template", path, "-o", tmp_path / "报告")
    assert done.exit_code == 2
    assert "模板.docx" in done.stderr
    assert not list((tmp_path / "报告").glob("*.docx"))


REFUSED = frozenset({"letters to merge", "an object under another name"})
HIDDEN: dict[str, Callable[[Members], Members]] = {
    "no blank behind the name": lambda members: in_body(members, field('INCLUDEPICTURE"http://203.0.113.1/a.png"')),
    "a part named in capitals": lambda members: {
        **members,
        "word/header77.XML": f'<w:hdr xmlns:w="{SCHEMA}wordprocessingml/2006/main">{field("DDEAUTO cmd")}</w:hdr>'.encode(),
    },
    "a part in UTF-16": lambda members: {
        **members,
        "word/header77.xml": '\ufeff<?xml version="1.0" encoding="UTF-16"?>'.encode("utf-16-le")
        + f'<w:hdr xmlns:w="{SCHEMA}wordprocessingml/2006/main">{field("DDEAUTO cmd")}</w:hdr>'.encode("utf-16-le"),
    },
    "letters to merge": lambda members: {
        **members,
        "word/settings.xml": members["word/settings.xml"].replace(
            b"</w:settings>", b'<w:mailMerge><w:connectString w:val="x"/></w:mailMerge></w:settings>'
        ),
    },
    "an object under another name": lambda members: {
        **members,
        "word/media/object1.dat": b"x",
        "word/_rels/footer1.xml.rels": f'<Relationships xmlns="{SCHEMA}package/2006/relationships"><Relationship Id="r" Type="{SCHEMA}'
        'officeDocument/2006/relationships/oleObject" Target="media/object1.dat"/></Relationships>'.encode(),
    },
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_what_reaches_beyond_a_template_is_found_wherever_it_hides(kind: str, run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "模板.docx", HIDDEN[kind](own()))
    done = run("report", WORKBOOK, "--template", path, "-o", tmp_path / "报告", "--json")
    reports = list((tmp_path / "报告").glob("*.docx"))
    if kind in REFUSED:
        assert (done.exit_code, reports) == (2, [])
        return
    assert done.exit_code == 0
    assert "template-parts-left-out" in {item["code"] for item in json.loads(done.stdout)["problems"]}
    (report,) = reports
    shown = b"".join(unpack(report.read_bytes()).values()).replace(b"\0", b"")
    assert not any(word in shown for word in (b"DDEAUTO", b"203.0.113.1"))
