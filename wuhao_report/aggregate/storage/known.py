"""What this user's own runs have judged, by the hashes of workbook and rules and the version of the program, in the user's own cache.

It only speeds a run up: deleted, damaged or left half written by a kill, it costs time and nothing else. SQLite, because several runs
at once may read and write it, which DuckDB does not allow of one file. What lies in a folder of outputs is never taken for it.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from wuhao_report.aggregate.tables.exact import NotARecord
from wuhao_report.aggregate.tables.rows import CommitteeTables, from_json, to_json
from wuhao_report.files.cache import cached

SECONDS = 5.0
"""So long one run waits for another to have written."""
MOST_RUNS = 200
"""What has not been asked for in so many runs is forgotten."""
AT_ONCE = 500
_TABLES = (
    "CREATE TABLE IF NOT EXISTS results (recipe TEXT, sha256 TEXT, run INTEGER, data BLOB, PRIMARY KEY (recipe, sha256)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS runs (number INTEGER)",
)


def place() -> Path:
    """Return where this user's results are kept."""
    return cached("汇总", "评价结果.sqlite")


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, timeout=SECONDS)) as database, database:
        for table in _TABLES:
            database.execute(table)
        yield database


def known_results(path: Path, recipe: str, hashes: Sequence[str]) -> dict[str, CommitteeTables]:
    """Return, by hash of a workbook, its result by that recipe; only records that name that very hash themselves."""
    results: dict[str, CommitteeTables] = {}
    try:
        with _opened(path) as database:
            (run,) = database.execute("SELECT coalesce(max(number), 0) FROM runs").fetchone()
            for at in range(0, len(hashes), AT_ONCE):
                some = hashes[at : at + AT_ONCE]
                marks = ", ".join("?" * len(some))
                found = database.execute(
                    f"SELECT sha256, data FROM results WHERE recipe = ? AND sha256 IN ({marks})", (recipe, *some)
                ).fetchall()
                results |= {sha256: tables for sha256, data in found if (tables := _tables(sha256, data))}
                database.execute(
                    f"UPDATE results SET run = ? WHERE run < ? AND recipe = ? AND sha256 IN ({marks})", (run, run, recipe, *some)
                )
    except (sqlite3.Error, OSError) as error:
        _forget(path, error)
    return results


def _tables(sha256: str, data: object) -> CommitteeTables | None:
    try:
        tables = CommitteeTables("", from_json(zlib.decompress(data))) if isinstance(data, bytes) else None
    except (NotARecord, zlib.error):
        return None
    return tables if tables is not None and tables.sha256 == sha256 else None


def keep(path: Path, recipe: str, results: Sequence[CommitteeTables]) -> None:
    """Keep results for later runs of this user; where that is not possible, they are worked out again."""
    try:
        with _opened(path) as database:
            (run,) = database.execute("SELECT coalesce(max(number), 0) FROM runs").fetchone()
            database.executemany(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?)",
                [(recipe, item.sha256, run, zlib.compress(to_json(item.rows).encode(), 1)) for item in results],
            )
    except (sqlite3.Error, OSError) as error:
        _forget(path, error)


def begin(path: Path) -> None:
    """Count a run, and forget what has not been asked for in many."""
    try:
        with _opened(path) as database:
            (run,) = database.execute("SELECT coalesce(max(number), 0) + 1 FROM runs").fetchone()
            database.execute("DELETE FROM runs")
            database.execute("INSERT INTO runs VALUES (?)", (run,))
            database.execute("DELETE FROM results WHERE run < ?", (run - MOST_RUNS,))
    except (sqlite3.Error, OSError) as error:
        _forget(path, error)


def _forget(path: Path, error: Exception) -> None:
    """Take away a cache that cannot be read; one that another run is writing to, or that no one may delete, stays."""
    if "locked" in str(error):
        return
    for name in (path.name, f"{path.name}-journal"):
        try:
            path.with_name(name).unlink(missing_ok=True)
        except OSError:
            return
