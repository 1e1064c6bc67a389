"""The native charts of a template, filled with this report's numbers; how they look is the template's.

A chart is known by the alternative text of its drawing in Word, which names one of the sets of data in 图表.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from wuhao_report.files.office import DOCUMENT, Relationship, links_part, pack, relationships, tree_bytes, unpack

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
    from pptx.chart.data import CategoryChartData
    from pptx.chart.xmlwriter import SeriesXmlRewriterFactory
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.oxml import parse_xml

    numbers = CategoryChartData(number_format="General")
    numbers.categories = data["类别"]
    for series in data["系列"]:
        numbers.add_series(series["名称"], series["数"])
    space: Any = parse_xml(chart)
    SeriesXmlRewriterFactory(XL_CHART_TYPE.COLUMN_CLUSTERED, numbers).replace_series_data(space)
    return tree_bytes(space), workbook_of(numbers)


@lru_cache(maxsize=1)
def _writer() -> Any:
    """python-pptx's writer of embedded workbooks, without the moment of making: same numbers, same bytes."""
    from contextlib import contextmanager

    from pptx.chart.xlsx import CategoryWorkbookWriter
    from xlsxwriter import Workbook

    class Writer(CategoryWorkbookWriter):
        @contextmanager
        def _open_worksheet(self, xlsx_file: Any) -> Iterator[Any]:
            workbook = Workbook(xlsx_file, {"in_memory": True})
            workbook.set_properties({"created": datetime(2020, 1, 1)})
            yield workbook, workbook.add_worksheet()
            workbook.close()

    return Writer


def workbook_of(numbers: Any) -> bytes:
    """The workbook that stands behind a chart, of python-pptx's chart data; a member is the same everywhere."""
    return pack(unpack(_writer()(numbers).xlsx_blob).items(), stored=True)
