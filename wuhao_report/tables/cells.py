"""One raw cell → text, number, date, flag or choices, or the code of what is wrong with it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from wuhao_report.core.problems import nearest_hint
from wuhao_report.core.text import CONTROL, EMPTY_WORDS, chinese_date, clean, fold, nearest
from wuhao_report.tables.retyped import likely_text, typed_as
from wuhao_report.workbook.raw import CellFault, CellPhoto, RawValue, ShownNumber, as_decimal, as_text, is_blank, plain_number

YES = frozenset({"是", "有", "√", "✓", "✔", "☑", "1", "y", "yes", "true", "对"})
NO = frozenset({"否", "无", "×", "✗", "✘", "x", "0", "n", "no", "false", "没有"})
_SPLIT = re.compile(r"[、,，;；/／\r\n]+")
_DATE = re.compile(r"(\d{4}|\d{2}(?=年)|(?:1[3-9]|[2-9]\d)(?=[-/.]))\s*[-/.年、]\s*(\d{1,2})\s*[-/.月、]\s*(\d{1,2})\s*[日号]?")
"""Of two digits with a slash the first are a year only where they can be no month."""
_MONTH = re.compile(r"(\d{4}|\d{2}(?=年))\s*[-/.年、]\s*(\d{1,2})\s*(?:月份?)?")
_WEEKDAY = re.compile(r"[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?")
_PART_OF_DAY = r"(?:上午|下午|中午|晚上?|凌晨|早上?|全天)"
_HOUR = re.compile(
    rf"{_PART_OF_DAY}?\s*(?:\d{{1,2}}(?::\d{{1,2}}){{1,2}}(?:\.\d+)?|\d{{1,2}}[时点](?:\d{{1,2}}分?|半)?(?:\d{{1,2}}秒)?)$|{_PART_OF_DAY}$"
)
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?")
_IN_WORDS = re.compile(
    r"([〇○零一二三四五六七八九]{4}|[〇○零一二三四五六七八九]{2})年([一二三四五六七八九十]{1,2})月份?(?:([一二三四五六七八九十]{1,3})[日号])?"
)
_DIGITS = {char: str(number) for number, chars in enumerate(("〇○零", *"一二三四五六七八九")) for char in chars}
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_MONTH_NUMBER = re.compile(r"((?:19|20|21)\d{2})\.([2-9])")
"""2017.3 is March; 2017.1 may be October."""
CHINA = 8
"""The hours by which the clocks of China are ahead of UTC: midnight there is 16:00 of the day before."""
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_UNITS = "人次|分|人|名|位|次|元|块|篇|份|个|场|件|项|户|条|期|届|本|天|小时|节"
_NUMBER = re.compile(
    rf"([+-]?(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,3}}(?: \d{{3}})+|\d+)(?:\.\d+)?|[+-]?\.\d+)\s*(百|千|万|百万|千万|亿)?\s*(?:{_UNITS})?"
)
"""Signs between digits stand only between groups of three, one kind of them: 12,8 are two numbers."""
_SCALE = {"百": 100, "千": 1000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_CHINESE_NUMBER = re.compile(rf"([零〇一二两三四五六七八九十百千万亿]+)\s*(?:{_UNITS})?")
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
"""Characters that nobody sees, pasted along from web pages."""
_UNSEEN_IN_TEXT = re.compile(f"(?<![\U0001f000-\U0001faff\u2600-\u27bf\ufe0f])[\u200d\ufe0f]|(?![\u200d\ufe0f]){UNSEEN.pattern}")
"""Between and after pictures U+200D and U+FE0F make one picture of several: there they are seen."""
LONGEST_DAY = 64
"""Characters of a day as somebody writes it; longer ones are none, and cost no time."""
SERIALS = (20_000, 80_000)
"""Bare numbers taken for a day: 1954 to 2119."""
LIVES = (5_000, 80_000)
"""Bare numbers taken for a month of birth: from 1913 on."""
EARLIEST_BIRTH = 1910
_EPOCH = date(1899, 12, 30)
MAX_NUMBER = Decimal(10) ** 15


class Parsed(NamedTuple):
    """A typed value (None: empty or missing), and the code of a fault with what its message needs.

    `nearest` is the choice most like a word that is none of the choices.
    """

    value: Any = None
    code: str | None = None
    args: Mapping[str, str] | None = None
    nearest: str | None = None


NOTHING = Parsed()


def _text(raw: RawValue) -> Parsed:
    if isinstance(raw, str) and raw.isprintable() and not UNSEEN.search(raw):
        text = raw.strip()
        return NOTHING if not text or text in EMPTY_WORDS else Parsed(text)
    text = as_text(raw)
    if text in EMPTY_WORDS:
        return NOTHING
    if isinstance(raw, str) and CONTROL.search(raw):
        return Parsed(text or None, "cleaned-text")
    # No white space by the rules, so a name with one is another name; nobody sees why.
    return Parsed(text or None, "unseen-character" if _UNSEEN_IN_TEXT.search(text) else None)


def _plain(raw: str) -> str:
    """Return a text as it is compared where it is no text of its own: folded, without what nobody sees."""
    return fold(UNSEEN.sub("", clean(raw))).strip()


def _day(year: str, month: str, day: str = "1", *, recent: bool) -> date | None:
    number = int(year)
    if len(year) == 2:
        number += 2000 if recent or number < 30 else 1900
    try:
        parsed = date(number, int(month), int(day))
    except ValueError:
        return None
    return parsed if 1900 <= parsed.year <= 2200 else None


def _date(raw: RawValue) -> Parsed:
    if isinstance(raw, datetime):
        return Parsed(raw.date())
    if isinstance(raw, date):
        return Parsed(raw)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _date_number(raw)
    if not isinstance(raw, str):
        return Parsed(code="not-a-date")
    text = _plain(raw)
    if text in EMPTY_WORDS:
        return NOTHING
    text = _as_figures(text)
    if match := _DATE.fullmatch(text) or _COMPACT.fullmatch(text):
        day = _day(*match.groups(), recent=True)
        return Parsed(day) if day else Parsed(code="not-a-date")
    if match := _MONTH.fullmatch(text):
        day = _day(*match.groups(), recent=True)
        return Parsed(day, "month-only", {"taken": chinese_date(day)}) if day else Parsed(code="not-a-date")
    if re.fullmatch(r"\d{5}(\.0+)?", text):
        return _date_number(float(text))
    return Parsed(code="not-a-date")


def _as_figures(text: str) -> str:
    """Return a day in words, or with its weekday and hour, as figures: 二〇一七年三月五日（星期日）上午 → 2017年3月5日."""
    if len(text) > LONGEST_DAY:
        return ""
    text = _DASHES.sub("-", text.lstrip("'’‘`").rstrip("。.、, "))
    if match := _ISO.fullmatch(text):
        return _day_in_china(*match.groups())
    text = _HOUR.sub("", _WEEKDAY.sub("", text).strip()).strip()
    if match := _IN_WORDS.fullmatch(text):
        year, month, day = match.groups()
        figures = f"{''.join(_DIGITS[char] for char in year)}年{_up_to_99(month)}月"
        return figures + (f"{_up_to_99(day)}日" if day else "")
    return text


def _up_to_99(words: str) -> int:
    tens, ten, ones = words.rpartition("十")
    return (int(_DIGITS[tens]) if tens else 1 if ten else 0) * 10 + (int(_DIGITS[ones]) if ones in _DIGITS else 0)


def _day_in_china(day: str, hour: str, minute: str, zone: str | None) -> str:
    """Return the day that clocks in China showed: a writer that thinks in UTC puts midnight into the day before."""
    moment = datetime.fromisoformat(f"{day}T{hour}:{minute}")
    if zone:
        ahead = timedelta(0) if zone == "Z" else timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[-2:]))
        moment += timedelta(hours=CHINA) - ahead
    return moment.date().isoformat()


def _date_number(raw: int | float) -> Parsed:
    if not math.isfinite(raw):
        return Parsed(code="not-a-date")
    if SERIALS[0] <= raw <= SERIALS[1]:
        serial = _EPOCH + timedelta(days=int(raw))
        return Parsed(serial, "serial-date", {"taken": chinese_date(serial)})
    if raw != int(raw):
        if match := _MONTH_NUMBER.fullmatch(plain_number(raw)):
            day = _day(*match.groups(), recent=True)
            return Parsed(day, "month-only", {"taken": chinese_date(day)}) if day else Parsed(code="not-a-date")
        return Parsed(code="ambiguous-date" if 1900 <= raw <= 2200 else "not-a-date")
    if match := _COMPACT.fullmatch(str(int(raw))):
        day = _day(*match.groups(), recent=True)
        if day:
            return Parsed(day)
    return Parsed(code="not-a-date")


def _month(raw: RawValue) -> Parsed:
    """A year and month as its first day; no warning, for no day is wanted."""
    if isinstance(raw, str):
        text = _plain(raw)
        if text in EMPTY_WORDS:
            return NOTHING
        text = _as_figures(text)
        if match := _MONTH.fullmatch(text):
            day = _day(*match.groups(), recent=False)
            return Parsed(day) if day else Parsed(code="not-a-month")
        if match := re.fullmatch(r"(\d{4})(\d{2})", text):
            day = _day(*match.groups(), recent=False)
            return Parsed(day) if day else Parsed(code="not-a-month")
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        text = plain_number(raw)
        if re.fullmatch(r"\d{6}|\d{4}\.(0[1-9]|1[12]|[2-9])", text):
            return _month(text)
        if raw == int(raw) and LIVES[0] <= raw <= SERIALS[0]:
            return Parsed(_EPOCH + timedelta(days=int(raw)))
    elif isinstance(raw, date) and raw.year < EARLIEST_BIRTH:
        return _month_under_a_date(raw)
    parsed = _date(raw)
    if parsed.value is None:
        return NOTHING if parsed.code is None else Parsed(code="not-a-month")
    return Parsed(parsed.value)


def _month_under_a_date(raw: date) -> Parsed:
    """Return the month that was typed as 1952.3 where the format of a date makes a day of 1905 of it."""
    moment = raw if isinstance(raw, datetime) else datetime(raw.year, raw.month, raw.day)
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    typed = f"{round(serial, 2):g}"
    return _month(typed) if re.fullmatch(r"\d{4}\.([2-9]|1[12]|0[1-9])", typed) else Parsed(code="not-a-month")


def _decimal(raw: RawValue) -> Decimal | None:
    """The exact number that stands there as a person reads it; None where there is none."""
    if isinstance(raw, (bool, date | time | timedelta)):
        return None
    if isinstance(raw, int | float):
        return as_decimal(raw) if math.isfinite(raw) else None
    if not isinstance(raw, str):
        return None
    text = _plain(raw).replace("\u2212", "-").lstrip("¥￥ ").removesuffix("整").strip()
    if match := _NUMBER.fullmatch(text):
        return Decimal(match.group(1).replace(",", "").replace(" ", "")) * _SCALE.get(match.group(2) or "", 1)
    if match := _CHINESE_NUMBER.fullmatch(text):
        return _chinese_number(match.group(1))
    return None


def _chinese_number(text: str) -> Decimal | None:
    import cn2an

    try:
        return Decimal(str(cn2an.cn2an(text, "smart")))
    except (ValueError, ArithmeticError, LookupError):
        return None


def _amount(raw: RawValue) -> Parsed:
    if isinstance(raw, str) and _plain(raw) in EMPTY_WORDS:
        return NOTHING
    number = _decimal(raw)
    if number is None or abs(number) > MAX_NUMBER:
        return Parsed(code="not-a-number")
    return Parsed(number) if number >= 0 else Parsed(code="negative-number")


def _count(raw: RawValue) -> Parsed:
    parsed = _amount(raw)
    if parsed.value is None:
        return parsed
    if parsed.value != int(parsed.value):
        return Parsed(code="not-whole")
    return Parsed(int(parsed.value))


def _year(raw: RawValue) -> Parsed:
    """A year; a school year (2023—2024学年) is the one it begins in."""
    text = _plain(as_text(raw)) if isinstance(raw, str | int | float) and not isinstance(raw, bool) else ""
    if text in EMPTY_WORDS:
        return NOTHING
    match = re.fullmatch(r"(\d{4})\s*年?度?(?:[—–~至-]+(\d{4})学年度?)?", text)
    first, last = match.groups() if match else ("0", None)
    if 1900 <= int(first) <= 2200 and (last is None or int(last) == int(first) + 1):
        return Parsed(int(first))
    return Parsed(code="not-a-year")


def _flag(raw: RawValue) -> Parsed:
    if isinstance(raw, bool):
        return Parsed(raw)
    text = _plain(as_text(raw)).lower() if not isinstance(raw, date) else "?"
    if text in YES:
        return Parsed(True)
    if text in NO:
        return Parsed(False)
    return NOTHING if text in EMPTY_WORDS else Parsed(code="not-a-flag")


def _unknown(word: str, allowed: tuple[str, ...]) -> Parsed:
    near = nearest(word, allowed)
    shown = "、".join(allowed[:12]) + ("等" if len(allowed) > 12 else "")
    return Parsed(code="unknown-choice", args={"allowed": shown, "nearest": nearest_hint(near)}, nearest=near)


def _choice(raw: RawValue, allowed: tuple[str, ...]) -> Parsed:
    text = _plain(as_text(raw))
    if text in EMPTY_WORDS:
        return NOTHING
    for word in allowed:
        if fold(word) == text:
            return Parsed(word)
    return _unknown(text, allowed)


def _several(raw: RawValue) -> list[str]:
    text = UNSEEN.sub("", clean(raw) if isinstance(raw, str) else as_text(raw))
    if text in EMPTY_WORDS:
        return []
    return [part for item in _SPLIT.split(text) if (part := item.strip())]


def _choices(raw: RawValue, allowed: tuple[str, ...]) -> Parsed:
    choices: list[str] = []
    for part in _several(raw):
        one = _choice(part, allowed)
        if one.code:
            return one
        if one.value and one.value not in choices:
            choices.append(one.value)
    return Parsed(tuple(choices) or None)


def _ids(raw: RawValue, known: tuple[str, ...]) -> Parsed:
    if isinstance(raw, date | int | float) and not isinstance(raw, bool | ShownNumber):
        parsed = retyped(raw, known)
        return parsed._replace(value=(parsed.value,))
    return Parsed(tuple(dict.fromkeys(fold(part) for part in _several(raw))) or None)


def retyped(raw: date | int | float, known: tuple[str, ...]) -> Parsed:
    """Read a number of something of which a program has made a day, or another number: as the one that can be meant, or as what was probably typed."""
    meant = typed_as(raw, known)
    if isinstance(raw, date) or (meant is not None and meant != as_text(raw)):
        return Parsed(meant or likely_text(raw), "retyped", {"meant": meant or likely_text(raw)})
    return Parsed(meant or as_text(raw))


def _photos(raw: RawValue) -> Parsed:
    return Parsed(tuple(dict.fromkeys(_several(raw))) or None)


_PARSERS: Mapping[str, Callable[[RawValue], Parsed]] = {
    "text": _text,
    "date": _date,
    "month": _month,
    "count": _count,
    "amount": _amount,
    "year": _year,
    "flag": _flag,
    "photos": _photos,
}


def parse(kind: str, raw: RawValue, allowed: tuple[str, ...] = ()) -> Parsed:
    """Read one cell as a column type of scheme.COLUMN_TYPES; never raises.

    `allowed` are the choices of choice, choices, stage and indicator columns, and the numbers that those of ids may be.
    """
    if is_blank(raw):
        return Parsed((raw.name,)) if kind == "photos" and isinstance(raw, CellPhoto) else NOTHING
    if isinstance(raw, CellFault):
        return Parsed(code=raw.code)
    parser = _PARSERS.get(kind)
    if parser is not None:
        return parser(raw)
    if kind == "ids":
        return _ids(raw, allowed)
    if kind == "indicator" and isinstance(raw, date | int | float) and not isinstance(raw, bool) and typed_as(raw, allowed):
        return retyped(raw, allowed)
    return _choices(raw, allowed) if kind == "choices" else _choice(raw, allowed)
