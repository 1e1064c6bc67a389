"""One run at a time in a folder: a second one is refused with the process that is at work; a run that died leaves no lock behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.problems import problem
from wuhao_report.core.text import shown_name
from wuhao_report.files.folders import without_link
from wuhao_report.files.paths import hide

MOST = 1_000
"""How much of the holder's file is read."""
LOCK, HOLDER = ".wuhao.lock", ".wuhao.who"


class FolderBusy(WuhaoError):
    """Another run is writing into the folder."""

    code = "busy"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.problem = problem(self.code, text=text)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock the folder while the body runs.

    Raises FolderBusy when another run holds it, OSError when the folder cannot be written.
    """
    import filelock
    import psutil

    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(without_link(folder / LOCK), timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise FolderBusy(f"另一个窗口正在往“{shown_name(folder.name)}”里生成文件{_holder(folder)}，请等它结束后再试。") from None
    try:
        me = psutil.Process()
        hide(folder / LOCK)
        without_link(folder / HOLDER).write_text(json.dumps({"pid": me.pid, "started": me.create_time()}), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            (folder / HOLDER).unlink()
        # The file itself stays: taken away, one run could hold the old one and another a new one.
        lock.release()


def _holder(folder: Path) -> str:
    """Return （进程 1234） of the run that holds the lock, or nothing where it is not known."""
    if not (folder / HOLDER).is_file():
        return ""
    try:
        with (folder / HOLDER).open(encoding="utf-8") as stream:
            return f"（进程 {int(json.loads(stream.read(MOST))['pid'])}）"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ""
