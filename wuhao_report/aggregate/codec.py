"""Records as bytes, exactly, and back: what comes back is checked value by value, for it may have come by mail."""

from __future__ import annotations

import dataclasses
import json
import re
import types
import typing
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any

from wuhao_report.aggregate.records import CommitteeRecord, FigureRecord, IndicatorRecord, Job, NotEvaluated, evaluate_all

LARGEST = 4 * 2**20
"""The largest size in bytes of the text of a record."""
LATER = {CommitteeRecord: (1, 3), IndicatorRecord: (2,), FigureRecord: (1,)}
"""How many fields at the end of a record the results of each older form do not have."""
_EXACT = re.compile(r"-?[0-9]{1,80}/[1-9][0-9]{0,79}")
_LARGEST_COUNT = 10**9


class NotARecord(ValueError):
    """Bytes or a text that this module has not made of a record."""


@dataclass(frozen=True)
class PackedRecord:
    """A record as bytes, beside the few values that a run sorts, matches and ranks it by."""

    file: str
    sha256: str
    unit: str
    scheme: str
    scheme_hash: str
    stage: str
    report_date: date
    score: float | None
    awaits_ranking: bool
    rank_values: tuple[tuple[str, str, float], ...]
    data: bytes


def pack_record(record: CommitteeRecord) -> PackedRecord:
    """Return the packed form of a record; its bytes do not name its file, for the same workbook may lie elsewhere the next time."""
    return PackedRecord(
        record.file,
        record.sha256,
        record.unit,
        record.scheme,
        record.scheme_hash,
        record.stage,
        record.report_date,
        None if record.score is None else float(record.score),
        record.basis is not None,
        tuple((name, label, float(value)) for name, label, value in record.rank_values),
        compress(to_text(dataclasses.replace(record, file=""))),
    )


def evaluate_packed(jobs: Sequence[Job]) -> list[PackedRecord | NotEvaluated]:
    """Evaluate workbooks and pack their records; raises as records.evaluate_all does."""
    return [pack_record(one) if isinstance(one, CommitteeRecord) else one for one in evaluate_all(jobs)]


def compress(text: str) -> bytes:
    """Return the text as deflated bytes."""
    return zlib.compress(text.encode(), 3)


def decompress(data: bytes) -> str:
    """Return the text of compressed bytes.

    Raises NotARecord for anything else, and for a text that is too large.
    """
    try:
        engine = zlib.decompressobj()
        text = engine.decompress(data, LARGEST)
        if not engine.eof:
            raise NotARecord("size")
        return text.decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise NotARecord(str(error)) from error


def to_text(record: CommitteeRecord) -> str:
    """Return a record as JSON: every dataclass as the list of its values, every number exact."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, date):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        return [getattr(value, item.name) for item in dataclasses.fields(value)]
    raise TypeError(type(value).__name__)


def from_text(text: str) -> CommitteeRecord:
    """Return the record of such a JSON.

    Raises NotARecord for any other text.
    """
    try:
        record: CommitteeRecord = _reader(CommitteeRecord)(json.loads(text))
        return record
    except (ValueError, TypeError, RecursionError) as error:
        raise NotARecord(str(error)[:80]) from error


def from_bytes(data: bytes) -> CommitteeRecord:
    """Return the record of compressed bytes; raises NotARecord."""
    return from_text(decompress(data))


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
    return lambda value: kind(*_fields(kind)(value))


@cache
def _fields(kind: Any) -> Callable[[Any], Any]:
    """Return the reader of the fields. It is made at the first use, because records may hold records of their own kind."""
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    return _row(tuple(_reader(hints[item.name]) for item in fields), LATER.get(kind, ()))


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
