"""人数与人次: the figures of all committees together, and of each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from wuhao_report.aggregate.outputs.table.sheets import FIRST, PAGES, Columns, Formula, Kind, Sheet, SheetWriter, Value
from wuhao_report.aggregate.overview import Group
from wuhao_report.aggregate.rows import Row
from wuhao_report.core.cell_reference import column_letters
from wuhao_report.core.periods import in_time

OWN_LEAD: Columns = (("单位名称", 32, "text"), ("上级", 18, "text"))
MOST_OWN_COLUMNS = 1_000
"""So many columns the figures of single committees have at most; Excel has 16,384."""


def _labels(group: Group) -> list[str]:
    return sorted(
        {label for item in group.totals.figures for label, _, _ in item.values}, key=lambda label: (in_time(label), label)
    )


def write_figures(writer: SheetWriter, group: Group, title: str, about: str, own: str) -> None:
    """Write the figures of all committees together: the totals of the sheet `own`, of those rows of it that are not filtered out."""
    labels = _labels(group)
    both: list[tuple[str, int, Kind]] = []
    for label in labels:
        both += [(label, 12, "plain"), ("填报单位数", 8, "count")]
    columns: Columns = [("项目", 30, "text"), ("单位", 8, "text"), *both]
    places = {name: at for at, name in enumerate(own_columns(group), len(OWN_LEAD))}
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


def own_columns(group: Group) -> list[tuple[str, str]]:
    """Return the figure and the label of each column of the figures of single committees."""
    order = {label: at for at, label in enumerate(_labels(group))}
    columns = (
        (item.id, label)
        for item in group.totals.figures
        for label in sorted((label for label, _, _ in item.values), key=lambda label: order[label])
    )
    return list(islice(columns, MOST_OWN_COLUMNS))


def open_own_figures(writer: SheetWriter, group: Group, title: str, about: str) -> Sheet:
    """Open the sheet of the figures of single committees."""
    names = {item.id: f"{item.title}（{item.unit}）" for item in group.totals.figures}
    columns: Columns = [*OWN_LEAD, *((f"{names[figure]}{label}", 10, "plain") for figure, label in own_columns(group))]
    return writer.open_long(title, about + "　空格是没有填", columns, pages=PAGES["单位人数与人次"])


def own_figures(row: Row, columns: Sequence[tuple[str, str]]) -> list[Value]:
    """Return the row of a committee in that sheet; nothing stands where it has not stated a figure."""
    own = {(item.id, label): value for item in row.record.figures for label, value in item.values}
    return [row.unit, row.member.parent if row.member else "", *(own.get(column) for column in columns)]
