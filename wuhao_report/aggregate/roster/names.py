"""Names of committees as they are compared, and the nearest of very many."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from wuhao_report.core.text import nearest, without_space


def unit_key(name: str) -> str:
    """Return a committee's name as it is compared: NFC, without white space, case-folded, with half-width brackets."""
    text = without_space(unicodedata.normalize("NFC", name)).casefold()
    return text.replace("（", "(").replace("）", ")")


_OFFICE = re.compile(r"(?:党(?:委|工委|总支))?(?:关心下一代工作委员会|关工委|关工分委)?[:：]?$")


def office_key(name: str) -> str:
    """Return the place that a committee stands for, by which it is compared: 测试县 of 测试县关心下一代工作委员会."""
    return _OFFICE.sub("", unit_key(name), count=1)


def is_same_office(one: str, other: str) -> bool:
    """Say whether two names can be of one committee: the shorter is the end of the longer, as 甲镇 is of 测试县甲镇关工委."""
    keys = sorted((office_key(one), office_key(other)), key=len)
    return bool(keys[0]) and keys[1].endswith(keys[0])


class NameIndex:
    """Looks up the nearest of very many names: it compares only those that share a pair of characters with the word, and a rare one."""

    MOST_COMPARED, COMMON = 30, 1000

    def __init__(self, names: Iterable[str]) -> None:
        self._by_pair: dict[str, list[str]] = {}
        for name in names:
            for pair in _pairs(name):
                self._by_pair.setdefault(pair, []).append(name)

    def nearest(self, word: str) -> str | None:
        """Return the name most like the word, or None when no name is near."""
        shared = Counter(name for pair in _pairs(word) for name in self._names_with(pair))
        return nearest(word, [name for name, _ in shared.most_common(self.MOST_COMPARED)])

    def _names_with(self, pair: str) -> Sequence[str]:
        names = self._by_pair.get(pair, ())
        return names if len(names) <= self.COMMON else ()


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(max(1, len(name) - 1))}
