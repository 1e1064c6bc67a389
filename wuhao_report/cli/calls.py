"""What the command line asks of a process that can be lost: functions of small values, each of which imports what it needs inside.

So this process loads nothing that only the other one needs, while that one loads. Losing it is one more problem of the workbook.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.options import Checked, Options
from wuhao_report.core.problems import problem
from wuhao_report.sandbox.call import Lost, Worker

if TYPE_CHECKING:
    from wuhao_report.evaluation.check import Outcome
    from wuhao_report.report.rendered import RenderedReport
    from wuhao_report.report.tasks import Task
    from wuhao_report.scheme.model import Scheme
    from wuhao_report.tools.masked.copy import Masked
    from wuhao_report.tools.migration import Upgrade
    from wuhao_report.tools.verification.pairs import Pair
    from wuhao_report.tools.verification.verify import Verified
    from wuhao_report.workbook.reader import RawBook


# In this process


def call_check(worker: Worker, path: Path, options: Options | None = None, mark: bool = False) -> Checked:
    """Check a workbook in the process; with `mark`, the marked copy comes along. Losing the process is a problem of the workbook.

    Raises SchemeError, OSError, Unforeseen.
    """
    try:
        checked: Checked = worker.run(check_workbook, path, options, mark)
    except Lost as lost:
        return _lost_check(path, lost)
    return checked


def _lost_check(path: Path, lost: Lost) -> Checked:
    from wuhao_report.cli.screen_one import problem_lines
    from wuhao_report.report.json_form import check_data

    problems = (lost.problem(path.name),)
    return Checked(
        check_data(path.name, None, None, None, None, problems), tuple(problem_lines(problems)), problems, 2, unreadable=True
    )


def call_report(worker: Worker, path: Path, options: Options | None = None, template: Path | None = None) -> RenderedReport:
    """Render the report of a workbook in the process. Losing the process is a problem of the workbook.

    Raises SchemeError, TemplateError, OSError, Unforeseen.
    """
    try:
        rendered: RenderedReport = worker.run(render_report, path, options, template)
    except Lost as lost:
        from wuhao_report.report.rendered import RenderedReport as Empty

        return Empty(path.name, None, None, None, (lost.problem(path.name),), 2)
    return rendered


# In the other process


def check_workbook(path: Path, options: Options | None = None, mark: bool = False) -> Checked:
    """Check a workbook; no marked copy where its package is not as it should be.

    Raises SchemeError, OSError.
    """
    from wuhao_report.cli.screen_one import outcome_lines
    from wuhao_report.evaluation.check import check
    from wuhao_report.report.json_form import outcome_data

    outcome = check(path, options)
    marked = _marked_copy(path, outcome) if mark and not outcome.unreadable else None
    return Checked(
        outcome_data(outcome), tuple(outcome_lines(outcome)), outcome.problems, outcome.exit_code, outcome.unreadable, marked
    )


def _marked_copy(path: Path, outcome: Outcome) -> bytes | None:
    from wuhao_report.tools.marked_copy.copy import annotated
    from wuhao_report.tools.marked_copy.parts import NotMarkable

    with suppress(NotMarkable):
        return annotated(path.read_bytes(), outcome.problems, _tasks_to_mark(outcome))
    return None


def _tasks_to_mark(outcome: Outcome) -> tuple[Task, ...]:
    from wuhao_report.report.tasks import tasks, too_late

    submission, assessment = outcome.submission, outcome.assessment
    if submission is None or assessment is None:
        return ()
    return (*(task for task in tasks(submission, assessment) if task.urgent), *too_late(submission.scheme, assessment))


def render_report(path: Path, options: Options | None = None, template: Path | None = None) -> RenderedReport:
    """Check a workbook and render its report. Raises SchemeError, TemplateError."""
    from wuhao_report.report.report import make_report

    return make_report(path, options, template)


def migrate_workbook(path: Path, scheme: str | None = None) -> Upgrade:
    """Carry a workbook over into a fresh one. Raises UnreadableWorkbook, SchemeError."""
    from wuhao_report.tools.migration import upgrade
    from wuhao_report.workbook.reader import read_book

    book = read_book(path)
    return upgrade(book, _scheme_of(book, scheme))


def mask_workbook(path: Path, scheme: str | None = None) -> Masked:
    """Make a masked copy of a workbook. Raises UnreadableWorkbook, SchemeError."""
    from wuhao_report.tools.masked.copy import masked
    from wuhao_report.workbook.reader import PACKAGE, read_book, read_bytes

    data = read_bytes(path)
    book = read_book(path)
    if not data.startswith(PACKAGE):
        raise UnreadableWorkbook(problem("old-format", file=path.name, found="旧版或带密码的格式"))
    return masked(data, book, _scheme_of(book, scheme))


def _scheme_of(book: RawBook, name: str | None) -> Scheme:
    """Return the scheme of that id or file, or the one that the workbook was made for."""
    from wuhao_report.evaluation.check import recognise
    from wuhao_report.scheme.lookup import find_scheme, scheme_files

    scheme = find_scheme(name) if name else recognise(book)
    if scheme is None:
        raise UnreadableWorkbook(problem("scheme-not-recognised", known="、".join(scheme_files())))
    return scheme


def verify_report(report: Path, workbook: Path, scheme: str | None = None) -> Verified:
    """Compare a report with the workbook it should have been made of. Raises NotVerifiable, SchemeError, TemplateError, OSError."""
    from wuhao_report.tools.verification.verify import verify

    return verify(report, workbook, scheme)


def verify_aggregate(report: Path, folder: Path, options: Options, roster: Path | None, jobs: int) -> Verified:
    """Compare a 汇总报告 with a fresh one of a folder. Raises NotVerifiable, and what `aggregate_folder` does."""
    from wuhao_report.aggregate.run import aggregate_report
    from wuhao_report.tools.verification.verify import compare_whole, read_report

    submitted = read_report(report)
    return compare_whole(aggregate_report(report, folder, options, roster, jobs), submitted, folder.name)


def pair_reports(reports: Path, workbooks: Path) -> list[Pair]:
    """Find the workbook of every report below a folder."""
    from wuhao_report.tools.verification.pairs import pairs

    return pairs(reports, workbooks)


def read_workbook(path: Path) -> RawBook:
    """Read a workbook as addressed cells. Raises UnreadableWorkbook."""
    from wuhao_report.workbook.reader import read_book

    return read_book(path)
