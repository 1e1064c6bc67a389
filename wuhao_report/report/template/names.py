"""The types of the names a Word template may use: each with its explanation in Chinese, for the administrator who edits templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class Text:
    """A text to print; empty where there is nothing to say."""

    about: str


@dataclass(frozen=True)
class Flag:
    """A condition: yes or no."""

    about: str


@dataclass(frozen=True)
class Texts:
    """A list of texts."""

    about: str

    @property
    def item(self) -> Text:
        """The type of what a loop over the list gives."""
        return Text(self.about)


@dataclass(frozen=True)
class Names:
    """Names that stand after a dot."""

    fields: Mapping[str, Type]


@dataclass(frozen=True)
class Rows:
    """A list of rows, each with the same names."""

    fields: Mapping[str, Type]

    @property
    def item(self) -> Names:
        """The type of what a loop over the list gives."""
        return Names(self.fields)


@dataclass(frozen=True)
class Chart:
    """The data of a chart: what its categories, its series and its numbers are; `optional` data may be missing altogether."""

    categories: str
    series: str
    numbers: str
    optional: bool = False

    @property
    def fields(self) -> Mapping[str, Type]:
        """The names of the data, for templates that print them and for the chart itself."""
        return {"类别": Texts(self.categories), "系列": Rows({"名称": Text(self.series), "数": Texts(self.numbers)})}


Type = Text | Flag | Texts | Names | Rows | Chart


def merged(*groups: Mapping[str, Value]) -> dict[str, Value]:
    """Return all the names of several groups in one table.

    Raises ValueError when two groups have a name in common.
    """
    whole: dict[str, Value] = {}
    for group in groups:
        if twice := whole.keys() & group.keys():
            raise ValueError(f"names declared twice: {sorted(twice)}")
        whole |= group
    return whole
