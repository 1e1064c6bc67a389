"""A template tried before it is relied on: rendered with an empty, a full and a very large committee, all invented from the types."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from wuhao_report.core.errors import TemplateError, TemplateFault
from wuhao_report.report.template.document_kinds import DocumentKind
from wuhao_report.report.template.layout import finished
from wuhao_report.report.template.loading import Template
from wuhao_report.report.template.names import Chart, Flag, Rows, Text, Texts, Type
from wuhao_report.report.template.rendering import rendered_part
from wuhao_report.report.template.tags import printed

HOSTILE = "甲<乙>&“丙”{{丁}}"
"""A text that breaks a document when a template prints it unescaped."""


@dataclass(frozen=True)
class Size:
    """How large an invented committee is: entries of a list and of a list inside another, the text of a value and of one inside a list."""

    entries: int
    inner: int
    text: str
    inner_text: str
    flag: bool


EMPTY = Size(0, 0, "", "", flag=False)
FULL = Size(3, 2, HOSTILE, HOSTILE, flag=True)
LARGE = Size(200, 1, HOSTILE + "很长的内容" * 400, HOSTILE + "很长的内容" * 4, flag=True)
SIZES = (EMPTY, FULL, LARGE)
"""The very large one is kept to what renders in about a tenth of a second: the check stands before every report with a template of one's own."""


def invented(kind: DocumentKind, size: Size) -> dict[str, Any]:
    """Return a value of every name of a kind of document."""
    return {name: _value(declared, size) for name, declared in kind.names.items()}


def _value(declared: Type, size: Size, inside: bool = False) -> Any:
    if isinstance(declared, Text):
        return size.inner_text if inside else size.text
    if isinstance(declared, Flag):
        return size.flag
    entries = size.inner if inside else size.entries
    if isinstance(declared, Texts):
        return [size.inner_text] * entries
    if isinstance(declared, Rows):
        row = {name: _value(field, size, inside=True) for name, field in declared.fields.items()}
        return [row] * entries
    if isinstance(declared, Chart) and declared.optional and not entries:
        return {}
    return {name: _value(field, size, inside) for name, field in declared.fields.items()}


@lru_cache(maxsize=16)
def check_template(template: Template) -> None:
    """Render a template with committees of three sizes, once per process; one that cannot serve all of them is refused.

    Charts are left out: their numbers are not the template's. Raises TemplateError with the faults of each size.
    """
    faults: list[TemplateFault] = []
    for size in SIZES:
        values = invented(template.kind, size)
        try:
            for part in template.parts:
                _check_part(template, part, values)
        except TemplateError as error:
            faults += [fault for fault in error.faults if str(fault) not in map(str, faults)]
    if faults:
        raise TemplateError(*faults)


def _check_part(template: Template, part: str, values: dict[str, Any]) -> None:
    """Refuse what is no well-formed XML once it is rendered, by the paragraph where it breaks."""
    from lxml import etree

    text = rendered_part(template, part, values)
    try:
        etree.fromstring(finished(text).encode("utf-8"))
    except etree.XMLSyntaxError as error:
        words = _words_where_it_breaks(text)
        raise TemplateError(
            TemplateFault(template.name, f"“{template.name}”：生成的文档不完整", f"，断在“{words}”附近，请检查那里的标记")
        ) from error


def _words_where_it_breaks(text: str) -> str:
    """The first words of the rendered paragraph at which a text is no XML any more."""
    from lxml import etree

    try:
        etree.fromstring(text.encode("utf-8"))
    except etree.XMLSyntaxError as error:
        lines = text.split("\n")
        return printed(lines[min(error.lineno or 1, len(lines)) - 1]).strip()[:40]
    return ""
