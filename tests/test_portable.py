"""The portable folder: whole or not at all, from the wheels alone, every refusal a Chinese sentence."""

import re
import shutil
import stat
import subprocess
import sys
import zipfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from scripts import make_portable
from scripts.make_portable import CannotMake, make, missing, pins, with_packages
from tests import stand_ins
from tests.helpers import ROOT
from wuhao_report import __version__
from wuhao_report.files.outputs import Output, never

pytestmark = pytest.mark.slow

FILES = (Output("script", "生成报告.bat", b"@echo off\r\n", never), Output("blank workbook", "测试学院.xlsx", b"book", never))


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """What an administrator gathers: the runtime and the wheels, in places with Chinese names and spaces."""
    place = tmp_path_factory.mktemp("收集 的")
    return stand_ins.runtime(place / "python-3.11.9-embed-amd64.zip"), stand_ins.wheels(place / "组 件")


def everything(folder: Path) -> set[Any]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_is_whole(
    gathered: tuple[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the command an administrator gives, on a machine whose pip is set to something else."""
    monkeypatch.setenv("PIP_INDEX_URL", "http://localhost:9/simple")
    monkeypatch.setenv("PIP_REQUIRE_HASHES", "1")
    output = tmp_path / "便携 (甲)&乙" / "测试学院"
    runtime, wheels = gathered
    code = make_portable.main(
        [
            "--runtime",
            str(runtime),
            "--wheels",
            str(wheels),
            "--scheme",
            "college-2017",
            "--unit",
            "测试学院关工分委",
            "--start-year",
            "2017",
            "-o",
            str(output),
        ]
    )
    assert code == 0
    assert "便携文件夹已做好" in capsys.readouterr().out
    assert {path.name for path in output.iterdir()} == {
        "runtime",
        "测试学院关工分委.xlsx",
        "生成报告.bat",
        "检查.bat",
        "使用说明.docx",
    }
    files = everything(output / "runtime")
    assert {
        "python.exe",
        "python311.dll",
        "python311.zip",
        "Lib/site-packages/colorama.py",
        "Lib/site-packages/numpy.py",
        "Lib/site-packages/wuhao_report/templates/自查报告.docx",
        "Lib/site-packages/wuhao_report/scheme/data/college-2017.toml",
    } <= files
    assert not [name for name in files if "/bin/" in name or "__pycache__" in name or name.endswith("direct_url.json")]
    assert [path.name for path in output.parent.iterdir()] == ["测试学院"]
    assert stat.S_IMODE(output.stat().st_mode) == 0o755


def test_the_settings_of_the_runtime_find_the_program(gathered: tuple[Any, Any], tmp_path: Path) -> None:
    """The search path as the runtime will read it, given to a Python that has nothing else but its own library."""
    make(*gathered, FILES, tmp_path / "夹")
    runtime = tmp_path / "夹" / "runtime"
    settings = (runtime / "python311._pth").read_bytes()
    assert settings == stand_ins.SETTINGS.replace("\r\n.\r\n", "\r\n.\r\nLib\\site-packages\r\n").encode()
    places = [
        str(runtime / line.replace("\\", "/")) for line in settings.decode().split("\r\n") if line and not line.startswith("#")
    ]
    code = f"import sys; sys.path[:0] = {places!r}; import wuhao_report, colorama; print(wuhao_report.__version__, wuhao_report.__file__)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, check=True, timeout=60)
    assert done.stdout.decode().split() == [__version__, str(runtime / "Lib" / "site-packages" / "wuhao_report" / "__init__.py")]


@pytest.mark.parametrize(
    "settings", [stand_ins.SETTINGS, "python311.zip\n.\n", "\ufeffpython311.zip\r\n.\r\nLib\\site-packages\r\n", ".\r\n"]
)
def test_the_settings_keep_what_stands_there(settings: Any) -> None:
    once = with_packages(settings.encode(), "python311")
    lines = once.decode().split("\r\n")
    assert lines[:3] == ["python311.zip", ".", "Lib\\site-packages"]
    assert ("#import site" in lines) == ("#import site" in settings)
    assert with_packages(once, "python311") == once


def test_nothing_is_overwritten(gathered: tuple[Any, Any], tmp_path: Path) -> None:
    for output in (tmp_path / "有", tmp_path / "空"):
        output.mkdir()
    (tmp_path / "有" / "a.xlsx").write_bytes(b"mine")
    (tmp_path / "链").symlink_to(tmp_path / "没有")
    for name in ("有", "空", "链"):
        with pytest.raises(CannotMake, match=f"“{name}”已经存在，没有改动"):
            make(*gathered, FILES, tmp_path / name)
    assert everything(tmp_path) == {"有/a.xlsx"}


def test_a_missing_wheel_is_named(gathered: tuple[Any, Any], tmp_path: Path) -> None:
    runtime, wheels = gathered
    some = tmp_path / "组件"
    shutil.copytree(wheels, some)
    for name in ("lxml-", "pandas-", "wuhao_report-"):
        next(some.glob(f"{name}*")).unlink()
    versions = dict(pins(stand_ins.REQUIREMENTS))
    stand_ins.wheel(some, "lxml", versions["lxml"], "cp311-cp311-manylinux_2_28_x86_64")
    stand_ins.wheel(some, "pandas", "0.1")
    (some / "不是组件.whl").write_bytes(b"")
    with pytest.raises(CannotMake) as error:
        make(runtime, some, FILES, tmp_path / "夹")
    assert (
        f"缺少 Python 3.11（64 位 Windows）用的组件：lxml {versions['lxml']}（只有 lxml-{versions['lxml']}-cp311-cp311-manylinux"
        in str(error.value)
    )
    assert f"pandas {versions['pandas']}（只有 pandas-0.1-py3-none-any.whl）、wuhao-report {__version__}。" in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["组件"]


@pytest.mark.parametrize(
    ("tag", "minor", "good"),
    [
        ("py3-none-any", 11, True),
        ("py2.py3-none-any", 13, True),
        ("py2-none-any", 11, False),
        ("cp311-cp311-win_amd64", 11, True),
        ("cp311-cp311-win_amd64", 12, False),
        ("cp39-abi3-win_amd64", 12, True),
        ("cp313-abi3-win_amd64", 12, False),
        ("py3-none-win_amd64", 11, True),
        ("cp311-cp311-win32", 11, False),
        ("cp311-cp311-win_arm64", 11, False),
    ],
)
def test_a_wheel_fits_by_its_name_as_pip_sees_it(tmp_path: Path, tag: str, minor: int, good: bool) -> None:
    stand_ins.wheel(tmp_path, "thing", "1.0", tag)
    assert (missing([("Thing", "1.0")], tmp_path, (3, minor)) == []) is good
    with nullcontext() if good else pytest.raises(CannotMake, match=r"^没有装好组件，pip 说："):
        make_portable.install([("thing", "1.0")], tmp_path, (3, minor), tmp_path / "target")
    assert (tmp_path / "target" / "thing.py").exists() is good


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"../跑出去.txt": b"x"}, "不安全的文件名"),
        ({"/etc/跑出去": b"x"}, "不安全的文件名"),
        ({"a/../../b": b"x"}, "不安全的文件名"),
        ({"..\\out.txt": b"x"}, "不安全的文件名"),
        ({"C:out.txt": b"x"}, "不安全的文件名"),
        ({"PYTHON.EXE": b"x"}, "不安全的文件名"),
        ({"python312._pth": b"x"}, "不是 Python 的嵌入版"),
        ({"python.exe": stand_ins.program(0x14C)}, "不是 64 位"),
        ({"python.exe": b"#!/bin/sh"}, "不是 64 位"),
    ],
)
def test_a_runtime_that_is_none_is_refused(gathered: tuple[Any, Any], tmp_path: Path, files: Any, words: str) -> None:
    archive = stand_ins.runtime(tmp_path / "r.zip", files)
    with pytest.raises(CannotMake, match=words):
        make(archive, gathered[1], FILES, tmp_path / "里" / "夹")
    assert everything(tmp_path) == {"r.zip"}


def test_a_runtime_with_a_link_is_refused(gathered: tuple[Any, Any], tmp_path: Path) -> None:
    link = zipfile.ZipInfo("python312.dll")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(stand_ins.runtime(tmp_path / "r.zip"), "a") as package:
        package.writestr(link, "/etc/passwd")
    with pytest.raises(CannotMake, match="不安全的文件名"):
        make(tmp_path / "r.zip", gathered[1], FILES, tmp_path / "夹")


def test_a_broken_old_or_huge_runtime_is_refused(
    gathered: tuple[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(gathered[0].read_bytes()[:-30])
    with pytest.raises(CannotMake, match="不是完好的压缩包"):
        make(broken, gathered[1], FILES, tmp_path / "夹")
    with zipfile.ZipFile(tmp_path / "old.zip", "w") as package:
        package.writestr("python.exe", stand_ins.program())
        package.writestr("python39._pth", "python39.zip\r\n.\r\n")
    with pytest.raises(CannotMake, match=r"运行环境是 Python 3.9，需要 3.11"):
        make(tmp_path / "old.zip", gathered[1], FILES, tmp_path / "夹")
    monkeypatch.setattr(make_portable, "MOST_BYTES", 10)
    with pytest.raises(CannotMake, match="太大"):
        make(*gathered, FILES, tmp_path / "夹")


def test_a_disk_that_fills_up_leaves_nothing(
    gathered: tuple[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(make_portable, "install", full)
    code = make_portable.main(
        [
            "--runtime",
            str(gathered[0]),
            "--wheels",
            str(gathered[1]),
            "-s",
            "college-2017",
            "-u",
            "测试学院",
            "-o",
            str(tmp_path / "夹"),
        ]
    )
    assert code == 2
    assert capsys.readouterr().err == "没有做成：不能读写文件（系统代码 28）。\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"--runtime": "没有.zip"}, "找不到“没有.zip”。"),
        ({"--wheels": "没有"}, "找不到“没有”。"),
        ({"--scheme": "no-such"}, "no-such"),
        ({"--unit": " "}, "请写明单位名称。"),
        ({"--start-year": "7"}, "选项 --start-year"),
        ({"--output": None}, "缺少选项 --output"),
    ],
)
def test_wrong_usage_is_told_in_chinese(
    gathered: tuple[Any, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: Any, words: str
) -> None:
    options = {
        "--runtime": str(gathered[0]),
        "--wheels": str(gathered[1]),
        "--scheme": "college-2017",
        "--unit": "测试学院",
        "--output": str(tmp_path / "夹"),
        **changed,
    }
    assert make_portable.main([part for name, value in options.items() if value is not None for part in (name, value)]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "Error" not in told
    assert list(tmp_path.iterdir()) == []


def test_the_instructions_gather_what_is_needed() -> None:
    """The commands of the document name the platform and the pins that the script looks for."""
    text = (ROOT / "docs" / "便携文件夹.md").read_text(encoding="utf-8")
    assert "--only-binary=:all: --platform win_amd64 --python-version 3.11" in text
    assert "-r requirements.txt" in text
    assert "pip wheel --no-deps" in text
    for option in command_options(text):
        assert option in {name for item in make_portable.command.params for name in item.opts}, option


def command_options(text: Any) -> Any:
    line = next(line for line in text.replace("\\\n", " ").splitlines() if "scripts.make_portable --" in line)
    return re.findall(r"(?<!\S)--?[a-z-]+", line.partition("make_portable")[2])
