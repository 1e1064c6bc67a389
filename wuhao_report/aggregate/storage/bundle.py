"""汇总包.wuhao: the results of an aggregate as one small file, so that the level above calculates with the same figures without the workbooks.

A zip with the tables of results as Parquet, the roster, the files, and a manifest with the hash of each. It comes by mail: nothing in it
counts before all of it has been inspected. Bundles of versions up to 0.4 are read too.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, Any

from wuhao_report import __version__
from wuhao_report.aggregate.records import CommitteeRecord
from wuhao_report.aggregate.roster import Exclusion, Member, Roster
from wuhao_report.aggregate.rows import Failed, Skipped
from wuhao_report.aggregate.storage import earlier
from wuhao_report.aggregate.storage.database import MEMORY, insert, lock, single
from wuhao_report.aggregate.tables import RESULT_TABLES, NotARecord, Rows, record_of_rows
from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.problems import Problem, problem
from wuhao_report.core.text import CONTROL, one_line
from wuhao_report.report.json_form import TOOL

NAME, MANIFEST = "汇总包.wuhao", "manifest.json"
LAYOUT = 3
LISTS = {
    "received": "number BIGINT, file VARCHAR, result BIGINT, member BIGINT, reason VARCHAR, person VARCHAR",
    "failed": "number BIGINT, file VARCHAR, code VARCHAR, message VARCHAR",
    "skipped": "number BIGINT, file VARCHAR, reason VARCHAR",
    "members": "number BIGINT, unit VARCHAR, kind VARCHAR, parent VARCHAR, due DATE, aliases VARCHAR, asked BOOLEAN",
    "exclusions": "member BIGINT, unit VARCHAR, reason VARCHAR, person VARCHAR, day DATE",
}
"""The tables of a bundle besides those of results: the files, and the roster."""
PARTS = (*(table.name for table in RESULT_TABLES), *LISTS)
MOST_TEXT = 2000
MOST_MEMBERS = 2_000_000
LEAST_MEMBERS, MEMBER_BYTES = 1_000, 6
"""A bundle may have so many members whatever its size, and more where it is large: a different name takes so many bytes, deflated."""
MOST_ALIASES = 50
LEAST_RESULTS, RESULT_BYTES = 1_000, 32
"""A bundle may have so many results whatever its size, and more where it is large: the hash of a workbook alone takes so many bytes."""
ROWS_OF_ONE, LONGEST_TEXT = 1_000, 64_000
"""So many rows of a table each result may have on an average, and the longest text of a cell."""
LEAST_LISTED, LISTED_OF_ONE = 10_000, 10
"""So many other files a bundle may name whatever it holds, and for each result."""
MOST_NAMED = 50
"""The largest number of its files that a manifest names."""
MOST_MANIFEST = 2**20
PAGE, MOST_ROWS = 128, 1_000_000
"""So many results are read at once, and at most so many of their rows of a table; real ones have a few hundred each."""
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class NotABundle(WuhaoError):
    """A file that is no 汇总包, or one that is not as it was written."""

    def __init__(self, why: str) -> None:
        super().__init__(f"不是完好的汇总包（{why}），请对方重新发送。")
        self.why = why

    def __reduce__(self) -> tuple[type[NotABundle], tuple[str]]:
        return NotABundle, (self.why,)

    def problem(self, file: str) -> Problem:
        """Return the problem of the file that is no bundle."""
        return problem("not-a-pack", file=file, why=self.why)


@dataclass(frozen=True)
class BundledRecord:
    """One result in a bundle: the number of its member on the bundle's own roster, and why it was excluded, if it was."""

    record: CommitteeRecord
    member: int | None = None
    reason: str | None = None
    person: str = ""


@dataclass(frozen=True)
class Manifest:
    """What a bundle is: the hash of the options it was made with, its roster, if it had one, and the first of its files."""

    recipe: str
    roster: Roster | None
    first_files: tuple[str, ...]


# Writing


def write_parts(database: Any, folder: Path, roster: Roster | None) -> None:
    """Write the tables of a bundle into a folder, from the tables of a run.

    Results are numbered in the order of files, so that equal runs give equal bytes whatever else the store keeps.
    """
    database.execute("CREATE OR REPLACE TEMP TABLE numbered AS SELECT number, result FROM run_records")
    for table in RESULT_TABLES:
        columns = ", ".join(f"t.{name}" for name in table.names)
        _copy(
            database,
            folder / f"{table.name}.parquet",
            f"SELECT n.number AS result, {columns} FROM {table.name} t JOIN numbered n USING (result) ORDER BY n.number, t.rowid",
        )
    _copy(
        database,
        folder / "received.parquet",
        "SELECT number, file, number AS result, member::BIGINT AS member, reason, person FROM run_records ORDER BY number",
    )
    _copy(database, folder / "failed.parquet", "SELECT number, file, code, message FROM run_failed ORDER BY number")
    _copy(database, folder / "skipped.parquet", "SELECT number, file, reason FROM run_skipped ORDER BY number")
    for name, rows in (("members", _member_rows(roster)), ("exclusions", _exclusion_rows(roster))):
        columns = LISTS[name]
        database.execute(f"CREATE OR REPLACE TEMP TABLE roster_{name} ({columns})")
        insert(database, f"roster_{name}", [column.split(" ")[0] for column in columns.split(", ")], rows)
        _copy(database, folder / f"{name}.parquet", f"SELECT * FROM roster_{name} ORDER BY rowid")


def _copy(database: Any, path: Path, query: str) -> None:
    quoted = str(path).replace("'", "''")
    database.execute(f"COPY ({query}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)")


def _member_rows(roster: Roster | None) -> list[tuple[Any, ...]]:
    members = roster.members if roster else ()
    return [
        (
            number,
            *map(_text, (item.unit, item.kind, item.parent)),
            item.due,
            "\n".join(map(_text, item.aliases[:MOST_ALIASES])),
            item.asked,
        )
        for number, item in enumerate(members)
    ]


def _exclusion_rows(roster: Roster | None) -> list[tuple[Any, ...]]:
    if roster is None:
        return []
    decided = [(None, item) for item in roster.exclusions] + list(roster.decisions)
    return [(number, *map(_text, (item.unit, item.reason, item.person)), item.day) for number, item in decided]


def write_bundle(stream: IO[bytes], folder: Path, recipe: str, with_roster: bool) -> None:
    """Write the parts in a folder as a bundle; equal parts give equal bytes."""
    hashes = {f"{name}.parquet": _digest(folder / f"{name}.parquet") for name in PARTS}
    about = {
        "wuhao": "汇总包",
        "layout": LAYOUT,
        "tool": f"{TOOL} {__version__}",
        "recipe": recipe,
        "roster": with_roster,
        "sha256": hashes,
    }
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as package:
        package.writestr(zipfile.ZipInfo(MANIFEST, _ZIP_TIME), json.dumps(about, ensure_ascii=False, indent=1))
        for name in hashes:
            with (
                package.open(zipfile.ZipInfo(name, _ZIP_TIME), "w", force_zip64=True) as part,
                (folder / name).open("rb") as source,
            ):
                shutil.copyfileobj(source, part)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# Reading


def is_earlier(path: Path) -> bool:
    """Say whether a bundle is of a version up to 0.4."""
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def inspect_bundle(path: Path, room: Path) -> Manifest:
    """Read a bundle to its end, compare its hashes, and return what it is; its parts are laid into `room`.

    Raises NotABundle, OSError.
    """
    try:
        if is_earlier(path):
            return _inspect_earlier(path)
        about = unpack(path, room)
        import duckdb

        with duckdb.connect(config={"threads": "2", "memory_limit": MEMORY}) as database:
            lock(database, room / "none", room)
            _check_parts(database, room)
            members = _members(database, room) if about["roster"] is True else None
            files = database.execute(f"SELECT file FROM {_part(room, 'received')} ORDER BY number LIMIT {MOST_NAMED}").fetchall()
            return Manifest(_text(about["recipe"]), members, tuple(_text(file) for (file,) in files))
    except (NotABundle, OSError):
        raise
    except earlier.Damaged as error:
        raise NotABundle(str(error)) from error
    # Whatever the engine says of a part that is none.
    except Exception as error:
        raise NotABundle("内容不合格式") from error


def unpack(path: Path, room: Path) -> dict[str, Any]:
    """Lay the parts of a bundle into a folder, and return its manifest.

    Raises NotABundle, OSError.
    """
    try:
        with zipfile.ZipFile(path) as package:
            if sorted(package.namelist()) != sorted([MANIFEST, *(f"{name}.parquet" for name in PARTS)]):
                raise NotABundle("由另一版软件生成" if MANIFEST in package.namelist() else "不是汇总包")
            # Parts are stored as they are, so that none is larger than the bundle.
            if any(item.compress_type != zipfile.ZIP_STORED or item.flag_bits & 1 for item in package.infolist()):
                raise NotABundle("打不开")
            with package.open(MANIFEST) as part:
                about = json.loads(part.read(MOST_MANIFEST))
            if type(about) is not dict or about.get("wuhao") != "汇总包":
                raise NotABundle("不是汇总包")
            if about.get("layout") != LAYOUT:
                raise NotABundle("由另一版软件生成")
            for name in PARTS:
                target = room / f"{name}.parquet"
                with package.open(f"{name}.parquet") as part, target.open("wb") as made:
                    shutil.copyfileobj(part, made)
                if about["sha256"].get(f"{name}.parquet") != _digest(target):
                    raise NotABundle("内容被改动过")
            return about
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise NotABundle("打不开") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotABundle("内容不合格式") from error


def _part(room: Path, name: str, option: str = "") -> str:
    quoted = str(room / f"{name}.parquet").replace("'", "''")
    return f"read_parquet('{quoted}'{', ' + option if option else ''})"


def _check_parts(database: Any, room: Path) -> None:
    """Raise NotABundle where a part has other columns than it should, or more rows or longer texts than it may."""
    size = sum((room / f"{name}.parquet").stat().st_size for name in PARTS)
    results, _ = _size(database, room, "committees", LEAST_RESULTS + size // RESULT_BYTES)
    for name in PARTS:
        listed = LEAST_MEMBERS + size // MEMBER_BYTES if name == "members" else LEAST_LISTED + LISTED_OF_ONE * results
        rows, longest = _size(database, room, name, listed if name in LISTS else ROWS_OF_ONE * results)
        if longest > LONGEST_TEXT:
            raise NotABundle("内容过长")
        if name == "received" and rows != results:
            raise NotABundle("文件与结果不符")


def _size(database: Any, room: Path, name: str, most: int) -> tuple[int, int]:
    """Return how many rows a part has, and the length of its longest text in bytes; raises NotABundle for more rows than `most`."""
    columns = [(column, kind) for column, kind, *_ in database.execute(f"DESCRIBE FROM {_part(room, name)}").fetchall()]
    if columns != expected_columns(name):
        raise NotABundle("内容不合格式")
    texts = [f"max(strlen({column}))" for column, kind in columns if kind == "VARCHAR"] or ["0"]
    rows, longest = single(
        database, f"SELECT count(*), greatest(0, {', '.join(texts)}) FROM (FROM {_part(room, name)} LIMIT {most + 1})"
    )
    if rows > most:
        raise NotABundle("名单过长" if name == "members" else "内容过长")
    return rows, longest


def expected_columns(name: str) -> list[tuple[str, str]]:
    """Return the names and types of the columns of a part."""
    if name in LISTS:
        return [(column, kind) for column, kind in (item.split(" ") for item in LISTS[name].split(", "))]
    table = next(table for table in RESULT_TABLES if table.name == name)
    return [("result", "BIGINT"), *((column.name, column.kind) for column in table.columns)]


def _members(database: Any, room: Path) -> Roster:
    rows = database.execute(f"SELECT * FROM {_part(room, 'members')} ORDER BY number").fetchall()
    members = tuple(_member(*row[1:]) for row in rows)
    exclusions: list[Exclusion] = []
    decisions: list[tuple[int, Exclusion]] = []
    for number, unit, reason, person, day in database.execute(f"SELECT * FROM {_part(room, 'exclusions')}").fetchall():
        item = Exclusion(_text(unit), _text(reason), _text(person), _day(day))
        if number is None:
            exclusions.append(item)
        elif 0 <= number < len(members):
            decisions.append((number, item))
        else:
            raise NotABundle("名单与结果不符")
    return Roster(members, tuple(exclusions), decisions=tuple(decisions))


def _member(unit: Any, kind: Any, parent: Any, due: Any, aliases: Any, asked: Any = True) -> Member:
    names = tuple(_text(name) for name in aliases.split("\n")) if aliases else ()
    if len(names) > MOST_ALIASES:
        raise NotABundle("名单不合格式")
    return Member(_text(unit), _text(kind), _text(parent), _day(due), names, asked is True)


def read_bundle(path: Path, within: str, database: Any, room: Path) -> Iterator[BundledRecord | Failed | Skipped]:
    """Yield what a bundle holds, each file named below `within`; only to be called after inspect_bundle has found it whole.

    Raises NotABundle, OSError.
    """
    try:
        if is_earlier(path):
            yield from _read_earlier(path, within)
            return
        unpack(path, room)
        _check_parts(database, room)
        yield from _records(database, room, within)
        for file, code, message in _listed(database, room, "failed", "file, code, message"):
            yield Failed(f"{within}/{_text(file)}", _text(code), _text(message))
        for file, reason in _listed(database, room, "skipped", "file, reason"):
            yield Skipped(f"{within}/{_text(file)}", _text(reason))
    except (NotABundle, OSError):
        raise
    except earlier.Damaged as error:
        raise NotABundle(str(error)) from error
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise NotABundle("内容不合格式") from error


def _listed(database: Any, room: Path, name: str, columns: str) -> Iterator[tuple[Any, ...]]:
    cursor = database.cursor().execute(f"SELECT {columns} FROM {_part(room, name)} ORDER BY number")
    while rows := cursor.fetchmany(PAGE):
        yield from rows


def _records(database: Any, room: Path, within: str) -> Iterator[BundledRecord]:
    """Yield the results, page by page in the order of their numbers, which is that of their rows."""
    results, numbers = single(database, f"SELECT count(*), count(DISTINCT result) FROM {_part(room, 'received')}")
    if results != numbers:
        raise NotABundle("同一个结果出现了两次")
    after = 0
    while page := database.execute(
        f"SELECT result, file, member, reason, person FROM {_part(room, 'received')} WHERE result > ? ORDER BY result LIMIT {PAGE}",
        (after,),
    ).fetchall():
        rows = _rows(database, room, after, page[-1][0], [number for number, *_ in page])
        for number, file, member, reason, person in page:
            if member is not None and not 0 <= member < MOST_MEMBERS:
                raise NotABundle("名单与结果不符")
            record = record_of_rows(f"{within}/{_text(file)}", rows[number])
            yield BundledRecord(
                replace(record, unit=_text(record.unit)), member, None if reason is None else _text(reason), _text(person or "")
            )
        after = page[-1][0]


def _rows(database: Any, room: Path, after: int, last: int, numbers: Sequence[int]) -> Mapping[int, Rows]:
    """Return the rows of the results with those numbers, which lie above `after` and up to `last`; none has a character that no text of ours has."""
    rows: dict[int, Rows] = {number: {table.name: [] for table in RESULT_TABLES} for number in numbers}
    for table in RESULT_TABLES:
        columns = ", ".join(table.names)
        cursor = database.cursor().execute(
            f"SELECT result, {columns} FROM {_part(room, table.name, 'file_row_number = true')} WHERE result > ? AND result <= ? "
            f"ORDER BY file_row_number LIMIT {MOST_ROWS}",
            (after, last),
        )
        while found := cursor.fetchmany(4096):
            for number, *values in found:
                if any(isinstance(value, str) and CONTROL.search(value) for value in values):
                    raise NotABundle("内容不合格式")
                if number in rows:
                    rows[number][table.name].append(tuple(values))
    return rows


# Bundles of versions up to 0.4


class _Inspection:
    """What the lines of an earlier bundle have shown so far."""

    def __init__(self, most_members: int) -> None:
        self._most_members = most_members
        self._recipe: str | None = None
        self._with_roster = False
        self._members: list[Member] = []
        self._exclusions: list[Exclusion] = []
        self._decisions: list[tuple[int, Exclusion]] = []
        self._first_files: list[str] = []

    def take(self, value: dict[str, Any]) -> None:
        """Take the next line; raises NotABundle, KeyError, ValueError or TypeError for one that cannot stand there."""
        if self._recipe is None:
            if value.get("wuhao") != "汇总包":
                raise NotABundle("不是汇总包")
            if value.get("layout") != earlier.BUNDLE_LAYOUT:
                raise NotABundle("由另一版软件生成")
            self._recipe, self._with_roster = _text(value["recipe"]), value["roster"] is True
        elif "return" in value:
            self._first_files += [_text(value["file"])] if len(self._first_files) < MOST_NAMED else []
        elif "member" in value:
            unit, kind, parent, due, aliases = value["member"]
            self._members.append(_member(unit, kind, parent, due, "\n".join(map(_text, aliases))))
            if len(self._members) > self._most_members:
                raise NotABundle("名单过长")
        elif "exclusion" in value:
            self._take_exclusion(*value["exclusion"])

    def _take_exclusion(self, unit: Any, reason: Any, person: Any, day: Any, number: Any = None) -> None:
        exclusion = Exclusion(_text(unit), _text(reason), _text(person), _day(day))
        if number is None:
            self._exclusions.append(exclusion)
        elif type(number) is int and 0 <= number < len(self._members):
            self._decisions.append((number, exclusion))
        else:
            raise TypeError("number")

    def manifest(self) -> Manifest:
        """Return what the bundle is; raises NotABundle for one without a line."""
        if self._recipe is None:
            raise NotABundle("不完整")
        roster = Roster(tuple(self._members), tuple(self._exclusions), decisions=tuple(self._decisions))
        return Manifest(self._recipe, roster if self._with_roster else None, tuple(self._first_files))


def _inspect_earlier(path: Path) -> Manifest:
    inspection = _Inspection(min(MOST_MEMBERS, LEAST_MEMBERS + path.stat().st_size // MEMBER_BYTES))
    for value in earlier.bundle_lines(path):
        inspection.take(value)
    return inspection.manifest()


def _read_earlier(path: Path, within: str) -> Iterator[BundledRecord | Failed | Skipped]:
    for value in earlier.bundle_lines(path):
        if "return" in value:
            yield _earlier_record(value, within)
        elif "failed" in value:
            file, code, message = map(_text, value["failed"])
            yield Failed(f"{within}/{file}", code, message)
        elif "skipped" in value:
            file, reason = map(_text, value["skipped"])
            yield Skipped(f"{within}/{file}", reason)


def _earlier_record(value: dict[str, Any], within: str) -> BundledRecord:
    file = f"{within}/{_text(value['file'])}"
    if _has_commands(value["return"]):
        raise TypeError("control characters")
    record = earlier.record_of_text(json.dumps(value["return"]))
    member, excluded = value["member"], value["left"]
    if member is not None and (type(member) is not int or not 0 <= member < MOST_MEMBERS):
        raise TypeError("member")
    return BundledRecord(replace(record, file=file, unit=_text(record.unit)), member, *(map(_text, excluded) if excluded else ()))


def _has_commands(value: Any) -> bool:
    """Say whether a text in a value holds a character that no text of ours has, for a screen might take it for a command."""
    if isinstance(value, str):
        return CONTROL.search(value) is not None
    return isinstance(value, list) and any(map(_has_commands, value))


def _text(value: Any) -> str:
    """Return a text of one line that a screen can show, whatever stood in the roster or in the name of the file."""
    if type(value) is not str:
        raise NotARecord("text")
    return one_line(value[:MOST_TEXT])


def _day(value: Any) -> date | None:
    if value is None:
        return None
    return value if type(value) is date else date.fromisoformat(_text(value))
