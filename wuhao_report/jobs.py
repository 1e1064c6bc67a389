"""What a process that can be lost is asked for: checks and reports of one workbook, as small values; losing it is one more problem."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wuhao_report import bounded
from wuhao_report.annotate import NotMarkable, annotated
from wuhao_report.gaps import tasks, too_late
from wuhao_report.pipeline import Options, Outcome, check, recognise
from wuhao_report.problems import Problem, UnreadableWorkbook, problem
from wuhao_report.report import Made, make_report
from wuhao_report.results import check_data
from wuhao_report.scheme_read import find_scheme, scheme_files
from wuhao_report.screen import Line, outcome_lines
from wuhao_report.upgrade import Upgrade, upgrade
from wuhao_report.workbook_in import read_book


@dataclass(frozen=True)
class Checked:
    """A check without its tables: what is printed, what other programs read, and the marked copy where one was asked for."""

    data: dict[str, Any]
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    exit_code: int
    unreadable: bool = False
    marked: bytes | None = None
    unmarkable: bool = False


def checked(path: Path, options: Options | None = None, mark: bool = False) -> Checked:
    """Check a workbook in this process."""
    outcome = check(path, options)
    marked, unmarkable = None, False
    if mark and not outcome.unreadable:
        try:
            marked = annotated(path.read_bytes(), outcome.problems, _tasks(outcome))
        except NotMarkable:
            unmarkable = True
    return Checked(outcome.as_data(), tuple(outcome_lines(outcome)), outcome.problems, outcome.exit_code, outcome.unreadable, marked, unmarkable)


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
    found = find_scheme(scheme) if scheme else recognise(book)
    if found is None:
        raise UnreadableWorkbook(problem("scheme-not-recognised", known="、".join(scheme_files())))
    return upgrade(book, found)


def check_bounded(path: Path, options: Options | None = None, mark: bool = False, worker: bounded.Worker | None = None) -> Checked:
    """Check a workbook in `worker` (a process of its own when none is given); one that is lost leaves a problem.

    Raises SchemeError, OSError, bounded.Unforeseen.
    """
    try:
        found = (worker.call if worker else bounded.run)(checked, path, options, mark)
    except bounded.Lost as lost:
        outcome = Outcome(path.name, None, None, None, (lost.problem(path.name),), unreadable=True)
        data = check_data(outcome.file, None, None, None, None, outcome.problems)
        return Checked(data, tuple(outcome_lines(outcome)), outcome.problems, 2, unreadable=True)
    if not isinstance(found, Checked):
        raise TypeError("a check gives a Checked")
    return found


def make_bounded(path: Path, options: Options | None = None, template: Path | None = None) -> Made:
    """Make the report of a workbook in a process of its own; one that is lost leaves a problem.

    Raises SchemeError, TemplateError, OSError, bounded.Unforeseen.
    """
    try:
        found = bounded.run(make_report, path, options, template)
    except bounded.Lost as lost:
        return Made(path.name, None, None, None, (lost.problem(path.name),), 2)
    if not isinstance(found, Made):
        raise TypeError("a report gives a Made")
    return found
