"""Statuses and scores: the rules one by one, and properties that hold for any committee."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import SAMPLES, indicator, judged
from wuhao_report.core.periods import Period, Span
from wuhao_report.evaluation.assessment import assess, makeable
from wuhao_report.evaluation.check import check
from wuhao_report.evaluation.results import STATUSES, IndicatorResult, PeriodResult
from wuhao_report.evaluation.scoring import combine, head_results, total
from wuhao_report.measures.facts import NO_DATA
from wuhao_report.report.json_form import outcome_data
from wuhao_report.scheme.lookup import find_scheme

C, V = "college-2017", "village-2023"


def test_head_and_committee_by_the_same_rule() -> None:
    assert combine(["达标", "不适用", "达标"]) == "达标"
    assert combine(["达标", "进行中"]) == "进行中"
    assert combine(["达标", "缺数据"]) == "未达标"
    assert combine(["进行中", "未达标"]) == "未达标"


@given(st.lists(st.sampled_from(STATUSES), min_size=1))
def test_the_order_of_indicators_does_not_matter(statuses: Any) -> None:
    assert combine(statuses) == combine(sorted(statuses)) == combine(statuses * 2)


def test_points_are_shared_by_what_can_be_judged() -> None:
    # On 2017-01-10 only 现状 indicators are judged: 1.1.1, 1.1.10 and 1.1.9 share the 20 of head 1; head 4 has none.
    outcome = judged(C, {"填报日期": date(2017, 1, 10), "专用办公室": "325室", "办公电话": "是", "办公电脑": "是"})
    data = outcome_data(outcome)
    assert indicator(outcome, "1.1.9")["full"] == pytest.approx(20 / 3)
    assert indicator(outcome, "1.1.9")["score"] == pytest.approx(20 / 3)
    assert (data["goods"][3]["score"], data["goods"][3]["full"], data["goods"][3]["status"]) == (None, None, "进行中")
    assert data["in_time"] is False
    # head 1: 1 of 3 met; heads 2, 3 and 5: nothing met; scaled from 80 to 100
    assert data["score"] == pytest.approx(float(Fraction(20, 3) * 100 / 80))
    # 1.1.1 1.1.9 1.1.10, 2.1.1 2.2.1 2.4.1, 3.1.1 3.4.1 3.4.2 3.4.3 3.6.1, 5.3.2
    assert (data["scored"], data["applicable"]) == (12, 39)


def test_partly_met_earns_its_part() -> None:
    outcome = judged(C, {"报告阶段": "全面自查", "填报日期": date(2019, 12, 1)}, 建言献策="2017-05-01 | 甲\n2019-05-01 | 乙")
    found = indicator(outcome, "4.3.1")
    assert found["status"] == "未达标"
    assert found["score"] == pytest.approx(found["full"] * 2 / 3)


def test_in_progress_periods_never_count_in_a_score() -> None:
    early = judged(C, {"填报日期": date(2018, 6, 1)}, 建言献策="2018-05-01 | 甲\n2017-05-01 | 乙")
    found = indicator(early, "4.3.1")
    assert [item["finished"] for item in found["periods"]] == [True, False]
    assert (found["status"], found["score"]) == ("达标", found["full"])


MET = st.lists(st.tuples(st.booleans(), st.sampled_from([True, False, None])), max_size=6)


def results(scheme: Any, shapes: Any) -> Any:
    """Indicator results with periods as drawn: (finished, met)."""
    day = date(2018, 1, 1)
    period = Period("年", "2018年", Span(day, day), 2018)
    found = []
    for indicator_, (applies, periods) in zip(scheme.indicators, shapes, strict=True):
        items = tuple(PeriodResult(period, finished, NO_DATA, met) for finished, met in periods) if applies else ()
        found.append(IndicatorResult(indicator_, "不适用" if not applies else "进行中", items, (), ()))
    return found


@given(st.lists(st.tuples(st.booleans(), MET), min_size=31, max_size=31))
def test_points_are_exact_whatever_has_been_met(shapes: Any) -> None:
    scheme = find_scheme(V)
    heads = head_results(scheme, results(scheme, shapes), {})
    for head in heads:
        scored = [item for item in head.indicators if item.full is not None]
        assert (head.full, head.score) == ((20, sum(item.score for item in scored)) if scored else (None, None))
        assert sum(item.full for item in scored) == (20 if scored else 0)
        for item in head.indicators:
            assert (item.full is not None) == bool(item.finished)
            assert item.full is None or 0 <= item.score <= item.full
            assert item.full is None or (item.score == item.full) == all(one.met for one in item.finished)
    whole = total(scheme, heads)
    assert whole is None or 0 <= whole <= 100
    assert (whole is None) == all(head.score is None for head in heads)


def test_stage_names_and_dates_move_with_the_start_year() -> None:
    outcome = judged(V, {"创建起始年": 2025, "报告阶段": "2026年自查", "填报日期": date(2026, 8, 20)})
    data = outcome_data(outcome)
    assert data["stage"]["title"] == "2026年自查"
    assert data["stage"]["phase"] == {"title": "创建", "start": "2025-06-01", "end": "2027-07-31"}
    assert data["as_of"] == "2026-08-20"


def test_what_can_no_longer_be_made_up() -> None:
    outcome = judged(C, {"填报日期": date(2018, 12, 31)}, 活动="2017-05-01 | 甲 | 其他")
    found = {item.indicator.id: item for item in outcome.assessment.indicators}
    scheme, day = outcome.scheme, date(2018, 12, 31)

    def still(name: Any, at: int = 0) -> Any:
        return makeable(scheme, found[name], found[name].periods[at], day)

    assert not still("3.2.2", 0)  # 2017 is over
    assert still("3.2.2", 1)  # the last day of 2018 is the report day itself
    assert not still("3.4.1")  # a share of records that needs 100 %
    assert still("2.1.1")  # a share of the roll
    assert still("4.2.1")  # the whole phase


def test_longest_vacancy_cannot_be_made_up() -> None:
    outcome = judged(V)
    found = next(item for item in outcome.assessment.indicators if item.indicator.id == "1.1.2")
    assert not makeable(outcome.scheme, found, found.periods[0], date(2024, 8, 20))


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_sums_add_up_in_every_sample(path: Path) -> None:
    outcome = check(path)
    data = outcome_data(outcome)
    assert assess(outcome.submission)[0].score == outcome.assessment.score
    for good in data["goods"]:
        parts = [item for item in good["indicators"] if item["full"] is not None]
        assert sum(item["full"] for item in parts) == pytest.approx(good["full"] or 0)
        assert sum(item["score"] for item in parts) == pytest.approx(good["score"] or 0)
        for item in good["indicators"]:
            assert item["status"] in STATUSES
            assert (item["periods"] == []) <= (item["status"] in ("不适用", "进行中"))
    score, full = (sum(good[key] or 0 for good in data["goods"]) for key in ("score", "full"))
    assert data["score"] == pytest.approx(100 * score / full * data.get("coefficient", {"factor": 1})["factor"])
    statuses = [item["status"] for good in data["goods"] for item in good["indicators"]]
    assert data["applicable"] == len(statuses) - statuses.count("不适用")
