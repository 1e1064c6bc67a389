"""Results matched to the roster: which member a workbook is of, whether it is excluded, late, or not what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wuhao_report.aggregate.roster.model import Roster
from wuhao_report.aggregate.roster.names import unit_key
from wuhao_report.aggregate.tables.rows import CommitteeTables


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
