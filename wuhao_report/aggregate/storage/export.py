"""The tables of a run for other programs: Parquet, CSV or SQLite, made in the folder of the run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.storage.database import Place, connect
from wuhao_report.aggregate.tables.schema import COMMITTEES, EVIDENCE, FIGURES, HEADS, INDICATORS, LOSSES, PERIODS, RUN_TABLES
from wuhao_report.core.options import Export

SQLITE = "结果.sqlite"
AT_ONCE = 2_000
RESULTS = tuple(table.name for table in (COMMITTEES, HEADS, INDICATORS, PERIODS, LOSSES, FIGURES, EVIDENCE))
"""The tables of results that are given to others; what only serves the program is left out."""
PUBLIC = tuple(table.name for table in RUN_TABLES)
LEFT_OUT = ("key", "recipe", "run", "unit_key")
_SQLITE_TYPES = {"BIGINT": "INTEGER", "INTEGER": "INTEGER", "BOOLEAN": "INTEGER", "DOUBLE": "REAL"}


def export_tables(place: Place, kind: Export) -> list[str]:
    """Write the results of the files that count into the folder of the run, and return the names of the files."""
    folder = place.room / "export"
    folder.mkdir(exist_ok=True)
    with connect(place) as database:
        if kind == "sqlite":
            _to_sqlite(database, folder / SQLITE)
            return [SQLITE]
        for name in (*RESULTS, *PUBLIC):
            quoted = str(folder / f"{name}.{kind}").replace("'", "''")
            form = "FORMAT parquet, COMPRESSION zstd" if kind == "parquet" else "FORMAT csv, HEADER"
            database.execute(f"COPY ({_query(database, name, kind == 'csv')}) TO '{quoted}' ({form})")
        return [f"{name}.{kind}" for name in (*RESULTS, *PUBLIC)]


def columns_of(database: Any, name: str) -> list[tuple[str, str]]:
    """Return the names and types of the columns of a table that are given to others."""
    found = database.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database() AND table_name = ? "
        "ORDER BY column_index",
        (name,),
    ).fetchall()
    return [(column, kind) for column, kind in found if column not in LEFT_OUT]


def _query(database: Any, name: str, guarded: bool = False) -> str:
    """Return the query of a table; `guarded`: a text that a spreadsheet would take for a formula has an apostrophe before it."""
    columns = [
        f"CASE WHEN regexp_matches({column}, '^[=+@-]') THEN '''' || {column} ELSE {column} END AS {column}"
        if guarded and kind == "VARCHAR"
        else column
        for column, kind in columns_of(database, name)
    ]
    counted = " WHERE result IN (SELECT result FROM store.files WHERE state = '计入')" if name in RESULTS else ""
    return f"SELECT {', '.join(columns)} FROM store.{name}{counted} ORDER BY rowid"


def _to_sqlite(database: Any, path: Path) -> None:
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as made, made:
        for name in (*RESULTS, *PUBLIC):
            columns = columns_of(database, name)
            types = ", ".join(f"{column} {_SQLITE_TYPES.get(kind, 'TEXT')}" for column, kind in columns)
            made.execute(f"CREATE TABLE {name} ({types})")
            texts = ", ".join(f"CAST({column} AS VARCHAR)" if kind == "DATE" else column for column, kind in columns)
            cursor = database.cursor().execute(f"SELECT {texts} FROM ({_query(database, name)})")
            while rows := cursor.fetchmany(AT_ONCE):
                made.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows)
