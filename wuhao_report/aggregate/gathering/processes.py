"""The processes of this machine that a run needs: begun early, they load what they need while others get ready."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from wuhao_report.sandbox import call as sandbox

TO_EVALUATE = ("wuhao_report.aggregate.tables.rows", "pandas")
TO_STORE = ("duckdb", "wuhao_report.aggregate.storage.ledger")
"""What a process loads that evaluates workbooks, and the one that has the store."""


@dataclass(frozen=True)
class Processes:
    """Those that evaluate workbooks, and the one that has the store."""

    evaluators: Sequence[sandbox.Worker]
    keeper: sandbox.Worker


@contextmanager
def processes(jobs: int) -> Iterator[Processes]:
    """Begin so many processes that evaluate, and one for the store; stop them at the end."""
    with ExitStack() as stack:
        workers = [stack.enter_context(sandbox.Worker()) for _ in range(jobs + 1)]
        workers[0].start(*TO_STORE)
        for worker in workers[1:]:
            worker.start(*TO_EVALUATE)
        yield Processes(workers[1:], workers[0])
