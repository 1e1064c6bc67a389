"""考评 with its files: forms into the folder 考评, filled ones out of it, 考评汇总 beside them."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from wuhao_report.aggregate.assessors.filled import FilledForm, read_forms
from wuhao_report.aggregate.assessors.form import forms
from wuhao_report.aggregate.assessors.listing import NAME, assessment_workbook
from wuhao_report.aggregate.assessors.settle import Assessment
from wuhao_report.aggregate.overview import Overview
from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.problems import Problem, problem
from wuhao_report.files.folders import folder_beside
from wuhao_report.files.outputs import Output, in_a_process, output_path, write_output
from wuhao_report.files.paths import safe_name
from wuhao_report.files.provenance import is_own_output
from wuhao_report.sandbox.call import Lost, Worker
from wuhao_report.sandbox.pool import run_all

MOST_FORMS = 20_000
ENDING, TEMPORARY = ".xlsx", "~$"


def write_forms(overview: Overview, place: Path) -> tuple[int, int]:
    """Write a form for every committee into a folder; return how many were written, and how many are there that somebody has filled in.

    Raises OSError.
    """
    folder = folder_beside(place.parent, place.name)
    taken: set[Path] = set()
    written = kept = 0
    with Worker() as worker:
        is_ours = in_a_process(is_own_output, worker)
        for parent, form in forms(overview):
            path = output_path(folder, form.name)
            if path in taken:  # a committee of the same name, under another one
                form = Output(form.kind, safe_name(f"{path.stem}（{parent}）", ENDING), form.content, form.may_replace)
                path = output_path(folder, form.name)
            if path.exists() and not is_ours(path):
                kept += 1
                taken.add(path)
                continue
            written += 1
            made, _ = write_output(Output(form.kind, form.name, form.content, is_own_output), folder, taken, worker)
            taken.add(made)
    return written, kept


def read_filled(place: Path, jobs: int) -> tuple[list[FilledForm], list[tuple[str, Problem]]]:
    """Return the forms in a folder, and of each file that is none what is wrong with it; each is read in a process that can be lost."""
    paths = [(path.name, path) for path in _files(place)][:MOST_FORMS]
    read: list[FilledForm] = []
    unread: list[tuple[str, Problem]] = []
    with closing(run_all(read_forms, paths, jobs)) as results:
        for (name, _), form in zip(paths, results, strict=True):
            if isinstance(form, FilledForm):
                read.append(form)
            else:
                unread.append((name, _fault(name, form)))
    return read, unread


def _files(place: Path) -> Sequence[Path]:
    """Return the workbooks in a folder, links left out."""
    if not place.is_dir() or place.is_symlink():
        return []
    return [
        path
        for path in sorted(place.iterdir())
        if path.suffix.lower() == ENDING and not path.name.startswith(TEMPORARY) and stat.S_ISREG(path.lstat().st_mode)
    ]


def _fault(name: str, error: object) -> Problem:
    if isinstance(error, UnreadableWorkbook):
        return error.problem
    return error.problem(name) if isinstance(error, Lost) else problem("unforeseen", kind=type(error).__name__)


def write_listing(found: Assessment, folder: Path) -> tuple[Path, str | None]:
    """Write 考评汇总 into a folder, beside one that somebody has edited; return its path, and why it has another name. Raises OSError."""
    with Worker() as worker:
        return write_output(
            Output("assessment", f"{NAME}.xlsx", assessment_workbook(found), is_own_output), folder, worker=worker
        )
