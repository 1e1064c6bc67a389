"""结果库.duckdb as a file: opening and verifying it, and its tables; rows are put into them and fetched from them.

Memory stays bounded however many workbooks there are: the tables are sorted and joined on disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.tables.schema import COMMITTEES, RESULT_TABLES, RUN_TABLES, Table

VERSION = "5"
"""The version of the tables. A file of an earlier one is migrated, one of a later one is set aside."""
EARLIER = ("3", "4")
LACKING = {"4": (("losses", "mend"),)}
"""What the tables of an earlier version do not have, which are like those of this one else; older ones are of another form."""
MEMORY = "128MB"
NUMBER = "result"
OWN_COLUMNS = {"result": "BIGINT", "key": "UBIGINT", "recipe": "VARCHAR", "run": "INTEGER", "unit_key": "VARCHAR"}
"""What the table of committees has besides: its number, the key it is found by, what it was made with, and in which run."""
_ABOUT = "layout VARCHAR, runs INTEGER"
_DURING_A_RUN = {
    "run_files": "file VARCHAR, sha256 VARCHAR, unit VARCHAR, committee VARCHAR, name VARCHAR, peer VARCHAR, shown VARCHAR, member INTEGER, late BOOLEAN, scheme VARCHAR, "
    "stage VARCHAR, report_date DATE, score DOUBLE, result BIGINT, reason VARCHAR, person VARCHAR, superior VARCHAR, asked_for BOOLEAN, received DATE",
    "run_in_failed": "file VARCHAR, code VARCHAR, message VARCHAR",
    "run_in_skipped": "file VARCHAR, reason VARCHAR",
    "run_choices": "committee VARCHAR, file VARCHAR, below BOOLEAN",
    "run_members": "member INTEGER, kind VARCHAR, parent VARCHAR, region VARCHAR",
    "run_chosen": "file VARCHAR, counted BOOLEAN, kept VARCHAR, kept_date DATE",
    "run_places": "file VARCHAR, id VARCHAR, label VARCHAR, place BIGINT",
    "run_settled": "file VARCHAR, score DOUBLE, result BIGINT",
    "run_order": "number BIGINT, file VARCHAR, shown VARCHAR, member INTEGER, late BOOLEAN, scheme VARCHAR, stage VARCHAR, place BIGINT, tied BOOLEAN, result BIGINT, last BIGINT",
}


class ForeignStore(Exception):
    """A file that is no store of this version of the program."""


class EarlierStore(Exception):
    """A store of an earlier version of the tables."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version


def definition(table: Table) -> str:
    """Return the columns of a table of results as SQL."""
    own = OWN_COLUMNS if table is COMMITTEES else {} if table in RUN_TABLES else {NUMBER: "BIGINT"}
    columns = [f"{name} {kind} NOT NULL" for name, kind in own.items()]
    columns += [f"{item.name} {item.kind}{'' if item.empty else ' NOT NULL'}" for item in table.columns]
    return ", ".join(columns)


@dataclass(frozen=True)
class Place:
    """Where the file of a store lies, and a folder of this run alone, the only one besides that the engine may read or write."""

    file: Path
    room: Path


def _by_a_name_that_is_text(place: Place) -> Path:
    """Return a path to the file that the engine can be given: where a folder's name is no UTF-8, by a link to the folder."""
    path = place.file.absolute()
    try:
        str(path).encode()
    except UnicodeEncodeError:
        link = place.room / "folder"
        if not link.is_symlink():
            link.symlink_to(path.parent, target_is_directory=True)
        return link / path.name
    return path


@lru_cache(maxsize=1)
def open_database(place: Place, read_only: bool = False) -> Any:
    """Open the file of the store, once until `end_run`: opening it costs more than most queries."""
    return opened(place, read_only)


def opened(place: Place, read_only: bool) -> Any:
    import duckdb

    path = str(_by_a_name_that_is_text(place))
    database = duckdb.connect(config={"threads": "2", "memory_limit": MEMORY})
    lock(database, Path(path), place.room)
    quoted = path.replace("'", "''")
    database.execute(f"ATTACH '{quoted}' AS store (TYPE duckdb{', READ_ONLY' if read_only else ''})")
    database.execute("USE store")
    return database


def lock(database: Any, path: Path, room: Path) -> None:
    """Let a connection read and write nothing but one file, what the engine puts beside it, and a folder; for good."""
    database.execute("SET autoload_known_extensions = false")
    database.execute("SET autoinstall_known_extensions = false")
    database.execute("SET temp_directory = ?", (f"{path}.tmp",))
    ends = ("", ".tmp", ".wal", ".wal.checkpoint", ".wal.recovery")
    database.execute("SET allowed_paths = ?", ([f"{path}{end}" for end in ends],))
    database.execute("SET allowed_directories = ?", ([str(room)],))
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")


@contextmanager
def connect(place: Place) -> Iterator[Any]:
    """Give the open database; a transaction that the body begins and does not end is undone."""
    database = open_database(place)
    try:
        yield database
    except BaseException:
        # There may be nothing to undo, which the engine calls an error.
        with suppress(Exception):
            database.rollback()
        if not _answers(database):
            # What turns out to be damaged closes itself for every further query.
            open_database.cache_clear()
        raise


def _answers(database: Any) -> bool:
    try:
        return bool(single(database, "SELECT layout FROM about"))
    # Whatever it says, it is of no use any more.
    except Exception:
        with suppress(Exception):
            database.close()
        return False


def single(database: Any, query: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
    """Return the one row that a query gives."""
    (row,) = database.execute(query, values).fetchall()
    found: tuple[Any, ...] = row
    return found


def insert(database: Any, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of those columns into a table; the others stay empty."""
    if rows:
        insert_columns(database, table, dict(zip(names, zip(*rows, strict=True), strict=True)))


def insert_columns(database: Any, table: str, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert columns of one length into those of the same name of a table."""
    database.register("incoming", {name: _array(values) for name, values in columns.items()})
    try:
        database.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
    finally:
        database.unregister("incoming")


def _array(values: Sequence[Any]) -> Any:
    """Return a column of values of one kind as the engine reads it; None is NULL.

    NumPy alone, for the process of the store has no other use for pandas, which takes half as long to load as a hundred results to keep.
    """
    import numpy as np

    kinds = {type(value) for value in values} - {type(None)}
    if kinds <= {str}:
        return np.array(values, dtype=object)
    if kinds == {date}:
        return np.array(values, dtype="datetime64[us]")
    kind = kinds.pop() if len(kinds) == 1 else float
    empty = [value is None for value in values]
    filled = [kind() if value is None else value for value in values]
    unsigned = kind is int and max(filled) > np.iinfo(np.int64).max
    return np.ma.masked_array(np.array(filled, dtype=np.uint64 if unsigned else kind), mask=empty)


def verify(place: Place) -> None:
    """Raise ForeignStore, EarlierStore, or what the engine raises, for a file that is no store of this version of the tables."""
    with opened(place, True) as database:
        verify_tables(database)


def verify_tables(database: Any) -> None:
    """Raise ForeignStore or EarlierStore for a database that has not the tables of this version."""
    (version,) = single(database, "SELECT layout FROM about")
    if version in EARLIER and version not in LACKING:
        raise EarlierStore(version)
    columns = database.execute(
        "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() "
        "WHERE database_name = 'store' AND NOT starts_with(table_name, 'run_')"
    ).fetchall()
    tables = {
        name for (name,) in database.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'store'").fetchall()
    }
    expected = [item for item in _expected_columns() if item[:2] not in LACKING.get(version, ())]
    if version not in (VERSION, *LACKING) or sorted(columns) != sorted(expected) or not {name for name, *_ in columns} <= tables:
        raise ForeignStore(str(version))
    if version != VERSION:
        raise EarlierStore(version)


def _expected_columns() -> Iterator[tuple[str, str, str, bool]]:
    """Yield table, name and type of every column that a store keeps, and whether it may be empty."""
    for name, columns in (*((table.name, definition(table)) for table in (*RESULT_TABLES, *RUN_TABLES)), ("about", _ABOUT)):
        for column in columns.split(", "):
            column_name, kind, *never_empty = column.split(" ")
            yield name, column_name, kind, not never_empty


def make_tables(database: Any) -> None:
    """Make the tables that a store keeps."""
    for table in (*RESULT_TABLES, *RUN_TABLES):
        database.execute(f"CREATE TABLE {table.name} ({definition(table)})")
    database.execute(f"CREATE TABLE about ({_ABOUT})")
    database.execute("INSERT INTO about VALUES (?, 0)", (VERSION,))


def begin_run(place: Place) -> None:
    """Make the kept tables where the file is new, and empty tables for this run."""
    fresh = not place.file.exists()
    with connect(place) as database:
        database.execute("BEGIN")
        if fresh:
            make_tables(database)
        database.execute("UPDATE about SET runs = runs + 1")
        for name, columns in _DURING_A_RUN.items():
            database.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        database.execute("COMMIT")


def end_run(place: Place, lists: Iterable[str]) -> None:
    """Drop the tables of this run, also those of its lists, and close the file."""
    with connect(place) as database:
        database.execute("BEGIN")
        for name in (*_DURING_A_RUN, *(f"run_{name}" for name in lists)):
            database.execute(f"DROP TABLE IF EXISTS {name}")
        database.execute("COMMIT")
        database.execute("CHECKPOINT")
        database.close()
    open_database.cache_clear()
