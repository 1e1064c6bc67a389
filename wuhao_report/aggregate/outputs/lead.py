"""What matters in a group, in a few sentences: how many reach the target, who has not sent, what is missed most, who moved."""

from __future__ import annotations

from collections.abc import Iterator

from wuhao_report.aggregate.overview import Group, Overview
from wuhao_report.aggregate.totals import Totals
from wuhao_report.core.numbers import number_text, percent_text

MOST_WEAK = 3
"""So many indicators are named as those that are missed most."""


def lead(overview: Overview, group: Group) -> Iterator[str]:
    """Yield the sentences, what matters most first."""
    totals = group.totals
    tally = totals.overall
    rate = "" if tally.rate is None else f"，达标率{percent_text(tally.rate)}"
    mean = "" if totals.mean_score is None else f"，平均{number_text(totals.mean_score, 1)}分"
    yield f"{totals.size}个单位计入，{tally.met}个达标{rate}{mean}。"
    if overview.roster:
        missing = f"还有{len(overview.missing)}个没有报" if overview.missing else "没有未报的"
        late = f"（迟报{overview.files.late}个）" if overview.files.late else ""
        others = f"，待定{len(overview.undecided)}个" if overview.undecided else ""
        others += f"，排除{len(overview.excluded)}个" if overview.excluded else ""
        yield f"应报{len(overview.expected)}个，已报{len(overview.received)}个{late}{others}，{missing}。"
    yield from _weakest(totals)
    changes = totals.changes
    if changes and (changes.up or changes.down):
        yield f"与上次相比，{changes.up}个单位分数上升，{changes.down}个下降。"


def _weakest(totals: Totals) -> Iterator[str]:
    lacking = sorted(
        (item for item in totals.indicators if item.tally.lacking), key=lambda item: (-item.tally.lacking, -item.lost)
    )
    if lacking:
        named = "、".join(f"“{item.title}”（{item.tally.lacking}个单位没有达到）" for item in lacking[:MOST_WEAK])
        yield f"{'一两三'[min(len(lacking), MOST_WEAK) - 1]}项最拖后腿：{named}。"
