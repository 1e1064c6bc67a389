"""What is asked of a check and what comes back from the process that does it: small, picklable, and quick to import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

from wuhao_report.core.problems import Problem

Export = Literal["parquet", "csv", "sqlite"]
EXPORTS: tuple[str, ...] = get_args(Export)
"""The forms in which other programs may have the tables of an aggregate."""


@dataclass(frozen=True)
class Options:
    """What the caller sets aside from the workbook: scheme (id or file), stage, report date.

    `by_stamp`: a workbook that was made for another scheme which is at hand is judged by that one all the same.
    """

    scheme: str | None = None
    stage: str | None = None
    as_of: date | None = None
    by_stamp: bool = False


@dataclass(frozen=True)
class Wanted:
    """What an aggregate is asked for besides: tables for other programs, the store of earlier results to compare with.

    `outputs`: the files of the aggregate are written. `details`: the 汇总表 lists every indicator of every committee.
    `sign` is the private key that the 汇总包 is signed with, `trusted` are the public keys by one of which those taken in must be signed.
    `afresh` is the folder of an earlier aggregate that is made once more: it is not looked into, and no result that is known is believed.
    """

    export: Export | None = None
    history: Path | None = None
    afresh: Path | None = None
    details: bool = True
    outputs: bool = True
    sign: Path | None = None
    trusted: tuple[Path, ...] = ()


NOTHING_ELSE = Wanted()


class Line(str):
    """A line of text, and the style in which a terminal with colours shows it (a name that rich knows)."""

    style: str

    def __new__(cls, text: str, style: str = "") -> Line:
        line = super().__new__(cls, text)
        line.style = style
        return line

    def __reduce__(self) -> tuple[type[Line], tuple[str, str]]:
        return Line, (str(self), self.style)


@dataclass(frozen=True)
class Checked:
    """A check without its tables: what is printed, what other programs read, and the marked copy where one was asked for."""

    data: dict[str, Any]
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    exit_code: int
    unreadable: bool = False
    marked: bytes | None = None
