"""Exceptions → Chinese sentences, JSON and exit codes, in one place for every command; the log of what nobody had thought of."""

from __future__ import annotations

import errno
import functools
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from wuhao_report import __version__
from wuhao_report.cli.console import MISUSE, print_json, refuse, say
from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.problems import Problem, problem
from wuhao_report.sandbox.call import Lost, Unforeseen
from wuhao_report.sandbox.worker import frames_of

F = TypeVar("F", bound=Callable[..., Any])
REASONS: Mapping[int, str] = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘只读",
    errno.EEXIST: "同名的文件已存在",
    errno.ENOTDIR: "上级不是文件夹",
    errno.EISDIR: "那里是一个文件夹",
    errno.ENAMETOOLONG: "路径太长",
    errno.ENOENT: "文件夹不存在",
    errno.ELOOP: "那里是一个指向别处的链接",
}


def guarded(command: F) -> F:
    """Let a command end with sentences and an exit code where it raises WuhaoError, Lost or OSError."""

    @functools.wraps(command)
    def _run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except WuhaoError as error:
            problems = _problems_of(error)
            if not problems:
                refuse(str(error))
            _fail(problems, kwargs)
        except Lost as lost:
            _fail([lost.problem(_workbook_name(kwargs))], kwargs)
        except BrokenPipeError:
            sys.stderr.close()
            sys.exit(1)
        except OSError as error:
            # Not the text of the system: the name of a temporary file tells the user nothing.
            _fail([problem("cannot-write", reason=REASONS.get(error.errno or 0, f"系统代码 {error.errno}"))], kwargs)

    return _run  # type: ignore[return-value]


def _problems_of(error: WuhaoError) -> Sequence[Problem]:
    """Return what stopped the work as records, each of which is shown on a line; none where an error has only its sentence."""
    own = getattr(error, "problem", None)
    if isinstance(own, Problem):
        return [own]
    return []


def _workbook_name(arguments: Mapping[str, Any]) -> str:
    """Return the name of the file that the command was given."""
    names = (item.name or "" for item in click.get_current_context().command.params if isinstance(item, click.Argument))
    return next((path.name for name in names if isinstance(path := arguments.get(name), Path)), "")


def _fail(problems: Sequence[Problem], arguments: Mapping[str, Any]) -> NoReturn:
    if arguments.get("as_json"):
        print_failure(problems)
    for item in problems:
        say(item.message + item.hint)
    sys.exit(MISUSE)


def print_failure(problems: Sequence[Problem]) -> None:
    """Print the JSON of a command that could not begin: its own keys, empty, and the problems."""
    from wuhao_report.core.problems import problem_data
    from wuhao_report.report.json_form import check_data

    name = click.get_current_context().info_name
    listed = [problem_data(item) for item in problems]
    if name == "report":
        print_json({"report": None, "stage": None, "status": None, "problems": listed})
    elif name == "batch":
        print_json({"reports": [], "failed": [], "skipped": [], "problems": listed})
    else:
        print_json(check_data(None, None, None, None, None, problems))


def log_file(error: BaseException) -> Path:
    """Write down where an unforeseen failure came from, and no cell of any workbook; return the path of the log."""
    kind, frames = (error.kind, error.frames) if isinstance(error, Unforeseen) else (type(error).__qualname__, frames_of(error))
    handle, name = tempfile.mkstemp(prefix="wuhao-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8-sig") as stream:
        stream.write(f"wuhao-report {__version__}\n{datetime.now().isoformat()}\n{kind}\n")
        stream.write("\n".join(frames) + "\n")
    return Path(name)
