"""One function for many items on several processes: results in order, made as they are needed; a lost process costs one of them."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import TypeVar

from wuhao_report.sandbox.call import Worker

AHEAD = 2
"""So many chunks for each process are waiting, so that one slow file holds up no other."""
FIRST, MOST = 2, 32
"""How many items the first chunks have, and the later ones."""
Result = TypeVar("Result")
Item = TypeVar("Item")
Function = Callable[[list[Item]], Sequence[Result | Exception]]
"""Works on several items at once, and gives for each its result or what went wrong with it."""


def run_all(
    function: Function[Item, Result], items: Iterable[Item], jobs: int | Sequence[Worker]
) -> Generator[Result | Exception, None, None]:
    """Give the results of a function for every item, in order, on so many processes at once, or on these.

    The function is given the items in chunks; the items of a chunk that breaks it, or its process, are given to it one by one. The items
    are taken as they are needed, never all at once. What went wrong with one stands in its place as the exception. Ended early (an
    interrupt), every process is stopped.
    """
    calls: queue.SimpleQueue[tuple[int, list[Item]] | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, list[Result | Exception]]] = queue.SimpleQueue()
    workers = [Worker() for _ in range(jobs)] if isinstance(jobs, int) else jobs
    jobs = len(workers)
    stopping = threading.Event()

    def work(worker: Worker) -> None:
        while (call := calls.get()) is not None and not stopping.is_set():
            number, chunk = call
            done.put((number, _results(worker, function, chunk, stopping)))

    threads = [threading.Thread(target=work, args=(worker,), daemon=True) for worker in workers]
    try:
        for thread in threads:
            thread.start()
        early: dict[int, list[Result | Exception]] = {}
        coming = enumerate(_chunks(items, jobs))
        given = 0
        for number in itertools.count():
            for call in itertools.islice(coming, number + AHEAD * jobs - given):
                calls.put(call)
                given += 1
            if number == given:
                return
            while number not in early:
                at, results = done.get()
                early[at] = results
            yield from early.pop(number)
    finally:
        stopping.set()
        for _ in threads:
            calls.put(None)
        for worker in workers:
            worker.close()


def _results(
    worker: Worker, function: Function[Item, Result], chunk: list[Item], stopping: threading.Event
) -> list[Result | Exception]:
    """Return the results of a chunk; where it cannot be done at once, those of its items one by one."""
    try:
        results = list(worker.run(function, chunk))
        if len(results) == len(chunk):
            return results
        raise ValueError("a result for each item is wanted")
    except Exception as error:
        if len(chunk) == 1 or stopping.is_set():
            return [error] * len(chunk)
    return [result for item in chunk for result in _results(worker, function, [item], stopping)]


def _chunks(items: Iterable[Item], jobs: int) -> Iterator[list[Item]]:
    """Give the items in chunks that grow: a few items are shared among all processes, and many do not wait for each other."""
    coming = iter(items)
    for number in itertools.count():
        size = min(MOST, FIRST << number // jobs)
        if not (chunk := list(itertools.islice(coming, size))):
            return
        yield chunk


def batches(items: Iterable[Item], many: int) -> Iterator[list[Item]]:
    """Give the items, so many at once."""
    coming = iter(items)
    while batch := list(itertools.islice(coming, many)):
        yield batch
