"""Commands for indicator systems: list, show, check, try, export."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path

import click

from wuhao_report.cli import calls
from wuhao_report.cli.chinese_click import ChineseGroup
from wuhao_report.cli.console import print_json, progress, refuse, say, say_out, say_path, show
from wuhao_report.cli.failures import guarded
from wuhao_report.cli.options import FILE, Day, force_option, json_option
from wuhao_report.core.errors import SchemeError
from wuhao_report.sandbox import call as sandbox


@click.group(cls=ChineseGroup)
def scheme() -> None:
    """查看、检查指标体系。"""


@scheme.command("list")
@json_option
@guarded
def list_schemes(as_json: bool) -> None:
    """列出可用的指标体系。"""
    usable = []
    for name in sandbox.run(calls.known_schemes):
        try:
            usable.append(calls.call_with_scheme(calls.scheme_facts, name))
        except SchemeError as error:
            say(f"方案“{name}”不能使用：{error}")
    if as_json:
        print_json(usable)
        return
    for item in usable:
        say_out(f"{item['id']}　{item['title']}（第 {item['version']} 版，{item['indicators']} 项指标）")


@scheme.command("show")
@click.argument("name", metavar="ID或文件")
@guarded
def show_scheme(name: str) -> None:
    """显示一个指标体系的阶段和指标。"""
    show(calls.call_with_scheme(calls.shown_scheme, name))


@scheme.command("check")
@click.argument("file", metavar="文件")
@click.option("--sentences", is_flag=True, help="把每项指标的每一句话按达标、未达标、资料暂缺、进行中写出来，供通读。")
@guarded
def check_scheme(file: str, sentences: bool) -> None:
    """检查一个方案文件（.xlsx 或 .toml）能不能用。"""
    say_out(calls.call_with_scheme(calls.checked_scheme, file, sentences))


@scheme.command("try")
@click.argument("draft", metavar="方案")
@click.argument("folder", type=FILE, metavar="文件夹或工作簿")
@click.option("-t", "--stage", metavar="阶段", help="按草案的哪个报告阶段测算；不写则用各工作簿里填的。")
@click.option("-d", "--as-of", type=Day(), metavar="日期", help="填报日期，代替工作簿里填的。")
@json_option
@guarded
def try_draft(draft: str, folder: Path, stage: str | None, as_of: date | None, as_json: bool) -> None:
    """模拟测算：用方案草案重算已有的工作簿，看结果怎样变化、缺什么资料。"""
    from wuhao_report.core.options import Options
    from wuhao_report.tools.trial import try_scheme

    if not folder.exists():
        refuse(f"找不到“{folder}”。")
    with sandbox.Worker() as worker:
        calls.try_scheme_file(worker, draft)
    with progress() as on_progress:
        result = try_scheme(draft, folder, Options(stage=stage, as_of=as_of), on_progress, os.cpu_count() or 1)
    if as_json:
        print_json(result.as_data())
    else:
        show(calls.call_with_scheme(calls.trial_report, draft, result))
    sys.exit(result.exit_code)


@scheme.command("export")
@click.argument("name", metavar="ID或文件")
@click.argument("file", type=FILE, metavar="新文件")
@force_option
@guarded
def export_scheme(name: str, file: Path, force: bool) -> None:
    """把方案写成可以用 Excel 修改的工作簿（.xlsx）或文本（.toml）。"""
    from wuhao_report.files.outputs import Output, always, never, write_named

    ending = file.suffix.lower()
    if ending not in (".xlsx", ".toml"):
        refuse(f"新文件名要以 .xlsx 或 .toml 结尾，这里是“{file.name}”。")
    if file.exists() and not force:
        refuse(f"文件“{file.name}”已经存在；要覆盖请加 --force，或者换一个文件名。")
    data = calls.call_with_scheme(calls.exported_scheme, name, ending)
    write_named(Output("scheme", file.name, data, always if force else never), file.parent)
    say_path(file)
