"""Photographs in a workbook: put into cells by WPS or by Excel 365, or floating over the rows; where each lies and in which part.

WPS writes the formula DISPIMG("ID_…",1), Excel 365 an error with a reference to rich data (`vm`). Neither is a text, nor an error of anybody's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError

from wuhao_report.core.cell_reference import parse_cell
from wuhao_report.files.office import Relationship, links_part, local_name, parse_xml, relationships, walk_xml
from wuhao_report.workbook.plain_sheet import MAX_COLUMN, MAX_ROW, Place
from wuhao_report.workbook.raw import DISPIMG

IN_CELLS = b"DISPIMG("
CELL_IMAGES, METADATA = "xl/cellimages.xml", "xl/metadata.xml"
RICH = "xl/richData/"
VALUES, STRUCTURES, RICH_LINKS = f"{RICH}rdrichvalue.xml", f"{RICH}rdrichvaluestructure.xml", f"{RICH}richValueRel.xml"
DRAWING = "/drawing"
"""How the kind of a relationship to a drawing ends."""
MOST = 5_000
"""So many photographs of a sheet are known one by one."""
_RICH_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*\bvm\s*=\s*[\"'](\d{1,9})[\"'][^<>]*)>")
_ADDRESS = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3}\d{1,7})[\"']")
_ERROR = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
T = TypeVar("T")
Part = Callable[[str], bytes | None]
"""Gives a part of the package by its name; None where there is none."""


@dataclass(frozen=True)
class SheetPhotos:
    """The photographs of one sheet by 0-based row and column: those in cells, each with its part ("" where it is not there), and floating ones."""

    in_cells: Mapping[Place, str] = field(default_factory=dict)
    floating: tuple[tuple[Place, str], ...] = ()


class Photos:
    """Finds the photographs of a workbook; what all its sheets share is looked at once."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._of_wps: Mapping[str, str] | None = None
        self._of_excel: Mapping[int, str | None] | None = None

    def of_sheet(self, name: str, xml: bytes) -> SheetPhotos:
        """Return the photographs of a sheet by the name and the text of its part; raises what parse_xml does."""
        in_cells: dict[Place, str] = {}
        if IN_CELLS in xml:
            in_cells |= self._formulas(xml)
        if b"vm=" in xml:
            in_cells |= self._rich_values(xml)
        return SheetPhotos(in_cells, tuple(self._floating(name, xml)) if b"drawing" in xml else ())

    def named(self, text: str) -> str:
        """Return the part of the photograph that a text DISPIMG("ID_…",1) names; "" where it is not there."""
        if self._of_wps is None:
            self._of_wps = dict(self._cell_images())
        match = DISPIMG.search(text)
        return self._of_wps.get(match.group(1), "") if match else ""

    def _formulas(self, xml: bytes) -> Iterator[tuple[Place, str]]:
        """Yield the cells whose formula is that of WPS."""
        for event, element in walk_xml(xml):
            if event == "end" and local_name(element) == "c":
                formula = next((child.text or "" for child in element if local_name(child) == "f"), "")
                place = parse_cell(element.get("r") or "")
                if place and DISPIMG.search(formula):
                    yield (place[0] - 1, place[1]), self.named(formula)
                element.clear()

    def _cell_images(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the part of each photograph that WPS keeps."""
        xml = self._part(CELL_IMAGES)
        if xml is None:
            return
        members = _members(self._part, CELL_IMAGES)
        for picture in _parsed(xml).iter():
            if local_name(picture) == "pic":
                name = next((item.get("name") or "" for item in picture.iter() if local_name(item) == "cNvPr"), "")
                yield name, members.get(_embedded(picture), "")

    def _rich_values(self, xml: bytes) -> Iterator[tuple[Place, str]]:
        """Yield the cells whose error stands for a picture; one whose rich data is known to be something else is left an error."""
        if self._of_excel is None:
            self._of_excel = _rich_pictures(self._part)
        for match in list(_RICH_CELL.finditer(xml))[:MOST]:
            address, number = _ADDRESS.search(match.group(1)), int(match.group(2))
            place = parse_cell(address.group(1).decode()) if address else None
            member = self._of_excel.get(number, "")
            if place and member is not None and _ERROR.search(match.group(1)):
                yield (place[0] - 1, place[1]), member

    def _floating(self, name: str, xml: bytes) -> Iterator[tuple[Place, str]]:
        """Yield the photographs that lie over a sheet, at the cell of their anchor; those of a group at the anchor of the group."""
        for link in _links(self._part, name):
            drawing = self._part(link.member) if link.kind.endswith(DRAWING) and not link.external else None
            if drawing is None:
                continue
            members = _members(self._part, link.member)
            for anchor in _parsed(drawing):
                place = _corner(anchor)
                for picture in anchor.iter() if place else ():
                    if place and local_name(picture) == "pic" and (member := members.get(_embedded(picture))):
                        yield place, member


def _parsed(xml: bytes | None) -> Element:
    """Return the root of a part that tells of pictures; an empty one where it is damaged, for a picture is no reason to refuse a workbook."""
    try:
        return parse_xml(xml or b"<none/>")
    except (ParseError, ValueError):
        return Element("none")


def _links(part: Part, name: str) -> tuple[Relationship, ...]:
    """Return the relationships of a part; none where they are damaged."""
    try:
        return relationships(part(links_part(name)), name)
    except (ParseError, ValueError):
        return ()


def _members(part: Part, name: str) -> dict[str, str]:
    """Return the parts that a part of the package links to inside it, by the id of the link."""
    return {link.identity: link.member for link in _links(part, name) if not link.external}


def _embedded(picture: Element) -> str:
    """Return the id of the link of a picture to its bytes."""
    for item in picture.iter():
        if local_name(item) == "blip":
            return next((value for key, value in item.attrib.items() if key.rsplit("}", 1)[-1] == "embed"), "")
    return ""


def _corner(anchor: Element) -> Place | None:
    """Return the top left cell of an anchor; None for one that hangs on no cell, or on one far away."""
    start = next((child for child in anchor if local_name(child) == "from"), None)
    if start is None:
        return None
    numbers = {local_name(child): (child.text or "").strip() for child in start}
    row, column = numbers.get("row", ""), numbers.get("col", "")
    if not (re.fullmatch(r"\d{1,7}", row) and re.fullmatch(r"\d{1,7}", column)):
        return None
    return (int(row), int(column)) if int(row) < MAX_ROW and int(column) < MAX_COLUMN else None


def _rich_pictures(part: Part) -> Mapping[int, str | None]:
    """Return for each number of `vm` the part of its picture ("" where it is not there), or None where it is no picture."""
    values, structures = part(VALUES), part(STRUCTURES)
    if values is None or structures is None:
        return {}
    kinds = [
        (kind.get("t") or "", [local_key.get("n") or "" for local_key in kind])
        for kind in _parsed(structures)
        if local_name(kind) == "s"
    ]
    rich_links = part(RICH_LINKS)
    ids = [
        next((value for key, value in link.attrib.items() if key.rsplit("}", 1)[-1] == "id"), "") for link in _parsed(rich_links)
    ]
    members = _members(part, RICH_LINKS)
    pictures: list[str | None] = []
    for value in (item for item in _parsed(values) if local_name(item) == "rv"):
        kind, keys = _at(kinds, value.get("s"), ("", []))
        given = dict(zip(keys, (child.text or "" for child in value if local_name(child) == "v"), strict=False))
        number = next((text for key, text in given.items() if key.endswith("ImageIdentifier")), None)
        pictures.append(members.get(_at(ids, number, ""), "") if "image" in kind.lower() else None)
    return {number: _at(pictures, str(index), "") for number, index in _rich_numbers(part(METADATA))}


def _rich_numbers(metadata: bytes | None) -> Iterator[tuple[int, int]]:
    """Yield the numbers of `vm`, each with the number of its rich value."""
    if metadata is None:
        return
    root = _parsed(metadata)
    blocks = [
        [item.get("i") or "" for item in future.iter() if local_name(item) == "rvb"]
        for future in root
        if local_name(future) == "futureMetadata" and future.get("name") == "XLRICHVALUE"
    ]
    indices = blocks[0] if blocks else []
    values = next((item for item in root if local_name(item) == "valueMetadata"), None)
    for number, block in enumerate(values if values is not None else (), 1):
        at = next((item.get("v") for item in block if local_name(item) == "rc"), None)
        index = _at(indices, at, "")
        if re.fullmatch(r"\d{1,9}", index):
            yield number, int(index)


def _at(items: list[T], number: str | None, otherwise: T) -> T:
    """Return the item of a number that stands in a file, or something else where there is none."""
    if number is None or not re.fullmatch(r"\d{1,9}", number) or int(number) >= len(items):
        return otherwise
    return items[int(number)]
