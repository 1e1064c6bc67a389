"""The catalogue: every code can be produced, with its place; problems with one cause are one; what blocks comes first."""

import io
import json
import shutil
import zipfile
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import xlwt

from scripts.document_text import document_text
from tests.helpers import ROOT, SAMPLES, STATED, Run, book
from tests.helpers import changed as changed_scheme
from tests.rolled import aggregate, overview_of, record
from tests.test_deeds import activity, told
from tests.test_forgiving import changed, rows_of
from tests.test_prose import activities, bare, with_texts
from wuhao_report.aggregate.assessors.filled import Entry, FilledForm, read_form
from wuhao_report.aggregate.assessors.settle import settle
from wuhao_report.aggregate.roster.reading import read_roster
from wuhao_report.core.catalogue import CATALOGUE
from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.grouping import grouped
from wuhao_report.core.options import Options, Wanted
from wuhao_report.core.problems import NOWHERE, At, Problem, ordered, problem
from wuhao_report.evaluation.check import check, check_book
from wuhao_report.files.lock import locked
from wuhao_report.files.office import DOCUMENT, pack, unpack
from wuhao_report.report.documents import template_path
from wuhao_report.report.report import build_report, report_document
from wuhao_report.sandbox.call import Lost
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.tools.batch import failure_of
from wuhao_report.tools.blank_workbook import new_workbook
from wuhao_report.tools.example_workbook import example_workbook
from wuhao_report.workbook.raw import CellFault, CellPhoto
from wuhao_report.workbook.reader import RawBook, RawSheet

C, V, D = "college-2017", "village-2023", "district-2026"
GOOD, VILLAGE = SAMPLES / "01_测试学院_中期评估.xlsx", SAMPLES / "04_测试嘎查村_2024年自查.xlsx"
DAY = date(2018, 3, 1)


def of(raw: Any, **options: Any) -> Any:
    return check_book(raw, Options(**options)).problems


def sheet(scheme: Any, name: Any, *rows: Any, profile: Any = None) -> Any:
    return of(book(scheme, profile, **{name: [list(row) for row in rows]}))


def renamed(*names: str) -> RawBook:
    """A workbook whose sheet 会议 has other names, as often as there are names."""
    raw = book(C, 会议=[list(MEETING)])
    sheets = [replace(one, name=name) for one in raw.sheets for name in (names if one.name == "会议" else (one.name,))]
    return replace(raw, sheets=tuple(sheets))


def by_school_years(table: dict[str, Any]) -> None:
    """Have the notices of the demonstration scheme judged by school years, of which its phase leaves five months out."""
    for item in (part for one in table["indicator"] for part in one.get("parts", ())):
        if item.get("measure", {}) == {"kind": "count", "sheet": "信息"}:
            item["per"] = "学年"


def file(tmp_path: Path, data: Any, name: str = "甲.xlsx") -> Any:
    (tmp_path / name).write_bytes(data)
    return check(tmp_path / name).problems


def scored_template(tmp_path: Path) -> Path:
    """A template of an administrator that prints the convention score."""
    path = tmp_path / "我的模板.docx"
    document = docx.Document(str(template_path("中期评估报告")))
    place = next(item for item in document.paragraphs if item.text == "六、评估结论")
    place.insert_paragraph_before("参考得分{{参考得分}}分，合计行{% for 项 in 合计行 %}{{项.自评分}}{% endfor %}。")
    document.save(str(path))
    return path


def fetching_template(tmp_path: Path) -> Path:
    """A template with a field that would open another program."""
    path = tmp_path / "我的模板.docx"
    members = unpack(template_path("中期评估报告").read_bytes())
    field = '<w:p><w:fldSimple w:instr="DDE Excel a"><w:r><w:t>甲</w:t></w:r></w:fldSimple></w:p>'
    members[DOCUMENT] = members[DOCUMENT].replace(b"<w:body>", f"<w:body>{field}".encode(), 1)
    path.write_bytes(pack(members.items()))
    return path


def command(run: Run, *args: Any) -> Any:
    return json.loads(run(*args, "--json").stdout)["problems"]


def saved(tmp_path: Path, change: Any, scheme: Any = C) -> Any:
    made = openpyxl.load_workbook(io.BytesIO(new_workbook(find_scheme(scheme), "测试学院关工分委")))
    change(made)
    made.save(tmp_path / "改.xlsx")
    return check(tmp_path / "改.xlsx").problems


def with_rows(name: Any, change: Any, scheme: Any = C, **sheets: Any) -> Any:
    raw = book(scheme, **sheets)
    rows = rows_of(raw, name)
    change(rows)
    return of(changed(raw, name, rows=tuple(rows)))


def zipped(**members: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return buffer.getvalue()


def older(tmp_path: Path) -> bytes:
    made = xlwt.Workbook()
    made.add_sheet("会议").write(0, 0, "甲")
    made.save(str(tmp_path / "旧.xls"))
    return (tmp_path / "旧.xls").read_bytes()


def refused_reading(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def refuse(self: Any) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(type(GOOD), "read_bytes", refuse)
    return check(GOOD).problems


def no_place(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "占用").write_text("是个文件")
    return command(run, "report", GOOD, "-o", tmp_path / "占用")


def busy(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    shutil.copy(VILLAGE, tmp_path)
    with locked(tmp_path / "报告"):
        return command(run, "batch", tmp_path)


def no_roster(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    openpyxl.Workbook().save(tmp_path / "名单.xlsx")
    return command(run, "aggregate", tmp_path, "--roster", tmp_path / "名单.xlsx")


def roster_circle(run: Run, tmp: Any, patch: Any) -> Any:
    made = openpyxl.Workbook()
    for row in (["单位名称", "上级"], ["测试东村", "甲镇"], ["甲镇", "测试东村"]):
        made.active.append(row)
    made.save(tmp / "名单.xlsx")
    return read_roster(tmp / "名单.xlsx").problems


def parcel_unread(run: Any, tmp: Any, patch: Any) -> list[Any]:
    (tmp / "坏.zip").write_bytes(b"junk")
    return [problem(item["code"], file="坏.zip", why="") for item in aggregate(tmp)[0]["failed"]]


def workbook_for_roster(run: Any, tmp: Any, patch: Any) -> list[Any]:
    with pytest.raises(UnreadableWorkbook) as found:
        read_roster(VILLAGE)
    return [found.value.problem]


def assessing(run: Any, tmp: Any, patch: Any) -> list[Any]:
    """What is said of forms with every fault: an unknown number, a reason alone, of a committee that is not there, twice, of no form."""
    own = FilledForm(
        "一.xlsx", "测试东村", "", "甲", "自查", "李测试", (Entry("9", Fraction(1), "", At()), Entry("1.1", None, "缺", At()))
    )
    forms = [own, replace(own, file="二.xlsx"), replace(own, file="三.xlsx", unit="测试北村")]
    found = settle(overview_of([record("测试东村")]), forms, "列出")
    openpyxl.Workbook().save(tmp / "空.xlsx")
    with pytest.raises(UnreadableWorkbook) as none:
        read_form("空.xlsx", tmp / "空.xlsx")
    return [none.value.problem, *(item for _, item in found.problems)]


def no_history(run: Any, tmp: Any, patch: Any) -> list[Any]:
    shutil.copy(VILLAGE, tmp / "甲.xlsx")
    (tmp / "库.duckdb").write_bytes(b"junk" * 5000)
    with pytest.raises(UnreadableWorkbook) as found:
        aggregate(tmp, wanted=Wanted(history=tmp / "库.duckdb"))
    return [found.value.problem]


def packed(tmp: Any, change: Any, **options: Any) -> list[Any]:
    """What becomes of a pack that has been changed, when it is put together with nothing."""
    below, above = tmp / "县", tmp / "省"
    for place in (below, above):
        place.mkdir()
    shutil.copy(VILLAGE, below / "甲.xlsx")
    _, made = aggregate(below, **({"options": options.pop("made")} if "made" in options else {}), written=True)
    pack = above / "县.wuhao"
    shutil.copy(made.written["汇总包.wuhao"], pack)
    change(pack)
    data, _ = aggregate(above, options=Options(**options))
    return [{**item, "hint": item["message"]} for item in data["failed"]]


def pack_of_other_rules(run: Run, tmp: Any, patch: Any) -> Any:
    own = tmp / "改过.toml"
    own.write_text(
        (ROOT / "wuhao_report" / "scheme" / "data" / "village-2023.toml")
        .read_text(encoding="utf-8")
        .replace('version = "2"', 'version = "3"', 1),
        encoding="utf-8",
    )
    return packed(tmp, lambda path: None, made=Options(scheme=str(own)))


def roster_twice(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = openpyxl.Workbook()
    for row in (["单位名称"], ["测试东村"], ["测试 东村"]):
        made.active.append(row)
    made.save(tmp_path / "名单.xlsx")
    return read_roster(tmp_path / "名单.xlsx").problems


def broken_scheme(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "坏.toml").write_text("id = 1")
    return command(run, "check", GOOD, "--scheme", tmp_path / "坏.toml")


def broken_template(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "坏.docx").write_bytes(b"PK")
    return command(run, "report", GOOD, "--template", tmp_path / "坏.docx", "-o", tmp_path)


def unstamped(raw: Any) -> Any:
    return RawBook(raw.file, raw.sha256, raw.sheets)


def assessed(*rows: Any, profile: Any = None) -> Any:
    return sheet(D, "考评", *rows, profile=profile)


def years(*rows: Any, scheme: Any = C, profile: Any = None, **sheets: Any) -> Any:
    return of(book(scheme, profile, 年度数据=[list(row) for row in rows], **sheets))


def texts(long: bool = False) -> Any:
    raw = book(C)
    rows = rows_of(raw, "文字材料")
    if long:
        rows = [[row[0], "字" * 9000] if row[0] == "特色亮点" else row for row in rows]
    outcome = check_book(changed(raw, "文字材料", rows=tuple(rows)))
    return build_report(outcome)[1]


MEETING = (DAY, "全委会议", "甲")
OLD = ("张测试", "男", "", "中共党员", "本单位", "", date(2017, 1, 1))

PRODUCED = {
    "file-not-found": lambda run, tmp, patch: check(tmp / "没有.xlsx").problems,
    "no-workbooks": lambda run, tmp, patch: command(run, "batch", tmp),
    "not-a-file": lambda run, tmp, patch: check(tmp).problems,
    "no-permission": refused_reading,
    "empty-file": lambda run, tmp, patch: file(tmp, b""),
    "not-a-workbook": lambda run, tmp, patch: file(tmp, b"a,b\n"),
    "old-format": lambda run, tmp, patch: file(
        tmp, zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content_xml=b"<a/>")
    ),
    "encrypted": lambda run, tmp, patch: check(ROOT / "tests" / "data" / "有密码.xlsx").problems,
    "damaged": lambda run, tmp, patch: file(tmp, GOOD.read_bytes()[:5000]),
    "too-large": lambda run, tmp, patch: file(tmp, zipped(xl__workbook_xml=b"0" * (3 * 2**20))),
    "stray-cell": lambda run, tmp, patch: saved(tmp, lambda made: made["会议"].__setitem__("IV99999", 1)),
    "far-cells": lambda run, tmp, patch: saved(tmp, lambda made: made["会议"].__setitem__("XFD1048576", 1)),
    "has-macros": lambda run, tmp, patch: file(
        tmp,
        zipped(
            **{**{name: zipfile.ZipFile(GOOD).read(name) for name in zipfile.ZipFile(GOOD).namelist()}, "xl/vbaProject.bin": b"m"}
        ),
    ),
    "older-format": lambda run, tmp, patch: file(tmp, older(tmp), "旧2.xls"),
    "not-finished": lambda run, tmp, patch: [Lost("time").problem("甲.xlsx")],
    "unforeseen": lambda run, tmp, patch: [failure_of(GOOD, KeyError("甲")).problem],
    "busy": busy,
    "cannot-write": no_place,
    "no-roster": no_roster,
    **dict.fromkeys(("no-form", "assessed-twice", "assessment-of-nobody", "unknown-item", "score-missing"), assessing),
    "roster-twice": roster_twice,
    "workbook-for-roster": workbook_for_roster,
    "roster-circle": roster_circle,
    "history-unusable": no_history,
    "parcel-unread": parcel_unread,
    "not-a-pack": lambda run, tmp, patch: packed(tmp, lambda path: path.write_bytes(path.read_bytes()[:-20])),
    "pack-other-options": lambda run, tmp, patch: packed(tmp, lambda path: None, as_of=date(2024, 8, 1)),
    "pack-other-rules": pack_of_other_rules,
    "broken-scheme": broken_scheme,
    "broken-template": broken_template,
    "unknown-scheme": lambda run, tmp, patch: check(GOOD, Options(scheme="no-such")).problems,
    "scheme-not-recognised": lambda run, tmp, patch: of(RawBook("甲.xlsx", "0", (RawSheet("甲", ()),))),
    "scheme-not-at-hand": lambda run, tmp, patch: of(RawBook("甲.xlsx", "0", (RawSheet("_wuhao", (("scheme", "ours"),)),))),
    "other-scheme": lambda run, tmp, patch: of(
        replace(raw := book(C), sheets=(*raw.sheets, RawSheet("_wuhao", (("scheme", "ours"),))))
    ),
    "unfilled-sheet": lambda run, tmp, patch: of(book(C, {STATED: ""})),
    "unfilled-column": lambda run, tmp, patch: of(book(C, 会议=[[date(2017, 3, 1), "其他", "甲"]])),
    "stated-empty-has-rows": lambda run, tmp, patch: of(book(C, {STATED: "会议"}, 会议=[[date(2017, 3, 1), "其他", "甲"]])),
    "no-stage": lambda run, tmp, patch: of(book(C, {"报告阶段": ""})),
    "unknown-stage": lambda run, tmp, patch: of(book(C, {"报告阶段": "中期"})),
    "no-report-date": lambda run, tmp, patch: of(book(C, {"填报日期": ""})),
    "report-date-before-phase": lambda run, tmp, patch: of(book(C, {"填报日期": date(2016, 1, 1)})),
    "missing-sheet": lambda run, tmp, patch: of(book(C, without=["会议"])),
    "missing-optional-sheet": lambda run, tmp, patch: of(book(C, without=["问题整改"])),
    "duplicate-sheet": lambda run, tmp, patch: of(replace(raw := book(C), sheets=(*raw.sheets, RawSheet("会 议", ())))),
    "sheet-not-read": lambda run, tmp, patch: of(
        replace(
            raw := book(C, 会议=[list(MEETING)]),
            sheets=(*raw.sheets, *(replace(one, name="会议2018") for one in raw.sheets if one.name == "会议")),
        )
    ),
    "similar-sheet": lambda run, tmp, patch: of(replace(raw := book(C), sheets=(*raw.sheets, RawSheet("会议表", ())))),
    "sheet-of-another-name": lambda run, tmp, patch: of(renamed("会议2018")),
    "sheet-in-parts": lambda run, tmp, patch: of(renamed("会议2017", "会议2018")),
    "renamed-sheet": lambda run, tmp, patch: of(changed(book(C), "会议", name="3.会议")),
    "hidden-sheet": lambda run, tmp, patch: of(changed(book(C), "会议", visible=False)),
    "no-header": lambda run, tmp, patch: of(changed(book(C), "会议", rows=(("甲",), ("乙",)))),
    "missing-column": lambda run, tmp, patch: with_rows("会议", lambda rows: rows[2].pop(0)),
    "missing-optional-column": lambda run, tmp, patch: with_rows("会议", lambda rows: rows[2].pop(-1)),
    "unknown-column": lambda run, tmp, patch: with_rows("会议", lambda rows: rows[2].append("备忘")),
    "renamed-column": lambda run, tmp, patch: with_rows(
        "会议", lambda rows: rows[2].__setitem__(0, "会议日期"), 会议=[list(MEETING)]
    ),
    "duplicate-header": lambda run, tmp, patch: with_rows("会议", lambda rows: rows[2].append("日期")),
    "required-empty": lambda run, tmp, patch: sheet(C, "会议", (DAY, "全委会议", "")),
    "formula-not-calculated": lambda run, tmp, patch: sheet(
        C, "会议", (DAY, "全委会议", CellFault("formula-not-calculated", "="))
    ),
    "cell-error": lambda run, tmp, patch: sheet(C, "会议", (CellFault("cell-error", "#REF!"), "全委会议", "甲")),
    "photo-not-text": lambda run, tmp, patch: sheet(C, "会议", (DAY, "全委会议", CellPhoto())),
    "not-a-date": lambda run, tmp, patch: sheet(C, "会议", ("昨天", "全委会议", "甲")),
    "ambiguous-date": lambda run, tmp, patch: sheet(C, "会议", (2017.1, "全委会议", "甲")),
    "month-only": lambda run, tmp, patch: sheet(C, "会议", ("2018年3月", "全委会议", "甲")),
    "serial-date": lambda run, tmp, patch: sheet(C, "会议", (42800, "全委会议", "甲")),
    "not-a-month": lambda run, tmp, patch: sheet(C, "五老名册", ("张测试", "男", "很早", *OLD[3:])),
    "retyped": lambda run, tmp, patch: sheet(C, "会议", (DAY, "全委会议", "甲", "", "", "", "", date(2026, 1, 1))),
    "not-a-number": lambda run, tmp, patch: years((2018, "很多", 3)),
    "not-whole": lambda run, tmp, patch: years((2018, 10.5, 3)),
    "negative-number": lambda run, tmp, patch: years((2018, -1, 3)),
    "not-a-year": lambda run, tmp, patch: years(("今年", 10, 3)),
    "not-a-flag": lambda run, tmp, patch: years((2018, 10, 3, "大概")),
    "unknown-choice": lambda run, tmp, patch: sheet(C, "会议", (DAY, "全委会", "甲")),
    "not-filled": lambda run, tmp, patch: years((2018, 10, 3)),
    "cleaned-text": lambda run, tmp, patch: sheet(C, "会议", (DAY, "全委会议", "甲\x01乙")),
    "unseen-character": lambda run, tmp, patch: sheet(C, "会议", (DAY, "全委会议", "甲\u200b乙")),
    "merged-cells": lambda run, tmp, patch: of(
        changed(book(C, 会议=[list(MEETING), ["", "", "乙"]]), "会议", merged=((3, 0, 4, 0),))
    ),
    "merged-number": lambda run, tmp, patch: of(
        changed(book(C, 会议=[[*MEETING, "", 10], [DAY, "全委会议", "乙"]]), "会议", merged=((3, 4, 4, 4),))
    ),
    "hidden-rows": lambda run, tmp, patch: of(changed(book(C, 会议=[list(MEETING)]), "会议", hidden=frozenset({4}))),
    "subtotal-row": lambda run, tmp, patch: sheet(C, "会议", MEETING, ("合计", "", "", "", 3)),
    "note-row": lambda run, tmp, patch: sheet(C, "会议", MEETING, ("注：以上属实",)),
    "prefilled-rows": lambda run, tmp, patch: of(book(C, 会议=[list(MEETING), [None] * 6 + ["否"]])),
    "dates-out-of-order": lambda run, tmp, patch: sheet(C, "五老名册", (*OLD, date(2016, 1, 1))),
    "duplicate-year": lambda run, tmp, patch: years((2018, 10, 3), (2018, 11, 3)),
    "duplicate-row": lambda run, tmp, patch: sheet(C, "会议", MEETING, MEETING),
    "same-name": lambda run, tmp, patch: sheet(C, "五老名册", OLD, (*OLD[:6], date(2017, 2, 1))),
    "future-date": lambda run, tmp, patch: sheet(C, "会议", (date(2019, 12, 1), "全委会议", "甲")),
    "unknown-evidence": lambda run, tmp, patch: sheet(C, "会议", (*MEETING, "", "", "", "", "Z999")),
    "outside-phase": lambda run, tmp, patch: sheet(C, "会议", (date(2016, 12, 1), "全委会议", "甲")),
    "stated-zero": lambda run, tmp, patch: years((2017, 10, 0), 五老名册=[list(OLD)]),
    "odd-date": lambda run, tmp, patch: sheet(C, "会议", (date(1900, 1, 1), "全委会议", "甲")),
    "missing-year": lambda run, tmp, patch: years((2018, 10, 3)),
    "far-from-last-year": lambda run, tmp, patch: years((2017, 1200, 3), (2018, 120, 3)),
    "over-100": lambda run, tmp, patch: years((2017, 1200, 1), 五老名册=[list(OLD), ["李测试", *OLD[1:]]]),
    "records-outside-periods": lambda run, tmp, patch: (
        check_book(
            book("demo-rules", 信息=[[date(2026, 9, 1), "甲"]]), scheme=changed_scheme("demo-rules", by_school_years)
        ).problems
    ),
    "more-than-stated": lambda run, tmp, patch: (
        check_book(
            book(
                V,
                年度数据=[[2023, 210, 1], [2024, 210, 1]],
                困境青少年=[[name, "孤儿", date(2023, 6, 1), ""] for name in ("甲甲", "乙乙")],
            ),
            scheme=changed_scheme(V, lambda table: [item["measure"].pop("part_of_whole", None) for item in table["indicator"]]),
        ).problems
    ),
    "duplicate-item": lambda run, tmp, patch: assessed(("1.3", "", "", 3, "甲"), ("1.3", "", "", 3, "甲")),
    "score-too-high": lambda run, tmp, patch: assessed(("1.3", "", "", 99, "甲")),
    "score-not-used": lambda run, tmp, patch: assessed(("2.1-1", "", "", "", "", 1, "甲")),
    "reason-missing": lambda run, tmp, patch: assessed(("1.3", "", "", 1, "")),
    "computed-score": lambda run, tmp, patch: assessed(("1.1", "", "", 1, "甲")),
    "half-filled": lambda run, tmp, patch: of(book("demo-rules", 会议=[[date(2024, 3, 1), "例会", 10, "", ""]])),
    "more-than-whole": lambda run, tmp, patch: of(book("demo-rules", 会议=[[date(2024, 3, 1), "例会", 10, 11, ""]])),
    "unknown-person": lambda run, tmp, patch: of(book(C, 五老名册=[list(OLD)], 四师履职=[[DAY, "章测试", "青年教师导师", "甲"]])),
    "person-not-active": lambda run, tmp, patch: of(
        book(C, 五老名册=[list(OLD)], 四师履职=[[date(2016, 3, 1), "张测试", "青年教师导师", "甲"]])
    ),
    "row-check": lambda run, tmp, patch: sheet(
        C, "五老名册", (*OLD[:3], "群众", *OLD[4:], "", "", "是", "是")
    ),  # an organiser outside the party
    "text-number-differs": lambda run, tmp, patch: of(with_texts({"单位概况": "青少年310人。"})),
    "says-none-but-listed": lambda run, tmp, patch: of(with_texts({"特色亮点": "没有不足。", "存在不足": "场地小。"})),
    "same-day-activities": lambda run, tmp, patch: of(with_texts({}, 活动=activities(*[(date(2024, 3, 5), 4, 30)] * 5))),
    "child-named": lambda run, tmp, patch: told(
        活动=[activity(date(2024, 1, 1), "看望孙测试")], 困境青少年=[["孙测试", "孤儿", date(2023, 6, 1), ""]]
    )[1],
    "no-evidence-at-all": lambda run, tmp, patch: of(with_texts({}, 活动=bare(10))),
    "example-workbook": lambda run, tmp, patch: file(tmp, example_workbook(find_scheme(V), "示例嘎查关工委")),
    "points-not-shown": lambda run, tmp, patch: build_report(check(SAMPLES / "01_测试学院_中期评估.xlsx"), scored_template(tmp))[
        1
    ],
    "template-parts-left-out": lambda run, tmp, patch: build_report(
        check(SAMPLES / "01_测试学院_中期评估.xlsx"), fetching_template(tmp)
    )[1],
    "milestone-unanswered": lambda run, tmp, patch: report_document(check(SAMPLES / "07_样例嘎查村_中期评估.xlsx"))[1],
    "mending-unsettled": lambda run, tmp, patch: told()[1],
    "text-missing": lambda run, tmp, patch: texts(),
    "text-too-long": lambda run, tmp, patch: texts(long=True),
}


def test_points_are_printed_by_no_template_where_the_scheme_gives_none(tmp_path: Path) -> None:
    """An older template renders; with points of the scheme's own they are printed, and nothing is said."""
    template = scored_template(tmp_path)
    text = document_text(build_report(check(SAMPLES / "01_测试学院_中期评估.xlsx"), template)[0])
    assert "参考得分分，合计行。" in text


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_can_be_produced(code: Any, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = PRODUCED[code](run, tmp_path, monkeypatch)
    told = [item for item in found if (item["code"] if isinstance(item, dict) else item.code) == code]
    assert told, [item["code"] if isinstance(item, dict) else item.code for item in found]
    for item in told:
        message, hint = (item["message"], item["hint"]) if isinstance(item, dict) else (item.message, item.hint)
        assert message
        assert hint
        assert "{" not in message + hint


def test_no_code_is_produced_that_the_catalogue_does_not_have() -> None:
    assert set(PRODUCED) == set(CATALOGUE)


# One cause, one problem


def test_a_missing_column_is_one_problem_however_many_rows_there_are() -> None:
    rows = [[DAY, "全委会议", f"第{number}次"] for number in range(300)]
    found = with_rows("会议", lambda cells: [row.pop(0) for row in cells[2:]], 会议=rows)
    assert [item.code for item in found if item.at.sheet == "会议" and item.level == "error"] == ["missing-column"]


def test_equal_problems_are_told_once_with_their_number_and_the_first_addresses() -> None:
    found = sheet(C, "会议", *[("昨天", "全委会议", f"第{number}次") for number in range(12)])
    group = next(group for group in grouped(found) if group.first.code == "not-a-date")
    assert str(group) == "会议!A4、A5、A6、A7、A8、A9等12处"
    assert group.message == "“日期”看不出是哪一天，这一行未计入。（共12处）"
    assert group.value == "昨天"


def test_a_few_that_differ_stay_apart_and_many_become_one() -> None:
    few = grouped(sheet(C, "会议", *[(f"2018年{month}月", "全委会议", "甲") for month in (1, 2, 3)]))
    many = grouped(sheet(C, "会议", *[(f"2018年{month}月", "全委会议", "甲") for month in range(1, 9)]))
    assert [group.message for group in few if group.first.code == "month-only"] == [
        f"“日期”只写到月，按2018年{month}月1日计。" for month in (1, 2, 3)
    ]
    assert [group.message for group in many if group.first.code == "month-only"] == [
        "“日期”只写到月，按2018年1月1日计。（其余类似，共8处）"
    ]


def test_no_problem_is_lost_in_the_groups() -> None:
    found = check(SAMPLES / "06_练习学院_有填写错误.xlsx").problems
    assert sorted(map(str, (item for group in grouped(found) for item in group.members))) == sorted(map(str, found))


def test_what_blocks_the_report_comes_first() -> None:
    mixed = [
        problem("not-a-date", At("会议", 4, 0), column="日期", effect=""),
        problem("month-only", At("会议", 5, 0), column="日期", taken=""),
        problem("missing-sheet", At("活动"), sheet="活动", nearest=""),
        problem("no-stage", NOWHERE, column="", known=""),
        Problem("far-cells"),
    ]
    assert [item.code for item in ordered(mixed)] == ["no-stage", "missing-sheet", "not-a-date", "month-only", "far-cells"]
