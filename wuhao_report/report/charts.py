"""The native charts of a template, filled with this report's numbers; how they look is the template's.

A chart is known by the alternative text of its drawing in Word, which names one of the sets of data in 图表.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from html import escape
from typing import Any

from wuhao_report.core.cell_reference import cell_name, column_letters
from wuhao_report.files.office import (
    CONTENT_TYPES,
    DOCUMENT,
    PACKAGE,
    PACKAGE_LINKS,
    WORKBOOK,
    Relationship,
    child,
    links_part,
    local_name,
    pack,
    parse_tree,
    relationships,
    tree_bytes,
)

CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EMPTY_WORKBOOK = [
    (
        CONTENT_TYPES,
        f'{_XML}<Types xmlns="{PACKAGE}content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{WORKBOOK}" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'.encode(),
    ),
    (
        PACKAGE_LINKS,
        f'{_XML}<Relationships xmlns="{PACKAGE}relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="{WORKBOOK}"/></Relationships>'.encode(),
    ),
    (
        WORKBOOK,
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>".encode(),
    ),
    (
        links_part(WORKBOOK),
        f'{_XML}<Relationships xmlns="{PACKAGE}relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'.encode(),
    ),
]
"""The parts of a workbook of one sheet besides the sheet: python-pptx and XlsxWriter take a tenth of a report's time to write them."""
_BEFORE_CATEGORIES = (
    "idx", "order", "tx", "spPr", "invertIfNegative", "pictureOptions", "marker", "explosion", "dPt", "dLbls", "trendline", "errBars",
)  # fmt: skip
"""What stands before the categories of a series (ECMA-376, part 1, 21.2.2.170)."""
_DRAWING = re.compile(r'<wp:docPr\b[^>]*\bdescr="([^"]+)"[^>]*/?>(?:(?!</w:drawing>).)*?<c:chart\b[^>]*r:id="([^"]+)"', re.DOTALL)
EMBEDDED = "/package"
"""How the kind of a link to an embedded workbook ends."""


def chart_names(document: str) -> list[str]:
    """Return the alternative text of every chart of a document: the set of data it shows."""
    return [name for name, _ in _DRAWING.findall(document)]


def fill_charts(members: dict[str, bytes], document: str, data: Mapping[str, Any]) -> None:
    """Put the numbers of `data` into the charts of a rendered document and into their embedded workbooks."""
    charts = {link.identity: link.member for link in _links(members, DOCUMENT)}
    for name, identity in _DRAWING.findall(document):
        part = charts.get(identity, "")
        if name not in data or not data[name] or part not in members:
            continue
        members[part], workbook = _refilled(members[part], data[name])
        for link in _links(members, part):
            if link.kind.endswith(EMBEDDED) and link.member in members:
                members[link.member] = workbook


def _links(members: Mapping[str, bytes], part: str) -> tuple[Relationship, ...]:
    return relationships(members.get(links_part(part)), part)


def _refilled(chart: bytes, data: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Return a chart with other numbers, and the workbook behind it. How its series look is the template's."""
    space: Any = parse_tree(chart)
    categories = [str(name) for name in data["类别"]]
    wanted = [(str(series["名称"]), series["数"]) for series in data["系列"]]
    for at, (series, (name, numbers)) in enumerate(zip(_series(space, len(wanted)), wanted, strict=True)):
        letter = column_letters(at + 1)
        _put(series, "tx", _texts(f"Sheet1!${letter}$1", [name]), ("idx", "order"))
        cells = f"${{0}}$2:${{0}}${len(categories) + 1}"
        _put(series, "cat", _texts("Sheet1!" + cells.format("A"), categories), _BEFORE_CATEGORIES)
        _put(series, "val", _numbers("Sheet1!" + cells.format(letter), numbers), (*_BEFORE_CATEGORIES, "cat"))
    return tree_bytes(space), workbook_of(categories, wanted)


def _series(space: Any, number: int) -> list[Any]:
    """Return so many series of a chart: those too many are taken out, those too few are made like the last."""
    series = sorted(space.iter(f"{{{CHART}}}ser"), key=lambda one: int(child(one, "order").get("val")))
    if not series:
        raise ValueError("a chart without a series")
    for one in series[number:]:
        one.getparent().remove(one)
    while len(series) < number:
        another = deepcopy(series[-1])
        for name in ("idx", "order"):
            child(another, name).set("val", str(int(child(another, name).get("val")) + 1))
        series[-1].addnext(another)
        series.append(another)
    return series[:number]


def _put(series: Any, name: str, inside: str, after: tuple[str, ...]) -> None:
    """Put an element of a series in place of the one of its name, or behind those that stand before it."""
    element = parse_tree(f'<c:{name} xmlns:c="{CHART}">{inside}</c:{name}>'.encode())
    present = child(series, name)
    if present is not None:
        series.replace(present, element)
        return
    last = max((at for at, one in enumerate(series) if local_name(one) in after), default=-1)
    series.insert(last + 1, element)


def _texts(cells: str, texts: Sequence[str]) -> str:
    return f"<c:strRef><c:f>{cells}</c:f><c:strCache>{_points(texts)}</c:strCache></c:strRef>"


def _numbers(cells: str, numbers: Sequence[Any]) -> str:
    return (
        f"<c:numRef><c:f>{cells}</c:f><c:numCache><c:formatCode>General</c:formatCode>{_points(numbers)}</c:numCache></c:numRef>"
    )


def _points(values: Sequence[Any]) -> str:
    """The values one by one; an empty one has no point."""
    points = (f'<c:pt idx="{at}"><c:v>{escape(str(value))}</c:v></c:pt>' for at, value in enumerate(values) if value is not None)
    return f'<c:ptCount val="{len(values)}"/>{"".join(points)}'


def workbook_of(categories: Sequence[str], series: Sequence[tuple[str, Sequence[Any]]]) -> bytes:
    """Return the workbook behind a chart: a column of categories, and one of each series; the same numbers give the same bytes."""
    columns: list[list[Any]] = [["", *categories], *([name, *numbers] for name, numbers in series)]
    rows = "".join(
        f'<row r="{number}">{"".join(_cell(at, number, value) for at, value in enumerate(row) if value not in ("", None))}</row>'
        for number, row in enumerate(zip(*columns, strict=True), 1)
    )
    sheet = f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return pack([*_EMPTY_WORKBOOK, ("xl/worksheets/sheet1.xml", sheet.encode())], stored=True)


def _cell(column: int, row: int, value: Any) -> str:
    address = cell_name(row, column)
    if isinstance(value, str):
        return f'<c r="{address}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{address}"><v>{value}</v></c>'
