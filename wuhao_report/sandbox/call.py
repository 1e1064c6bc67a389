"""One typed call in a process that can be lost: limits of memory and of time, so that one bad file costs one line and never the run."""

from __future__ import annotations

import os
import pickle
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, ParamSpec, Self, TypeVar

from wuhao_report.core.problems import Problem, problem
from wuhao_report.sandbox.ties import tie
from wuhao_report.sandbox.worker import receive, send

SECONDS = 18.0
"""For one workbook, so that any file has its answer within 20 seconds."""
MEBIBYTES = 1024
WHY = {"time": f"超过 {SECONDS:g} 秒没有处理完", "memory": f"占用内存超过 {MEBIBYTES} MB", "crash": "读表程序意外退出"}
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
_POLL = 0.1
LAST_WORDS = 8192
_OUT_OF_MEMORY = re.compile(
    rb"memory allocation of|bad_alloc|MemoryError|[Oo]ut of memory|Cannot allocate memory|capacity overflow"
)
_CHILD = "from wuhao_report.sandbox.worker import serve; serve()"
_ENCODING = sys.getfilesystemencoding()
_QUIET = {**dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"), "MALLOC_ARENA_MAX": "2"}
"""One thread each: the arrays are small, and every thread reserves address space, as every arena of glibc does."""


class Lost(Exception):
    """The process was lost, or had to be stopped: it took too long (time), too much memory, or fell over (crash)."""

    def __init__(self, why: Literal["time", "memory", "crash"]) -> None:
        super().__init__(why)
        self.why = why

    @property
    def reason(self) -> str:
        """Why it was lost, in words."""
        return WHY[self.why]

    def problem(self, file: str) -> Problem:
        """Return the problem of the file that cost the process; what needs too much memory is too large."""
        if self.why == "memory":
            return problem("too-large", file=file)
        return problem("not-finished", file=file, why=self.reason)


class Unforeseen(Exception):
    """An unexpected exception inside the process: its kind and its frames, never its text, which may quote a cell."""

    def __init__(self, kind: str, frames: tuple[str, ...]) -> None:
        super().__init__(kind)
        self.kind, self.frames = kind, frames

    def __reduce__(self) -> tuple[type[Unforeseen], tuple[str, tuple[str, ...]]]:
        return Unforeseen, (self.kind, self.frames)


class Worker:
    """One process that does one call after another; lost, it is started anew for the next.

    A call is a function at the top of a module and its picklable arguments; the process begins with the first one. It imports the
    module of the function and nothing else, so a light module whose functions import inside keeps the caller light.
    """

    def __init__(self, seconds: float = SECONDS, mebibytes: int = MEBIBYTES, watched: bool | None = None) -> None:
        self.seconds, self.mebibytes = seconds, mebibytes
        self.watched = sys.platform == "win32" if watched is None else watched
        self._process: subprocess.Popen[bytes] | None = None
        self._tie: Any = None
        self._last_words: IO[bytes] | None = None
        self._replies: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def start(self, *modules: str) -> None:
        """Begin the process, so that it loads (these modules at once) while the caller does something else."""
        if self._process is not None:
            return
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(item for item in (root, os.environ.get("PYTHONPATH", "")) if item)
        flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
        self._replies = queue.SimpleQueue()
        self._last_words = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._process = subprocess.Popen(
            # -P: nothing that lies in the current folder is ever imported.
            # The same encoding of names on both sides, or a path would lead elsewhere.
            [
                sys.executable,
                "-P",
                "-X",
                f"utf8={int(_ENCODING == 'utf-8')}",
                "-c",
                _CHILD,
                "0" if self.watched else str(self.mebibytes),
                str(os.getpid()),
                *modules,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._last_words,
            env={**os.environ, **_QUIET, "PYTHONPATH": path},
            creationflags=flags,
            start_new_session=os.name == "posix",
        )
        self._tie = tie(self._process)
        threading.Thread(target=_listen, args=(self._process.stdout, self._replies), daemon=True).start()

    def run(self, function: Callable[Parameters, Result], *args: Parameters.args, **keywords: Parameters.kwargs) -> Result:
        """Return the result of the function, called in the process.

        Raises what the function raises of WuhaoError and OSError; Lost; Unforeseen for everything else.
        """
        self.start()
        process = self._process
        if process is None or process.stdin is None:
            raise Lost("crash")
        try:
            send(process.stdin, pickle.dumps((function, args, keywords)))
        except OSError as error:
            self.close()
            raise Lost("crash") from error
        reply = self._reply(process)
        try:
            how, value = pickle.loads(reply)
        except Exception as error:
            self.close()
            raise Lost("crash") from error
        if how == "memory":
            self.close()
            raise Lost("memory")
        if how == "raised":
            raise value
        if how == "unforeseen":
            raise Unforeseen(*value)
        result: Result = value
        return result

    def _reply(self, process: subprocess.Popen[bytes]) -> bytes:
        until = time.monotonic() + self.seconds
        while True:
            left = until - time.monotonic()
            try:
                reply = self._replies.get(timeout=max(0.0, min(left, _POLL) if self.watched else left))
            except queue.Empty:
                why = "time" if time.monotonic() >= until else "memory" if self._over_memory(process) else None
                if why:
                    self.close()
                    raise Lost("time" if why == "time" else "memory") from None
                continue
            if reply is None:
                out_of_memory = _OUT_OF_MEMORY.search(self._said_last()) is not None
                self.close()
                raise Lost("memory" if out_of_memory else "crash")
            return reply

    def _said_last(self) -> bytes:
        """Return the end of what the process has complained of: an engine that gets no memory says so and falls over."""
        if self._last_words is None:
            return b""
        self._last_words.seek(0, os.SEEK_END)
        self._last_words.seek(max(0, self._last_words.tell() - LAST_WORDS))
        return self._last_words.read()

    def _over_memory(self, process: subprocess.Popen[bytes]) -> bool:
        """Say whether the process holds more than its memory, where the system itself sets no limit."""
        if not self.watched:
            return False
        import psutil

        try:
            return bool(psutil.Process(process.pid).memory_info().rss > self.mebibytes * 2**20)
        except psutil.Error:
            return False

    def close(self) -> None:
        """Stop the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        self._tie = None
        for stream in (process.stdin, process.stdout, self._last_words):
            if stream is not None:
                # What was still to be written to a process that is gone is of no use to anybody.
                with suppress(OSError, ValueError):
                    stream.close()


def run(function: Callable[Parameters, Result], *args: Parameters.args, **keywords: Parameters.kwargs) -> Result:
    """Return the result of the function, called in a process of its own; raises as Worker.run does."""
    with Worker() as worker:
        return worker.run(function, *args, **keywords)


def _listen(stream: IO[bytes], replies: queue.SimpleQueue[bytes | None]) -> None:
    """Pass on every reply of a process, and None when it is gone."""
    reply: bytes | None = b""
    while reply is not None:
        try:
            reply = receive(stream)
        except (OSError, ValueError):
            reply = None
        replies.put(reply)
