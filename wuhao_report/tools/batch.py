"""A report for every workbook below a folder: one that fails is one line of the result and stops no other."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.options import Options
from wuhao_report.core.problems import Problem, count_levels, main_reason, problem
from wuhao_report.files.cache import OWN, cached_for
from wuhao_report.files.folders import digest_of, folder_beside, name_below, own_name
from wuhao_report.files.listing import listing
from wuhao_report.files.lock import locked
from wuhao_report.files.outputs import Output, in_a_process, write_output
from wuhao_report.files.paths import write_atomically
from wuhao_report.files.provenance import RESULT_NAME, is_own_output
from wuhao_report.report.documents import UNDATED, midnight
from wuhao_report.report.json_form import TOOL
from wuhao_report.report.rendered import OUTPUT_FOLDER, REPORT, RenderedReport, WrittenReport, write_rendered
from wuhao_report.report.report import make_reports, recipe_of
from wuhao_report.sandbox import call as sandbox
from wuhao_report.sandbox.pool import run_all
from wuhao_report.tools.find_workbooks import find_workbooks
from wuhao_report.workbook.reader import read_bytes

RESULT_COLUMNS = (
    ("序号", 6),
    ("工作簿", 44),
    ("结果", 12),
    ("报告", 56),
    ("总评", 10),
    ("得分", 10),
    ("错误", 8),
    ("提醒", 8),
    ("说明", 70),
)
EVERY = 100
"""So often the record is written during a long run."""
DISK_FULL = "磁盘已满"
OnProgress = Callable[[int, int, Path], None]
"""Called after each workbook with how many are done, how many there are, and its path."""


@dataclass(frozen=True)
class Failure:
    """A workbook without a report, and why; `sentence` stands for the message of the problem where a run has its own words for it."""

    workbook: Path
    problem: Problem
    sentence: str = ""

    @property
    def code(self) -> str:
        """The stable code of the problem."""
        return self.problem.code

    @property
    def message(self) -> str:
        """Why there is no report, as one sentence."""
        return self.sentence or self.problem.message


@dataclass(frozen=True)
class UnchangedReport:
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

    reports: list[tuple[Path, WrittenReport]] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)
    unchanged: list[UnchangedReport] = field(default_factory=list)
    stopped: str = ""
    listing: Path | None = None

    @property
    def exit_code(self) -> int:
        """0: every workbook has its report; 1: at least one has none."""
        return 1 if self.failed else 0

    def as_data(self) -> dict[str, Any]:
        """Return the plain data of `wuhao batch --json`."""
        return {
            "reports": [
                {
                    "workbook": str(path),
                    "report": str(written.report),
                    "status": written.rendered.status,
                    "score": written.rendered.score,
                    "errors": count_levels(written.problems)["error"],
                    "notes": list(written.notes),
                    "unchanged": False,
                }
                for path, written in self.reports
            ]
            + [
                {
                    "workbook": str(item.workbook),
                    "report": str(item.report),
                    "status": item.status,
                    "score": item.score,
                    "errors": item.errors,
                    "notes": [],
                    "unchanged": True,
                }
                for item in self.unchanged
            ],
            "failed": [{"workbook": str(item.workbook), "code": item.code, "message": item.message} for item in self.failed],
            "skipped": [{"file": str(path), "reason": reason} for path, reason in self.skipped],
        }


def run_batch(
    folder: Path,
    outputs: Path | None = None,
    jobs: int = 1,
    options: Options | None = None,
    on_progress: OnProgress | None = None,
    again: bool = False,
) -> BatchResult:
    """Write a report for every workbook below `folder` into `outputs` (a folder 报告 in it when none is given), and a list of them.

    Workbooks of which nothing has changed since their report was made are left as they are, unless `again`; `on_progress` is called
    after each of the others. Ended early (an interrupt, a full disk), what is written is whole and recorded. Raises FolderBusy when another
    run writes there, OSError when nothing can be written.
    """
    outputs = outputs or folder_beside(folder, OUTPUT_FOLDER)
    with locked(outputs), sandbox.Worker() as worker:
        run = BatchRun(folder, outputs, options or Options(), again, worker)
        try:
            run.make_reports(jobs, on_progress)
        finally:
            run.save_record()
        run.write_list()
        return run.result


class BatchRun:
    """One run over a folder; `record` holds for every workbook, by its path below the folder, what was made of it.

    It lies in the user's own cache; `worker` looks into schemes and into what lies among the outputs.
    """

    def __init__(self, folder: Path, outputs: Path, options: Options, again: bool, worker: sandbox.Worker) -> None:
        self.folder, self.outputs, self.options, self.worker = folder, outputs, options, worker
        self.result = BatchResult()
        self.record = _read_record(record_of(outputs))
        self._recipes: dict[tuple[str, str], str] = {}
        self.todo: list[Path] = []
        self.taken: set[Path] = set()
        for path, reason in find_workbooks(folder, outputs):
            if reason:
                self.result.skipped.append((path, reason))
                continue
            unchanged = None if again else self._unchanged(path)
            if unchanged is None:
                self.todo.append(path)
            else:
                self.result.unchanged.append(unchanged)
                self.taken.add(unchanged.report)

    def _name(self, path: Path) -> str:
        return name_below(self.folder, path)

    def _unchanged(self, path: Path) -> UnchangedReport | None:
        """Return what still holds of a workbook, if anything; a report that somebody has gone on writing in holds too."""
        entry = self.record.get(self._name(path), {})
        try:
            report = self.outputs / entry["report"]
            listed = self.outputs / entry["checklist"] if entry["checklist"] else report
            if {report.parent, listed.parent} != {self.outputs} or not listed.is_file():
                return None
            made = digest_of(report)
            if made is None or (made != entry["made"] and in_a_process(is_own_output, self.worker)(report)):
                return None  # another run has made another report there since
            same = entry["sha256"] == hashlib.sha256(read_bytes(path)).hexdigest()
            if not same or entry["recipe"] != self._recipe_now(entry["scheme"], entry["kind"]):
                return None
            return UnchangedReport(path, report, entry["status"], entry["score"], int(entry["errors"]), int(entry["warnings"]))
        except (KeyError, TypeError, ValueError, OSError, WuhaoError, sandbox.Lost, sandbox.Unforeseen):
            return None

    def _recipe_now(self, scheme: str, kind: str) -> str:
        """Return what a report of that scheme and kind would be made of besides its workbook; raises what `recipe_of` does."""
        if (scheme, kind) not in self._recipes:
            self._recipes[scheme, kind] = self.worker.run(recipe_of, scheme, kind, self.options)
        return self._recipes[scheme, kind]

    def make_reports(self, jobs: int, on_progress: OnProgress | None) -> None:
        """Render what has changed in so many processes at once, and write each report as it comes; a full disk ends it early."""
        total = len(self.todo)
        with closing(run_all(partial(make_reports, self.options), self.todo, jobs)) as results:
            for done, (path, rendered) in enumerate(zip(self.todo, results, strict=True), 1):
                self._write(path, rendered)
                if on_progress:
                    on_progress(done, total, path)
                if self.result.stopped:
                    fault, sentence = problem("cannot-write", reason=DISK_FULL), f"没有处理：{self.result.stopped}"
                    self.result.failed += [Failure(left, fault, sentence) for left in self.todo[done:]]
                    return
                if done % EVERY == 0:
                    self.save_record()

    def _write(self, path: Path, rendered: RenderedReport | Exception) -> None:
        """Write the report of a workbook, or note why there is none."""
        if isinstance(rendered, Exception) or not rendered.outputs:
            self.result.failed.append(failure_of(path, rendered))
            return
        try:
            written = write_rendered(rendered, self.outputs, self.taken, self.worker)
        except OSError as error:
            full = error.errno == errno.ENOSPC
            if full:
                self.result.stopped = f"{DISK_FULL}，请清理后再运行一次；已经生成的报告是完整的。"
            fault = problem("cannot-write", reason=DISK_FULL if full else f"系统代码 {error.errno}")
            self.result.failed.append(Failure(path, fault, "报告写不下来，请检查输出文件夹的权限、磁盘空间和路径长度。"))
            return
        self.result.reports.append((path, written))
        report = rendered.output(REPORT)
        if report:
            self.record[self._name(path)] = _record_entry(rendered, written, hashlib.sha256(report.data()).hexdigest())

    def save_record(self) -> None:
        """Write down what was made of what; where that is not possible, the next run makes all of it again."""
        if self.record:
            with suppress(OSError):
                write_atomically(
                    record_of(self.outputs), json.dumps(self.record, ensure_ascii=False, sort_keys=True).encode(), OWN
                )

    def write_list(self) -> None:
        """Write 生成结果.xlsx: one row for every file, what failed first. Raises OSError."""
        rows = list(self._rows())
        if not rows or self.result.stopped:
            return
        texts = [(str(number), *row) for number, row in enumerate(rows, 1)]
        data = listing(RESULT_NAME, f"{RESULT_NAME}（{own_name(self.folder)}）", RESULT_COLUMNS, texts, TOOL, midnight(UNDATED))
        self.result.listing, _ = write_output(
            Output("list of results", f"{RESULT_NAME}.xlsx", data, is_own_output), self.outputs, worker=self.worker
        )

    def _rows(self) -> Iterator[tuple[str, ...]]:
        result = self.result
        for failure in result.failed:
            yield self._name(failure.workbook), "失败", "", "", "", "", "", failure.message
        for path, written in result.reports:
            counts = count_levels(written.problems)
            yield (
                self._name(path),
                "已生成",
                written.report.name if written.report else "",
                written.rendered.status or "",
                _score_text(written.rendered.score),
                str(counts["error"]),
                str(counts["warning"]),
                "".join(written.notes),
            )
        for item in result.unchanged:
            yield (
                self._name(item.workbook),
                "没有改动",
                item.report.name,
                item.status or "",
                _score_text(item.score),
                str(item.errors),
                str(item.warnings),
                "工作簿、方案和模板都没有改动，报告没有重新生成。",
            )
        for path, reason in result.skipped:
            yield self._name(path), "跳过", "", "", "", "", "", reason


def _score_text(score: float | None) -> str:
    return "" if score is None else f"{score:.2f}"


def _record_entry(rendered: RenderedReport, written: WrittenReport, sha256: str) -> dict[str, Any]:
    """Return what the next run needs to know of a report just written; `sha256` is of its bytes."""
    counts = count_levels(rendered.problems)
    return {
        "sha256": rendered.sha256,
        "recipe": rendered.recipe,
        "scheme": rendered.scheme,
        "kind": rendered.report_kind,
        "made": sha256,
        "report": written.report.name if written.report else "",
        "checklist": written.checklist.name if written.checklist else "",
        "status": rendered.status,
        "score": rendered.score,
        "errors": counts["error"],
        "warnings": counts["warning"],
    }


def record_of(outputs: Path) -> Path:
    """Return where it is kept what was made of which workbook, so that a second run makes only what has changed."""
    return cached_for("报告", outputs)


def _read_record(path: Path) -> dict[str, dict[str, Any]]:
    """Return the record of earlier runs; one that is damaged or not ours is as good as none."""
    try:
        record = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return {name: entry for name, entry in record.items() if isinstance(entry, dict)} if isinstance(record, dict) else {}


def failure_of(path: Path, rendered: RenderedReport | Exception) -> Failure:
    """Return why there is no report of a workbook."""
    if isinstance(rendered, sandbox.Lost):
        return Failure(path, rendered.problem(path.name))
    if isinstance(rendered, Exception):
        kind = rendered.kind if isinstance(rendered, sandbox.Unforeseen) else type(rendered).__name__
        unforeseen = problem("unforeseen", kind=kind)
        if not isinstance(rendered, WuhaoError):
            return Failure(path, unforeseen)
        own = getattr(rendered, "problem", None)
        return Failure(path, own if isinstance(own, Problem) else unforeseen, str(rendered))
    return Failure(path, main_reason(rendered.problems))
