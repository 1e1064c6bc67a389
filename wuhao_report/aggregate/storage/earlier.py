"""What versions up to 0.4 have stored: records as lists of JSON, in 结果库.duckdb of layout 3 and in 汇总包.wuhao of layout 2.

Only read, never written. What comes back is checked value by value, for it may have come by mail.
"""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import json
import re
import types
import typing
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.records.model import (
    CommitteeRecord,
    DeedRecord,
    FigureRecord,
    HeadRecord,
    IndicatorRecord,
    PeriodRecord,
)
from wuhao_report.aggregate.tables.exact import NotARecord
from wuhao_report.evaluation.ranking import Basis, FactorBasis, PeriodBasis, ResultBasis

LARGEST = 4 * 2**20
"""The largest size in bytes of the text of a record, and of a line of a bundle."""
BUNDLE_LAYOUT = 2
MOST_INFLATED, MOST_TIMES = 16 * 2**20, 200
"""A bundle never inflates to more than so many bytes and so many times its size together."""
AT_ONCE = 256
_EXACT = re.compile(r"-?[0-9]{1,80}/[1-9][0-9]{0,79}")
_LARGEST_COUNT = 10**9


# The fields of a record in the order in which they were stored


@dataclass(frozen=True)
class _Period:
    label: str
    finished: bool
    met: bool | None
    value: Fraction | bool | None
    failed: bool
    open: bool
    top: Fraction | None
    bottom: Fraction | None
    have: tuple[str, ...]
    lack: tuple[str, ...]
    word: str
    among: Fraction | bool | None


@dataclass(frozen=True)
class _Result:
    id: str
    status: str
    periods: tuple[_Period, ...]
    parts: tuple[_Result, ...]
    penalties: tuple[_Result, ...]


@dataclass(frozen=True)
class _Factor:
    id: str
    value: Fraction | bool | None
    factor: Fraction


@dataclass(frozen=True)
class _Basis:
    results: tuple[_Result, ...]
    factors: tuple[_Factor, ...]


@dataclass(frozen=True)
class _Indicator:
    id: str
    title: str
    head: str
    status: str
    score: Fraction | None
    full: Fraction | None
    bonus: Fraction | None
    progress: str
    rule_hash: str
    ratios: tuple[tuple[str, Fraction | None, Fraction | None], ...]
    rank_values: tuple[tuple[str, str, Fraction], ...]
    cells: tuple[str, ...]
    place: int | None
    reason: str = ""
    cause: str = ""


@dataclass(frozen=True)
class _Head:
    id: str
    title: str
    status: str
    score: Fraction | None
    full: Fraction | None


@dataclass(frozen=True)
class _Figure:
    id: str
    title: str
    unit: str
    per: str
    values: tuple[tuple[str, Fraction | None], ...]
    adds: bool = False


@dataclass(frozen=True)
class _Deed:
    sentence: str
    told: int
    people: int


@dataclass(frozen=True)
class _Committee:
    file: str
    sha256: str
    unit: str
    scheme: str
    scheme_title: str
    scheme_hash: str
    stage: str
    report_date: date
    status: str
    score: Fraction | None
    full: Fraction
    grade: str | None
    bonus: Fraction | None
    heads: tuple[_Head, ...]
    indicators: tuple[_Indicator, ...]
    figures: tuple[_Figure, ...]
    errors: int
    warnings: int
    basis: _Basis | None
    by_points: bool = False
    deed: _Deed | None = None
    start_year: int | None = None


_LATER = {_Committee: (1, 3), _Indicator: (2,), _Figure: (1,)}
"""How many fields at the end of a record the results of each older form do not have."""


def record_of_bytes(data: bytes) -> CommitteeRecord:
    """Return the record of deflated JSON; raises NotARecord."""
    try:
        engine = zlib.decompressobj()
        text = engine.decompress(data, LARGEST)
        if not engine.eof:
            raise NotARecord("size")
        return record_of_text(text.decode())
    except (zlib.error, UnicodeDecodeError) as error:
        raise NotARecord(str(error)) from error


def record_of_text(text: str) -> CommitteeRecord:
    """Return the record of a JSON.

    Raises NotARecord for any other text.
    """
    try:
        return _present(_reader(_Committee)(json.loads(text)))
    except (ValueError, TypeError, RecursionError) as error:
        raise NotARecord(str(error)[:80]) from error


def _present(old: _Committee) -> CommitteeRecord:
    """Return a record as it is kept now. Of the periods, only the rates were kept."""
    own = _fields_of(old)
    own["heads"] = tuple(HeadRecord(**_fields_of(head)) for head in old.heads)
    own["indicators"] = tuple(map(_indicator, old.indicators))
    own["figures"] = tuple(FigureRecord(**_fields_of(figure)) for figure in old.figures)
    own["deed"] = DeedRecord(**_fields_of(old.deed)) if old.deed else None
    if old.basis:
        factors = tuple(FactorBasis(**_fields_of(factor)) for factor in old.basis.factors)
        own["basis"] = Basis(tuple(map(_result, old.basis.results)), factors)
    return CommitteeRecord(**own)


def _fields_of(item: Any) -> dict[str, Any]:
    return {field.name: getattr(item, field.name) for field in dataclasses.fields(item)}


def _indicator(old: _Indicator) -> IndicatorRecord:
    own = _fields_of(old)
    ratios = own.pop("ratios")
    own["periods"] = tuple(
        PeriodRecord(old.id, label, True, None, None, numerator, denominator) for label, numerator, denominator in ratios
    )
    return IndicatorRecord(**own, mend=None)


def _result(old: _Result) -> ResultBasis:
    periods = tuple(PeriodBasis(**_fields_of(period)) for period in old.periods)
    return ResultBasis(old.id, old.status, periods, tuple(map(_result, old.parts)), tuple(map(_result, old.penalties)))


# Readers, made from the types of the fields


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return the function that makes a value of that type from plain data, or raises TypeError or ValueError."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind)
    if origin in (typing.Union, types.UnionType):
        return _union(inner)
    if origin is tuple:
        return _list(_reader(inner[0])) if inner[1:] == (...,) else _row(tuple(map(_reader, inner)))
    return {str: _text, int: _count, bool: _truth, Fraction: _number, date: _day}[kind]


def _dataclass(kind: Any) -> Callable[[Any], Any]:
    return lambda value: kind(*_row_reader(kind)(value))


@cache
def _row_reader(kind: Any) -> Callable[[Any], Any]:
    """Return the reader of the fields. It is made at the first use, because records may hold records of their own kind."""
    hints = typing.get_type_hints(kind)
    return _row(tuple(_reader(hints[item.name]) for item in dataclasses.fields(kind)), _LATER.get(kind, ()))


def _union(kinds: tuple[Any, ...]) -> Callable[[Any], Any]:
    readers = [_reader(kind) for kind in kinds if kind is not type(None)]
    optional = type(None) in kinds

    def read(value: Any) -> Any:
        """Read a value of any of the types."""
        if value is None and optional:
            return None
        for reader in readers[:-1]:
            try:
                return reader(value)
            except TypeError:
                continue
        return readers[-1](value)

    return read


def _list(reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        """Read a list of values of one type."""
        if type(value) is not list:
            raise TypeError("list")
        return tuple(map(reader, value))

    return read


def _row(readers: tuple[Callable[[Any], Any], ...], later: tuple[int, ...] = ()) -> Callable[[Any], Any]:
    lengths = {len(readers), *(len(readers) - missing for missing in later)}

    def read(value: Any) -> Any:
        """Read a list of values, each of its own type; so many at the end as `later` says may be missing."""
        if type(value) is not list or len(value) not in lengths:
            raise TypeError("row")
        return tuple(reader(item) for reader, item in zip(readers, value, strict=False))

    return read


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("str")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST_COUNT:
        raise TypeError("int")
    return value


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError("bool")
    return value


def _number(value: Any) -> Fraction:
    if type(value) is not str or not _EXACT.fullmatch(value):
        raise TypeError("number")
    numerator, _, denominator = value.partition("/")
    return Fraction(int(numerator), int(denominator))


def _day(value: Any) -> date:
    if type(value) is not str:
        raise TypeError("date")
    return date.fromisoformat(value)


# A store


def stored_results(database: Any) -> Iterator[tuple[str, int, CommitteeRecord]]:
    """Yield recipe, run and record of everything that a store of layout 3 keeps; what is no record any more is left out."""
    cursor = database.cursor().execute("SELECT recipe, run, data FROM store.results ORDER BY run, rowid")
    while rows := cursor.fetchmany(AT_ONCE):
        for recipe, run, data in rows:
            try:
                yield str(recipe), int(run), record_of_bytes(data)
            except NotARecord:
                continue


# A bundle


class Damaged(ValueError):
    """A bundle that is not as it was written; the text says why, in Chinese."""


def bundle_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a bundle, the last one left out; never more bytes than a bundle of that size may hold.

    Raises Damaged where its end is missing, or its hash is another.
    """
    digest = hashlib.sha256()
    ended = False
    for data in _inflated_lines(path):
        if ended:
            raise Damaged("结尾之后还有内容")
        value = json.loads(data)
        if type(value) is not dict:
            raise Damaged("内容不合格式")
        if "end" in value:
            ended = value["end"] == digest.hexdigest()
            if not ended:
                raise Damaged("内容被改动过")
            continue
        digest.update(data)
        yield value
    if not ended:
        raise Damaged("不完整")


def _inflated_lines(path: Path) -> Iterator[bytes]:
    room = MOST_INFLATED + MOST_TIMES * path.stat().st_size
    try:
        with gzip.open(path, "rb") as stream:
            while data := stream.readline(LARGEST + 1):
                room -= len(data)
                if len(data) > LARGEST or not data.endswith(b"\n"):
                    raise Damaged("不完整")
                if room < 0:
                    raise Damaged("解开后过大")
                yield data
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise Damaged("打不开") from error
