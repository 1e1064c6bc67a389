"""What a bundle holds: results, its roster, what it is; and the texts, days and members in it, whatever somebody has put there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from wuhao_report.aggregate.records.model import CommitteeRecord
from wuhao_report.aggregate.roster.model import NO_CAMPAIGN, Campaign, Member, Roster
from wuhao_report.aggregate.tables.exact import NotARecord
from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.problems import Problem, problem
from wuhao_report.core.text import one_line

MOST_TEXT = 2000
MOST_MEMBERS = 2_000_000
LEAST_MEMBERS, MEMBER_BYTES = 1_000, 6
"""A bundle may have so many members whatever its size, and more where it is large: a different name takes so many bytes, deflated."""
MOST_ALIASES = 50
MOST_NAMED = 50
"""The largest number of its files that a manifest names."""


class NotABundle(WuhaoError):
    """A file that is no 汇总包, or one that is not as it was written."""

    def __init__(self, why: str) -> None:
        super().__init__(f"不是完好的汇总包（{why}），请对方重新发送。")
        self.why = why

    def __reduce__(self) -> tuple[type[NotABundle], tuple[str]]:
        return NotABundle, (self.why,)

    def problem(self, file: str) -> Problem:
        """Return the problem of the file that is no bundle."""
        return problem("not-a-pack", file=file, why=self.why)


@dataclass(frozen=True)
class BundledRecord:
    """One result in a bundle: the number of its member on the bundle's own roster, and why it was excluded, if it was.

    `asked`: the campaign asked for it; `chosen`: somebody has chosen it among several of its committee.
    """

    record: CommitteeRecord
    member: int | None = None
    reason: str | None = None
    person: str = ""
    asked: bool = True
    chosen: bool = False


@dataclass(frozen=True)
class Manifest:
    """What a bundle is: the hash of the options it was made with, its roster, if it had one, the first of its files, whether it is signed."""

    recipe: str
    roster: Roster | None
    first_files: tuple[str, ...]
    signed: bool = False


def member_of(unit: Any, kind: Any, parent: Any, due: Any, aliases: Any, asked: Any = True) -> Member:
    names = tuple(text_of(name) for name in aliases.split("\n")) if aliases else ()
    if len(names) > MOST_ALIASES:
        raise NotABundle("名单不合格式")
    return Member(text_of(unit), text_of(kind), text_of(parent), day_of(due), names, asked is True)


MOST_STEPS, MOST_KINDS, LONGEST_NUMBER = 50, 200, 40
"""The largest numbers of steps and of kinds of a campaign, and the longest text of a number of its."""


def campaign_data(campaign: Campaign) -> dict[str, Any] | None:
    """Return a campaign as it stands in a manifest; None where there is none."""
    if campaign == NO_CAMPAIGN:
        return None
    texts = {name: getattr(campaign, name) for name in CAMPAIGN_TEXTS}
    return {
        **texts,
        "due": campaign.due.isoformat() if campaign.due else None,
        "kinds": list(campaign.kinds),
        "steps": list(campaign.next_steps),
        "least": None if campaign.least is None else str(campaign.least),
        "quota": campaign.quota,
        "mend_by": campaign.mend_by.isoformat() if campaign.mend_by else None,
        "issued": campaign.issued.isoformat() if campaign.issued else None,
        "start": campaign.start.isoformat() if campaign.start else None,
    }


CAMPAIGN_TEXTS = ("name", "scheme", "stage", "issuer", "recipients", "opening")


def campaign_of(data: Any) -> Campaign:
    """Return the campaign of a manifest; raises NotABundle, KeyError, TypeError or ValueError for one that cannot stand there."""
    if data is None:
        return NO_CAMPAIGN
    kinds, steps, least, quota = data["kinds"], data["steps"], data["least"], data["quota"]
    if type(kinds) is not list or type(steps) is not list or len(kinds) > MOST_KINDS or len(steps) > MOST_STEPS:
        raise NotABundle("本次报送不合格式")
    if quota is not None and (type(quota) is not int or not 0 <= quota <= MOST_MEMBERS):
        raise NotABundle("本次报送不合格式")
    if least is not None and (type(least) is not str or len(least) > LONGEST_NUMBER or not NUMBER.fullmatch(least)):
        raise NotABundle("本次报送不合格式")
    name, scheme, stage, issuer, recipients, opening = (text_of(data[name]) for name in CAMPAIGN_TEXTS)
    return Campaign(
        name=name,
        scheme=scheme,
        stage=stage,
        issuer=issuer,
        recipients=recipients,
        opening=opening,
        due=day_of(data["due"]),
        kinds=tuple(map(text_of, kinds)),
        next_steps=tuple(map(text_of, steps)),
        least=None if least is None else Fraction(least),
        quota=quota,
        mend_by=day_of(data["mend_by"]),
        issued=day_of(data["issued"]),
        start=day_of(data["start"]),
    )


NUMBER = re.compile(r"[0-9]+(?:/[1-9][0-9]*)?")


def text_of(value: Any) -> str:
    """Return a text of one line that a screen can show, whatever stood in the roster or in the name of the file."""
    if type(value) is not str:
        raise NotARecord("text")
    return one_line(value[:MOST_TEXT])


def day_of(value: Any) -> date | None:
    if value is None:
        return None
    return value if type(value) is date else date.fromisoformat(text_of(value))
