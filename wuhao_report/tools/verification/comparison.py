"""Two documents as a reader sees them → what differs, around the difference, and whether it decides: figures and statuses do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from wuhao_report.core.text import fold
from wuhao_report.report.words.basis.findings import BARRED, FINDINGS, NOT_BARRED, PROGRESS, SAID
from wuhao_report.tools.verification.sight import MARKS, Block

BEFORE, BEHIND = 16, 44
"""So much of a text is shown before and behind the place where it differs."""
OPEN = re.compile(r"【待(?:定|补[^】]*)】")
"""What a secretary is to fill in."""
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*%?|[一二三四五六七八九十百千万两]+(?=[次人项个元篇名年月日条％%分])")
_STATUSES = tuple(
    sorted(
        {*FINDINGS.values(), *PROGRESS.values(), *SAID, *SAID.values(), "未达到", "达到", "未填齐", BARRED, NOT_BARRED},
        key=len,
        reverse=True,
    )
)


@dataclass(frozen=True)
class Difference:
    """Where the report says something else than the workbook gives: the place, what stands there, what should; `figures`: it decides."""

    place: str
    actual: str
    expected: str
    figures: bool


def differences(expected: Sequence[Block], actual: Sequence[Block], grades: Sequence[str] = ()) -> list[Difference]:
    """Return what differs between two documents; `grades` are the words of a scheme that decide as statuses do."""
    decides = _Decides(grades)
    matcher = difflib.SequenceMatcher(
        None, [block.cells for block in expected], [block.cells for block in actual], autojunk=False
    )
    found: list[Difference] = []
    for what, one, one_end, other, other_end in matcher.get_opcodes():
        if what != "equal":
            found += _between_many(expected[one:one_end], actual[other:other_end], decides)
    return found


def figures_of_rows(
    blocks: Sequence[Block], ids: Sequence[str], grades: Sequence[str] = ()
) -> Mapping[str, tuple[str, list[str]]]:
    """Return for each indicator the place of its row in a table, and the figures and statuses in it."""
    decides, wanted = _Decides(grades), set(ids)
    rows: dict[str, tuple[str, list[str]]] = {}
    for block in blocks:
        name = next((cell for cell in block.cells if cell in wanted), None)
        if name is not None and len(block.cells) > 2:
            rows.setdefault(name, (block.place, decides.tokens("　".join(cell for cell in block.cells if cell != name))))
    return rows


class _Decides:
    """What of a text decides: its figures, the statuses and grades in it, and what is hidden or laid over it."""

    def __init__(self, grades: Sequence[str]) -> None:
        words = sorted({*_STATUSES, *grades}, key=len, reverse=True)
        self._words = re.compile("|".join(map(re.escape, words)))

    def tokens(self, text: str) -> list[str]:
        """Return the figures, statuses and marks of a text, in order."""
        marks = MARKS.findall(text)
        plain = fold(MARKS.sub("", text)).replace(",", "")
        return [*marks, *_FIGURE.findall(plain), *self._words.findall(plain)]

    def differ(self, expected: str, actual: str) -> bool:
        """Say whether the difference of two texts decides; what was left open may be filled in with anything."""
        if OPEN.search(expected) and _filled(expected, actual):
            return False
        return self.tokens(expected) != self.tokens(actual)


def _filled(expected: str, actual: str) -> bool:
    """Say whether a text is another with its gaps filled in, or left out."""
    pattern = ".*".join(map(re.escape, OPEN.split(expected)))
    return re.fullmatch(pattern, actual, re.DOTALL) is not None and not set(MARKS.findall(actual)) - set(MARKS.findall(expected))


def _between_many(ours: Sequence[Block], theirs: Sequence[Block], decides: _Decides) -> Iterator[Difference]:
    """Yield what differs between two stretches: blocks in their order, the rest of the longer one by itself."""
    gap = any(OPEN.fullmatch(cell) for block in ours for cell in block.cells)
    for at in range(max(len(ours), len(theirs))):
        one, other = (blocks[at] if at < len(blocks) else None for blocks in (ours, theirs))
        if one is None and other is not None and gap and not any(MARKS.search(cell) for cell in other.cells):
            # A gap was filled with several paragraphs.
            yield Difference(other.place, _shown("　".join(other.cells), 0), "", figures=False)
        else:
            yield from _between(one, other, decides)


def _between(expected: Block | None, actual: Block | None, decides: _Decides) -> Iterator[Difference]:
    if expected is None or actual is None or len(expected.cells) != len(actual.cells):
        block = actual or expected
        ours, theirs = ("　".join(item.cells) if item else "" for item in (expected, actual))
        yield _difference(block.place if block else "", ours, theirs, decides)
        return
    for number, (ours, theirs) in enumerate(zip(expected.cells, actual.cells, strict=True), 1):
        if ours != theirs:
            yield _difference(actual.place + (f"第{number}列" if len(actual.cells) > 1 else ""), ours, theirs, decides)


def _difference(place: str, ours: str, theirs: str, decides: _Decides) -> Difference:
    at = next(
        (at for at, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one != other), min(len(ours), len(theirs))
    )
    return Difference(place, _shown(theirs, at), _shown(ours, at), decides.differ(ours, theirs))


def _shown(text: str, at: int) -> str:
    """Return what stands around a place of a text."""
    start, end = max(0, at - BEFORE), at + BEHIND
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
