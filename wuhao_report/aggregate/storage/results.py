"""Results in the tables of a store: put there, and fetched by their numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from wuhao_report.aggregate.roster.names import unit_key
from wuhao_report.aggregate.storage.database import NUMBER, OWN_COLUMNS, insert_columns, single
from wuhao_report.aggregate.tables.rows import CommitteeTables, Row, Rows
from wuhao_report.aggregate.tables.schema import COMMITTEES, RESULT_TABLES, Table


def key_of(sha256: str, recipe: str, scheme_hash: str) -> int:
    """Return the key of a result: of its workbook, its rules, and what else it was made with."""
    return int.from_bytes(hashlib.sha256(f"{sha256} {recipe} {scheme_hash}".encode()).digest()[:8])


def keep_results(database: Any, recipe: str, results: Sequence[CommitteeTables], of_run: int | None = None) -> list[int]:
    """Put results into the tables, and return the number of each; `of_run` is the run they are of, where it is not this one.

    What the file has of the same workbook is not believed: `forget_earlier` takes it away at the end of the run.
    """
    if not results:
        return []
    run, last = single(database, "SELECT runs, (SELECT coalesce(max(result), 0) FROM committees) FROM about")
    own = [
        (last + at, key_of(item.sha256, recipe, item.scheme_hash), recipe, run if of_run is None else of_run, unit_key(item.unit))
        for at, item in enumerate(results, 1)
    ]
    for table in RESULT_TABLES:
        _insert(database, table, own, [item.rows[table.name] for item in results])
    return [number for number, *_ in own]


def _insert(database: Any, table: Table, own: Sequence[tuple[Any, ...]], rows: Sequence[Sequence[Row]]) -> None:
    """Insert the rows of several results into one table; `own` is for each result what the table of committees has besides."""
    names = OWN_COLUMNS if table is COMMITTEES else (NUMBER,)
    heads = [head[: len(names)] for head, some in zip(own, rows, strict=True) for _ in some]
    both = zip((*names, *table.names), (*zip(*heads, strict=True), *zip(*chain.from_iterable(rows), strict=True)), strict=True)
    if heads:
        insert_columns(database, table.name, dict(both))


def forget_earlier(database: Any) -> None:
    """Take away what earlier runs had of the workbooks of this one, by the same rules and the same recipe."""
    database.execute("""
        CREATE OR REPLACE TEMP TABLE outdated AS SELECT old.result FROM committees old
        SEMI JOIN (SELECT key FROM committees WHERE run = (SELECT runs FROM about)) USING (key)
        WHERE run < (SELECT runs FROM about)""")
    if single(database, "SELECT count(*) FROM outdated")[0]:
        for table in RESULT_TABLES:
            database.execute(f"DELETE FROM {table.name} WHERE result IN (FROM outdated)")


def fetch_results(database: Any, numbers: Iterable[int], tables: Iterable[Table] = RESULT_TABLES) -> Mapping[int, Rows]:
    """Return the rows of the results of these numbers, of those tables, by number."""
    wanted = list(dict.fromkeys(numbers))
    rows: dict[int, Rows] = {number: {table.name: [] for table in tables} for number in wanted}
    for table in tables:
        columns = ", ".join(table.names)
        found = database.execute(
            f"SELECT result, {columns} FROM {table.name} WHERE result IN (SELECT unnest($1::BIGINT[])) ORDER BY rowid", (wanted,)
        ).fetchall()
        for number, *values in found:
            rows[number][table.name].append(tuple(values))
    return rows
