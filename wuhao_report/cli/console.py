"""What the program prints: text, lines with styles, JSON, the progress of a run; and its exit codes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from wuhao_report.core.text import in_lines_of_its_own, one_line, shown_name

if TYPE_CHECKING:
    from wuhao_report.core.options import Line

MISUSE, UNFORESEEN, INTERRUPTED = 2, 70, 130
"""The exit codes of the command line itself; 0 and 1 tell of the workbooks."""
_COMMANDS = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
MOST_LINES = 200
"""Of so many workbooks each has its line of progress; of more, one in a hundred."""


def say(text: str) -> None:
    """Print a sentence for the user on the error stream."""
    click.echo(in_lines_of_its_own(text), err=True)


def say_out(text: str) -> None:
    """Print a sentence or several that are the answer to a command."""
    click.echo(in_lines_of_its_own(text))


def say_path(path: Path) -> None:
    """Print where something was written."""
    click.echo(shown_name(str(path)))


def refuse(text: str) -> NoReturn:
    """Say why a command does not begin, and end the program."""
    say(text)
    sys.exit(MISUSE)


def show(lines: Iterable[Line], err: bool = False) -> None:
    """Print lines as they are, or in colours where a terminal has them; never wrapped, so that they can be searched and copied."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=err, highlight=False, emoji=False, soft_wrap=True)
    for line in lines:
        console.print(Text(one_line(str(line)), style=line.style))


def print_json(data: object) -> None:
    """Print plain data as JSON for other programs."""
    click.echo(harmless(json.dumps(data, ensure_ascii=False, indent=1)))


def harmless(text: str) -> str:
    """Return JSON with every character escaped that a terminal might take for a command, or that is no text."""
    return text if text.isascii() else _COMMANDS.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def wait_to_be_closed() -> None:
    """Keep the window of a double-click open until it has been read."""
    if sys.stdin is not None and sys.stdin.isatty():
        say("按回车键关闭这个窗口。")
        sys.stdin.readline()


@contextmanager
def progress() -> Iterator[Callable[[int, int, Path], None]]:
    """Give a function that shows how far a run is: how many workbooks are done, how many there are, and the last one's path.

    It moves a bar with the rate and the time that is left where there is a terminal; else it prints lines.
    """
    if not sys.stderr.isatty():
        yield _progress_line
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Workbooks a second."""

        def render(self, task: Task) -> Text:
            """Return the rate, or nothing while it is unknown."""
            return Text(f"每秒 {task.speed:.0f} 个" if task.speed else "")

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TextColumn("还需"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=Console(stderr=True, emoji=False), transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)
        yield lambda done, total, path: bar.update(
            task, completed=done, total=total, description=escape(shown_name(path.name)), visible=True
        )


def _progress_line(done: int, total: int, path: Path) -> None:
    if total <= MOST_LINES or done % (total // 100) == 0 or done == total:
        say(f"[{done}/{total}] {shown_name(path.name)}")
