"""结果库.duckdb as a run uses it: the results of earlier runs, by the hashes of workbook and rules, and the files of this run.

The store is never trusted, and rebuilt when it is not as it should be: it may have come by mail with the folder it lies in, so that
every access happens in a process that can be lost. Answers come in pages, so that memory does not grow with the number of workbooks.
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Concatenate, ParamSpec, TypeVar

from wuhao_report.aggregate.records.model import CommitteeRecord
from wuhao_report.aggregate.roster.matching import MatchedRecord
from wuhao_report.aggregate.roster.model import Member, Roster
from wuhao_report.aggregate.roster.names import NameIndex, unit_key
from wuhao_report.aggregate.rows import (
    Excluded,
    Failed,
    LastReport,
    Late,
    NotAsked,
    Row,
    Skipped,
    Superseded,
    Unlisted,
    compare_records,
)
from wuhao_report.aggregate.storage import database, export, known, ledger, migration, ordering, sums
from wuhao_report.aggregate.storage.bundles.bundle import write_bundle
from wuhao_report.aggregate.storage.database import Place
from wuhao_report.aggregate.storage.ordering import RunCounts
from wuhao_report.aggregate.tables.exact import NotARecord
from wuhao_report.aggregate.tables.rows import CommitteeTables, Rows, record_of_rows
from wuhao_report.aggregate.tables.schema import EVIDENCE
from wuhao_report.aggregate.totals import Totals
from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.options import Export
from wuhao_report.core.problems import problem
from wuhao_report.sandbox import call as sandbox

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
NAME = "结果库.duckdb"
SECONDS_OF_ONE = 0.02
"""How long one committee may hold up a call to the store, besides the time for any file."""
BYTES_OF_ONE = 4_000
"""How large one committee is in the file of a store, at the least."""
LEAST_IN_BUNDLE = 500
"""How many bytes of a bundle one committee takes, at the least."""
LEAST_FREE = 64 * 2**20
MEMBERS_AT_ONCE = 20_000
PAGE = 200
"""The number of rows or entries in one answer."""
MOST_NEAR = 200
"""For so many committees that are not on the roster the nearest name is looked up."""


class BrokenStore(Exception):
    """A store that turned out, in the middle of a run, not to be as it should be; `cause` is the exception of the process."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.cause = cause


def set_aside(path: Path) -> Path:
    """Rename a store that cannot be used, and return its new path."""
    target = next(
        target
        for number in range(1, 1000)
        if not (target := path.with_name(f"{path.stem}（不能用 {number}）{path.suffix}")).exists()
    )
    path.rename(target)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    return target


class Store:
    """The store of an output folder, opened in a process for it; `unusable` is the path to which a damaged or foreign one was renamed."""

    def __init__(self, path: Path, worker: sandbox.Worker) -> None:
        self.path = path
        self.unusable: Path | None = None
        self._room = tempfile.TemporaryDirectory(prefix="wuhao-")
        self._place = Place(path, Path(self._room.name))
        self._worker = worker
        self._one_at_a_time, self._closed = threading.Lock(), False
        self._known = known.place()
        try:
            self._begin()
        except BaseException:
            self._release()
            raise

    def _begin(self) -> None:
        self._grow(self.path.stat().st_size // BYTES_OF_ONE if self.path.is_file() else 0)
        if self.path.exists():
            self._verify()
        self._call(database.begin_run)
        self._worker.run(known.begin, self._known)

    def _release(self) -> None:
        with self._one_at_a_time:
            # A page that is still read ahead must not begin the process anew.
            self._closed = True
            self._worker.close()
        self._room.cleanup()

    def _verify(self) -> None:
        try:
            version = self._call(migration.earlier_version)
            if version is not None:
                self._call(migration.migrate, version)
        except (BrokenStore, OSError):
            self._worker.close()
            self.unusable = set_aside(self.path)

    def _call(
        self, function: Callable[Concatenate[Place, Parameters], Result], *args: Parameters.args, **keywords: Parameters.kwargs
    ) -> Result:
        try:
            with self._one_at_a_time:
                if self._closed:
                    raise ValueError("the store is closed")
                return self._worker.run(function, self._place, *args, **keywords)
        except (sandbox.Unforeseen, sandbox.Lost) as error:
            if shutil.disk_usage(self.path.parent).free < LEAST_FREE:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path)) from error
            raise BrokenStore(error) from error

    def _grow(self, committees: int) -> None:
        """Give the process time for so many committees more."""
        self._worker.seconds += SECONDS_OF_ONE * committees

    def known_results(self, recipe: str, hashes: Sequence[str]) -> dict[str, CommitteeTables]:
        """Return what this user's own runs know of workbooks of these hashes by that recipe; the store itself is not asked."""
        return self._worker.run(known.known_results, self._known, recipe, list(dict.fromkeys(hashes))) if hashes else {}

    def scheme_id(self, own: str) -> str:
        """Return the id of the scheme of the options; raises SchemeError."""
        return self._worker.run(ledger.scheme_id, own)

    def scheme_hashes(self, names: Collection[str], own_scheme: str | None) -> dict[str, str]:
        """Return the hashes of the schemes of these ids as they are now, or of the one of the options."""
        return self._worker.run(ledger.scheme_hashes, sorted(names), own_scheme) if names else {}

    def add_files(
        self,
        recipe: str = "",
        matched: Sequence[MatchedRecord] = (),
        failed: Sequence[Failed] = (),
        skipped: Sequence[Skipped] = (),
        fresh: bool = False,
    ) -> None:
        """Add files to this run, with their results, which were made by that recipe; fresh ones go into the user's own cache too."""
        if matched or failed or skipped:
            self._grow(len(matched) + len(failed) + len(skipped))
            cache = self._known if fresh and matched else None
            self._call(ledger.add_files, recipe, list(matched), list(failed), list(skipped), cache)

    def add_bundle(
        self,
        file: Path,
        within: str,
        recipe: str,
        roster: Roster | None,
        numbers: Sequence[int] | None,
        own_scheme: str | None,
        trusted: Sequence[bytes] = (),
    ) -> None:
        """Add what a 汇总包 holds to this run, each file named below `within` (ledger.add_bundle). Raises NotABundle, OSError."""
        self._grow(file.stat().st_size // LEAST_IN_BUNDLE)
        self._call(ledger.add_bundle, file, within, recipe, roster, numbers, own_scheme, trusted)

    def arrange(self, recipe: str, own_scheme: str | None) -> RunCounts:
        """Choose what counts, rank it, put it in order, and return how many there are of each kind.

        Raises OtherRules, SchemeError when the rules have changed during the run.
        """
        self._call(ordering.choose_files)
        self._call(ordering.rank_peers)
        after: str | None = ""
        while after is not None:
            after = self._call(ordering.apply_ranks, recipe, after, PAGE, own_scheme)
        self._call(ordering.arrange)
        return self._call(ordering.count)

    def set_members(self, members: Sequence[tuple[str, str, str]]) -> None:
        """Say under what the rows are counted: of each member of the roster its kind, the committee above it, and its region."""
        for at in range(0, len(members), MEMBERS_AT_ONCE):
            self._call(ledger.set_members, at, list(members[at : at + MEMBERS_AT_ONCE]))

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Say of committees by their unit_key which file counts."""
        if choices:
            self._call(ledger.set_choices, list(choices))

    def totals(self, bounds: tuple[int, int]) -> Totals:
        """Return the totals of what counts, from the first to the last number."""
        return self._call(sums.totals, *bounds)

    def rows(self, bounds: tuple[int, int], members: Sequence[Member]) -> Generator[Row, None, None]:
        """Yield what counts, from the first to the last number, with its member of the roster."""
        for page in self._pages(bounds):
            for _, file, shown, member, late, place, tied, rows, before, received in page:
                cells = {indicator: tuple(lines.split("\n")) for indicator, lines in rows.get(EVIDENCE.name, ())}
                record = record_of_rows(file, rows, cells)
                yield Row(
                    record,
                    None if member is None else members[member],
                    place,
                    tied,
                    late,
                    _last_report(record, before),
                    shown,
                    received,
                )

    def _pages(self, bounds: tuple[int, int]) -> Iterator[list[tuple[Any, ...]]]:
        # The next page is read in the process while this one is used here.
        with ThreadPoolExecutor(max_workers=1) as reader:
            coming: Future[list[tuple[Any, ...]]] | None = None
            for after in range(bounds[0] - 1, bounds[1], PAGE):
                read, coming = coming, reader.submit(self._call, ordering.row_page, after, min(after + PAGE, bounds[1]))
                if read is not None:
                    yield read.result()
            if coming is not None:
                yield coming.result()

    def entries(self, name: str) -> Iterator[tuple[Any, ...]]:
        """Yield all entries of a list of `ordering.LISTS`, in the order of files."""
        for after in itertools.count(0, PAGE):
            page = self._call(ordering.list_page, name, after, after + PAGE)
            yield from (entry[1:] for entry in page)
            if len(page) < PAGE:
                return

    def add_history(self, source: Path) -> None:
        """Take in the results of another store, which then tell what has changed.

        Raises UnreadableWorkbook where it is none, or cannot be read.
        """
        self._grow(source.stat().st_size // BYTES_OF_ONE)
        try:
            self._call(migration.add_history, source)
        except BrokenStore as error:
            raise UnreadableWorkbook(problem("history-unusable", file=source.name)) from error

    def export(self, kind: Export) -> list[Path]:
        """Write the tables of this run for other programs, and return the files, which are there as long as the store is open."""
        folder = Path(self._room.name) / "export"
        return [folder / name for name in self._call(export.export_tables, kind)]

    def make_bundle_parts(self, roster: Roster | None) -> None:
        """Make the parts of the 汇总包 of this run, which `write_bundle` puts together."""
        self._call(ordering.write_bundle_parts, roster)

    def write_bundle(self, stream: IO[bytes], recipe: str, roster: Roster | None, key: Path | None = None) -> None:
        """Write the 汇总包 of this run, signed with a private key where one is given."""
        write_bundle(stream, Path(self._room.name), recipe, roster, key)

    def close(self) -> None:
        """Forget the files of this run; the results stay."""
        try:
            self._call(database.end_run, tuple(ordering.LISTS))
        except (BrokenStore, OSError):
            # A store that cannot even be closed is set aside by the next run.
            return
        finally:
            self._release()


def _last_report(record: CommitteeRecord, before: Rows | None) -> LastReport | None:
    """Return what has changed since the last report; None where there is none, or what is kept of it is no record any more."""
    if before is None:
        return None
    try:
        return compare_records(record, record_of_rows("", before))
    except NotARecord:
        return None


class StoredLists:
    """The lists of a run (overview.Lists), read from its store."""

    def __init__(self, store: Store, members: Sequence[Member], unsent: NameIndex) -> None:
        self._store, self._members, self._unsent = store, members, unsent
        shared: dict[str, list[str]] = {}
        for member in members:
            shared.setdefault(unit_key(member.unit), []).append(f"{member.parent}的{member.unit}")
        self._namesakes = {key: "、".join(names) for key, names in shared.items() if len(names) > 1}

    def superseded(self) -> Iterator[Superseded]:
        """Yield the files in whose place another of the committee counts, or none."""
        return (Superseded(*entry) for entry in self._store.entries("superseded"))

    def ties(self) -> Iterator[Superseded]:
        """Yield, of the superseded files, those among which no choice can be made."""
        return (Superseded(*entry) for entry in self._store.entries("ties"))

    def excluded(self) -> Iterator[Excluded]:
        """Yield the files of excluded committees."""
        return (Excluded(*entry) for entry in self._store.entries("excluded"))

    def not_asked(self) -> Iterator[NotAsked]:
        """Yield the files of another scheme or stage than the campaign asks for."""
        return (NotAsked(*entry) for entry in self._store.entries("not_asked"))

    def failed(self) -> Iterator[Failed]:
        """Yield the files without a result."""
        return (Failed(*entry) for entry in self._store.entries("failed"))

    def skipped(self) -> Iterator[Skipped]:
        """Yield the files that are not evaluated."""
        return (Skipped(*entry) for entry in self._store.entries("skipped"))

    def unlisted(self) -> Iterator[Unlisted]:
        """Yield the committees that count but are not on the roster."""
        return (
            Unlisted(
                file, unit, self._namesakes.get(unit_key(unit)) or (self._unsent.nearest(unit) if number < MOST_NEAR else None)
            )
            for number, (file, unit) in enumerate(self._store.entries("unlisted"))
        )

    def late(self) -> Iterator[Late]:
        """Yield the committees that count but were late."""
        return (Late(unit, self._members[member], day) for _, unit, member, day in self._store.entries("late"))
