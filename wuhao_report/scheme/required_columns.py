"""Which sheets and columns a measure reads: what must not be missing for an indicator to have data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from wuhao_report.scheme import model as s
from wuhao_report.tables.conditions import Where

Used = tuple[str, str]


def _where(sheet: str, where: Where) -> Iterator[Used]:
    for condition in where:
        yield sheet, condition.column


def _rows(scheme: s.Scheme, name: str) -> Iterator[Used]:
    """What it takes to place the rows of a sheet in time: its date, or the two dates of a roll."""
    sheet = scheme.by_sheet[name]
    for role in ("name", "start", "end", "date", "year"):
        column = sheet.role(role)
        if column and (role != "name" or sheet.form == "roll") and (role != "date" or sheet.form == "log"):
            yield name, column


def columns_of(measure: s.Measure, scheme: s.Scheme) -> Iterator[Used]:
    """Every (sheet, column) the measure needs; the optional number of `people` is not among them."""
    years = scheme.by_use["years"].name
    match measure:
        case s.Count(sheet, where) | s.Stock(sheet, where) | s.Growth(sheet, where, _):
            yield from (*_rows(scheme, sheet), *_where(sheet, where))
        case s.Sum(sheet, column, where) | s.Distinct(sheet, column, _, where):
            yield from (*_rows(scheme, sheet), (sheet, column), *_where(sheet, where))
        case s.People(sheet, name, _, where):
            yield from (*_rows(scheme, sheet), (sheet, name), *_where(sheet, where))
        case s.YearColumn(column):
            yield from (*_rows(scheme, years), (years, column))
        case s.Complete(items):
            for item in items:
                yield from (*_rows(scheme, item.sheet), *_where(item.sheet, item.where))
        case s.Share(parts):
            for part in parts:
                yield from (*_rows(scheme, part.sheet), *_where(part.sheet, part.within), *_where(part.sheet, part.where))
        case s.Ratio(one, other):
            yield from columns_of(one, scheme)
            yield from columns_of(other, scheme)
        case s.Coverage(roll, within, log, name, number, where):
            yield from (*_rows(scheme, roll), *_where(roll, within), *_rows(scheme, log), (log, name), *_where(log, where))
            yield from ((log, number),) if number else ()
        case s.Vacancy(sheet, column, _):
            yield from (*_rows(scheme, sheet), (sheet, column))
        case s.Flag(sheet, column):
            yield from (*_rows(scheme, sheet), (sheet, column))
        case s.Level(sheet, column, _, where):
            yield from (*_rows(scheme, sheet), (sheet, column), *_where(sheet, where))
        case s.Change(of) | s.Rank(of):
            yield from columns_of(of, scheme)
        case s.Deadline(sheet=sheet, where=where, event=event):
            yield from (*_rows(scheme, sheet), *_where(sheet, where))
            if event:
                yield from (*_rows(scheme, event.sheet), *_where(event.sheet, event.where))
        case s.Manual():
            entries = scheme.by_use["assessed"]
            yield from ((entries.name, entries.role(role) or "") for role in ("item", "self"))
        case s.Parts():
            pass


@lru_cache(maxsize=64)
def indicator_columns(scheme: s.Scheme) -> Mapping[str, frozenset[Used]]:
    """By id of an indicator, part, penalty or coefficient, every (sheet, column) it needs, its condition included."""
    profile = scheme.by_use["profile"].name
    found = {
        item.id: frozenset((*columns_of(item.measure, scheme), *_where(profile, item.unless), *_where(profile, item.when)))
        for item in scheme.items
    }
    return found | {item.id: frozenset(columns_of(item.measure, scheme)) for item in scheme.scoring.coefficients}


@lru_cache(maxsize=64)
def used_columns(scheme: s.Scheme) -> frozenset[Used]:
    """Every (sheet, column) that some indicator of the scheme needs."""
    return frozenset().union(*indicator_columns(scheme).values())
