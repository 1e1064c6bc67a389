"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from wuhao_report.core.options import EXPORTS, Options, Wanted

F = TypeVar("F", bound=Callable[..., Any])
FILE = click.Path(path_type=Path)


class Day(click.ParamType[date]):
    """A date option, written 2018-12-20."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date that a text stands for; what is none is a wrong usage."""
        from wuhao_report.tables.cells import parse

        day = value if isinstance(value, date) else parse("date", str(value)).value
        if not isinstance(day, date):
            self.fail(f"“{value}”不是日期，请写成 2018-12-20 的样式。", param, ctx)
        return day


workbook_argument = click.argument("workbook", type=FILE, metavar="工作簿")
folder_argument = click.argument("folder", type=FILE, metavar="文件夹")
scheme_option = click.option("-s", "--scheme", metavar="ID或文件", help="指标体系的编号或方案文件；不写则自动识别。")
stage_option = click.option("-t", "--stage", metavar="阶段", help="报告阶段，代替工作簿里填的。")
day_option = click.option("-d", "--as-of", type=Day(), metavar="日期", help="填报日期，代替工作簿里填的，例如 2018-12-20。")
json_option = click.option("-j", "--json", "as_json", is_flag=True, help="只输出一份 JSON，供其他程序读取。")
force_option = click.option("-f", "--force", is_flag=True, help="文件已存在时覆盖。")
new_scheme_option = click.option("-s", "--scheme", required=True, metavar="ID或文件", help="指标体系的编号或方案文件。")
unit_option = click.option("-u", "--unit", required=True, metavar="名称", help="单位名称，例如：测试学院关工分委。")
start_year_option = click.option(
    "-y", "--start-year", type=click.IntRange(1990, 2200), metavar="年份", help="创建起始年；不写则用指标体系自己的。"
)


def reading_options(command: F) -> F:
    """Add the options that say how a workbook is read: scheme, stage, day of the report."""
    for option in (scheme_option, stage_option, day_option):
        command = option(command)
    return command


def options_as_one(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say how a workbook is read, together as `options`."""

    @reading_options
    @wraps(command)
    def with_options(*values: Any, scheme: str | None, stage: str | None, as_of: date | None, **others: Any) -> None:
        """Call the command."""
        command(*values, options=Options(scheme, stage, as_of), **others)

    return with_options


def wanted_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--history`, `--export`, `--no-details`, `--sign` and `--verify-key`, together as `wanted`."""

    @click.option(
        "--history", type=FILE, metavar="结果库.duckdb", help="以前汇总的结果库，用来比变化；不写则用“汇总”文件夹里的。"
    )
    @click.option("--export", type=click.Choice(EXPORTS), help="另把各表写到“数据”文件夹，给别的程序用。")
    @click.option("--no-details", is_flag=True, help="汇总表里不要“逐项明细”（一个单位的一项指标一行，很长）。")
    @click.option("--sign", type=FILE, metavar="私钥", help="给汇总包签名，用“wuhao key new”做出来的私钥。")
    @click.option(
        "--verify-key",
        "trusted",
        type=FILE,
        multiple=True,
        metavar="公钥",
        help="只收用这些公钥核对得上签名的汇总包；可以写几次。",
    )
    @wraps(command)
    def with_wanted(*values: Any, no_details: bool, **others: Any) -> None:
        """Call the command."""
        own = {name: others.pop(name) for name in ("history", "export", "sign", "trusted")}
        command(*values, wanted=Wanted(details=not no_details, **own), **others)

    return with_wanted
