"""A Word document before it is rendered, as a value: a new one is a template, its names, and a function that gives this record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wuhao_report import __version__
from wuhao_report.core.errors import TemplateError, TemplateFault
from wuhao_report.files.office import unpack
from wuhao_report.files.outputs import Output
from wuhao_report.files.provenance import is_own_output
from wuhao_report.report.json_form import TOOL

if TYPE_CHECKING:
    from wuhao_report.report.template.document_kinds import DocumentKind

UNDATED = date(2020, 1, 1)
"""The day of a file that belongs to no day, so that the same content gives the same bytes."""


@dataclass(frozen=True, eq=False)
class Document:
    """A Word document before it is rendered: `names` are the values that its template may use.

    `document_kind` declares those names, and its name is that of the template; `properties` tell, inside the file, what it was made of.
    """

    kind: str
    file_name: str
    document_kind: DocumentKind
    names: Mapping[str, Any]
    title: str
    author: str
    day: date = UNDATED
    properties: Mapping[str, str] = field(default_factory=dict)


def render_document(document: Document, template: Path | None = None) -> bytes:
    """Return the bytes of a document, made with its own template, or with the file `template`, which is tried with invented values first.

    Raises TemplateError.
    """
    # Only where a document is made: a check, which imports this module too, needs none of these.
    from wuhao_report.report.template.loading import load_template
    from wuhao_report.report.template.rendering import render
    from wuhao_report.report.template.safety import made_safe
    from wuhao_report.report.template.trial import check_template

    path = template or template_path(document.document_kind.name)
    loaded = load_template(path, document.document_kind)
    made_of = hashlib.sha256(path.read_bytes()).hexdigest()
    properties = {**document.properties, "wuhao.template": made_of, "wuhao.tool": f"{TOOL} {__version__}"}
    if template:
        check_template(loaded)
    data = render(loaded, document.names, properties, document.title, document.author, midnight(document.day))
    if template and made_safe(unpack(data), template.name)[1]:
        # Its tags put together what would have been taken out of it.
        raise TemplateError(TemplateFault(template.name, f"“{template.name}”的标记会生成打开别的文件或程序的域，不能使用"))
    return data


def document_output(document: Document, template: Path | None = None) -> Output:
    """Render a document as a file to be written; it replaces one of ours that nobody has changed.

    Raises TemplateError.
    """
    return Output(document.kind, document.file_name, render_document(document, template), is_own_output)


def midnight(day: date) -> str:
    """Return the moment of making that a file of that day states: no other clock is asked."""
    return f"{day.isoformat()}T00:00:00Z"


def template_path(name: str) -> Path:
    """Return the path of a template that comes with the program: beside the package when installed, else of the source tree.

    Raises TemplateError when there is none of that name.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "templates", package.parent / "templates"):
        path = folder / f"{name}.docx"
        if path.is_file():
            return path
    raise TemplateError(TemplateFault(f"{name}.docx", f"没有“{name}”的 Word 模板"))


def has_template(name: str) -> bool:
    """Tell whether a template of that name comes with the program."""
    try:
        return template_path(name).is_file()
    except TemplateError:
        return False
