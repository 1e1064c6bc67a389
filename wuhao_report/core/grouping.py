"""Problems with one cause as one, for lists that people read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wuhao_report.core.problems import Problem

FEW, MOST_PLACES, MOST_VALUES = 3, 6, 4


@dataclass(frozen=True)
class Group:
    """Problems with one cause: equal ones, or very many of one kind in one column; the first tells them all."""

    members: tuple[Problem, ...]

    @property
    def first(self) -> Problem:
        """The one that is told in place of all."""
        return self.members[0]

    @property
    def message(self) -> str:
        """The first one's, with their number where there are several."""
        if len(self.members) == 1:
            return self.first.message
        alike = "" if len({item.message for item in self.members}) == 1 else "其余类似，"
        return f"{self.first.message}（{alike}共{len(self.members)}处）"

    @property
    def cells(self) -> str:
        """The first addresses: C5、C7、C9等12处."""
        places = [item.at.cell for item in self.members if item.at.cell]
        return "、".join(places[:MOST_PLACES]) + (f"等{len(places)}处" if len(places) > MOST_PLACES else "")

    @property
    def value(self) -> Any:
        """What stands in the cells: the one value of all, or the first few different ones."""
        values = list(dict.fromkeys(str(item.value) for item in self.members if item.value is not None))
        if len(values) < 2:
            return self.first.value
        return "、".join(values[:MOST_VALUES]) + ("等" if len(values) > MOST_VALUES else "")

    def __str__(self) -> str:
        sheet = self.first.at.sheet or ""
        return f"{sheet}!{self.cells}" if sheet and self.cells else sheet


def grouped(problems: Iterable[Problem]) -> tuple[Group, ...]:
    """Equal problems of one sheet as one; more than a few that differ only in what stands there as one, too. In the order of the firsts."""
    equal: dict[tuple[object, ...], list[Problem]] = {}
    for item in problems:
        equal.setdefault((item.code, item.at.sheet, item.message, item.hint), []).append(item)
    alike: dict[tuple[object, ...], list[list[Problem]]] = {}
    for members in equal.values():
        first = members[0]
        alike.setdefault((first.code, first.at.sheet, dict(first.args).get("column"), first.at.cell is None), []).append(members)
    by_place: dict[int, Group] = {}
    order = {id(members): at for at, members in enumerate(equal.values())}
    for several in alike.values():
        if len(several) > FEW:
            by_place[order[id(several[0])]] = Group(tuple(item for members in several for item in members))
        else:
            by_place |= {order[id(members)]: Group(tuple(members)) for members in several}
    return tuple(by_place[at] for at in sorted(by_place))
