"""Make the two Word templates as they are delivered; administrators change them in Word from there on.

    python scripts/make_templates.py [folder]        (default: templates beside this folder)

Layout figures are those of GB/T 9704-2012 as OOXML needs them: see docs/模板.md.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
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
    return f'<w:rFonts w:hint="eastAsia" w:ascii="{face}" w:hAnsi="{face}" w:eastAsia="{face}" w:cs="{face}"/>'


def run_properties(face: str, size: int) -> str:
    """3号 is set 0.25 pt tighter, so that 28 characters fill 156 mm."""
    return f'{fonts(face)}<w:spacing w:val="{-5 if size == 32 else 0}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'


def ordered(paragraph: str) -> str:
    """Paragraph properties with the switch of hanging punctuation in every style, for LibreOffice does not inherit it.

    LibreOffice (7.4 at least) reads the switch the wrong way round: 0 lets 。 and 、 stand outside the text area, 1 keeps
    them inside. In Word and WPS 1 is what every new document has.
    """
    kept = re.match(r"(<w:(keepNext|pageBreakBefore)/>)*", paragraph)
    at = kept.end() if kept else 0
    return paragraph[:at] + '<w:overflowPunct w:val="1"/>' + paragraph[at:]


def style(name: str, title: str, face: str, size: int = 32, paragraph: str = "", next_style: str | None = None) -> str:
    following = f'<w:next w:val="{next_style}"/>' if next_style else ""
    return (f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{name}"><w:name w:val="{title}"/><w:basedOn w:val="Normal"/>'
            f'{following}<w:qFormat/><w:pPr>{ordered(paragraph)}</w:pPr><w:rPr>{run_properties(face, size)}</w:rPr></w:style>')


INDENT = '<w:ind w:firstLineChars="200" w:firstLine="630"/>'
TABLE_LINE = '<w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="{}" w:lineRule="exact"/>'
STYLES = "".join((
    style("WTitle", "公文标题", XIAOBIAOSONG, 44, '<w:keepNext/><w:snapToGrid w:val="0"/><w:jc w:val="center"/>'),
    style("WAddressee", "主送机关", FANGSONG),
    style("WBody", "公文正文", FANGSONG, 32, INDENT),
    style("WClosing", "结束语", FANGSONG, 32, f"<w:keepNext/>{INDENT}"),
    style("WHeading1", "一级标题", HEITI, 32, f'<w:keepNext/>{INDENT}<w:outlineLvl w:val="0"/>', "WBody"),
    style("WHeading2", "二级标题", KAITI, 32, f'<w:keepNext/>{INDENT}<w:outlineLvl w:val="1"/>', "WBody"),
    style("WNoteFirst", "附件说明首行", FANGSONG, 32,
          '<w:keepNext/><w:ind w:leftChars="600" w:left="1890" w:hangingChars="400" w:hanging="1260"/>'),
    style("WNote", "附件说明", FANGSONG, 32, '<w:keepNext/><w:ind w:leftChars="600" w:left="1890" w:hangingChars="100" w:hanging="315"/>'),
    style("WOffice", "署名", FANGSONG, 32, '<w:keepNext/><w:jc w:val="right"/>'),
    style("WDate", "成文日期", FANGSONG, 32, '<w:ind w:rightChars="400" w:right="1260"/><w:jc w:val="right"/>'),
    style("WLabel", "附件标识", HEITI, 32, "<w:keepNext/><w:pageBreakBefore/>"),
    style("WAttachmentTitle", "附件标题", XIAOBIAOSONG, 44, '<w:keepNext/><w:snapToGrid w:val="0"/><w:jc w:val="center"/>'),
    style("WTableHead", "表头", HEITI, 21, TABLE_LINE.format(340) + '<w:jc w:val="center"/>'),
    style("WTableText", "表内文字", FANGSONG, 21, TABLE_LINE.format(320) + '<w:jc w:val="left"/>'),
    style("WTableCentre", "表内居中", FANGSONG, 21, TABLE_LINE.format(320) + '<w:jc w:val="center"/>'),
    style("WChart", "图表", FANGSONG, 21, '<w:snapToGrid w:val="0"/><w:spacing w:line="240" w:lineRule="auto"/><w:jc w:val="center"/>'),
    style("WPageNumber", "页码", SONGTI, 28, '<w:snapToGrid w:val="0"/><w:spacing w:line="320" w:lineRule="exact"/>'),
))

STYLES_XML = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>'
    f'{fonts(FANGSONG)}<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="zh-CN" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr>'
    '</w:rPrDefault><w:pPrDefault/></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/>'
    '<w:overflowPunct w:val="1"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    f'<w:spacing w:before="0" w:after="0" w:line="{LINE}" w:lineRule="exact"/><w:jc w:val="both"/></w:pPr>'
    f'<w:rPr>{run_properties(FANGSONG, 32)}<w:lang w:val="zh-CN" w:eastAsia="zh-CN"/></w:rPr></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/>'
    '<w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="28" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
    '<w:bottom w:w="28" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    '<w:style w:type="table" w:customStyle="1" w:styleId="WTable"><w:name w:val="公文表格"/><w:basedOn w:val="TableNormal"/><w:tblPr>'
    '<w:tblBorders>' + "".join(f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
                               for edge in ("top", "left", "bottom", "right", "insideH", "insideV"))
    + f'</w:tblBorders></w:tblPr></w:style>{STYLES}</w:styles>')


def paragraph(text: str, name: str = "WBody", extra: str = "") -> str:
    runs = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{name}"/>{extra}</w:pPr>{runs}</w:p>'


def blank() -> str:
    return "<w:p/>"


KEPT_BLANK = "<w:p><w:pPr><w:keepNext/></w:pPr></w:p>"
"""A blank line that stays with what follows, so that date and office never stand alone on a page (7.3.5.5)."""


def tag(text: str) -> str:
    """A line of its own that steers: {%p for … %}, {%p if … %}, {%p endfor %}."""
    return paragraph("{%p " + text + " %}")


def each(loop: str, *inside: str) -> str:
    return tag(f"for {loop}") + "".join(inside) + tag("endfor")


def when(condition: str, *inside: str, otherwise: str = "") -> str:
    return tag(f"if {condition}") + "".join(inside) + (tag("else") + otherwise if otherwise else "") + tag("endif")


def own(name: str) -> str:
    return each(f"段 in {name}", paragraph("{{段}}"))


def cell(text: str, width: int, name: str = "WTableText", span: int = 1) -> str:
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return (f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}<w:vAlign w:val="center"/></w:tcPr>'
            f'{paragraph(text, name)}</w:tc>')


def row(cells: str, head: bool = False) -> str:
    return f'<w:tr><w:trPr><w:cantSplit/>{"<w:tblHeader/>" if head else ""}<w:jc w:val="center"/></w:trPr>{cells}</w:tr>'


def steer(text: str, width: int, span: int) -> str:
    return row(cell("{%tr " + text + " %}", width, span=span))


def table(widths: list[int], *rows: str) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (f'<w:tbl><w:tblPr><w:tblStyle w:val="WTable"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
            f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>')


def listing(loop: str, columns: list[tuple[str, str, int, bool]]) -> str:
    """A table with a repeated head and one row an item: (head, text, width, centred)."""
    widths = [width for _, _, width, _ in columns]
    total, count = sum(widths), len(columns)
    head = row("".join(cell(title, width, "WTableHead") for title, _, width, _ in columns), head=True)
    body = row("".join(cell(text, width, "WTableCentre" if centred else "WTableText") for _, text, width, centred in columns))
    return table(widths, head, steer(f"for {loop}", total, count), body, steer("endfor", total, count))


def years_table() -> str:
    """Years side by side; the number of columns is that of the years."""
    first, other = 3300, 5544
    head = row(cell("项目", first, "WTableHead") + cell("{%tc for 年 in 年度表.年份 %}", other, "WTableHead")
               + cell("{{年}}", other, "WTableHead") + cell("{%tc endfor %}", other, "WTableHead"), head=True)
    body = row(cell("{{行.名称}}", first) + cell("{%tc for 数 in 行.数 %}", other, "WTableCentre")
               + cell("{{数}}", other, "WTableCentre") + cell("{%tc endfor %}", other, "WTableCentre"))
    return table([first, other], head, steer("for 行 in 年度表.行", first + other, 2), body, steer("endfor", first + other, 2))


def overview_table(result: str) -> str:
    columns = [("序号", "{{行.序号}}", 720, True), ("指标", "{{行.指标}}", 1240, False), ("要求", "{{行.要求}}", 2000, False),
               ("完成情况", "{{行.完成情况}}", 2136, False), ("结果", "{{行." + result + "}}", 850, True), ("分值", "{{行.分值}}", 880, True),
               ("自评分", "{{行.自评分}}", 860, True), ("考评分", "{{行.考评分}}", 860, True),
               ("扣分理由", "{{行.扣分理由}}", 1950, False), ("佐证编号", "{{行.佐证编号}}", 1260, False)]
    widths = [width for _, _, width, _ in columns]
    count = len(columns)
    head = row("".join(cell(title, width, "WTableHead") for title, _, width, _ in columns), head=True)
    body = row("".join(cell(text, width, "WTableCentre" if centred else "WTableText") for _, text, width, centred in columns))

    def sums(of: str, title: str) -> str:
        numbers = "".join(cell("{{" + of + "." + name + "}}", width, "WTableHead")
                          for name, width in zip(("分值", "自评分", "考评分"), widths[5:8], strict=True))
        return row(cell(title, sum(widths[:5]), "WTableHead", 5) + numbers + cell("", sum(widths[8:]), "WTableHead", 2))

    return table(
        widths, head, steer("for 方面 in 一览表", sum(widths), count), row(cell("{{方面.标题}}", sum(widths), "WTableHead", count)),
        steer("for 行 in 方面.行", sum(widths), count), body, steer("endfor", sum(widths), count),
        sums("方面", "小计"), steer("endfor", sum(widths), count),
        steer("for 合计 in 合计行", sum(widths), count), sums("合计", "{{合计.名称}}"), steer("endfor", sum(widths), count))


def section(landscape: bool) -> str:
    width, height = PAGE[::-1] if landscape else PAGE
    turned = ' w:orient="landscape"' if landscape else ""
    edges = "".join(f' w:{name}="{value}"' for name, value in (TURNED if landscape else EDGES).items())
    odd, even = ("rIdOddL", "rIdEvenL") if landscape else ("rIdOdd", "rIdEven")
    return (f'<w:sectPr><w:footerReference w:type="default" r:id="{odd}"/><w:footerReference w:type="even" r:id="{even}"/>'
            f'<w:type w:val="nextPage"/><w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
            f'<w:pgMar{edges} w:header="851" w:footer="{851 if landscape else FOOTER}" w:gutter="0"/>'
            f'<w:docGrid w:type="lines" w:linePitch="{LINE}"/></w:sectPr>')


def section_end() -> str:
    """The last paragraph of the landscape section: as good as no height, for a table may fill the page."""
    return ('<w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:line="20" w:lineRule="exact"/>'
            + section(True) + '</w:pPr></w:p>')


def page_number(properties: str) -> str:
    def run(inside: str) -> str:
        return f"<w:r><w:rPr>{run_properties(SONGTI, 28)}</w:rPr>{inside}</w:r>"

    return (f'<w:p><w:pPr><w:pStyle w:val="WPageNumber"/>{properties}</w:pPr>' + run('<w:t xml:space="preserve">— </w:t>')
            + run('<w:fldChar w:fldCharType="begin"/>') + run('<w:instrText xml:space="preserve"> PAGE </w:instrText>')
            + run('<w:fldChar w:fldCharType="separate"/>') + run("<w:t>1</w:t>") + run('<w:fldChar w:fldCharType="end"/>')
            + run('<w:t xml:space="preserve"> —</w:t>') + "</w:p>")


def footer(odd: bool, landscape: bool) -> bytes:
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
            'w:type="dxa"/><w:textDirection w:val="tbRl"/></w:tcPr>' + page_number(f'<w:jc w:val="{side}"/>')
            + '</w:tc></w:tr></w:tbl><w:p><w:pPr><w:pStyle w:val="WPageNumber"/></w:pPr></w:p>')
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:ftr xmlns:w="{W}" xmlns:r="{R}">{inside}</w:ftr>'.encode()


# Charts: their looks; the numbers are put in when a report is made

GREYS = ("A6A6A6", "404040", "D9D9D9", "737373", "F2F2F2")
CHARTS = {"各方面达标": ("各方面适用指标与达标指标（项）", 2), "年度对比": ("主要工作年度对比", 5), "汇总达标": ("各方面适用单位与达标单位（个）", 2)}


def chart_parts(title: str, series: int) -> tuple[bytes, bytes]:
    """The chart and its embedded workbook: grey columns with their numbers, the legend below."""
    from lxml import etree
    from pptx.chart.chart import Chart
    from pptx.chart.data import CategoryChartData
    from pptx.chart.xmlwriter import ChartXmlWriter
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.oxml import parse_xml
    from pptx.util import Pt

    data = CategoryChartData(number_format="General")
    data.categories = ["一", "二"]
    for number in range(series):
        data.add_series(f"系列{number + 1}", (1, 2))
    space = parse_xml(ChartXmlWriter(XL_CHART_TYPE.COLUMN_CLUSTERED, data).xml.encode())
    chart = Chart(space, None)
    chart.font.size, chart.font.color.rgb = Pt(9), RGBColor(0, 0, 0)
    chart.has_title = True
    chart.chart_title.text_frame.text = title
    chart.chart_title.text_frame.paragraphs[0].runs[0].font.size = Pt(12)
    chart.chart_title.text_frame.paragraphs[0].runs[0].font.bold = False
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
    for properties in space.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}defRPr",
                                 "{http://schemas.openxmlformats.org/drawingml/2006/main}rPr"):
        for kind in ("latin", "ea"):
            face = etree.SubElement(properties, f"{{http://schemas.openxmlformats.org/drawingml/2006/main}}{kind}")
            face.set("typeface", SONGTI)
    external = etree.SubElement(space, f"{{{CHART}}}externalData")
    external.set(f"{{{R}}}id", "rId1")
    etree.SubElement(external, f"{{{CHART}}}autoUpdate").set("val", "0")
    xml = etree.tostring(space, encoding="UTF-8", standalone=True)
    return xml, workbook_of(data)


def chart(name: str, height: float) -> str:
    """A paragraph with the chart of that set of data; `height` in centimetres."""
    number = list(CHARTS).index(name) + 1
    return (
        '<w:p><w:pPr><w:pStyle w:val="WChart"/></w:pPr><w:r><w:drawing>'
        f'<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" distT="0" distB="0" distL="0" '
        f'distR="0"><wp:extent cx="{15 * 360000}" cy="{int(height * 360000)}"/><wp:docPr id="{number}" name="图表{number}" descr="{name}"/>'
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData '
        f'uri="{CHART}"><c:chart xmlns:c="{CHART}" r:id="rIdChart{number}"/></a:graphicData></a:graphic></wp:inline>'
        '</w:drawing></w:r></w:p>')


# The words of the frame

VERDICT = "{% if 等次 %}总分{{参考得分}}分{% if 加分 %}，另加分{{加分}}分{% endif %}，等次为{{等次}}{% else %}总评为{{总评}}{% endif %}"
RESULT = ("经自查，{{适用数}}项适用指标中，达标{{达标数}}项{% if 未达标数 != '0' %}，未达标{{未达标数}}项{% endif %}{% if 暂缺数 != '0' %}，"
          "资料暂缺{{暂缺数}}项{% endif %}{% if 进行中数 != '0' %}，尚未完成{{进行中数}}项{% endif %}，" + VERDICT + "。")
POINTS = ("按计分办法，总分{{参考得分}}分（满分{{满分}}分{% if 系数说明 %}，已乘{{系数说明}}{% endif %}，已计分{{计分数}}项/应计分{{应计分数}}项）"
          "{% if 加分 %}，另加分{{加分}}分（{% for 项 in 加分项 %}{{项.指标}}加{{项.加分}}分{% if not loop.last %}、{% endif %}{% endfor %}）{% endif %}"
          "{% if 等次 %}，等次为{{等次}}{% endif %}，计分办法见附件{{附件号.口径}}。{% if 待评 %}{{待评}}待汇总评定，未计入总分。{% endif %}"
          "{% if not 计分过半 %}已计分指标不足半数，得分和等次仅供了解进度。{% endif %}{% if 考评总分 %}考评总分{{考评总分}}分{% if 考评等次 %}，等次为{{考评等次}}{% endif %}。{% endif %}")
SCORE = ("{% if 有得分 and 自定分值 %}" + POINTS + "{% elif 有得分 %}参考得分{{参考得分}}分（折算，已计分{{计分数}}项/适用{{适用数}}项），计分办法见附件{{附件号.口径}}。"
         "{% if not 计分过半 %}已计分指标不足半数，得分仅供了解进度。{% endif %}{% endif %}")
BONUSES = each("项 in 加分项", paragraph("{{项.说明}}，加{{项.加分}}分。"))
BARRED = when("否决", paragraph("出现一票否决事项：{% for 句 in 否决 %}{{句}}{% if not loop.last %}；{% endif %}{% endfor %}。"
                               "不论得分多少，{% if 等次 %}等次定为{{等次}}{% else %}不予评定{% endif %}。"))


def opening(what: str, open_word: str) -> str:
    return (blank() + blank() + each("行 in 标题行", paragraph("{{行}}", "WTitle")) + blank()
            + paragraph("{{主送机关}}：", "WAddressee")
            + paragraph("根据{{依据}}要求，{{自称}}对{{起始日}}至{{截至日}}的{{创建名称}}{{阶段名}}工作进行了{% if 进度自查 %}进度自查{% else %}" + what + "{% endif %}"
                        + "。{% if 进度自查 %}本次进度自查早于规定的{{阶段}}时间，只对已到期的要求作出评定，其余如实列为" + open_word + "。{% endif %}"))


def tail(tasks: bool) -> str:
    notes = paragraph("附件：1.自查指标一览表" if not tasks else "附件：1.指标完成情况一览表", "WNoteFirst")
    named = [("活动", "活动一览表"), ("佐证", "佐证材料目录"), ("口径", "指标口径说明")] + ([("任务", "下一阶段工作任务清单")] if tasks else [])
    for key, title in named:
        line = paragraph("{{附件号." + key + "}}." + title, "WNote")
        notes += line if key in ("口径", "任务") else when(f"附件号.{key}", line)
    return (paragraph("特此报告。", "WClosing") + KEPT_BLANK + notes + KEPT_BLANK + paragraph("{{单位名称}}", "WOffice")
            + paragraph("{{成文日期}}", "WDate", section(False)))


def attachment(number: str, title: str, *inside: str) -> str:
    return (paragraph("附件" + number, "WLabel") + blank() + paragraph(title, "WAttachmentTitle") + blank() + "".join(inside))


def attachments(tasks: bool) -> str:
    activities = listing("项 in 活动表", [
        ("序号", "{{项.序号}}", 700, True), ("日期", "{{项.日期}}", 1450, True), ("活动名称", "{{项.名称}}", 2644, False),
        ("类别", "{{项.类别}}", 1350, True), ("{{活动栏目.老同志}}", "{{项.老同志}}", 800, True), ("{{活动栏目.青少年}}", "{{项.青少年}}", 800, True),
        ("佐证编号", "{{项.佐证编号}}", 1100, True)])
    proofs = listing("项 in 佐证表", [
        ("序号", "{{项.序号}}", 800, True), ("编号", "{{项.编号}}", 1100, True), ("材料名称", "{{项.名称}}", 3644, False),
        ("形成日期", "{{项.日期}}", 1500, True), ("文件名", "{{项.文件}}", 1800, False)])
    terms = listing("项 in 口径表", [("序号", "{{项.序号}}", 800, True), ("指标", "{{项.指标}}", 2544, False), ("口径", "{{项.口径}}", 5500, False)])
    todo = listing("项 in 任务表", [
        ("序号", "{{项.序号}}", 800, True), ("工作任务", "{{项.任务}}", 4044, False), ("对应指标", "{{项.指标}}", 1700, True),
        ("完成时限", "{{项.时限}}", 2300, True)])
    title = "指标完成情况一览表" if tasks else "自查指标一览表"
    parts = [
        attachment("1", title, overview_table("进展" if tasks else "结果")), section_end(),
        when("附件号.活动", attachment("{{附件号.活动}}", "活动一览表", activities)),
        when("附件号.佐证", attachment("{{附件号.佐证}}", "佐证材料目录", proofs)),
        attachment("{{附件号.口径}}", "指标口径说明", when("口径表", terms), paragraph("{{计分说明}}"),
                   when("方案说明", paragraph("{{方案说明}}"))),
    ]
    if tasks:
        parts.append(attachment("{{附件号.任务}}", "下一阶段工作任务清单", todo))
    return "".join(parts)


def self_check() -> str:
    """自查报告."""
    return "".join((
        opening("全面自查", "尚未完成"), own("自查组织情况"), paragraph(RESULT + "现将有关情况报告如下。"),
        paragraph("一、基本情况", "WHeading1"), own("单位概况"), when("基本数据", paragraph("{{基本数据}}")),
        paragraph("二、自查情况", "WHeading1"),
        each("方面 in 各方面", paragraph("（{{方面.序号}}）{{方面.标题}}", "WHeading2"),
             paragraph("本方面适用指标{{方面.适用数}}项，达标{{方面.达标数}}项{% if 方面.等次 %}，等次为{{方面.等次}}{% endif %}。"),
             each("段 in 方面.达标段", paragraph("{{段}}")),
             each("项 in 方面.问题", paragraph("“{{项.指标}}”{{项.结果}}：{{项.说明}}。"))),
        when("年度表.行", paragraph("各年度主要工作数据如下表{% if 年度说明 %}（{{年度说明}}）{% endif %}。"), years_table()),
        paragraph("各方面达标情况如下图。"), chart("各方面达标", 7.5),
        paragraph("三、特色与亮点", "WHeading1"), own("特色亮点"), each("句 in 争取目标", paragraph("{{句}}。")), BONUSES,
        paragraph("四、存在的问题和不足", "WHeading1"),
        when("有问题", each("项 in 问题", paragraph("{{项.次序}}{{项.说明}}。")),
             otherwise=paragraph("对照指标体系逐项自查，未发现未达标的项目。")),
        own("存在不足"),
        paragraph("五、整改措施和下一步打算", "WHeading1"),
        when("有问题", paragraph("针对上述问题，逐项采取以下措施。"), each("项 in 问题", paragraph("{{项.次序}}{{项.措施}}。"))),
        own("下一步打算"),
        paragraph("六、自查结论", "WHeading1"),
        paragraph("{{自称}}适用指标{{适用数}}项，达标{{达标数}}项，达标率{{达标率}}{% if not 等次 %}，自查总评为{{总评}}{% endif %}。" + SCORE), BARRED,
        tail(False), attachments(False), section(False),
    ))


def rollup() -> str:
    """汇总报告, of an administrator."""
    heads = listing("方面 in 组.各方面", [("方面", "{{方面.标题}}", 3844, False), ("适用单位", "{{方面.适用数}}", 1600, True), ("达标单位", "{{方面.达标数}}", 1600, True),
                                    ("达标率", "{{方面.达标率}}", 1800, True)])
    parents = listing("项 in 组.各上级", [("上级", "{{项.名称}}", 3844, False), ("所属单位", "{{项.单位数}}", 1600, True), ("达标单位", "{{项.达标数}}", 1600, True),
                                        ("达标率", "{{项.达标率}}", 1800, True)])
    figures = listing("项 in 组.数据", [("项目", "{{项.名称}}", 3644, False), ("时间", "{{项.时间}}", 1700, True), ("合计", "{{项.数}}", 1900, True),
                                  ("提供数据的单位", "{{项.单位数}}", 1600, True)])
    places = listing("项 in 组.名次", [("名次", "{{项.名次}}", 1500, True), ("单位", "{{项.单位}}", 4344, False), ("结果", "{{项.总评}}", 1500, True), ("总分", "{{项.总分}}", 1500, True)])
    indicators = listing("项 in 组.指标", [("编号", "{{项.编号}}", 1000, True), ("指标", "{{项.指标}}", 3344, False), ("达标", "{{项.达标}}", 1000, True),
                                     ("未达标", "{{项.未达标}}", 1100, True), ("缺数据", "{{项.缺数据}}", 1100, True), ("达标率", "{{项.达标率}}", 1300, True)])
    faults = listing("项 in 汇总.问题文件", [("序号", "{{项.序号}}", 800, True), ("文件", "{{项.文件}}", 3544, False), ("说明", "{{项.说明}}", 4500, False)])
    named = "{% if 组.分列 %}{{组.名称}}：{% endif %}"
    return "".join((
        blank() + blank() + each("行 in 汇总.标题行", paragraph("{{行}}", "WTitle")) + blank() + paragraph("{{汇总.主送机关}}：", "WAddressee"),
        paragraph("现将创建工作汇总情况报告如下。{% if 汇总.有名单 %}应报送{{汇总.应报}}个单位，已报送{{汇总.实报}}个，未报送{{汇总.未报数}}个，迟报{{汇总.迟报数}}个；{% endif %}"
                  "计入汇总{{汇总.计入}}个单位。"),
        paragraph("一、报送情况", "WHeading1"),
        paragraph("共收到文件{{汇总.文件数}}个，计入汇总{{汇总.计入}}个单位。"),
        when("汇总.未报", paragraph("未报送的单位：{{汇总.未报}}。")), when("汇总.迟报", paragraph("迟报的单位：{{汇总.迟报}}。")),
        when("汇总.待定", paragraph("同一天报送了几份、待指定以哪一份为准的单位：{{汇总.待定}}。")), when("汇总.排除", paragraph("经决定不列入的单位：{{汇总.排除}}。")),
        when("汇总.名单外", paragraph("不在名单上的单位：{{汇总.名单外}}。")),
        paragraph("二、达标情况", "WHeading1"),
        each("组 in 汇总.各组", when("组.分列", paragraph("（{{组.序号}}）{{组.名称}}", "WHeading2")),
             paragraph("{{组.单位数}}个单位中，达标{{组.达标数}}个，未达标{{组.未达标数}}个，进行中{{组.进行中数}}个，达标率{{组.达标率}}。"
                       "{% if 组.有上次 %}与上次结果相比，{{组.比上次}}。{% endif %}各方面情况如下表。"),
             heads, when("组.各上级", paragraph(named + "各上级所属单位情况如下表。"), parents)),
        when("汇总.各组", chart("汇总达标", 7.5)),
        paragraph("三、失分较多的指标", "WHeading1"),
        each("组 in 汇总.各组", when("组.失分", each("项 in 组.失分", paragraph(named + "{{项.次序}}{{项.指标}}，{{项.单位数}}个单位没有达到，占{{项.比例}}。")),
             otherwise=paragraph(named + "没有单位失分。"))),
        paragraph("四、主要工作数据", "WHeading1"),
        each("组 in 汇总.各组", when("组.数据", paragraph(named + "各单位合计如下表，人数与人次分别统计。"), figures)),
        paragraph("五、名次", "WHeading1"), paragraph(
            "各单位名次见附件1，各指标达标情况见附件2。"
            "{% for 组 in 汇总.各组 %}{% if 组.只列前几名 %}{{组.名称}}单位较多，附件1只列前{{组.只列前几名}}名，其余见汇总表。{% endif %}{% endfor %}"),
        paragraph("特此报告。", "WClosing") + KEPT_BLANK + paragraph("附件：1.各单位名次", "WNoteFirst") + paragraph("2.各指标达标情况", "WNote"),
        when("汇总.问题文件", paragraph("3.没有计入的文件", "WNote")), KEPT_BLANK + paragraph("{{汇总.单位}}", "WOffice") + paragraph("{{汇总.成文日期}}", "WDate", section(False)),
        attachment("1", "各单位名次", each("组 in 汇总.各组", when("组.分列", paragraph("{{组.名称}}")), places)),
        attachment("2", "各指标达标情况", each("组 in 汇总.各组", when("组.分列", paragraph("{{组.名称}}")), indicators)),
        when("汇总.问题文件", attachment("3", "没有计入的文件", faults, when("汇总.问题文件未列", paragraph("另有{{汇总.问题文件未列}}个，见汇总表的“问题文件”。")))), section(False),
    ))


def differences(name: str, lead: str) -> str:
    return when(name, paragraph(lead), each(
        f"项 in {name}", paragraph("{{项.次序}}“{{项.指标}}”：{{项.说明}}。{% if 项.原因 %}原因：{{项.原因}}。{% endif %}措施：{{项.措施}}。")))


def mid_term() -> str:
    """中期评估报告."""
    counts = [("方面", "{{方面.标题}}", 2844, False)] + [
        (title, "{{方面." + title + "}}", 1030, True)
        for title in ("已达到", "按期推进", "滞后", "资料暂缺", "不适用")] + [("合计", "{{方面.合计}}", 850, True)]
    return "".join((
        opening("中期评估", "按期推进"), own("自查组织情况"),
        paragraph("{% if 进度自查 %}经自查{% else %}经评估{% endif %}，{{适用数}}项适用指标中，已达到{{达标数}}项，按期推进{{进行中数}}项，滞后{{未达标数}}项，资料暂缺{{暂缺数}}项，"
                  + VERDICT + "。现将有关情况报告如下。"),
        paragraph("一、创建工作进展", "WHeading1"), own("单位概况"), when("基本数据", paragraph("{{基本数据}}")),
        paragraph("{{阶段名}}阶段自{{起始日}}至{{期末日}}，共{{全程天数}}天。截至{{截至日}}，已过{{已过天数}}天，时间进度{{时间进度}}；"
                  "{{适用数}}项适用指标中已达到{{达标数}}项，指标完成进度{{达标率}}，{% if 进度领先 %}高于{% else %}低于{% endif %}时间进度{{进度差}}。各工作节点进展如下。"),
        each("项 in 节点", paragraph("{{项.时间}}（{{项.状态}}），要求{{项.内容}}。{% if 项.实绩 %}当年{{项.实绩}}。{% endif %}")),
        paragraph("二、指标完成情况", "WHeading1"),
        paragraph("{{指标总数}}项指标中，已达到{{达标数}}项，按期推进{{进行中数}}项，滞后{{未达标数}}项，资料暂缺{{暂缺数}}项，不适用{{不适用数}}项。"),
        listing("方面 in 各方面", counts), chart("各方面达标", 7.0),
        each("方面 in 各方面", paragraph("（{{方面.序号}}）{{方面.标题}}", "WHeading2"),
             each("段 in 方面.达标段", paragraph("{{段}}")),
             each("项 in 方面.问题", paragraph("“{{项.指标}}”{{项.进展}}：{{项.说明}}。"))),
        paragraph("三、阶段性成效", "WHeading1"),
        when("变化", paragraph("{% for 句 in 变化 %}{{句}}{% if not loop.last %}；{% endif %}{% endfor %}{% if 年度说明 %}（{{年度说明}}）{% endif %}。")),
        each("句 in 争取目标", paragraph("{{句}}。")), BONUSES, own("特色亮点"),
        when("年度表.行", paragraph("各年度主要工作数据如下表{% if 年度说明 %}（{{年度说明}}）{% endif %}。"), years_table()),
        when("图表.年度对比", chart("年度对比", 7.5)),
        paragraph("四、存在的差距和薄弱环节", "WHeading1"),
        when("not 可补 and not 不可补 and not 暂缺", paragraph("截至{{截至日}}，没有滞后和资料暂缺的指标。")),
        differences("可补", "以下指标进度滞后，但可以补齐。"), differences("不可补", "以下指标有的要求规定期限已过，不可再补。"),
        differences("暂缺", "以下指标资料暂缺，须尽快补报。"),
        when("其他问题", paragraph("评估中还发现以下问题。"), each("项 in 其他问题", paragraph("{{项.次序}}{{项.说明}}。措施：{{项.措施}}。"))),
        own("存在不足"),
        paragraph("五、下一阶段工作任务清单", "WHeading1"),
        paragraph("按照指标要求和剩余时间测算，下一阶段共有工作任务{{任务数}}项，逐项列有完成时限，见附件{{附件号.任务}}。"),
        when("近期任务", paragraph("正在推进、须按期完成的任务如下。"), each("项 in 近期任务", paragraph("{{项.次序}}{{项.任务}}（{{项.时限}}）。"))),
        own("下一步打算"),
        paragraph("六、评估结论", "WHeading1"),
        paragraph("时间进度{{时间进度}}，指标完成进度{{达标率}}，适用指标{{适用数}}项中已达到{{达标数}}项"
                  "{% if not 等次 %}，{% if 进度自查 %}进度自查{% else %}中期评估{% endif %}总评为{{总评}}{% endif %}。" + SCORE), BARRED,
        tail(True), attachments(True), section(False),
    ))


SETTINGS = (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:settings xmlns:w="{W}"><w:zoom w:percent="100"/>'
            '<w:evenAndOddHeaders/><w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting '
            'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
            '<w:themeFontLang w:val="zh-CN" w:eastAsia="zh-CN"/></w:settings>')
FONT_TABLE = (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{W}">' + "".join(
    f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
    for name, other in ((FANGSONG, "仿宋"), (KAITI, "楷体"), (XIAOBIAOSONG, "宋体"))) + "</w:fonts>")
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="xlsx" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"/>'
    f'<Override PartName="/word/document.xml" ContentType="{WORD}.document.main+xml"/>'
    + "".join(f'<Override PartName="/word/{part}.xml" ContentType="{WORD}.{kind}+xml"/>' for part, kind in (
        ("styles", "styles"), ("settings", "settings"), ("fontTable", "fontTable"), ("footer1", "footer"), ("footer2", "footer"),
        ("footer3", "footer"), ("footer4", "footer")))
    + '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>')
RELS = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>')
CORE = ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<dc:title>{}</dc:title></cp:coreProperties>')


def relations(pairs: list[tuple[str, str, str]]) -> bytes:
    return RELS.format("".join(f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, kind, target in pairs)).encode()


def template(title: str, body: str) -> bytes:
    used = [name for name in CHARTS if f'descr="{name}"' in body]
    links, parts, overrides = [], [], ""
    for number, (name, looks) in enumerate(CHARTS.items(), 1):
        if name not in used:
            continue
        links.append((f"rIdChart{number}", f"{OFFICE}/chart", f"charts/chart{number}.xml"))
        xml, workbook = chart_parts(*looks)
        parts += [
            (f"word/charts/chart{number}.xml", xml),
            (f"word/charts/_rels/chart{number}.xml.rels", relations([("rId1", f"{OFFICE}/package", f"../embeddings/chart{number}.xlsx")])),
            (f"word/embeddings/chart{number}.xlsx", workbook)]
        overrides += (f'<Override PartName="/word/charts/chart{number}.xml" '
                      'ContentType="application/vnd.openxmlformats-officedocument.drawingml.chart+xml"/>')
    document = (f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{body}'
                '</w:body></w:document>')
    return pack([
        ("[Content_Types].xml", CONTENT_TYPES.replace("</Types>", overrides + "</Types>").encode()),
        ("_rels/.rels", relations([
            ("rId1", f"{OFFICE}/officeDocument", "word/document.xml"),
            ("rId2", "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", "docProps/core.xml")])),
        ("docProps/core.xml", CORE.format(title).encode()),
        ("word/document.xml", document.encode()),
        ("word/_rels/document.xml.rels", relations([
            ("rIdStyles", f"{OFFICE}/styles", "styles.xml"), ("rIdSettings", f"{OFFICE}/settings", "settings.xml"),
            ("rIdFonts", f"{OFFICE}/fontTable", "fontTable.xml"), ("rIdOdd", f"{OFFICE}/footer", "footer1.xml"),
            ("rIdEven", f"{OFFICE}/footer", "footer2.xml"), ("rIdOddL", f"{OFFICE}/footer", "footer3.xml"),
            ("rIdEvenL", f"{OFFICE}/footer", "footer4.xml"), *links])),
        ("word/styles.xml", STYLES_XML.encode()), ("word/settings.xml", SETTINGS.encode()), ("word/fontTable.xml", FONT_TABLE.encode()),
        ("word/footer1.xml", footer(True, False)), ("word/footer2.xml", footer(False, False)),
        ("word/footer3.xml", footer(True, True)), ("word/footer4.xml", footer(False, True)),
        *parts,
    ])


def guide() -> str:
    """使用说明: one page for somebody who has never seen a command line."""
    steps = (
        ("一、填表", "打开“{{工作簿}}”，照“填报说明”填写：每件事一行，随办随填，一个工作簿连用几年。填好后保存并关闭。"),
        ("二、检查", "双击“检查”。窗口里列出哪里要改；“报告”文件夹里另有一份批注副本，有问题的格子涂了颜色、写了批注。请在原来的工作簿里改。"),
        ("三、出报告", "在“基本信息”里选好报告阶段、填好填报日期，双击“生成报告”。报告在“报告”文件夹里，用 Word 或 WPS 打开，可以直接修改。"),
        ("四、请放心", "程序不会改动您填的工作簿，也不会覆盖您改过的报告。把工作簿拖到“生成报告”的图标上，就只为这一个出报告。"),
        ("五、有困难时", "把窗口里的话拍下来，连同工作簿一起发给上级关工委的管理员。"),
    )
    return "".join((
        paragraph("{{单位名称}}", "WTitle"), paragraph("{{标题}}", "WTitle"), blank(),
        *(paragraph(title, "WHeading1") + paragraph(text) for title, text in steps), section(False)))


TEMPLATES = {"自查报告": self_check, "中期评估报告": mid_term, "汇总报告": rollup, "使用说明": guide}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    for title, build in TEMPLATES.items():
        (folder / f"{title}.docx").write_bytes(template(title, build()))
        print(f"{title}.docx")


if __name__ == "__main__":
    main()
