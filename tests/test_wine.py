"""The batch files as Windows runs them: double-clicked, and with something dropped on them, in a folder with a difficult name."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts import windows_setup
from scripts.make_portable import make
from tests import stand_ins
from tests.helpers import ROOT, SAMPLES, Run
from tests.wine import Wine
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.tools.starter_folder import starter_folder

PLACE = "空 间 (甲)&乙"
SAMPLE, NAME = "04_测试嘎查村_2024年自查.xlsx", "a&b (1).xlsx"
REPORT = "测试嘎查村关工委自查报告（2024年自查，2024-08-20）.docx"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / PLACE).mkdir()
    return tmp_path / PLACE


@pytest.fixture
def folder(run: Run, place: Path) -> Path:
    """What `wuhao init` makes, with a filled workbook put beside the blank one."""
    assert run("init", place, "--scheme", "district-2026", "--unit", "测试街道关工委").exit_code == 0
    shutil.copy(SAMPLES / SAMPLE, place / NAME)
    return place


@pytest.fixture
def project(place: Path) -> Any:
    """The project as somebody unpacked it, its environment made already: by this Python, which has everything."""
    home = place / "项 目"
    for name in ("wuhao_report", "templates", "scripts"):
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.txt", home)
    python = windows_setup.python_of(home)
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    (home / ".venv" / windows_setup.READY).write_text(windows_setup.stamp(home), encoding="utf-8")
    shutil.copy(SAMPLES / SAMPLE, place / NAME)
    return home


def made(folder: Path) -> Any:
    """The reports; the lock and the list of a run over a folder lie beside them."""
    outputs = folder / "报告"
    beside = {".wuhao.lock", "生成结果.xlsx"}
    return sorted(path.name for path in outputs.iterdir() if path.name not in beside) if outputs.exists() else []


def test_a_double_click_reports_on_the_folder(wine: Wine, folder: Path) -> None:
    done = wine.run(folder / "生成报告.bat")
    assert done.code == 1  # the blank workbook says no stage
    assert f"已生成　{NAME}：达标" in done.text
    assert "共 2 个文件：生成报告 1 份，失败 1 个，跳过 0 个。" in done.text
    assert made(folder) == [REPORT]
    assert [call[1:] for call in done.calls] == [["-m", "wuhao_report", "desk", "report", str(folder), ""]]


def test_a_dropped_workbook_is_reported_on_alone(wine: Wine, folder: Path) -> None:
    done = wine.run(folder / "生成报告.bat", folder / NAME)
    assert done.code == 0
    assert "2024年自查　总评：达标" in done.text
    assert REPORT in done.text
    assert made(folder) == [REPORT]
    assert done.calls[0][-1] == str(folder / NAME)


def test_a_dropped_folder_is_reported_on(wine: Wine, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "别处(收到的)"
    other.mkdir()
    shutil.copy(SAMPLES / SAMPLE, other)
    done = wine.run(folder / "生成报告.bat", other)
    assert done.code == 0
    assert "共 1 个文件：生成报告 1 份，失败 0 个，跳过 0 个。" in done.text
    assert made(other) == [REPORT]
    assert made(folder) == []


def test_a_double_click_checks(wine: Wine, folder: Path) -> None:
    done = wine.run(folder / "检查.bat")
    assert done.code == 1
    assert f"—— {NAME} ——" in done.text
    assert "问题：没有发现问题" in done.text
    assert "没有填写“报告阶段”" in done.text
    assert made(folder) == ["测试街道关工委_批注.xlsx"]


def test_a_name_without_a_space_does_not_run_what_follows_its_ampersand(wine: Wine, folder: Path, tmp_path: Path) -> None:
    """Explorer leaves such a name without quotes: the batch file gets the part before the &, and cmd would run the rest after it."""
    (folder / "canary.bat").write_bytes(b"@echo off\r\necho ran>ran.txt\r\n")
    other = tmp_path / "没有空格&canary"
    other.mkdir()
    done = wine.run(folder / "生成报告.bat", other)
    assert done.code == 2
    assert "找不到“没有空格”。" in done.text
    assert not (folder / "ran.txt").exists()


@pytest.mark.parametrize(
    "beside", ["python.bat", *(pytest.param(name, marks=pytest.mark.long) for name in ("py.bat", "python.cmd"))]
)
def test_a_python_that_lies_in_the_folder_is_not_run(wine: Wine, folder: Path, project: Any, beside: str) -> None:
    """The folder came by mail: cmd would look there first."""
    for batch in (folder / "生成报告.bat", project / "scripts" / "生成报告.bat"):
        (batch.parent / beside).write_bytes(b"@echo off\r\necho ran>ran.txt\r\n")
        done = wine.run(batch, folder / NAME)
        assert done.code == 0
        assert not (batch.parent / "ran.txt").exists()


def test_the_guard_against_that_is_needed(wine: Wine, tmp_path: Path) -> None:
    """With `exit /b` the canary does run: the test above would see it."""
    (tmp_path / "canary.bat").write_bytes(b"@echo off\r\necho ran>ran.txt\r\n")
    (tmp_path / "soft.bat").write_bytes(b"@echo off\r\nexit /b 2\r\n")
    wine.run(tmp_path / "soft.bat", tmp_path / "x&canary")
    assert (tmp_path / "ran.txt").exists()


def test_no_python_is_said_plainly(wine: Wine, folder: Path, project: Any) -> None:
    for batch in (folder / "检查.bat", project / "scripts" / "生成报告.bat"):
        done = wine.run(batch, folder / NAME, python=False)
        assert done.code not in (0, 1, 2)
        assert "was not found. Please" in done.text
        assert done.calls == []


@pytest.mark.parametrize("only", ["py.exe", "python.exe"])
def test_the_batch_file_of_the_project_reports(wine: Wine, place: Path, project: Any, tmp_path: Path, only: str) -> None:
    """With the launcher, and where there is only a python.exe."""
    (tmp_path / "bin").mkdir()
    shutil.copy(wine.folder / "bin" / only, tmp_path / "bin")
    done = wine.run(project / "scripts" / "生成报告.bat", place / NAME, path=tmp_path / "bin")
    assert done.code == 0
    assert "2024年自查　总评：达标" in done.text
    assert "第一次运行" not in done.text
    assert made(place) == [REPORT]
    assert done.calls[-1] == [str(tmp_path / "bin" / only), str(project / "scripts" / "windows_setup.py"), str(place / NAME), ""]


def test_the_batch_file_of_the_project_alone_says_what_to_do(wine: Wine, place: Path, project: Any) -> None:
    done = wine.run(project / "scripts" / "生成报告.bat")
    assert done.code == 2
    assert "请把工作簿，或者放有工作簿的文件夹，拖到“生成报告”的图标上。" in done.text
    assert made(place) == []


def test_the_portable_folder_uses_its_own_python(wine: Wine, place: Path) -> None:
    """No other Python is on this machine's search path."""
    program = (wine.folder / "bin" / "python.exe").read_bytes()
    runtime = stand_ins.runtime(place / "python-3.11.9-embed-amd64.zip", {"python.exe": program})
    home = place / "便携 的"
    make(runtime, stand_ins.wheels(place / "组件"), starter_folder(find_scheme("village-2023"), "测试嘎查村关工委"), home)
    shutil.copy(SAMPLES / SAMPLE, home / NAME)
    done = wine.run(home / "生成报告.bat", home / NAME, python=False)
    assert done.code == 0
    assert "总评：达标" in done.text
    assert made(home) == [REPORT]
    assert [call[0] for call in done.calls] == [str(home / "runtime" / "python.exe")]
    assert wine.run(home / "检查.bat", home / NAME, python=False).code == 0
