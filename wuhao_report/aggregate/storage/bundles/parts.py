"""The tables of a bundle as Parquet: those of the results, the files, the roster; written, checked, and read page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.roster.model import Exclusion, Roster
from wuhao_report.aggregate.storage.bundles.items import (
    LEAST_MEMBERS,
    MEMBER_BYTES,
    MOST_ALIASES,
    MOST_MEMBERS,
    BundledRecord,
    NotABundle,
    day_of,
    member_of,
    text_of,
)
from wuhao_report.aggregate.storage.database import insert, single
from wuhao_report.aggregate.tables.rows import Rows, record_of_rows
from wuhao_report.aggregate.tables.schema import RESULT_TABLES
from wuhao_report.core.text import CONTROL

LISTS = {
    "received": "number BIGINT, file VARCHAR, result BIGINT, member BIGINT, reason VARCHAR, person VARCHAR, asked BOOLEAN, chosen BOOLEAN",
    "failed": "number BIGINT, file VARCHAR, code VARCHAR, message VARCHAR",
    "skipped": "number BIGINT, file VARCHAR, reason VARCHAR",
    "members": "number BIGINT, unit VARCHAR, kind VARCHAR, parent VARCHAR, due DATE, aliases VARCHAR, asked BOOLEAN",
    "exclusions": "member BIGINT, unit VARCHAR, reason VARCHAR, person VARCHAR, day DATE",
}
"""The tables of a bundle besides those of results: the files, and the roster."""
PARTS = (*(table.name for table in RESULT_TABLES), *LISTS)
LEAST_RESULTS, RESULT_BYTES = 1_000, 32
"""A bundle may have so many results whatever its size, and more where it is large: the hash of a workbook alone takes so many bytes."""
ROWS_OF_ONE, LONGEST_TEXT = 1_000, 64_000
"""So many rows of a table each result may have on an average, and the longest text of a cell."""
LEAST_LISTED, LISTED_OF_ONE = 10_000, 10
"""So many other files a bundle may name whatever it holds, and for each result."""
Lacking = Collection[tuple[str, str]]
"""Columns, by table and name, that the bundle of an earlier layout does not have."""
PAGE, MOST_ROWS = 128, 1_000_000
"""So many results are read at once, and at most so many of their rows of a table; real ones have a few hundred each."""


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
        "SELECT number, file, number AS result, member::BIGINT AS member, reason, person, asked_for AS asked, chosen FROM run_records ORDER BY number",
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
            *map(text_of, (item.unit, item.kind, item.parent)),
            item.due,
            "\n".join(map(text_of, item.aliases[:MOST_ALIASES])),
            item.asked,
        )
        for number, item in enumerate(members)
    ]


def _exclusion_rows(roster: Roster | None) -> list[tuple[Any, ...]]:
    if roster is None:
        return []
    decided = [(None, item) for item in roster.exclusions] + list(roster.decisions)
    return [(number, *map(text_of, (item.unit, item.reason, item.person)), item.day) for number, item in decided]


# Reading


def part_query(room: Path, name: str, option: str = "") -> str:
    quoted = str(room / f"{name}.parquet").replace("'", "''")
    return f"read_parquet('{quoted}'{', ' + option if option else ''})"


def check_parts(database: Any, room: Path, lacking: Lacking = ()) -> None:
    """Raise NotABundle where a part has other columns than it should, or more rows or longer texts than it may."""
    size = sum((room / f"{name}.parquet").stat().st_size for name in PARTS)
    results, _ = _size(database, room, "committees", LEAST_RESULTS + size // RESULT_BYTES, lacking)
    for name in PARTS:
        listed = LEAST_MEMBERS + size // MEMBER_BYTES if name == "members" else LEAST_LISTED + LISTED_OF_ONE * results
        rows, longest = _size(database, room, name, listed if name in LISTS else ROWS_OF_ONE * results, lacking)
        if longest > LONGEST_TEXT:
            raise NotABundle("内容过长")
        if name == "received" and rows != results:
            raise NotABundle("文件与结果不符")


def _size(database: Any, room: Path, name: str, most: int, lacking: Lacking) -> tuple[int, int]:
    """Return how many rows a part has, and the length of its longest text in bytes; raises NotABundle for more rows than `most`."""
    columns = [(column, kind) for column, kind, *_ in database.execute(f"DESCRIBE FROM {part_query(room, name)}").fetchall()]
    if columns != [(column, kind) for column, kind in expected_columns(name) if (name, column) not in lacking]:
        raise NotABundle("内容不合格式")
    texts = [f"max(strlen({column}))" for column, kind in columns if kind == "VARCHAR"] or ["0"]
    rows, longest = single(
        database, f"SELECT count(*), greatest(0, {', '.join(texts)}) FROM (FROM {part_query(room, name)} LIMIT {most + 1})"
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


def read_roster(database: Any, room: Path) -> Roster:
    rows = database.execute(f"SELECT * FROM {part_query(room, 'members')} ORDER BY number").fetchall()
    members = tuple(member_of(*row[1:]) for row in rows)
    exclusions: list[Exclusion] = []
    decisions: list[tuple[int, Exclusion]] = []
    for number, unit, reason, person, day in database.execute(f"SELECT * FROM {part_query(room, 'exclusions')}").fetchall():
        item = Exclusion(text_of(unit), text_of(reason), text_of(person), day_of(day))
        if number is None:
            exclusions.append(item)
        elif 0 <= number < len(members):
            decisions.append((number, item))
        else:
            raise NotABundle("名单与结果不符")
    return Roster(members, tuple(exclusions), decisions=tuple(decisions))


def listed_rows(database: Any, room: Path, name: str, columns: str) -> Iterator[tuple[Any, ...]]:
    cursor = database.cursor().execute(f"SELECT {columns} FROM {part_query(room, name)} ORDER BY number")
    while rows := cursor.fetchmany(PAGE):
        yield from rows


def read_records(database: Any, room: Path, within: str, lacking: Lacking = ()) -> Iterator[BundledRecord]:
    """Yield the results, page by page in the order of their numbers, which is that of their rows."""
    results, numbers = single(database, f"SELECT count(*), count(DISTINCT result) FROM {part_query(room, 'received')}")
    if results != numbers:
        raise NotABundle("同一个结果出现了两次")
    after = 0
    while page := database.execute(
        f"SELECT result, file, member, reason, person, asked, chosen FROM {part_query(room, 'received')} WHERE result > ? ORDER BY result LIMIT {PAGE}",
        (after,),
    ).fetchall():
        rows = _rows(database, room, (after, page[-1][0]), [number for number, *_ in page], lacking)
        for number, file, member, reason, person, asked, chosen in page:
            if member is not None and not 0 <= member < MOST_MEMBERS:
                raise NotABundle("名单与结果不符")
            record = record_of_rows(f"{within}/{text_of(file)}", rows[number])
            yield BundledRecord(
                replace(record, unit=text_of(record.unit)),
                member,
                None if reason is None else text_of(reason),
                text_of(person or ""),
                asked is not False,
                chosen is True,
            )
        after = page[-1][0]


def _rows(database: Any, room: Path, bounds: tuple[int, int], numbers: Sequence[int], lacking: Lacking) -> Mapping[int, Rows]:
    """Return the rows of the results with those numbers, which lie above the first of the bounds and up to the last.

    None has a character that no text of ours has; columns that are lacking are empty.
    """
    rows: dict[int, Rows] = {number: {table.name: [] for table in RESULT_TABLES} for number in numbers}
    for table in RESULT_TABLES:
        columns = ", ".join(f"NULL AS {name}" if (table.name, name) in lacking else name for name in table.names)
        cursor = database.cursor().execute(
            f"SELECT result, {columns} FROM {part_query(room, table.name, 'file_row_number = true')} WHERE result > ? AND result <= ? "
            f"ORDER BY file_row_number LIMIT {MOST_ROWS}",
            bounds,
        )
        while found := cursor.fetchmany(4096):
            for number, *values in found:
                if any(isinstance(value, str) and CONTROL.search(value) for value in values):
                    raise NotABundle("内容不合格式")
                if number in rows:
                    rows[number][table.name].append(tuple(values))
    return rows
