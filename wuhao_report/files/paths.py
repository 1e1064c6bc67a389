"""Files at the edge: names that every system accepts, whole writes, and what is never written over."""

from __future__ import annotations

import errno
import filecmp
import hashlib
import os
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from wuhao_report.core.text import shown_name

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
MAX_CHARACTERS = 80
MAX_UTF8 = 200
MAX_PATH = 250
"""Of a whole path on Windows, which allows 259: a number may be added to the name, and a temporary file is written beside."""
LEAST_NAME = 12


def safe_name(stem: str, suffix: str, tail: str = "") -> str:
    """Return a file name that Windows, macOS and Linux all accept, made from any text; `tail` stays when it must be shortened.

    pathvalidate was tried in place of this: it keeps bidi and zero-width controls, C1, a leading ~$ or dash, CONIN$ and a name not in
    NFC, and cuts the end of a long one, at 255 bytes; importing it takes 20 ms.
    """
    text = unicodedata.normalize("NFC", shown_name(stem))
    text = _FORBIDDEN.sub("_", "".join(" " if char.isspace() else char for char in text))
    text = text.strip(" .").lstrip("~-. ") or "未命名"
    if _RESERVED.fullmatch(text + tail):
        text = "_" + text
    mark = ""
    if len(text + tail) > MAX_CHARACTERS or len((text + tail).encode()) > MAX_UTF8:
        mark = "…" + hashlib.sha256(text.encode()).hexdigest()[:6]
        while text and (len(text + mark + tail) > MAX_CHARACTERS or len((text + mark + tail).encode()) > MAX_UTF8):
            text = text[:-1]
    return (text + mark + tail).rstrip(" .") + suffix


def fitting(path: Path, limit: int = MAX_PATH if sys.platform == "win32" else 0) -> Path:
    """The path itself, or one with a shorter name where the whole would be longer than `limit` (0: none), as Windows wants it.

    The end of the name stays as it is; a hash tells shortened names apart. Raises OSError when the folder alone leaves no room.
    """
    over = len(str(path.absolute())) - limit
    if not limit or over <= 0:
        return path
    mark = "…" + hashlib.sha256(path.name.encode()).hexdigest()[:6]
    keep = len(path.stem) - over - len(mark)
    if keep < LEAST_NAME:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), str(path))
    head = keep // 2
    return path.with_name(path.stem[:head] + mark + path.stem[len(path.stem) - (keep - head) :] + path.suffix)


Content = bytes | Callable[[IO[bytes]], None]
"""What a file holds, or what writes it."""


EVERYBODY = 0o666
"""Who may read and write a file as far as this program is concerned: the user's own mask says the rest."""


def write_atomically(path: Path, content: Content, mode: int = EVERYBODY) -> None:
    """Write a whole file or nothing: a temporary file beside it, then a rename; a link that lies there is replaced, never followed.

    `mode` is the widest that the file may have. Raises OSError; a file open in Word or Excel on Windows is tried again for about two
    seconds.
    """
    with _made(path.parent, content, mode) as made:
        _replace(made, path)


def mode_of(path: Path) -> int:
    """Return who may read and write a file; everybody where that is not known."""
    try:
        return path.stat().st_mode & EVERYBODY
    except OSError:
        return EVERYBODY


_NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)
"""A file that must not be there yet, be it as a link; on Windows its bytes as they are, and for no process begun meanwhile."""


def _own_mask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextmanager
def _made(folder: Path, content: Content, mode: int) -> Iterator[str]:
    """The name of a temporary file of that content, which nobody else may read; gone in the end, unless it was renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    # Named before it is made: an interrupt while mkstemp returns would leave a file that nobody knows the name of.
    name = str(folder / f".{os.urandom(4).hex()}.tmp")
    try:
        with os.fdopen(os.open(name, _NEW_FILE, 0o600), "w+b") as stream:
            if isinstance(content, bytes):
                stream.write(content)
            else:
                content(stream)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, mode & ~_own_mask())
        yield name
    finally:
        with suppress(OSError):
            os.unlink(name)


def hide(path: Path) -> None:
    """Keep a file of our own out of people's sight where a leading dot does not."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetFileAttributesW(str(path), 2)


def _replace(source: str, target: Path) -> None:
    delay = 0.05
    while True:
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if sys.platform != "win32" or delay > 1:
                raise
            time.sleep(delay)
            delay *= 2


def is_open_in_office(path: Path) -> bool:
    """Whether Word, Excel or WPS holds the file open: their owner file stands beside it."""
    return any((path.parent / ("~$" + name)).exists() for name in (path.name, path.name[2:]))


def write_beside(
    path: Path, content: Content, ours: Callable[[Path], bool], taken: Container[Path] = (), mode: int = EVERYBODY
) -> tuple[Path, str | None]:
    """Write to `path`, or under a number beside it when the file there is not ours to replace.

    `ours` tells of the existing file whether it is our own unchanged output; `taken` are files that this run has
    written already, `mode` is the widest that the file may have. Returns where it was written and the sentence that says why it is another place, or None.
    """
    with _made(path.parent, content, mode) as made:
        reason = None
        for number in range(1, 1000):
            target = path if number == 1 else path.with_name(f"{path.stem} ({number}){path.suffix}")
            why = f"“{target.name}”已由另一个工作簿生成" if target in taken else _not_ours(target, made, ours)
            reason = reason or why
            if why:
                continue
            try:
                _replace(made, target)
            except PermissionError:
                if not target.exists():
                    raise
                reason = reason or f"“{target.name}”正被其他程序使用"
                continue
            return target, f"{reason}，新文件另存为“{target.name}”。" if reason else None
    raise FileExistsError(path)


def _not_ours(target: Path, made: str, ours: Callable[[Path], bool]) -> str | None:
    if is_open_in_office(target):
        return f"“{target.name}”正在 {'Excel' if target.suffix.lower() in ('.xlsx', '.xlsm') else 'Word'} 或 WPS 中打开"
    if not target.exists():
        return None
    if not target.is_file():
        return f"“{target.name}”不是普通文件"
    try:
        unchanged = filecmp.cmp(made, target, shallow=False) or ours(target)
    except OSError:
        return f"“{target.name}”读不了"
    return None if unchanged else f"“{target.name}”已被人修改过，没有覆盖"
