"""What measures read: the tables and the profiles of one or of many committees, each seen by its own clock, and the periods they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from wuhao_report.core.periods import Judgement, Period
from wuhao_report.core.problems import At
from wuhao_report.tables.conditions import Where
from wuhao_report.tables.sheets import Sheets
from wuhao_report.tables.table import SheetLocation, Table, ranges

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Numbers = NDArray[np.int64]

Rows = tuple[tuple[str, tuple[int, ...]], ...]
"""Excel rows by the name of their sheet."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a measure finds in one period.

    `value` is exact; None is no data. `skipped`: the period does not apply. `failed`: not met though without a value.
    `top` and `bottom` are the two sides of a rate; `have` and `lack` the members of a listed set; `rows` the
    Excel rows, by sheet, that make the value. `open`: not to be judged yet, whatever its period. `word`: what
    stands in the cell, for a level or a judgement by hand. `among`: the value a rank among peers goes by. `stated`: of a sum, how
    many of how many rows state the number.
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
    stated: tuple[int, int] | None = None


NO_DATA = Reading()


@dataclass(frozen=True)
class Entry:
    """One row of the sheet of assessments: the committee's own score of what is judged by hand, and the assessor's."""

    own: Fraction | None
    own_reason: str
    score: Fraction | None
    reason: str
    row: int = 0


@lru_cache(maxsize=4096)
def fraction(value: int | Decimal) -> Fraction:
    """Return an exact number as a Fraction; the small whole ones are made once."""
    return Fraction(value)


def several(value: Any) -> Iterable[str]:
    """Return the words of a cell that may hold several."""
    return () if value is None else value if isinstance(value, tuple) else (value,)


def number_of(reading: Reading) -> Fraction | None:
    """Return the value of a reading as a number, or None where it has none."""
    return None if reading.value is None else Fraction(reading.value)


def of_set(titles: tuple[str, ...], present: Iterable[str], rows: Rows) -> Reading:
    """Return how many of a listed set are present, which, and which are not."""
    there = set(present)
    have = tuple(title for title in titles if title in there)
    lack = tuple(title for title in titles if title not in there)
    return Reading(fraction(len(have)), have=have, lack=lack, rows=rows)


BEYOND = 2**22
"""More than the ordinal of any day: number × BEYOND + day orders days of several committees or periods at once."""


@dataclass(frozen=True, eq=False)
class Committee:
    """What is no table of one committee: its key–value sheets by name and key, where its values and sheets stand, and the clock of its report.

    `unfilled` are the logs and rolls in which nothing has been written, and of which nobody says that there is nothing.
    """

    pairs: Mapping[str, Mapping[str, Any]]
    places: Mapping[tuple[str, str], At]
    locations: Mapping[str, SheetLocation]
    clock: Judgement
    unfilled: frozenset[str] = frozenset()


class Periods:
    """The periods that a measure is asked for, of one committee after another.

    `committees` are the numbers of their committees, `starts` their first days and `days` the days they are counted on, as ordinals.
    """

    def __init__(self, items: Sequence[Period], committees: Sequence[int], starts: Numbers, days: Numbers) -> None:
        self.items, self.starts, self.days = tuple(items), starts, days
        self._committees = committees

    @cached_property
    def committees(self) -> Numbers:
        """The number of the committee of each period."""
        import numpy as np

        return np.array(self._committees, np.int64)

    @cached_property
    def numbered(self) -> tuple[tuple[int, Period], ...]:
        """Each period with the number of its committee."""
        return tuple(zip(self._committees, self.items, strict=True))

    def __len__(self) -> int:
        return len(self.items)

    def between(self, starts: Numbers | None = None, days: Numbers | None = None) -> Periods:
        """Return the same periods with other first days, or counted on other days."""
        return Periods(
            self.items, self._committees, self.starts if starts is None else starts, self.days if days is None else days
        )

    @cached_property
    def follow_each_other(self) -> bool:
        """Whether they are ordered and no two of one committee have a day in common."""
        keys = self.committees * BEYOND
        begin, end = keys + self.starts, keys + self.days
        return bool((begin[1:] > end[:-1]).all())

    def of_days(self, committees: Numbers, days: Numbers) -> Numbers:
        """Return the number of the period in which each day of a committee lies, −1 for none; they must follow each other."""
        import numpy as np

        keys = self.committees * BEYOND
        at = np.searchsorted(keys + self.starts, committees * BEYOND + days, side="right") - 1
        inside = (at >= 0) & (committees * BEYOND + days <= (keys + self.days)[at])
        return np.where(inside, at, -1)


@dataclass(frozen=True, eq=False)
class Matching:
    """Rows of one table that belong to periods: `positions` of rows and, beside each, the number of its period in `slots`.

    They are ordered by period, then by position. `size` is the number of the periods.
    """

    table: Table
    positions: Numbers
    slots: Numbers
    size: int

    @cached_property
    def counts(self) -> Numbers:
        """How many rows each period has."""
        import numpy as np

        return np.bincount(self.slots, minlength=self.size)

    def that(self, mask: Mask) -> Matching:
        """Return those of the rows that a mask over the whole table has."""
        kept = mask[self.positions]
        return Matching(self.table, self.positions[kept], self.slots[kept], self.size)

    def chosen(self, kept: Mask | Numbers) -> Matching:
        """Return those of the rows that a mask over these very rows has, or that are numbered."""
        return Matching(self.table, self.positions[kept], self.slots[kept], self.size)

    @cached_property
    def bounds(self) -> list[tuple[int, int]]:
        """Of each period the first of its rows, and the one after its last."""
        ends = self.counts.cumsum().tolist()
        return list(zip([0, *ends[:-1]], ends, strict=True))

    def rows(self) -> list[Rows]:
        """Return the Excel rows of each period, as readings tell them."""
        if not len(self.positions):
            return [()] * self.size
        name = self.table.sheet.name
        rows = self.table.rows[self.positions].tolist()
        return [((name, tuple(rows[first:last])),) if last > first else () for first, last in self.bounds]

    def totals(self, column: str) -> list[Fraction]:
        """Return the exact sum of a number column in each period; an empty cell adds nothing."""
        import numpy as np

        if not len(self.positions):
            return [fraction(0)] * self.size
        there = self.that(self.table.filled(column))
        sums = np.zeros(self.size, object)
        # The numbers are whole or Decimal: added as they are, for neither may be rounded.
        np.add.at(sums, there.slots, self.table.column(column)[there.positions].astype(object))
        return [fraction(value) for value in sums.tolist()]


class Facts:
    """The tables of one or of many committees, their profiles and clocks; what is asked for often is kept."""

    def __init__(self, sheets: Sheets, tables: Mapping[str, Table], committees: Mapping[int, Committee]) -> None:
        self.sheets, self.tables, self.committees = sheets, tables, committees
        self._matching: dict[tuple[str, Where, str, Periods], Matching] = {}
        self._periods_of_rows: dict[tuple[str, str, Periods], Numbers] = {}
        self._unfilled_flags: dict[tuple[str, str], frozenset[int]] = {}
        self._year_positions: dict[Periods, list[int]] = {}
        self._evidence: dict[str, Mapping[tuple[int, int], tuple[str, ...]]] = {}

    def clock(self, committee: int) -> Judgement:
        """Return the clock of a committee's report."""
        return self.committees[committee].clock

    def periods(self, items: Iterable[tuple[int, Period]]) -> Periods:
        """Return periods of committees, each counted on the day its clock says."""
        import numpy as np

        pairs = list(items)
        days = [(period.span.start.toordinal(), self.clock(number).at(period).toordinal()) for number, period in pairs]
        both = np.array(days, np.int64).reshape(-1, 2)
        return Periods([period for _, period in pairs], [number for number, _ in pairs], both[:, 0], both[:, 1])

    def clock_days(self, periods: Periods, day: Callable[[Judgement], date]) -> Numbers:
        """Return for each period a day of its committee's clock, as an ordinal."""
        import numpy as np

        return np.array([day(self.clock(number)).toordinal() for number, _ in periods.numbered], np.int64)

    # Rows of periods

    def dated(self, sheet: str, where: Where, periods: Periods, role: str = "date") -> Matching:
        """Return the matching rows whose day lies between the first day of a period and the day it is counted on."""
        key = (sheet, where, role, periods)
        kept = self._matching.get(key)
        if kept is None:
            kept = self._matching[key] = self._dated(sheet, where, periods, role)
        return kept

    def _dated(self, sheet: str, where: Where, periods: Periods, role: str) -> Matching:
        import numpy as np

        table = self.tables[sheet]
        if not periods.follow_each_other:
            days = table.days(table.sheet.role(role))
            pairs = self._pairs(table, where, periods)
            day = days[pairs.positions]
            return pairs.chosen((day >= periods.starts[pairs.slots]) & (day <= periods.days[pairs.slots]))
        slots = self._periods_of_rows.get((sheet, role, periods))
        if slots is None:
            slots = periods.of_days(table.workbooks, table.days(table.sheet.role(role)))
            self._periods_of_rows[sheet, role, periods] = slots
        positions = np.flatnonzero(table.mask(where) & (slots >= 0))
        order = slots[positions].argsort(kind="stable")
        positions = positions[order]
        return Matching(table, positions, slots[positions], len(periods))

    def on_day(self, sheet: str, where: Where, periods: Periods) -> Matching:
        """Return the matching people on a roll on the day of each period, or the rows of a dated list up to that day."""
        key = (sheet, where, "on day", periods)
        kept = self._matching.get(key)
        if kept is None:
            table = self.tables[sheet]
            pairs = self._pairs(table, where, periods)
            day = periods.days[pairs.slots]
            if table.sheet.form == "roll":
                there = (table.starts[pairs.positions] <= day) & (table.ends[pairs.positions] >= day)
            else:
                there = table.dates[pairs.positions] <= day
            kept = self._matching[key] = pairs.chosen(there)
        return kept

    def at_any_time(self, sheet: str, where: Where, periods: Periods) -> Matching:
        """Return for each period all the matching rows of its committee."""
        return self._pairs(self.tables[sheet], where, periods)

    def _pairs(self, table: Table, where: Where, periods: Periods) -> Matching:
        """Every matching row with every period of its committee."""
        import numpy as np

        matching = np.flatnonzero(table.mask(where))
        owners = table.workbooks[matching]
        first = np.searchsorted(owners, periods.committees)
        counts = np.searchsorted(owners, periods.committees, side="right") - first
        return Matching(table, matching[ranges(first, counts)], np.repeat(np.arange(len(periods)), counts), len(periods))

    def unfilled_flags(self, sheet: str, column: str) -> frozenset[int]:
        """Return the committees whose table has rows and not one of them says yes or no in a column."""
        import numpy as np

        kept = self._unfilled_flags.get((sheet, column))
        if kept is None:
            table = self.tables[sheet]
            size = max(self.committees, default=-1) + 1
            rows = np.bincount(table.workbooks, minlength=size)
            filled = np.bincount(table.workbooks[table.filled(column)], minlength=size)
            kept = frozenset(np.flatnonzero((rows > 0) & (filled == 0)).tolist())
            self._unfilled_flags[sheet, column] = kept
        return kept

    # Single cells

    @cached_property
    def year_rows(self) -> Mapping[tuple[int, int], int]:
        """The position of the row of each committee and year in the sheet of years."""
        table = self.tables[self.sheets.years.name]
        years = table.values(self.sheets.years.role("year"))
        return {key: at for at, key in enumerate(zip(table.workbooks.tolist(), years, strict=True))}

    def has_year(self, committee: int, period: Period) -> bool:
        """Return whether the sheet of years has a row for the year of a period."""
        return (committee, period.year) in self.year_rows

    def stated(self, sheet: str, column: str, periods: Periods) -> list[Any]:
        """Return for each period what the key–value sheet, or the year's row, says in a column; None where it says nothing."""
        if self.sheets.form(sheet) != "years":
            return [self.committees[number].pairs.get(sheet, {}).get(column) for number, _ in periods.numbered]
        positions = self._year_positions.get(periods)
        if positions is None:
            positions = [self.year_rows.get((number, period.year), -1) for number, period in periods.numbered]
            self._year_positions[periods] = positions
        values = self.tables[sheet].values(column)
        return [values[at] if at >= 0 else None for at in positions]

    @cached_property
    def entries(self) -> Mapping[tuple[int, str], Entry]:
        """The sheet of assessments by committee and the id of the indicator or part; the first row of each."""
        sheet = self.sheets.assessed
        table = self.tables[sheet.name]
        entries: dict[tuple[int, str], Entry] = {}
        columns = (table.values(sheet.role(role)) for role in ("item", "self", "self_reason", "score", "reason"))
        # A row becomes a record that stands beside results: no arithmetic is done with it here.
        for owner, row, item, own, own_reason, score, reason in zip(
            table.workbooks.tolist(), table.rows.tolist(), *columns, strict=True
        ):
            entries.setdefault(
                (owner, item),
                Entry(
                    None if own is None else Fraction(own),
                    own_reason or "",
                    None if score is None else Fraction(score),
                    reason or "",
                    row,
                ),
            )
        return entries

    def evidence(self, sheet: str) -> Mapping[tuple[int, int], tuple[str, ...]]:
        """Return the evidence numbers of every row of a sheet that has some, by committee and Excel row."""
        kept = self._evidence.get(sheet)
        if kept is None:
            kept = self._evidence[sheet] = self._evidence_of(sheet)
        return kept

    def _evidence_of(self, sheet: str) -> Mapping[tuple[int, int], tuple[str, ...]]:
        table = self.tables[sheet]
        ids = table.values(table.sheet.role("evidence"))
        return {
            (owner, row): cell
            for owner, row, cell in zip(table.workbooks.tolist(), table.rows.tolist(), ids, strict=True)
            if cell
        }
