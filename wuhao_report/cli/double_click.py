"""What a double-click does with a workbook or a folder of them: reports, or checks with marked copies; lines for the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wuhao_report.cli.calls import call_check, call_report
from wuhao_report.cli.screens.many import batch_lines
from wuhao_report.cli.screens.one import STRONG, written_lines
from wuhao_report.core.options import Checked, Line
from wuhao_report.core.text import shown_name
from wuhao_report.files.folders import folder_beside
from wuhao_report.files.outputs import Output, in_a_process, output_path, write_output
from wuhao_report.files.paths import mode_of, safe_name
from wuhao_report.files.provenance import MARKED, is_marked_copy
from wuhao_report.report.rendered import OUTPUT_FOLDER, write_rendered
from wuhao_report.sandbox.call import Worker
from wuhao_report.tools.batch import OnProgress, run_batch
from wuhao_report.tools.find_workbooks import find_workbooks

ShowLine = Callable[[Line], None]


def report_or_check(
    action: str, target: Path, show_line: ShowLine, jobs: int = 1, on_progress: OnProgress | None = None
) -> tuple[int, Path | None]:
    """Report on or check a workbook or every workbook of a folder; return the exit code, and the folder of what was made.

    `show_line` takes each line for the window; `on_progress` is called after each report of a folder. Raises SchemeError,
    TemplateError, OSError.
    """
    if not target.exists():
        show_line(Line(f"找不到“{shown_name(target.name)}”。"))
        return 2, None
    outputs = folder_beside(target if target.is_dir() else target.parent, OUTPUT_FOLDER)
    if action == "check":
        code = _check_all(target, outputs, show_line)
    elif target.is_dir():
        result = run_batch(target, outputs, jobs, on_progress=on_progress)
        for line in batch_lines(result, outputs):
            show_line(line)
        code = result.exit_code
    else:
        code = _report_on(target, outputs, show_line)
    return code, outputs if outputs.is_dir() else None


def _report_on(workbook: Path, outputs: Path, show_line: ShowLine) -> int:
    with Worker() as worker:
        written = write_rendered(call_report(worker, workbook), outputs, worker=worker)
    for line in written_lines(written):
        show_line(line)
    if written.report:
        show_line(Line(f"报告：{written.report}", STRONG))
    return written.exit_code


def _check_all(target: Path, outputs: Path, show_line: ShowLine) -> int:
    paths = [target] if target.is_file() else [path for path, reason in find_workbooks(target, outputs) if not reason]
    code = 0
    with Worker() as worker:
        for path in paths:
            checked = call_check(worker, path, mark=True)
            show_line(Line(f"—— {shown_name(path.name)} ——", STRONG))
            for line in checked.lines:
                show_line(line)
            if not checked.unreadable:
                _mark(path, checked, outputs, show_line, worker)
            code = max(code, checked.exit_code)
    if not paths:
        show_line(Line("这里没有工作簿。请把这个脚本放在工作簿旁边，或者把工作簿拖到它的图标上。"))
        return 2
    return code


def _mark(path: Path, checked: Checked, outputs: Path, show_line: ShowLine, worker: Worker) -> None:
    """Write a marked copy where there is anything to mark; else remove one of an earlier check that nobody has touched."""
    name = safe_name(path.stem, path.suffix, MARKED)
    if not checked.problems and not any(gap["urgent"] or not gap["possible"] for gap in checked.data["gaps"]):
        earlier = output_path(outputs, name)
        if earlier.exists() and in_a_process(is_marked_copy, worker)(earlier):
            earlier.unlink()
        return
    if checked.marked is None:
        show_line(Line("这个工作簿做不了批注副本，请看上面列出的问题。"))
        return
    place, note = write_output(Output("marked copy", name, checked.marked, is_marked_copy, mode_of(path)), outputs, worker=worker)
    if note:
        show_line(Line(note))
    show_line(Line(f"批注副本：{place}", STRONG))
