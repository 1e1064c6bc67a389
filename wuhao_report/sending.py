"""Whose a return is by the roster, whether it came late, and whether it is left out."""

from __future__ import annotations

from dataclasses import dataclass

from wuhao_report.return_text import Entry
from wuhao_report.roster import Roster, unit_key


@dataclass(frozen=True)
class Sent:
    """An entry as a run sees it: `peer` is the key of its committee, `member` its number on the roster, `reason` why it is left out, if it is."""

    entry: Entry
    peer: str
    shown: str
    member: int | None = None
    late: bool = False
    reason: str | None = None
    person: str = ""


def sent_by(entry: Entry, roster: Roster | None) -> Sent:
    """An entry by the roster."""
    if roster is None:
        return Sent(entry, unit_key(entry.unit), entry.unit)
    number = roster.numbers.get(unit_key(entry.unit))
    member = None if number is None else roster.members[number]
    shown = member.unit if member else entry.unit
    late = bool(member and member.due and entry.report_date > member.due)
    out = roster.left_out(shown, entry.unit, entry.file.rsplit("/", 1)[-1])
    return Sent(entry, unit_key(shown), shown, number, late, out.reason if out else None, out.person if out else "")
