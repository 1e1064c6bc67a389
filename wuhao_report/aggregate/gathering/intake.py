"""A folder of workbooks and bundles → the files of a run in its store: every workbook evaluated once, what is known taken from earlier runs."""

from __future__ import annotations

import hashlib
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from wuhao_report import __version__
from wuhao_report.aggregate.gathering.unchanged import OUTPUT_FOLDER, SUFFIX, InputsDigest, input_files
from wuhao_report.aggregate.records.recording import EXAMPLE_CODE, Job
from wuhao_report.aggregate.roster.matching import MatchedRecord, match_to_roster
from wuhao_report.aggregate.roster.model import Roster, merge_rosters
from wuhao_report.aggregate.rows import Failed, Skipped
from wuhao_report.aggregate.storage.bundles.bundle import inspect_bundle
from wuhao_report.aggregate.storage.bundles.items import Manifest, NotABundle
from wuhao_report.aggregate.storage.ledger import BATCH
from wuhao_report.aggregate.storage.store import BrokenStore, Store
from wuhao_report.aggregate.tables.rows import CommitteeTables
from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.options import Options
from wuhao_report.core.problems import Problem, problem
from wuhao_report.files.folders import digest_of, name_below
from wuhao_report.files.parcels import PARCELS, NotUnpacked, unpack_parcel
from wuhao_report.sandbox import call as sandbox
from wuhao_report.sandbox.pool import batches
from wuhao_report.tools.batch import failure_of
from wuhao_report.tools.find_workbooks import STILL_OPEN, WORKBOOKS, NotReceived
from wuhao_report.workbook.reader import read_bytes

LEAST_KEPT = 32
"""So many results are kept at once at the least, while others are still to come."""
MOST_NAMED = 3
"""So many files are named of those of which something is to be said."""
BYTES_A_SECOND = 50_000
"""How much of a bundle is inspected in a second at the least, besides the time for any file: about 50 committees."""

Evaluator = Callable[[Iterable[Job]], Generator[CommitteeTables | Exception, None, None]]
"""Evaluates workbooks: yields for each job, in order, its record or what went wrong."""
Progress = Callable[[int, int, Path], None]
"""Is called after each file with the number of files that are done, the number of all, and the path."""

EXAMPLE_REASON = "是示例工作簿，不是哪个单位报来的"


@dataclass(frozen=True)
class Trust:
    """What a run believes: with `afresh` no result that is known; with public `keys` only bundles that are signed by one of them."""

    afresh: bool = False
    keys: tuple[bytes, ...] = ()


TRUST = Trust()


@dataclass
class Noticed:
    """What a run says of files besides: how many nobody has sent, and the names of some.

    `still_open` are temporary files of workbooks that may be open, `by_stamp` workbooks that were judged by the scheme they were made
    for though the options name another, `unsigned` bundles that count without a signature, `unchecked` those with
    one, where no key was given to check it by.
    """

    not_received: int = 0
    still_open: list[str] = field(default_factory=list)
    by_stamp: list[str] = field(default_factory=list)
    unsigned: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    def is_received(self, name: str, reason: str) -> bool:
        """Say whether somebody has sent a file that is passed over for that reason; what nobody has sent is only counted."""
        if not isinstance(reason, NotReceived):
            return True
        self.not_received += 1
        self.still_open += [name] if reason.endswith(STILL_OPEN) else []
        return False

    def sentences(self) -> Iterator[str]:
        """Yield what is to be said, in Chinese."""
        if self.not_received:
            yield f"另有 {self.not_received} 个临时文件或本工具生成的文件，不算收到的。"
        if self.still_open:
            yield f"有的工作簿可能还开着（{_first(self.still_open)}）：请先保存、关闭，再汇总一次。"
        if self.by_stamp:
            many, first = len(self.by_stamp), _first(self.by_stamp)
            yield f"有 {many} 个工作簿是按别的方案制作的（{first}），各按它自己的方案评定，没有用 --scheme 的那个。"
        if self.unsigned:
            many, first = len(self.unsigned), _first(self.unsigned)
            yield f"有 {many} 个汇总包没有签名（{first}）：是谁发来的，请自行核对；对方可以用 --sign 签名，这边用 --verify-key 核对。"
        if self.unchecked:
            many, first = len(self.unchecked), _first(self.unchecked)
            yield f"有 {many} 个汇总包有签名（{first}），没有核对是谁签的：请用 --verify-key 给出对方的公钥。"


def _first(names: Sequence[str]) -> str:
    return "、".join(names[:MOST_NAMED]) + ("等" if len(names) > MOST_NAMED else "")


def _are_enough(results: int, still_to_come: int) -> bool:
    """Say whether so many results are kept now: fewer towards the end, for nobody evaluates any more while the last are kept."""
    return results >= min(BATCH, max(LEAST_KEPT, still_to_come))


class Intake:
    """Takes in one folder. After `gather`, `roster` is the one in force and `reused` the number of results that were known.

    `outputs` is not looked into; `noticed` is what is to be said besides.
    """

    def __init__(
        self,
        folder: Path,
        outputs: Path,
        roster_file: Path | None,
        roster: Roster | None,
        options: Options,
        store: Store,
        evaluate: Evaluator,
        on_progress: Progress | None = None,
        trust: Trust = TRUST,
    ) -> None:
        self.roster = roster
        self.reused = 0
        self.recipe = recipe_of(options)
        self.inputs = InputsDigest(folder, roster_file, options)
        self._folder, self._outputs, self._options, self._store = folder, outputs, options, store
        self._roster_file = roster_file
        self._evaluate, self._on_progress = evaluate, on_progress
        self._trust = trust
        self.noticed = Noticed()
        self._own_id = ""
        self._done = self._all = 0
        self._scheme_hashes: dict[str, str] = {}
        self._under_way: deque[tuple[Path, str]] = deque()
        self._inner_names: dict[Path, str] = {}
        self._received: dict[str, date] = {}

    def gather(self) -> None:
        """Add every file below the folder to the run; a result that is known by the hashes of workbook and rules is not worked out again."""
        bundles = []
        for path, reason in self._files():
            self._all += not reason
            if path.suffix.lower() == SUFFIX and not reason:
                bundles.append(path)
        manifests = {path: manifest for path in bundles if (manifest := self._inspect(path))}
        numbers = self._adopt_rosters(manifests)
        for path in manifests:
            self._add_bundle(path, numbers.get(path))
        with tempfile.TemporaryDirectory(prefix="wuhao-") as room, closing(self._evaluate(self._jobs(Path(room)))) as results:
            self._take(results)

    def _files(self) -> Iterator[tuple[Path, str | None]]:
        return input_files(self._folder, self._outputs, self._roster_file)

    def _unpacked(self, room: Path) -> Iterator[tuple[Path, str | None]]:
        """Yield the files, and after each zip or mail what lies in it, laid into a folder of its own below `room`."""
        for path, reason in self._files():
            yield path, reason
            if not reason and path.suffix.lower() in PARCELS:
                yield from self._in_parcel(path, Path(tempfile.mkdtemp(dir=room)))

    def _in_parcel(self, path: Path, place: Path) -> Iterator[tuple[Path, str | None]]:
        self._all -= 1
        try:
            unpacked = sandbox.run(unpack_parcel, path, place, WORKBOOKS)
        except (sandbox.Lost, sandbox.Unforeseen, NotUnpacked, OSError) as error:
            why = str(error) if isinstance(error, NotUnpacked) else "读不下去"
            self._all += 1
            self._fail(path, problem("parcel-unread", file=path.name, why=why))
            return
        within = self._name(path)
        self._store.add_files(skipped=[Skipped(f"{within}/{name}", why) for name, why in unpacked.passed_over])
        self._all += len(unpacked.workbooks)
        for name, file in unpacked.workbooks:
            self._inner_names[place / file] = f"{within}/{name}"
            yield place / file, None

    def _name(self, path: Path) -> str:
        return self._inner_names.get(path) or name_below(self._folder, path)

    def _count(self, path: Path) -> None:
        """Count a file as done, and say so."""
        self._done += 1
        if self._on_progress:
            self._on_progress(self._done, max(self._all, self._done), path)

    # Workbooks

    def _jobs(self, room: Path) -> Iterator[Job]:
        """Yield the workbooks that must be evaluated; the others are added on the way. What comes packed is laid into `room`."""
        for batch in batches(self._unpacked(room), BATCH):
            passed = ((self._name(path), reason) for path, reason in batch if reason)
            self._store.add_files(skipped=[Skipped(*item) for item in passed if self.noticed.is_received(*item)])
            paths = [path for path, reason in batch if not reason and path.suffix.lower() not in PARCELS | {SUFFIX}]
            hashes = {path: sha256 for path in paths if (sha256 := _hash(path))}
            self._received |= {self._name(path): day for path in paths if (day := _day_of(path))}
            for path, reason in ((path, reason) for path, reason in batch if path not in self._inner_names):
                self.inputs.add(self._name(path), reason, hashes.get(path) or (None if reason else digest_of(path)))
            hashes_known = [] if self._trust.afresh else list(hashes.values())
            known = self._by_present_rules(self._store.known_results(self.recipe, hashes_known))
            self._reuse({path: known[sha256] for path, sha256 in hashes.items() if sha256 in known})
            for path in paths:
                if hashes.get(path) not in known:
                    self._under_way.append((path, self._name(path)))
                    yield path, self._name(path), self._options

    def _by_present_rules(self, known: dict[str, CommitteeTables]) -> dict[str, CommitteeTables]:
        """Return those results that were evaluated by the rules as they are now."""
        self._scheme_hashes |= self._store.scheme_hashes(
            {item.scheme for item in known.values()} - self._scheme_hashes.keys(), self._options.scheme
        )
        return {sha256: item for sha256, item in known.items() if item.scheme_hash == self._scheme_hashes.get(item.scheme)}

    def _reuse(self, results: dict[Path, CommitteeTables]) -> None:
        self.reused += len(results)
        items = [replace(item, file=self._name(path)) for path, item in results.items()]
        self._store.add_files(self.recipe, [self._matched(item) for item in items])
        for item in items:
            self._notice(item)
        for path in results:
            self._count(path)

    def _matched(self, item: CommitteeTables) -> MatchedRecord:
        return replace(match_to_roster(item, self.roster), received=self._received.pop(item.file, None))

    def _take(self, results: Iterable[CommitteeTables | Exception]) -> None:
        """Keep the results as they come; when the run is broken off, those that have come are kept."""
        packed: list[CommitteeTables] = []
        failed: list[Failed] = []
        examples: list[Skipped] = []
        try:
            for result in results:
                path, name = self._under_way.popleft()
                if isinstance(result, CommitteeTables):
                    packed.append(result)
                    self._notice(result)
                else:
                    fault = failure_of(Path(name), result)
                    if fault.code == EXAMPLE_CODE:
                        examples.append(Skipped(name, EXAMPLE_REASON))
                    else:
                        failed.append(Failed(name, fault.code, fault.message))
                self._count(path)
                if _are_enough(len(packed) + len(failed), self._all - self._done):
                    self._keep(packed, failed)
                    packed, failed = [], []
        finally:
            self._keep(packed, failed)
            self._store.add_files(skipped=examples)

    def _notice(self, result: CommitteeTables) -> None:
        """Remember a workbook that was made for another scheme than the one of the options, and judged by that."""
        if self._options.scheme:
            self._own_id = self._own_id or self._store.scheme_id(self._options.scheme)
            self.noticed.by_stamp += [result.file] if result.scheme != self._own_id else []

    def _keep(self, packed: list[CommitteeTables], failed: list[Failed]) -> None:
        self._store.add_files(self.recipe, [self._matched(item) for item in packed], failed, fresh=True)

    # Bundles

    def _inspect(self, path: Path) -> Manifest | None:
        """Return what a bundle is; None for one that does not count, which is then a failed or a skipped file."""
        try:
            seconds = sandbox.SECONDS + path.stat().st_size / BYTES_A_SECOND
            with tempfile.TemporaryDirectory(prefix="wuhao-") as room, sandbox.Worker(seconds) as worker:
                manifest = worker.run(inspect_bundle, path, Path(room), self._trust.keys)
        except NotABundle as error:
            self._fail(path, error.problem(path.name))
            return None
        except (OSError, sandbox.Lost, sandbox.Unforeseen):
            self._fail(path, problem("not-a-pack", file=path.name, why="读不下去"))
            return None
        if manifest.recipe != bundle_recipe_of(self._options):
            self._fail(path, problem("pack-other-options", file=path.name))
            return None
        # Beside a folder 汇总 lie the workbooks it was made of.
        if path.parent.name == OUTPUT_FOLDER and any(lies_in(path.parents[1], file) for file in manifest.first_files):
            self._store.add_files(skipped=[Skipped(self._name(path), "它的工作簿就在这里，已经在读")])
            return None
        if not manifest.signed:
            self.noticed.unsigned.append(self._name(path))
        elif not self._trust.keys:
            self.noticed.unchecked.append(self._name(path))
        return manifest

    def _adopt_rosters(self, manifests: dict[Path, Manifest]) -> dict[Path, tuple[int, ...]]:
        """Where no roster is given, use those of the bundles as one; return for each bundle the numbers of its members there."""
        rosters = {path: manifest.roster for path, manifest in manifests.items() if manifest.roster}
        if self.roster is not None or not rosters:
            return {}
        self.roster, numbers = merge_rosters(list(rosters.values()))
        return dict(zip(rosters, numbers, strict=True))

    def _add_bundle(self, path: Path, numbers: tuple[int, ...] | None) -> None:
        try:
            self._store.add_bundle(
                path, self._name(path), self.recipe, self.roster, numbers, self._options.scheme, self._trust.keys
            )
            self._count(path)
        except NotABundle as error:
            self._fail(path, error.problem(path.name))
        except BrokenStore:
            # What the process had of it is undone; the files of this run stay.
            self._fail(path, problem("not-a-pack", file=path.name, why="读不下去"))

    def _fail(self, path: Path, fault: Problem) -> None:
        self._store.add_files(failed=[Failed.by(self._name(path), fault)])
        self._count(path)


def lies_in(folder: Path, file: str) -> bool:
    """Return whether there is such a file below a folder; a name that leads elsewhere is not even looked for."""
    parts = file.split("/")
    if any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts):
        return False
    try:
        return folder.joinpath(*parts).is_file()
    except (OSError, ValueError):
        return False


def _day_of(path: Path) -> date | None:
    """Return the day of a file; None where the system knows none."""
    try:
        return date.fromtimestamp(path.stat().st_mtime)
    except (OSError, ValueError, OverflowError):
        return None


def _hash(path: Path) -> str | None:
    """Return the hash of a workbook's bytes; None for one that cannot be read, or is too large to be."""
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except UnreadableWorkbook:
        return None


def recipe_of(options: Options) -> str:
    """Return the hash of what a result is made with besides its workbook and its rules: the program itself and the options."""
    return hashlib.sha256(repr((__version__, options.scheme, options.stage, options.as_of)).encode()).hexdigest()


def bundle_recipe_of(options: Options) -> str:
    """Return the hash of the options that bundles must have in common. A scheme's file lies elsewhere on every machine; its hash stands beside every result."""
    return hashlib.sha256(repr((options.stage, options.as_of)).encode()).hexdigest()
