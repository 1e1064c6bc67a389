"""Commands for a folder of workbooks: batch, aggregate, verify, init, and what a double-click in it does."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wuhao_report.cli.chinese_click import ChineseCommand
from wuhao_report.cli.console import harmless, print_json, progress, refuse, say, say_path, show, wait_to_be_closed
from wuhao_report.cli.failures import guarded, print_failure
from wuhao_report.cli.options import (
    FILE,
    folder_argument,
    json_option,
    new_scheme_option,
    options_as_one,
    reading_options,
    start_year_option,
    unit_option,
    wanted_options,
)
from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.options import NOTHING_ELSE, Line, Options, Wanted
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
    from wuhao_report.cli.screen_many import batch_lines
    from wuhao_report.report.rendered import OUTPUT_FOLDER
    from wuhao_report.tools.batch import run_batch
    from wuhao_report.tools.find_workbooks import find_workbooks

    _can_begin(folder, scheme, as_json)
    _has_workbooks(folder, find_workbooks(folder, output or folder / OUTPUT_FOLDER), as_json)
    with progress() as on_progress:
        result = run_batch(folder, output, jobs or os.cpu_count() or 1, Options(scheme, stage, as_of), on_progress, force)
    if as_json:
        print_json(result.as_data())
    else:
        show(batch_lines(result, output or folder / OUTPUT_FOLDER))
    sys.exit(result.exit_code)


def _can_begin(folder: Path, scheme: str | None, as_json: bool) -> None:
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


def _has_workbooks(folder: Path, files: Iterable[tuple[Path, str | None]], as_json: bool) -> None:
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
@folder_argument
@options_as_one
@click.option(
    "-r", "--roster", type=FILE, metavar="名单.xlsx", help="单位名单：单位名称、类别、上级、截止日期、别名；另一张表“排除”。"
)
@click.option("-o", "--output", type=FILE, metavar="文件夹", help="写到哪里；不写则在其中的“汇总”文件夹。")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="同时处理几个工作簿；不写则按电脑的核数。")
@click.option(
    "--cluster",
    metavar="地址",
    help="在已有的 Dask 集群上评定，例如 tcp://10.0.0.1:8786；集群里的电脑互相信任，只在内部网络使用，tls:// 的地址按 Dask 的设置加密。",
)
@wanted_options
@json_option
@guarded
def aggregate(
    folder: Path,
    options: Options,
    roster: Path | None,
    output: Path | None,
    jobs: int | None,
    cluster: str | None,
    wanted: Wanted,
    as_json: bool,
) -> None:
    """汇总许多工作簿：谁没有报、谁达标、名次、失分最多的指标。"""
    if not (as_json or wanted != NOTHING_ELSE) and _is_unchanged(folder, output, roster, options):
        return
    if wanted.history is not None and not wanted.history.is_file():
        refuse(f"找不到结果库“{wanted.history}”。")
    from wuhao_report.aggregate.outputs.data import json_pieces
    from wuhao_report.aggregate.run import aggregate_folder
    from wuhao_report.aggregate.unchanged import OUTPUT_FOLDER, input_files, keep_run
    from wuhao_report.cli.screen_many import overview_lines

    _can_begin(folder, options.scheme, as_json)
    if roster is None:
        _has_workbooks(folder, input_files(folder, output or folder / OUTPUT_FOLDER, roster), as_json)
    evaluate = None
    if cluster:
        from wuhao_report.aggregate import cluster as machines

        evaluate = machines.cluster_evaluator(cluster)
    with ExitStack() as stack:
        with progress() as on_progress:
            result = stack.enter_context(
                aggregate_folder(folder, output, roster, options, jobs or os.cpu_count() or 1, on_progress, evaluate, wanted)
            )
        if as_json:
            for piece in json_pieces(result.as_data(iter)):
                click.echo(harmless(piece), nl=False)
            click.echo()
        else:
            lines = list(overview_lines(result.overview))
            show(lines)
            for path in result.written.values():
                say_path(path)
            if not (result.notes or wanted.export or wanted.feedback):
                keep_run(result.folder, result.inputs, result.written.values(), lines, result.exit_code)
        for note in result.notes:
            say(note)
    sys.exit(result.exit_code)


def _workbooks_beside(outputs: Path) -> Path:
    """Return the folder of the workbooks of an aggregate, in which its own folder lies; refuse one whose workbooks lie elsewhere."""
    from wuhao_report.aggregate.intake import lies_in
    from wuhao_report.aggregate.storage.bundles.bundle import NAME as BUNDLE
    from wuhao_report.aggregate.storage.bundles.bundle import inspect_bundle

    folder = outputs.absolute().parent
    try:
        with tempfile.TemporaryDirectory(prefix="wuhao-") as room:
            files = sandbox.run(inspect_bundle, outputs / BUNDLE, Path(room)).first_files
    except (WuhaoError, OSError, sandbox.Lost, sandbox.Unforeseen):
        files = ()
    if not any(lies_in(folder, file) for file in files):
        refuse(f"“{outputs.name}”的工作簿不在它的上一层文件夹里；请写工作簿所在的文件夹，并用 -o 指定“{outputs.name}”。")
    return folder


@click.command(cls=ChineseCommand)
@folder_argument
@options_as_one
@click.option("-r", "--roster", type=FILE, metavar="名单.xlsx", help="汇总时用的单位名单。")
@click.option("-o", "--output", type=FILE, metavar="文件夹", help="汇总写到哪里；不写则在其中的“汇总”文件夹。")
@json_option
@guarded
def feedback(folder: Path, options: Options, roster: Path | None, output: Path | None, as_json: bool) -> None:
    """给每个计入的单位写一份反馈意见书，每个上级另有一个压缩包；先照样汇总一遍，没有改动的不重读。"""
    from wuhao_report.aggregate.run import aggregate_folder
    from wuhao_report.aggregate.storage.store import NAME as STORE
    from wuhao_report.aggregate.unchanged import OUTPUT_FOLDER, input_files
    from wuhao_report.report.template.document_kinds import FEEDBACK_LETTER

    if (folder / STORE).is_file() and output is None:
        folder, output = _workbooks_beside(folder), folder
    _can_begin(folder, options.scheme, as_json)
    outputs = output or folder / OUTPUT_FOLDER
    _has_workbooks(folder, input_files(folder, outputs, roster), as_json)
    with ExitStack() as stack:
        with progress() as on_progress:
            jobs = os.cpu_count() or 1
            run = aggregate_folder(folder, output, roster, options, jobs, on_progress, wanted=Wanted(feedback=True))
            result = stack.enter_context(run)
        place = result.folder / FEEDBACK_LETTER.name
        if as_json:
            print_json({"letters": result.letters, "folder": str(place)})
        else:
            show([Line(f"写了 {result.letters} 份反馈意见书。")])
            say_path(place)
        for note in result.notes:
            say(note)
    sys.exit(result.exit_code)


def _is_unchanged(folder: Path, output: Path | None, roster: Path | None, options: Options) -> bool:
    """Show what the last run came to, and end, where this one would come to the same; else say so."""
    from wuhao_report.aggregate.unchanged import OUTPUT_FOLDER, inputs_key, last_run

    outputs = output or folder / OUTPUT_FOLDER
    run = last_run(outputs)
    if run is None or not folder.is_dir() or not run.holds(inputs_key(folder, outputs, roster, options), outputs):
        return False
    show(run.lines)
    for name in run.outputs:
        say_path(outputs / name)
    say("工作簿、名单、方案和模板都没有改动，结果没有重新生成。")
    sys.exit(run.exit_code)


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
        from wuhao_report.cli.screen_one import verify_lines

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
        from wuhao_report.cli.screen_one import verified_line

        show(verified_line(_below(pair.report, reports), pair, verified) for pair, verified in lines)
    return code


def _each(pairs: list[Pair], folder: Path, options: Options, roster: Path | None) -> Iterator[tuple[Pair, Verified | str]]:
    """Yield each report with its verdict, or with the sentence that says why there is none."""
    from wuhao_report.core.errors import WuhaoError

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
