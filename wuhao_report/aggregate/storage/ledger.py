"""The results of all runs, and the files of this run; what stands here runs in a process that can be lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.roster.matching import MatchedRecord, match_to_roster
from wuhao_report.aggregate.roster.model import NO_CAMPAIGN, Roster
from wuhao_report.aggregate.roster.names import unit_key
from wuhao_report.aggregate.rows import Failed, Skipped
from wuhao_report.aggregate.storage.bundles.bundle import read_bundle
from wuhao_report.aggregate.storage.bundles.items import BundledRecord, NotABundle
from wuhao_report.aggregate.storage.database import Place, connect, insert
from wuhao_report.aggregate.storage.known import keep
from wuhao_report.aggregate.storage.results import keep_results
from wuhao_report.aggregate.storage.soundness import fits_scheme
from wuhao_report.aggregate.tables.rows import tables_of
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
    """Return the scheme of an id: the one of the options (`own`) where it is that. A name that came by mail is never a file."""
    try:
        named = find_scheme(own) if own else None
        if named is not None and named.id == name:
            return named
        return find_scheme(name) if built_in_path(name) else None
    except SchemeError:
        return None


def scheme_id(own: str) -> str:
    """Return the id of the scheme of the options; raises SchemeError."""
    return find_scheme(own).id


def scheme_hashes(names: Sequence[str], own: str | None) -> dict[str, str]:
    """Return the hashes of the schemes of these ids as they are now; of the options' own (`own`), that."""
    return {name: scheme.hash for name in names if (scheme := scheme_at_hand(name, own))}


# Files of this run


def set_members(place: Place, first: int, members: Sequence[tuple[str, str, str]]) -> None:
    """Say under what the rows are counted: of each member, from the number `first`, its kind, the committee above it, and its region."""
    with connect(place) as database:
        names = ("member", "kind", "parent", "region")
        insert(database, "run_members", names, [(number, *item) for number, item in enumerate(members, first)])


def set_choices(place: Place, choices: Sequence[tuple[str, str]]) -> None:
    """Say of committees by their unit_key which file counts."""
    with connect(place) as database:
        insert(database, "run_choices", CHOICE_COLUMNS, [(*choice, False) for choice in choices])


CHOICE_COLUMNS = ("committee", "file", "below")


def add_files(
    place: Place,
    recipe: str,
    matched: Sequence[MatchedRecord],
    failed: Sequence[Failed],
    skipped: Sequence[Skipped],
    cache: Path | None = None,
) -> None:
    """Add files to this run, and keep the results of those that have one; in the user's own cache too, where that is given."""
    with connect(place) as database:
        database.execute("BEGIN")
        _add_files(database, recipe, matched, failed, skipped)
        database.execute("COMMIT")
    if cache is not None:
        keep(cache, recipe, [item.tables for item in matched])


FILE_COLUMNS = (
    *("file", "sha256", "unit", "committee", "name", "peer", "shown", "member", "late", "scheme", "stage", "report_date"),
    *("score", "result", "reason", "person", "superior", "asked_for", "received"),
)


def _file_row(item: MatchedRecord, result: int) -> tuple[Any, ...]:
    """A row of run_files; `result` is the number of its result."""
    own = item.tables
    names = unit_key(own.unit), unit_key(item.display_name), item.committee_key, item.display_name
    facts = item.member, item.late, own.scheme, own.stage, own.report_date, own.score
    return (
        own.file,
        own.sha256,
        own.unit,
        *names,
        *facts,
        result,
        item.reason,
        item.person,
        own.superior,
        item.asked_for,
        item.received,
    )


def _add_files(
    database: Any, recipe: str, matched: Sequence[MatchedRecord], failed: Sequence[Failed], skipped: Sequence[Skipped]
) -> None:
    numbers = keep_results(database, recipe, [item.tables for item in matched]) if matched else []
    rows = [_file_row(item, number) for item, number in zip(matched, numbers, strict=True)]
    insert(database, "run_files", FILE_COLUMNS, rows)
    insert(database, "run_in_failed", ("file", "code", "message"), [(item.file, item.code, item.message) for item in failed])
    insert(database, "run_in_skipped", ("file", "reason"), [(item.file, item.reason) for item in skipped])


def add_bundle(
    place: Place,
    bundle: Path,
    within: str,
    recipe: str,
    roster: Roster | None,
    numbers: Sequence[int] | None,
    own_scheme: str | None,
    trusted: Sequence[bytes] = (),
) -> None:
    """Add what a bundle holds to this run; a result by other rules than those at hand is a failure.

    `numbers` are those of the bundle's members on the roster, where that is made of the bundles' own. All of it is added or, when the
    bundle turns out to be none, nothing. Raises NotABundle, OSError.
    """
    with connect(place) as database:
        database.execute("BEGIN")
        for items in batches(read_bundle(bundle, within, database, place.room, trusted), BATCH // 8):
            matched, failed = _match_bundled(
                [item for item in items if isinstance(item, BundledRecord)], roster, numbers, own_scheme
            )
            _adopt_choices(database, [item for item in items if isinstance(item, BundledRecord) and item.chosen])
            failed += [item for item in items if isinstance(item, Failed)]
            _add_files(database, recipe + BUNDLED, matched, failed, [item for item in items if isinstance(item, Skipped)])
        if database.execute(
            "SELECT file FROM run_files WHERE starts_with(file, ?) GROUP BY file HAVING count(*) > 1 LIMIT 1", (f"{within}/",)
        ).fetchall():
            raise NotABundle("同一个文件出现了两次")
        database.execute("COMMIT")


def _adopt_choices(database: Any, chosen: Sequence[BundledRecord]) -> None:
    """Remember what a person at the level below has chosen; it holds where nobody here has chosen another."""
    insert(database, "run_choices", CHOICE_COLUMNS, [(unit_key(item.record.unit), item.record.file, True) for item in chosen])


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
    matched = match_to_roster(tables_of(item.record), roster, number)
    # A roster of this level says itself what is asked for; else what the level below was not asked for is not here either.
    if numbers is not None or roster is None or roster.campaign == NO_CAMPAIGN:
        matched = replace(matched, asked_for=matched.asked_for and item.asked)
    return replace(matched, reason=item.reason, person=item.person) if item.reason is not None else matched
