"""Commands for one workbook: new, check, report, upgrade, dump."""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wuhao_report.cli.chinese_click import ChineseCommand
from wuhao_report.cli.console import print_json, refuse, say, say_path, show
from wuhao_report.cli.failures import guarded
from wuhao_report.cli.options import (
    FILE,
    force_option,
    json_option,
    new_scheme_option,
    reading_options,
    scheme_option,
    start_year_option,
    unit_option,
    workbook_argument,
)
from wuhao_report.core.text import in_lines_of_its_own
from wuhao_report.files.paths import mode_of
from wuhao_report.sandbox import call as sandbox

if TYPE_CHECKING:
    from wuhao_report.tools.masked.copy import Masked
    from wuhao_report.tools.migration import Upgrade


@click.command(cls=ChineseCommand)
@new_scheme_option
@unit_option
@start_year_option
@click.option("-o", "--output", type=FILE, metavar="文件", help="写到哪个文件；不写则以单位名称命名。")
@click.option("--example", is_flag=True, help="生成一个填好的示例：单位和人都是虚构的，只供看样子，不能报送。")
@force_option
@guarded
def new(scheme: str, unit: str, start_year: int | None, output: Path | None, example: bool, force: bool) -> None:
    """生成一个空白的标准工作簿，或者一个填好的示例。"""
    from wuhao_report.cli.calls import blank_workbook, call_with_scheme
    from wuhao_report.core.text import clean
    from wuhao_report.files.outputs import Output, always, never, write_named
    from wuhao_report.files.paths import safe_name

    unit = clean(unit)
    if not unit:
        refuse("请写明单位名称。")
    path = output or Path(safe_name(f"{unit}（示例）" if example else unit, ".xlsx"))
    if path.suffix.lower() != ".xlsx":
        refuse(f"工作簿的文件名要以 .xlsx 结尾，这里是“{path.name}”。")
    if path.exists() and not force:
        refuse(f"文件“{path.name}”已经存在；要覆盖请加 --force，或用 -o 换一个文件名。")
    data = call_with_scheme(blank_workbook, scheme, unit, start_year, example)
    write_named(Output("blank workbook", path.name, data, always if force else never), path.parent)
    say_path(path)


@click.command(cls=ChineseCommand)
@workbook_argument
@reading_options
@click.option("--annotate", type=FILE, metavar="文件.xlsx", help="另存一份批注副本：每个问题标在那一格上，第一张表是问题清单。")
@click.option("--mask", type=FILE, metavar="文件.xlsx", help="另存一份遮盖副本：人名换成编号，电话、身份证号打星号，结果不变。")
@json_option
@guarded
def check(
    workbook: Path,
    scheme: str | None,
    stage: str | None,
    as_of: date | None,
    annotate: Path | None,
    mask: Path | None,
    as_json: bool,
) -> None:
    """检查工作簿：列出问题和各项指标的结果，不写报告。"""
    if annotate:
        _refuse_marked_copy(workbook, annotate)
    with sandbox.Worker() as worker:
        worker.start()  # it loads while this process does
        from wuhao_report.cli.calls import call_check
        from wuhao_report.core.options import Options

        checked = call_check(worker, workbook, Options(scheme, stage, as_of), annotate is not None)
    if mask and not checked.unreadable:
        _write_masked_copy(workbook, mask, scheme)
    if annotate and not checked.unreadable:
        _write_marked_copy(annotate, checked.marked, mode_of(workbook))
    if as_json:
        print_json(checked.data)
    else:
        show(checked.lines)
    sys.exit(checked.exit_code)


def _refuse_marked_copy(workbook: Path, target: Path) -> None:
    """Refuse a marked copy in place of the workbook itself or of anybody's file."""
    from wuhao_report.files.outputs import in_a_process
    from wuhao_report.files.provenance import is_marked_copy

    if target.suffix.lower() != workbook.suffix.lower():
        refuse(f"批注副本的文件名要以 {workbook.suffix} 结尾，这里是“{target.name}”。")
    if target.exists() and ((workbook.exists() and target.samefile(workbook)) or not in_a_process(is_marked_copy)(target)):
        refuse(f"“{target.name}”已经存在，而且不是批注副本；请换一个文件名，原来的文件不会改动。")


def _write_masked_copy(workbook: Path, target: Path, scheme: str | None) -> None:
    """Write the masked copy where nothing is; what is there is never written over."""
    from wuhao_report.cli.calls import mask_workbook
    from wuhao_report.files.outputs import Output, never, write_named

    if target.suffix.lower() != workbook.suffix.lower() or target.exists():
        refuse(f"遮盖副本要用新的文件名，以 {workbook.suffix} 结尾，这里是“{target.name}”。")
    masked: Masked = sandbox.run(mask_workbook, workbook, scheme)
    name = masked.people.hide(target.stem) + target.suffix
    if (target.parent / name).exists():
        refuse(f"“{name}”已经存在；请换一个文件名。")
    write_named(Output("masked copy", name, masked.data, never, mode_of(workbook)), target.parent)
    left = f"；里面的{'、'.join(masked.unmasked)}没有遮盖，请自己查看。" if masked.unmasked else ""
    renamed = "；文件名里的人名也换了" if name != target.name else ""
    say(f"遮盖副本：{target.parent / name}（{len(masked.people.numbers)} 人换成了编号）{renamed}{left}")


def _write_marked_copy(target: Path, data: bytes | None, mode: int) -> None:
    from wuhao_report.files.outputs import Output, write_named
    from wuhao_report.files.provenance import is_marked_copy

    if data is None:
        say("这个工作簿的内部结构特殊，做不了批注副本；请用 Excel 打开、另存为 .xlsx 后再试。")
        return
    write_named(Output("marked copy", target.name, data, is_marked_copy, mode), target.parent)
    say(f"批注副本：{target}")


@click.command(cls=ChineseCommand)
@workbook_argument
@reading_options
@click.option("-o", "--output", type=FILE, metavar="文件夹", help="报告写到哪里；不写则在工作簿旁的“报告”文件夹。")
@click.option("--template", type=FILE, metavar="文件.docx", help="用自己的 Word 模板。")
@click.option("--pdf", is_flag=True, help="同时生成 PDF（需要 LibreOffice、Word 或 WPS）。")
@json_option
@guarded
def report(
    workbook: Path,
    scheme: str | None,
    stage: str | None,
    as_of: date | None,
    output: Path | None,
    template: Path | None,
    pdf: bool,
    as_json: bool,
) -> None:
    """生成工作簿所填阶段的 Word 报告；有问题时附一份核对清单。"""
    with sandbox.Worker() as worker:
        worker.start()  # it loads while this process does
        from wuhao_report.cli.calls import call_report
        from wuhao_report.cli.screens.one import written_lines
        from wuhao_report.core.options import Options
        from wuhao_report.files.folders import folder_beside
        from wuhao_report.report.rendered import OUTPUT_FOLDER, write_rendered

        rendered = call_report(worker, workbook, Options(scheme, stage, as_of), template)
        written = write_rendered(rendered, output or folder_beside(workbook.parent, OUTPUT_FOLDER), worker=worker)
    for note in written.notes:
        say(note)
    code = written.exit_code
    if pdf and written.report:
        from wuhao_report.tools.pdf import make_pdf

        made, sentence = make_pdf(written.report)
        say(sentence)
        code = code if made else max(code, 1)
    if as_json:
        print_json(written.as_data())
    else:
        show(written_lines(written), err=True)
        if written.report:
            say_path(written.report)
    sys.exit(code)


@click.command(cls=ChineseCommand)
@click.argument("old", type=FILE, metavar="旧工作簿")
@scheme_option
@click.option("-o", "--output", required=True, type=FILE, metavar="新文件.xlsx", help="新工作簿写到哪里。")
@force_option
@guarded
def upgrade(old: Path, scheme: str | None, output: Path, force: bool) -> None:
    """把旧的或改动过的工作簿搬进新的标准工作簿，列出每一格搬到了哪里。"""
    from wuhao_report.cli.calls import migrate_workbook, try_scheme_file
    from wuhao_report.cli.screens.one import upgrade_lines
    from wuhao_report.files.outputs import Output, always, never, write_named

    if output.suffix.lower() != ".xlsx":
        refuse(f"新工作簿的文件名要以 .xlsx 结尾，这里是“{output.name}”。")
    if output.exists() and (not force or (old.exists() and output.samefile(old))):
        refuse(f"文件“{output.name}”已经存在；请换一个文件名{'' if force else '，要覆盖请加 --force'}。旧工作簿不会改动。")
    with sandbox.Worker() as worker:
        try_scheme_file(worker, scheme)
        migrated: Upgrade = worker.run(migrate_workbook, old, scheme)
    write_named(Output("migrated workbook", output.name, migrated.data, always if force else never, mode_of(old)), output.parent)
    show(upgrade_lines(migrated), err=True)
    say_path(output)


@click.command(cls=ChineseCommand)
@click.argument("old", type=FILE, metavar="旧.xlsx")
@click.argument("new", type=FILE, metavar="新.xlsx")
@scheme_option
@click.option("-o", "--output", type=FILE, metavar="变化.xlsx", help="另写成一个工作簿。")
@force_option
@json_option
@guarded
def compare(old: Path, new: Path, scheme: str | None, output: Path | None, force: bool, as_json: bool) -> None:
    """与上次相比：新增、删去、改动了哪些行，哪些指标因此变了；只换次序不算改动。"""
    from wuhao_report.cli.calls import call_compare
    from wuhao_report.core.options import Line
    from wuhao_report.files.outputs import Output, always, never, write_named

    if output is not None and output.suffix.lower() != ".xlsx":
        refuse(f"文件名要以 .xlsx 结尾，这里是“{output.name}”。")
    if output is not None and output.exists() and (not force or output.resolve() in (old.resolve(), new.resolve())):
        refuse(f"文件“{output.name}”已经存在；请换一个文件名{'' if force else '，要覆盖请加 --force'}。")
    lines, data, table = call_compare(old, new, scheme, output is not None)
    if output is not None:
        may_replace = always if force else never
        write_named(Output("comparison", output.name, table, may_replace, mode_of(new)), output.parent)
    if as_json:
        print_json(data)
    else:
        show(Line(line) for line in lines)
        if output is not None:
            say_path(output)


@click.command(cls=ChineseCommand)
@workbook_argument
@guarded
def dump(workbook: Path) -> None:
    """把工作簿写成可读的文本（用于反馈问题；含原始内容，请注意隐私）。"""
    from wuhao_report.cli.calls import workbook_text

    with tempfile.TemporaryDirectory() as place:
        text = Path(place, "dump.txt")
        sandbox.run(workbook_text, workbook, text)
        with text.open(encoding="utf-8") as lines:
            for line in lines:
                click.echo(in_lines_of_its_own(line), nl=False)
    click.echo()
