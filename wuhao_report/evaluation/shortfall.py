"""The shortest way to reach a target: the rule of an indicator solved for what a committee can still add."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from wuhao_report.core.numbers import number_text
from wuhao_report.core.periods import NATURAL, ONE_DAY, Period
from wuhao_report.core.problems import At
from wuhao_report.core.text import without_space
from wuhao_report.evaluation.evaluator import Evaluator, Reading, paired
from wuhao_report.evaluation.submission import Submission
from wuhao_report.scheme import model as s
from wuhao_report.scheme.required_columns import indicator_columns
from wuhao_report.tables.conditions import where_text
from wuhao_report.tables.table import Table

Kind = Literal["none", "more", "full", "people", "rows", "fill", "source"]


@dataclass(frozen=True)
class Way:
    """What is still needed in one period.

    kind: more (so many of `thing`), full (the further rows of a rate, all of them whole, add up to so many), people (those of
    `people` do enough), rows (so many of the rows at `places` are put right), fill (the cells at `places` are filled in), source
    (what `thing` names is missing), none (nothing that can be counted).
    `people` are those who have not done enough, with what each has done, the nearest to it first.
    """

    kind: Kind = "none"
    number: Fraction | None = None
    thing: str = ""
    people: tuple[tuple[str, Fraction], ...] = ()
    places: tuple[At, ...] = ()


NO_WAY = Way()


def shortest(evaluator: Evaluator, indicator: s.Indicator, period: Period, reading: Reading) -> Way:
    """What it takes to reach the target of an indicator in a period that is not met, from where its reading stands."""
    lacking = sorted(indicator_columns(evaluator.scheme)[indicator.id] & evaluator.submission.missing)
    if lacking:
        return Way("source", thing=_absent(evaluator.submission, lacking))
    return _Solver(evaluator, indicator, period, reading).way()


def missing_to(target: s.Target, value: Fraction) -> Fraction:
    """How far a whole number is below its target; for “more than”, one beyond it."""
    goal = Fraction(target.value)
    whole = Fraction(math.floor(goal) + 1) if target.op == ">" else Fraction(math.ceil(goal))
    return max(Fraction(0), whole - value)


def _absent(submission: Submission, lacking: Sequence[tuple[str, str]]) -> str:
    """The sheets and columns that are really not there: without one of its columns a whole sheet has no rows."""
    tables = submission.tables
    there = {sheet for sheet, _ in lacking if sheet in tables and tables[sheet].positions} | {sheet for sheet, _ in submission.places}
    gone = [f"工作表“{sheet}”" for sheet in dict.fromkeys(sheet for sheet, _ in lacking) if sheet not in there]
    gone += [f"“{sheet}”的“{column}”" for sheet in dict.fromkeys(sheet for sheet, _ in lacking if sheet in there and sheet in tables)
             for column in tables[sheet].sheet.by_name if column not in tables[sheet].positions and _wanted(tables[sheet], column, lacking)]
    gone += [f"“{sheet}”的“{column}”" for sheet, column in lacking if sheet in there and sheet not in tables]
    return "、".join(gone[:4]) + ("等" if len(gone) > 4 else "")


def _wanted(table: Table, column: str, lacking: Sequence[tuple[str, str]]) -> bool:
    return (table.sheet.name, column) in lacking or table.sheet.by_name[column].required


class _Solver:
    def __init__(self, evaluator: Evaluator, indicator: s.Indicator, period: Period, reading: Reading) -> None:
        self.evaluator, self.period, self.reading = evaluator, period, reading
        self.target = indicator.target
        self.measure = indicator.measure
        self.goal = Fraction(self.target.value)

    def way(self) -> Way:
        match self.measure:
            case s.Flag(sheet, column) | s.Level(sheet, column):
                return self._cell(sheet, column) if self.reading.value is None else NO_WAY
            case s.YearColumn(column):
                return self._cell(self.evaluator.scheme.by_use["years"].name, column) if self.reading.value is None else NO_WAY
            case s.Manual():
                return Way("fill", thing=f"“{self.evaluator.scheme.by_use['assessed'].name}”的自评分") if self.reading.value is None else NO_WAY
            case s.Coverage():
                return self._coverage(self.measure)
            case s.Share():
                return self._share(self.measure)
            case s.Ratio():
                return self._ratio(self.measure)
            case s.Growth(sheet, where, rate):
                return self._growth(s.Stock(sheet, where), rate)
            case s.Change(of, rate):
                return self._change(of, rate)
            case s.Sum(mean=True):
                return self._more(self.measure, missing_to(replace(self.target, value=self.goal * self._years()), Fraction(self.reading.value or 0) * self._years(now=True)))
            case s.Count() | s.Sum() | s.Distinct() | s.People() | s.Stock():
                return self._more(self.measure, missing_to(self.target, Fraction(self.reading.value or 0)))
        return NO_WAY

    def _years(self, now: bool = False) -> int:
        """The calendar years a mean is taken over: those so far, or those there will be on the last day it can be reached."""
        clock = self.evaluator.clock
        last = self.period.span.end if self.period.per in NATURAL else clock.phase.end
        return (clock.as_of if now else max(clock.as_of, last)).year - clock.phase.start.year + 1

    def _more(self, measure: s.Measure, number: Fraction) -> Way:
        if self.target.op in ("<=", "==") and not self.reading.lack:
            return NO_WAY
        if isinstance(measure, s.Sum) and self.target.op == ">" and not self.goal:
            # Any sum at all will do: a number would say less than the task does.
            return NO_WAY
        return Way("more", number, thing_text(measure, number, self.evaluator.scheme)) if number > 0 else NO_WAY

    def _cell(self, sheet_name: str, column: str) -> Way:
        """The cell of the year's row or of the profile; the sheet alone where the year has no row."""
        scheme, submission = self.evaluator.scheme, self.evaluator.submission
        sheet = scheme.by_sheet[sheet_name]
        if sheet.form == "pairs":
            at = submission.places.get((sheet_name, column))
            return Way("fill", places=(at,)) if at else NO_WAY
        if sheet.form != "years":
            return NO_WAY
        table = submission.tables[sheet_name]
        years = table.columns[sheet.role("year") or ""]
        if self.period.year in years:
            return Way("fill", places=(table.at(years.index(self.period.year), column),))
        return Way("fill", thing=f"“{sheet_name}”{self.period.year}年一行")

    def _coverage(self, measure: s.Coverage) -> Way:
        roll = self.evaluator.rolls(measure.roll)
        at = self.evaluator.clock.at(self.period)
        mask = roll.mask(measure.within) & roll.active(at)
        shown = {roll.names[index]: str(roll.table.columns[roll.table.sheet.role("name") or ""][index]) for index in mask.nonzero()[0].tolist()}
        if not shown:
            return Way("source", thing=f"“{measure.roll}”里符合条件的人")
        log = self.evaluator.rolls(measure.log)
        found = (log.mask(measure.where) & log.dated(self.period.span.start, at)).nonzero()[0].tolist()
        done = dict.fromkeys(shown, Fraction(0))
        for index in found:
            name = without_space(str(log.table.columns[measure.name][index]))
            if name in done:
                done[name] += Fraction(log.table.columns[measure.column][index] or 0) if measure.column else 1
        short = sorted(((shown[name], total) for name, total in done.items() if total < measure.at_least), key=lambda one: -one[1])
        number = missing_to(replace(self.target, value=self.goal * len(shown)), Fraction(len(shown) - len(short)))
        return Way("people", number, people=tuple(short)) if number > 0 else NO_WAY

    def _share(self, measure: s.Share) -> Way:
        """The rows that do not match, at the cell that keeps each from it, and how many of them must."""
        places: list[At] = []
        people: list[tuple[str, Fraction]] = []
        for part in measure.parts:
            rolls = self.evaluator.rolls(part.sheet)
            table = rolls.table
            at = self.evaluator.clock.at(self.period)
            within = rolls.mask(part.within) & (rolls.active(at) if table.sheet.form == "roll" else rolls.dated(self.period.span.start, at))
            for index in (within & ~rolls.mask(part.where)).nonzero()[0].tolist():
                column = next(one.column for one in part.where if not bool(rolls.mask((one,))[index]))
                places.append(table.at(index, column))
                if table.sheet.form == "roll":
                    people.append((str(table.columns[table.sheet.role("name") or ""][index]), Fraction(0)))
        bottom, top = self.reading.bottom or Fraction(0), self.reading.top or Fraction(0)
        number = missing_to(replace(self.target, value=self.goal * bottom), top)
        return Way("rows", number, people=tuple(people), places=tuple(places)) if number > 0 else NO_WAY

    def _ratio(self, measure: s.Ratio) -> Way:
        one, other = measure.one, measure.other
        top, bottom = self.reading.top, self.reading.bottom
        for side, value in ((one, top), (other, bottom)):
            if value is None and isinstance(side, s.YearColumn):
                return self._cell(self.evaluator.scheme.by_use["years"].name, side.column)
        if top is None or bottom is None:
            return NO_WAY
        if paired(measure):
            # Every further row is at best full, and so adds as much to the whole as to the part.
            if self.target.op not in (">=", ">") or self.goal >= 1:
                return NO_WAY
            number = Fraction(math.ceil((self.goal * bottom - top) / (1 - self.goal)))
            whole = f"“{one.column}”与“{other.column}”相同" if isinstance(one, s.Sum) and isinstance(other, s.Sum) else ""
            return Way("full", number, whole) if number > 0 else NO_WAY
        if self.target.op in (">=", ">") and not isinstance(one, s.YearColumn):
            return self._more(one, missing_to(replace(self.target, value=self.goal * bottom), top))
        if self.target.op == "<=" and self.goal > 0 and not isinstance(other, s.YearColumn):
            number = max(Fraction(0), Fraction(math.ceil(top / self.goal)) - bottom)
            return Way("more", number, thing_text(other, number, self.evaluator.scheme)) if number else NO_WAY
        return NO_WAY

    def _growth(self, stock: s.Stock, rate: bool) -> Way:
        now, before = (Fraction(self.evaluator.stock(stock.sheet, stock.where, day).value or 0)
                       for day in (self.evaluator.clock.at(self.period), self.period.span.start - ONE_DAY))
        return self._more(stock, self._added(now, before, rate))

    def _change(self, of: s.Measure, rate: bool) -> Way:
        now, before = self.reading.top, self.reading.bottom
        if now is None or before is None or isinstance(of, s.YearColumn):
            return NO_WAY
        return self._more(of, self._added(now, before, rate))

    def _added(self, now: Fraction, before: Fraction, rate: bool) -> Fraction:
        """How many more make the growth that is asked for."""
        return missing_to(replace(self.target, value=before + (self.goal * before if rate else self.goal)), now)


def thing_text(measure: s.Measure, number: Fraction, scheme: s.Scheme) -> str:
    """So many of what a measure counts: “甲表”记录2条（类型为某某）, “乙表”1人（某栏）."""
    many = number_text(number)
    match measure:
        case s.Count(sheet, where) | s.Stock(sheet, where):
            kind = f"{many}人" if scheme.by_sheet[sheet].form == "roll" else f"记录{many}条"
            return f"“{sheet}”{kind}{where_text(where)}"
        case s.Sum(sheet, column, where):
            return f"“{sheet}”的“{column}”{many}{where_text(where)}"
        case s.Distinct(sheet, column, _, where):
            return f"“{sheet}”的不同“{column}”{many}个{where_text(where)}"
        case s.People(sheet, name, _, where):
            return f"“{sheet}”的“{name}”{many}人{where_text(where)}"
    return many
