"""The promises to those who open what comes by mail: one test at least for each kind of hazard, and that none is forgotten."""

import errno
import html
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.helpers import ROOT, SAMPLES, Run
from tests.hostile import HOSTILE
from tests.packs import texts_of
from wuhao_report.files import paths as files
from wuhao_report.files.paths import write_atomically, write_beside
from wuhao_report.report.chinese_style import natural_order
from wuhao_report.report.report import write_report
from wuhao_report.scheme.lookup import find_scheme
from wuhao_report.tools.blank_workbook import new_workbook

pytestmark = pytest.mark.slow

GOOD, MISTAKES = SAMPLES / "04_测试嘎查村_2024年自查.xlsx", SAMPLES / "06_练习学院_有填写错误.xlsx"
IDENTITY, PHONE, SECRET = "110105194912310021", "13812345678", "绝密暗号甲乙丙"

PROMISES = {
    "native crash, panic, abort": [
        "test_sandbox.test_a_process_that_is_lost_says_why",
        "test_batch.test_a_worker_that_is_lost_costs_one_line",
        "hostile 01",
    ],
    "zip bomb, huge sheet": ["hostile 01"],
    "huge dimension, far cell": ["hostile 03", "test_forgiving.test_a_far_cell_is_left_out_and_named"],
    "XML entities": ["hostile 04"],
    "encrypted": ["hostile 05", "test_forgiving.test_excels_own_password_opens_and_any_other_is_said"],
    "wrong type behind the name": ["hostile 06"],
    "truncated": ["hostile 07", "test_fuzz.test_every_mutant_is_answered"],
    "strict OOXML": ["hostile 08", "test_forgiving.test_what_other_programs_write_reads_the_same"],
    "other programs, UTF-16": ["hostile 09", "test_forgiving.test_the_older_format_is_read_whatever_its_name"],
    "silent wrong values": ["hostile 10", "test_workbook.test_two_engines_find_the_same_cells"],
    "control characters": ["hostile 11"],
    "markup in texts": ["hostile 12", "test_hostile.test_a_hostile_name_goes_into_the_report_letter_for_letter_and_nowhere_else"],
    "Jinja in texts": ["hostile 13", "test_report.test_templates_run_no_code_and_print_no_none"],
    "formula injection": ["hostile 14", "test_hazards.test_no_text_becomes_a_formula_in_any_list"],
    "over-long text": ["hostile 15", "test_hazards.test_a_long_text_is_cut_with_a_mark"],
    "names as paths": ["hostile 16", "test_cli.test_any_unit_makes_a_safe_file_name"],
    "MAX_PATH": ["test_batch.test_long_paths_are_shortened_in_the_middle"],
    "look-alike names": ["test_hazards.test_one_name_in_two_forms_is_one_file"],
    "links, devices, pipes": [
        "test_batch.test_pipes_devices_and_links_are_passed_over",
        "test_hazards.test_a_device_or_a_pipe_is_never_opened",
    ],
    "temporary files": ["test_batch.test_the_list_of_results"],
    "output open elsewhere": [
        "test_report.test_a_report_open_in_word_is_left_alone",
        "test_hazards.test_a_file_held_by_word_is_tried_again_then_numbered",
    ],
    "disk full, read-only": [
        "test_hazards.test_a_write_that_fails_anywhere_leaves_the_old_file_whole",
        "test_batch.test_a_full_disk_stops_the_run_and_every_file_is_accounted_for",
    ],
    "two runs at once": [
        "test_batch.test_the_second_run_is_told_who_is_at_work",
        "test_batch.test_a_lock_that_a_dead_run_left_is_no_hindrance",
    ],
    "partial failure, resume": [
        "test_batch.test_what_has_not_changed_is_not_made_again",
        "test_batch.test_an_interrupt_leaves_whole_files_and_a_record",
    ],
    "privacy": [
        "test_hazards.test_no_canary_is_found_where_it_has_no_business",
        "test_hazards.test_no_canary_is_found_in_what_an_administrator_gets",
        "test_sandbox.test_what_nobody_thought_of_comes_without_its_text",
    ],
    "console encodings": ["test_hazards.test_a_chinese_console_prints_everything"],
    "batch files": ["test_double_click.test_batch_files_are_plain_bytes", "test_wine.test_a_double_click_reports_on_the_folder"],
    "macros, links, objects": ["hostile 28", "test_forgiving.test_macros_and_links_are_said_and_never_run"],
    "templates": ["test_report.test_what_is_no_template", "test_cli.test_a_template_that_is_wrong_writes_nothing"],
    "thousands of everything": ["hostile 30"],
    "sheet names": ["hostile 31", "test_forgiving.test_a_sheet_with_a_number_in_front_is_the_same_sheet"],
    "paths inside the package": ["hostile 32"],
}


@pytest.mark.parametrize("hazard", PROMISES)
def test_every_hazard_has_its_tests(hazard: Any) -> None:
    for name in PROMISES[hazard]:
        if name.startswith("hostile "):
            assert any(kind.startswith(name.removeprefix("hostile ")) for kind in HOSTILE), name
        else:
            module, test = name.split(".")
            assert f"def {test}(" in (ROOT / "tests" / f"{module}.py").read_text(encoding="utf-8"), name


# Writing

STEPS = ("open", "fdopen", "write", "flush", "fsync", "chmod", "replace")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_write_that_fails_anywhere_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: Any, number: Any
) -> None:
    """At each step in turn: the file there is as it was, and nothing is left beside it."""
    target = tmp_path / "报告.docx"
    target.write_bytes(b"old")

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError(number, os.strerror(number))

    if step in ("write", "flush"):
        opened = os.fdopen

        class Stream:
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                self.stream = opened(*args, **kwargs)

            def __enter__(self) -> Any:
                return self

            def __exit__(self, *args: Any) -> None:
                self.stream.close()

            def __getattr__(self, name: Any) -> Any:
                return fail if name == step else getattr(self.stream, name)

        monkeypatch.setattr(os, "fdopen", Stream)
    else:
        monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match=re.escape(os.strerror(number))):
        write_atomically(target, b"new")
    monkeypatch.undo()
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["报告.docx"]
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"


def test_long_numbers_of_evidence_are_not_kept() -> None:
    """Names of 30,000 characters that a workbook of somebody brings along take no memory once it is done."""
    tracemalloc.start()
    try:
        for number in range(100):
            natural_order(f"{number}" + "a1" * 15_000)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2**20


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_at_any_line_leaves_no_file_behind(tmp_path: Path) -> None:
    """Ctrl+C before each line in turn, in our code and in the library's: the old file or the new one, and nothing beside it.

    Python warns of the file that it closes by itself, where the interrupt comes between opening and its `with`.
    """
    target = tmp_path / "报告.docx"

    def interrupted_before(line: int) -> bool:
        left = line

        def trace(frame: Any, event: str, argument: Any) -> Any:
            nonlocal left
            if event == "line":
                left -= 1
                if left == 0:
                    raise KeyboardInterrupt
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            write_atomically(target, b"new")
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(before)
        return False

    line = 1
    target.write_bytes(b"old")
    while interrupted_before(line):
        assert [path.name for path in tmp_path.iterdir()] == ["报告.docx"], line
        assert target.read_bytes() in (b"old", b"new")
        target.write_bytes(b"old")
        line += 1
    assert line > 20
    assert target.read_bytes() == b"new"


def test_a_file_held_by_word_is_tried_again_then_numbered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows a file that is open cannot be replaced: some tries, then a name beside it, and no work lost."""
    target = tmp_path / "报告.docx"
    target.write_bytes(b"mine")
    tries: list[str] = []
    waited: list[float] = []
    plain = os.replace

    def held(source: Any, to: Any) -> None:
        tries.append(Path(to).name)
        if Path(to) == target:
            raise PermissionError(errno.EACCES, "in use")
        plain(source, to)

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(time, "sleep", waited.append)
    monkeypatch.setattr(os, "replace", held)
    path, note = write_beside(target, b"new", lambda data: True)
    monkeypatch.undo()
    assert path.name == "报告 (2).docx"
    assert note == "“报告.docx”正被其他程序使用，新文件另存为“报告 (2).docx”。"
    assert 4 <= tries.count("报告.docx") <= 10
    assert 0.5 < sum(waited) < 5
    assert (target.read_bytes(), path.read_bytes()) == (b"mine", b"new")
    assert len(list(tmp_path.iterdir())) == 2


def test_one_name_in_two_forms_is_one_file() -> None:
    decomposed = "Ame\u0301lie 测试"
    assert files.safe_name(decomposed, ".docx") == files.safe_name("Am\u00e9lie 测试", ".docx")


# Reading


@pytest.mark.parametrize("command", ["check", "report"])
def test_a_device_or_a_pipe_is_never_opened(tmp_path: Path, command: str) -> None:
    os.mkfifo(tmp_path / "管道.xlsx")
    for path in ("/dev/zero", tmp_path / "管道.xlsx"):
        done = subprocess.run(
            [sys.executable, "-m", "wuhao_report", command, str(path), "--json"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=20,
        )
        assert done.returncode == 2
        assert [item["code"] for item in json.loads(done.stdout)["problems"]] == ["not-a-file"]


# What is written of hostile texts


def test_no_text_becomes_a_formula_in_any_list(run: Run, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(new_workbook(find_scheme("college-2017"), "测试学院关工分委")))
    for row in book["基本信息"].iter_rows(min_row=4):
        if row[0].value.startswith(("报告阶段", "填报日期")):
            row[1].value = "中期评估" if row[0].value.startswith("报告") else "2018-12-20"
    for cell, text in (("A4", "=cmd|' /C calc'!A0"), ("B4", '=HYPERLINK("http://x")'), ("C4", "@SUM(1)")):
        book["会议"][cell] = text
        book["会议"][cell].data_type = "s"
    path = tmp_path / "=1+1.xlsx"
    book.save(path)
    run("batch", tmp_path)
    run("check", path, "--annotate", tmp_path / "批注.xlsx")
    run("upgrade", path, "-o", tmp_path / "新.xlsx")
    written = [*(tmp_path / "报告").glob("*.xlsx"), tmp_path / "批注.xlsx", tmp_path / "新.xlsx"]
    assert len(written) == 4
    for made in written:
        for page in openpyxl.load_workbook(made):
            assert [cell.coordinate for row in page.iter_rows() for cell in row if cell.data_type == "f"] == []


def test_a_long_text_is_cut_with_a_mark() -> None:
    from wuhao_report.core.text import LONGEST_CELL
    from wuhao_report.files.listing import listing

    data = listing("表", "题", (("甲", 10),), [("字" * 40_000,)], "甲", "2020-01-01T00:00:00Z")
    text = openpyxl.load_workbook(io.BytesIO(data))["表"]["A3"].value
    assert text == "字" * LONGEST_CELL + "……（过长，已截短）"


# Privacy


@pytest.fixture
def told(tmp_path: Path) -> Any:
    """A workbook whose people have numbers and whose cells hold a secret, some of them in the wrong place."""
    folder = tmp_path / "来件"
    folder.mkdir()
    book = openpyxl.load_workbook(MISTAKES)
    people = book["五老名册"]
    phone = next(cell.column for cell in people[3] if cell.value == "联系电话")
    for row in range(4, 12):
        people.cell(row, phone).value = PHONE
    book["会议"]["A5"] = f"昨天{IDENTITY}"
    book["会议"]["B6"] = SECRET
    book.create_sheet("私人")["A1"] = SECRET
    book.save(folder / "甲.xlsx")
    return folder


def everything(folder: Path) -> Iterator[Any]:
    """All texts of all files below a folder, packages unpacked."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.name.encode()
            data = path.read_bytes()
            yield path, data
            if data.startswith(b"PK"):
                with zipfile.ZipFile(io.BytesIO(data)) as package:
                    for name in package.namelist():
                        yield path, package.read(name)


def holders(folder: Path, canary: Any) -> list[Any]:
    """The files in which it stands, also where characters are written as references."""
    return sorted({path.name for path, data in everything(folder) if canary in html.unescape(data.decode("utf-8", "replace"))})


def test_no_canary_is_found_where_it_has_no_business(told: Any, tmp_path: Path) -> None:
    outputs, scratch = tmp_path / "输出", tmp_path / "临时"
    scratch.mkdir()
    environment = {**os.environ, "TMPDIR": str(scratch)}
    wuhao = [sys.executable, "-m", "wuhao_report"]
    done = subprocess.run(
        [*wuhao, "batch", str(told), "-o", str(outputs)], cwd=ROOT, capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    listed = next(path.name for path in outputs.iterdir() if "核对清单" in path.name)
    # What stands in a faulty cell is shown to her who can mend it, and to nobody else.
    assert holders(outputs, IDENTITY) == [listed]
    assert holders(outputs, SECRET) == [listed]
    assert holders(outputs, PHONE) == []
    for text in (done.stdout, done.stderr):
        assert IDENTITY not in text
        assert SECRET not in text
        assert PHONE not in text
    assert list(scratch.rglob("*")) == []
    shown = subprocess.run([*wuhao, "check", str(told / "甲.xlsx")], cwd=ROOT, capture_output=True, text=True, env=environment)
    assert SECRET in shown.stdout
    assert PHONE not in shown.stdout
    assert "Traceback" not in shown.stderr


def test_no_canary_is_found_in_what_an_administrator_gets(told: Any, tmp_path: Path) -> None:
    """Table, report, page, reminder, pack, store, and what is printed; the masked copy has neither a number nor a person of the roll."""
    outputs = tmp_path / "汇总"
    book = openpyxl.load_workbook(told / "甲.xlsx")
    people = {row[0] for row in book["五老名册"].iter_rows(min_row=4, values_only=True) if row[0]}
    assert len(people) > 10
    wuhao = [sys.executable, "-m", "wuhao_report"]
    done = subprocess.run(
        [*wuhao, "aggregate", str(told), "-o", str(outputs), "--json"], cwd=ROOT, capture_output=True, text=True
    )
    assert json.loads(done.stdout)["files"]["counted"] == 1, done.stderr
    shown = subprocess.run([*wuhao, "aggregate", str(told), "-o", str(outputs)], cwd=ROOT, capture_output=True, text=True)
    written = [data for _, data in everything(outputs)]
    written += [texts_of(path.read_bytes()).encode() for path in outputs.glob("*.wuhao")]
    with duckdb.connect(str(outputs / "结果库.duckdb"), read_only=True) as store:
        tables = [name for (name,) in store.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        kept = {name: store.execute(f"FROM {name}").fetchall() for name in tables}
    assert len(kept["committees"]) == 1
    written += [str(kept).encode()]
    texts = [html.unescape(data.decode("utf-8", "replace")) for data in written] + [
        done.stdout,
        done.stderr,
        shown.stdout,
        shown.stderr,
    ]
    for canary in (IDENTITY, PHONE, SECRET, *people):
        assert [text[:60] for text in texts if canary in text] == [], canary
    masked = tmp_path / "遮盖"
    masked.mkdir()
    done = subprocess.run(
        [*wuhao, "check", str(told / "甲.xlsx"), "--mask", str(masked / "乙.xlsx")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    for canary in (IDENTITY, PHONE, *people):
        assert holders(masked, canary) == [], canary


def test_a_log_holds_no_cell(told: Any, tmp_path: Path) -> None:
    code = (
        "import wuhao_report.evaluation.checks.cross_checks as c, wuhao_report.cli.main as m, wuhao_report.sandbox.call as b, sys\n"
        "def boom(submission, clock): raise RuntimeError(str(submission.tables))\n"
        "c.CHECKS = (boom,)\nb.Worker.start = lambda self, *m: None\nb.Worker.run = lambda self, f, *a: f(*a)\n"
        f"sys.argv = ['wuhao', 'check', {str(told / '甲.xlsx')!r}]\nm.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    assert done.returncode == 70
    log = next(tmp_path.glob("wuhao-*.log")).read_text(encoding="utf-8-sig")
    for canary in (IDENTITY, PHONE, SECRET, "甲.xlsx"):
        assert canary not in log + done.stderr
    assert (next(tmp_path.glob("wuhao-*.log")).stat().st_mode & 0o077) == 0


# The screen


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "cp1252"])
def test_a_chinese_console_prints_everything(tmp_path: Path, encoding: str) -> None:
    book = openpyxl.load_workbook(GOOD)
    book["基本信息"]["B4"] = "𠮷\u00a0😀测试村✓"
    book.save(tmp_path / "😀𠮷.xlsx")
    for command in (["check", str(tmp_path / "😀𠮷.xlsx")], ["batch", str(tmp_path)], ["scheme", "show", "village-2023"]):
        done = subprocess.run(
            [sys.executable, "-m", "wuhao_report", *command],
            cwd=ROOT,
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout
        assert b"Traceback" not in done.stderr


def test_a_report_is_whole_or_untouched_when_its_folder_goes_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "甲.xlsx"
    shutil.copy(GOOD, source)
    written = write_report(source)
    before = written.report.read_bytes()

    def gone(*args: Any) -> None:
        raise OSError(errno.ENODEV, "the stick was pulled out")

    monkeypatch.setattr(os, "replace", gone)
    with pytest.raises(OSError, match="pulled out"):
        write_report(source, template=None)
    monkeypatch.undo()
    assert written.report.read_bytes() == before
    assert not list(written.report.parent.glob("*.tmp"))
