"""What a double-click does with a workbook or a folder of them: reports, or checks with marked copies; lines for the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from wuhao_report.cli.ask import check_bounded
from wuhao_report.cli.jobs import make_bounded
from wuhao_report.cli.screen import STRONG, batch_lines, written_lines
from wuhao_report.core.options import Checked, Line
from wuhao_report.files.paths import safe_name, write_beside
from wuhao_report.files.provenance import MARKED, is_marked_copy
from wuhao_report.report.report import OUTPUT_FOLDER, write_report
from wuhao_report.sandbox.call import Worker
from wuhao_report.tools.batch import find_workbooks, run_batch

Tell = Callable[[Line], None]
Told = Callable[[int, int, Path], None]


def work(action: str, target: Path, tell: Tell, jobs: int = 1, told: Told | None = None) -> tuple[int, Path | None]:
    """Report on or check a workbook or every workbook of a folder; the exit code, and the folder of what was made.

    `told` hears of every workbook of a folder that is done (how many are done, how many there are, its path).

    Raises SchemeError, TemplateError, OSError.
    """
    if not target.exists():
        tell(Line(f"找不到“{target.name}”。"))
        return 2, None
    outputs = (target if target.is_dir() else target.parent) / OUTPUT_FOLDER
    if action == "check":
        code = _check_all(target, outputs, tell)
    elif target.is_dir():
        result = run_batch(target, outputs, jobs, told=told)
        for line in batch_lines(result, outputs):
            tell(line)
        code = result.exit_code
    else:
        with Worker() as worker:
            written = write_report(target, outputs, make=partial(make_bounded, worker))
        for line in written_lines(written):
            tell(line)
        if written.report:
            tell(Line(f"报告：{written.report}", STRONG))
        code = written.exit_code
    return code, outputs if outputs.is_dir() else None


def _check_all(target: Path, outputs: Path, tell: Tell) -> int:
    paths = [target] if target.is_file() else [path for path, reason in find_workbooks(target, outputs) if not reason]
    code = 0
    for path in paths:
        found = check_bounded(path, mark=True)
        tell(Line(f"—— {path.name} ——", STRONG))
        for line in found.lines:
            tell(line)
        if not found.unreadable:
            _mark(path, found, outputs, tell)
        code = max(code, found.exit_code)
    if not paths:
        tell(Line("这里没有工作簿。请把这个脚本放在工作簿旁边，或者把工作簿拖到它的图标上。"))
        return 2
    return code


def _mark(path: Path, found: Checked, outputs: Path, tell: Tell) -> None:
    """A marked copy where there is anything to mark; one of an earlier check that nobody has touched is taken away."""
    place = outputs / safe_name(path.stem, path.suffix, MARKED)
    if not found.problems and not any(gap["urgent"] or not gap["possible"] for gap in found.data["gaps"]):
        if place.exists() and is_marked_copy(place):
            place.unlink()
        return
    if found.marked is None:
        tell(Line("这个工作簿做不了批注副本，请看上面列出的问题。"))
        return
    place, note = write_beside(place, found.marked, is_marked_copy)
    if note:
        tell(Line(note))
    tell(Line(f"批注副本：{place}", STRONG))
