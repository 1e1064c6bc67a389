"""Commands over an aggregate: aggregate itself, 反馈意见书, and 考评 out and in."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wuhao_report.cli.chinese_click import ChineseCommand, ChineseGroup
from wuhao_report.cli.console import harmless, print_json, progress, refuse, say, say_path, show
from wuhao_report.cli.failures import guarded
from wuhao_report.cli.many import can_begin, has_workbooks
from wuhao_report.cli.options import FILE, folder_argument, json_option, options_as_one, wanted_options
from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.options import NOTHING_ELSE, Line, Options, Wanted
from wuhao_report.sandbox import call as sandbox

if TYPE_CHECKING:
    from wuhao_report.aggregate.assessors.settle import Assessment
    from wuhao_report.aggregate.gathering.intake import Evaluator
    from wuhao_report.aggregate.run import AggregateResult

MOST_SHOWN, MOST_NAMED = 20, 3
PRIVATE_KEY, PUBLIC_KEY = "汇总签名_私钥.pem", "汇总签名_公钥.pem"
WAYS = ("列出", "平均", "最低", "最高")


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
    _has_files(wanted)
    from wuhao_report.aggregate.gathering.processes import processes

    with ExitStack() as stack:
        # They begin before this process loads what it needs itself.
        own = stack.enter_context(processes(0 if cluster else jobs or os.cpu_count() or 1))
        from wuhao_report.aggregate.gathering.unchanged import OUTPUT_FOLDER, input_files, keep_run
        from wuhao_report.aggregate.run import aggregate_folder
        from wuhao_report.cli.screens.many import overview_lines

        can_begin(folder, options.scheme, as_json)
        if roster is None:
            has_workbooks(folder, input_files(folder, output or folder / OUTPUT_FOLDER, roster), as_json)
        evaluate = _cluster(cluster) if cluster else None
        with progress() as on_progress:
            run = aggregate_folder(folder, output, roster, options, own, on_progress, evaluate, wanted)
            result = stack.enter_context(run)
        if as_json:
            _print_data(result)
        else:
            lines = [*overview_lines(result.overview), *map(Line, result.remarks)]
            show(lines)
            for path in result.written.values():
                say_path(path)
            if wanted == NOTHING_ELSE and not result.notes:
                keep_run(result.folder, result.inputs, result.written.values(), lines, result.exit_code)
        for note in result.notes:
            say(note)
    sys.exit(result.exit_code)


def _cluster(address: str) -> Evaluator:
    from wuhao_report.aggregate.gathering import cluster as machines

    return machines.cluster_evaluator(address)


def _has_files(wanted: Wanted) -> None:
    """Refuse a store of earlier results or a key that is not there."""
    if wanted.history is not None and not wanted.history.is_file():
        refuse(f"找不到结果库“{wanted.history}”。")
    for one in (*([wanted.sign] if wanted.sign else []), *wanted.trusted):
        if not one.is_file():
            refuse(f"找不到密钥“{one}”。")


def _print_data(result: AggregateResult) -> None:
    """Print the JSON of an aggregate piece by piece."""
    from wuhao_report.aggregate.outputs.data import json_pieces

    for piece in json_pieces(result.as_data(iter)):
        click.echo(harmless(piece), nl=False)
    click.echo()


def _workbooks_beside(outputs: Path) -> Path:
    """Return the folder of the workbooks of an aggregate, in which its own folder lies; refuse one whose workbooks lie elsewhere."""
    from wuhao_report.aggregate.gathering.intake import lies_in
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


@contextmanager
def gathered(
    folder: Path, output: Path | None, roster: Path | None, options: Options, as_json: bool, wanted: Wanted
) -> Iterator[AggregateResult]:
    """Hold the aggregate of a folder of workbooks, or of the folder 汇总 in it, made once more from what is known.

    Its files are written where there are none yet: those that are there may have been made with other options.
    """
    from wuhao_report.aggregate.gathering.unchanged import OUTPUT_FOLDER, input_files
    from wuhao_report.aggregate.run import aggregate_folder
    from wuhao_report.aggregate.storage.bundles.bundle import NAME as BUNDLE
    from wuhao_report.aggregate.storage.store import NAME as STORE

    if (folder / STORE).is_file() and output is None:
        folder, output = _workbooks_beside(folder), folder
    _has_files(wanted)
    can_begin(folder, options.scheme, as_json)
    has_workbooks(folder, input_files(folder, output or folder / OUTPUT_FOLDER, roster), as_json)
    with ExitStack() as stack:
        with progress() as on_progress:
            own = replace(wanted, outputs=not (output or folder / OUTPUT_FOLDER).joinpath(BUNDLE).exists())
            run = aggregate_folder(folder, output, roster, options, os.cpu_count() or 1, on_progress, wanted=own)
            result = stack.enter_context(run)
        yield result
        for note in result.notes:
            say(note)


def over_an_aggregate(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the argument and the options of one that works on what an aggregate has."""
    for add in (
        guarded,
        json_option,
        click.option("-o", "--output", type=FILE, metavar="文件夹", help="汇总写到哪里；不写则在其中的“汇总”文件夹。"),
        click.option("-r", "--roster", type=FILE, metavar="名单.xlsx", help="汇总时用的单位名单。"),
        wanted_options,
        options_as_one,
        folder_argument,
    ):
        command = add(command)
    return command


rule_option = click.option(
    "--rule",
    type=click.Choice(WAYS),
    default=WAYS[0],
    help="几位考评人给的分不同时怎样定：列出（由人定夺，默认）、平均、最低、最高。",
)


@click.command(cls=ChineseCommand)
@over_an_aggregate
@rule_option
@click.option("--notice", is_flag=True, help="另给有指标没有达到要求、资料暂缺的单位各写一份整改通知书。")
def feedback(
    folder: Path,
    options: Options,
    roster: Path | None,
    output: Path | None,
    wanted: Wanted,
    as_json: bool,
    rule: str,
    notice: bool,
) -> None:
    """给每个计入的单位写一份反馈意见书，每个上级另有一个压缩包；先照样汇总一遍，没有改动的不重读。"""
    from wuhao_report.aggregate.assessors.form import FOLDER
    from wuhao_report.aggregate.assessors.listing import assessment_sentences
    from wuhao_report.aggregate.assessors.run import read_filled
    from wuhao_report.aggregate.assessors.settle import settle
    from wuhao_report.aggregate.outputs.files import write_letters
    from wuhao_report.report.template.document_kinds import FEEDBACK_LETTER, RECTIFICATION_NOTICE

    jobs = os.cpu_count() or 1
    with gathered(folder, output, roster, options, as_json, wanted) as result, ExitStack() as stack:
        forms, unread = read_filled(result.folder / FOLDER, jobs)
        found = settle(result.overview, forms, rule)
        assessed = assessment_sentences(found)
        if faults := len(unread) + len(found.problems):
            result.notes.append(f"考评表里有 {faults} 处问题，请运行“wuhao assess in”查看。")
        workers = [stack.enter_context(sandbox.Worker()) for _ in range(jobs)]
        done = write_letters(result.overview, result.folder, workers, assessed, notice)
        letters, notices = (done.written[kind.name] for kind in (FEEDBACK_LETTER, RECTIFICATION_NOTICE))
        if done.stale:
            names = "、".join(path.name for path in done.stale[:MOST_NAMED]) + ("等" if len(done.stale) > MOST_NAMED else "")
            result.notes.append(f"有 {len(done.stale)} 份以前的整改通知书，这次不用再发（{names}），请核对后删去。")
        place = result.folder / FEEDBACK_LETTER.name
        if as_json:
            print_json({"letters": letters, "notices": notices, "assessed": len(assessed), "folder": str(place)})
        else:
            more = f"，其中 {len(assessed)} 份写了考评情况" if assessed else ""
            also = f"，{notices} 份整改通知书" if notice else ""
            show([Line(f"写了 {letters} 份反馈意见书{more}{also}。")])
            say_path(place)
    sys.exit(result.exit_code)


def _is_unchanged(folder: Path, output: Path | None, roster: Path | None, options: Options) -> bool:
    """Show what the last run came to, and end, where this one would come to the same; else say so."""
    from wuhao_report.aggregate.gathering.unchanged import OUTPUT_FOLDER, inputs_key, last_run

    outputs = output or folder / OUTPUT_FOLDER
    run = last_run(outputs)
    if run is None or not folder.is_dir() or not run.holds(inputs_key(folder, outputs, roster, options), outputs):
        return False
    show(run.lines)
    for name in run.outputs:
        say_path(outputs / name)
    say("工作簿、名单、方案和模板都没有改动，结果没有重新生成。")
    sys.exit(run.exit_code)


@click.group(cls=ChineseGroup)
def key() -> None:
    """密钥：给汇总包签名、核对签名用的一对。"""


@key.command("new", cls=ChineseCommand)
@click.option("-o", "--output", type=FILE, default=Path(), metavar="文件夹", help="写到哪里；不写则在当前文件夹。")
@guarded
def new_key(output: Path) -> None:
    """做一对密钥：私钥自己留好、不要给人，用来签名；公钥发给上级，用来核对。"""
    from wuhao_report.aggregate.storage.bundles.signature import new_keys
    from wuhao_report.files.cache import OWN
    from wuhao_report.files.outputs import Output, never, write_named

    private, public = new_keys()
    keys = (Output("private key", PRIVATE_KEY, private, never, OWN), Output("public key", PUBLIC_KEY, public, never))
    for one in keys:
        if (output / one.name).exists():
            refuse(f"“{output / one.name}”已经有了，没有改动；要重新做，请先移走它。")
    for one in keys:
        say_path(write_named(one, output))
    say("私钥请自己留好，不要发给别人；公钥发给上级，汇总时用 --verify-key 核对。")


@click.group(cls=ChineseGroup)
def assess() -> None:
    """考评：把考评表发给考评人，填好后一起读回来，自评和考评并排。"""


@assess.command("out", cls=ChineseCommand)
@over_an_aggregate
def out(folder: Path, options: Options, roster: Path | None, output: Path | None, wanted: Wanted, as_json: bool) -> None:
    """给每个计入的单位写一张考评表，放在“汇总”里的“考评”文件夹；已经有人填的不动。"""
    from wuhao_report.aggregate.assessors.form import FOLDER
    from wuhao_report.aggregate.assessors.run import write_forms

    with gathered(folder, output, roster, options, as_json, wanted) as result:
        place = result.folder / FOLDER
        written, kept = write_forms(result.overview, place)
        if as_json:
            print_json({"written": written, "kept": kept, "folder": str(place)})
        else:
            show([Line(f"写了 {written} 张考评表。" + (f"另有 {kept} 张已经有人填过，没有动。" if kept else ""))])
            say_path(place)
    sys.exit(0)


@assess.command("in", cls=ChineseCommand)
@over_an_aggregate
@rule_option
def in_(
    folder: Path, options: Options, roster: Path | None, output: Path | None, wanted: Wanted, as_json: bool, rule: str
) -> None:
    """读回“考评”文件夹里填好的考评表，写出考评汇总：自评和考评并排，差得最多的在前。"""
    from wuhao_report.aggregate.assessors.form import FOLDER
    from wuhao_report.aggregate.assessors.listing import assessment_data
    from wuhao_report.aggregate.assessors.run import read_filled, write_listing
    from wuhao_report.aggregate.assessors.settle import settle

    with gathered(folder, output, roster, options, as_json, wanted) as result:
        forms, unread = read_filled(result.folder / FOLDER, os.cpu_count() or 1)
        found = settle(result.overview, forms, rule)
        found.problems = [*unread, *found.problems]
        path, note = write_listing(found, result.folder)
        if as_json:
            print_json(assessment_data(found))
        else:
            show(_lines(found))
            say_path(path)
        result.notes += [note] if note else []
    sys.exit(1 if any(item.level == "error" for _, item in found.problems) else 0)


def _lines(found: Assessment) -> Sequence[Line]:
    undecided = sum(item.is_open for one in found.committees for item in one.items)
    whole = sum(one.score is not None for one in found.committees)
    lines = [Line(f"读了 {found.forms} 张考评表，考评了 {len(found.committees)} 个单位，其中 {whole} 个每项都有考评分。")]
    if undecided:
        lines.append(Line(f"{undecided} 项几位考评人给的分不同，要定夺，见“待定”一页；或用 --rule 平均、最低、最高。", "yellow"))
    for file, item in found.problems[:MOST_SHOWN]:
        lines.append(Line(f"{file}　{item.at}　{item.message}{item.hint}", "red" if item.level == "error" else ""))
    if len(found.problems) > MOST_SHOWN:
        lines.append(Line(f"其余 {len(found.problems) - MOST_SHOWN} 个问题见“问题”一页。"))
    return lines
