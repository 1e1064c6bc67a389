"""Natural periods, clipping and the clock, with the boundaries (docs/ARITHMETIC.md, 2) worked out by hand."""

import itertools
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wuhao_report.core.periods import (
    COMPARABLE,
    NATURAL,
    PERS,
    Span,
    begun,
    in_time,
    judge,
    phase_periods,
    preceding,
    shift_year,
    uncounted,
)

CREATION = Span(date(2017, 1, 1), date(2019, 12, 31))
VILLAGE = Span(date(2023, 6, 1), date(2025, 7, 31))


def labels(per: Any, phase: Any, as_of: Any) -> list[Any]:
    return [period.label for period in phase_periods(per, phase, as_of)]


def test_semesters_of_a_phase() -> None:
    # January 2017 is a tail of 2016秋 (31 of 184 days): in no semester. 2019秋 has 153 of 184 days inside and is clipped.
    periods = phase_periods("学期", CREATION, date(2019, 12, 31))
    assert [period.label for period in periods] == [
        "2017年春季学期",
        "2017年秋季学期",
        "2018年春季学期",
        "2018年秋季学期",
        "2019年春季学期",
        "2019年秋季学期",
    ]
    assert periods[0].span == Span(date(2017, 2, 1), date(2017, 7, 31))
    assert periods[1].span == Span(date(2017, 8, 1), date(2018, 1, 31))
    assert periods[-1].span == Span(date(2019, 8, 1), date(2019, 12, 31))


def test_years_of_a_phase_that_begins_in_june() -> None:
    # 2023: 214 of 365 days inside; 2025: 212 of 365.
    assert [(period.label, period.span.start, period.span.end) for period in phase_periods("年", VILLAGE, VILLAGE.end)] == [
        ("2023年", date(2023, 6, 1), date(2023, 12, 31)),
        ("2024年", date(2024, 1, 1), date(2024, 12, 31)),
        ("2025年", date(2025, 1, 1), date(2025, 7, 31)),
    ]


def test_half_of_a_period_is_enough() -> None:
    # 30 days of April: a phase from the 16th has 15 of 30, from the 17th 14 of 30.
    assert labels("月", Span(date(2021, 4, 16), date(2021, 5, 31)), date(2021, 5, 31)) == ["2021年4月", "2021年5月"]
    assert labels("月", Span(date(2021, 4, 17), date(2021, 5, 31)), date(2021, 5, 31)) == ["2021年5月"]


def test_quarters_and_months() -> None:
    year = Span(date(2020, 1, 1), date(2020, 12, 31))
    quarters = phase_periods("季度", year, year.end)
    assert [(period.label, period.span.start, period.span.end) for period in quarters][1] == (
        "2020年第2季度",
        date(2020, 4, 1),
        date(2020, 6, 30),
    )
    assert len(phase_periods("月", year, year.end)) == 12
    assert phase_periods("月", year, year.end)[1].span.end == date(2020, 2, 29)


def test_school_years_and_half_years() -> None:
    """A phase of the years 2023 and 2024: 31 July 2023 closes 212 of the 365 days of 2022—2023学年; 1 August 2024 begins 153 of 365."""
    phase = Span(date(2023, 1, 1), date(2024, 12, 31))
    assert [(item.label, item.span, item.year) for item in phase_periods("学年", phase, phase.end)] == [
        ("2022—2023学年", Span(date(2023, 1, 1), date(2023, 7, 31)), 2022),
        ("2023—2024学年", Span(date(2023, 8, 1), date(2024, 7, 31)), 2023),
    ]
    assert [(item.label, item.span.start, item.span.end) for item in phase_periods("半年", phase, phase.end)] == [
        ("2023年上半年", date(2023, 1, 1), date(2023, 6, 30)),
        ("2023年下半年", date(2023, 7, 1), date(2023, 12, 31)),
        ("2024年上半年", date(2024, 1, 1), date(2024, 6, 30)),
        ("2024年下半年", date(2024, 7, 1), date(2024, 12, 31)),
    ]


def test_what_lies_in_no_period_is_told_from_a_quarter_on() -> None:
    """153 of 365 days are a quarter and more; 31 of the 184 days of a semester are an edge; whole years leave nothing."""
    phase = Span(date(2023, 1, 1), date(2024, 12, 31))
    assert uncounted("学年", phase) == (Span(date(2024, 8, 1), date(2024, 12, 31)),)
    assert uncounted("学期", phase) == ()
    assert uncounted("年", phase) == ()
    assert uncounted("全程", phase) == ()
    quarter = Span(date(2023, 1, 1), date(2024, 4, 1))  # 92 of the 366 days of 2024: 4 × 92 = 368
    assert uncounted("年", quarter) == (Span(date(2024, 1, 1), date(2024, 4, 1)),)
    less = Span(date(2023, 1, 1), date(2024, 3, 31))  # 4 × 91 = 364 < 366
    assert uncounted("年", less) == ()


@given(st.sampled_from(NATURAL), st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_labels_are_ordered_as_their_days(per: Any, start: Any) -> None:
    periods = phase_periods(per, Span(start, start + timedelta(1500)), start)
    labels = [item.label for item in periods]
    assert sorted(labels, key=in_time) == labels


@given(st.sampled_from(COMPARABLE), st.dates(date(2001, 1, 1), date(2030, 1, 1)))
def test_the_period_before_ends_where_a_whole_one_begins(per: Any, start: Any) -> None:
    for period in phase_periods(per, Span(start, start + timedelta(900)), start)[1:]:
        assert preceding(period).span.end + timedelta(1) == period.span.start


def test_whole_phase_and_state_of_things() -> None:
    assert phase_periods("全程", CREATION, date(2018, 5, 1))[0].span == CREATION
    assert phase_periods("现状", CREATION, date(2018, 5, 1))[0].span == Span(CREATION.start, date(2018, 5, 1))


def test_only_begun_periods_are_judged() -> None:
    periods = phase_periods("学期", CREATION, date(2018, 8, 1))
    assert [period.label for period in begun(periods, date(2018, 8, 1))][-1] == "2018年秋季学期"
    assert [period.label for period in begun(periods, date(2018, 7, 31))][-1] == "2018年春季学期"


def test_a_report_in_its_time_judges_to_the_end_of_its_stage() -> None:
    clock = judge(CREATION, date(2018, 10, 1), date(2018, 12, 31), date(2018, 12, 20))
    assert (clock.as_of, clock.judged_to, clock.in_time) == (date(2018, 12, 20), date(2018, 12, 31), True)
    year = phase_periods("年", CREATION, clock.as_of)[1]
    assert clock.finished(year)
    assert clock.at(year) == date(2018, 12, 20)


def test_a_report_before_its_time_is_a_progress_check() -> None:
    clock = judge(CREATION, date(2018, 10, 1), date(2018, 12, 31), date(2018, 9, 30))
    assert (clock.as_of, clock.judged_to, clock.in_time) == (date(2018, 9, 30), date(2018, 9, 30), False)
    assert not clock.finished(phase_periods("年", CREATION, clock.as_of)[1])


def test_a_late_report_counts_nothing_after_its_stage() -> None:
    clock = judge(CREATION, date(2018, 10, 1), date(2018, 12, 31), date(2019, 3, 1))
    assert (clock.as_of, clock.judged_to) == (date(2018, 12, 31), date(2018, 12, 31))


def test_shifting_a_leap_day() -> None:
    assert shift_year(date(2020, 2, 29), 1) == date(2021, 2, 28)
    assert shift_year(date(2020, 2, 29), 4) == date(2024, 2, 29)


SPANS = st.builds(
    lambda start, days: Span(start, start + timedelta(days)), st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 2000)
)


@given(st.sampled_from(PERS), SPANS)
def test_periods_lie_inside_their_phase_and_do_not_overlap(per: Any, phase: Any) -> None:
    periods = phase_periods(per, phase, phase.end)
    for period in periods:
        assert phase.start <= period.span.start <= period.span.end <= phase.end
    for before, after in itertools.pairwise(periods):
        assert before.span.end + timedelta(1) == after.span.start


@given(SPANS)
def test_a_day_is_in_at_most_one_month_and_months_cover_all_but_the_edges(phase: Any) -> None:
    covered = sum(period.span.days for period in phase_periods("月", phase, phase.end))
    assert phase.days - 30 <= covered <= phase.days
