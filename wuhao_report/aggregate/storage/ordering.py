"""Which files of a run count, their ranks among peers and their places by points, and the lists that come of it; in the process of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.codec import PackedRecord, from_bytes, pack_record
from wuhao_report.aggregate.records import with_places
from wuhao_report.aggregate.storage.ledger import BATCH, remember, scheme_at_hand
from wuhao_report.aggregate.storage.tables import append_records, connect, insert, read_records
from wuhao_report.evaluation.ranking import OtherRules

RANKED = " settled"
"""What the recipe of a result with its places ends with; it is part of the stored keys."""


def choose_files(path: Path) -> None:
    """Let the newest file of each committee count, for each scheme and stage; two different files of one day are a tie, of which none counts."""
    with connect(path) as database:
        database.execute("""
            INSERT INTO run_chosen
            WITH own AS (SELECT file, sha256, peer, scheme, stage, report_date FROM run_files WHERE reason IS NULL),
                 newest AS (SELECT peer, scheme, stage, max(report_date) AS report_date FROM own GROUP BY ALL),
                 best AS (SELECT peer, scheme, stage, report_date, CASE WHEN count(DISTINCT sha256) = 1 THEN min(file) END AS kept
                          FROM own SEMI JOIN newest USING (peer, scheme, stage, report_date) GROUP BY ALL)
            SELECT own.file, own.file IS NOT DISTINCT FROM best.kept, best.kept, best.report_date FROM own JOIN best USING (peer, scheme, stage)""")


def rank_peers(path: Path) -> None:
    """Rank what counts among its peers of one scheme and stage: the highest value first, ties sharing a place."""
    with connect(path) as database:
        database.execute("""
            INSERT INTO run_places SELECT file, id, label, rank() OVER (PARTITION BY scheme, stage, id, label ORDER BY value DESC)
            FROM run_among JOIN run_files USING (file) JOIN run_chosen USING (file) WHERE counted ORDER BY file""")


def apply_ranks(path: Path, recipe: str, after: str, many: int, own_scheme: str | None) -> str | None:
    """Give the next files that are ranked (by name, after `after`, so many) their places, and remember the results.

    Returns the last of these files, or None when there are no more. Raises OtherRules, SchemeError when the rules have changed
    during the run.
    """
    with connect(path) as database:
        rows = database.execute(
            """
            SELECT file, start, size, list(id), list(label), list(place) FROM run_places JOIN run_files USING (file)
            WHERE file IN (SELECT DISTINCT file FROM run_places WHERE file > ? ORDER BY file LIMIT ?) GROUP BY file, start, size ORDER BY file""",
            (after, many),
        ).fetchall()
    ranked = [
        _with_places(file, data or b"", dict(zip(zip(ids, labels, strict=True), places, strict=True)), own_scheme)
        for (file, _, _, ids, labels, places), data in zip(rows, read_records(path, (row[1:3] for row in rows)), strict=True)
    ]
    spans = append_records(path, (item.data for item in ranked))
    with connect(path) as database:
        insert(
            database,
            "run_settled",
            ("VARCHAR", "DOUBLE", "BIGINT", "INTEGER"),
            [(item.file, item.score, *span) for item, span in zip(ranked, spans, strict=True)],
        )
    remember(path, recipe + RANKED, ranked)
    return rows[-1][0] if rows else None


def _with_places(file: str, data: bytes, places: Mapping[tuple[str, str], int], own_scheme: str | None) -> PackedRecord:
    record = replace(from_bytes(data), file=file)
    scheme = scheme_at_hand(record.scheme, own_scheme)
    if scheme is None:
        raise OtherRules(f"评定名次时方案“{record.scheme}”变了，请再汇总一次。")
    return pack_record(with_places(record, scheme, places))


def arrange(path: Path) -> None:
    """Put what counts in the order of schemes, stages and places (the most points first, ties sharing a place), each with its last report.

    The last report is the newest result with an earlier date, of another year or another stage: an earlier draft of this report is none.
    """
    with connect(path) as database:
        database.execute("""
            INSERT INTO run_order
            WITH own AS (SELECT file, member, late, shown, committee, name, peer, scheme, stage, report_date,
                                CASE WHEN s.file IS NULL THEN f.score ELSE s.score END AS score,
                                coalesce(s.start, f.start) AS start, coalesce(s.size, f.size) AS size
                         FROM run_files f JOIN run_chosen c USING (file) LEFT JOIN run_settled s USING (file) WHERE c.counted),
                 alone AS (SELECT committee FROM own GROUP BY committee HAVING count(DISTINCT peer) = 1),
                 names AS (SELECT file, committee FROM own SEMI JOIN alone USING (committee) UNION
                           SELECT file, name FROM own SEMI JOIN alone USING (committee)),
                 old AS (SELECT own.file, r.rowid AS last FROM own JOIN names USING (file)
                         JOIN results r ON r.committee = names.committee AND r.scheme = own.scheme AND r.report_date < own.report_date
                              AND (r.stage <> own.stage OR year(r.report_date) < year(own.report_date))
                         QUALIFY row_number() OVER (PARTITION BY own.file ORDER BY r.report_date DESC, r.waits, r.run DESC, r.key) = 1),
                 ordered AS (SELECT *, CASE WHEN score IS NOT NULL THEN rank() OVER (PARTITION BY scheme, stage ORDER BY score DESC NULLS LAST) END AS place,
                                    count(score) OVER (PARTITION BY scheme, stage, score) > 1 AS tied FROM own)
            SELECT row_number() OVER (ORDER BY scheme, stage, place NULLS LAST, shown, file) AS number, file, member, late, place, tied, start, size, old.last
            FROM ordered LEFT JOIN old USING (file) ORDER BY number""")
        _copy_last_reports(path, database)
        for name, query in LISTS.items():
            database.execute(
                f"CREATE OR REPLACE TABLE run_{name} AS SELECT row_number() OVER (ORDER BY file) AS number, {query} ORDER BY number"
            )


def _copy_last_reports(path: Path, database: Any) -> None:
    """Copy the last reports into the plain file, in the order in which they are found, so that nothing large is sorted."""
    cursor = database.cursor().execute(
        "SELECT o.number, r.data FROM results r JOIN (SELECT number, last FROM run_order WHERE last IS NOT NULL) o ON r.rowid = o.last"
    )
    while rows := cursor.fetchmany(BATCH):
        spans = append_records(path, (data for _, data in rows))
        insert(
            database,
            "run_before",
            ("BIGINT", "BIGINT", "INTEGER"),
            [(number, *span) for (number, _), span in zip(rows, spans, strict=True)],
        )


LISTS = {
    "superseded": "file, unit, report_date, kept, kept_date FROM run_files JOIN run_chosen USING (file) WHERE NOT counted",
    "ties": "file, unit, report_date, kept, kept_date FROM run_files JOIN run_chosen USING (file) WHERE kept IS NULL AND report_date = kept_date",
    "excluded": "file, unit, reason, person FROM run_files WHERE reason IS NOT NULL",
    "failed": "file, code, message FROM run_in_failed",
    "skipped": "file, reason FROM run_in_skipped",
    "unlisted": "file, unit FROM run_files JOIN run_order USING (file) WHERE run_files.member IS NULL",
    "late": "file, shown, run_files.member, report_date FROM run_files JOIN run_order USING (file) WHERE run_files.late",
    "records": "file, start, size, member, reason, person FROM run_files",
}
"""The lists of a run, each in the order of files and numbered, so that a page of it is read without looking at the others."""

_PAGE = "WHERE number > $1 AND number <= $2"
_LIST_QUERIES = {name: f"SELECT * FROM run_{name} {_PAGE} ORDER BY number" for name in LISTS}
_ROW_QUERY = f"""
    SELECT number, file, member, late, place, tied, own.start, own.size, before.start, before.size
    FROM (FROM run_order {_PAGE}) own LEFT JOIN run_before before USING (number) ORDER BY number"""


def list_page(path: Path, name: str, after: int, last: int) -> list[tuple[Any, ...]]:
    """Return the entries of a list with numbers above `after` up to `last`, each number first; for "records", the records themselves."""
    entries = _fetch(path, _LIST_QUERIES[name], (after, last))
    if name == "records":
        return [
            (*entry[:2], data, *entry[4:])
            for entry, data in zip(entries, read_records(path, (entry[2:4] for entry in entries)), strict=True)
        ]
    return entries


def row_page(path: Path, after: int, last: int) -> list[tuple[Any, ...]]:
    """Return what counts with numbers above `after` up to `last`: number, file, member, late, place, tied, record, record of the last report."""
    rows = _fetch(path, _ROW_QUERY, (after, last))
    records, last_reports = read_records(path, (row[6:8] for row in rows)), read_records(path, (row[8:10] for row in rows))
    return [(*row[:6], record, before) for row, record, before in zip(rows, records, last_reports, strict=True)]


def _fetch(path: Path, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connect(path) as database:
        rows: list[tuple[Any, ...]] = database.execute(query, values).fetchall()
    return rows


@dataclass(frozen=True)
class RunCounts:
    """The length of each list; the first and the last row of each scheme and stage; the members of which a file counts, and those whose files tie."""

    lists: Mapping[str, int]
    bounds: tuple[tuple[int, int], ...]
    received: tuple[int, ...]
    undecided: tuple[int, ...]


def count(path: Path) -> RunCounts:
    """Return the counts of the arranged tables."""
    lists = {name: _fetch(path, f"SELECT count(*) FROM run_{name}")[0][0] for name in LISTS}
    bounds = _fetch(
        path, "SELECT min(number), max(number) FROM run_order JOIN run_files USING (file) GROUP BY scheme, stage ORDER BY 1"
    )
    received = _fetch(path, "SELECT DISTINCT member FROM run_order WHERE member IS NOT NULL ORDER BY 1")
    undecided = _fetch(
        path,
        "SELECT DISTINCT member FROM run_files JOIN run_chosen USING (file) WHERE kept IS NULL AND member IS NOT NULL "
        "AND member NOT IN (SELECT member FROM run_order WHERE member IS NOT NULL) ORDER BY 1",
    )
    return RunCounts(
        lists,
        tuple((first, last) for first, last in bounds),
        tuple(number for (number,) in received),
        tuple(number for (number,) in undecided),
    )
