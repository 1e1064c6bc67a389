"""Small workbooks in the text form, and short ways to what a test wants to know."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from click.testing import Result

from wuhao_report.evaluation.check import Outcome, check_book
from wuhao_report.report.json_form import outcome_data
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.scheme.model import Scheme
from wuhao_report.scheme.read_scheme import parse_scheme
from wuhao_report.workbook.reader import RawBook, RawSheet
from wuhao_report.workbook.text_form import parse_book

Run = Callable[..., Result]
"""The command line in this process: its arguments → what came of it (the fixture `run`)."""
Golden = Callable[[str, str], None]
"""Compare a text with the golden file of that name (the fixture `golden`)."""
ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_workbooks"
GOLDEN = Path(__file__).parent / "golden"

COLLEGE = {
    "单位名称": "测试学院关工分委",
    "所属学校": "测试大学",
    "主送机关": "测试大学关工委",
    "创建起始年": 2017,
    "报告阶段": "中期评估",
    "填报日期": date(2018, 12, 20),
    "填报人": "李测试",
}
VILLAGE = {
    "单位名称": "测试嘎查村关工委",
    "主送机关": "测试乡关工委",
    "创建起始年": 2023,
    "报告阶段": "2024年自查",
    "填报日期": date(2024, 8, 20),
    "填报人": "李测试",
}
DISTRICT = {
    "单位名称": "测试街道关工委",
    "主送机关": "测试区关工委",
    "创建起始年": 2026,
    "报告阶段": "2026年终自查",
    "填报日期": date(2026, 12, 31),
    "填报人": "李测试",
}
DEMO = {
    "单位名称": "测试单位关工委",
    "主送机关": "测试市关工委",
    "创建起始年": 2024,
    "报告阶段": "终期自查",
    "填报日期": date(2026, 12, 31),
    "填报人": "李测试",
}
STATED = "无记录的表"
PROFILES = {"college-2017": COLLEGE, "village-2023": VILLAGE, "district-2026": DISTRICT, "demo-rules": DEMO}


def book(
    scheme: str | Scheme,
    profile: Mapping[str, Any] | None = None,
    without: Iterable[str] = (),
    version: int = 1,
    **sheets: str | list[list[Any]],
) -> RawBook:
    """A workbook of a scheme: the profile with changes, and rows for the sheets named; of the others it is stated that they have none.

    A profile with 无记录的表 states that itself (empty: nothing, and blank tables are unfilled). Rows are lists of cells from row 4 on, or lines of the text form without the row number.
    Tables have the columns of the first version of the scheme, or those up to `version`.
    """
    scheme = find_scheme(scheme) if isinstance(scheme, str) else scheme
    empty = [sheet.name for sheet in scheme.sheets if sheet.form in ("log", "roll") and not sheets.get(sheet.name)]
    values = {**PROFILES[scheme.id], STATED: "、".join(empty), **(profile or {})}
    found = []
    for sheet in scheme.sheets:
        if sheet.name in without or sheet.since > version:
            continue
        rows: list[list[Any]] = [[sheet.name], [""]]
        if sheet.form == "pairs":
            rows.append(["项目", "内容"])
            given = values if sheet.use == "profile" else {}
            rows += [[column.name, given.get(column.name, "")] for column in sheet.columns]
        else:
            columns = [column for column in sheet.columns if column.since <= version]
            rows.append([column.name + ("*" if column.required else "") for column in columns])
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


def judged_by(scheme: Scheme, profile: Mapping[str, Any] | None = None, **sheets: Any) -> Outcome:
    """The same for a scheme that stands in no file."""
    return check_book(book(scheme, profile, **sheets), scheme=scheme)


def changed(scheme_id: str, change: Callable[[dict[str, Any]], None]) -> Scheme:
    """A built-in scheme with its plain tables changed."""
    source = (ROOT / "wuhao_report" / "scheme" / "data" / f"{scheme_id}.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source, parse_float=Decimal)
    change(table)
    return parse_scheme(table, "0")


def indicator(found: Outcome, name: str) -> dict[str, Any]:
    """The JSON of one indicator."""
    for good in outcome_data(found)["goods"]:
        for item in (*good["indicators"], *good.get("bonuses", [])):
            if item["id"] == name:
                return dict(item)
    raise AssertionError(f"no indicator {name}: {[item.message for item in found.problems]}")


def values(found: Outcome, name: str) -> dict[str, Any]:
    """Label → value of the periods of an indicator."""
    return {item["label"]: item["value"] for item in indicator(found, name)["periods"]}


def met(found: Outcome, name: str) -> dict[str, Any]:
    return {item["label"]: item["met"] for item in indicator(found, name)["periods"]}


def codes(found: Outcome) -> list[tuple[str, str | None]]:
    """(code, place) of every problem that is not information."""
    return [(item.code, str(item.at) or None) for item in found.problems if item.level != "info"]
