"""Results of periods → points: what is earned, what is lost and for which cause (docs/ARITHMETIC.md, 6 to 8).

Two conventions: a scheme that gives no points shares each head out equally; one that gives them is scored by its own rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from wuhao_report.evaluation.results import Factor, HeadResult, IndicatorResult, Loss, PeriodResult, Status
from wuhao_report.measures.target import Target
from wuhao_report.scheme import model as s

ZERO = Fraction(0)
Factors = Mapping[str, Factor]


def combine(statuses: Iterable[Status]) -> Status:
    """The status of a head from its indicators, or of the committee from its heads."""
    applicable = [status for status in statuses if status != "不适用"]
    if any(status in ("未达标", "缺数据") for status in applicable):
        return "未达标"
    return "达标" if all(status == "达标" for status in applicable) else "进行中"


def head_results(scheme: s.Scheme, results: Iterable[IndicatorResult], factors: Factors) -> tuple[HeadResult, ...]:
    """The heads with their statuses and points, by the convention of the scheme."""
    results = list(results)
    return tuple(
        _head(scheme, head, [item for item in results if item.indicator.head == head.id], factors) for head in scheme.heads
    )


def _head(scheme: s.Scheme, head: s.Head, own: list[IndicatorResult], factors: Factors) -> HeadResult:
    share = None
    if not scheme.by_points:
        count = sum(bool(item.finished) for item in own if item.indicator.counts == "score")
        share = head.points / count if count else None
    scored = tuple(with_points(item, factors, share) for item in own)
    points = [(item.score, item.full) for item in scored if item.score is not None and item.full is not None]
    score = sum((score for score, _ in points), ZERO) if points else None
    full = sum((full for _, full in points), ZERO) if points else None
    status = combine(item.status for item in scored if item.indicator.counts != "bonus")
    return HeadResult(head, status, score, full, scored, _head_grade(scheme.scoring, score, full))


def _head_grade(scoring: s.Scoring, score: Fraction | None, full: Fraction | None) -> str | None:
    if score is None or not full:
        return None
    return next(
        (grade.title for grade in scoring.head_grades if grade.at_least is None or 100 * score >= grade.at_least * full), None
    )


def total(scheme: s.Scheme, heads: Iterable[HeadResult], factor: Factor | None = None) -> Fraction | None:
    """The sum of the heads that have a score, scaled to the full mark of the scheme; None when none has."""
    scored = [(head.score, head.full) for head in heads if head.score is not None and head.full]
    if not scored:
        return None
    share = sum((score for score, _ in scored), ZERO) / sum((full for _, full in scored), ZERO)
    return share * scheme.full * (factor.factor if factor else 1)


def bonus_of(heads: Iterable[HeadResult]) -> Fraction | None:
    """The sum of the bonuses; None where the scheme has none."""
    bonuses = [item for head in heads for item in head.bonuses]
    return sum((item.bonus or ZERO for item in bonuses), ZERO) if bonuses else None


def grade_of(scheme: s.Scheme, heads: Sequence[HeadResult], score: Fraction | None, bonus: Fraction | None) -> str | None:
    """The grade of the total: the first whose lines are all reached; what bars leaves that of `veto_grade`, else the last.

    None while less than half of what has points is scored: a grade of a few indicators would say more than is known.
    """
    scoring = scheme.scoring
    if score is None or not scoring.grades:
        return None
    asked = [item for head in heads for item in head.indicators if item.indicator.points is not None and item.status != "不适用"]
    if 2 * sum(item.full is not None for item in asked) < len(asked):
        return None
    if any(item.barred for head in heads for item in head.indicators):
        return scoring.veto_grade or scoring.grades[-1].title
    reached = score + (bonus or ZERO if scoring.bonus_counts else ZERO)
    return next(grade.title for grade in scoring.grades if _reaches(grade, reached, heads))


def status_by_grade(scheme: s.Scheme, heads: Sequence[HeadResult], grade: str | None) -> Status | None:
    """The status of the committee by the lines of the scheme's grades; None where it has none, or nothing is scored.

    What bars decides at once; everything else waits until every applicable indicator is finished.
    """
    if grade is None:
        return None
    passes = grade in scheme.scoring.passing
    asked = [item for head in heads for item in head.required if item.status != "不适用"]
    if any(item.barred for item in asked) and not passes:
        return "未达标"
    if any(item.status == "进行中" or item.open or item.waits for item in asked):
        return "进行中"
    return "达标" if passes else "未达标"


def _reaches(grade: s.Grade, score: Fraction, heads: Sequence[HeadResult]) -> bool:
    if grade.total is not None and score < grade.total:
        return False
    lines = dict(grade.heads)
    for head in heads:
        if head.score is None or not head.full:
            continue
        if grade.each_head is not None and 100 * head.score < grade.each_head * head.full:
            return False
        if head.score * head.head.points < lines.get(head.head.id, ZERO) * head.full:
            return False
    return True


def assessed_total(scheme: s.Scheme, heads: Iterable[HeadResult], factor: Factor | None = None) -> Fraction | None:
    """The total of the assessor's scores, scaled like ours; None until every scored indicator has one."""
    scored = [item for head in heads for item in head.indicators if item.full is not None]
    given = [item.assessed_score for item in scored if item.assessed_score is not None]
    if not given or len(given) < len(scored):
        return None
    full = sum((item.full for item in scored if item.full is not None), ZERO)
    return None if not full else sum(given, ZERO) / full * scheme.full * (factor.factor if factor else 1)


def assessed_heads(heads: Iterable[HeadResult]) -> tuple[HeadResult, ...]:
    """The heads with the assessor's scores in place of ours."""
    assessed = []
    for head in heads:
        given = [item.assessed_score for item in head.indicators if item.full is not None and item.assessed_score is not None]
        assessed.append(replace(head, score=sum(given, ZERO) if head.full is not None else None))
    return tuple(assessed)


# One indicator


def with_points(result: IndicatorResult, factors: Factors, share: Fraction | None = None) -> IndicatorResult:
    """The result with its score, full mark and losses, or its bonus; unchanged where nothing is finished yet.

    `share` is the full mark by the convention of equal shares, for schemes that give no points.
    """
    indicator = result.indicator
    if indicator.counts == "bonus":
        return replace(result, bonus=_earned(result, ZERO)[0]) if result.finished else result
    if indicator.counts == "veto":
        return result
    if share is not None:
        return _scored(result, share, s.PerPeriod()) if result.finished else result
    if indicator.points is None:
        return result
    if isinstance(indicator.award, s.SumOfParts):
        return _factored(_penalised(_sum_of_parts(result, factors), indicator.award), factors)
    if not result.finished:
        return result
    return _factored(_penalised(_scored(result, indicator.points, indicator.award), indicator.award), factors)


def _sum_of_parts(result: IndicatorResult, factors: Factors) -> IndicatorResult:
    parts = tuple(with_points(part, factors) for part in result.parts)
    scored = [part for part in parts if part.score is not None]
    if not scored:
        return replace(result, parts=parts)
    return replace(
        result,
        parts=parts,
        score=sum((part.score or ZERO for part in scored), ZERO),
        full=sum((part.full or ZERO for part in scored), ZERO),
        losses=tuple(loss for part in scored for loss in part.losses),
    )


def _scored(result: IndicatorResult, full: Fraction, award: s.Award) -> IndicatorResult:
    score, losses = _earned(result, full, award)
    return replace(result, score=score, full=full, losses=tuple(losses))


def _earned(result: IndicatorResult, full: Fraction, award: s.Award | None = None) -> tuple[Fraction, list[Loss]]:
    """Points of a result by its award, and the losses that explain the difference from `full`."""
    award = award or result.indicator.award
    periods = result.finished
    match award:
        case s.PerPeriod():
            losses = [_loss(result, full / len(periods), item) for item in periods if item.met is not True]
        case s.Deduct():
            deducted = list(_deductions(result, award, full))
            cut = _cut([loss for loss in deducted if loss.cause != "no-data"], max(ZERO, full - award.floor))
            left = full - sum((loss.points for loss in cut), ZERO)
            losses = cut + _cut([loss for loss in deducted if loss.cause == "no-data"], left)
        case s.Earn():
            return _collected(result, award, full)
        case s.Tiered():
            return _by_tiers(result, award, full)
        case _:
            unmet = [item for item in periods if item.met is not True]
            losses = [_loss(result, full, *unmet)] if unmet else []
    return full - sum((loss.points for loss in losses), ZERO), losses


def _loss(result: IndicatorResult, points: Fraction, *periods: PeriodResult) -> Loss:
    blank = all(item.met is None for item in periods)
    return Loss(points, "no-data" if blank else "unmet", result, periods)


def _deductions(result: IndicatorResult, award: s.Deduct, full: Fraction) -> Iterator[Loss]:
    """What each finished period that is not met takes off.

    One without data loses its share of the full mark, or what nothing at all would cost when that is more: saying nothing
    never pays, and the floor is no shelter for it.
    """
    share = full / len(result.finished) if full else award.each
    for item in result.finished:
        if item.met is True:
            continue
        value = item.reading.value
        if item.met is False and award.never is not None and value is None:
            points = award.never
        elif item.met is False and award.once:
            points = award.each
        elif value is None:
            lower = result.indicator.target.op in (">=", ">") or result.indicator.shape == "set"
            worst = award.each * units_short(result.indicator.target, ZERO, award) if lower and full and not award.once else ZERO
            points = max(share, min(full, worst))
        else:
            points = award.each * units_short(result.indicator.target, value, award)
        if points:
            yield _loss(result, points, item)


def units_short(target: Target, value: Fraction | bool, award: s.Deduct) -> Fraction:
    """How many units a value that is not met lies beyond its target."""
    if isinstance(value, bool) or isinstance(target.value, bool):
        return Fraction(1)
    gap = abs(target.value - value) / award.unit
    if target.op == ">" and gap.denominator == 1:
        return gap + 1
    if award.counting == "exact":
        return gap
    return Fraction(-(-gap // 1) if award.counting == "begun" else gap // 1)


def _cut(losses: list[Loss], room: Fraction) -> list[Loss]:
    """The losses in order until nothing is left to lose."""
    kept = []
    for loss in losses:
        points = min(loss.points, room)
        if points:
            kept.append(loss if points == loss.points else replace(loss, points=points, cut=True))
        room -= points
    return kept


def _collected(result: IndicatorResult, award: s.Earn, full: Fraction) -> tuple[Fraction, list[Loss]]:
    values = [item.reading.value for item in result.finished]
    score = award.each * sum((Fraction(value) for value in values if value is not None), ZERO)
    score = score / len(values) if award.mean else score
    bonus = result.indicator.counts == "bonus"
    limits = [limit for limit in (award.cap, None if bonus else full) if limit is not None]
    score = max(ZERO, min([score, *limits]))
    return score, [] if bonus or score == full else _uncollected(result, award, full, score)


def _uncollected(result: IndicatorResult, award: s.Earn, full: Fraction, score: Fraction) -> list[Loss]:
    """What is missing to the full mark: of a mean by period, of a sum in one."""
    periods = result.finished
    if award.mean:
        each = [(full - award.each * (item.reading.value or 0)) / len(periods) for item in periods]
        if min(each) >= 0 and sum(each) == full - score:
            return [Loss(points, _why(item), result, (item,)) for item, points in zip(periods, each, strict=True) if points]
    short = tuple(item for item in periods if item.met is not True) or periods
    return [Loss(full - score, _why(short[0]), result, short)]


def _why(item: PeriodResult) -> Literal["unmet", "no-data", "tier"]:
    return "tier" if item.met else "unmet" if item.met is False else "no-data"


def _by_tiers(result: IndicatorResult, award: s.Tiered, full: Fraction) -> tuple[Fraction, list[Loss]]:
    points = [_tier_points(award, item) for item in result.finished]
    if award.worst:
        worst = min(range(len(points)), key=lambda at: points[at])
        counted = [(result.finished[worst], points[worst])]
    else:
        counted = list(zip(result.finished, points, strict=True))
    losses = []
    for item, got in counted:
        lost = (full - got) / len(counted)
        if lost > 0:
            losses.append(
                Loss(lost, "no-data" if item.reading.value is None and not item.reading.failed else "tier", result, (item,))
            )
    return sum((got for _, got in counted), ZERO) / len(counted), losses


def _tier_points(award: s.Tiered, item: PeriodResult) -> Fraction:
    value = item.reading.value
    if value is None:
        return award.otherwise if item.reading.failed else ZERO
    return tier_of(award.tiers, value, award.otherwise)


def tier_of(tiers: Iterable[s.Tier], value: Fraction | bool, otherwise: Fraction) -> Fraction:
    """What the first tier that fits gives."""
    return next((tier.points for tier in tiers if tier.target.met(value)), otherwise)


def _penalised(result: IndicatorResult, award: s.Award) -> IndicatorResult:
    """The score less what the penalties take off, down to the floor."""
    if result.score is None or not result.penalties:
        return result
    floor = award.floor if isinstance(award, s.Deduct) else ZERO
    losses = [
        loss
        for item in result.penalties
        if item.finished and isinstance(item.indicator.award, s.Deduct)
        for loss in _deductions(item, item.indicator.award, ZERO)
    ]
    kept = _cut(losses, max(ZERO, result.score - floor))
    return replace(result, score=result.score - sum((loss.points for loss in kept), ZERO), losses=(*result.losses, *kept))


def _factored(result: IndicatorResult, factors: Factors) -> IndicatorResult:
    factor = factors.get(result.indicator.coefficient)
    if result.score is None or factor is None:
        return result
    score = result.score * factor.factor
    lost = result.score - score
    more = (Loss(lost, "factor", result, factor=factor),) if lost else ()
    return replace(result, score=score, losses=(*result.losses, *more))
