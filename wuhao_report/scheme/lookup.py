"""Schemes by their id or their file: those that come with the program, those of a folder, files by their path."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from wuhao_report.core.errors import SchemeError, SchemeFault, UnreadableWorkbook
from wuhao_report.core.problems import Problem, problem
from wuhao_report.core.strict import Located
from wuhao_report.core.text import did_you_mean
from wuhao_report.scheme import model as s
from wuhao_report.scheme.read_scheme import parse_scheme

PACKAGE = Path(__file__).parent
BUILT_IN = PACKAGE / "data"
FOLDER_VARIABLE = "WUHAO_SCHEMES"
MAX_BYTES = 2_000_000


def _load(path: Path) -> tuple[dict[str, Any], str]:
    """The plain tables of a scheme file, TOML or Excel, and what identifies its content."""
    if path.suffix.lower() == ".xlsx":
        return _load_workbook(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise SchemeError.one(f"“{path.name}”不是普通文件，不能当作方案")
        if status.st_size > MAX_BYTES:
            raise SchemeError.one(f"方案文件“{path.name}”过大")
        data = path.read_bytes()
        table = tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"), parse_float=Decimal)
        return table, hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()
    except OSError as error:
        raise SchemeError.one(f"读不了方案文件“{path.name}”（{error.strerror}）") from error
    except UnicodeDecodeError as error:
        raise SchemeError.one(f"方案文件“{path.name}”不是 UTF-8 编码的文本") from error
    except (ValueError, RecursionError) as error:
        # TOMLDecodeError is a ValueError, and so is a number of thousands of digits.
        raise SchemeError.one(f"方案文件“{path.name}”不是正确的 TOML：{error}") from error


def _load_workbook(path: Path) -> tuple[dict[str, Any], str]:
    """A scheme written in Excel; it is identified by what it says, for saving alone changes the bytes."""
    from wuhao_report.scheme.excel.reader import read_tables
    from wuhao_report.workbook.reader import read_book

    try:
        table, faults = read_tables(read_book(path))
    except UnreadableWorkbook as error:
        raise SchemeError.one((error.problem.message + error.problem.hint).removesuffix("。")) from error
    if faults:
        raise SchemeError(_all_faults(table, faults))
    text = json.dumps(table, ensure_ascii=False, sort_keys=True, default=str)
    return table, hashlib.sha256(text.encode()).hexdigest()


def _all_faults(table: Located, faults: Sequence[SchemeFault]) -> Iterator[SchemeFault]:
    """The faults of single cells, then those that show when the rest is put together; of a row with the former no more is said."""
    yield from faults
    rows = {(fault.place.at.sheet, fault.place.at.row) for fault in faults}
    try:
        parse_scheme(table, "")
    except SchemeError as error:
        for fault in error.faults:
            row = fault.place.at.sheet, fault.place.at.row
            if row[1] is not None and row not in rows:
                yield fault


def read_scheme(path: Path) -> s.Scheme:
    """Read a scheme file strictly, a TOML text or a workbook.

    Raises SchemeError with the path to the key (or the cell), what was expected and the nearest right word.
    """
    try:
        return parse_scheme(*_load(path))
    except RecursionError as error:
        raise SchemeError.one(f"方案文件“{path.name}”里的表套得太深") from error


def scheme_table(name: str) -> dict[str, Any]:
    """The plain tables of a scheme by its id or its file's path, when it can be used.

    Raises SchemeError as `find_scheme` does.
    """
    find_scheme(name)
    return _load(built_in_path(name) or Path(name))[0]


def _folder_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return [folder] if is_file(folder) else []
    return sorted(path for kind in ("*.toml", "*.xlsx") for path in folder.glob(kind) if not path.name.startswith(("~$", ".")))


def is_file(path: Path) -> bool:
    """Say whether a regular file lies there; of a path that no system could have, that it does not."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _exists(path: Path) -> bool:
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False


def own_files() -> list[Path]:
    """Return the files of schemes that WUHAO_SCHEMES names: those of a folder, or one file a line."""
    places = os.environ.get(FOLDER_VARIABLE, "").split("\n")
    return [path for place in places if place for path in _folder_files(Path(place))]


def keep_only(files: Iterable[Path]) -> None:
    """Let WUHAO_SCHEMES name these files alone, for this process and those it starts."""
    os.environ[FOLDER_VARIABLE] = "\n".join(str(path) for path in files if "\n" not in str(path))


def identity(path: Path) -> str | None:
    """Return the id that a file of a scheme states, or None. Raises SchemeError for a file that is no scheme."""
    status = path.stat()
    return _identity(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=256)
def _identity(path: Path, size: int, mtime: int) -> str | None:
    name = _load(path)[0].get("id")
    return name if isinstance(name, str) else None


def scheme_files() -> dict[str, Path]:
    """The schemes that can be named by id: the built-in ones and those that WUHAO_SCHEMES names.

    A file that cannot be read is left out here; naming it by path tells what is wrong.
    """
    files: dict[str, Path] = {}
    for path in (*_folder_files(BUILT_IN), *own_files()):
        try:
            name = identity(path)
        except (SchemeError, OSError):
            continue
        if name is not None:
            files.setdefault(name, path)
    return files


def own_file(name: str) -> Path | None:
    """The file of a scheme (id or path) that does not come with the package, or None for a built-in one."""
    path = scheme_files().get(name, Path(name))
    return None if path.parent == BUILT_IN else path


@lru_cache(maxsize=32)
def _cached(path: Path, size: int, mtime: int) -> s.Scheme:
    return read_scheme(path)


def _read_cached(path: Path) -> s.Scheme:
    try:
        stat = path.stat()
    except OSError as error:
        raise SchemeError.one(f"读不了方案文件“{path.name}”（{error.strerror}）") from error
    return _cached(path, stat.st_size, stat.st_mtime_ns)


def built_in_path(name: str) -> Path | None:
    """The file of a scheme id without reading the others: by its file name first."""
    return BUILT_IN / f"{name}.toml" if comes_along(name) else scheme_files().get(name)


def comes_along(name: str) -> bool:
    """Say whether an id is that of a scheme that comes with the program, which may be read without any care."""
    return name.replace("-", "").isalnum() and is_file(BUILT_IN / f"{name}.toml")


def built_in_schemes() -> tuple[s.Scheme, ...]:
    """The schemes that come with the package, in the order of their file names."""
    return tuple(_read_cached(path) for path in _folder_files(BUILT_IN))


def find_scheme(name: str) -> s.Scheme:
    """The scheme of an id or of a file's path.

    Raises SchemeError when there is none, or when the file is broken.
    """
    path = built_in_path(name)
    if path is None:
        path = Path(name)
        if not _exists(path):
            raise UnknownScheme(name, list(scheme_files()))
    return _read_cached(path)


class UnknownScheme(SchemeError):
    """No scheme of that id, and no such file; `problem` says which there are."""

    code = "unknown-scheme"

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__((SchemeFault(f"没有名为“{name}”的指标体系{did_you_mean(name, known)}"),))
        self.name, self.known = name, known

    @property
    def problem(self) -> Problem:
        """The fault as a problem of the catalogue."""
        return problem(self.code, value=self.name, name=self.name[:80], known="、".join(self.known))

    def __reduce__(self) -> tuple[type[UnknownScheme], tuple[object, ...]]:
        return UnknownScheme, (self.name, self.known)
