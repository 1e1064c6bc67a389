"""The blank standardised workbook of a scheme: what an office would circulate, stamped with its scheme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from wuhao_report.core.cell_reference import column_letters
from wuhao_report.core.numbers import number_text
from wuhao_report.core.text import clean
from wuhao_report.files.listing import add_list
from wuhao_report.files.workbook_style import (
    BAND,
    FIRST_ROW,
    FONT,
    HEADER_ROW,
    MOST_INLINE,
    frame,
    saved_bytes,
    style_cell,
    text_lines,
    write,
)
from wuhao_report.scheme.model import Scheme, moved_to
from wuhao_report.scheme.required_columns import indicator_columns
from wuhao_report.tables.sheets import Column, Sheet
from wuhao_report.workbook.raw import RawValue, as_text
from wuhao_report.workbook.reader import EXAMPLE, STAMP_SHEET

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

GUIDE = "填报说明"
LAST_ROW = 2000
PAIR_HEADERS = ("项目", "内容", "填写说明")
INK_SOFT = "262626"
"""Explanations: dark enough to be read by anybody."""
WIDTHS = {
    "date": 13,
    "month": 11,
    "year": 9,
    "flag": 11,
    "count": 12,
    "amount": 12,
    "choice": 15,
    "choices": 26,
    "ids": 15,
    "photos": 18,
    "stage": 30,
    "indicator": 11,
    "text": 16,
}
FIRST_LIST = 5
"""The 0-based column of the stamp sheet where long lists begin."""
GUIDE_WIDTHS = (14, 44, 56, 34)
FED = "（用于"
"""How the indicators that a sheet is for begin in its title."""
GUIDE_HEADERS = ("工作表", "填什么", "举例", "用于哪些指标")
MOST_EXAMPLES, LONG_EXAMPLE = 4, 16
NOTE_SIZE = (240, 90)
"""Width and height of a note, in points."""
MOST_FED = 12
"""So many indicators are named in the title of a sheet."""
EXAMPLE_FILL, EXAMPLE_HEADER = "FFF8E1", "示例（供参考，不会读取）"
LINE_HEIGHT = 15
LONG = 6
"""A text whose example is this long gets a wide column."""
FORMATS = {
    "date": "yyyy-mm-dd",
    "month": "yyyy-mm",
    "year": "0",
    "count": "0",
    "amount": "#,##0.##",
    **dict.fromkeys(("text", "ids", "indicator"), "@"),
}
"""As text a number like 1-1 or 3/2 stays what was typed; Excel would make a day of it."""


Filled = Mapping[str, Mapping[tuple[int, int], RawValue]]
"""Values by sheet, 1-based row and 0-based column."""
Listing = tuple[str, Sequence[tuple[str, int]], Sequence[Sequence[str]]]
"""A sheet at the end: its title, its columns and their widths, its rows."""


def new_workbook(
    scheme: Scheme,
    unit: str,
    start_year: int | None = None,
    filled: Filled | None = None,
    listing: Listing | None = None,
    example: bool = False,
) -> bytes:
    """Return the bytes of an .xlsx for one committee: blank but for 单位名称 and 创建起始年, or with the values of `filled`.

    An `example` says of itself that it is nobody's. The same arguments give the same bytes.
    """
    from openpyxl import Workbook

    filled = filled or {}
    scheme = moved_to(scheme, start_year) if start_year else scheme
    book = Workbook()
    book.remove(book.worksheets[0])
    _guide(book, scheme)
    for sheet in (sheet for sheet in scheme.sheets if not sheet.optional or sheet.name in filled):
        page = book.create_sheet(sheet.name)
        if sheet.form == "pairs":
            _pairs(page, sheet, scheme, unit)
        else:
            _table(page, sheet, scheme)
        if sheet.name in filled:
            _fill(page, sheet, filled[sheet.name])
    if listing:
        add_list(book, *listing)
    _stamp(book, scheme, example)
    return saved_bytes(book)


def _sheets_made(scheme: Scheme) -> list[Sheet]:
    """Return the sheets of a blank workbook: one that may be missing is not made."""
    return [sheet for sheet in scheme.sheets if not sheet.optional]


def _fill(page: Worksheet, sheet: Sheet, values: Mapping[tuple[int, int], RawValue]) -> None:
    """Write values as they were, in place of what a blank sheet suggests; no text becomes a formula."""
    if sheet.form != "pairs":
        for row in page.iter_rows(min_row=FIRST_ROW):
            for cell in row:
                cell.value = None
    for (row_number, column), value in values.items():
        cell = page.cell(row_number, column + 1)
        plain = (
            clean(value) if isinstance(value, str) else value if isinstance(value, bool | int | float | date) else as_text(value)
        )
        cell.value = plain
        if isinstance(plain, str):
            cell.data_type = "s"
        elif isinstance(plain, date):
            cell.number_format = "yyyy-mm-dd"


def _guide(book: Workbook, scheme: Scheme) -> None:
    """Add the one page that says how to fill in the workbook, and what each sheet is for."""
    page = book.create_sheet(GUIDE)
    frame(page, f"{scheme.title}　填报说明", "本页只供阅读，不会被读取。每一栏怎么填、举例，停在表头上就能看到。", 4)
    row = HEADER_ROW
    for text in _general(scheme):
        page.merge_cells(start_row=row, start_column=1, end_row=row, end_column=4)
        write(page, row, 1, text)
        page.row_dimensions[row].height = 20
        row += 1
    for at, text in enumerate(GUIDE_HEADERS, 1):
        write(page, row, at, text, bold=True, fill=BAND, center=True, border=True)
    page.print_title_rows = None
    page.freeze_panes = None
    page.page_setup.fitToHeight = 1
    for sheet in _sheets_made(scheme):
        row += 1
        fed = "、".join(feeds(scheme, sheet))
        for at, text in enumerate((sheet.name, sheet.hint, _examples(sheet), fed or "报告正文和附件"), 1):
            write(page, row, at, text, border=True)
        height = max(
            text_lines(text, width) for text, width in zip((sheet.hint, _examples(sheet), fed), GUIDE_WIDTHS[1:], strict=True)
        )
        page.row_dimensions[row].height = LINE_HEIGHT * height + 3
    for letter, width in zip("ABCD", GUIDE_WIDTHS, strict=True):
        page.column_dimensions[letter].width = width


def _general(scheme: Scheme) -> list[str]:
    """Return what holds for every sheet."""
    return [
        f"一、先填“{scheme.by_use['profile'].name}”：报告阶段和填报日期决定写哪一份报告、统计到哪一天。",
        "二、每件事一行，随办随填，一个工作簿连用几年；名册里的人退出、离任时写日期，不要删行。",
        "三、表头带 * 的必须填。没有的文字空着；是否栏填“是”或“否”，数字没有的填 0。",
        "四、问地方、问人、问结果的栏各写一两句话，报告里的事例就从这里来；几项并列用顿号分开。",
        f"五、佐证编号自己编，先在“{scheme.by_use['evidence'].name}”登记，再在各表里写上。",
        "六、不要改动工作表名称和表头；可以调整列宽，可以插入、删除数据行。填好后保存并关闭，再生成报告。",
    ]


def _former_general(scheme: Scheme) -> list[str]:
    """Return what the page of older workbooks says, so that it is known as ours."""
    return [
        f"{scheme.title}　填报说明",
        "本页只供阅读，不会被读取。",
        f"一、从“{scheme.by_use['profile'].name}”开始填，再按顺序填各表；每件事一行，随办随填，多年连续使用同一个工作簿。",
        "二、表头带 * 的必须填写；没有的文字就空着；是否栏填“否”，数字填 0；不要填“无数据”“待定”一类的话。",
        "三、日期写成 2017-03-05 这样的格式；是否栏填“是”或“否”；几项并列时用顿号分开。",
        "四、请不要改动工作表名称和表头；可以调整列宽，也可以插入、删除数据行。",
        "五、名册里的人退出、离任时写日期，不要删行；同名的两个人请在姓名后加注区别。",
        f"六、佐证编号自己编，不重复；先在“{scheme.by_use['evidence'].name}”登记，再在各表引用。",
        "七、填好后保存并关闭工作簿，再生成报告。",
        "工作表",
        "栏目",
        "怎么填",
        "举例",
        *(
            text
            for sheet in _sheets_made(scheme)
            for column in sheet.columns
            for text in (sheet.name, _starred(column), how_to_fill(column), column.example)
        ),
    ]


def feeds(scheme: Scheme, sheet: Sheet) -> list[str]:
    """Return the ids of the indicators that a sheet is for, in their order; those whose own date or condition is all it gives are none."""
    needed = indicator_columns(scheme)
    return [
        indicator.id
        for indicator in scheme.indicators
        if any(name == sheet.name for item in indicator.walk() for name, _ in needed[item.id])
    ]


def _examples(sheet: Sheet) -> str:
    """Return one row of a sheet as an example: 日期 2023-06-01，活动名称 普法进村."""
    if sheet.form == "pairs":
        return ""
    shown = [
        f"{column.name} {column.example}" for column in sheet.columns if column.example and len(column.example) < LONG_EXAMPLE
    ]
    return "，".join(shown[:MOST_EXAMPLES])


def guide_texts(scheme: Scheme) -> frozenset[str]:
    """Return every text that the guide of a blank workbook holds, or has held."""
    from openpyxl import Workbook

    book = Workbook()
    _guide(book, scheme)
    now = (str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value is not None)
    return frozenset(clean(text) for text in (*now, *_former_general(scheme)) if text)


def _starred(column: Column) -> str:
    return column.name + ("*" if column.required else "")


def how_to_fill(column: Column) -> str:
    """Return how a column is filled, for the guide and for the prompt of its cells."""
    if column.hint:
        hint = column.hint
    else:
        hint = {
            "date": "日期，例如 2017-03-05",
            "month": "年月，例如 1952-03",
            "count": "填数字",
            "amount": "填数字",
            "year": "四位年份",
            "flag": "填“是”或“否”",
            "ids": "登记过的佐证编号，几个用顿号分开",
        }.get(column.type, "")
    if column.choices:
        several = "，可填几个，用顿号分开" if column.type == "choices" and "顿号" not in hint else ""
        hint = "；".join(part for part in (hint, "可填：" + "、".join(column.choices) + several) if part)
    return hint


def _table(page: Worksheet, sheet: Sheet, scheme: Scheme) -> None:
    """Lay out a sheet of records: headers, widths, formats, and what each column takes."""
    from openpyxl.styles import Alignment, Font

    frame(page, sheet_title(scheme, sheet), sheet.hint, len(sheet.columns))
    for at, column in enumerate(sheet.columns, 1):
        write(page, HEADER_ROW, at, _starred(column), bold=True, fill=BAND, center=True, border=True)
        _note(page.cell(HEADER_ROW, at), column)
        dimension = page.column_dimensions[column_letters(at - 1)]
        dimension.width = (
            30
            if column.type == "text" and len(column.example) >= LONG
            else max(WIDTHS[column.type], 2.2 * len(_starred(column)) + 1)
        )
        dimension.font = Font(name=FONT, size=11)
        dimension.alignment = Alignment(vertical="center", wrap_text=True)
        dimension.number_format = FORMATS.get(column.type, "General")
        letters = column_letters(at - 1)
        _validate(page, column, scheme, f"{letters}{FIRST_ROW}:{letters}{LAST_ROW}", sheet.use == "assessed")
    if sheet.use == "assessed":
        _items_to_assess(page, sheet, scheme)


def sheet_title(scheme: Scheme, sheet: Sheet) -> str:
    """Return the title of a sheet with the indicators it is for: 会议（用于1.1.3、3.2.1）."""
    fed = feeds(scheme, sheet)
    if not fed or sheet.use in ("profile", "assessed"):
        return sheet.name
    return f"{sheet.name}{FED}{'、'.join(fed[:MOST_FED])}{f'等{len(fed)}项' if len(fed) > MOST_FED else ''}）"


def _note(cell: Any, column: Column) -> None:
    """Put the hint and an example of a column as a note on its header."""
    from openpyxl.comments import Comment

    hint = how_to_fill(column)
    example = f"例如：{column.example}" if column.example and column.example not in hint else ""
    text = "\n".join(part for part in (hint, example) if part)
    if text:
        cell.comment = Comment(text, GUIDE, height=NOTE_SIZE[1], width=NOTE_SIZE[0])


def _items_to_assess(page: Worksheet, sheet: Sheet, scheme: Scheme) -> None:
    """Write a row for each indicator with points, and for each part that is judged by hand: its number, title and full mark."""
    by_hand = {item.id for item in scheme.judged_by_hand}
    own = {indicator.id for indicator in scheme.indicators if indicator.points is not None}
    rows = [item for item in scheme.items if item.id in by_hand | own]
    first = [column.name for column in sheet.columns].index(sheet.role("item") or "")
    plain = len(
        list(
            takewhile(
                lambda column: column.name not in sheet.roles.values() and column.type == "text", sheet.columns[first + 1 :]
            )
        )
    )
    for row, item in enumerate(rows, FIRST_ROW):
        hand = "（人工评定）" if item.id in by_hand else ""
        texts = (item.id, item.title + hand, number_text(item.points or Fraction(0)))
        for at, text in enumerate(texts[: 1 + plain], first + 1):
            write(page, row, at, text, color=INK_SOFT, fill="F2F2F2", border=True)
            page.cell(row, at).number_format = "@"
        for at in range(first + 2 + plain, len(sheet.columns) + 1):
            style_cell(page.cell(row, at), border=True)
        page.row_dimensions[row].height = 24


def _pairs(page: Worksheet, sheet: Sheet, scheme: Scheme, unit: str) -> None:
    """Lay out a sheet of pairs: a row for each key, its value beside it, and how it is filled."""
    long = sheet.use == "texts"
    headers = (*PAIR_HEADERS, EXAMPLE_HEADER) if long else PAIR_HEADERS
    frame(page, sheet.name, sheet.hint, len(headers))
    for at, text in enumerate(headers, 1):
        write(page, HEADER_ROW, at, text, bold=True, fill=BAND, center=True, border=True)
    for letter, width in zip("ABCD", (16, 80, 36, 56) if long else (22, 50, 60, 9), strict=True):
        page.column_dimensions[letter].width = width
    given: dict[str | None, Any] = {sheet.role("unit"): unit, sheet.role("start_year"): scheme.start_year}
    for row, column in enumerate(sheet.columns, FIRST_ROW):
        write(page, row, 1, _starred(column), bold=True, border=True)
        value = page.cell(row, 2, given.get(column.name))
        style_cell(value, border=True)
        if isinstance(value.value, str):
            value.data_type = "s"
        value.number_format = FORMATS.get(column.type, "General") if column.type != "text" or not long else "General"
        hint = column.hint or how_to_fill(column)
        write(page, row, 3, hint, color=INK_SOFT, border=True)
        if long:
            write(page, row, 4, column.example, color=INK_SOFT, fill=EXAMPLE_FILL, border=True)
        page.row_dimensions[row].height = 105 if long else max(24, LINE_HEIGHT * text_lines(hint, 60))
        _validate(page, column, scheme, f"B{row}")


def _validate(page: Worksheet, column: Column, scheme: Scheme, cells: str, assessed: bool = False) -> None:
    """Add a drop-down or a check with a Chinese prompt; it warns, and never blocks what reading accepts."""
    from openpyxl.worksheet.datavalidation import DataValidation

    rules: dict[str, dict[str, Any]] = {
        "flag": {"type": "list", "formula1": '"是,否"'},
        "date": {"type": "date", "operator": "between", "formula1": "18264", "formula2": "73050"},
        "month": {"type": "date", "operator": "between", "formula1": "1", "formula2": "73050"},
        "year": {"type": "whole", "operator": "between", "formula1": "1990", "formula2": "2100"},
        "count": {"type": "whole", "operator": "greaterThanOrEqual", "formula1": "0"},
        "amount": {"type": "decimal", "operator": "greaterThanOrEqual", "formula1": "0"},
    }
    rule = rules.get(column.type)
    words: tuple[str, ...] = ()
    if column.type in ("choice", "choices"):
        words = column.choices
    elif column.type == "stage":
        words = tuple(stage.title for stage in scheme.stages)
    if words and _inline(words):
        rule = {"type": "list", "formula1": '"' + ",".join(words) + '"'}
    elif words:
        letters = column_letters(FIRST_LIST + _long_lists(scheme).index(words))
        rule = {"type": "list", "formula1": f"'{STAMP_SHEET}'!${letters}$1:${letters}${len(words)}"}
    elif column.type == "indicator" and not assessed:
        rule = {"type": "list", "formula1": f"'{STAMP_SHEET}'!$D$1:$D${len(scheme.indicators)}"}
    hint = how_to_fill(column)
    if rule is None and not hint:
        return
    check = DataValidation(
        allow_blank=True,
        showInputMessage=bool(hint),
        showErrorMessage=rule is not None and column.type != "choices",
        **(rule or {}),
    )
    check.errorStyle = "warning"
    check.errorTitle, check.error = "请核对", f"“{column.name}”的填法：{hint}"[:220] + "。如确认无误，可选“是”保留。"
    check.promptTitle, check.prompt = column.name[:30], hint[:250] or None
    check.add(cells)
    page.add_data_validation(check)


def _inline(words: tuple[str, ...]) -> bool:
    return len(",".join(words)) <= MOST_INLINE and not any(mark in word for word in words for mark in ',"')


def _long_lists(scheme: Scheme) -> list[tuple[str, ...]]:
    """Return the choices that cannot stand in a drop-down's rule itself, each once."""
    stages = tuple(stage.title for stage in scheme.stages)
    lists = [stages, *(column.choices for sheet in scheme.sheets for column in sheet.columns)]
    return list(dict.fromkeys(words for words in lists if words and not _inline(words)))


def _stamp(book: Any, scheme: Scheme, example: bool) -> None:
    """Add the hidden sheet that names the scheme and holds the long lists of choices."""
    from openpyxl.packaging.custom import StringProperty

    page = book.create_sheet(STAMP_SHEET)
    page.sheet_state = "veryHidden"
    stamp = {"scheme": scheme.id, "version": scheme.version, "hash": scheme.hash, **({EXAMPLE: "是"} if example else {})}
    for row, (key, value) in enumerate(stamp.items(), 1):
        page.cell(row, 1, key)
        page.cell(row, 2, value).number_format = "@"
        book.custom_doc_props.append(StringProperty(name=f"wuhao.{key}", value=value))
    for row, indicator in enumerate(scheme.indicators, 1):
        page.cell(row, 4, indicator.id).number_format = "@"
    for at, words in enumerate(_long_lists(scheme), FIRST_LIST + 1):
        for row, word in enumerate(words, 1):
            page.cell(row, at, word).data_type = "s"
    book.active = 0
