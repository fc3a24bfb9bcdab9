"""One run: lock, budget, signals, stages, report."""

import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
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
from scraper.publish import Publisher, check_outputs
from scraper.readers import Readers
from scraper.records import Event, Report
from scraper.report import Journal, Past, PastRun, Tally, Threshold, described, metrics_text
from scraper.running import Ending, complete
from scraper.shards import sharded
from scraper.store import Store, locked
from scraper.warcfiles import WarcFiles, check_library
from scraper.web.clock import Clock, SystemClock


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
    return complete(run.carry_out, run.stop)


def check(config: Config) -> Config:
    """`config` with its paths resolved, once everything is found well that can be told before a run.

    Raises:
        ConfigError: Something is not.
    """
    config.require_sources()
    return sharded(check_options(config))


def check_options(config: Config) -> Config:
    """As `check`, for a run without sources.

    Raises:
        ConfigError: Something is not well.
    """
    config = config.checked()
    for key, path in _paths(config):
        try:
            path.encode()
        except UnicodeEncodeError as error:
            # The state and the report name it, in UTF-8.
            raise ConfigError(
                f"{key}: {path!r}: a path that is not UTF-8 cannot be used; give the folder another name, or "
                f"start where a relative path is enough"
            ) from error
    for where, keep in (("clean", config.clean.keep), *((s.name, s.keep) for s in config.source)):
        try:
            check_kinds(keep)
        except ConfigError as error:
            raise ConfigError(f"{where}.{error}") from error
    check_outputs(config.output)
    if config.archive.warc:
        check_library()
    check_thresholds(config.health.fail_on)
    if config.extract.site_rules:
        # A rule that cannot be read ends the run before it begins.
        SiteRules.load(Path(config.extract.site_rules))
    return config


def check_thresholds(fail_on: Iterable[str]) -> None:
    """Refuse what is no threshold.

    Raises:
        ConfigError: One is none.
    """
    for text in fail_on:
        try:
            Threshold.parse(text)
        except ConfigError as error:
            raise ConfigError(f"health.fail_on: {error}") from error


def _paths(config: Config) -> Iterator[tuple[str, str]]:
    yield "run.state", config.run.state
    yield "run.metrics", config.run.metrics or ""
    yield "archive.warc", config.archive.warc or ""
    for index, output in enumerate(config.output):
        yield f"output[{index}].path", output.path
    for index, source in enumerate(config.source):
        yield f"source[{index}].urls", source.urls if isinstance(source.urls, str) else ""


def _usable_cores() -> int:
    # macOS cannot say which cores a process may use, only how many there are.
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _ignore(_: Event) -> None:
    return


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
        self._ending = Ending(
            self._journal, stop, max_runtime_s=config.run.max_runtime_s, grace_s=config.run.grace_s
        )

    async def carry_out(self) -> Report:
        """Lock, open, work, seal, report."""
        state = Path(self._config.run.state)
        with locked(state), Store(state) as store, self._files_for(store) as kept:
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
            async with fetcher, self._ending.watched(fetcher.stop):
                async with backend_for(self._config) as backend, Readers(self._config.run) as readers:
                    corridor = Corridor(
                        self._config,
                        store=store,
                        fetcher=fetcher,
                        backend=backend,
                        publisher=publisher,
                        tally=self._tally,
                        journal=self._journal,
                        stopping=self._ending.stopping,
                        kept=kept,
                    )
                    # What a killed run stored goes out first and alone: same rows, same part.
                    corridor.seal()
                    publisher.clear_unknown()
                    await self._ending.in_time(corridor.work(readers.read))
                corridor.put_off_the_rest()
                corridor.seal()
                now = self._clock.now()
                reach = self._config.health.baseline_runs
                past = Past(store.reports(PastRun, limit=reach), now=now)
                report = self._tally.report(
                    self._config.health, ended_at=now, stopped=self._ending.why, past=past
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

    def _files_for(self, store: Store) -> AbstractContextManager[WarcFiles | None]:
        """Where pages are kept, if they are; what killed runs left there is closed off."""
        folder = self._config.archive.warc
        if not folder:
            return nullcontext()
        files = WarcFiles(Path(folder), run_id=self._run_id)
        for path in files.close_off(store.knows_run):
            self._journal.emit("archive_sealed", detail=str(path))
        return files


def backend_for(config: Config) -> Backend:
    """Where the page work of a run is done, by its configuration."""
    run = config.run
    options = page_options(config)
    size = workers_for(config)
    if size == 0:
        return InProcess(options)
    return WorkerProcesses(options, size=size, timeout_s=run.page_timeout_s, memory_mb=run.worker_memory_mb)


def page_options(config: Config) -> PageOptions:
    """The options of page work in a run."""
    # What cleaning takes out is counted in every run; `settle` strips it from the records.
    return PageOptions(extract=config.extract, clean=msgspec.structs.replace(config.clean, removed=True))


def workers_for(config: Config) -> int:
    """Worker processes of a run; 0 works in its own."""
    return config.run.workers if config.run.workers is not None else _usable_cores()
