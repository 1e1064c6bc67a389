"""A committee's record as rows of the tables, and back, exactly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from wuhao_report.aggregate.records.model import (
    CommitteeRecord,
    DeedRecord,
    FigureRecord,
    HeadRecord,
    IndicatorRecord,
    PeriodRecord,
)
from wuhao_report.aggregate.records.recording import Job, NotEvaluated, evaluate_all
from wuhao_report.aggregate.tables.exact import NotARecord, doubles, exact_number, fraction, sure
from wuhao_report.aggregate.tables.schema import (
    AWAITED_PERIODS,
    AWAITED_RESULTS,
    BY_NAME,
    COMMITTEES,
    EVIDENCE,
    FIGURES,
    HEADS,
    INDICATORS,
    LOSSES,
    PERIODS,
    RANK_VALUES,
)
from wuhao_report.evaluation.ranking import Basis, FactorBasis, PeriodBasis, ResultBasis

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
"""The rows of one committee by table, each without the number of the result."""
MOST_DEPTH = 8
_AT = {name: at for at, name in enumerate(COMMITTEES.names)}


@dataclass(frozen=True)
class CommitteeTables:
    """The result of one committee as rows of the tables, with the name of its file."""

    file: str
    rows: Rows

    def _of(self, column: str) -> Any:
        return self.rows[COMMITTEES.name][0][_AT[column]]

    @property
    def sha256(self) -> str:
        """The hash of its workbook."""
        return str(self._of("sha256"))

    @property
    def unit(self) -> str:
        """The name of the committee."""
        return str(self._of("unit"))

    @property
    def superior(self) -> str:
        """Its 主送机关; "" where none is stated."""
        return str(self._of("superior"))

    @property
    def scheme(self) -> str:
        """The id of its scheme."""
        return str(self._of("scheme"))

    @property
    def scheme_title(self) -> str:
        """The title of its scheme."""
        return str(self._of("scheme_title"))

    @property
    def scheme_hash(self) -> str:
        """The hash of its scheme."""
        return str(self._of("scheme_hash"))

    @property
    def stage(self) -> str:
        """The title of the stage."""
        return str(self._of("stage"))

    @property
    def report_date(self) -> date:
        """Its 填报日期."""
        day: date = self._of("report_date")
        return day

    @property
    def score(self) -> float | None:
        """Its points."""
        score: float | None = self._of("score")
        return score


def evaluate_tables(jobs: Sequence[Job]) -> list[CommitteeTables | NotEvaluated]:
    """Evaluate workbooks and give their results as tables; raises as records.evaluate_all does."""
    return [tables_of(one) if isinstance(one, CommitteeRecord) else one for one in evaluate_all(jobs)]


# A record as rows


def tables_of(record: CommitteeRecord) -> CommitteeTables:
    """Return a record as rows of the tables."""
    results, periods = _basis_rows(record.basis) if record.basis else ([], [])
    rows: Rows = {
        COMMITTEES.name: [_committee_row(record)],
        HEADS.name: list(map(_head_row, record.heads)),
        INDICATORS.name: list(map(_indicator_row, record.indicators)),
        PERIODS.name: [_period_row(item.id, one) for item in record.indicators for one in item.periods],
        LOSSES.name: [
            (item.id, item.reason, item.cause, item.mend) for item in record.indicators if item.reason or item.cause or item.mend
        ],
        FIGURES.name: [row for item in record.figures for row in _figure_rows(item)],
        EVIDENCE.name: [(item.id, *_sheet_and_cell(address)) for item in record.indicators for address in item.cells],
        RANK_VALUES.name: [row for item in record.indicators for row in _rank_rows(item)],
        AWAITED_RESULTS.name: results,
        AWAITED_PERIODS.name: periods,
    }
    return CommitteeTables(record.file, rows)


def _committee_row(record: CommitteeRecord) -> Row:
    (score, full, bonus), said = doubles(("score", "full_score", "bonus"), (record.score, record.full, record.bonus))
    deed = record.deed
    return (
        record.sha256,
        record.unit,
        record.superior,
        record.scheme,
        record.scheme_title,
        record.scheme_hash,
        record.stage,
        record.start_year,
        record.report_date,
        record.status,
        score,
        full,
        record.grade,
        bonus,
        said,
        record.errors,
        record.warnings,
        record.by_points,
        record.basis is not None,
        *((deed.sentence, deed.told, deed.people) if deed else (None, None, None)),
    )


def _head_row(head: HeadRecord) -> Row:
    (score, full), said = doubles(("score", "full_score"), (head.score, head.full))
    return head.id, head.title, head.status, score, full, said


def _indicator_row(item: IndicatorRecord) -> Row:
    points, said = doubles(("score", "full_score", "bonus"), (item.score, item.full, item.bonus))
    return (item.id, item.title, item.head, item.status, *points, said, item.progress, item.rule_hash, item.place)


def _figure_rows(item: FigureRecord) -> Iterable[Row]:
    lead = item.id, item.title, item.unit, item.per, item.adds
    for label, value in item.values or ((None, None),):
        (double,), said = doubles(("value",), (value,))
        yield (*lead, label, double, said)


def _sheet_and_cell(address: str) -> tuple[str, str | None]:
    sheet, mark, cell = address.rpartition("!")
    return (sheet, cell) if mark else (address, None)


def _period_row(indicator: str, item: PeriodRecord) -> Row:
    numbers = item.value, item.numerator, item.denominator
    (value, top, bottom), said = doubles(("value", "numerator", "denominator"), numbers)
    return indicator, item.part, item.label, item.finished, item.met, value, top, bottom, said


def _rank_rows(item: IndicatorRecord) -> Iterable[Row]:
    for part, label, value in item.rank_values:
        (double,), said = doubles(("value",), (value,))
        yield item.id, part, label, double, said


def _basis_rows(basis: Basis) -> tuple[list[Row], list[Row]]:
    """Return what a result stands on as rows of results, each naming the one it is part of, and of their periods."""
    results: list[Row] = []
    periods: list[Row] = []

    def add(item: ResultBasis, parent: int | None, role: str) -> None:
        number = len(results)
        results.append((number, parent, role, item.id, item.status, None, None, None))
        periods.extend((number, *_awaited_period(one)) for one in item.periods)
        for part in item.parts:
            add(part, number, "part")
        for penalty in item.penalties:
            add(penalty, number, "penalty")

    for item in basis.results:
        add(item, None, "indicator")
    for own in basis.factors:
        (value, factor), said = doubles(("value", "factor"), (own.value, own.factor))
        results.append((len(results), None, "factor", own.id, None, value, factor, said))
    return results, periods


_PERIOD_NUMBERS = ("value", "numerator", "denominator", "ranked_value")


def _awaited_period(item: PeriodBasis) -> Row:
    (value, top, bottom, ranked), said = doubles(_PERIOD_NUMBERS, (item.value, item.top, item.bottom, item.among))
    lists = "\n".join(item.have) or None, "\n".join(item.lack) or None
    return item.label, item.finished, item.met, value, item.failed, item.open, top, bottom, *lists, item.word, ranked, said


# Rows as a record


def record_of_rows(
    file: str, rows: Mapping[str, Sequence[Row]], cells: Mapping[str, tuple[str, ...]] | None = None
) -> CommitteeRecord:
    """Return the record that rows of the tables stand for; of tables that are not given, it has nothing.

    `cells` is the evidence by indicator, where the caller has it so at hand. Raises NotARecord for rows that no record gives.
    """
    try:
        return _record(file, rows, _evidence(rows.get(EVIDENCE.name, ())) if cells is None else cells)
    except NotARecord:
        raise
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise NotARecord(type(error).__name__) from error


def _record(file: str, rows: Mapping[str, Sequence[Row]], cells: Mapping[str, tuple[str, ...]]) -> CommitteeRecord:
    (own,) = rows[COMMITTEES.name]
    row = dict(zip(COMMITTEES.names, own, strict=True))
    if type(row["report_date"]) is not date:
        raise NotARecord("report_date")
    deed = DeedRecord(row["deed"], row["deed_told"] or 0, row["deed_people"] or 0) if row["deed"] is not None else None
    return CommitteeRecord(
        file,
        row["sha256"],
        row["unit"],
        row["scheme"],
        row["scheme_title"],
        row["scheme_hash"],
        row["stage"],
        row["report_date"],
        row["status"],
        fraction("score", row["score"], row["exact"]),
        sure("full_score", row["full_score"], row["exact"]),
        row["grade"],
        fraction("bonus", row["bonus"], row["exact"]),
        tuple(map(_head, rows.get(HEADS.name, ()))),
        _indicators(rows, cells),
        _figures(rows.get(FIGURES.name, ())),
        row["errors"],
        row["warnings"],
        _basis(rows.get(AWAITED_RESULTS.name, ()), rows.get(AWAITED_PERIODS.name, ())) if row["awaits_ranking"] else None,
        row["by_points"],
        deed,
        row["start_year"],
        row["superior"],
    )


def _head(row: Row) -> HeadRecord:
    name, title, status, score, full, said = row
    return HeadRecord(name, title, status, fraction("score", score, said), fraction("full_score", full, said))


def _by_first(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(row[1:])
    return grouped


def _evidence(rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    return {
        indicator: tuple(f"{sheet}!{cell}" if cell is not None else sheet for sheet, cell in cells)
        for indicator, cells in _by_first(rows).items()
    }


def _indicators(rows: Mapping[str, Sequence[Row]], cells: Mapping[str, tuple[str, ...]]) -> tuple[IndicatorRecord, ...]:
    periods, losses = _by_first(rows.get(PERIODS.name, ())), _by_first(rows.get(LOSSES.name, ()))
    ranks = _by_first(rows.get(RANK_VALUES.name, ()))
    items = []
    for name, title, head, status, score, full, bonus, said, progress, rule_hash, place in rows.get(INDICATORS.name, ()):
        ((reason, cause, mend),) = losses.get(name, [("", "", "")])
        items.append(
            IndicatorRecord(
                name,
                title,
                head,
                status,
                fraction("score", score, said),
                fraction("full_score", full, said),
                fraction("bonus", bonus, said),
                progress,
                rule_hash,
                tuple(map(_period, periods.get(name, ()))),
                tuple((part, label, sure("value", value, exact)) for part, label, value, exact in ranks.get(name, ())),
                cells.get(name, ()),
                place,
                reason,
                cause,
                mend,
            )
        )
    return tuple(items)


def _period(row: Row) -> PeriodRecord:
    part, label, finished, met, value, top, bottom, said = row
    return PeriodRecord(
        part,
        label,
        finished,
        met,
        exact_number("value", value, said),
        fraction("numerator", top, said),
        fraction("denominator", bottom, said),
    )


def _figures(rows: Iterable[Row]) -> tuple[FigureRecord, ...]:
    items: dict[Row, list[tuple[str, Fraction | None]]] = {}
    for *lead, label, value, said in rows:
        values = items.setdefault(tuple(lead), [])
        if label is not None:
            values.append((label, fraction("value", value, said)))
    return tuple(
        FigureRecord(name, title, unit, per, tuple(values), adds) for (name, title, unit, per, adds), values in items.items()
    )


def _basis(results: Sequence[Row], periods: Iterable[Row]) -> Basis:
    own: dict[int, list[PeriodBasis]] = {}
    for number, *period in periods:
        own.setdefault(number, []).append(_awaited(period))
    under: dict[tuple[int | None, str], list[Row]] = {}
    for row in results:
        under.setdefault((row[1], row[2]), []).append(row)

    def made(row: Row, depth: int = 0) -> ResultBasis:
        if depth > MOST_DEPTH:
            raise NotARecord("depth")
        number, _, _, name, status, *_ = row
        parts, penalties = (
            tuple(made(part, depth + 1) for part in under.get((number, role), ())) for role in ("part", "penalty")
        )
        return ResultBasis(name, status, tuple(own.get(number, ())), parts, penalties)

    return Basis(
        tuple(map(made, under.get((None, "indicator"), ()))),
        tuple(
            FactorBasis(name, exact_number("value", value, said), sure("factor", factor, said))
            for _, _, _, name, _, value, factor, said in under.get((None, "factor"), ())
        ),
    )


def _awaited(row: Sequence[Any]) -> PeriodBasis:
    label, finished, met, value, failed, is_open, top, bottom, have, lack, word, ranked, said = row
    return PeriodBasis(
        label,
        finished,
        met,
        exact_number("value", value, said),
        failed,
        is_open,
        fraction("numerator", top, said),
        fraction("denominator", bottom, said),
        tuple(have.split("\n")) if have is not None else (),
        tuple(lack.split("\n")) if lack is not None else (),
        word,
        exact_number("ranked_value", ranked, said),
    )


# Rows as JSON


def to_json(rows: Rows) -> str:
    """Return the rows of a committee as JSON."""
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)


def from_json(text: str | bytes) -> Rows:
    """Return the rows of such a JSON; raises NotARecord for any other text."""
    try:
        rows = {name: [tuple(row) for row in own] for name, own in json.loads(text).items()}
        (own,) = rows[COMMITTEES.name]
        day = _AT["report_date"]
        rows[COMMITTEES.name] = [(*own[:day], date.fromisoformat(own[day]), *own[day + 1 :])]
        if list(rows) != list(BY_NAME) or any(len(row) != len(BY_NAME[name].columns) for name in rows for row in rows[name]):
            raise NotARecord("tables")
        return rows
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise NotARecord(str(error)[:80]) from error
