"""Where a package came from: whether it is our own output that nobody has changed since, and which of our workbooks it is.

Our packages carry the hash of their own content among their document properties; a marked copy of somebody's workbook carries the first
state of what was marked, which every program that saves it leaves out.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import IO

from wuhao_report.files.office import CONTENT_TYPES, DAMAGE, PACKAGE_LINKS, WORKBOOK, declare, member, open_package, pack

CUSTOM = "docProps/custom.xml"
CHUNK = 2**20
QUICKLY = 3
"""How hard documents that are made anew are deflated: a report is an eighth larger than by 6, in half the time."""
CORE = "docProps/core.xml"
KEPT, ENDING = "wuhao/kept", "wuhao"
"""Where a marked copy keeps the first state of what was touched; the ending is declared, so that Excel takes the package."""
KEPT_LIST = f"{KEPT}/list.{ENDING}"
MARKED = "_批注"
"""The end of the name of a marked copy that a double-click makes."""
LIST_NAME = "核对清单"
RESULT_NAME = "生成结果"
FORM_NAME, FORM_SHEET = "考评表", "考评"
ASSESSMENT_NAME, ASSESSMENT_SHEET = "考评汇总", "各项差别"
"""The form of an assessor and the list of all of them, each with a sheet that it always has."""
TABLE_NAME, TABLE_SHEET = "汇总表", "问题文件"
"""The table of an aggregate, and the sheet it always has."""


def with_provenance(members: Mapping[str, bytes], properties: Mapping[str, str], title: str, author: str, moment: str) -> bytes:
    """Return the package of these members with its document properties and, among them, the hash of all the rest.

    `properties` become custom document properties; `moment` (ISO, UTC) stands as the time of making.
    """
    members = dict(members)
    members[CORE] = _core(title, author, moment)
    _declare_properties(members)
    members[CUSTOM] = _custom({**properties, "wuhao.content": _content_hash(members)})
    return pack(members.items(), level=QUICKLY)


def copy_with_provenance(
    source: Path,
    target: IO[bytes],
    properties: Mapping[str, str],
    title: str,
    author: str,
    moment: str,
    replaced: Mapping[str, Path] | None = None,
) -> None:
    """Write the package in a file with the members that with_provenance gives it, however large it is; `replaced` are files in place of members."""
    replaced = replaced or {}
    with open_package(source) as package, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made:
        small = {name: package.read(name) for name in (CONTENT_TYPES, PACKAGE_LINKS)}
        small[CORE] = _core(title, author, moment)
        _declare_properties(small)
        names = [name for name in package.namelist() if name != CUSTOM]
        sizes = {name: package.getinfo(name).file_size for name in names}
        sizes |= {name: path.stat().st_size for name, path in replaced.items()}
        sizes |= {name: len(data) for name, data in small.items()}

        def chunks(name: str) -> Iterable[bytes]:
            """Give the bytes of a member of the copy."""
            if name in small:
                return [small[name]]
            return _file_chunks(replaced[name]) if name in replaced else _chunks(package, name)

        small[CUSTOM] = _custom({**properties, "wuhao.content": _digest(sizes, chunks)})
        for name in dict.fromkeys((*names, *small)):
            with made.open(member(name), "w", force_zip64=True) as stream:
                for chunk in chunks(name):
                    stream.write(chunk)


def _chunks(package: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with package.open(name) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _file_chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def is_own_output(file: bytes | Path) -> bool:
    """Say whether a package is our own output that nobody has changed since: a report, a list, a table, a marked copy."""
    return is_marked_copy(file) or has_own_content(file)


def has_own_content(file: bytes | Path) -> bool:
    """Say whether the content of a package is what the hash among its properties says."""
    try:
        with open_package(file) as package:
            sizes = {item.filename: item.file_size for item in package.infolist()}
            if sizes.get(CUSTOM, CHUNK + 1) > CHUNK:
                return False
            match = re.search(rb'name="wuhao\.content"[^>]*>\s*<vt:lpwstr>([0-9a-f]{64})<', package.read(CUSTOM))
            return match is not None and match.group(1).decode() == _digest(sizes, lambda name: _chunks(package, name))
    except DAMAGE:
        return False


def is_from_us(file: Path) -> bool:
    """Say whether a package names itself as our own output, be it edited since; only its properties are looked at."""
    try:
        with open_package(file) as package:
            return package.getinfo(CUSTOM).file_size <= CHUNK and b'name="wuhao.' in package.read(CUSTOM)
    except DAMAGE:
        return False


def is_marked_copy(file: bytes | Path) -> bool:
    """Say whether a file is a marked copy of ours that nobody has saved since; only its directory is looked at."""
    try:
        with open_package(file) as package:
            return KEPT_LIST in package.namelist()
    except DAMAGE:
        return False


def may_be_own_workbook(path: Path) -> bool:
    """Say whether a workbook has the name of one of ours, so that it is worth looking into."""
    anywhere = any(name in path.stem for name in (LIST_NAME, FORM_NAME))
    return anywhere or path.stem.endswith(MARKED) or path.stem.startswith((RESULT_NAME, TABLE_NAME, ASSESSMENT_NAME))


def own_workbook(path: Path) -> str | None:
    """Return what a workbook among those handed in is called where it is one of ours by its name and its content, or None.

    Lists and tables are ours also when somebody has written on them; a marked copy that was saved is somebody's workbook.
    """
    if path.stem.endswith(MARKED) and is_marked_copy(path):
        return "批注副本"
    lists = (
        (LIST_NAME, LIST_NAME in path.stem, LIST_NAME),
        (RESULT_NAME, path.stem.startswith(RESULT_NAME), RESULT_NAME),
        (TABLE_NAME, path.stem.startswith(TABLE_NAME), TABLE_SHEET),
        (ASSESSMENT_NAME, path.stem.startswith(ASSESSMENT_NAME), ASSESSMENT_SHEET),
        (FORM_NAME, FORM_NAME in path.stem, FORM_SHEET),
    )
    return next((kind for kind, named, sheet in lists if named and _has_sheet(path, sheet, alone=kind == FORM_NAME)), None)


def _has_sheet(path: Path, sheet: str, alone: bool) -> bool:
    """Say whether a workbook has such a sheet; `alone`: and no other, for a workbook of a committee has one of that name too."""
    try:
        with open_package(path) as package:
            if package.getinfo(WORKBOOK).file_size > CHUNK:
                return False
            text = package.read(WORKBOOK).decode("utf-8", "replace")
            return f'name="{sheet}"' in text and not (alone and len(re.findall(r"<(?:\w+:)?sheet\s", text)) > 1)
    except DAMAGE:
        return False


def _content_hash(members: Mapping[str, bytes]) -> str:
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
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified></cp:coreProperties>'
    ).encode()


def _custom(properties: Mapping[str, str]) -> bytes:
    entries = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name="{escape(name)}">'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(properties.items(), 2)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties '
        'xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        f'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">{entries}</Properties>'
    ).encode()


def _declare_properties(members: dict[str, bytes]) -> None:
    declare(
        members,
        CORE,
        "application/vnd.openxmlformats-package.core-properties+xml",
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
    )
    declare(
        members,
        CUSTOM,
        "application/vnd.openxmlformats-officedocument.custom-properties+xml",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties",
    )
