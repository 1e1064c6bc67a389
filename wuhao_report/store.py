"""结果库.duckdb: what earlier runs found, by the hashes of workbook and rules; never trusted, and rebuilt when it is not as it should be.

Every access happens in a process that can be lost: a store may have come by mail with the folder it lies in.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from wuhao_report import __version__, bounded
from wuhao_report.problems import SchemeError
from wuhao_report.returns import FigureReturn, HeadReturn, IndicatorReturn, Return
from wuhao_report.roster import unit_key
from wuhao_report.scheme_read import find_scheme

NAME = "结果库.duckdb"
SECONDS, MEBIBYTES = 600.0, 4096
LAYOUT = f"1 {__version__}"
"""Results of another version of the program are not taken for ours."""
_TABLE = ("CREATE TABLE results (sha256 VARCHAR, recipe VARCHAR, committee VARCHAR, scheme VARCHAR, scheme_hash VARCHAR, stage VARCHAR, report_date DATE, "
          "status VARCHAR, score DOUBLE, payload VARCHAR, PRIMARY KEY (sha256, recipe))")


@dataclass(frozen=True)
class Earlier:
    """What a committee was found to have at its last report before this one; `rules`: by other rules than now."""

    report_date: date
    stage: str
    status: str
    score: float | None
    rules: bool


class Foreign(Exception):
    """A file that is no store of ours."""


class Store:
    """The store of an output folder; `set_aside` names the file a damaged or foreign one was moved to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set_aside: Path | None = None
        self._worker = bounded.Worker(SECONDS, MEBIBYTES)
        if path.exists():
            self._trusted()

    def _trusted(self) -> None:
        try:
            self._worker.call(_verify, self.path)
        except (bounded.Lost, bounded.Unforeseen, OSError, Foreign):
            number = next(number for number in range(1, 1000) if not self._aside(number).exists())
            self.set_aside = self._aside(number)
            self.path.rename(self.set_aside)

    def _aside(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.stem}（不能用 {number}）{self.path.suffix}")

    def known(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Return]:
        """The returns of these hashes of workbook and recipe, as far as they are known."""
        if not self.path.exists() or not keys:
            return {}
        found: dict[tuple[str, str], Return] = self._worker.call(_known, self.path, list(keys))
        return found

    def rules(self, names: Collection[str]) -> dict[str, str]:
        """The hashes of the schemes of these names (ids or files) as they are now."""
        found: dict[str, str] = self._worker.call(_rules, sorted(names)) if names else {}
        return found

    def keep(self, entries: Sequence[tuple[str, Return]]) -> None:
        """Add returns with their recipes."""
        if entries:
            self._worker.call(_keep, self.path, list(entries))

    def earlier(self, returns: Sequence[Return]) -> dict[str, Earlier]:
        """By file, the newest result of the same committee and scheme with an earlier date."""
        if not self.path.exists() or not returns:
            return {}
        found: dict[str, Earlier] = self._worker.call(_earlier, self.path, [
            (one.file, unit_key(one.unit), one.scheme, one.report_date, one.scheme_hash) for one in returns])
        return found

    def close(self) -> None:
        self._worker.close()


# In the process that can be lost

def _connect(path: Path, read_only: bool) -> Any:
    import duckdb

    # Nothing outside the file is ever read, and no extension loaded.
    return duckdb.connect(str(path), read_only=read_only, config={"enable_external_access": "false", "threads": "2"})


def _verify(path: Path) -> None:
    with _connect(path, True) as store:
        layout = store.execute("SELECT layout FROM about").fetchone()
        if layout != (LAYOUT,):
            raise Foreign(str(layout))
        store.execute("SELECT sha256, recipe, committee, scheme, scheme_hash, stage, report_date, status, score, payload FROM results LIMIT 1").fetchall()


def _known(path: Path, keys: list[tuple[str, str]]) -> dict[tuple[str, str], Return]:
    found = {}
    with _connect(path, True) as store:
        for sha256, recipe in keys:
            row = store.execute("SELECT payload FROM results WHERE sha256 = ? AND recipe = ?", (sha256, recipe)).fetchone()
            if row:
                try:
                    one = from_text(row[0])
                except (ValueError, TypeError, KeyError, ZeroDivisionError):
                    continue
                if one.sha256 == sha256:
                    found[sha256, recipe] = one
    return found


def _rules(names: list[str]) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = find_scheme(name).hash
        except SchemeError:
            continue
    return found


def _keep(path: Path, entries: list[tuple[str, Return]]) -> None:
    fresh = not path.exists()
    with _connect(path, False) as store:
        if fresh:
            store.execute(_TABLE)
            store.execute("CREATE TABLE about (layout VARCHAR)")
            store.execute("INSERT INTO about VALUES (?)", (LAYOUT,))
        store.execute("BEGIN")
        store.executemany("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [
            (one.sha256, recipe, unit_key(one.unit), one.scheme, one.scheme_hash, one.stage, one.report_date, one.status,
             None if one.score is None else float(one.score), to_text(one)) for recipe, one in entries])
        store.execute("COMMIT")


def _earlier(path: Path, asked: list[tuple[str, str, str, date, str]]) -> dict[str, Earlier]:
    found = {}
    with _connect(path, True) as store:
        for file, committee, scheme, day, rules in asked:
            row = store.execute("SELECT report_date, stage, status, score, scheme_hash FROM results WHERE committee = ? AND scheme = ? AND report_date < ? "
                                "ORDER BY report_date DESC LIMIT 1", (committee, scheme, day)).fetchone()
            if row:
                found[file] = Earlier(row[0], row[1], row[2], row[3], row[4] != rules)
    return found


# A return as text

def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def to_text(one: Return) -> str:
    """A return as JSON with exact fractions."""
    return json.dumps(dataclasses.asdict(one), ensure_ascii=False, default=_plain)


def _exact(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def from_text(text: str) -> Return:
    """The return of such a JSON.

    Raises ValueError, TypeError, KeyError for what is none.
    """
    data = json.loads(text)
    heads = tuple(HeadReturn(**{**item, "score": _exact(item["score"]), "full": _exact(item["full"])}) for item in data["heads"])
    indicators = tuple(IndicatorReturn(**{
        **item, **{name: _exact(item[name]) for name in ("score", "full", "bonus")}, "cells": tuple(item["cells"]),
        "sides": tuple((label, _exact(top), _exact(bottom)) for label, top, bottom in item["sides"]),
        "among": tuple((name, label, Fraction(value)) for name, label, value in item["among"])}) for item in data["indicators"])
    figures = tuple(FigureReturn(**{**item, "values": tuple((label, _exact(value)) for label, value in item["values"])}) for item in data["figures"])
    return Return(**{**data, "heads": heads, "indicators": indicators, "figures": figures, "report_date": date.fromisoformat(data["report_date"]),
                     "score": _exact(data["score"]), "full": Fraction(data["full"]), "bonus": _exact(data["bonus"])})
