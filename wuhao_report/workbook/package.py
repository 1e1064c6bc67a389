"""A workbook's package before the engine reads it: its limits, its sheets, what must be said, and the parts that must be mended.

Every part that the engine will read is looked at first: within the limits, whole, as UTF-8, without a DOCTYPE.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.files.office import (
    CONTENT_TYPES,
    DAMAGE,
    MAX_INFLATED,
    WORKBOOK,
    Relationship,
    has_doctype,
    inflate,
    links_part,
    local_name,
    open_package,
    parse_xml,
    plain_name,
    relationships,
    relationships_xml,
    utf16_as_utf8,
    within_limits,
)
from wuhao_report.workbook.direct import Rows, Unusual, read_formats, read_sheet, read_strings
from wuhao_report.workbook.number_format import shown_numbers, text_formats
from wuhao_report.workbook.plain_sheet import SheetFacts, TooFar, plain
from wuhao_report.workbook.sheet_xml import look

LINKS, STRINGS, STYLES = links_part(WORKBOOK), "xl/sharedStrings.xml", "xl/styles.xml"
SMALL = 2**18
"""Parts of up to so many bytes are kept with what was read of them: most workbooks of a campaign have the same."""
FOREIGN = ("xl/vbaproject.bin", "xl/externallinks/", "xl/embeddings/", "xl/activex/")


@dataclass
class PackageFacts:
    """What is known of a package: its sheets in order, the day it counts from, what should be said, parts mended for the engine.

    `twice`: several parts have one name. `cells` are the rows of every sheet (None for what is no sheet of cells), where all are written
    as usual; else the engine must read the package. `photos` gives the part of the photograph that a text names, where there may be some.
    """

    sheets: list[tuple[str, SheetFacts]] = field(default_factory=list)
    date1904: bool = False
    problems: list[Problem] = field(default_factory=list)
    mended: dict[str, bytes] = field(default_factory=dict)
    twice: bool = False
    cells: list[tuple[str, Rows | None]] | None = None
    photos: Callable[[str], str] | None = None


def inspect_package(data: bytes, name: str, thoroughly: bool = False) -> PackageFacts:
    """Look a package over; `name` is the file's, for the sentences. `thoroughly`: every sheet is written anew, and every link.

    Raises UnreadableWorkbook for what is no workbook, for a package beyond the limits, a part with a DOCTYPE, a damaged one.
    """
    try:
        with open_package(data) as package:
            return _Package(package, name, thoroughly).facts()
    except UnreadableWorkbook:
        raise
    except DAMAGE as error:
        raise UnreadableWorkbook(problem("damaged", file=name)) from error


def mended_package(data: bytes, facts: PackageFacts, name: str) -> bytes:
    """The package with the mended parts in place of its own, and of several parts with one name the first alone; as it is when it is sound.

    Raises UnreadableWorkbook where another part is damaged.
    """
    if not facts.mended and not facts.twice:
        return data
    buffer = io.BytesIO()
    try:
        with open_package(data) as package, zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as made:
            for info in _first_of_each(package).values():
                made.writestr(
                    info.filename, facts.mended[info.filename] if info.filename in facts.mended else inflate(package, info)
                )
    except DAMAGE as error:
        raise UnreadableWorkbook(problem("damaged", file=name)) from error
    return buffer.getvalue()


def _first_of_each(package: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The members by their names without case and with slashes, as the engine finds them."""
    members: dict[str, zipfile.ZipInfo] = {}
    for info in package.infolist():
        members.setdefault(plain_name(info.filename), info)
    return members


class _Package:
    def __init__(self, package: zipfile.ZipFile, name: str, thoroughly: bool) -> None:
        self.package, self.name, self.thoroughly = package, name, thoroughly
        self.members = _first_of_each(package)
        self.known = PackageFacts(twice=len(self.members) != len(package.infolist()))
        self.read: dict[str, bytes] = {}
        self.spent = 0

    def facts(self) -> PackageFacts:
        """Return what is known of the package; raises UnreadableWorkbook, and what DAMAGE lists."""
        self._check_directory()
        self._check_kind()
        book = self._part(WORKBOOK) or b""
        for part in (CONTENT_TYPES, STYLES):
            self._part(part)
        self._count_of_strings()
        self.known.date1904 = bool(_DATE_1904.search(book))
        sheets = list(self._sheets(book))
        if not self._read_directly(sheets):
            for sheet, part, visible in sheets:
                facts = self._sheet(sheet, part) if part else SheetFacts()
                facts.visible = visible
                self.known.sheets.append((sheet, facts))
        if any(member.startswith(FOREIGN) for member in self.members):
            self.known.problems.append(problem("has-macros"))
        self._look_for_photos(sheets)
        self._look_for_shown_numbers(sheets)
        return self.known

    def _look_for_shown_numbers(self, sheets: Sequence[tuple[str, str, bool]]) -> None:
        """Add to the facts of the sheets the whole numbers whose format makes texts of them: 7 that is shown as Z007."""
        xml = self.read.get(self._file(STYLES)) or b""
        styles = text_formats(xml) if b"formatCode=" in xml else {}
        for (_, facts), (_, part, _) in zip(self.known.sheets, sheets, strict=True) if styles else ():
            facts.shown = dict(shown_numbers(self.read.get(self._file(part)) or b"", styles))

    def _look_for_photos(self, sheets: Sequence[tuple[str, str, bool]]) -> None:
        """Add to the facts of the sheets where photographs lie; most workbooks have none, and nothing that could be one."""
        from wuhao_report.workbook.photos import IN_CELLS, Photos

        texts = IN_CELLS in (self.read.get(self._file(STRINGS)) or b"")
        # What is read directly has no cell with other attributes than those known.
        marks = (IN_CELLS,) if self.known.cells else (IN_CELLS, b" vm=")
        hints = texts or any(mark in xml for mark in marks for xml in self.read.values())
        if not hints and not any(member.startswith("xl/media/") for member in self.members):
            return
        photos = Photos(self._side_part)
        self.known.photos = photos.named
        for (_, facts), (_, part, _) in zip(self.known.sheets, sheets, strict=True):
            found = photos.of_sheet(part, self.read.get(self._file(part)) or b"") if part else None
            if found is not None:
                facts.photos, facts.floating = found.in_cells, found.floating

    def _file(self, part: str) -> str:
        """Return the name by which a part is kept once it is read."""
        info = self.members.get(part.lower())
        return info.filename if info else ""

    def _check_directory(self) -> None:
        if not within_limits(self.package):
            raise UnreadableWorkbook(problem("too-large", file=self.name))

    def _check_kind(self) -> None:
        if WORKBOOK in self.members:
            return
        kind = (self._part("mimetype") or b"")[:200].decode("latin-1")
        if "xl/workbook.bin" in self.members:
            raise UnreadableWorkbook(problem("old-format", file=self.name, found="二进制工作簿（.xlsb）"))
        if "spreadsheet" in kind:
            raise UnreadableWorkbook(problem("old-format", file=self.name, found="OpenDocument 格式（.ods）"))
        described = next((word for part, word in _OTHERS if part in self.members), None) or (
            "OpenDocument 文档" if "opendocument" in kind else "压缩包"
        )
        raise UnreadableWorkbook(problem("not-a-workbook", file=self.name, found=described))

    def _part(self, part: str) -> bytes | None:
        """A part as UTF-8, or None where there is none; one in another encoding is mended for the engine."""
        info = self.members.get(part.lower())
        if info is None:
            return None
        if info.filename not in self.read:
            xml = inflate(self.package, info)
            if (mended := utf16_as_utf8(xml)) is not None:
                xml = self.known.mended[info.filename] = mended
            if has_doctype(xml):
                raise UnreadableWorkbook(problem("damaged", file=self.name))
            self.read[info.filename] = xml
        self.spent += len(self.read[info.filename])
        if self.spent > MAX_INFLATED:
            raise UnreadableWorkbook(problem("too-large", file=self.name))
        return self.read[info.filename]

    def _side_part(self, part: str) -> bytes | None:
        """Return a part without which the cells are read all the same; None where it is not there, or damaged."""
        try:
            return self._part(part)
        except UnreadableWorkbook as error:
            if error.problem.code == "damaged":
                return None
            raise
        except DAMAGE:
            return None

    def _count_of_strings(self) -> None:
        """The engine lays out as many texts as the file says there are, so it is not told."""
        xml = self._part(STRINGS)
        if (
            xml is not None
            and (head := _COUNTS.search(xml[:4096]))
            and any(int(number) > len(xml) for number in head.groups() if number)
        ):
            self.known.mended[self.members[STRINGS.lower()].filename] = _COUNT.sub(b"", xml[:4096]) + xml[4096:]

    @cached_property
    def strings(self) -> int | None:
        """How many shared texts there are; None where there is no part for them."""
        xml = self._part(STRINGS)
        return None if xml is None else len(_STRING.findall(xml))

    def _sheets(self, book: bytes) -> Iterator[tuple[str, str, bool]]:
        """Name, part (empty where it is missing) and visibility of every sheet, in order."""
        links = relationships(self._part(LINKS), WORKBOOK)
        if self.thoroughly:
            self._rewrite_links(links)
        targets = {link.identity: link.member for link in links}
        for name, identity, visible in (_sheets_named if len(book) <= SMALL else _sheets_named.__wrapped__)(book):
            part = targets.get(identity, "")
            yield name, part if part.lower() in self.members else "", visible

    def _rewrite_links(self, links: Iterable[Relationship]) -> None:
        """Write every target in the plainest way, for the engine."""
        links_written = []
        for link in links:
            info = None if link.external else self.members.get(link.member.lower())
            links_written.append(replace(link, target=f"/{info.filename}") if info else link)
        self.known.mended[self.members[LINKS.lower()].filename] = relationships_xml(links_written)

    def _read_directly(self, sheets: Sequence[tuple[str, str, bool]]) -> bool:
        """Read every sheet where all are written as usual, and say whether they are."""
        if self.thoroughly or self.known.mended or self.known.twice or not all(part for _, part, _ in sheets):
            return False
        spent = self.spent
        try:
            styles = self._part(STYLES) or b"<styleSheet/>"
            formats = (read_formats if len(styles) <= SMALL else read_formats.__wrapped__)(styles)
            read = [
                (sheet, *read_sheet(self._part(part) or b"", lambda: self.texts, formats), visible)
                for sheet, part, visible in sheets
            ]
        except Unusual:
            # The parts are looked at once more for the engine.
            self.spent = spent
            return False
        if self.known.mended or (self.known.date1904 and "day" in formats.values()):
            return False
        self.known.cells = [(sheet, rows) for sheet, rows, _, _ in read]
        self.known.sheets = [(sheet, replace(facts, visible=visible)) for sheet, _, facts, visible in read]
        return True

    @cached_property
    def texts(self) -> list[str]:
        """The shared texts; raises Unusual."""
        xml = self._part(STRINGS)
        return [] if xml is None else read_strings(xml)

    def _sheet(self, sheet: str, part: str) -> SheetFacts:
        xml = self._part(part) or b""
        try:
            facts, made = plain(xml, self.strings) if self.thoroughly else look(xml, lambda: self.strings)
        except TooFar as error:
            raise UnreadableWorkbook(problem("stray-cell", file=self.name, part=f"“{sheet}”", address=error.address)) from error
        if made is not None:
            self.known.mended[self.members[part.lower()].filename] = made
        if facts.far:
            self.known.problems.append(problem("far-cells", At(sheet), sheet=sheet, address=facts.far))
        return facts


@lru_cache(maxsize=64)
def _sheets_named(book: bytes) -> tuple[tuple[str, str, bool], ...]:
    """Return the name, the id of the link and the visibility of every sheet that a workbook's part names, in order."""
    return tuple(
        (
            element.get("name") or "",
            next((value for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == "id"), ""),
            element.get("state", "visible") == "visible",
        )
        for element in parse_xml(book).iter()
        if local_name(element) == "sheet"
    )


_OTHERS = (("word/document.xml", "Word 文档"), ("ppt/presentation.xml", "演示文稿"))
_DATE_1904 = re.compile(rb"""date1904\s*=\s*["'](1|true|on)["']""")
_COUNTS = re.compile(rb"""<(?:\w+:)?sst\b(?=[^>]*?\scount\s*=\s*["'](\d+))?(?=[^>]*?\suniqueCount\s*=\s*["'](\d+))?""")
_COUNT = re.compile(rb"""\s(?:count|uniqueCount)\s*=\s*(?:"[^"]*"|'[^']*')""")
_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
