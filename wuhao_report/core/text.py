"""Text as it is compared and shown: folding, cleaning, nearest words, dates and numbers in words."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from datetime import date

LONGEST_CELL = 30_000
"""So many characters of a text go into a cell; Excel holds 32,767."""
LONGEST_WORD = 100
"""So many characters of a word are compared: no name is longer."""
EMPTY_WORDS = frozenset({"无", "暂无", "—", "-", "/", "——", "－"})
"""What people write where there is nothing."""
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


_BREAKS = re.compile(r"[\t-\r\x1c-\x1f\x85\u2028\u2029]+")
_UNSHOWN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_NO_XML_CHARACTERS = "".join(map(chr, range(32))).translate({9: None, 10: None, 13: None}) + "\ufffe\uffff"
_NO_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def one_line(text: str) -> str:
    """Return a text of somebody else as it may stand within a line of ours: no breaks, no control characters, no other directions."""
    return text if text.isprintable() else _UNSHOWN.sub("", _BREAKS.sub(" ", text))


def in_lines_of_its_own(text: str) -> str:
    """Return the same of a text whose breaks are meant."""
    return text if text.isprintable() else "\n".join(map(one_line, text.split("\n")))


def shown_name(name: str) -> str:
    """Return the name of a file as it may be shown; bytes that are no text here are read as a Chinese Windows writes names."""
    if name.isprintable():
        return name
    try:
        name.encode()
    except UnicodeEncodeError:
        try:
            name = os.fsencode(name).decode("gb18030", "replace")
        except UnicodeEncodeError:
            name = name.encode("utf-8", "replace").decode()
    return one_line(name)


def as_xml_text(text: str) -> str:
    """Return a text without the characters that no XML document can hold."""
    return text if text.isprintable() or _is_xml_text(text) else _NO_XML.sub("", text)


def _is_xml_text(text: str) -> bool:
    """Say whether a text has none of these characters: looking for one after another takes half as long as a pattern of all of them."""
    if any(char in text for char in _NO_XML_CHARACTERS):
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def fold(text: str) -> str:
    """Full-width forms to half-width ones, for comparing."""
    return unicodedata.normalize("NFKC", text)


def evidence_key(text: str) -> str:
    """An evidence number as it is compared: folded, without blanks, in small letters."""
    if text.isascii():
        return without_space(text).lower()
    return without_space(fold(text)).casefold()


def without_space(text: str) -> str:
    """The text without any Unicode white space: how names are compared."""
    return "".join(text.split())


def clean(text: str) -> str:
    """Text that any XML document can hold, trimmed."""
    if text.isprintable():
        return text.strip()
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def phase_name(title: str) -> str:
    """Return the title of a phase as a stretch of time: 创建阶段, 考核年度."""
    return title if title.endswith(("阶段", "年度", "时期", "期间")) else f"{title}阶段"


def chinese_date(day: date) -> str:
    """2026年3月5日: Arabic numerals, no zero padding (GB/T 9704, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def nearest(word: str, allowed: Iterable[str], least: float = 0.55) -> str | None:
    """Return the allowed word most like the given one, if any has that share of characters in common with it."""
    from rapidfuzz import process
    from rapidfuzz.distance import Indel

    near = process.extract(word[:LONGEST_WORD], list(allowed), scorer=Indel.normalized_similarity, score_cutoff=least, limit=None)
    return max(near, key=lambda item: (item[1], item[0]))[0] if near else None


def one_apart(one: str, other: str) -> bool:
    """Return whether two words differ by exactly one character: changed, added or left out."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(one, other, score_cutoff=1) == 1


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return the end of a sentence that names the word most like the given one, or else which words there are."""
    allowed = list(allowed)
    near = nearest(word, allowed, 0.5)
    if near:
        return f"，最接近的是“{near}”"
    return f"，可用的有：{'、'.join(allowed[:30])}" if allowed else ""
