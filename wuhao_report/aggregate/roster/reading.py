"""名单.xlsx → the roster, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.roster.model import Campaign, Exclusion, Member, Roster, path_upwards
from wuhao_report.aggregate.roster.names import unit_key
from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.evaluation.check import recognise
from wuhao_report.tables.cells import parse
from wuhao_report.tables.headers import find_header, header_key, place_headers
from wuhao_report.workbook.raw import as_text, is_blank
from wuhao_report.workbook.reader import RawSheet, read_book

MOST_PROBLEMS = 1_000
"""So many faults of a sheet are told one by one."""
EXCLUDED, CHOSEN, CAMPAIGN = "排除", "以哪份为准", "本次报送"
"""The sheets besides the roster itself."""
UNIT, KIND, PARENT, DUE, ALIASES, REASON, PERSON, DAY = "单位名称", "类别", "上级", "截止日期", "别名", "原因", "经办人", "日期"
ASKED, FILE = "要报", "文件"
NAME, SCHEME, STAGE, ISSUER, RECIPIENTS, KINDS = "名称", "方案", "阶段", "发文单位", "主送机关", "报送类别"
LEAST, QUOTA, OPENING, NEXT = "授牌最低分", "授牌名额", "开头语", "下一步打算"
MEND_BY, ISSUED, START = "整改时限", "成文日期", "开始日期"
DAYS = frozenset({DUE, DAY, MEND_BY, ISSUED, START})
WORDS = {
    NAME: ("报送名称",),
    SCHEME: ("指标体系",),
    STAGE: ("报告阶段",),
    DUE: ("截止时间",),
    ISSUER: (),
    RECIPIENTS: (),
    KINDS: ("哪些类别要报",),
    LEAST: ("授牌分数线",),
    QUOTA: (),
    OPENING: ("开头",),
    NEXT: ("下一步",),
    MEND_BY: (),
    ISSUED: (),
    START: (),
}
"""What stands in the first column of the sheet of the campaign."""
COLUMNS = {
    UNIT: ("单位", "名称"),
    KIND: (),
    PARENT: ("上级单位",),
    DUE: ("截止时间",),
    ALIASES: ("曾用名", "简称", "其他名称"),
    ASKED: ("是否要报", "是否报送"),
    FILE: ("文件名", "采用的文件"),
    REASON: ("排除原因",),
    PERSON: ("决定人",),
    DAY: ("排除日期",),
}
Row = dict[str, Any]
"""The values of one row by the names of the columns."""


def read_roster(path: Path) -> Roster:
    """Read a roster: the first sheet with a column 单位名称, and the sheets 排除, 以哪份为准 and 本次报送 if there are such.

    Raises UnreadableWorkbook, also when no sheet has such a column.
    """
    book = read_book(path)
    if recognise(book) is not None:
        raise UnreadableWorkbook(problem("workbook-for-roster", file=path.name))
    problems: list[Problem] = []
    sheets = {header_key(sheet.name): sheet for sheet in book.sheets}
    campaign = _read_campaign(sheets.pop(CAMPAIGN, None), problems)
    tables = {key: table for key, sheet in sheets.items() if (table := _read_rows(sheet, problems)) is not None}
    excluded, chosen = (tables.pop(name, ("", []))[1] for name in (EXCLUDED, CHOSEN))
    if not tables:
        raise UnreadableWorkbook(problem("no-roster", file=path.name, column=UNIT))
    listed = _read_members(*next(iter(tables.values())), problems)
    return Roster(
        _resolve_parents(listed, campaign, problems),
        tuple(
            Exclusion(row[UNIT], row.get(REASON) or "（未写原因）", row.get(PERSON) or "", row.get(DAY)) for _, row in excluded
        ),
        tuple(problems),
        campaign=campaign,
        choices=tuple((unit_key(row[UNIT]), row[FILE]) for _, row in chosen if row.get(FILE)),
    )


def _read_campaign(sheet: RawSheet | None, problems: list[Problem]) -> Campaign:
    """Return the campaign that a sheet of names and values describes; what is wrong there is put to the problems."""
    known = {header_key(name): word for word, others in WORDS.items() for name in (word, *others)}
    values: dict[str, Any] = {}
    for number, cells in enumerate(sheet.rows if sheet else (), 1):
        filled = [(at, cell) for at, cell in enumerate(cells) if not is_blank(cell)]
        word = known.get(header_key(as_text(filled[0][1]))) if filled else None
        if word is None or len(filled) < 2 or sheet is None:
            continue
        at, raw = filled[1]
        values[word], fault = _read_cell({KINDS: ALIASES}.get(word, word), raw)
        if fault:
            code = "not-a-date" if word in DAYS else "not-a-number"
            problems.append(problem(code, At(sheet.name, number, at), as_text(raw)[:40], column=word, effect=""))
    texts = (str(values.get(word) or "") for word in (NAME, SCHEME, STAGE, ISSUER, RECIPIENTS, OPENING, NEXT))
    name, scheme, stage, issuer, recipients, opening, steps = texts
    kinds, least, quota = values.get(KINDS) or (), values.get(LEAST), values.get(QUOTA)
    told = tuple(line.strip() for line in steps.splitlines() if line.strip())
    return Campaign(
        *(name, scheme, stage, values.get(DUE), issuer, recipients.rstrip("：:"), kinds, least, quota),
        *(opening.strip(), told, values.get(MEND_BY), values.get(ISSUED), values.get(START)),
    )


def _read_members(sheet: str, rows: Iterable[tuple[int, Row]], problems: list[Problem]) -> list[tuple[At, Member, bool | None]]:
    """Return the members with their places, and whether each has to send; a row with a name that another row has is a problem and no member."""
    members: list[tuple[At, Member, bool | None]] = []
    units: dict[str, list[Member]] = {}
    for number, row in rows:
        at = At(sheet, number, 0)
        member = Member(row[UNIT], row.get(KIND) or "", row.get(PARENT) or "", row.get(DUE), row.get(ALIASES) or ())
        names = (member.unit, *member.aliases)
        same = ((name, other) for name in names for other in units.get(unit_key(name), ()) if not _are_namesakes(member, other))
        twice, other = next(same, (None, None))
        if twice is not None and other is not None:
            if len(problems) < MOST_PROBLEMS:
                problems.append(problem("roster-twice", at, twice, unit=twice, other=other.unit))
            continue
        for name in names:
            units.setdefault(unit_key(name), []).append(member)
        members.append((at, member, row.get(ASKED)))
    return members


def _are_namesakes(member: Member, other: Member) -> bool:
    """Say whether two members of one name are two: both say under whom they are, and that differs."""
    return bool(member.parent and other.parent) and unit_key(member.parent) != unit_key(other.parent)


def _resolve_parents(
    listed: Sequence[tuple[At, Member, bool | None]], campaign: Campaign, problems: list[Problem]
) -> tuple[Member, ...]:
    """Return the members with their parents named as the roster names them; a member that is above itself has no parent.

    What the roster does not say of a member is as the campaign has it.
    """
    units = {unit_key(name): member.unit for _, member, _ in listed for name in (member.unit, *member.aliases)}
    parents = {member.unit: units.get(unit_key(member.parent), member.parent) for _, member, _ in listed}
    members: list[Member] = []
    for at, member, _ in listed:
        top = path_upwards(member.unit, parents)[-1]
        if parents.get(top) == member.unit:
            problems.append(problem("roster-circle", at, member.unit, unit=member.unit))
            parents[member.unit] = ""
        own = units.get(unit_key(member.parent), member.parent) if parents[member.unit] else ""
        members.append(replace(member, parent=own))
    above = {member.parent for member in members}
    said = [asked for _, _, asked in listed]
    return tuple(
        replace(member, asked=_is_asked(member, above, campaign) if asked is None else asked, due=member.due or campaign.due)
        for member, asked in zip(members, said, strict=True)
    )


def _is_asked(member: Member, above: Collection[str], campaign: Campaign) -> bool:
    return member.unit not in above and (not campaign.kinds or member.kind in campaign.kinds)


def _read_rows(sheet: RawSheet, problems: list[Problem]) -> tuple[str, list[tuple[int, Row]]] | None:
    """Return the name of a sheet, and of every row that names a unit its Excel number and its values, or None where the sheet has no such column."""
    header = find_header(sheet.rows, _keys((UNIT,)))
    if header is None:
        return None
    columns = place_headers(header.cells, _keys(COLUMNS)).columns
    first = header.row + 1
    rows: list[tuple[int, Row]] = []
    for number, cells in enumerate(sheet.rows[first:], first + 1):
        row: Row = {}
        for name, at in columns.items():
            raw = cells[at] if len(cells) > at else ""
            row[name], fault = _read_cell(name, raw)
            if fault and len(problems) < MOST_PROBLEMS:
                code = "not-a-flag" if name == ASKED else "not-a-date"
                problems.append(problem(code, At(sheet.name, number, at), as_text(raw)[:40], column=name, effect=""))
        if row[UNIT]:
            rows.append((number, row))
    return sheet.name, rows


def _keys(columns: Iterable[str]) -> dict[str, str]:
    """Return the column that each name of these columns means, by its key."""
    return {header_key(name): column for column in columns for name in (column, *COLUMNS[column])}


def _read_cell(column: str, raw: Any) -> tuple[Any, bool]:
    """Return the value of a cell, and whether it should be a date, a number, or yes or no, and is none."""
    if column in DAYS:
        parsed = parse("date", raw)
        return parsed.value, bool(parsed.code and parsed.value is None)
    if column == ASKED:
        parsed = parse("flag", raw)
        return parsed.value, bool(parsed.code and parsed.value is None)
    if column in (LEAST, QUOTA):
        parsed = parse("count" if column == QUOTA else "amount", raw)
        known = parsed.value if column == QUOTA or parsed.value is None else Fraction(parsed.value)
        return known, bool(parsed.code and parsed.value is None)
    if column == ALIASES:
        return parse("ids", raw).value or (), False
    return "" if is_blank(raw) else as_text(raw), False
