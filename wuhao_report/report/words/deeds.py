"""What a head has done: the totals of the whole phase in one sentence, and two or three deeds told from rows of the workbook."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from wuhao_report.core.numbers import number_text
from wuhao_report.core.problems import At, Problem, problem
from wuhao_report.evaluation.results import FigureResult, HeadResult
from wuhao_report.report.chinese_style import clause, month_text, nested_quotes, quoted
from wuhao_report.report.words.basis.deed_rows import DeedRow, chosen_deeds
from wuhao_report.report.words.basis.material import Material
from wuhao_report.report.words.figures import together
from wuhao_report.scheme import model as s
from wuhao_report.scheme.placeholders import placeholders, without_blank_parts


def done(material: Material, head: HeadResult, most: int) -> str:
    """Return the paragraph of a head on what was done: totals, then deeds in the order of their days; empty where nothing can be told."""
    key = (head.head.id, most)
    if key not in material.work:
        deeds = _sentences(material.scheme, chosen_deeds(material.deeds, head.head.id, most))
        overview = _overview(material, material.scheme.spoken(head.head.overview))
        material.work[key] = "".join(f"{text}。" for text in (overview, "；".join(deeds)) if text)
    return material.work[key]


def named_children(material: Material) -> Iterator[Problem]:
    """Yield the rows that are not told because a child on a roll would be named in them."""
    seen: set[tuple[str, int]] = set()
    for row, column in material.deeds.naming_children.items():
        if (row.deed.sheet, row.number) not in seen:
            seen.add((row.deed.sheet, row.number))
            at = material.submission.locations[row.deed.sheet].at(row.number, column)
            yield problem("child-named", At(at.sheet, at.row, at.column), column=column)


def _overview(material: Material, text: str) -> str:
    """Return the sentence of totals; a part of it whose figure is not known, or 0, is left out."""
    figures = {item.figure.id: item for item in material.assessment.figures}
    values = {name: _total(figures[name]) for name in placeholders(text) if name != s.PHASE}
    if not any(values.values()):
        return ""
    values[s.PHASE] = material.assessment.phase.title
    return clause(without_blank_parts(text, values)).rstrip("，、")


def _total(item: FigureResult) -> str:
    """Return a figure over the whole phase: what is counted or added up, together; of anything else the last state. Nothing for 0."""
    value, partial = together(item)
    if value is None:
        known = [reading.value for _, reading in item.readings if reading.value is not None]
        value = Fraction(known[-1]) if known else Fraction(0)
    return f"{number_text(value)}{item.figure.unit}{partial}" if value else ""


def _sentences(scheme: s.Scheme, rows: list[DeedRow]) -> list[str]:
    """Return the rows as sentences; the month says 同年, 同月 where it can."""
    texts = []
    before: date | None = None
    for row in rows:
        texts.append(_sentence(scheme.spoken(row.deed.sentence), row, month_text(row.day, before), scheme.quoted))
        before = row.day
    return texts


def _sentence(pattern: str, row: DeedRow, time: str, words: Sequence[str]) -> str:
    values = {name: _told(value) for name, value in row.values.items()} | {s.TIME: time}
    return nested_quotes(quoted(clause(without_blank_parts(pattern, values)).rstrip("，"), words))


def deed_sentence(material: Material, row: DeedRow) -> str:
    """Return a row as a sentence with its month."""
    return _sentence(material.scheme.spoken(row.deed.sentence), row, month_text(row.day, None), material.scheme.quoted)


def told_deeds(material: Material, sheet: str, rows: Container[int]) -> dict[int, str]:
    """Return those of some rows of a sheet that deeds tell of as sentences without their month, by Excel row; none that names a child."""
    return {
        row.number: _sentence(material.scheme.spoken(row.deed.sentence), row, "", material.scheme.quoted).lstrip("，")
        for row in material.deeds.rows
        if row.deed.sheet == sheet and row.number in rows and row not in material.deeds.naming_children
    }


def _told(value: Any) -> str:
    """Return a value of a cell as it stands inside a sentence."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "、".join(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return number_text(Fraction(value))
    return "，".join(clause(line.strip()) for line in str(value).splitlines() if line.strip())
