"""What the program writes: each file as a record of its name, its bytes and what it may replace."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path

from wuhao_report.files.paths import LEAST_NAME, Content, fitting, write_atomically, write_beside


@dataclass(frozen=True, eq=False)
class Output:
    """One file to be written: what kind it is, its name, how its bytes are made, and what it may replace.

    With `content` of bytes and `may_replace` a function of a module, it can be pickled.
    """

    kind: str
    name: str
    content: Content
    may_replace: Callable[[Path], bool]

    def data(self) -> bytes:
        """Return the bytes of the file, made in memory."""
        if isinstance(self.content, bytes):
            return self.content
        stream = io.BytesIO()
        self.content(stream)
        return stream.getvalue()


def never(existing: Path) -> bool:
    """Tell that no existing file may be replaced."""
    return False


def always(existing: Path) -> bool:
    """Tell that any existing file may be replaced."""
    return True


def output_path(folder: Path, name: str) -> Path:
    """Return the path of an output in a folder, its name shortened where the system wants that.

    Raises OSError when the folder's own path leaves no room for a long name.
    """
    path = folder / name
    return path if len(path.stem) <= LEAST_NAME else fitting(path)


def write_output(output: Output, folder: Path, taken: Container[Path] = ()) -> tuple[Path, str | None]:
    """Write an output into a folder, under a number beside what is there where that may not be replaced.

    `taken` are files that this run has written already. Returns the path, and the sentence for the user that says why it has
    another name, or None. Raises OSError.
    """
    return write_beside(output_path(folder, output.name), output.content, output.may_replace, taken)


def write_named(output: Output, folder: Path) -> Path:
    """Write an output into a folder under its own name and no other, as the user has asked for it; return the path.

    Raises FileExistsError when what is there may not be replaced, OSError.
    """
    path = folder / output.name
    if path.exists() and not output.may_replace(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    write_atomically(path, output.content)
    return path
