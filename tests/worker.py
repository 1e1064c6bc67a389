"""A process of its own that runs one command line after another, so that a crash, a hang or a huge file costs one answer.

The tests talk to it through `Worker`; run as a module it is the process itself: a JSON list of arguments a line comes in, a JSON
object a line goes out.
"""

from __future__ import annotations

import io
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
MEMORY = 2**30
SECONDS = 20.0
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONIOENCODING": "utf-8:replace",
    "PYTHONPATH": str(ROOT),
    "PYTHONHASHSEED": "0",
    "RUST_BACKTRACE": "0",
}


class Answer(NamedTuple):
    """How a command line ended: its exit code (negative: killed by that signal; None: not done in time) and what it printed."""

    code: int | None
    out: str
    err: str
    seconds: float
    megabytes: int = 0


def limits(memory: int = MEMORY) -> None:
    """What a command line may use: address space, and no core file left behind."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, **ENVIRONMENT, "TMPDIR": str(folder)}


def alone(arguments: Sequence[str], folder: Path, seconds: float = SECONDS) -> Answer:
    """The real command line in its own process, with its whole group killed at the end."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "wuhao_report", *arguments],
            stdout=out,
            stderr=err,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
            env=_environment(folder),
            preexec_fn=limits,
            start_new_session=True,
        )
        code: int | None = None
        usage = None
        while time.monotonic() < start + seconds:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                code = process.returncode = os.waitstatus_to_exitcode(status)
                break
            time.sleep(0.01)
        _kill(process)
        out.seek(0), err.seek(0)
        return Answer(
            code,
            out.read().decode(errors="replace"),
            err.read().decode(errors="replace"),
            time.monotonic() - start,
            usage.ru_maxrss // 1024 if usage else 0,
        )


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            with suppress(OSError):  # what was still to be written to it
                stream.close()


class Worker:
    """One such process, begun when first asked and again when it was lost."""

    def __init__(self, folder: Path, memory: int = MEMORY) -> None:
        self.folder, self.memory = folder, memory
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str, seconds: float = SECONDS) -> Answer:
        """What the command line answers; a worker that dies or does not answer in time is replaced for the next one."""
        start = time.monotonic()
        with (self.folder / "errors.txt").open("a+b") as errors:
            if self.process is None:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "tests.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    cwd=ROOT,
                    env=_environment(self.folder),
                    preexec_fn=partial(limits, self.memory),
                    start_new_session=True,
                )
            before = errors.seek(0, os.SEEK_END)
            process = self.process
            assert process.stdin
            process.stdin.write(json.dumps(arguments).encode() + b"\n")
            process.stdin.flush()
            line, code = self._line(process, start + seconds), None
            errors.seek(before)
            noise = errors.read().decode(errors="replace")
        if line.endswith(b"\n"):
            found: dict[str, Any] = json.loads(line)
            return Answer(found["code"], found["out"], found["err"] + noise, time.monotonic() - start)
        if line == b"":
            code = process.wait()
        _kill(process)
        self.process = None
        return Answer(code, "", noise, time.monotonic() - start)

    def _line(self, process: subprocess.Popen[bytes], until: float) -> bytes:
        """A line of the process, b"" where it has ended, b"…" where the time is over."""
        assert process.stdout
        handle, data = process.stdout.fileno(), bytearray()
        while not data.endswith(b"\n"):
            ready, _, _ = select.select([handle], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                return "…".encode()
            more = os.read(handle, 2**20)
            if not more:
                return b""
            data += more
        return bytes(data)

    def close(self) -> None:
        if self.process is not None:
            _kill(self.process)
            self.process = None


def _in_this_process(worker: Any, function: Any, *args: Any, **keywords: Any) -> Any:
    """What a call of the sandbox gives, and raises, without a process of its own."""
    from wuhao_report.core.errors import WuhaoError
    from wuhao_report.sandbox.call import Lost, Unforeseen
    from wuhao_report.sandbox.worker import frames_of

    try:
        return function(*args, **keywords)
    except (WuhaoError, OSError):
        raise
    except MemoryError as error:
        raise Lost("memory") from error
    except Exception as error:
        raise Unforeseen(type(error).__qualname__, frames_of(error)) from error


def _answer(arguments: list[str]) -> dict[str, Any]:
    from wuhao_report.cli.main import main
    from wuhao_report.sandbox import call as sandbox

    # This process is the one that can be lost: no other is begun for every file.
    sandbox.Worker.start = lambda self, *modules: None  # type: ignore[method-assign]
    sandbox.Worker.run = _in_this_process  # type: ignore[method-assign,assignment]
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
    kept = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = streams
    sys.argv = ["wuhao", *arguments]
    code: Any = 0
    try:
        main()
    except SystemExit as error:
        code = error.code
    except BaseException as error:
        code = 70
        streams[1].write(f"Traceback: {type(error).__name__}")
    finally:
        sys.stdout, sys.stderr = kept
    for stream in streams:
        stream.flush()
    out, err = (stream.buffer.getvalue().decode("utf-8", "replace") for stream in streams)
    return {"code": code, "out": out, "err": err}


def _serve() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    _serve()
