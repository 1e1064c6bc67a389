"""An aggregate of which nothing has changed is told again, and not made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from tests.helpers import Run
from tests.test_store import filled
from wuhao_report.aggregate.gathering.intake import Intake
from wuhao_report.aggregate.gathering.unchanged import _place, inputs_key
from wuhao_report.core.options import Options

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "来件"
    filled(place, "东.xlsx", "测试东村")
    filled(place, "西.xlsx", "测试西村")
    return place


@pytest.fixture
def whole_runs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return a list that grows by one with every run that is not told from the last."""
    made: list[Any] = []
    gather = Intake.gather

    def counted(self: Intake) -> None:
        made.append(self)
        gather(self)

    monkeypatch.setattr(Intake, "gather", counted)
    return made


def test_it_says_the_same_and_touches_nothing(run: Run, folder: Path, whole_runs: list[Any]) -> None:
    first = run("aggregate", folder)
    times = {path: path.stat().st_mtime_ns for path in (folder / "汇总").iterdir()}
    second = run("aggregate", folder)
    assert (second.exit_code, second.stdout) == (first.exit_code, first.stdout)
    assert "没有重新生成" in second.stderr
    assert {path: path.stat().st_mtime_ns for path in (folder / "汇总").iterdir()} == times
    assert len(whole_runs) == 1


def test_the_json_is_always_made(run: Run, folder: Path, whole_runs: list[Any]) -> None:
    run("aggregate", folder)
    assert '"committees"' in run("aggregate", folder, "--json").stdout
    assert len(whole_runs) == 2


@pytest.mark.parametrize(
    "change",
    ["a workbook", "one more", "one less", "a report edited", "an output gone", "a roster", "another day", "what is kept"],
)
def test_whatever_has_changed_makes_a_whole_run(
    run: Run, folder: Path, whole_runs: list[Any], change: str, tmp_path: Path
) -> None:
    run("aggregate", folder)
    more: list[object] = []
    if change == "a workbook":
        filled(folder, "西.xlsx", "测试西村", meetings=False)
    elif change == "one more":
        filled(folder, "南.xlsx", "测试南村")
    elif change == "one less":
        (folder / "西.xlsx").unlink()
    elif change == "a report edited":
        report = docx.Document(str(folder / "汇总" / "汇总报告.docx"))
        report.paragraphs[0].text = "改过"
        report.save(str(folder / "汇总" / "汇总报告.docx"))
    elif change == "an output gone":
        (folder / "汇总" / "汇总看板.html").unlink()
    elif change == "a roster":
        book = openpyxl.Workbook()
        book.active.append(["单位名称"])
        book.active.append(["测试东村"])
        book.save(tmp_path / "名单.xlsx")
        more = ["--roster", tmp_path / "名单.xlsx"]
    elif change == "another day":
        more = ["--as-of", "2024-08-21"]
    else:
        _place(folder / "汇总").write_text('{"key": 1}')
    run("aggregate", folder, *more)
    assert len(whole_runs) == 2


def test_the_key_knows_schemes_of_ones_own(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def key() -> str:
        return inputs_key(folder, folder / "汇总", None, Options())

    before = key()
    monkeypatch.setenv("WUHAO_SCHEMES", str(tmp_path / "方案"))
    (tmp_path / "方案").mkdir()
    assert key() == before
    (tmp_path / "方案" / "甲.toml").write_text("id = 'x'")
    assert key() != before
