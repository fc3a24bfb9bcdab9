"""One run over stored pages: lock, budget, signals, archives, report."""

import secrets
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from scraper.archives import Archives, Order
from scraper.batch import check_options, page_options, workers_for
from scraper.config import Config, HealthConfig
from scraper.onray import RayArchives
from scraper.pieces import Engine
from scraper.publish import Publisher
from scraper.records import Event, Report
from scraper.report import Journal, Tally
from scraper.report.tally import with_lost
from scraper.running import Ending, complete
from scraper.shards import Shard, sharded
from scraper.store import Store, locked
from scraper.stored import StoredWork
from scraper.web.addresses import needed
from scraper.web.clock import Clock, SystemClock


def reprocess(
    addresses: Iterable[str],
    config: Config,
    *,
    order: Order | None = None,
    on_event: Callable[[Event], None] | None = None,
    stop: threading.Event | None = None,
    clock: Clock | None = None,
) -> Report:
    """Take articles from WARC files, as a run takes them from the web, and publish what is new or changed.

    Nothing is fetched. An archive that was read to its end is not read again until the program or its options
    change; one that was not is taken up where the last run ended. `[run] shard` takes a part of the archives,
    by their names, with a state and outputs of its own.

    Args:
        addresses: Local paths, or addresses that fsspec knows; `scraper.listings.archives` makes them.
        config: State, outputs, extraction, cleaning; the sources give their `keep` alone, and of `[health]`
            only `fail_on` is looked at.
        order: Which records are wanted; all when unset.
        on_event: Called for each thing that happens, in this thread; must not block.
        stop: Set it to end the run early.
        clock: Another clock than the machine's.

    Raises:
        ConfigError: The configuration cannot be used, or a library is missing.
        EngineError: The cluster that `[run] engine` names cannot be reached, or was lost.
        StateLocked: Another run holds the state.
        StateError: The state cannot be used.
        OutputError: The output cannot be written.
    """
    config = sharded(check_options(config))
    # Before anything is made: a run that cannot read leaves nothing behind.
    needed("fastwarc.warc", extra="warc", what="to read WARC files")
    if config.run.shard:
        shard = Shard.parse(config.run.shard)
        addresses = (address for address in addresses if shard.owns(address.rpartition("/")[2]))
    run = _Reprocessing(
        addresses,
        config,
        order or Order(),
        on_event or (lambda _: None),
        stop or threading.Event(),
        clock or SystemClock(),
    )
    return complete(run.carry_out, run.stop)


class _Reprocessing:
    """One such run while it lasts."""

    def __init__(
        self,
        addresses: Iterable[str],
        config: Config,
        order: Order,
        on_event: Callable[[Event], None],
        stop: threading.Event,
        clock: Clock,
    ) -> None:
        self.stop = stop
        self._addresses = addresses
        self._config = config
        self._order = order
        self._clock = clock
        started = clock.now()
        run_id = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        self._tally = Tally(run_id, started, kind="reprocess")
        self._journal = Journal(run_id, clock, on_event)
        self._ending = Ending(
            self._journal, stop, max_runtime_s=config.run.max_runtime_s, grace_s=config.run.grace_s
        )

    async def carry_out(self) -> Report:
        """Lock, open, work, seal, report."""
        state = Path(self._config.run.state)
        # The engine before the signals are listened to: it sets handlers of its own.
        with locked(state), Store(state) as store, self._engine() as engine:
            publisher = Publisher(self._config, store, self._tally.run_id, self._clock)
            publisher.open()
            store.begin_run(self._tally.run_id, self._tally.started_at)
            self._journal.emit("run_started")
            async with self._ending.watched(lambda: None):
                async with self._work() as work:
                    archives = Archives(
                        self._config,
                        store=store,
                        work=work,
                        publisher=publisher,
                        tally=self._tally,
                        journal=self._journal,
                        stopping=self._ending.stopping,
                        order=self._order,
                    )
                    # What a killed run stored goes out first and alone: same rows, same part.
                    await archives.seal()
                    publisher.clear_unknown()
                    await self._ending.in_time(archives.take(self._addresses, engine))
                await archives.seal()
                report = self._report()
                store.end_run(report)
                publisher.close(report)
                self._journal.emit("run_ended", count=report.links, detail=f"exit code {report.exit_code}")
                return report

    def _report(self) -> Report:
        health = HealthConfig(fail_on=self._config.health.fail_on)
        return with_lost(self._tally.report(health, ended_at=self._clock.now(), stopped=self._ending.why))

    def _engine(self) -> AbstractContextManager[Engine | None]:
        run = self._config.run
        return RayArchives(workers=run.workers) if run.engine == "ray" else nullcontext()

    def _work(self) -> StoredWork:
        run = self._config.run
        return StoredWork(
            page_options(self._config),
            size=workers_for(self._config),
            timeout_s=run.page_timeout_s,
            memory_mb=run.worker_memory_mb,
            max_bytes=self._config.fetch.max_decoded_bytes,
        )
