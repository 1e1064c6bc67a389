"""A report for every workbook below a folder: one that fails is one line of the result and stops no other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wuhao_report.checklist import LIST_NAME, is_checklist
from wuhao_report.pipeline import Options
from wuhao_report.problems import STOPPING, WuhaoError, count_levels, problem
from wuhao_report.report import OUTPUT_FOLDER, Made, Written, make_report, write_made
from wuhao_report.sealed import MARKED, is_annotated

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods"})
TEMPORARY = ("~$", ".~", "._")


@dataclass(frozen=True)
class Failure:
    """A workbook without a report: the stable code and one sentence."""

    workbook: Path
    code: str
    message: str


@dataclass
class BatchResult:
    """Every file of a batch stands in exactly one of the three lists."""

    reports: list[tuple[Path, Written]] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        return 1 if self.failed else 0

    def as_data(self) -> dict[str, Any]:
        """The plain data of `wuhao batch --json`."""
        return {
            "reports": [{
                "workbook": str(path), "report": str(written.report), "status": written.made.status,
                "score": written.made.score, "errors": count_levels(written.problems)["error"], "notes": list(written.notes),
            } for path, written in self.reports],
            "failed": [{"workbook": str(item.workbook), "code": item.code, "message": item.message} for item in self.failed],
            "skipped": [{"file": str(path), "reason": reason} for path, reason in self.skipped],
        }


def find_workbooks(folder: Path, outputs: Path) -> Iterator[tuple[Path, str | None]]:
    """Every workbook below a folder in the order of names, with the reason when it is passed over.

    The output folder is not looked into, links are not followed, other kinds of files are not named.
    """
    closed: list[Path] = []
    for place, folders, names in os.walk(folder, followlinks=False, onerror=lambda error: closed.append(Path(error.filename))):
        folders[:] = sorted(name for name in folders if name != "__MACOSX" and Path(place, name).resolve() != outputs.resolve())
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix.lower() not in WORKBOOKS:
                continue
            if name.startswith(TEMPORARY):
                yield path, "Excel、WPS 打开文件时产生的临时文件"
            elif path.is_symlink():
                yield path, "是指向别处的链接"
            elif path.stem.endswith(MARKED) and is_annotated(path):
                yield path, "本工具生成的批注副本"
            elif LIST_NAME in path.stem and is_checklist(path):
                yield path, f"本工具生成的{LIST_NAME}"
            else:
                yield path, None
    yield from ((path, "文件夹打不开") for path in closed)


def _make(path: Path, options: Options) -> Made | Failure:
    """One workbook, in this process or another: whatever goes wrong is a value."""
    try:
        made = make_report(path, options)
    except WuhaoError as error:
        return Failure(path, error.code, str(error))
    except Exception as error:
        return Failure(path, "unforeseen", f"处理时遇到没有预料到的问题（{type(error).__name__}）。")
    if made.report is None:
        first = made.problems[0]
        stopping = next((item for item in made.problems if item.code in STOPPING), first)
        return Failure(path, stopping.code, stopping.message)
    return made


def run_batch(
    folder: Path, outputs: Path | None = None, jobs: int = 1, options: Options | None = None,
    told: Callable[[int, int, Path], None] | None = None,
) -> BatchResult:
    """Write a report for every workbook below `folder` into `outputs` (a folder 报告 in it when none is given).

    `told` is called after each workbook with how many are done, how many there are, and its path.
    """
    outputs = outputs or folder / OUTPUT_FOLDER
    options = options or Options()
    result = BatchResult()
    paths = []
    for path, reason in find_workbooks(folder, outputs):
        if reason:
            result.skipped.append((path, reason))
        else:
            paths.append(path)
    taken: set[Path] = set()
    for done, (path, made) in enumerate(zip(paths, _all_made(paths, options, jobs), strict=True), 1):
        if isinstance(made, Failure):
            result.failed.append(made)
        else:
            try:
                result.reports.append((path, write_made(made, outputs, taken)))
            except OSError:
                result.failed.append(Failure(path, "cannot-write", "报告写不下来，请检查输出文件夹的权限和磁盘空间。"))
        if told:
            told(done, len(paths), path)
    return result


def _all_made(paths: list[Path], options: Options, jobs: int) -> Iterator[Made | Failure]:
    if jobs <= 1 or len(paths) <= 1:
        yield from (_make(path, options) for path in paths)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    with ProcessPoolExecutor(min(jobs, len(paths))) as pool:
        waiting = [pool.submit(_make, path, options) for path in paths]
        for path, future in zip(paths, waiting, strict=True):
            try:
                yield future.result()
            except BrokenProcessPool:
                yield _made_alone(path, options)


def _made_alone(path: Path, options: Options) -> Made | Failure:
    """A workbook that was under way, or still waiting, when a worker was lost: once more, in a worker of its own."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    with ProcessPoolExecutor(1) as pool:
        try:
            return pool.submit(_make, path, options).result()
        except BrokenProcessPool:
            fault = problem("damaged", file=path.name)
            return Failure(path, fault.code, fault.message)
