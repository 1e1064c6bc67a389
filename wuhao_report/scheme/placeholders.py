"""Sentences of a scheme: the closed list of placeholders they may hold, and how they are filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

PLACEHOLDERS: Mapping[str, str] = {
    "指标": "指标名称",
    "做": "指标的 act，例如“召开例会”",
    "自称": "方案的 self_name，例如“我院关工分委”",
    "截至日": "统计截至日，例如“2018年12月20日”",
    "每": "“每年”“每学期”等；现状、全程为空",
    "期": "所说的各期，例如“2017年、2018年”；现状写“目前”，全程写“创建阶段”",
    "期内": "同“期”，现状时为空；用于任务",
    "期述": "达标各期，带“各”“分别”或“每学期”，后面接“做”和“数述”",
    "期均": "达标各期，多于一期时带“都”",
    "均": "多于一期时是“都”，否则为空",
    "各": "多于一期时是“各”，否则为空",
    "数值": "所说各期的值，带单位；没有值时是“未提供”",
    "数述": "达标各期的值，与“期述”相配",
    "率述": "达标各期的值，例如“2017年、2018年都达到100%”",
    "额述": "达标各期的值，例如“2017年8000元、2018年1万元”",
    "净增述": "达标各期的值，例如“2023年净增1人、2024年净增2人”",
    "合计": "达标各期的值的合计，带单位",
    "目标": "目标值，带单位",
    "要求": "目标的说法，例如“不少于2次”“达到100%”“不超过90天”",
    "差额": "离目标还差多少，带单位",
    "超出": "不应当发生的事超出规定多少，例如“，超出规定2次”；规定为零次时为空",
    "已有": "所列各项中已有的",
    "缺项": "所列各项中缺少的",
    "分子": "比率的分子",
    "分母": "比率的分母",
    "缺数": "分母减分子",
    "还差": "按规则倒算，还差多少（只用于 way 各句）",
    "所缺": "还差的是什么、多少，例如“某表”记录2条（同上）",
    "处": "要补填或改正的单元格（同上）",
    "说明": "人工评定时填的自评说明，带括号；没有时为空",
}

MOST_PARSED = 4096
"""So many sentences are kept, taken apart into their pieces: a report fills the same ones again and again."""
_PART = re.compile(r"\[([^\[\]]*)\]|([^\[\]]+)")
_PLACE = re.compile(r"\{([^{}]*)\}")


def unknown_placeholders(text: str, names: Iterable[str] = PLACEHOLDERS) -> list[str]:
    """The placeholders of a sentence that do not stand in `names`."""
    allowed = set(names)
    unknown = [name for name in _PLACE.findall(text) if name not in allowed]
    if not unknown and ("{" in (rest := _PLACE.sub("", text)) or "}" in rest):
        unknown.append("花括号不成对")
    return unknown


def placeholders(text: str) -> tuple[str, ...]:
    """Return the names of the placeholders of a sentence."""
    return _pieces(text)[1::2]


@lru_cache(maxsize=MOST_PARSED)
def _pieces(text: str) -> tuple[str, ...]:
    """Return a sentence as plain text and names of placeholders by turns."""
    return tuple(_PLACE.split(text))


@lru_cache(maxsize=MOST_PARSED)
def _parts(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the parts of a sentence, each with the placeholders that must not be empty: those of a part in square brackets."""
    return tuple((optional or plain, placeholders(optional)) for optional, plain in _PART.findall(text))


def without_blank_parts(text: str, values: Mapping[str, str], blank: str = "") -> str:
    """Return the sentence with its placeholders replaced; a part in square brackets is left out where one of its values is empty.

    Elsewhere an empty value is said as `blank`.
    """
    return "".join(
        fill_with(part, lambda name: values[name] or blank)
        for part, needed in _parts(text)
        if all(values[name] for name in needed)
    )


def fill(text: str, values: Mapping[str, str]) -> str:
    """The sentence with its placeholders replaced; values are never scanned again."""
    return fill_with(text, values.__getitem__)


def fill_with(text: str, value: Callable[[str], str]) -> str:
    """The same, with a function that tells the value of a placeholder."""
    pieces = list(_pieces(text))
    pieces[1::2] = map(value, pieces[1::2])
    return "".join(pieces)
