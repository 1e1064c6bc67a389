"""名单.xlsx: who is expected to send a workbook, by when, under whom; and who is left out, why, and by whom."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.core.text import nearest, without_space
from wuhao_report.tables.cells import parse
from wuhao_report.tables.headers import header_key
from wuhao_report.workbook.raw import as_text, is_blank
from wuhao_report.workbook.reader import RawSheet, read_book

WITHIN = 20
MOST_DEPTH = 20
"""So many levels one above the other are looked at for a circle."""
EXCLUDED = "排除"
UNIT, KIND, PARENT, DUE, ALIASES, REASON, PERSON, DAY = "单位名称", "类别", "上级", "截止日期", "别名", "原因", "经办人", "日期"
COLUMNS = {UNIT: ("单位", "名称"), KIND: (), PARENT: ("上级单位",), DUE: ("截止时间",), ALIASES: ("曾用名", "简称", "其他名称"), REASON: ("排除原因",),
           PERSON: ("决定人",), DAY: ("排除日期",)}


def unit_key(name: str) -> str:
    """A committee's name as it is compared: NFC, without white space, case-folded; full-width brackets are brackets."""
    text = without_space(unicodedata.normalize("NFC", name)).casefold()
    return text.replace("（", "(").replace("）", ")")


@dataclass(frozen=True)
class Member:
    """One committee of the roster."""

    unit: str
    kind: str = ""
    parent: str = ""
    due: date | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exclusion:
    """A committee (or the name of one file) that is left out, and why."""

    unit: str
    reason: str
    person: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Roster:
    """Who is expected and who is left out. `members` are told by their number here, from 0."""

    members: tuple[Member, ...]
    exclusions: tuple[Exclusion, ...]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """By unit_key of every name, the number of its member; of two of one name, the first."""
        found: dict[str, int] = {}
        for number, member in enumerate(self.members):
            for name in (member.unit, *member.aliases):
                found.setdefault(unit_key(name), number)
        return found

    @cached_property
    def _out(self) -> Mapping[str, Exclusion]:
        return {unit_key(item.unit): item for item in self.exclusions}

    def left_out(self, *names: str) -> Exclusion | None:
        """The decision that leaves out a committee, or a file, of one of these names."""
        return next((self._out[key] for key in map(unit_key, names) if key in self._out), None)


def joined(rosters: Sequence[Roster]) -> tuple[Roster, tuple[tuple[int, ...], ...]]:
    """Several rosters as one, and for each the numbers that its members have there.

    A committee of one name under one committee above is the same in all; under others it is another, for every county has its
    实验小学.
    """
    members: list[Member] = []
    known: dict[tuple[str, str], int] = {}
    numbers = []
    for roster in rosters:
        own = []
        for member in roster.members:
            key = unit_key(member.unit), unit_key(member.parent)
            if key not in known:
                known[key] = len(members)
                members.append(member)
            own.append(known[key])
        numbers.append(tuple(own))
    return Roster(tuple(members), tuple(dict.fromkeys(item for roster in rosters for item in roster.exclusions))), tuple(numbers)


class Names:
    """Names among which the nearest is looked up: only those that share a pair of characters with the word, and one that few names have."""

    MOST, COMMON = 30, 1000

    def __init__(self, names: Iterable[str]) -> None:
        self._by_pair: dict[str, list[str]] = {}
        for name in names:
            for pair in _pairs(name):
                self._by_pair.setdefault(pair, []).append(name)

    def _of(self, pair: str) -> Sequence[str]:
        found = self._by_pair.get(pair, ())
        return found if len(found) <= self.COMMON else ()

    def nearest(self, word: str) -> str | None:
        """The name most like the word, if any is near."""
        shared = Counter(name for pair in _pairs(word) for name in self._of(pair))
        return nearest(word, [name for name, _ in shared.most_common(self.MOST)])


def _pairs(name: str) -> set[str]:
    return {name[at:at + 2] for at in range(max(1, len(name) - 1))}


def read_roster(path: Path) -> Roster:
    """Read a roster: the first sheet with a column 单位名称, and the sheet 排除 if there is one.

    Raises UnreadableWorkbook, also when no sheet has such a column.
    """
    book = read_book(path)
    members: list[tuple[At, Member]] = []
    exclusions: list[Exclusion] = []
    problems: list[Problem] = []
    found = False
    seen: dict[str, str] = {}
    for sheet in book.sheets:
        rows = _rows(sheet, problems)
        if rows is None:
            continue
        if header_key(sheet.name) == EXCLUDED:
            exclusions += [Exclusion(row[UNIT], row.get(REASON) or "（未写原因）", row.get(PERSON) or "", row.get(DAY)) for _, row in rows]
        elif not found:
            found = True
            for number, row in rows:
                member = Member(row[UNIT], row.get(KIND) or "", row.get(PARENT) or "", row.get(DUE), row.get(ALIASES) or ())
                again = [name for name in (member.unit, *member.aliases) if unit_key(name) in seen]
                if again:
                    problems.append(problem("roster-twice", At(sheet.name, number, 0), again[0], unit=again[0], other=seen[unit_key(again[0])]))
                    continue
                seen |= {unit_key(name): member.unit for name in (member.unit, *member.aliases)}
                members.append((At(sheet.name, number, 0), member))
    if not found:
        raise UnreadableWorkbook(problem("no-roster", file=path.name, column=UNIT))
    return Roster(tuple(_in_order(members, problems, seen)), tuple(exclusions), tuple(problems))


def _in_order(members: Sequence[tuple[At, Member]], problems: list[Problem], known: Mapping[str, str]) -> Iterator[Member]:
    """The members with the names of those above them as they stand in the roster; one that is above itself has nobody above it."""
    above = {member.unit: known.get(unit_key(member.parent), member.parent) for _, member in members}
    for at, member in members:
        path = [member.unit]
        while (up := above.get(path[-1])) and up not in path and len(path) < MOST_DEPTH:
            path.append(up)
        if up == member.unit:
            problems.append(problem("roster-circle", at, member.unit, unit=member.unit))
            above[member.unit] = ""
        yield replace(member, parent=above[member.unit])


def _rows(sheet: RawSheet, problems: list[Problem]) -> list[tuple[int, dict[str, Any]]] | None:
    """Excel row number and values of the rows that name a unit, or None where the sheet has no such column."""
    names = {header_key(name): column for column, others in COLUMNS.items() for name in (column, *others)}
    headers = ({names[header_key(cell)]: at for at, cell in reversed(list(enumerate(row))) if isinstance(cell, str) and header_key(cell) in names}
               for row in sheet.rows[:WITHIN])
    first, columns = next(((number, columns) for number, columns in enumerate(headers, 1) if UNIT in columns), (0, {}))
    if not columns:
        return None
    found = []
    for number, row in enumerate(sheet.rows[first:], first + 1):
        values: dict[str, Any] = {}
        for name, at in columns.items():
            raw = row[at] if len(row) > at else ""
            if name in (DUE, DAY):
                parsed = parse("date", raw)
                if parsed.code and parsed.value is None:
                    problems.append(problem("not-a-date", At(sheet.name, number, at), as_text(raw)[:40], column=name, effect=""))
                values[name] = parsed.value
            elif name == ALIASES:
                values[name] = parse("ids", raw).value or ()
            else:
                values[name] = "" if is_blank(raw) else as_text(raw)
        if values[UNIT]:
            found.append((number, values))
    return found
