"""Office packages (OPC): zip limits, safe inflating and parsing, relationships, content types, the same bytes for the same members.

Parts that strangers wrote are parsed here alone: `parse_xml` and `walk_xml` read with the standard library and refuse a DOCTYPE, so that
no entity is ever declared; `parse_tree` gives lxml's tree for editing, with entities left alone. defusedxml was measured in their place:
it refuses entities but needs the same search for a DOCTYPE, and takes 2 to 3 times as long (a sheet of 50 KB: 2.5 ms for 0.9 ms).
"""

from __future__ import annotations

import io
import lzma
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

MAX_INFLATED = 100 * 2**20
MAX_RATIO = 200
MAX_MEMBERS = 1_000
"""How much a package of a stranger may hold: bytes in all, bytes inflated of one packed byte, members."""
DAMAGE = (
    zipfile.BadZipFile,
    ElementTree.ParseError,
    KeyError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
)
"""What reading a damaged package may raise."""
CONTENT_TYPES, PACKAGE_LINKS = "[Content_Types].xml", "_rels/.rels"
WORKBOOK, DOCUMENT = "xl/workbook.xml", "word/document.xml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
EMPTY_LINKS = f'<Relationships xmlns="{PACKAGE}relationships"/>'.encode()
PACKED = (".png", ".jpeg", ".jpg")
"""Members that are packed already."""
UNICODE_PATH, UNICODE_HEAD = 0x7075, 5
"""The extra field in which a member has a second name, and how much stands before the name there."""
_UTF8_NAME, _SIZE_BEHIND, _EFFORT = 0x800, 0x8, 0x6
_ORDINARY = _UTF8_NAME | _SIZE_BEHIND | _EFFORT
"""What the flags of a member may say where nothing about it is special."""
_LOCAL = struct.Struct("<4s2xHH16xHH")
"""Before a member stand its mark, flags, method, and how long its name and its further fields are."""
_EXTERNAL = ' TargetMode="External"'
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_DOCTYPE = re.compile(rb"<!doctype", re.IGNORECASE)
_UTF16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
_DECLARATION = re.compile(rb"^(\xef\xbb\xbf)?<\?xml[^>]*\?>")


# Packing


def pack(members: Iterable[tuple[str, bytes]], stored: bool = False, level: int = 6) -> bytes:
    """Return a zip package with fixed time stamps and attributes: the same members give the same bytes.

    `level` is how hard it is deflated; `stored`: nothing is, so that the bytes are the same whatever zlib is at hand.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, data in members:
            package.writestr(member(name, stored), data, compresslevel=level)
    return buffer.getvalue()


def member(name: str, stored: bool = False) -> zipfile.ZipInfo:
    """Return how a member of a package of ours is written: always at the same time, by the same system."""
    info = zipfile.ZipInfo(name, _ZIP_TIME)
    info.compress_type = zipfile.ZIP_STORED if stored or name.endswith(PACKED) else zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o600 << 16
    return info


def open_package(file: bytes | Path) -> zipfile.ZipFile:
    """Open a package for reading; raises what DAMAGE lists, also where other programs would read something else in it."""
    if isinstance(file, Path) and not file.is_file():
        # A pipe would be waited for.
        raise FileNotFoundError(str(file))
    package = zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file)
    try:
        _refuse_second_reading(package)
    except BaseException:
        package.close()
        raise
    return package


def _refuse_second_reading(package: zipfile.ZipFile) -> None:
    """Refuse a package in which one name stands for two contents, or a member has a second name.

    Which of two a program takes is its own affair: Excel, LibreOffice and we would read different workbooks.
    """
    by_name: dict[str, zipfile.ZipInfo] = {}
    for info in package.infolist()[: MAX_MEMBERS + 1]:
        second = _second_name(info.extra)
        if "\0" in info.orig_filename or (second is not None and second != info.filename):
            raise zipfile.BadZipFile("a member with two names")
        other = by_name.setdefault(plain_name(info.filename), info)
        if other is not info and (
            (other.CRC, other.file_size) != (info.CRC, info.file_size)
            or info.file_size > MAX_INFLATED
            or inflate(package, other) != inflate(package, info)
        ):
            raise zipfile.BadZipFile("two members of one name")


def plain_name(name: str) -> str:
    """Return the name of a member as programs compare it: without case, with slashes."""
    return name.replace("\\", "/").lower().lstrip("/")


def _second_name(extra: bytes) -> str | None:
    """Return the name that the Unicode path field (0x7075) of a member gives it, or None."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == UNICODE_PATH and size >= UNICODE_HEAD:
            return extra[at + 4 + UNICODE_HEAD : at + 4 + size].decode("utf-8", "replace")
        at += 4 + size
    return None


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the members of a package in their order, folders left out; raises what DAMAGE lists."""
    with open_package(data) as package:
        return {info.filename: inflate(package, info) for info in package.infolist() if not info.is_dir()}


def within_limits(package: zipfile.ZipFile) -> bool:
    """Say whether the directory of a package promises no more than may be inflated."""
    members = package.infolist()
    return (
        len(members) <= MAX_MEMBERS
        and sum(info.file_size for info in members) <= MAX_INFLATED
        and all(info.file_size <= 2**20 or info.file_size <= MAX_RATIO * max(1, info.compress_size) for info in members)
    )


def inflate(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return a member, and read never more of it than the directory says.

    Raises BadZipFile where the directory lies, and what DAMAGE lists.
    """
    plain = _deflated(package, info)
    if plain is not None:
        return plain
    with package.open(info) as stream:
        data = stream.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise zipfile.BadZipFile("not what the directory says")
    return data


def _deflated(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | None:
    """Return a member that is written as nearly all are and just as the directory says; None for any other, which the library judges.

    A stream of the library costs as much for each of the many small members of a workbook as inflating it.
    """
    if info.compress_type != zipfile.ZIP_DEFLATED or info.flag_bits & ~_ORDINARY or package.fp is None:
        return None
    package.fp.seek(info.header_offset)
    head = package.fp.read(_LOCAL.size)
    if len(head) < _LOCAL.size:
        return None
    signature, flags, method, name_size, extra_size = _LOCAL.unpack(head)
    name = package.fp.read(name_size + extra_size)[:name_size]
    if (signature, flags, method) != (b"PK\3\4", info.flag_bits, zipfile.ZIP_DEFLATED) or name != _written_name(info):
        return None
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = engine.decompress(package.fp.read(info.compress_size), info.file_size + 1)
    except zlib.error:
        return None
    return data if engine.eof and len(data) == info.file_size and zlib.crc32(data) == info.CRC else None


def _written_name(info: zipfile.ZipInfo) -> bytes | None:
    """Return the name of a member as it stands in the file; None for one that is written in no way of today."""
    return info.orig_filename.encode() if info.flag_bits & _UTF8_NAME or info.orig_filename.isascii() else None


# Parsing


def utf16_as_utf8(xml: bytes) -> bytes | None:
    """Return a part in UTF-16 as UTF-8 without its declaration, or None where it is in no UTF-16."""
    encoding = next((encoding for mark, encoding in _UTF16 if xml.startswith(mark)), None)
    return None if encoding is None else _DECLARATION.sub(b"", xml.decode(encoding).encode("utf-8", "replace"), count=1)


def has_doctype(xml: bytes) -> bool:
    """Say whether a part in UTF-8 has a DOCTYPE, which no part of an Office package may have."""
    return b"!" in xml and b"<!" in xml and _DOCTYPE.search(xml) is not None


def _harmless(xml: bytes) -> bytes:
    xml = utf16_as_utf8(xml) or xml
    if has_doctype(xml):
        raise ValueError("a part with a DOCTYPE")
    return xml


def parse_xml(xml: bytes) -> ElementTree.Element:
    """Return the root of a part; raises ElementTree.ParseError, ValueError for a DOCTYPE."""
    return ElementTree.fromstring(_harmless(xml))


def walk_xml(xml: bytes) -> Iterator[tuple[str, ElementTree.Element]]:
    """Give the start and the end of every element, for parts too large for a tree; raises as parse_xml does."""
    yield from ElementTree.iterparse(io.BytesIO(_harmless(xml)), ("start", "end"))


def parse_tree(xml: bytes, huge: bool = False) -> Any:
    """Return lxml's tree of a part for editing; entities stay as they are written. Raises lxml.etree.XMLSyntaxError.

    `huge`: texts of over 10 MB and very deep trees are taken.
    """
    from lxml import etree

    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=huge))


def tree_bytes(root: Any) -> bytes:
    """Return the part of an lxml tree."""
    from lxml import etree

    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def local_name(element: Any) -> str:
    """Return the name of an element without its namespace; empty for comments and instructions."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def child(element: Any, name: str) -> Any:
    """Return the first child of that name without its namespace, or None."""
    return next((item for item in element if local_name(item) == name), None)


# Relationships and content types


@dataclass(frozen=True)
class Relationship:
    """One link of a part: its id, its kind (a URI), the target as it is written, the member this means, whether it leads outside."""

    identity: str
    kind: str
    target: str
    member: str
    external: bool


def links_part(part: str) -> str:
    """Return the name of the member that holds the relationships of a part."""
    folder, file = posixpath.split(part)
    return f"{folder}/_rels/{file}.rels"


def relationships(xml: bytes | None, part: str) -> tuple[Relationship, ...]:
    """Return the relationships of a part, of the member that holds them (none where it is None); no target leads out of the package.

    Raises as parse_xml does.
    """
    folder = posixpath.dirname(part)
    return tuple(
        Relationship(
            link.get("Id") or "",
            link.get("Type") or "",
            target := link.get("Target") or "",
            posixpath.normpath(target if target.startswith("/") else f"/{folder}/{target}").lstrip("/"),
            link.get("TargetMode") == "External",
        )
        for link in (parse_xml(xml) if xml else ())
    )


def relationships_xml(links: Iterable[Relationship]) -> bytes:
    """Return relationships in the plainest form, their targets as they are written."""
    lines = (
        f'<Relationship Id="{escape(link.identity)}" Type="{escape(link.kind)}" Target="{escape(link.target)}"'
        f"{_EXTERNAL if link.external else ''}/>"
        for link in links
    )
    return f'<Relationships xmlns="{PACKAGE}relationships">{"".join(lines)}</Relationships>'.encode()


def add_relationship(root: Any, kind: str, part: str) -> str:
    """Add a relationship with an id of its own to an lxml tree of relationships, and return the id."""
    taken = {link.get("Id") for link in root}
    identity = next(f"rIdWuhao{number}" for number in range(1, 10_000) if f"rIdWuhao{number}" not in taken)
    root.append(root.makeelement(f"{{{PACKAGE}relationships}}Relationship", {"Id": identity, "Type": kind, "Target": f"/{part}"}))
    return identity


def add_override(types: Any, part: str, content_type: str) -> None:
    """Declare the content type of one part in an lxml tree of content types."""
    types.append(types.makeelement(f"{{{PACKAGE}content-types}}Override", {"PartName": f"/{part}", "ContentType": content_type}))


def add_default(types: Any, extension: str, content_type: str) -> None:
    """Declare the content type of an ending in an lxml tree of content types, unless it is there."""
    if not any(local_name(item) == "Default" and item.get("Extension", "").lower() == extension for item in types):
        types.insert(
            0, types.makeelement(f"{{{PACKAGE}content-types}}Default", {"Extension": extension, "ContentType": content_type})
        )


def declare(members: dict[str, bytes], part: str, content_type: str, kind: str) -> None:
    """Name a part in the content types and in the relationships of a package of our own, unless it is named there.

    Only bytes are put in: the libraries that write our packages use no prefixes there, and what they wrote stays as it is.
    """
    types, links = members[CONTENT_TYPES], members[PACKAGE_LINKS]
    if f'PartName="/{part}"'.encode() not in types:
        override = f'<Override PartName="/{part}" ContentType="{content_type}"/></Types>'.encode()
        members[CONTENT_TYPES] = types.replace(b"</Types>", override)
    if kind.encode() not in links:
        entry = f'<Relationship Id="rIdWuhao{len(links)}" Type="{kind}" Target="{part}"/></Relationships>'.encode()
        members[PACKAGE_LINKS] = links.replace(b"</Relationships>", entry)
    members.setdefault(part, b"")
