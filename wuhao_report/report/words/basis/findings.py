"""What a report says of an indicator in a word: reached or not; of one that has points of the scheme's own, how many of them."""

from __future__ import annotations

from collections.abc import Iterable

from wuhao_report.evaluation.results import IndicatorResult
from wuhao_report.report.wording.sentences import WAITING

FINDINGS = {"达标": "达标", "未达标": "未达标", "缺数据": "资料暂缺", "进行中": "尚未完成", "不适用": "不适用"}
"""What a self-check says of an indicator, by its status."""
PROGRESS = {"达标": "已达到", "未达标": "滞后", "缺数据": "资料暂缺", "进行中": "按期推进", "不适用": "不适用"}
"""What a mid-term report says of an indicator, by its status."""
WHOLE, PARTLY, NOTHING = "满分", "部分得分", "未得分"
"""What either report says of an indicator that has points of the scheme's own."""
BARRED, NOT_BARRED, BONUS = "一票否决", "没有发生", "加分项"
SAID = {
    "达标": "已经达到",
    "已达到": "已经达到",
    "未达标": "没有达到",
    "滞后": "没有达到",
    WHOLE: "得满分",
    PARTLY: "有扣分",
    NOTHING: "没有得分",
    "尚未完成": "尚未到期",
    "按期推进": "尚未到期",
    "资料暂缺": "资料暂缺",
    WAITING: WAITING,
}
"""How a finding is said behind a number of indicators, in the order of a list."""


def finding(item: IndicatorResult, by_points: bool, words: dict[str, str]) -> str:
    """Return the word for an indicator; `words` are those of the kind of report by status."""
    if item.indicator.counts == "bonus":
        return BONUS
    if item.barred:
        return BARRED
    if item.indicator.counts == "veto" and item.status == "达标":
        return NOT_BARRED
    if item.waits:
        return WAITING
    if by_points and item.full is not None and item.score is not None and item.status != "缺数据":
        return WHOLE if item.score == item.full else PARTLY if item.score > 0 else NOTHING
    return words[item.status]


def reached(item: IndicatorResult) -> bool:
    """Say whether an indicator is told as reached: one that lost all its points is not."""
    return item.status == "达标" and (item.score is None or item.score > 0)


def counted(items: Iterable[IndicatorResult], by_points: bool, words: dict[str, str]) -> dict[str, int]:
    """Return how many indicators have each word, those that occur, in the order of SAID; bonuses and vetoes are none of them."""
    found = [finding(item, by_points, words) for item in items if item.indicator.counts == "score"]
    return {word: found.count(word) for word in (*SAID, words["不适用"]) if word in found}
