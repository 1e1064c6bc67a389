"""A Word template + a plain mapping of names → the bytes of a .docx; the only user of docxtpl and python-docx.

The template is patched by docxtpl and compiled by jinja2 once per process; each report is then one rendering of it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wuhao_report.core.cells import nearest
from wuhao_report.core.numbers import MISSING
from wuhao_report.core.problems import TemplateError
from wuhao_report.files.provenance import with_provenance
from wuhao_report.report.charts import fill_charts
from wuhao_report.report.names import NAMES, ROLLUP_NAMES

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2 import Template as Compiled

DOCUMENT = "word/document.xml"
OFFICE_STYLE = "WOffice"
DATE_STYLE = "WDate"
DATE_RIGHT = 4
"""A sealed report's date stands four 字 from the right edge, the office centred over it (GB/T 9704, 7.3.5.1)."""
ZI = 315
TODO = "【待补："
MAX_TEMPLATE = 20 * 2**20
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True, eq=False)
class Template:
    """A template ready to render: its members, and the compiled text of each part that holds tags."""

    name: str
    members: Mapping[str, bytes]
    parts: Mapping[str, tuple[Compiled, str]] = field(repr=False)


def load_template(path: Path) -> Template:
    """Open, check and compile a template; once per process for an unchanged file.

    Raises TemplateError for a file that is no .docx, a tag that cannot be read, or a name that no report has.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise TemplateError(f"找不到 Word 模板“{path.name}”") from error
    return _load(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=16)
def _load(path: Path, mtime: int, size: int) -> Template:
    if size > MAX_TEMPLATE:
        raise TemplateError(f"Word 模板“{path.name}”过大")
    try:
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(info.file_size for info in package.infolist()) > 5 * MAX_TEMPLATE:
                raise TemplateError(f"Word 模板“{path.name}”过大")
            members = {name: package.read(name) for name in package.namelist()}
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError) as error:
        raise TemplateError(f"“{path.name}”不是 Word 文档（.docx），或已损坏") from error
    if DOCUMENT not in members or any(b"<!DOCTYPE" in part[:1000] for part in members.values()):
        raise TemplateError(f"“{path.name}”不是可用的 Word 文档（.docx）")
    environment = _environment()
    return Template(path.name, members, {
        name: (_compile(environment, path.name, text), text) for name, text in _patched(data, members, path.name)})


def _environment() -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    class Names(SandboxedEnvironment):
        """The names of a report are plain dicts: they are looked up before anything else is tried."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            if type(obj) is dict and attribute in obj:
                return obj[attribute]
            return super().getattr(obj, attribute)

    return Names(
        autoescape=True, undefined=StrictUndefined, finalize=lambda value: MISSING if value is None else value)


def _patched(data: bytes, members: Mapping[str, bytes], name: str) -> Iterator[tuple[str, str]]:
    """The text of each part with tags, as jinja2 understands it, every paragraph on a line of its own."""
    from docxtpl import DocxTemplate
    from lxml import etree

    try:
        template = DocxTemplate(io.BytesIO(data))
        template.init_docx()
        document = template.docx._element
    except Exception as error:
        raise TemplateError(f"“{name}”不是可用的 Word 文档（.docx）") from error
    texts = {DOCUMENT: etree.tostring(document, encoding="unicode")}
    for part in members:
        if re.fullmatch(r"word/(header|footer)\d*\.xml", part) and (b"{{" in members[part] or b"{%" in members[part]):
            texts[part] = members[part].decode("utf-8")
    for part, text in texts.items():
        _check_pairs(text, name)
        yield part, re.sub(r"<w:p([ >])", r"\n<w:p\1", template.patch_xml(text))


def _check_pairs(xml: str, name: str) -> None:
    """Refuse a tag that is opened and not closed in its paragraph: patching would swallow all up to the next one."""
    for number, paragraph in enumerate(re.findall(r"<w:p[ >].*?</w:p>", xml, re.DOTALL), 1):
        text = _plain(paragraph)
        if any(text.count(left) != text.count(right) for left, right in (("{{", "}}"), ("{%", "%}"), ("{#", "#}"))):
            raise TemplateError(f"“{name}”第{number}段“{text.strip()[:40]}”：标记写得不对（括号不成对）")


def _compile(environment: Environment, name: str, text: str) -> Compiled:
    from jinja2 import TemplateSyntaxError

    try:
        tree = environment.parse(text)
    except TemplateSyntaxError as error:
        raise TemplateError(f"“{name}”第{_place(text, error.lineno)}：标记写得不对") from error
    wrong = next(iter(_unknown_names(tree)), None)
    if wrong:
        line, word, known = wrong
        near = nearest(word, known)
        hint = f"，是否应为“{near}”" if near else ""
        raise TemplateError(f"“{name}”第{_place(text, line)}：没有叫“{word}”的名称{hint}（可用的名称见 docs/模板.md）")
    try:
        return environment.from_string(text)
    except TemplateSyntaxError as error:
        raise TemplateError(f"“{name}”第{_place(text, error.lineno)}：标记写得不对") from error


def _place(text: str, line: int) -> str:
    """Which paragraph a line of the patched text is, and how it begins."""
    lines = text.split("\n")
    shown = _plain(lines[min(line, len(lines)) - 1]).strip()[:40]
    return f"{max(1, line - 1)}段“{shown}”"


def _unknown_names(tree: Any) -> Iterator[tuple[int, str, list[str]]]:
    """Every name in the template that NAMES does not know: its line, the name, what may stand there."""
    from jinja2 import nodes

    def shape(node: Any, scope: Mapping[str, Any]) -> Any:
        """What an expression is: a NAMES entry, or None when it is nothing to look into."""
        if isinstance(node, nodes.Name):
            return scope.get(node.name)
        if isinstance(node, nodes.Getattr):
            inner = shape(node.node, scope)
            return inner.get(node.attr) if isinstance(inner, dict) else None
        return None

    def walk(node: Any, scope: Mapping[str, Any]) -> Iterator[tuple[int, str, list[str]]]:
        if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in scope:
            yield node.lineno, node.name, list(scope)
        if isinstance(node, nodes.Getattr):
            inner = shape(node.node, scope)
            if isinstance(inner, str | list) or (isinstance(inner, dict) and node.attr not in inner):
                yield node.lineno, node.attr, list(inner) if isinstance(inner, dict) else []
        if isinstance(node, nodes.For):
            yield from walk(node.iter, scope)
            listed = shape(node.iter, scope)
            item = listed[0] if isinstance(listed, list) else None
            names = {found.name: item for found in node.target.find_all(nodes.Name)}
            if isinstance(node.target, nodes.Name):
                names = {node.target.name: item}
            inner_scope = {**scope, **names, "loop": None}
            for child in (*node.body, *node.else_):
                yield from walk(child, inner_scope)
            return
        for child in node.iter_child_nodes():
            yield from walk(child, scope)

    assigned = {found.name: None for found in tree.find_all(nodes.Name) if found.ctx == "store"}
    scope = {**NAMES, **ROLLUP_NAMES, "range": None}
    for node in tree.find_all(nodes.Assign):
        scope.update({found.name: None for found in node.target.find_all(nodes.Name) if found.name in assigned})
    yield from walk(tree, scope)


def template_text(path: Path) -> str:
    """The paragraphs and table rows of a template, for reading and for comparing."""
    return document_text(path.read_bytes())


def document_text(data: bytes) -> str:
    """A .docx as lines: a paragraph each, a table row each with its cells between bars."""
    from docx import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    lines = []
    for block in Document(io.BytesIO(data)).iter_inner_content():
        if isinstance(block, Paragraph):
            style = block.style.name if block.style is not None else ""
            mark = f"[{style}] " if style not in ("Normal", "公文正文") and block.text else ""
            lines.append(mark + block.text)
        elif isinstance(block, Table):
            for row in block._tbl.tr_lst:
                cells = ["".join(text.text or "" for text in cell.iter(f"{{{W}}}t")) for cell in row.tc_lst]
                lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def render(template: Template, names: Mapping[str, Any], properties: Mapping[str, str], title: str, author: str,
           moment: str) -> bytes:
    """The report's bytes: same template, names and properties, same members.

    `properties` become custom document properties; `moment` (ISO, UTC) stands as its time of making.
    Raises TemplateError when the template asks for what a report does not have.
    """
    members = dict(template.members)
    for part, (compiled, source) in template.parts.items():
        text = _finished(_rendered(template, compiled, source, names))
        members[part] = text.encode("utf-8")
        if part == DOCUMENT and "<c:chart" in text:
            fill_charts(members, text, names["图表"])
    return with_provenance(members, properties, title, author, moment)


def _rendered(template: Template, compiled: Compiled, source: str, names: Mapping[str, Any]) -> str:
    import traceback

    from jinja2 import TemplateError as JinjaError

    try:
        return compiled.render(names)
    except (JinjaError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
        raise TemplateError(f"“{template.name}”第{_place(source, lines[-1] or 1 if lines else 1)}：这里的标记不能用来生成报告") from error


# What is done to the rendered text

def _finished(xml: str) -> str:
    xml = xml.replace("\n<w:p", "<w:p")
    first, *tables = xml.split("<w:tbl>")
    xml = first + "".join(_fit_table(table) for table in tables)
    xml = _place_office(xml)
    return _highlight(xml) if TODO in xml else xml


def _fit_table(text: str) -> str:
    """A table, from behind its opening tag, and what follows it: the grid gets as many columns as a loop has made.

    The first column keeps its width, the others share the rest.
    """
    row = text[:text.find("</w:tr>")]
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


def _zi(text: str) -> float:
    """The width of a text in 字, digits and Latin letters half."""
    return sum(0.5 if char.isascii() else 1 for char in text)


def _paragraphs_of(xml: str, style: str) -> list[tuple[int, int]]:
    """Where the paragraphs of a style begin and end."""
    found = []
    at = xml.find(mark := f'<w:pPr><w:pStyle w:val="{style}"/>')
    while at >= 0:
        end = xml.find("</w:p>", at) + len("</w:p>")
        found.append((xml.rfind("<w:p", 0, at), end))
        at = xml.find(mark, end)
    return found


_AFTER_INDENT = re.compile(r"<w:(?:contextualSpacing|mirrorIndents|suppressOverlap|jc|textDirection|textAlignment|textboxTightWrap|"
                           r"outlineLvl|divId|cnfStyle|rPr|sectPr|pPrChange)\b|</w:pPr>")
_AFTER_HIGHLIGHT = re.compile(r"<w:(?:u|effect|bdr|shd|fitText|vertAlign|rtl|cs|em|lang|eastAsianLayout|specVanish|oMath)\b|<w14:|</w:rPr>")
"""What the standard wants behind an indent, and behind a highlight: properties have an order."""


def _place_office(xml: str) -> str:
    """Centre the office over the date: its distance from the right edge depends on both widths."""
    offices, dates = _paragraphs_of(xml, OFFICE_STYLE), _paragraphs_of(xml, DATE_STYLE)
    if not offices or not dates:
        return xml
    width = _zi(_plain(xml[slice(*dates[-1])]))
    for start, end in reversed(offices):
        right = max(0.0, DATE_RIGHT + (width - _zi(_plain(xml[start:end]))) / 2)
        paragraph = re.sub(r"<w:ind\b[^>]*/>", "", xml[start:end], count=1)
        at = _AFTER_INDENT.search(paragraph)
        indent = f'<w:ind w:rightChars="{round(right * 100)}" w:right="{round(right * ZI)}"/>'
        if at is not None:
            xml = xml[:start] + paragraph[:at.start()] + indent + paragraph[at.start():] + xml[end:]
    return xml


def _plain(xml: str) -> str:
    return re.sub(r"<[^>]+>", "", xml)


def _highlight(xml: str) -> str:
    """Every 【待补：…】 in yellow, wherever it stands."""
    pattern = re.compile(rf"<w:r(?: [^>]*)?>(<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?<w:t(?: [^>]*)?>([^<]*{TODO}[^<]*)</w:t></w:r>", re.DOTALL)

    def split(match: re.Match[str]) -> str:
        own = match.group(1) or ""
        pieces = re.split(rf"({TODO}[^】]*】)", match.group(2))
        return "".join(
            f'<w:r>{_marked(own) if piece.startswith(TODO) else own}<w:t xml:space="preserve">{piece}</w:t></w:r>'
            for piece in pieces if piece)

    return pattern.sub(split, xml)


def _marked(properties: str) -> str:
    """Run properties with a yellow highlight, in the order Word wants."""
    properties = re.sub(r"<w:highlight\b[^>]*/>", "", properties) or "<w:rPr></w:rPr>"
    at = _AFTER_HIGHLIGHT.search(properties)
    cut = at.start() if at is not None else len(properties)
    return properties[:cut] + '<w:highlight w:val="yellow"/>' + properties[cut:]
