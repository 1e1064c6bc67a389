"""One function for many arguments on several processes: results in order, made as they are needed; a lost process costs one of them."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TypeVar, TypeVarTuple

from wuhao_report.sandbox.call import Worker

AHEAD = 16
"""So many calls for each process are waiting, so that one slow file holds up no other."""
Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")
Item = TypeVar("Item")


def run_all(
    function: Callable[[*Arguments], Result], items: Iterable[tuple[*Arguments]], jobs: int
) -> Generator[Result | Exception, None, None]:
    """Give the results of a function for every tuple of arguments, in order, on so many processes at once.

    The items are taken as they are needed, never all at once. What went wrong with one stands in its place as the exception. Ended
    early (an interrupt), every process is stopped.
    """
    calls: queue.SimpleQueue[tuple[int, tuple[*Arguments]] | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, Result | Exception]] = queue.SimpleQueue()
    workers = [Worker() for _ in range(jobs)]
    stopping = threading.Event()

    def work(worker: Worker) -> None:
        while (call := calls.get()) is not None and not stopping.is_set():
            number, arguments = call
            try:
                done.put((number, worker.run(function, *arguments)))
            except Exception as error:
                done.put((number, error))

    threads = [threading.Thread(target=work, args=(worker,), daemon=True) for worker in workers]
    try:
        for thread in threads:
            thread.start()
        early: dict[int, Result | Exception] = {}
        coming = enumerate(items)
        given = 0
        for number in itertools.count():
            for call in itertools.islice(coming, number + AHEAD * jobs - given):
                calls.put(call)
                given += 1
            if number == given:
                return
            while number not in early:
                at, result = done.get()
                early[at] = result
            yield early.pop(number)
    finally:
        stopping.set()
        for _ in threads:
            calls.put(None)
        for worker in workers:
            worker.close()


def batches(items: Iterable[Item], many: int) -> Iterator[list[Item]]:
    """Give the items, so many at once."""
    coming = iter(items)
    while batch := list(itertools.islice(coming, many)):
        yield batch
