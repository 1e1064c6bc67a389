"""结果库.duckdb as a file: opening and verifying it, its tables, and the plain file beside it that holds the records of a run.

Memory stays bounded however many workbooks there are: the tables are sorted and joined on disk, and what is large, the records
themselves, lies in the plain file in the order in which it came and is read from there.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from wuhao_report.files.folders import without_link

LAYOUT = "3"
"""A store of another layout is not read. Results of another version of the program are, but only as last reports (their recipe differs)."""
MEMORY = "128MB"
_KEPT_TABLES = (
    "results (key UBIGINT, sha256 VARCHAR, recipe VARCHAR, committee VARCHAR, scheme VARCHAR, scheme_hash VARCHAR, stage VARCHAR, report_date DATE, "
    "score DOUBLE, waits BOOLEAN, run INTEGER, data BLOB)",
    "about (layout VARCHAR, runs INTEGER)",
)
_RUN_TABLES = {
    "run_files": "file VARCHAR, sha256 VARCHAR, unit VARCHAR, committee VARCHAR, name VARCHAR, peer VARCHAR, shown VARCHAR, member INTEGER, late BOOLEAN, scheme VARCHAR, "
    "stage VARCHAR, report_date DATE, score DOUBLE, start BIGINT, size INTEGER, reason VARCHAR, person VARCHAR",
    "run_among": "file VARCHAR, id VARCHAR, label VARCHAR, value DOUBLE",
    "run_in_failed": "file VARCHAR, code VARCHAR, message VARCHAR",
    "run_in_skipped": "file VARCHAR, reason VARCHAR",
    "run_chosen": "file VARCHAR, counted BOOLEAN, kept VARCHAR, kept_date DATE",
    "run_places": "file VARCHAR, id VARCHAR, label VARCHAR, place BIGINT",
    "run_settled": "file VARCHAR, score DOUBLE, start BIGINT, size INTEGER",
    "run_order": "number BIGINT, file VARCHAR, member INTEGER, late BOOLEAN, place BIGINT, tied BOOLEAN, start BIGINT, size INTEGER, last BIGINT",
    "run_before": "number BIGINT, start BIGINT, size INTEGER",
}

Span = tuple[int, int]
"""Where something begins in the plain file, and how many bytes it is long."""


class ForeignStore(Exception):
    """A file that is no store of this version of the program."""


@lru_cache(maxsize=1)
def _by_a_name_that_is_text(path: Path) -> Path:
    """Return a path to the same file that the engine can be given: where a folder's name is no UTF-8, by a link to the folder.

    `end_run` takes the link away.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        link = Path(tempfile.mkdtemp(prefix="wuhao-"), "folder")
        link.symlink_to(path.parent.absolute(), target_is_directory=True)
        return link / path.name
    return path


@lru_cache(maxsize=1)
def open_database(path: Path, read_only: bool = False) -> Any:
    """Open the file of the store, once until `end_run`: opening it costs more than most queries."""
    import duckdb

    # Nothing outside the file is ever read, and no extension loaded.
    return duckdb.connect(
        str(_by_a_name_that_is_text(path)),
        read_only=read_only,
        config={"enable_external_access": "false", "lock_configuration": "true", "threads": "2", "memory_limit": MEMORY},
    )


@contextmanager
def connect(path: Path) -> Iterator[Any]:
    """Give the open database; a transaction that the body begins and does not end is undone."""
    database = open_database(path)
    try:
        yield database
    except BaseException:
        # There may be nothing to undo, which the engine calls an error.
        with suppress(Exception):
            database.rollback()
        raise


def insert(database: Any, table: str, types: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert many rows at once, column by column."""
    if rows:
        columns = ", ".join(f"unnest(${number}::{kind}[])" for number, kind in enumerate(types, 1))
        database.execute(f"INSERT INTO {table} SELECT {columns}", [list(column) for column in zip(*rows, strict=True)])


def verify(path: Path) -> None:
    """Raise ForeignStore, or what the engine raises, for a file that is no store of this version of the program."""
    with open_database.__wrapped__(path, True) as database:
        layout = database.execute("SELECT layout FROM about").fetchone()
        if layout != (LAYOUT,):
            raise ForeignStore(str(layout))
        columns = database.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal AND NOT starts_with(table_name, 'run_') "
            "ORDER BY table_name DESC, column_index"
        ).fetchall()
        tables = database.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name IN ('results', 'about')").fetchone()
        if tables != (2,) or columns != _expected_columns():
            raise ForeignStore("tables")


def _expected_columns() -> list[tuple[str, str, str]]:
    """Return table, name and type of every column that a store of this layout keeps."""
    expected = []
    for table in _KEPT_TABLES:
        name, _, columns = table.partition(" ")
        for column in columns.strip("()").split(", "):
            column_name, kind = column.split(" ")
            expected.append((name, column_name, kind))
    return expected


def begin_run(path: Path) -> None:
    """Make the kept tables where the file is new, and empty tables for this run."""
    fresh = not path.exists()
    with connect(path) as database:
        database.execute("BEGIN")
        for table in _KEPT_TABLES if fresh else ():
            database.execute(f"CREATE TABLE {table}")
        if fresh:
            database.execute("INSERT INTO about VALUES (?, 0)", (LAYOUT,))
        database.execute("UPDATE about SET runs = runs + 1")
        for name, columns in _RUN_TABLES.items():
            database.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        database.execute("COMMIT")
    without_link(record_file(path)).unlink(missing_ok=True)
    record_file(path).touch(mode=0o600)


def end_run(path: Path, lists: Iterable[str]) -> None:
    """Drop the tables of this run, also those of its lists, and close the file."""
    with connect(path) as database:
        for name in (*_RUN_TABLES, *(f"run_{name}" for name in lists)):
            database.execute(f"DROP TABLE IF EXISTS {name}")
        database.close()
    open_database.cache_clear()
    if (opened := _by_a_name_that_is_text(path)) != path:
        shutil.rmtree(opened.parents[1], ignore_errors=True)
    _by_a_name_that_is_text.cache_clear()
    record_file(path).unlink(missing_ok=True)


# The plain file beside the database


def record_file(path: Path) -> Path:
    """Return the path of the plain file beside a store that holds the records of a run."""
    return path.with_name(f".{path.stem}.run")


def append_records(path: Path, records: Iterable[bytes]) -> list[Span]:
    """Append records to the plain file, and return where each lies."""
    spans = []
    with record_file(path).open("ab") as stream:
        start = stream.tell()
        for data in records:
            stream.write(data)
            spans.append((start, len(data)))
            start += len(data)
    return spans


def read_records(path: Path, spans: Iterable[tuple[int | None, int | None]]) -> Iterator[bytes | None]:
    """Yield what lies at each span of the plain file; None for no span."""
    with record_file(path).open("rb") as stream:
        for start, size in spans:
            if start is None or size is None:
                yield None
            else:
                stream.seek(start)
                yield stream.read(size)
