"""One run: lock, budget, signals, stages, report."""

import asyncio
import os
import secrets
import signal
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from scraper.backends import Backend, InProcess, WorkerProcesses
from scraper.clean.catalogue import check_kinds
from scraper.config import Config
from scraper.corridor import Corridor
from scraper.errors import ConfigError
from scraper.extract.siterules import SiteRules
from scraper.fetch import Fetcher
from scraper.outputs import write_atomically
from scraper.page import PageOptions
from scraper.publish import Publisher
from scraper.readers import Readers
from scraper.records import Event, Report
from scraper.report import Journal, Past, PastRun, Tally, Threshold, described, metrics_text
from scraper.store import Store, locked
from scraper.web.clock import Clock, SystemClock

STOP_POLL_S = 0.1


def run_batch(
    config: Config,
    *,
    on_event: Callable[[Event], None] | None = None,
    stop: threading.Event | None = None,
    clock: Clock | None = None,
) -> Report:
    """Run the configured sources once and publish what is new or changed.

    SIGTERM and SIGINT (when called from the main thread) and `stop` end the run early: what is in hand is
    finished, everything is sealed, and the report says `stopped`.

    Args:
        config: What to run.
        on_event: Called for each thing that happens, in this thread; must not block.
        stop: Set it to end the run early.
        clock: Another clock than the machine's.

    Raises:
        ConfigError: The configuration cannot be used.
        StateLocked: Another run holds the state; no request was sent.
        StateError: The state cannot be used.
        OutputError: The output cannot be written.
    """
    config = check(config)
    run = _Run(config, on_event or _ignore, stop or threading.Event(), clock or SystemClock())
    return _complete(run)


def check(config: Config) -> Config:
    """`config` with its paths resolved, once everything is found well that can be told before a run.

    Raises:
        ConfigError: Something is not.
    """
    config = config.checked()
    config.require_sources()
    for where, keep in (("clean", config.clean.keep), *((s.name, s.keep) for s in config.source)):
        try:
            check_kinds(keep)
        except ConfigError as error:
            raise ConfigError(f"{where}.{error}") from error
    for text in config.health.fail_on:
        try:
            Threshold.parse(text)
        except ConfigError as error:
            raise ConfigError(f"health.fail_on: {error}") from error
    if config.extract.site_rules:
        # A rule that cannot be read ends the run before it begins.
        SiteRules.load(Path(config.extract.site_rules))
    return config


def _usable_cores() -> int:
    # macOS cannot say which cores a process may use, only how many there are.
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _ignore(_: Event) -> None:
    return


def _complete(run: "_Run") -> Report:
    """Carry a run out, in a thread of its own where a loop is already running (a notebook)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(run.carry_out())
    with ThreadPoolExecutor(max_workers=1) as pool:
        waiting = pool.submit(lambda: asyncio.run(run.carry_out()))
        try:
            return waiting.result()
        except KeyboardInterrupt:
            run.stop.set()
            return waiting.result()


class _Run:
    """One run while it lasts: lock, budget, signals, report."""

    def __init__(
        self, config: Config, on_event: Callable[[Event], None], stop: threading.Event, clock: Clock
    ) -> None:
        self.stop = stop
        self._config = config
        self._clock = clock
        started = clock.now()
        self._run_id = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        self._tally = Tally(self._run_id, started)
        self._journal = Journal(self._run_id, clock, on_event)
        self._stopping = asyncio.Event()
        self._stopped: str | None = None

    async def carry_out(self) -> Report:
        """Lock, open, work, seal, report."""
        state = Path(self._config.run.state)
        with locked(state), Store(state) as store:
            publisher = Publisher(self._config, store, self._run_id, self._clock)
            publisher.open()
            store.begin_run(self._run_id, self._tally.started_at)
            self._journal.emit("run_started", count=len(self._config.source))
            delays: dict[str, float] = {}
            fetcher = Fetcher(
                self._config.fetch,
                clock=self._clock,
                robots_cache=store.robots,
                delays=delays,
                on_request=self._tally.hosts.note,
            )
            # Signals are caught until the report is written: one that comes during the end changes nothing.
            async with fetcher, self._watched(fetcher):
                async with self._backend() as backend, Readers(self._config.run) as readers:
                    corridor = Corridor(
                        self._config,
                        store=store,
                        fetcher=fetcher,
                        backend=backend,
                        publisher=publisher,
                        tally=self._tally,
                        journal=self._journal,
                        stopping=self._stopping,
                    )
                    # What a killed run stored goes out first and alone: same rows, same part.
                    corridor.seal()
                    publisher.clear_unknown()
                    await self._in_time(corridor.work(readers.read))
                corridor.put_off_the_rest()
                corridor.seal()
                now = self._clock.now()
                reach = self._config.health.baseline_runs
                past = Past(store.reports(PastRun, limit=reach), now=now)
                report = self._tally.report(
                    self._config.health, ended_at=now, stopped=self._stopped, past=past
                )
                store.end_run(report)
                publisher.close(report)
                for alarm in report.alarms:
                    self._journal.emit("alarm", source=alarm.source, detail=described(alarm))
                if self._config.run.metrics:
                    metrics = metrics_text(report, last_success=past.last_success)
                    write_atomically(Path(self._config.run.metrics), metrics)
                self._journal.emit("run_ended", count=report.links, detail=f"exit code {report.exit_code}")
                return report

    def _backend(self) -> Backend:
        run = self._config.run
        # What cleaning takes out is counted in every run; the corridor strips it from the records.
        clean = msgspec.structs.replace(self._config.clean, removed=True)
        options = PageOptions(extract=self._config.extract, clean=clean)
        size = run.workers if run.workers is not None else _usable_cores()
        if size == 0:
            return InProcess(options)
        return WorkerProcesses(
            options, size=size, timeout_s=run.page_timeout_s, memory_mb=run.worker_memory_mb
        )

    # ---- ending early --------------------------------------------------------------------------------

    def _end_early(self, why: str, fetcher: Fetcher) -> None:
        if not self._stopping.is_set():
            self._stopped = why
            self._stopping.set()
            self._journal.emit("stopping", detail=why)
            fetcher.stop()

    async def _watch_stop(self, fetcher: Fetcher) -> None:
        while not self.stop.is_set():  # noqa: ASYNC110 - another thread sets it, which no loop can await
            await asyncio.sleep(STOP_POLL_S)
        self._end_early("signal", fetcher)

    @asynccontextmanager
    async def _watched(self, fetcher: Fetcher) -> AsyncIterator[None]:
        """Listen for signals, the caller's `stop` and the end of `max_runtime_s` while the block runs."""
        loop = asyncio.get_running_loop()
        in_main_thread = threading.current_thread() is threading.main_thread()
        signals = (signal.SIGTERM, signal.SIGINT) if in_main_thread else ()
        for number in signals:
            loop.add_signal_handler(number, self._end_early, "signal", fetcher)
        watcher = asyncio.create_task(self._watch_stop(fetcher))
        limit = self._config.run.max_runtime_s
        timer = loop.call_later(limit, self._end_early, "max_runtime", fetcher) if limit else None
        try:
            yield
        finally:
            watcher.cancel()
            if timer:
                timer.cancel()
            for number in signals:
                loop.remove_signal_handler(number)

    async def _in_time(self, work: Coroutine[None, None, None]) -> None:
        """Do the work; once the run is to stop it has `grace_s` left."""
        task = asyncio.create_task(work)
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                await asyncio.wait({task}, timeout=self._config.run.grace_s)
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
