"""A cluster of two machines: the same figures as alone, nothing lost when one is killed half way, and none of it needed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.helpers import ROOT, SAMPLES, Run
from wuhao_report import __version__
from wuhao_report.aggregate.gathering import cluster
from wuhao_report.aggregate.run import aggregate_folder
from wuhao_report.aggregate.storage import known
from wuhao_report.aggregate.tables.rows import CommitteeTables
from wuhao_report.aggregate.tables.schema import COMMITTEES
from wuhao_report.core.options import Options

MANY = 18


def start(module: Any, *args: Any, env: Mapping[str, str] | None = None) -> Any:
    """A program of the cluster, quiet and without its dashboard."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *args, "--no-dashboard"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        start_new_session=True,
    )


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Any]:
    """A scheduler and two workers of one thread each, as processes of their own."""
    with running(tmp_path) as cluster_of_two:
        yield cluster_of_two


@contextmanager
def running(tmp_path: Path, *options: str, env: Mapping[str, str] | None = None) -> Iterator[Any]:
    """The address of a cluster of two machines, its scheduler and its workers, started with these options and settings."""
    address_file = tmp_path / "scheduler.json"
    place = ("--port", "0", "--host", "127.0.0.1", "--scheduler-file", str(address_file))
    scheduler = start("distributed.cli.dask_scheduler", *place, *options, env=env)
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
                env=env,
            )
            for number in range(2)
        ]
        if env is None:
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


@pytest.mark.parametrize("killed", ["worker", pytest.param("scheduler", marks=pytest.mark.long)])
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


def by_other_rules(outcome: CommitteeTables) -> CommitteeTables:
    """The same result, as if another scheme had been at hand."""
    at = COMMITTEES.names.index("scheme_hash")
    (row,) = outcome.rows["committees"]
    return replace(outcome, rows={**outcome.rows, "committees": [(*row[:at], "other", *row[at + 1 :])]})


def test_other_rules_on_a_machine_are_not_mixed_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = [(path, path.name, Options()) for path in sorted(folder.glob("*.xlsx"))[:3]]
    remote = cluster._Cluster(None)
    monkeypatch.setattr(
        remote,
        "_fetch",
        lambda future: [
            by_other_rules(outcome) if number == 1 and isinstance(outcome, CommitteeTables) else outcome
            for number, outcome in enumerate(
                cluster.evaluate_batch([(name, path.read_bytes(), options) for path, name, options in work], None)[1]
            )
        ],
    )
    outcomes = list(remote._collect(work, None))
    assert [outcome.file for outcome in outcomes if isinstance(outcome, CommitteeTables)] == [name for _, name, _ in work]
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


def certificate(place: Path) -> dict[str, str]:
    """The settings of Dask for a certificate that this machine has given itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "测试")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = place / "cluster.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem))
    start = "DASK_DISTRIBUTED__COMM__TLS__"
    own = {f"{start}{role}__{kind}": str(file) for role in ("CLIENT", "SCHEDULER", "WORKER") for kind in ("CERT", "KEY")}
    return {**own, f"{start}CA_FILE": str(file), "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true"}


def test_the_connection_to_a_cluster_may_be_encrypted(folder: Path, tmp_path: Path) -> None:
    """By the settings of Dask: the scheduler takes no connection that is not."""
    settings = certificate(tmp_path)
    with running(tmp_path, "--protocol", "tls", env=settings) as (address, _, _):
        assert address.startswith("tls://")
        done = subprocess.run(
            [sys.executable, "-m", "wuhao_report", "aggregate", str(folder), "-o", str(tmp_path / "汇总"), "--cluster", address],
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, "PYTHONPATH": str(ROOT), **settings},
            check=False,
        )
    assert done.returncode == 1, done.stderr
    assert f"共 {MANY + 2} 个文件" in done.stdout


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
