"""A process that never outlives the one that started it, whatever ends that one: an interrupt, a closed window, a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux: the kernel sends this signal when the parent is gone."""
KILL_ON_CLOSE, EXTENDED_LIMITS = 0x2000, 9
"""JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE of Windows, and the kind of information it is set by."""
SECONDS = 0.5


def end_with(parent: int) -> None:
    """Let this process end when its parent does; called in the process itself. It is over at once where the parent is gone already."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(DEATH_SIGNAL, signal.SIGKILL)
    elif sys.platform != "win32":
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if sys.platform != "win32" and os.getppid() != parent:
        os._exit(1)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS)
    os._exit(1)


def tie(process: subprocess.Popen[bytes]) -> Any:
    """Let a process end when this one does, where the system wants it so from the parent (Windows).

    Returns what must be kept as long as the process: when it is gone, the process is ended.
    """
    return _job_of(process) if sys.platform == "win32" else None


def _job_of(process: subprocess.Popen[bytes]) -> Any:
    import ctypes
    from ctypes import wintypes

    class Basic(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
            ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class Extended(ctypes.Structure):
        _fields_ = (
            ("BasicLimitInformation", Basic),
            ("IoInfo", ctypes.c_ulonglong * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    kernel: Any = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]
    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    kernel.CreateJobObjectW.argtypes = (ctypes.c_void_p, ctypes.c_wchar_p)
    kernel.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
    kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    job = kernel.CreateJobObjectW(None, None)
    limits = Extended()
    limits.BasicLimitInformation.LimitFlags = KILL_ON_CLOSE
    kernel.SetInformationJobObject(job, EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits))
    kernel.AssignProcessToJobObject(job, int(process._handle))  # type: ignore[attr-defined]
    return job
