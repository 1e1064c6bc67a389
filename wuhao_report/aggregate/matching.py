"""A record matched to the roster: whose it is, whether it came late, and whether its committee is excluded."""

from __future__ import annotations

from dataclasses import dataclass

from wuhao_report.aggregate.codec import PackedRecord
from wuhao_report.aggregate.roster import Roster, unit_key


@dataclass(frozen=True)
class MatchedRecord:
    """A packed record as a run sees it.

    `committee_key` tells its committee from all others, `display_name` is its name on the roster, `member` its number there;
    `reason` says why it is excluded and `person` who decided it, where it is.
    """

    packed: PackedRecord
    committee_key: str
    display_name: str
    member: int | None = None
    late: bool = False
    reason: str | None = None
    person: str = ""


def match_to_roster(packed: PackedRecord, roster: Roster | None, number: int | None = None) -> MatchedRecord:
    """Match a record to the roster; `number` is that of its member, where that is known better than by its name."""
    if roster is None:
        return MatchedRecord(packed, unit_key(packed.unit), packed.unit)
    if number is None:
        number = roster.numbers.get(unit_key(packed.unit))
    # By its number: two members of merged rosters may have one name.
    member = None if number is None else roster.members[number]
    committee_key = unit_key(packed.unit) if number is None else f"#{number}"
    names = (member.unit, *member.aliases, packed.unit) if member else (packed.unit,)
    late = bool(member and member.due and packed.report_date > member.due)
    exclusion = roster.exclusion_of(*names, packed.file.rsplit("/", 1)[-1])
    return MatchedRecord(
        packed,
        committee_key,
        names[0],
        number,
        late,
        exclusion.reason if exclusion else None,
        exclusion.person if exclusion else "",
    )
