"""The faults that stop the work, as exceptions that carry records: a broken scheme, a broken template, an unreadable workbook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wuhao_report.core.problems import NOWHERE, At, Problem, problem
from wuhao_report.core.text import one_line, shown_name


class WuhaoError(Exception):
    """Base of the faults that stop the work; its text is one Chinese sentence for the user."""

    code = "failed"


@dataclass(frozen=True)
class Place:
    """Where a fault of a scheme stands: the path to a key of its TOML, or a cell (or row, or sheet) of its workbook, with the header."""

    path: str = ""
    at: At = NOWHERE
    header: str = ""

    def __str__(self) -> str:
        if self.at.sheet is None:
            return self.path
        where = self.at.cell or (f"第{self.at.row}行" if self.at.row else "")
        return f"“{self.at.sheet}”表{where}" + (f"（{self.header}）" if self.header else "")


ANYWHERE = Place()


@dataclass(frozen=True)
class SchemeFault:
    """One fault of a scheme: where it stands and what is wrong there."""

    text: str
    place: Place = ANYWHERE

    def __str__(self) -> str:
        where = str(self.place)
        return one_line(f"{where}：{self.text}。" if where else f"{self.text}。")


MOST_FAULTS = 40


class SchemeError(WuhaoError):
    """An indicator system that cannot be used; `faults` say why, each with the path to its key or its cell."""

    code = "broken-scheme"

    def __init__(self, faults: Iterable[SchemeFault]) -> None:
        self.faults = tuple(faults)
        more = len(self.faults) - MOST_FAULTS
        lines = [*map(str, self.faults[:MOST_FAULTS]), *([f"还有{more}处，改正以上各处后会再列出。"] if more > 0 else [])]
        super().__init__("\n".join(lines))

    @classmethod
    def one(cls, text: str, place: Place = ANYWHERE) -> SchemeError:
        """Return the error of a single fault."""
        return SchemeError((SchemeFault(text, place),))

    @property
    def problem(self) -> Problem:
        """The faults as a problem of the catalogue."""
        return problem(self.code, text=str(self))

    def __reduce__(self) -> tuple[type[SchemeError], tuple[object, ...]]:
        return SchemeError, (self.faults,)


@dataclass(frozen=True)
class TemplateFault:
    """One fault of a Word template: its file, what is wrong, and the paragraph (from 1) with its first words where it is known.

    `part` is where the paragraph stands (页眉, 脚注 …); "" for the body.
    """

    template: str
    what: str
    hint: str = ""
    paragraph: int | None = None
    words: str = ""
    part: str = ""

    def __str__(self) -> str:
        place = f"“{shown_name(self.template)}”{self.part}第{self.paragraph}段“{self.words}”：" if self.paragraph else ""
        return one_line(place + self.what + self.hint)


class TemplateError(WuhaoError):
    """A Word template that cannot be used; `faults` say why, each with its paragraph."""

    code = "broken-template"

    def __init__(self, *faults: TemplateFault) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        return "；".join(map(str, self.faults))

    @property
    def problem(self) -> Problem:
        """The faults as a problem of the catalogue."""
        return problem(self.code, text=str(self))


class UnreadableWorkbook(WuhaoError):
    """A file that cannot be read as a workbook; `problem` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.code = problem.code

    def __reduce__(self) -> tuple[type[UnreadableWorkbook], tuple[Problem]]:
        return UnreadableWorkbook, (self.problem,)
