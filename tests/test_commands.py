"""Every command once as users run it: a process of its own, and beyond it the process that reads the workbook, nothing stood in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.helpers import ROOT, SAMPLES
from wuhao_report.cli.main import cli

VILLAGE = SAMPLES / "04_测试嘎查村_2024年自查.xlsx"
REPORT = "报告/测试嘎查村关工委自查报告（2024年自查，2024-08-20）.docx"
COMMANDS: dict[str, tuple[str, str, str]] = {
    "new": ("-s village-2023 -u 测试 -o 新.xlsx", "新.xlsx", "新.xlsx"),
    "check": ("甲/甲.xlsx --annotate 批注.xlsx --mask 遮盖.xlsx", "总评：达标", "遮盖.xlsx"),
    "report": ("甲/甲.xlsx -o 报告", "自查报告", REPORT),
    "batch": ("甲", "生成报告 1 份", "甲/报告/生成结果.xlsx"),
    "aggregate": ("甲", "共 1 个文件：计入 1", "甲/汇总/汇总表.xlsx"),
    "feedback": ("甲", "写了 1 份反馈意见书", "甲/汇总/反馈意见书/测试嘎查村关工委反馈意见书.docx"),
    "assess out": ("甲", "写了 1 张考评表", "甲/汇总/考评/测试嘎查村关工委考评表.xlsx"),
    "assess in": ("甲", "读了 0 张考评表", "甲/汇总/考评汇总.xlsx"),
    "key new": ("-o 钥", "汇总签名_公钥.pem", "钥/汇总签名_私钥.pem"),
    "init": ("夹 -s village-2023 -u 测试", "夹", "夹/生成报告.bat"),
    "compare": ("甲/甲.xlsx 甲/甲.xlsx -o 变化.xlsx", "内容没有变化。", "变化.xlsx"),
    "upgrade": ("甲/甲.xlsx -o 新.xlsx", "新.xlsx", "新.xlsx"),
    "verify": (f"{REPORT} 甲/甲.xlsx", "核验结果：一致", REPORT),
    "desk": ("report 甲", "生成报告 1 份", "甲/报告/生成结果.xlsx"),
    "dump": ("甲/甲.xlsx", "[基本信息]", ""),
    "scheme list": ("", "village-2023", ""),
    "scheme show": ("village-2023", "1.1.1", ""),
    "scheme check": ("方案.xlsx", "可以使用", ""),
    "scheme try": ("方案.xlsx 甲", "测算 1 个", ""),
    "scheme export": ("village-2023 出.toml", "出.toml", "出.toml"),
}
"""Command → its arguments, a text it prints, a file it writes."""


def commands(group: click.Group, above: str = "") -> Iterator[str]:
    """Yield the full name of every command, hidden ones too."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{above}{name} ")
        else:
            yield above + name


def wuhao(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in that folder."""
    return subprocess.run(
        [sys.executable, "-m", "wuhao_report", *arguments],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder with a workbook, a scheme and a report, each only where the command needs it."""
    arguments = COMMANDS[request.getfixturevalue("command")][0]
    if "甲" in arguments:
        (tmp_path / "甲").mkdir()
        shutil.copy(VILLAGE, tmp_path / "甲" / "甲.xlsx")
    if "方案.xlsx" in arguments:
        assert wuhao(tmp_path, "scheme", "export", "village-2023", "方案.xlsx").returncode == 0
    if REPORT in arguments:
        assert wuhao(tmp_path, "report", "甲/甲.xlsx", "-o", "报告").returncode == 0
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("command", sorted(commands(cli)))
def test_every_command_does_its_work_through_the_real_processes(command: str, place: Path) -> None:
    arguments, printed, written = COMMANDS[command]
    done = wuhao(place, *command.split(), *arguments.split())
    assert done.returncode == 0, done.stderr
    assert printed in done.stdout
    assert "Traceback" not in done.stderr
    assert (place / written).exists()
