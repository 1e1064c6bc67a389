"""Ask for a check of a process that can be lost; nothing that a check needs is loaded here."""

from __future__ import annotations

from pathlib import Path

from wuhao_report.core.options import Checked, Options
from wuhao_report.sandbox.process import Lost, Worker

CHECKED = "wuhao_report.cli.calls:checked"


def check_bounded(path: Path, options: Options | None = None, mark: bool = False, worker: Worker | None = None) -> Checked:
    """Check a workbook in `worker` (a process of its own when none is given); one that is lost leaves a problem.

    Raises SchemeError, OSError, bounded.Unforeseen.
    """
    with worker or Worker() as process:
        try:
            found = process.call(CHECKED, path, options, mark)
        except Lost as lost:
            return _lost(path, lost)
    if not isinstance(found, Checked):
        raise TypeError("a check gives a Checked")
    return found


def _lost(path: Path, lost: Lost) -> Checked:
    from wuhao_report.cli.screen_one import problem_lines
    from wuhao_report.report.json_form import check_data

    problems = (lost.problem(path.name),)
    return Checked(check_data(path.name, None, None, None, None, problems), tuple(problem_lines(problems)), problems, 2, unreadable=True)
