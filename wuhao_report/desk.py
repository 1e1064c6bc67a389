"""What a double-click does with a workbook or a folder of them: reports, or checks with marked copies; lines for the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from wuhao_report.annotate import NotMarkable, annotated
from wuhao_report.batch import find_workbooks, run_batch
from wuhao_report.files import safe_name, write_beside
from wuhao_report.pipeline import Outcome, check
from wuhao_report.report import OUTPUT_FOLDER, write_report
from wuhao_report.screen import batch_lines, outcome_lines, written_lines
from wuhao_report.sealed import MARKED, is_annotated

Tell = Callable[[str], None]


def work(action: str, target: Path, tell: Tell) -> tuple[int, Path | None]:
    """Report on or check a workbook or every workbook of a folder; the exit code, and the folder of what was made.

    Raises SchemeError, TemplateError, OSError.
    """
    if not target.exists():
        tell(f"找不到“{target.name}”。")
        return 2, None
    outputs = (target if target.is_dir() else target.parent) / OUTPUT_FOLDER
    if action == "check":
        code = _check_all(target, outputs, tell)
    elif target.is_dir():
        result = run_batch(target, outputs)
        for line in batch_lines(result, outputs):
            tell(line)
        code = result.exit_code
    else:
        written = write_report(target, outputs)
        for line in written_lines(written):
            tell(line)
        if written.report:
            tell(f"报告：{written.report}")
        code = written.exit_code
    return code, outputs if outputs.is_dir() else None


def _check_all(target: Path, outputs: Path, tell: Tell) -> int:
    paths = [target] if target.is_file() else [path for path, reason in find_workbooks(target, outputs) if not reason]
    code = 0
    for path in paths:
        outcome = check(path)
        tell(f"—— {path.name} ——")
        for line in outcome_lines(outcome):
            tell(line)
        if outcome.problems and not outcome.unreadable:
            _mark(path, outcome, outputs, tell)
        code = max(code, outcome.exit_code)
    if not paths:
        tell("这里没有工作簿。请把这个脚本放在工作簿旁边，或者把工作簿拖到它的图标上。")
        return 2
    return code


def _mark(path: Path, outcome: Outcome, outputs: Path, tell: Tell) -> None:
    try:
        data = annotated(path.read_bytes(), outcome.problems)
    except NotMarkable:
        tell("这个工作簿做不了批注副本，请看上面列出的问题。")
        return
    place, note = write_beside(outputs / safe_name(path.stem, path.suffix, MARKED), data, is_annotated)
    if note:
        tell(note)
    tell(f"批注副本：{place}")
