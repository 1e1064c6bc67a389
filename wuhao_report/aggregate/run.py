"""A folder of workbooks → the administrator's picture: every file judged once, ranks settled, files written."""

from __future__ import annotations

import hashlib
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from wuhao_report import __version__
from wuhao_report.aggregate.bundle import NAME as PACK
from wuhao_report.aggregate.bundle import SUFFIX, Head, NotAPack, read_head, write_pack
from wuhao_report.aggregate.codec import Entry, judged
from wuhao_report.aggregate.ledger import BATCH, Counts
from wuhao_report.aggregate.matching import sent_by
from wuhao_report.aggregate.outputs.data import rollup_data
from wuhao_report.aggregate.outputs.page import page
from wuhao_report.aggregate.outputs.report import report
from wuhao_report.aggregate.outputs.table import write_table
from wuhao_report.aggregate.roster import Names, Roster, joined, read_roster
from wuhao_report.aggregate.store import NAME as STORE
from wuhao_report.aggregate.store import Broken, RunLists, Store, put_aside
from wuhao_report.aggregate.totals import Failed, Files, Group, Rollup, Row, Skipped, regions, reminder, summed
from wuhao_report.core.options import Options
from wuhao_report.core.problems import UnreadableWorkbook, problem
from wuhao_report.files.lock import locked
from wuhao_report.files.paths import Content, write_beside
from wuhao_report.files.provenance import TABLE_NAME, is_own_output
from wuhao_report.sandbox import call as sandbox
from wuhao_report.sandbox.pool import batches, run_all
from wuhao_report.tools.batch import failure, find_workbooks
from wuhao_report.workbook.reader import read_bytes

OUTPUT_FOLDER = "汇总"
TABLE, REPORT, PAGE, REMINDER = f"{TABLE_NAME}.xlsx", "汇总报告.docx", "汇总看板.html", "催报.txt"
Told = Callable[[int, int, Path], None]
Work = tuple[Path, str, Options]
Judges = Callable[[Iterable[Work]], Generator[Entry | Exception, None, None]]
"""What judges workbooks: for each path, name and options, in order, its entry or what went wrong."""


@dataclass
class Aggregated:
    """The picture, and where it was written; it can be asked while the folder is held."""

    rollup: Rollup
    written: dict[str, Path] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    reused: int = 0

    @property
    def exit_code(self) -> int:
        return 1 if self.rollup.files.failed else 0

    def as_data(self, listed: Callable[[Iterable[Any]], Any] = list) -> dict[str, Any]:
        """The plain data of `wuhao aggregate --json`; with `listed=iter` what is long comes one by one."""
        return {**rollup_data(self.rollup, listed), "reused": self.reused, "written": {name: str(path) for name, path in self.written.items()}}


@contextmanager
def aggregated(
    folder: Path, outputs: Path | None = None, roster: Path | None = None, options: Options | None = None, jobs: int = 1, told: Told | None = None,
    judges: Judges | None = None,
) -> Iterator[Aggregated]:
    """Judge every workbook below a folder, write the picture of them into `outputs` (a folder 汇总 in it when none is given), and tell it.

    The folder of outputs is held until the end of the body. `judges` replaces the processes of this machine (`jobs` of them).
    Raises UnreadableWorkbook for a roster that is none, FolderBusy when another run writes there, OSError when nothing can be written.
    """
    outputs = outputs or folder / OUTPUT_FOLDER
    members: Roster | None = sandbox.run(read_roster, roster) if roster else None
    with locked(outputs), ExitStack() as stack:
        def made() -> Aggregated:
            store = stack.enter_context(closing(Store(outputs / STORE)))
            run = _Run(folder, outputs, roster, members, options or Options(), judges or (lambda work: run_all(judged, work, jobs)), told, store)
            return run.made()

        try:
            result = made()
        except Broken:
            # Once more from the beginning, without what cannot be believed.
            stack.close()
            aside = put_aside(outputs / STORE)
            try:
                result = made()
            except Broken as error:
                raise error.cause from error
            result.notes.append(_set_aside(aside))
        yield result


def _set_aside(aside: Path) -> str:
    return f"结果库不能用，已改名为“{aside.name}”，重新建立。"


def _always(path: Path) -> bool:
    return True


class _Run:
    """One aggregate: what goes in, file by file, and what comes out."""

    def __init__(self, folder: Path, outputs: Path, own: Path | None, roster: Roster | None, options: Options, judges: Judges, told: Told | None,
                 store: Store) -> None:
        self.folder, self.outputs, self.options, self.judges, self.told, self.store = folder, outputs, options, judges, told, store
        self.roster = roster
        self.own = own.resolve() if own else None
        self.recipe = _recipe(options)
        self.reused = self.done = self.all = 0
        self._rules: dict[str, str] = {}
        self._judging: deque[tuple[Path, str]] = deque()

    def made(self) -> Aggregated:
        """The picture, written."""
        self.gather()
        result = Aggregated(self.rollup(), reused=self.reused, notes=[_set_aside(self.store.set_aside)] if self.store.set_aside else [])
        for file, content in self.files(result.rollup):
            ours = is_own_output if file.endswith((".xlsx", ".docx")) else _always
            result.written[file], note = write_beside(self.outputs / file, content, ours)
            result.notes += [note] if note else []
        return result

    def gather(self) -> None:
        """Put every file below the folder where it belongs; what the store knows of a workbook by its hash, and of its rules, is not worked out again."""
        packs = []
        for path, reason in self._found():
            self.all += not reason
            if path.suffix.lower() == SUFFIX and not reason:
                packs.append(path)
        heads = [(path, head) for path in packs if (head := self._head(path))]
        numbers: dict[Path, tuple[int, ...]] = {}
        listed = [(path, head.roster) for path, head in heads if head.roster]
        if self.roster is None and listed:
            self.roster, found = joined([roster for _, roster in listed])
            numbers = {path: own for (path, _), own in zip(listed, found, strict=True)}
        for path, _ in heads:
            self._take_pack(path, numbers.get(path))
        with closing(self.judges(self._unknown())) as results:
            self._take(results)

    def _found(self) -> Iterator[tuple[Path, str | None]]:
        for path, reason in find_workbooks(self.folder, self.outputs, also=frozenset({SUFFIX})):
            if path.suffix.lower() == SUFFIX and path.parent.resolve() == self.outputs.resolve():
                reason = "本工具生成的汇总包"
            yield path, "是单位名单" if self.own is not None and path.resolve() == self.own else reason

    def _name(self, path: Path) -> str:
        # A name that is no text in this system's encoding must still be one that can be written down.
        return os.fsencode(path.relative_to(self.folder).as_posix()).decode("utf-8", "backslashreplace")

    def _tell(self, path: Path) -> None:
        self.done += 1
        if self.told:
            self.told(self.done, max(self.all, self.done), path)

    def _unknown(self) -> Iterator[Work]:
        """The workbooks that must be judged; the others are taken on the way."""
        for batch in batches(self._found(), BATCH):
            self.store.add(skipped=[Skipped(self._name(path), reason) for path, reason in batch if reason])
            paths = [path for path, reason in batch if not reason and path.suffix.lower() != SUFFIX]
            hashes = {path: sha256 for path in paths if (sha256 := _hash(path))}
            known = self._still_so(self.store.known(self.recipe, list(hashes.values())))
            again = [path for path in paths if hashes.get(path) in known]
            self.reused += len(again)
            self.store.add([sent_by(replace(known[hashes[path]], file=self._name(path)), self.roster) for path in again])
            for path in again:
                self._tell(path)
            for path in paths:
                if hashes.get(path) not in known:
                    self._judging.append((path, self._name(path)))
                    yield path, self._name(path), self.options

    def _still_so(self, known: dict[str, Entry]) -> dict[str, Entry]:
        """Those that were judged by the rules as they are now."""
        self._rules |= self.store.rules({one.scheme for one in known.values()} - self._rules.keys(), self.options.scheme)
        return {sha256: one for sha256, one in known.items() if one.scheme_hash == self._rules.get(one.scheme)}

    def _take(self, results: Iterable[Entry | Exception]) -> None:
        """Keep what comes, and, when the run is broken off, what has come."""
        entries: list[Entry] = []
        failed: list[Failed] = []
        try:
            for result in results:
                path, name = self._judging.popleft()
                if isinstance(result, Entry):
                    entries.append(result)
                else:
                    fault = failure(path, result)
                    failed.append(Failed(name, fault.code, fault.message))
                self._tell(path)
                if len(entries) + len(failed) >= BATCH:
                    self._put(entries, failed)
                    entries, failed = [], []
        finally:
            self._put(entries, failed)

    def _put(self, entries: list[Entry], failed: list[Failed]) -> None:
        self.store.keep(self.recipe, entries)
        self.store.add([sent_by(one, self.roster) for one in entries], failed)

    def _head(self, path: Path) -> Head | None:
        """What a pack is; one that is none, or was made with other options, is a failure."""
        try:
            with sandbox.Worker(seconds=600.0) as worker:
                head = worker.run(read_head, path)
        except (NotAPack, OSError, sandbox.Lost, sandbox.Unforeseen) as error:
            self._fail_pack(path, error)
            return None
        if head.recipe != _recipe_of_packs(self.options):
            self._fail(path, "pack-other-options")
            return None
        # Beside a folder 汇总 lie the workbooks it was made of.
        if path.parent.name == OUTPUT_FOLDER and any(_lies_in(path.parents[1], file) for file in head.first):
            self.store.add(skipped=[Skipped(self._name(path), "它的工作簿就在这里，已经在读")])
            return None
        return head

    def _take_pack(self, path: Path, numbers: tuple[int, ...] | None) -> None:
        try:
            self.store.add_pack(path, self._name(path), self.recipe, self.roster, numbers, self.options.scheme)
            self._tell(path)
        except NotAPack as error:
            self._fail_pack(path, error)

    def _fail_pack(self, path: Path, error: Exception) -> None:
        self._fail(path, "not-a-pack", error.why if isinstance(error, NotAPack) else "读不下去")

    def _fail(self, path: Path, code: str, why: str = "") -> None:
        fault = problem(code, file=path.name, why=why)
        self.store.add(failed=[Failed(self._name(path), code, fault.message + fault.hint)])
        self._tell(path)

    def rollup(self) -> Rollup:
        return picture(self.store, self.roster, self.recipe, self.options.scheme)

    def files(self, rollup: Rollup) -> Iterator[tuple[str, Content]]:
        """The names of what is written, and what it holds."""
        name = self.folder.resolve().name

        def table(stream: IO[bytes]) -> None:
            write_table(rollup, name, stream)

        def pack(stream: IO[bytes]) -> None:
            sent = ((file, data, member, reason, person) for file, data, member, reason, person in self.store.paged("sent"))
            write_pack(stream, _recipe_of_packs(self.options), self.roster, sent, rollup.lists.failed(), rollup.lists.skipped())

        yield TABLE, table
        yield PAGE, page(rollup, name)
        if rollup.files.counted:
            yield REPORT, report(rollup)
        if rollup.roster is not None:
            yield REMINDER, (reminder(rollup.missing) + "\n").encode("utf-8-sig")
        yield PACK, pack


def picture(store: Store, roster: Roster | None, recipe: str, scheme: str | None) -> Rollup:
    """The picture of everything that has been put into a store in this run; it is told out of the store, as long as that is open."""
    counts = store.arrange(recipe, scheme)
    groups = tuple(_group(store, roster, bounds) for bounds in counts.bounds)
    told = counts.lists
    files = Files(sum(group.totals.size for group in groups), told["superseded"], told["left"], told["failed"], told["skipped"], told["ties"],
                  told["strangers"] if roster else 0, told["late"])
    if roster is None:
        return Rollup(groups, files, RunLists(store, (), Names(())))
    return _with_roster(groups, files, counts, roster, store)


def _group(store: Store, roster: Roster | None, bounds: tuple[int, int]) -> Group:
    members = roster.members if roster else ()

    def rows() -> Iterator[Row]:
        return store.rows(bounds, members)

    first = next(rows()).found
    return Group(first.scheme, first.scheme_title, first.stage, summed(rows(), regions(roster)), rows)


def _with_roster(groups: tuple[Group, ...], files: Files, counts: Counts, roster: Roster, store: Store) -> Rollup:
    """Of every member of the roster whether it was received, is unsettled, left out, or missing."""
    members = roster.members
    received, unsettled = set(counts.received), set(counts.unsettled)
    excluded = {number: why for number, member in enumerate(members)
                if number not in received and (why := roster.left_out(member.unit, *member.aliases))}
    missing = tuple(member for number, member in enumerate(members) if number not in received | unsettled | excluded.keys())
    unsent = Names(name for member in missing for name in (member.unit, *member.aliases))
    return Rollup(
        groups, files, RunLists(store, members, unsent), roster, tuple(members[number] for number in counts.received),
        tuple(members[number] for number in counts.unsettled if number not in excluded), tuple((members[number], why) for number, why in excluded.items()), missing)


def _lies_in(folder: Path, file: str) -> bool:
    """Whether there is such a file below a folder; a name that leads elsewhere is not even looked for."""
    parts = file.split("/")
    return not any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts) and folder.joinpath(*parts).is_file()


def _hash(path: Path) -> str | None:
    """The hash of a workbook's bytes; of one that cannot be read, or is too large to be, nothing is known."""
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except UnreadableWorkbook:
        return None


def _recipe_of_packs(options: Options) -> str:
    """Of what a pack was made with: the hash of the rules stands beside every result in it, and a scheme's file is elsewhere with others."""
    return hashlib.sha256(repr((options.stage, options.as_of)).encode()).hexdigest()


def _recipe(options: Options) -> str:
    """Of what a result was made with, the program itself included."""
    return hashlib.sha256(repr((__version__, options.scheme, options.stage, options.as_of)).encode()).hexdigest()
