"""A cluster of two machines: the same figures as alone, nothing lost when one is killed half way, and none of it needed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import ROOT, SAMPLES, Run
from wuhao_report import __version__
from wuhao_report.aggregate import cluster
from wuhao_report.aggregate.codec import PackedRecord
from wuhao_report.aggregate.run import aggregate_folder
from wuhao_report.aggregate.storage import known
from wuhao_report.core.options import Options

MANY = 18


def start(module: Any, *args: Any) -> Any:
    """A program of the cluster, quiet and without its dashboard."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *args, "--no-dashboard"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Any]:
    """A scheduler and two workers of one thread each, as processes of their own."""
    address_file = tmp_path / "scheduler.json"
    scheduler = start(
        "distributed.cli.dask_scheduler", "--port", "0", "--host", "127.0.0.1", "--scheduler-file", str(address_file)
    )
    workers = []
    try:
        until = time.monotonic() + 60
        while not address_file.exists() or not address_file.read_text():
            assert time.monotonic() < until, "no scheduler"
            time.sleep(0.1)
        address = json.loads(address_file.read_text())["address"]
        workers += [
            start(
                "distributed.cli.dask_worker",
                address,
                "--nthreads",
                "1",
                "--no-nanny",
                "--local-directory",
                str(tmp_path / f"w{number}"),
            )
            for number in range(2)
        ]
        from distributed import Client

        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        yield address, scheduler, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "来件"
    place.mkdir()
    samples = sorted(SAMPLES.glob("*.xlsx"))
    for number in range(MANY):
        shutil.copy(samples[number % len(samples)], place / f"{number}.xlsx")
    (place / "坏.xlsx").write_bytes(b"junk")
    (place / "空.xlsx").write_bytes(b"")
    return place


def figures(result: Any) -> dict[Any, Any]:
    data = result.as_data()
    return {key: value for key, value in data.items() if key != "written"}


@pytest.mark.parametrize("killed", ["worker", "scheduler"])
def test_nothing_is_lost_when_a_machine_is_killed_half_way(
    machines: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: str
) -> None:
    address, scheduler, workers = machines
    monkeypatch.setattr(cluster, "BATCH", 3)
    with aggregate_folder(folder, tmp_path / "独自", jobs=2) as alone:
        expected = figures(alone)
    known.place().unlink()  # or nothing would be left to judge
    victims = [workers[0]] if killed == "worker" else [scheduler]

    def on_progress(done: Any, total: Any, path: Any) -> None:
        if done >= MANY // 2 and victims:
            os.killpg(victims.pop().pid, signal.SIGKILL)

    with aggregate_folder(
        folder, tmp_path / "集群", on_progress=on_progress, evaluate=cluster.cluster_evaluator(address)
    ) as result:
        assert figures(result) == expected
        assert result.overview.files.all == MANY + 2
        assert result.overview.files.failed == 2 + sum(
            item["workbook"] not in ("坏.xlsx", "空.xlsx") for item in expected["failed"]
        )
    assert victims == []


def test_a_cluster_without_machines_holds_up_nobody(
    machines: Any, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, _, workers = machines
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    for worker in workers:
        os.killpg(worker.pid, signal.SIGKILL)
    with aggregate_folder(folder, tmp_path / "集群", evaluate=cluster.cluster_evaluator(address)) as result:
        assert result.overview.files.all == MANY + 2


def test_other_rules_on_a_machine_are_not_mixed_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = [(path, path.name, Options()) for path in sorted(folder.glob("*.xlsx"))[:3]]
    remote = cluster._Cluster(None)
    monkeypatch.setattr(
        remote,
        "_fetch",
        lambda future: [
            replace(outcome, scheme_hash="other") if number == 1 and isinstance(outcome, PackedRecord) else outcome
            for number, outcome in enumerate(
                cluster.evaluate_batch([(name, path.read_bytes(), options) for path, name, options in work], None)[1]
            )
        ],
    )
    outcomes = list(remote._collect(work, None))
    assert [outcome.file for outcome in outcomes if isinstance(outcome, PackedRecord)] == [name for _, name, _ in work]
    assert "other" not in {outcome.scheme_hash for outcome in outcomes}


def test_the_command_uses_the_cluster(machines: Any, folder: Path, tmp_path: Path) -> None:
    address = machines[0]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "wuhao_report",
            "aggregate",
            str(folder),
            "-o",
            str(tmp_path / "汇总"),
            "--cluster",
            address,
            "--json",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["files"]["all"] == MANY + 2


def test_a_scheme_of_ones_own_goes_along(tmp_path: Path, here: None) -> None:
    own = tmp_path / "自己的.toml"
    own.write_text(
        (ROOT / "wuhao_report" / "scheme" / "data" / "village-2023.toml")
        .read_text(encoding="utf-8")
        .replace('version = "2"', 'version = "3"', 1),
        encoding="utf-8",
    )
    data = (SAMPLES / "04_测试嘎查村_2024年自查.xlsx").read_bytes()
    gone = Options(scheme=str(tmp_path / "别处" / own.name))
    version, outcomes = cluster.evaluate_batch([("甲镇/甲.xlsx", data, gone), ("甲镇/坏.xlsx", b"junk", gone)], own.read_bytes())
    assert version == __version__
    assert (outcomes[0].file, outcomes[0].scheme) == ("甲镇/甲.xlsx", "village-2023")
    assert isinstance(outcomes[1], Exception)


def test_no_cluster_is_one_sentence(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "SECONDS", 1)
    done = run("aggregate", folder, "--cluster", "tcp://127.0.0.1:1")
    assert done.exit_code == 2
    assert "连不上集群“tcp://127.0.0.1:1”" in done.stderr
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = run("aggregate", folder, "--cluster", "tcp://127.0.0.1:1")
    assert done.exit_code == 2
    assert "pip install 'wuhao-report[cluster]'" in done.stderr
