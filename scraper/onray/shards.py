"""A run on Ray: a task for each shard, with a state of its own; Ray begins that of a lost machine again.

What the lost task had recorded stays: its successor goes on from there, as any run does after a kill. Events
come back, and the wish to stop goes out, by way of an actor that each task asks once a second.
"""

import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import Any

import msgspec

from scraper.batch import check_options, run_batch
from scraper.config import Config, HealthConfig
from scraper.errors import ConfigError, EngineError, ScraperError, StateLocked
from scraper.formats import Medium, target_of
from scraper.onray.cluster import connected
from scraper.outputs import place_of, write_atomically
from scraper.outputs.folders import HIDDEN_REPORT, REPORT, SUCCESS_MARK
from scraper.records import Event, Record, Report
from scraper.report import Journal, metrics_text
from scraper.report.combined import combined
from scraper.web.clock import SystemClock

ASK_S = 1.0
POLL_S = 0.5
"""How often it is looked for events and for the wish to stop."""
RETRIES = 3
"""How often the task of a lost machine is begun again."""
LOCK_PATIENCE_S = 60.0
"""How long a task waits for the state: of the one before it, the end may not have been noticed everywhere."""
INTERNAL, LOCKED = 3, 4


class Ended(Record, frozen=True, kw_only=True):
    """How the task of a shard ended."""

    report: Report | None = None
    error: str | None = None
    """What went wrong, where there is no report."""
    exit_code: int = 0


def run_shards(
    config: Config, *, on_event: Callable[[Event], None] | None = None, stop: threading.Event | None = None
) -> Report:
    """Run the configured sources once, shared out by site over the tasks of a cluster.

    State and outputs are those of `[run] shard`, and lie where all machines reach them. SIGTERM and SIGINT
    (when called from the main thread), `stop` and the end of `[run] max_runtime_s` end all shards early.

    Args:
        config: What to run.
        on_event: Called for each thing that happens in any shard, in this thread; must not block.
        stop: Set it to end the run early.

    Raises:
        ConfigError: The configuration cannot be used, or Ray is not installed.
        EngineError: The cluster cannot be reached, or was lost.
        StateLocked: Another run holds the states of all shards.
        OutputError: The report of the whole cannot be written.
    """
    # Tasks have working folders of their own.
    config = check_options(config.checked(Path.cwd()))
    config.require_sources()
    if config.run.shard:
        raise ConfigError("run.shard: the engine shares the shards out; leave this away, or the engine")
    run = _ShardedRun(config, on_event, stop or threading.Event())
    with connected() as ray, _signals(run.stop):
        try:
            return run.carry_out(ray)
        except ray.exceptions.RayError as error:
            raise EngineError(f"Ray: {error}") from error


class _ShardedRun:
    """One such run while it lasts."""

    def __init__(
        self, config: Config, on_event: Callable[[Event], None] | None, stop: threading.Event
    ) -> None:
        self.stop = stop
        self._config = config
        self._started = datetime.now(UTC)
        self._begun = time.monotonic()
        self._run_id = f"{self._started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        self._listens = on_event is not None
        self._tell = on_event or (lambda _: None)
        self._journal = Journal(self._run_id, SystemClock(), self._tell)
        self._stopped: str | None = None

    def carry_out(self, ray: Any) -> Report:  # noqa: ANN401 - a module
        """Start the tasks, wait for them, and make one report of theirs."""
        count = self._config.run.shards or max(1, int(ray.cluster_resources().get("CPU", 1)))
        most = max((int(node["Resources"].get("CPU", 1)) for node in ray.nodes() if node["Alive"]), default=1)
        # A task that asks for more than any machine has would wait for ever.
        cores = max(1, min(most, _workers(self._config)))
        desk = ray.remote(num_cpus=0, max_restarts=RETRIES)(Desk).remote()
        task = ray.remote(num_cpus=cores, max_retries=RETRIES)(run_shard)
        tasks = {
            task.remote(shard_of(self._config, index, count), desk, self._listens): index
            for index in range(count)
        }
        self._journal.emit("run_started", count=len(self._config.source))
        ended: dict[int, Ended] = {}
        waiting = list(tasks)
        while waiting:
            done, waiting = ray.wait(waiting, num_returns=len(waiting), timeout=POLL_S)
            for event in ray.get(desk.events.remote()):
                self._tell(event)
            for each in done:
                ended[tasks[each]] = self._end_of(ray, each, f"{tasks[each]}/{count}")
            if not self._stopped and (why := self._why_to_stop()):
                self._stopped = why
                self._journal.emit("stopping", detail=why)
                ray.get(desk.stop.remote())
        return self._close([ended[index] for index in range(count)])

    def _end_of(self, ray: Any, task: Any, shard: str) -> Ended:  # noqa: ANN401 - a module, a reference
        try:
            end: Ended = ray.get(task)
        except ray.exceptions.RayError as error:
            # The task was lost too often, or met with a fault of ours; the other shards go on.
            lines = str(error).strip().splitlines()
            end = Ended(error=lines[-1] if lines else type(error).__name__, exit_code=INTERNAL)
        links, how = None, f"{end.error}"
        if end.report:
            links, how = end.report.links, f"exit code {end.report.exit_code}"
        self._journal.emit("shard_ended", count=links, detail=f"{shard}: {how}")
        return end

    def _why_to_stop(self) -> str | None:
        if self.stop.is_set():
            return "signal"
        limit = self._config.run.max_runtime_s
        return "max_runtime" if limit and time.monotonic() - self._begun >= limit else None

    def _close(self, ended: list[Ended]) -> Report:
        """Make the report, and write it beside the folders of the shards."""
        failures = {f"{index}/{len(ended)}": end for index, end in enumerate(ended) if not end.report}
        if len(failures) == len(ended) and {end.exit_code for end in ended} == {LOCKED}:
            raise StateLocked(f"{ended[0].error}")
        report = combined(
            [end.report for end in ended if end.report],
            self._config.health,
            run_id=self._run_id,
            started_at=self._started,
            ended_at=datetime.now(UTC),
            stopped=self._stopped,
        )
        if failures:
            told = tuple(f"shard {name}: {end.error}" for name, end in failures.items())
            code = max(end.exit_code for end in failures.values())
            report = msgspec.structs.replace(report, missed=(*told, *report.missed), exit_code=code)
        self._write(report, complete=report.stopped is None and not failures)
        self._journal.emit("run_ended", count=report.links, detail=f"exit code {report.exit_code}")
        return report

    def _write(self, report: Report, *, complete: bool) -> None:
        data = msgspec.json.format(msgspec.json.encode(report), indent=2)
        for output in self._config.output:
            target = target_of(output.path, output.format)
            if target.medium is Medium.FOLDER:
                place = place_of(output.path, output.options)
                place.prepare()
                place.write(REPORT if target.format.startswith("jsonl") else HIDDEN_REPORT, data)
                if complete:
                    place.write(SUCCESS_MARK, f"{report.run_id}\n".encode())
                else:
                    place.remove(SUCCESS_MARK)
        if self._config.run.metrics:
            write_atomically(Path(self._config.run.metrics), metrics_text(report))


def _workers(config: Config) -> int:
    return config.run.workers if config.run.workers is not None else 1


def shard_of(config: Config, index: int, count: int) -> Config:
    """What a task is to run: its shard, without what is looked at for the whole."""
    run = msgspec.structs.replace(
        config.run,
        shard=f"{index}/{count}",
        workers=_workers(config),
        engine="local",
        max_runtime_s=None,
        metrics=None,
    )
    health = HealthConfig(baseline_runs=config.health.baseline_runs, min_pages=config.health.min_pages)
    return msgspec.structs.replace(config, run=run, health=health)


@contextmanager
def _signals(stop: threading.Event) -> Iterator[None]:
    """Take the signals that end a run as the wish to stop."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def wish(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, wish) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# ---- in tasks ----------------------------------------------------------------------------------------


class Desk:
    """An actor between the run and its shards: events come in, the wish to stop goes out."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._stopped = False

    def tell(self, events: list[Event]) -> bool:
        """Take events from a shard; returns whether it is to stop."""
        self._events += events
        return self._stopped

    def events(self) -> list[Event]:
        """What has come in since the last time."""
        events, self._events = self._events, []
        return events

    def stop(self) -> None:
        """Tell all shards to stop, when they ask."""
        self._stopped = True


class _Line(threading.Thread):
    """Tells the desk what happens, and hears from it whether to stop."""

    def __init__(self, desk: Any, stop: threading.Event) -> None:  # noqa: ANN401 - an actor
        super().__init__(daemon=True)
        self._desk = desk
        self._stop_run = stop
        self._over = threading.Event()
        self._events: SimpleQueue[Event] = SimpleQueue()
        self.note = self._events.put

    def run(self) -> None:
        """Ask once a second, and once more at the end."""
        import ray  # noqa: PLC0415 - of the extra

        last = False
        while not last:
            last = self._over.wait(ASK_S)
            events = [self._events.get() for _ in range(self._events.qsize())]
            try:
                if ray.get(self._desk.tell.remote(events)):
                    self._stop_run.set()
            except ray.exceptions.RayError:
                # Whoever wanted the run is gone, or cannot be heard: it ends, with everything safe.
                self._stop_run.set()

    def close(self) -> None:
        """Tell the rest."""
        self._over.set()
        self.join()


def run_shard(config: Config, desk: Any, listens: bool) -> Ended:  # noqa: ANN401, FBT001 - an actor; Ray's call
    """A task: the run of one shard."""
    stop = threading.Event()
    line = _Line(desk, stop)
    line.start()
    try:
        return Ended(report=_patiently(config, line.note if listens else None, stop))
    except ScraperError as error:
        code = LOCKED if isinstance(error, StateLocked) else INTERNAL
        return Ended(error=str(error), exit_code=code)
    finally:
        line.close()


def _patiently(config: Config, on_event: Callable[[Event], None] | None, stop: threading.Event) -> Report:
    until = time.monotonic() + LOCK_PATIENCE_S
    while True:
        try:
            return run_batch(config, on_event=on_event, stop=stop)
        except StateLocked:
            if time.monotonic() >= until or stop.wait(1.0):
                raise
