"""A folder of workbooks: only what has changed is made anew, and nothing that goes wrong costs more than its own line."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from tests.helpers import ROOT, SAMPLES
from wuhao_report.core.errors import SchemeError
from wuhao_report.core.options import Options
from wuhao_report.files import paths as files
from wuhao_report.files.lock import HOLDER, LOCK, FolderBusy, locked
from wuhao_report.files.paths import fitting
from wuhao_report.report.report import write_report
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.tools import batch
from wuhao_report.tools.batch import failure_of, record_of, run_batch

GOOD, OTHER = "04_测试嘎查村_2024年自查.xlsx", "01_测试学院_中期评估.xlsx"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("here")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "各 单位"
    place.mkdir()
    for name in (GOOD, OTHER):
        shutil.copy(SAMPLES / name, place)
    return place


def kept(result: Any) -> list[Any]:
    return sorted(item.workbook.name for item in result.unchanged)


def test_what_has_not_changed_is_not_made_again(folder: Path) -> None:
    first = run_batch(folder)
    assert len(first.reports) == 2
    written = {path: path.stat().st_mtime_ns for path in (folder / "报告").glob("*.docx")}
    second = run_batch(folder)
    assert (len(second.reports), kept(second)) == (0, sorted((OTHER, GOOD)))
    assert {path: path.stat().st_mtime_ns for path in (folder / "报告").glob("*.docx")} == written
    assert [
        {key: item[key] for key in ("status", "score", "errors")} | {"report": Path(item["report"]).name}
        for item in second.as_data()["reports"]
    ] == [
        {"status": "达标", "score": 100.0, "errors": 0, "report": "测试学院关工分委中期评估报告（中期评估，2018-12-20）.docx"},
        {"status": "达标", "score": 100.0, "errors": 0, "report": "测试嘎查村关工委自查报告（2024年自查，2024-08-20）.docx"},
    ]
    rows = list(openpyxl.load_workbook(second.listing)["生成结果"].iter_rows(min_row=3, values_only=True))
    assert [(row[2], row[4], row[5]) for row in rows] == [("没有改动", "达标", "100.00")] * 2
    assert len(run_batch(folder, again=True).reports) == 2


@pytest.mark.parametrize(
    "change",
    [
        "workbook",
        "report gone",
        "record gone",
        "record damaged",
        "record of a stranger",
        "other stage",
        "other template",
        "other scheme",
    ],
)
def test_whatever_a_report_is_made_of_brings_it_anew(folder: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run_batch(folder)
    outputs = folder / "报告"
    options = None
    if change == "workbook":
        book = openpyxl.load_workbook(folder / GOOD)
        book["基本信息"]["B5"] = "别的机关"
        book.save(folder / GOOD)
    elif change == "report gone":
        next(outputs.glob("测试嘎查村*.docx")).unlink()
    elif change == "record gone":
        record_of(outputs).unlink()
    elif change == "record damaged":
        record_of(outputs).write_bytes(b"\x00{")
    elif change == "record of a stranger":
        record_of(outputs).write_text(json.dumps({GOOD: {"report": "../../x", "sha256": [], "recipe": 1}, OTHER: []}))
    elif change == "other stage":
        options = Options(stage="2024年底自查")
    elif change == "other template":
        monkeypatch.setattr(batch.BatchRun, "_recipe_now", lambda *args: "another template")
    else:
        entry = json.loads(record_of(outputs).read_text())
        entry[GOOD]["scheme"] = "no-such"
        record_of(outputs).write_text(json.dumps(entry))
    result = run_batch(folder, options=options)
    assert GOOD in [path.name for path, _ in result.reports] + [item.workbook.name for item in result.failed]
    assert len(result.reports) + len(result.failed) + len(result.unchanged) == 2


def test_a_report_that_another_run_has_replaced_is_made_again(folder: Path) -> None:
    run_batch(folder)
    book = openpyxl.load_workbook(folder / GOOD)
    first = (folder / GOOD).read_bytes()
    book["会议"].delete_rows(5, 50)
    book.save(folder / GOOD)
    write_report(folder / GOOD)
    (folder / GOOD).write_bytes(first)
    assert [path.name for path, _ in run_batch(folder).reports] == [GOOD]


def test_a_list_of_problems_that_is_gone_comes_back(folder: Path) -> None:
    shutil.copy(SAMPLES / "06_练习学院_有填写错误.xlsx", folder)
    run_batch(folder)
    listed = next((folder / "报告").glob("*核对清单.xlsx"))
    listed.unlink()
    run_batch(folder)
    assert listed.exists()


@pytest.mark.parametrize("record", ["there", "gone"])
def test_a_report_that_somebody_has_gone_on_writing_in_stays(record: str, folder: Path) -> None:
    run_batch(folder)
    report = next((folder / "报告").glob("测试嘎查村*.docx"))
    document = docx.Document(str(report))
    document.paragraphs[0].add_run("改过")
    document.save(str(report))
    edited = report.read_bytes()
    if record == "gone":
        record_of(folder / "报告").unlink()
    result = run_batch(folder)
    assert kept(result) == (sorted((OTHER, GOOD)) if record == "there" else [])
    again = run_batch(folder, again=True)
    assert report.read_bytes() == edited
    assert any("已被人修改过" in note for _, written in again.reports for note in written.notes)


def test_the_list_of_results(folder: Path) -> None:
    (folder / "坏.xlsx").write_bytes(b"junk")
    (folder / "~$坏.xlsx").write_bytes(b"owner")
    result = run_batch(folder)
    rows = list(openpyxl.load_workbook(result.listing)["生成结果"].iter_rows(min_row=3, values_only=True))
    assert [(row[1], row[2]) for row in rows] == [("坏.xlsx", "失败"), (OTHER, "已生成"), (GOOD, "已生成"), ("~$坏.xlsx", "跳过")]
    assert rows[0][8] == "文件“坏.xlsx”不是 Excel 工作簿（看上去是文本文件或 CSV）。"
    assert rows[1][3:6] == ("测试学院关工分委中期评估报告（中期评估，2018-12-20）.docx", "达标", "100.00")
    assert rows[3][8] == "Excel、WPS 打开文件时产生的临时文件；同名的工作簿可能还开着，请先保存、关闭"
    again = run_batch(folder, folder / "别处")
    assert "生成结果.xlsx" not in [failure.workbook.name for failure in again.failed]


def test_a_full_disk_stops_the_run_and_every_file_is_accounted_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "坏.xlsx").write_bytes(b"junk")

    def full(source: Any, target: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "_replace", full)
    result = run_batch(folder)
    assert result.stopped.startswith("磁盘已满")
    assert len(result.failed) == 3
    assert not list((folder / "报告").glob("*.docx"))
    assert not list((folder / "报告").glob("*.tmp"))


def test_a_disk_that_fills_up_half_way_takes_no_record_either(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = files._replace

    def soon_full(source: Any, target: Any) -> None:
        if target.name.startswith("测试嘎查村") or target == record_of(folder / "报告"):
            raise OSError(errno.ENOSPC, "No space left on device")
        plain(source, target)

    monkeypatch.setattr(files, "_replace", soon_full)
    result = run_batch(folder)
    assert result.stopped.startswith("磁盘已满")
    assert (len(result.reports), len(result.failed)) == (1, 1)


def test_the_second_run_is_told_who_is_at_work(folder: Path) -> None:
    with locked(folder / "报告"), pytest.raises(FolderBusy, match=f"另一个窗口正在往“报告”里生成文件（进程 {os.getpid()}）"):
        run_batch(folder)
    assert len(run_batch(folder).reports) == 2
    assert (folder / "报告" / LOCK).read_bytes() == b""
    assert not (folder / "报告" / HOLDER).exists()


def test_a_lock_that_a_dead_run_left_is_no_hindrance(folder: Path) -> None:
    (folder / "报告").mkdir()
    (folder / "报告" / LOCK).write_bytes(b"")
    (folder / "报告" / HOLDER).write_text("not json")
    assert len(run_batch(folder).reports) == 2


def test_an_interrupt_leaves_whole_files_and_a_record(tmp_path: Path) -> None:
    place = tmp_path / "许多"
    place.mkdir()
    for number in range(40):
        shutil.copy(SAMPLES / GOOD, place / f"{number:02}.xlsx")
    process = subprocess.Popen(
        [sys.executable, "-m", "wuhao_report", "batch", str(place), "--jobs", "1"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A suite that runs in the background of a shell has been told to ignore the interrupt, and hands that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    outputs = place / "报告"
    until = time.monotonic() + 60
    while time.monotonic() < until and len(list(outputs.glob("*.docx"))) < 3:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "已停止" in told.decode()
    made = list(outputs.glob("*.docx"))
    assert 3 <= len(made) < 40
    assert not list(outputs.glob("*.tmp"))
    for path in made:
        import zipfile

        assert zipfile.ZipFile(path).testzip() is None
    result = run_batch(place)
    assert len(result.unchanged) >= 3
    assert len(result.unchanged) + len(result.reports) == 40


def test_pipes_devices_and_links_are_passed_over(folder: Path) -> None:
    os.mkfifo(folder / "管道.xlsx")
    (folder / "链接.xlsx").symlink_to("/dev/zero")
    (folder / "外面").symlink_to(SAMPLES, target_is_directory=True)
    result = run_batch(folder)
    assert {path.name: reason for path, reason in result.skipped} == {
        "管道.xlsx": "不是普通文件",
        "链接.xlsx": "是指向别处的链接",
    }
    assert len(result.reports) == 2


def test_a_worker_that_is_lost_costs_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    shutil.copy(SAMPLES / GOOD, folder / "99.xlsx")
    lost = []

    def call(self: Any, function: Any, paths: Any) -> Any:
        from wuhao_report.sandbox.call import Lost

        if GOOD in [path.name for path in paths]:
            lost.append(paths)
            raise Lost("memory")
        return function(paths)

    monkeypatch.setattr("wuhao_report.sandbox.call.Worker.start", lambda self, *modules: None)
    monkeypatch.setattr("wuhao_report.sandbox.call.Worker.run", call)
    result = run_batch(folder)
    assert lost
    assert [(item.workbook.name, item.code) for item in result.failed] == [(GOOD, "too-large")]
    assert result.failed[0].message == f"文件“{GOOD}”过大或压缩异常，为安全起见未读取。"
    assert len(result.reports) == 2


def test_long_paths_are_shortened_in_the_middle() -> None:
    folder = Path("/" + "甲" * 100)
    path = folder / f"{'乙' * 60}自查报告（2024年自查，2024-08-20）.docx"
    short = fitting(path, 140)
    assert len(str(short)) == 140
    assert short.name.endswith("2024-08-20）.docx")
    assert short.name.startswith("乙")
    assert fitting(path, 140) != fitting(folder / f"{'乙' * 61}自查报告（2024年自查，2024-08-20）.docx", 140)
    assert fitting(path, 500) == path
    assert fitting(path, 0) == path
    with pytest.raises(OSError, match="too long"):
        fitting(path, 110)


def test_a_scheme_of_ones_own_brings_reports_anew_when_it_changes(folder: Path, tmp_path: Path) -> None:
    source = (ROOT / "wuhao_report" / "scheme" / "data" / "village-2023.toml").read_text(encoding="utf-8")
    own = tmp_path / "自己的.toml"
    own.write_text(source, encoding="utf-8")
    (folder / OTHER).unlink()
    assert len(run_batch(folder, options=Options(scheme=str(own))).reports) == 1
    assert len(run_batch(folder, options=Options(scheme=str(own))).unchanged) == 1
    own.write_text(source.replace('version = "2"', 'version = "3"', 1), encoding="utf-8")
    assert find_scheme(str(own)).version == "3"
    assert len(run_batch(folder, options=Options(scheme=str(own))).reports) == 1


def test_a_failure_keeps_the_words_of_an_error_beside_its_problem(tmp_path: Path) -> None:
    scheme = failure_of(tmp_path / "甲.xlsx", SchemeError.one("甲不对"))
    assert (scheme.code, scheme.message, scheme.problem.message) == ("broken-scheme", "甲不对。", "指标体系有误：甲不对。")
    unforeseen = failure_of(tmp_path / "甲.xlsx", KeyError("甲"))
    assert (unforeseen.code, unforeseen.message) == ("unforeseen", "处理时遇到没有预料到的问题（KeyError）。")
