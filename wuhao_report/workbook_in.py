"""The only reader of Excel files: a path → plain, picklable, addressed cells; knows no scheme, no pandas."""

from __future__ import annotations

import hashlib
import io
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wuhao_report.cells import CellFault, RawValue
from wuhao_report.package_in import PackageFacts, Range, SheetFacts, inspect_package, mended_package
from wuhao_report.problems import Problem, UnreadableWorkbook, problem

MAX_FILE = 20 * 2**20
PACKAGE, OLD = b"PK", b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The name of the stream in which a workbook with a password lies."""
OPEN_TO_ALL = "VelvetSweatshop"
"""The password with which Excel itself protects a workbook “against changes”, and opens it without asking."""
STAMP_SHEET = "_wuhao"
"""The very hidden sheet in which a generated workbook carries the id, version and hash of its scheme."""


@dataclass(frozen=True)
class RawSheet:
    """A sheet as it lies: rows[0] is row 1, rows[0][0] is A1; `hidden` rows count from 1."""

    name: str
    rows: Sequence[Sequence[RawValue]]
    hidden: frozenset[int] = frozenset()
    merged: tuple[Range, ...] = ()
    visible: bool = True


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
    """Read every sheet of a workbook: .xlsx, .xlsm, and the older .xls and .et, whatever its name says.

    Raises UnreadableWorkbook, whose problem names what the file is and what to do.
    """
    data = read_bytes(path)
    content = _without_lock(data, path.name) if data.startswith(OLD) and ENCRYPTED in data else data
    if content.startswith(PACKAGE):
        facts = inspect_package(content, path.name)
        content = mended_package(content, facts.mended) if facts.mended else content
    elif content.startswith(OLD):
        content, facts = _old_facts(content, path.name)
    else:
        raise UnreadableWorkbook(problem("not-a-workbook", file=path.name, found=_looks_like(content)))
    sheets = tuple(_with_facts(name, rows, facts) for name, rows in _calamine(content, path.name))
    return RawBook(path.name, hashlib.sha256(data).hexdigest(), sheets, facts.date1904, tuple(facts.problems))


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


def _with_facts(name: str, rows: list[list[Any]], facts: PackageFacts) -> RawSheet:
    """A sheet with what is known of it besides; of several with one name, the next."""
    at = next((at for at, (other, _) in enumerate(facts.sheets) if other == name), None)
    known = SheetFacts() if at is None else facts.sheets.pop(at)[1]
    for (row, column), fault in known.faults.items():
        while len(rows) <= row:
            rows.append([])
        rows[row].extend([""] * (column + 1 - len(rows[row])))
        if rows[row][column] in ("", None):
            rows[row][column] = fault
    return RawSheet(name, rows, known.hidden, known.merged, known.visible)


def _without_lock(data: bytes, name: str) -> bytes:
    """The workbook inside one that Excel protects with its own password; any other password is never guessed."""
    import msoffcrypto

    opened = io.BytesIO()
    try:
        locked = msoffcrypto.OfficeFile(io.BytesIO(data))
        locked.load_key(password=OPEN_TO_ALL, verify_password=True)
        locked.decrypt(opened)
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
            faults = {(row, column): CellFault("cell-error", xlrd.error_text_from_code.get(int(cell.value), "#"))
                      for row in range(sheet.nrows) for column, cell in enumerate(sheet.row(row)) if cell.ctype == xlrd.XL_CELL_ERROR}
            hidden = frozenset(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
            merged = tuple((top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells)
            facts.sheets.append((sheet.name, SheetFacts(faults, hidden, merged, sheet.visibility == 0)))
    except Exception as error:
        # As above: a broken file makes it raise nearly anything.
        if "encrypted" in str(error).lower():
            opened = _without_lock(data, name)
            if opened != data:
                return _old_facts(opened, name)
        raise UnreadableWorkbook(problem("old-format", file=name, found="旧版 Excel（.xls）或 WPS（.et）格式")) from error
    facts.problems.append(problem("older-format"))
    return data, facts


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
