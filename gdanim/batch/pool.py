"""Jobs carried out by processes that load what draws once; one that is killed stops no other job."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from gdanim.errors import FAILED, GdanimError
from gdanim.interrupts import uninterrupted

# Jobs handed out for each process: while one is carried out the next waits there, and no more, so that
# memory stays flat and few are suspect when a process dies.
AHEAD = 2
T = TypeVar("T")
R = TypeVar("R")
Task = tuple[T, Callable[[], Any]]  # its name, and what makes its argument when its turn comes
LONGEST_FOLDER = 60  # bytes of the name of the folder in which sockets are; they have some 100 in all
DIED = "the process that drew it was killed, or had no memory left"


class Pool(Generic[T, R]):
    """Carries out tasks by an Executor, which is started anew where one of its processes dies.

    Args:
        function: of one argument, that can be sent to another process as its result can.
        started: starts an Executor with so many processes.
        workers: how many there are to be.
    """

    def __init__(
        self, function: Callable[[Any], R], started: Callable[[int], Executor], workers: int
    ) -> None:
        self._function, self._started, self._workers = function, started, workers
        self._executor: Executor | None = None
        self._others = set(multiprocessing.active_children())

    def results(self, tasks: Iterable[Task[T]]) -> Iterator[tuple[T, R | GdanimError]]:
        """Each task's name with what came of it, as it comes.

        After a process has died those tasks that were under way are carried out one at a time, until it
        is known which of them it dies of.
        """
        waiting = iter(tasks)
        while True:
            suspects = yield from self._all(waiting, AHEAD * self._workers, self._workers)
            if not suspects:
                return
            for task in suspects:
                again = yield from self._all(iter([task]), 1, 1)
                for name, _ in again:
                    yield name, GdanimError(DIED, exit_code=FAILED)
                self.stop()

    def _all(
        self, waiting: Iterator[Task[T]], width: int, workers: int
    ) -> Generator[tuple[T, R | GdanimError], None, list[Task[T]]]:
        """The results of the tasks until a process dies; returns those that were under way then."""
        under_way: dict[Future[R], Task[T]] = {}
        broken: deque[Task[T]] = deque()
        while not broken:
            while len(under_way) < width and not broken:
                task = next(waiting, None)
                if task is None:
                    break
                try:
                    argument = task[1]()
                except GdanimError as error:
                    yield task[0], error
                    continue
                try:
                    # What is started inherits that no signal reaches it; it is ended by this process.
                    with uninterrupted():
                        self._executor = self._executor or self._started(workers)
                        future = self._executor.submit(self._function, argument)
                    under_way[future] = task
                except BrokenExecutor:
                    broken.append(task)
            if not under_way:
                break
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                task = under_way.pop(future)
                try:
                    result = future.result()
                except BrokenExecutor:
                    broken.append(task)
                    continue
                except MemoryError:
                    yield task[0], GdanimError("there is not enough memory to draw it", exit_code=FAILED)
                    continue
                yield task[0], result
        if broken:
            self.stop()
        return [*broken, *under_way.values()]

    def stop(self) -> None:
        """End all processes, whatever they are about."""
        with uninterrupted():
            executor, self._executor = self._executor, None
            if executor is None:
                return
            executor.shutdown(wait=False, cancel_futures=True)
            for process in set(multiprocessing.active_children()) - self._others:
                process.kill()
            executor.shutdown(wait=True)


@contextmanager
def pool(function: Callable[[Any], R], workers: int, folder: str) -> Iterator[Pool[Any, R]]:
    """A Pool of processes on this machine; none is left when the block ends, however it does.

    Args:
        folder: where they keep what they work on.
    """

    def started(count: int) -> Executor:
        method = "forkserver" if _serves() else "spawn"
        context = multiprocessing.get_context(method)
        if method == "forkserver":
            # It loads what draws, once, and all processes are copies of it.
            context.set_forkserver_preload(["gdanim.batch.preloaded"])
        from gdanim.batch.worker import begin

        return ProcessPoolExecutor(count, context, begin, (folder,))

    held: Pool[Any, R] = Pool(function, started, workers)
    try:
        yield held
    finally:
        held.stop()


def _serves() -> bool:
    """Whether there can be a process of which the others are copies: it has a socket, with a short name."""
    known = "forkserver" in multiprocessing.get_all_start_methods()
    return known and len(os.fsencode(tempfile.gettempdir())) <= LONGEST_FOLDER


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
