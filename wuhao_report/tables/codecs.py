"""What stands in one cell of an indicator system written in Excel ↔ its plain value; pure text, both ways.

Every codec is a pair: `read` raises ValueError with a Chinese sentence, `write` gives what `read` reads back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from wuhao_report.core.text import did_you_mean, fold
from wuhao_report.tables.cells import parse
from wuhao_report.workbook.raw import CellFault, RawValue, as_text

QUOTE = '"'
SPECIAL = set('、，,；;=＝*"“”：:≥≤>＞<＜\n\r\t')
EMPTY, FILLED = "空", "不空"
YES, NO = "是", "否"
OPERATORS: Mapping[str, str] = {"≥": "at_least", ">": "more_than", "≤": "at_most"}
_OPERATOR_WORDS = {"≥": "≥", ">=": "≥", ">": ">", "＞": ">", "≤": "≤", "<=": "≤", "＝": "=", "=": "="}


@dataclass(frozen=True)
class Codec:
    """How one kind of cell is read and written."""

    read: Callable[[RawValue], Any]
    write: Callable[[Any], Any]
    choices: tuple[str, ...] = ()


def said(raw: RawValue) -> str:
    """The text of a cell; an error of Excel is a fault."""
    if isinstance(raw, CellFault):
        raise ValueError(f"这一格是错误值“{raw.text}”")
    return as_text(raw)


# Words that may hold the signs of the grammar stand in quotes


def quoted(word: str) -> str:
    """A word as it stands in a list: in quotes where it holds a sign of the grammar or is a word of it."""
    if word and not SPECIAL & set(word) and word == word.strip() and word not in (EMPTY, FILLED) and not word.startswith("*"):
        return word
    return QUOTE + word.replace(QUOTE, QUOTE * 2) + QUOTE


_TOKEN = re.compile(r'"((?:[^"]|"")*)"|([、，,])|([；;\n\r]+)|([=＝])|(≥|>=|≤|<=|>|＞)|([：:])|([^、，,；;\n\r=＝≥≤><＞＜"：:]+)')
SIGNS = {2: ",", 3: ";", 4: "=", 5: "op", 6: ":", 7: "word"}


def _tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) of every token; a quoted word is of kind 'quoted'."""
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"看不懂“{text[at : at + 10]}”，引号要成对")
        at = match.end()
        if match.group(1) is not None:
            tokens.append(("quoted", match.group(1).replace(QUOTE * 2, QUOTE)))
        else:
            group = match.lastindex or 7
            word = match.group(group).strip()
            if SIGNS[group] != "word" or word:
                tokens.append((SIGNS[group], _OPERATOR_WORDS.get(word, word)))
    return tokens


def _groups(tokens: Iterable[tuple[str, str]], sign: str) -> list[list[tuple[str, str]]]:
    groups: list[list[tuple[str, str]]] = [[]]
    for token in tokens:
        if token[0] == sign:
            groups.append([])
        else:
            groups[-1].append(token)
    return [group for group in groups if group]


def _one_word(group: list[tuple[str, str]]) -> str:
    if len(group) != 1 or group[0][0] not in ("word", "quoted"):
        raise ValueError(f"“{''.join(text for _, text in group)}”不是一个词；含标点的词请加英文双引号")
    return group[0][1]


def read_list(raw: RawValue) -> list[str]:
    """甲、乙、丙, or one on a line."""
    tokens = [("," if kind == ";" else kind, text) for kind, text in _tokens(said(raw))]
    return [_one_word(group) for group in _groups(tokens, ",")]


def write_list(words: Iterable[str]) -> str:
    """Return words as read_list reads them."""
    return "、".join(quoted(word) for word in words)


# Conditions: 会议类型=全委会议；研究=是；职务=*书记*；文章=不空


def read_where(raw: RawValue, flags: Iterable[str]) -> dict[str, Any]:
    """Conditions by column; `flags` are the columns whose 是 and 否 are truth values."""
    conditions: dict[str, Any] = {}
    flags = set(flags)
    for group in _groups(_tokens(said(raw)), ";"):
        if len(group) < 3 or group[1][0] != "=":
            raise ValueError(
                f"条件“{''.join(text for _, text in group)}”要写成“栏目=内容”；几个条件用分号分开，几个内容用顿号分开"
            )
        column = group[0][1]
        if column in conditions:
            raise ValueError(f"“{column}”写了两次")
        conditions[column] = _condition([_single(item) for item in _groups(group[2:], ",")], column in flags)
    return conditions


def _single(group: list[tuple[str, str]]) -> tuple[str, str]:
    """One value of a condition; *词* is of kind 'contains'."""
    if len(group) == 3 and group[0] == group[2] == ("word", "*") and group[1][0] == "quoted":
        return "contains", group[1][1]
    word = _one_word(group)
    if group[0][0] == "word" and len(word) > 2 and word.startswith("*") and word.endswith("*"):
        return "contains", word[1:-1]
    return group[0][0], word


def _condition(items: list[tuple[str, str]], flag: bool) -> Any:
    words = [text for _, text in items]
    plain = all(kind == "word" for kind, _ in items)
    if plain and len(words) == 1 and words[0] in (EMPTY, FILLED):
        return {"filled": words[0] == FILLED}
    if flag and len(words) == 1 and words[0] in (YES, NO):
        return words[0] == YES
    kinds = {kind for kind, _ in items}
    if kinds == {"contains"}:
        return {"contains": words}
    if "contains" in kinds:
        raise ValueError("“含有”（*词*）和“等于”不能混写")
    return words[0] if len(words) == 1 else words


def write_where(where: Mapping[str, Any]) -> str:
    """Return conditions as read_where reads them."""
    return "；".join(f"{quoted(column)}={_written(value)}" for column, value in where.items())


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, dict):
        if "contains" in value:
            return "、".join(f"*{quoted(word)}*" for word in value["contains"])
        return FILLED if value["filled"] else EMPTY
    return write_list([value] if isinstance(value, str) else value)


# Numbers, tiers, values of words


def read_number(raw: RawValue) -> int | Decimal:
    """An exact number; 90% is 0.9."""
    text = fold(said(raw))
    if re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?%?", text):
        text = text.replace(",", "")
    match = re.fullmatch(r"([+-]?\d{1,15}(?:\.\d{1,15})?)(%?)", text)
    if match is None:
        amount = parse("amount", raw).value
        if amount is None:
            raise ValueError(f"“{text[:20]}”不是数，只填数字，例如 4、0.5 或 90%")
        match = re.fullmatch(r"(.*)()", plain(amount))
    if match is None:
        raise ValueError(f"“{text[:20]}”不是数")
    value = Decimal(match.group(1)) / (100 if match.group(2) else 1)
    return int(value) if value == int(value) else value.normalize()


def plain(value: int | Decimal) -> str:
    """Return a number as plain text, without an exponent."""
    return format(Decimal(value).normalize(), "f")


def write_number(value: int | Decimal) -> str:
    """As text, so that what stands there is exact and stays so."""
    return plain(value)


def write_rate(value: int | Decimal) -> str:
    """Return a number as it is read again; a rate with %."""
    return f"{plain(Decimal(value) * 100)}%"


def read_whole(raw: RawValue) -> int:
    """Return a whole number; raises ValueError."""
    value = read_number(raw)
    if not isinstance(value, int):
        raise ValueError(f"“{said(raw)[:20]}”不是整数")
    return value


def read_tiers(raw: RawValue, gives: str) -> list[dict[str, Any]]:
    """≥90%：5；≥80%：3 → the tiers in order; `gives` is the key of what each gives."""
    tiers = []
    for group in _groups(_tokens(said(raw)), ";"):
        kinds = [kind for kind, _ in group]
        if kinds == ["op", "word", ":", "word"] and group[0][1] in OPERATORS:
            tiers.append({OPERATORS[group[0][1]]: read_number(group[1][1]), gives: read_number(group[3][1])})
        elif kinds == ["word", ":", "word"] and group[0][1] in (YES, "全部"):
            tiers.append({"yes" if group[0][1] == YES else "all": True, gives: read_number(group[2][1])})
        else:
            raise ValueError(f"档次“{''.join(text for _, text in group)}”要写成“≥90%：5”，几档用分号分开")
    return tiers


def write_tiers(tiers: Iterable[Mapping[str, Any]], gives: str, rate: bool) -> str:
    """Return tiers as read_tiers reads them."""
    return "；".join(f"{_line(tier, gives, rate)}：{plain(tier[gives])}" for tier in tiers)


def _line(tier: Mapping[str, Any], gives: str, rate: bool) -> str:
    for sign, key in OPERATORS.items():
        if key in tier:
            return sign + (write_rate(tier[key]) if rate else plain(tier[key]))
    return YES if "yes" in tier else "全部"


def read_values(raw: RawValue) -> dict[str, Any]:
    """A=1；B=0.6 → numbers by word."""
    values: dict[str, Any] = {}
    for group in _groups(_tokens(said(raw)), ";"):
        if [kind for kind, _ in group[1:]] != ["=", "word"]:
            raise ValueError(f"“{''.join(text for _, text in group)}”要写成“词=数”，几个用分号分开")
        if group[0][1] in values:
            raise ValueError(f"“{group[0][1]}”写了两次")
        values[group[0][1]] = read_number(group[2][1])
    return values


def write_values(values: Mapping[str, Any]) -> str:
    """Return the numbers of words as read_values reads them."""
    return "；".join(f"{quoted(word)}={plain(value)}" for word, value in values.items())


# Codecs for a cell by itself


def read_flag(raw: RawValue) -> bool:
    """Return true or false; raises ValueError."""
    parsed = parse("flag", raw)
    if not isinstance(parsed.value, bool):
        raise ValueError(f"“{said(raw)[:20]}”只能填“是”或“否”")
    return parsed.value


def read_due(raw: RawValue) -> str:
    """A day of every year: 12-20, 12月20日, or a date of any year."""
    if isinstance(raw, date):
        return f"{raw.month:02d}-{raw.day:02d}"
    match = re.fullmatch(r"(\d{1,2})\s*[-/月]\s*(\d{1,2})\s*日?", fold(said(raw)))
    if match is None:
        raise ValueError(f"“{said(raw)[:20]}”不是某月某日，请写成 12-20 或 12月20日")
    return f"{int(match.group(1)):02d}-{int(match.group(2)):02d}"


def read_day(raw: RawValue) -> date:
    """Return a date; raises ValueError."""
    parsed = parse("date", raw)
    if not isinstance(parsed.value, date):
        raise ValueError(f"“{said(raw)[:20]}”不是日期，请写成 2026-01-01 的样式")
    return parsed.value


def words(table: Mapping[str, str]) -> Codec:
    """A word of a closed list: {value: Chinese word}."""
    back = {word: value for value, word in table.items()}

    def read(raw: RawValue) -> str:
        text = said(raw)
        if text not in back:
            raise ValueError(f"没有“{text[:20]}”{did_you_mean(text[:40], back)}")
        return back[text]

    return Codec(read, lambda value: table.get(value, str(value)), tuple(back))


TEXT = Codec(said, str)
NUMBER = Codec(read_number, write_number)
WHOLE = Codec(read_whole, int)
FLAG = Codec(read_flag, lambda value: YES if value else NO, (YES, NO))
DUE = Codec(read_due, str)
DAY = Codec(read_day, lambda value: value)
LIST = Codec(read_list, write_list)
LINES = Codec(lambda raw: [line.strip() for line in said(raw).split("\n") if line.strip()], "\n".join)
VALUES = Codec(read_values, write_values)


@dataclass(frozen=True)
class Field:
    """A column of a sheet: its header, the key it stands for (dotted into inner tables), how its cells are read.

    `kinds`: only measures (or awards) of these kinds take it; none means all. `width` in characters of Excel.
    """

    header: str
    key: str
    codec: Codec
    hint: str = ""
    kinds: tuple[str, ...] = ()
    width: int = 12
