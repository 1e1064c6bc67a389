"""What the engine does not tell of a workbook's package: faults, hidden rows, merged cells; and what must be mended before it reads.

Every part that the engine will read is looked at first: within the limits, whole, without a DOCTYPE.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from wuhao_report.cells import CellFault
from wuhao_report.problems import At, Problem, UnreadableWorkbook, column_letters, problem

MAX_INFLATED = 100 * 2**20
MAX_RATIO = 200
MAX_MEMBERS = 1_000
MAX_ROW = 100_000
MAX_COLUMN = 256
MAX_CELLS = 5_000_000
MAX_MERGED = 20_000
MACROS, LINKS = "xl/vbaProject.bin", "xl/externalLinks/"

Range = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 0."""


@dataclass
class SheetFacts:
    """What the engine does not tell of one sheet; `faults` by 0-based row and column, `hidden` rows counted from 1."""

    faults: dict[tuple[int, int], CellFault] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    merged: tuple[Range, ...] = ()
    visible: bool = True


@dataclass
class PackageFacts:
    """What is known of a package: its sheets, the day it counts from, what should be said, and parts mended for the engine."""

    sheets: list[tuple[str, SheetFacts]] = field(default_factory=list)
    date1904: bool = False
    problems: list[Problem] = field(default_factory=list)
    mended: dict[str, bytes] = field(default_factory=dict)


def inspect_package(data: bytes, name: str) -> PackageFacts:
    """Look a package over; `name` is the file's, for the sentences.

    Raises UnreadableWorkbook for what is no workbook, for a package beyond the limits, a part with a DOCTYPE, a damaged one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _Package(package, name).facts()
    except UnreadableWorkbook:
        raise
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, EOFError, OSError, ValueError, LookupError, NotImplementedError, RuntimeError,
            zlib.error) as error:
        raise UnreadableWorkbook(problem("damaged", file=name)) from error


def mended_package(data: bytes, mended: dict[str, bytes]) -> bytes:
    """The package with those parts in place of its own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as made:
        for name in dict.fromkeys(package.namelist()):
            made.writestr(name, mended.get(name) or package.read(name))
    return buffer.getvalue()


class _Package:
    def __init__(self, package: zipfile.ZipFile, name: str) -> None:
        self.package, self.name = package, name
        self.members = set(package.namelist())
        self.found = PackageFacts()

    def facts(self) -> PackageFacts:
        self._check_directory()
        self._check_kind()
        book = self._read("xl/workbook.xml")
        for part in ("[Content_Types].xml", "xl/sharedStrings.xml", "xl/styles.xml"):
            if part in self.members:
                self._read(part)
        self.found.date1904 = bool(_DATE_1904.search(book))
        for sheet, part, visible in self._sheet_parts(book):
            facts = self._sheet(sheet, part)
            facts.visible = visible
            self.found.sheets.append((sheet, facts))
        if MACROS in self.members or any(member.startswith(LINKS) for member in self.members):
            self.found.problems.append(problem("has-macros"))
        return self.found

    def _check_directory(self) -> None:
        members = self.package.infolist()
        bad = len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_INFLATED or any(
            member.file_size > 2**20 and member.file_size > MAX_RATIO * max(1, member.compress_size) for member in members)
        if bad:
            raise UnreadableWorkbook(problem("too-large", file=self.name))

    def _check_kind(self) -> None:
        if "xl/workbook.xml" in self.members:
            return
        if "xl/workbook.bin" in self.members:
            raise UnreadableWorkbook(problem("old-format", file=self.name, found="二进制工作簿（.xlsb）"))
        if "content.xml" in self.members:
            raise UnreadableWorkbook(problem("old-format", file=self.name, found="OpenDocument 格式（.ods）"))
        found = "Word 文档" if "word/document.xml" in self.members else "压缩包"
        raise UnreadableWorkbook(problem("not-a-workbook", file=self.name, found=found))

    def _read(self, part: str) -> bytes:
        """A part as UTF-8; one in another encoding is mended for the engine, which would take it for empty."""
        xml = self.package.read(part)
        encoding = next((encoding for mark, encoding in _WIDE if xml.startswith(mark)), None)
        if encoding:
            xml = _DECLARED.sub(b"", xml.decode(encoding).encode("utf-8", "replace"), count=1)
            self.found.mended[part] = xml
        if b"<!DOCTYPE" in xml:
            raise UnreadableWorkbook(problem("damaged", file=self.name))
        return xml

    def _sheet_parts(self, book: bytes) -> Iterator[tuple[str, str, bool]]:
        """Name, part and visibility of every sheet whose part is there."""
        links = ElementTree.fromstring(self._read("xl/_rels/workbook.xml.rels"))
        targets = {link.get("Id"): link.get("Target") or "" for link in links}
        for element in ElementTree.fromstring(book).iter():
            if not element.tag.endswith("}sheet"):
                continue
            link = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
            target = targets.get(link, "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath("xl/" + target)
            if part in self.members:
                yield element.get("name") or "", part, element.get("state", "visible") == "visible"

    def _sheet(self, sheet: str, part: str) -> SheetFacts:
        whole = self._read(part)
        dimension = _DIMENSION.search(whole[:4096])
        if dimension and not _USUAL.fullmatch(dimension.group(1)):
            whole = self.found.mended[part] = _DIMENSION.sub(b"", whole, count=1)
        whole = self._without_far_cells(whole, sheet, part)
        start, end = whole.find(b"sheetData"), whole.rfind(b"sheetData")
        cells, rest = (whole[start:end], whole[end:]) if 0 <= start < end else (whole, whole)
        cells = _plain(cells)
        hidden = frozenset(int(row) for row in _HIDDEN.findall(cells)) if b'hidden="' in cells else frozenset()
        merged = tuple(_ranges(rest)) if b"mergeCell" in rest else ()
        return SheetFacts(_faults(cells), hidden, merged)

    def _without_far_cells(self, whole: bytes, sheet: str, part: str) -> bytes:
        """The sheet without lone cells at its far end, for which an engine would lay out all that lies before them."""
        cells = _plain(whole)
        last_row, column = _extent(cells)
        if last_row <= MAX_ROW and last_row * _column_number(column) <= MAX_CELLS:
            return whole
        near = _ROWS.sub(lambda row: b"" if int(row.group(1)) > MAX_ROW else row.group(), cells)
        near = _FAR_CELL.sub(lambda cell: b"" if _column_number(cell.group(1)) > MAX_COLUMN or int(cell.group(2)) > MAX_ROW else cell.group(), near)
        rows, wide = _extent(near)
        address = f"{column.decode()}{last_row}"
        if rows > MAX_ROW or rows * _column_number(wide) > MAX_CELLS:
            raise UnreadableWorkbook(problem("stray-cell", file=self.name, part=f"“{sheet}”", address=address))
        self.found.problems.append(problem("far-cells", At(sheet), sheet=sheet, address=address))
        self.found.mended[part] = near = _DIMENSION.sub(b"", near, count=1)
        return near


_WIDE = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
_DECLARED = re.compile(rb"^(\xef\xbb\xbf)?<\?xml[^>]*\?>")
_DIMENSION = re.compile(rb"""<(?:\w+:)?dimension\s+ref=["']([^"']*)["']\s*(?:/>|>\s*</(?:\w+:)?dimension>)""")
_USUAL = re.compile(rb"[A-Z]{1,3}\d{1,7}(:[A-Z]{1,3}\d{1,7})?")
_PREFIXED = re.compile(rb"<(/?)\w+:")
_CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_VALUE = re.compile(rb"<v\b[^>]*>([^<]+)<")
_DATE_1904 = re.compile(rb'date1904="(1|true|on)"')
_FORMULA = b"<f"
"""Nothing else inside the cells of a sheet begins so."""
_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"')
_ROWS = re.compile(rb'<row [^>]*?\br="(\d+)"[^>]*?(?:/>|>.*?</row>)', re.DOTALL)
_FAR_CELL = re.compile(rb'<c [^>]*?\br="([A-Z]{1,4})(\d+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_HIDDEN = re.compile(rb'<row (?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s+ref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
_WIDE_CELL = re.compile(rb' r="([A-Z]{2,3})(\d+)"')
_ANY_CELL = re.compile(rb' r="([A-Z]{1,3})(\d+)"')


def _plain(xml: bytes) -> bytes:
    """The XML of a sheet without prefixes and with double quotes, as nearly all write it."""
    if b":row " in xml:
        xml = _PREFIXED.sub(rb"<\1", xml)
    return xml.replace(b"'", b'"') if b" r='" in xml else xml


def _ranges(xml: bytes) -> Iterator[Range]:
    for number, (left, top, right, bottom) in enumerate(_MERGED.findall(xml)):
        if number == MAX_MERGED:
            return
        yield int(top) - 1, _column_number(left) - 1, int(bottom) - 1, _column_number(right) - 1


def _faults(xml: bytes) -> dict[tuple[int, int], CellFault]:
    """The cells that hold an error, or a formula never calculated."""
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


def _extent(xml: bytes) -> tuple[int, bytes]:
    """The last row and the letters of the last column."""
    rows = _ROW.findall(xml)
    cells = (_WIDE_CELL if len(rows) == xml.count(b"<row") else _ANY_CELL).findall(xml)
    last_row = max((*map(int, rows), *(int(row) for _, row in cells), xml.count(b"<row")), default=0)
    return last_row, max((letters for letters, _ in cells), key=lambda letters: (len(letters), letters), default=b"Z")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def address_of(area: Range) -> str:
    """A range as Excel writes it: A5:A9."""
    return f"{column_letters(area[1])}{area[0] + 1}:{column_letters(area[3])}{area[2] + 1}"
