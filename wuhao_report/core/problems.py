"""A fault as a value: the record of one problem, with its place and the values its message needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from wuhao_report.core.catalogue import CATALOGUE, LEVELS, Kind, Level
from wuhao_report.core.cell_reference import cell_name
from wuhao_report.core.text import in_lines_of_its_own, one_line, shown_name


@dataclass(frozen=True)
class At:
    """A place in the workbook: sheet, 1-based row, 0-based column; each may be unknown."""

    sheet: str | None = None
    row: int | None = None
    column: int | None = None

    @property
    def cell(self) -> str | None:
        """The address as Excel writes it (B7), or None."""
        if self.row is None or self.column is None:
            return None
        return cell_name(self.row, self.column)

    def __str__(self) -> str:
        if self.sheet is None:
            return ""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet


NOWHERE = At()


@dataclass(frozen=True)
class Problem:
    """One fault: its code, its place, what stands there, and the values its message needs.

    `lighter`: it is a warning here, though it may be an error elsewhere.
    """

    code: str
    at: At = NOWHERE
    value: Any = None
    args: tuple[tuple[str, str], ...] = ()
    lighter: bool = False

    @property
    def kind(self) -> Kind:
        """Its entry in the catalogue."""
        return CATALOGUE[self.code]

    @property
    def level(self) -> Level:
        """error, warning or info."""
        return "warning" if self.lighter else self.kind.level

    @property
    def message(self) -> str:
        """What is wrong, as one sentence."""
        return self.kind.message.format(**dict(self.args))

    @property
    def hint(self) -> str:
        """How to mend it."""
        return self.kind.hint.format(**dict(self.args))


def problem(code: str, at: At = NOWHERE, value: Any = None, **args: object) -> Problem:
    """Return a problem of the catalogue; `args` fill the placeholders of its message and hint.

    They may be texts of others, as `value` may: each becomes one that can be shown, `text` alone with lines of its own, `file` a name.
    """
    return Problem(
        code,
        at,
        in_lines_of_its_own(value) if isinstance(value, str) else value,
        tuple((name, _SHOWN.get(name, one_line)(str(text))) for name, text in args.items()),
    )


_SHOWN = {"text": in_lines_of_its_own, "file": shown_name}


def count_levels(problems: Iterable[Problem]) -> dict[Level, int]:
    """How many problems there are of each level."""
    counts: dict[Level, int] = {"error": 0, "warning": 0, "info": 0}
    for item in problems:
        counts[item.level] += 1
    return counts


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether there is a problem of error level."""
    return any(item.level == "error" for item in problems)


def ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return errors, warnings, information; in each level what stops the report, then what concerns whole sheets, then as found."""
    return tuple(sorted(problems, key=lambda item: (LEVELS.index(item.level), not item.kind.stops, not item.kind.whole)))


def main_reason(problems: Sequence[Problem]) -> Problem:
    """Return the problem to name where there is no report: the first that stops it, else the first of all."""
    return next((item for item in problems if item.kind.stops), problems[0])


def nearest_hint(nearest: str | None) -> str:
    """The half sentence of a hint that suggests the nearest right word, or nothing."""
    return f"是否应为“{nearest}”？" if nearest else ""


def problem_data(problem: Problem) -> dict[str, Any]:
    """Return a problem as plain data."""
    return {
        "level": problem.level,
        "code": problem.code,
        "sheet": problem.at.sheet,
        "cell": problem.at.cell,
        "value": problem.value,
        "message": problem.message,
        "hint": problem.hint,
    }


def problems_data(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return problems as plain data."""
    return [problem_data(item) for item in problems]
