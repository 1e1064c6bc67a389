"""Values → how official Chinese writes them: numerals, enumerations, titles broken by sense, table cells."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from wuhao_report.core.numbers import MISSING
from wuhao_report.core.text import chinese_date

TODO = "【待补："
"""How the mark of what is still to be written begins."""
UNSETTLED = "【待定】"
"""Stands where somebody is still to be named, or a day to be set."""
TITLE_WIDTH = 19
"""Characters of 2号 that fit on a title line of 156 mm, with one to spare."""
PROOFS_WIDTH = 13
"""So many characters of evidence numbers stand in a line of a table cell."""
MOST_RUNS = 6
"""So many evidence numbers or runs of them stand in a table cell; the rest is counted."""
LONGEST_KEPT = 24
"""The order of names up to this length is kept: those of indicators and of evidence are asked for again and again."""
_DIGITS = "零一二三四五六七八九"


def chinese_number(number: int) -> str:
    """Return 1 to 999 as in 一、 … 九百九十九、, beyond that in figures.

    A test holds it to cn2an.an2cn, which gives the same and costs a tenth of a second to import: twice what a report takes.
    """
    if number > 999:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    if hundreds:
        linked = "" if not rest else ("零" if not tens else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")
        return _DIGITS[hundreds] + "百" + linked
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def numbered(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries with 一是, 二是 … as 次序; one alone has no number."""
    alone = len(entries) == 1
    return [{"次序": "" if alone else f"{chinese_number(at)}是", **entry} for at, entry in enumerate(entries, 1)]


def title_lines(parts: Sequence[str], width: int = TITLE_WIDTH) -> list[str]:
    """Return the title in as few lines of `width` characters as fit, broken between its parts, as even as can be, the longer ones above."""
    best: list[str] | None = None
    text = "".join(parts)
    for cuts in range(1 << max(0, len(parts) - 1)):
        lines = [parts[0]]
        for at, part in enumerate(parts[1:]):
            if cuts >> at & 1:
                lines.append(part)
            else:
                lines[-1] += part
        key = _unevenness(lines, width)
        if best is None or key < _unevenness(best, width):
            best = lines
    lines = best or [text]
    return [line[at : at + width] for line in lines for at in range(0, len(line), width)]


def _unevenness(lines: list[str], width: int) -> tuple[int, int, int]:
    over = sum(max(0, len(line) - width) for line in lines)
    return over, len(lines), max(map(len, lines)) - min(map(len, lines))


def joined_with_and(parts: Sequence[str]) -> str:
    """Return 甲、乙和丙."""
    return "和".join(part for part in ("、".join(parts[:-1]), parts[-1] if parts else "") if part)


def clause(text: str) -> str:
    """Return a text without its closing mark, for another sentence to go on after."""
    return text.strip().rstrip("。；;，,.！!、 ")


def todo(what: str) -> str:
    """Return the mark of what is still to be written: 【待补：单位名称】."""
    return f"{TODO}{what}】"


def own_paragraphs(text: str | None, title: str) -> list[str]:
    """Return the secretary's own text as paragraphs, never cut; its numbering steps down, for 一、 is a heading of the report."""
    if not text:
        return [todo(title)]
    paragraphs = []
    for line in text.split("\n"):
        line = " ".join(line.split()) if line.isascii() else line.strip()
        if not line:
            continue
        if match := re.match(r"（([一二三四五六七八九十]+)）", line):
            line = f"（{_from_chinese(match.group(1))}）" + line[match.end() :]
        elif match := re.match(r"([一二三四五六七八九十]+)、", line):
            line = f"{_from_chinese(match.group(1))}." + line[match.end() :].lstrip()
        paragraphs.append(line)
    return paragraphs


def _from_chinese(text: str) -> int:
    numbers = {chinese_number(number): number for number in range(1, 100)}
    return numbers.get(text, 1)


def cell_text(value: Any) -> str:
    """Return a value for a table cell, 未提供 where there is none."""
    return MISSING if value is None else str(value)


def month_text(day: date, before: date | None) -> str:
    """Return the month of a day as it follows another one: 2018年5月, 同年6月, 同月."""
    if before is None or before.year != day.year:
        return f"{day.year}年{day.month}月"
    return "同月" if before.month == day.month else f"同年{day.month}月"


def until_text(day: date) -> str:
    """Return the end of a term: 2025年9月15日前, of the last day of a month 2025年7月底前, of a year 2025年底前."""
    if day.day < monthrange(day.year, day.month)[1]:
        return f"{chinese_date(day)}前"
    return f"{day.year}年底前" if day.month == 12 else f"{day.year}年{day.month}月底前"


def due_text(days: Sequence[date]) -> str:
    """Return 2019年7月31日、12月31日前."""
    texts, year = [], 0
    for day in days:
        texts.append(f"{day.month}月{day.day}日" if day.year == year else chinese_date(day))
        year = day.year
    return "、".join(texts) + "前"


def evidence_text(ids: Sequence[str]) -> str:
    """Return evidence numbers for a table cell: runs as Z001—Z003, of many only the first parts and their number."""
    runs: list[list[str]] = []
    for name in sorted(ids, key=natural_order):
        if runs and _next(runs[-1][-1]) == name:
            runs[-1].append(name)
        else:
            runs.append([name])
    parts = [run[0] if len(run) == 1 else f"{run[0]}、{run[1]}" if len(run) == 2 else f"{run[0]}—{run[-1]}" for run in runs]
    if len(parts) > MOST_RUNS:
        return "、".join(parts[:MOST_RUNS]) + f"等{len(ids)}件"
    return "、".join(parts) or "—"


def in_lines(text: str, width: int = PROOFS_WIDTH) -> list[str]:
    """Return an enumeration in lines of at most `width` half-width characters, broken only behind 、."""
    found: list[str] = []
    for part in re.findall(r"[^、]+、?", text):
        if found and len(found[-1]) + len(part) <= width:
            found[-1] += part
        else:
            found.append(part)
    return found or [text]


def natural_order(name: str) -> tuple[tuple[str, int], ...]:
    """Return what names with numbers are ordered by: 1.1.2 before 1.1.10, Z9 before Z10."""
    return _order(name) if len(name) <= LONGEST_KEPT else _order.__wrapped__(name)


@lru_cache(maxsize=4096)
def _order(name: str) -> tuple[tuple[str, int], ...]:
    return tuple((text, int(digits or 0)) for text, digits in re.findall(r"(\D*)(\d{0,9})", name))


def _next(name: str) -> str | None:
    match = re.fullmatch(r"(.*?)(\d{1,9})", name)
    return None if match is None else f"{match.group(1)}{int(match.group(2)) + 1:0{len(match.group(2))}d}"


def quoted(text: str, words: Sequence[str]) -> str:
    """Return a text in which the words that are always written in quotation marks have them."""
    for word in words:
        if word in text:
            text = re.sub(f"(?<![“‘]){re.escape(word)}(?![”’])", f"“{word}”", text)
    return text


_NESTED = re.compile("“[^”]*“")


def nested_quotes(text: str) -> str:
    """Return a text whose quotation marks inside quotation marks are ‘ ’."""
    if not _NESTED.search(text):
        return text
    depth, characters = 0, []
    for character in text:
        if character == "“":
            characters.append("‘" if depth else "“")
            depth += 1
        elif character == "”" and depth:
            depth -= 1
            characters.append("’" if depth else "”")
        else:
            characters.append(character)
    return text if depth else "".join(characters)


def run_on(sentences: Sequence[str], about: int = 90) -> str:
    """Return clauses joined by ； into sentences of `about` that many characters, closed by 。."""
    text, length = "", 0
    for sentence in sentences:
        if not text:
            text = sentence
        elif length + len(sentence) > about:
            text, length = f"{text}。{sentence}", 0
        else:
            text = f"{text}；{sentence}"
        length += len(sentence)
    return f"{text}。" if text else ""
