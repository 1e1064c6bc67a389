"""汇总表.xlsx: an aggregate as a workbook to circulate; totals are live formulas, and no text of anybody's is one."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import IO

from wuhao_report import __version__
from wuhao_report.aggregate.outputs.awards import FAILED, HONOURED, NOT_LISTED, UNDECIDED, are_asked, verdicts
from wuhao_report.aggregate.outputs.cover import endings, open_cover, write_cover
from wuhao_report.aggregate.outputs.sheets import (
    FIRST,
    HEADER,
    MOST_ROWS,
    Columns,
    Formula,
    Kind,
    Sheet,
    SheetWriter,
    Value,
    fitting,
)
from wuhao_report.aggregate.overview import Group, Overview
from wuhao_report.aggregate.roster import NO_CAMPAIGN, Campaign, Member
from wuhao_report.aggregate.rows import Row
from wuhao_report.aggregate.totals import COUNTED, IndicatorTotals, Tally
from wuhao_report.core.cell_reference import column_letters
from wuhao_report.core.numbers import score_text
from wuhao_report.core.periods import in_time
from wuhao_report.files.provenance import TABLE_NAME, TABLE_SHEET, copy_with_provenance
from wuhao_report.report.json_form import TOOL

MOMENT = "2020-01-01T00:00:00Z"
MOST_DETAILED = 100_000
"""The details of more committees, some thirty rows each, make a file that Excel does not open."""
MOST_CHARTED = 10
ASKED = [at for at, status in enumerate(COUNTED) if status not in ("不适用", "待评定")]
"""Which of the columns of statuses make the denominator of a rate."""
LAST_REPORT: Columns = (("上次总评", 9, "text"), ("上次总分", 9, "number"), ("升降", 8, "number"))
DETAILS: Columns = (
    ("单位名称", 32, "text"),
    ("编号", 9, "text"),
    ("指标", 28, "text"),
    ("结果", 9, "text"),
    ("得分", 9, "number"),
    ("满分", 9, "number"),
    ("完成情况", 70, "text"),
    ("依据所在", 50, "text"),
    ("上级", 18, "text"),
)
DETAILED = "逐项明细"
AWARDS: Columns = (
    ("名次", 7, "count"),
    ("并列", 6, "text"),
    ("单位名称", 34, "text"),
    ("类别", 10, "text"),
    ("上级", 22, "text"),
    ("总评", 9, "text"),
    ("总分", 9, "number"),
    ("意见", 11, "text"),
    ("说明", 50, "text"),
)
MOST_NAME_LINES = 4
"""So many lines of names stand beside an indicator; all of them can be filtered out of the details."""
OWN_LEAD: Columns = (("单位名称", 32, "text"), ("上级", 18, "text"))
MOST_OWN_COLUMNS = 1_000
"""So many columns the figures of single committees have at most; Excel has 16,384."""
LONGEST_CRITERION = 250
WILD = re.compile(r"[*?~]")
"""What COUNTIFS takes for something else than itself."""
PAGES = {
    **{"总表": 4, "指标达标": 1, "失分统计": 3, "分类统计": 1, "人数与人次": 1, "单位人数与人次": 3},
    **{"授牌名单": 1, "不合格名单": 1, "未列入名单": 1},
}
"""On so many pages a sheet of a group is printed at most; with the cover, 未报名单 and 问题文件 of a page each these are 19: LibreOffice takes one more for a very long list."""
MOST_COUNTED = 100_000
"""Counts over more rows of details are numbers: a program that opens the table would calculate for long."""
LOSSES: Columns = (
    ("编号", 9, "text"),
    ("指标", 30, "text"),
    ("未达标和缺数据单位数", 13, "count"),
    ("未达标", 9, "count"),
    ("缺数据", 9, "count"),
    ("失分合计", 11, "number"),
    ("单位", 90, "text"),
)
MISSING: Columns = (
    ("情况", 9, "text"),
    ("单位名称", 36, "text"),
    ("类别", 14, "text"),
    ("上级", 26, "text"),
    ("截止日期", 13, "date"),
    ("说明", 60, "text"),
)
PROBLEMS: Columns = (("情况", 11, "text"), ("文件", 50, "text"), ("单位", 32, "text"), ("说明", 80, "text"))


def write_table(overview: Overview, name: str, stream: IO[bytes], details: bool = True, most: int = MOST_ROWS) -> None:
    """Write the table; `name` is that of the folder.

    `details`: with every indicator of every committee; `most` is how many rows of data a sheet may have.
    """
    import xlsxwriter

    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "table.xlsx")
        book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "tmpdir": place,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        writer = SheetWriter(book, Path(place), most)
        cover = open_cover(book)
        for group, end in zip(overview.groups, endings(overview.groups), strict=True):
            _write_group(writer, overview, group, end, details)
        _write_missing(writer, overview)
        _write_problems(writer, overview)
        write_cover(writer, cover, overview, name)
        book.set_properties(
            {"title": f"{name}{TABLE_NAME}", "author": TOOL, "created": datetime.fromisoformat(MOMENT.replace("Z", ""))}
        )
        book.close()
        rows = writer.long_members(path)
        copy_with_provenance(path, stream, {"wuhao.tool": f"{TOOL} {__version__}"}, f"{name}{TABLE_NAME}", TOOL, MOMENT, rows)


def _write_group(writer: SheetWriter, overview: Overview, group: Group, end: str, details: bool) -> None:
    """Write the sheets of a group; `end` tells their names from those of other groups."""
    about = f"{group.scheme_title}　{group.stage}　{group.totals.size} 个单位"
    few = group.totals.size <= MOST_DETAILED
    detailed = DETAILED + end if details and few else None
    committees = _open_committees(writer, group, "总表" + end, about)
    _write_indicators(writer, group, "指标达标" + end, about, detailed)
    _write_losses(writer, group, "失分统计" + end, about)
    _write_kinds(writer, overview, group, "分类统计" + end, about)
    own = "单位人数与人次" + end
    _write_figures(writer, group, "人数与人次" + end, about, own)
    figures = _open_own_figures(writer, group, own, about)
    own_columns = _own_columns(group)
    more = [figures]
    if details:
        long = _too_long() if not few else "　一个单位的一项指标一行，可以筛选"
        more.append(writer.open_long(DETAILED + end, about + long, DETAILS, colored=[3]))
    for row in group.rows():
        committees.add(_committee(row, group, overview.roster is not None))
        figures.add(_own_figures(row, own_columns))
        parent = row.member.parent if row.member else ""
        for item in row.record.indicators if detailed else ():
            facts = row.unit, item.id, item.title, item.status, item.score, item.full, item.progress
            more[1].add([*facts, "、".join(item.cells), parent])
    for sheet in (committees, *more):
        sheet.close()
    campaign = overview.roster.campaign if overview.roster else NO_CAMPAIGN
    if are_asked(campaign):
        _write_awards(writer, group, campaign, end, about)


def _too_long() -> str:
    return f"　单位超过 {MOST_DETAILED} 个，Excel 打不开这么长的明细；请单独汇总某一个上级的文件夹，或用 --json 读取"


def _write_awards(writer: SheetWriter, group: Group, campaign: Campaign, end: str, about: str) -> None:
    """Write who is to be honoured and who is not, each with the reason."""
    least = "" if campaign.least is None else f"　最低{score_text(campaign.least)}分"
    about += least + ("" if campaign.quota is None else f"　名额{campaign.quota}个")
    honoured = writer.open("授牌名单" + end, about + "　并列待定的，请定夺后改“意见”", AWARDS, pages=PAGES["授牌名单"])
    failed = writer.open("不合格名单" + end, about, AWARDS, pages=PAGES["不合格名单"])
    others = writer.open("未列入名单" + end, about + "　总评还没有结果的、名额已满的", AWARDS, pages=PAGES["未列入名单"])
    lists = {HONOURED: honoured, UNDECIDED: honoured, FAILED: failed, NOT_LISTED: others}
    for item in verdicts(group, campaign):
        row, tied = item.row, "并列" if item.row.tied else ""
        member = row.member or Member(row.unit)
        facts = row.place, tied, row.unit, member.kind, member.parent, row.record.status, row.record.score
        lists[item.verdict].add([*facts, item.verdict, item.why])
    for sheet in (honoured, failed, others):
        sheet.close()


# 总表: a committee a row


def _open_committees(writer: SheetWriter, group: Group, title: str, about: str) -> Sheet:
    totals = group.totals
    bonus: Columns = [("加分", 8, "number")] if totals.bonus else []
    grades: Columns = [("等次", 9, "text")] if totals.grades else []
    why: Columns = [("为什么变了", 70, "line")] if totals.changes else []
    columns: Columns = [
        ("名次", 7, "count"),
        ("并列", 6, "text"),
        ("单位名称", 34, "text"),
        ("类别", 9, "text"),
        ("上级", 18, "text"),
        ("填报日期", 11, "date"),
        ("收到日期", 11, "date"),
        ("报送", 7, "text"),
        ("总评", 8, "text"),
        *((name, 11, "number") for _, name, _ in totals.heads),
        ("总分", 9, "number"),
        *bonus,
        *grades,
        *(LAST_REPORT if totals.changes else []),
        ("错误", 7, "count"),
        ("提醒", 7, "count"),
        *why,
        ("文件", 40, "line"),
    ]
    means = ["mean"] * (len(totals.heads) + 1 + len(bonus))
    changes = ["", "mean", "mean"] if totals.changes else []
    line = [
        "合计",
        "",
        f"{totals.size} 个单位，平均分",
        *[""] * 6,
        *means,
        *[""] * len(grades),
        *changes,
        "sum",
        "sum",
        *[""] * len(why),
        "",
    ]
    return writer.open(title, about, columns, line, colored=[8], pages=PAGES["总表"])


def _committee(row: Row, group: Group, with_roster: bool) -> list[Value]:
    record, member, totals = row.record, row.member, group.totals
    points = {head.id: head.score for head in record.heads}
    return [
        row.place,
        "并列" if row.tied else "",
        row.unit,
        member.kind if member else "",
        member.parent if member else "",
        record.report_date,
        row.received,
        _punctuality(row, with_roster),
        record.status,
        *(points.get(name) for name, _, _ in totals.heads),
        record.score,
        *([record.bonus] if totals.bonus else []),
        *([record.grade or ""] if totals.grades else []),
        *(_last_report(row) if totals.changes else []),
        record.errors,
        record.warnings,
        *([row.why_changed] if totals.changes else []),
        record.file,
    ]


def _punctuality(row: Row, with_roster: bool) -> str:
    if row.late:
        return "迟报"
    if row.member:
        return "按期" if row.member.due else ""
    return "名单外" if with_roster else ""


def _last_report(row: Row) -> list[Value]:
    return ["", None, None] if row.last is None else [row.last.status, row.last.score, row.last.change]


# Sheets of statistics


def _rate(first: int, row: int, tally: Tally) -> Value:
    """Return numerator ÷ denominator from the counts in the same row, which begin in column `first`."""
    if not tally.asked:
        return ""
    cells = "+".join(f"{column_letters(first + at)}{row + 1}" for at in ASKED)
    return Formula(f"{column_letters(first)}{row + 1}/({cells})", tally.met / tally.asked)


def _write_tallies(
    writer: SheetWriter,
    title: str,
    about: str,
    lead: Columns,
    rows: Iterable[tuple[Sequence[Value], Tally]],
    count: Callable[[int, int, Tally], Value] | None = None,
) -> Sheet:
    """Write rows of statuses, after the columns `lead`, with a rate that is a formula; `count` gives a count by row and column."""
    first = len(lead)
    columns: Columns = [*lead, *((status, 9, "count") for status in COUNTED), ("达标率", 10, "rate")]

    def counts(row: int, tally: Tally) -> list[Value]:
        """Return the counts of a row."""
        if count is None:
            return [tally.counts[status] for status in COUNTED]
        return [count(row, at, tally) for at in range(len(COUNTED))]

    return writer.write(
        title,
        about,
        columns,
        (
            [*texts, *counts(HEADER + number, tally), _rate(first, HEADER + number, tally)]
            for number, (texts, tally) in enumerate(rows, 1)
        ),
        pages=next((pages for name, pages in PAGES.items() if title.startswith(name)), 0),
    )


def _counting(detailed: str, rows: int) -> Callable[[int, int, Tally], Value]:
    """Return the function that counts a status of an indicator over the sheet of details.

    编号 alone would not do: COUNTIFS takes the texts 1.1 and 1.10 for one number.
    """
    number, title, status = (f"'{detailed}'!${name}${FIRST}:${name}${FIRST - 1 + rows}" for name in "BCD")

    def count(row: int, at: int, tally: Tally) -> Value:
        """Return the formula and its result."""
        header = f"{column_letters(3 + at)}${HEADER + 1}"
        own = f'{number},"="&$A{row + 1},{title},"="&$B{row + 1},{status},{header}'
        return Formula(f"COUNTIFS({own})", tally.counts[COUNTED[at]])

    return count


def _write_indicators(writer: SheetWriter, group: Group, title: str, about: str, detailed: str | None) -> None:
    """Write the statuses of each indicator; they are counted over the sheet of details where there is one and it is not too long."""
    rows = sum(item.tally.size for item in group.totals.indicators)
    live = detailed is not None and rows <= min(MOST_COUNTED, writer.most)
    plain = all(
        len(item.title) <= LONGEST_CRITERION and not WILD.search(item.id + item.title) for item in group.totals.indicators
    )
    heads = {name: text for name, text, _ in group.totals.heads}
    lead: Columns = (("编号", 9, "text"), ("指标", 30, "text"), ("方面", 24, "text"))
    sheet = _write_tallies(
        writer,
        title,
        about + "　达标率＝达标÷（达标＋未达标＋缺数据＋进行中）",
        lead,
        (((item.id, item.title, heads.get(item.head, "")), item.tally) for item in group.totals.indicators),
        _counting(detailed, rows) if detailed and live and plain else None,
    )
    first = len(lead)
    whole = Tally({status: sum(item.tally.counts[status] for item in group.totals.indicators) for status in COUNTED})
    sheet.write_totals(
        [
            "合计（项次）",
            *[""] * (first - 1),
            *(sheet.total(first + at) for at in range(len(COUNTED))),
            _rate(first, HEADER + 1 + sheet.rows, whole),
        ]
    )
    rate = first + len(COUNTED)
    sheet.worksheet.conditional_format(
        HEADER + 1,
        rate,
        sheet.last_row,
        rate,
        {"type": "data_bar", "bar_color": "#9DC3E6", "min_type": "num", "min_value": 0, "max_type": "num", "max_value": 1},
    )


def _write_kinds(writer: SheetWriter, overview: Overview, group: Group, title: str, about: str) -> None:
    """Write the tallies by kind, by the committee directly above, by all above at any depth, then by head."""
    totals = group.totals
    rows: list[tuple[Sequence[Value], Tally]] = []
    for label, tallies in (("类别", totals.kinds), ("上级", totals.parents)):
        rows += [
            ((label, name or "（未注明）", tally.size), tally) for name, tally in tallies.items() if name or len(tallies) > 1
        ]
    at = overview.groups.index(group)
    deep = [(level.parent, level.tallies[at]) for level in overview.levels if level.tallies[at].size]
    rows += [(("上级及其以下", name, tally.size), tally) for name, tally in deep if tally != totals.parents.get(name)]
    rows += [(("方面", text, tally.size), tally) for _, text, tally in totals.heads]
    lead: Columns = (("按什么分", 14, "text"), ("名称", 34, "text"), ("单位数", 9, "count"))
    _write_tallies(writer, title, about + "　各类互有交叉，不相加", lead, rows)


def _write_losses(writer: SheetWriter, group: Group, title: str, about: str) -> None:
    """Write what is missed most, most committees first; and a chart of the first ten."""
    items = sorted(
        (item for item in group.totals.indicators if item.tally.lacking or item.lost),
        key=lambda item: (-item.tally.lacking, -item.lost, item.id),
    )
    sheet = writer.write(
        title,
        about + "　先列单位最多的",
        LOSSES,
        (
            [
                item.id,
                item.title,
                item.tally.lacking,
                item.tally.counts["未达标"],
                item.tally.counts["缺数据"],
                item.lost,
                _named(item),
            ]
            for item in items
        ),
        ("合计", "", "", "", "", "sum", ""),
        pages=PAGES["失分统计"],
    )
    if items:
        _insert_chart(writer, sheet, len(items))


def _named(item: IndicatorTotals) -> str:
    """Return the committees that miss an indicator, as many as its row can show."""
    names = fitting(item.losers, LOSSES[-1][1], MOST_NAME_LINES)
    return names if names.endswith("等") or item.tally.lacking == len(item.losers) else names + "等"


def _insert_chart(writer: SheetWriter, sheet: Sheet, rows: int) -> None:
    most = min(MOST_CHARTED, rows)
    name, last = sheet.spans[0][0].replace("'", "''"), FIRST - 1 + most
    chart = writer.book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": "单位数",
            "categories": f"='{name}'!$B${FIRST}:$B${last}",
            "values": f"='{name}'!$C${FIRST}:$C${last}",
            "fill": {"color": "#2F75B5"},
            "data_labels": {"value": True},
            "gap": 60,
        }
    )
    chart.set_title({"name": "失分最多的指标（单位数）", "name_font": {"size": 12}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_size({"width": 760, "height": 120 + 28 * most})
    sheet.worksheet.insert_chart(FIRST + 2 + rows, 1, chart)


def _labels(group: Group) -> list[str]:
    return sorted(
        {label for item in group.totals.figures for label, _, _ in item.values}, key=lambda label: (in_time(label), label)
    )


def _write_figures(writer: SheetWriter, group: Group, title: str, about: str, own: str) -> None:
    """Write the figures of all committees together: the totals of the sheet `own`, of those rows of it that are not filtered out."""
    labels = _labels(group)
    both: list[tuple[str, int, Kind]] = []
    for label in labels:
        both += [(label, 12, "plain"), ("填报单位数", 8, "count")]
    columns: Columns = [("项目", 30, "text"), ("单位", 8, "text"), *both]
    places = {name: at for at, name in enumerate(_own_columns(group), len(OWN_LEAD))}
    live = group.totals.size <= writer.most
    rows: list[list[Value]] = []
    for item in group.totals.figures:
        cells: list[Value] = [item.title, item.unit]
        values = {label: (total, known) for label, total, known in item.values if known}
        for label in labels:
            total, known = values.get(label, (None, None))
            if total is None or known is None or not live or (item.id, label) not in places:
                cells += [total, known]
                continue
            letters = column_letters(places[item.id, label])
            area = f"'{own}'!{letters}{FIRST}:{letters}{FIRST - 1 + group.totals.size}"
            cells += [Formula(f"SUBTOTAL(9,{area})", float(total)), Formula(f"SUBTOTAL(2,{area})", known)]
        rows.append(cells)
    note = f"　填了的单位相加，没有填的不当作 0；人数与人次分列，不相加；在“{own}”里筛选，这里跟着变"
    writer.write(title, about + note, columns, rows, pages=PAGES["人数与人次"])


def _own_columns(group: Group) -> list[tuple[str, str]]:
    """Return the figure and the label of each column of the figures of single committees."""
    order = {label: at for at, label in enumerate(_labels(group))}
    columns = (
        (item.id, label)
        for item in group.totals.figures
        for label in sorted((label for label, _, _ in item.values), key=lambda label: order[label])
    )
    return list(islice(columns, MOST_OWN_COLUMNS))


def _open_own_figures(writer: SheetWriter, group: Group, title: str, about: str) -> Sheet:
    names = {item.id: f"{item.title}（{item.unit}）" for item in group.totals.figures}
    columns: Columns = [*OWN_LEAD, *((f"{names[figure]}{label}", 10, "plain") for figure, label in _own_columns(group))]
    return writer.open_long(title, about + "　空格是没有填", columns, pages=PAGES["单位人数与人次"])


def _own_figures(row: Row, columns: Sequence[tuple[str, str]]) -> list[Value]:
    own = {(item.id, label): value for item in row.record.figures for label, value in item.values}
    return [row.unit, row.member.parent if row.member else "", *(own.get(column) for column in columns)]


# Sheets of lists


def _write_missing(writer: SheetWriter, overview: Overview) -> None:
    if overview.roster is None:
        return
    about = (
        f"名单上应报 {len(overview.expected)} 个单位：已报 {len(overview.received)}，未报 {len(overview.missing)}，"
        f"待定 {len(overview.undecided)}，排除 {len(overview.excluded)}"
    )
    writer.write("未报名单", about, MISSING, _missing_rows(overview), pages=1)


def _missing_rows(overview: Overview) -> Iterator[Sequence[Value]]:
    lists = overview.lists
    yield from (
        ["名单有误", dict(item.args).get("unit", ""), "", "", None, f"{item.at}　{item.message}{item.hint}".lstrip("　")]
        for item in (overview.roster.problems if overview.roster else ())
    )

    def row(state: str, member: Member, note: str) -> Sequence[Value]:
        """Return the row of a committee."""
        return [state, member.unit, member.kind, member.parent, member.due, note]

    unread = overview.unread
    yield from (
        row("未报", member, f"送来的文件没有读出来：{'、'.join(unread[member])}" if member in unread else "")
        for member in overview.missing
    )
    yield from (row("待定", member, "同一天有几份不同的工作簿，请指定以哪一份为准") for member in overview.undecided)
    yield from (
        ["迟报", item.unit, item.member.kind, item.member.parent, item.member.due, f"填报日期 {item.report_date.isoformat()}"]
        for item in lists.late()
    )
    yield from (
        row("排除", member, _reason(exclusion.reason, exclusion.person, exclusion.day)) for member, exclusion in overview.excluded
    )
    yield from (
        row("名单外", Member(item.unit), f"最接近的单位：{item.near}" if item.near else "名单上没有相近的单位")
        for item in lists.unlisted()
    )


def _reason(reason: str, person: str, day: date | None = None) -> str:
    details = "，".join(text for text in (person, day.isoformat() if day else "") if text)
    return reason + (f"（{details}）" if details else "")


def _write_problems(writer: SheetWriter, overview: Overview) -> None:
    files, lists = overview.files, overview.lists
    rows: Iterable[Sequence[Value]] = chain(
        (["不能汇总", item.file, "", item.message] for item in lists.failed()),
        (["不能确定" if item.kept is None else "重复报送", item.file, item.unit, item.reason] for item in lists.superseded()),
        (["阶段不符", item.file, item.unit, item.reason] for item in lists.not_asked()),
        (["排除", item.file, item.unit, _reason(item.reason, item.person)] for item in lists.excluded()),
        (["跳过", item.file, "", item.reason] for item in lists.skipped()),
    )
    about = f"共 {files.all} 个文件：计入 {files.counted}，重复 {files.superseded}，排除 {files.excluded}，阶段不符 {files.not_asked}，不能汇总 {files.failed}，跳过 {files.skipped}"
    writer.write(TABLE_SHEET, about, PROBLEMS, rows, pages=1)
