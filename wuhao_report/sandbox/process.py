"""Work in a process that can be lost: a limit of memory and of time, so that one bad file costs one line and never the run."""

from __future__ import annotations

import importlib
import itertools
import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self, TypeVar

from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.problems import Problem, problem

SECONDS = 18.0
"""For one workbook, so that any file has its answer within 20 seconds."""
MEBIBYTES = 1024
WHY = {"time": f"超过 {SECONDS:g} 秒没有处理完", "memory": f"占用内存超过 {MEBIBYTES} MB", "crash": "读表程序意外退出"}
Item = TypeVar("Item")
_LENGTH = struct.Struct(">Q")
_POLL = 0.1
AHEAD = 16
"""So many pieces for each process are waiting, so that one slow file holds up no other."""
_CHILD = "from wuhao_report.sandbox.process import serve; serve()"
_QUIET = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""One thread each: the arrays are small, and every thread reserves address space."""


class Lost(Exception):
    """The process was lost, or had to be stopped: it took too long (time), too much memory, or fell over (crash)."""

    def __init__(self, why: Literal["time", "memory", "crash"]) -> None:
        super().__init__(why)
        self.why = why

    def problem(self, file: str) -> Problem:
        """The problem of the file that cost the process."""
        return problem("not-finished", file=file, why=WHY[self.why])


class Unforeseen(Exception):
    """An exception inside the process that nobody had thought of: its kind and its frames, never its text."""

    def __init__(self, kind: str, frames: tuple[str, ...]) -> None:
        super().__init__(kind)
        self.kind, self.frames = kind, frames

    def __reduce__(self) -> tuple[type[Unforeseen], tuple[str, tuple[str, ...]]]:
        return Unforeseen, (self.kind, self.frames)


def frames_of(error: BaseException) -> tuple[str, ...]:
    """Where an exception came from; no value of any variable, for those may be somebody's."""
    return tuple(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__))


class Worker:
    """One process that does one piece of work after another; lost, it is started anew for the next.

    A piece is a function of this package and its picklable arguments; the process begins with the first one.
    """

    def __init__(self, seconds: float = SECONDS, mebibytes: int = MEBIBYTES, watched: bool | None = None) -> None:
        self.seconds, self.mebibytes = seconds, mebibytes
        self.watched = sys.platform == "win32" if watched is None else watched
        self._process: subprocess.Popen[bytes] | None = None
        self._replies: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def start(self) -> None:
        """Begin the process, so that it loads while others do their own."""
        if self._process is not None:
            return
        root = str(Path(__file__).parents[2])
        path = os.pathsep.join(item for item in (root, os.environ.get("PYTHONPATH", "")) if item)
        flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
        self._replies = queue.SimpleQueue()
        self._process = subprocess.Popen(
            # -P: nothing that lies in the current folder is ever imported.
            [sys.executable, "-P", "-X", "utf8", "-c", _CHILD, "0" if self.watched else str(self.mebibytes)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, **_QUIET, "PYTHONPATH": path}, creationflags=flags, start_new_session=os.name == "posix")
        threading.Thread(target=_listen, args=(self._process.stdout, self._replies), daemon=True).start()

    def call(self, function: Callable[..., Any] | str, *args: Any) -> Any:
        """The result of the function (or of the one named module:function, which this process need not know) in the process.

        Raises what the function raises of WuhaoError and OSError; Lost; Unforeseen for everything else.
        """
        self.start()
        process = self._process
        if process is None or process.stdin is None:
            raise Lost("crash")
        try:
            _send(process.stdin, pickle.dumps((function, args)))
        except OSError as error:
            self.close()
            raise Lost("crash") from error
        reply = self._reply(process)
        try:
            how, what = pickle.loads(reply)
        except Exception as error:
            self.close()
            raise Lost("crash") from error
        if how == "memory":
            self.close()
            raise Lost("memory")
        if how == "raised":
            raise what
        if how == "unforeseen":
            raise Unforeseen(*what)
        return what

    def _reply(self, process: subprocess.Popen[bytes]) -> bytes:
        until = time.monotonic() + self.seconds
        while True:
            left = until - time.monotonic()
            try:
                reply = self._replies.get(timeout=max(0.0, min(left, _POLL) if self.watched else left))
            except queue.Empty:
                why = "time" if time.monotonic() >= until else "memory" if self._swollen(process) else None
                if why:
                    self.close()
                    raise Lost("time" if why == "time" else "memory") from None
                continue
            if reply is None:
                self.close()
                raise Lost("crash")
            return reply

    def _swollen(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether the process holds more than its memory, where the system itself sets no limit."""
        if not self.watched:
            return False
        import psutil

        try:
            return bool(psutil.Process(process.pid).memory_info().rss > self.mebibytes * 2**20)
        except psutil.Error:
            return False

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                # What was still to be written to a process that is gone is of no use to anybody.
                with suppress(OSError, ValueError):
                    stream.close()


def run(function: Callable[..., Any], *args: Any, seconds: float = SECONDS) -> Any:
    """One piece of work in a process of its own; raises as Worker.call does."""
    with Worker(seconds) as worker:
        return worker.call(function, *args)


def run_all(function: Callable[..., Any], items: Iterable[tuple[Any, ...]], jobs: int) -> Generator[Any, None, None]:
    """The results of a function for every tuple of arguments, in order, on so many processes at once.

    The items are taken as they are needed, never all at once. What went wrong with one stands in its place as the exception. Ended
    early (an interrupt), every process is stopped.
    """
    todo: queue.SimpleQueue[tuple[int, tuple[Any, ...]] | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
    workers = [Worker() for _ in range(jobs)]
    stopping = threading.Event()

    def work(worker: Worker) -> None:
        while (piece := todo.get()) is not None and not stopping.is_set():
            number, args = piece
            try:
                done.put((number, worker.call(function, *args)))
            except Exception as error:
                done.put((number, error))

    threads = [threading.Thread(target=work, args=(worker,), daemon=True) for worker in workers]
    try:
        for thread in threads:
            thread.start()
        early: dict[int, Any] = {}
        coming = enumerate(items)
        given = 0
        for number in itertools.count():
            for piece in itertools.islice(coming, number + AHEAD * jobs - given):
                todo.put(piece)
                given += 1
            if number == given:
                return
            while number not in early:
                at, result = done.get()
                early[at] = result
            yield early.pop(number)
    finally:
        stopping.set()
        for _ in threads:
            todo.put(None)
        for worker in workers:
            worker.close()


def batches(items: Iterable[Item], many: int) -> Iterator[list[Item]]:
    """The items, so many at once."""
    coming = iter(items)
    while batch := list(itertools.islice(coming, many)):
        yield batch


def named(function: Callable[..., Any] | str) -> Callable[..., Any]:
    """The function itself, or the one of that name."""
    if not isinstance(function, str):
        return function
    module, name = function.split(":")
    found = getattr(importlib.import_module(module), name)
    if not callable(found):
        raise TypeError(function)
    return found  # type: ignore[no-any-return]


# Inside the process

def serve() -> None:
    """Do what comes in, until nothing more comes: the main loop of the process."""
    import signal

    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Nothing that a library prints may get between the replies.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit(int(sys.argv[1]))
    while (piece := _receive(source)) is not None:
        _send(target, _answer(piece))


def _answer(piece: bytes) -> bytes:
    try:
        function, args = pickle.loads(piece)
        return pickle.dumps(("done", named(function)(*args)))
    except MemoryError:
        return pickle.dumps(("memory", None))
    except (WuhaoError, OSError) as error:
        return pickle.dumps(("raised", error))
    except BaseException as error:
        return pickle.dumps(("unforeseen", (type(error).__qualname__, frames_of(error))))


def _limit(mebibytes: int) -> None:
    if mebibytes and sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (mebibytes * 2**20, mebibytes * 2**20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _send(stream: IO[bytes], data: bytes) -> None:
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    size = _LENGTH.unpack(head)[0]
    data = stream.read(size)
    return data if len(data) == size else None


def _listen(stream: IO[bytes], replies: queue.SimpleQueue[bytes | None]) -> None:
    """Pass on every reply of a process, and None when it is gone."""
    reply: bytes | None = b""
    while reply is not None:
        try:
            reply = _receive(stream)
        except (OSError, ValueError):
            reply = None
        replies.put(reply)
