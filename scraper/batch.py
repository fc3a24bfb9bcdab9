"""One run, from sources to sealed outputs: the only file that knows every stage.

    sources → discover → (state: queue) → fetch → page work → dedupe → (state: articles) → outputs

Links go through the state, so memory does not grow with their number, and a run that is killed leaves a
queue from which the next one goes on.
"""

import asyncio
import os
import secrets
import signal
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import msgspec

from scraper.backends import Backend, InProcess, WorkerProcesses
from scraper.config import OUTPUT_SUFFIXES, Config, SourceConfig
from scraper.dedupe import Standing, article_id, standing
from scraper.discover import Document, discover
from scraper.errors import ConfigError
from scraper.fetch import Fetcher
from scraper.outputs import Folder, write_atomically, write_file
from scraper.page import PageOptions
from scraper.records import (
    Article,
    Drop,
    Event,
    Known,
    NotModified,
    Outcome,
    Page,
    Reason,
    Report,
    Stage,
)
from scraper.report import Tally
from scraper.store import Part, Queued, Store, locked
from scraper.web.clock import Clock, SystemClock
from scraper.web.urls import registrable_domain

PART_ROWS = 10_000
"""Rows after which a part is sealed although the run goes on."""
STOP_POLL_S = 0.1
TAKE = 20
"""Links that a domain's task takes from the queue at a time."""
CHALLENGES_IN_A_ROW = 3
"""Challenge pages after which a domain is left in peace for the rest of the run."""


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
    config = config.checked()
    if not config.source:
        raise ConfigError("source: nothing to do; add a [[source]] section")
    run = _Run(config, on_event or _ignore, stop or threading.Event(), clock or SystemClock())
    return _complete(run)


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
    """The state of one run while it lasts."""

    def __init__(
        self, config: Config, on_event: Callable[[Event], None], stop: threading.Event, clock: Clock
    ) -> None:
        self.config = config
        self.clock = clock
        started = clock.now()
        self.run_id = f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        self.tally = Tally(self.run_id, started)
        self.sources = {source.name or "": source for source in config.source}
        self.stopped: str | None = None
        self._on_event = on_event
        self.stop = stop
        self._stopping = asyncio.Event()
        self._challenges: dict[str, int] = {}
        self._unsealed = 0
        self.delays: dict[str, float] = {}

    async def carry_out(self) -> Report:
        """Lock, open, work, seal, report."""
        state = Path(self.config.run.state)
        with locked(state), Store(state) as store:
            outputs = _Outputs(self.config, store, self.run_id, self.clock)
            outputs.open()
            store.begin_run(self.run_id, self.tally.started_at)
            self._emit("run_started", count=len(self.sources))
            # What a killed run stored goes out first and alone: same rows, same part.
            self._seal(outputs)
            outputs.clear_unknown()
            fetcher = Fetcher(
                self.config.fetch, clock=self.clock, robots_cache=store.robots, delays=self.delays
            )
            async with self._backend() as backend, fetcher, self._watched(fetcher):
                await self._in_time(self._work(store, fetcher, backend, outputs))
            for source, count in store.links.close_queue(self.run_id).items():
                self.tally[source].drop(Reason.STOPPED, deferred=True, count=count)
            self._seal(outputs)
            report = self.tally.report(self.config.health, ended_at=self.clock.now(), stopped=self.stopped)
            store.end_run(report)
            outputs.close(report)
            self._emit("run_ended", count=report.links, detail=f"exit code {report.exit_code}")
            return report

    def _backend(self) -> Backend:
        run = self.config.run
        options = PageOptions(extract=self.config.extract, clean=self.config.clean)
        size = run.workers if run.workers is not None else len(os.sched_getaffinity(0))
        if size == 0:
            return InProcess(options)
        return WorkerProcesses(
            options, size=size, timeout_s=run.page_timeout_s, memory_mb=run.worker_memory_mb
        )

    # ---- ending early --------------------------------------------------------------------------------

    def _end_early(self, why: str, fetcher: Fetcher) -> None:
        if not self._stopping.is_set():
            self.stopped = why
            self._stopping.set()
            self._emit("stopping", detail=why)
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
        limit = self.config.run.max_runtime_s
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
                await asyncio.wait({task}, timeout=self.config.run.grace_s)
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

    # ---- stages --------------------------------------------------------------------------------------

    async def _work(self, store: Store, fetcher: Fetcher, backend: Backend, outputs: "_Outputs") -> None:
        side_by_side = self.config.fetch.concurrency
        sources = iter(self.sources.values())
        async with asyncio.TaskGroup() as group:
            for _ in range(min(side_by_side, len(self.sources))):
                group.create_task(self._discover(sources, store, fetcher))
        if self._stopping.is_set():
            return
        self._open_queue(store)
        domains = store.links.waiting_domains(self.run_id)
        waiting = iter(domains)
        pages: asyncio.Queue[tuple[Queued, Page | NotModified | Drop] | None] = asyncio.Queue(
            backend.size * 2
        )
        async with asyncio.TaskGroup() as consumers:
            for _ in range(backend.size + 1):
                consumers.create_task(self._consume(pages, store, backend, outputs))
            async with asyncio.TaskGroup() as group:
                for _ in range(min(side_by_side, len(domains))):
                    group.create_task(self._fetch(waiting, store, fetcher, pages))
            for _ in range(backend.size + 1):
                await pages.put(None)

    async def _discover(self, sources: Iterator[SourceConfig], store: Store, fetcher: Fetcher) -> None:
        for source in sources:
            if self._stopping.is_set():
                return
            source_hash = sha256(msgspec.json.encode(source)).hexdigest()
            tally = self.tally[source.name or ""]

            async def get(url: str, source_hash: str = source_hash) -> Page | NotModified | Drop:
                etag, last_modified = store.links.document_validators(url, source_hash)
                return await fetcher.get(url, etag=etag, last_modified=last_modified, accept="document")

            self._slow_down(source, (*source.feeds, *source.sitemaps, *source.sections, source.site))
            async for document in discover(source, get):
                self._take_up(document, source, source_hash, store)
                self._emit(
                    "document_read",
                    source=tally.name,
                    url=document.url,
                    count=len(document.links),
                    reason=document.error.reason if document.error else None,
                    detail=document.error.detail if document.error else None,
                )

    def _take_up(self, document: Document, source: SourceConfig, source_hash: str, store: Store) -> None:
        tally = self.tally[source.name or ""]
        if document.error is not None:
            if document.error.reason is not Reason.STOPPED:
                tally.fail(document.error)
            return
        tally.documents += 1
        page = document.page
        found, unchanged = store.links.add_document(
            document.url if page else None,
            ((link, registrable_domain(link.url)) for link in document.links),
            run_id=self.run_id,
            now=self.clock.now(),
            revisit_s=self.config.fetch.revisit_s,
            source_hash=source_hash,
            etag=page.etag if page else None,
            last_modified=page.last_modified if page else None,
        )
        tally.found += found + len(document.drops)
        tally.unchanged(unchanged)
        for drop in document.drops:
            tally.drop(drop.reason, deferred=False)

    def _open_queue(self, store: Store) -> None:
        limits = {name: source.max_articles for name, source in self.sources.items()}
        opened = store.links.open_queue(self.run_id, limits, now=self.clock.now())
        for name, (joined, put_off) in opened.items():
            self.tally[name].found += joined
            for reason, count in put_off.items():
                self.tally[name].drop(reason, deferred=True, count=count)
        self._emit("queue_opened", count=store.links.waiting(self.run_id))

    async def _fetch(
        self,
        domains: Iterator[str],
        store: Store,
        fetcher: Fetcher,
        pages: asyncio.Queue[tuple[Queued, Page | NotModified | Drop] | None],
    ) -> None:
        for domain in domains:
            while not self._stopping.is_set():
                batch = store.links.take(domain, self.run_id, limit=TAKE)
                if not batch:
                    break
                for queued in batch:
                    self._slow_down(self.sources[queued.link.source], (queued.link.url,))
                    await pages.put((queued, await self._ask(queued, fetcher)))

    async def _ask(self, queued: Queued, fetcher: Fetcher) -> Page | NotModified | Drop:
        if self._challenges.get(queued.domain, 0) >= CHALLENGES_IN_A_ROW:
            return Drop(
                url=queued.link.url,
                stage=Stage.FETCH,
                reason=Reason.HOST_UNAVAILABLE,
                detail="the site asks for a proof that we are human; left in peace for this run",
            )
        begun = self.clock.monotonic()
        result = await fetcher.get(
            queued.link.url, etag=queued.etag, last_modified=queued.last_modified, link=queued.link
        )
        self.tally[queued.link.source].seconds += self.clock.monotonic() - begun
        return result

    def _slow_down(self, source: SourceConfig, urls: tuple[str | None, ...]) -> None:
        """Hold the fetcher to the source's own pause; where two sources share a domain, to the longer one."""
        if source.delay_s is None:
            return
        for url in filter(None, urls):
            domain = registrable_domain(url)
            self.delays[domain] = max(self.delays.get(domain, 0.0), source.delay_s)

    async def _consume(
        self,
        pages: asyncio.Queue[tuple[Queued, Page | NotModified | Drop] | None],
        store: Store,
        backend: Backend,
        outputs: "_Outputs",
    ) -> None:
        while (item := await pages.get()) is not None:
            queued, result = item
            source = self.sources[queued.link.source]
            if isinstance(result, Page):
                self.tally[queued.link.source].fetched += 1
                outcome: Article | Drop | NotModified = await backend.process(result, source.keep)
            else:
                outcome = result
            if isinstance(outcome, Drop):
                self._settle_drop(queued, outcome, store)
            elif isinstance(outcome, NotModified):
                self._settle_unchanged(queued, outcome.etag, outcome.last_modified, store)
            else:
                self._settle_article(queued, outcome, store)
            if self._unsealed >= PART_ROWS:
                self._seal(outputs)

    # ---- outcomes ------------------------------------------------------------------------------------

    def _settle_drop(self, queued: Queued, drop: Drop, store: Store) -> None:
        if drop.reason is Reason.CHALLENGE:
            self._challenges[queued.domain] = self._challenges.get(queued.domain, 0) + 1
        elif drop.stage is not Stage.FETCH:
            self._challenges.pop(queued.domain, None)
        drop = store.links.settle_drop(
            queued, drop, now=self.clock.now(), max_attempts=self.config.fetch.max_attempts
        )
        self.tally[queued.link.source].drop(drop.reason, deferred=drop.deferred)
        outcome = Outcome.DEFERRED if drop.deferred else Outcome.DROPPED
        self._emit_settled(queued, outcome, reason=drop.reason, detail=drop.detail)

    def _settle_unchanged(
        self, queued: Queued, etag: str | None, last_modified: str | None, store: Store
    ) -> None:
        self._challenges.pop(queued.domain, None)
        store.links.settle_unchanged(
            queued,
            now=self.clock.now(),
            etag=etag or queued.etag,
            last_modified=last_modified or queued.last_modified,
        )
        self.tally[queued.link.source].unchanged()
        self._emit_settled(queued, Outcome.UNCHANGED)

    def _settle_article(self, queued: Queued, article: Article, store: Store) -> None:
        self._challenges.pop(queued.domain, None)
        # An address keeps the identity of its article, although the page may name another canonical one.
        own_id = article_id(article.url)
        for identity in (queued.article_id or article.id, own_id):
            same_id = store.articles.known_id(identity)
            same_text = store.articles.known_text(article.content_hash)
            candidate = Known(
                id=identity,
                revision=same_id.revision + 1 if same_id else 1,
                key=queued.link.key,
                content_hash=article.content_hash,
                fingerprint=article.fingerprint,
            )
            how = standing(candidate, same_id, same_text)
            if how is not Standing.FALSE_CANONICAL:
                break
        if how is Standing.UNCHANGED:
            self._settle_unchanged(queued, article.etag, article.last_modified, store)
        elif how in {Standing.NEW, Standing.REVISION}:
            article = msgspec.structs.replace(
                article,
                id=candidate.id,
                revision=candidate.revision,
                supersedes=same_id.content_hash if same_id else None,
                run_id=self.run_id,
            )
            store.links.settle_article(queued, article, now=self.clock.now())
            self._unsealed += 1
            self.tally[queued.link.source].store(article.word_count)
            self._emit_settled(queued, Outcome.STORED, words=article.word_count, title=article.title)
        else:
            twin = same_id or same_text
            detail = f"the article {twin.id} from {twin.key}" if twin else ""
            reason = Reason.DUPLICATE_TEXT if how is Standing.DUPLICATE_TEXT else Reason.DUPLICATE_URL
            drop = Drop(
                url=article.url,
                stage=Stage.DEDUPE,
                reason=reason,
                detail=detail,
                http_status=article.http_status,
            )
            self._settle_drop(queued, drop, store)

    # ---- publishing and telling ----------------------------------------------------------------------

    def _seal(self, outputs: "_Outputs") -> None:
        self._unsealed = 0
        for path, rows in outputs.seal():
            self.tally.parts.append(path)
            self._emit("part_sealed", detail=path, count=rows)

    def _emit(self, event: str, **fields: str | int | None) -> None:
        data = {"at": self.clock.now(), "event": event, "run_id": self.run_id, **fields}
        self._on_event(msgspec.convert(data, Event))

    def _emit_settled(
        self,
        queued: Queued,
        outcome: Outcome,
        *,
        reason: str | None = None,
        detail: str | None = None,
        words: int | None = None,
        title: str | None = None,
    ) -> None:
        self._on_event(
            Event(
                at=self.clock.now(),
                event="link_settled",
                run_id=self.run_id,
                source=queued.link.source,
                url=queued.link.url,
                outcome=outcome,
                reason=reason,
                detail=detail or None,
                words=words,
                title=title,
            )
        )


class _Outputs:
    """The configured outputs, and what the state says they have."""

    def __init__(self, config: Config, store: Store, run_id: str, clock: Clock) -> None:
        self._store = store
        self._run_id = run_id
        self._clock = clock
        self._folders: dict[str, Folder] = {}
        self._files: dict[str, Path] = {}
        for output in config.output:
            name = output.name or output.path
            if output.path.endswith(OUTPUT_SUFFIXES):
                self._files[name] = Path(output.path)
            else:
                self._folders[name] = Folder(Path(output.path), state_id=store.id)

    def open(self) -> None:
        """Take the marks of success away."""
        for folder in self._folders.values():
            folder.open_run()

    def clear_unknown(self) -> None:
        """Clear away what a killed run left and did not record."""
        for name, folder in self._folders.items():
            folder.clear_unknown(self._store.articles.part_names(name))

    def seal(self) -> list[tuple[str, int]]:
        """Publish what is stored and not yet published; returns each file with its new rows."""
        sealed = []
        for name, folder in self._folders.items():
            while part := folder.seal(
                (row.seq, row.record) for row in self._store.articles.unpublished(name, limit=PART_ROWS)
            ):
                self._record(Part(output=name, **msgspec.structs.asdict(part)))
                sealed.append((str(folder.path / part.name), part.rows))
        for name, path in self._files.items():
            new = [row.seq for row in self._store.articles.unpublished(name, limit=-1)]
            if new:
                write_file(path, (row.record for row in self._store.articles.rows()))
                mark = f"{path.name}@{new[-1]}"
                self._record(Part(output=name, name=mark, first_seq=new[0], last_seq=new[-1], rows=len(new)))
                sealed.append((str(path), len(new)))
        return sealed

    def close(self, report: Report) -> None:
        """Write the run's report beside what it published, then the mark of success."""
        data = msgspec.json.format(msgspec.json.encode(report), indent=2)
        for folder in self._folders.values():
            folder.close_run(report.run_id, data, complete=report.stopped is None)
        for path in self._files.values():
            write_atomically(path.with_name(path.name + ".run.json"), data)

    def _record(self, part: Part) -> None:
        self._store.articles.add_part(part, run_id=self._run_id, now=self._clock.now())
