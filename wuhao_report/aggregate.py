"""A folder of workbooks → the administrator's picture: every file judged once, ranks settled, files written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from wuhao_report import bounded
from wuhao_report.answers import Options
from wuhao_report.batch import Failure, failure, find_workbooks
from wuhao_report.files import write_beside
from wuhao_report.problems import UnreadableWorkbook
from wuhao_report.returns import Return, judge
from wuhao_report.rollup import Rollup, places_among, reminder, roll_up, sort_returns
from wuhao_report.rollup_data import rollup_data
from wuhao_report.rollup_page import page
from wuhao_report.rollup_report import report
from wuhao_report.rollup_table import table
from wuhao_report.roster import Roster, read_roster
from wuhao_report.sealed import is_own_output
from wuhao_report.store import NAME as STORE
from wuhao_report.store import Store
from wuhao_report.turn import turn
from wuhao_report.workbook_in import read_bytes

OUTPUT_FOLDER = "汇总"
TABLE, REPORT, PAGE, REMINDER = "汇总表.xlsx", "汇总报告.docx", "汇总看板.html", "催报.txt"
Told = Callable[[int, int, Path], None]


@dataclass
class Aggregated:
    """The picture, and where it was written."""

    rollup: Rollup
    written: dict[str, Path] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    reused: int = 0

    @property
    def exit_code(self) -> int:
        return 1 if self.rollup.failed else 0

    def as_data(self) -> dict[str, Any]:
        """The plain data of `wuhao aggregate --json`."""
        return {**rollup_data(self.rollup), "reused": self.reused,
                "written": {name: str(path) for name, path in self.written.items()}}


def run_aggregate(
    folder: Path, outputs: Path | None = None, roster: Path | None = None, options: Options | None = None, jobs: int = 1, told: Told | None = None,
) -> Aggregated:
    """Judge every workbook below a folder and write the table of them into `outputs` (a folder 汇总 in it when none is given).

    Raises UnreadableWorkbook for a roster that is none, Busy when another run writes there, OSError when nothing can be written.
    """
    outputs = outputs or folder / OUTPUT_FOLDER
    members: Roster | None = bounded.run(read_roster, roster) if roster else None
    with turn(outputs):
        store = Store(outputs / STORE)
        try:
            rollup, reused = gather(folder, outputs, members, roster, options or Options(), jobs, told, store)
        finally:
            store.close()
        result = Aggregated(rollup, reused=reused)
        if store.set_aside:
            result.notes.append(f"结果库不能用，已改名为“{store.set_aside.name}”，重新建立。")
        name = folder.resolve().name
        files = {TABLE: table(rollup, name), PAGE: page(rollup, name)}
        if rollup.rows:
            files[REPORT] = report(rollup)
        if rollup.roster is not None:
            files[REMINDER] = (reminder(rollup) + "\n").encode("utf-8-sig")
        for file, data in files.items():
            ours = is_own_output if file.endswith((".xlsx", ".docx")) else _always
            result.written[file], note = write_beside(outputs / file, data, ours)
            result.notes += [note] if note else []
        return result


def _always(data: bytes) -> bool:
    return True


def gather(folder: Path, outputs: Path, roster: Roster | None, own: Path | None, options: Options, jobs: int, told: Told | None,
           store: Store) -> tuple[Rollup, int]:
    """Judge the workbooks below a folder, settle the ranks among those that count, and put them together.

    What the store knows of a workbook by its hash, and of the rules it was judged by, is not worked out again; second comes how many.
    """
    skipped: list[tuple[str, str]] = []
    paths: list[Path] = []
    for path, reason in find_workbooks(folder, outputs):
        if own is not None and path.resolve() == own.resolve():
            reason = "是单位名单"
        if reason:
            skipped.append((path.relative_to(folder).as_posix(), reason))
        else:
            paths.append(path)
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    memory = _Memory(store)
    known = memory.recall({name: (path, options) for name, path in names.items()})
    found = known | _judged([(path, name, options) for name, path in names.items() if name not in known], jobs, told)
    memory.learn(found, {name: options for name in names if name not in known})
    failed = [failure(names[name], result) for name, result in found.items() if isinstance(result, Exception)]
    returns = sort_returns([result for result in found.values() if isinstance(result, Return)], roster)
    places = places_among(returns.counted)
    ranked = {one.file: (names[one.file], replace(options, ranks=places[one.file])) for one in returns.counted if one.file in places}
    recalled = memory.recall(ranked)
    settled = recalled | _judged([(path, name, own_options) for name, (path, own_options) in ranked.items() if name not in recalled], jobs, None)
    memory.learn(settled, {name: own_options for name, (_, own_options) in ranked.items() if name not in recalled})
    lost = {name: result for name, result in settled.items() if isinstance(result, Exception)}
    failed += [failure(names[name], result) for name, result in lost.items()]
    returns.counted = [_settled(one, settled) for one in returns.counted if one.file not in lost]
    shown = [replace(item, workbook=item.workbook.relative_to(folder)) for item in failed]
    return roll_up(returns, shown, skipped, roster, store.earlier(returns.counted)), len(known)


class _Memory:
    """What the store knows of workbooks as they are now."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.hashes: dict[str, str | None] = {}

    def recall(self, asked: Mapping[str, tuple[Path, Options]]) -> dict[str, Return | Exception]:
        """By file, the returns that still hold: of the same bytes, the same options and the same rules."""
        for name, (path, _) in asked.items():
            self.hashes.setdefault(name, _hash(path))
        keys = {name: (sha256, _recipe(options)) for name, (_, options) in asked.items() if (sha256 := self.hashes[name])}
        found = self.store.known(list(dict.fromkeys(keys.values())))
        rules = self.store.rules({asked[name][1].scheme or found[key].scheme for name, key in keys.items() if key in found})
        return {name: replace(found[key], file=name) for name, key in keys.items()
                if key in found and found[key].scheme_hash == rules.get(asked[name][1].scheme or found[key].scheme)}

    def learn(self, found: Mapping[str, Return | Exception], fresh: Mapping[str, Options]) -> None:
        self.store.keep([(_recipe(fresh[name]), result) for name, result in found.items() if name in fresh and isinstance(result, Return)])


def _hash(path: Path) -> str | None:
    """The hash of a workbook's bytes; of one that cannot be read, or is too large to be, nothing is known."""
    try:
        return hashlib.sha256(read_bytes(path)).hexdigest()
    except UnreadableWorkbook:
        return None


def _recipe(options: Options) -> str:
    return hashlib.sha256(repr((options.scheme, options.stage, options.as_of, options.ranks)).encode()).hexdigest()


def _settled(one: Return, settled: dict[str, Return | Exception]) -> Return:
    again = settled.get(one.file)
    return again if isinstance(again, Return) else one


def _judged(work: Sequence[tuple[Path, str, Options]], jobs: int, told: Told | None) -> dict[str, Return | Exception]:
    """By file, its return or what went wrong."""
    found: dict[str, Return | Exception] = {}
    with closing(bounded.run_all(judge, work, jobs)) as results:
        for done, ((path, name, _), result) in enumerate(zip(work, results, strict=True), 1):
            found[name] = result
            if told:
                told(done, len(work), path)
    return found


__all__ = ["Aggregated", "Failure", "gather", "run_aggregate"]
