"""What measures read: the typed tables and the profile of one committee, seen by one clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from wuhao_report.core.periods import Judgement, Period
from wuhao_report.core.problems import At
from wuhao_report.tables.conditions import Where
from wuhao_report.tables.sheets import Sheets
from wuhao_report.tables.table import Table, TableArrays

Rows = tuple[tuple[str, tuple[int, ...]], ...]
"""Positions of rows by the name of their sheet."""


@dataclass(frozen=True)
class Reading:
    """What a measure finds in one period.

    `value` is exact; None is no data. `skipped`: the period does not apply. `failed`: not met though without a value.
    `top` and `bottom` are the two sides of a rate; `have` and `lack` the members of a listed set; `rows` the
    positions, by sheet, of the rows that make the value. `open`: not to be judged yet, whatever its period. `word`: what
    stands in the cell, for a level or a judgement by hand. `among`: the value a rank among peers goes by.
    """

    value: Fraction | bool | None = None
    skipped: bool = False
    failed: bool = False
    top: Fraction | None = None
    bottom: Fraction | None = None
    have: tuple[str, ...] = ()
    lack: tuple[str, ...] = ()
    rows: Rows = ()
    open: bool = False
    word: str = ""
    among: Fraction | bool | None = None


NO_DATA = Reading()


@dataclass(frozen=True)
class Entry:
    """One row of the sheet of assessments: the committee's own score of what is judged by hand, and the assessor's."""

    own: Fraction | None
    own_reason: str
    score: Fraction | None
    reason: str
    row: int = 0


class Facts:
    """The tables and the profile of one committee, and the clock of its report; what is asked for often is kept."""

    def __init__(
        self,
        sheets: Sheets,
        tables: Mapping[str, Table],
        profile: Mapping[str, Any],
        places: Mapping[tuple[str, str], At],
        clock: Judgement,
    ) -> None:
        self.sheets, self.tables, self.profile, self.places, self.clock = sheets, tables, profile, places, clock
        self._arrays: dict[str, TableArrays] = {}

    def arrays(self, sheet: str) -> TableArrays:
        """Return the arrays of the table of a sheet."""
        kept = self._arrays.get(sheet)
        if kept is None:
            kept = self._arrays[sheet] = TableArrays(self.tables[sheet])
        return kept

    def matching(self, sheet: str, where: Where, period: Period) -> tuple[TableArrays, list[int]]:
        """Return the positions of the rows of a log that match the conditions, from the period's start to the day it is counted on."""
        arrays = self.arrays(sheet)
        mask = arrays.mask(where) & arrays.dated(period.span.start, self.clock.at(period))
        return arrays, mask.nonzero()[0].tolist()

    def occurrences(self, sheet: str, where: Where, role: str, first: date, last: date) -> list[tuple[date, int]]:
        """Return days and positions of the matching rows of a log or roll whose day of that role lies in between, in order."""
        arrays = self.arrays(sheet)
        days = arrays.table.columns[arrays.table.sheet.role(role) or ""]
        return sorted(
            (days[index], index)
            for index in arrays.mask(where).nonzero()[0].tolist()
            if days[index] is not None and first <= days[index] <= last
        )

    @cached_property
    def year_rows(self) -> Mapping[int, Mapping[str, Any]]:
        """The row of each year of 年度数据."""
        sheet = self.sheets.years
        table = self.tables[sheet.name]
        years = table.columns[sheet.role("year") or ""]
        return {year: {name: values[index] for name, values in table.columns.items()} for index, year in enumerate(years)}

    def stated(self, sheet: str, period: Period) -> Mapping[str, Any]:
        """Return the values of the profile, or of the year's row (empty where there is none)."""
        return self.year_rows.get(period.year, {}) if self.sheets.form(sheet) == "years" else self.profile

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The sheet of assessments by the id of the indicator or part; the first row of each."""
        sheet = self.sheets.assessed
        table = self.tables[sheet.name]
        columns = {
            role: table.columns.get(sheet.role(role) or "", []) for role in ("item", "self", "self_reason", "score", "reason")
        }
        entries: dict[str, Entry] = {}
        for index in range(len(table.rows)):
            own, score = (columns[role][index] for role in ("self", "score"))
            entries.setdefault(
                columns["item"][index],
                Entry(
                    None if own is None else Fraction(own),
                    columns["self_reason"][index] or "",
                    None if score is None else Fraction(score),
                    columns["reason"][index] or "",
                    table.rows[index],
                ),
            )
        return entries


def rows_of(sheet: str, numbers: list[int]) -> Rows:
    """Return positions of one sheet as rows; none where there are none."""
    return ((sheet, tuple(numbers)),) if numbers else ()


def several(value: Any) -> Iterable[str]:
    """Return the words of a cell that may hold several."""
    return () if value is None else value if isinstance(value, tuple) else (value,)


def total(values: Iterable[Any]) -> Fraction:
    """Return the exact sum of the values that are there."""
    return Fraction(sum(value for value in values if value is not None))


def number_of(reading: Reading) -> Fraction | None:
    """Return the value of a reading as a number, or None where it has none."""
    return None if reading.value is None else Fraction(reading.value)


def of_set(titles: Iterable[str], present: Iterable[str], rows: Rows) -> Reading:
    """Return how many of a listed set are present, which, and which are not."""
    titles, present = tuple(titles), set(present)
    have = tuple(title for title in titles if title in present)
    lack = tuple(title for title in titles if title not in present)
    return Reading(Fraction(len(have)), have=have, lack=lack, rows=rows)
