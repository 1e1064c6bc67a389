"""One table of several committees with the places of its cells: what cross-checks look through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from wuhao_report.core.periods import Judgement
from wuhao_report.core.problems import At, Problem
from wuhao_report.evaluation.submission import Submissions
from wuhao_report.measures.facts import Facts
from wuhao_report.tables.table import SheetLocation

Clocks = Mapping[int, Judgement]
"""By the number of the committee; those that cannot be judged have none."""
Found = tuple[int, Problem]
"""The number of a committee and one of its problems."""
Check = Callable[[Submissions, Clocks], Iterator[Found]]


def facts_of(submissions: Submissions, clocks: Clocks) -> Facts:
    """Return what measures read of the committees that can be judged."""
    committees = {number: submissions.members[number].committee(clock) for number, clock in clocks.items()}
    return Facts(submissions.scheme.layout, submissions.tables, committees)


class Sight:
    """One table of several committees, with the places of its cells."""

    def __init__(self, submissions: Submissions, name: str) -> None:
        self.table = submissions.tables[name]
        self.name, self.sheet = name, self.table.sheet
        self._members = submissions.members

    def owner(self, index: int) -> int:
        """Return the number of the committee whose row stands at a position."""
        return int(self.table.workbooks[index])

    def row(self, index: int) -> int:
        """Return the Excel row at a position."""
        return int(self.table.rows[index])

    def location(self, number: int) -> SheetLocation:
        """Return where the sheet stands in the workbook of a committee."""
        return self._members[number].locations[self.name]

    def at(self, index: int, column: str) -> At:
        """Return the place of a cell by the position of its row."""
        return self.location(self.owner(index)).at(self.row(index), column)


def sights(submissions: Submissions, *forms: str) -> Iterator[Sight]:
    """Yield the tables that have rows, of these forms or of all."""
    for name, table in submissions.tables.items():
        if len(table) and (not forms or table.sheet.form in forms):
            yield Sight(submissions, name)
