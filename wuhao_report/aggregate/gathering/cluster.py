"""Evaluating on the machines of a Dask cluster that is there already: the workbooks' bytes go out, tables come back.

Nothing is lost when a machine is: its batches go to others, and what the cluster gives up is evaluated on this machine. Each machine
works in processes that can be lost, as this one does. The machines trust each other; they need the same version of this program.
"""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wuhao_report import __version__
from wuhao_report.aggregate.gathering.intake import Evaluator
from wuhao_report.aggregate.records.recording import Job
from wuhao_report.aggregate.storage.ledger import scheme_hashes
from wuhao_report.aggregate.tables.rows import CommitteeTables, evaluate_tables
from wuhao_report.core.errors import WuhaoError
from wuhao_report.core.options import Options
from wuhao_report.sandbox.pool import batches, run_all
from wuhao_report.workbook.reader import read_bytes

if TYPE_CHECKING:
    from distributed import Client, Future

BATCH = 32
"""The number of workbooks that go out together."""
AHEAD = 3
"""The number of batches under way for every thread of the cluster."""
SECONDS, PATIENCE = 20, 20
"""The longest time to find the cluster; and to wait for a batch before looking whether any machine is left."""

Sent = tuple[str, bytes | WuhaoError, Options]
"""A workbook as it goes out: its name, its bytes or why there are none, and the options."""
Outcome = CommitteeTables | Exception


class NoCluster(WuhaoError):
    """There is no cluster at that address, or the library is missing."""


def cluster_evaluator(address: str) -> Evaluator:
    """Return what evaluates workbooks on the cluster at an address (tcp://10.0.0.1:8786).

    Raises NoCluster.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise NoCluster("没有安装分布计算所需的组件，请先运行：pip install 'wuhao-report[cluster]'。") from error
    try:
        client = Client(address, timeout=SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise NoCluster(f"连不上集群“{address}”，请核对地址，并确认调度器正在运行。") from error

    def evaluate(jobs: Iterable[Job]) -> Generator[Outcome, None, None]:
        """Evaluate on the cluster, and leave it at the end."""
        with client:
            yield from _Cluster(client).evaluate(jobs)

    return evaluate


class _Cluster:
    """The machines of one run; `gone` once there are none any more."""

    def __init__(self, client: Client) -> None:
        self.client, self.gone = client, False
        self._scheme_hashes: dict[str, str] = {}

    def evaluate(self, jobs: Iterable[Job]) -> Generator[Outcome, None, None]:
        """Yield the outcome of every job, in order."""
        under_way: deque[tuple[list[Job], Future[Any] | None]] = deque()
        for batch in batches(jobs, BATCH):
            under_way.append((batch, self._submit(batch)))
            if len(under_way) > AHEAD * max(1, self._threads()):
                yield from self._collect(*under_way.popleft())
        while under_way:
            yield from self._collect(*under_way.popleft())

    def _threads(self) -> int:
        """Return how many batches the cluster evaluates at once."""
        try:
            threads: Mapping[str, int] = self.client.nthreads()  # type: ignore[no-untyped-call]
        # The scheduler itself may be gone, which the library reports in many ways.
        except Exception:
            return 0
        return sum(threads.values())

    def _submit(self, batch: Sequence[Job]) -> Future[Any] | None:
        """Send a batch out; None when the cluster takes no more."""
        if self.gone:
            return None
        try:
            return self.client.submit(evaluate_batch, *_prepare(batch), pure=False, retries=2)
        except (OSError, RuntimeError):
            return None

    def _collect(self, batch: Sequence[Job], future: Future[Any] | None) -> Generator[Outcome, None, None]:
        """Yield the outcomes of a batch; what did not come back, or was evaluated by other rules than those here, is evaluated on this machine."""
        outcomes = self._fetch(future)
        if outcomes is None or len(outcomes) != len(batch):
            outcomes = [None] * len(batch)
        good = [outcome is not None and self._by_our_rules(outcome, job[2]) for outcome, job in zip(outcomes, batch, strict=True)]
        with closing(
            run_all(evaluate_tables, [job for job, fine in zip(batch, good, strict=True) if not fine], os.cpu_count() or 1)
        ) as here:
            for outcome, fine in zip(outcomes, good, strict=True):
                yield outcome if fine and outcome is not None else next(here)

    def _by_our_rules(self, outcome: Outcome, options: Options) -> bool:
        if not isinstance(outcome, CommitteeTables):
            return True
        if outcome.scheme not in self._scheme_hashes:
            self._scheme_hashes |= {outcome.scheme: "", **scheme_hashes([outcome.scheme], options.scheme)}
        return self._scheme_hashes[outcome.scheme] == outcome.scheme_hash

    def _fetch(self, future: Future[Any] | None) -> list[Outcome | None] | None:
        """Return the outcomes of a batch; None when the cluster has lost it, or another version of this program has evaluated it."""
        while future is not None and not self.gone:
            try:
                version, outcomes = future.result(timeout=PATIENCE)
                return list(outcomes) if version == __version__ else None
            except TimeoutError:
                # The library waits for ever for machines that do not come back.
                self.gone = not self._threads()
            # Whatever goes wrong there (all machines gone, another version of a library) is no reason not to do the work here.
            except Exception:
                return None
        return None


def _prepare(batch: Sequence[Job]) -> tuple[list[Sent], bytes | None]:
    """Return what goes out for a batch: its workbooks, and the bytes of the options' scheme where that is a file."""
    sent: list[Sent] = []
    for path, name, options in batch:
        try:
            sent.append((name, read_bytes(path), options))
        except WuhaoError as error:
            sent.append((name, error, options))
    scheme = batch[0][2].scheme
    return sent, Path(scheme).read_bytes() if scheme and Path(scheme).is_file() else None


# On a machine of the cluster


def evaluate_batch(batch: Sequence[Sent], scheme: bytes | None) -> tuple[str, list[Outcome]]:
    """Evaluate workbooks that came as bytes, each in a process that can be lost; return the version of the program and the outcomes.

    `scheme` is the file of the options' scheme, where that is one.
    """
    with tempfile.TemporaryDirectory() as place:
        jobs = [_unpack(Path(place), number, sent, scheme) for number, sent in enumerate(batch)]
        with closing(run_all(evaluate_tables, [job for job in jobs if not isinstance(job, WuhaoError)], 1)) as results:
            return __version__, [job if isinstance(job, WuhaoError) else _checked(next(results)) for job in jobs]


def _unpack(place: Path, number: int, sent: Sent, scheme: bytes | None) -> Job | WuhaoError:
    """Write a workbook that came as bytes into a folder of its own; what could not be read stays what it is."""
    name, data, options = sent
    if isinstance(data, WuhaoError):
        return data
    folder = place / str(number)
    folder.mkdir()
    path = folder / name.rsplit("/", 1)[-1]
    path.write_bytes(data)
    if scheme is not None and options.scheme:
        own = place / f"scheme{Path(options.scheme).suffix}"
        own.write_bytes(scheme)
        options = replace(options, scheme=str(own))
    return path, name, options


def _checked(outcome: Any) -> Outcome:
    return outcome if isinstance(outcome, CommitteeTables | Exception) else TypeError(type(outcome).__name__)
