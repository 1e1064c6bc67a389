"""What an indicator asks for and what a value is, in words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from wuhao_report.core.numbers import MISSING, half_up, number_text, percent_text
from wuhao_report.core.periods import Per
from wuhao_report.measures.target import Target
from wuhao_report.scheme import model as s

EVERY: Mapping[Per, str] = {
    "三年": "每三年",
    "年": "每年",
    "学年": "每学年",
    "半年": "每半年",
    "学期": "每学期",
    "季度": "每季度",
    "月": "每月",
    "全程": "",
    "现状": "",
}
NOT_COUNTED: Mapping[str, str] = {
    "flag": "{every}{act}",
    "manual": "{title}（人工评定）",
    "term": "{title}按期完成",
    "rank": "{title}按名次计分",
}


def value_text(indicator: s.Indicator, value: Fraction | bool | None) -> str:
    """A value as a reader expects it: 是, 100%, 2次, 良, 迟3天, 未提供."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "是" if value else "否"
    word = indicator.measure.value_word(value)
    if word is not None:
        return word
    if indicator.shape == "term":
        return f"迟{number_text(value)}天" if value > 0 else "按期完成"
    if indicator.shape == "rate":
        return percent_text(value)
    if indicator.shape == "level" and value.denominator != 1 and indicator.unit.startswith("人"):
        return _about(indicator, value)
    return number_text(value, 1 if indicator.shape == "level" else 2) + indicator.unit


def _about(indicator: s.Indicator, value: Fraction) -> str:
    """A mean of people as a whole number; rounded towards the side of the target on which it lies."""
    whole = Fraction(half_up(value, 0))
    if indicator.target.met(whole) != indicator.target.met(value):
        whole = Fraction(value // 1) if whole > value else Fraction(-(-value // 1))
    return f"约{number_text(whole)}{indicator.unit}"


def requirement_text(indicator: s.Indicator) -> str:
    """The target as words: 不少于2次, 达到100%, 大于0, 不超过90天, 全部具备."""
    target = indicator.target
    if isinstance(target.value, bool):
        return "落实"
    if indicator.shape == "term":
        return "按期完成" if target.value == 0 else f"迟于期限不超过{number_text(target.value)}天"
    own = indicator.measure.target_words(target)
    if own is not None:
        return own
    text = value_text(indicator, target.value)
    if target.op == "==":
        return "全部具备"
    if target.op == ">":
        return f"大于{text}"
    if target.op == "<=":
        return f"为{text}" if target.value == 0 else f"不超过{text}"
    if indicator.shape == "rate":
        return f"达到{text}" if target.value == 1 else f"不低于{text}"
    return f"不少于{text}"


def derived_requirement(item: s.Indicator) -> str:
    """The requirement in words where the scheme gives none: 每年开展“调研”不少于2次."""
    if item.parts:
        return "；".join(part.requirement for part in item.parts)
    every = EVERY[item.per]
    if item.measure.lists_its_titles and item.target.op == "==":
        return f"{every}{item.title}齐全（{'、'.join(item.measure.titles())}）"
    if item.shape in NOT_COUNTED:
        return NOT_COUNTED[item.shape].format(every=every, act=item.act, title=item.title)
    if item.shape == "event" and item.target.value == 0:
        return f"{every}没有{item.act}"
    if item.shape == "count":
        return f"{every}{item.act}{requirement_text(item)}"
    return f"{every}{item.title}{requirement_text(item)}"


def award_text(item: s.Indicator) -> str:
    """How points are given, in words: 每少1次扣0.5分，最低1分."""
    full = number_text(item.points) if item.points is not None else ""
    match item.award:
        case s.SumOfParts():
            return "；".join(
                f"{part.title}{number_text(part.points or Fraction(0))}分，{award_text(part)}" for part in item.parts
            )
        case s.PerPeriod():
            return f"按达到要求的期数所占比例得分，满分{full}分"
        case s.Deduct():
            text = _deduct_text(item, item.award)
        case s.Earn(each, cap, mean):
            how = "" if mean else "，各期相加"
            if levels := item.measure.levels():
                return "，".join(f"{word}得{number_text(each * value)}分" for word, value in levels)
            most = f"，最多{number_text(cap)}分" if cap is not None else f"，满分{full}分" if full else ""
            text = "按自评分计" if item.measure.is_points else f"每1{item.unit}得{number_text(each)}分{how}{most}"
        case s.Tiered():
            tiers = [f"{_line(item, tier.target)}得{number_text(tier.points)}分" for tier in item.award.tiers]
            text = "，".join(tiers) + f"，其余得{number_text(item.award.otherwise)}分"
        case _:
            text = f"达到要求得{full}分，否则不得分" if full else ""
    off = [
        f"{penalty.title}{requirement_text(penalty)}，否则{_deduct_text(penalty, penalty.award).removeprefix('达不到的')}"
        for penalty in item.penalties
        if isinstance(penalty.award, s.Deduct)
    ]
    return "；".join(part for part in (text, *off) if part)


def _line(item: s.Indicator, target: Target) -> str:
    """A tier's line: 90%以上, 超过90天, 30天以内."""
    if isinstance(target.value, bool):
        return "落实的"
    text = value_text(item, target.value)
    return {
        ">=": text if item.shape == "rate" and target.value == 1 else f"{text}以上",
        ">": f"大于{text}",
        "<=": f"{text}以内",
        "==": text,
    }[target.op]


def _deduct_text(item: s.Indicator, award: s.Deduct) -> str:
    off = f"扣{number_text(award.each)}分"
    if award.once:
        text = f"达不到的{'每期' if item.per not in ('现状', '全程') else ''}{off}"
    elif item.shape == "rate":
        text = f"每低{number_text(award.unit * 100)}个百分点{off}"
    elif item.shape == "set":
        text = f"缺{number_text(award.unit)}项{off}"
    else:
        text = f"每{'多' if item.target.op == '<=' else '少'}{number_text(award.unit)}{item.unit}{off}"
    if award.counting == "begun":
        text += "（不足的按一个单位计）"
    if award.never is not None:
        text += f"，一直没有的扣{number_text(award.never)}分"
    if item.points is None:
        return text
    return text + (f"，最低{number_text(award.floor)}分" if award.floor else "，扣完为止")


def coefficient_text(coefficient: s.Coefficient) -> str:
    """1000以上的乘0.9，其余乘1。"""
    tiers = [f"{_limit(tier.target)}乘{number_text(tier.points)}" for tier in coefficient.tiers]
    return "，".join([*tiers, f"其余乘{number_text(coefficient.otherwise)}"]) + "。"


def _limit(target: Target) -> str:
    if isinstance(target.value, bool):
        return "是的"
    text = number_text(target.value)
    return {">=": f"{text}以上的", ">": f"大于{text}的", "<=": f"{text}以内的", "==": f"{text}的"}[target.op]


def grades_text(scheme: s.Scheme) -> str:
    """总分90分以上、各方面得分率80%以上的为优秀；其余为不合格。优秀算达标。"""
    heads = {head.id: head.title for head in scheme.heads}
    clauses = []
    for grade in scheme.scoring.grades:
        lines = [f"总分{number_text(grade.total)}分以上"] if grade.total is not None else []
        lines += [f"各方面得分率{number_text(grade.each_head)}%以上"] if grade.each_head is not None else []
        lines += [f"“{heads[name]}”{number_text(points)}分以上" for name, points in grade.heads]
        clauses.append(f"{'、'.join(lines)}的为{grade.title}" if lines else f"其余为{grade.title}")
    passing = "、".join(scheme.scoring.passing)
    return "；".join(clauses) + "。" + (f"{passing}算达标。" if passing else "")
