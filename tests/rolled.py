"""Overviews made of records that are written down here, through the tables of a real run, held in memory."""

from __future__ import annotations

import io
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Concatenate
from unittest import mock

import duckdb

from wuhao_report.aggregate.outputs.table.book import write_table
from wuhao_report.aggregate.overview import Overview
from wuhao_report.aggregate.records.model import CommitteeRecord, HeadRecord, IndicatorRecord, PeriodRecord, RankValues
from wuhao_report.aggregate.roster.matching import match_to_roster
from wuhao_report.aggregate.roster.model import Exclusion, Member, Roster
from wuhao_report.aggregate.rows import Failed, Row, Skipped
from wuhao_report.aggregate.run import AggregateResult, aggregate_folder, read_overview
from wuhao_report.aggregate.storage import database
from wuhao_report.aggregate.storage.database import Place
from wuhao_report.aggregate.storage.store import Parameters, Result, Store
from wuhao_report.aggregate.tables.rows import tables_of
from wuhao_report.core.options import Wanted
from wuhao_report.sandbox import call as sandbox

Ratios = tuple[tuple[str, Fraction, Fraction], ...]
ROSTER = Roster(
    (
        Member("测试东村", "村", "甲镇", date(2024, 8, 21)),
        Member("测试西村", "村", "甲镇", aliases=("西村关工委",)),
        Member("测试南村", "社区", "乙镇"),
        Member("测试北村", "村", "乙镇"),
        Member("甲镇", "镇", "丙县"),
        Member("测试中村", "村", "丙县"),
    ),
    (Exclusion("测试北村", "已撤并", "李测试"),),
)


def record(
    unit: str,
    file: str | None = None,
    day: date = date(2024, 8, 20),
    status: str = "达标",
    score: int = 100,
    sha: str | None = None,
    ratios: Ratios = (),
    rank_values: RankValues = (),
    stage: str = "自查",
    scheme: str = "甲",
    scheme_hash: str = "h",
    rule: str = "r",
    superior: str = "",
) -> CommitteeRecord:
    """A record with one head and one indicator."""
    file = file or f"{unit}.xlsx"
    periods = tuple(PeriodRecord("1.1", label, True, None, top / bottom, top, bottom) for label, top, bottom in ratios)
    item = IndicatorRecord(
        "1.1", "例会", "1", status, Fraction(score), Fraction(100), None, "2次", rule, periods, rank_values, ("会议!A4",)
    )
    return CommitteeRecord(
        file,
        sha or file,
        unit,
        scheme,
        "方案",
        scheme_hash,
        stage,
        day,
        status,
        Fraction(score),
        Fraction(100),
        None,
        None,
        (HeadRecord("1", "班子好", status, Fraction(score), Fraction(100)),),
        (item,),
        (),
        0,
        0,
        superior=superior,
    )


class InMemory(Store):
    """The tables of a run without a process and without a file."""

    def __init__(self) -> None:
        place = tempfile.mkdtemp()
        weakref.finalize(self, shutil.rmtree, place)
        self.path = Path(place, "没有")
        self._place = Place(self.path, Path(place))
        self.unusable = None
        self._worker = sandbox.Worker()
        self._one_at_a_time = threading.Lock()
        self.memory = duckdb.connect(":memory:")
        self._call(database.begin_run)

    def _call(
        self, function: Callable[Concatenate[Place, Parameters], Result], *args: Parameters.args, **keywords: Parameters.kwargs
    ) -> Result:
        with self._one_at_a_time, mock.patch.object(database, "open_database", return_value=self.memory):
            return function(self._place, *args, **keywords)


def overview_of(
    records: Iterable[CommitteeRecord],
    roster: Roster | None = None,
    failed: Iterable[Failed] = (),
    skipped: Iterable[Skipped] = (),
) -> Overview:
    """The overview of these records, as a run would make it."""
    store = InMemory()
    store.add_files("", [match_to_roster(tables_of(item), roster) for item in records], list(failed), list(skipped))
    return read_overview(store, roster, "", None)


def rows_of(overview: Overview) -> list[Row]:
    """All committees that count."""
    return list(overview.rows())


def aggregate(
    folder: Path, outputs: Path | None = None, written: bool = False, **more: Any
) -> tuple[dict[str, Any], AggregateResult]:
    """The data of an aggregate, and the aggregate itself, whose rows cannot be read any more; `written`: with its files."""
    with aggregate_folder(folder, outputs, **{"wanted": Wanted(outputs=written), **more}) as result:
        return result.as_data(), result


__all__ = ["ROSTER", "Failed", "Skipped", "aggregate", "overview_of", "record", "rows_of"]


def table(found: Any, name: Any, **more: Any) -> bytes:
    """The bytes of its 汇总表."""
    stream = io.BytesIO()
    write_table(found, name, stream, **more)
    return stream.getvalue()
