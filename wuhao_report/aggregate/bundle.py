"""汇总包.wuhao: the results of an aggregate as one small file, so that the level above reckons with the same figures without the workbooks.

Lines of JSON, deflated: what it is; the roster; every result, failure and file that was passed over; and the hash of all that. It
comes by mail, so that nothing in it counts before all of it has been looked through.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import IO, Any

from wuhao_report import __version__
from wuhao_report.aggregate.codec import LARGEST, NoReturn, from_text, unpacked
from wuhao_report.aggregate.records import Return
from wuhao_report.aggregate.roster import Exclusion, Member, Roster
from wuhao_report.aggregate.totals import Failed, Skipped
from wuhao_report.core.errors import WuhaoError
from wuhao_report.report.json_form import TOOL

NAME = "汇总包.wuhao"
SUFFIX = ".wuhao"
LAYOUT = 2
MOST_TEXT = 2000
MOST_MEMBERS = 2_000_000
MOST_FIRST = 50
MOST_INFLATED, MOST_TIMES = 16 * 2**20, 200
"""A pack is never more than so many bytes, and so many times its file, when it is inflated."""
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class NotAPack(WuhaoError):
    """A file that is no 汇总包, or one that is not as it was written."""

    def __init__(self, why: str) -> None:
        super().__init__(f"不是完好的汇总包（{why}），请对方重新发送。")
        self.why = why

    def __reduce__(self) -> tuple[type[NotAPack], tuple[str]]:
        return NotAPack, (self.why,)


@dataclass(frozen=True)
class Packed:
    """One result in a pack: the number of its member on the roster of the pack, and why it was left out, if it was."""

    found: Return
    member: int | None = None
    reason: str | None = None
    person: str = ""


@dataclass(frozen=True)
class Head:
    """What a pack is: the hash of the options it was made with, its roster, if it had one, and its first files."""

    recipe: str
    roster: Roster | None
    first: tuple[str, ...]


# Writing

def write_pack(stream: IO[bytes], recipe: str, roster: Roster | None, sent: Iterable[tuple[str, bytes, int | None, str | None, str]],
               failed: Iterable[Failed], skipped: Iterable[Skipped]) -> None:
    """Write a pack; `sent` are files with their packed returns, the numbers of their members, and why they were left out."""
    digest = hashlib.sha256()
    with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0, compresslevel=6) as packed:
        for line in _lines(recipe, roster, sent, failed, skipped):
            data = line.encode() + b"\n"
            digest.update(data)
            packed.write(data)
        packed.write(json.dumps({"end": digest.hexdigest()}).encode() + b"\n")


def _lines(recipe: str, roster: Roster | None, sent: Iterable[tuple[str, bytes, int | None, str | None, str]], failed: Iterable[Failed],
           skipped: Iterable[Skipped]) -> Iterator[str]:
    yield _line({"wuhao": "汇总包", "layout": LAYOUT, "tool": f"{TOOL} {__version__}", "recipe": recipe, "roster": roster is not None})
    for member in roster.members if roster else ():
        yield _line({"member": [member.unit, member.kind, member.parent, member.due.isoformat() if member.due else None, list(member.aliases)]})
    for item in roster.exclusions if roster else ():
        yield _line({"exclusion": [item.unit, item.reason, item.person, item.day.isoformat() if item.day else None]})
    for file, data, number, reason, person in sent:
        yield f'{{"file":{_line(file)},"member":{_line(number)},"left":{_line([reason, person] if reason is not None else None)},"return":{unpacked(data)}}}'
    for one in failed:
        yield _line({"failed": [one.file, one.code, one.message]})
    for other in skipped:
        yield _line({"skipped": [other.file, other.reason]})


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# Reading

def read_head(path: Path) -> Head:
    """Look a pack through to its end, and tell what it is.

    Raises NotAPack, OSError.
    """
    digest = hashlib.sha256()
    head: dict[str, Any] | None = None
    members: list[Member] = []
    exclusions: list[Exclusion] = []
    first: list[str] = []
    ended = False
    try:
        for data in _raw(path):
            if ended:
                raise NotAPack("结尾之后还有内容")
            value = _value(data)
            if head is None:
                head = _head(value)
            elif "end" in value:
                ended = value["end"] == digest.hexdigest()
                if not ended:
                    raise NotAPack("内容被改动过")
            elif "return" in value:
                first += [_text(value["file"])] if len(first) < MOST_FIRST else []
            elif "member" in value:
                members.append(_member(value["member"]))
            elif "exclusion" in value:
                unit, reason, person, day = value["exclusion"]
                exclusions.append(Exclusion(_text(unit), _text(reason), _text(person), _day(day)))
            digest.update(data)
            if len(members) > MOST_MEMBERS:
                raise NotAPack("名单过长")
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise NotAPack("内容不合格式") from error
    if head is None or not ended:
        raise NotAPack("不完整")
    return Head(head["recipe"], Roster(tuple(members), tuple(exclusions)) if head["roster"] else None, tuple(first))


def _head(value: dict[str, Any]) -> dict[str, Any]:
    if value.get("wuhao") != "汇总包":
        raise NotAPack("不是汇总包")
    if value.get("layout") != LAYOUT:
        raise NotAPack("由另一版软件生成")
    return {"recipe": _text(value["recipe"]), "roster": value["roster"] is True}


def read_pack(path: Path, within: str) -> Iterator[Packed | Failed | Skipped]:
    """What a pack holds, one by one, each file named below `within`; only after read_head has found it whole.

    Raises NotAPack, OSError.
    """
    try:
        for data in _raw(path):
            value = _value(data)
            if "return" in value:
                file = f"{within}/{_text(value['file'])}"
                one = from_text(_line(value["return"]))
                member, left = value["member"], value["left"]
                if member is not None and (type(member) is not int or not 0 <= member < MOST_MEMBERS):
                    raise TypeError("member")
                yield Packed(replace(one, file=file, unit=_text(one.unit)), member, *(map(_text, left) if left else ()))
            elif "failed" in value:
                file, code, message = map(_text, value["failed"])
                yield Failed(f"{within}/{file}", code, message)
            elif "skipped" in value:
                file, reason = map(_text, value["skipped"])
                yield Skipped(f"{within}/{file}", reason)
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise NotAPack("内容不合格式") from error


def _raw(path: Path) -> Iterator[bytes]:
    room = MOST_INFLATED + MOST_TIMES * path.stat().st_size
    try:
        with gzip.open(path, "rb") as stream:
            while data := stream.readline(LARGEST + 1):
                room -= len(data)
                if len(data) > LARGEST or not data.endswith(b"\n"):
                    raise NotAPack("不完整")
                if room < 0:
                    raise NotAPack("解开后过大")
                yield data
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise NotAPack("打不开") from error


def _value(data: bytes) -> dict[str, Any]:
    value = json.loads(data)
    if type(value) is not dict:
        raise TypeError("object")
    return value


def _member(value: Any) -> Member:
    unit, kind, parent, due, aliases = value
    return Member(_text(unit), _text(kind), _text(parent), _day(due), tuple(map(_text, aliases)))


def _text(value: Any) -> str:
    """A text of one line that a screen can show, whatever stood in the roster or the name of the file."""
    if type(value) is not str:
        raise NoReturn("text")
    return _UNFIT.sub(" ", value[:MOST_TEXT])


def _day(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(_text(value))
