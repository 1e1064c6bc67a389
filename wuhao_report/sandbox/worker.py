"""The process's own side: functions come in over its standard input and are done one after another, within its memory."""

from __future__ import annotations

import os
import pickle
import struct
import sys
import traceback
from typing import IO

from wuhao_report.core.errors import WuhaoError
from wuhao_report.sandbox.ties import end_with

_LENGTH = struct.Struct(">Q")
RARELY = (50_000, 20, 50)
"""How many new objects there are before rings of them are looked for, and how often older ones are looked at too."""


def serve() -> None:
    """Do every call that comes in until none is left: the main loop of the process."""
    import gc
    import importlib
    import signal

    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Nothing that a library prints may get between the replies.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Rows and results are trees, freed as they are left; to look for rings among all that the libraries loaded costs more than it frees.
    gc.set_threshold(*RARELY)
    end_with(int(sys.argv[2]))
    _limit_memory(int(sys.argv[1]))
    for module in sys.argv[3:]:
        importlib.import_module(module)
    while (call := receive(source)) is not None:
        send(target, _reply_to(call))


def _reply_to(call: bytes) -> bytes:
    try:
        function, args, keywords = pickle.loads(call)
        return pickle.dumps(("done", function(*args, **keywords)))
    except MemoryError:
        return pickle.dumps(("memory", None))
    except (WuhaoError, OSError) as error:
        return pickle.dumps(("raised", error))
    except BaseException as error:
        return pickle.dumps(("unforeseen", (type(error).__qualname__, frames_of(error))))


def _limit_memory(mebibytes: int) -> None:
    if mebibytes and sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (mebibytes * 2**20, mebibytes * 2**20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def frames_of(error: BaseException) -> tuple[str, ...]:
    """Return where an exception came from; no value of any variable, for those may be somebody's."""
    return tuple(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__))


def send(stream: IO[bytes], data: bytes) -> None:
    """Write one message: its length, then itself. Raises OSError."""
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Return the next message, or None where the other side is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    size = _LENGTH.unpack(head)[0]
    data = stream.read(size)
    return data if len(data) == size else None
