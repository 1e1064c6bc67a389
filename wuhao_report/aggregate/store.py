"""结果库.duckdb: what earlier runs found, by the hashes of workbook and rules, and the files of this run; never trusted, and rebuilt when it is not as it should be.

Every access happens in a process that can be lost: a store may have come by mail with the folder it lies in. What is asked for
comes in pages, so that memory does not grow with the number of workbooks.
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from wuhao_report.aggregate import ledger
from wuhao_report.aggregate.codec import Entry, NoReturn, from_bytes
from wuhao_report.aggregate.ledger import Counts
from wuhao_report.aggregate.matching import Sent
from wuhao_report.aggregate.records import Return
from wuhao_report.aggregate.roster import Member, Names, Roster
from wuhao_report.aggregate.totals import Earlier, Failed, Late, Left, Row, Skipped, Stranger, Superseded, earlier_of
from wuhao_report.sandbox import call as sandbox

NAME = "结果库.duckdb"
SECONDS, MEBIBYTES = 3600.0, 4096
LEAST_FREE = 64 * 2**20
PAGE = 200
"""So many rows are told at once."""
MOST_NEAR = 200
"""For so many committees that are not on the roster the nearest name is looked up."""


class Broken(Exception):
    """A store that has turned out, in the middle of a run, not to be as it should be; `cause` is what came of it."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.cause = cause


def put_aside(path: Path) -> Path:
    """Rename a store that cannot be used; where it is now."""
    target = next(target for number in range(1, 1000) if not (target := path.with_name(f"{path.stem}（不能用 {number}）{path.suffix}")).exists())
    path.rename(target)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)
    return target


class Store:
    """The store of an output folder; `set_aside` names the file a damaged or foreign one was moved to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set_aside: Path | None = None
        self._worker = sandbox.Worker(SECONDS, MEBIBYTES)
        if path.exists():
            self._trusted()
        self._call(ledger.begin)

    def _trusted(self) -> None:
        try:
            self._call(ledger.verify)
        except (Broken, OSError, ledger.Foreign):
            self._worker.close()
            self.set_aside = put_aside(self.path)

    def _call(self, function: Any, *args: Any) -> Any:
        try:
            return self._worker.run(function, self.path, *args)
        except (sandbox.Unforeseen, sandbox.Lost) as error:
            if shutil.disk_usage(self.path.parent).free < LEAST_FREE:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path)) from error
            raise Broken(error) from error

    def known(self, recipe: str, hashes: Sequence[str]) -> dict[str, Entry]:
        """What is known of workbooks of these hashes by that recipe."""
        found: dict[str, Entry] = self._call(ledger.known, recipe, list(dict.fromkeys(hashes))) if hashes else {}
        return found

    def rules(self, names: Collection[str], own: str | None) -> dict[str, str]:
        """The hashes of the schemes of these ids as they are now, or of the one of the options."""
        found: dict[str, str] = self._worker.run(ledger.rules, sorted(names), own) if names else {}
        return found

    def keep(self, recipe: str, entries: Sequence[Entry]) -> None:
        """Remember results of that recipe."""
        if entries:
            self._call(ledger.keep, recipe, list(entries))

    def add(self, sent: Sequence[Sent] = (), failed: Sequence[Failed] = (), skipped: Sequence[Skipped] = ()) -> None:
        """Put files of this run where they belong."""
        if sent or failed or skipped:
            self._call(ledger.add, list(sent), list(failed), list(skipped))

    def add_pack(self, pack: Path, within: str, recipe: str, roster: Roster | None, numbers: Sequence[int] | None, scheme: str | None) -> None:
        """Put what a 汇总包 holds where it belongs, each file named below `within` (ledger.add_pack). Raises NotAPack, OSError."""
        self._call(ledger.add_pack, pack, within, recipe, roster, numbers, scheme)

    def arrange(self, recipe: str, scheme: str | None) -> Counts:
        """Choose what counts, settle its ranks, put it in order; how many there are of each kind.

        Raises OtherRules, SchemeError when the rules have changed under our hands.
        """
        self._call(ledger.choose)
        self._call(ledger.rank)
        after: str | None = ""
        while after is not None:
            after = self._call(ledger.settle, recipe, after, PAGE, scheme)
        self._call(ledger.arrange)
        counts: Counts = self._call(ledger.count)
        return counts

    def rows(self, bounds: tuple[int, int], members: Sequence[Member]) -> Iterator[Row]:
        """What counts, from the first to the last number, with its member of the roster."""
        for after in range(bounds[0] - 1, bounds[1], PAGE):
            for _, file, member, late, place, tied, data, before in self._call(ledger.listed, "rows", after, min(after + PAGE, bounds[1])):
                found = replace(from_bytes(data), file=file)
                yield Row(found, None if member is None else members[member], place, tied, late, _earlier(found, before))

    def paged(self, name: str) -> Iterator[tuple[Any, ...]]:
        """All of a list of the ledger, in the order of files."""
        for after in itertools.count(0, PAGE):
            page: list[tuple[Any, ...]] = self._call(ledger.listed, name, after, after + PAGE)
            yield from (entry[1:] for entry in page)
            if len(page) < PAGE:
                return

    def close(self) -> None:
        """Forget the files of this run; the results stay."""
        try:
            self._call(ledger.end)
        except (Broken, OSError):
            # A store that cannot even be closed is set aside by the next run.
            return
        finally:
            self._worker.close()


def _earlier(found: Return, before: bytes | None) -> Earlier | None:
    """What has moved since the last report; one that is no return of ours, or no more, tells nothing."""
    if before is None:
        return None
    try:
        return earlier_of(found, from_bytes(before))
    except NoReturn:
        return None


class RunLists:
    """What does not count in a run, out of its store."""

    def __init__(self, store: Store, members: Sequence[Member], unsent: Names) -> None:
        self._store, self._members, self._unsent = store, members, unsent

    def superseded(self) -> Iterator[Superseded]:
        return (Superseded(*row) for row in self._store.paged("superseded"))

    def ties(self) -> Iterator[Superseded]:
        return (Superseded(*row) for row in self._store.paged("ties"))

    def left(self) -> Iterator[Left]:
        return (Left(*row) for row in self._store.paged("left"))

    def failed(self) -> Iterator[Failed]:
        return (Failed(*row) for row in self._store.paged("failed"))

    def skipped(self) -> Iterator[Skipped]:
        return (Skipped(*row) for row in self._store.paged("skipped"))

    def strangers(self) -> Iterator[Stranger]:
        return (Stranger(file, unit, self._unsent.nearest(unit) if number < MOST_NEAR else None)
                for number, (file, unit) in enumerate(self._store.paged("strangers")))

    def late(self) -> Iterator[Late]:
        return (Late(shown, self._members[member], day) for _, shown, member, day in self._store.paged("late"))
