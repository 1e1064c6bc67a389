"""The rendered text of a document → the same with what no template can say: table grids, the place of the office, marked gaps."""

from __future__ import annotations

import re

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
    first, *tables = xml.split("<w:tbl>")
    xml = first + "".join(_keep_rows(_fit_table(table)) for table in tables)
    xml = _place_office(_EMPTY_SECTION.sub(r"\2\1", xml))
    return _highlight(xml) if TODO in xml or UNSETTLED in xml else xml


def _fit_table(text: str) -> str:
    """A table, from behind its opening tag, and what follows it: the grid gets as many columns as a loop has made.

    The first column keeps its width, the others share the rest.
    """
    row = text[: text.find("</w:tr>")]
    grid = [int(width) for width in re.findall(r'<w:gridCol w:w="(\d+)"', row)]
    count = row.count("<w:tc>") + sum(int(span) - 1 for span in re.findall(r'<w:gridSpan w:val="(\d+)"', row))
    if not grid or count == len(grid) or count < 2:
        return "<w:tbl>" + text
    table, end, rest = text.partition("</w:tbl>")
    others, spare = divmod(sum(grid) - grid[0], count - 1)
    widths = [grid[0], *[others] * (count - 2), others + spare]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    table = re.sub(r"<w:tblGrid>.*?</w:tblGrid>", f"<w:tblGrid>{columns}</w:tblGrid>", table, flags=re.DOTALL)

    def refit(match: re.Match[str]) -> str:
        own = iter(widths)
        return re.sub(r'<w:tcW w:w="\d+"', lambda _: f'<w:tcW w:w="{next(own, others)}"', match.group())

    return "<w:tbl>" + re.sub(r"<w:tr[ >].*?</w:tr>", refit, table, flags=re.DOTALL) + end + rest


_ROW = re.compile(r"<w:tr[ >].*?</w:tr>", re.DOTALL)
LONG_TABLE = 5
"""A table of so many rows below its head keeps the last two together; one of fewer, taller ones would move to the next page as a whole."""
KEPT = r"\1<w:keepNext/>"
_BEHIND_STYLE = re.compile(r"(<w:pStyle [^>]*/>)(?!<w:keepNext/>)")


_EMPTY_SECTION = re.compile(
    r"(<w:sectPr\b(?:(?!</w:sectPr>).)*</w:sectPr>)(</w:pPr></w:p>)\s*<w:sectPr\b.*?</w:sectPr>(?=\s*</w:body>)", re.DOTALL
)
"""A last section without a paragraph of its own would print an empty page."""


def _keep_rows(text: str) -> str:
    """A table, from its opening tag: its repeated head and a single row never stand alone, at a page's foot or at the head of the next."""
    table, end, rest = text.partition("</w:tbl>")
    rows = list(_ROW.finditer(table))
    heads = next((at for at, row in enumerate(rows) if "<w:tblHeader" not in row.group()), len(rows))
    if not heads or len(rows) < heads + 2:
        return text
    first, last = rows[heads].end(), rows[-2]
    if len(rows) - heads >= LONG_TABLE:
        table = table[: last.start()] + _BEHIND_STYLE.sub(KEPT, last.group()) + table[last.end() :]
    return _BEHIND_STYLE.sub(KEPT, table[:first]) + table[first:] + end + rest


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
    pattern = re.compile(
        rf"<w:r(?: [^>]*)?>(<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?<w:t(?: [^>]*)?>([^<]*(?:{TODO}|{UNSETTLED})[^<]*)</w:t></w:r>",
        re.DOTALL,
    )

    def split(match: re.Match[str]) -> str:
        own = match.group(1) or ""
        pieces = re.split(rf"({TODO}[^】]*】|{UNSETTLED})", match.group(2))
        return "".join(
            f'<w:r>{_marked(own) if piece.startswith((TODO, UNSETTLED)) else own}<w:t xml:space="preserve">{piece}</w:t></w:r>'
            for piece in pieces
            if piece
        )

    return pattern.sub(split, xml)


def _marked(properties: str) -> str:
    """Run properties with a yellow highlight, in the order Word wants."""
    properties = re.sub(r"<w:highlight\b[^>]*/>", "", properties) or "<w:rPr></w:rPr>"
    at = _AFTER_HIGHLIGHT.search(properties)
    cut = at.start() if at is not None else len(properties)
    return properties[:cut] + '<w:highlight w:val="yellow"/>' + properties[cut:]
