"""The parts of a Word template as OOXML: styles, paragraphs that steer, tables, sections, page numbers, charts, and the package of them.

Layout figures are those of GB/T 9704-2012: see docs/模板.md.
"""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape

from wuhao_report.files.office import pack
from wuhao_report.report.charts import workbook_of

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
FANGSONG, KAITI, HEITI, SONGTI, XIAOBIAOSONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
LINE, ZI = 579, 315
PAGE = (11906, 16838)
EDGES = {"top": 2098, "bottom": 1984, "left": 1588, "right": 1474}
TURNED = {"top": 1588, "bottom": 1474, "left": 1984, "right": 2098}
FOOTER = 1429
PORTRAIT_WIDTH, LANDSCAPE_WIDTH = 8844, 12756


def fonts(face: str) -> str:
    """Return the same typeface for every script."""
    return f'<w:rFonts w:hint="eastAsia" w:ascii="{face}" w:hAnsi="{face}" w:eastAsia="{face}" w:cs="{face}"/>'


def run_properties(face: str, size: int) -> str:
    """Return typeface and size (in half points); 3号 is set 0.25 pt tighter, so that 28 characters fill 156 mm."""
    return f'{fonts(face)}<w:spacing w:val="{-5 if size == 32 else 0}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'


def ordered(paragraph: str) -> str:
    """Return paragraph properties with the switch of hanging punctuation in every style, for LibreOffice does not inherit it.

    LibreOffice (7.4 at least) reads the switch the wrong way round: 0 lets 。 and 、 stand outside the text area, 1 keeps
    them inside. In Word and WPS 1 is what every new document has.
    """
    kept = re.match(r"(<w:(keepNext|pageBreakBefore)/>)*", paragraph)
    at = kept.end() if kept else 0
    return paragraph[:at] + '<w:overflowPunct w:val="1"/>' + paragraph[at:]


def style(name: str, title: str, face: str, size: int = 32, paragraph: str = "", next_style: str | None = None) -> str:
    """Return a paragraph style: its id, its name in Word, typeface, size in half points, paragraph properties."""
    following = f'<w:next w:val="{next_style}"/>' if next_style else ""
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{name}"><w:name w:val="{title}"/><w:basedOn w:val="Normal"/>'
        f"{following}<w:qFormat/><w:pPr>{ordered(paragraph)}</w:pPr><w:rPr>{run_properties(face, size)}</w:rPr></w:style>"
    )


INDENT = '<w:ind w:firstLineChars="200" w:firstLine="630"/>'
TABLE_LINE = '<w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="{}" w:lineRule="exact"/>'
STYLES = "".join(
    (
        style("WTitle", "公文标题", XIAOBIAOSONG, 44, '<w:keepNext/><w:snapToGrid w:val="0"/><w:jc w:val="center"/>'),
        style("WAddressee", "主送机关", FANGSONG),
        style("WBody", "公文正文", FANGSONG, 32, INDENT),
        style("WLead", "正文与下段同页", FANGSONG, 32, f"<w:keepNext/>{INDENT}", "WBody"),
        style("WClosing", "结束语", FANGSONG, 32, f"<w:keepNext/>{INDENT}"),
        style("WHeading1", "一级标题", HEITI, 32, f'<w:keepNext/>{INDENT}<w:outlineLvl w:val="0"/>', "WBody"),
        style("WHeading2", "二级标题", KAITI, 32, f'<w:keepNext/>{INDENT}<w:outlineLvl w:val="1"/>', "WBody"),
        style(
            "WNoteFirst",
            "附件说明首行",
            FANGSONG,
            32,
            '<w:keepNext/><w:ind w:leftChars="600" w:left="1890" w:hangingChars="400" w:hanging="1260"/>',
        ),
        style(
            "WNote",
            "附件说明",
            FANGSONG,
            32,
            '<w:keepNext/><w:ind w:leftChars="600" w:left="1890" w:hangingChars="100" w:hanging="315"/>',
        ),
        style("WOffice", "署名", FANGSONG, 32, '<w:keepNext/><w:jc w:val="right"/>'),
        style("WDate", "成文日期", FANGSONG, 32, '<w:ind w:rightChars="400" w:right="1260"/><w:jc w:val="right"/>'),
        style("WLabel", "附件标识", HEITI, 32, "<w:keepNext/><w:pageBreakBefore/>"),
        style("WAttachmentTitle", "附件标题", XIAOBIAOSONG, 44, '<w:keepNext/><w:snapToGrid w:val="0"/><w:jc w:val="center"/>'),
        style("WTableHead", "表头", HEITI, 21, TABLE_LINE.format(340) + '<w:jc w:val="center"/>'),
        style("WTableText", "表内文字", FANGSONG, 21, TABLE_LINE.format(320) + '<w:jc w:val="left"/>'),
        style("WTableCentre", "表内居中", FANGSONG, 21, TABLE_LINE.format(320) + '<w:jc w:val="center"/>'),
        style(
            "WChart",
            "图表",
            FANGSONG,
            21,
            '<w:snapToGrid w:val="0"/><w:spacing w:line="240" w:lineRule="auto"/><w:jc w:val="center"/>',
        ),
        style("WPageNumber", "页码", SONGTI, 28, '<w:snapToGrid w:val="0"/><w:spacing w:line="320" w:lineRule="exact"/>'),
    )
)

STYLES_XML = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>'
    f'{fonts(FANGSONG)}<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr>'
    "</w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/>'
    '<w:overflowPunct w:val="1"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    f'<w:spacing w:before="0" w:after="0" w:line="{LINE}" w:lineRule="exact"/><w:jc w:val="both"/></w:pPr>'
    f'<w:rPr>{run_properties(FANGSONG, 32)}<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/>'
    '<w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="28" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
    '<w:bottom w:w="28" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    '<w:style w:type="table" w:customStyle="1" w:styleId="WTable"><w:name w:val="公文表格"/><w:basedOn w:val="TableNormal"/><w:tblPr>'
    "<w:tblBorders>"
    + "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + f"</w:tblBorders></w:tblPr></w:style>{STYLES}</w:styles>"
)


def paragraph(text: str, name: str = "WBody", extra: str = "") -> str:
    """Return a paragraph of a style; `extra` are properties behind the style."""
    runs = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{name}"/>{extra}</w:pPr>{runs}</w:p>'


def blank() -> str:
    """Return a blank line."""
    return "<w:p/>"


KEPT_BLANK = "<w:p><w:pPr><w:keepNext/></w:pPr></w:p>"
"""A blank line that stays with what follows, so that date and office never stand alone on a page (7.3.5.5)."""


def tag(text: str) -> str:
    """Return a line of its own that steers: {%p for … %}, {%p if … %}, {%p endfor %}."""
    return paragraph("{%p " + text + " %}")


def each(loop: str, *inside: str) -> str:
    """Return what is repeated for each entry of a list."""
    return tag(f"for {loop}") + "".join(inside) + tag("endfor")


def when(condition: str, *inside: str, otherwise: str = "") -> str:
    """Return what stands only under a condition."""
    return tag(f"if {condition}") + "".join(inside) + (tag("else") + otherwise if otherwise else "") + tag("endif")


def own(name: str) -> str:
    """Return a text of the secretary, paragraph by paragraph."""
    return each(f"段 in {name}", paragraph("{{段}}"))


def cell(text: str, width: int, name: str = "WTableText", span: int = 1) -> str:
    """Return a table cell; `width` in twentieths of a point."""
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}<w:vAlign w:val="center"/></w:tcPr>'
        f"{paragraph(text, name)}</w:tc>"
    )


def lines(loop: str, text: str, width: int) -> str:
    """Return a table cell with a paragraph for each entry of a list."""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f"{tag(f'for {loop}')}{paragraph(text, 'WTableText')}{tag('endfor')}</w:tc>"
    )


def row(cells: str, head: bool = False, height: int = 0) -> str:
    """Return a table row that is never broken over two pages; a `head` is repeated on each.

    It is at least `height` high, in twentieths of a point: room to write by hand.
    """
    least = f'<w:trHeight w:val="{height}"/>' if height else ""
    return f'<w:tr><w:trPr><w:cantSplit/>{least}{"<w:tblHeader/>" if head else ""}<w:jc w:val="center"/></w:trPr>{cells}</w:tr>'


def steer(text: str, width: int, span: int) -> str:
    """Return a table row that steers: {%tr for … %}."""
    return row(cell("{%tr " + text + " %}", width, span=span))


def table(widths: list[int], *rows: str) -> str:
    """Return a table with columns of these widths."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="WTable"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def listing(loop: str, columns: list[tuple[str, str, int, bool]], height: int = 0) -> str:
    """Return a table with a repeated head and one row an item, at least `height` high: (head, text, width, centred)."""
    widths = [width for _, _, width, _ in columns]
    total, count = sum(widths), len(columns)
    head = row("".join(cell(title, width, "WTableHead") for title, _, width, _ in columns), head=True)
    cells = "".join(cell(text, width, "WTableCentre" if centred else "WTableText") for _, text, width, centred in columns)
    body = row(cells, height=height)
    return table(widths, head, steer(f"for {loop}", total, count), body, steer("endfor", total, count))


def section(landscape: bool) -> str:
    """Return the page of a section: paper, margins, page numbers, 22 lines."""
    width, height = PAGE[::-1] if landscape else PAGE
    turned = ' w:orient="landscape"' if landscape else ""
    edges = "".join(f' w:{name}="{value}"' for name, value in (TURNED if landscape else EDGES).items())
    odd, even = ("rIdOddL", "rIdEvenL") if landscape else ("rIdOdd", "rIdEven")
    return (
        f'<w:sectPr><w:footerReference w:type="default" r:id="{odd}"/><w:footerReference w:type="even" r:id="{even}"/>'
        f'<w:type w:val="nextPage"/><w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        f'<w:pgMar{edges} w:header="851" w:footer="{851 if landscape else FOOTER}" w:gutter="0"/>'
        f'<w:docGrid w:type="lines" w:linePitch="{LINE}"/></w:sectPr>'
    )


def section_end() -> str:
    """Return the last paragraph of the landscape section: as good as no height, for a table may fill the page."""
    return '<w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:line="20" w:lineRule="exact"/>' + section(True) + "</w:pPr></w:p>"


def page_number(properties: str) -> str:
    """Return the paragraph of a page number: — 1 —."""

    def run(inside: str) -> str:
        return f"<w:r><w:rPr>{run_properties(SONGTI, 28)}</w:rPr>{inside}</w:r>"

    return (
        f'<w:p><w:pPr><w:pStyle w:val="WPageNumber"/>{properties}</w:pPr>'
        + run('<w:t xml:space="preserve">— </w:t>')
        + run('<w:fldChar w:fldCharType="begin"/>')
        + run('<w:instrText xml:space="preserve"> PAGE </w:instrText>')
        + run('<w:fldChar w:fldCharType="separate"/>')
        + run("<w:t>1</w:t>")
        + run('<w:fldChar w:fldCharType="end"/>')
        + run('<w:t xml:space="preserve"> —</w:t>')
        + "</w:p>"
    )


def footer(odd: bool, landscape: bool) -> bytes:
    """Return the footer of odd or even pages; on a landscape page the number stands at the edge, turned."""
    side = "right" if odd else "left"
    if not landscape:
        inside = page_number(f'<w:ind w:{side}="280" w:{side}Chars="100" w:firstLine="0"/><w:jc w:val="{side}"/>')
    else:
        height = 1300
        y = PAGE[0] - TURNED["bottom"] - 280 - height if odd else TURNED["top"] + 280
        inside = (
            '<w:tbl><w:tblPr><w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="page" w:horzAnchor="page" '
            f'w:tblpX="{FOOTER}" w:tblpY="{y}"/><w:tblW w:w="320" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar>'
            '<w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w="320"/>'
            f'</w:tblGrid><w:tr><w:trPr><w:trHeight w:val="{height}" w:hRule="exact"/></w:trPr><w:tc><w:tcPr><w:tcW w:w="320" '
            'w:type="dxa"/><w:textDirection w:val="tbRl"/></w:tcPr>'
            + page_number(f'<w:jc w:val="{side}"/>')
            + '</w:tc></w:tr></w:tbl><w:p><w:pPr><w:pStyle w:val="WPageNumber"/></w:pPr></w:p>'
        )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:ftr xmlns:w="{W}" xmlns:r="{R}">{inside}</w:ftr>'.encode()


GREYS = ("A6A6A6", "404040", "D9D9D9", "737373", "F2F2F2")
CHARTS = {
    "各方面达标": ("各方面适用指标与达标指标（项）", 2),
    "年度对比": ("主要工作年度对比", 5),
    "汇总达标": ("各方面适用单位与达标单位（个）", 2),
}


def chart_parts(title: str, series: int) -> tuple[bytes, bytes]:
    """Return a chart and its embedded workbook: grey columns with their numbers, the legend below."""
    from lxml import etree
    from pptx.chart.chart import Chart
    from pptx.chart.data import CategoryChartData
    from pptx.chart.xmlwriter import ChartXmlWriter
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.oxml import parse_xml

    data = CategoryChartData(number_format="General")
    data.categories = categories = ["一", "二"]
    all_series = [(f"系列{number}", (1, 2)) for number in range(1, series + 1)]
    for name, numbers in all_series:
        data.add_series(name, numbers)
    space = parse_xml(ChartXmlWriter(XL_CHART_TYPE.COLUMN_CLUSTERED, data).xml.encode())
    _style_chart(Chart(space, None), title)
    _style_text(space)
    external = etree.SubElement(space, f"{{{CHART}}}externalData")
    external.set(f"{{{R}}}id", "rId1")
    etree.SubElement(external, f"{{{CHART}}}autoUpdate").set("val", "0")
    # The ids of the axes that come from there are negative, which no id may be (ECMA-376, ST_UnsignedInt).
    for axis in space.iter(f"{{{CHART}}}axId", f"{{{CHART}}}crossAx"):
        axis.set("val", axis.get("val").lstrip("-"))
    xml = etree.tostring(space, encoding="UTF-8", standalone=True)
    return xml, workbook_of(categories, all_series)


def _style_chart(chart: Any, title: str) -> None:
    """Title, legend, axes, columns and their numbers."""
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_LEGEND_POSITION
    from pptx.util import Pt

    chart.font.size, chart.font.color.rgb = Pt(9), RGBColor(0, 0, 0)
    chart.has_title = True
    chart.chart_title.text_frame.text = title
    run = chart.chart_title.text_frame.paragraphs[0].runs[0]
    run.font.size, run.font.bold = Pt(12), False
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.visible = False
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 80, -5
    plot.has_data_labels = True
    plot.data_labels.show_value = True
    for number, item in enumerate(plot.series):
        item.format.fill.solid()
        item.format.fill.fore_color.rgb = RGBColor.from_string(GREYS[number])
        item.format.line.color.rgb = RGBColor.from_string("404040")


def _style_text(space: Any) -> None:
    """The typeface of everything that is written in a chart."""
    from lxml import etree

    drawing = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    for properties in space.iter(f"{drawing}defRPr", f"{drawing}rPr"):
        for kind in ("latin", "ea"):
            etree.SubElement(properties, f"{drawing}{kind}").set("typeface", SONGTI)


def chart(name: str, height: float) -> str:
    """Return a paragraph with the chart of that set of data; `height` in centimetres."""
    number = list(CHARTS).index(name) + 1
    return (
        '<w:p><w:pPr><w:pStyle w:val="WChart"/></w:pPr><w:r><w:drawing>'
        f'<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" distT="0" distB="0" distL="0" '
        f'distR="0"><wp:extent cx="{15 * 360000}" cy="{int(height * 360000)}"/><wp:docPr id="{number}" name="图表{number}" descr="{name}"/>'
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData '
        f'uri="{CHART}"><c:chart xmlns:c="{CHART}" r:id="rIdChart{number}"/></a:graphicData></a:graphic></wp:inline>'
        "</w:drawing></w:r></w:p>"
    )


UNITS = "年月日次名人项个篇条份户件元分岁天"
"""What stands behind a number and is never parted from it at the end of a line."""
NEVER_FIRST = "!%),.:;>?]}¢¨°·ˇˉ―‖’”…‰′″›℃∶、。〃〉》」』】〕〗〞︶︺︾﹀﹄﹚﹜﹞！＂％＇），．：；？］｀｜｝～￠" + UNITS
"""The marks that never begin a line in Chinese, with the units."""
SETTINGS = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:settings xmlns:w="{W}"><w:zoom w:percent="100"/>'
    '<w:evenAndOddHeaders/><w:characterSpacingControl w:val="doNotCompress"/>'
    f'<w:noLineBreaksBefore w:lang="zh-CN" w:val="{escape(NEVER_FIRST)}"/><w:compat><w:compatSetting '
    'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
)
FONT_TABLE = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{W}">'
    + "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in ((FANGSONG, "仿宋"), (KAITI, "楷体"), (XIAOBIAOSONG, "宋体"))
    )
    + "</w:fonts>"
)
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
COLOURS = {
    "dk1": "000000",
    "lt1": "FFFFFF",
    "dk2": "404040",
    "lt2": "F2F2F2",
    "accent1": "404040",
    "accent2": "7F7F7F",
    "accent3": "A6A6A6",
    "accent4": "BFBFBF",
    "accent5": "595959",
    "accent6": "D9D9D9",
    "hlink": "0000FF",
    "folHlink": "800080",
}
_FILL = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
_FONT = f'<a:latin typeface="{FANGSONG}"/><a:ea typeface="{FANGSONG}"/><a:cs typeface=""/>'
THEME = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><a:theme xmlns:a="{DRAWING}" name="公文"><a:themeElements><a:clrScheme name="公文">'
    + "".join(f'<a:{name}><a:srgbClr val="{colour}"/></a:{name}>' for name, colour in COLOURS.items())
    + f'</a:clrScheme><a:fontScheme name="公文"><a:majorFont>{_FONT}</a:majorFont><a:minorFont>{_FONT}</a:minorFont></a:fontScheme>'
    + f'<a:fmtScheme name="公文"><a:fillStyleLst>{_FILL * 3}</a:fillStyleLst><a:lnStyleLst>'
    + "".join(f'<a:ln w="{width}">{_FILL}</a:ln>' for width in (6350, 12700, 19050))
    + f"</a:lnStyleLst><a:effectStyleLst>{'<a:effectStyle><a:effectLst/></a:effectStyle>' * 3}</a:effectStyleLst>"
    + f"<a:bgFillStyleLst>{_FILL * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
)
"""The greys and the typeface of an official document: every document needs a theme (ECMA-376, 14.2.7), nothing in ours asks for it."""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="xlsx" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"/>'
    f'<Override PartName="/word/document.xml" ContentType="{WORD}.document.main+xml"/>'
    + "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{WORD}.{kind}+xml"/>'
        for part, kind in (
            ("styles", "styles"),
            ("settings", "settings"),
            ("fontTable", "fontTable"),
            ("footer1", "footer"),
            ("footer2", "footer"),
            ("footer3", "footer"),
            ("footer4", "footer"),
        )
    )
    + '<Override PartName="/word/theme/theme1.xml" ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/>'
    + '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
RELS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:title>{}</dc:title></cp:coreProperties>"
)


def relations(pairs: list[tuple[str, str, str]]) -> bytes:
    """Return a part of relationships, of (id, type, target)."""
    return RELS.format(
        "".join(f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, kind, target in pairs)
    ).encode()


def template(title: str, body: str) -> bytes:
    """Return the package of a template: its body, the charts named in it, styles and footers."""
    links, parts, overrides = _charts_of(body)
    document = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}'
        "</w:body></w:document>"
    )
    return pack(
        [
            ("[Content_Types].xml", CONTENT_TYPES.replace("</Types>", overrides + "</Types>").encode()),
            (
                "_rels/.rels",
                relations(
                    [
                        ("rId1", f"{OFFICE}/officeDocument", "word/document.xml"),
                        (
                            "rId2",
                            "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
                            "docProps/core.xml",
                        ),
                    ]
                ),
            ),
            ("docProps/core.xml", CORE.format(title).encode()),
            ("word/document.xml", document.encode()),
            (
                "word/_rels/document.xml.rels",
                relations(
                    [
                        ("rIdStyles", f"{OFFICE}/styles", "styles.xml"),
                        ("rIdSettings", f"{OFFICE}/settings", "settings.xml"),
                        ("rIdFonts", f"{OFFICE}/fontTable", "fontTable.xml"),
                        ("rIdTheme", f"{OFFICE}/theme", "theme/theme1.xml"),
                        ("rIdOdd", f"{OFFICE}/footer", "footer1.xml"),
                        ("rIdEven", f"{OFFICE}/footer", "footer2.xml"),
                        ("rIdOddL", f"{OFFICE}/footer", "footer3.xml"),
                        ("rIdEvenL", f"{OFFICE}/footer", "footer4.xml"),
                        *links,
                    ]
                ),
            ),
            ("word/styles.xml", STYLES_XML.encode()),
            ("word/settings.xml", SETTINGS.encode()),
            ("word/fontTable.xml", FONT_TABLE.encode()),
            ("word/theme/theme1.xml", THEME.encode()),
            ("word/footer1.xml", footer(True, False)),
            ("word/footer2.xml", footer(False, False)),
            ("word/footer3.xml", footer(True, True)),
            ("word/footer4.xml", footer(False, True)),
            *parts,
        ]
    )


def _charts_of(body: str) -> tuple[list[tuple[str, str, str]], list[tuple[str, bytes]], str]:
    """The charts that a body names: their relationships, their parts, their content types."""
    links, parts, overrides = [], [], ""
    for number, (name, looks) in enumerate(CHARTS.items(), 1):
        if f'descr="{name}"' not in body:
            continue
        links.append((f"rIdChart{number}", f"{OFFICE}/chart", f"charts/chart{number}.xml"))
        xml, workbook = chart_parts(*looks)
        parts += [
            (f"word/charts/chart{number}.xml", xml),
            (
                f"word/charts/_rels/chart{number}.xml.rels",
                relations([("rId1", f"{OFFICE}/package", f"../embeddings/chart{number}.xlsx")]),
            ),
            (f"word/embeddings/chart{number}.xlsx", workbook),
        ]
        overrides += (
            f'<Override PartName="/word/charts/chart{number}.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.drawingml.chart+xml"/>'
        )
    return links, parts, overrides
