"""Pictures made of returns that are written down here, through the tables of a real run, held in memory."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from contextlib import nullcontext
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb

from wuhao_report.aggregate import ledger
from wuhao_report.aggregate.codec import entry_of
from wuhao_report.aggregate.matching import sent_by
from wuhao_report.aggregate.records import HeadReturn, IndicatorReturn, Return
from wuhao_report.aggregate.roster import Exclusion, Member, Roster
from wuhao_report.aggregate.run import aggregated, picture
from wuhao_report.aggregate.store import Store
from wuhao_report.aggregate.totals import Failed, Skipped

ROSTER = Roster((Member("测试东村", "村", "甲镇", date(2024, 8, 21)), Member("测试西村", "村", "甲镇", aliases=("西村关工委",)), Member("测试南村", "社区", "乙镇"),
                 Member("测试北村", "村", "乙镇"), Member("甲镇", "镇", "丙县"), Member("测试中村", "村", "丙县")),
                (Exclusion("测试北村", "已撤并", "李测试"),))


def one(unit: str, file: str | None = None, day: date = date(2024, 8, 20), status: str = "达标", score: int = 100, sha: str | None = None,
        sides: Any = (), among: Any = (), stage: str = "自查", scheme: str = "甲", scheme_hash: str = "h", rule: str = "r") -> Return:
    file = file or f"{unit}.xlsx"
    item = IndicatorReturn("1.1", "例会", "1", status, Fraction(score), Fraction(100), None, "2次", rule, sides, among, ("会议!A4",))
    return Return(file, sha or file, unit, scheme, "方案", scheme_hash, stage, day, status, Fraction(score), Fraction(100), None, None,
                  (HeadReturn("1", "班子好", status, Fraction(score), Fraction(100)),), (item,), (), 0, 0)


class InMemory(Store):
    """The tables of a run without a process, and with no file but the heap."""

    def __init__(self) -> None:
        place = tempfile.mkdtemp()
        weakref.finalize(self, shutil.rmtree, place)
        self.path = Path(place, "没有")
        self.set_aside = None
        self.memory = duckdb.connect(":memory:")
        self._call(ledger.begin)

    def _call(self, function: Any, *args: Any) -> Any:
        with mock.patch.object(ledger, "_connect", return_value=nullcontext(self.memory)):
            return function(self.path, *args)


def rolled(returns: Any, roster: Any = None, failed: Any = (), skipped: Any = ()) -> Any:
    store = InMemory()
    store.add([sent_by(entry_of(item), roster) for item in returns], list(failed), list(skipped))
    return picture(store, roster, "", None)


def rows_of(found: Any) -> list[Any]:
    return list(found.rows())


def aggregate(folder: Path, outputs: Any = None, **more: Any) -> tuple[Any, Any]:
    """The data of an aggregate, and the aggregate itself, which tells no rows any more."""
    with aggregated(folder, outputs, **more) as result:
        return result.as_data(), result


__all__ = ["ROSTER", "Failed", "Skipped", "aggregate", "one", "rolled", "rows_of"]
