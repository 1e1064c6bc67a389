"""A loaded template + the value of each of its document's names → the bytes of a .docx."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

from wuhao_report.core.errors import TemplateError
from wuhao_report.core.text import as_xml_text
from wuhao_report.files.office import DOCUMENT
from wuhao_report.files.provenance import with_provenance
from wuhao_report.report.charts import fill_charts
from wuhao_report.report.template.layout import finished
from wuhao_report.report.template.loading import Template, fault_at


def render(
    template: Template, values: Mapping[str, Any], properties: Mapping[str, str], title: str, author: str, moment: str
) -> bytes:
    """Return the bytes of a document: same template, values and properties, same members.

    `properties` become custom document properties; `moment` (ISO, UTC) stands as its time of making.
    Raises TemplateError when a tag cannot be carried out, ValueError when the values are not those of the document's names.
    """
    if different := values.keys() ^ template.kind.names.keys():
        raise ValueError(f"not the names of {template.kind.name}: {sorted(different)}")
    members = dict(template.members)
    for part in template.parts:
        text = finished(rendered_part(template, part, values))
        members[part] = text.encode("utf-8")
        if part == DOCUMENT and "<c:chart" in text:
            fill_charts(members, text, values.get("图表", {}))
    return with_provenance(members, properties, title, author, moment)


def rendered_part(template: Template, part: str, values: Mapping[str, Any]) -> str:
    """Return the text of a part with its tags carried out, every paragraph of the template on a line of its own.

    Raises TemplateError when a tag cannot be carried out.
    """
    from jinja2 import TemplateError as JinjaError

    compiled, source = template.parts[part]
    try:
        return as_xml_text(compiled.render(values))
    except (
        JinjaError,
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
        AttributeError,
        AssertionError,
        RecursionError,
    ) as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
        line = lines[-1] or 1 if lines else 1
        raise TemplateError(fault_at(template.name, source, line, "这里的标记不能用来生成报告")) from error
