"""名单.xlsx: who is expected to send a workbook, by when, under whom; who is excluded, why, and by whom; records matched to it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from wuhao_report.aggregate.tables.rows import CommitteeTables
from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.core.text import nearest, without_space
from wuhao_report.evaluation.check import recognise
from wuhao_report.tables.cells import parse
from wuhao_report.tables.headers import find_header, header_key, place_headers
from wuhao_report.workbook.raw import as_text, is_blank
from wuhao_report.workbook.reader import RawSheet, read_book

MOST_PROBLEMS = 1_000
"""So many faults of a sheet are told one by one."""
LONGEST_BEFORE = 180
"""A workbook that was filled in in an earlier year, and more than so many days before the last day of a campaign, is of that year."""
MOST_DEPTH = 20
"""The largest number of levels one above the other that are followed."""
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


def unit_key(name: str) -> str:
    """Return a committee's name as it is compared: NFC, without white space, case-folded, with half-width brackets."""
    text = without_space(unicodedata.normalize("NFC", name)).casefold()
    return text.replace("（", "(").replace("）", ")")


_OFFICE = re.compile(r"(?:党(?:委|工委|总支))?(?:关心下一代工作委员会|关工委|关工分委)?[:：]?$")


def office_key(name: str) -> str:
    """Return the place that a committee stands for, by which it is compared: 测试县 of 测试县关心下一代工作委员会."""
    return _OFFICE.sub("", unit_key(name), count=1)


def is_same_office(one: str, other: str) -> bool:
    """Say whether two names can be of one committee: the shorter is the end of the longer, as 甲镇 is of 测试县甲镇关工委."""
    keys = sorted((office_key(one), office_key(other)), key=len)
    return bool(keys[0]) and keys[1].endswith(keys[0])


@dataclass(frozen=True)
class Member:
    """One committee of the roster; `parent` is the committee directly above it, `due` the last day for its workbook.

    `asked`: it has to send one. Where the roster does not say, those with committees below them do not.
    """

    unit: str
    kind: str = ""
    parent: str = ""
    due: date | None = None
    aliases: tuple[str, ...] = ()
    asked: bool = True


@dataclass(frozen=True)
class Exclusion:
    """The decision to exclude a committee (or a file of that name): why, by whom, when."""

    unit: str
    reason: str
    person: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Campaign:
    """What the notice asks for: which scheme (its id or its title) and stage, by when, of which kinds; and what the report says of it.

    What is empty is not asked: any scheme, any stage, any kind. `opening` and `next_steps` are words of the report,
    `mend_by` and `issued` days of the letters, `start` is the first day of what is asked for; `least` are the points, and `quota` is the number of committees, by
    which some are to be honoured.
    """

    name: str = ""
    scheme: str = ""
    stage: str = ""
    due: date | None = None
    issuer: str = ""
    recipients: str = ""
    kinds: tuple[str, ...] = ()
    least: Fraction | None = None
    quota: int | None = None
    opening: str = ""
    next_steps: tuple[str, ...] = ()
    mend_by: date | None = None
    issued: date | None = None
    start: date | None = None

    def asks_for(self, scheme: str, scheme_title: str, stage: str, report_date: date | None = None) -> bool:
        """Say whether a workbook of that scheme, stage and day is what was asked for: one of long before the last day is of another year."""
        if report_date and self._is_of_before(report_date):
            return False
        names = {without_space(scheme), without_space(scheme_title)}
        fits = not self.scheme or without_space(self.scheme) in names
        return fits and (not self.stage or without_space(self.stage) == without_space(stage))

    def _is_of_before(self, day: date) -> bool:
        """Say whether a day is before the campaign: before its first day, or else of an earlier year and long before its last."""
        if self.start:
            return day < self.start
        return self.due is not None and day.year < self.due.year and (self.due - day).days > LONGEST_BEFORE


NO_CAMPAIGN = Campaign()


@dataclass(frozen=True)
class Roster:
    """Who is expected and who is excluded. Elsewhere a member is known by its number, its position in `members`.

    `exclusions` hold for every committee and file of the name, `decisions` for single members by their number, and for nobody else;
    `choices` say of committees by their unit_key which file counts.
    """

    members: tuple[Member, ...]
    exclusions: tuple[Exclusion, ...]
    problems: tuple[Problem, ...] = ()
    decisions: tuple[tuple[int, Exclusion], ...] = ()
    campaign: Campaign = NO_CAMPAIGN
    choices: tuple[tuple[str, str], ...] = ()

    @cached_property
    def numbers(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the members by the unit_key of every one of their names; several where committees share a name."""
        numbers: dict[str, tuple[int, ...]] = {}
        for number, member in enumerate(self.members):
            for key in dict.fromkeys(unit_key(name) for name in (member.unit, *member.aliases)):
                numbers[key] = (*numbers.get(key, ()), number)
        return numbers

    def number_of(self, unit: str, superior: str = "", file: str = "") -> int | None:
        """Return the number of the member of that name; of several, the one whose 上级 is the superior, or is named in the path of the file.

        None where there is none, or where they cannot be told apart.
        """
        numbers = self.numbers.get(unit_key(unit), ())
        if len(numbers) < 2:
            return numbers[0] if numbers else None
        folders = file.split("/")[:-1]
        for places in ([superior] if superior else [], folders[::-1]):
            for place in places:
                fitting = [number for number in numbers if is_same_office(self.members[number].parent, place)]
                if len(fitting) == 1:
                    return fitting[0]
        return None

    @cached_property
    def _exclusions(self) -> Mapping[str, Exclusion]:
        return {unit_key(item.unit): item for item in self.exclusions}

    @cached_property
    def _decisions(self) -> Mapping[int, Exclusion]:
        return dict(self.decisions)

    def exclusion_of(self, number: int | None, *names: str) -> Exclusion | None:
        """Return the decision that excludes the member of that number, or a committee or a file of one of these names."""
        own = None if number is None else self._decisions.get(number)
        return own or next((self._exclusions[key] for key in map(unit_key, names) if key in self._exclusions), None)


def path_upwards(unit: str, parents: Mapping[str, str]) -> list[str]:
    """Return a committee and those above it, each once, up to the top, to a circle, or to MOST_DEPTH of them."""
    path = [unit]
    while (parent := parents.get(path[-1])) and parent not in path and len(path) < MOST_DEPTH:
        path.append(parent)
    return path


def merge_rosters(rosters: Sequence[Roster]) -> tuple[Roster, tuple[tuple[int, ...], ...]]:
    """Return several rosters as one, and for each the numbers that its members have there.

    Committees of one name with one parent are the same in all rosters; with different parents they are different, for every county
    has its 实验小学. A campaign is the one of all where they agree on it. What a roster excludes is excluded of its own members alone, where no other roster expects them.
    """
    members: list[Member] = []
    number_of: dict[tuple[str, str], int] = {}
    numbers = []
    decisions: dict[int, Exclusion] = {}
    expected: set[int] = set()
    for roster in rosters:
        own = []
        for member in roster.members:
            key = unit_key(member.unit), unit_key(member.parent)
            if key not in number_of:
                number_of[key] = len(members)
                members.append(member)
            own.append(number_of[key])
            exclusion = roster.exclusion_of(len(own) - 1, member.unit, *member.aliases)
            if exclusion:
                decisions.setdefault(own[-1], exclusion)
            else:
                expected.add(own[-1])
        numbers.append(tuple(own))
    agreed = tuple((number, exclusion) for number, exclusion in decisions.items() if number not in expected)
    campaign = _common_campaign([roster.campaign for roster in rosters])
    return Roster(tuple(members), (), decisions=agreed, campaign=campaign), tuple(numbers)


def _common_campaign(campaigns: Sequence[Campaign]) -> Campaign:
    """Return the campaign of all where they ask for the same; of its words those on which they agree."""
    if len({(item.scheme, item.stage, item.due, item.kinds, item.start) for item in campaigns}) != 1:
        return NO_CAMPAIGN
    differing: dict[str, Any] = {
        one.name: one.default for one in fields(campaigns[0]) if len({getattr(item, one.name) for item in campaigns}) > 1
    }
    return replace(campaigns[0], **differing)


class NameIndex:
    """Looks up the nearest of very many names: it compares only those that share a pair of characters with the word, and a rare one."""

    MOST_COMPARED, COMMON = 30, 1000

    def __init__(self, names: Iterable[str]) -> None:
        self._by_pair: dict[str, list[str]] = {}
        for name in names:
            for pair in _pairs(name):
                self._by_pair.setdefault(pair, []).append(name)

    def nearest(self, word: str) -> str | None:
        """Return the name most like the word, or None when no name is near."""
        shared = Counter(name for pair in _pairs(word) for name in self._names_with(pair))
        return nearest(word, [name for name, _ in shared.most_common(self.MOST_COMPARED)])

    def _names_with(self, pair: str) -> Sequence[str]:
        names = self._by_pair.get(pair, ())
        return names if len(names) <= self.COMMON else ()


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(max(1, len(name) - 1))}


# Reading 名单.xlsx

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


# A record matched to the roster


@dataclass(frozen=True)
class MatchedRecord:
    """A result as a run sees it.

    `committee_key` tells its committee from all others, `display_name` is its name on the roster, `member` its number there;
    `reason` says why it is excluded and `person` who decided it, where it is. `asked_for`: it is of the scheme and the stage of the campaign;
    `received` is the day of its file, or of the mail it came in.
    """

    tables: CommitteeTables
    committee_key: str
    display_name: str
    member: int | None = None
    late: bool = False
    reason: str | None = None
    person: str = ""
    asked_for: bool = True
    received: date | None = None


def match_to_roster(tables: CommitteeTables, roster: Roster | None, number: int | None = None) -> MatchedRecord:
    """Match a record to the roster; `number` is that of its member, where that is known better than by its name."""
    if roster is None:
        return MatchedRecord(tables, unit_key(tables.unit), tables.unit)
    decided = number
    if number is None:
        number = roster.number_of(tables.unit, tables.superior, tables.file)
    # By its number: two members of merged rosters may have one name.
    member = None if number is None else roster.members[number]
    committee_key = unit_key(tables.unit) if number is None else f"#{number}"
    names = (member.unit, *member.aliases, tables.unit) if member else (tables.unit,)
    late = bool(member and member.due and tables.report_date > member.due)
    # A workbook itself is no pack's to exclude.
    exclusion = roster.exclusion_of(decided, *names, tables.file.rsplit("/", 1)[-1], tables.file)
    return MatchedRecord(
        tables,
        committee_key,
        names[0],
        number,
        late,
        exclusion.reason if exclusion else None,
        exclusion.person if exclusion else "",
        roster.campaign.asks_for(tables.scheme, tables.scheme_title, tables.stage, tables.report_date),
    )
