"""汇总表.xlsx: an aggregate as a workbook to circulate; totals are live formulas, and no text of anybody's is one.

Written row by row to a file, so that memory does not grow with the committees; what is longer than a sheet can be goes on in another.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from wuhao_report import __version__
from wuhao_report.aggregate.totals import COUNTED, Group, Rollup, Row, Tally
from wuhao_report.core.cell_reference import column_letters
from wuhao_report.core.cells import clean
from wuhao_report.core.periods import in_time
from wuhao_report.files.provenance import TABLE_NAME, TABLE_SHEET, copy_with_provenance
from wuhao_report.report.json_form import TOOL

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MOMENT = "2020-01-01T00:00:00Z"
LONGEST = 30_000
LINE, MOST_LINES = 15, 12
"""The height of a line of text in points; a row is never higher than so many lines."""
A3, A4, WIDE = 8, 9, 170
"""Sheets that are wider than so many characters are printed on A3, or nobody could read them."""
HEAD = 2
"""The 0-based row of the headers: a title and a line of explanation stand above."""
MOST_ROWS = 1_000_000
"""Of one sheet; Excel has room for 1,048,576."""
MOST_DETAILED = 100_000
"""Of more committees the details, some thirty rows each, make a file that Excel does not open."""
PAST = [("上次总评", 9, "text"), ("上次总分", 9, "number"), ("升降", 8, "number"), ("为什么变了", 52, "text")]
ASKED = [at for at, status in enumerate(COUNTED) if status not in ("不适用", "待评定")]
Value = str | int | float | Fraction | date | None
Columns = Sequence[tuple[str, int, str]]


class _Formula(str):
    """A formula of ours; its result goes beside it."""

    result: float

    def __new__(cls, text: str, result: float) -> _Formula:
        made = super().__new__(cls, text)
        made.result = result
        return made


def write_table(rollup: Rollup, name: str, stream: IO[bytes], most: int = MOST_ROWS) -> None:
    """Write the table; `name` is that of the folder, `most` how many rows of data a sheet may have."""
    import xlsxwriter

    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "table.xlsx")
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": place, "strings_to_formulas": False, "strings_to_urls": False,
                                               "strings_to_numbers": False})
        pages = _Pages(book, most)
        many = len(rollup.groups) > 1
        for number, group in enumerate(rollup.groups, 1):
            _write_group(pages, rollup, group, f"（{number}）" if many else "")
        _missing(pages, rollup)
        _problems(pages, rollup)
        book.set_properties({"title": f"{name}{TABLE_NAME}", "author": TOOL, "created": _moment()})
        book.close()
        copy_with_provenance(path, stream, {"wuhao.tool": f"{TOOL} {__version__}"}, f"{name}{TABLE_NAME}", TOOL, MOMENT)


def _write_group(pages: _Pages, rollup: Rollup, group: Group, end: str) -> None:
    about = f"{group.scheme_title}　{group.stage}　{group.totals.size} 个单位"
    overview = _overview(pages, group, "总表" + end, about)
    _indicators(pages, group, "指标达标" + end, about)
    _losses(pages, group, "失分统计" + end, about)
    _kinds(pages, rollup, group, "分类统计" + end, about)
    _figures(pages, group, "人数与人次" + end, about)
    few = group.totals.size <= MOST_DETAILED
    details = pages.open("逐项明细" + end, about + (
        "　一个单位的一项指标一行，可以筛选" if few else f"　单位超过 {MOST_DETAILED} 个，Excel 打不开这么长的明细；请单独汇总某一个上级的文件夹，或用 --json 读取"),
        DETAILS, colored=[3])
    line = _line(rollup, group)
    for row in group.rows():
        overview.add(line(row))
        for item in row.found.indicators if few else ():
            details.add([row.unit, item.id, item.title, item.status, item.score, item.full, item.told, "、".join(item.cells)])
    overview.close()
    details.close()


def _moment() -> Any:
    from datetime import datetime

    return datetime.fromisoformat(MOMENT.replace("Z", ""))


class _Pages:
    """Opens pages that look alike."""

    def __init__(self, book: Workbook, most: int) -> None:
        self.book, self.most = book, most
        plain = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
        ruled = {**plain, "border": 1, "border_color": "#BFBFBF"}
        bold = {**ruled, "bold": True, "bg_color": "#F2F2F2"}
        self.formats = {
            "title": book.add_format({**plain, "bold": True, "font_size": 16, "align": "center"}), "about": book.add_format({**plain, "font_color": "#595959"}),
            "head": book.add_format({**ruled, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#DCE6F1"}),
            "text": book.add_format({**ruled, "text_wrap": True}), "date": book.add_format({**ruled, "num_format": "yyyy-mm-dd", "align": "center"}), "total": book.add_format(bold),
        }
        for kind, look in (("number", "0.00"), ("count", "0"), ("rate", "0.0%"), ("plain", "General")):
            self.formats[kind] = book.add_format({**ruled, "num_format": look})
            self.formats[f"total {kind}"] = book.add_format({**bold, "num_format": look})
        self.colors = {status: book.add_format({"bg_color": color}) for status, color in (
            ("达标", "#D9EAD3"), ("未达标", "#F4CCCC"), ("缺数据", "#FFF2CC"), ("进行中", "#DDEBF7"))}

    def open(self, title: str, about: str, columns: Columns, totals: Sequence[str] = (), colored: Sequence[int] = ()) -> _Page:
        """A page; a column is its header, its width and its kind (text, number, count, rate, date), and in the last line sum, mean or a text."""
        return _Page(self, title, about, columns, totals, colored)

    def page(self, title: str, about: str, columns: Columns, rows: Iterable[Sequence[Value]], totals: Sequence[str] = ()) -> _Page:
        """A whole page at once."""
        page = self.open(title, about, columns, totals)
        for row in rows:
            page.add(row)
        page.close()
        return page


class _Page:
    """A title, a line about it, headers, rows as they come, a line of totals; ready to print. Too many rows go on in another sheet."""

    def __init__(self, pages: _Pages, title: str, about: str, columns: Columns, totals: Sequence[str], colored: Sequence[int]) -> None:
        self.pages, self.title, self.about, self.columns, self.totals, self.colored = pages, title, about, columns, totals, colored
        self.spans: list[tuple[str, int]] = []
        self.rows = 0
        self._sums = [Fraction(0)] * len(columns)
        self._known = [0] * len(columns)
        self.sheet = self._begin()

    def _begin(self) -> Worksheet:
        name = self.title + (f"（续{len(self.spans)}）" if self.spans else "")
        sheet = self.pages.book.add_worksheet(name[:31])
        self.spans.append((name[:31], 0))
        self.rows = 0
        formats, last = self.pages.formats, len(self.columns) - 1
        for at, (_, width, _) in enumerate(self.columns):
            sheet.set_column(at, at, width)
        sheet.set_row(0, 28)
        sheet.merge_range(0, 0, 0, max(1, last), name, formats["title"])
        sheet.write_string(1, 0, clean(self.about), formats["about"])
        sheet.set_row(HEAD, 34)
        for at, (header, _, _) in enumerate(self.columns):
            sheet.write_string(HEAD, at, header, formats["head"])
        sheet.freeze_panes(HEAD + 1, 2 if last > 3 else 0)
        sheet.set_landscape()
        sheet.set_paper(A3 if sum(width for _, width, _ in self.columns) > WIDE else A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, HEAD)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        return sheet

    def add(self, row: Sequence[Value]) -> None:
        """The next row."""
        if self.rows == self.pages.most:
            self._end()
            self.sheet = self._begin()
        self.rows += 1
        lines = max(_lines(value, self.columns[at][1]) for at, value in enumerate(row))
        if lines > 1:
            self.sheet.set_row(HEAD + self.rows, LINE * min(lines, MOST_LINES))
        for at, value in enumerate(row):
            self._put(HEAD + self.rows, at, value)
            if isinstance(value, int | float | Fraction):
                self._sums[at] += Fraction(value)
                self._known[at] += 1
        self.spans[-1] = self.spans[-1][0], self.rows

    def close(self) -> None:
        """The line of totals."""
        self._end()
        for at, kind in enumerate(self.totals):
            self._put(HEAD + 1 + self.rows, at, self._total(at, kind), "total ")

    def last(self, row: Sequence[Value]) -> None:
        """A line of totals of its own making."""
        for at, value in enumerate(row):
            self._put(HEAD + 1 + self.rows, at, value, "total ")

    def _end(self) -> None:
        last = HEAD + max(1, self.rows)
        for at in self.colored:
            for status, look in self.pages.colors.items():
                self.sheet.conditional_format(HEAD + 1, at, last, at, {"type": "cell", "criteria": "==", "value": f'"{status}"', "format": look})
        if self.rows:
            self.sheet.autofilter(HEAD, 0, HEAD + self.rows, len(self.columns) - 1)

    def total(self, at: int, kind: str = "sum") -> Value:
        """A live sum or mean of a column, over all its sheets, with what it comes to."""
        return self._total(at, kind)

    def _total(self, at: int, kind: str) -> Value:
        if kind not in ("sum", "mean"):
            return kind
        letters = column_letters(at)
        here = self.spans[-1][0]
        cells = ",".join(("" if name == here else f"'{name}'!") + f"{letters}{HEAD + 2}:{letters}{HEAD + 1 + rows}" for name, rows in self.spans if rows)
        if kind == "sum":
            return _Formula(f"SUM({cells})", float(self._sums[at])) if cells else 0
        return _Formula(f'IFERROR(AVERAGE({cells}),"")', float(self._sums[at] / self._known[at])) if self._known[at] else ""

    def _put(self, row: int, column: int, value: Value, total: str = "") -> None:
        kind, formats = self.columns[column][2], self.pages.formats
        look = formats.get(total + kind) or formats["total" if total else kind]
        if isinstance(value, _Formula):
            self.sheet.write_formula(row, column, "=" + value, look, value.result)
        elif value is None or value == "":
            self.sheet.write_blank(row, column, None, look)
        elif isinstance(value, str):
            self.sheet.write_string(row, column, clean(value[:LONGEST]), formats["total"] if total else formats["text"])
        elif isinstance(value, date):
            self.sheet.write_datetime(row, column, value, look)
        else:
            self.sheet.write_number(row, column, float(value), look)


def _lines(value: Value, width: int) -> int:
    """How many lines a text takes in a column; a Chinese character is as wide as two others."""
    if not isinstance(value, str) or isinstance(value, _Formula) or 2 * len(value) <= width:
        return 1
    return -(-sum(2 if char > "\u2e7f" else 1 for char in value[:LONGEST]) // (width - 1))


def _rate(first: int, row: int, found: Tally) -> Value:
    """Those that reach ÷ those that are asked, from the counts in the same row, which begin in column `first`."""
    if not found.asked:
        return ""
    cells = "+".join(f"{column_letters(first + at)}{row + 1}" for at in ASKED)
    return _Formula(f"{column_letters(first)}{row + 1}/({cells})", found.met / found.asked)


def _overview(pages: _Pages, group: Group, title: str, about: str) -> _Page:
    found = group.totals
    past = PAST if found.moves else []
    columns = [("名次", 12, "text"), ("单位名称", 34, "text"), ("类别", 9, "text"), ("上级", 18, "text"), ("填报日期", 11, "date"), ("报送", 7, "text"),
               ("总评", 8, "text"), *((name, 11, "number") for _, name, _ in found.heads), ("总分", 9, "number"),
               *([("加分", 8, "number")] if found.bonus else []), *([("等次", 9, "text")] if found.grades else []), *past,
               ("错误", 7, "count"), ("提醒", 7, "count"), ("文件", 28, "text")]
    totals = ["合计", f"{found.size} 个单位，平均分", "", "", "", "", "", *["mean"] * (len(found.heads) + 1 + found.bonus), *([""] if found.grades else []),
              *(["", "mean", "mean", ""] if past else []), "sum", "sum", ""]
    return pages.open(title, about, columns, totals, colored=[6])


def _line(rollup: Rollup, group: Group) -> Any:
    """What makes the row of a committee in 总表."""
    totals = group.totals
    listed = rollup.roster is not None

    def line(row: Row) -> list[Value]:
        found, member = row.found, row.member
        points = {head.id: head.score for head in found.heads}
        place = "" if row.place is None else f"{row.place}（并列）" if row.tied else str(row.place)
        sent = "迟报" if row.late else "按期" if member and member.due else "名单外" if listed and member is None else ""
        return [place, row.unit, member.kind if member else "", member.parent if member else "", found.report_date, sent, found.status,
                *(points.get(name) for name, _, _ in totals.heads), found.score, *([found.bonus] if totals.bonus else []),
                *([found.grade or ""] if totals.grades else []), *(_past(row) if totals.moves else []), found.errors, found.warnings, found.file]
    return line


def _past(row: Row) -> list[Value]:
    before = row.earlier
    return ["", None, None, ""] if before is None else [before.status, before.score, before.change, row.why]


def _tallies(pages: _Pages, title: str, about: str, lead: Columns, rows: Iterable[tuple[Sequence[Value], Tally]]) -> _Page:
    """Rows of statuses with a rate that is a formula."""
    first = len(lead)
    columns = [*lead, *((status, 9, "count") for status in COUNTED), ("达标率", 10, "rate")]
    return pages.page(title, about, columns, ([*texts, *(found.counts[status] for status in COUNTED), _rate(first, HEAD + number, found)]
                                              for number, (texts, found) in enumerate(rows, 1)))


def _indicators(pages: _Pages, group: Group, title: str, about: str) -> None:
    heads = {name: text for name, text, _ in group.totals.heads}
    lead = (("编号", 9, "text"), ("指标", 30, "text"), ("方面", 24, "text"))
    page = _tallies(pages, title, about + "　达标率＝达标÷（达标＋未达标＋缺数据＋进行中）", lead,
                    (((item.id, item.title, heads.get(item.head, "")), item.tally) for item in group.totals.indicators))
    first = len(lead)
    whole = Tally({status: sum(item.tally.counts[status] for item in group.totals.indicators) for status in COUNTED})
    page.last(["合计", *[""] * (first - 1), *(page.total(first + at) for at in range(len(COUNTED))), _rate(first, HEAD + 1 + page.rows, whole)])
    rate = first + len(COUNTED)
    page.sheet.conditional_format(HEAD + 1, rate, HEAD + max(1, page.rows), rate, {
        "type": "data_bar", "bar_color": "#9DC3E6", "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1})


def _kinds(pages: _Pages, rollup: Rollup, group: Group, title: str, about: str) -> None:
    """By kind, by the committee directly above, by all above at any depth, then by head."""
    found = group.totals
    rows: list[tuple[Sequence[Value], Tally]] = []
    for label, own in (("类别", found.kinds), ("上级", found.parents)):
        rows += [((label, name or "（未注明）", one.size), one) for name, one in own.items() if name or len(own) > 1]
    at = rollup.groups.index(group)
    deep = [(level.parent, level.tallies[at]) for level in rollup.levels if level.tallies[at].size]
    rows += [(("上级及其以下", name, one.size), one) for name, one in deep if one != found.parents.get(name)]
    rows += [(("方面", text, found.size), one) for _, text, one in found.heads]
    lead = (("按什么分", 14, "text"), ("名称", 34, "text"), ("单位数", 9, "count"))
    _tallies(pages, title, about + "　各类互有交叉，不相加", lead, rows)


def _losses(pages: _Pages, group: Group, title: str, about: str) -> None:
    """What is missed most, most committees first; and a chart of the first ten."""
    found = sorted((item for item in group.totals.indicators if item.tally.lacking or item.lost), key=lambda item: (-item.tally.lacking, -item.lost, item.id))
    columns = (("编号", 9, "text"), ("指标", 30, "text"), ("未达标和缺数据单位数", 13, "count"), ("未达标", 9, "count"), ("缺数据", 9, "count"), ("失分合计", 11, "number"),
               ("单位", 80, "text"))
    page = pages.page(title, about + "　先列单位最多的", columns, (
        [item.id, item.title, item.tally.lacking, item.tally.counts["未达标"], item.tally.counts["缺数据"], item.lost,
         "、".join(item.losers) + ("等" if item.tally.lacking > len(item.losers) else "")] for item in found), ("合计", "", *["sum"] * 4, ""))
    if found:
        most = min(10, len(found))
        name = page.spans[0][0].replace("'", "''")
        chart = pages.book.add_chart({"type": "bar"})
        chart.add_series({"name": "单位数", "categories": f"='{name}'!$B${HEAD + 2}:$B${HEAD + 1 + most}", "values": f"='{name}'!$C${HEAD + 2}:$C${HEAD + 1 + most}",
                          "fill": {"color": "#2F75B5"}, "data_labels": {"value": True}, "gap": 60})
        chart.set_title({"name": "失分最多的指标（单位数）", "name_font": {"size": 12}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
        chart.set_size({"width": 760, "height": 120 + 28 * most})
        page.sheet.insert_chart(HEAD + 4 + len(found), 1, chart)


def _figures(pages: _Pages, group: Group, title: str, about: str) -> None:
    labels = sorted({label for item in group.totals.figures for label, _, _ in item.values}, key=lambda label: (in_time(label), label))
    columns = (("项目", 30, "text"), ("单位", 8, "text"), *((label, 12, "plain") for label in labels))
    rows: list[list[Value]] = []
    for item in group.totals.figures:
        values = {label: total for label, total, known in item.values if known}
        rows.append([item.title, item.unit, *(values.get(label) for label in labels)])
    pages.page(title, about + "　各单位相加；人数与人次分列，不相加", columns, rows)


DETAILS: Columns = (("单位名称", 32, "text"), ("编号", 9, "text"), ("指标", 28, "text"), ("结果", 9, "text"), ("得分", 9, "number"), ("满分", 9, "number"),
                    ("完成情况", 70, "text"), ("依据所在", 50, "text"))


def _missing(pages: _Pages, rollup: Rollup) -> None:
    if rollup.roster is None:
        return
    lists = rollup.lists

    def rows() -> Iterator[Sequence[Value]]:
        yield from (["未报", member.unit, member.kind, member.parent, member.due, ""] for member in rollup.missing)
        yield from (["待定", member.unit, member.kind, member.parent, member.due, "同一天有几份不同的工作簿，请指定以哪一份为准"] for member in rollup.unsettled)
        yield from (["迟报", item.unit, item.member.kind, item.member.parent, item.member.due, f"填报日期 {item.report_date.isoformat()}"] for item in lists.late())
        yield from (["排除", member.unit, member.kind, member.parent, member.due, _reason(why.reason, why.person, why.day)] for member, why in rollup.excluded)
        yield from (["名单外", one.unit, "", "", None, f"最接近的单位：{one.near}" if one.near else "名单上没有相近的单位"] for one in lists.strangers())

    expected = len(rollup.roster.members)
    about = f"名单 {expected} 个单位：已报 {len(rollup.received)}，未报 {len(rollup.missing)}，待定 {len(rollup.unsettled)}，排除 {len(rollup.excluded)}"
    pages.page("未报名单", about, (("情况", 9, "text"), ("单位名称", 36, "text"), ("类别", 14, "text"), ("上级", 26, "text"), ("截止日期", 13, "date"), ("说明", 60, "text")),
               rows())


def _reason(reason: str, person: str, day: date | None = None) -> str:
    told = "，".join(text for text in (person, day.isoformat() if day else "") if text)
    return reason + (f"（{told}）" if told else "")


def _problems(pages: _Pages, rollup: Rollup) -> None:
    files, lists = rollup.files, rollup.lists
    rows: Iterable[Sequence[Value]] = chain(
        (["不能汇总", item.file, "", item.message] for item in lists.failed()),
        (["不能确定" if one.kept is None else "重复报送", one.file, one.unit, one.told] for one in lists.superseded()),
        (["排除", left.file, left.unit, _reason(left.reason, left.person)] for left in lists.left()),
        (["跳过", other.file, "", other.reason] for other in lists.skipped()))
    about = f"共 {files.all} 个文件：计入 {files.counted}，重复 {files.superseded}，排除 {files.left}，不能汇总 {files.failed}，跳过 {files.skipped}"
    pages.page(TABLE_SHEET, about, (("情况", 11, "text"), ("文件", 50, "text"), ("单位", 32, "text"), ("说明", 80, "text")), rows)
