"""Typed values → a column of a DataFrame, made from the distinct values alone; and its plain values again.

What a column of the scheme is in pandas:

    date, month                 datetime64[s], NaT where empty
    count, year                 Int64
    amount                      object: exact Decimal, None where empty
    flag                        boolean
    choice, stage, indicator    category
    text                        string
    choices, ids, photos        object: a tuple of words, None where empty
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Codes = NDArray[np.intp]
    Typed = pd.api.extensions.ExtensionArray | NDArray[Any]

DAY_ONE = 719_163
"""The ordinal of 1 January 1970, from which numpy counts days."""
DAY, NO_DAY = 86_400, -(2**63)
"""The seconds of a day, and the number by which numpy knows that there is none."""


def typed_column(kind: str, codes: Codes, values: Sequence[Any], choices: tuple[str, ...] = ()) -> Typed:
    """Return a column as pandas types it: of every row the value that its code numbers.

    `values` are the distinct typed values (None for an empty cell), `choices` those that a column of one choice lists.
    """
    import numpy as np
    import pandas as pd

    if kind in ("date", "month"):
        seconds = [NO_DAY if day is None else (day.toordinal() - DAY_ONE) * DAY for day in values]
        dates: Typed = pd.array(np.array(seconds, np.int64)[codes].view("datetime64[s]"))
        return dates
    if kind in ("count", "year", "flag"):
        empty = np.array([value is None for value in values], np.bool_)[codes]
        if kind == "flag":
            return pd.arrays.BooleanArray(np.array([bool(value) for value in values], np.bool_)[codes], empty)
        return pd.arrays.IntegerArray(np.array([value or 0 for value in values], np.int64)[codes], empty)
    if kind in ("choice", "stage", "indicator"):
        words = tuple(dict.fromkeys((*choices, *(value for value in values if value is not None))))
        number = {word: at for at, word in enumerate(words)}
        of_value = np.array(
            [-1 if value is None else number[value] for value in values], np.int16 if len(words) < 2**15 else np.intp
        )
        return pd.Categorical.from_codes(of_value[codes], dtype=_category(words), validate=False)  # type: ignore[arg-type]
    plain = np.empty(len(values), object)
    plain[:] = values
    if kind == "text":
        plain[plain == None] = np.nan  # noqa: E711 (an array is compared element by element)
        return pd.arrays.StringArray(plain[codes], dtype=_strings())  # type: ignore[call-arg]
    return plain[codes]


@lru_cache(maxsize=1)
def _strings() -> Any:
    """The strings of pandas, kept as Python's own whatever other libraries are at hand."""
    import numpy as np
    import pandas as pd

    return pd.StringDtype("python", na_value=np.nan)


@lru_cache(maxsize=256)
def _category(words: tuple[str, ...]) -> pd.CategoricalDtype:
    import pandas as pd

    return pd.CategoricalDtype(pd.Index(words, dtype=object))


def is_typed(kind: str, column: Any) -> bool:
    """Return whether a column is of the type that `typed_column` gives it."""
    import pandas as pd

    dtype = column.dtype
    if kind in ("date", "month"):
        return bool(dtype.kind == "M" and getattr(dtype, "tz", None) is None)
    if kind in ("choice", "stage", "indicator", "text"):
        return isinstance(dtype, pd.StringDtype if kind == "text" else pd.CategoricalDtype)
    if kind in ("count", "year", "flag"):
        return bool(dtype == ("boolean" if kind == "flag" else "Int64"))
    exact = Decimal if kind == "amount" else tuple
    return bool(dtype.kind == "O" and all(value is None or isinstance(value, exact) for value in column))


def plain_values(column: Any) -> list[Any]:
    """Return the values of a typed column as plain Python: date, int, Decimal, bool, str, tuple; None where it is empty."""
    import numpy as np
    import pandas as pd

    if isinstance(column, pd.Categorical):
        words = [*column.categories, None]
        return [words[code] for code in column.codes.tolist()]
    kind = column.dtype.kind
    if kind == "M":
        return list(np.asarray(column, "datetime64[D]").tolist())
    if kind in "iub":
        return list(column.to_numpy(object, na_value=None).tolist())
    plain = np.array(column, dtype=object)
    plain[pd.isna(plain)] = None
    return list(plain.tolist())


def ordinals(column: Any) -> NDArray[np.int64]:
    """Return the days of a column as ordinals (1 January of the year 1 is 1); 0 where there is none."""
    import numpy as np

    numbers = np.asarray(column, "datetime64[D]").view(np.int64)
    return np.where(numbers == NO_DAY, 0, numbers + DAY_ONE)
