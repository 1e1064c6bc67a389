"""The sheets in front of a marked copy: what to mend, and what is still to be done, each row with a link to its cell.

They are written inside somebody's package, with its styles and links, part by part; files/listing.py writes workbooks of our own by
XlsxWriter, which reads none, and adds lists to them by openpyxl, which would drop what it does not know of somebody's. So the two stay apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from wuhao_report.core.catalogue import Level
from wuhao_report.core.cell_reference import cell_name
from wuhao_report.core.grouping import grouped
from wuhao_report.core.problems import At, Problem
from wuhao_report.core.text import LONGEST_CELL
from wuhao_report.files.office import WORKBOOK, child, tree_bytes
from wuhao_report.files.workbook_style import text_lines
from wuhao_report.report.checklist import PROBLEM_COLUMNS, problem_row
from wuhao_report.report.chinese_style import due_text
from wuhao_report.report.tasks import Task
from wuhao_report.tools.marked_copy.parts import MEDIA, SPACE, Parts, free_name, needed, relationship_namespace
from wuhao_report.tools.marked_copy.styles import Styles

LIST = "问题清单"
GAPS = "还差什么"
GAP_COLUMNS = (("序号", 6), ("指标", 28), ("还要做什么", 56), ("最短的办法", 56), ("最后日期", 26), ("单元格", 20))
LEVEL_COLUMN, LINKED = 1, "单元格"
"""The column that a level colours, and the one that leads to the cell."""
MOST_LINES = 20


@dataclass(frozen=True)
class _Row:
    """One row of a list: its texts, the level that colours it, the cell it leads to."""

    texts: tuple[str, ...]
    level: Level | None = None
    at: At | None = None


@dataclass(frozen=True)
class _List:
    """One list: its title, its columns and their widths, the line above them, its rows."""

    title: str
    columns: Sequence[tuple[str, int]]
    lead: str
    rows: Sequence[_Row]


def add_lists(
    parts: Parts, problems: Sequence[Problem], tasks: Sequence[Task], sheets: Mapping[str, str], styles: Styles
) -> None:
    """Put the lists before the sheets of a workbook; `sheets` are its own by name, which links lead to. Raises NotMarkable."""
    lists = [_problem_list(problems), *([_task_list(tasks)] if tasks else [])]
    book = parts.open(WORKBOOK)
    for at, one in enumerate(lists):
        _add_sheet(parts, needed(book, "sheets"), at, one, sheets, _Page(parts, one, styles, sheets).part())
    _shift_sheet_numbers(book, len(lists))


def _problem_list(problems: Sequence[Problem]) -> _List:
    lead = f"共 {len(problems)} 处，点“单元格”一栏可以跳到那一格；请在原来的工作簿里改，改好后再检查一次。"
    groups = enumerate(grouped(problems), 1)
    rows = [_Row(problem_row(number, group), group.first.level, group.first.at) for number, group in groups]
    return _List(LIST, PROBLEM_COLUMNS, lead, rows)


def _task_list(tasks: Sequence[Task]) -> _List:
    lead = "按指标的规则倒算出来的最短的办法；点“单元格”一栏可以跳到要补填的地方。"
    return _List(GAPS, GAP_COLUMNS, lead, [_task_row(number, task) for number, task in enumerate(tasks, 1)])


def _task_row(number: int, task: Task) -> _Row:
    at = task.way.places[0] if task.way.places else None
    name = f"{task.result.indicator.id} {task.result.indicator.title}"
    due = due_text(task.due) if task.possible else "已不可补"
    return _Row((str(number), name, task.text, task.where, due, str(at) if at else ""), None, at)


def _add_sheet(parts: Parts, listing: Any, at: int, one: _List, sheets: Mapping[str, str], page: bytes) -> None:
    """Put a sheet into the workbook's list of them."""
    title = free_name((one.title, *(f"{one.title}{number}" for number in range(2, 100))), sheets.__contains__)
    path = free_name((f"xl/worksheets/wuhaoList{number}.xml" for number in range(1, 100)), parts.has)
    parts.add(path, page, f"{MEDIA}.worksheet+xml")
    sheet = etree.Element(parts.tag("sheet"), name=title, sheetId=str(1 + max(int(one.get("sheetId")) for one in listing)))
    sheet.set(f"{{{relationship_namespace(parts.open(WORKBOOK))}}}id", parts.link(WORKBOOK, path, "worksheet"))
    listing.insert(at, sheet)


def _shift_sheet_numbers(book: Any, by: int) -> None:
    """Let what names a sheet by its number name the same sheet as before."""
    for name in _children(book, "definedNames"):
        if name.get("localSheetId"):
            name.set("localSheetId", str(int(name.get("localSheetId")) + by))
    for view in _children(book, "bookViews"):
        for key in ("activeTab", "firstSheet"):
            if view.get(key) or key == "activeTab":
                view.set(key, str(int(view.get(key, "0")) + by))


def _children(element: Any, name: str) -> Iterable[Any]:
    parent = child(element, name)
    return () if parent is None else tuple(parent)


class _Page:
    """The part of one list: a line above, headers, rows, links."""

    def __init__(self, parts: Parts, one: _List, styles: Styles, sheets: Mapping[str, str]) -> None:
        self.parts, self.list, self.styles, self.sheets = parts, one, styles, sheets
        self.widths = [width for _, width in one.columns]
        self.linked = [name for name, _ in one.columns].index(LINKED)

    def part(self) -> bytes:
        """Return the XML of the sheet."""
        element = self.parts.element
        namespaces: Any = {None: self.parts.namespace}
        page = etree.Element(self.parts.tag("worksheet"), nsmap=namespaces)
        element(element(page, "sheetPr"), "pageSetUpPr", fitToPage="1")
        view = element(element(page, "sheetViews"), "sheetView", workbookViewId="0")
        element(view, "pane", ySplit="2", topLeftCell="A3", activePane="bottomLeft", state="frozen")
        columns = element(page, "cols")
        for number, width in enumerate(self.widths, 1):
            element(columns, "col", min=str(number), max=str(number), width=str(width), customWidth="1")
        self._fill(element(page, "sheetData"))
        element(element(page, "mergeCells", count="1"), "mergeCell", ref=f"A1:{cell_name(1, len(self.widths) - 1)}")
        if links := list(self._links()):
            listed = element(page, "hyperlinks")
            for where, target in links:
                element(listed, "hyperlink", ref=where, location=target, display=target)
        element(page, "pageSetup", paperSize="9", orientation="landscape", fitToHeight="0")
        return tree_bytes(page)

    def _fill(self, data: Any) -> None:
        self._row(data, 1, [self.list.lead], [self.styles.lead])
        self._row(data, 2, [name for name, _ in self.list.columns], [self.styles.bold] * len(self.widths))
        for number, row in enumerate(self.list.rows, 3):
            looks = [self.styles.plain] * len(self.widths)
            if row.level is not None:
                looks[LEVEL_COLUMN] = self.styles.level(row.level)
            if self._target(row):
                looks[self.linked] = self.styles.link
            self._row(data, number, row.texts, looks)

    def _target(self, row: _Row) -> str:
        """Where a row leads to, as Excel writes it; nothing where there is no such cell."""
        if row.at is None or not row.at.cell or row.at.sheet not in self.sheets:
            return ""
        quoted = (row.at.sheet or "").replace("'", "''")
        return f"'{quoted}'!{row.at.cell}"

    def _links(self) -> Iterator[tuple[str, str]]:
        for number, row in enumerate(self.list.rows, 3):
            if target := self._target(row):
                yield cell_name(number, self.linked), target

    def _row(self, data: Any, number: int, texts: Sequence[str], looks: Sequence[int]) -> None:
        lines = max(map(text_lines, texts, self.widths)) if len(texts) > 1 else 1
        row = self.parts.element(data, "row", r=str(number), ht=str(16 * min(lines, MOST_LINES) + 4), customHeight="1")
        for at, (text, look) in enumerate(zip(texts, looks, strict=True)):
            cell = self.parts.element(row, "c", r=cell_name(number, at), s=str(look), t="inlineStr")
            value = self.parts.element(self.parts.element(cell, "is"), "t")
            value.text = text[:LONGEST_CELL]
            value.set(SPACE, "preserve")
