"""The closed list of what a scheme may measure."""

from __future__ import annotations

from collections.abc import Mapping

from wuhao_report.core.strict import Keys
from wuhao_report.measures.base import Definitions, Measure
from wuhao_report.measures.cell_values import Flag, Level, YearColumn
from wuhao_report.measures.comparison import Change, Rank
from wuhao_report.measures.counting import Count, Distinct, MeanPerYear, People, Sum
from wuhao_report.measures.deadline import Deadline
from wuhao_report.measures.manual import Manual
from wuhao_report.measures.rates import Coverage, Ratio, Share
from wuhao_report.measures.runs import LongestGap, Vacancy
from wuhao_report.measures.stocks import Complete, Growth, Stock

MEASURES: Mapping[str, type[Measure]] = {
    measure.kind: measure
    for measure in (
        Count,
        Sum,
        MeanPerYear,
        Distinct,
        People,
        YearColumn,
        Complete,
        Share,
        Ratio,
        Coverage,
        Stock,
        Growth,
        Change,
        Vacancy,
        LongestGap,
        Flag,
        Level,
        Deadline,
        Rank,
        Manual,
    )
}
"""By the name of their kind in TOML, in the order of the documents."""


def read_measure(table: object, path: str, at: Definitions) -> Measure:
    """Return the measure that a table of a scheme describes.

    Raises SchemeError with the path to the key, or the cell.
    """
    keys = Keys(table, path)
    kind = keys.word("kind", MEASURES)
    measure = MEASURES[kind].read(keys, at)
    keys.taken.extend(MEASURES[kind].keys)
    keys.done()
    return measure
