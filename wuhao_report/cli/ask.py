"""Ask for a check of a process that can be lost; nothing that a check needs is loaded here."""

from __future__ import annotations

from pathlib import Path

from wuhao_report.core.options import Checked, Options
from wuhao_report.sandbox.call import Lost, Worker


def checked(path: Path, options: Options | None = None, mark: bool = False) -> Checked:
    """Check a workbook in this process; what that needs is loaded by the call, in the process that does it."""
    from wuhao_report.cli import jobs

    return jobs.checked(path, options, mark)


def check_bounded(path: Path, options: Options | None = None, mark: bool = False, worker: Worker | None = None) -> Checked:
    """Check a workbook in `worker` (a process of its own when none is given); one that is lost leaves a problem.

    Raises SchemeError, OSError, sandbox.Unforeseen.
    """
    with worker or Worker() as process:
        try:
            return process.run(checked, path, options, mark)
        except Lost as lost:
            return _lost(path, lost)


def _lost(path: Path, lost: Lost) -> Checked:
    from wuhao_report.cli.screen import problem_lines
    from wuhao_report.report.json_form import check_data

    problems = (lost.problem(path.name),)
    return Checked(check_data(path.name, None, None, None, None, problems), tuple(problem_lines(problems)), problems, 2, unreadable=True)
