"""Commands for indicator systems: list, show, check, try, export."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import click

from wuhao_report.cli.chinese_click import ChineseGroup
from wuhao_report.cli.console import print_json, progress, refuse, say, show
from wuhao_report.cli.failures import guarded
from wuhao_report.cli.options import FILE, Day, force_option, json_option
from wuhao_report.core.errors import SchemeError


@click.group(cls=ChineseGroup)
def scheme() -> None:
    """查看、检查指标体系。"""


@scheme.command("list")
@json_option
@guarded
def list_schemes(as_json: bool) -> None:
    """列出可用的指标体系。"""
    from wuhao_report.scheme.lookup import find_scheme, scheme_files

    usable = []
    for name, path in scheme_files().items():
        try:
            usable.append(find_scheme(name))
        except SchemeError as error:
            say(f"方案文件“{path.name}”不能使用：{error}")
    if as_json:
        print_json(
            [{"id": item.id, "version": item.version, "title": item.title, "indicators": len(item.indicators)} for item in usable]
        )
        return
    for item in usable:
        click.echo(f"{item.id}　{item.title}（第 {item.version} 版，{len(item.indicators)} 项指标）")


@scheme.command("show")
@click.argument("name", metavar="ID或文件")
@guarded
def show_scheme(name: str) -> None:
    """显示一个指标体系的阶段和指标。"""
    from wuhao_report.cli.screen_many import scheme_lines
    from wuhao_report.scheme.lookup import find_scheme

    show(scheme_lines(find_scheme(name)))


@scheme.command("check")
@click.argument("file", metavar="文件")
@click.option("--sentences", is_flag=True, help="把每项指标的每一句话按达标、未达标、资料暂缺、进行中写出来，供通读。")
@guarded
def check_scheme(file: str, sentences: bool) -> None:
    """检查一个方案文件（.xlsx 或 .toml）能不能用。"""
    from wuhao_report.core.numbers import number_text
    from wuhao_report.report.documents import has_template
    from wuhao_report.scheme.cautions import cautions
    from wuhao_report.scheme.lookup import find_scheme

    checked = find_scheme(file)
    points = f"，满分 {number_text(checked.full)} 分" if checked.by_points else ""
    click.echo(
        f"可以使用：{checked.title}（{len(checked.heads)} 个方面，{len(checked.indicators)} 项指标{points}，{len(checked.sheets)} 个工作表）。"
    )
    for report in dict.fromkeys(stage.report for stage in checked.stages):
        if not has_template(report):
            click.echo(f"提醒：报告种类“{report}”没有自带的 Word 模板，出报告时要用 --template 指定。")
    for text in cautions(checked):
        click.echo(f"提醒：{text}")
    if sentences:
        from wuhao_report.report.wording.sentence_forms import sentences_text

        click.echo()
        click.echo(sentences_text(checked))


@scheme.command("try")
@click.argument("draft", metavar="方案")
@click.argument("folder", type=FILE, metavar="文件夹或工作簿")
@click.option("-t", "--stage", metavar="阶段", help="按草案的哪个报告阶段测算；不写则用各工作簿里填的。")
@click.option("-d", "--as-of", type=Day(), metavar="日期", help="填报日期，代替工作簿里填的。")
@json_option
@guarded
def try_draft(draft: str, folder: Path, stage: str | None, as_of: date | None, as_json: bool) -> None:
    """模拟测算：用方案草案重算已有的工作簿，看结果怎样变化、缺什么资料。"""
    from wuhao_report.cli.screen_many import trial_lines
    from wuhao_report.core.options import Options
    from wuhao_report.scheme.lookup import find_scheme
    from wuhao_report.tools.trial import try_scheme

    if not folder.exists():
        refuse(f"找不到“{folder}”。")
    draft_scheme = find_scheme(draft)
    with progress() as on_progress:
        result = try_scheme(draft, folder, Options(stage=stage, as_of=as_of), on_progress, os.cpu_count() or 1)
    if as_json:
        print_json(result.as_data())
    else:
        show(trial_lines(result, draft_scheme))
    sys.exit(result.exit_code)


@scheme.command("export")
@click.argument("name", metavar="ID或文件")
@click.argument("file", type=FILE, metavar="新文件")
@force_option
@guarded
def export_scheme(name: str, file: Path, force: bool) -> None:
    """把方案写成可以用 Excel 修改的工作簿（.xlsx）或文本（.toml）。"""
    from wuhao_report.files.outputs import Output, always, never, write_named
    from wuhao_report.scheme.excel_writer import to_toml, to_workbook
    from wuhao_report.scheme.lookup import scheme_table

    ending = file.suffix.lower()
    if ending not in (".xlsx", ".toml"):
        refuse(f"新文件名要以 .xlsx 或 .toml 结尾，这里是“{file.name}”。")
    if file.exists() and not force:
        refuse(f"文件“{file.name}”已经存在；要覆盖请加 --force，或者换一个文件名。")
    table = scheme_table(name)
    data = to_workbook(table, table["title"]) if ending == ".xlsx" else to_toml(table).encode("utf-8")
    write_named(Output("scheme", file.name, data, always if force else never), file.parent)
    click.echo(str(file))
