"""Returns as bytes, exactly, and back: what comes back is checked value by value, for it may have come by mail."""

from __future__ import annotations

import dataclasses
import json
import re
import types
import typing
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.records import Return, judge
from wuhao_report.core.options import Options

LARGEST = 4 * 2**20
"""No return is larger than so many bytes of text."""
_EXACT = re.compile(r"-?[0-9]{1,80}/[1-9][0-9]{0,79}")
_MOST_COUNT = 10**9


class NoReturn(ValueError):
    """Bytes that are no return of ours."""


@dataclass(frozen=True)
class Entry:
    """A return on its way: what it is sorted by, and all of it as bytes."""

    file: str
    sha256: str
    unit: str
    scheme: str
    scheme_hash: str
    stage: str
    report_date: date
    score: float | None
    waits: bool
    among: tuple[tuple[str, str, float], ...]
    data: bytes


def entry_of(one: Return) -> Entry:
    """The entry of a return."""
    return Entry(one.file, one.sha256, one.unit, one.scheme, one.scheme_hash, one.stage, one.report_date, None if one.score is None else float(one.score), one.basis is not None,
                 tuple((name, label, float(value)) for name, label, value in one.among), packed(to_text(one)))


def judged(path: Path, file: str, options: Options | None = None) -> Entry:
    """The entry of a workbook; raises as returns.judge does."""
    return entry_of(judge(path, file, options))


def packed(text: str) -> bytes:
    return zlib.compress(text.encode(), 3)


def unpacked(data: bytes) -> str:
    """The text of packed bytes.

    Raises NoReturn for anything else, and for what is too large.
    """
    try:
        engine = zlib.decompressobj()
        text = engine.decompress(data, LARGEST)
        if not engine.eof:
            raise NoReturn("size")
        return text.decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise NoReturn(str(error)) from error


def to_text(one: Return) -> str:
    """A return as JSON: every record as the list of its values, every number exact."""
    return json.dumps(one, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        return [getattr(value, item.name) for item in dataclasses.fields(value)]
    raise TypeError(type(value).__name__)


def from_text(text: str) -> Return:
    """The return of such a JSON.

    Raises NoReturn for what is none.
    """
    try:
        found: Return = _reader(Return)(json.loads(text))
        return found
    except (ValueError, TypeError, RecursionError) as error:
        raise NoReturn(str(error)[:80]) from error


def from_bytes(data: bytes) -> Return:
    """The return of packed bytes; raises NoReturn."""
    return from_text(unpacked(data))


# By the types of the records themselves

@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of that type from plain data, or raises TypeError or ValueError."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _record(kind)
    if origin in (typing.Union, types.UnionType):
        return _either(inner)
    if origin is tuple:
        return _several(_reader(inner[0])) if inner[1:] == (...,) else _row(tuple(map(_reader, inner)))
    return {str: _text, int: _count, bool: _truth, Fraction: _number, date: _day}[kind]


def _record(kind: Any) -> Callable[[Any], Any]:
    return lambda value: kind(*_fields(kind)(value))


@cache
def _fields(kind: Any) -> Callable[[Any], Any]:
    """Made when it is first used: records may hold records of their own kind."""
    hints = typing.get_type_hints(kind)
    return _row(tuple(_reader(hints[item.name]) for item in dataclasses.fields(kind)))


def _either(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    readers = [_reader(kind) for kind in kinds if kind is not type(None)]
    nothing = type(None) in kinds

    def read(value: Any) -> Any:
        if value is None and nothing:
            return None
        for reader in readers[:-1]:
            try:
                return reader(value)
            except TypeError:
                continue
        return readers[-1](value)
    return read


def _several(reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not list:
            raise TypeError("list")
        return tuple(map(reader, value))
    return read


def _row(readers: tuple[Callable[[Any], Any], ...]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not list or len(value) != len(readers):
            raise TypeError("row")
        return tuple(reader(item) for reader, item in zip(readers, value, strict=True))
    return read


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("str")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _MOST_COUNT:
        raise TypeError("int")
    return value


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError("bool")
    return value


def _number(value: Any) -> Fraction:
    if type(value) is not str or not _EXACT.fullmatch(value):
        raise TypeError("number")
    top, _, bottom = value.partition("/")
    return Fraction(int(top), int(bottom))


def _day(value: Any) -> date:
    if type(value) is not str:
        raise TypeError("date")
    return date.fromisoformat(value)
