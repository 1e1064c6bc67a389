"""The rows of logs that may be told in a report, and which two or three of a head are.

Deeds are chosen by a fixed order: how much of result, place, person and evidence is told of a row, then how many people it reached, then
the later day. Nobody's child is named: a row whose sentence would hold the name of a child on a roll of children is not chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from wuhao_report.core.periods import Judgement
from wuhao_report.core.text import without_space
from wuhao_report.evaluation.submission import Submission
from wuhao_report.scheme import model as s
from wuhao_report.scheme.placeholders import placeholders

MOST_DEEDS, FEWEST_DEEDS = 3, 2
"""So many are told of a head, and so many where the body has no room."""
SHORTEST_NAME = 2


def _rank(told: int, people: int, day: int, sheet_order: int, number: int) -> tuple[int, ...]:
    """The order of rows: the more telling, the more people, the later day first; then as they stand in the workbook."""
    return (-told, -people, -day, sheet_order, number)


@dataclass(frozen=True, eq=False)
class DeedRow:
    """One row of a log that may be told: its place, its day, what it is chosen by, and the columns that its sentence needs."""

    deed: s.Deed
    number: int
    day: date
    told: int
    people: int
    sheet_order: int
    _columns: Mapping[str, Sequence[Any]]
    _at: int

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """Its values by column. Of many rows few are told, so that they are only looked up here."""
        return {name: column[self._at] for name, column in self._columns.items()}

    @property
    def title(self) -> str:
        """What the row is about, without blanks."""
        return without_space(str(self.values[self.deed.title] or ""))

    @property
    def rank(self) -> tuple[int, ...]:
        """What the rows of a head are ordered by, the most telling first."""
        return _rank(self.told, self.people, self.day.toordinal(), self.sheet_order, self.number)

    @property
    def in_time(self) -> tuple[date, int, int]:
        """What chosen rows are ordered by."""
        return (self.day, self.sheet_order, self.number)


@dataclass(frozen=True, eq=False)
class _RowsOfDeed:
    """The rows that match one deed, each by its place in every list; `at` are their places in the columns."""

    deed: s.Deed
    sheet_order: int
    columns: Mapping[str, Sequence[Any]]
    at: Sequence[int]
    numbers: Sequence[int]
    days: Sequence[int]
    told: Sequence[int]
    people: Sequence[int]

    def row(self, index: int) -> DeedRow:
        """Return one of the rows."""
        day = date.fromordinal(self.days[index])
        own = self.numbers[index], day, self.told[index], self.people[index]
        return DeedRow(self.deed, *own, self.sheet_order, self.columns, self.at[index])


@dataclass(frozen=True, eq=False)
class DeedRows:
    """All rows of a workbook that may be told, and the names of the children on its rolls, without blanks."""

    _deeds: tuple[_RowsOfDeed, ...]
    children: tuple[str, ...]

    @cached_property
    def rows(self) -> tuple[DeedRow, ...]:
        """The rows, deed by deed."""
        return tuple(own.row(index) for own in self._deeds for index in range(len(own.at)))

    def ranked(self) -> Iterator[DeedRow]:
        """Yield the rows of all heads, the most telling first; only those that are asked for are made."""
        ranks = [
            (*_rank(told, people, day, own.sheet_order, number), deed, index)
            for deed, own in enumerate(self._deeds)
            for index, (told, people, day, number) in enumerate(zip(own.told, own.people, own.days, own.numbers, strict=True))
        ]
        return (self._deeds[deed].row(index) for *_, deed, index in sorted(ranks))

    @cached_property
    def naming_children(self) -> Mapping[DeedRow, str]:
        """The rows in whose sentence a child is named, each with the column of the name: they are told nowhere."""
        found = ((row, names_a_child(row, self.children)) for row in self.rows) if self.children else ()
        return {row: column for row, column in found if column}


def deed_rows(submission: Submission, clock: Judgement) -> DeedRows:
    """Return the rows that count at a report and match a deed of the scheme."""
    order = {sheet.name: at for at, sheet in enumerate(submission.scheme.sheets)}
    deeds = (_rows(submission, clock, deed, order[deed.sheet]) for deed in submission.scheme.deeds)
    return DeedRows(tuple(own for own in deeds if own is not None), _children(submission))


def chosen_deeds(deeds: DeedRows, head: str, most: int) -> list[DeedRow]:
    """Return up to so many rows of a head, in the order of their days; where all are of one year, the last gives way to one of another."""
    ranked = _tellable(deeds, head)
    chosen: list[DeedRow] = []
    for row in ranked:
        if row.title not in {one.title for one in chosen}:
            chosen.append(row)
        if len(chosen) == most:
            break
    years = {row.day.year for row in chosen}
    if len(chosen) == most and len(years) == 1:
        titles = {one.title for one in chosen}
        chosen[-1] = next((row for row in ranked if row.day.year not in years and row.title not in titles), chosen[-1])
    return sorted(chosen, key=lambda row: row.in_time)


def names_a_child(row: DeedRow, children: tuple[str, ...]) -> str:
    """Return the column of a row's sentence in which a child is named; "" where none is."""
    return column_naming(row.values, placeholders(row.deed.sentence), children)


def column_naming(values: Mapping[str, Any], columns: Iterable[str], children: tuple[str, ...]) -> str:
    """Return the first of some columns whose value holds the name of a child; "" where none does."""
    if not children:
        return ""
    for name in columns:
        text = without_space(str(values.get(name) or ""))
        if any(child in text for child in children):
            return name
    return ""


def _tellable(deeds: DeedRows, head: str) -> Iterator[DeedRow]:
    """Yield the rows of a head that name no child, the most telling first."""
    ranked = sorted((row for row in deeds.rows if row.deed.head == head), key=lambda row: row.rank)
    return (row for row in ranked if row not in deeds.naming_children)


def _rows(submission: Submission, clock: Judgement, deed: s.Deed, sheet_order: int) -> _RowsOfDeed | None:
    table, own = submission.own_tables.shared(deed.sheet)
    first, last = clock.phase.start.toordinal(), clock.as_of.toordinal()
    days = table.dates[own]
    mask = table.mask(deed.where)[own] & (days >= first) & (days <= last)
    if not mask.any():
        return None
    evidence = submission.scheme.by_sheet[deed.sheet].role("evidence")
    telling = [name for name in (deed.result, deed.place, deed.person, evidence) if name]
    said = [name for name in placeholders(deed.sentence) if name != s.TIME]
    names = dict.fromkeys((*said, *telling, deed.title, *((deed.people,) if deed.people else ())))
    columns = {name: table.values(name) for name in names}
    at = (mask.nonzero()[0] + own.start).tolist()
    told = [[column[place] not in (None, ()) for place in at] for column in map(columns.__getitem__, telling)]
    people = columns.get(deed.people)
    return _RowsOfDeed(
        deed,
        sheet_order,
        columns,
        at,
        table.rows[own][mask].tolist(),
        days[mask].tolist(),
        [sum(one) for one in zip(*told, strict=True)] if told else [0] * len(at),
        [people[place] or 0 for place in at] if people else [0] * len(at),
    )


def _children(submission: Submission) -> tuple[str, ...]:
    """Return the names of the children on rolls of children, without blanks."""
    names: dict[str, None] = {}
    for sheet in submission.scheme.sheets:
        if sheet.minors:
            names |= dict.fromkeys(without_space(name) for name in submission.values(sheet.name, sheet.role("name")) if name)
    return tuple(name for name in names if len(name) >= SHORTEST_NAME)
