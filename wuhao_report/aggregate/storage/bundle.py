"""汇总包.wuhao: the results of an aggregate as one small file, so that the level above calculates with the same figures without the workbooks.

Lines of JSON, deflated: what the file is; the roster; every result, every failure and every file that was skipped; and the hash of
all that. It comes by mail: nothing in it counts before all of it has been inspected.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, Any

from wuhao_report import __version__
from wuhao_report.aggregate.codec import LARGEST, NotARecord, decompress, from_text
from wuhao_report.aggregate.records import CommitteeRecord
from wuhao_report.aggregate.roster import Exclusion, Member, Roster
from wuhao_report.aggregate.rows import Failed, Skipped
from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.problems import Problem, problem
from wuhao_report.core.text import CONTROL, one_line
from wuhao_report.report.json_form import TOOL

NAME = "汇总包.wuhao"
LAYOUT = 2
MOST_TEXT = 2000
MOST_MEMBERS = 2_000_000
LEAST_MEMBERS, MEMBER_BYTES = 1_000, 6
"""A bundle may have so many members whatever its size, and more where it is large: a different name takes so many bytes, deflated."""
MOST_ALIASES, LONGEST_RECORD = 50, 256 * 2**10
"""The largest number of other names of a committee, and of bytes of one result; real ones have a few, and 20 KB."""
MOST_NAMED = 50
"""The largest number of its files that a manifest names."""
MOST_INFLATED, MOST_TIMES = 16 * 2**20, 200
"""A bundle never inflates to more than so many bytes and so many times its size together."""


class NotABundle(WuhaoError):
    """A file that is no 汇总包, or one that is not as it was written."""

    def __init__(self, why: str) -> None:
        super().__init__(f"不是完好的汇总包（{why}），请对方重新发送。")
        self.why = why

    def __reduce__(self) -> tuple[type[NotABundle], tuple[str]]:
        return NotABundle, (self.why,)

    def problem(self, file: str) -> Problem:
        """Return the problem of the file that is no bundle."""
        return problem("not-a-pack", file=file, why=self.why)


@dataclass(frozen=True)
class StoredRecord:
    """One file of a run as the store keeps it: its compressed record, the number of its member, and why it is excluded, if it is."""

    file: str
    data: bytes
    member: int | None
    reason: str | None
    person: str


@dataclass(frozen=True)
class BundledRecord:
    """One result in a bundle: the number of its member on the bundle's own roster, and why it was excluded, if it was."""

    record: CommitteeRecord
    member: int | None = None
    reason: str | None = None
    person: str = ""


@dataclass(frozen=True)
class Manifest:
    """What a bundle is: the hash of the options it was made with, its roster, if it had one, and the first of its files."""

    recipe: str
    roster: Roster | None
    first_files: tuple[str, ...]


# Writing


def write_bundle(
    stream: IO[bytes],
    recipe: str,
    roster: Roster | None,
    records: Iterable[StoredRecord],
    failed: Iterable[Failed],
    skipped: Iterable[Skipped],
) -> None:
    """Write a bundle; equal arguments give equal bytes."""
    digest = hashlib.sha256()
    with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0, compresslevel=6) as package:
        for line in _lines(recipe, roster, records, failed, skipped):
            data = line.encode() + b"\n"
            digest.update(data)
            package.write(data)
        package.write(json.dumps({"end": digest.hexdigest()}).encode() + b"\n")


def _lines(
    recipe: str, roster: Roster | None, records: Iterable[StoredRecord], failed: Iterable[Failed], skipped: Iterable[Skipped]
) -> Iterator[str]:
    yield _json(
        {"wuhao": "汇总包", "layout": LAYOUT, "tool": f"{TOOL} {__version__}", "recipe": recipe, "roster": roster is not None}
    )
    for member in roster.members if roster else ():
        yield _json({"member": [member.unit, member.kind, member.parent, _iso(member.due), list(member.aliases)]})
    for exclusion in roster.exclusions if roster else ():
        yield _json({"exclusion": _exclusion(exclusion)})
    for number, exclusion in roster.decisions if roster else ():
        yield _json({"exclusion": [*_exclusion(exclusion), number]})
    for item in records:
        excluded = _json([item.reason, item.person] if item.reason is not None else None)
        yield f'{{"file":{_json(item.file)},"member":{_json(item.member)},"left":{excluded},"return":{decompress(item.data)}}}'
    for failure in failed:
        yield _json({"failed": [failure.file, failure.code, failure.message]})
    for other in skipped:
        yield _json({"skipped": [other.file, other.reason]})


def _exclusion(item: Exclusion) -> list[str | None]:
    return [item.unit, item.reason, item.person, _iso(item.day)]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# Reading


def inspect_bundle(path: Path) -> Manifest:
    """Read a bundle to its end, compare its hash, and return what it is.

    Raises NotABundle, OSError.
    """
    inspection = _Inspection(min(MOST_MEMBERS, LEAST_MEMBERS + path.stat().st_size // MEMBER_BYTES))
    try:
        for data in _inflated_lines(path):
            inspection.take(data)
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise NotABundle("内容不合格式") from error
    return inspection.manifest()


class _Inspection:
    """What the lines of a bundle have shown so far."""

    def __init__(self, most_members: int) -> None:
        self._most_members = most_members
        self._digest = hashlib.sha256()
        self._recipe: str | None = None
        self._with_roster = self._ended = False
        self._members: list[Member] = []
        self._exclusions: list[Exclusion] = []
        self._decisions: list[tuple[int, Exclusion]] = []
        self._first_files: list[str] = []

    def take(self, data: bytes) -> None:
        """Take the next line; raises NotABundle, KeyError, ValueError or TypeError for one that cannot stand there."""
        if self._ended:
            raise NotABundle("结尾之后还有内容")
        value = _object(data)
        if self._recipe is None:
            self._recipe, self._with_roster = _read_heading(value)
        elif "end" in value:
            self._ended = value["end"] == self._digest.hexdigest()
            if not self._ended:
                raise NotABundle("内容被改动过")
        elif "return" in value:
            if len(data) > LONGEST_RECORD:
                raise NotABundle("有一条结果过长")
            self._first_files += [_text(value["file"])] if len(self._first_files) < MOST_NAMED else []
        elif "member" in value:
            self._members.append(_member(value["member"]))
            if len(self._members) > self._most_members:
                raise NotABundle("名单过长")
        elif "exclusion" in value:
            self._take_exclusion(*value["exclusion"])
        self._digest.update(data)

    def _take_exclusion(self, unit: Any, reason: Any, person: Any, day: Any, number: Any = None) -> None:
        exclusion = Exclusion(_text(unit), _text(reason), _text(person), _day(day))
        if number is None:
            self._exclusions.append(exclusion)
        elif type(number) is int and 0 <= number < len(self._members):
            self._decisions.append((number, exclusion))
        else:
            raise TypeError("number")

    def manifest(self) -> Manifest:
        """Return what the bundle is; raises NotABundle when its end is missing."""
        if self._recipe is None or not self._ended:
            raise NotABundle("不完整")
        roster = (
            Roster(tuple(self._members), tuple(self._exclusions), decisions=tuple(self._decisions)) if self._with_roster else None
        )
        return Manifest(self._recipe, roster, tuple(self._first_files))


def _read_heading(value: dict[str, Any]) -> tuple[str, bool]:
    """Return the recipe, and whether there is a roster, from the first line."""
    if value.get("wuhao") != "汇总包":
        raise NotABundle("不是汇总包")
    if value.get("layout") != LAYOUT:
        raise NotABundle("由另一版软件生成")
    return _text(value["recipe"]), value["roster"] is True


def read_bundle(path: Path, within: str) -> Iterator[BundledRecord | Failed | Skipped]:
    """Yield what a bundle holds, each file named below `within`; only to be called after inspect_bundle has found it whole.

    Raises NotABundle, OSError.
    """
    try:
        for data in _inflated_lines(path):
            value = _object(data)
            if "return" in value:
                yield _bundled(value, within)
            elif "failed" in value:
                file, code, message = map(_text, value["failed"])
                yield Failed(f"{within}/{file}", code, message)
            elif "skipped" in value:
                file, reason = map(_text, value["skipped"])
                yield Skipped(f"{within}/{file}", reason)
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise NotABundle("内容不合格式") from error


def _bundled(value: dict[str, Any], within: str) -> BundledRecord:
    file = f"{within}/{_text(value['file'])}"
    if _has_commands(value["return"]):
        raise TypeError("control characters")
    record = from_text(_json(value["return"]))
    member, excluded = value["member"], value["left"]
    if member is not None and (type(member) is not int or not 0 <= member < MOST_MEMBERS):
        raise TypeError("member")
    return BundledRecord(replace(record, file=file, unit=_text(record.unit)), member, *(map(_text, excluded) if excluded else ()))


def _has_commands(value: Any) -> bool:
    """Say whether a text in a value holds a character that no text of ours has, for a screen might take it for a command."""
    if isinstance(value, str):
        return CONTROL.search(value) is not None
    return isinstance(value, list) and any(map(_has_commands, value))


def _inflated_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines, never more bytes than a bundle of that size may hold."""
    room = MOST_INFLATED + MOST_TIMES * path.stat().st_size
    try:
        with gzip.open(path, "rb") as stream:
            while data := stream.readline(LARGEST + 1):
                room -= len(data)
                if len(data) > LARGEST or not data.endswith(b"\n"):
                    raise NotABundle("不完整")
                if room < 0:
                    raise NotABundle("解开后过大")
                yield data
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise NotABundle("打不开") from error


def _object(data: bytes) -> dict[str, Any]:
    value = json.loads(data)
    if type(value) is not dict:
        raise TypeError("object")
    return value


def _member(value: Any) -> Member:
    unit, kind, parent, due, aliases = value
    if len(aliases) > MOST_ALIASES:
        raise TypeError("aliases")
    return Member(_text(unit), _text(kind), _text(parent), _day(due), tuple(map(_text, aliases)))


def _text(value: Any) -> str:
    """Return a text of one line that a screen can show, whatever stood in the roster or in the name of the file."""
    if type(value) is not str:
        raise NotARecord("text")
    return one_line(value[:MOST_TEXT])


def _day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(_text(value))
