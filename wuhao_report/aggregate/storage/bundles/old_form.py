"""Bundles of versions up to 0.4: lines of JSON, deflated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.roster.model import Exclusion, Member, Roster
from wuhao_report.aggregate.rows import Failed, Skipped
from wuhao_report.aggregate.storage import earlier
from wuhao_report.aggregate.storage.bundles.items import (
    LEAST_MEMBERS,
    MEMBER_BYTES,
    MOST_MEMBERS,
    MOST_NAMED,
    BundledRecord,
    Manifest,
    NotABundle,
    day_of,
    member_of,
    text_of,
)
from wuhao_report.core.text import CONTROL


class _Inspection:
    """What the lines of an earlier bundle have shown so far."""

    def __init__(self, most_members: int) -> None:
        self._most_members = most_members
        self._recipe: str | None = None
        self._with_roster = False
        self._members: list[Member] = []
        self._exclusions: list[Exclusion] = []
        self._decisions: list[tuple[int, Exclusion]] = []
        self._first_files: list[str] = []

    def take(self, value: dict[str, Any]) -> None:
        """Take the next line; raises NotABundle, KeyError, ValueError or TypeError for one that cannot stand there."""
        if self._recipe is None:
            if value.get("wuhao") != "汇总包":
                raise NotABundle("不是汇总包")
            if value.get("layout") != earlier.BUNDLE_LAYOUT:
                raise NotABundle("由另一版软件生成")
            self._recipe, self._with_roster = text_of(value["recipe"]), value["roster"] is True
        elif "return" in value:
            self._first_files += [text_of(value["file"])] if len(self._first_files) < MOST_NAMED else []
        elif "member" in value:
            unit, kind, parent, due, aliases = value["member"]
            self._members.append(member_of(unit, kind, parent, due, "\n".join(map(text_of, aliases))))
            if len(self._members) > self._most_members:
                raise NotABundle("名单过长")
        elif "exclusion" in value:
            self._take_exclusion(*value["exclusion"])

    def _take_exclusion(self, unit: Any, reason: Any, person: Any, day: Any, number: Any = None) -> None:
        exclusion = Exclusion(text_of(unit), text_of(reason), text_of(person), day_of(day))
        if number is None:
            self._exclusions.append(exclusion)
        elif type(number) is int and 0 <= number < len(self._members):
            self._decisions.append((number, exclusion))
        else:
            raise TypeError("number")

    def manifest(self) -> Manifest:
        """Return what the bundle is; raises NotABundle for one without a line."""
        if self._recipe is None:
            raise NotABundle("不完整")
        roster = Roster(tuple(self._members), tuple(self._exclusions), decisions=tuple(self._decisions))
        return Manifest(self._recipe, roster if self._with_roster else None, tuple(self._first_files))


def inspect_earlier(path: Path) -> Manifest:
    inspection = _Inspection(min(MOST_MEMBERS, LEAST_MEMBERS + path.stat().st_size // MEMBER_BYTES))
    for value in earlier.bundle_lines(path):
        inspection.take(value)
    return inspection.manifest()


def read_earlier(path: Path, within: str) -> Iterator[BundledRecord | Failed | Skipped]:
    for value in earlier.bundle_lines(path):
        if "return" in value:
            yield _earlier_record(value, within)
        elif "failed" in value:
            file, code, message = map(text_of, value["failed"])
            yield Failed(f"{within}/{file}", code, message)
        elif "skipped" in value:
            file, reason = map(text_of, value["skipped"])
            yield Skipped(f"{within}/{file}", reason)


def _earlier_record(value: dict[str, Any], within: str) -> BundledRecord:
    file = f"{within}/{text_of(value['file'])}"
    if _has_commands(value["return"]):
        raise TypeError("control characters")
    record = earlier.record_of_text(json.dumps(value["return"]))
    member, excluded = value["member"], value["left"]
    if member is not None and (type(member) is not int or not 0 <= member < MOST_MEMBERS):
        raise TypeError("member")
    return BundledRecord(
        replace(record, file=file, unit=text_of(record.unit)), member, *(map(text_of, excluded) if excluded else ())
    )


def _has_commands(value: Any) -> bool:
    """Say whether a text in a value holds a character that no text of ours has, for a screen might take it for a command."""
    if isinstance(value, str):
        return CONTROL.search(value) is not None
    return isinstance(value, list) and any(map(_has_commands, value))
