"""The rendered text of a document → the same with what no template can say: table grids, the place of the office, marked gaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from wuhao_report.report.chinese_style import TODO, UNSETTLED
from wuhao_report.report.template.tags import printed

OFFICE_STYLE = "WOffice"
DATE_STYLE = "WDate"
DATE_RIGHT = 4
"""A report's date stands four 字 from the right edge, the office centred over it (GB/T 9704, 7.3.5.1)."""
ZI = 315


def finished(xml: str) -> str:
    """Return the text of a part as it goes into the document."""
    xml = xml.replace("\n<w:p", "<w:p")
    xml = _edited(xml, [edit for table in _tables(xml) for edit in (*_fitted(xml, table), *_kept_rows(xml, table))])
    xml = _place_office(_EMPTY_SECTION.sub(r"\2\1", xml) if _ends_with_two_sections(xml) else xml)
    return _highlight(xml) if "【" in xml else xml


Place = tuple[int, int]
"""Where something begins in a text, and where it ends."""
Edit = tuple[int, int, str]
"""A place in a text, and what stands there afterwards."""


def _edited(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits carried out; of two that overlap, the first."""
    pieces, at = [], 0
    for start, end, new in sorted(edits):
        if start >= at:
            pieces += [text[at:start], new]
            at = end
    return "".join((*pieces, text[at:]))


def _tables(xml: str) -> Iterator[Place]:
    """The tables of a document; of one that holds another only what stands before it."""
    start = xml.find(_TABLE)
    while start >= 0:
        following = xml.find(_TABLE, start + 1)
        stop = following if following >= 0 else len(xml)
        end = xml.find("</w:tbl>", start, stop)
        yield start, end if end >= 0 else stop
        start = following


_TABLE, _ROW_END, _GRID_END = "<w:tbl>", "</w:tr>", "</w:tblGrid>"
_ROW_START = re.compile(r"<w:tr[ >]")
_GRID_COLUMN = re.compile(r'<w:gridCol w:w="(\d+)"')
_SPAN = re.compile(r'<w:gridSpan w:val="(\d+)"')
_CELL_WIDTH = re.compile(r'<w:tcW w:w="\d+"')


def _rows(xml: str, table: Place) -> Iterator[Place]:
    """The rows of a table."""
    at, stop = table
    while (start := _ROW_START.search(xml, at, stop)) and (end := xml.find(_ROW_END, start.end(), stop)) >= 0:
        at = end + len(_ROW_END)
        yield start.start(), at


def _fitted(xml: str, table: Place) -> Iterator[Edit]:
    """What gives a table's grid as many columns as a loop has made: the first keeps its width, the others share the rest."""
    start, stop = table
    first = max(xml.find(_ROW_END, start, stop), start)
    grid = [int(width) for width in _GRID_COLUMN.findall(xml, start, first)]
    count = xml.count("<w:tc>", start, first) + sum(int(span) - 1 for span in _SPAN.findall(xml, start, first))
    if not grid or count == len(grid) or count < 2:
        return
    others, spare = divmod(sum(grid) - grid[0], count - 1)
    widths = [grid[0], *[others] * (count - 2), others + spare]
    opened = xml.find("<w:tblGrid>", start, stop)
    if 0 <= opened < (closed := xml.find(_GRID_END, opened, stop)):
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        yield opened, closed, f"<w:tblGrid>{columns}"
    for row in _rows(xml, table):
        own = iter(widths)
        for cell in _CELL_WIDTH.finditer(xml, *row):
            yield *cell.span(), f'<w:tcW w:w="{next(own, others)}"'


LONG_TABLE = 5
"""A table of so many rows below its head keeps the last two together; one of fewer, taller ones would move to the next page as a whole."""
KEPT = "<w:keepNext/>"
_BEHIND_STYLE = re.compile(rf"<w:pStyle [^>]*/>(?!{KEPT})")


_EMPTY_SECTION = re.compile(
    r"(<w:sectPr\b(?:(?!</w:sectPr>).)*</w:sectPr>)(</w:pPr></w:p>)\s*<w:sectPr\b.*?</w:sectPr>(?=\s*</w:body>)", re.DOTALL
)
"""A last section without a paragraph of its own would print an empty page."""


def _ends_with_two_sections(xml: str) -> bool:
    """Whether nothing stands between the last section and the one before it: found sooner than by the pattern."""
    last, end = xml.rfind("<w:sectPr"), "</w:sectPr></w:pPr></w:p>"
    before = xml.rfind(end, 0, max(last, 0))
    return before >= 0 and not xml[before + len(end) : last].strip()


def _kept_rows(xml: str, table: Place) -> Iterator[Edit]:
    """What keeps a table's repeated head, and a single row, from standing alone at a page's foot or at the head of the next."""
    start, stop = table
    rows, heads, first = _rows(xml, table), 0, None
    for row in rows:
        if xml.find("<w:tblHeader", *row) < 0:
            first = row
            break
        heads += 1
    below = xml.count(_ROW_END, start, stop) - heads
    if first is None or not heads or below < 2:
        return
    kept = [(start, first[1])]
    if below >= LONG_TABLE:
        last = xml.rfind(_ROW_END, start, stop)
        end = xml.rfind(_ROW_END, start, last)
        kept.append((xml.rfind(_ROW_END, start, end) + len(_ROW_END), end))
    for place in kept:
        for style in _BEHIND_STYLE.finditer(xml, *place):
            yield style.end(), style.end(), KEPT


def _width(text: str) -> float:
    """The width of a text in 字, digits and Latin letters half."""
    return sum(0.5 if char.isascii() else 1 for char in text)


def _paragraphs_of(xml: str, style: str) -> list[tuple[int, int]]:
    """Where the paragraphs of a style begin and end."""
    spans = []
    at = xml.find(mark := f'<w:pPr><w:pStyle w:val="{style}"/>')
    while at >= 0:
        end = xml.find("</w:p>", at) + len("</w:p>")
        spans.append((xml.rfind("<w:p", 0, at), end))
        at = xml.find(mark, end)
    return spans


_AFTER_INDENT = re.compile(
    r"<w:(?:contextualSpacing|mirrorIndents|suppressOverlap|jc|textDirection|textAlignment|textboxTightWrap|"
    r"outlineLvl|divId|cnfStyle|rPr|sectPr|pPrChange)\b|</w:pPr>"
)
_AFTER_HIGHLIGHT = re.compile(
    r"<w:(?:u|effect|bdr|shd|fitText|vertAlign|rtl|cs|em|lang|eastAsianLayout|specVanish|oMath)\b|<w14:|</w:rPr>"
)
"""What the standard wants behind an indent, and behind a highlight: properties have an order."""


def _place_office(xml: str) -> str:
    """Centre the office over the date: its distance from the right edge depends on both widths."""
    offices, dates = _paragraphs_of(xml, OFFICE_STYLE), _paragraphs_of(xml, DATE_STYLE)
    if not offices or not dates:
        return xml
    width = _width(printed(xml[slice(*dates[-1])]))
    for start, end in reversed(offices):
        right = max(0.0, DATE_RIGHT + (width - _width(printed(xml[start:end]))) / 2)
        paragraph = re.sub(r"<w:ind\b[^>]*/>", "", xml[start:end], count=1)
        at = _AFTER_INDENT.search(paragraph)
        indent = f'<w:ind w:rightChars="{round(right * 100)}" w:right="{round(right * ZI)}"/>'
        if at is not None:
            xml = xml[:start] + paragraph[: at.start()] + indent + paragraph[at.start() :] + xml[end:]
    return xml


def _highlight(xml: str) -> str:
    """Every 【待补：…】 and 【待定】 in yellow, wherever it stands."""
    pieces, done = [], 0
    for gap in _GAP.finditer(xml):
        start = max(xml.rfind("<w:r>", done, gap.start()), xml.rfind("<w:r ", done, gap.start()))
        run = _RUN.match(xml, start) if start >= 0 else None
        if run is not None and run.end() > gap.start():
            pieces += [xml[done : run.start()], _split_at_gaps(run.group(1) or "", run.group(2))]
            done = run.end()
    return "".join((*pieces, xml[done:]))


_GAP = re.compile(f"{TODO}|{UNSETTLED}")
_WHOLE_GAP = re.compile(f"({TODO}[^】]*】|{UNSETTLED})")
_RUN = re.compile(r"<w:r(?: [^>]*)?>(<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?<w:t(?: [^>]*)?>([^<]*)</w:t></w:r>", re.DOTALL)


def _split_at_gaps(properties: str, text: str) -> str:
    """Return runs of a text, those that are gaps in yellow."""
    return "".join(
        f"<w:r>{_marked(properties) if piece.startswith((TODO, UNSETTLED)) else properties}"
        f'<w:t xml:space="preserve">{piece}</w:t></w:r>'
        for piece in _WHOLE_GAP.split(text)
        if piece
    )


def _marked(properties: str) -> str:
    """Run properties with a yellow highlight, in the order Word wants."""
    properties = re.sub(r"<w:highlight\b[^>]*/>", "", properties) or "<w:rPr></w:rPr>"
    at = _AFTER_HIGHLIGHT.search(properties)
    cut = at.start() if at is not None else len(properties)
    return properties[:cut] + '<w:highlight w:val="yellow"/>' + properties[cut:]
