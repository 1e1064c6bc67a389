"""指标达标, 失分统计 and 分类统计: how many committees reach what, with live counts and rates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from wuhao_report.aggregate.outputs.table.sheets import FIRST, HEADER, PAGES, Columns, Formula, Sheet, SheetWriter, Value, fitting
from wuhao_report.aggregate.overview import Group, Overview
from wuhao_report.aggregate.totals import COUNTED, IndicatorTotals, Tally
from wuhao_report.core.cell_reference import column_letters

MOST_CHARTED = 10
ASKED = [at for at, status in enumerate(COUNTED) if status not in ("不适用", "待评定")]
"""Which of the columns of statuses make the denominator of a rate."""
MOST_NAME_LINES = 4
"""So many lines of names stand beside an indicator; all of them can be filtered out of the details."""
LONGEST_CRITERION = 250
WILD = re.compile(r"[*?~]")
"""What COUNTIFS takes for something else than itself."""
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


def write_indicators(writer: SheetWriter, group: Group, title: str, about: str, detailed: str | None) -> None:
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


def write_kinds(writer: SheetWriter, overview: Overview, group: Group, title: str, about: str) -> None:
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


def write_losses(writer: SheetWriter, group: Group, title: str, about: str) -> None:
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
