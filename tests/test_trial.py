"""模拟测算: a draft over existing workbooks tells what would change, and writes nothing."""

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import SAMPLES, Run
from wuhao_report.scheme.excel.writer import to_toml
from wuhao_report.scheme.lookup import scheme_table
from wuhao_report.tools.trial import try_scheme

VILLAGE = "04_测试嘎查村_2024年自查.xlsx"
OTHER = "08_测试街道_年终自查_按分值.xlsx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "工作 簿"
    place.mkdir()
    for name in (VILLAGE, OTHER):
        shutil.copy(SAMPLES / name, place / name)
    (place / "坏.xlsx").write_bytes(b"PK no workbook")
    (place / "~$04.xlsx").write_bytes(b"")
    return place


def draft(tmp_path: Path, change: Any) -> str:
    table = scheme_table("village-2023")
    change({item["id"]: item for item in table["indicator"]}, table)
    path = tmp_path / "草案.toml"
    path.write_text(to_toml(table), encoding="utf-8")
    return str(path)


def test_a_draft_changes_what_it_touches_and_nothing_else(tmp_path: Path, folder: Path) -> None:
    """The sample has everything reached: four meetings a year instead of two, a sheet that nobody has, one new, one gone."""

    def change(items: Any, table: Any) -> None:
        items["1.2.1"]["target"]["at_least"] = 4
        table["sheet"].append(
            {
                "name": "家访",
                "form": "log",
                "roles": {"date": "日期"},
                "columns": [{"name": "日期", "type": "date", "required": True}],
            }
        )
        items["2.2.3"].update(measure={"kind": "count", "sheet": "家访"})
        table["indicator"].remove(items["4.3.1"])
        table["indicator"].append(
            {
                "id": "5.3.9",
                "title": "新指标",
                "per": "年",
                "measure": {"kind": "count", "sheet": "活动"},
                "target": {"at_least": 1},
            }
        )

    result = try_scheme(draft(tmp_path, change), folder)
    (trial,) = result.trials
    assert {(item.kind, item.id, item.before, item.after) for item in trial.changes} == {
        ("newly-failed", "1.2.1", "达标", "未达标"),
        ("other", "2.2.3", "达标", "进行中"),
        ("removed", "4.3.1", "达标", None),
        ("added", "5.3.9", None, "达标"),
    }
    assert trial.status == ("达标", "未达标")
    assert trial.score[0] == 100 > trial.score[1]
    assert [text for text in trial.missing if "家访" in text]
    assert {(item.workbook.name, item.code) for item in result.failed} == {(OTHER, "unknown-stage"), ("坏.xlsx", "damaged")}
    assert [path.name for path, _ in result.skipped] == ["~$04.xlsx"]
    assert [path.name for path in folder.iterdir() if path.name not in (VILLAGE, OTHER, "坏.xlsx", "~$04.xlsx")] == []


def test_a_draft_that_changes_nothing(tmp_path: Path, folder: Path) -> None:
    result = try_scheme(draft(tmp_path, lambda items, table: None), folder)
    assert result.trials[0].changes == ()
    assert result.counts() == []


def test_points_are_compared_by_their_share(tmp_path: Path, folder: Path) -> None:
    """5 points by all or nothing, 5 by one off for each short: the status stays, the share of the points moves."""
    shutil.copy(SAMPLES / "08_测试街道_年终自查_按分值.xlsx", folder)
    table = scheme_table("district-2026")
    next(item for item in table["indicator"] if item["id"] == "4.2")["award"] = {"kind": "deduct", "each": 1}
    path = tmp_path / "草案.toml"
    path.write_text(to_toml(table), encoding="utf-8")
    trial = next(item for item in try_scheme(str(path), folder).trials if item.scheme == "district-2026")
    assert [(item.kind, item.id, item.score) for item in trial.changes] == [("points", "4.2", (Fraction(5, 2), Fraction(4)))]
    assert trial.grade == ("优秀", "优秀")


def test_scheme_try_lists_what_would_change_and_accounts_for_every_file(tmp_path: Path, folder: Path, run: Run) -> None:
    path = draft(tmp_path, lambda items, table: items["1.2.1"]["target"].update(at_least=4))
    shown = run("scheme", "try", path, folder)
    assert shown.exit_code == 1
    assert "新增未达标 1 项：1.2.1 党支部专题例会" in shown.stdout
    assert "共 4 个文件：测算 1 个，不能测算 2 个，跳过 1 个。工作簿没有改动。" in shown.stdout
    data = json.loads(run("scheme", "try", path, folder, "--json").stdout)
    assert data["indicators"] == [
        {
            "id": "1.2.1",
            "title": "党支部专题例会",
            "newly-failed": 1,
            "newly-missing": 0,
            "newly-met": 0,
            "other": 0,
            "points": 0,
            "added": 0,
            "removed": 0,
        }
    ]
    assert len(data["workbooks"]) + len(data["failed"]) + len(data["skipped"]) == 4
    assert run("scheme", "try", path, tmp_path / "没有").exit_code == 2
    assert run("scheme", "try", "no-such", folder).exit_code == 2
