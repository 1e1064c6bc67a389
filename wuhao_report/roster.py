"""名单.xlsx: who is expected to send a workbook, by when, under whom; and who is left out, why, and by whom."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from wuhao_report.cells import as_text, is_blank, parse, without_space
from wuhao_report.problems import At, Problem, UnreadableWorkbook, problem
from wuhao_report.submission import header_key
from wuhao_report.workbook_in import RawSheet, read_book

WITHIN = 20
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
    members: tuple[Member, ...]
    exclusions: tuple[Exclusion, ...]
    problems: tuple[Problem, ...] = ()


def read_roster(path: Path) -> Roster:
    """Read a roster: the first sheet with a column 单位名称, and the sheet 排除 if there is one.

    Raises UnreadableWorkbook, also when no sheet has such a column.
    """
    book = read_book(path)
    members: list[Member] = []
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
                members.append(member)
    if not found:
        raise UnreadableWorkbook(problem("no-roster", file=path.name, column=UNIT))
    return Roster(tuple(members), tuple(exclusions), tuple(problems))


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
