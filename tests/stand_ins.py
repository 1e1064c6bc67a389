"""Stand-ins for what only a network gives: an embeddable Python for Windows, and a wheel of every pinned package."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from scripts.make_portable import pins
from tests.helpers import ROOT
from wuhao_report import __version__

SETTINGS = "python311.zip\r\n.\r\n\r\n# Uncomment to run site.main() automatically\r\n#import site\r\n"
WINDOWS_ONLY = {"numpy": "cp311-cp311-win_amd64", "lxml": "cp311-cp311-win_amd64"}
REQUIREMENTS = ROOT / "requirements.txt"


def program(machine: int = 0x8664) -> bytes:
    """The header of a Windows program, and no more."""
    return b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + machine.to_bytes(2, "little") + bytes(18)


def runtime(path: Path, files: Mapping[str, bytes | str] | None = None) -> Path:
    """An embeddable Python; `files` are added, or replace one."""
    members = {
        "python.exe": program(),
        "python311.dll": b"MZ",
        "python311.zip": b"PK",
        "python311._pth": SETTINGS,
        **(files or {}),
    }
    with zipfile.ZipFile(path, "w") as package:
        for name, data in members.items():
            package.writestr(zipfile.ZipInfo(name), data)
    return path


def wheel(
    folder: Path, name: str, version: str, tag: str = "py3-none-any", files: Mapping[str, bytes | str] | None = None
) -> Path:
    """A wheel of a few files, with a command, as several of the real ones have."""
    title = name.replace("-", "_")
    info = f"{title}-{version}.dist-info"
    members = {
        **(files or {f"{title.lower()}.py": f"__version__ = {version!r}\n"}),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Dist: not-there>=1\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: stand-in\nRoot-Is-Purelib: true\nTag: {tag}\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{title.lower()} = {title.lower()}:main\n",
    }
    members[f"{info}/RECORD"] = "".join(f"{member},,\n" for member in [*members, f"{info}/RECORD"])
    path = folder / f"{title}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as package:
        for member, data in members.items():
            package.writestr(member, data)
    return path


def own_wheel(folder: Path) -> Path:
    """The program of this tree, put together as pyproject.toml says."""
    files = {
        f"wuhao_report/{path.relative_to(ROOT / 'wuhao_report').as_posix()}": path.read_bytes()
        for path in sorted((ROOT / "wuhao_report").rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    files |= {f"wuhao_report/templates/{path.name}": path.read_bytes() for path in (ROOT / "templates").glob("*.docx")}
    return wheel(folder, "wuhao-report", __version__, files=files)


def wheels(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, version in pins(REQUIREMENTS)[:-1]:
        wheel(folder, name, version, WINDOWS_ONLY.get(name, "py3-none-any"))
    own_wheel(folder)
    return folder
