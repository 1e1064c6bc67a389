"""The only reader of Excel files: a path → plain, picklable, addressed cells; knows no scheme, no pandas."""

from __future__ import annotations

import hashlib
import io
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.problems import Problem, problem
from wuhao_report.core.text import one_line
from wuhao_report.workbook.package import PackageFacts, inspect_package, mended_package
from wuhao_report.workbook.plain_sheet import Place, Range, SheetFacts
from wuhao_report.workbook.raw import DISPIMG, CellFault, CellPhoto, RawValue, ShownNumber

MAX_FILE = 20 * 2**20
PACKAGE, COMPOUND = b"PK", b"\xd0\xcf\x11\xe0"
DAYS_OF_OTHERS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
"""The numbers of formats that show a day or a time, where a workbook does not define them itself."""
OPEN_TO_ALL = "VelvetSweatshop"
"""The password with which Excel itself protects a workbook “against changes”, and opens it without asking."""
Cells = list[tuple[str, list[list[Any]] | None]]
"""Name and rows of every sheet in order; None for what is no sheet of cells."""
EXAMPLE = "example"
"""The key of the stamp that says that a workbook is an invented example."""
STAMP_SHEET = "_wuhao"
"""The very hidden sheet in which a generated workbook carries the id, version and hash of its scheme."""


@dataclass(frozen=True)
class RawSheet:
    """A sheet as it lies: rows[0] is row 1, rows[0][0] is A1; `hidden` rows count from 1, `far` is the address of a cell too far away to be read.

    `photos` are the 1-based row, the 0-based column and the part of each photograph, in cells and floating.
    """

    name: str
    rows: Sequence[Sequence[RawValue]]
    hidden: frozenset[int] = frozenset()
    merged: tuple[Range, ...] = ()
    visible: bool = True
    far: str = ""
    photos: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True)
class RawBook:
    """All sheets of a workbook, the name of its file and the SHA-256 of its bytes; what reading it has to say."""

    file: str
    sha256: str
    sheets: tuple[RawSheet, ...]
    date1904: bool = False
    problems: tuple[Problem, ...] = ()

    def stamp(self) -> dict[str, str]:
        """What the generated workbook says of its scheme: id, version, hash; empty when it says nothing."""
        for sheet in self.sheets:
            if sheet.name == STAMP_SHEET:
                pairs = (row for row in sheet.rows if len(row) > 1 and row[0] not in ("", None))
                return {one_line(str(row[0])): one_line(str(row[1])) for row in pairs}
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
    """Read every sheet of a workbook: .xlsx, .xlsm, and the older .xls and .et, whatever its name says.

    Raises UnreadableWorkbook, whose problem names what the file is and what to do.
    """
    data = read_bytes(path)
    content = _unlocked(data, path.name) if data.startswith(COMPOUND) else data
    if content.startswith(PACKAGE):
        sheets, facts = _read_package(content, path.name)
    elif content.startswith(COMPOUND):
        content, facts = _old_facts(content, path.name)
        sheets = _last_attempt(content, path.name)
    else:
        kind = looks_like(content)
        raise UnreadableWorkbook(
            problem("not-a-workbook", file=path.name, found=kind) if kind else problem("damaged", file=path.name)
        )
    return RawBook(
        path.name, hashlib.sha256(data).hexdigest(), tuple(_with_facts(sheets, facts)), facts.date1904, tuple(facts.problems)
    )


def read_cells(data: bytes, name: str) -> Cells:
    """Return the cells of every sheet of a package (.xlsx) in memory; raises UnreadableWorkbook."""
    return _read_package(data, name)[0]


def _read_package(data: bytes, name: str) -> tuple[Cells, PackageFacts]:
    """The cells of a package and what is known of it; what the engine gives up at is written anew for it, and tried once more."""
    facts = inspect_package(data, name)
    if facts.cells is not None:
        return facts.cells, facts
    try:
        return _calamine(mended_package(data, facts, name), name), facts
    except _EngineGaveUp:
        facts = inspect_package(data, name, thoroughly=True)
    return _last_attempt(mended_package(data, facts, name), name), facts


def _last_attempt(data: bytes, name: str) -> Cells:
    try:
        return _calamine(data, name)
    except _EngineGaveUp as error:
        raise UnreadableWorkbook(problem("damaged", file=name)) from error


class _EngineGaveUp(Exception):
    """The engine cannot read a package as it is."""


def _calamine(data: bytes, name: str) -> Cells:
    import python_calamine

    cells = []
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for number, meta in enumerate(book.sheets_metadata):
            readable = meta.typ == python_calamine.SheetTypeEnum.WorkSheet
            cells.append((meta.name, book.get_sheet_by_index(number).to_python(skip_empty_area=False) if readable else None))
    except python_calamine.PasswordError as error:
        raise UnreadableWorkbook(problem("encrypted", file=name)) from error
    except MemoryError:
        raise
    except Exception as error:
        raise _EngineGaveUp from error
    except BaseException as error:
        # A Rust panic of the engine is no Exception; anything else that ends a program must pass.
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableWorkbook(problem("damaged", file=name)) from error
    return cells


def _with_facts(sheets: Cells, facts: PackageFacts) -> Iterator[RawSheet]:
    """Every sheet of cells with what is known of it besides; both lists are in the order of the workbook."""
    in_step = len(sheets) == len(facts.sheets)
    for number, (name, rows) in enumerate(sheets):
        if rows is None:
            continue
        known = facts.sheets[number][1] if in_step else next((one for other, one in facts.sheets if other == name), SheetFacts())
        for (row, column), fault in known.faults.items():
            if _room(rows, row, column)[column] in ("", None):
                rows[row][column] = fault
        for (row, column), text in known.shown.items():
            value = rows[row][column] if len(rows) > row and len(rows[row]) > column else None
            if isinstance(value, int | float) and not isinstance(value, bool):
                rows[row][column] = ShownNumber(value, text)
        for (row, column), written in known.numbers.items():
            if len(rows) > row and len(rows[row]) > column and isinstance(rows[row][column], date | time | timedelta):
                rows[row][column] = written
        photos = _in_cells(rows, known, facts.photos) if facts.photos else known.photos
        for (row, column), member in photos.items():
            _room(rows, row, column)[column] = CellPhoto(member)
        every = sorted([*photos.items(), *known.floating])
        pictures = tuple((row + 1, column, member) for (row, column), member in every)
        yield RawSheet(one_line(name), rows, known.hidden, known.merged, known.visible, known.far, pictures)


def _room(rows: list[list[Any]], row: int, column: int) -> list[Any]:
    """Return a row that reaches to a column, after having made it so."""
    while len(rows) <= row:
        rows.append([])
    rows[row].extend([""] * (column + 1 - len(rows[row])))
    return rows[row]


def _in_cells(rows: list[list[Any]], known: SheetFacts, named: Callable[[str], str]) -> Mapping[Place, str]:
    """Return the photographs in cells: those the part of the sheet tells of, and texts of WPS that another program has left."""
    texts = {
        (number, at): named(cell)
        for number, row in enumerate(rows)
        for at, cell in enumerate(row)
        if cell.__class__ is str and "DISPIMG(" in cell and DISPIMG.match(cell)
    }
    return {**texts, **known.photos}


def _unlocked(data: bytes, name: str) -> bytes:
    """What a compound file holds: the workbook behind Excel's own password, an older workbook itself.

    Raises UnreadableWorkbook for every other kind of compound file.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            streams = {parts[0].lower() for parts in compound.listdir()}
    except MemoryError:
        raise
    except Exception as error:
        # Broken containers make the library raise nearly anything.
        raise UnreadableWorkbook(problem("damaged", file=name)) from error
    if "encryptedpackage" in streams:
        return _without_lock(data, name)
    if not streams & {"workbook", "book"}:
        kind = next((word for stream, word in _COMPOUNDS if any(one.startswith(stream) for one in streams)), "其他类型的文件")
        raise UnreadableWorkbook(problem("not-a-workbook", file=name, found=kind))
    return data


def _without_lock(data: bytes, name: str) -> bytes:
    """The workbook inside one that Excel protects with its own password; any other password is never guessed."""
    import msoffcrypto

    opened = io.BytesIO()
    try:
        locked = msoffcrypto.OfficeFile(io.BytesIO(data))
        locked.load_key(password=OPEN_TO_ALL, verify_password=True)
        locked.decrypt(opened)
    except MemoryError:
        raise
    except Exception as error:
        # Broken containers make the library raise nearly anything; whatever it is, the file stays shut.
        raise UnreadableWorkbook(problem("encrypted", file=name)) from error
    return opened.getvalue()


def _old_facts(data: bytes, name: str) -> tuple[bytes, PackageFacts]:
    """A workbook of the older format (.xls, .et) without Excel's own lock, and what is known of it: errors, hidden rows, merged cells.

    Raises UnreadableWorkbook where it cannot be looked into, for then errors in it would pass for empty cells.
    """
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
        facts = PackageFacts(date1904=book.datemode == 1)
        for sheet in book.sheets():
            faults = {
                (row, column): CellFault("cell-error", xlrd.error_text_from_code.get(int(cell.value), "#"))
                for row in range(sheet.nrows)
                for column, cell in enumerate(sheet.row(row))
                if cell.ctype == xlrd.XL_CELL_ERROR
            }
            hidden = frozenset(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
            merged = tuple((top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells)
            facts.sheets.append(
                (sheet.name, SheetFacts(faults, hidden, merged, sheet.visibility == 0, numbers=_plain_numbers(book, sheet)))
            )
    except MemoryError:
        raise
    except Exception as error:
        # As above: a broken file makes it raise nearly anything.
        if "encrypted" in str(error).lower():
            opened = _without_lock(data, name)
            if opened != data:
                return _old_facts(opened, name)
        raise UnreadableWorkbook(problem("old-format", file=name, found="旧版 Excel（.xls）或 WPS（.et）格式")) from error
    facts.problems.append(problem("older-format"))
    # WPS leaves the text of its formula; the pictures of this format are not read.
    facts.photos = lambda text: ""
    return data, facts


def _plain_numbers(book: Any, sheet: Any) -> dict[Place, float]:
    """Return the numbers of an older sheet whose format has a number by which others know a day: a file may give it another meaning."""
    import xlrd

    return {
        (row, column): sheet.cell_value(row, column)
        for row in range(sheet.nrows)
        for column, kind in enumerate(sheet.row_types(row))
        if kind == xlrd.XL_CELL_NUMBER and book.xf_list[sheet.cell_xf_index(row, column)].format_key in DAYS_OF_OTHERS
    }


_COMPOUNDS = (
    ("worddocument", "旧版 Word 文档"),
    ("powerpoint document", "旧版演示文稿"),
    ("__properties_version", "Outlook 邮件"),
)
_SIGNATURES = (
    (b"%PDF", "PDF 文件"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"RIFF", "图片或音像"),
    (b"{\\rtf", "RTF 文档"),
    (b"[InternetShortcut]", "网址快捷方式"),
    (b"\x4c\x00\x00\x00\x01\x14\x02", "快捷方式"),
    (b"\x78\x9f\x3e\x22", "邮件附件包"),
)
_SHEET_OF_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"


def looks_like(data: bytes) -> str | None:
    """What a file is that is no workbook, by its first bytes; None for a workbook with something in front, or nothing but zeros."""
    head = data[:4096]
    if not head.strip(b"\x00") or b"PK\x03\x04" in head:
        return None
    for magic, name in _SIGNATURES:
        if data.startswith(magic):
            return name
    if head[4:8] == b"ftyp" or (head.startswith(b"BM") and head[6:10] == b"\x00" * 4):
        return "图片"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if _SHEET_OF_2003 in text:
        return "2003 版 XML 表格"
    if text.startswith((b"<!doctype html", b"<html")) or b"<table" in text:
        return "网页"
    if text.startswith(b"<?xml"):
        return "XML 文件"
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return "其他类型的文件" if b"\x00" in head and not wide else "文本文件或 CSV"
