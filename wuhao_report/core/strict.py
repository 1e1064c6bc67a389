"""Reading a table strictly: keys are taken one by one by their kind, and what is left over is an error with its path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from wuhao_report.core.errors import ANYWHERE, Place, SchemeError
from wuhao_report.core.text import LONGEST_CELL, clean, did_you_mean, in_lines_of_its_own

MOST, MOST_DECIMALS = 10**9, 20
FIRST_YEAR, LAST_YEAR = 1950, 2200
LONGEST_NAME = 60
_NO_NAME = re.compile(r"""^[.~\-]|[/\\:*?"'<>|]|[. ]$""")


class Located(dict[str, Any]):
    """A table that was written in a workbook: where it stands, and where each of its keys does (or would)."""

    def __init__(self, *values: Any, place: Place = ANYWHERE, places: dict[str, Place] | None = None) -> None:
        super().__init__(*values)
        self.place, self.places = place, places or {}


def without(table: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The table without some of its keys, still knowing where it stands."""
    rest = {name: value for name, value in table.items() if name not in keys}
    return Located(rest, place=table.place, places=table.places) if isinstance(table, Located) else rest


class Keys:
    """One table of the file: keys are taken one by one, and what is left at the end is unknown."""

    def __init__(self, table: object, path: str) -> None:
        if not isinstance(table, dict):
            raise SchemeError.one(f"应当是一个表，这里是{_kind(table)}", Place(path))
        self.table: dict[str, Any] = table
        self.path = path
        self.taken: list[str] = []

    def fail(self, key: str, text: str) -> SchemeError:
        """Return the error of a key: where it stands, and what is wrong."""
        if isinstance(self.table, Located):
            return SchemeError.one(text, self.table.places.get(key) or self.table.place)
        return SchemeError.one(text, Place(f"{self.path} → {key}" if self.path else key))

    def take(self, key: str, default: Any = None) -> Any:
        """Return what stands under a key, whatever it is."""
        self.taken.append(key)
        return self.table.get(key, default)

    def has(self, key: str) -> bool:
        """Return whether a key is there."""
        return key in self.table

    def _typed(self, key: str, kinds: type | tuple[type, ...], name: str, default: Any) -> Any:
        value = self.take(key)
        if value is None:
            if default is ...:
                raise self.fail(key, "不能空着" if isinstance(self.table, Located) else "缺少这个键")
            return default
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            raise self.fail(key, f"应当是{name}，这里是{_kind(value)}")
        return value

    def text(self, key: str, default: Any = ...) -> str:
        """Return a text that is not empty; `...` as default: the key must be there."""
        value = self._typed(key, str, "文字", default)
        if not isinstance(value, str):
            return cast(str, value)
        if default is ... and not value.strip():
            raise self.fail(key, "不能是空的")
        if len(value) > LONGEST_CELL or clean(value) != value.strip() or in_lines_of_its_own(value) != value:
            raise self.fail(key, "文字太长，或者含有看不见的控制字符")
        return value.strip()

    def inner(self, key: str, title: str) -> Any:
        """What stands under a key that must hold a table of its own."""
        if not self.has(key):
            raise self.fail(key, f"缺少“{title}”（{key}）")
        return self.take(key)

    def truth(self, key: str, default: bool = False) -> bool:
        """Return true or false."""
        return cast(bool, self._typed(key, bool, "true 或 false", default))

    def whole(self, key: str, default: Any = ...) -> int:
        """Return a whole number."""
        value = cast(int, self._typed(key, int, "整数", default))
        if value is not default and abs(value) >= MOST:
            raise self.fail(key, "应当是普通的数")
        return value

    def number(self, key: str, default: Any = ...) -> Fraction:
        """Return a number, exactly."""
        value = self._typed(key, (int, Decimal), "数", default)
        if not _is_plain(value):
            raise self.fail(key, "应当是普通的数")
        return Fraction(value)

    def day(self, key: str) -> date:
        """Return a date."""
        value = self._typed(key, date, "日期（如 2017-01-01）", ...)
        if isinstance(value, datetime):
            raise self.fail(key, "只写日期，不写时刻")
        day = cast(date, value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self.fail(key, f"应当在 {FIRST_YEAR} 年至 {LAST_YEAR} 年之间")
        return day

    def name(self, key: str) -> str:
        """Return a text that is a name, and never leads anywhere as a path: it may become the name of a file."""
        value = self.text(key)
        if len(value) > LONGEST_NAME or _NO_NAME.search(value):
            raise self.fail(key, f"应当是一个名称，不超过 {LONGEST_NAME} 个字，开头不是句点，里面没有斜线、冒号、引号之类的符号")
        return value

    def texts(self, key: str, default: Any = ()) -> tuple[str, ...]:
        """Return a list of texts, none of them twice."""
        value = self._typed(key, list, "文字的列表", default)
        for item in value:
            if not isinstance(item, str):
                raise self.fail(key, f"列表里应当都是文字，这里有{_kind(item)}")
        duplicate = duplicate_of(value)
        if duplicate is not None:
            raise self.fail(key, f"“{duplicate}”写了两次")
        return tuple(value)

    def tables(self, key: str, default: Any = ...) -> list[Any]:
        """Return a list of tables."""
        return cast(list[Any], self._typed(key, list, "表的列表", default))

    def word(self, key: str, allowed: Iterable[str], default: Any = ...) -> str:
        """Return one of the allowed words."""
        value = self.text(key, default)
        if value != default:
            self.known(key, value, allowed)
        return value

    def known(self, key: str, value: str, allowed: Iterable[str]) -> None:
        """Refuse a value that is none of the allowed ones, with the nearest."""
        allowed = list(allowed)
        if value not in allowed:
            raise self.fail(key, f"没有“{value}”{did_you_mean(value, allowed)}")

    def done(self) -> None:
        """Refuse what was not taken."""
        for key in self.table:
            if key not in self.taken:
                known = "这里不用填这一栏" if isinstance(self.table, Located) else f"不认识这个键{did_you_mean(key, self.taken)}"
                raise self.fail(key, known)


def _is_plain(value: int | Decimal) -> bool:
    """Say whether a number is one that somebody could mean: as a fraction, it is of no size."""
    if isinstance(value, int):
        return abs(value) < 10**15
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and -MOST_DECIMALS <= exponent <= 15 and abs(value) < 10**15


def _kind(value: object) -> str:
    names: dict[type, str] = {
        bool: "true/false",
        int: "整数",
        Decimal: "小数",
        str: "文字",
        list: "列表",
        dict: "表",
        date: "日期",
        datetime: "时刻",
    }
    return names.get(type(value), "别的东西")


def duplicate_of(values: Iterable[Any]) -> Any:
    """Return the first value that occurs twice, or None."""
    seen: set[Any] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None
