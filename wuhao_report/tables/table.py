"""One sheet as a DataFrame, of one workbook or of many, where it stands in each; and what measures ask it for again and again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from wuhao_report.core.cell_reference import LAST_ROW, column_letters
from wuhao_report.core.problems import At
from wuhao_report.core.text import without_space
from wuhao_report.tables.conditions import Condition, Where, fits
from wuhao_report.tables.sheets import Sheet
from wuhao_report.tables.typed import ordinals, plain_values, typed_column

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from wuhao_report.tables.typed import Typed

    Mask = NDArray[np.bool_]
    Numbers = NDArray[np.int64]

FOREVER = date.max.toordinal()
WORKBOOK, ROW = "工作簿", "行"
"""The names of the two levels of the index: which workbook, and the row in Excel."""


@dataclass(frozen=True)
class SheetLocation:
    """Where a sheet stands in one workbook: `title` is its name there, `positions` the 0-based Excel column of each column.

    `missing` are the columns the sheet does not have. `usable` is False where the sheet itself, its header or a required column is
    missing: it then has no rows. `written` tells whether a record stands in it, be it a faulty one; `says_none` whether its one row is
    the word 无.
    """

    sheet: Sheet
    title: str = ""
    positions: Mapping[str, int] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    usable: bool = True
    written: bool = False
    says_none: bool = False

    @property
    def place(self) -> At:
        """The sheet as the workbook names it."""
        return At(self.title or self.sheet.name)

    @cached_property
    def first_column(self) -> str:
        """How an address in the first of its columns begins: 会议!A; empty where no column is known."""
        return f"{self.place.sheet}!{column_letters(min(self.positions.values()))}" if self.positions else ""

    def at(self, row: int, column: str) -> At:
        """Return the place of a value, by its Excel row."""
        return At(self.title or self.sheet.name, row, self.positions.get(column))


def absent(sheet: Sheet, positions: Mapping[str, int] | None = None, title: str = "") -> SheetLocation:
    """Return the location of a sheet that is not there, or cannot be used."""
    return SheetLocation(sheet, title, positions or {}, frozenset(sheet.by_name) - set(positions or ()), False)


@dataclass(frozen=True, eq=False)
class Words:
    """The words of a column whose cells may hold several: of each row its first place and its number of places in `codes`.

    `folded` numbers each word by how it is compared, without blanks.
    """

    words: tuple[str, ...]
    folded: Numbers
    starts: Numbers
    counts: Numbers
    codes: Numbers


class Table:
    """The DataFrame of one sheet, and its columns as the arrays that measures ask for.

    `frame` is indexed by Excel row, or by workbook and Excel row; the rows of one workbook stand together, in the order of the
    workbooks. Its columns are those of the scheme, typed as `tables.typed` says.
    """

    def __init__(
        self,
        sheet: Sheet,
        frame: pd.DataFrame,
        columns: Mapping[str, Typed] | None = None,
        places: tuple[Numbers, Numbers] | None = None,
    ) -> None:
        """Take the frame; `columns` are its arrays by name, `places` its workbooks and Excel rows, where the caller has them at hand."""
        self.sheet, self.frame, self._places = sheet, frame, places
        self._columns: dict[str, Any] = dict(columns or {})
        self._masks: dict[Where, Mask] = {}
        self._values: dict[str, list[Any]] = {}
        self._words: dict[str, Words] = {}
        self._names: dict[str, tuple[Numbers, list[str]]] = {}
        self._days: dict[str, Numbers] = {}

    def __len__(self) -> int:
        return len(self.frame.index)

    @cached_property
    def workbooks(self) -> Numbers:
        """The number of the workbook of every row; 0 where there is one."""
        import numpy as np

        if self._places is not None:
            return self._places[0]
        index = self.frame.index
        if index.nlevels == 1:
            return np.zeros(len(index), np.int64)
        return np.asarray(index.get_level_values(0), np.int64)

    @cached_property
    def rows(self) -> Numbers:
        """The Excel row of every row."""
        import numpy as np

        if self._places is not None:
            return self._places[1]
        index = self.frame.index
        return np.asarray(index if index.nlevels == 1 else index.get_level_values(1), np.int64)

    def column(self, name: str) -> Any:
        """Return the array of a column."""
        kept = self._columns.get(name)
        if kept is None:
            kept = self._columns[name] = self.frame[name].array
        return kept

    def values(self, name: str | None) -> list[Any]:
        """Return the values of a column as plain Python, for what is written in words; all None for a column there is none of."""
        if name is None or name not in self.sheet.by_name:
            return [None] * len(self)
        kept = self._values.get(name)
        if kept is None:
            kept = self._values[name] = plain_values(self.column(name))
        return kept

    def rows_of(self, number: int) -> slice:
        """Return the positions of the rows of one of the workbooks."""
        import numpy as np

        return slice(*np.searchsorted(self.workbooks, (number, number + 1)).tolist())

    def of_workbook(self, number: int) -> Table:
        """Return the table of one of the workbooks, indexed by Excel row alone."""
        if self.frame.index.nlevels == 1:
            return self
        return Table(self.sheet, self.frame.iloc[self.rows_of(number)].droplevel(0))

    def days(self, name: str | None) -> Numbers:
        """Return the days of a column as ordinals; 0 where it is empty."""
        kept = self._days.get(name or "")
        if kept is None:
            kept = self._days[name or ""] = ordinals(self.column(name or ""))
        return kept

    @property
    def dates(self) -> Numbers:
        """The days of the rows of a log."""
        return self.days(self.sheet.role("date"))

    @property
    def starts(self) -> Numbers:
        """The days on which people of a roll joined."""
        return self.days(self.sheet.role("start"))

    @cached_property
    def ends(self) -> Numbers:
        """The days on which they left; the last day of all where they have not."""
        import numpy as np

        days = self.days(self.sheet.role("end"))
        return np.where(days == 0, FOREVER, days)

    def filled(self, name: str) -> Mask:
        """Return the rows that have a value in a column."""
        import numpy as np
        import pandas as pd

        return ~np.asarray(pd.isna(self.column(name)), np.bool_)

    def mask(self, where: Where) -> Mask:
        """Return the rows that meet every condition."""
        kept = self._masks.get(where)
        if kept is not None:
            return kept
        if where:
            kept = self._fitting(where[-1])
            if len(where) > 1:
                kept = self.mask(where[:-1]) & kept
        else:
            import numpy as np

            kept = np.ones(len(self), dtype=np.bool_)
        self._masks[where] = kept
        return kept

    def _fitting(self, condition: Condition) -> Mask:
        """Return the rows that meet a condition: each distinct value is asked once."""
        import numpy as np

        column = self.column(condition.column)
        if condition.op == "filled":
            filled = self.filled(condition.column)
            return filled if condition.truth else ~filled
        if condition.op == "is" and column.dtype.kind == "b":
            yes: Mask = np.equal(column.to_numpy(np.bool_, na_value=False), condition.truth)
            return yes
        codes, values = self.coded(condition.column)
        return np.array([*(fits(condition, value) for value in values), fits(condition, None)], np.bool_)[codes]

    def coded(self, name: str) -> tuple[Numbers, list[Any]]:
        """Return the code of every row of a column (−1 where it is empty), and the distinct plain values they number."""
        import numpy as np
        import pandas as pd

        column = self.column(name)
        if isinstance(column, pd.Categorical):
            return np.asarray(column.codes, np.int64), list(column.categories)
        if column.dtype.kind == "b":
            codes = column.to_numpy(np.int64, na_value=-1)
            return codes, [False, True]
        codes, values = pd.factorize(np.asarray(column) if column.dtype.kind == "M" else column)
        return np.asarray(codes, np.int64), plain_values(values)

    def names(self, name: str | None) -> tuple[Numbers, list[str]]:
        """Return the names of a column as they are compared: the code of every row, and the names they number."""
        import numpy as np

        kept = self._names.get(name or "")
        if kept is None:
            codes, values = self.coded(name or "")
            folded = [without_space(str(value)) for value in [*values, None]]
            distinct = {text: at for at, text in enumerate(dict.fromkeys(folded))}
            of_value = np.array([distinct[text] for text in folded], np.int64)
            kept = self._names[name or ""] = of_value[codes], list(distinct)
        return kept

    def words(self, name: str) -> Words:
        """Return the words of a column, whose cells may hold several."""
        import numpy as np

        kept = self._words.get(name)
        if kept is None:
            codes, values = self.coded(name)
            cells = [value if isinstance(value, tuple) else (value,) for value in values] + [()]
            distinct = {word: at for at, word in enumerate(dict.fromkeys(word for cell in cells for word in cell))}
            counts = np.array([len(cell) for cell in cells], np.int64)
            flat = np.array([distinct[word] for cell in cells for word in cell], np.int64)
            starts = counts.cumsum() - counts
            compared = {text: at for at, text in enumerate(dict.fromkeys(without_space(word) for word in distinct))}
            folded = np.array([compared[without_space(word)] for word in distinct], np.int64)
            kept = self._words[name] = Words(tuple(distinct), folded, starts[codes], counts[codes], flat)
        return kept


def ranges(starts: Numbers, counts: Numbers) -> Numbers:
    """Return the whole numbers of several ranges, one range after another."""
    import numpy as np

    before = counts.cumsum() - counts
    return np.arange(int(counts.sum()), dtype=np.int64) + np.repeat(starts - before, counts)


def table_of(sheet: Sheet, columns: Mapping[str, Typed], rows: Numbers, workbooks: Numbers | None = None) -> Table:
    """Return the table of typed columns; a column that is not there is empty. `workbooks` is left out for one alone."""
    import numpy as np
    import pandas as pd

    index = pd.Index(rows, name=ROW) if workbooks is None else _index(workbooks, rows)
    nothing = np.zeros(len(rows), np.intp)
    typed = {
        column.name: columns[column.name]
        if column.name in columns
        else typed_column(column.type, nothing, (None,), column.choices)
        for column in sheet.columns
    }
    # pd.DataFrame(typed, index=index) checks and infers once more what is typed here: for tables as small as these, twice the time.
    frame = pd.DataFrame._from_arrays(  # type: ignore[attr-defined]
        list(typed.values()), columns=_columns(tuple(typed)), index=index, verify_integrity=False
    )
    return Table(sheet, frame, typed, (np.zeros(len(rows), np.int64) if workbooks is None else workbooks, rows))


def _index(workbooks: Numbers, rows: Numbers) -> pd.MultiIndex:
    """Return the index by workbook and Excel row; both are small whole numbers, and so stand for themselves as codes.

    The rows of a caller's own frames may be any numbers.
    """
    import numpy as np
    import pandas as pd

    if len(rows) and not 0 <= rows.min() <= rows.max() <= LAST_ROW:
        return pd.MultiIndex.from_arrays([workbooks, rows], names=[WORKBOOK, ROW])
    levels: Any = [pd.RangeIndex(int(numbers.max(initial=-1)) + 1) for numbers in (workbooks, rows)]
    codes: Any = [numbers.astype(np.intp) for numbers in (workbooks, rows)]
    return pd.MultiIndex(levels=levels, codes=codes, names=[WORKBOOK, ROW], verify_integrity=False)


@lru_cache(maxsize=256)
def _columns(names: tuple[str, ...]) -> pd.Index[str]:
    import pandas as pd

    return pd.Index(names)
