"""Which files of a run count, their ranks among peers and their places by points, and the lists that come of it; in the process of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wuhao_report.aggregate.records.recording import with_places
from wuhao_report.aggregate.roster.model import Roster
from wuhao_report.aggregate.roster.names import is_same_office
from wuhao_report.aggregate.storage.bundles.parts import write_parts
from wuhao_report.aggregate.storage.database import Place, connect, insert
from wuhao_report.aggregate.storage.ledger import scheme_at_hand
from wuhao_report.aggregate.storage.results import fetch_results, forget_earlier, keep_results
from wuhao_report.aggregate.tables.rows import CommitteeTables, Rows, record_of_rows, tables_of
from wuhao_report.aggregate.tables.schema import COMMITTEES, EVIDENCE, FIGURES, HEADS, INDICATORS, LOSSES
from wuhao_report.evaluation.ranking import OtherRules

RANKED = " settled"
"""What the recipe of a result with its places ends with; it is part of the stored keys."""


def choose_files(place: Place) -> None:
    """Let the newest file of each committee count, for each scheme and stage; two different files of one day are a tie, of which none counts.

    What somebody has chosen counts, whatever its day: at this level before what was chosen below. Files that the campaign has not asked for do not.
    """
    with connect(place) as database:
        _tell_namesakes_apart(database)
        database.execute("""
            INSERT INTO run_chosen
            WITH asked AS (SELECT * FROM run_files WHERE reason IS NULL AND asked_for),
                 chosen AS (SELECT DISTINCT peer, scheme, stage, asked.file FROM asked JOIN run_choices c
                            ON c.committee IN (asked.committee, asked.name) AND c.file IN (asked.file, parse_filename(asked.file))
                            QUALIFY rank() OVER (PARTITION BY peer, scheme, stage ORDER BY below) = 1),
                 own AS (SELECT asked.file, sha256, peer, scheme, stage, report_date FROM asked LEFT JOIN chosen USING (peer, scheme, stage)
                         WHERE chosen.file IS NULL OR chosen.file = asked.file),
                 newest AS (SELECT peer, scheme, stage, max(report_date) AS report_date FROM own GROUP BY ALL),
                 best AS (SELECT peer, scheme, stage, report_date, CASE WHEN count(DISTINCT sha256) = 1 THEN min(file) END AS kept
                          FROM own SEMI JOIN newest USING (peer, scheme, stage, report_date) GROUP BY ALL)
            SELECT asked.file, asked.file IS NOT DISTINCT FROM best.kept, best.kept, best.report_date FROM asked JOIN best USING (peer, scheme, stage)""")


def _tell_namesakes_apart(database: Any) -> None:
    """Let committees of one name that are on no roster be several where they name several superiors.

    One that names none is the other's where there is only one; else it is one more.
    """
    shared = database.execute("""
        SELECT committee, list(DISTINCT superior ORDER BY superior) FROM run_files WHERE member IS NULL
        GROUP BY committee HAVING count(DISTINCT superior) > 1""").fetchall()
    rows = []
    for committee, superiors in shared:
        offices = [name for name in superiors if name]
        # The longest name stands for all that can mean the same office.
        meant = {
            name: max((other for other in offices if is_same_office(name, other)), key=len, default=name) for name in offices
        }
        if len(set(meant.values())) > 1:
            rows += [(committee, name, meant.get(name, "")) for name in superiors]
    database.execute("CREATE OR REPLACE TEMP TABLE namesakes (committee VARCHAR, superior VARCHAR, meant VARCHAR)")
    insert(database, "namesakes", ("committee", "superior", "meant"), rows)
    database.execute("""
        UPDATE run_files SET peer = f.peer || '|' || n.meant, shown = f.shown || '（' || CASE n.meant WHEN '' THEN '没有写主送机关' ELSE n.meant END || '）'
        FROM run_files f JOIN namesakes n USING (committee, superior) WHERE run_files.file = f.file AND f.member IS NULL""")


def rank_peers(place: Place) -> None:
    """Rank what counts among its peers of one scheme and stage: the highest value first, ties sharing a place."""
    with connect(place) as database:
        database.execute("""
            INSERT INTO run_places SELECT file, part, label, rank() OVER (PARTITION BY scheme, stage, part, label ORDER BY value DESC)
            FROM rank_values JOIN run_files USING (result) JOIN run_chosen USING (file) WHERE counted ORDER BY file""")


def apply_ranks(place: Place, recipe: str, after: str, many: int, own_scheme: str | None) -> str | None:
    """Give the next files that are ranked (by name, after `after`, so many) their places, and keep the results.

    Returns the last of these files, or None when there are no more. Raises OtherRules, SchemeError when the rules have changed
    during the run.
    """
    with connect(place) as database:
        files = database.execute(
            """
            SELECT file, result, list(id), list(label), list(place) FROM run_places JOIN run_files USING (file)
            WHERE file IN (SELECT DISTINCT file FROM run_places WHERE file > ? ORDER BY file LIMIT ?) GROUP BY file, result ORDER BY file""",
            (after, many),
        ).fetchall()
        if not files:
            return None
        results = fetch_results(database, [number for _, number, *_ in files])
        ranked = [
            _with_places(file, results[number], dict(zip(zip(ids, labels, strict=True), places, strict=True)), own_scheme)
            for file, number, ids, labels, places in files
        ]
        database.execute("BEGIN")
        numbers = keep_results(database, recipe + RANKED, ranked)
        rows = [(item.file, item.score, number) for item, number in zip(ranked, numbers, strict=True)]
        insert(database, "run_settled", ("file", "score", "result"), rows)
        database.execute("COMMIT")
    last: str = files[-1][0]
    return last


def _with_places(file: str, rows: Rows, places: Mapping[tuple[str, str], int], own_scheme: str | None) -> CommitteeTables:
    record = record_of_rows(file, rows)
    scheme = scheme_at_hand(record.scheme, own_scheme)
    if scheme is None:
        raise OtherRules(f"评定名次时方案“{record.scheme}”变了，请再汇总一次。")
    return tables_of(with_places(record, scheme, places))


def arrange(place: Place) -> None:
    """Put what counts in the order of schemes, stages and places (the most points first, ties sharing a place), each with its last report.

    The last report is the newest result with an earlier date, of another year or another stage: an earlier draft of this report is none.
    """
    with connect(place) as database:
        database.execute("BEGIN")
        forget_earlier(database)
        database.execute("""
            INSERT INTO run_order
            WITH own AS (SELECT file, member, late, shown, committee, name, peer, scheme, stage, report_date,
                                CASE WHEN s.file IS NULL THEN f.score ELSE s.score END AS score, coalesce(s.result, f.result) AS result
                         FROM run_files f JOIN run_chosen c USING (file) LEFT JOIN run_settled s USING (file) WHERE c.counted),
                 alone AS (SELECT committee FROM own GROUP BY committee HAVING count(DISTINCT peer) = 1),
                 names AS (SELECT file, committee FROM own SEMI JOIN alone USING (committee) UNION
                           SELECT file, name FROM own SEMI JOIN alone USING (committee)),
                 old AS (SELECT own.file, r.result AS last FROM own JOIN names USING (file)
                         JOIN committees r ON r.unit_key = names.committee AND r.scheme = own.scheme AND r.report_date < own.report_date
                              AND (r.stage <> own.stage OR year(r.report_date) < year(own.report_date))
                         QUALIFY row_number() OVER
                            (PARTITION BY own.file ORDER BY r.report_date DESC, r.awaits_ranking, r.run DESC, r.result DESC) = 1),
                 ordered AS (SELECT *, CASE WHEN score IS NOT NULL THEN rank() OVER (PARTITION BY scheme, stage ORDER BY score DESC NULLS LAST) END AS place,
                                    count(score) OVER (PARTITION BY scheme, stage, score) > 1 AS tied FROM own)
            SELECT row_number() OVER (ORDER BY scheme, stage, place NULLS LAST, shown, file) AS number,
                   file, shown, member, late, scheme, stage, place, tied, result, old.last
            FROM ordered LEFT JOIN old USING (file) ORDER BY number""")
        database.execute(_PRINTS)
        for name, query in LISTS.items():
            database.execute(
                f"CREATE OR REPLACE TABLE run_{name} AS SELECT row_number() OVER (ORDER BY file) AS number, {query} ORDER BY number"
            )
        _publish(database)
        database.execute("COMMIT")


def _publish(database: Any) -> None:
    """Write down for everybody what this run has made of every file, and of which campaigns they are."""
    database.execute("DELETE FROM campaigns")
    database.execute("DELETE FROM files")
    database.execute("""
        INSERT INTO campaigns SELECT row_number() OVER (ORDER BY min(number)), scheme, any_value(scheme_title), stage, count(*), max(report_date)
        FROM run_order JOIN committees USING (result, scheme, stage) GROUP BY scheme, stage""")
    database.execute("""
        INSERT INTO files
        SELECT f.file, f.sha256, o.shown, '计入', NULL, c.campaign, o.result, o.place, o.tied, o.late
        FROM run_order o JOIN run_files f USING (file) JOIN campaigns c ON c.scheme = o.scheme AND c.stage = o.stage
        UNION ALL SELECT file, sha256, shown, CASE WHEN kept IS NULL THEN '待定' ELSE '重复' END, kept, NULL, result, NULL, NULL, late
        FROM run_files JOIN run_chosen USING (file) WHERE NOT counted
        UNION ALL SELECT file, sha256, shown, '阶段不符', stage, NULL, result, NULL, NULL, late FROM run_files WHERE reason IS NULL AND NOT asked_for
        UNION ALL SELECT file, sha256, shown, '排除', reason, NULL, result, NULL, NULL, late FROM run_files WHERE reason IS NOT NULL
        UNION ALL SELECT file, NULL, NULL, '不能汇总', message, NULL, NULL, NULL, NULL, NULL FROM run_in_failed
        UNION ALL SELECT file, NULL, NULL, '跳过', reason, NULL, NULL, NULL, NULL, NULL FROM run_in_skipped
        ORDER BY 1""")


LISTS = {
    "superseded": "file, shown, report_date, kept, kept_date, same FROM "
    "(SELECT f.file, f.shown, f.report_date, c.kept, c.kept_date, coalesce(own.print = other.print, false) AS same FROM run_files f "
    "JOIN run_chosen c USING (file) LEFT JOIN run_files k ON k.file = c.kept LEFT JOIN prints own ON own.result = f.result "
    "LEFT JOIN prints other ON other.result = k.result WHERE NOT c.counted)",
    "ties": "file, shown, report_date, kept, kept_date FROM run_files JOIN run_chosen USING (file) WHERE kept IS NULL AND report_date = kept_date",
    "excluded": "file, unit, reason, person FROM run_files WHERE reason IS NOT NULL",
    "not_asked": "file, shown, stage, report_date FROM run_files WHERE reason IS NULL AND NOT asked_for",
    "failed": "file, code, message FROM run_in_failed",
    "skipped": "file, reason FROM run_in_skipped",
    "unlisted": "file, run_files.shown FROM run_files JOIN run_order USING (file) WHERE run_files.member IS NULL",
    "late": "file, run_files.shown, run_files.member, report_date FROM run_files JOIN run_order USING (file) WHERE run_files.late",
    "records": "file, result, member, reason, person, asked_for, EXISTS (SELECT 1 FROM run_choices c WHERE c.committee IN "
    "(run_files.committee, run_files.name) AND c.file IN (run_files.file, parse_filename(run_files.file))) "
    "AND EXISTS (SELECT 1 FROM run_chosen r WHERE r.file = run_files.file AND r.counted) AS chosen FROM run_files",
}
"""The lists of a run, each in the order of files and numbered, so that a page of it is read without looking at the others."""

_PRINTS = """
    CREATE OR REPLACE TEMP TABLE prints AS
    WITH twice AS (SELECT f.result FROM run_files f JOIN run_chosen c USING (file) WHERE NOT counted
                   UNION SELECT k.result FROM run_chosen c JOIN run_files k ON k.file = c.kept WHERE NOT counted),
         lines AS (SELECT result, concat_ws(chr(31), 'i', indicator, status, score, exact, progress) AS line FROM indicators SEMI JOIN twice USING (result)
                   UNION ALL SELECT result, concat_ws(chr(31), 'p', indicator, part, label, met, value, numerator, denominator, exact)
                   FROM periods SEMI JOIN twice USING (result)
                   UNION ALL SELECT result, concat_ws(chr(31), 'f', figure, label, value, exact) FROM figures SEMI JOIN twice USING (result))
    SELECT result, md5(string_agg(line, chr(30) ORDER BY line)) AS print FROM lines GROUP BY result"""
"""What a result says, as one value, of those among which there is one that another stands for: to tell which of them say the same."""
_PAGE = "WHERE number > $1 AND number <= $2"
_LIST_QUERIES = {name: f"SELECT * FROM run_{name} {_PAGE} ORDER BY number" for name in LISTS}
_ROW_QUERY = f"""
    SELECT number, file, o.shown, o.member, o.late, place, tied, o.result, last, f.received
    FROM run_order o JOIN run_files f USING (file) {_PAGE} ORDER BY number"""
COMPARED = (COMMITTEES, INDICATORS)
"""What is compared with the last report."""
_CELLS_QUERY = """
    SELECT result, indicator, string_agg(sheet || coalesce('!' || cell, ''), chr(10) ORDER BY rowid)
    FROM evidence WHERE result IN (SELECT unnest($1::BIGINT[])) GROUP BY result, indicator"""


def list_page(place: Place, name: str, after: int, last: int) -> list[tuple[Any, ...]]:
    """Return the entries of a list with numbers above `after` up to `last`, each number first."""
    return _fetch(place, _LIST_QUERIES[name], (after, last))


def row_page(place: Place, after: int, last: int) -> list[tuple[Any, ...]]:
    """Return what counts with numbers above `after` up to `last`.

    Of each: number, file, name, member, late, place, tied, its rows, those of the last report, the day it was received.

    Of the evidence, all cells of an indicator stand in one row, a line each.
    """
    entries = _fetch(place, _ROW_QUERY, (after, last))
    numbers = [entry[7] for entry in entries]
    with connect(place) as database:
        results = fetch_results(database, numbers, (COMMITTEES, HEADS, INDICATORS, LOSSES, FIGURES))
        before = fetch_results(database, [entry[8] for entry in entries if entry[8] is not None], COMPARED)
        for number, *cells in database.execute(_CELLS_QUERY, (numbers,)).fetchall():
            results[number].setdefault(EVIDENCE.name, []).append(tuple(cells))
    return [(*entry[:7], results[entry[7]], before.get(entry[8]), entry[9]) for entry in entries]


def _fetch(place: Place, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connect(place) as database:
        rows: list[tuple[Any, ...]] = database.execute(query, values).fetchall()
    return rows


@dataclass(frozen=True)
class RunCounts:
    """The length of each list; the first and the last row of each scheme and stage; the members of which a file counts, and those whose files tie."""

    lists: Mapping[str, int]
    bounds: tuple[tuple[int, int], ...]
    received: tuple[int, ...]
    undecided: tuple[int, ...]


def count(place: Place) -> RunCounts:
    """Return the counts of the arranged tables."""
    lists = {name: _fetch(place, f"SELECT count(*) FROM run_{name}")[0][0] for name in LISTS}
    bounds = _fetch(place, "SELECT min(number), max(number) FROM run_order GROUP BY scheme, stage ORDER BY 1")
    received = _fetch(place, "SELECT DISTINCT member FROM run_order WHERE member IS NOT NULL ORDER BY 1")
    undecided = _fetch(
        place,
        "SELECT DISTINCT member FROM run_files JOIN run_chosen USING (file) WHERE kept IS NULL AND member IS NOT NULL "
        "AND member NOT IN (SELECT member FROM run_order WHERE member IS NOT NULL) ORDER BY 1",
    )
    return RunCounts(
        lists,
        tuple((first, last) for first, last in bounds),
        tuple(number for (number,) in received),
        tuple(number for (number,) in undecided),
    )


def write_bundle_parts(place: Place, roster: Roster | None) -> None:
    """Write the parts of the 汇总包 of this run into the folder of the run."""
    with connect(place) as database:
        write_parts(database, place.room, roster)
