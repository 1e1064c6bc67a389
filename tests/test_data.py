"""The tables of an aggregate for everybody: exported, queried as docs/数据.md says, and taken in as history from elsewhere."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.helpers import ROOT, SAMPLES, Run
from tests.rolled import aggregate
from tests.test_store import filled, stored_by, stored_by_0_4
from wuhao_report.aggregate.storage.database import Place, opened
from wuhao_report.aggregate.storage.store import NAME
from wuhao_report.core.errors import UnreadableWorkbook
from wuhao_report.core.options import Export, Wanted

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("here")]
TABLES = ["campaigns", "committees", "evidence", "figures", "files", "heads", "indicators", "losses", "periods"]
GAPS = "02_示例学院_全面自查_有差距.xlsx"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "来件"
    place.mkdir()
    for name in ("01_测试学院_中期评估.xlsx", GAPS, "09_演示单位_二十种规则.xlsx"):
        shutil.copy(SAMPLES / name, place)
    filled(place, "公式.xlsx", "-1测试村")
    (place / "坏.xlsx").write_bytes(b"junk")
    return place


def exported(folder: Path, kind: Export) -> tuple[dict[str, Any], Path]:
    data, _ = aggregate(folder, wanted=Wanted(export=kind))
    return data, folder / "汇总" / "数据"


def test_parquet_holds_what_the_json_says(folder: Path) -> None:
    data, place = exported(folder, "parquet")
    assert sorted(path.stem for path in place.iterdir()) == TABLES
    rows = {row["unit"]: row for group in data["groups"] for row in group["committees"]}
    with duckdb.connect() as database:
        units = database.execute(
            "SELECT unit, status, score FROM read_parquet(?)", (str(place / "committees.parquet"),)
        ).fetchall()
        assert {unit: (status, score) for unit, status, score in units} == {
            unit: (row["status"], row["score"]) for unit, row in rows.items()
        }
        counted = database.execute(
            "SELECT c.unit, i.indicator, i.status, i.score FROM read_parquet(?) i JOIN read_parquet(?) c USING (result)",
            (str(place / "indicators.parquet"), str(place / "committees.parquet")),
        ).fetchall()
    assert sorted(counted) == sorted(
        (unit, item["id"], item["status"], item["score"]) for unit, row in rows.items() for item in row["indicators"]
    )


def test_csv_opens_in_a_spreadsheet_and_runs_nothing_there(folder: Path) -> None:
    _, place = exported(folder, "csv")
    assert sorted(path.stem for path in place.iterdir()) == TABLES
    assert (place / "committees.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (place / "committees.csv").open(encoding="utf-8-sig", newline="") as stream:
        units = {row["unit"] for row in csv.DictReader(stream)}
    assert "'-1测试村" in units
    cells = [
        cell
        for path in place.iterdir()
        for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines())
        for cell in row
        if re.match(r"[=+@-]", cell) and not re.fullmatch(r"-?[0-9.]+(e-?[0-9]+)?", cell)
    ]
    assert cells == []


def test_sqlite_has_the_same_tables(folder: Path) -> None:
    data, place = exported(folder, "sqlite")
    with closing(sqlite3.connect(place / "结果.sqlite")) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master ORDER BY name")]
        assert names == TABLES
        assert database.execute("SELECT count(*) FROM committees").fetchone() == (data["files"]["counted"],)
        assert database.execute("SELECT report_date FROM committees WHERE unit LIKE '-1%'").fetchone() == ("2024-08-20",)
        assert database.execute("SELECT state, count(*) FROM files GROUP BY state ORDER BY state").fetchall() == [
            ("不能汇总", 1),
            ("计入", 4),
        ]


def test_the_command_writes_the_tables(run: Run, folder: Path) -> None:
    done = run("aggregate", folder, "--export", "csv", "--json")
    assert (folder / "汇总" / "数据" / "files.csv").exists()
    assert "数据/files.csv" in json.loads(done.stdout)["written"]


def queries() -> list[tuple[str, str]]:
    text = (ROOT / "docs" / "数据.md").read_text(encoding="utf-8")
    return re.findall(r"### (.+?)\n.*?```sql\n(.+?)```", text, re.DOTALL)


def test_the_document_has_five_queries() -> None:
    assert len(queries()) == 5


@pytest.mark.parametrize(("title", "query"), queries(), ids=[title for title, _ in queries()])
def test_every_query_of_the_document_runs_on_a_store_and_on_sqlite(title: str, query: str, folder: Path) -> None:
    """With the same answer from both; and something is found in these samples, among which one has gaps."""
    _, place = exported(folder, "sqlite")
    with duckdb.connect(str(folder / "汇总" / NAME), read_only=True) as database:
        answer = database.execute(query).fetchall()
    assert answer, title
    with closing(sqlite3.connect(place / "结果.sqlite")) as other:
        found = other.execute(query).fetchall()
    assert [tuple(map(rounded, row)) for row in found] == [tuple(map(rounded, row)) for row in answer]


def rounded(value: Any) -> Any:
    return round(value, 6) if isinstance(value, float) else value.isoformat() if isinstance(value, date) else value


# History from elsewhere


def later(tmp_path: Path) -> Path:
    place = tmp_path / "次年"
    filled(place, "村.xlsx", "测试嘎查村关工委", date(2025, 7, 18), "验收自查", meetings=False)
    return place


@pytest.mark.parametrize("version", ["0.4", "表4", "now"])
def test_another_store_tells_what_has_changed(tmp_path: Path, version: str) -> None:
    if version != "now":
        history = stored_by(version, tmp_path / "去年")
    else:
        (tmp_path / "去年").mkdir()
        shutil.copy(SAMPLES / "04_测试嘎查村_2024年自查.xlsx", tmp_path / "去年")
        history = aggregate(tmp_path / "去年")[1].folder / NAME
    before = history.read_bytes()
    data, _ = aggregate(later(tmp_path), wanted=Wanted(history=history))
    earlier = data["groups"][0]["committees"][0]["earlier"]
    assert (earlier["report_date"], earlier["status"]) == ("2024-08-20", "达标")
    assert history.read_bytes() == before
    again, _ = aggregate(tmp_path / "次年")
    assert again["groups"][0]["committees"][0]["earlier"] == earlier


def test_results_are_not_lost_by_another_folder_of_outputs(tmp_path: Path) -> None:
    place = later(tmp_path)
    aggregate(place, wanted=Wanted(history=stored_by_0_4(tmp_path / "去年")))
    data, result = aggregate(place, tmp_path / "别处")
    assert data["groups"][0]["committees"][0]["earlier"]["status"] == "达标"
    assert "以前的结果取自“汇总/结果库.duckdb”。" in result.notes


@pytest.mark.parametrize("content", [b"", b"junk" * 5000])
def test_what_is_no_store_is_no_history(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "库.duckdb").write_bytes(content)
    with pytest.raises(UnreadableWorkbook) as found:
        aggregate(later(tmp_path), wanted=Wanted(history=tmp_path / "库.duckdb"))
    assert found.value.problem.code == "history-unusable"


def test_the_command_says_that_a_history_is_none(run: Run, tmp_path: Path) -> None:
    (tmp_path / "库.duckdb").write_bytes(b"junk" * 5000)
    done = run("aggregate", later(tmp_path), "--history", tmp_path / "库.duckdb")
    assert done.exit_code == 2
    assert "以前的结果库“库.duckdb”读不了" in done.stderr


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('{file}')",
        "FROM read_csv('{file}')",
        "COPY (SELECT 1) TO '{file}'",
        "ATTACH '{file}'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
    ],
)
def test_an_open_store_reads_and_writes_nothing_else(tmp_path: Path, query: str) -> None:
    secret = tmp_path / "别的.csv"
    secret.write_text("a,b\n")
    (tmp_path / "room").mkdir()
    with opened(Place(tmp_path / NAME, tmp_path / "room"), False) as database, pytest.raises(duckdb.Error):
        database.execute(query.format(file=secret)).fetchall()
    assert secret.read_text() == "a,b\n"
