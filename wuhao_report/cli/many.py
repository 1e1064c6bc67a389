"""Commands for a folder of workbooks: batch, aggregate, verify, init, and what a double-click in it does."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wuhao_report.cli.chinese_click import ChineseCommand
from wuhao_report.cli.console import print_json, progress, refuse, say, say_path, show, wait_to_be_closed
from wuhao_report.cli.failures import guarded, print_failure
from wuhao_report.cli.options import (
    FILE,
    folder_argument,
    json_option,
    new_scheme_option,
    reading_options,
    start_year_option,
    unit_option,
)
from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.options import Options
from wuhao_report.core.problems import problem
from wuhao_report.core.text import shown_name
from wuhao_report.files.folders import own_name
from wuhao_report.sandbox import call as sandbox

if TYPE_CHECKING:
    from wuhao_report.tools.verification.pairs import Pair
    from wuhao_report.tools.verification.verify import Verified

MOST_NAMED = 50
"""So many files are named where there is nothing to read."""


@click.command(cls=ChineseCommand)
@folder_argument
@reading_options
@click.option("-o", "--output", type=FILE, metavar="文件夹", help="报告写到哪里；不写则在其中的“报告”文件夹。")
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="同时处理几个工作簿；不写则按电脑的核数。")
@click.option("-f", "--force", is_flag=True, help="没有改动的工作簿也重新生成。")
@json_option
@guarded
def batch(
    folder: Path,
    scheme: str | None,
    stage: str | None,
    as_of: date | None,
    output: Path | None,
    jobs: int | None,
    force: bool,
    as_json: bool,
) -> None:
    """为文件夹里的每个工作簿各生成一份报告；一个有问题，不影响其余。"""
    from wuhao_report.cli.screens.many import batch_lines
    from wuhao_report.report.rendered import OUTPUT_FOLDER
    from wuhao_report.tools.batch import run_batch
    from wuhao_report.tools.find_workbooks import find_workbooks

    can_begin(folder, scheme, as_json)
    has_workbooks(folder, find_workbooks(folder, output or folder / OUTPUT_FOLDER), as_json)
    with progress() as on_progress:
        result = run_batch(folder, output, jobs or os.cpu_count() or 1, Options(scheme, stage, as_of), on_progress, force)
    if as_json:
        print_json(result.as_data())
    else:
        show(batch_lines(result, output or folder / OUTPUT_FOLDER))
    sys.exit(result.exit_code)


def can_begin(folder: Path, scheme: str | None, as_json: bool) -> None:
    """Refuse to begin where there is no folder of workbooks.

    Raises SchemeError for a scheme that is none, before any workbook is blamed for it.
    """
    from wuhao_report.cli.calls import try_scheme_file

    if not folder.is_dir():
        if as_json:
            print_failure([problem("file-not-found", file=folder.name)])
        refuse(f"找不到文件夹“{folder}”。")
    with sandbox.Worker() as worker:
        try_scheme_file(worker, scheme)


def has_workbooks(folder: Path, files: Iterable[tuple[Path, str | None]], as_json: bool) -> None:
    """Refuse a folder without anything to read, and name what lies there instead."""
    passed_over = []
    for path, reason in files:
        if reason is None:
            return
        passed_over.append((path, reason))
    fault = problem("no-workbooks", file=folder.name, folder=own_name(folder))
    if as_json:
        print_failure([fault])
    for path, reason in passed_over[:MOST_NAMED]:
        say(f"已跳过　{shown_name(str(path.relative_to(folder)))}：{reason}")
    refuse(f"{fault.message}{fault.hint}")


@click.command(cls=ChineseCommand)
@click.argument("report", type=FILE, metavar="报告.docx或文件夹")
@click.argument("workbook", type=FILE, metavar="工作簿或文件夹")
@reading_options
@click.option("-r", "--roster", type=FILE, metavar="名单.xlsx", help="核验汇总报告时：汇总时用的单位名单。")
@json_option
@guarded
def verify(
    report: Path, workbook: Path, scheme: str | None, stage: str | None, as_of: date | None, roster: Path | None, as_json: bool
) -> None:
    """报告核验：交来的报告是不是由这个工作簿生成的，数字有没有被改过；可以一次核验整个文件夹。"""
    options = Options(scheme, stage, as_of)
    if report.is_dir():
        if not workbook.is_dir():
            refuse("核验一个文件夹的报告，后面也要写工作簿所在的文件夹。")
        sys.exit(_folder(report, workbook, options, roster, as_json))
    verified = _of_a_folder(report, workbook, options, roster) if workbook.is_dir() else _of_a_workbook(report, workbook, scheme)
    if as_json:
        print_json(_data(verified))
    else:
        from wuhao_report.cli.screens.one import verify_lines

        show(verify_lines(verified))
    sys.exit(verified.exit_code)


def _of_a_workbook(report: Path, workbook: Path, scheme: str | None) -> Verified:
    from wuhao_report.cli.calls import call_verify

    return call_verify(report, workbook, scheme)


def _of_a_folder(report: Path, folder: Path, options: Options, roster: Path | None) -> Verified:
    """Hold a 汇总报告 against its folder; its workbooks are judged in processes that can be lost."""
    from wuhao_report.cli.calls import call_verify_aggregate

    return call_verify_aggregate(report, folder, options, roster, os.cpu_count() or 1)


def _data(verified: Verified) -> dict[str, Any]:
    return {
        "verdict": verified.verdict,
        "note": verified.note,
        "differences": [
            {"place": item.place, "found": item.actual, "expected": item.expected, "figures": item.figures}
            for item in verified.differences
        ],
    }


def _folder(reports: Path, workbooks: Path, options: Options, roster: Path | None, as_json: bool) -> int:
    """Verify every report of a folder, one line each; return the exit code: 1 where one has other figures, or no workbook."""
    from wuhao_report.tools.verification.pairs import pairs

    code, lines = 0, []
    for pair, verified in _each(pairs(reports, workbooks), workbooks, options, roster):
        code = max(code, 1 if isinstance(verified, str) else verified.exit_code)
        lines.append((pair, verified))
    if not lines:
        refuse(f"文件夹“{reports.name}”里没有报告（.docx）。")
    if as_json:
        print_json([_line_data(pair, verified, reports, workbooks) for pair, verified in lines])
    else:
        from wuhao_report.cli.screens.one import verified_line

        show(verified_line(_below(pair.report, reports), pair, verified) for pair, verified in lines)
    return code


def _each(pairs: list[Pair], folder: Path, options: Options, roster: Path | None) -> Iterator[tuple[Pair, Verified | str]]:
    """Yield each report with its verdict, or with the sentence that says why there is none."""

    for pair in pairs:
        try:
            if pair.of_many:
                yield pair, _of_a_folder(pair.report, folder, options, roster)
            elif pair.workbook is None:
                yield pair, pair.why
            else:
                yield pair, _of_a_workbook(pair.report, pair.workbook, options.scheme)
        except WuhaoError as error:
            yield pair, str(error)
        except (sandbox.Lost, sandbox.Unforeseen):
            yield pair, "核验没有完成，请把这份报告交给维护人员。"


def _line_data(pair: Pair, verified: Verified | str, reports: Path, workbooks: Path) -> dict[str, Any]:
    result = {"verdict": None, "note": verified, "differences": []} if isinstance(verified, str) else _data(verified)
    workbook = None if pair.workbook is None else _below(pair.workbook, workbooks)
    return {"report": _below(pair.report, reports), "workbook": workbook, **result}


def _below(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


@click.command(cls=ChineseCommand)
@folder_argument
@new_scheme_option
@unit_option
@start_year_option
@guarded
def init(folder: Path, scheme: str, unit: str, start_year: int | None) -> None:
    """为秘书准备一个文件夹：空白工作簿、双击用的脚本、一页使用说明。"""
    from wuhao_report.cli.calls import call_with_scheme, starter_files
    from wuhao_report.core.text import clean
    from wuhao_report.files.outputs import write_named

    unit = clean(unit)
    if not unit:
        refuse("请写明单位名称。")
    files = call_with_scheme(starter_files, scheme, unit, start_year)
    existing = [file.name for file in files if (folder / file.name).exists()]
    if existing:
        refuse(f"文件夹“{folder.name}”里已经有{'、'.join(existing)}，没有改动；请换一个文件夹。")
    for file in files:
        write_named(file, folder)
    say_path(folder)


# The batch files in people's folders call it by this name.
@click.command("desk", cls=ChineseCommand, hidden=True)
@click.argument("action", type=click.Choice(["report", "check"]))
@click.argument("folder", type=FILE)
@click.argument("dropped", default="")
@guarded
def double_click(action: str, folder: Path, dropped: str) -> None:
    """Do what a double-click asks for: say in Chinese what was made, open the folder, and wait to be closed."""
    from wuhao_report.cli.double_click import report_or_check

    try:
        with progress() as on_progress:
            target = Path(dropped) if dropped else Path(os.path.realpath(folder))
            code, outputs = report_or_check(action, target, lambda line: show([line]), os.cpu_count() or 1, on_progress)
    finally:
        wait_to_be_closed()
    if outputs is not None and hasattr(os, "startfile"):
        os.startfile(outputs)
    sys.exit(code)
