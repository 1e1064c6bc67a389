"""A report for every workbook below a folder: one that fails is one line of the result and stops no other."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from wuhao_report.core.problems import STOPPING, WuhaoError, count_levels
from wuhao_report.files.listing import listing
from wuhao_report.files.lock import locked
from wuhao_report.files.paths import hide, write_atomically, write_beside
from wuhao_report.files.provenance import RESULT_NAME, is_own_output, own_workbook
from wuhao_report.report.json_form import TOOL
from wuhao_report.report.outcome import Options
from wuhao_report.report.report import OUTPUT_FOLDER, Made, Written, make_report, recipe_of, write_made
from wuhao_report.sandbox import call as sandbox
from wuhao_report.sandbox.pool import run_all
from wuhao_report.workbook.reader import read_bytes

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods"})
TEMPORARY = ("~$", ".~", "._")
OPEN_ELSEWHERE = "~$"
RESULT_COLUMNS = (("序号", 6), ("工作簿", 44), ("结果", 12), ("报告", 56), ("总评", 10), ("得分", 10), ("错误", 8), ("提醒", 8), ("说明", 70))
RECORD = ".wuhao.json"
"""What was made of which workbook, so that a second run makes only what has changed."""
EVERY = 100
"""So often the record is written during a long run."""
MOMENT = "2020-01-01T00:00:00Z"


@dataclass(frozen=True)
class Failure:
    """A workbook without a report: the stable code and one sentence."""

    workbook: Path
    code: str
    message: str


@dataclass(frozen=True)
class Kept:
    """A workbook of which nothing has changed, and what was made of it before."""

    workbook: Path
    report: Path
    status: str | None
    score: float | None
    errors: int
    warnings: int


@dataclass
class BatchResult:
    """Every file of a batch stands in exactly one of the four lists; `stopped` says why a run ended early."""

    reports: list[tuple[Path, Written]] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)
    unchanged: list[Kept] = field(default_factory=list)
    stopped: str = ""
    listing: Path | None = None

    @property
    def exit_code(self) -> int:
        return 1 if self.failed else 0

    def as_data(self) -> dict[str, Any]:
        """The plain data of `wuhao batch --json`."""
        return {
            "reports": [{
                "workbook": str(path), "report": str(written.report), "status": written.made.status,
                "score": written.made.score, "errors": count_levels(written.problems)["error"], "notes": list(written.notes), "unchanged": False,
            } for path, written in self.reports] + [{
                "workbook": str(item.workbook), "report": str(item.report), "status": item.status, "score": item.score, "errors": item.errors, "notes": [],
                "unchanged": True,
            } for item in self.unchanged],
            "failed": [{"workbook": str(item.workbook), "code": item.code, "message": item.message} for item in self.failed],
            "skipped": [{"file": str(path), "reason": reason} for path, reason in self.skipped],
        }


def find_workbooks(folder: Path, outputs: Path, also: frozenset[str] = frozenset()) -> Iterator[tuple[Path, str | None]]:
    """Every workbook below a folder in the order of names, with the reason when it is passed over; `also` are other endings.

    The output folder is not looked into, links are not followed, other kinds of files are not named.
    """
    closed: list[Path] = []
    for place, folders, names in os.walk(folder, followlinks=False, onerror=lambda error: closed.append(Path(error.filename))):
        folders[:] = sorted(name for name in folders if name != "__MACOSX" and Path(place, name).resolve() != outputs.resolve())
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix.lower() in WORKBOOKS | also:
                yield path, _passed_over(path)
    yield from ((path, "文件夹打不开") for path in closed)


def _passed_over(path: Path) -> str | None:
    """Why a file with the name of a workbook is none that somebody handed in."""
    if path.name.startswith(TEMPORARY):
        still_open = path.name.startswith(OPEN_ELSEWHERE) and path.with_name(path.name.removeprefix(OPEN_ELSEWHERE)).exists()
        return "Excel、WPS 打开文件时产生的临时文件" + ("；同名的工作簿可能还开着，请先保存、关闭" if still_open else "")
    if path.is_symlink():
        return "是指向别处的链接"
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return "不是普通文件"
    except OSError:
        return "文件打不开"
    own = own_workbook(path)
    return f"本工具生成的{own}" if own else None


def run_batch(
    folder: Path, outputs: Path | None = None, jobs: int = 1, options: Options | None = None,
    told: Callable[[int, int, Path], None] | None = None, again: bool = False,
) -> BatchResult:
    """Write a report for every workbook below `folder` into `outputs` (a folder 报告 in it when none is given), and a list of them.

    Workbooks of which nothing has changed since their report was made are left as they are, unless `again`. `told` is called after
    each of the others with how many are done, how many there are, and its path. Ended early (an interrupt, a full disk), what is
    written is whole and recorded. Raises FolderBusy when another run writes there, OSError when nothing can be written.
    """
    outputs = outputs or folder / OUTPUT_FOLDER
    with locked(outputs):
        run = _Run(folder, outputs, options or Options(), again)
        try:
            run.work(jobs, told)
        finally:
            # A full disk has been told of already, and takes no record either.
            with suppress(OSError) if run.result.stopped else nullcontext():
                run.keep_record()
        run.write_list()
        return run.result


class _Run:
    """One run over a folder; `record` knows of every workbook what was made of it, by its path below the folder."""

    def __init__(self, folder: Path, outputs: Path, options: Options, again: bool) -> None:
        self.folder, self.outputs, self.options = folder, outputs, options
        self.result = BatchResult()
        self.record = _read_record(outputs / RECORD)
        self.todo: list[Path] = []
        self.taken: set[Path] = set()
        for path, reason in find_workbooks(folder, outputs):
            if reason:
                self.result.skipped.append((path, reason))
                continue
            kept = None if again else self._kept(path)
            if kept is None:
                self.todo.append(path)
            else:
                self.result.unchanged.append(kept)
                self.taken.add(kept.report)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _kept(self, path: Path) -> Kept | None:
        """What still holds of a workbook, if anything; a report that somebody has gone on writing in holds too."""
        known = self.record.get(self._name(path), {})
        try:
            report = self.outputs / known["report"]
            listed = self.outputs / known["checklist"] if known["checklist"] else report
            if {report.parent, listed.parent} != {self.outputs} or not listed.is_file():
                return None
            data = report.read_bytes()
            if hashlib.sha256(data).hexdigest() != known["made"] and is_own_output(data):
                return None  # another run has made another report there since
            same = known["sha256"] == hashlib.sha256(read_bytes(path)).hexdigest()
            if not same or known["recipe"] != _recipe_now(known["scheme"], known["kind"], self.options):
                return None
            return Kept(path, report, known["status"], known["score"], int(known["errors"]), int(known["warnings"]))
        except (KeyError, TypeError, ValueError, OSError, WuhaoError):
            return None

    def work(self, jobs: int, told: Callable[[int, int, Path], None] | None) -> None:
        total = len(self.todo)
        with closing(run_all(make_report, [(path, self.options) for path in self.todo], jobs)) as results:
            for done, (path, made) in enumerate(zip(self.todo, results, strict=True), 1):
                self._take(path, made)
                if told:
                    told(done, total, path)
                if self.result.stopped:
                    reason = f"没有处理：{self.result.stopped}"
                    self.result.failed += [Failure(left, "cannot-write", reason) for left in self.todo[done:]]
                    return
                if done % EVERY == 0:
                    self.keep_record()

    def _take(self, path: Path, made: Made | Exception) -> None:
        if isinstance(made, Exception) or made.report is None:
            self.result.failed.append(failure(path, made))
            return
        try:
            written = write_made(made, self.outputs, self.taken)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                self.result.stopped = "磁盘已满，请清理后再运行一次；已经生成的报告是完整的。"
            self.result.failed.append(Failure(path, "cannot-write", "报告写不下来，请检查输出文件夹的权限、磁盘空间和路径长度。"))
            return
        self.result.reports.append((path, written))
        if written.report:
            counts = count_levels(made.problems)
            self.record[self._name(path)] = {
                "sha256": made.sha256, "recipe": made.recipe, "scheme": made.scheme, "kind": made.kind, "report": written.report.name,
                "made": hashlib.sha256(made.report[1]).hexdigest(), "checklist": written.checklist.name if written.checklist else "",
                "status": made.status, "score": made.score, "errors": counts["error"], "warnings": counts["warning"]}

    def keep_record(self) -> None:
        """Write down what was made of what; nothing where there is nothing to write."""
        if self.record:
            write_atomically(self.outputs / RECORD, json.dumps(self.record, ensure_ascii=False, sort_keys=True).encode())
            hide(self.outputs / RECORD)

    def write_list(self) -> None:
        """生成结果.xlsx: one row for every file, what failed first."""
        rows = list(self._rows())
        if not rows or self.result.stopped:
            return
        texts = [(str(number), *row) for number, row in enumerate(rows, 1)]
        data = listing(RESULT_NAME, f"{RESULT_NAME}（{self.folder.resolve().name}）", RESULT_COLUMNS, texts, TOOL, MOMENT)
        self.result.listing, _ = write_beside(self.outputs / f"{RESULT_NAME}.xlsx", data, is_own_output)

    def _rows(self) -> Iterator[tuple[str, ...]]:
        result = self.result
        for failure in result.failed:
            yield self._name(failure.workbook), "失败", "", "", "", "", "", failure.message
        for path, written in result.reports:
            counts = count_levels(written.problems)
            score = "" if written.made.score is None else f"{written.made.score:.2f}"
            yield (self._name(path), "已生成", written.report.name if written.report else "", written.made.status or "", score,
                   str(counts["error"]), str(counts["warning"]), "".join(written.notes))
        for item in result.unchanged:
            yield (self._name(item.workbook), "没有改动", item.report.name, item.status or "", "" if item.score is None else f"{item.score:.2f}",
                   str(item.errors), str(item.warnings), "工作簿、方案和模板都没有改动，报告没有重新生成。")
        for path, reason in result.skipped:
            yield self._name(path), "跳过", "", "", "", "", "", reason


@lru_cache(maxsize=256)
def _recipe_now(scheme: str, kind: str, options: Options) -> str:
    return recipe_of(scheme, kind, options)


def _read_record(path: Path) -> dict[str, dict[str, Any]]:
    """The record of earlier runs; one that is damaged or not ours is as good as none."""
    try:
        known = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return {name: entry for name, entry in known.items() if isinstance(entry, dict)} if isinstance(known, dict) else {}


def failure(path: Path, made: Made | Exception) -> Failure:
    """Why there is no report, as one line."""
    if isinstance(made, sandbox.Lost):
        fault = made.problem(path.name)
        return Failure(path, fault.code, fault.message)
    if isinstance(made, WuhaoError):
        return Failure(path, made.code, str(made))
    if isinstance(made, Exception):
        kind = made.kind if isinstance(made, sandbox.Unforeseen) else type(made).__name__
        return Failure(path, "unforeseen", f"处理时遇到没有预料到的问题（{kind}）。")
    stopping = next((item for item in made.problems if item.code in STOPPING), made.problems[0])
    return Failure(path, stopping.code, stopping.message)
