"""汇总表.xlsx: an aggregate as a workbook to circulate; totals are live formulas, and no text of anybody's is one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from wuhao_report import __version__
from wuhao_report.cells import clean
from wuhao_report.files import unpack
from wuhao_report.problems import column_letters
from wuhao_report.results import TOOL
from wuhao_report.rollup import COUNTED, Group, Rollup, Row
from wuhao_report.rollup_data import part_of
from wuhao_report.sealed import sealed

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MOMENT = "2020-01-01T00:00:00Z"
LONGEST = 30_000
HEAD = 2
"""The 0-based row of the headers: a title and a line of explanation stand above."""
PAST = [("上次总评", 9, "text"), ("上次总分", 9, "number"), ("升降", 8, "number"), ("为什么变了", 22, "text")]
SAFE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
Value = str | int | float | Fraction | date | None


class _Formula(str):
    """A formula of ours; its result goes beside it."""

    result: float

    def __new__(cls, text: str, result: float) -> _Formula:
        made = super().__new__(cls, text)
        made.result = result
        return made


def table(rollup: Rollup, name: str) -> bytes:
    """The bytes of the table; `name` is that of the folder."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    pages = _Pages(book)
    many = len(rollup.groups) > 1
    for number, group in enumerate(rollup.groups, 1):
        end = f"（{number}）" if many else ""
        about = f"{group.scheme_title}　{group.stage}　{len(group.rows)} 个单位"
        _overview(pages, group, "总表" + end, about)
        _indicators(pages, group, "指标达标" + end, about)
        _losses(pages, group, "失分统计" + end, about)
        _kinds(pages, group, "分类统计" + end, about)
        _figures(pages, group, "人数与人次" + end, about)
        _details(pages, group, "逐项明细" + end, about)
    _missing(pages, rollup)
    _problems(pages, rollup)
    book.set_properties({"title": f"{name}汇总表", "author": TOOL, "created": _moment()})
    book.close()
    return sealed(unpack(buffer.getvalue()), {"wuhao.tool": f"{TOOL} {__version__}"}, f"{name}汇总表", TOOL, MOMENT)


def _moment() -> Any:
    from datetime import datetime

    return datetime.fromisoformat(MOMENT.replace("Z", ""))


class _Pages:
    """Writes pages alike: a title, a line about it, headers, rows, a line of totals; ready to print."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        plain = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
        ruled = {**plain, "border": 1, "border_color": "#BFBFBF"}
        self.formats = {
            "title": book.add_format({**plain, "bold": True, "font_size": 16, "align": "center"}), "about": book.add_format({**plain, "font_color": "#595959"}),
            "head": book.add_format({**ruled, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#DCE6F1"}),
            "text": book.add_format({**ruled, "text_wrap": True}), "number": book.add_format({**ruled, "num_format": "0.00"}),
            "count": book.add_format({**ruled, "num_format": "0"}), "rate": book.add_format({**ruled, "num_format": "0.0%"}),
            "date": book.add_format({**ruled, "num_format": "yyyy-mm-dd"}), "total": book.add_format({**ruled, "bold": True, "bg_color": "#F2F2F2"}),
        }
        for kind in ("number", "count", "rate"):
            found = {"number": "0.00", "count": "0", "rate": "0.0%"}[kind]
            self.formats[f"total {kind}"] = book.add_format({**ruled, "bold": True, "bg_color": "#F2F2F2", "num_format": found})
        self.colors = {status: book.add_format({"bg_color": color}) for status, color in (
            ("达标", "#D9EAD3"), ("未达标", "#F4CCCC"), ("缺数据", "#FFF2CC"), ("进行中", "#DDEBF7"))}

    def page(self, title: str, about: str, columns: Sequence[tuple[str, int, str]], rows: Sequence[Sequence[Value]],
             totals: Sequence[Value] = (), colored: Sequence[int] = ()) -> Worksheet:
        """One page; a column is its header, its width and its kind (text, number, count, rate, date)."""
        page = self.book.add_worksheet(title[:31])
        last = len(columns) - 1
        page.merge_range(0, 0, 0, max(1, last), title, self.formats["title"])
        page.write_string(1, 0, clean(about), self.formats["about"])
        page.set_row(0, 28)
        page.set_row(HEAD, 34)
        for at, (header, width, _) in enumerate(columns):
            page.set_column(at, at, width)
            page.write_string(HEAD, at, header, self.formats["head"])
        for number, row in enumerate(rows, HEAD + 1):
            for at, value in enumerate(row):
                self._put(page, number, at, value, columns[at][2])
        for at, value in enumerate(totals):
            self._put(page, HEAD + 1 + len(rows), at, value, columns[at][2], "total ")
        for at in colored:
            for status, look in self.colors.items():
                page.conditional_format(HEAD + 1, at, HEAD + max(1, len(rows)), at, {"type": "cell", "criteria": "==", "value": f'"{status}"', "format": look})
        page.freeze_panes(HEAD + 1, 2 if last > 3 else 0)
        if rows:
            page.autofilter(HEAD, 0, HEAD + len(rows), last)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0, HEAD)
        page.set_footer("&C第 &P 页，共 &N 页")
        return page

    def _put(self, page: Worksheet, row: int, column: int, value: Value, kind: str, total: str = "") -> None:
        look = self.formats.get(total + kind) or self.formats["total" if total else kind]
        if isinstance(value, _Formula):
            page.write_formula(row, column, "=" + value, look, value.result)
        elif value is None or value == "":
            page.write_blank(row, column, None, look)
        elif isinstance(value, str):
            page.write_string(row, column, clean(value[:LONGEST]), self.formats["total"] if total else self.formats["text"])
        elif isinstance(value, date):
            page.write_datetime(row, column, value, look)
        else:
            page.write_number(row, column, float(value), look)


def _column(at: int, rows: int) -> str:
    letters = column_letters(at)
    return f"{letters}{HEAD + 2}:{letters}{HEAD + 1 + rows}"


def _sum(at: int, rows: Sequence[Sequence[Value]]) -> Value:
    """A live sum of a column, with what it comes to."""
    if not rows:
        return 0
    return _Formula(f"SUM({_column(at, len(rows))})", float(sum(_numbers(at, rows), Fraction(0))))


def _numbers(at: int, rows: Sequence[Sequence[Value]]) -> list[Fraction]:
    return [Fraction(value) for row in rows if isinstance(value := row[at], int | Fraction)]


def _mean(at: int, rows: Sequence[Sequence[Value]]) -> Value:
    known = _numbers(at, rows)
    return _Formula(f'IFERROR(AVERAGE({_column(at, len(rows))}),"")', float(sum(known, Fraction(0)) / len(known))) if known else ""


def _rate(met: int, asked: Sequence[int], row: int, values: tuple[int, int]) -> Value:
    """Those that reach ÷ those that are asked, from the totals of the same row."""
    top, bottom = values
    if not bottom:
        return ""
    cells = "+".join(f"{column_letters(at)}{row + 1}" for at in asked)
    return _Formula(f"{column_letters(met)}{row + 1}/({cells})", top / bottom)


def _overview(pages: _Pages, group: Group, title: str, about: str) -> None:
    heads = group.heads
    bonus = any(row.found.bonus is not None for row in group.rows)
    grades = any(row.found.grade for row in group.rows)
    past = any(row.earlier for row in group.rows)
    columns = [("名次", 7, "text"), ("单位名称", 34, "text"), ("类别", 9, "text"), ("上级", 18, "text"), ("填报日期", 11, "date"), ("报送", 7, "text"),
               ("总评", 8, "text"), *((name, 11, "number") for _, name, _ in heads), ("总分", 9, "number"),
               *([("加分", 8, "number")] if bonus else []), *([("等次", 9, "text")] if grades else []), *(PAST if past else []),
               ("错误", 7, "count"), ("提醒", 7, "count"), ("文件", 28, "text")]
    rows: list[list[Value]] = []
    listed = any(row.member for row in group.rows)
    for row in group.rows:
        found = row.found
        points = {head.id: head.score for head in found.heads}
        place = "" if row.place is None else f"{row.place}（并列）" if row.tied else str(row.place)
        sent = "迟报" if row.late else "按期" if row.member and row.member.due else "名单外" if listed and row.member is None else ""
        rows.append([place, row.unit, row.member.kind if row.member else "", row.member.parent if row.member else "", found.report_date,
                     sent, found.status,
                     *(points.get(name) for name, _, _ in heads), found.score, *([found.bonus] if bonus else []), *([found.grade or ""] if grades else []),
                     *(_past(row) if past else []), found.errors, found.warnings, found.file])
    first = 7
    count = len(heads) + 1 + bonus
    skip = grades + (len(PAST) if past else 0)
    tail: list[Value] = [*[""] * skip, _sum(first + count + skip, rows), _sum(first + count + skip + 1, rows), ""]
    totals: list[Value] = ["合计", f"{len(rows)} 个单位，平均分", "", "", "", "", "", *(_mean(first + at, rows) for at in range(count)), *tail]
    pages.page(title, about, columns, rows, totals, colored=[6])


def _past(row: Row) -> list[Value]:
    before = row.earlier
    if before is None:
        return ["", None, None, ""]
    return [before.status, before.score, row.change, row.why]


def _statuses(pages: _Pages, title: str, about: str, lead: Sequence[tuple[str, int, str]], rows: Sequence[tuple[Sequence[Value], Any]], words: str) -> None:
    """Rows of statuses with a rate that is a formula, and their sums."""
    first = len(lead)
    columns = [*lead, *((status, 9, "count") for status in COUNTED), ("达标率", 10, "rate")]
    asked = [first + at for at, status in enumerate(COUNTED) if status not in ("不适用", "待评定")]
    table_rows: list[list[Value]] = []
    for number, (texts, found) in enumerate(rows):
        counts = [found.counts[status] for status in COUNTED]
        table_rows.append([*texts, *counts, _rate(first, asked, HEAD + 1 + number, (found.met, found.asked))])
    last = HEAD + 1 + len(table_rows)
    met, whole = sum(found.met for _, found in rows), sum(found.asked for _, found in rows)
    totals: list[Value] = ["合计", *[""] * (first - 1), *(_sum(first + at, table_rows) for at in range(len(COUNTED))), _rate(first, asked, last, (met, whole))]
    page = pages.page(title, about + words, columns, table_rows, totals)
    page.conditional_format(HEAD + 1, len(columns) - 1, HEAD + max(1, len(table_rows)), len(columns) - 1, {"type": "data_bar", "bar_color": "#9DC3E6",
                            "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1})


def _indicators(pages: _Pages, group: Group, title: str, about: str) -> None:
    heads = {name: text for name, text, _ in group.heads}
    rows: list[tuple[Sequence[Value], Any]] = [((item.id, item.title, heads.get(item.head, "")), item.tally) for item in group.indicators]
    _statuses(pages, title, about, (("编号", 9, "text"), ("指标", 30, "text"), ("方面", 24, "text")), rows, "　达标率＝达标÷（达标＋未达标＋缺数据＋进行中）")


def _kinds(pages: _Pages, group: Group, title: str, about: str) -> None:
    """By kind and by the committee above, then by head."""
    rows: list[tuple[Sequence[Value], Any]] = []
    for label, values in (("类别", [row.member.kind if row.member else "" for row in group.rows]), ("上级", [row.member.parent if row.member else "" for row in group.rows])):
        for value in dict.fromkeys(values):
            units = {row.unit for row, own in zip(group.rows, values, strict=True) if own == value}
            if value or len(set(values)) > 1:
                rows.append(((label, value or "（未注明）", len(units)), part_of(group, units).overall))
    rows += [(("方面", text, len(group.rows)), found) for _, text, found in group.heads]
    lead = (("按什么分", 12, "text"), ("名称", 34, "text"), ("单位数", 9, "count"))
    first = len(lead)
    asked = [first + at for at, status in enumerate(COUNTED) if status not in ("不适用", "待评定")]
    columns = [*lead, *((status, 9, "count") for status in COUNTED), ("达标率", 10, "rate")]
    table_rows = [[*texts, *(found.counts[status] for status in COUNTED), _rate(first, asked, HEAD + 1 + number, (found.met, found.asked))]
                  for number, (texts, found) in enumerate(rows)]
    pages.page(title, about + "　各类互有交叉，不相加", columns, table_rows)


def _losses(pages: _Pages, group: Group, title: str, about: str) -> None:
    """What is missed most, most committees first; and a chart of the first ten."""
    found = sorted((item for item in group.indicators if item.losers or item.lost), key=lambda item: (-len(item.losers), -item.lost, item.id))
    rows: list[list[Value]] = [[item.id, item.title, len(item.losers), item.tally.counts["未达标"], item.tally.counts["缺数据"], item.lost, "、".join(item.losers)]
                               for item in found]
    columns = (("编号", 9, "text"), ("指标", 30, "text"), ("未达标和缺数据单位数", 13, "count"), ("未达标", 9, "count"), ("缺数据", 9, "count"), ("失分合计", 11, "number"),
               ("单位", 80, "text"))
    totals: list[Value] = ["合计", "", *(_sum(at, rows) for at in range(2, 6)), ""]
    page = pages.page(title, about + "　先列单位最多的", columns, rows, totals)
    if rows:
        most = min(10, len(rows))
        name = title.replace("'", "''")
        chart = pages.book.add_chart({"type": "bar"})
        chart.add_series({"name": "单位数", "categories": f"='{name}'!$B${HEAD + 2}:$B${HEAD + 1 + most}", "values": f"='{name}'!$C${HEAD + 2}:$C${HEAD + 1 + most}",
                          "fill": {"color": "#2F75B5"}, "data_labels": {"value": True}, "gap": 60})
        chart.set_title({"name": "失分最多的指标（单位数）", "name_font": {"size": 12}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
        chart.set_size({"width": 760, "height": 120 + 28 * most})
        page.insert_chart(HEAD + 4 + len(rows), 1, chart)


def _figures(pages: _Pages, group: Group, title: str, about: str) -> None:
    labels = list(dict.fromkeys(label for item in group.figures for label, _, _ in item.values))
    columns = (("项目", 30, "text"), ("单位", 8, "text"), *((label, 12, "number") for label in labels))
    rows: list[list[Value]] = []
    for item in group.figures:
        values = {label: total for label, total, known in item.values if known}
        rows.append([item.title, item.unit, *(values.get(label) for label in labels)])
    pages.page(title, about + "　各单位相加；人数与人次分列，不相加", columns, rows)


def _details(pages: _Pages, group: Group, title: str, about: str) -> None:
    columns = (("单位名称", 32, "text"), ("编号", 9, "text"), ("指标", 28, "text"), ("结果", 9, "text"), ("得分", 9, "number"), ("满分", 9, "number"),
               ("完成情况", 70, "text"), ("依据所在", 50, "text"))
    rows: list[list[Value]] = [[row.unit, item.id, item.title, item.status, item.score, item.full, item.told, "、".join(item.cells)]
                               for row in group.rows for item in row.found.indicators]
    pages.page(title, about + "　一个单位的一项指标一行，可以筛选", columns, rows, colored=[3])


def _missing(pages: _Pages, rollup: Rollup) -> None:
    if rollup.roster is None:
        return
    rows: list[list[Value]] = [["未报", member.unit, member.kind, member.parent, member.due, ""] for member in rollup.missing]
    rows += [["待定", member.unit, member.kind, member.parent, member.due, "同一天有几份不同的工作簿，请指定以哪一份为准"] for member in rollup.unsettled]
    rows += [["迟报", row.unit, row.member.kind, row.member.parent, row.member.due, f"填报日期 {row.found.report_date.isoformat()}"]
             for row in rollup.rows if row.late and row.member]
    rows += [["排除", member.unit, member.kind, member.parent, member.due, why.reason + (f"（{why.person}）" if why.person else "")]
             for member, why in rollup.excluded]
    rows += [["名单外", one.unit, "", "", None, f"最接近的单位：{near}" if near else "名单上没有相近的单位"] for one, near in rollup.strangers]
    expected = len(rollup.roster.members)
    about = f"名单 {expected} 个单位：已报 {len(rollup.received)}，未报 {len(rollup.missing)}，待定 {len(rollup.unsettled)}，排除 {len(rollup.excluded)}"
    pages.page("未报名单", about, (("情况", 9, "text"), ("单位名称", 36, "text"), ("类别", 14, "text"), ("上级", 26, "text"), ("截止日期", 13, "date"), ("说明", 60, "text")), rows)


def _problems(pages: _Pages, rollup: Rollup) -> None:
    rows: list[list[Value]] = [["不能汇总", item.workbook.as_posix(), "", item.message] for item in rollup.failed]
    rows += [["不能确定" if item.kept is None else "重复报送", item.found.file, item.found.unit,
              "同一天另有一份内容不同的，请指定以哪一份为准" if item.kept is None else f"以“{item.kept.file}”（{item.kept.report_date.isoformat()}）为准"]
             for item in rollup.superseded]
    rows += [["排除", item.found.file, item.found.unit, item.why.reason + (f"（{item.why.person}）" if item.why.person else "")] for item in rollup.left]
    rows += [["跳过", file, "", reason] for file, reason in rollup.skipped]
    about = (f"共 {rollup.files} 个文件：计入 {len(rollup.rows)}，重复 {len(rollup.superseded)}，排除 {len(rollup.left)}，"
             f"不能汇总 {len(rollup.failed)}，跳过 {len(rollup.skipped)}")
    pages.page("问题文件", about, (("情况", 11, "text"), ("文件", 50, "text"), ("单位", 32, "text"), ("说明", 80, "text")), rows)
