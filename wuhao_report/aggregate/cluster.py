"""Judging on the machines of a Dask cluster that is there already: the workbooks' bytes go out, entries come back.

Nothing is lost when a machine is: its pieces go to others, and what the cluster gives up is judged on this machine. Each machine
judges in processes that can be lost, as this one does. The machines trust each other; they need the same version of this program.
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
from wuhao_report.aggregate.codec import Entry, judged
from wuhao_report.aggregate.ledger import rules
from wuhao_report.aggregate.run import Judges, Work
from wuhao_report.core.options import Options
from wuhao_report.core.problems import WuhaoError
from wuhao_report.sandbox import call as sandbox
from wuhao_report.sandbox.pool import batches, run_all
from wuhao_report.workbook.reader import read_bytes

if TYPE_CHECKING:
    from distributed import Client, Future

PIECE = 32
"""So many workbooks go out together."""
WAITING = 3
"""So many pieces for every thread of the cluster are under way."""
SECONDS, PATIENCE = 20, 20
"""To find the cluster; and to wait for a piece before looking whether any machine is left."""


class NoCluster(WuhaoError):
    """There is no cluster at that address, or the library is missing."""


Outcome = Entry | Exception


def judges(address: str) -> Judges:
    """What judges workbooks on the cluster at an address (tcp://10.0.0.1:8786).

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

    def judge(work: Iterable[Work]) -> Generator[Outcome, None, None]:
        with client:
            yield from _Cluster(client).judged(work)
    return judge


class _Cluster:
    """The machines of one run; `gone` once there are none any more."""

    def __init__(self, client: Client) -> None:
        self.client, self.gone = client, False
        self._rules: dict[str, str] = {}

    def judged(self, work: Iterable[Work]) -> Generator[Outcome, None, None]:
        """The outcome of every piece of work, in order."""
        under_way: deque[tuple[list[Work], Future[Any] | None]] = deque()
        for piece in batches(work, PIECE):
            under_way.append((piece, self._sent(piece)))
            if len(under_way) > WAITING * max(1, self._threads()):
                yield from self._returned(*under_way.popleft())
        while under_way:
            yield from self._returned(*under_way.popleft())

    def _threads(self) -> int:
        """How many pieces the cluster judges at once."""
        try:
            found: Mapping[str, int] = self.client.nthreads()  # type: ignore[no-untyped-call]
        # The scheduler itself may be gone, which the library tells in many ways.
        except Exception:
            return 0
        return sum(found.values())

    def _sent(self, piece: Sequence[Work]) -> Future[Any] | None:
        """The piece under way, or None when the cluster takes no more."""
        if self.gone:
            return None
        try:
            return self.client.submit(judge_piece, *_packed(piece), pure=False, retries=2)
        except (OSError, RuntimeError):
            return None

    def _returned(self, piece: Sequence[Work], future: Future[Any] | None) -> Generator[Outcome, None, None]:
        """What came back of a piece; what did not, or was judged by other rules than those here, is judged on this machine."""
        outcomes = self._fetched(future)
        if outcomes is None or len(outcomes) != len(piece):
            outcomes = [None] * len(piece)
        good = [outcome is not None and self._by_our_rules(outcome, work[2]) for outcome, work in zip(outcomes, piece, strict=True)]
        with closing(run_all(judged, [work for work, fine in zip(piece, good, strict=True) if not fine], os.cpu_count() or 1)) as here:
            for outcome, fine in zip(outcomes, good, strict=True):
                yield outcome if fine and outcome is not None else next(here)

    def _by_our_rules(self, outcome: Outcome, options: Options) -> bool:
        if not isinstance(outcome, Entry):
            return True
        if outcome.scheme not in self._rules:
            self._rules |= {outcome.scheme: "", **rules([outcome.scheme], options.scheme)}
        return self._rules[outcome.scheme] == outcome.scheme_hash

    def _fetched(self, future: Future[Any] | None) -> list[Outcome | None] | None:
        """The outcomes of a piece; None when the cluster has lost it, or another version of this program has judged it."""
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


def _packed(piece: Sequence[Work]) -> tuple[list[tuple[str, bytes | WuhaoError, Options]], bytes | None]:
    """What goes out for a piece: the bytes of its workbooks, or why there are none, and the file of the options' scheme."""
    packed: list[tuple[str, bytes | WuhaoError, Options]] = []
    for path, name, options in piece:
        try:
            packed.append((name, read_bytes(path), options))
        except WuhaoError as error:
            packed.append((name, error, options))
    scheme = piece[0][2].scheme
    return packed, Path(scheme).read_bytes() if scheme and Path(scheme).is_file() else None


# On a machine of the cluster

def judge_piece(piece: Sequence[tuple[str, bytes | WuhaoError, Options]], scheme: bytes | None) -> tuple[str, list[Outcome]]:
    """Judge workbooks that came as bytes, each in a process that can be lost; `scheme` is the file of the options' scheme."""
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as place, sandbox.Worker() as worker:
        for number, (name, data, options) in enumerate(piece):
            if isinstance(data, WuhaoError):
                outcomes.append(data)
                continue
            folder = Path(place, str(number))
            folder.mkdir()
            path = folder / name.rsplit("/", 1)[-1]
            path.write_bytes(data)
            if scheme is not None and options.scheme:
                own = Path(place, f"scheme{Path(options.scheme).suffix}")
                own.write_bytes(scheme)
                options = replace(options, scheme=str(own))
            outcomes.append(_one(worker, path, name, options))
            path.unlink()
    return __version__, outcomes


def _one(worker: sandbox.Worker, path: Path, name: str, options: Options) -> Outcome:
    try:
        found: Any = worker.run(judged, path, name, options)
        return found if isinstance(found, Entry) else TypeError(type(found).__name__)
    except Exception as error:
        return error
