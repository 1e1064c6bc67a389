"""Office packages that carry the hash of their own content, so that a file changed by hand is known from ours."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import IO

from wuhao_report.files.paths import member, pack

CUSTOM = "docProps/custom.xml"
CHUNK = 2**20
CORE = "docProps/core.xml"
KEPT, ENDING = "wuhao/kept", "wuhao"
"""Where a marked copy keeps the first state of what was touched; the ending is declared, so that Excel takes the package."""
KEPT_LIST = f"{KEPT}/list.{ENDING}"
MARKED = "_批注"
"""The end of the name of a marked copy that a double-click makes."""


def sealed(members: Mapping[str, bytes], properties: Mapping[str, str], title: str, author: str, moment: str) -> bytes:
    """The package of these members with its document properties and, among them, the hash of all the rest.

    `properties` become custom document properties; `moment` (ISO, UTC) stands as the time of making.
    """
    members = dict(members)
    members[CORE] = _core(title, author, moment)
    _declare_all(members)
    members[CUSTOM] = _custom({**properties, "wuhao.content": content_hash(members)})
    return pack(members.items())


def seal_file(source: Path, target: IO[bytes], properties: Mapping[str, str], title: str, author: str, moment: str) -> None:
    """The same of a package in a file, however large it is."""
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made:
        small = {name: package.read(name) for name in ("[Content_Types].xml", "_rels/.rels")}
        small[CORE] = _core(title, author, moment)
        _declare_all(small)
        names = [name for name in package.namelist() if name != CUSTOM]
        digest = _digest({name: len(small[name]) if name in small else package.getinfo(name).file_size for name in (*names, *small)},
                         lambda name: [small[name]] if name in small else _chunks(package, name))
        small[CUSTOM] = _custom({**properties, "wuhao.content": digest})
        for name in dict.fromkeys((*names, *small)):
            with made.open(member(name), "w", force_zip64=True) as stream:
                for chunk in [small[name]] if name in small else _chunks(package, name):
                    stream.write(chunk)


def _chunks(package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with package.open(name) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def is_own_output(file: bytes | Path) -> bool:
    """Whether a package is our own output that nobody has changed since."""
    try:
        with zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file) as package:
            sizes = {item.filename: item.file_size for item in package.infolist()}
            if sizes.get(CUSTOM, CHUNK + 1) > CHUNK:
                return False
            match = re.search(rb'name="wuhao\.content"[^>]*>\s*<vt:lpwstr>([0-9a-f]{64})<', package.read(CUSTOM))
            return match is not None and match.group(1).decode() == _digest(sizes, lambda name: _chunks(package, name))
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError):
        return False


def is_annotated(file: bytes | Path) -> bool:
    """Whether a file is a marked copy of ours that nobody has saved since; only its directory is looked at."""
    try:
        with zipfile.ZipFile(io.BytesIO(file) if isinstance(file, bytes) else file) as package:
            return KEPT_LIST in package.namelist()
    except (OSError, zipfile.BadZipFile, ValueError, EOFError, RuntimeError):
        return False


def content_hash(members: Mapping[str, bytes]) -> str:
    """SHA-256 over the names and bytes of all members but the custom properties, in the order of their names."""
    return _digest({name: len(data) for name, data in members.items()}, lambda name: [members[name]])


def _digest(sizes: Mapping[str, int], read: Callable[[str], Iterable[bytes]]) -> str:
    digest = hashlib.sha256()
    for name in sorted(sizes):
        if name != CUSTOM:
            digest.update(f"{name}\0{sizes[name]}\0".encode())
            for chunk in read(name):
                digest.update(chunk)
    return digest.hexdigest()


def _core(title: str, author: str, moment: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties '
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(author)}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified></cp:coreProperties>').encode()


def _custom(properties: Mapping[str, str]) -> bytes:
    entries = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name="{escape(name)}">'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>" for number, (name, value) in enumerate(properties.items(), 2))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties '
        'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        f'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">{entries}</Properties>').encode()


def _declare_all(members: dict[str, bytes]) -> None:
    _declare(members, CORE, "application/vnd.openxmlformats-package.core-properties+xml",
             "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties")
    _declare(members, CUSTOM, "application/vnd.openxmlformats-officedocument.custom-properties+xml",
             "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties")


def _declare(members: dict[str, bytes], part: str, content_type: str, relation: str) -> None:
    """Name a part in the content types and in the relations of the package, unless it is named there."""
    types, rels = members["[Content_Types].xml"], members["_rels/.rels"]
    if f'PartName="/{part}"'.encode() not in types:
        override = f'<Override PartName="/{part}" ContentType="{content_type}"/></Types>'.encode()
        members["[Content_Types].xml"] = types.replace(b"</Types>", override)
    if relation.encode() not in rels:
        entry = f'<Relationship Id="rIdWuhao{len(rels)}" Type="{relation}" Target="{part}"/></Relationships>'.encode()
        members["_rels/.rels"] = rels.replace(b"</Relationships>", entry)
    members.setdefault(part, b"")
