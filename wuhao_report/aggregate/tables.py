"""Results as tables: what stands in each, a committee's record as rows of them, and back, exactly.

A number stands as the double nearest to it. Where that is not the number itself (a third), the column `exact` of the row says so:
`score=1/3`. Every reader of the tables may leave that out; ours do not, for sums and ranks are exact.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from wuhao_report.aggregate.records import (
    CommitteeRecord,
    DeedRecord,
    FigureRecord,
    HeadRecord,
    IndicatorRecord,
    Job,
    NotEvaluated,
    PeriodRecord,
    evaluate_all,
)
from wuhao_report.evaluation.ranking import Basis, FactorBasis, PeriodBasis, ResultBasis

TEXT, NUMBER, COUNT, YES, DAY = "VARCHAR", "DOUBLE", "INTEGER", "BOOLEAN", "DATE"
Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
"""The rows of one committee by table, each without the number of the result."""
Value = Fraction | bool | None
MOST_DEPTH = 8
_EXACT = re.compile(r"([a-z_]+)=(?:(yes|no)|(-?[0-9]{1,80})/([1-9][0-9]{0,79}))")


class NotARecord(ValueError):
    """Rows that nobody's record gives."""


@dataclass(frozen=True)
class Column:
    """One column: its name and type in the database, what it is in Chinese, and whether it may be empty."""

    name: str
    kind: str
    what: str
    empty: bool = False


@dataclass(frozen=True)
class Table:
    """One table of results. In the database every row begins with the number of its result."""

    name: str
    what: str
    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, without the number of the result."""
        return tuple(column.name for column in self.columns)


def _column(text: str) -> Column:
    name, kind, what = text.split(" ", 2)
    return Column(name, kind.rstrip("?"), what, kind.endswith("?"))


def _table(name: str, what: str, *columns: str) -> Table:
    return Table(name, what, tuple(map(_column, columns)))


_EXACT_COLUMN = f"exact {TEXT}? 小数写不准的数的准确值，如 score=1/3"
COMMITTEES = _table(
    "committees",
    "单位：一份工作簿的评价结果一行",
    f"sha256 {TEXT} 工作簿的 SHA-256",
    f"unit {TEXT} 单位名称，照工作簿所写",
    f"superior {TEXT} 主送机关，照工作簿所写",
    f"scheme {TEXT} 方案编号",
    f"scheme_title {TEXT} 方案名称",
    f"scheme_hash {TEXT} 方案内容的 SHA-256",
    f"stage {TEXT} 报告阶段",
    f"start_year {COUNT}? 这个单位的起始年，空的按方案",
    f"report_date {DAY} 填报日期",
    f"status {TEXT} 总评：达标、未达标、进行中、未填齐",
    f"score {NUMBER}? 总分",
    f"full_score {NUMBER} 满分",
    f"grade {TEXT}? 等次",
    f"bonus {NUMBER}? 加分",
    _EXACT_COLUMN,
    f"errors {COUNT} 错误几处",
    f"warnings {COUNT} 提醒几处",
    f"by_points {YES} 方案是否自定分值",
    f"awaits_ranking {YES} 是否还要与同类单位比名次",
    f"deed {TEXT}? 一件值得介绍的事",
    f"deed_told {COUNT}? 那件事写明了几样（成效、地点、人、佐证）",
    f"deed_people {COUNT}? 那件事的人数",
)
HEADS = _table(
    "heads",
    "方面：每个单位的每个“好”一行",
    f"head {TEXT} 方面编号",
    f"title {TEXT} 方面名称",
    f"status {TEXT} 结果",
    f"score {NUMBER}? 得分",
    f"full_score {NUMBER}? 满分",
    _EXACT_COLUMN,
)
INDICATORS = _table(
    "indicators",
    "指标：每个单位的每项指标一行",
    f"indicator {TEXT} 指标编号",
    f"title {TEXT} 指标名称",
    f"head {TEXT} 所属方面",
    f"status {TEXT} 结果",
    f"score {NUMBER}? 得分",
    f"full_score {NUMBER}? 满分",
    f"bonus {NUMBER}? 加分",
    _EXACT_COLUMN,
    f"progress {TEXT} 完成情况",
    f"rule_hash {TEXT} 算法的指纹：相同就是同样的算法",
    f"place {COUNT}? 与同类单位比的名次",
)
PERIODS = _table(
    "periods",
    "时段：每项指标（或其中一部分）的每个时段一行",
    f"indicator {TEXT} 指标编号",
    f"part {TEXT} 部分的编号；没有分部分的与指标相同",
    f"label {TEXT} 时段，如 2024年",
    f"finished {YES} 时段是否已经过完",
    f"met {YES}? 是否达到；空的是还不能说",
    f"value {NUMBER}? 数值；是否类的 1 为是",
    f"numerator {NUMBER}? 比率的分子",
    f"denominator {NUMBER}? 比率的分母",
    _EXACT_COLUMN,
)
LOSSES = _table(
    "losses",
    "不足：没有达到的指标一行",
    f"indicator {TEXT} 指标编号",
    f"reason {TEXT} 差在哪里",
    f"cause {TEXT} 这个单位自己说的原因",
)
FIGURES = _table(
    "figures",
    "数据：每个单位的每个数、每个时段一行",
    f"figure {TEXT} 数据编号",
    f"title {TEXT} 名称",
    f"unit {TEXT} 计量单位",
    f"per {TEXT} 按什么时段",
    f"adds {YES} 各时段能否相加",
    f"label {TEXT}? 时段",
    f"value {NUMBER}? 数；空的是没有填",
    _EXACT_COLUMN,
)
EVIDENCE = _table(
    "evidence", "依据：每项指标所依据的单元格一行", f"indicator {TEXT} 指标编号", f"sheet {TEXT} 工作表", f"cell {TEXT}? 单元格"
)
RANK_VALUES = _table(
    "rank_values",
    "比名次的数：要与同类单位比的指标一行",
    f"indicator {TEXT} 指标编号",
    f"part {TEXT} 指标或部分的编号",
    f"label {TEXT} 时段",
    f"value {NUMBER} 用来比的数",
    _EXACT_COLUMN,
)
AWAITED_RESULTS = _table(
    "awaited_results",
    "等名次的结果：名次出来以后据此算分",
    f"number {COUNT} 序号",
    f"parent {COUNT}? 属于哪一行",
    f"role {TEXT} indicator 指标、part 部分、penalty 扣分、factor 系数",
    f"id {TEXT} 编号",
    f"status {TEXT}? 结果",
    f"value {NUMBER}? 系数所看的数",
    f"factor {NUMBER}? 系数",
    _EXACT_COLUMN,
)
AWAITED_PERIODS = _table(
    "awaited_periods",
    "等名次的结果的各个时段",
    f"number {COUNT} 属于 awaited_results 的哪一行",
    f"label {TEXT} 时段",
    f"finished {YES} 时段是否已经过完",
    f"met {YES}? 是否达到",
    f"value {NUMBER}? 数值",
    f"failed {YES} 是否因为出错不能算",
    f"open {YES} 是否还没有定",
    f"numerator {NUMBER}? 分子",
    f"denominator {NUMBER}? 分母",
    f"have {TEXT}? 有的，一行一个",
    f"lack {TEXT}? 缺的，一行一个",
    f"word {TEXT} 所填的词",
    f"ranked_value {NUMBER}? 用来比的数",
    _EXACT_COLUMN,
)
RESULT_TABLES = (COMMITTEES, HEADS, INDICATORS, PERIODS, LOSSES, FIGURES, EVIDENCE, RANK_VALUES, AWAITED_RESULTS, AWAITED_PERIODS)
FILES = _table(
    "files",
    "文件：这一次收到的每个文件一行",
    f"file {TEXT} 文件，从汇总的文件夹算起",
    f"sha256 {TEXT}? 文件的 SHA-256",
    f"unit {TEXT}? 单位名称，名单上有的按名单",
    f"state {TEXT} 计入、重复、待定、排除、不能汇总、跳过",
    f"note {TEXT}? 以哪一份为准，或者原因",
    f"campaign {COUNT}? 属于哪一次报送",
    "result BIGINT? 结果编号；比过名次的是比过以后的结果",
    "place BIGINT? 按总分的名次",
    f"tied {YES}? 名次是否并列",
    f"late {YES}? 是否迟报",
)
CAMPAIGNS = _table(
    "campaigns",
    "报送：这一次汇总的每个方案、每个阶段一行",
    f"campaign {COUNT} 编号",
    f"scheme {TEXT} 方案编号",
    f"scheme_title {TEXT} 方案名称",
    f"stage {TEXT} 报告阶段",
    "committees BIGINT 计入的单位数",
    f"last_day {DAY} 最晚的填报日期",
)
RUN_TABLES = (FILES, CAMPAIGNS)
"""What the last run has made of the files; every run writes them anew."""
BY_NAME = {table.name: table for table in RESULT_TABLES}
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


# Numbers


@lru_cache(maxsize=4096)
def _double(numerator: int, denominator: int) -> tuple[float, bool]:
    """Return the double nearest to a fraction, and whether it stands for that very fraction."""
    value = numerator / denominator
    return value, _of_double(value) == Fraction(numerator, denominator)


def _of_double(value: float) -> Fraction:
    return Fraction(int(value)) if value.is_integer() else Fraction(repr(value))


def _doubles(names: Sequence[str], values: Sequence[Value]) -> tuple[list[float | None], str | None]:
    """Return numbers as doubles, and what must be said beside them, or None."""
    doubles: list[float | None] = []
    said = []
    for name, value in zip(names, values, strict=True):
        if value is None:
            doubles.append(None)
        elif isinstance(value, bool):
            doubles.append(float(value))
            said.append(f"{name}={'yes' if value else 'no'}")
        else:
            double, same = _double(value.numerator, value.denominator)
            doubles.append(double)
            if not same:
                said.append(f"{name}={value.numerator}/{value.denominator}")
    return doubles, " ".join(said) if said else None


def exact_number(name: str, double: float | None, said: str | None) -> Value:
    """Return the number that a column of a row stands for; `said` is what its column `exact` says.

    Raises NotARecord where the two do not fit.
    """
    if double is None:
        return None
    if not math.isfinite(double):
        raise NotARecord(name)
    own = _said(said).get(name) if said else None
    if own is None:
        return _of_double(double)
    if float(own) != double:
        raise NotARecord(name)
    return own


@lru_cache(maxsize=1024)
def _said(text: str) -> dict[str, Fraction | bool]:
    values: dict[str, Fraction | bool] = {}
    for part in text[:2000].split(" "):
        found = _EXACT.fullmatch(part)
        if found is None:
            raise NotARecord("exact")
        name, truth, numerator, denominator = found.groups()
        values[name] = truth == "yes" if truth else Fraction(int(numerator), int(denominator))
    return values


def fraction(name: str, double: float | None, said: str | None) -> Fraction | None:
    """Return the number of a column that is never yes or no; raises NotARecord."""
    value = exact_number(name, double, said)
    if isinstance(value, bool):
        raise NotARecord(name)
    return value


def _sure(name: str, double: float, said: str | None) -> Fraction:
    value = fraction(name, double, said)
    if value is None:
        raise NotARecord(name)
    return value


# A record as rows


def tables_of(record: CommitteeRecord) -> CommitteeTables:
    """Return a record as rows of the tables."""
    results, periods = _basis_rows(record.basis) if record.basis else ([], [])
    rows: Rows = {
        COMMITTEES.name: [_committee_row(record)],
        HEADS.name: list(map(_head_row, record.heads)),
        INDICATORS.name: list(map(_indicator_row, record.indicators)),
        PERIODS.name: [_period_row(item.id, one) for item in record.indicators for one in item.periods],
        LOSSES.name: [(item.id, item.reason, item.cause) for item in record.indicators if item.reason or item.cause],
        FIGURES.name: [row for item in record.figures for row in _figure_rows(item)],
        EVIDENCE.name: [(item.id, *_sheet_and_cell(address)) for item in record.indicators for address in item.cells],
        RANK_VALUES.name: [row for item in record.indicators for row in _rank_rows(item)],
        AWAITED_RESULTS.name: results,
        AWAITED_PERIODS.name: periods,
    }
    return CommitteeTables(record.file, rows)


def _committee_row(record: CommitteeRecord) -> Row:
    (score, full, bonus), said = _doubles(("score", "full_score", "bonus"), (record.score, record.full, record.bonus))
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
    (score, full), said = _doubles(("score", "full_score"), (head.score, head.full))
    return head.id, head.title, head.status, score, full, said


def _indicator_row(item: IndicatorRecord) -> Row:
    points, said = _doubles(("score", "full_score", "bonus"), (item.score, item.full, item.bonus))
    return (item.id, item.title, item.head, item.status, *points, said, item.progress, item.rule_hash, item.place)


def _figure_rows(item: FigureRecord) -> Iterable[Row]:
    lead = item.id, item.title, item.unit, item.per, item.adds
    for label, value in item.values or ((None, None),):
        (double,), said = _doubles(("value",), (value,))
        yield (*lead, label, double, said)


def _sheet_and_cell(address: str) -> tuple[str, str | None]:
    sheet, mark, cell = address.rpartition("!")
    return (sheet, cell) if mark else (address, None)


def _period_row(indicator: str, item: PeriodRecord) -> Row:
    numbers = item.value, item.numerator, item.denominator
    (value, top, bottom), said = _doubles(("value", "numerator", "denominator"), numbers)
    return indicator, item.part, item.label, item.finished, item.met, value, top, bottom, said


def _rank_rows(item: IndicatorRecord) -> Iterable[Row]:
    for part, label, value in item.rank_values:
        (double,), said = _doubles(("value",), (value,))
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
        (value, factor), said = _doubles(("value", "factor"), (own.value, own.factor))
        results.append((len(results), None, "factor", own.id, None, value, factor, said))
    return results, periods


_PERIOD_NUMBERS = ("value", "numerator", "denominator", "ranked_value")


def _awaited_period(item: PeriodBasis) -> Row:
    (value, top, bottom, ranked), said = _doubles(_PERIOD_NUMBERS, (item.value, item.top, item.bottom, item.among))
    lists = "\n".join(item.have) or None, "\n".join(item.lack) or None
    return item.label, item.finished, item.met, value, item.failed, item.open, top, bottom, *lists, item.word, ranked, said


# Rows as a record


def record_of_rows(file: str, rows: Mapping[str, Sequence[Row]]) -> CommitteeRecord:
    """Return the record that rows of the tables stand for; of tables that are not given, it has nothing.

    Raises NotARecord for rows that no record gives.
    """
    try:
        return _record(file, rows)
    except NotARecord:
        raise
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise NotARecord(type(error).__name__) from error


def _record(file: str, rows: Mapping[str, Sequence[Row]]) -> CommitteeRecord:
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
        _sure("full_score", row["full_score"], row["exact"]),
        row["grade"],
        fraction("bonus", row["bonus"], row["exact"]),
        tuple(map(_head, rows.get(HEADS.name, ()))),
        _indicators(rows),
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
    for first, *others in rows:
        grouped.setdefault(first, []).append(tuple(others))
    return grouped


def _indicators(rows: Mapping[str, Sequence[Row]]) -> tuple[IndicatorRecord, ...]:
    periods, losses = _by_first(rows.get(PERIODS.name, ())), _by_first(rows.get(LOSSES.name, ()))
    cells, ranks = _by_first(rows.get(EVIDENCE.name, ())), _by_first(rows.get(RANK_VALUES.name, ()))
    items = []
    for name, title, head, status, score, full, bonus, said, progress, rule_hash, place in rows.get(INDICATORS.name, ()):
        ((reason, cause),) = losses.get(name, [("", "")])
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
                tuple((part, label, _sure("value", value, exact)) for part, label, value, exact in ranks.get(name, ())),
                tuple(f"{sheet}!{cell}" if cell is not None else sheet for sheet, cell in cells.get(name, ())),
                place,
                reason,
                cause,
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
            FactorBasis(name, exact_number("value", value, said), _sure("factor", factor, said))
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
