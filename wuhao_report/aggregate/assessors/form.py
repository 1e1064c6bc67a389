"""The 考评表 of a committee: its indicators with its own results, and empty cells for the assessor's score and reason."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from wuhao_report import __version__
from wuhao_report.aggregate.overview import Group, Overview
from wuhao_report.aggregate.records.model import IndicatorRecord
from wuhao_report.aggregate.rows import Row
from wuhao_report.core.text import LONGEST_CELL, clean
from wuhao_report.files.office import unpack
from wuhao_report.files.outputs import Output, never
from wuhao_report.files.paths import safe_name
from wuhao_report.files.provenance import FORM_NAME, FORM_SHEET, with_provenance
from wuhao_report.files.workbook_style import CELL_FORMAT, HEADER_FORMAT, TEXT_FORMAT, text_lines
from wuhao_report.report.json_form import TOOL

FOLDER = "考评"
UNIT, PARENT, SCHEME, TITLE, STAGE, ASSESSOR, DAY = "单位名称", "上级", "方案编号", "指标体系", "报告阶段", "考评人", "考评日期"
ID, SCORE, REASON, SUM = "编号", "考评分", "扣分理由", "合计"
COLUMNS = (
    (ID, 12),
    ("项目", 30),
    ("满分", 8),
    ("自评结果", 10),
    ("自评分", 9),
    ("完成情况", 46),
    ("依据所在", 26),
    (SCORE, 10),
    (REASON, 34),
)
HINT = "只填浅黄色的格：考评人、考评日期、考评分、扣分理由。没有考评的项空着；没有得满分的要写扣分理由。一位考评人交一份，文件名可以加上姓名。"
FULL_AT, SCORE_AT = 2, 7
WANTED_FILL = "#FFF8DC"
MOMENT = "2020-01-01T00:00:00Z"
HEIGHT, MOST_LINES = 16, 8


def forms(overview: Overview) -> Iterator[tuple[str, Output]]:
    """Yield for every committee that has points the name of the committee above it, and its form; a form that is there stays."""
    for group in overview.groups:
        for row in group.rows():
            if any(item.full is not None for item in row.record.indicators):
                name = safe_name(f"{row.unit}{FORM_NAME}", ".xlsx")
                yield (row.member.parent if row.member else ""), Output("assessment form", name, form(row, group), never)


def form(row: Row, group: Group) -> bytes:
    """Return the bytes of the form of a committee."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": datetime.fromisoformat(MOMENT.replace("Z", ""))})
    page = book.add_worksheet(FORM_SHEET)
    looks = _looks(book)
    for at, (_, width) in enumerate(COLUMNS):
        page.set_column(at, at, width)
    page.merge_range(0, 0, 0, len(COLUMNS) - 1, clean(f"{row.unit}{FORM_NAME}"), looks["title"])
    page.merge_range(1, 0, 1, len(COLUMNS) - 1, HINT, looks["text"])
    page.set_row(1, 34)
    header = _write_facts(page, looks, row, group)
    for at, (name, _) in enumerate(COLUMNS):
        page.write_string(header, at, name, looks["header"])
    items = [item for item in row.record.indicators if item.full is not None]
    for number, item in enumerate(items, header + 1):
        _write_item(page, looks, number, item)
    _write_sums(page, looks, header + 1, header + len(items))
    _set_up(page, header)
    book.close()
    properties = {"wuhao.tool": f"{TOOL} {__version__}"}
    return with_provenance(unpack(buffer.getvalue()), properties, f"{row.unit}{FORM_NAME}", TOOL, MOMENT)


def _looks(book: Any) -> dict[str, Any]:
    wanted = {**CELL_FORMAT, "bg_color": WANTED_FILL, "locked": False, "text_wrap": True}
    return {
        "title": book.add_format({**TEXT_FORMAT, "bold": True, "font_size": 16, "align": "center"}),
        "text": book.add_format({**TEXT_FORMAT, "text_wrap": True}),
        "header": book.add_format(dict(HEADER_FORMAT)),
        "cell": book.add_format({**CELL_FORMAT, "text_wrap": True}),
        "number": book.add_format({**CELL_FORMAT, "num_format": "0.00"}),
        "wanted": book.add_format({**wanted, "num_format": "@"}),
        "score": book.add_format({**wanted, "num_format": "0.00"}),
    }


def _write_facts(page: Any, looks: dict[str, Any], row: Row, group: Group) -> int:
    """Write what tells the form from others, and who fills it in; return the row of the headers."""
    facts = {
        **{UNIT: row.unit, PARENT: row.member.parent if row.member else "", TITLE: group.scheme_title},
        **{SCHEME: group.scheme, STAGE: group.stage, ASSESSOR: "", DAY: ""},
    }
    for number, (name, text) in enumerate(facts.items(), 2):
        page.write_string(number, 0, name, looks["header"])
        page.merge_range(number, 1, number, 3, clean(text), looks["wanted" if name in (ASSESSOR, DAY) else "cell"])
    return 3 + len(facts)


def _write_item(page: Any, looks: dict[str, Any], number: int, item: IndicatorRecord) -> None:
    texts = {0: item.id, 1: item.title, 3: item.status, 5: item.progress, 6: "、".join(item.cells)}
    for at, text in texts.items():
        page.write_string(number, at, clean(text[:LONGEST_CELL]), looks["cell"])
    full = float(item.full or 0)
    page.write_number(number, FULL_AT, full, looks["number"])
    if item.score is None:
        page.write_blank(number, 4, None, looks["number"])
    else:
        page.write_number(number, 4, float(item.score), looks["number"])
    page.write_blank(number, SCORE_AT, None, looks["score"])
    page.write_blank(number, SCORE_AT + 1, None, looks["wanted"])
    lines = max(text_lines(text, COLUMNS[at][1]) for at, text in texts.items())
    page.set_row(number, HEIGHT * min(MOST_LINES, lines) + 2)
    rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": full, "ignore_blank": True}
    page.data_validation(
        number, SCORE_AT, number, SCORE_AT, {**rule, "error_title": SCORE, "error_message": f"请填 0 至 {full:g} 之间的分数。"}
    )


def _write_sums(page: Any, looks: dict[str, Any], first: int, last: int) -> None:
    page.write_string(last + 1, 0, SUM, looks["header"])
    for at, letter in ((FULL_AT, "C"), (4, "E"), (SCORE_AT, "H")):
        page.write_formula(last + 1, at, f"=SUM({letter}{first + 1}:{letter}{last + 1})", looks["number"])


def _set_up(page: Any, header: int) -> None:
    page.protect("", {"format_rows": True, "format_columns": True})
    page.freeze_panes(header + 1, 2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(header)
    page.set_footer("&C第 &P 页，共 &N 页")
