"""What a head has done: the totals of the whole phase in one sentence, and two or three deeds told from rows of the workbook.

Deeds are chosen by a fixed order: how much of result, place, person and evidence is told of a row, then how many people it reached, then
the later day. Nobody's child is named: a row whose sentence would hold the name of a child on a roll of children is not chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from wuhao_report.core.numbers import number_text
from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.core.text import without_space
from wuhao_report.evaluation.results import FigureResult, HeadResult
from wuhao_report.measures.counting import Count, Sum
from wuhao_report.report.chinese_style import clause
from wuhao_report.report.words.material import Material
from wuhao_report.scheme import model as s
from wuhao_report.scheme.placeholders import fill

MOST_DEEDS = 3
SHORTEST_NAME = 2
_PART = re.compile(r"\[([^\[\]]*)\]|([^\[\]]+)")
_NAME = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class _Row:
    """One row of a log that may be told: its place, its day, its values by column, and what it is chosen by."""

    deed: s.Deed
    number: int
    day: date
    values: Mapping[str, Any]
    told: int
    people: int

    @property
    def title(self) -> str:
        """What the row is about, without blanks."""
        return without_space(str(self.values[self.deed.title] or ""))


def done(material: Material, head: HeadResult) -> str:
    """Return the paragraph of a head on what was done: totals, then deeds in the order of their days; empty where nothing can be told."""
    deeds = _sentences(_chosen(material, head.head.id))
    overview = _overview(material, head.head.overview)
    return "".join(f"{text}。" for text in (overview, "；".join(deeds)) if text)


def named_children(material: Material) -> Iterator[Problem]:
    """Yield the rows that are not told because a child on a roll would be named in them."""
    children = _children(material)
    seen: set[tuple[str, int]] = set()
    for deed in material.scheme.deeds:
        location = material.submission.locations[deed.sheet]
        for row in _rows(material, deed):
            column = _names_a_child(row, children)
            if column and (deed.sheet, row.number) not in seen:
                seen.add((deed.sheet, row.number))
                at = location.at(row.number, column)
                yield problem("child-named", At(at.sheet, at.row, at.column), column=column)


# Totals


def _overview(material: Material, text: str) -> str:
    """Return the sentence of totals; a part of it whose figure is not known, or 0, is left out."""
    figures = {item.figure.id: item for item in material.assessment.figures}
    pieces = []
    kept = False
    for optional, plain in _PART.findall(text):
        values = {name: _total(figures[name]) for name in _NAME.findall(optional or plain) if name != s.PHASE}
        if optional and not all(values.values()):
            continue
        kept = kept or any(values.values())
        values[s.PHASE] = material.assessment.phase.title
        pieces.append(fill(optional or plain, {name: value or "" for name, value in values.items()}))
    return clause("".join(pieces)).rstrip("，、") if kept else ""


def _total(item: FigureResult) -> str:
    """Return a figure over the whole phase: what is counted or added up, together; of anything else the last state. Nothing for 0."""
    known = [reading for _, reading in item.readings if reading.value is not None]
    if not known:
        return ""
    together = isinstance(item.figure.measure, Count | Sum)
    value = sum((Fraction(one.value or 0) for one in known), Fraction(0)) if together else Fraction(known[-1].value or 0)
    stated, rows = (sum(one.stated[at] for _, one in item.readings if one.stated) for at in (0, 1))
    partial = f"（{rows}条中{stated}条有数）" if together and stated < rows else ""
    return f"{number_text(value)}{item.figure.unit}{partial}" if value else ""


# Deeds


def _rows(material: Material, deed: s.Deed) -> Iterator[_Row]:
    """Yield the rows of a log that count at this report and match."""
    table = material.submission.table(deed.sheet)
    first, last = material.clock.phase.start.toordinal(), material.clock.as_of.toordinal()
    mask = table.mask(deed.where) & (table.dates >= first) & (table.dates <= last)
    names = [*dict.fromkeys((*(name for name in _NAME.findall(deed.sentence) if name != s.TIME), *_telling(material, deed)))]
    columns = {name: table.values(name) for name in (*names, deed.title, *((deed.people,) if deed.people else ()))}
    for index in mask.nonzero()[0].tolist():
        values = {name: column[index] for name, column in columns.items()}
        told = sum(values[name] not in (None, ()) for name in _telling(material, deed))
        day = date.fromordinal(int(table.dates[index]))
        yield _Row(deed, int(table.rows[index]), day, values, told, values.get(deed.people) or 0)


def _telling(material: Material, deed: s.Deed) -> list[str]:
    """Return the columns whose being filled makes a row worth telling."""
    evidence = material.scheme.by_sheet[deed.sheet].role("evidence")
    return [name for name in (deed.result, deed.place, deed.person, evidence) if name]


def _chosen(material: Material, head: str) -> list[_Row]:
    """Return up to three rows of a head, in the order of their days."""
    children = _children(material)
    order = {sheet.name: at for at, sheet in enumerate(material.scheme.sheets)}
    rows = [row for deed in material.scheme.deeds if deed.head == head for row in _rows(material, deed)]
    ranked = sorted(rows, key=lambda row: (-row.told, -row.people, -row.day.toordinal(), order[row.deed.sheet], row.number))
    chosen: list[_Row] = []
    spare: list[_Row] = []
    for row in ranked:
        if row.title in {one.title for one in chosen} or _names_a_child(row, children):
            continue
        (chosen if len(chosen) < MOST_DEEDS else spare).append(row)
    years = {row.day.year for row in chosen}
    other = next(
        (row for row in spare if row.day.year not in years and row.title not in {one.title for one in chosen[:-1]}), None
    )
    if len(years) == 1 and other is not None and len(chosen) == MOST_DEEDS:
        chosen[-1] = other
    return sorted(chosen, key=lambda row: (row.day, order[row.deed.sheet], row.number))


def _sentences(rows: list[_Row]) -> list[str]:
    """Return the rows as sentences; the month says 同年, 同月 where it can."""
    texts = []
    before: date | None = None
    for row in rows:
        texts.append(_sentence(row, _month(row.day, before)))
        before = row.day
    return texts


def _month(day: date, before: date | None) -> str:
    if before is None or before.year != day.year:
        return f"{day.year}年{day.month}月"
    return "同月" if before.month == day.month else f"同年{day.month}月"


def _sentence(row: _Row, time: str) -> str:
    values = {name: _told(value) for name, value in row.values.items()} | {s.TIME: time}
    pieces = []
    for optional, plain in _PART.findall(row.deed.sentence):
        if optional and not all(values[name] for name in _NAME.findall(optional)):
            continue
        pieces.append(fill(optional or plain, values))
    return clause("".join(pieces)).rstrip("，")


def _told(value: Any) -> str:
    """Return a value of a cell as it stands inside a sentence."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "、".join(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return number_text(Fraction(value))
    return "，".join(clause(line.strip()) for line in str(value).splitlines() if line.strip())


# Children


def _children(material: Material) -> tuple[str, ...]:
    """Return the names of the children on rolls of children, without blanks."""
    names: dict[str, None] = {}
    for sheet in material.scheme.sheets:
        if sheet.minors:
            names |= dict.fromkeys(
                without_space(name) for name in material.submission.values(sheet.name, sheet.role("name")) if name
            )
    return tuple(name for name in names if len(name) >= SHORTEST_NAME)


def _names_a_child(row: _Row, children: tuple[str, ...]) -> str:
    """Return the column of a row's sentence in which a child is named; "" where none is."""
    for name in _NAME.findall(row.deed.sentence):
        text = without_space(str(row.values.get(name) or ""))
        if any(child in text for child in children):
            return str(name)
    return ""
