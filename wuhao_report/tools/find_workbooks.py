"""A folder → the workbooks that people have handed in, and why each other file with such a name is passed over."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from wuhao_report.files.provenance import own_workbook
from wuhao_report.tools.unread_files import unread_files

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods"})
TEMPORARY = ("~$", ".~", "._")
OPEN_ELSEWHERE = "~$"


def find_workbooks(folder: Path, outputs: Path, also: frozenset[str] = frozenset()) -> Iterator[tuple[Path, str | None]]:
    """Yield every workbook below a folder in the order of names, with the reason when it is passed over; `also` are other endings.

    The files of a folder that are no workbooks follow, with the reason too. The output folder is not looked into, links are not followed.
    """
    closed: list[Path] = []
    for place, folders, names in os.walk(folder, followlinks=False, onerror=lambda error: closed.append(Path(error.filename))):
        folders[:] = sorted(name for name in folders if name != "__MACOSX" and Path(place, name).resolve() != outputs.resolve())
        others = []
        for name in sorted(names):
            path = Path(place, name)
            if path.suffix.lower() in WORKBOOKS | also:
                yield path, _passed_over(path)
            else:
                others.append(name)
        yield from unread_files(Path(place), others)
    yield from ((path, "文件夹打不开") for path in closed)


def _passed_over(path: Path) -> str | None:
    """Return why a file with the name of a workbook is none that somebody handed in."""
    if path.name.startswith(TEMPORARY):
        still_open = path.name.startswith(OPEN_ELSEWHERE) and path.with_name(path.name.removeprefix(OPEN_ELSEWHERE)).exists()
        return "Excel、WPS 打开文件时产生的临时文件" + ("；同名的工作簿可能还开着，请先保存、关闭" if still_open else "")
    if path.is_symlink():
        return "是指向别处的链接"
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return "不是普通文件"
    except OSError:
        return "文件打不开"
    own = own_workbook(path)
    return f"本工具生成的{own}" if own else None
