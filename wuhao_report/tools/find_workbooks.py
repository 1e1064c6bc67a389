"""A folder → the workbooks that people have handed in, and why each other file with such a name is passed over."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from wuhao_report.files.folders import same_place, walk
from wuhao_report.files.provenance import is_from_us, may_be_own_workbook, own_workbook
from wuhao_report.sandbox import call as sandbox
from wuhao_report.tools.unread_files import unread_files

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods"})
TEMPORARY = ("~$", ".~", "._")
OPEN_ELSEWHERE, STILL_OPEN = "~$", "；同名的工作簿可能还开着，请先保存、关闭"
Answer = TypeVar("Answer")


class NotReceived(str):
    """Why a file is passed over that nobody has handed in: what a program leaves beside an open workbook, and our own outputs."""

    __slots__ = ()


def find_workbooks(folder: Path, outputs: Path, also: frozenset[str] = frozenset()) -> Iterator[tuple[Path, str | None]]:
    """Yield every workbook below a folder in the order of names, with the reason when it is passed over; `also` are other endings.

    The files of a folder that are no workbooks follow, with the reason too. The output folder is not looked into, links are not followed.
    """
    closed: list[tuple[Path, str]] = []

    def wanted(place: Path) -> bool:
        """Say whether workbooks that somebody handed in may lie in a folder."""
        return place.name != "__MACOSX" and not same_place(place, outputs)

    # It begins with the first file that might be ours; most folders have none.
    with sandbox.Worker() as worker:
        for place, names in walk(folder, wanted, lambda path, why: closed.append((path, why))):
            others = []
            for name in names:
                path = place / name
                if path.suffix.lower() in WORKBOOKS | also:
                    yield path, _passed_over(path, worker)
                else:
                    others.append(name)
            yield from unread_files(place, others, lambda path: _ask(worker, is_from_us, path, False))
    yield from closed


def _ask(worker: sandbox.Worker, function: Callable[[Path], Answer], path: Path, otherwise: Answer) -> Answer:
    """Return what a function says of a file, which is opened in the process; `otherwise` where that is lost."""
    try:
        return worker.run(function, path)
    except (sandbox.Lost, sandbox.Unforeseen):
        return otherwise


def _passed_over(path: Path, worker: sandbox.Worker) -> str | None:
    """Return why a file with the name of a workbook is none that somebody handed in."""
    if path.name.startswith(TEMPORARY):
        still_open = path.name.startswith(OPEN_ELSEWHERE) and path.with_name(path.name.removeprefix(OPEN_ELSEWHERE)).exists()
        return NotReceived("Excel、WPS 打开文件时产生的临时文件" + (STILL_OPEN if still_open else ""))
    if path.is_symlink():
        return "是指向别处的链接"
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return "不是普通文件"
    except OSError:
        return "文件打不开"
    own = _ask(worker, own_workbook, path, None) if may_be_own_workbook(path) else None
    return NotReceived(f"本工具生成的{own}") if own else None
