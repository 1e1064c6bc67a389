"""Indicators of a scheme file → their records: measure, target, points, parts, penalties, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any, cast

from wuhao_report.core.errors import SchemeError
from wuhao_report.core.numbers import number_text
from wuhao_report.core.periods import PERS, Per
from wuhao_report.core.strict import Keys, without
from wuhao_report.measures.base import Definitions, Measure, Shape
from wuhao_report.measures.target import Target, read_target, target_words
from wuhao_report.scheme import model as s
from wuhao_report.scheme.describe import award_text, derived_requirement
from wuhao_report.scheme.excel.layout import SHAPE_WORDS
from wuhao_report.scheme.placeholders import PLACEHOLDERS, unknown_placeholders

SENTENCES = (
    "met",
    "short",
    "none",
    "tier",
    "no_data",
    "pending",
    "pending_none",
    "met_some",
    "so_far",
    "put_right",
    "task",
    "remedy",
    "remedy_late",
    "way",
    "way_more",
    "way_people",
    "way_rows",
    "way_fill",
    "way_full",
    "way_source",
)
SHAPES: tuple[Shape, ...] = ("count", "amount", "flag", "set", "rate", "level", "term", "manual", "rank", "event")
RESERVED = ("检查", *SHAPE_WORDS.values())
"""Words that stand for something else where ids are written."""
POINT = Fraction(1, 100)
"""One percentage point: what a rate falls short by, unless the rule names another unit."""


def read_sentences(
    keys: Keys, key: str, allowed: tuple[str, ...] = SENTENCES, places: Iterable[str] = PLACEHOLDERS
) -> dict[str, str]:
    """Sentences by name; their placeholders must be known."""
    inner = Keys(keys.take(key, {}), f"{keys.path} → {key}")
    sentences = {name: inner.text(name) for name in allowed if inner.has(name)}
    inner.taken.extend(allowed)
    inner.done()
    for name, text in sentences.items():
        unknown = unknown_placeholders(text, places)
        if unknown:
            raise inner.fail(name, f"没有占位词{{{unknown[0]}}}")
    return sentences


# How points are given: five primitives, and the sum of parts


def _all_or_nothing(keys: Keys, measure: Measure, rate: bool) -> s.Award:
    return s.AllOrNothing()


def _per_period(keys: Keys, measure: Measure, rate: bool) -> s.Award:
    return s.PerPeriod()


def _deduct(keys: Keys, measure: Measure, rate: bool) -> s.Award:
    each, unit = keys.number("each"), keys.number("unit", None) if keys.has("unit") else POINT if rate else Fraction(1)
    counting = keys.word("counting", ("whole", "begun", "exact"), "whole")
    floor, never = keys.number("floor", 0), keys.number("never") if keys.has("never") else None
    for name, value in (("each", each), ("unit", unit)):
        if value <= 0:
            raise keys.fail(name, "应当大于 0")
    if floor < 0 or (never is not None and never < 0):
        raise keys.fail("floor" if floor < 0 else "never", "不能是负数")
    return s.Deduct(each, unit, floor, cast(Any, counting), keys.truth("once"), never)


def _earn(keys: Keys, measure: Measure, rate: bool) -> s.Award:
    each, cap = keys.number("each"), keys.number("cap") if keys.has("cap") else None
    if each <= 0 or (cap is not None and cap <= 0):
        raise keys.fail("each" if each <= 0 else "cap", "应当大于 0")
    return s.Earn(each, cap, keys.truth("mean"))


def read_tiers(keys: Keys, key: str, value: str, measure: Measure) -> tuple[s.Tier, ...]:
    """Tiers in order, the first that fits counts; `value` is the key of what a tier gives."""
    tiers = []
    for number, table in enumerate(keys.tables(key), 1):
        inner = Keys(table, f"{keys.path} → {key}[{number}]")
        given = inner.number(value)
        if given < 0:
            raise inner.fail(value, "不能是负数")
        tiers.append(s.Tier(measure_target(without(inner.table, value), inner.path, measure), given))
    if not tiers:
        raise keys.fail(key, "至少要有一档")
    for before, after in pairwise(tiers):
        if before.target.met(after.target.value) and before.target.op == after.target.op:
            raise keys.fail(key, "各档要由高到低写（“不超过”的由低到高），现在有一档永远用不上")
    return tuple(tiers)


def _tiered(keys: Keys, measure: Measure, rate: bool) -> s.Award:
    otherwise = keys.number("otherwise", 0)
    if otherwise < 0:
        raise keys.fail("otherwise", "不能是负数")
    return s.Tiered(read_tiers(keys, "tiers", "points", measure), otherwise, keys.truth("worst"))


AWARDS: Mapping[str, tuple[Callable[[Keys, Measure, bool], s.Award], tuple[str, ...], str]] = {
    "full": (_all_or_nothing, (), "各期都达到得满分，否则不得分"),
    "per-period": (_per_period, (), "满分 × 达到的期数 ÷ 到期的期数"),
    "deduct": (
        _deduct,
        ("each", "unit", "counting", "once", "never", "floor"),
        "每少（多）一个 unit 扣 each 分，各期相加，扣到 floor 为止；once 每期只扣一次；never 一直没有时扣几分",
    ),
    "earn": (_earn, ("each", "mean", "cap"), "每有 1 得 each 分，各期相加（mean 取平均），到满分或 cap 为止"),
    "tiers": (
        _tiered,
        ("tiers", "otherwise", "worst"),
        "按档给分，逐档看，先合者得；都不合得 otherwise；几期取平均，worst 取最低",
    ),
}


def _read_award(keys: Keys, measure: Measure, shape: Shape) -> s.Award | None:
    if not keys.has("award"):
        return None
    inner = Keys(keys.take("award"), f"{keys.path} → award")
    kind = inner.word("kind", AWARDS)
    reader, names, _ = AWARDS[kind]
    award = reader(inner, measure, shape == "rate")
    inner.taken.extend(names)
    inner.done()
    return award


# Indicators, their parts and penalties


def read_indicator(
    table: object, number: int, at: Definitions, heads: tuple[s.Head, ...], coefficients: Iterable[str]
) -> s.Indicator:
    """One indicator of the scheme, whole."""
    keys = Keys(table, f"indicator[{number}]")
    name = keys.text("id")
    keys.path = f"indicator[{name}]"
    if set(name) & set("-/") or name in RESERVED:
        raise keys.fail("id", f"不能含“-”“/”，也不能是{'、'.join(RESERVED)}")
    head = keys.text("head", name.split(".")[0])
    keys.known("head", head, [item.id for item in heads])
    base = _item(keys, at, name, head)
    stretch = None
    if keys.has("stretch"):
        inner = Keys(keys.take("stretch"), f"{keys.path} → stretch")
        text = inner.text("text")
        stretch = s.Stretch(measure_target(without(inner.table, "text"), inner.path, base.measure), text)
    indicator = replace(
        base,
        clause=keys.text("clause", ""),
        convention=keys.truth("convention"),
        stretch=stretch,
        telling=keys.whole("telling", 5),
        counts=cast(s.Counts, keys.word("counts", s.COUNTS, "score")),
        coefficient=keys.text("coefficient", ""),
        mend=keys.text("mend", ""),
        definition=keys.text("definition", ""),
    )
    if indicator.counts == "bonus" and not keys.has("requirement"):
        indicator = replace(indicator, requirement=award_text(indicator))
    if indicator.coefficient:
        keys.known("coefficient", indicator.coefficient, coefficients)
    keys.done()
    given = [part.points for part in indicator.parts if part.points is not None]
    if given and indicator.points is None and indicator.counts == "score":
        indicator = replace(indicator, points=sum(given, Fraction(0)))
    if indicator.convention and not indicator.definition:
        raise keys.fail("definition", "约定的口径（convention = true）必须写明 definition")
    _check_points(keys, indicator)
    return indicator


def _item(keys: Keys, at: Definitions, name: str, head: str) -> s.Indicator:
    """What an indicator, a part and a penalty have in common."""
    title = keys.text("title")
    points = keys.number("points") if keys.has("points") else None
    measure = _measure(keys, at, name, head, points)
    shape = measure.shape_here()
    award = _read_award(keys, measure, shape)
    target = _target(keys, measure, award)
    shape = cast(Shape, keys.word("shape", SHAPES, "event" if shape == "count" and target.op == "<=" else shape))
    per = cast(Per, keys.word("per", PERS, ...) if keys.has("per") or measure.default_per is None else measure.default_per)
    measure.check_per(keys, per)
    penalties = tuple(
        _penalty(table, f"{keys.path} → penalties[{number}]", at, f"{name}-扣{number}", head)
        for number, table in enumerate(keys.tables("penalties", []), 1)
    )
    profile = at.sheets.profile
    item = s.Indicator(
        id=name,
        head=head,
        title=title,
        requirement="",
        clause="",
        per=per,
        measure=measure,
        target=target,
        shape=shape,
        unit=keys.text("unit", "") or measure.unit_here(at.sheets),
        points=points,
        act=keys.text("act", "") or _act(shape, title, measure),
        unless=at.where(keys, "unless", profile),
        when=at.where(keys, "when", profile),
        sentences=read_sentences(keys, "sentences"),
        award=award or _default_award(measure),
        penalties=penalties,
    )
    return replace(item, requirement=keys.text("requirement", "") or derived_requirement(item))


def _measure(keys: Keys, at: Definitions, name: str, head: str, points: Fraction | None) -> Measure:
    """The measure of an indicator, or its parts; what is judged by hand is entered for its id, up to its points."""
    if keys.has("measure") == keys.has("parts"):
        raise keys.fail("measure", "要写且只写一个：算法（measure）或分项（parts）")
    if keys.has("parts"):
        parts = tuple(
            _inner_item(table, f"{keys.path} → parts[{number}]", at, f"{name}-{number}", head, keys)
            for number, table in enumerate(keys.tables("parts"), 1)
        )
        if not parts:
            raise keys.fail("parts", "至少要有一个分项")
        measure: Measure = s.Parts(parts)
    else:
        measure = at.read_measure(keys.take("measure"), f"{keys.path} → measure", at)
    if points is not None and points <= 0:
        raise keys.fail("points", "应当大于 0")
    if measure.is_points and points is None:
        raise keys.fail("points", "人工评定的项目必须写满分")
    return measure if points is None else measure.entered_for(name, points)


def _inner_item(table: object, path: str, at: Definitions, name: str, head: str, outer: Keys) -> s.Indicator:
    keys = Keys(table, path)
    item = _item(keys, at, name, head)
    keys.done()
    if item.parts:
        raise keys.fail("parts", "分项里不能再有分项")
    return item


def _penalty(table: object, path: str, at: Definitions, name: str, head: str) -> s.Indicator:
    """A deduction inside an indicator: its measure must reach its target, else points come off."""
    keys = Keys(table, path)
    item = _item(keys, at, name, head)
    keys.done()
    if not isinstance(item.award, s.Deduct) or item.points is not None or item.parts or item.penalties:
        raise keys.fail("award", "扣分项只写算法、目标和计分方式扣分（deduct），不写满分和分项")
    return item


def _act(shape: Shape, title: str, measure: Measure) -> str:
    """What is done, or what is not to happen, where the scheme does not say it."""
    if shape == "event":
        words = [word for condition in measure.narrowed_by() for word in condition.values]
        return words[0] if len(words) == 1 else f"“{title}”方面的问题"
    return f"开展“{title}”" if shape == "count" else f"做到“{title}”" if shape == "flag" else ""


def _default_award(measure: Measure) -> s.Award:
    if measure.is_points:
        return s.Earn(Fraction(1))
    if isinstance(measure, s.Parts) and any(part.points is not None for part in measure.items):
        return s.SumOfParts()
    return s.AllOrNothing()


def measure_target(table: object, path: str, measure: Measure) -> Target:
    """Return the target that a table of a scheme states for a measure; raises SchemeError where it does not suit it."""
    return read_target(table, path, len(measure.titles()), measure.is_truth, measure.within_whole)


def _target(keys: Keys, measure: Measure, award: s.Award | None) -> Target:
    """The target as written, else what follows from the measure and the award."""
    if keys.has("target"):
        return measure_target(keys.take("target"), f"{keys.path} → target", measure)
    if isinstance(award, s.Tiered):
        return max(award.tiers, key=lambda tier: tier.points).target
    own = measure.own_target()
    if own is None and isinstance(award, s.Earn):
        own = Target(">", Fraction(0))
    if own is None:
        raise keys.fail("target", f"要写目标：{target_words()} 之一")
    return own


def _check_points(keys: Keys, item: s.Indicator) -> None:
    """Points that contradict each other are refused, for nobody could tell which are meant."""
    for key, text in (*_faults_of_parts(item), *_faults_of_counting(item)):
        raise keys.fail(key, text)
    if item.counts == "score" and item.points is not None:
        for part in (item, *item.parts):
            _check_tiers(keys, part)


def _faults_of_parts(item: s.Indicator) -> Iterator[tuple[str, str]]:
    """The key and the text of each contradiction between an indicator and its parts."""
    points = [part.points for part in item.parts]
    given = [part for part in points if part is not None]
    if any(points) and not all(points):
        yield "parts", "各分项要么都写分值，要么都不写"
    if given and item.points is not None and sum(given) != item.points:
        yield "points", f"满分与各分项之和（{number_text(sum(given, Fraction(0)))}）不等"
    if given and not isinstance(item.award, s.SumOfParts):
        yield "award", "分项各有分值时按分项相加，不另写计分方式"
    if any(part.penalties and part.points is None for part in item.parts):
        yield "parts", "有扣分项的分项要写满分"
    if item.points is None and item.counts == "score" and (given or item.penalties or item.coefficient):
        yield "points", "有分项分值、扣分项或系数的指标要写满分"


def _faults_of_counting(item: s.Indicator) -> Iterator[tuple[str, str]]:
    """The key and the text of each contradiction between what an indicator counts for and its points."""
    if item.counts != "score" and (item.penalties or item.coefficient):
        yield "penalties" if item.penalties else "coefficient", "加分项和否决项不能有扣分项、系数"
    if item.counts == "bonus" and item.parts:
        yield "parts", "加分项不能有分项，请写成几个加分项"
    if item.counts == "bonus" and (item.points is not None or not isinstance(item.award, s.Earn | s.Tiered)):
        yield "award", "加分项不写满分，计分方式用得分（earn）或分档（tiers）"
    if item.counts == "veto" and (item.points is not None or not isinstance(item.award, s.AllOrNothing)):
        yield "points", "一票否决的项目不写分值和计分方式"


def _check_tiers(keys: Keys, item: s.Indicator) -> None:
    if item.points is None:
        return
    if isinstance(item.award, s.Tiered) and max(item.award.otherwise, *(tier.points for tier in item.award.tiers)) > item.points:
        raise keys.fail("award", f"“{item.title}”有一档的分数超过了满分{number_text(item.points)}")
    if isinstance(item.award, s.Earn) and (levels := item.measure.levels()):
        most = item.award.each * max(number for _, number in levels)
        if most > item.points:
            raise keys.fail("award", f"“{item.title}”最高一等得{number_text(most)}分，超过了满分{number_text(item.points)}")
    if isinstance(item.award, s.Deduct) and item.award.floor > item.points:
        raise keys.fail("award", f"“{item.title}”的最低分超过了满分{number_text(item.points)}")


def check_all_points(
    heads: tuple[s.Head, ...], indicators: tuple[s.Indicator, ...], fault: Callable[[str, str, str], SchemeError]
) -> None:
    """Points are given everywhere or nowhere, and those of a head add up to its own; `fault` names a head's or indicator's points."""
    scored = [item for item in indicators if item.counts == "score"]
    if not any(item.points is not None for item in scored):
        return
    for item in scored:
        if item.points is None:
            raise fault("indicator", item.id, "别的指标写了满分，这一项也要写")
    for head in heads:
        total = sum((item.points or Fraction(0) for item in scored if item.head == head.id), Fraction(0))
        if total != head.points:
            raise fault("head", head.id, f"写的是{number_text(head.points)}，各指标满分之和是{number_text(total)}")
