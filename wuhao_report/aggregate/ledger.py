"""The tables of one aggregate and the results of all, in DuckDB: what runs here runs in a process that can be lost.

On disk and in bounded memory, however many workbooks there are: the tables are sorted and joined, and what is large, the returns of a
run themselves, lies in a plain file beside them in the order in which it came, and is read where it lies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.bundle import NotAPack, Packed, read_pack
from wuhao_report.aggregate.codec import Entry, NoReturn, entry_of, from_bytes
from wuhao_report.aggregate.matching import Sent, sent_by
from wuhao_report.aggregate.records import fits, with_places
from wuhao_report.aggregate.roster import Roster, unit_key
from wuhao_report.aggregate.totals import Failed, Skipped
from wuhao_report.core.problems import SchemeError, problem
from wuhao_report.evaluation.ranking import OtherRules
from wuhao_report.sandbox.pool import batches
from wuhao_report.scheme.library import built_in_path, find_scheme
from wuhao_report.scheme.model import Scheme

LAYOUT = "3"
"""A store of another layout is not read; results of another version of the program are, as last ones (their recipe differs)."""
MEMORY = "128MB"
BATCH = 256
_TABLES = (
    "results (key UBIGINT, sha256 VARCHAR, recipe VARCHAR, committee VARCHAR, scheme VARCHAR, scheme_hash VARCHAR, stage VARCHAR, report_date DATE, "
    "score DOUBLE, waits BOOLEAN, run INTEGER, data BLOB)",
    "about (layout VARCHAR, runs INTEGER)",
)
_OF_A_RUN = {
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


class Foreign(Exception):
    """A file that is no store of ours."""


@lru_cache(maxsize=1)
def _open(path: Path, read_only: bool = False) -> Any:
    """The file of the store, open until `end`: opening it costs more than most questions."""
    import duckdb

    # Nothing outside the file is ever read, and no extension loaded.
    return duckdb.connect(str(path), read_only=read_only, config={"enable_external_access": "false", "threads": "2", "memory_limit": MEMORY})


@contextmanager
def _connect(path: Path) -> Iterator[Any]:
    """The open store; what was begun in the body and not ended is undone."""
    store = _open(path)
    try:
        yield store
    except BaseException:
        # There may be nothing to undo, which the engine calls an error.
        with suppress(Exception):
            store.rollback()
        raise


def heap(path: Path) -> Path:
    """The plain file beside a store in which the returns of a run lie."""
    return path.with_name(f".{path.stem}.run")


def _laid(path: Path, several: Iterable[bytes]) -> list[tuple[int, int]]:
    """Put bytes into the heap; where each begins, and how long it is."""
    places = []
    with heap(path).open("ab") as stream:
        start = stream.tell()
        for data in several:
            stream.write(data)
            places.append((start, len(data)))
            start += len(data)
    return places


def _fetched(path: Path, places: Iterable[tuple[int | None, int | None]]) -> Iterator[bytes | None]:
    """What lies at those places; None for none."""
    with heap(path).open("rb") as stream:
        for start, size in places:
            if start is None or size is None:
                yield None
            else:
                stream.seek(start)
                yield stream.read(size)


def verify(path: Path) -> None:
    """Raises Foreign, or what the engine raises, for a file that is no store of this version of the program."""
    with _open.__wrapped__(path, True) as store:
        layout = store.execute("SELECT layout FROM about").fetchone()
        if layout != (LAYOUT,):
            raise Foreign(str(layout))
        columns = store.execute("SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal AND NOT starts_with(table_name, 'run_') "
                                "ORDER BY table_name DESC, column_index").fetchall()
        tables = store.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name IN ('results', 'about')").fetchone()
        if tables != (2,) or columns != _columns():
            raise Foreign("tables")


def _columns() -> list[tuple[str, str, str]]:
    """What the tables of a store of this layout consist of."""
    found = []
    for table in _TABLES:
        name, _, columns = table.partition(" ")
        found += [(name, *column.split(" ")) for column in columns.strip("()").split(", ")]
    return [(name, column, kind) for name, column, kind in found]


def begin(path: Path) -> None:
    """Make the tables that are not there, and empty ones for this run."""
    fresh = not path.exists()
    with _connect(path) as store:
        store.execute("BEGIN")
        for table in _TABLES if fresh else ():
            store.execute(f"CREATE TABLE {table}")
        if fresh:
            store.execute("INSERT INTO about VALUES (?, 0)", (LAYOUT,))
        store.execute("UPDATE about SET runs = runs + 1")
        for name, columns in _OF_A_RUN.items():
            store.execute(f"CREATE OR REPLACE TABLE {name} ({columns})")
        store.execute("COMMIT")
    heap(path).write_bytes(b"")


def end(path: Path) -> None:
    """Drop the tables of this run."""
    with _connect(path) as store:
        for name in (*_OF_A_RUN, *(f"run_{name}" for name in LISTS)):
            store.execute(f"DROP TABLE IF EXISTS {name}")
        store.close()
    _open.cache_clear()
    heap(path).unlink(missing_ok=True)


def _insert(store: Any, table: str, kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Many rows at once, column by column."""
    if rows:
        places = ", ".join(f"unnest(${at}::{kind}[])" for at, kind in enumerate(kinds, 1))
        store.execute(f"INSERT INTO {table} SELECT {places}", [list(column) for column in zip(*rows, strict=True)])


# Results of all runs

def _key(sha256: str, recipe: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{sha256} {recipe}".encode()).digest()[:8])


def known(path: Path, recipe: str, hashes: Sequence[str]) -> dict[str, Entry]:
    """By hash of a workbook, what was found of it by that recipe; only what its own bytes bear out."""
    with _connect(path) as store:
        # The keys alone are looked through; the data of the others are never read.
        at = store.execute("SELECT results.rowid FROM results SEMI JOIN (SELECT unnest($1::UBIGINT[]) AS key) USING (key)", (
            [_key(sha256, recipe) for sha256 in hashes],)).fetchall()
        rows = store.execute("SELECT sha256, data FROM results WHERE rowid IN (SELECT unnest($1::BIGINT[]))", ([number for number, in at],)).fetchall()
    found = {}
    for sha256, data in rows:
        try:
            one = from_bytes(data)
        except NoReturn:
            continue
        if one.sha256 == sha256:
            found[sha256] = entry_of(one)
    return found


def at_hand(name: str, own: str | None) -> Scheme | None:
    """The scheme of an id, or the one of the options, whatever its name; what came by mail names no file."""
    try:
        return find_scheme(own) if own else find_scheme(name) if built_in_path(name) else None
    except SchemeError:
        return None


def rules(names: Sequence[str], own: str | None) -> dict[str, str]:
    """The hashes of the schemes of these ids as they are now, or of the one of the options."""
    return {name: found.hash for name in names if (found := at_hand(name, own))}


def keep(path: Path, recipe: str, entries: Sequence[Entry]) -> None:
    """Remember what was found; without its file, for the same workbook may lie elsewhere the next time."""
    with _connect(path) as store:
        store.execute("BEGIN")
        _keep(store, recipe, entries)
        store.execute("COMMIT")


def _keep(store: Any, recipe: str, entries: Sequence[Entry]) -> None:
    run = store.execute("SELECT runs FROM about").fetchone()[0]
    rows = {one.sha256: (_key(one.sha256, recipe), one.sha256, recipe, unit_key(one.unit), one.scheme, one.scheme_hash, one.stage, one.report_date, one.score,
                         one.waits, run, one.data) for one in entries}
    store.execute("DELETE FROM results WHERE key IN (SELECT unnest($1::UBIGINT[]))", ([row[0] for row in rows.values()],))
    _insert(store, "results", ("UBIGINT", *["VARCHAR"] * 6, "DATE", "DOUBLE", "BOOLEAN", "INTEGER", "BLOB"), list(rows.values()))


# This run

def add(path: Path, sent: Sequence[Sent], failed: Sequence[Failed], skipped: Sequence[Skipped]) -> None:
    """Put files of this run where they belong."""
    with _connect(path) as store:
        _add(path, store, sent, failed, skipped)


def _add(path: Path, store: Any, sent: Sequence[Sent], failed: Sequence[Failed], skipped: Sequence[Skipped]) -> None:
    places = _laid(path, (one.entry.data for one in sent))
    _insert(store, "run_files", (*["VARCHAR"] * 7, "INTEGER", "BOOLEAN", "VARCHAR", "VARCHAR", "DATE", "DOUBLE", "BIGINT", "INTEGER", "VARCHAR", "VARCHAR"), [
        (one.entry.file, one.entry.sha256, one.entry.unit, unit_key(one.entry.unit), unit_key(one.shown), one.peer, one.shown, one.member, one.late, one.entry.scheme,
         one.entry.stage, one.entry.report_date, one.entry.score, *place, one.reason, one.person) for one, place in zip(sent, places, strict=True)])
    _insert(store, "run_among", ("VARCHAR", "VARCHAR", "VARCHAR", "DOUBLE"), [(one.entry.file, *among) for one in sent for among in one.entry.among])
    _insert(store, "run_in_failed", ("VARCHAR",) * 3, [(one.file, one.code, one.message) for one in failed])
    _insert(store, "run_in_skipped", ("VARCHAR",) * 2, [(one.file, one.reason) for one in skipped])


def add_pack(path: Path, pack: Path, within: str, recipe: str, roster: Roster | None, numbers: Sequence[int] | None, scheme: str | None) -> None:
    """Put what a pack holds where it belongs; what was judged by other rules than those at hand is a failure.

    `numbers` are those of the pack's members on the roster, where it is the pack's. All of it goes in or, when the pack turns out
    not to be one, nothing. Raises NotAPack, OSError.
    """
    with _connect(path) as store:
        store.execute("BEGIN")
        for several in batches(read_pack(pack, within), BATCH):
            sent, failed, skipped = [], [], []
            for item in several:
                if isinstance(item, Failed):
                    failed.append(item)
                elif isinstance(item, Skipped):
                    skipped.append(item)
                elif (known := at_hand(item.found.scheme, scheme)) is None or known.hash != item.found.scheme_hash:
                    fault = problem("pack-other-rules", scheme=item.found.scheme)
                    failed.append(Failed(item.found.file, fault.code, fault.message + fault.hint))
                else:
                    sent.append(_of_pack(item, known, roster, numbers))
            _add(path, store, sent, failed, skipped)
            _keep(store, f"{recipe} pack", [one.entry for one in sent])
        if store.execute("SELECT file FROM run_files WHERE starts_with(file, ?) GROUP BY file HAVING count(*) > 1 LIMIT 1", (f"{within}/",)).fetchone():
            raise NotAPack("同一个文件出现了两次")
        store.execute("COMMIT")


def _of_pack(item: Packed, scheme: Scheme, roster: Roster | None, numbers: Sequence[int] | None) -> Sent:
    """A result of a pack by the roster; raises NotAPack when it cannot be one of that scheme."""
    if not fits(item.found, scheme):
        raise NotAPack("结果与方案不符")
    number = None
    if numbers is not None and item.member is not None:
        if item.member >= len(numbers):
            raise NotAPack("名单与结果不符")
        number = numbers[item.member]
    one = sent_by(entry_of(item.found), roster, number)
    return replace(one, reason=item.reason, person=item.person) if item.reason is not None else one


def choose(path: Path) -> None:
    """Of every committee the newest file of each scheme and stage counts; the same file twice is no tie, two of one day are."""
    with _connect(path) as store:
        store.execute("""
            INSERT INTO run_chosen
            WITH own AS (SELECT file, sha256, peer, scheme, stage, report_date FROM run_files WHERE reason IS NULL),
                 newest AS (SELECT peer, scheme, stage, max(report_date) AS report_date FROM own GROUP BY ALL),
                 best AS (SELECT peer, scheme, stage, report_date, CASE WHEN count(DISTINCT sha256) = 1 THEN min(file) END AS kept
                          FROM own SEMI JOIN newest USING (peer, scheme, stage, report_date) GROUP BY ALL)
            SELECT own.file, own.file IS NOT DISTINCT FROM best.kept, best.kept, best.report_date FROM own JOIN best USING (peer, scheme, stage)""")


def rank(path: Path) -> None:
    """The places of what counts among its peers of one scheme and stage: the highest value first, ties sharing a place (K16)."""
    with _connect(path) as store:
        store.execute("""
            INSERT INTO run_places SELECT file, id, label, rank() OVER (PARTITION BY scheme, stage, id, label ORDER BY value DESC)
            FROM run_among JOIN run_files USING (file) JOIN run_chosen USING (file) WHERE counted ORDER BY file""")


def settle(path: Path, recipe: str, after: str, many: int, scheme: str | None) -> str | None:
    """Settle the next files (by name) that are ranked, and remember what came of it; the last of them, or None when there are no more.

    `scheme` is that of the options, if any. Raises OtherRules, SchemeError when the rules are no more what they were.
    """
    with _connect(path) as store:
        rows = store.execute("""
            SELECT file, start, size, list(id), list(label), list(place) FROM run_places JOIN run_files USING (file)
            WHERE file IN (SELECT DISTINCT file FROM run_places WHERE file > ? ORDER BY file LIMIT ?) GROUP BY file, start, size ORDER BY file""", (after, many)).fetchall()
    entries = []
    for (file, _, _, ids, labels, places), data in zip(rows, _fetched(path, (row[1:3] for row in rows)), strict=True):
        one = replace(from_bytes(data or b""), file=file)
        known = at_hand(one.scheme, scheme)
        if known is None:
            raise OtherRules(f"评定名次时方案“{one.scheme}”变了，请再汇总一次。")
        entries.append(entry_of(with_places(one, known, dict(zip(zip(ids, labels, strict=True), places, strict=True)))))
    with _connect(path) as store:
        _insert(store, "run_settled", ("VARCHAR", "DOUBLE", "BIGINT", "INTEGER"), [
            (one.file, one.score, *place) for one, place in zip(entries, _laid(path, (one.data for one in entries)), strict=True)])
    keep(path, f"{recipe} settled", entries)
    return rows[-1][0] if rows else None


def arrange(path: Path) -> None:
    """What counts in the order of schemes, stages and places (the most points first, ties sharing a place), each with what was found of it at its last report.

    The last report is the newest one with an earlier date, of another year or another stage: an earlier draft of this one is none.
    """
    with _connect(path) as store:
        store.execute("""
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
        _lay_before(path, store)
        for name, query in LISTS.items():
            store.execute(f"CREATE OR REPLACE TABLE run_{name} AS SELECT row_number() OVER (ORDER BY file) AS number, {query} ORDER BY number")


def _lay_before(path: Path, store: Any) -> None:
    """Copy the last results into the heap, in the order in which they are found; nothing large is sorted."""
    found = store.cursor().execute("SELECT o.number, r.data FROM results r JOIN (SELECT number, last FROM run_order WHERE last IS NOT NULL) o ON r.rowid = o.last")
    while rows := found.fetchmany(BATCH):
        places = _laid(path, (data for _, data in rows))
        _insert(store, "run_before", ("BIGINT", "BIGINT", "INTEGER"), [(number, *place) for (number, _), place in zip(rows, places, strict=True)])


LISTS = {
    "superseded": "file, unit, report_date, kept, kept_date FROM run_files JOIN run_chosen USING (file) WHERE NOT counted",
    "ties": "file, unit, report_date, kept, kept_date FROM run_files JOIN run_chosen USING (file) WHERE kept IS NULL AND report_date = kept_date",
    "left": "file, unit, reason, person FROM run_files WHERE reason IS NOT NULL",
    "failed": "file, code, message FROM run_in_failed",
    "skipped": "file, reason FROM run_in_skipped",
    "strangers": "file, unit FROM run_files JOIN run_order USING (file) WHERE run_files.member IS NULL",
    "late": "file, shown, run_files.member, report_date FROM run_files JOIN run_order USING (file) WHERE run_files.late",
    "sent": "file, start, size, member, reason, person FROM run_files",
}
"""What is told besides the rows, each in the order of files and numbered, so that a page of it is found without looking at the others."""


_PAGE = "WHERE number > $1 AND number <= $2"
PAGES = {name: f"SELECT * FROM run_{name} {_PAGE} ORDER BY number" for name in LISTS} | {"rows": f"""
    SELECT number, file, member, late, place, tied, own.start, own.size, before.start, before.size
    FROM (FROM run_order {_PAGE}) own LEFT JOIN run_before before USING (number) ORDER BY number"""}
"""The part of each list, and of the rows, that lies between two numbers."""


def listed(path: Path, name: str, after: int, last: int) -> list[tuple[Any, ...]]:
    """The entries of a list, or of rows, with numbers above `after` up to `last`, each number first; places in the heap become what lies there."""
    query = PAGES[name]
    with _connect(path) as store:
        found: list[tuple[Any, ...]] = store.execute(query, (after, last)).fetchall()
    if name == "sent":
        return [(*row[:2], data, *row[4:]) for row, data in zip(found, _fetched(path, (row[2:4] for row in found)), strict=True)]
    if name == "rows":
        own, before = _fetched(path, (row[6:8] for row in found)), _fetched(path, (row[8:10] for row in found))
        return [(*row[:6], data, old) for row, data, old in zip(found, own, before, strict=True)]
    return found


@dataclass(frozen=True)
class Counts:
    """How long each list is; first and last row of each scheme and stage; the members whose files count, and those whose files tie."""

    lists: Mapping[str, int]
    bounds: tuple[tuple[int, int], ...]
    received: tuple[int, ...]
    unsettled: tuple[int, ...]


def count(path: Path) -> Counts:
    """What the arranged tables hold."""
    with _connect(path) as store:
        def rows(query: str) -> list[tuple[Any, ...]]:
            found: list[tuple[Any, ...]] = store.execute(query).fetchall()
            return found

        return Counts(
            {name: rows(f"SELECT count(*) FROM run_{name}")[0][0] for name in LISTS},
            tuple((first, last) for first, last in rows("SELECT min(number), max(number) FROM run_order JOIN run_files USING (file) GROUP BY scheme, stage ORDER BY 1")),
            tuple(number for number, in rows("SELECT DISTINCT member FROM run_order WHERE member IS NOT NULL ORDER BY 1")),
            tuple(number for number, in rows(
                "SELECT DISTINCT member FROM run_files JOIN run_chosen USING (file) WHERE kept IS NULL AND member IS NOT NULL "
                "AND member NOT IN (SELECT member FROM run_order WHERE member IS NOT NULL) ORDER BY 1")))
