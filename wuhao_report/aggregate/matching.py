"""Whose a return is by the roster, whether it came late, and whether it is left out."""

from __future__ import annotations

from dataclasses import dataclass

from wuhao_report.aggregate.codec import Entry
from wuhao_report.aggregate.roster import Roster, unit_key


@dataclass(frozen=True)
class Sent:
    """An entry as a run sees it: `peer` tells its committee from all others, `member` is its number on the roster, `reason` why it is left out, if it is."""

    entry: Entry
    peer: str
    shown: str
    member: int | None = None
    late: bool = False
    reason: str | None = None
    person: str = ""


def sent_by(entry: Entry, roster: Roster | None, number: int | None = None) -> Sent:
    """An entry by the roster; `number` is that of its member, where that is known better than by its name."""
    if roster is None:
        return Sent(entry, unit_key(entry.unit), entry.unit)
    if number is None:
        number = roster.numbers.get(unit_key(entry.unit))
    # By its number: two members of joined rosters may have one name.
    member = None if number is None else roster.members[number]
    peer = unit_key(entry.unit) if number is None else f"#{number}"
    names = (member.unit, *member.aliases, entry.unit) if member else (entry.unit,)
    late = bool(member and member.due and entry.report_date > member.due)
    out = roster.left_out(*names, entry.file.rsplit("/", 1)[-1])
    return Sent(entry, peer, names[0], number, late, out.reason if out else None, out.person if out else "")
