"""The native charts of a template, filled with this report's numbers; how they look is the template's.

A chart is known by the alternative text of its drawing in Word, which names one of the sets of data in 图表.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from wuhao_report.files.paths import pack, unpack

_DRAWING = re.compile(r'<wp:docPr\b[^>]*\bdescr="([^"]+)"[^>]*/?>(?:(?!</w:drawing>).)*?<c:chart\b[^>]*r:id="([^"]+)"', re.DOTALL)
_RELATION = re.compile(r"<Relationship\b[^>]*>")
DOCUMENT_RELATIONS = "word/_rels/document.xml.rels"
PACKAGE_RELATION = "/package"


def _relations(xml: bytes) -> dict[str, tuple[str, str]]:
    """Id → (type, target)."""
    found = {}
    for entry in _RELATION.findall(xml.decode("utf-8")):
        values = dict(re.findall(r'(\w+)="([^"]*)"', entry))
        found[values.get("Id", "")] = (values.get("Type", ""), values.get("Target", ""))
    return found


def _resolve(base: str, target: str) -> str:
    """The member a relation points to, seen from the part `base`."""
    parts: list[str] = [] if target.startswith("/") else list(PurePosixPath(base).parent.parts)
    for piece in target.lstrip("/").split("/"):
        if piece == "..":
            parts = parts[:-1]
        else:
            parts.append(piece)
    return "/".join(parts)


def chart_names(document: str) -> list[str]:
    """Return the alternative text of every chart of a document: the set of data it shows."""
    return [name for name, _ in _DRAWING.findall(document)]


def fill_charts(members: dict[str, bytes], document: str, data: Mapping[str, Any]) -> None:
    """Put the numbers of `data` into the charts of a rendered document and into their embedded workbooks."""
    relations = _relations(members.get(DOCUMENT_RELATIONS, b""))
    for name, relation in _DRAWING.findall(document):
        part = _resolve("word/document.xml", relations.get(relation, ("", ""))[1])
        if name not in data or not data[name] or part not in members:
            continue
        chart, workbook = _refilled(members[part], data[name])
        members[part] = chart
        own = _relations(members.get(_relations_of(part), b""))
        for kind, target in own.values():
            if kind.endswith(PACKAGE_RELATION) and (embedded := _resolve(part, target)) in members:
                members[embedded] = workbook


def _relations_of(part: str) -> str:
    path = PurePosixPath(part)
    return f"{path.parent}/_rels/{path.name}.rels"


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
    return _serialised(space), workbook_of(numbers)


def _serialised(element: Any) -> bytes:
    from lxml import etree

    text: bytes = etree.tostring(element, encoding="UTF-8", standalone=True)
    return text


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
