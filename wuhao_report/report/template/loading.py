"""A .docx + the document it is for → a template that is checked, compiled and ready to render; the only user of docxtpl.

The template is patched by docxtpl and compiled by jinja2 once per process; each document is then one rendering of it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wuhao_report.core.errors import TemplateError, TemplateFault
from wuhao_report.core.numbers import MISSING
from wuhao_report.core.text import nearest
from wuhao_report.files.office import DAMAGE, DOCUMENT, has_doctype, inflate, open_package, pack, within_limits
from wuhao_report.report.charts import chart_names
from wuhao_report.report.template.document_kinds import DOCUMENT_KINDS, DocumentKind
from wuhao_report.report.template.name_check import UnknownName, unknown_names
from wuhao_report.report.template.safety import made_safe
from wuhao_report.report.template.tags import check_tags, has_tags, printed, with_changes_taken_in

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2 import Template as Compiled

MAX_TEMPLATE = 20 * 2**20
PART_WORDS = {"document": "", "header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注", "comments": "批注"}
MOST_FAULTS = 5
"""So many unknown names are listed at once."""


@dataclass(frozen=True, eq=False)
class Template:
    """A template ready to render: what it is for, its members, and each part that holds tags, compiled and as text.

    `left_out` says what has been taken out of it.
    """

    name: str
    kind: DocumentKind
    members: Mapping[str, bytes]
    parts: Mapping[str, tuple[Compiled, str]] = field(repr=False)
    left_out: tuple[str, ...] = ()


def load_template(path: Path, kind: DocumentKind) -> Template:
    """Open, check and compile a template of a kind of document; once per process for an unchanged file.

    Raises TemplateError for a file that is no .docx, a tag that cannot be read, or a name that the document does not have.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise TemplateError(TemplateFault(path.name, f"找不到 Word 模板“{path.name}”")) from error
    return _load(path, kind, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=16)
def _load(path: Path, kind: DocumentKind, mtime: int, size: int) -> Template:
    members, left_out = made_safe(_read(path, size), path.name)
    data = pack(members.items(), stored=True)
    environment = _environment()
    _check_charts(members[DOCUMENT].decode("utf-8", "replace"), path.name, kind)
    return Template(
        path.name,
        kind,
        members,
        {part: (_compile(environment, path.name, text, kind), text) for part, text in _patched(data, members, path.name)},
        left_out,
    )


def _read(path: Path, size: int) -> dict[str, bytes]:
    """The members of a package."""
    too_large = TemplateError(TemplateFault(path.name, f"Word 模板“{path.name}”过大"))
    if size > MAX_TEMPLATE:
        raise too_large
    try:
        data = path.read_bytes()
        with open_package(data) as package:
            if not within_limits(package):
                raise too_large
            members = {info.filename: inflate(package, info) for info in package.infolist()}
    except DAMAGE as error:
        raise TemplateError(TemplateFault(path.name, f"“{path.name}”不是 Word 文档（.docx），或已损坏")) from error
    if DOCUMENT not in members or any(map(has_doctype, members.values())):
        raise _unusable(path.name)
    return members


def _unusable(name: str) -> TemplateError:
    return TemplateError(TemplateFault(name, f"“{name}”不是可用的 Word 文档（.docx）"))


def _environment() -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    class NamesFirst(SandboxedEnvironment):
        """The values of names are plain dicts: they are looked up before anything else is tried."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            """Return the value of a name before an attribute of the same name."""
            if type(obj) is dict and attribute in obj:
                return obj[attribute]
            return super().getattr(obj, attribute)

    return NamesFirst(autoescape=True, undefined=StrictUndefined, finalize=lambda value: MISSING if value is None else value)


def _patched(data: bytes, members: Mapping[str, bytes], name: str) -> Iterator[tuple[str, str]]:
    """Yield each part that holds tags, with its text as jinja2 understands it: every paragraph on a line of its own."""
    from docx import Document
    from docxtpl import DocxTemplate
    from lxml import etree

    try:
        document = Document(io.BytesIO(data))
    except Exception as error:
        raise _unusable(name) from error
    template = DocxTemplate(io.BytesIO(data))
    texts = {DOCUMENT: etree.tostring(document.element, encoding="unicode")}
    for part in members:
        if part != DOCUMENT and part.endswith(".xml") and part.startswith("word/") and not part.startswith("word/glossary/"):
            text = members[part].decode("utf-8", "replace")
            if not has_tags(text):
                continue
            if part_word(part) is None:
                raise TemplateError(TemplateFault(name, f"“{name}”：“{part}”里不能用标记（图表的标题、图形等），请改成文字"))
            texts[part] = text
    for part, text in texts.items():
        text = with_changes_taken_in(text)
        check_tags(text, name, part_word(part) or "")
        yield part, re.sub(r"<w:p([ >])", r"\n<w:p\1", template.patch_xml(text))


def part_word(part: str) -> str | None:
    """Return what a part that may hold tags is called, "" for the body; None for one that may not."""
    match = re.fullmatch(r"word/(document|header|footer|footnotes|endnotes|comments)\d*\.xml", part)
    return PART_WORDS[match.group(1)] if match else None


def _check_charts(xml: str, name: str, kind: DocumentKind) -> None:
    """Refuse a chart whose data belong to another kind of document: its invented numbers would be printed."""
    for chart in chart_names(xml):
        others = [other.name for other in DOCUMENT_KINDS if chart in other.charts]
        if others and chart not in kind.charts:
            raise TemplateError(
                TemplateFault(
                    name, f"“{name}”：{kind.name}没有叫“{chart}”的图表", f"，它属于{others[0]}（可用的名称见 docs/模板.md）"
                )
            )


def _compile(environment: Environment, name: str, text: str, kind: DocumentKind) -> Compiled:
    """The compiled text of a part. Raises TemplateError for a wrong tag, and with all its unknown names."""
    from jinja2 import TemplateSyntaxError

    try:
        unknown = dict.fromkeys(unknown_names(environment.parse(text), kind.names))
        if unknown:
            raise TemplateError(*(_unknown_fault(name, text, item, kind) for item in list(unknown)[:MOST_FAULTS]))
        return environment.from_string(text)
    except TemplateSyntaxError as error:
        raise TemplateError(fault_at(name, text, error.lineno, "标记写得不对")) from error
    except (SyntaxError, RecursionError, ValueError, MemoryError) as error:
        # What the engine takes may still be too deep, or too long, to be compiled.
        raise TemplateError(TemplateFault(name, f"“{name}”：有的标记套得太深或太长，不能使用")) from error


def _unknown_fault(name: str, text: str, item: UnknownName, kind: DocumentKind) -> TemplateFault:
    others = [] if item.inner else [other.name for other in DOCUMENT_KINDS if item.name in other.names]
    near = nearest(item.name, list(item.known))
    hint = f"，它属于{'、'.join(others)}" if others else f"，是否应为“{near}”" if near else ""
    return fault_at(name, text, item.line, f"没有叫“{item.name}”的名称", f"{hint}（可用的名称见 docs/模板.md）")


def fault_at(name: str, text: str, line: int, what: str, hint: str = "") -> TemplateFault:
    """The fault of a template at a line of the text of a part, with the number of its paragraph and how it begins."""
    lines = text.split("\n")
    words = printed(lines[min(line, len(lines)) - 1]).strip()[:40]
    return TemplateFault(name, what, hint, max(1, line - 1), words)
