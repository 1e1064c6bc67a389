"""Check a Word report against GB/T 9704-2012 (党政机关公文格式).

usage: python tests/gbt9704.py REPORT.docx [--pdf REPORT.pdf]

Reads the OOXML (page, margins, grid, fonts, sizes, footers), then converts the file with
LibreOffice and measures the pages (text area, lines per page, characters per line, page
numbers, title, attachments, date). Prints every rule with what was expected and what was found
(SKIP where the report has nothing to measure), and exits 1 if any rule fails, 2 if the file
cannot be checked at all. --pdf measures a PDF made elsewhere (by Word or WPS, say) in place of
converting.

Fonts need not be installed: only baselines, advance widths and the ink of the page-number dash
are measured, every CJK face sets full-width characters one em wide, and the missing names are
aliased for the conversion.

Needs lxml and pdfplumber; soffice on the path unless --pdf is given.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from xml.sax.saxutils import escape

import pdfplumber
import pypdfium2
from lxml import etree

NS = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
      "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships"}
W, R = (f"{{{NS[prefix]}}}" for prefix in "wr")

MM = 72 / 25.4                 # points in a millimetre
TWIPS_PER_MM = 1440 / 25.4
PAGE_MM = (210, 297)
EDGE_MM = {"top": 37, "bottom": 35, "left": 28, "right": 26}
AREA_MM = (156, 225)
# 横排: the portrait page turned clockwise, so the table head stays on the portrait left edge.
LANDSCAPE_MM = {"top": 28, "bottom": 26, "left": 35, "right": 37}
TOLERANCE_MM = 1.0
LINES, CHARACTERS = 22, 28
ZI = AREA_MM[0] * MM / CHARACTERS          # one 字: 15.79 pt
BODY, TITLE, PAGE_NUMBER = 16.0, 22.0, 14.0  # 3号, 2号, 4号 in points
DASH_MM = 7
ASCENT = 0.88                              # of a CJK character's em box, above the baseline

FACES = {
    "仿宋": {"仿宋_GB2312", "仿宋", "FangSong", "FangSong_GB2312", "方正仿宋_GBK", "方正仿宋_GB2312",
           "方正仿宋简体", "华文仿宋", "STFangsong"},
    "楷体": {"楷体_GB2312", "楷体", "KaiTi", "KaiTi_GB2312", "方正楷体_GBK", "方正楷体_GB2312",
           "方正楷体简体", "华文楷体", "STKaiti"},
    "黑体": {"黑体", "SimHei", "方正黑体_GBK", "方正黑体简体", "方正黑体_GB2312", "华文黑体", "STHeiti"},
    "小标宋": {"方正小标宋简体", "方正小标宋_GBK", "方正小标宋_GB2312", "FZXiaoBiaoSong-B05S",
            "方正公文小标宋", "小标宋", "华文中宋"},
    "宋体": {"宋体", "SimSun", "NSimSun", "新宋体", "方正书宋_GBK", "方正书宋简体", "华文宋体", "STSong"},
}
SUBSTITUTES = {
    "仿宋": ["FandolFang", "FangSong", "STFangsong", "AR PL SungtiL GB", "Noto Serif CJK SC"],
    "楷体": ["FandolKai", "KaiTi", "AR PL KaitiM GB", "AR PL UKai CN", "Noto Serif CJK SC"],
    "黑体": ["FandolHei", "SimHei", "WenQuanYi Zen Hei", "Noto Sans CJK SC"],
    "小标宋": ["FandolSong", "Noto Serif CJK SC", "AR PL SungtiL GB"],
    "宋体": ["FandolSong", "SimSun", "AR PL SungtiL GB", "Noto Serif CJK SC"],
}
HEADINGS = [
    (re.compile(r"^[一二三四五六七八九十]+、"), "第一层“一、”", "黑体"),
    (re.compile(r"^（[一二三四五六七八九十]+）"), "第二层“（一）”", "楷体"),
    (re.compile(r"^\d+[.．](?!\d)"), "第三层“1.”", "仿宋"),
    (re.compile(r"^（\d+）"), "第四层“（1）”", "仿宋"),
]
DATE = re.compile(r"^\d{4}年\d{1,2}月\d{1,2}日$")
PADDED = re.compile(r"年0|月0")
ATTACHMENT_LABEL = re.compile(r"^附件\s*\d*$")
PAGE_NUMBER_TEXT = re.compile(r"^—(\d+)—$")


@dataclass
class Check:
    clause: str
    rule: str
    expected: str
    found: str
    ok: bool | None        # None: nothing to measure


class Checks(list):
    def add(self, clause, rule, expected, found, ok):
        self.append(Check(clause, rule, str(expected), str(found), bool(ok)))

    def skip(self, clause, rule, expected, why):
        self.append(Check(clause, rule, str(expected), why, None))

    def near(self, clause, rule, expected, found, tolerance, unit):
        self.add(clause, rule, f"{expected:g}±{tolerance:g} {unit}", f"{found:.2f} {unit}",
                 abs(found - expected) <= tolerance)


# OOXML

class Document:
    """The parts of a .docx that decide the layout, with style inheritance resolved."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as package:
            self.parts = {name: etree.fromstring(package.read(name)) for name in package.namelist()
                          if name.startswith("word/") and name.endswith((".xml", ".rels"))}
        self.body = self.parts["word/document.xml"].find("w:body", NS)
        styles = self.parts.get("word/styles.xml")
        self.styles, self.default_style, self.defaults = {}, None, []
        if styles is not None:
            for style in styles.findall("w:style", NS):
                self.styles[style.get(W + "styleId")] = style
                if style.get(W + "type") == "paragraph" and style.get(W + "default") in ("1", "true"):
                    self.default_style = style.get(W + "styleId")
            self.defaults = styles.findall("w:docDefaults", NS)

    def sections(self):
        return self.body.findall(".//w:sectPr", NS)

    def paragraphs(self):
        return [p for p in self.body.findall("w:p", NS) if text_of(p).strip()]

    def footer(self, section, kind):
        for reference in section.findall("w:footerReference", NS):
            if reference.get(W + "type") == kind:
                for relation in self.parts["word/_rels/document.xml.rels"]:
                    if relation.get("Id") == reference.get(R + "id"):
                        return self.parts.get("word/" + relation.get("Target").lstrip("/"))
        return None

    def _style_chain(self, style_id):
        chain = []
        while style_id in self.styles and self.styles[style_id] not in chain:
            chain.append(self.styles[style_id])
            parent = self.styles[style_id].find("w:basedOn", NS)
            style_id = parent.get(W + "val") if parent is not None else None
        return chain[::-1]

    def _levels(self, paragraph, run, kind):
        """Property elements from the weakest to the strongest."""
        levels = [d.find(f"w:{kind}Default/w:{kind}", NS) for d in self.defaults]
        style = paragraph.find("w:pPr/w:pStyle", NS)
        style_id = style.get(W + "val") if style is not None else self.default_style
        levels += [s.find("w:" + kind, NS) for s in self._style_chain(style_id)]
        if kind == "rPr" and run is not None:
            style = run.find("w:rPr/w:rStyle", NS)
            if style is not None:
                levels += [s.find("w:rPr", NS) for s in self._style_chain(style.get(W + "val"))]
            levels.append(run.find("w:rPr", NS))
        elif kind == "pPr":
            levels.append(paragraph.find("w:pPr", NS))
        return [level for level in levels if level is not None]

    def run_property(self, paragraph, run, tag, attribute="val"):
        value = None
        for level in self._levels(paragraph, run, "rPr"):
            element = level.find("w:" + tag, NS)
            if element is not None:
                value = element.get(W + attribute + "Theme") or element.get(W + attribute) or value
        return value

    def paragraph_property(self, paragraph, tag, attribute="val"):
        value = None
        for level in self._levels(paragraph, None, "pPr"):
            element = level.find("w:" + tag, NS)
            if element is not None:
                value = element.get(W + attribute) or value
        return value

    def face(self, paragraph, run=None, slot="eastAsia"):
        return self.run_property(paragraph, run if run is not None else first_run(paragraph), "rFonts", slot)

    def points(self, paragraph, run=None):
        size = self.run_property(paragraph, run if run is not None else first_run(paragraph), "sz")
        return int(size) / 2 if size else 10.0


def text_of(element):
    return "".join(node.text or "" for node in element.iter(W + "t"))


def first_run(paragraph):
    return next((run for run in paragraph.iter(W + "r") if text_of(run).strip()), None)


def twips_mm(element, name):
    return int(float(element.get(W + name, "0"))) / TWIPS_PER_MM


def check_sections(document, checks):
    for number, section in enumerate(document.sections(), 1):
        size, margins = section.find("w:pgSz", NS), section.find("w:pgMar", NS)
        where = f"第{number}节"
        if size is None or margins is None:
            checks.add("5.2", where + "页面设置", "w:pgSz w:pgMar", "缺", False)
            continue
        wide = twips_mm(size, "w") > twips_mm(size, "h")
        page = PAGE_MM[::-1] if wide else PAGE_MM
        found = twips_mm(size, "w"), twips_mm(size, "h")
        checks.add("5.1", where + "纸张 A4", f"{page[0]}×{page[1]} mm", f"{found[0]:.1f}×{found[1]:.1f} mm",
                   all(abs(a - b) <= 0.5 for a, b in zip(page, found)))
        for edge, expected in (LANDSCAPE_MM if wide else EDGE_MM).items():
            checks.near("5.2.1", f"{where}页边 {edge}", expected, twips_mm(margins, edge), TOLERANCE_MM, "mm")
        area = (found[0] - twips_mm(margins, "left") - twips_mm(margins, "right"),
                found[1] - twips_mm(margins, "top") - twips_mm(margins, "bottom"))
        expected = AREA_MM[::-1] if wide else AREA_MM
        checks.add("5.2.1", where + "版心", f"{expected[0]}×{expected[1]} mm", f"{area[0]:.1f}×{area[1]:.1f} mm",
                   all(abs(a - b) <= TOLERANCE_MM for a, b in zip(expected, area)))
        if not wide:
            check_grid(section, where, area[1] * TWIPS_PER_MM, checks)
        checks.add("7.5", where + "首页也编页码", "无 w:titlePg", "有" if on(section.find("w:titlePg", NS)) else "无",
                   not on(section.find("w:titlePg", NS)))


def check_grid(section, where, height, checks):
    grid = section.find("w:docGrid", NS)
    kind = grid.get(W + "type", "default") if grid is not None else "none"
    pitch = int(grid.get(W + "linePitch", "0")) if grid is not None else 0
    checks.add("5.2.3", where + "docGrid 行网格", "type=lines 或 linesAndChars，22 行放得下、23 行放不下",
               f"{kind} linePitch={pitch}",
               kind in ("lines", "linesAndChars") and pitch and int(height + 0.5) // pitch == LINES)
    space = int(grid.get(W + "charSpace", "0")) if grid is not None else 0
    checks.add("5.2.3", where + "docGrid 字网格可移植", "不用负 charSpace（LibreOffice 会排成每行14字）",
               f"charSpace={space}", not (kind == "linesAndChars" and space < 0))


def on(element):
    return element is not None and element.get(W + "val", "1") not in ("0", "false", "off")


def check_footers(document, checks):
    settings = document.parts.get("word/settings.xml")
    flag = settings is not None and on(settings.find("w:evenAndOddHeaders", NS))
    checks.add("7.5", "奇偶页不同", "w:evenAndOddHeaders", "有" if flag else "无", flag)
    first = document.sections()[0]
    for kind, name, jc, side in (("default", "奇数页页脚", "right", "right"), ("even", "偶数页页脚", "left", "left")):
        footer = document.footer(first, kind)
        if footer is None:
            checks.add("7.5", name, "有 PAGE 域", "缺页脚", False)
            continue
        paragraph = next((p for p in footer.iter(W + "p") if text_of(p).strip()), footer.find(".//w:p", NS))
        fields = [e.text or "" for e in footer.iter(W + "instrText")]
        fields += [e.get(W + "instr", "") for e in footer.iter(W + "fldSimple")]
        dashes = text_of(footer).count("—")
        checks.add("7.5", name + "“— 1 —”", "PAGE 域，左右各一条一字线", f"域{[f.strip() for f in fields]} 一字线{dashes}",
                   any("PAGE" in f for f in fields) and dashes == 2)
        run = first_run(paragraph)
        checks.add("7.5", name + "字号", "4号 14 pt", f"{document.points(paragraph, run):g} pt",
                   document.points(paragraph, run) == PAGE_NUMBER)
        face = document.face(paragraph, run, "ascii")
        checks.add("7.5", name + "字体（数字）", "宋体", face, face in FACES["宋体"])
        found = document.paragraph_property(paragraph, "jc") or "left"
        indent = document.paragraph_property(paragraph, "ind", side) or "0"
        checks.add("7.5", f"{name}{'居右' if side == 'right' else '居左'}空一字", f"jc={jc}，缩进 280 缇",
                   f"jc={found}，缩进 {indent} 缇", found == jc and abs(int(indent) - 280) <= 20)


def check_text(document, checks):
    paragraphs = document.paragraphs()
    title = []
    for paragraph in paragraphs:
        if document.paragraph_property(paragraph, "jc") != "center":
            break
        title.append(paragraph)
    if not title:
        checks.add("7.3.1", "标题居中", "首段居中", text_of(paragraphs[0])[:20] if paragraphs else "空文档", False)
    else:
        expect(document, checks, "7.3.1", "标题", title, "小标宋", TITLE)
    rest = paragraphs[len(title):]
    if rest:
        addressee = text_of(rest[0]).strip()
        checks.add("7.3.2", "主送机关", "标题后第一段，顶格，全角冒号结尾", addressee[:24],
                   addressee.endswith("：") and not indented(document, rest[0]))
        expect(document, checks, "7.3.2", "主送机关", rest[:1], "仿宋", BODY)
    claimed = set(rest[:1])
    for pattern, name, face in HEADINGS:
        found = [p for p in rest if pattern.match(text_of(p).strip())]
        claimed.update(found)
        if found:
            expect(document, checks, "7.3.3", name, found, face, BODY)
    labels = [p for p in rest if ATTACHMENT_LABEL.match(text_of(p).strip())]
    claimed.update(labels)
    if labels:
        expect(document, checks, "7.3.7", "附件页首行", labels, "黑体", BODY)
    centred = {p for p in rest if document.paragraph_property(p, "jc") == "center"}
    body = [p for p in rest if p not in claimed and p not in centred]
    expect(document, checks, "7.3.3", "正文", body, "仿宋", BODY)
    indents = [p for p in body if document.paragraph_property(p, "ind", "firstLineChars") == "200"
               or abs(int(document.paragraph_property(p, "ind", "firstLine") or 0) - 2 * ZI * 20) <= 20]
    checks.add("7.3.3", "自然段左空二字", "有", f"{len(indents)} 段", bool(indents))
    check_spacing(document, body, checks)
    check_tail(document, rest, checks)


def indented(document, paragraph):
    return any(int(document.paragraph_property(paragraph, "ind", name) or 0)
               for name in ("left", "start", "firstLine", "firstLineChars", "leftChars"))


def expect(document, checks, clause, name, paragraphs, face, points):
    """All of the paragraphs open in this face and size; report the first that does not."""
    bad = [p for p in paragraphs
           if document.face(p) not in FACES[face] or document.points(p) != points]
    shown = bad[0] if bad else (paragraphs[0] if paragraphs else None)
    found = "无此类段落" if shown is None else f"{document.face(shown)} {document.points(shown):g} pt"
    if bad:
        found += f"（{len(bad)}/{len(paragraphs)} 段不符，如“{text_of(shown).strip()[:12]}”）"
    checks.add(clause, name + "字体字号", f"{face} {points:g} pt", found, paragraphs and not bad)


def check_spacing(document, body, checks):
    pitches = Counter((document.paragraph_property(p, "spacing", "lineRule") or "auto",
                       int(document.paragraph_property(p, "spacing", "line") or 240)) for p in body)
    if not pitches:
        return
    (rule, line), _ = pitches.most_common(1)[0]
    fits = rule == "exact" and int(AREA_MM[1] * TWIPS_PER_MM) // line == LINES
    checks.add("5.2.3", "正文行距", "固定值，22 行放得下、23 行放不下（555—579 缇）", f"{rule} {line} 缇（{line / 20:g} pt）", fits)
    filled = LINES * line / TWIPS_PER_MM
    checks.add("5.2.3", "22 行撑满版心", "224—225 mm", f"{filled:.1f} mm", AREA_MM[1] - 1 <= filled <= AREA_MM[1])


def check_tail(document, rest, checks):
    dates = [p for p in rest if DATE.match(text_of(p).strip())]
    checks.add("7.3.5.4", "成文日期", "有，阿拉伯数字，月日不编虚位",
               text_of(dates[0]).strip() if dates else "无",
               dates and not any(PADDED.search(text_of(p)) for p in dates))
    notes = [text_of(p).strip() for p in rest if text_of(p).strip().startswith("附件：")]
    labels = [p for p in rest if ATTACHMENT_LABEL.match(text_of(p).strip())]
    checks.add("7.3.4", "附件说明与附件页", "有附件就有“附件：”，反之亦然",
               f"说明{len(notes)} 附件页{len(labels)}", bool(notes) == bool(labels))
    checks.add("7.3.4", "附件名称后不加标点", "无", "；".join(n[-1] for n in notes) or "—",
               not any(n[-1] in "。；，;,." for n in notes))


# PDF

def font_settings(folder):
    """A configuration of fontconfig that puts a font of this machine in the place of each missing official one."""
    installed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False).stdout
    installed = {name.strip() for line in installed.splitlines() for name in line.split(",")}
    matches = []
    for kind, names in FACES.items():
        substitute = next((name for name in SUBSTITUTES[kind] if name in installed), None)
        for name in sorted(names - installed) if substitute else ():
            matches.append(f'<match target="pattern"><test name="family"><string>{escape(name)}</string></test>'
                           f'<edit name="family" mode="assign" binding="strong"><string>{escape(substitute)}'
                           f'</string></edit></match>')
    base = os.environ.get("FONTCONFIG_FILE", "/etc/fonts/fonts.conf")
    config = Path(folder, "fonts.conf")
    config.write_text('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
                      f'<fontconfig><include>{escape(base)}</include>{"".join(matches)}</fontconfig>', "utf-8")
    return config


def convert(path, folder):
    """The PDF LibreOffice makes of the file, with missing official fonts aliased."""
    config = font_settings(folder)
    command = ["soffice", f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless",
               "--convert-to", "pdf", "--outdir", folder, str(path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False,
                            env=dict(os.environ, FONTCONFIG_FILE=str(config)))
    pdf = Path(folder, Path(path).stem + ".pdf")
    if not pdf.exists():
        raise RuntimeError(f"LibreOffice made no PDF: {result.stderr.strip() or result.stdout.strip()}")
    return pdf


BROKEN = re.compile(r"^\d{1,2}$|(?:^|、)[A-Z]\d{1,2}$|\.$|^\d*[，、]")
"""What a code like 1.1.10, 100.00 or Z001—Z004 leaves on a line of its cell where it is broken; a lone 10 or 5.2 never stands there."""


class Page:
    """One PDF page, its characters sorted into text lines, in points."""

    def __init__(self, page, number, drawn):
        self.page, self.number, self.drawn = page, number, drawn
        self.wide = page.width > page.height
        edges = LANDSCAPE_MM if self.wide else EDGE_MM
        self.left, self.top = edges["left"] * MM, edges["top"] * MM
        self.right = float(page.width) - edges["right"] * MM
        self.bottom = float(page.height) - edges["bottom"] * MM
        self.chars = [c for c in page.chars if c["text"].strip()]
        if self.wide:
            outside = [c for c in self.chars if (c["x0"] + c["x1"]) / 2 < self.left]
            outside.sort(key=lambda c: c["top"])
        else:
            outside = [c for c in self.chars if (c["top"] + c["bottom"]) / 2 > self.bottom]
            outside.sort(key=lambda c: c["x0"])
        self.page_number = outside
        self.inside = [c for c in self.chars if c not in outside]
        self.lines = self._lines()

    def _baseline(self, char):
        return float(self.page.height) - char["matrix"][5]

    def _lines(self):
        """(baseline, characters from left to right) of each line, from the top."""
        rows = []
        for char in sorted(self.inside, key=self._baseline):
            baseline = self._baseline(char)
            if rows and baseline - rows[-1][0] < 4:
                rows[-1][1].append(char)
            else:
                rows.append((baseline, [char]))
        return [(baseline, sorted(chars, key=lambda c: c["x0"])) for baseline, chars in rows]

    def body_only(self):
        """True where nothing but 3号 text is set, so that lines can be counted."""
        return bool(self.inside) and not self.wide and all(abs(c["size"] - BODY) < 0.3 for c in self.inside)

    def dash_ink(self):
        """Centre of the first page-number dash as printed (ink, not font box)."""
        dash = self.page_number[0]
        scale = 1200 / 72
        box = (dash["x0"] - 4, dash["top"], dash["x1"] + 4, dash["bottom"]) if self.wide else (
            dash["x0"], dash["top"] - 4, dash["x1"], dash["bottom"] + 4)
        # Only what is looked at is drawn: a whole page takes a hundred times as long.
        around = (box[0], float(self.page.height) - box[3], float(self.page.width) - box[2], box[1])
        image = self.drawn.render(scale=scale, crop=around, grayscale=True).to_pil()
        width, height = image.size
        pixels = image.load()
        if self.wide:
            dark = [x for x in range(width) if any(pixels[x, y] < 128 for y in range(height))]
            origin = box[0]
        else:
            dark = [y for y in range(height) if any(pixels[x, y] < 128 for x in range(width))]
            origin = box[1]
        return origin + (dark[0] + dark[-1]) / 2 / scale if dark else None


def full_width(char):
    code = ord(char["text"][0])
    return code >= 0x2E80 or char["text"] in "“”‘’—…×"


def check_pages(pdf_path, checks):
    with pdfplumber.open(pdf_path) as pdf, closing(pypdfium2.PdfDocument(pdf_path)) as drawn:
        pages = [Page(page, number, drawn[number - 1]) for number, page in enumerate(pdf.pages, 1)]
        check_lines(pages, checks)
        check_characters(pages, checks)
        check_area(pages, checks)
        check_page_numbers(pages, checks)
        check_title(pages, checks)
        check_attachments(pages, checks)
        check_date(pages, checks)
        check_whole_pages(pages, checks)


def check_whole_pages(pages, checks):
    """No empty page, and no code or number broken in a cell of the landscape table."""
    empty = [page.number for page in pages if not page.inside]
    checks.add("5.1", "没有空白页（实测）", "没有", "、".join(f"第{n}面" for n in empty) or "没有", not empty)
    broken = [
        f"第{page.number}面“{text}”"
        for page in pages if page.wide
        for table in page.page.extract_tables()
        for row in table for cell in row if cell
        for text in cell.split("\n") if BROKEN.search(text)
    ]
    checks.add("5.1", "表内编号、数字不断开（实测）", "都完整", "；".join(broken[:5]) or "都完整", not broken)


def check_lines(pages, checks):
    pages = [page for page in pages if page.body_only()]
    gaps = [round(b[0] - a[0], 2) for page in pages for a, b in zip(page.lines, page.lines[1:])]
    if not gaps:
        checks.skip("5.2.3", "每面行数（实测）", LINES, "没有整面正文可量")
        return
    usual = median(gaps)
    runs = [page for page in pages if len(page.lines) > 1
            and all(abs(b[0] - a[0] - usual) < 1 for a, b in zip(page.lines, page.lines[1:]))]
    page = max(runs or pages, key=lambda p: len(p.lines))
    # Over all pages: the converter places single lines to a tenth of a point, too coarse where a page has only a few.
    near = [b[0] - a[0] for one in pages for a, b in zip(one.lines, one.lines[1:]) if abs(b[0] - a[0] - usual) < 1]
    pitch = sum(near) / len(near)
    most = max(len(page.lines) for page in pages)
    capacity = int(AREA_MM[1] * MM / pitch + 0.005)
    checks.near("5.2.3", "行距（实测）", AREA_MM[1] * MM / LINES, pitch, 0.3, "pt")
    # A page is full when no further line would fit: headings kept with their text may leave a line free.
    full = most >= LINES or any(p.lines[-1][0] + pitch + (1 - ASCENT) * BODY > p.bottom + TOLERANCE_MM * MM for p in runs)
    checks.add("5.2.3", "每面行数（实测）", LINES, f"{most}" if full else f"{capacity}（按行距推算）",
               (most if full else capacity) == LINES)
    if len(page.lines) == LINES:
        # The leading may stand above or below the characters, so each edge has that much play.
        play = (pitch - BODY) / MM
        first = (page.lines[0][0] - ASCENT * BODY) / MM - EDGE_MM["top"]
        last = PAGE_MM[1] - EDGE_MM["bottom"] - (page.lines[-1][0] + (1 - ASCENT) * BODY) / MM
        for name, gap in ((f"第{page.number}面首行字顶在版心上边缘之下", first), (f"第{page.number}面末行字底在版心下边缘之上", last)):
            checks.add("5.2.1", name, f"0—{play:.1f} mm（行间余量）±{TOLERANCE_MM:g}", f"{gap:.2f} mm",
                       -TOLERANCE_MM <= gap <= play + TOLERANCE_MM)


def check_characters(pages, checks):
    """Count lines of nothing but full-width characters that run on into an unindented next line."""
    counts, lefts, rights = Counter(), [], []
    for page in pages:
        flush = [abs(line[0]["x0"] - page.left) < 3 and abs(line[0]["size"] - BODY) < 0.3 for _, line in page.lines]
        for index, (_, line) in enumerate(page.lines[:-1]):
            whole = all(full_width(c) and abs(c["size"] - BODY) < 0.3 for c in line)
            if whole and not page.wide and flush[index] and flush[index + 1] and line[-1]["text"] not in "：。":
                counts[len(line)] += 1
                lefts.append(line[0]["x0"])
                rights.append(line[-1]["x1"])
    if not counts:
        checks.skip("5.2.3", "每行字数（实测）", CHARACTERS, "没有整行汉字可量")
        return
    usual = counts.most_common(1)[0][0]
    if usual != CHARACTERS and counts.total() < 5:
        checks.skip("5.2.3", "每行字数（实测）", CHARACTERS, f"整行汉字太少：{dict(counts)}")
        return
    checks.add("5.2.3", "每行字数（实测）", CHARACTERS, f"{usual}（{dict(counts.most_common(4))}）",
               usual == CHARACTERS and max(counts) <= CHARACTERS + 1)
    checks.near("5.2.1", "正文左边缘（订口）", EDGE_MM["left"], median(lefts) / MM, TOLERANCE_MM, "mm")
    checks.near("5.2.1", "正文行宽（版心宽）", AREA_MM[0], (median(rights) - median(lefts)) / MM, TOLERANCE_MM, "mm")


def check_area(pages, checks):
    out = []
    slack = TOLERANCE_MM * MM
    for page in pages:
        boxes = [(c["x0"], c["top"], c["x1"], c["bottom"]) for c in page.inside]
        boxes += [(e["x0"], e["top"], e["x1"], e["bottom"]) for e in page.page.lines + page.page.rects]
        if any(x0 < page.left - slack or x1 > page.right + slack or top < page.top - slack or bottom > page.bottom + slack
               for x0, top, x1, bottom in boxes):
            out.append(page.number)
    checks.add("5.2.1", "文字和表格线不出版心", "各面都不出（±1 mm）", f"出版心的面：{out}" if out else "无", not out)


def check_page_numbers(pages, checks):
    wrong, sizes, gaps, dashes = [], set(), [], []
    for page in pages:
        text = "".join(c["text"] for c in page.page_number).replace(" ", "")
        match = PAGE_NUMBER_TEXT.match(text)
        if not match or int(match.group(1)) != page.number:
            wrong.append(f"第{page.number}面“{text}”")
            continue
        chars, odd = page.page_number, page.number % 2
        sizes.update(round(c["size"], 1) for c in chars if not page.wide)
        if page.wide:
            gap = page.bottom - chars[-1]["bottom"] if odd else chars[0]["top"] - page.top
        else:
            gap = page.right - chars[-1]["x1"] if odd else chars[0]["x0"] - page.left
        gaps.append((page.number, gap / PAGE_NUMBER))
        ink = page.dash_ink()
        if ink is not None:
            dashes.append((page.number, (page.left - ink if page.wide else ink - page.bottom) / MM))
    checks.add("7.5", "页码“— 1 —”从1起连续（实测）", f"{len(pages)} 面", "；".join(wrong) or f"{len(pages)} 面都对", not wrong)
    if not gaps:
        return
    checks.add("7.5", "页码字号（实测）", "14 pt", f"{sorted(sizes)}", sizes <= {PAGE_NUMBER})
    for odd, name in ((1, "单页码居右空一字（实测）"), (0, "双页码居左空一字（实测）")):
        found = [gap for number, gap in gaps if number % 2 == odd]
        if found:
            checks.add("7.5", name, "1±0.3 字", f"{min(found):.2f}—{max(found):.2f} 字",
                       all(abs(gap - 1) <= 0.3 for gap in found))
    found = [dash for _, dash in dashes]
    checks.add("7.5", "一字线距版心下边缘（实测）", f"{DASH_MM}±1 mm",
               f"{min(found):.2f}—{max(found):.2f} mm" if found else "量不到",
               found and all(abs(dash - DASH_MM) <= 1 for dash in found))


def check_title(pages, checks):
    lines = [line for _, line in pages[0].lines if all(abs(c["size"] - TITLE) < 0.3 for c in line)]
    if not lines:
        checks.add("7.3.1", "标题（实测）", "首面有 22 pt 标题", "无", False)
        return
    centre = (pages[0].left + pages[0].right) / 2
    off = max(abs((line[0]["x0"] + line[-1]["x1"]) / 2 - centre) for line in lines)
    checks.add("7.3.1", "标题居中（实测）", "偏离 ≤1.5 mm", f"{off / MM:.2f} mm，{len(lines)} 行", off / MM <= 1.5)
    body = [line for _, line in pages[0].lines if any(abs(c["size"] - BODY) < 0.3 for c in line)]
    checks.add("7.3.3", "首面显示正文（实测）", "有", f"{len(body)} 行", len(body) > 1)


def check_attachments(pages, checks):
    """“附件1” opens its page on the first line, flush left; the title is centred on the third."""
    pitch = AREA_MM[1] * MM / LINES
    found, wrong = 0, []
    for page in pages:
        for index, (baseline, line) in enumerate(page.lines):
            label = joined(line)
            if not ATTACHMENT_LABEL.match(label):
                continue
            found += 1
            title, chars = page.lines[index + 1] if index + 1 < len(page.lines) else (0, line)
            good = (index == 0 and abs(line[0]["x0"] - page.left) < 3
                    and 0 < baseline - page.top < pitch + MM and 2 * pitch < title - page.top < 3 * pitch + MM
                    and abs(chars[0]["x0"] + chars[-1]["x1"] - page.left - page.right) < 6 * MM)
            if not good:
                wrong.append(f"第{page.number}面“{label}”")
    if found:
        checks.add("7.3.7", "附件另面，标识在第一行顶格、标题在第三行居中（实测）", f"{found} 个都是",
                   "；".join(wrong) or f"{found} 个都是", not wrong)


def joined(line):
    return "".join(c["text"] for c in line).replace(" ", "")


def width(line):
    """Nominal width in 字, digits and Latin letters counting half."""
    return sum(1 if full_width(c) else 0.5 for c in line)


def check_date(pages, checks):
    for page in reversed(pages):
        texts = [(joined(line), line) for _, line in page.lines]
        for index in range(len(texts) - 1, 0, -1):
            text, line = texts[index]
            if DATE.match(text) and abs(line[0]["size"] - BODY) < 0.3:  # not a date in a table
                office = texts[index - 1][1]
                date_gap, office_gap = ((page.right - row[-1]["x1"]) / ZI for row in (line, office))
                shift = (line[0]["x0"] - office[0]["x0"]) / ZI
                sealed = abs(date_gap - 4) <= 0.3
                # A substituted face may not set digits half an em wide, so the date is also placed by
                # its nominal width: once from where it starts, once from where it ends.
                spare = office_gap + width(office) - width(line)
                bare = any(abs(moved - 2) <= 0.3 and abs(min(office_gap, gap) - 2) <= 0.3
                           for moved, gap in ((shift, spare - 2), (spare - date_gap, date_gap)))
                checks.add("7.3.5", "成文日期位置（实测）",
                           "盖章：日期右空四字；不盖章：署名或日期（长者）右空二字，日期首字比署名首字右移二字",
                           f"日期右空 {date_gap:.2f} 字，署名右空 {office_gap:.2f} 字，右移 {shift:.2f} 字", sealed or bare)
                return
    checks.add("7.3.5", "成文日期位置（实测）", "有成文日期", "没找到", False)


# main

def run(path, pdf=None):
    checks = Checks()
    document = Document(path)
    check_sections(document, checks)
    check_footers(document, checks)
    check_text(document, checks)
    if pdf:
        check_pages(pdf, checks)
    else:
        with tempfile.TemporaryDirectory() as folder:
            check_pages(convert(path, folder), checks)
    return checks


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("docx")
    parser.add_argument("--pdf", help="measure this PDF in place of converting")
    args = parser.parse_args()
    try:
        checks = run(args.docx, args.pdf)
    except (OSError, KeyError, RuntimeError, zipfile.BadZipFile, etree.XMLSyntaxError, subprocess.SubprocessError) as error:
        print(f"gbt9704: {args.docx}: {error}", file=sys.stderr)
        return 2
    verdicts = {True: "PASS", False: "FAIL", None: "SKIP"}
    for check in checks:
        print(f"{verdicts[check.ok]}  {check.clause:8} {check.rule}：应 {check.expected}；得 {check.found}")
    tally = Counter(check.ok for check in checks)
    print(f"{tally[True]} passed, {tally[False]} failed, {tally[None]} skipped")
    return 1 if tally[False] else 0


if __name__ == "__main__":
    sys.exit(main())
