"""Results of other stores: one of an earlier version becomes one of this, and those of another file are taken in as history."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.storage.database import (
    LACKING,
    EarlierStore,
    Place,
    connect,
    definition,
    make_tables,
    opened,
    single,
    verify,
)
from wuhao_report.aggregate.storage.earlier import AT_ONCE, stored_results
from wuhao_report.aggregate.storage.results import keep_results
from wuhao_report.aggregate.tables.rows import tables_of
from wuhao_report.aggregate.tables.schema import COMMITTEES, RESULT_TABLES
from wuhao_report.files.paths import write_atomically
from wuhao_report.sandbox.pool import batches

BEFORE_ALL = 0
"""The run that results of another file are of."""


def earlier_version(place: Place) -> str | None:
    """Return the version of a store that is of an earlier one, else None; raises ForeignStore, or what the engine raises, for what is no store."""
    try:
        verify(place)
    except EarlierStore as found:
        return found.version
    return None


def migrate(place: Place, version: str) -> None:
    """Put the results of a store of that earlier version into a new file, and that in its place."""
    fresh = Place(place.room / "migrated.duckdb", place.room)
    fresh.file.unlink(missing_ok=True)
    with opened(fresh, False) as new:
        make_tables(new)
        if version in LACKING:
            before = place.room / "before.duckdb"
            shutil.copyfile(place.file, before)
            if _log_of(place.file).is_file():
                shutil.copyfile(_log_of(place.file), _log_of(before))
            new.execute("BEGIN")
            _copy(new, before, version)
            new.execute("COMMIT")
            before.unlink()
        else:
            with opened(place, True) as old:
                _take_in(new, old)
        new.execute("UPDATE about SET runs = (SELECT coalesce(max(run), 0) FROM committees)")
        new.execute("CHECKPOINT")
    # What a run that was killed has left beside the file has been read with it, and is of no other file.
    _log_of(place.file).unlink(missing_ok=True)
    with fresh.file.open("rb") as made:
        write_atomically(place.file, lambda stream: shutil.copyfileobj(made, stream))


def _log_of(file: Path) -> Path:
    """Return the path of what the engine writes beside a file before it stands in it."""
    return file.with_name(f"{file.name}.wal")


def _take_in(new: Any, old: Any, of_run: int | None = None) -> None:
    """Keep the results of an earlier store; each is of the run it was of, or of `of_run`."""
    for batch in batches(stored_results(old), AT_ONCE):
        for recipe, run in dict.fromkeys((recipe, run) for recipe, run, _ in batch):
            results = [tables_of(record) for one, at, record in batch if (one, at) == (recipe, run)]
            keep_results(new, recipe, results, run if of_run is None else of_run)


def add_history(place: Place, source: Path) -> int:
    """Take in the results of another store, whatever its version, that are not here yet; return how many there are.

    Raises ForeignStore, or what the engine raises, for what is no store.
    """
    other = Place(place.room / "history.duckdb", place.room)
    shutil.copyfile(source, other.file)
    version = earlier_version(other)
    with connect(place) as database:
        (before,) = single(database, "SELECT count(*) FROM committees")
        database.execute("BEGIN")
        if version is not None and version not in LACKING:
            with opened(other, True) as old:
                _take_in(database, old, BEFORE_ALL)
        else:
            _copy(database, other.file, version, BEFORE_ALL)
        database.execute("COMMIT")
        (after,) = single(database, "SELECT count(*) FROM committees")
    other.file.unlink()
    return int(after - before)


def _copy(database: Any, path: Path, version: str | None, of_run: int | None = None) -> None:
    """Copy the results of a store of a version like this one; each is of the run it was of, or of `of_run`."""
    quoted = str(path).replace("'", "''")
    database.execute(f"ATTACH '{quoted}' AS history (TYPE duckdb, READ_ONLY)")
    (last,) = single(database, "SELECT coalesce(max(result), 0) FROM committees")
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE wanted AS SELECT result, {last} + row_number() OVER (ORDER BY result) AS number "
        "FROM history.committees ANTI JOIN committees USING (key)"
    )
    for table in RESULT_TABLES:
        lacking = {name for one, name in LACKING.get(version or "", ()) if one == table.name}
        own = [name for column in definition(table).split(", ") if (name := column.split(" ")[0]) not in lacking]
        taken = {"result": "w.number", **({"run": str(of_run)} if table is COMMITTEES and of_run is not None else {})}
        columns = ", ".join(f"{taken.get(name, f't.{name}')} AS {name}" for name in own)
        database.execute(
            f"INSERT INTO {table.name} BY NAME SELECT {columns} FROM history.{table.name} t JOIN wanted w USING (result) ORDER BY t.rowid"
        )
    database.execute("COMMIT")
    database.execute("DETACH history")
    database.execute("BEGIN")
