"""A secretary's folder and its double-click: everything there, nothing overwritten, every word in Chinese printed by Python."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from scripts import windows_setup
from scripts.document_text import template_text
from tests.helpers import ROOT, SAMPLES, Run
from tests.libreoffice import LibreOffice
from wuhao_report.cli.double_click import report_or_check
from wuhao_report.files.provenance import is_marked_copy
from wuhao_report.tools.starter_folder import script

pytestmark = pytest.mark.slow

MISTAKES, GOOD = "06_练习学院_有填写错误.xlsx", "04_测试嘎查村_2024年自查.xlsx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "空 间 (甲)&乙"
    place.mkdir()
    for name in (MISTAKES, GOOD):
        shutil.copy(SAMPLES / name, place)
    return place


def test_the_folder_is_ready(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "秘书 的"
    assert run("init", place, "--scheme", "district-2026", "--unit", "测试街道关工委").exit_code == 0
    assert {path.name for path in place.iterdir()} == {"测试街道关工委.xlsx", "生成报告.bat", "检查.bat", "使用说明.docx"}
    assert openpyxl.load_workbook(place / "测试街道关工委.xlsx")["基本信息"]["B4"].value == "测试街道关工委"
    assert "打开“测试街道关工委.xlsx”" in template_text(place / "使用说明.docx")
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    again = run("init", place, "--scheme", "district-2026", "--unit", "测试街道关工委")
    assert again.exit_code == 2
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before
    assert run("init", tmp_path / "别处", "--scheme", "no-such", "--unit", "测试").exit_code == 2


BATCH_FILES = {
    "report": script("report"),
    "check": script("check"),
    **{path.name: path.read_bytes() for path in ROOT.glob("scripts/*.bat")},
}


@pytest.mark.parametrize("name", BATCH_FILES)
def test_batch_files_are_plain_bytes(name: Any) -> None:
    """ASCII, CRLF, no BOM, every path in quotes, a hard exit at the end: what a batch file needs on any Windows."""
    data = BATCH_FILES[name]
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert data.startswith(b"@echo off\r\nsetlocal DisableDelayedExpansion\r\n")
    text = data.decode("ascii")
    assert re.findall(r"^exit.*$", text.replace("\r", ""), re.MULTILINE)[-1:] == ["exit 9009"]
    assert "exit /b" not in text
    assert text.count("exit %ERRORLEVEL%") >= 1
    assert [match for match in re.findall(r".%~(?:dp0|\d)\S*", text) if not match.startswith(('"', "="))] == []


@pytest.mark.parametrize("action", ["report", "check"])
def test_the_scripts_call_the_hidden_command(action: str) -> None:
    assert f'-m wuhao_report desk {action} "%~dp0." "%~1"' in script(action).decode("ascii")


def test_git_leaves_batch_files_alone() -> None:
    assert "*.bat -text" in (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()


def test_a_double_click_reports_on_every_workbook(folder: Path) -> None:
    lines: list[Any] = []
    code, outputs = report_or_check("report", folder, lines.append)
    assert code == 0
    assert outputs == folder / "报告"
    assert sum(path.suffix == ".docx" for path in outputs.iterdir()) == 2
    assert "共 2 个文件：生成报告 2 份，失败 0 个，跳过 0 个。" in lines


def test_a_dropped_workbook_is_reported_on_alone(folder: Path) -> None:
    lines: list[Any] = []
    code, outputs = report_or_check("report", folder / GOOD, lines.append)
    assert code == 0
    assert [path.suffix for path in outputs.iterdir() if path.suffix == ".docx"] == [".docx"]
    assert lines[-1].startswith("报告：")


def test_checking_leaves_a_marked_copy_and_the_workbooks_alone(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.glob("*.xlsx")}
    lines: list[Any] = []
    code, outputs = report_or_check("check", folder, lines.append)
    assert code == 1
    marked = outputs / "06_练习学院_有填写错误_批注.xlsx"
    assert is_marked_copy(marked)
    assert {path.name: path.read_bytes() for path in folder.glob("*.xlsx")} == before
    report_or_check("check", folder, lines.append)
    assert [path.name for path in outputs.glob("*批注*")] == [marked.name]
    shutil.copy(marked, folder)
    skipped: list[Any] = []
    report_or_check("report", folder, skipped.append)
    assert any("本工具生成的批注副本" in line for line in skipped)


def test_nothing_to_do_says_so(tmp_path: Path) -> None:
    lines: list[Any] = []
    assert report_or_check("check", tmp_path, lines.append) == (2, None)
    assert report_or_check("report", tmp_path / "没有.xlsx", lines.append) == (2, None)
    assert "找不到“没有.xlsx”。" in lines


def test_the_command_as_the_script_calls_it(folder: Path) -> None:
    """With the folder as a batch file gives it, and nothing dropped; the window's words are Chinese, no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "wuhao_report", "desk", "report", f"{folder}/.", ""],
        capture_output=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0
    assert "生成报告 2 份" in done.stdout.decode("utf-8")
    broken = folder / "坏.xlsx"
    broken.write_bytes(b"no workbook")
    bad = subprocess.run(
        [sys.executable, "-m", "wuhao_report", "desk", "check", f"{folder}/.", str(broken)],
        capture_output=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        check=False,
    )
    assert bad.returncode == 2
    assert b"Traceback" not in bad.stdout + bad.stderr


def test_the_guide_is_one_page(tmp_path: Path, run: Run, libreoffice: LibreOffice) -> None:
    import pdfplumber

    run("init", tmp_path / "夹", "--scheme", "college-2017", "--unit", "名称相当长的测试大学测试学院关心下一代工作分委员会")
    with pdfplumber.open(libreoffice.convert(tmp_path / "夹" / "使用说明.docx", "pdf", tmp_path)) as pages:
        assert len(pages.pages) == 1


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of which nothing needs to be fetched."""
    place = tmp_path / "项 目"
    place.mkdir()
    (place / "requirements.txt").write_text("# nothing\n", encoding="ascii")
    return place


def test_the_environment_is_made_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    python = windows_setup.prepare(project)
    assert python is not None
    assert python.exists()
    assert "第一次运行" in capsys.readouterr().out
    assert windows_setup.prepare(project) == python
    assert capsys.readouterr().out == ""
    (project / "requirements.txt").write_text("# other versions\n", encoding="ascii")
    before = (project / ".venv" / windows_setup.READY).read_text(encoding="utf-8")
    assert before != windows_setup.stamp(project)


def test_what_cannot_be_made_ready_is_said_in_chinese(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows_setup, "run", lambda command, log, mode: "venv" in command)
    assert windows_setup.prepare(project) is None
    assert "没有装好需要的组件：请检查网络" in capsys.readouterr().out
    monkeypatch.setattr(windows_setup, "run", lambda command, log, mode: False)
    assert windows_setup.prepare(project) is None
    assert "建不了虚拟环境" in capsys.readouterr().out
    assert not (project / ".venv" / windows_setup.READY).exists()
    shutil.rmtree(project / ".venv")
    (project / ".venv").write_text("in the way", encoding="ascii")
    assert windows_setup.prepare(project) is None
    assert "不能写入" in capsys.readouterr().out


def test_the_words_of_the_command_go_into_the_log(project: Path) -> None:
    log = project / "log"
    assert not windows_setup.run([sys.executable, "-c", "import sys; print('why'); sys.exit(1)"], log, "wb")
    assert log.read_text(encoding="ascii").strip() == "why"


def test_nothing_dropped_or_an_old_python_is_said_in_chinese(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert windows_setup.main(["", ""]) == 2
    assert "拖到“生成报告”的图标上" in capsys.readouterr().out
    monkeypatch.setattr(windows_setup, "OLDEST", (9, 9))
    assert windows_setup.main(["某.xlsx"]) == 2
    assert "需要 9.9 或更新的版本" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_a_console_that_lacks_a_character_is_no_reason_to_stop(project: Path, encoding: str) -> None:
    """The program's own environment stands in for the one that would be fetched."""
    code = (
        "import sys; from pathlib import Path; from scripts import windows_setup as setup; setup.prepare = lambda root: Path(sys.executable); "
        "sys.exit(setup.main(['没有😀.xlsx', '还有.xlsx']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    if encoding == "gbk":
        assert "一次只能拖一个" in done.stdout.decode("gbk")
        assert "找不到“没有?.xlsx”。" in done.stdout.decode("gbk")


def test_a_marked_copy_goes_when_there_is_nothing_left_to_mark(folder: Path) -> None:
    outputs = report_or_check("check", folder, lambda line: None)[1]
    marked = outputs / "06_练习学院_有填写错误_批注.xlsx"
    assert marked.exists()
    shutil.copy(SAMPLES / "01_测试学院_中期评估.xlsx", folder / MISTAKES)
    report_or_check("check", folder, lambda line: None)
    assert not marked.exists()


def test_a_marked_copy_that_somebody_has_saved_stays(folder: Path) -> None:
    outputs = report_or_check("check", folder, lambda line: None)[1]
    marked = outputs / "06_练习学院_有填写错误_批注.xlsx"
    openpyxl.load_workbook(marked).save(marked)
    saved = marked.read_bytes()
    shutil.copy(SAMPLES / "01_测试学院_中期评估.xlsx", folder / MISTAKES)
    report_or_check("check", folder, lambda line: None)
    assert marked.read_bytes() == saved


def test_open_tasks_alone_make_a_marked_copy(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "05_示例嘎查村_验收自查.xlsx", tmp_path)
    lines: list[Any] = []
    outputs = report_or_check("check", tmp_path, lines.append)[1]
    book = openpyxl.load_workbook(outputs / "05_示例嘎查村_验收自查_批注.xlsx")
    assert book.sheetnames[:2] == ["问题清单", "还差什么"]
    assert any("已不可补：" in line and "（2" in line for line in lines)
