"""A .docx → its paragraphs and table rows as lines, for reading and for comparing."""

from __future__ import annotations

import io
from pathlib import Path

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def template_text(path: Path) -> str:
    """Return the paragraphs and table rows of a template."""
    return document_text(path.read_bytes())


def document_text(data: bytes) -> str:
    """Return a .docx as lines: a paragraph each, a table row each with its cells between bars."""
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
