"""A folder of workbooks → the administrator's overview: every file evaluated once, ranks given, totals made, files written."""

from __future__ import annotations

import codecs
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import IO, Any

from wuhao_report.aggregate.gathering.intake import Evaluator, Intake, Progress, Trust, bundle_recipe_of
from wuhao_report.aggregate.gathering.processes import Processes, processes
from wuhao_report.aggregate.gathering.unchanged import OUTPUT_FOLDER
from wuhao_report.aggregate.outputs.data import overview_data
from wuhao_report.aggregate.outputs.files import REMINDERS, aggregate_outputs, load_for_outputs, reminder_outputs
from wuhao_report.aggregate.overview import FileCounts, Group, Overview, region_of
from wuhao_report.aggregate.roster.model import Roster
from wuhao_report.aggregate.roster.names import NameIndex
from wuhao_report.aggregate.roster.reading import read_roster
from wuhao_report.aggregate.rows import Row
from wuhao_report.aggregate.storage.bundles.signature import public_key_of
from wuhao_report.aggregate.storage.ordering import RunCounts
from wuhao_report.aggregate.storage.store import NAME as STORE
from wuhao_report.aggregate.storage.store import BrokenStore, Store, StoredLists, set_aside
from wuhao_report.aggregate.tables.rows import evaluate_tables
from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.options import NOTHING_ELSE, Export, Options, Wanted
from wuhao_report.files.folders import folder_beside, own_name, same_place, without_link
from wuhao_report.files.lock import locked
from wuhao_report.files.outputs import Output, always, write_output
from wuhao_report.report.template.document_kinds import ROLLUP_REPORT
from wuhao_report.sandbox import call as sandbox
from wuhao_report.sandbox.pool import run_all

DATA = "数据"
"""The folder of the tables for other programs."""
NO_HISTORY = "没有以前的结果，不比变化；有的话，用 --history 给出以前汇总的“结果库.duckdb”。"
MOST_KEPT = 1_000
"""The rows of so many committees are held in memory: about 50 KB each."""


@dataclass
class AggregateResult:
    """The overview, and where it was written. Its rows and lists can be read as long as the folder is held.

    `inputs` is the key of everything it was made of; `remarks` are sentences on it that hold for every run over the same files.
    """

    overview: Overview
    written: dict[str, Path] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    reused: int = 0
    inputs: str = ""
    folder: Path = Path()

    @property
    def exit_code(self) -> int:
        """1 when a file has failed, else 0."""
        return 1 if self.overview.files.failed else 0

    def as_data(self, listed: Callable[[Iterable[Any]], Any] = list) -> dict[str, Any]:
        """Return the plain data of `wuhao aggregate --json`; with `listed=iter`, what is long is made item by item."""
        return {
            **overview_data(self.overview, listed),
            "reused": self.reused,
            "written": {name: str(path) for name, path in self.written.items()},
        }


@contextmanager
def aggregate_folder(
    folder: Path,
    outputs: Path | None = None,
    roster: Path | None = None,
    options: Options | None = None,
    jobs: int | Processes = 1,
    on_progress: Progress | None = None,
    evaluate: Evaluator | None = None,
    wanted: Wanted = NOTHING_ELSE,
) -> Iterator[AggregateResult]:
    """Evaluate every workbook below a folder, write the overview into `outputs` (a folder 汇总 in it when none is given), and give it.

    The folder of outputs is held until the end of the body. `jobs` is how many processes of this machine evaluate, or the
    processes of the run, begun already; `evaluate` replaces them. Raises
    NotAKey for a key that is none, UnreadableWorkbook for a roster or a history that is none, FolderBusy when another run writes there, OSError when nothing can be written.
    """
    outputs = outputs or folder_beside(folder, OUTPUT_FOLDER)
    members = _roster_of(roster) if roster else None
    trusted = tuple(sandbox.run(public_key_of, path) for path in wanted.trusted)
    run = _Run(
        folder,
        outputs,
        roster,
        members,
        replace(options or Options(), by_stamp=True),
        wanted,
        on_progress,
        (outputs / STORE).exists(),
        trusted,
    )
    # They load what they need while the first files are looked at.
    begun = nullcontext(jobs) if isinstance(jobs, Processes) else processes(0 if evaluate else jobs)
    with locked(outputs), begun as own, ExitStack() as stack:
        evaluate = evaluate or partial(run_all, evaluate_tables, jobs=own.evaluators)
        if wanted.outputs:
            Thread(target=load_for_outputs, daemon=True).start()
        try:
            result = run.attempt(stack, evaluate, own.keeper)
        except BrokenStore:
            # Once more from the beginning, without what cannot be believed.
            stack.close()
            unusable = set_aside(outputs / STORE)
            try:
                result = run.attempt(stack, evaluate, own.keeper)
            except BrokenStore as error:
                raise error.cause from error
            result.notes.append(_unusable_note(unusable))
        yield result


@dataclass(frozen=True, eq=False)
class _Run:
    """What one aggregate is made of; `known`: there was a store in its folder of outputs."""

    folder: Path
    outputs: Path
    roster_file: Path | None
    roster: Roster | None
    options: Options
    wanted: Wanted
    on_progress: Progress | None
    known: bool
    keys: tuple[bytes, ...] = ()

    def attempt(self, stack: ExitStack, evaluate: Evaluator, keeper: sandbox.Worker) -> AggregateResult:
        """Make the aggregate with a store that is open until the end of the stack."""
        wanted, outputs = self.wanted, self.outputs
        store = stack.enter_context(closing(Store(_own_store(outputs), keeper)))
        afresh = wanted.afresh is not None
        places = self.folder, wanted.afresh or outputs, self.roster_file
        intake = Intake(*places, self.roster, self.options, store, evaluate, self.on_progress, Trust(afresh, self.keys))
        history = None if afresh else wanted.history or _own_history(self.folder, outputs, self.known)
        if history is not None:
            store.add_history(history)
        result = _aggregate(intake, store, self.folder, outputs, self.options, wanted)
        if history is None and not self.known and not any(group.totals.changes for group in result.overview.groups):
            result.remarks.append(NO_HISTORY)
        result.remarks += intake.noticed.sentences()
        if history is not None and wanted.history is None:
            result.notes.append(f"以前的结果取自“{OUTPUT_FOLDER}/{STORE}”。")
        if wanted.export is not None:
            result.written |= _exported(store, wanted.export, outputs)
        return result


def _own_history(folder: Path, outputs: Path, known: bool) -> Path | None:
    """Return the store in the folder's own 汇总, where this run writes its first results elsewhere."""
    own = folder / OUTPUT_FOLDER / STORE
    return own if not known and own.is_file() and not same_place(own.parent, outputs) else None


def _exported(store: Store, kind: Export, outputs: Path) -> dict[str, Path]:
    """Write the tables for other programs into the folder 数据, and return the files by their names."""
    folder = folder_beside(outputs, DATA)
    written = {}
    for made in store.export(kind):
        with made.open("rb") as stream:
            output = Output("data", made.name, partial(_copy, codecs.BOM_UTF8 if kind == "csv" else b"", stream), always)
            written[f"{DATA}/{made.name}"], _ = write_output(output, folder)
    return written


def _copy(head: bytes, source: IO[bytes], target: IO[bytes]) -> None:
    target.write(head)
    shutil.copyfileobj(source, target)


def _own_store(outputs: Path) -> Path:
    """Return the path of the store of a folder, without links in its place or in that of what the engine puts beside it."""
    for name in (f"{STORE}{end}" for end in (".wal", ".tmp", ".wal.checkpoint", ".wal.recovery")):
        if (outputs / name).is_symlink():
            (outputs / name).unlink()
    return without_link(outputs / STORE)


def _roster_of(path: Path) -> Roster:
    """Read a roster in a process that can be lost; raises UnreadableWorkbook, also where it is."""
    try:
        return sandbox.run(read_roster, path)
    except sandbox.Lost as lost:
        raise UnreadableWorkbook(lost.problem(path.name)) from lost


def _aggregate(intake: Intake, store: Store, folder: Path, outputs: Path, options: Options, wanted: Wanted) -> AggregateResult:
    """Gather the files, make the overview, write the outputs."""
    intake.gather()
    overview = read_overview(store, intake.roster, intake.recipe, options.scheme)
    result = AggregateResult(
        overview,
        reused=intake.reused,
        inputs=intake.inputs.key(),
        folder=outputs,
        notes=[_unusable_note(store.unusable)] if store.unusable else [],
    )
    if not wanted.outputs:
        _read_now(overview.groups)
        return result
    with sandbox.Worker() as worker, ThreadPoolExecutor(max_workers=1) as aside:
        # The process of the store makes them while this one writes the other files.
        parts = aside.submit(store.make_bundle_parts, intake.roster)

        def bundle(stream: IO[bytes]) -> None:
            """Write the 汇总包."""
            parts.result()
            store.write_bundle(stream, bundle_recipe_of(options), intake.roster, wanted.sign)

        for output in aggregate_outputs(overview, own_name(folder), bundle, wanted.details):
            result.written[output.name], note = write_output(output, outputs, worker=worker)
            result.notes += [note] if note else []
        for output in reminder_outputs(overview):
            path, _ = write_output(output, folder_beside(outputs, REMINDERS), set(result.written.values()), worker)
            result.written[f"{REMINDERS}/{output.name}"] = path
    return result


def aggregate_report(earlier: Path, folder: Path, options: Options, roster: Path | None = None, jobs: int = 1) -> bytes | None:
    """Return a fresh 汇总报告 of a folder, every workbook judged anew; None where nothing counts. `earlier` is the report that it is to equal.

    Results of earlier stages that lie beside that one tell what has changed since. Raises what `aggregate_folder` does.
    """
    with tempfile.TemporaryDirectory() as place:
        outputs = Path(place)
        if (earlier.parent / STORE).is_file() and not (earlier.parent / STORE).is_symlink():
            shutil.copy(earlier.parent / STORE, outputs / STORE)
        with aggregate_folder(folder, outputs, roster, options, jobs, wanted=Wanted(afresh=earlier.parent)) as made:
            path = made.written.get(f"{ROLLUP_REPORT.name}.docx")
            return path.read_bytes() if path else None


def _unusable_note(unusable: Path) -> str:
    return f"结果库不能用，已改名为“{unusable.name}”，重新建立。"


def read_overview(store: Store, roster: Roster | None, recipe: str, own_scheme: str | None) -> Overview:
    """Return the overview of everything that this run has put into a store. Its rows and lists are read from there while it is open."""
    if roster is not None:
        region = region_of(roster)
        store.set_choices(roster.choices)
        store.set_members([(member.kind, member.parent, region(member)) for member in roster.members])
    counts = store.arrange(recipe, own_scheme)
    groups = tuple(_group(store, roster, bounds) for bounds in counts.bounds)
    lists = counts.lists
    files = FileCounts(
        counted=sum(group.totals.size for group in groups),
        superseded=lists["superseded"],
        excluded=lists["excluded"],
        failed=lists["failed"],
        skipped=lists["skipped"],
        not_asked=lists["not_asked"],
        ties=lists["ties"],
        unlisted=lists["unlisted"] if roster else 0,
        late=lists["late"],
    )
    if roster is None:
        return Overview(groups, files, StoredLists(store, (), NameIndex(())))
    return _with_roster(groups, files, counts, roster, store)


def _group(store: Store, roster: Roster | None, bounds: tuple[int, int]) -> Group:
    members = roster.members if roster else ()

    # A few rows are read once; of many, only a page at a time is ever held.
    many = bounds[1] - bounds[0] + 1
    rows = partial(store.rows, bounds, members) if many > MOST_KEPT else _kept(store.rows(bounds, members), many)
    totals = store.totals(bounds)
    first = next(store.rows((bounds[0], bounds[0]), members) if many > MOST_KEPT else rows()).record
    return Group(first.scheme, first.scheme_title, first.stage, totals, rows)


def _kept(coming: Generator[Row, None, None], many: int) -> Callable[[], Iterator[Row]]:
    """Return what gives so many rows again and again: each is read when it is first asked for, while the store reads on."""
    known: list[Row] = []
    failed: list[Exception] = []

    def read() -> None:
        """Read the next row; what went wrong once is raised again."""
        if failed:
            raise failed[0]
        try:
            known.append(next(coming))
        except Exception as error:
            failed.append(error)
            raise
        if len(known) == many:
            coming.close()

    def rows() -> Iterator[Row]:
        """Give the rows."""
        for at in range(many):
            if at == len(known):
                read()
            yield known[at]

    return rows


def _read_now(groups: Iterable[Group]) -> None:
    """Read the rows that are kept, while a store that turns out to be broken can still be made anew."""
    for group in groups:
        if group.totals.size <= MOST_KEPT:
            deque(group.rows(), maxlen=0)


def _with_roster(groups: tuple[Group, ...], files: FileCounts, counts: RunCounts, roster: Roster, store: Store) -> Overview:
    """Say of every member of the roster whether it was received, is undecided, excluded, or missing."""
    members = roster.members
    received, undecided = set(counts.received), set(counts.undecided)
    excluded = {
        number: exclusion
        for number, member in enumerate(members)
        if number not in received and (exclusion := roster.exclusion_of(number, member.unit, *member.aliases))
    }
    here = received | undecided | excluded.keys()
    missing = tuple(member for number, member in enumerate(members) if member.asked and number not in here)
    unsent = NameIndex(name for member in missing for name in (member.unit, *member.aliases))
    return Overview(
        groups,
        files,
        StoredLists(store, members, unsent),
        roster,
        received=tuple(members[number] for number in counts.received),
        undecided=tuple(members[number] for number in counts.undecided if number not in excluded),
        excluded=tuple((members[number], exclusion) for number, exclusion in excluded.items()),
        missing=missing,
        expected=tuple(member for number, member in enumerate(members) if member.asked or number in received | undecided),
    )
