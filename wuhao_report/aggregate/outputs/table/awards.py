"""授牌名单 and 不合格名单: who is to be honoured by the threshold and the quota of the campaign, who has failed, and who is on neither list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from wuhao_report.aggregate.outputs.table.sheets import PAGES, Columns, SheetWriter
from wuhao_report.aggregate.overview import Group
from wuhao_report.aggregate.roster.model import Campaign, Member
from wuhao_report.aggregate.rows import Row
from wuhao_report.core.numbers import score_text

AWARDS: Columns = (
    ("名次", 7, "count"),
    ("并列", 6, "text"),
    ("单位名称", 34, "text"),
    ("类别", 10, "text"),
    ("上级", 22, "text"),
    ("总评", 9, "text"),
    ("总分", 9, "number"),
    ("意见", 11, "text"),
    ("说明", 50, "text"),
)
HONOURED, UNDECIDED, FAILED, NOT_LISTED = "拟授牌", "并列待定", "不合格", "未列入"
MET, MISSED = "达标", "未达标"


@dataclass(frozen=True)
class Verdict:
    """What becomes of a committee, and why, in Chinese."""

    row: Row
    verdict: str
    why: str


@dataclass(frozen=True)
class Cut:
    """Where the quota ends: up to place `last` all are honoured; of those at place `tied`, `many`, there is room for `left` alone."""

    last: int | None = None
    tied: int | None = None
    many: int = 0
    left: int = 0


def are_asked(campaign: Campaign) -> bool:
    """Say whether a campaign names what a list of honours needs: a threshold or a quota."""
    return campaign.least is not None or campaign.quota is not None


def verdicts(group: Group, campaign: Campaign) -> Iterator[Verdict]:
    """Yield the verdict on every committee of a group, first place first.

    A committee is honoured that passes, reaches the threshold, and whose place lies within the quota; where the quota ends among
    committees of one place, the decision is a person's.
    """
    cut = _cut(group, campaign)
    for row in group.rows():
        verdict, why = _failing(row, campaign.least)
        if why:
            yield Verdict(row, verdict, why)
        elif campaign.quota is None or (cut.last is not None and row.place is not None and row.place <= cut.last):
            yield Verdict(row, HONOURED, "")
        elif row.place == cut.tied:
            yield Verdict(row, UNDECIDED, f"并列第{row.place}名的有{cut.many}个单位，名额只余{cut.left}个，请定夺")
        else:
            yield Verdict(row, NOT_LISTED, f"名额{campaign.quota}个，已由前面的单位占满")


def _failing(row: Row, least: Fraction | None) -> tuple[str, str]:
    """Return why a committee cannot be honoured whatever the quota, "" where it can: it has failed, or is not evaluated to the end."""
    record = row.record
    if record.status == MISSED:
        return FAILED, f"总评“{record.status}”"
    if record.status != MET:
        return NOT_LISTED, f"总评“{record.status}”，还没有结果"
    if record.score is None or row.place is None:
        return NOT_LISTED, "没有总分"
    if least is not None and record.score < least:
        return FAILED, f"总分{score_text(record.score)}，不到{score_text(least)}分"
    return "", ""


def _cut(group: Group, campaign: Campaign) -> Cut:
    if campaign.quota is None:
        return Cut()
    at_place = Counter(row.place for row in group.rows() if row.place is not None and not _failing(row, campaign.least)[1])
    taken, last = 0, 0
    for place, many in sorted((place or 0, many) for place, many in at_place.items()):
        if taken + many > campaign.quota:
            left = campaign.quota - taken
            return Cut(last, place if left else None, many, left)
        taken, last = taken + many, place
    return Cut(last)


def write_awards(writer: SheetWriter, group: Group, campaign: Campaign, end: str, about: str) -> None:
    """Write who is to be honoured and who is not, each with the reason."""
    least = "" if campaign.least is None else f"　最低{score_text(campaign.least)}分"
    about += least + ("" if campaign.quota is None else f"　名额{campaign.quota}个")
    honoured = writer.open("授牌名单" + end, about + "　并列待定的，请定夺后改“意见”", AWARDS, pages=PAGES["授牌名单"])
    failed = writer.open("不合格名单" + end, about, AWARDS, pages=PAGES["不合格名单"])
    others = writer.open("未列入名单" + end, about + "　总评还没有结果的、名额已满的", AWARDS, pages=PAGES["未列入名单"])
    lists = {HONOURED: honoured, UNDECIDED: honoured, FAILED: failed, NOT_LISTED: others}
    for item in verdicts(group, campaign):
        row, tied = item.row, "并列" if item.row.tied else ""
        member = row.member or Member(row.unit)
        facts = row.place, tied, row.unit, member.kind, member.parent, row.record.status, row.record.score
        lists[item.verdict].add([*facts, item.verdict, item.why])
    for sheet in (honoured, failed, others):
        sheet.close()
