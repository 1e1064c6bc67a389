"""What the program writes: each file as a record of its name, its bytes and what it may replace."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Container
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from wuhao_report.files.paths import EVERYBODY, LEAST_NAME, Content, fitting, write_atomically, write_beside
from wuhao_report.sandbox.call import Lost, Unforeseen, Worker, run


@dataclass(frozen=True, eq=False)
class Output:
    """One file to be written: what kind it is, its name, how its bytes are made, what it may replace, and who may read it at the most.

    With `content` of bytes and `may_replace` a function of a module, it can be pickled.
    """

    kind: str
    name: str
    content: Content
    may_replace: Callable[[Path], bool]
    mode: int = EVERYBODY

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


def in_a_process(function: Callable[[Path], bool], worker: Worker | None = None) -> Callable[[Path], bool]:
    """Return the question put to a process that can be lost, this one or one of its own: what lies there may be anybody's.

    A process that is lost says no.
    """

    def ask(path: Path) -> bool:
        """Return what the function says of a file."""
        with suppress(Lost, Unforeseen):
            return run(function, path) if worker is None else worker.run(function, path)
        return False

    return function if function in (never, always) else ask


def write_output(
    output: Output, folder: Path, taken: Container[Path] = (), worker: Worker | None = None
) -> tuple[Path, str | None]:
    """Write an output into a folder, under a number beside what is there where that may not be replaced.

    `taken` are files that this run has written already, `worker` looks into what is there. Returns the path, and the sentence for the
    user that says why it has another name, or None. Raises OSError.
    """
    may_replace = in_a_process(output.may_replace, worker)
    return write_beside(output_path(folder, output.name), output.content, may_replace, taken, output.mode)


def write_named(output: Output, folder: Path) -> Path:
    """Write an output into a folder under its own name and no other, as the user has asked for it; return the path.

    Raises FileExistsError when what is there may not be replaced, OSError.
    """
    path = folder / output.name
    if path.exists() and not in_a_process(output.may_replace)(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    if path.parent != folder and path.parent.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path.parent))
    write_atomically(path, output.content, output.mode)
    return path
