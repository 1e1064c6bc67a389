"""Make a portable folder for a secretary: her folder with a Python of its own, so that nothing has to be installed.

    python -m scripts.make_portable --runtime python-3.11.9-embed-amd64.zip --wheels wheels \\
        --scheme college-2017 --unit 测试学院关工分委 -o 测试学院

No network and no administrator's rights are needed; docs/便携文件夹.md says how the runtime and the wheels are gathered.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import click

from scripts.make_pins import pinned
from wuhao_report import __version__
from wuhao_report.cli.chinese_click import ChineseCommand, sentence
from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.text import clean
from wuhao_report.files.outputs import Output, write_named
from wuhao_report.scheme.lookup import find_scheme, own_file
from wuhao_report.tools.starter_folder import starter_folder

REQUIREMENTS = Path(__file__).parents[1] / "requirements.txt"
PLATFORM, OLDEST = "win_amd64", (3, 11)
RUNTIME = "runtime"
PACKAGES = "Lib\\site-packages"
MOST_FILES, MOST_BYTES = 5_000, 500_000_000
_AMD64 = 0x8664
_SETTINGS = re.compile(r"python3(\d+)\._pth")


class CannotMake(Exception):
    """Why there is no folder, in a Chinese sentence."""


def members(package: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """Yield the files of a runtime and where they go, every name checked: nothing may land outside, or on another file.

    Raises CannotMake.
    """
    infos = [info for info in package.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST_BYTES:
        raise CannotMake("运行环境的压缩包太大，不像是 Python 的嵌入版。")
    seen: set[str] = set()
    for info in infos:
        name = info.orig_filename
        place = PurePosixPath(name)
        if (
            place.is_absolute()
            or ".." in place.parts
            or not place.parts
            or re.search(r'[\\:*?"<>|\x00-\x1f]', name)
            or stat.S_ISLNK(info.external_attr >> 16)
            or str(place).casefold() in seen
        ):
            raise CannotMake(f"运行环境的压缩包里有不安全的文件名“{name!a}”，没有使用。请重新下载。")
        seen.add(str(place).casefold())
        yield info, place


def unpack_runtime(archive: Path, folder: Path) -> tuple[int, int]:
    """Unpack the embeddable Python and let it see the packages; return its version.

    Raises CannotMake, OSError.
    """
    try:
        with zipfile.ZipFile(archive) as package:
            for info, place in list(members(package)):
                target = folder / place
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(package.read(info))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise CannotMake(f"“{archive.name}”不是完好的压缩包，请重新下载。") from error
    settings = [(path, match) for path in folder.glob("*._pth") if (match := _SETTINGS.fullmatch(path.name))]
    if len(settings) != 1 or not (folder / "python.exe").is_file():
        raise CannotMake(
            f"“{archive.name}”不是 Python 的嵌入版（embeddable package）：里面应有 python.exe 和 python311._pth 一类的文件。"
        )
    path, match = settings[0]
    version = (3, int(match[1]))
    if version < OLDEST:
        raise CannotMake(f"运行环境是 Python {version[0]}.{version[1]}，需要 {OLDEST[0]}.{OLDEST[1]} 或更新的版本。")
    if not _is_amd64((folder / "python.exe").read_bytes()):
        raise CannotMake("运行环境不是 64 位（amd64）的，请下载名字里有 embed-amd64 的压缩包。")
    path.write_bytes(with_packages(path.read_bytes(), path.stem))
    return version


def _is_amd64(program: bytes) -> bool:
    """Tell by the header of a Windows program whether it is a 64-bit one."""
    start = int.from_bytes(program[60:64], "little")
    return (
        program[:2] == b"MZ"
        and program[start : start + 4] == b"PE\0\0"
        and int.from_bytes(program[start + 4 : start + 6], "little") == _AMD64
    )


def with_packages(settings: bytes, name: str) -> bytes:
    """Return the settings of the runtime's search path with the packages added; what else stands there stays."""
    lines = settings.decode("utf-8-sig").splitlines()
    wanted = [f"{name}.zip", ".", PACKAGES]
    kept = [line for line in lines if line.strip() not in wanted]
    return "".join(f"{line}\r\n" for line in [*wanted, *kept]).encode()


def pins(requirements: Path) -> list[tuple[str, str]]:
    """Return name and version of everything that goes in: the versions the program is tested with, and the program."""
    return [*pinned(requirements.read_text(encoding="utf-8")).items(), ("wuhao-report", __version__)]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def fits(wheel: Path, version: tuple[int, int]) -> bool:
    """Tell by its name whether a wheel is one for this Python on 64-bit Windows."""
    parts = wheel.stem.split("-")
    if len(parts) < 5:
        return False
    pythons, interfaces, platforms = (part.split(".") for part in parts[-3:])
    if PLATFORM not in platforms:
        return "any" in platforms and bool({"py3", f"py3{version[1]}", f"cp3{version[1]}"} & set(pythons))
    older = {f"cp3{minor}" for minor in range(2, version[1] + 1)}
    return f"cp3{version[1]}" in pythons or "py3" in pythons or ("abi3" in interfaces and bool(older & set(pythons)))


def missing(wanted: list[tuple[str, str]], wheels: Path, version: tuple[int, int]) -> list[str]:
    """Return what no wheel of the folder gives, each with what there is instead."""
    there = [
        (path, path.stem.split("-")[0], path.stem.split("-")[1])
        for path in sorted(wheels.glob("*.whl"))
        if path.stem.count("-") >= 4
    ]
    lacking = []
    for name, number in wanted:
        same = [(path, other) for path, title, other in there if _plain(title) == _plain(name)]
        if not any(other == number and fits(path, version) for path, other in same):
            instead = "、".join(path.name for path, _ in same)
            lacking.append(f"{name} {number}" + (f"（只有 {instead}）" if instead else ""))
    return lacking


def install(wanted: list[tuple[str, str]], wheels: Path, version: tuple[int, int], folder: Path) -> None:
    """Install with pip from the wheels alone: its settings on this machine, which may name an index, do not count.

    Raises CannotMake.
    """
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--isolated",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--no-index",
        "--find-links",
        str(wheels),
        "--no-deps",
        "--no-compile",
        "--no-cache-dir",
        "--platform",
        PLATFORM,
        "--python-version",
        f"{version[0]}.{version[1]}",
        "--only-binary=:all:",
        "--target",
        str(folder),
        *(f"{name}=={number}" for name, number in wanted),
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
        env={**os.environ, "PIP_CONFIG_FILE": os.devnull, "PYTHONUTF8": "1"},
    )
    if done.returncode != 0:
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise CannotMake("没有装好组件，pip 说：" + (words[-1] if words else str(done.returncode)))
    for name in ("bin", "Scripts"):  # commands for the machine that made the folder, with its paths in them
        shutil.rmtree(folder / name, ignore_errors=True)


def make(runtime: Path, wheels: Path, files: Sequence[Output], output: Path, requirements: Path = REQUIREMENTS) -> None:
    """Make the whole folder or nothing: everything is put together beside it and renamed in the end.

    Raises CannotMake, OSError.
    """
    if os.path.lexists(output):
        raise CannotMake(f"“{output.name}”已经存在，没有改动；请换一个名字。")
    output.parent.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=".", suffix=".tmp", dir=output.parent))
    try:
        version = unpack_runtime(runtime, place / RUNTIME)
        wanted = pins(requirements)
        lacking = missing(wanted, wheels, version)
        if lacking:
            raise CannotMake(
                f"“{wheels.name}”里缺少 Python {version[0]}.{version[1]}（64 位 Windows）用的组件："
                + "、".join(lacking)
                + "。请照 docs/便携文件夹.md 重新收集。"
            )
        install(wanted, wheels, version, place / RUNTIME / "Lib" / "site-packages")
        for file in files:
            write_named(file, place)
        place.chmod(0o755)
        place.rename(output)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


@click.command(
    cls=ChineseCommand,
    help="做一个便携文件夹：自带运行环境，秘书的电脑上不用安装任何东西。",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--runtime",
    required=True,
    metavar="压缩包",
    type=click.Path(path_type=Path),
    help="Python 的嵌入版，python-3.….-embed-amd64.zip。",
)
@click.option(
    "--wheels",
    required=True,
    metavar="文件夹",
    type=click.Path(path_type=Path),
    help="放有全部组件（.whl）的文件夹，包括本程序自己的。",
)
@click.option("-s", "--scheme", required=True, metavar="ID或文件", help="指标体系的编号或方案文件。")
@click.option("-u", "--unit", required=True, metavar="名称", help="单位名称，例如：测试学院关工分委。")
@click.option("-y", "--start-year", metavar="年份", type=click.IntRange(1990, 2200), help="创建起始年；不写则用指标体系自己的。")
@click.option(
    "-o", "--output", required=True, metavar="文件夹", type=click.Path(path_type=Path), help="做成的文件夹，不能是已有的。"
)
def command(runtime: Path, wheels: Path, scheme: str, unit: str, start_year: int | None, output: Path) -> None:
    """Make a portable folder as the options say. Raises CannotMake, WuhaoError, OSError."""
    unit = clean(unit)
    if not unit:
        raise CannotMake("请写明单位名称。")
    for path, there in ((runtime, runtime.is_file()), (wheels, wheels.is_dir())):
        if not there:
            raise CannotMake(f"找不到“{path}”。")
    make(runtime, wheels, starter_folder(find_scheme(scheme), unit, start_year, own_file(scheme)), output)
    size = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
    click.echo(f"便携文件夹已做好（{round(size / 1_000_000)} MB）：{output}")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 0, or 2 after saying why there is no folder."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        command.main(arguments, prog_name="make_portable", standalone_mode=False)
    except click.ClickException as error:
        click.echo(sentence(error), err=True)
    except (CannotMake, WuhaoError) as error:
        click.echo(str(error), err=True)
    except OSError as error:
        click.echo(f"没有做成：不能读写文件（系统代码 {error.errno}）。", err=True)
    else:
        return 0
    return 2


if __name__ == "__main__":
    sys.exit(main())
