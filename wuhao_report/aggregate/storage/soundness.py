"""Whether a result that came by mail can be one of its scheme: what is named, within which bounds, and whether the sums add up.

The points of an indicator are taken as they are stated, for its workbook is not at hand; everything that follows from them is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from wuhao_report.aggregate.records.model import CommitteeRecord, HeadRecord, IndicatorRecord
from wuhao_report.aggregate.records.recording import AWAITING_RANK, scheme_of, with_places
from wuhao_report.evaluation.assessment import find_stage
from wuhao_report.evaluation.results import STATUSES, UNFILLED, Status
from wuhao_report.evaluation.scoring import combine
from wuhao_report.scheme.model import Grade, Scheme

FIRST_YEAR, LAST_YEAR = 1950, 2150
LARGEST = Fraction(10**15)
LONGEST_LABEL = 40
ZERO = Fraction(0)


def fits_scheme(record: CommitteeRecord, scheme: Scheme) -> bool:
    """Return whether a record that came from elsewhere can be one of that scheme."""
    if not (_names_fit(record, scheme) and _within_bounds(record, scheme)):
        return False
    if record.status == UNFILLED:
        return record.score is None and record.grade is None
    return _adds_up(record, scheme) and _follows(record, scheme) and (not record.rank_values or _can_be_ranked(record, scheme))


def _names_fit(record: CommitteeRecord, scheme: Scheme) -> bool:
    heads = [(head.id, head.title) for head in scheme.heads]
    indicators = [(item.id, item.title, item.head) for head in scheme.heads for item in scheme.indicators if item.head == head.id]
    figures = [(item.id, item.title, item.unit, item.per) for item in scheme.figures]
    return (
        (record.start_year is None or FIRST_YEAR <= record.start_year <= LAST_YEAR)
        and find_stage(scheme_of(record, scheme), record.stage) is not None
        and record.scheme_title == scheme.title
        and [(head.id, head.title) for head in record.heads] == heads
        and [(item.id, item.title, item.head) for item in record.indicators] == indicators
        and [(item.id, item.title, item.unit, item.per) for item in record.figures] == figures
        and {record.status, *(head.status for head in record.heads)} <= {*STATUSES, UNFILLED}
        and {item.status for item in record.indicators} <= {*STATUSES, AWAITING_RANK}
    )


def _within_bounds(record: CommitteeRecord, scheme: Scheme) -> bool:
    labels = (label for labels in _labels(record) for label in labels)
    return (
        record.full == scheme.full
        and FIRST_YEAR <= record.report_date.year <= LAST_YEAR
        and min(record.errors, record.warnings) >= 0
        and all(len(label) <= LONGEST_LABEL for label in labels)
        and all(value is None or abs(Fraction(value)) < LARGEST for value in _numbers(record))
        and all(_is_share(item.score, item.full) and (item.bonus is None or item.bonus >= 0) for item in record.indicators)
        and all(_is_share(head.score, head.full) for head in record.heads)
        and (scheme.by_points or all(item.score == item.full for item in record.indicators if item.status == "达标"))
    )


def _labels(record: CommitteeRecord) -> Iterator[Iterable[str]]:
    for item in record.indicators:
        yield (period.label for period in item.periods)
        yield (label for _, label, _ in item.rank_values)
    for figure in record.figures:
        yield (label for label, _ in figure.values)


def _numbers(record: CommitteeRecord) -> Iterator[Fraction | bool | None]:
    yield from (record.score, record.bonus)
    for item in record.indicators:
        yield from (item.score, item.full, item.bonus)
        yield from (number for period in item.periods for number in (period.value, period.numerator, period.denominator))
        yield from (value for _, _, value in item.rank_values)
    yield from (value for figure in record.figures for _, value in figure.values)


def _is_share(score: Fraction | None, full: Fraction | None) -> bool:
    return (score is None) == (full is None) and (score is None or full is None or 0 <= score <= full)


def _adds_up(record: CommitteeRecord, scheme: Scheme) -> bool:
    """Say whether every head has the sum of its indicators, and the committee that of its heads."""
    for head in record.heads:
        own = [item for item in record.indicators if item.head == head.id and item.score is not None and item.full is not None]
        if head.score != (_sum(item.score for item in own) if own else None):
            return False
        if head.full != (_sum(item.full for item in own) if own else None):
            return False
    bonuses = [item.bonus for item in record.indicators if item.bonus is not None]
    return (record.bonus or ZERO) == _sum(bonuses) and _total_fits(record, scheme)


def _sum(values: Iterable[Fraction | None]) -> Fraction:
    return sum((value for value in values if value is not None), ZERO)


def _total_fits(record: CommitteeRecord, scheme: Scheme) -> bool:
    scored = [head for head in record.heads if head.score is not None and head.full]
    if not scored:
        return record.score is None
    share = _sum(head.score for head in scored) / _sum(head.full for head in scored) * scheme.full
    return any(record.score == share * factor for factor in _factors(scheme))


def _factors(scheme: Scheme) -> set[Fraction]:
    """Return every factor by which a total of the scheme may be multiplied."""
    own = next((item for item in scheme.scoring.coefficients if item.id == scheme.scoring.coefficient), None)
    return {Fraction(1)} if own is None else {own.otherwise, *(tier.points for tier in own.tiers)}


def _follows(record: CommitteeRecord, scheme: Scheme) -> bool:
    """Say whether statuses and grade follow from those of the indicators and the points."""
    if any(item.status == AWAITING_RANK for item in record.indicators):
        # They are worked out anew from the basis, once the ranks are known.
        return record.basis is not None and bool(record.rank_values)
    counts = {item.id: item.counts for item in scheme.indicators}
    if any(head.status != _head_status(head, record.indicators, counts) for head in record.heads):
        return False
    if not scheme.scoring.grades or record.grade is None:
        expected = combine(_statuses(record.heads))
        return record.grade is None and record.status in {expected, *(("进行中",) if scheme.scoring.grades else ())}
    grade = next((one for one in scheme.scoring.grades if one.title == record.grade), None)
    if grade is None or record.score is None or not _reaches(record, scheme, grade):
        return False
    return record.status in ({"达标", "进行中"} if grade.title in scheme.scoring.passing else {"未达标", "进行中"})


def _head_status(head: HeadRecord, indicators: Iterable[IndicatorRecord], counts: Mapping[str, str]) -> Status:
    own = [item for item in indicators if item.head == head.id and counts[item.id] != "bonus"]
    return combine(_statuses(own))


def _statuses(items: Iterable[HeadRecord | IndicatorRecord]) -> list[Status]:
    return [item.status for item in items if item.status in STATUSES]


def _reaches(record: CommitteeRecord, scheme: Scheme, grade: Grade) -> bool:
    reached = (record.score or ZERO) + (record.bonus or ZERO if scheme.scoring.bonus_counts else ZERO)
    return grade.total is None or reached >= grade.total or grade.title == scheme.scoring.veto_grade


def _can_be_ranked(record: CommitteeRecord, scheme: Scheme) -> bool:
    try:
        with_places(record, scheme, {})
    # Any exception of the calculation means that somebody has made the basis up.
    except Exception:
        return False
    return True
