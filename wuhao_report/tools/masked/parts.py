"""Every place of a package where a person could read a name: texts in runs, notes and their authors, drawings, filters, names, links.

As in a marked copy, no other program rewrites the package: texts and attributes are exchanged in its parts, and nothing else. What shows
or tells of people and cannot be masked (the settings of a printer, the picture of the first page) is left out.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from wuhao_report.core.cell_reference import cell_name
from wuhao_report.files.office import WORKBOOK, local_name, parse_tree, parse_xml, relationships, tree_bytes
from wuhao_report.tools.masked.people import People

LINKS = "xl/_rels/workbook.xml.rels"
PARTS = (".xml", ".rels", ".vml")
LEFT_OUT = ("xl/printersettings/", "docprops/thumbnail.")
UNMASKED: Mapping[str, str] = {
    "xl/media/": "图片",
    "xl/embeddings/": "嵌入的文件",
    "xl/vbaproject.bin": "宏",
    "xl/activex/": "控件",
}
"""Members that nobody can mask, by how their names begin, and what they are called."""
RUNS = {"si": "t", "is": "t", "text": "t", "p": "t"}
"""Elements whose text is cut into runs, and the element that holds a piece of it."""
EMPTIED = frozenset({"creator", "lastModifiedBy", "Manager", "Company", "HyperlinkBase"})
"""Elements of the document properties that name somebody."""
CLEARED = {"absPath": ("url",), "fileSharing": ("userName",), "header": ("userName",), "userInfo": ("name",)}
"""Attributes that tell who worked on a file, or where it lay, by their elements."""
TOLD = frozenset(
    (
        "val",
        "v",
        "display",
        "tooltip",
        "prompt",
        "promptTitle",
        "error",
        "errorTitle",
        "descr",
        "title",
        "comment",
        "alt",
        "name",
        "displayName",
    )
)
"""Attributes that hold what a person reads."""
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][-+]?\d+)?")
_LONG = re.compile(r"\d{7,18}")
_TEXT = re.compile(r">([^<>]+)<")
LONGEST_TITLE = 31


def masked_parts(members: Mapping[str, bytes], people: People) -> dict[str, bytes]:
    """Return the members of the masked copy; raises what reading a damaged package may raise."""
    sheets = dict(_sheets(members))
    masker = _Masker(people, _authors(members))
    made: dict[str, bytes] = {}
    for name, data in members.items():
        if name.lower().startswith(LEFT_OUT):
            continue
        if name.lower().endswith(PARTS):
            data = masker.part(name, data, sheets.get(name, ""))
        made[people.without_names(name)] = data
    return made


def unmasked(members: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return what there is in a package that nobody can mask, in words."""
    names = [name.lower() for name in members]
    return tuple(word for start, word in UNMASKED.items() if any(name.startswith(start) for name in names))


def _sheets(members: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield the part and the name of every sheet."""
    targets = {link.identity: link.member for link in relationships(members.get(LINKS), WORKBOOK)}
    for element in parse_xml(members[WORKBOOK]).iter():
        if local_name(element) == "sheet":
            identity = next((value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == "id"), "")
            yield targets.get(identity, ""), element.get("name") or ""


def _authors(members: Mapping[str, bytes]) -> dict[str, str]:
    """Return the authors of notes and comments, each with a number that stands for them."""
    found: dict[str, str] = {}
    for name, data in members.items():
        if re.match(r"xl/(?:comments|persons/)", name) and name.endswith(".xml"):
            for element in parse_xml(data).iter():
                author = element.text if local_name(element) == "author" else element.get("displayName")
                if author and author.strip():
                    found.setdefault(author.strip(), f"批注人{len(found) + 1}")
    return found


class _Masker:
    """Masks one part after another."""

    def __init__(self, people: People, authors: Mapping[str, str]) -> None:
        self.people, self.authors = people, authors
        names = sorted((name for name in authors if len(name) > 1), key=len, reverse=True)
        self._author = re.compile("|".join(map(re.escape, names)) or r"(?!)")

    def part(self, name: str, data: bytes, sheet: str) -> bytes:
        """Return a part as it stands in the copy; `sheet` is the name of the sheet it holds, "" where it holds none."""
        from lxml import etree

        try:
            root = parse_tree(data, huge=True)
        except etree.XMLSyntaxError:
            # Drawings of notes (VML) need not be XML: their texts are exchanged where they stand.
            text = data.decode("utf-8", "surrogateescape")
            text = _TEXT.sub(lambda match: f">{html.escape(self._noted(html.unescape(match.group(1))), quote=False)}<", text)
            return text.encode("utf-8", "surrogateescape")
        # No program shows them, and anybody's name may stand there.
        etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, with_tail=False)
        if name.endswith(".rels"):
            self._links(root)
        else:
            of_notes = re.match(r"xl/(?:comments|threadedComments/|persons/|drawings/)", name) is not None
            hide = self._noted if of_notes else self.people.hide
            if sheet:
                self._cells_for_persons(root, sheet)
            self._texts(root, hide)
            self._attributes(root, hide)
        return tree_bytes(root)

    def _noted(self, text: str) -> str:
        """Return the text of a note: its author is named in it, and no author is a word of the tables."""
        return self.people.hide(self._author.sub(lambda match: self.authors[match.group()], text))

    # Texts

    def _texts(self, root: Any, hide: Callable[[str], str]) -> None:
        done: set[Any] = set()
        for element in root.iter():
            name = local_name(element)
            piece = RUNS.get(name)
            pieces = [part for part in element.iter() if local_name(part) == piece] if piece else []
            if len(pieces) > 1:
                self._run_of(element, pieces, hide)
                done.update(pieces)
        for element in root.iter():
            name = local_name(element)
            if not name or element in done:
                continue
            if name == "author":
                element.text = self.authors.get((element.text or "").strip(), "")
            elif name in EMPTIED:
                element.text = ""
            elif element.text and element.text.strip():
                self._text_of(element, name, hide)
            if element.tail and element.tail.strip():
                element.tail = hide(element.tail)

    def _run_of(self, element: Any, pieces: list[Any], hide: Callable[[str], str]) -> None:
        """Mask a text that is cut into runs as one: the first takes all of it where it changes, without how it is pronounced."""
        text = "".join(part.text or "" for part in pieces if local_name(part.getparent()) != "rPh")
        hidden = hide(text)
        if hidden == text:
            return
        for reading in [part for part in element if local_name(part) == "rPh"]:
            element.remove(reading)
        first, *others = (part for part in pieces if local_name(part.getparent()) != "rPh")
        first.text = hidden
        for part in others:
            part.text = ""

    def _text_of(self, element: Any, name: str, hide: Callable[[str], str]) -> None:
        """Mask the text of one element; a number stays, but for one as long as a telephone that stands in a cell."""
        text = element.text
        if name != "t" and _NUMBER.fullmatch(text.strip()):
            cell = element.getparent()
            if name == "v" and local_name(cell) == "c" and cell.get("t", "n") == "n" and _LONG.fullmatch(text):
                hidden = hide(text)
                if hidden != text:
                    _put_text(cell, hidden)
            return
        element.text = hide(text)

    def _cells_for_persons(self, root: Any, sheet: str) -> None:
        """Mask the cells of columns for persons by where they stand, whatever is written in them."""
        wanted = {cell_name(row, at): text for (name, row, at), text in self.people.cells.items() if name == sheet}
        for cell in root.iter("{*}c"):
            text = wanted.get(cell.get("r") or "")
            if text is not None:
                _put_text(cell, text)

    # Attributes

    def _attributes(self, root: Any, hide: Callable[[str], str]) -> None:
        for element in root.iter():
            name = local_name(element)
            for key in CLEARED.get(name, ()):
                if key in element.attrib:
                    element.set(key, "")
            if name == "person":
                self._person(element)
            if name == "pageSetup":
                for key in [key for key in element.attrib if key.endswith("}id")]:
                    del element.attrib[key]
            for key, value in element.attrib.items():
                told = key.rsplit("}", 1)[-1] in TOLD and not _NUMBER.fullmatch(value)
                hidden = hide(value) if told else self.people.without_names(value)
                if hidden != value:
                    element.set(key, hidden)
            if name == "sheet":
                element.set("name", (element.get("name") or "")[:LONGEST_TITLE])

    def _person(self, element: Any) -> None:
        number = self.authors.get((element.get("displayName") or "").strip(), "批注人")
        element.set("displayName", number)
        for key in ("userId", "providerId"):
            if key in element.attrib:
                element.set(key, number if key == "userId" else "None")

    # Links

    def _links(self, root: Any) -> None:
        """Mask where links lead to, and leave out those to members that are left out."""
        for link in list(root):
            target = link.get("Target") or ""
            if posixpath.basename(posixpath.dirname(target)).lower() == "printersettings" or "thumbnail" in target.lower():
                root.remove(link)
            elif link.get("TargetMode") == "External":
                plain = unquote(target)
                hidden = self.people.hide(plain)
                if hidden != plain or _is_of_a_home(plain):
                    link.set(
                        "Target",
                        quote(
                            hidden if not _is_of_a_home(plain) else posixpath.basename(hidden.replace("\\", "/")),
                            safe="/:@?&=#%*+,;",
                        ),
                    )
            else:
                link.set("Target", self.people.without_names(target))


def _is_of_a_home(target: str) -> bool:
    """Say whether a link leads into somebody's own folder, which is called by a name."""
    return re.match(r"(?i)(?:file:/*)?(?:[a-z]:[\\/]|/)(?:users|home|documents and settings)[\\/]", target) is not None


def _put_text(cell: Any, text: str) -> None:
    """Write a text into a cell, in place of what stands there."""
    for part in list(cell):
        cell.remove(part)
    cell.set("t", "inlineStr")
    inside = cell.makeelement(cell.tag[:-1] + "is", {})
    piece = inside.makeelement(cell.tag[:-1] + "t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    piece.text = text
    inside.append(piece)
    cell.append(inside)
