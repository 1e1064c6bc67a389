"""One typed table, and the arrays of it that measures ask for again and again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wuhao_report.core.problems import At
from wuhao_report.core.text import without_space
from wuhao_report.tables.conditions import Condition, Where, fits
from wuhao_report.tables.sheets import Sheet

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

FOREVER = date.max.toordinal()


@dataclass(frozen=True, eq=False)
class Table:
    """One sheet, typed: `rows` are the Excel numbers of the rows that count, `columns` their values.

    The columns are all those of the scheme, holding str, int, Decimal, date, bool, tuple or None. `positions` tells
    the 0-based Excel column of each; `missing` are the columns the sheet does not have. `usable` is False where the
    sheet itself, its header or a required column is missing: it then has no rows. `title` is its name in the workbook.
    """

    sheet: Sheet
    rows: list[int]
    columns: Mapping[str, list[Any]]
    positions: Mapping[str, int]
    missing: frozenset[str] = frozenset()
    usable: bool = True
    title: str = ""

    @property
    def place(self) -> At:
        """The sheet as the workbook names it."""
        return At(self.title or self.sheet.name)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The table in pandas: columns of dtype object, indexed by the Excel row number; made when first asked for."""
        import pandas as pd

        index = pd.Index(self.rows, dtype="int64")
        return pd.DataFrame(
            {name: pd.Series(values, index=index, dtype=object) for name, values in self.columns.items()},
            index=index,
            columns=pd.Index(self.sheet.by_name, dtype=object),
        )

    def at(self, index: int, column: str) -> At:
        """The place of a value: `index` counts the rows of the frame from 0."""
        return replace(self.place, row=self.rows[index], column=self.positions.get(column))


def empty_table(sheet: Sheet, positions: Mapping[str, int] | None = None, title: str = "") -> Table:
    """Return the table of a sheet that is not there, or cannot be used."""
    return Table(
        sheet,
        [],
        {name: [] for name in sheet.by_name},
        positions or {},
        frozenset(sheet.by_name) - set(positions or ()),
        False,
        title,
    )


class TableArrays:
    """The arrays of one table that measures ask for again and again: dates as ordinals, masks of filters."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._masks: dict[Condition, Mask] = {}
        self._active: dict[date, Mask] = {}

    def _ordinals(self, role: str, default: int) -> NDArray[np.int64]:
        import numpy as np

        column = self.table.sheet.role(role)
        values = self.table.columns[column or ""]
        return np.fromiter((default if day is None else day.toordinal() for day in values), np.int64, len(values))

    @cached_property
    def days(self) -> NDArray[np.int64]:
        """The days of the rows of a log, as ordinals."""
        return self._ordinals("date", 0)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """The days on which people of a roll joined."""
        return self._ordinals("start", FOREVER)

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """The days on which they left; the last day of all where they have not."""
        return self._ordinals("end", FOREVER)

    @cached_property
    def names(self) -> list[str]:
        """Their names as they are compared."""
        return [without_space(str(name)) for name in self.table.columns[self.table.sheet.role("name") or ""]]

    def mask(self, where: Where) -> Mask:
        """The rows that meet every condition."""
        import numpy as np

        result = np.ones(len(self.table.rows), dtype=np.bool_)
        for condition in where:
            fitting = self._masks.get(condition)
            if fitting is None:
                values = self.table.columns[condition.column]
                fitting = np.fromiter((fits(condition, value) for value in values), np.bool_, len(values))
                self._masks[condition] = fitting
            result &= fitting
        return result

    def active(self, day: date) -> Mask:
        """People who have joined on or before the day and have not left before it."""
        active = self._active.get(day)
        if active is None:
            number = day.toordinal()
            active = self._active[day] = (self.starts <= number) & (self.ends >= number)
        return active

    def dated(self, start: date, end: date) -> Mask:
        """Return the rows dated from one day to another, both included."""
        return (self.days >= start.toordinal()) & (self.days <= end.toordinal())
