"""What an indicator asks for and what a value is, in words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from wuhao_report import scheme as s
from wuhao_report.periods import Per
from wuhao_report.values import MISSING, number_text, percent_text

EVERY: Mapping[Per, str] = {"三年": "每三年", "年": "每年", "学期": "每学期", "季度": "每季度", "月": "每月", "全程": "", "现状": ""}
NOT_COUNTED: Mapping[str, str] = {"flag": "{every}{act}", "manual": "{title}", "term": "{title}按期完成", "rank": "{title}按名次计分"}


def value_text(indicator: s.Indicator, value: Fraction | bool | None) -> str:
    """A value as a reader expects it: 是, 100%, 2次, 良, 迟3天, 未提供."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(indicator.measure, s.Level):
        words = [word for word, number in indicator.measure.values if number == value]
        if words:
            return words[0]
    if indicator.shape == "term":
        return f"迟{number_text(value)}天" if value > 0 else "按期完成"
    if indicator.shape == "rate":
        return percent_text(value)
    return number_text(value, 1 if indicator.shape == "level" else 2) + indicator.unit


def requirement_text(indicator: s.Indicator) -> str:
    """The target as words: 不少于2次, 达到100%, 大于0, 不超过90天, 全部具备."""
    target = indicator.target
    if isinstance(target.value, bool):
        return "落实"
    if indicator.shape == "term":
        return "按期完成" if target.value == 0 else f"迟于期限不超过{number_text(target.value)}天"
    text = value_text(indicator, target.value)
    if target.op == "==":
        return "全部具备"
    if target.op == ">":
        return f"大于{text}"
    if target.op == "<=":
        return f"为{text}" if target.value == 0 else f"不超过{text}"
    if indicator.shape == "rate":
        return f"达到{text}" if target.value == 1 else f"不低于{text}"
    return f"{'不低于' if isinstance(indicator.measure, s.Level) else '不少于'}{text}"


def derived_requirement(item: s.Indicator) -> str:
    """The requirement in words where the scheme gives none: 每年开展“调研”不少于2次."""
    if item.parts:
        return "；".join(part.requirement for part in item.parts)
    every = EVERY[item.per]
    if item.shape in NOT_COUNTED:
        return NOT_COUNTED[item.shape].format(every=every, act=item.act, title=item.title)
    if item.shape == "count":
        return f"{every}{item.act}{requirement_text(item)}"
    return f"{every}{item.title}{requirement_text(item)}"
