"""Workbooks as three people leave them after three years: what is read all the same, what is said of it, at which address."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.budget import examples
from tests.helpers import COLLEGE, SAMPLES, book
from tests.libreoffice import LibreOffice
from wuhao_report.core.text import one_apart
from wuhao_report.evaluation.check import Outcome, check, check_book
from wuhao_report.evaluation.submission import sheet_name
from wuhao_report.report.json_form import outcome_data
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.tables.rows import row_ranges
from wuhao_report.tools.blank_workbook import new_workbook
from wuhao_report.workbook.reader import RawBook, RawSheet, read_book

C = "college-2017"
GOOD = SAMPLES / "01_测试学院_中期评估.xlsx"
MEETINGS = [[date(2017, 3, 1), "全委会议", "甲"], [date(2017, 9, 1), "全委会议", "乙"], [date(2018, 3, 1), "党政联席会议", "丙"]]


def changed(raw: Any, sheet: Any, **changes: Any) -> Any:
    """The workbook with one sheet changed: rows, name, hidden, merged."""
    return replace(raw, sheets=tuple(replace(one, **changes) if one.name == sheet else one for one in raw.sheets))


def rows_of(raw: Any, sheet: Any) -> list[Any]:
    return [list(row) for row in next(one.rows for one in raw.sheets if one.name == sheet)]


def said(outcome: Outcome, *codes: Any) -> list[Any]:
    return [(item.code, str(item.at), item.value) for item in outcome.problems if item.code in codes]


def table(outcome: Outcome, sheet: Any) -> list[Any]:
    found = outcome.submission.table(sheet)
    return list(zip(found.frame.index, *(found.values(name) for name in list(found.frame.columns)[:3]), strict=True))


# Headers


def test_a_header_of_two_rows_under_merged_titles() -> None:
    raw = book(C, 会议=MEETINGS)
    rows = rows_of(raw, "会议")
    head = rows[2]
    upper = ["日期*", "会议", "", "研究关工分委工作", "人数", "", "实名签到", "佐证编号"]
    lower = ["", "类型*", "主题*", "", "应到", "实到", "", ""]
    assert len(head) == len(upper)
    raw = changed(raw, "会议", rows=(*rows[:2], upper, lower, *rows[3:]), merged=((2, 1, 2, 2), (2, 4, 2, 5), (2, 0, 3, 0)))
    outcome = check_book(raw)
    # 会议 + 类型 = 会议类型; 人数 + 应到 is no name of the scheme
    assert table(outcome, "会议") == [
        (5, date(2017, 3, 1), "全委会议", "甲"),
        (6, date(2017, 9, 1), "全委会议", "乙"),
        (7, date(2018, 3, 1), "党政联席会议", "丙"),
    ]
    assert said(outcome, "unknown-column") == [("unknown-column", "会议!E4", "应到"), ("unknown-column", "会议!F4", "实到")]


def test_a_row_of_data_is_never_taken_for_a_second_header() -> None:
    raw = book(C, 会议=[["主题", "日期", "会议类型"], *MEETINGS])
    assert [row[0] for row in table(check_book(raw), "会议")] == [5, 6, 7]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("会议日期", "日期"),  # the name of the sheet in front
        ("会议主提", "会议主题"),  # one character wrong
        ("会议的主题", "会议主题"),  # one too many
    ],
)
def test_a_header_that_can_mean_one_column_alone_is_taken_for_it_and_said(header: str, column: str) -> None:
    raw = book(C, 会议=MEETINGS)
    rows = rows_of(raw, "会议")
    at = [cell.rstrip("*") for cell in rows[2]].index(column)
    rows[2][at] = header
    outcome = check_book(changed(raw, "会议", rows=tuple(rows)))
    assert len(table(outcome, "会议")) == 3
    assert said(outcome, "renamed-column", "missing-column") == [("renamed-column", f"会议!{'ABC'[at]}3", header)]


@pytest.mark.parametrize(("header", "why"), [("时间", "another word"), ("会议名称", "two characters differ")])
def test_a_header_that_may_mean_something_else_is_only_suggested(header: str, why: str) -> None:
    raw = book(C, 会议=MEETINGS)
    rows = rows_of(raw, "会议")
    rows[2][0 if header == "时间" else 2] = header
    outcome = check_book(changed(raw, "会议", rows=tuple(rows)))
    assert table(outcome, "会议") == [], why
    assert [code for code, *_ in said(outcome, "missing-column", "renamed-column")] == ["missing-column"]


def test_a_header_is_not_taken_when_its_cells_read_as_something_else() -> None:
    raw = book(C, 会议=[["不是日期", "全委会议", "甲"], *MEETINGS])
    rows = rows_of(raw, "会议")
    rows[2][0] = "会议日期"
    assert said(check_book(changed(raw, "会议", rows=tuple(rows))), "renamed-column") == []


def test_two_headers_that_would_fit_are_neither_taken() -> None:
    raw = book(C, 会议=[[*row, "", "", "", "", "", row[2]] for row in MEETINGS])
    rows = rows_of(raw, "会议")
    rows[2][2] = "会议主提"
    rows[2] += ["会议的主题"]
    outcome = check_book(changed(raw, "会议", rows=tuple(rows)))
    assert said(outcome, "renamed-column") == []
    assert "missing-column" in [item.code for item in outcome.problems]


def test_names_one_character_apart_are_near() -> None:
    assert [
        one_apart(*pair)
        for pair in (("会议主题", "会议主提"), ("会议主题", "会议的主题"), ("主题", "主题"), ("会议主题", "题主会议"), ("", "甲"))
    ] == [True, True, False, False, True]


def test_an_unknown_key_of_the_profile_is_suggested() -> None:
    raw = book(C, {})
    rows = rows_of(raw, "基本信息")
    at = [row[0] for row in rows].index("填报日期")
    rows[at][0] = "填报的日期"
    outcome = check_book(changed(raw, "基本信息", rows=tuple(rows)))
    fault = next(item for item in outcome.problems if item.code == "missing-column")
    assert fault.hint.endswith("“填报的日期”是不是这一栏？")


# Sheets


@pytest.mark.parametrize(
    "name",
    [
        "1.会议",
        "01 会议",
        "（3）会议",
        "三、会议",
        "表4 会议",
        "附表4：会议",
        "3-会议",
        " 会 议 ",
        "会议表",
        "5会议表",
        "会议（3月更新）",
    ],
)
def test_a_sheet_with_a_number_in_front_is_the_same_sheet(name: str) -> None:
    raw = book(C, 会议=[["坏日期", "全委会议", "甲"], *MEETINGS])
    outcome = check_book(changed(raw, "会议", name=name))
    assert len(table(outcome, "会议")) == 3
    # addresses are those of her own file
    assert [str(item.at) for item in outcome.problems if item.code == "not-a-date"] == [f"{name}!A4"]


def test_a_sheet_of_the_right_name_comes_before_one_with_a_number() -> None:
    raw = book(C, 会议=MEETINGS)
    other = RawSheet("2.会议", ((),))
    outcome = check_book(RawBook(raw.file, raw.sha256, (other, *raw.sheets)))
    assert len(table(outcome, "会议")) == 3
    assert said(outcome, "renamed-sheet", "duplicate-sheet") == []


def test_a_name_that_begins_with_a_numeral_keeps_it() -> None:
    known = {"四师履职": "四师履职", "师履职": "师履职"}
    assert sheet_name("四师履职", known) == "四师履职"
    assert sheet_name("四、师履职", known) == "师履职"
    assert sheet_name("五师履职", known) is None


def test_a_missing_sheet_suggests_the_nearest_name() -> None:
    raw = book(C, 会议=MEETINGS)
    outcome = check_book(changed(raw, "会议", name="会议登记"))
    fault = next(item for item in outcome.problems if item.code == "missing-sheet")
    assert fault.hint.endswith("“会议登记”是不是这张表？")


@pytest.mark.parametrize("name", ["会议2018", "会议补充", "Sheet1"])
def test_a_sheet_that_is_not_read_but_has_a_known_header_is_named(name: str) -> None:
    raw = book(C, 会议=MEETINGS)
    more = next(replace(sheet, name=name) for sheet in raw.sheets if sheet.name == "会议")
    outcome = check_book(replace(raw, sheets=(*raw.sheets, more)))
    assert [(item.message, str(item.at)) for item in outcome.problems if item.code == "sheet-not-read"] == [
        (f"工作表“{name}”没有读取，可是它的表头和“会议”的一样，下面有3行。", name)
    ]
    without_rows = replace(raw, sheets=(*raw.sheets, replace(more, rows=more.rows[:3])))
    assert said(check_book(without_rows), "sheet-not-read") == []


def test_a_hidden_sheet_is_read_and_said() -> None:
    outcome = check_book(changed(book(C, 会议=MEETINGS), "会议", visible=False))
    assert len(table(outcome, "会议")) == 3
    assert [code for code, *_ in said(outcome, "hidden-sheet")] == ["hidden-sheet"]


def test_of_two_sheets_the_one_with_the_very_name_is_read() -> None:
    raw = book(C, 会议=MEETINGS)
    for name, code in (("会议（旧）", "duplicate-sheet"), ("会议表", "similar-sheet"), ("1.会议", "similar-sheet")):
        outcome = check_book(RawBook(raw.file, raw.sha256, (RawSheet(name, ((),)), *raw.sheets)))
        assert len(table(outcome, "会议")) == 3
        assert [(item.code, str(item.at), dict(item.args)["other"]) for item in outcome.problems if item.code == code] == [
            (code, name, name)
        ]


# Rows and cells


@pytest.mark.parametrize(
    "text", ["合计", "2018年小计", "合计（2018年）", "共计：12人", "以上共12人", "本年合计", "总 计", "第一季度小计"]
)
def test_lines_of_sums_are_left_out(text: str) -> None:
    outcome = check_book(book(C, 会议=[*MEETINGS, [text, "", "", "", 12]]))
    assert said(outcome, "subtotal-row")[0][1] == "会议!A7"
    assert not [item for item in outcome.problems if item.level == "error"]


@pytest.mark.parametrize(
    "row",
    [["2018年"], ["2018年度"], ["注：以上属实"], ["审核人：张测试", "", "", "日期：2018年8月"], ["以上由办公室提供"], ["（元）"]],
)
def test_headings_and_notes_are_left_out(row: Any) -> None:
    outcome = check_book(book(C, 会议=[row, *MEETINGS]))
    assert said(outcome, "note-row")[0][1] == "会议!A4"
    assert len(table(outcome, "会议")) == 3
    assert not [item for item in outcome.problems if item.level == "error"]


@pytest.mark.parametrize(
    "text", ["以下空白", "——以下空白——", "（以下无正文）", "无", "数据来源：学生处", "填表说明：略", "第1页 共2页"]
)
def test_lines_below_the_records_are_left_out_and_said_once(text: str) -> None:
    outcome = check_book(book(C, 会议=[[date(2017, 3, 1), "其他", "甲"], [text]]))
    assert len(table(outcome, "会议")) == 1
    assert [at for _, at, _ in said(outcome, "note-row")] == ["会议!A5"]


def test_a_header_that_stands_once_more_is_no_record() -> None:
    header = [column.name for column in find_scheme(C).by_sheet["会议"].columns if column.since == 1]
    meetings = [[date(2017, 3, 1), "其他", "甲"], header, [date(2017, 3, 2), "其他", "乙"]]
    outcome = check_book(book(C, 会议=meetings))
    assert len(table(outcome, "会议")) == 2
    assert [at for _, at, _ in said(outcome, "note-row")] == ["会议!A5"]


def test_rows_that_are_only_prefilled_are_left_out_and_said_once() -> None:
    # The sixth column counts people and the seventh is a flag; what is required is blank.
    empty: list[Any] = [None] * 5 + [0, "否"]
    outcome = check_book(book(C, 会议=[[date(2017, 3, 1), "其他", "甲"], empty, empty]))
    assert len(table(outcome, "会议")) == 1
    assert said(outcome, "prefilled-rows") == [("prefilled-rows", "会议!A5", None)]
    assert said(outcome, "missing-value") == []


def test_a_year_alone_is_a_record_where_every_row_is_a_year() -> None:
    outcome = check_book(book(C, 年度数据=[["2018年"]]))
    assert said(outcome, "note-row") == []
    assert "required-empty" in [item.code for item in outcome.problems]


def test_a_merged_sum_counts_once() -> None:
    raw = book(C, 捐款=[[date(2017, 3, 1), "张测试", "离退休老同志", 1000], [date(2017, 3, 1), "李测试", "离退休老同志", ""]])
    outcome = check_book(changed(raw, "捐款", merged=((3, 3, 4, 3), (3, 0, 4, 0))))
    assert [str(value) for value in outcome.submission.tables["捐款"]["金额"]] == ["1000"]
    assert [code for code, *_ in said(outcome, "merged-number", "merged-cells")] == ["merged-number", "merged-cells"]


def test_hidden_rows_count_and_are_said_once() -> None:
    outcome = check_book(changed(book(C, 会议=MEETINGS), "会议", hidden=frozenset({4, 5, 9})))
    assert len(table(outcome, "会议")) == 3
    assert [(item.message, str(item.at)) for item in outcome.problems if item.code == "hidden-rows"] == [
        ("第4—5行是隐藏的，也已计入（共2行）。", "会议!A4")
    ]
    assert row_ranges([1, 2, 3, 7, 9, 10]) == "1—3、7、9—10"


def test_a_merged_cell_counts_for_every_row_it_covers() -> None:
    raw = book(C, 会议=[[date(2017, 3, 1), "全委会议", "甲"], ["", "", "乙"], ["", "", "丙"]])
    plain = check_book(raw)
    assert len(table(plain, "会议")) == 1
    outcome = check_book(changed(raw, "会议", merged=((3, 0, 5, 0), (3, 1, 5, 1))))
    assert table(outcome, "会议") == [
        (row, date(2017, 3, 1), "全委会议", text) for row, text in ((4, "甲"), (5, "乙"), (6, "丙"))
    ]
    assert said(outcome, "merged-cells") == [("merged-cells", "会议!A4", "2017-03-01"), ("merged-cells", "会议!B4", "全委会议")]
    assert (
        next(item.message for item in outcome.problems if item.code == "merged-cells")
        == "A4:A6是合并单元格，其中每一格都按这个值计。"
    )


def test_a_note_merged_across_the_table_is_a_note() -> None:
    raw = book(C, 会议=[*MEETINGS, ["注：以上会议均有签到表", "", ""], ["以上由办公室提供", "", ""]])
    outcome = check_book(changed(raw, "会议", merged=((7, 0, 7, 6), (8, 0, 8, 7))))
    assert said(outcome, "merged-cells") == []
    assert said(outcome, "note-row") == [
        ("note-row", "会议!A7", "注:以上会议均有签到表"),
        ("note-row", "会议!A8", "以上由办公室提供"),
    ]


@examples(15)
@given(data=st.data())
def test_blank_rows_moved_columns_and_merged_cells_change_no_result(data: Any) -> None:
    """The same results, and every fault at its new address."""
    raw = book(
        C,
        会议=[*MEETINGS, ["坏日期", "全委会议", "丁"], [date(2018, 9, 1), "不知道", "戊"]],
        慰问汇报=[[date(2017, 5, 1), "慰问", "甲"], [date(2017, 5, 1), "慰问", "乙"], [date(2018, 5, 1), "情况汇报", "丙"]],
    )
    before = check_book(raw)
    sheet = data.draw(st.sampled_from(["会议", "慰问汇报"]))
    rows = rows_of(raw, sheet)
    width = len(rows[2])
    order = data.draw(st.permutations(range(width)))
    moved = [[(row + [""] * width)[at] for at in order] if number >= 2 else row for number, row in enumerate(rows)]
    body = []
    for row in moved[3:]:
        body += [[""] * width] * data.draw(st.integers(0, 2))
        body.append(row)
    above = data.draw(st.integers(0, 3))
    place = {tuple(row): 1 + above + 3 + at for at, row in enumerate(body) if any(row)}
    merged: tuple[tuple[int, ...], ...] = ()
    if sheet == "慰问汇报":
        # the date and kind of the first two records, one under the other, as one cell each
        first, second = (number for number, row in enumerate(body) if row[order.index(0)] == date(2017, 5, 1))
        if second == first + 1:
            body[second] = [cell if order[at] not in (0, 1) else "" for at, cell in enumerate(body[second])]
            merged = tuple((above + 3 + first, order.index(column), above + 3 + second, order.index(column)) for column in (0, 1))
    after = check_book(changed(raw, sheet, rows=(*rows[:2], *[[""]] * above, moved[2], *body), merged=merged))
    one, other = outcome_data(before), outcome_data(after)
    faults, others = one.pop("problems"), [item for item in other.pop("problems") if item["code"] != "merged-cells"]
    assert one == other
    assert len(faults) == len(others)
    for fault in faults:
        if fault["sheet"] == sheet and fault["code"] in ("not-a-date", "unknown-choice"):
            old_row, old_column = int(re.sub(r"\D", "", fault["cell"])), "ABCDEFGHIJ".index(fault["cell"][0])
            expected = f"{'ABCDEFGHIJ'[order.index(old_column)]}{place[tuple(moved[old_row - 1])]}"
            assert [item["cell"] for item in others if item["code"] == fault["code"] and item["value"] == fault["value"]] == [
                expected
            ]


# Files


def rewritten(source: Any, change: Any) -> bytes:
    """The package with every part passed through `change(name, data)`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name in package.namelist():
            made.writestr(name, change(name, package.read(name)))
    return buffer.getvalue()


def cells(path: Any) -> list[Any]:
    return [(sheet.name, [list(row) for row in sheet.rows]) for sheet in read_book(path).sheets]


SHEETS = re.compile(r"xl/worksheets/sheet\d+\.xml")
STRICT = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def strict(name: Any, data: Any) -> Any:
    for old, new in STRICT.items():
        data = data.replace(old.encode(), new.encode())
    return data


ALIKE = {
    "dimension-one-cell": lambda name, data: re.sub(rb"<dimension[^>]*>", b'<dimension ref="A1"/>', data),
    "dimension-whole-sheet": lambda name, data: re.sub(rb"<dimension[^>]*>", b'<dimension ref="A1:XFD1048576"/>', data),
    "dimension-nonsense": lambda name, data: re.sub(rb"<dimension[^>]*>", b'<dimension ref="??"/>', data),
    "utf-16": lambda name, data: (
        ('<?xml version="1.0" encoding="UTF-16"?>' + re.sub(r"^<\?xml.*?\?>", "", data.decode())).encode("utf-16")
        if SHEETS.fullmatch(name) or name == "xl/sharedStrings.xml"
        else data
    ),
    "strict": strict,
}


@pytest.mark.parametrize("kind", ALIKE)
def test_what_other_programs_write_reads_the_same(kind: Any, tmp_path: Path) -> None:
    path = tmp_path / GOOD.name
    path.write_bytes(rewritten(GOOD, ALIKE[kind]))
    assert cells(path) == cells(GOOD)


def test_a_far_cell_is_left_out_and_named(tmp_path: Path) -> None:
    path = tmp_path / "甲.xlsx"
    made = openpyxl.load_workbook(GOOD)
    made["会议"]["XFD1048576"] = "x"
    made["活动"]["B1048576"] = " "
    made.save(path)
    outcome = check(path)
    assert said(outcome, "far-cells") == [("far-cells", "会议", None), ("far-cells", "活动", None)]
    assert (
        next(item.message for item in outcome.problems if item.code == "far-cells")
        == "工作表“会议”在很远的地方（XFD1048576）有多余的内容，没有读取。"
    )
    plain, found = outcome_data(check(GOOD)), outcome_data(outcome)
    assert (found["score"], found["goods"]) == (plain["score"], plain["goods"])


@pytest.mark.parametrize("suffix", [".xls", ".et", ".xlsx"])
def test_the_older_format_is_read_whatever_its_name(libreoffice: LibreOffice, tmp_path: Path, suffix: str) -> None:
    source = SAMPLES / "06_练习学院_有填写错误.xlsx"
    old = libreoffice.convert(source, "xls", tmp_path)
    path = old.rename(old.with_suffix(suffix))
    outcome, plain = check(path), check(source)
    assert said(outcome, "older-format") == [("older-format", "", None)]
    # LibreOffice calculates the formula that Excel never did, and gives the bare number the date format of its column
    ours, theirs = (
        {(item.code, str(item.at)) for item in found.problems if item.at.sheet not in ("党建谈话", "信息报道")}
        for found in (outcome, plain)
    )
    assert ours - {("older-format", "")} == theirs
    assert len(theirs) == 18


def test_numbers_of_an_old_workbook_whose_own_formats_have_the_numbers_of_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some programs define the formats 50 to 58, which others take for days, as formats of money and of figures."""
    import xlwt.Style

    monkeypatch.setattr(xlwt.Style, "FIRST_USER_DEFINED_NUM_FORMAT_IDX", 49)
    made = xlwt.Workbook()
    page = made.add_sheet("年度数据")
    for row in range(12):
        page.write(row, 0, 8000.5 + row, xlwt.easyxf(num_format_str=f'#,##0.{"0" * (row + 1)}"元"'))
        page.write(row, 1, date(2018, 3, 1 + row), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
        page.write(row, 2, 7 + row)
    made.save(tmp_path / "甲.xls")
    rows = read_book(tmp_path / "甲.xls").sheets[0].rows
    assert [row[0] for row in rows] == [8000.5 + row for row in range(12)]
    assert [row[1] for row in rows] == [date(2018, 3, 1 + row) for row in range(12)]
    assert [row[2] for row in rows] == [7 + row for row in range(12)]


def test_errors_hidden_rows_merged_cells_and_the_first_day_of_an_old_workbook(tmp_path: Path) -> None:
    made = xlwt.Workbook()
    made.dates_1904 = True
    page = made.add_sheet("会议")
    page.write(0, 0, "甲")
    page.write_merge(1, 3, 0, 0, "乙")
    page.write(4, 1, xlwt.Formula("1/0"))
    page.row(2).hidden = True
    made.add_sheet("隐").visibility = 1
    path = tmp_path / "旧.xls"
    made.save(str(path))
    raw = read_book(path)
    assert raw.date1904
    assert (raw.sheets[0].merged, raw.sheets[0].hidden) == (((1, 0, 3, 0),), frozenset({3}))
    assert [sheet.visible for sheet in raw.sheets] == [True, False]


def test_an_error_value_of_an_old_workbook_is_no_empty_cell(libreoffice: LibreOffice, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active.append(["甲", "=1/0", "=NA()"])
    made.save(tmp_path / "误.xlsx")
    row = read_book(libreoffice.convert(tmp_path / "误.xlsx", "xls", tmp_path)).sheets[0].rows[0]
    assert [row[0], row[1].code, row[1].text, row[2].text] == ["甲", "cell-error", "#DIV/0!", "#N/A"]


def locked(data: Any, password: Any) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    buffer = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, buffer)
    return buffer.getvalue()


def test_excels_own_password_opens_and_any_other_is_said(tmp_path: Path) -> None:
    data = new_workbook(find_scheme(C), "测试学院关工分委")
    free, shut = tmp_path / "默认.xlsx", tmp_path / "自设.xlsx"
    free.write_bytes(locked(data, "VelvetSweatshop"))
    shut.write_bytes(locked(data, "李测试1234"))
    assert read_book(free).stamp()["scheme"] == C
    outcome = check(shut)
    assert [item.code for item in outcome.problems] == ["encrypted"]
    assert outcome.exit_code == 2


def test_macros_and_links_are_said_and_never_run(tmp_path: Path) -> None:
    path = tmp_path / "宏.xlsm"
    with zipfile.ZipFile(GOOD) as source, zipfile.ZipFile(path, "w") as package:
        for name in source.namelist():
            package.writestr(name, source.read(name))
        package.writestr("xl/vbaProject.bin", b"macro")
    outcome = check(path)
    assert [code for code, *_ in said(outcome, "has-macros")] == ["has-macros"]
    assert outcome_data(outcome)["score"] == outcome_data(check(GOOD))["score"]


def test_the_days_of_1904(tmp_path: Path) -> None:
    made = openpyxl.load_workbook(io.BytesIO(new_workbook(find_scheme(C), "测试学院关工分委")))
    made.epoch = CALENDAR_MAC_1904
    for row, value in (("报告阶段*", "中期评估"), ("填报日期*", date(2018, 12, 20))):
        next(cells for cells in made["基本信息"].iter_rows() if cells[0].value == row)[1].value = value
    path = tmp_path / "1904.xlsx"
    made.save(path)
    assert outcome_data(check(path))["as_of"] == str(COLLEGE["填报日期"])
