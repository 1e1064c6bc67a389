"""The command line: every command under one name, and an end without a traceback."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import click

from wuhao_report import __version__
from wuhao_report.cli import aggregates, many, one_workbook, schemes
from wuhao_report.cli.chinese_click import ChineseGroup, sentence
from wuhao_report.cli.console import INTERRUPTED, MISUSE, UNFORESEEN, say
from wuhao_report.cli.failures import log_file
from wuhao_report.sandbox.worker import RARELY

HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=ChineseGroup, context_settings=HELP)
@click.version_option(__version__, "-V", "--version", prog_name="wuhao", message="%(prog)s %(version)s", help="显示版本。")
def cli() -> None:
    """把关工委填好的 Excel 工作簿变成 Word 自查报告、中期评估报告。"""
    if os.environ.get("WUHAO_SCHEMES"):
        from wuhao_report.cli.calls import left_out_schemes

        for sentence_of_one in left_out_schemes():
            say(sentence_of_one)


for command in (
    one_workbook.new,
    one_workbook.check,
    one_workbook.report,
    many.batch,
    aggregates.aggregate,
    aggregates.feedback,
    aggregates.assess,
    aggregates.key,
    many.init,
    one_workbook.upgrade,
    one_workbook.compare,
    many.verify,
    many.double_click,
    one_workbook.dump,
    schemes.scheme,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line and exit: printing never fails for a character, and no traceback ever shows."""
    gc.set_threshold(*RARELY)
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            if not stream.isatty() and os.environ.get("PYTHONIOENCODING") is None:
                stream.reconfigure(encoding="utf-8")
            stream.reconfigure(errors="replace")
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        say(sentence(error))
        sys.exit(MISUSE)
    except click.Abort:
        say("已停止。")
        sys.exit(INTERRUPTED)
    except UnicodeEncodeError:
        say("这里的字符编码（LANG）写不出其中的文件名；请把 LANG 设为 zh_CN.UTF-8 后再试。")
        sys.exit(MISUSE)
    except OSError:
        # Nothing more can be written where the answer goes: the end of the program must not try once more.
        _drop_output()
        say("结果写不出去（输出的地方已满或已关闭）。")
        sys.exit(MISUSE)
    except Exception as error:
        say(f"程序遇到没有预料到的问题，已停止；{_where_told(error)}")
        sys.exit(UNFORESEEN)


def _open_closed_streams() -> None:
    """Let what is printed go nowhere where the caller has closed a stream; its number would be that of the next file otherwise."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open until the end


def _drop_output() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _where_told(error: BaseException) -> str:
    try:
        return f"详情记在 {log_file(error)}，请把这个文件发给维护人员。"
    except OSError:
        return "请把这句话告诉维护人员。"
