"""Measures of time: by how many days something came after its day."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import ClassVar, Literal, Self, cast

from wuhao_report.core.periods import NATURAL, Per
from wuhao_report.core.strict import Keys
from wuhao_report.measures.base import NO_WAY, Definitions, Measure, Shape, Shortfall, Way, rows_used, where_used
from wuhao_report.measures.facts import BEYOND, Facts, Matching, Periods, Reading, Rows, fraction
from wuhao_report.measures.target import Target
from wuhao_report.tables.codecs import DUE, WHOLE, Field
from wuhao_report.tables.columns import Used
from wuhao_report.tables.conditions import Where
from wuhao_report.tables.sheets import Sheets

Role = Literal["date", "start", "end"]
LAST_YEAR, MOST_DAYS = 50, 3660


@dataclass(frozen=True)
class Event:
    """What sets a term running: rows of a log on their date, or of a roll on its `role` (start or end)."""

    sheet: str
    where: Where = ()
    role: Role = "date"


@dataclass(frozen=True)
class Deadline(Measure):
    """Days by which the first matching record comes after its day: 0 in time, no value when it never comes.

    The day is `month`-`day` of the period's year (of the phase's year number `year` when that is given), or `within`
    days after each `event`; of several events the worst counts, and none at all is in time.
    """

    kind: ClassVar[str] = "deadline"
    word: ClassVar[str] = "期限"
    explanation: ClassVar[str] = "第一条符合条件的记录比期限迟几天：期限是某月某日，或某事之后若干天；一直没有则没有值"
    keys: ClassVar[tuple[str, ...]] = ("sheet", "where", "due", "year", "event", "within")
    shape: ClassVar[Shape] = "term"
    unit: ClassVar[str] = "天"
    is_amount: ClassVar[bool] = False
    fields: ClassVar[tuple[Field, ...]] = (
        Field("期限日", "due", DUE, "期限：每年的几月几日，例如 12-20", width=9),
        Field("第几年", "year", WHOLE, "期限：只在阶段的第几年", width=8),
        Field("期限天数", "within", WHOLE, "期限：某事之后多少天", width=10),
    )

    sheet: str
    where: Where = ()
    month: int = 0
    day: int = 0
    year: int | None = None
    event: Event | None = None
    within: int = 0

    @classmethod
    def read(cls, keys: Keys, at: Definitions) -> Self:
        """Return the measure from a day of the year, or from an event and a term."""
        sheet = at.sheet(keys, "sheet", ("log", "roll"))
        where = at.where(keys, "where", sheet)
        if keys.has("event") == keys.has("due"):
            raise keys.fail("due", "要写且只写一个：due（某月某日）或 event（某事之后）")
        if keys.has("event"):
            event = _event(keys, at)
            within = keys.whole("within")
            if not 0 <= within <= MOST_DAYS:
                raise keys.fail("within", f"应当是 0 至 {MOST_DAYS} 之间的天数")
            return cls(sheet.name, where, event=event, within=within)
        month, day = _month_day(keys)
        year = keys.whole("year") if keys.has("year") else None
        if year is not None and not 1 <= year <= LAST_YEAR:
            raise keys.fail("year", f"应当是阶段的第几年，1 至 {LAST_YEAR}")
        return cls(sheet.name, where, month, day, year)

    def columns(self, sheets: Sheets) -> Iterator[Used]:
        """Return the dates and filtered columns of the records and of the events."""
        yield from (*rows_used(sheets, self.sheet), *where_used(self.sheet, self.where))
        if self.event:
            yield from (*rows_used(sheets, self.event.sheet), *where_used(self.event.sheet, self.event.where))

    def evaluate(self, facts: Facts, periods: Periods) -> list[Reading]:
        """Return the days of delay; failed where the record never came, open while its day has not."""
        if self.event is not None:
            return self._after_events(facts, self.event, periods)
        done = self._first_of_day(facts.dated(self.sheet, self.where, periods, self._role(facts.sheets)), facts.sheets)
        rows = self._rows(done, facts.sheets)
        days = done.table.days(done.table.sheet.role(self._role(facts.sheets)))
        readings = []
        for (number, period), (first, last), evidence in zip(periods.numbered, done.bounds, rows, strict=True):
            clock = facts.clock(number)
            due = date(period.year if self.year is None else clock.phase.start.year + self.year - 1, self.month, self.day)
            if not period.span.start <= due <= max(period.span.end, clock.phase.end):
                readings.append(Reading(skipped=True))
            elif first == last:
                readings.append(Reading(failed=True, open=due > clock.judged_to))
            else:
                late = int(days[done.positions[first]]) - due.toordinal()
                readings.append(Reading(fraction(max(0, late)), rows=evidence))
        return readings

    def _role(self, sheets: Sheets) -> Role:
        return "start" if sheets.form(self.sheet) == "roll" else "date"

    def _first_of_day(self, matching: Matching, sheets: Sheets) -> Matching:
        """Return of each period the one row with the earliest day, the first of several."""
        import numpy as np

        days = matching.table.days(matching.table.sheet.role(self._role(sheets)))[matching.positions]
        order = np.lexsort((matching.positions, days, matching.slots))
        begins = np.append(True, matching.slots[1:] != matching.slots[:-1])[: len(order)]
        return matching.chosen(order[begins])

    def _rows(self, matching: Matching, sheets: Sheets) -> list[Rows]:
        """The rows as evidence; people's rows have none."""
        return matching.rows() if sheets.form(self.sheet) == "log" else [()] * matching.size

    def _after_events(self, facts: Facts, event: Event, periods: Periods) -> list[Reading]:
        """The worst delay over the events of the period; one whose term still runs is not held against anybody.

        What comes after the period is seen too, up to `as_of`: a term may run beyond it.
        """
        import numpy as np

        role = self._role(facts.sheets)
        today = facts.clock_days(periods, lambda clock: clock.as_of)
        happened = facts.dated(event.sheet, event.where, periods, event.role)
        start = happened.table.days(happened.table.sheet.role(event.role))[happened.positions]
        done = facts.dated(self.sheet, self.where, periods.between(days=today), role)
        days = done.table.days(done.table.sheet.role(role))[done.positions]
        order = np.lexsort((done.positions, days, done.slots))
        keys = np.append((done.slots * BEYOND + days)[order], len(periods) * BEYOND + BEYOND)
        first = np.searchsorted(keys, happened.slots * BEYOND + start)
        came = keys[first] // BEYOND == happened.slots
        late = keys[first] - happened.slots * BEYOND - start - self.within
        worst = np.zeros(len(periods), np.int64)
        np.maximum.at(worst, happened.slots[came], late[came])
        never = np.zeros(len(periods), np.bool_)
        never[happened.slots[~came & (today[happened.slots] > start + self.within)]] = True
        rows = self._rows(done.chosen(np.unique(order[first[came]])), facts.sheets)
        return [
            Reading(failed=True, rows=evidence) if missing else Reading(fraction(days_late), rows=evidence)
            for missing, days_late, evidence in zip(never.tolist(), worst.tolist(), rows, strict=True)
        ]

    def way(self, short: Shortfall) -> Way:
        """Return no way: a day that is past does not come back."""
        return NO_WAY

    def own_target(self) -> Target | None:
        """Return in time."""
        return Target("<=", Fraction(0))

    def check_per(self, keys: Keys, per: Per) -> None:
        """Raise SchemeError where the kind of period does not suit the day."""
        if self.event is not None:
            return
        if (per == "年") == (self.year is not None):
            raise keys.fail("per", "某月某日的期限：按年的每年一次；其余要写 year（阶段的第几年）")
        if self.year is not None and per in NATURAL:
            raise keys.fail("per", "写了 year（阶段的第几年）的期限只能是“现状”或“全程”")

    def can_be_made_up(self, target: Target, sheets: Sheets) -> bool:
        """Return no."""
        return False


def _event(keys: Keys, at: Definitions) -> Event:
    inner = Keys(keys.take("event"), f"{keys.path} → event")
    source = at.sheet(inner, "sheet", ("log", "roll"))
    role = inner.word("role", ("date", "start", "end"), "start" if source.form == "roll" else "date")
    if source.role(role) is None:
        raise inner.fail("role", f"“{source.name}”没有这个角色的栏")
    event = Event(source.name, at.where(inner, "where", source), cast(Role, role))
    inner.done()
    return event


def _month_day(keys: Keys) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2})-(\d{1,2})", keys.text("due"))
    if match:
        month, day = int(match.group(1)), int(match.group(2))
        if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2001, month)[1]:
            return month, day
    raise keys.fail("due", "应当是每年都有的月-日，例如 12-20")
