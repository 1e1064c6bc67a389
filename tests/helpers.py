"""Small workbooks in the text form, and short ways to what a test wants to know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from wuhao_report.pipeline import Outcome, check_book
from wuhao_report.scheme_read import find_scheme
from wuhao_report.textform import parse_book
from wuhao_report.workbook_in import RawBook, RawSheet

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_workbooks"
GOLDEN = Path(__file__).parent / "golden"

COLLEGE = {"单位名称": "测试学院关工分委", "所属学校": "测试大学", "主送机关": "测试大学关工委", "创建起始年": 2017, "报告阶段": "中期评估",
           "填报日期": date(2018, 12, 20), "填报人": "李测试"}
VILLAGE = {"单位名称": "测试嘎查村关工委", "主送机关": "测试乡关工委", "创建起始年": 2023, "报告阶段": "2024年自查",
           "填报日期": date(2024, 8, 20), "填报人": "李测试"}


def book(scheme_id: str, profile: Mapping[str, Any] | None = None, without: Iterable[str] = (), **sheets: str | list[list[Any]]) -> RawBook:
    """A workbook of a scheme: the profile with changes, and rows for the sheets named (others have a header alone).

    Rows are lists of cells from row 4 on, or lines of the text form without the row number.
    """
    scheme = find_scheme(scheme_id)
    values = {**(COLLEGE if scheme_id.startswith("college") else VILLAGE), **(profile or {})}
    found = []
    for sheet in scheme.sheets:
        if sheet.name in without:
            continue
        rows: list[list[Any]] = [[sheet.name], [""]]
        if sheet.form == "pairs":
            rows.append(["项目", "内容"])
            given = values if sheet.use == "profile" else {}
            rows += [[column.name, given.get(column.name, "")] for column in sheet.columns]
        else:
            rows.append([column.name + ("*" if column.required else "") for column in sheet.columns])
            rows += _rows(sheets.get(sheet.name, []))
        found.append(RawSheet(sheet.name, tuple(map(tuple, rows))))
    return RawBook("测试.xlsx", "0" * 64, tuple(found))


def _rows(given: str | list[list[Any]]) -> list[list[Any]]:
    if isinstance(given, list):
        return given
    lines = [line.strip() for line in given.strip().splitlines()]
    text = "[表]\n" + "\n".join(f"{number} | {line}" for number, line in enumerate(lines, 1))
    return [list(row) for row in parse_book(text).sheets[0].rows]


def judged(scheme_id: str, profile: Mapping[str, Any] | None = None, **sheets: Any) -> Outcome:
    return check_book(book(scheme_id, profile, **sheets))


def indicator(outcome: Outcome, name: str) -> dict[str, Any]:
    """The JSON of one indicator."""
    for good in outcome.as_data()["goods"]:
        for item in good["indicators"]:
            if item["id"] == name:
                return dict(item)
    raise AssertionError(f"no indicator {name}: {[item.message for item in outcome.problems]}")


def values(outcome: Outcome, name: str) -> dict[str, Any]:
    """Label → value of the periods of an indicator."""
    return {item["label"]: item["value"] for item in indicator(outcome, name)["periods"]}


def met(outcome: Outcome, name: str) -> dict[str, Any]:
    return {item["label"]: item["met"] for item in indicator(outcome, name)["periods"]}


def codes(outcome: Outcome) -> list[tuple[str, str | None]]:
    """(code, place) of every problem that is not information."""
    return [(item.code, str(item.at) or None) for item in outcome.problems if item.level != "info"]
