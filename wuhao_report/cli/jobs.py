"""What a process that can be lost is asked for: checks and reports of one workbook, as small values; losing it is one more problem."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from wuhao_report.cli.screen import outcome_lines
from wuhao_report.core.options import Checked, Options
from wuhao_report.core.problems import UnreadableWorkbook, problem
from wuhao_report.report.outcome import Outcome, check, recognise
from wuhao_report.report.report import Made, make_report
from wuhao_report.report.tasks import tasks, too_late
from wuhao_report.sandbox import call as sandbox
from wuhao_report.scheme.library import find_scheme, scheme_files
from wuhao_report.scheme.model import Scheme
from wuhao_report.tools.marked_copy.copy import annotated
from wuhao_report.tools.marked_copy.parts import NotMarkable
from wuhao_report.tools.masked_copy import Masked, masked
from wuhao_report.tools.migration import Upgrade, upgrade
from wuhao_report.workbook.reader import PACKAGE, RawBook, read_book, read_bytes


def checked(path: Path, options: Options | None = None, mark: bool = False) -> Checked:
    """Check a workbook in this process; no marked copy where its package is not as it should be."""
    outcome = check(path, options)
    marked = None
    if mark and not outcome.unreadable:
        with suppress(NotMarkable):
            marked = annotated(path.read_bytes(), outcome.problems, _tasks(outcome))
    return Checked(outcome.as_data(), tuple(outcome_lines(outcome)), outcome.problems, outcome.exit_code, outcome.unreadable, marked)


def _tasks(outcome: Outcome) -> tuple[Any, ...]:
    submission, found = outcome.submission, outcome.assessment
    if submission is None or found is None:
        return ()
    return (*(task for task in tasks(submission, found) if task.urgent), *too_late(submission.scheme, found))


def upgraded(path: Path, scheme: str | None = None) -> Upgrade:
    """Carry a workbook over into a fresh one, in this process.

    Raises UnreadableWorkbook, SchemeError.
    """
    book = read_book(path)
    return upgrade(book, _scheme_of(book, scheme))


def masked_copy(path: Path, scheme: str | None = None) -> Masked:
    """A masked copy of a workbook, in this process.

    Raises UnreadableWorkbook, SchemeError.
    """
    data = read_bytes(path)
    book = read_book(path)
    if not data.startswith(PACKAGE):
        raise UnreadableWorkbook(problem("old-format", file=path.name, found="旧版或带密码的格式"))
    return masked(data, book, _scheme_of(book, scheme))


def _scheme_of(book: RawBook, scheme: str | None) -> Scheme:
    found = find_scheme(scheme) if scheme else recognise(book)
    if found is None:
        raise UnreadableWorkbook(problem("scheme-not-recognised", known="、".join(scheme_files())))
    return found


def make_bounded(worker: sandbox.Worker, path: Path, options: Options | None = None, template: Path | None = None) -> Made:
    """Make the report of a workbook in a process that can be lost; that leaves a problem.

    Raises SchemeError, TemplateError, OSError, sandbox.Unforeseen.
    """
    try:
        return worker.run(make_report, path, options, template)
    except sandbox.Lost as lost:
        return Made(path.name, None, None, None, (lost.problem(path.name),), 2)
