"""What a value must reach: the target of an indicator, how a scheme writes it, how far a number is from it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, cast

from wuhao_report.core.strict import Keys

TARGETS: Mapping[str, str] = {"at_least": ">=", "more_than": ">", "at_most": "<=", "all": "==", "yes": "=="}
TARGET_WORDS: Mapping[str, str] = {"at_least": "不少于", "more_than": "大于", "at_most": "不超过", "all": "全部", "yes": "是"}


@dataclass(frozen=True)
class Target:
    """What a value must reach; `value` is exact, or True for a flag."""

    op: Literal[">=", ">", "<=", "=="]
    value: Fraction | bool

    def met(self, value: Fraction | bool) -> bool:
        """Return whether a value reaches the target."""
        if self.op == ">=":
            return value >= self.value
        if self.op == ">":
            return value > self.value
        if self.op == "<=":
            return value <= self.value
        return value == self.value


def missing_to(target: Target, value: Fraction) -> Fraction:
    """Return how far a whole number is below its target; for “more than”, one beyond it."""
    goal = Fraction(target.value)
    whole = Fraction(math.floor(goal) + 1) if target.op == ">" else Fraction(math.ceil(goal))
    return max(Fraction(0), whole - value)


def target_words() -> str:
    """Return 不少于（at_least）、大于（more_than） …, for who writes in Excel and for who writes TOML."""
    return "、".join(f"{TARGET_WORDS[name]}（{name}）" for name in TARGETS)


def read_target(table: object, path: str, size: int, truth: bool, within_whole: bool) -> Target:
    """Return the target that a table of a scheme states.

    `size` is that of the measure's listed set (0: it has none), `truth`: its value is yes or no, `within_whole`: its value
    never exceeds 1. Raises SchemeError for what does not suit the measure.
    """
    keys = Keys(table, path)
    given = [name for name in TARGETS if keys.has(name)]
    keys.taken.extend(TARGETS)
    keys.done()
    if len(given) != 1:
        raise keys.fail("", f"要写且只写一个：{target_words()}")
    name = given[0]
    if name == "yes":
        value: Fraction | bool = True
        suits = truth and keys.truth(name)
    elif name == "all":
        value, suits = Fraction(size), keys.truth(name) and size > 0
    else:
        value, suits = keys.number(name), not truth
    if not suits:
        raise keys.fail(name, "与这个指标的算法不相配")
    if not isinstance(value, bool) and value > 1 and within_whole:
        raise keys.fail(name, f"这个算法得出的比率不会超过100%，写的是{float(value * 100):g}%；百分数请写 95% 或 0.95")
    return Target(cast(Any, TARGETS[name]), value)
