"""Batch files run for real, without Windows: wine with the code page 936, started as Explorer starts them.

`python.exe` is a stand-in (python.c) that hands its arguments to the host's Python, so launcher and program run end to end.
What wine itself does wrong is not to be asserted on: a lone % in a name, %NAME% in a name, an empty %CMDCMDLINE%, a bare
`exit`, which is 0 there whatever went before, and, about once in a thousand starts on a busy machine, a program that is there and is
not started: then the batch file is run again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MADE = "made"
LONGEST = 120
NOT_STARTED = 9009 % 256
"""What the host sees of the code of cmd for a program that it cannot start."""
ATTEMPTS = 3


def lacking() -> list[str]:
    """What this machine has not, of what is needed."""
    found = [name for name in ("wine", "wineserver", "x86_64-w64-mingw32-gcc", "locale") if shutil.which(name) is None]
    if not found:
        known = (
            subprocess.run(["locale", "-a"], capture_output=True, check=False).stdout.decode("utf-8", "replace").lower().split()
        )
        found = [] if {"zh_cn.utf8", "zh_cn.utf-8"} & set(known) else ["zh_CN.UTF-8"]
    return found


def prepared(cache: Path) -> Path:
    """The folder that make.sh makes: once for its sources and this wine, whichever of several processes comes first."""
    version = subprocess.run(["wine", "--version"], capture_output=True, check=True, timeout=LONGEST).stdout
    sources = b"".join(path.read_bytes() for path in sorted(HERE.iterdir()) if path.suffix in (".c", ".sh"))
    folder = cache / hashlib.sha256(version + sources).hexdigest()[:12]
    import fcntl  # not there on Windows

    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / MADE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            with (cache / "log").open("wb") as log:
                subprocess.run(
                    ["sh", str(HERE / "make.sh"), str(folder)],
                    check=True,
                    timeout=LONGEST,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            (folder / MADE).touch()
    return folder


def windows(path: Path) -> str:
    return "Z:" + str(path).replace("/", "\\")


@dataclass(frozen=True)
class Ran:
    """What came of a batch file; `calls` are the arguments of every python.exe it started, its own path first."""

    code: int
    text: str
    calls: list[list[str]]


@dataclass(frozen=True)
class Wine:
    """A prepared prefix, and a place for what one run leaves."""

    folder: Path
    scratch: Path

    def environment(self) -> dict[str, str]:
        """Of the host, so that nothing of whoever runs the tests gets in."""
        return {
            **{name: value for name, value in os.environ.items() if name not in ("DISPLAY", "PYTHONPATH")},
            "WINEPREFIX": str(self.folder / "prefix"),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
            "LC_ALL": "zh_CN.UTF-8",
        }

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Hold wine up by a program that waits: starting it takes two seconds, each time."""
        with subprocess.Popen(
            ["wine", "cmd", "/c", "pause"],
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as waiting:
            try:
                yield
            finally:
                waiting.communicate(b"\r\n", timeout=LONGEST)

    def run(self, batch: Path, dropped: Path | None = None, python: bool = True, path: Path | None = None) -> Ran:
        """Double-click a batch file, or drop something on it; `python`: whether there is one on the search path, in `path` or as usual."""
        for _ in range(ATTEMPTS):
            ran = self._run(batch, dropped, python, path)
            if not python or ran.calls or ran.code != NOT_STARTED:
                break
        return ran

    def _run(self, batch: Path, dropped: Path | None, python: bool, path: Path | None) -> Ran:
        place = self.scratch / str(len(list(self.scratch.iterdir())))
        (place / "status").mkdir(parents=True)
        item = "" if dropped is None else windows(dropped)
        if " " in item:  # Explorer quotes no other name, whatever else is in it
            item = f'"{item}"'
        (place / "line").write_text(f'cmd.exe /c ""{windows(batch)}" {item}"\n', encoding="utf-8")
        more = {"WINEPATH": windows(path or self.folder / "bin")} if python else {}
        with (place / "out").open("wb") as out:
            done = subprocess.run(
                ["wine", str(self.folder / "bin" / "drop.exe"), str(place / "line")],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                timeout=LONGEST,
                cwd=batch.parent,
                check=False,
                env={
                    **self.environment(),
                    "WUHAO_WINE_HOST": str(self.folder / "bin" / "host.sh"),
                    "WUHAO_WINE_PYTHON": sys.executable,
                    "WUHAO_WINE_STATUS": str(place / "status"),
                    "PYTHONPATH": str(ROOT),
                    **more,
                },
            )
        calls = [
            path.read_text(encoding="utf-8").split("\n")[:-1] for path in sorted((place / "status").glob("*.call"), key=_made)
        ]
        return Ran(done.returncode, _text((place / "out").read_bytes()), calls)


def _made(path: Path) -> int:
    return path.stat().st_mtime_ns


def _text(data: bytes) -> str:
    """Lines of the program are UTF-8, those of cmd in the code page."""
    found = []
    for line in data.splitlines():
        try:
            found.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            found.append(line.decode("gbk", "replace"))
    return "\n".join(found)
