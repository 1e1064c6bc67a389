"""The cover of 汇总表.xlsx: what was asked for, what matters, and what stands on which sheet; and how the sheets of a group are told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wuhao_report.aggregate.outputs.lead import lead
from wuhao_report.aggregate.outputs.table.sheets import A4, LINE, SheetWriter, sheet_name
from wuhao_report.aggregate.overview import Group, Overview
from wuhao_report.aggregate.roster.model import NO_CAMPAIGN
from wuhao_report.core.text import chinese_date, clean
from wuhao_report.files.provenance import TABLE_NAME
from wuhao_report.files.workbook_style import text_lines

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

COVER = "封面"
NAME_WIDTH, ABOUT_WIDTH = 30, 96
LONGEST_TITLE = "单位人数与人次"
"""The longest name of a sheet of a group, after which its scheme and stage stand."""
MOST_STAGE = 10
OPEN = " “‘（(《〈"
"""What no name ends with when it is cut."""


def endings(groups: Sequence[Group]) -> list[str]:
    """Return for each group what stands behind the names of its sheets: nothing where it is alone, else its scheme and stage."""
    if len(groups) < 2:
        return ["" for _ in groups]
    schemes = {group.scheme for group in groups}
    room = len(sheet_name("甲" * 100)) - len(LONGEST_TITLE) - len("（）")
    found: list[str] = []
    for number, group in enumerate(groups, 1):
        stage = group.stage[:MOST_STAGE]
        title = sheet_name(group.scheme_title)[: room - len(stage) - 1].rstrip(OPEN) + " " if len(schemes) > 1 else ""
        own = f"（{sheet_name(title + stage)}）"
        # For Excel two names that differ in capitals alone are one.
        same = own.casefold() in (other.casefold() for other in found)
        found.append(f"（{number} {sheet_name(stage)}）" if same else own)
    return found


def open_cover(book: Workbook) -> Worksheet:
    """Return the first sheet, which is written last."""
    return book.add_worksheet(COVER)


def write_cover(writer: SheetWriter, sheet: Worksheet, overview: Overview, name: str) -> None:
    """Write the cover; `name` is that of the folder."""
    formats = writer.formats
    sheet.set_column(0, 0, NAME_WIDTH)
    sheet.set_column(1, 1, ABOUT_WIDTH)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 1)
    sheet.set_row(0, 34)
    sheet.merge_range(0, 0, 0, 1, clean(f"{name}{TABLE_NAME}"), formats["title"])
    row = 1
    for word, text in _facts(overview):
        row += 1
        _line(writer, sheet, row, word, text)
    row += 2
    for at, header in enumerate(("目录（点名称跳到那一页）", "内容")):
        sheet.write_string(row, at, header, formats["header"])
    for title, about in writer.contents:
        row += 1
        _line(writer, sheet, row, "", about)
        sheet.write_url(row, 0, f"internal:'{title}'!A1", formats["link"], title)


def _line(writer: SheetWriter, sheet: Worksheet, row: int, word: str, text: str) -> None:
    sheet.set_row(row, LINE * max(1, text_lines(text, ABOUT_WIDTH)) + 3)
    sheet.write_string(row, 0, clean(word), writer.formats["text"])
    sheet.write_string(row, 1, clean(text), writer.formats["text"])


def _facts(overview: Overview) -> Iterator[tuple[str, str]]:
    """Yield what the campaign says, and of each group what matters."""
    campaign = overview.roster.campaign if overview.roster else NO_CAMPAIGN
    due = chinese_date(campaign.due) if campaign.due else ""
    said = {"报送": campaign.name, "发文单位": campaign.issuer, "主送机关": campaign.recipients, "截止日期": due}
    yield from ((word, text) for word, text in said.items() if text)
    for group in overview.groups:
        yield f"{group.scheme_title}　{group.stage}", "".join(lead(overview, group))
    days = [group.totals.last_day for group in overview.groups]
    if days:
        yield "最晚的填报日期", chinese_date(max(days))
