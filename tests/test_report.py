"""The Word reports: golden text, hazards of the template engine, files that must not be lost."""

import io
import itertools
import pickle
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.shared import Pt

from scripts import make_templates
from scripts.document_text import document_text, template_text
from tests.helpers import GOLDEN, ROOT, SAMPLES, Golden, book, judged
from wuhao_report.core.errors import TemplateError
from wuhao_report.core.grouping import grouped
from wuhao_report.core.numbers import apportion, half_up, percent_text
from wuhao_report.core.options import Options
from wuhao_report.evaluation.check import Outcome, check
from wuhao_report.files.provenance import is_own_output
from wuhao_report.report.chinese_style import chinese_number, evidence_text, own_paragraphs, title_lines
from wuhao_report.report.documents import template_path
from wuhao_report.report.report import build_report, make_report, write_report
from wuhao_report.report.template.document_kinds import (
    DOCUMENT_KINDS,
    MID_TERM_REPORT,
    OTHER_REPORT,
    ROLLUP_REPORT,
    SELF_CHECK_REPORT,
    STARTER_GUIDE,
    DocumentKind,
    Group,
    report_kind,
)
from wuhao_report.report.template.loading import load_template
from wuhao_report.report.template.names import Chart, Flag, Names, Rows, Text, Texts, merged
from wuhao_report.report.template.rendering import render, rendered_part
from wuhao_report.report.template.trial import EMPTY, FULL, LARGE, SIZES, check_template, invented
from wuhao_report.report.wording.sentence_forms import sentences_text
from wuhao_report.report.words.context import SECTIONS, report_context
from wuhao_report.scheme.lookup import find_scheme

PATHS = sorted(SAMPLES.glob("*.xlsx"))
C = "college-2017"
SCHEMES = ("college-2017", "village-2023", "district-2026", "demo-rules")


def text_of(outcome: Outcome) -> str:
    return document_text(build_report(outcome)[0])


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_reports_of_the_samples(path: Path, golden: Golden) -> None:
    golden(path.stem, text_of(check(path)))


EARLY = (
    ("02_示例学院_全面自查_有差距.xlsx", Options(as_of=date(2019, 6, 30))),
    ("01_测试学院_中期评估.xlsx", Options(as_of=date(2018, 3, 20))),
    ("05_示例嘎查村_验收自查.xlsx", Options(stage="2023年自查", as_of=date(2023, 8, 20))),
)


@pytest.mark.parametrize(("path", "options"), EARLY)
def test_reports_written_early(path: str, options: Any, golden: Golden) -> None:
    golden(f"{Path(path).stem}_{options.as_of}", text_of(check(SAMPLES / path, options)))


TEMPLATES = ("自查报告", "中期评估报告")


@pytest.mark.parametrize("report", TEMPLATES)
def test_a_template_has_its_golden_text(report: str, golden: Golden) -> None:
    golden(f"模板_{report}", template_text(ROOT / "templates" / f"{report}.docx"))


@pytest.mark.parametrize("name", SCHEMES)
def test_the_sentences_of_a_scheme_have_their_golden_text(name: str, golden: Golden) -> None:
    """Every sentence in its forms, as somebody has read it aloud."""
    golden(f"语句_{name}", sentences_text(find_scheme(name)))


def test_every_golden_file_is_compared_by_a_test() -> None:
    """scripts/refresh.sh makes the folder anew, so that none is left behind."""
    early = [f"{Path(path).stem}_{options.as_of}" for path, options in EARLY]
    assert {path.name for path in GOLDEN.iterdir()} == {
        f"{name}.txt"
        for name in (
            *(path.stem for path in PATHS),
            *early,
            *(f"模板_{name}" for name in TEMPLATES),
            *(f"语句_{name}" for name in SCHEMES),
        )
    }


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_nothing_careless_in_print(path: Path) -> None:
    text = text_of(check(path))
    for wrong in ("None", "nan", "{{", "{%", "。。", "；。", "，。", "：。", "、。", "。；", "（）", "“”", "\x1f"):
        assert wrong not in text, wrong
    body = text.split("[附件标识]")[0]
    assert not re.search(r"[\u4e00-\u9fff] +[0-9]|[0-9] +[\u4e00-\u9fff]", body)
    lines = [line for line in body.splitlines() if line]
    for line, following in itertools.pairwise(lines):
        assert not (line.startswith("[一级标题]") and following.startswith("[一级标题]")), line


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_columns_of_points_add_up(path: Path) -> None:
    """A scheme without points of its own prints none at all."""
    if not path.stem.startswith(("08", "09")):
        names, _ = report_context(check(path).submission, check(path).assessment)
        rows = [row for head in names["一览表"] for row in (head, *head["行"])]
        assert {row[name] for row in rows for name in ("分值", "自评分", "考评分")} == {""}
        assert names["合计行"] == []
        return
    names, _ = report_context(check(path).submission, check(path).assessment)

    def cents(text: Any) -> Any:
        return 0 if text == "—" else round(float(text) * 100)

    for head in names["一览表"]:
        rows = [row for row in head["行"] if row["分值"] not in ("加分", "否决项")]
        assert sum(cents(row["分值"]) for row in rows) == cents(head["分值"])
        assert sum(cents(row["自评分"]) for row in rows) == cents(head["自评分"])
        assert all(cents(row["自评分"]) <= cents(row["分值"]) for row in rows)
    total = names["合计行"][0]
    assert sum(cents(head["分值"]) for head in names["一览表"]) == cents(total["分值"])
    assert sum(cents(head["自评分"]) for head in names["一览表"]) == cents(total["自评分"])


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_counts_of_the_categories_add_up(path: Path) -> None:
    names, _ = report_context(check(path).submission, check(path).assessment)
    total = sum(int(names[name]) for name in ("达标数", "未达标数", "暂缺数", "进行中数", "不适用数"))
    assert total == int(names["指标总数"])
    for head in names["各方面"]:
        assert sum(int(head[name]) for name in ("已达到", "按期推进", "滞后", "资料暂缺", "不适用")) == int(head["合计"])


def misfits(declared: Any, value: Any, where: Any) -> Any:
    """Where a value is not what its name is declared to be, names that are missing or too many included."""
    match declared:
        case Text():
            return [] if isinstance(value, str) else [where]
        case Flag():
            return [] if isinstance(value, bool) else [where]
        case Texts():
            return [f"{where}[]" for item in value if not isinstance(item, str | int | float | None)]
        case Rows():
            return [fault for item in value for fault in misfits(declared.item, item, f"{where}[]")]
    if isinstance(declared, Chart) and declared.optional and not value:
        return []
    return [f"{where}.{name}" for name in declared.fields.keys() ^ value.keys()] + [
        fault
        for name in declared.fields.keys() & value.keys()
        for fault in misfits(declared.fields[name], value[name], f"{where}.{name}")
    ]


def undeclared(document: Any, values: Any) -> Any:
    """Where values are not exactly what a document declares."""
    return misfits(Names(document.names), values, document.name)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_values_of_a_report_are_those_its_document_declares(path: Any) -> None:
    outcome = check(path)
    values, _ = report_context(outcome.submission, outcome.assessment)
    document = report_kind(outcome.assessment.stage.report)
    assert document.name == outcome.assessment.stage.report
    assert undeclared(document, values) == []


def test_every_group_of_a_report_is_computed() -> None:
    groups = {group for document in (SELF_CHECK_REPORT, MID_TERM_REPORT, OTHER_REPORT) for group in document.groups}
    assert set(SECTIONS) == groups


def test_every_document_has_a_template_and_each_template_a_document() -> None:
    assert {document.name for document in DOCUMENT_KINDS} == set(make_templates.TEMPLATES)


def test_a_report_that_a_scheme_has_named_itself_has_every_name_of_a_report() -> None:
    assert report_kind("年度小结") is OTHER_REPORT
    assert OTHER_REPORT.names.keys() == SELF_CHECK_REPORT.names.keys() | MID_TERM_REPORT.names.keys()


def test_two_groups_with_one_name_are_refused() -> None:
    one, two = Group("甲", {"单位名称": Text("甲"), "阶段": Text("甲")}), Group("乙", {"单位名称": Text("乙")})
    with pytest.raises(ValueError, match="单位名称"):
        DocumentKind("报告", (one, two))
    with pytest.raises(ValueError, match="单位名称"):
        merged({"单位名称": "甲"}, {"单位名称": "乙"})


def test_values_that_a_document_does_not_declare_are_not_rendered() -> None:
    template = load_template(template_path("使用说明"), STARTER_GUIDE)
    for values in ({"单位名称": "甲", "标题": "乙"}, {"单位名称": "甲", "标题": "乙", "工作簿": "丙", "丁": ""}):
        with pytest.raises(ValueError, match="使用说明"):
            render(template, values, {}, "", "", "2020-01-01T00:00:00Z")


def test_the_same_workbook_gives_the_same_report_to_the_byte() -> None:
    outcome = check(PATHS[0])
    assert build_report(outcome)[0] == build_report(check(PATHS[0]))[0]
    with zipfile.ZipFile(io.BytesIO(build_report(outcome)[0])) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_properties_of_the_report() -> None:
    outcome = check(PATHS[0])
    data, _ = build_report(outcome)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        custom = package.read("docProps/custom.xml").decode()
    found = dict(re.findall(r'name="([^"]+)"><vt:lpwstr>([^<]*)<', custom))
    assert found["wuhao.workbook"] == outcome.sha256
    assert (found["wuhao.scheme"], found["wuhao.scheme.version"], found["wuhao.scheme.hash"]) == (C, "2", outcome.scheme.hash)
    assert re.fullmatch("[0-9a-f]{64}", found["wuhao.results"])
    assert found["wuhao.tool"].startswith("wuhao-report ")
    assert is_own_output(data)
    core = docx.Document(io.BytesIO(data)).core_properties
    assert (core.title, core.author, core.created.date()) == (
        "测试学院关工分委关于创建“五好”关工分委工作的中期评估报告",
        "测试学院关工分委",
        date(2018, 12, 20),
    )


HOSTILE = "A&B <公司>{{7*7}}{% for x in y %}]]>&amp;\"'"


def test_text_of_a_workbook_is_printed_to_the_letter() -> None:
    rows = [["2017-03-01", "全委会议", HOSTILE]]
    outcome = judged(
        C,
        {"单位名称": HOSTILE, "主送机关": "=cmd|' /C calc'!A0"},
        会议=rows,
        活动=[["2017-05-01", HOSTILE, "其他"]],
        问题整改=[[HOSTILE, "", HOSTILE, HOSTILE, "", "整改中"]],
    )
    text = text_of(outcome)
    assert HOSTILE in text
    assert text.count(HOSTILE) >= 5
    assert "49" not in text.replace("2017", "")[:300]
    assert "=cmd|' /C calc'!A0：" in text


def test_a_missing_text_is_marked_in_yellow_and_counted() -> None:
    outcome = check(SAMPLES / "02_示例学院_全面自查_有差距.xlsx")
    data, problems = build_report(outcome)
    assert [item.args for item in problems if item.code == "text-missing"] == [(("column", "特色亮点"),)]
    paragraph = next(item for item in docx.Document(io.BytesIO(data)).paragraphs if "【待补" in item.text)
    assert [run.font.highlight_color is not None for run in paragraph.runs] == [True]


def test_a_marked_word_inside_a_sentence_is_highlighted_alone() -> None:
    data, _ = build_report(judged(C, {"单位名称": "", "主送机关": ""}))
    office = next(item for item in docx.Document(io.BytesIO(data)).paragraphs if item.style.name == "署名")
    assert office.text == "【待补：单位名称】"
    addressee = next(item for item in docx.Document(io.BytesIO(data)).paragraphs if item.style.name == "主送机关")
    assert [(run.text, run.font.highlight_color is not None) for run in addressee.runs] == [
        ("【待补：主送机关】", True),
        ("：", False),
    ]


def test_the_own_text_is_never_cut_and_too_much_is_said() -> None:
    raw = book(C)
    long = "情况说明。" * 900
    sheets = tuple(
        sheet
        if sheet.name != "文字材料"
        else sheet.__class__(sheet.name, (("文字材料",), ("",), ("项目", "内容"), ("单位概况", long)))
        for sheet in raw.sheets
    )
    from wuhao_report.evaluation.check import check_book

    data, problems = build_report(check_book(raw.__class__(raw.file, raw.sha256, sheets)))
    assert long in document_text(data)
    assert [item.at.cell for item in problems if item.code == "text-too-long"] == ["B4"]


def test_an_edited_report_is_never_overwritten(tmp_path: Path) -> None:
    first = write_report(PATHS[0], tmp_path)
    again = write_report(PATHS[0], tmp_path)
    assert (again.report, again.notes) == (first.report, ())
    document = docx.Document(str(first.report))
    document.paragraphs[5].add_run("（手工补充）")
    document.save(str(first.report))
    edited = first.report.read_bytes()
    third = write_report(PATHS[0], tmp_path)
    assert first.report.read_bytes() == edited
    assert third.report.name == "测试学院关工分委中期评估报告（中期评估，2018-12-20） (2).docx"
    assert "已被人修改过" in third.notes[0]
    assert third.report.read_bytes() == make_report(PATHS[0]).output("report").data()


def test_a_report_open_in_word_is_left_alone(tmp_path: Path) -> None:
    first = write_report(PATHS[0], tmp_path)
    (tmp_path / ("~$" + first.report.name[2:])).write_bytes(b"owner")
    again = write_report(PATHS[0], tmp_path)
    assert again.report != first.report
    assert "打开" in again.notes[0]


def test_our_own_output_is_replaced_when_the_workbook_changes(tmp_path: Path) -> None:
    one = write_report(PATHS[0], tmp_path)
    template = tmp_path / "自查.docx"
    document = docx.Document(str(template_path("中期评估报告")))
    document.styles["公文正文"].font.size = Pt(16)
    document.save(str(template))
    other = write_report(PATHS[0], tmp_path, template=template)
    assert other.report == one.report
    assert is_own_output(other.report.read_bytes())


def test_a_workbook_with_errors_gives_a_draft_and_a_list(tmp_path: Path) -> None:
    import openpyxl

    written = write_report(SAMPLES / "06_练习学院_有填写错误.xlsx", tmp_path)
    assert written.report.name == "练习学院关工分委中期评估报告（中期评估，2018-12-18）（草稿）.docx"
    assert written.checklist.name == "练习学院关工分委中期评估报告（中期评估，2018-12-18）核对清单.xlsx"
    rows = list(openpyxl.load_workbook(written.checklist)["核对清单"].iter_rows(min_row=3, values_only=True))
    assert sorted(str(row[5]) for row in rows) == sorted(group.message for group in grouped(written.problems))
    assert sum(len(group.members) for group in grouped(written.problems)) == len(written.problems)
    blocking = int(
        re.search(r"前(\d+)条改好再签字", str(openpyxl.load_workbook(written.checklist)["核对清单"]["A1"].value)).group(1)
    )
    assert rows[0][1:3] == ("说明", "文字材料")
    assert "在校学生1200人" in rows[0][5]
    assert [row[1] for row in rows[:blocking]].count("错误") == [row[1] for row in rows].count("错误") > 5
    assert "没有写原因、责任人" in "".join(str(row[5]) for row in rows[:blocking])
    assert len(rows) > blocking
    assert ("会议", "B7", "全委会") in [row[2:5] for row in rows]
    report = document_text(written.report.read_bytes())
    assert "全委会”" not in report
    assert "Z999" not in report


def test_no_formula_in_the_list(tmp_path: Path) -> None:
    import openpyxl

    from wuhao_report.core.problems import At, problem
    from wuhao_report.report.checklist import checklist

    data = checklist([problem("row-check", At("表", 4, 0), "=1+1", text='=HYPERLINK("x")')], "=A1", "甲", "2018-01-01T00:00:00Z")
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}


# Templates


def changed_template(tmp_path: Any, old: str, new: str, kind: str = "自查报告") -> Path:
    document = docx.Document(str(template_path(kind)))
    paragraph = next(item for item in document.paragraphs if old in item.text)
    text = paragraph.text.replace(old, new)
    paragraph.runs[0].text = text
    for run in paragraph.runs[1:]:
        run.text = ""
    path = tmp_path / "我的模板.docx"
    document.save(str(path))
    return path


def test_an_administrator_may_reword_and_reorder(tmp_path: Path) -> None:
    path = changed_template(tmp_path, "六、自查结论", "六、结论（{{达标数}}/{{适用数}}）")
    data, _ = build_report(check(SAMPLES / "02_示例学院_全面自查_有差距.xlsx"), path)
    assert "六、结论（24/39）" in document_text(data)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{{单位名称}}", "{{单位名}}", ["单位名", "是否应为“单位名称”"]),
        ("{{段}}", "{{不存在的东西}}", ["不存在的东西", "段"]),
        ("（{{方面.序号}}）{{方面.标题}}", "（{{方面.号}}）{{方面.标题}}", ["号", "段"]),
        ("特此报告。", "{{ 特此报告", ["标记写得不对"]),
        ("特此报告。", "{% if 达标数 %}", ["标记写得不对"]),
        ("特此报告。", "{{ 单位名称|没有的 }}", ["标记写得不对"]),
        ("特此报告。", "{{ 单位名称.甲 }}", ["甲", "段"]),
        ("特此报告。", "{{ 1 / 0 }}", ["第", "不能用来生成报告"]),
        ("特此报告。", "{{ ''.__class__.__mro__ }}", ["第", "不能用来生成报告"]),
    ],
)
def test_a_wrong_template_is_refused_with_the_name_and_its_place(tmp_path: Path, old: str, new: str, told: Any) -> None:
    path = changed_template(tmp_path, old, new)
    with pytest.raises(TemplateError) as error:
        build_report(check(SAMPLES / "02_示例学院_全面自查_有差距.xlsx"), path)
    for text in told:
        assert text in str(error.value)


def test_templates_run_no_code_and_print_no_none(tmp_path: Path) -> None:
    path = changed_template(tmp_path, "特此报告。", "{% for 空 in [none] %}{{ 空 }}{% endfor %}{{ 7 * 7 }}特此报告。")
    data, _ = build_report(check(SAMPLES / "02_示例学院_全面自查_有差距.xlsx"), path)
    assert "未提供49特此报告。" in document_text(data)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nonsense", b"plain text"])
def test_what_is_no_template(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "坏模板.docx"
    path.write_bytes(content)
    with pytest.raises(TemplateError):
        load_template(path, SELF_CHECK_REPORT)
    with pytest.raises(TemplateError):
        load_template(tmp_path / "没有.docx", SELF_CHECK_REPORT)


def test_each_template_is_compiled_once() -> None:
    path = template_path("自查报告")
    assert load_template(path, SELF_CHECK_REPORT) is load_template(path, SELF_CHECK_REPORT)


@pytest.mark.parametrize("size", SIZES, ids=["empty", "full", "large"])
@pytest.mark.parametrize("document", DOCUMENT_KINDS, ids=lambda document: document.name)
def test_the_invented_values_are_of_the_declared_types(document: Any, size: Any) -> None:
    assert undeclared(document, invented(document, size)) == []


@pytest.mark.parametrize("document", DOCUMENT_KINDS, ids=lambda document: document.name)
def test_the_delivered_templates_serve_committees_of_every_size(document: Any) -> None:
    template = load_template(template_path(document.name), document)
    check_template(template)
    for size in (EMPTY, FULL, LARGE):
        text = rendered_part(template, "word/document.xml", invented(document, size))
        assert "{%" not in text
        assert text.count("<w:tr>") >= size.entries * text.count("{%tr")


@pytest.mark.parametrize("document", [SELF_CHECK_REPORT, MID_TERM_REPORT])
def test_a_very_large_committee_has_all_its_rows_in_the_document(document: Any) -> None:
    text = rendered_part(load_template(template_path(document.name), document), "word/document.xml", invented(document, LARGE))
    assert text.count("很长的内容" * 4) > 200 * 10


@pytest.mark.parametrize(
    ("document", "text", "told"),
    [
        (
            ROLLUP_REPORT,
            "{% for 项 in 任务表 %}{{项.任务}}{% endfor %}",
            "没有叫“任务表”的名称，它属于自查报告、中期评估报告（可用的名称见 docs/模板.md）",
        ),
        (SELF_CHECK_REPORT, "{{汇总.单位}}", "没有叫“汇总”的名称，它属于汇总报告（可用的名称见 docs/模板.md）"),
        (SELF_CHECK_REPORT, "{{附件号.清单}}", "没有叫“清单”的名称"),
        (SELF_CHECK_REPORT, "{{图表.汇总达标.类别}}", "没有叫“汇总达标”的名称"),
        (ROLLUP_REPORT, "{{截至日}}", "没有叫“截至日”的名称，它属于自查报告、中期评估报告（可用的名称见 docs/模板.md）"),
    ],
)
def test_a_name_of_another_document_is_refused_before_anything_is_rendered(
    tmp_path: Any, document: Any, text: Any, told: Any
) -> None:
    path = changed_template(tmp_path, "特此报告。", text, document.name)
    with pytest.raises(TemplateError) as error:
        load_template(path, document)
    assert told in str(error.value)
    assert [fault.template for fault in error.value.faults] == [path.name]
    assert error.value.faults[0].paragraph


def test_every_unknown_name_is_told_at_once(tmp_path: Any) -> None:
    path = changed_template(tmp_path, "特此报告。", "{{甲乙}}{{丙丁}}{{甲乙}}")
    with pytest.raises(TemplateError) as error:
        load_template(path, SELF_CHECK_REPORT)
    assert [fault.what for fault in error.value.faults] == ["没有叫“甲乙”的名称", "没有叫“丙丁”的名称"]
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)


def test_a_chart_of_another_document_is_refused(tmp_path: Any) -> None:
    path = tmp_path / "我的模板.docx"
    with zipfile.ZipFile(template_path("中期评估报告")) as source, zipfile.ZipFile(path, "w") as package:
        for name in source.namelist():
            package.writestr(name, source.read(name).replace('descr="年度对比"'.encode(), 'descr="汇总达标"'.encode()))
    with pytest.raises(TemplateError, match="没有叫“汇总达标”的图表，它属于汇总报告"):
        load_template(path, MID_TERM_REPORT)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{标题行[0]}}", "：这里的标记不能用来生成报告"),
        ("{% if 问题|length > 150 %}{{ 1 / 0 }}{% endif %}", "：这里的标记不能用来生成报告"),
        ("结尾{{单位名称|safe}}", "生成的文档不完整，断在“结尾甲"),
    ],
)
def test_a_template_that_fails_some_committees_is_refused_for_all(tmp_path: Any, text: Any, told: Any) -> None:
    path = changed_template(tmp_path, "特此报告。", text)
    with pytest.raises(TemplateError) as error:
        check_template(load_template(path, SELF_CHECK_REPORT))
    assert told in str(error.value)
    with pytest.raises(TemplateError):
        build_report(check(SAMPLES / "02_示例学院_全面自查_有差距.xlsx"), path)


@pytest.mark.parametrize("part", ["word/document.xml", "word/settings.xml"])
@pytest.mark.parametrize("prolog", ['<!DOCTYPE x [<!ENTITY a "b">]>', "<!doctype x>", f"<!--{'远' * 900}--><!DOCTYPE x>"])
def test_a_template_with_a_doctype_is_refused(tmp_path: Path, part: str, prolog: str) -> None:
    path = tmp_path / "我的模板.docx"
    with zipfile.ZipFile(template_path("自查报告")) as source, zipfile.ZipFile(path, "w") as package:
        for name in source.namelist():
            text = source.read(name)
            package.writestr(name, text.replace(b"?>", b"?>" + prolog.encode(), 1) if name == part else text)
    with pytest.raises(TemplateError, match=r"“我的模板\.docx”不是可用的 Word 文档"):
        load_template(path, SELF_CHECK_REPORT)


@pytest.mark.parametrize(
    "members", [{f"word/media/{number}.png": b"" for number in range(1001)}, {"word/a.bin": bytes(2 * 2**20)}]
)
def test_a_template_of_too_much_is_refused(tmp_path: Path, members: dict[str, bytes]) -> None:
    """More than 1,000 members, or one of more than 1 MB that shrank by more than 200 times."""
    path = tmp_path / "我的模板.docx"
    path.write_bytes(template_path("自查报告").read_bytes())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    with pytest.raises(TemplateError, match=r"Word 模板“我的模板\.docx”过大"):
        load_template(path, SELF_CHECK_REPORT)


def test_the_chart_holds_the_numbers_twice() -> None:
    import openpyxl

    outcome = check(PATHS[0])
    with zipfile.ZipFile(io.BytesIO(build_report(outcome)[0])) as package:
        chart = package.read("word/charts/chart2.xml").decode()
        rows = list(
            openpyxl.load_workbook(io.BytesIO(package.read("word/embeddings/chart2.xlsx"))).active.iter_rows(values_only=True)
        )
    assert rows == [
        (None, "2017年", "2018年"),
        ("召开会议（次）", 8, 8),
        ("开展活动（次）", 12, 14),
        ("“四师”履职（次）", 48, 48),
        ("信息报道（篇）", 29, 29),
    ]
    assert re.findall(r"<c:v>(\d+)(?:\.0)?</c:v>", chart) == ["8", "12", "48", "29", "8", "14", "48", "29"]


# Small texts


def test_rounding_is_half_up() -> None:
    from fractions import Fraction as F

    assert [str(half_up(F(*pair), 2)) for pair in ((1, 8), (5, 1000), (-1, 200), (2675, 1000), (1, 3))] == [
        "0.13",
        "0.01",
        "-0.01",
        "2.68",
        "0.33",
    ]
    assert [percent_text(F(*pair)) for pair in ((1, 1), (973, 1000), (9725, 10000), (9999, 10000), (0, 1))] == [
        "100%",
        "97.3%",
        "97.3%",
        "99.99%",
        "0%",
    ]


def test_apportioned_points_add_up() -> None:
    from decimal import Decimal
    from fractions import Fraction as F

    assert apportion([F(20, 3)] * 3, Decimal("20.00")) == [Decimal("6.67"), Decimal("6.67"), Decimal("6.66")]


def test_titles_are_broken_by_sense() -> None:
    assert title_lines(["测试学院关工分委", "关于创建“五好”", "关工分委工作的", "自查报告"]) == [
        "测试学院关工分委关于创建“五好”",
        "关工分委工作的自查报告",
    ]
    assert title_lines(["短", "标题"]) == ["短标题"]
    assert max(map(len, title_lines(["很" * 50, "自查报告"]))) <= 19


def test_numerals_and_numbering() -> None:
    assert [chinese_number(number) for number in (1, 10, 11, 20, 21, 99)] == ["一", "十", "十一", "二十", "二十一", "九十九"]
    assert own_paragraphs("一、甲\n（二）乙\n\n 丙 ", "单位概况") == ["1.甲", "（2）乙", "丙"]
    assert own_paragraphs(None, "单位概况") == ["【待补：单位概况】"]


def test_evidence_in_a_cell() -> None:
    assert evidence_text(["Z003", "Z001", "Z002", "Z007", "Z008"]) == "Z001—Z003、Z007、Z008"
    assert evidence_text([f"Z{number:03d}" for number in range(1, 40, 2)]) == "Z001、Z003、Z005、Z007、Z009、Z011等20件"
    assert evidence_text([]) == "—"


def test_a_template_saved_by_word_with_its_own_marks(tmp_path: Path) -> None:
    """Word marks paragraphs and runs with attributes and properties of later versions."""
    with zipfile.ZipFile(template_path("自查报告")) as package:
        members = {name: package.read(name) for name in package.namelist()}
    space = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    text = members["word/document.xml"].decode()
    text = text.replace("<w:document ", f"<w:document {space} ", 1).replace("<w:p><w:pPr>", '<w:p w14:paraId="1A2B3C4D"><w:pPr>')
    text = text.replace(
        "<w:r><w:t", '<w:r><w:rPr><w:rFonts w:hint="eastAsia"/><w:lang w:val="zh-CN"/><w14:ligatures w14:val="none"/></w:rPr><w:t'
    )
    members["word/document.xml"] = text.encode()
    path = tmp_path / "存过的.docx"
    with zipfile.ZipFile(path, "w") as package:
        for name, data in members.items():
            package.writestr(name, data)
    outcome = judged(C, {"单位名称": "", "报告阶段": "全面自查", "填报日期": date(2019, 12, 1)})
    data, _ = build_report(outcome, path)
    document = docx.Document(io.BytesIO(data))
    office = next(item for item in document.paragraphs if item.style.name == "署名")
    assert [run.font.highlight_color is not None for run in office.runs] == [True]
    assert office.paragraph_format.right_indent is not None
    order = [child.tag.split("}")[1] for child in office.runs[0]._r.rPr]
    assert order == ["rFonts", "highlight", "lang", "ligatures"]


def test_evidence_is_found_however_it_is_written() -> None:
    outcome = judged(
        C, 会议=[["2017-03-01", "全委会议", "甲", "", "", "", "", "Ｚ001、z002"]], 佐证材料=[["z001", "甲"], ["Z００2", "乙"]]
    )
    assert "unknown-evidence" not in [item.code for item in outcome.problems]
    assert "| Ｚ001" not in text_of(outcome)
    assert "Z001、z002" in text_of(outcome)


def test_more_problems_than_anyone_should_have() -> None:
    rows = [[f"问题{number}", "", "措施", "", "", "整改中"] for number in range(130)]
    text = text_of(judged(C, {"报告阶段": "全面自查", "填报日期": date(2019, 12, 1)}, 问题整改=rows))
    assert all(f" | 问题{number} | 【待定】 | 措施 |" in text for number in range(130))
    assert [chinese_number(number) for number in (100, 101, 110, 111, 999, 1000)] == [
        "一百",
        "一百零一",
        "一百一十",
        "一百一十一",
        "九百九十九",
        "1000",
    ]


def test_numerals_are_those_of_cn2an() -> None:
    import cn2an

    assert [chinese_number(number) for number in range(1, 1000)] == [cn2an.an2cn(number) for number in range(1, 1000)]


def test_a_damaged_output_is_not_ours_and_is_kept(tmp_path: Any) -> None:
    first = write_report(PATHS[0], tmp_path)
    data = bytearray(first.report.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 200] = b"\xff" * 200
    first.report.write_bytes(bytes(data))
    again = write_report(PATHS[0], tmp_path)
    assert again.report != first.report
    assert first.report.read_bytes() == bytes(data)
