"""How a run ends before its time: on a signal, at the caller's wish, or when its time is up."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from scraper.records import Report
from scraper.report import Journal

STOP_POLL_S = 0.1


def complete(carry_out: Callable[[], Coroutine[None, None, Report]], stop: threading.Event) -> Report:
    """Carry a run out, in a thread of its own where a loop is already running (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(carry_out())
    with ThreadPoolExecutor(max_workers=1) as pool:
        waiting = pool.submit(lambda: asyncio.run(carry_out()))
        try:
            return waiting.result()
        except KeyboardInterrupt:
            stop.set()
            return waiting.result()


class Ending:
    """Whether a run is to end early, and why."""

    def __init__(
        self, journal: Journal, stop: threading.Event, *, max_runtime_s: float | None, grace_s: float
    ) -> None:
        """`stop` is the caller's way to end the run; `grace_s` is what work in hand has left then."""
        self.stopping = asyncio.Event()
        """Set when nothing new is to be begun."""
        self.why: str | None = None
        self._journal = journal
        self._stop = stop
        self._max_runtime_s = max_runtime_s
        self._grace_s = grace_s

    @asynccontextmanager
    async def watched(self, on_end: Callable[[], None]) -> AsyncIterator[None]:
        """Listen for signals, the caller's `stop` and the end of `max_runtime_s` while the block runs."""
        loop = asyncio.get_running_loop()
        in_main_thread = threading.current_thread() is threading.main_thread()
        signals = (signal.SIGTERM, signal.SIGINT) if in_main_thread else ()
        for number in signals:
            loop.add_signal_handler(number, self._end, "signal", on_end)
        watcher = asyncio.create_task(self._watch_stop(on_end))
        self._journal.after_each = lambda: self._look(on_end)  # who is told may want the end at once
        limit = self._max_runtime_s
        timer = loop.call_later(limit, self._end, "max_runtime", on_end) if limit else None
        try:
            yield
        finally:
            watcher.cancel()
            self._journal.after_each = None
            if timer:
                timer.cancel()
            for number in signals:
                loop.remove_signal_handler(number)

    def _end(self, why: str, on_end: Callable[[], None]) -> None:
        if not self.stopping.is_set():
            self.why = why
            self.stopping.set()
            self._journal.emit("stopping", detail=why)
            on_end()

    def _look(self, on_end: Callable[[], None]) -> None:
        if self._stop.is_set():
            self._end("signal", on_end)

    async def _watch_stop(self, on_end: Callable[[], None]) -> None:
        while not self._stop.is_set():  # noqa: ASYNC110 - another thread sets it, which no loop can await
            await asyncio.sleep(STOP_POLL_S)
        self._end("signal", on_end)

    async def in_time(self, work: Coroutine[None, None, None]) -> None:
        """Do the work; once the run is to stop it has `grace_s` left."""
        task = asyncio.create_task(work)
        stopping = asyncio.create_task(self.stopping.wait())
        try:
            await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                await asyncio.wait({task}, timeout=self._grace_s)
        finally:
            stopping.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
        error = None if task.cancelled() else task.exception()
        while isinstance(error, BaseExceptionGroup):
            # What ended the stages, by its own type; the other tasks of the groups were merely cancelled.
            error = error.exceptions[0]
        if error:
            raise error
