"""The processes of this machine that evaluate workbooks: begun early, they load what they need while others get ready."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from wuhao_report.sandbox import call as sandbox

NEEDED = ("wuhao_report.aggregate.tables.rows", "pandas")
"""What a process that evaluates workbooks loads."""


@contextmanager
def evaluators(jobs: int) -> Iterator[list[sandbox.Worker]]:
    """Begin so many processes, and stop them at the end."""
    with ExitStack() as stack:
        workers = [stack.enter_context(sandbox.Worker()) for _ in range(jobs)]
        for worker in workers:
            worker.start(*NEEDED)
        yield workers
