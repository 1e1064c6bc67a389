"""The results of all runs, and the files of this run; what stands here runs in a process that can be lost."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.codec import PackedRecord, pack_record
from wuhao_report.aggregate.roster import MatchedRecord, Roster, match_to_roster, unit_key
from wuhao_report.aggregate.rows import Failed, Skipped
from wuhao_report.aggregate.storage.bundle import BundledRecord, NotABundle, read_bundle
from wuhao_report.aggregate.storage.soundness import fits_scheme
from wuhao_report.aggregate.storage.tables import append_records, connect, insert
from wuhao_report.core.errors import SchemeError
from wuhao_report.core.problems import problem
from wuhao_report.sandbox.pool import batches
from wuhao_report.scheme.lookup import built_in_path, find_scheme
from wuhao_report.scheme.model import Scheme

BATCH = 256
BUNDLED = " pack"
"""What the recipe of a result out of a bundle ends with, so that it never stands for the workbook itself; it is part of the stored keys."""


# Schemes as they are on this machine


def scheme_at_hand(name: str, own: str | None) -> Scheme | None:
    """Return the scheme of an id, or the one of the options (`own`), whatever its name. A name that came by mail is never a file."""
    try:
        return find_scheme(own) if own else find_scheme(name) if built_in_path(name) else None
    except SchemeError:
        return None


def scheme_hashes(names: Sequence[str], own: str | None) -> dict[str, str]:
    """Return the hashes of the schemes of these ids as they are now, or of the one of the options (`own`)."""
    return {name: scheme.hash for name in names if (scheme := scheme_at_hand(name, own))}


# Results of all runs


def _key(sha256: str, recipe: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{sha256} {recipe}".encode()).digest()[:8])


def remember(path: Path, recipe: str, results: Sequence[PackedRecord]) -> None:
    """Keep results for later runs; without their files, for the same workbook may lie elsewhere the next time."""
    with connect(path) as database:
        database.execute("BEGIN")
        _remember(database, recipe, results)
        database.execute("COMMIT")


def remember_once(path: Path, recipe: str, results: Sequence[PackedRecord]) -> None:
    """Keep those of the results that are not here yet: they were worked out for another folder."""
    with connect(path) as database:
        keys = [_key(item.sha256, recipe) for item in results]
        found = database.execute(
            "SELECT key FROM results SEMI JOIN (SELECT unnest($1::UBIGINT[]) AS key) USING (key)", (keys,)
        ).fetchall()
        here = {key for (key,) in found}
        missing = [item for item, key in zip(results, keys, strict=True) if key not in here]
        if missing:
            database.execute("BEGIN")
            _remember(database, recipe, missing)
            database.execute("COMMIT")


def _remember(database: Any, recipe: str, results: Sequence[PackedRecord]) -> None:
    run = database.execute("SELECT runs FROM about").fetchone()[0]
    rows = {
        item.sha256: (
            _key(item.sha256, recipe),
            item.sha256,
            recipe,
            unit_key(item.unit),
            item.scheme,
            item.scheme_hash,
            item.stage,
            item.report_date,
            item.score,
            item.awaits_ranking,
            run,
            item.data,
        )
        for item in results
    }
    database.execute("DELETE FROM results WHERE key IN (SELECT unnest($1::UBIGINT[]))", ([row[0] for row in rows.values()],))
    insert(
        database, "results", ("UBIGINT", *["VARCHAR"] * 6, "DATE", "DOUBLE", "BOOLEAN", "INTEGER", "BLOB"), list(rows.values())
    )


# Files of this run


def add_files(path: Path, matched: Sequence[MatchedRecord], failed: Sequence[Failed], skipped: Sequence[Skipped]) -> None:
    """Add files to this run."""
    with connect(path) as database:
        _add_files(path, database, matched, failed, skipped)


FILE_TYPES = (*["VARCHAR"] * 7, "INTEGER", "BOOLEAN", *["VARCHAR"] * 2, "DATE", "DOUBLE", "BIGINT", "INTEGER", *["VARCHAR"] * 2)


def _file_row(item: MatchedRecord, span: Sequence[int]) -> tuple[Any, ...]:
    """A row of run_files; `span` is where its record lies in the plain file."""
    packed = item.packed
    names = (
        packed.file,
        packed.sha256,
        packed.unit,
        unit_key(packed.unit),
        unit_key(item.display_name),
        item.committee_key,
        item.display_name,
    )
    result = (item.member, item.late, packed.scheme, packed.stage, packed.report_date, packed.score)
    return (*names, *result, *span, item.reason, item.person)


def _add_files(
    path: Path, database: Any, matched: Sequence[MatchedRecord], failed: Sequence[Failed], skipped: Sequence[Skipped]
) -> None:
    spans = append_records(path, (item.packed.data for item in matched))
    rows = [_file_row(item, span) for item, span in zip(matched, spans, strict=True)]
    insert(database, "run_files", FILE_TYPES, rows)
    insert(
        database,
        "run_among",
        ("VARCHAR", "VARCHAR", "VARCHAR", "DOUBLE"),
        [(item.packed.file, *value) for item in matched for value in item.packed.rank_values],
    )
    insert(database, "run_in_failed", ("VARCHAR",) * 3, [(item.file, item.code, item.message) for item in failed])
    insert(database, "run_in_skipped", ("VARCHAR",) * 2, [(item.file, item.reason) for item in skipped])


def add_bundle(
    path: Path,
    bundle: Path,
    within: str,
    recipe: str,
    roster: Roster | None,
    numbers: Sequence[int] | None,
    own_scheme: str | None,
) -> None:
    """Add what a bundle holds to this run; a result by other rules than those at hand is a failure.

    `numbers` are those of the bundle's members on the roster, where that is made of the bundles' own. All of it is added or, when the
    bundle turns out to be none, nothing. Raises NotABundle, OSError.
    """
    with connect(path) as database:
        database.execute("BEGIN")
        for items in batches(read_bundle(bundle, within), BATCH // 8):
            matched, failed = _match_bundled(
                [item for item in items if isinstance(item, BundledRecord)], roster, numbers, own_scheme
            )
            failed += [item for item in items if isinstance(item, Failed)]
            _add_files(path, database, matched, failed, [item for item in items if isinstance(item, Skipped)])
            _remember(database, recipe + BUNDLED, [item.packed for item in matched])
        if database.execute(
            "SELECT file FROM run_files WHERE starts_with(file, ?) GROUP BY file HAVING count(*) > 1 LIMIT 1", (f"{within}/",)
        ).fetchone():
            raise NotABundle("同一个文件出现了两次")
        database.execute("COMMIT")


def _match_bundled(
    items: Sequence[BundledRecord], roster: Roster | None, numbers: Sequence[int] | None, own_scheme: str | None
) -> tuple[list[MatchedRecord], list[Failed]]:
    matched, failed = [], []
    for item in items:
        scheme = scheme_at_hand(item.record.scheme, own_scheme)
        if scheme is None or scheme.hash != item.record.scheme_hash:
            failed.append(Failed.by(item.record.file, problem("pack-other-rules", scheme=item.record.scheme)))
        else:
            matched.append(_match_one(item, scheme, roster, numbers))
    return matched, failed


def _match_one(item: BundledRecord, scheme: Scheme, roster: Roster | None, numbers: Sequence[int] | None) -> MatchedRecord:
    """Match a bundled record to the roster; raises NotABundle when it cannot be one of that scheme."""
    if not fits_scheme(item.record, scheme):
        raise NotABundle("结果与方案不符")
    number = None
    if numbers is not None and item.member is not None:
        if item.member >= len(numbers):
            raise NotABundle("名单与结果不符")
        number = numbers[item.member]
    matched = match_to_roster(pack_record(item.record), roster, number)
    return replace(matched, reason=item.reason, person=item.person) if item.reason is not None else matched
