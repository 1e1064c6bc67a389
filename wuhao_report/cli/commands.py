"""The command line: options, screens, exit codes, JSON; the only module that prints and exits."""

from __future__ import annotations

import errno
import functools
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from wuhao_report import __version__
from wuhao_report.cli.chinese_click import ChineseGroup, sentence
from wuhao_report.core.problems import Problem, SchemeError, TemplateError, WuhaoError, problem
from wuhao_report.sandbox.call import Lost, Unforeseen, Worker
from wuhao_report.sandbox.worker import frames_of

if TYPE_CHECKING:
    from wuhao_report.core.options import Line

UNFORESEEN = 70
HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
F = TypeVar("F", bound=Callable[..., Any])


def _say(text: str) -> None:
    click.echo(text, err=True)


def _show(lines: Iterable[Line], err: bool = False) -> None:
    """Lines as they are, or in colours where a terminal has them; never wrapped, so that they can be searched and copied."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=err, highlight=False, emoji=False, soft_wrap=True)
    for line in lines:
        console.print(Text(str(line), style=line.style))


def _put(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=1))


def _stop(text: str, code: int) -> NoReturn:
    _say(text)
    sys.exit(code)


def _reason(error: OSError) -> str:
    """Why the system refused, in Chinese; the name of a temporary file tells nothing."""
    words = {errno.EACCES: "没有权限", errno.EPERM: "没有权限", errno.ENOSPC: "磁盘已满", errno.EROFS: "磁盘只读", errno.EEXIST: "同名的文件已存在",
             errno.ENOTDIR: "上级不是文件夹", errno.EISDIR: "那里是一个文件夹", errno.ENAMETOOLONG: "路径太长", errno.ENOENT: "文件夹不存在"}
    return words.get(error.errno or 0, f"系统代码 {error.errno}")


def _put_failure(fault: Problem) -> None:
    """The JSON of a command that could not begin: its own keys, empty, and the problem."""
    from wuhao_report.report.json_form import check_data, problem_data

    name = click.get_current_context().info_name
    if name == "report":
        _put({"report": None, "stage": None, "status": None, "problems": [problem_data(fault)]})
    elif name == "batch":
        _put({"reports": [], "failed": [], "skipped": [], "problems": [problem_data(fault)]})
    else:
        _put(check_data(None, None, None, None, None, [fault]))


def guarded(command: F) -> F:
    """One place where faults become a Chinese sentence and an exit code."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except WuhaoError as error:
            named = isinstance(error, SchemeError | TemplateError)
            fault = getattr(error, "problem", None) or (problem(error.code, text=str(error)) if named else None)
            if fault is None:
                _stop(str(error), 2)
            if kwargs.get("as_json"):
                _put_failure(fault)
            _stop(fault.message + fault.hint, 2)
        except Lost as lost:
            arguments = (kwargs.get(item.name or "") for item in click.get_current_context().command.params if isinstance(item, click.Argument))
            fault = lost.problem(next((value.name for value in arguments if isinstance(value, Path)), ""))
            if kwargs.get("as_json"):
                _put_failure(fault)
            _stop(fault.message + fault.hint, 2)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(1)
        except OSError as error:
            fault = problem("cannot-write", reason=_reason(error))
            if kwargs.get("as_json"):
                _put_failure(fault)
            _stop(fault.message + fault.hint, 2)

    return run  # type: ignore[return-value]


class Day(click.ParamType[date]):
    """A date option, written 2018-12-20."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        from wuhao_report.core.cells import parse

        found = value if isinstance(value, date) else parse("date", str(value)).value
        if not isinstance(found, date):
            self.fail(f"“{value}”不是日期，请写成 2018-12-20 的样式。", param, ctx)
        return found


def _reading_options(command: F) -> F:
    for option in (
        click.option("-s", "--scheme", metavar="ID或文件", help="指标体系的编号或方案文件；不写则自动识别。"),
        click.option("-t", "--stage", metavar="阶段", help="报告阶段，代替工作簿里填的。"),
        click.option("-d", "--as-of", type=Day(), metavar="日期", help="填报日期，代替工作簿里填的，例如 2018-12-20。"),
    ):
        command = option(command)
    return command


JSON = click.option("-j", "--json", "as_json", is_flag=True, help="只输出一份 JSON，供其他程序读取。")


@click.group(cls=ChineseGroup, context_settings=HELP)
@click.version_option(__version__, "-V", "--version", prog_name="wuhao", message="%(prog)s %(version)s", help="显示版本。")
def cli() -> None:
    """把关工委填好的 Excel 工作簿变成 Word 自查报告、中期评估报告。"""


@cli.command()
@click.option("-s", "--scheme", required=True, metavar="ID或文件", help="指标体系的编号或方案文件。")
@click.option("-u", "--unit", required=True, metavar="名称", help="单位名称，例如：测试学院关工分委。")
@click.option("-y", "--start-year", type=click.IntRange(1990, 2200), metavar="年份", help="创建起始年；不写则用指标体系自己的。")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="文件", help="写到哪个文件；不写则以单位名称命名。")
@click.option("-f", "--force", is_flag=True, help="文件已存在时覆盖。")
@guarded
def new(scheme: str, unit: str, start_year: int | None, output: Path | None, force: bool) -> None:
    """生成一个空白的标准工作簿。"""
    from wuhao_report.core.cells import clean
    from wuhao_report.files.paths import safe_name, write_atomically
    from wuhao_report.scheme.library import find_scheme
    from wuhao_report.tools.blank_workbook import new_workbook

    unit = clean(unit)
    if not unit:
        _stop("请写明单位名称。", 2)
    path = output or Path(safe_name(unit, ".xlsx"))
    if path.suffix.lower() != ".xlsx":
        _stop(f"工作簿的文件名要以 .xlsx 结尾，这里是“{path.name}”。", 2)
    if path.exists() and not force:
        _stop(f"文件“{path.name}”已经存在；要覆盖请加 --force，或用 -o 换一个文件名。", 2)
    write_atomically(path, new_workbook(find_scheme(scheme), unit, start_year))
    click.echo(str(path))


@cli.command()
@click.argument("workbook", type=click.Path(path_type=Path), metavar="工作簿")
@_reading_options
@click.option("--annotate", type=click.Path(path_type=Path), metavar="文件.xlsx", help="另存一份批注副本：每个问题标在那一格上，第一张表是问题清单。")
@click.option("--mask", type=click.Path(path_type=Path), metavar="文件.xlsx", help="另存一份遮盖副本：人名换成编号，电话、身份证号打星号，结果不变。")
@JSON
@guarded
def check(workbook: Path, scheme: str | None, stage: str | None, as_of: date | None, annotate: Path | None, mask: Path | None, as_json: bool) -> None:
    """检查工作簿：列出问题和各项指标的结果，不写报告。"""
    if annotate:
        _may_annotate(workbook, annotate)
    with Worker() as worker:
        worker.start()  # it loads while this process does
        from wuhao_report.cli.ask import check_bounded
        from wuhao_report.core.options import Options

        found = check_bounded(workbook, Options(scheme, stage, as_of), annotate is not None, worker)
    if mask and not found.unreadable:
        _mask(workbook, mask, scheme)
    if annotate and not found.unreadable:
        _annotate(annotate, found.marked)
    if as_json:
        _put(found.data)
    else:
        _show(found.lines)
    sys.exit(found.exit_code)


def _may_annotate(workbook: Path, target: Path) -> None:
    """The workbook itself and files of others are never written."""
    from wuhao_report.files.provenance import is_marked_copy

    if target.suffix.lower() != workbook.suffix.lower():
        _stop(f"批注副本的文件名要以 {workbook.suffix} 结尾，这里是“{target.name}”。", 2)
    if target.exists() and ((workbook.exists() and target.samefile(workbook)) or not is_marked_copy(target)):
        _stop(f"“{target.name}”已经存在，而且不是批注副本；请换一个文件名，原来的文件不会改动。", 2)


def _mask(workbook: Path, target: Path, scheme: str | None) -> None:
    """Write the masked copy beside; nothing that is there is ever written over."""
    from wuhao_report.cli.jobs import masked_copy
    from wuhao_report.files.paths import write_atomically
    from wuhao_report.sandbox import call as sandbox

    if target.suffix.lower() != workbook.suffix.lower() or target.exists():
        _stop(f"遮盖副本要用新的文件名，以 {workbook.suffix} 结尾，这里是“{target.name}”。", 2)
    found = sandbox.run(masked_copy, workbook, scheme)
    write_atomically(target, found.data)
    _say(f"遮盖副本：{target}（{found.people} 人换成了编号）" + ("；里面的图片没有遮盖，请自己查看。" if found.pictures else ""))


def _annotate(target: Path, data: bytes | None) -> None:
    from wuhao_report.files.paths import write_atomically

    if data is None:
        _say("这个工作簿的内部结构特殊，做不了批注副本；请用 Excel 打开、另存为 .xlsx 后再试。")
        return
    write_atomically(target, data)
    _say(f"批注副本：{target}")


@cli.command()
@click.argument("workbook", type=click.Path(path_type=Path), metavar="工作簿")
@_reading_options
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="文件夹", help="报告写到哪里；不写则在工作簿旁的“报告”文件夹。")
@click.option("--template", type=click.Path(path_type=Path), metavar="文件.docx", help="用自己的 Word 模板。")
@click.option("--pdf", is_flag=True, help="同时生成 PDF（需要 LibreOffice、Word 或 WPS）。")
@JSON
@guarded
def report(workbook: Path, scheme: str | None, stage: str | None, as_of: date | None, output: Path | None,
           template: Path | None, pdf: bool, as_json: bool) -> None:
    """生成工作簿所填阶段的 Word 报告；有问题时附一份核对清单。"""
    with Worker() as worker:
        worker.start()  # it loads while this process does
        from wuhao_report.cli.jobs import make_bounded
        from wuhao_report.cli.screen import written_lines
        from wuhao_report.core.options import Options
        from wuhao_report.report.report import write_report

        written = write_report(workbook, output, Options(scheme, stage, as_of), template, functools.partial(make_bounded, worker))
    for note in written.notes:
        _say(note)
    code = written.exit_code
    if pdf and written.report:
        from wuhao_report.report.pdf import make_pdf

        made, sentence = make_pdf(written.report)
        _say(sentence)
        code = code if made else max(code, 1)
    if as_json:
        _put(written.as_data())
    else:
        _show(written_lines(written), err=True)
        if written.report:
            click.echo(str(written.report))
    sys.exit(code)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="文件夹")
@_reading_options
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="文件夹", help="报告写到哪里；不写则在其中的“报告”文件夹。")
@click.option("--jobs", type=click.IntRange(1, 64), metavar="N", help="同时处理几个工作簿；不写则按电脑的核数。")
@click.option("-f", "--force", is_flag=True, help="没有改动的工作簿也重新生成。")
@JSON
@guarded
def batch(folder: Path, scheme: str | None, stage: str | None, as_of: date | None, output: Path | None, jobs: int | None,
          force: bool, as_json: bool) -> None:
    """为文件夹里的每个工作簿各生成一份报告；一个有问题，不影响其余。"""
    from wuhao_report.cli.screen import batch_lines
    from wuhao_report.core.options import Options
    from wuhao_report.report.report import OUTPUT_FOLDER
    from wuhao_report.tools.batch import run_batch

    _can_begin(folder, scheme, as_json)
    with _progress() as told:
        result = run_batch(folder, output, jobs or os.cpu_count() or 1, Options(scheme, stage, as_of), told, force)
    if as_json:
        _put(result.as_data())
    else:
        _show(batch_lines(result, output or folder / OUTPUT_FOLDER))
    sys.exit(result.exit_code)


def _can_begin(folder: Path, scheme: str | None, as_json: bool) -> None:
    """Stop where there is no folder of workbooks; raises SchemeError for a scheme that is none, before any workbook is blamed for it."""
    from wuhao_report.scheme.library import find_scheme

    if not folder.is_dir():
        if as_json:
            _put_failure(problem("file-not-found", file=folder.name))
        _stop(f"找不到文件夹“{folder}”。", 2)
    if scheme:
        find_scheme(scheme)


MOST_LINES = 200


def _told_in_lines(done: int, total: int, path: Path) -> None:
    if total <= MOST_LINES or done % (total // 100) == 0 or done == total:
        _say(f"[{done}/{total}] {path.name}")


@contextmanager
def _progress() -> Iterator[Callable[[int, int, Path], None]]:
    """A bar with the rate and the time that is left where there is a terminal, else a line for each workbook, or of many for each hundredth."""
    if not sys.stderr.isatty():
        yield _told_in_lines
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"每秒 {task.speed:.0f} 个" if task.speed else "")

    columns = (BarColumn(), MofNCompleteColumn(), Rate(), TextColumn("还需"), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True, emoji=False), transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)
        yield lambda done, total, path: bar.update(task, completed=done, total=total, description=escape(path.name), visible=True)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="文件夹")
@_reading_options
@click.option("-r", "--roster", type=click.Path(path_type=Path), metavar="名单.xlsx", help="单位名单：单位名称、类别、上级、截止日期、别名；另一张表“排除”。")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="文件夹", help="写到哪里；不写则在其中的“汇总”文件夹。")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="同时处理几个工作簿；不写则按电脑的核数。")
@click.option("--cluster", metavar="地址", help="在已有的 Dask 集群上评定，例如 tcp://10.0.0.1:8786。")
@JSON
@guarded
def aggregate(folder: Path, scheme: str | None, stage: str | None, as_of: date | None, roster: Path | None, output: Path | None, jobs: int | None,
              cluster: str | None, as_json: bool) -> None:
    """汇总许多工作簿：谁没有报、谁达标、名次、失分最多的指标。"""
    from wuhao_report.aggregate.outputs.data import pieces
    from wuhao_report.aggregate.run import aggregated
    from wuhao_report.cli.screen import rollup_lines
    from wuhao_report.core.options import Options

    _can_begin(folder, scheme, as_json)
    judges = None
    if cluster:
        from wuhao_report.aggregate import cluster as machines

        judges = machines.judges(cluster)
    with ExitStack() as stack:
        with _progress() as told:
            result = stack.enter_context(aggregated(folder, output, roster, Options(scheme, stage, as_of), jobs or os.cpu_count() or 1, told, judges))
        if as_json:
            for piece in pieces(result.as_data(iter)):
                click.echo(piece, nl=False)
            click.echo()
        else:
            _show(rollup_lines(result.rollup))
            for path in result.written.values():
                click.echo(str(path))
        for note in result.notes:
            _say(note)
    sys.exit(result.exit_code)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="文件夹")
@click.option("-s", "--scheme", required=True, metavar="ID或文件", help="指标体系的编号或方案文件。")
@click.option("-u", "--unit", required=True, metavar="名称", help="单位名称，例如：测试学院关工分委。")
@click.option("-y", "--start-year", type=click.IntRange(1990, 2200), metavar="年份", help="创建起始年；不写则用指标体系自己的。")
@guarded
def init(folder: Path, scheme: str, unit: str, start_year: int | None) -> None:
    """为秘书准备一个文件夹：空白工作簿、双击用的脚本、一页使用说明。"""
    from wuhao_report.core.cells import clean
    from wuhao_report.files.paths import write_atomically
    from wuhao_report.scheme.library import find_scheme, own_file
    from wuhao_report.tools.starter_folder import ready_folder

    unit = clean(unit)
    if not unit:
        _stop("请写明单位名称。", 2)
    files = ready_folder(find_scheme(scheme), unit, start_year, own_file(scheme))
    there = [name for name in files if (folder / name).exists()]
    if there:
        _stop(f"文件夹“{folder.name}”里已经有{'、'.join(there)}，没有改动；请换一个文件夹。", 2)
    for name, data in files.items():
        write_atomically(folder / name, data)
    click.echo(str(folder))


@cli.command()
@click.argument("old", type=click.Path(path_type=Path), metavar="旧工作簿")
@click.option("-s", "--scheme", metavar="ID或文件", help="指标体系的编号或方案文件；不写则自动识别。")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), metavar="新文件.xlsx", help="新工作簿写到哪里。")
@click.option("-f", "--force", is_flag=True, help="文件已存在时覆盖。")
@guarded
def upgrade(old: Path, scheme: str | None, output: Path, force: bool) -> None:
    """把旧的或改动过的工作簿搬进新的标准工作簿，列出每一格搬到了哪里。"""
    from wuhao_report.cli.jobs import upgraded
    from wuhao_report.cli.screen import upgrade_lines
    from wuhao_report.files.paths import write_atomically
    from wuhao_report.sandbox import call as sandbox

    if output.suffix.lower() != ".xlsx":
        _stop(f"新工作簿的文件名要以 .xlsx 结尾，这里是“{output.name}”。", 2)
    if output.exists() and (not force or (old.exists() and output.samefile(old))):
        _stop(f"文件“{output.name}”已经存在；请换一个文件名{'' if force else '，要覆盖请加 --force'}。旧工作簿不会改动。", 2)
    found = sandbox.run(upgraded, old, scheme)
    write_atomically(output, found.data)
    _show(upgrade_lines(found), err=True)
    click.echo(str(output))


@cli.command()
@click.argument("report", type=click.Path(path_type=Path), metavar="报告.docx")
@click.argument("workbook", type=click.Path(path_type=Path), metavar="工作簿")
@click.option("-s", "--scheme", metavar="ID或文件", help="指标体系的编号或方案文件；不写则自动识别。")
@JSON
@guarded
def verify(report: Path, workbook: Path, scheme: str | None, as_json: bool) -> None:
    """报告核验：交来的报告是不是由这个工作簿生成的，数字有没有被改过。"""
    from wuhao_report.cli.screen import verify_lines
    from wuhao_report.sandbox import call as sandbox
    from wuhao_report.tools.verification import verify as compare

    found = sandbox.run(compare, report, workbook, scheme)
    if as_json:
        _put({"verdict": found.verdict, "note": found.note, "differences": [
            {"place": item.place, "found": item.found, "expected": item.expected, "figures": item.figures} for item in found.differences]})
    else:
        _show(verify_lines(found))
    sys.exit(found.exit_code)


@cli.command(hidden=True)
@click.argument("action", type=click.Choice(["report", "check"]))
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("dropped", default="")
@guarded
def desk(action: str, folder: Path, dropped: str) -> None:
    """What a double-click does: says in Chinese what was made, opens the folder, and waits to be closed."""
    from wuhao_report.cli.double_click import work

    try:
        with _progress() as told:
            code, outputs = work(action, Path(dropped) if dropped else folder.resolve(), lambda line: _show([line]), os.cpu_count() or 1, told)
    finally:
        _wait()
    if outputs is not None and hasattr(os, "startfile"):
        os.startfile(outputs)
    sys.exit(code)


def _wait() -> None:
    """Keep the window open until it has been read."""
    if sys.stdin is not None and sys.stdin.isatty():
        _say("按回车键关闭这个窗口。")
        sys.stdin.readline()


@cli.command()
@click.argument("workbook", type=click.Path(path_type=Path), metavar="工作簿")
@guarded
def dump(workbook: Path) -> None:
    """把工作簿写成可读的文本（用于反馈问题；含原始内容，请注意隐私）。"""
    from wuhao_report.sandbox import call as sandbox
    from wuhao_report.workbook.reader import read_book
    from wuhao_report.workbook.text_form import dump_book

    click.echo(dump_book(sandbox.run(read_book, workbook)))


@cli.group(cls=ChineseGroup)
def scheme() -> None:
    """查看、检查指标体系。"""


@scheme.command("list")
@JSON
@guarded
def scheme_list(as_json: bool) -> None:
    """列出可用的指标体系。"""
    from wuhao_report.scheme.library import find_scheme, scheme_files

    found = []
    for name, path in scheme_files().items():
        try:
            found.append(find_scheme(name))
        except SchemeError as error:
            _say(f"方案文件“{path.name}”不能使用：{error}")
    if as_json:
        _put([{"id": item.id, "version": item.version, "title": item.title, "indicators": len(item.indicators)} for item in found])
        return
    for item in found:
        click.echo(f"{item.id}　{item.title}（第 {item.version} 版，{len(item.indicators)} 项指标）")


@scheme.command("show")
@click.argument("name", metavar="ID或文件")
@guarded
def scheme_show(name: str) -> None:
    """显示一个指标体系的阶段和指标。"""
    from wuhao_report.cli.screen import scheme_lines
    from wuhao_report.scheme.library import find_scheme

    _show(scheme_lines(find_scheme(name)))


@scheme.command("check")
@click.argument("file", metavar="文件")
@guarded
def scheme_check(file: str) -> None:
    """检查一个方案文件（.xlsx 或 .toml）能不能用。"""
    from wuhao_report.core.numbers import number_text
    from wuhao_report.report.report import has_template
    from wuhao_report.scheme.library import find_scheme

    found = find_scheme(file)
    points = f"，满分 {number_text(found.full)} 分" if found.by_points else ""
    click.echo(f"可以使用：{found.title}（{len(found.heads)} 个方面，{len(found.indicators)} 项指标{points}，{len(found.sheets)} 个工作表）。")
    for report in dict.fromkeys(stage.report for stage in found.stages):
        if not has_template(report):
            click.echo(f"提醒：报告种类“{report}”没有自带的 Word 模板，出报告时要用 --template 指定。")


@scheme.command("try")
@click.argument("draft", metavar="方案")
@click.argument("folder", type=click.Path(path_type=Path), metavar="文件夹或工作簿")
@click.option("-t", "--stage", metavar="阶段", help="按草案的哪个报告阶段测算；不写则用各工作簿里填的。")
@click.option("-d", "--as-of", type=Day(), metavar="日期", help="填报日期，代替工作簿里填的。")
@JSON
@guarded
def scheme_try(draft: str, folder: Path, stage: str | None, as_of: date | None, as_json: bool) -> None:
    """模拟测算：用方案草案重算已有的工作簿，看结果怎样变化、缺什么资料。"""
    from wuhao_report.cli.screen import trial_lines
    from wuhao_report.core.options import Options
    from wuhao_report.scheme.library import find_scheme
    from wuhao_report.tools.trial import try_scheme

    if not folder.exists():
        _stop(f"找不到“{folder}”。", 2)
    found = find_scheme(draft)
    with _progress() as told:
        result = try_scheme(draft, folder, Options(stage=stage, as_of=as_of), told, os.cpu_count() or 1)
    if as_json:
        _put(result.as_data())
    else:
        _show(trial_lines(result, found))
    sys.exit(result.exit_code)


@scheme.command("export")
@click.argument("name", metavar="ID或文件")
@click.argument("file", type=click.Path(path_type=Path), metavar="新文件")
@click.option("-f", "--force", is_flag=True, help="文件已存在时覆盖。")
@guarded
def scheme_export(name: str, file: Path, force: bool) -> None:
    """把方案写成可以用 Excel 修改的工作簿（.xlsx）或文本（.toml）。"""
    from wuhao_report.files.paths import write_atomically
    from wuhao_report.scheme.excel_writer import to_toml, to_workbook
    from wuhao_report.scheme.library import scheme_table

    kind = file.suffix.lower()
    if kind not in (".xlsx", ".toml"):
        _stop(f"新文件名要以 .xlsx 或 .toml 结尾，这里是“{file.name}”。", 2)
    if file.exists() and not force:
        _stop(f"文件“{file.name}”已经存在；要覆盖请加 --force，或者换一个文件名。", 2)
    table = scheme_table(name)
    write_atomically(file, to_workbook(table, table["title"]) if kind == ".xlsx" else to_toml(table).encode("utf-8"))
    click.echo(str(file))


def _log_file(error: BaseException) -> Path:
    """Where the details of an unforeseen failure are kept; it holds no cell of any workbook."""
    kind, frames = (error.kind, error.frames) if isinstance(error, Unforeseen) else (type(error).__qualname__, frames_of(error))
    handle, name = tempfile.mkstemp(prefix="wuhao-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8-sig") as stream:
        stream.write(f"wuhao-report {__version__}\n{datetime.now().isoformat()}\n{kind}\n")
        stream.write("\n".join(frames) + "\n")
    return Path(name)


def main() -> None:
    """The entry point: printing never fails for a character, and no traceback ever shows."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            if not stream.isatty() and os.environ.get("PYTHONIOENCODING") is None:
                stream.reconfigure(encoding="utf-8")
            stream.reconfigure(errors="replace")
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        _say(sentence(error))
        sys.exit(2)
    except click.Abort:
        _say("已停止。")
        sys.exit(130)
    except Exception as error:
        _say(f"程序遇到没有预料到的问题，已停止；详情记在 {_log_file(error)}，请把这个文件发给维护人员。")
        sys.exit(UNFORESEEN)
