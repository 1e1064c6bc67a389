"""The package against an independent model of the rules, on random committees of both schemes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.reference import committees, model
from wuhao_report.evaluation.check import check_book
from wuhao_report.report.json_form import outcome_data
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.workbook.reader import RawBook, RawSheet


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "、".join(value)
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _book(data: dict[str, Any]) -> RawBook:
    sheets = []
    for sheet in find_scheme(data["scheme"]).sheets:
        if sheet.name in data.get("missing_sheets", ()):
            continue
        names = [column.name for column in sheet.columns if (sheet.name, column.name) not in data.get("missing_columns", ())]
        rows: list[list[Any]] = [[sheet.name], [""]]
        if sheet.form == "pairs":
            given = dict(data["profile"]) if sheet.use == "profile" else {}
            if sheet.use == "profile" and data.get("stated_empty"):
                given["无记录的表"] = tuple(data["stated_empty"])
            rows += [["项目", "内容"], *([name, _cell(given.get(name))] for name in names)]
        else:
            rows += [names, *([_cell(row.get(name)) for name in names] for row in data["sheets"].get(sheet.name, ()))]
        sheets.append(RawSheet(sheet.name, tuple(map(tuple, rows))))
    return RawBook("随机.xlsx", "0", tuple(sheets))


def _same(expected: Any, found: Any, where: str, exempt: frozenset[str]) -> None:
    if isinstance(expected, dict):
        for key, value in expected.items():
            if not (key == "evidence" and expected.get("id") in exempt):
                _same(value, found[key], f"{where}.{expected.get('id', '')}{key}", exempt)
    elif isinstance(expected, list):
        assert len(expected) == len(found), where
        for number, (one, other) in enumerate(zip(expected, found, strict=True)):
            _same(one, other, f"{where}[{number}]", exempt)
    elif isinstance(expected, bool | str | None.__class__):
        assert expected is found or expected == found, f"{where}: {expected!r} != {found!r}"
        assert isinstance(found, type(expected)), where
    else:
        assert float(expected) == pytest.approx(float(found), rel=1e-12, abs=1e-12), f"{where}: {expected!r} != {found!r}"


FEW = 20
"""Committees of one test: the whole run takes 120, the long one 600."""
LONG = pytest.mark.long


@pytest.mark.parametrize(
    "start",
    [
        0,
        *(pytest.param(start, marks=pytest.mark.slow) for start in range(FEW, 120, FEW)),
        *(pytest.param(start, marks=LONG) for start in range(120, 600, FEW)),
    ],
)
def test_every_status_value_and_score_agrees(start: int) -> None:
    for seed in range(start, start + 20):
        data = committees.generate(seed)
        _same(model.evaluate(data), outcome_data(check_book(_book(data))), f"seed {seed} ", frozenset())


@pytest.mark.parametrize(
    "start",
    [
        0,
        *(pytest.param(start, marks=pytest.mark.slow) for start in range(FEW, 60, FEW)),
        *(pytest.param(start, marks=LONG) for start in range(60, 300, FEW)),
    ],
)
def test_with_a_sheet_or_column_missing(start: int) -> None:
    for seed in range(start, start + 20):
        data = committees.drop_something(committees.generate(seed), seed)
        every = frozenset(indicator.id for scheme in model.SCHEMES.values() for indicator in scheme.indicators)
        _same(model.evaluate(data), outcome_data(check_book(_book(data))), f"seed {seed} ", every)


@pytest.mark.parametrize(
    "start",
    [
        0,
        *(pytest.param(start, marks=pytest.mark.slow) for start in range(FEW, 120, FEW)),
        *(pytest.param(start, marks=LONG) for start in range(120, 600, FEW)),
    ],
)
def test_with_tables_and_flags_left_blank(start: int) -> None:
    for seed in range(start, start + 20):
        data = committees.leave_blank(committees.generate(seed), seed)
        _same(model.evaluate(data), outcome_data(check_book(_book(data))), f"seed {seed} ", frozenset())


def test_the_committees_are_of_every_kind() -> None:
    found = [model.evaluate(committees.generate(seed)) for seed in range(120)]
    statuses = {item["status"] for result in found for good in result["goods"] for item in good["indicators"]}
    assert statuses == {"达标", "未达标", "缺数据", "进行中", "不适用"}
    assert len({result["stage"]["title"] for result in found if result["stage"]}) > 6
    assert {date.fromisoformat(result["as_of"]).year for result in found if result["as_of"]} >= {2018, 2019, 2021}
