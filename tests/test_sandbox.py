"""Work in a process that can be lost: too long, too much, fallen over; nothing of it reaches the run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.helpers import ROOT, SAMPLES, Run
from wuhao_report.core.errors import SchemeError, UnreadableWorkbook
from wuhao_report.report.report import make_report
from wuhao_report.sandbox import call as sandbox
from wuhao_report.sandbox.call import Lost, Unforeseen, Worker, run
from wuhao_report.sandbox.pool import run_all
from wuhao_report.scheme.lookup import UnknownScheme, find_scheme
from wuhao_report.workbook.reader import read_book

pytestmark = pytest.mark.slow

GOOD = SAMPLES / "04_测试嘎查村_2024年自查.xlsx"


def test_a_result_comes_back_whole() -> None:
    assert run(read_book, GOOD).sheets[0].name == "填报说明"


@pytest.mark.parametrize(
    ("why", "function", "argument"),
    [("time", time.sleep, 30), ("memory", bytearray, 2**31), ("crash", os._exit, 3), ("crash", os.abort, None)],
)
def test_a_process_that_is_lost_says_why(why: str, function: Any, argument: Any) -> None:
    with Worker(seconds=3) as worker:
        began = time.monotonic()
        with pytest.raises(Lost) as lost:
            worker.run(function, *() if argument is None else (argument,))
        assert lost.value.why == why
        assert time.monotonic() - began < 10
        # the next piece has a process of its own
        assert worker.run(len, "甲乙") == 2


def test_memory_is_watched_where_the_system_sets_no_limit() -> None:
    with Worker(seconds=20, mebibytes=200, watched=True) as worker, pytest.raises(Lost) as lost:
        worker.run(
            exec, "import time; kept = bytearray(300 * 2**20)\nfor at in range(0, len(kept), 4096): kept[at] = 1\ntime.sleep(15)"
        )
    assert lost.value.why == "memory"


def test_named_faults_are_raised_as_they_are() -> None:
    with pytest.raises(UnreadableWorkbook) as error:
        run(read_book, Path("没有.xlsx"))
    assert error.value.problem.code == "file-not-found"
    with pytest.raises(UnknownScheme) as unknown:
        run(find_scheme, "no-such")
    assert isinstance(unknown.value, SchemeError)
    assert unknown.value.problem.code == "unknown-scheme"


def test_what_nobody_thought_of_comes_without_its_text() -> None:
    with pytest.raises(Unforeseen) as error:
        run(int, "甲13800000001")
    assert error.value.kind == "ValueError"
    assert "13800000001" not in repr(error.value) + "".join(error.value.frames)


def test_what_is_printed_gets_between_no_replies() -> None:
    with Worker() as worker:
        worker.run(exec, "import os; print('甲'); os.write(1, b'junk')")
        assert worker.run(len, "甲") == 1


def test_nothing_beside_the_workbook_is_imported(tmp_path: Path) -> None:
    """A folder that came by mail may hold a pickle.py of its own."""
    (tmp_path / "pickle.py").write_text("raise SystemExit(9)")
    (tmp_path / "numpy.py").write_text("raise SystemExit(9)")
    done = subprocess.run(
        [sys.executable, "-P", "-c", "from wuhao_report.sandbox.call import run; print(run(len, 'ab'))"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "2", done.stderr


def each_evaluated(texts: list[str]) -> list[Any]:
    return [eval(text) for text in texts]


def each_slept(seconds: list[int]) -> list[None]:
    for one in seconds:
        time.sleep(one)
    return [None] * len(seconds)


def test_many_pieces_keep_their_order_and_a_lost_one_its_place() -> None:
    found = list(run_all(each_evaluated, ["1", "__import__('os')._exit(1)", "3", "int('x')", "5", "6", "7"], 2))
    assert [found[0], found[2], *found[4:]] == [1, 3, 5, 6, 7]
    assert isinstance(found[1], Lost)
    assert isinstance(found[3], Unforeseen)


def test_a_run_ended_early_leaves_no_process_behind() -> None:
    import psutil

    before = {child.pid for child in psutil.Process().children(recursive=True)}
    results = run_all(each_slept, [0, 0, 60, 60, 60], 2)
    began = time.monotonic()
    assert next(results) is None
    results.close()
    assert {child.pid for child in psutil.Process().children(recursive=True)} - before == set()
    assert time.monotonic() - began < 10


def test_a_report_is_made_within_its_memory() -> None:
    made = run(make_report, GOOD)
    assert made.output("report") is not None
    assert made.exit_code == 0
    assert sandbox.MEBIBYTES == 1024
    assert sandbox.SECONDS < 20


@pytest.mark.parametrize("command", [["check"], ["report"], ["dump"], ["upgrade", "-o"], ["verify"]])
def test_a_lost_process_is_one_sentence_in_every_command(
    command: Any, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(self: Any, function: Any, *args: Any) -> None:
        raise Lost("memory")

    monkeypatch.setattr(sandbox.Worker, "run", lost)
    more = [tmp_path / "新.xlsx"] if command[0] == "upgrade" else [GOOD] if command[0] == "verify" else []
    done = run(command[0], GOOD, *command[1:], *more)
    assert done.exit_code == 2
    assert f"文件“{GOOD.name}”过大或压缩异常，为安全起见未读取。" in done.output


def test_a_lost_process_costs_a_trial_one_line(here: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from wuhao_report.tools.trial import try_scheme

    def lost(self: Any, function: Any, *args: Any) -> None:
        raise Lost("time")

    monkeypatch.setattr(sandbox.Worker, "run", lost)
    result = try_scheme("village-2023", GOOD)
    assert [(item.workbook.name, item.code) for item in result.failed] == [(GOOD.name, "not-finished")]


def test_an_engine_that_gets_no_memory_is_told_as_too_large() -> None:
    """It says so and falls over, as an engine in Rust does."""
    with Worker() as worker, pytest.raises(Lost) as lost:
        worker.run(fall_over, "memory allocation of 9999999999 bytes failed")
    assert lost.value.problem("甲.xlsx").code == "too-large"


def fall_over(words: str) -> None:
    os.write(2, words.encode())
    os.abort()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda item: item.name)
def test_a_process_ends_with_the_one_that_started_it(ended_by: signal.Signals) -> None:
    """Whatever it is doing: here it sleeps where no watcher inside it would get a turn."""
    program = (
        "import os, threading, time\n"
        "from wuhao_report.sandbox.call import Worker\n"
        "worker = Worker()\n"
        "print(worker.run(os.getpid), flush=True)\n"
        "worker.run(time.sleep, 15)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(ended_by)
    until = time.monotonic() + 5
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.05)
