"""The comments of a sheet, one for each cell with problems, and the drawing that shows them as hidden yellow notes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lxml import etree

from wuhao_report.core.catalogue import LEVEL_WORDS
from wuhao_report.core.cell_reference import parse_cell
from wuhao_report.core.problems import Problem
from wuhao_report.core.text import LONGEST_CELL
from wuhao_report.files.office import CONTENT_TYPES, add_default, child, local_name
from wuhao_report.tools.marked_copy.parts import MEDIA, SPACE, Parts, free_name, needed, relationship_namespace

AUTHOR = "核对提示"
AFTER_COMMENTS = frozenset(
    {"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst"}
)
"""What stands behind the mark of comments in a sheet."""
VML, OFFICE_VML, EXCEL_VML = (
    "urn:schemas-microsoft-com:vml",
    "urn:schemas-microsoft-com:office:office",
    "urn:schemas-microsoft-com:office:excel",
)
_NAMESPACES = f'xmlns:v="{VML}" xmlns:o="{OFFICE_VML}" xmlns:x="{EXCEL_VML}"'
_DRAWING = (
    f'<xml {_NAMESPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
).encode()


def add_comments(parts: Parts, sheet: str, cells: Mapping[str, Sequence[Problem]]) -> None:
    """Put a comment on every cell of a sheet that has problems; what others wrote there stays before it. Raises NotMarkable."""
    comments, drawing = _own_comments(parts, sheet) or _new_comments(parts, sheet)
    root, shapes = parts.open(comments), parts.open(drawing)
    authors, notes = needed(root, "authors"), needed(root, "commentList")
    _remove_ours(authors, notes, shapes)
    parts.element(authors, "author").text = AUTHOR
    present = {note.get("ref"): note for note in notes}
    for number, (address, problems) in enumerate(cells.items(), 1):
        text = "\n".join(f"【{LEVEL_WORDS[item.level]}】{item.message}{item.hint}" for item in problems)[:LONGEST_CELL]
        note = present.get(address)
        if note is None:
            note = parts.element(notes, "comment", ref=address, authorId=str(len(authors) - 1))
            parts.element(note, "text")
            shapes.append(_shape(address, number))
        else:
            text = "\n" + text
        value = parts.element(parts.element(needed(note, "text"), "r"), "t")
        value.text = text
        value.set(SPACE, "preserve")
    notes[:] = sorted(notes, key=lambda note: _place(note.get("ref")))


def _place(reference: str | None) -> tuple[int, int]:
    return parse_cell((reference or "").partition(":")[0]) or (0, -1)


def _own_comments(parts: Parts, sheet: str) -> tuple[str, str] | None:
    """The comments that a sheet has, and the drawing of them."""
    links = parts.links_of(sheet)
    comments = next(iter(parts.links_of(sheet, "comments").values()), None)
    drawings = parts.links_of(sheet, "vmlDrawing").values()
    mark = child(parts.open(sheet), "legacyDrawing") if drawings else None
    shown = {links.get(value) for value in mark.attrib.values()} if mark is not None else set()
    drawing = next((name for name in drawings if name in shown), None)
    return None if comments is None or drawing is None else (comments, drawing)


def _new_comments(parts: Parts, sheet: str) -> tuple[str, str]:
    """Empty comments and their drawing for a sheet that has none."""

    def names(number: str) -> tuple[str, str]:
        return f"xl/wuhaoComments{number}.xml", f"xl/drawings/wuhaoComments{number}.vml"

    comments, drawing = names(free_name(map(str, range(1, 10_000)), lambda number: any(map(parts.has, names(number)))))
    add_default(parts.open(CONTENT_TYPES), "vml", "application/vnd.openxmlformats-officedocument.vmlDrawing")
    parts.add(
        comments, f'<comments xmlns="{parts.namespace}"><authors/><commentList/></comments>'.encode(), f"{MEDIA}.comments+xml"
    )
    parts.added[drawing] = _DRAWING
    root = parts.open(sheet)
    identity = parts.link(sheet, drawing, "vmlDrawing")
    parts.link(sheet, comments, "comments")
    mark = etree.Element(parts.tag("legacyDrawing"))
    mark.set(f"{{{relationship_namespace(root)}}}id", identity)
    old = child(root, "legacyDrawing")
    later = next((item for item in root if local_name(item) in AFTER_COMMENTS), None)
    if old is not None:
        root.replace(old, mark)
    elif later is None:
        root.append(mark)
    else:
        later.addprevious(mark)
    return comments, drawing


_ADDED = re.compile(r"\n?【(?:" + "|".join(LEVEL_WORDS.values()) + r")】.*", re.DOTALL)
"""What a marking has added to a note that was there."""


def _remove_ours(authors: Any, notes: Any, shapes: Any) -> None:
    """Take out the notes of an earlier marking that Excel has saved since, and what it has added to others; everybody else's stay."""
    for note in notes:
        kept = True
        for text in [item for item in note.iter() if local_name(item) == "t" and item.text]:
            own = _ADDED.sub("", text.text) if kept else ""
            kept = kept and own == text.text
            text.text = own
    ours = {str(at) for at, author in enumerate(authors) if author.text == AUTHOR}
    for note in [note for note in notes if note.get("authorId") in ours]:
        row, column = _place(note.get("ref"))
        notes.remove(note)
        for shape in list(shapes):
            place = {local_name(item): item.text for item in shape.iter() if local_name(item) in ("Row", "Column")}
            if place == {"Row": str(row - 1), "Column": str(column)}:
                shapes.remove(shape)


def _shape(address: str, number: int) -> Any:
    """The hidden yellow note of one cell, right of it."""
    row, column = _place(address)
    return etree.fromstring(
        f'<v:shape {_NAMESPACES} id="_wuhao_s{number}_{address}" type="#_x0000_t202" '
        'style="position:absolute;margin-left:60pt;margin-top:2pt;width:240pt;height:90pt;z-index:1;visibility:hidden" '
        'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/><x:ClientData ObjectType="Note"><x:MoveWithCells/>'
        f"<x:SizeWithCells/><x:Anchor>{column + 1}, 15, {max(0, row - 2)}, 10, {column + 5}, 15, {row + 3}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row - 1}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>".encode()
    )
