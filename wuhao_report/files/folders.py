"""Folders of strangers: walked without following a link, never deeper than people nest them; paths compared without being opened."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from wuhao_report.core.text import shown_name

DEEPEST = 40
"""So many folders in one another are looked into."""
MOUNT_POINT = 0xA0000003
"""The tag by which Windows marks a folder that is another one (IO_REPARSE_TAG_MOUNT_POINT)."""


def walk(
    folder: Path, wanted: Callable[[Path], bool], passed_over: Callable[[Path, str], None]
) -> Iterator[tuple[Path, list[str]]]:
    """Yield every folder with the names of what lies in it besides folders, both in the order of names; links are not followed.

    `wanted` says of a folder whether to look into it; `passed_over` is told of each that cannot be looked into, and why.
    """
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        if depth > DEEPEST:
            passed_over(place, f"文件夹套了 {DEEPEST} 层以上，里面的没有查看")
            continue
        try:
            with os.scandir(place) as entries:
                found = sorted((entry.name, entry.is_dir(follow_symlinks=False) and not _is_junction(entry)) for entry in entries)
        except OSError:
            passed_over(place, "文件夹打不开")
            continue
        yield place, [name for name, is_folder in found if not is_folder and not _leads_to_folder(place / name)]
        inner = (place / name for name, is_folder in found if is_folder)
        waiting += [(path, depth + 1) for path in reversed([path for path in inner if wanted(path)])]


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """Say whether a folder is another one under a second name, as Windows has them besides links."""
    return getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0) == MOUNT_POINT


def _leads_to_folder(path: Path) -> bool:
    return path.is_dir() and (path.is_symlink() or os.name == "nt")


def own_name(folder: Path) -> str:
    """Return the name of a folder as it can be shown, whatever path leads to it."""
    return shown_name(Path(os.path.realpath(folder)).name)


def name_below(folder: Path, path: Path) -> str:
    """Return the path of a file below a folder as a text that can be shown; what had to be changed for that is told apart by a hash."""
    name = path.relative_to(folder).as_posix()
    shown = shown_name(name)
    mark = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return shown if shown == name else f"{shown}〔{mark}〕"


def folder_beside(place: Path, name: str) -> Path:
    """Return the folder of outputs that goes by that name in a folder of strangers, who may not lead it elsewhere.

    Raises OSError for a link.
    """
    folder = place / name
    if folder.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder))
    return folder


def without_link(path: Path) -> Path:
    """Return a path of our own in a folder of outputs, after taking away a link, or a pipe, that lies there in its place.

    Raises OSError.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.unlink()
    return path


def digest_of(path: Path) -> str | None:
    """Return the SHA-256 of a file, read piece by piece; None where it cannot be read, or is no file."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return None


def same_place(one: Path, other: Path) -> bool:
    """Say whether two paths lead to the same place, whatever links lie on the way; a link that leads to itself is as good as any path."""
    return os.path.realpath(one) == os.path.realpath(other)
