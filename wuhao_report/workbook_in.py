"""The only reader of Excel files: a path → plain, picklable, addressed cells; knows no scheme, no pandas."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from wuhao_report.cells import CellFault, RawValue
from wuhao_report.problems import UnreadableWorkbook, problem

MAX_FILE = 20 * 2**20
MAX_INFLATED = 100 * 2**20
MAX_RATIO = 200
MAX_MEMBERS = 1_000
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The name of the stream in which a workbook with a password lies; calamine tells it only of paths."""
MAX_ROW = 100_000
MAX_CELLS = 5_000_000
STAMP_SHEET = "_wuhao"
"""The very hidden sheet in which a generated workbook carries the id, version and hash of its scheme."""


@dataclass(frozen=True)
class RawSheet:
    """A sheet as it lies: rows[0] is row 1, rows[0][0] is A1."""

    name: str
    rows: Sequence[Sequence[RawValue]]


@dataclass(frozen=True)
class RawBook:
    """All sheets of a workbook, the name of its file and the SHA-256 of its bytes."""

    file: str
    sha256: str
    sheets: tuple[RawSheet, ...]
    date1904: bool = False

    def stamp(self) -> dict[str, str]:
        """What the generated workbook says of its scheme: id, version, hash; empty when it says nothing."""
        for sheet in self.sheets:
            if sheet.name == STAMP_SHEET:
                return {str(row[0]): str(row[1]) for row in sheet.rows if len(row) > 1 and row[0] not in ("", None)}
        return {}


def read_bytes(path: Path) -> bytes:
    """The bytes of a regular file of acceptable size, or UnreadableWorkbook."""
    name = path.name
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableWorkbook(problem("not-a-file", file=name))
        if status.st_size == 0:
            raise UnreadableWorkbook(problem("empty-file", file=name))
        if status.st_size > MAX_FILE:
            raise UnreadableWorkbook(problem("too-large", file=name))
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UnreadableWorkbook(problem("file-not-found", file=name)) from error
    except PermissionError as error:
        raise UnreadableWorkbook(problem("no-permission", file=name)) from error
    except OSError as error:
        raise UnreadableWorkbook(problem("not-a-file", file=name)) from error


def read_book(path: Path) -> RawBook:
    """Read every sheet of a workbook.

    Raises UnreadableWorkbook, whose problem names what the file is and what to do.
    """
    data = read_bytes(path)
    faults: dict[str, dict[tuple[int, int], CellFault]] = {}
    date1904 = False
    if data.startswith(b"PK"):
        faults, date1904 = _inspect_package(data, path.name)
    elif not data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableWorkbook(problem("not-a-workbook", file=path.name, found=_looks_like(data)))
    elif ENCRYPTED in data:
        raise UnreadableWorkbook(problem("encrypted", file=path.name))
    else:
        raise UnreadableWorkbook(problem("old-format", file=path.name, found="旧版 Excel（.xls）或 WPS（.et）格式"))
    sheets = tuple(
        RawSheet(name, _with_faults(rows, faults.get(name, {}))) for name, rows in _calamine(data, path.name)
    )
    return RawBook(path.name, hashlib.sha256(data).hexdigest(), sheets, date1904)


def _calamine(data: bytes, name: str) -> Iterator[tuple[str, list[list[Any]]]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for number, meta in enumerate(book.sheets_metadata):
            if meta.typ == python_calamine.SheetTypeEnum.WorkSheet:
                yield meta.name, book.get_sheet_by_index(number).to_python(skip_empty_area=False)
    except python_calamine.PasswordError as error:
        raise UnreadableWorkbook(problem("encrypted", file=name)) from error
    except Exception as error:
        raise UnreadableWorkbook(problem("damaged", file=name)) from error
    except BaseException as error:
        # A Rust panic of the engine is no Exception; anything else that ends a program must pass.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableWorkbook(problem("damaged", file=name)) from error


def _with_faults(rows: list[list[Any]], faults: dict[tuple[int, int], CellFault]) -> list[list[Any]]:
    for (row, column), fault in faults.items():
        while len(rows) <= row:
            rows.append([])
        rows[row].extend([""] * (column + 1 - len(rows[row])))
        if rows[row][column] in ("", None):
            rows[row][column] = fault
    return rows


_SIGNATURES = (
    (b"%PDF", "PDF 文件"), (b"Rar!", "RAR 压缩包"), (b"7z\xbc\xaf", "7z 压缩包"), (b"\x89PNG", "图片"), (b"\xff\xd8\xff", "图片"),
    (b"BM", "图片"), (b"GIF8", "图片"), (b"{\\rtf", "RTF 文档"), (b"[InternetShortcut]", "网址快捷方式"), (b"\x78\x9f\x3e\x22", "邮件附件包"),
)


def _looks_like(data: bytes) -> str:
    for magic, name in _SIGNATURES:
        if data.startswith(magic):
            return name
    head = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")) or b"<table" in head:
        return "网页"
    if head.startswith(b"<?xml"):
        return "XML 文件"
    return "其他类型的文件" if b"\x00" in data[:2048] else "文本文件或 CSV"


# What calamine does not tell: formulas never calculated, error values, and cells far away.

_PREFIXED = re.compile(rb"<(/?)\w+:")
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_VALUE = re.compile(rb"<v\b[^>]*>([^<]+)<")
_DATE_1904 = re.compile(rb'date1904="(1|true|on)"')
_FORMULA = b"<f"
"""Nothing else inside the cells of a sheet begins so."""
_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"')
_WIDE_CELL = re.compile(rb' r="([A-Z]{2,3})(\d+)"')
_ANY_CELL = re.compile(rb' r="([A-Z]{1,3})(\d+)"')


def _inspect_package(data: bytes, name: str) -> tuple[dict[str, dict[tuple[int, int], CellFault]], bool]:
    """The cells of each sheet that hold an error or a formula never calculated, and whether days count from 1904.

    Raises UnreadableWorkbook for what is no workbook, for a package beyond the limits, a DOCTYPE, a far stray cell.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_directory(package, name)
            names = set(package.namelist())
            if "xl/workbook.xml" not in names:
                if "xl/workbook.bin" in names or "content.xml" in names:
                    raise UnreadableWorkbook(problem("old-format", file=name, found="二进制工作簿（.xlsb）或 ODS 格式"))
                found = "Word 文档" if "word/document.xml" in names else "压缩包"
                raise UnreadableWorkbook(problem("not-a-workbook", file=name, found=found))
            faults = {sheet: _inspect_sheet(package.read(part), sheet, name)
                      for sheet, part in _sheet_parts(package, names, name)}
            return faults, bool(_DATE_1904.search(package.read("xl/workbook.xml")))
    except UnreadableWorkbook:
        raise
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, EOFError, OSError, ValueError,
            NotImplementedError, RuntimeError, zlib.error) as error:
        raise UnreadableWorkbook(problem("damaged", file=name)) from error


def _check_directory(package: zipfile.ZipFile, name: str) -> None:
    members = package.infolist()
    bad = len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_INFLATED or any(
        member.file_size > 2**20 and member.file_size > MAX_RATIO * max(1, member.compress_size) for member in members
    )
    if bad:
        raise UnreadableWorkbook(problem("too-large", file=name))


def _plain_xml(data: bytes, name: str) -> bytes:
    if b"<!DOCTYPE" in data[:4096]:
        raise UnreadableWorkbook(problem("damaged", file=name))
    return data


def _sheet_parts(package: zipfile.ZipFile, names: set[str], name: str) -> Iterator[tuple[str, str]]:
    links = ElementTree.fromstring(_plain_xml(package.read("xl/_rels/workbook.xml.rels"), name))
    targets = {link.get("Id"): link.get("Target") or "" for link in links}
    book = ElementTree.fromstring(_plain_xml(package.read("xl/workbook.xml"), name))
    for element in book.iter():
        if not element.tag.endswith("}sheet"):
            continue
        link = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
        target = targets.get(link, "")
        part = target.lstrip("/") if target.startswith("/") else "xl/" + target
        if part in names:
            yield element.get("name") or "", part
    for part in ("xl/sharedStrings.xml", "xl/styles.xml"):
        if part in names:
            with package.open(part) as stream:
                _plain_xml(stream.read(4096), name)


def _inspect_sheet(xml: bytes, sheet: str, name: str) -> dict[tuple[int, int], CellFault]:
    _plain_xml(xml, name)
    start, end = xml.find(b"sheetData"), xml.rfind(b"sheetData")
    xml = xml[start:end] if 0 <= start < end else xml
    if b":row " in xml:
        xml = _PREFIXED.sub(rb"<\1", xml)
    if b" r='" in xml:
        xml = xml.replace(b"'", b'"')
    _refuse_far_cells(xml, sheet, name)
    faults: dict[tuple[int, int], CellFault] = {}
    if b't="e"' not in xml and _FORMULA not in xml:
        return faults
    for attributes, inner in _CELL.findall(xml):
        error = b't="e"' in attributes
        if not error and _FORMULA not in inner:
            continue
        cell = _ADDRESS.search(attributes)
        if cell is None:
            continue
        at = (int(cell.group(2)) - 1, _column_number(cell.group(1)) - 1)
        value = _VALUE.search(inner)
        if error:
            faults[at] = CellFault("cell-error", value.group(1).decode(errors="replace") if value else "#")
        elif value is None and b't="str"' not in attributes:
            faults[at] = CellFault("formula-not-calculated", "（未计算的公式）")
    return faults


def _refuse_far_cells(xml: bytes, sheet: str, name: str) -> None:
    """Refuse a sheet whose used area is absurd: one stray cell makes a reader lay out all that lies before it."""
    rows = _ROW.findall(xml)
    cells = (_WIDE_CELL if len(rows) == xml.count(b"<row") else _ANY_CELL).findall(xml)
    last_row = max((*map(int, rows), *(int(row) for _, row in cells), xml.count(b"<row")), default=0)
    column = max((letters for letters, _ in cells), key=lambda letters: (len(letters), letters), default=b"Z")
    if last_row > MAX_ROW or last_row * _column_number(column) > MAX_CELLS:
        address = f"{column.decode()}{last_row}"
        raise UnreadableWorkbook(problem("stray-cell", file=name, part=f"“{sheet}”", address=address))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

