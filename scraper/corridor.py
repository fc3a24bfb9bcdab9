"""The stages of a run: discover → queue → fetch → page work → dedupe → store, each handing on to the next.

Links go through the state, so memory does not grow with their number, and a run that is killed leaves a
queue from which the next one goes on.
"""

import asyncio
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

import msgspec

from scraper.backends import Backend, Result
from scraper.config import Config, SourceConfig
from scraper.dedupe import Standing
from scraper.discover import Document, Read, discover
from scraper.duplicates import Duplicates
from scraper.fetch import Fetcher
from scraper.memories import Memories
from scraper.publish import PART_ROWS, Publisher
from scraper.records import (
    Article,
    Drop,
    NotModified,
    Outcome,
    Page,
    Reason,
    Stage,
)
from scraper.report import Journal, Tally
from scraper.settle import count_copy, count_stored, place
from scraper.shards import Shard
from scraper.store import Queued, Store
from scraper.store.near import Ruled
from scraper.warcfiles import WarcFiles
from scraper.web.urls import registrable_domain

TAKE = 20
"""Links that a domain's task takes from the queue at a time."""
GROUP_S = 0.05
"""How long outcomes are gathered that become durable together, by one wait for the disk."""
GROUP = 100
"""Most outcomes of such a group."""
CHALLENGES_IN_A_ROW = 3
"""Challenge pages after which a domain is left in peace for the rest of the run."""


class _Answered:
    """A link with its answer, on the way to page work."""

    __slots__ = ("before", "handed_on", "queued", "result")

    def __init__(
        self, queued: Queued, result: Page | NotModified | Drop, before: asyncio.Event | None
    ) -> None:
        self.queued = queued
        self.result = result
        self.before = before
        """Set once the domain's answer before this one is handed on to be settled: of two twins the first is
        the original, however long its page work takes."""
        self.handed_on = asyncio.Event()


class _Outcome(NamedTuple):
    """What became of a link, to be settled."""

    queued: Queued
    outcome: Article | Drop | NotModified
    done: Result | None


class Corridor:
    """Takes a run's links through the stages."""

    def __init__(  # noqa: PLR0913 - what each stage stands on, by name
        self,
        config: Config,
        *,
        store: Store,
        fetcher: Fetcher,
        backend: Backend,
        publisher: Publisher,
        tally: Tally,
        journal: Journal,
        stopping: asyncio.Event,
        kept: WarcFiles | None = None,
    ) -> None:
        """`stopping` is set when nothing new is to be begun; `kept` is where pages are kept."""
        self._config = config
        self._shard = Shard.parse(config.run.shard) if config.run.shard else None
        self._sources = {source.name or "": source for source in config.source}
        self._run_id = tally.run_id
        self._store = store
        self._fetcher = fetcher
        self._backend = backend
        self._publisher = publisher
        self._tally = tally
        self._journal = journal
        self._clock = journal.clock
        self._stopping = stopping
        self._kept = kept
        self._challenges: dict[str, int] = {}
        self._unsealed = 0
        self._duplicates = Duplicates(config.dedupe, store.near)
        # Answers wait for page work beside the domains that are asked.
        most = 2 * (config.fetch.concurrency + backend.size)
        self._memories = Memories(store.templates, most=most) if config.clean.site_memory else None

    async def work(self, read: Read) -> None:
        """Discover, by `read`, then fetch what is due, work on the pages and store what comes of them."""
        side_by_side = self._config.fetch.concurrency
        sources = iter(self._sources.values())
        async with asyncio.TaskGroup() as group:
            for _ in range(min(side_by_side, len(self._sources))):
                group.create_task(self._discover(sources, read))
        if self._stopping.is_set():
            return
        self._open_queue()
        domains = self._store.links.waiting_domains(self._run_id)
        waiting = iter(domains)
        answers: asyncio.Queue[_Answered | None] = asyncio.Queue(self._backend.size * 2)
        outcomes: asyncio.Queue[_Outcome | None] = asyncio.Queue(GROUP)
        async with asyncio.TaskGroup() as settling:
            settling.create_task(self._settle_in_groups(outcomes))
            async with asyncio.TaskGroup() as consumers:
                for _ in range(self._backend.size + 1):
                    consumers.create_task(self._consume(answers, outcomes))
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(side_by_side, len(domains))):
                        group.create_task(self._fetch(waiting, answers))
                for _ in range(self._backend.size + 1):
                    await answers.put(None)
            await outcomes.put(None)

    def seal(self) -> None:
        """Publish what is stored and not yet published."""
        self._unsealed = 0
        for some in self._duplicates.rule():
            self._count_copies(some)
        if self._kept and (kept := self._kept.seal()):
            self._journal.emit("archive_sealed", detail=str(kept))
        for path, rows in self._publisher.seal():
            self._tally.parts.append(path)
            self._journal.emit("part_sealed", detail=path, count=rows)

    async def _seal_amid(self) -> None:
        """As `seal`, while pages are asked for: their answers are not kept waiting until all is compared."""
        self._unsealed = 0
        for some in self._duplicates.rule():
            self._count_copies(some)
            await asyncio.sleep(0)
        self.seal()

    def _count_copies(self, some: Iterable[Ruled]) -> None:
        for ruled in some:
            # What a killed run stored was counted by that run, if by any.
            if ruled.article.run_id == self._run_id:
                count_copy(ruled, self._tally[ruled.source], self._journal, url=ruled.article.requested_url)

    def put_off_the_rest(self) -> None:
        """Account for the links that the run did not come to."""
        for source, count in self._store.links.close_queue(self._run_id).items():
            self._tally[source].drop(Reason.STOPPED, deferred=True, count=count)

    async def _discover(self, sources: Iterator[SourceConfig], read: Read) -> None:
        for source in sources:
            if self._stopping.is_set():
                return
            source_hash = sha256(msgspec.json.encode(source)).hexdigest()
            tally = self._tally[source.name or ""]

            async def get(url: str, source_hash: str = source_hash) -> Page | NotModified | Drop:
                etag, last_modified = self._store.links.document_validators(url, source_hash)
                return await self._fetcher.get(url, etag=etag, last_modified=last_modified, accept="document")

            self._slow_down(source, *source.feeds, *source.sitemaps, *source.sections, source.site)
            async for document in discover(source, get, read=read):
                if self._shard and document.kind == "list":
                    document = _own_part(document, self._shard)  # noqa: PLW2901 - what is not ours was never here
                self._take_up(document, source, source_hash)
                self._journal.emit(
                    "document_read",
                    source=tally.name,
                    url=document.url or None,
                    count=len(document.links),
                    reason=document.error.reason if document.error else None,
                    detail=document.error.detail if document.error else None,
                )

    def _take_up(self, document: Document, source: SourceConfig, source_hash: str) -> None:
        tally = self._tally[source.name or ""]
        if document.error is not None:
            if document.error.reason is not Reason.STOPPED:
                tally.fail(document.error)
            return
        now = self._clock.now()
        dates = (link.date_published or link.date_modified for link in document.links)
        # What is announced for tomorrow says nothing about today.
        tally.announce(
            [date if date and date <= now else None for date in dates], fresh=not document.not_modified
        )
        page = document.page
        found, unchanged = self._store.links.add_document(
            document.url if page else None,
            ((link, registrable_domain(link.url)) for link in document.links),
            run_id=self._run_id,
            now=now,
            revisit_s=self._config.fetch.revisit_s,
            source_hash=source_hash,
            etag=page.etag if page else None,
            last_modified=page.last_modified if page else None,
        )
        tally.found += found + len(document.drops)
        tally.unchanged(unchanged)
        for drop in document.drops:
            tally.drop(drop.reason, deferred=False)

    def _open_queue(self) -> None:
        limits = {name: source.max_articles for name, source in self._sources.items()}
        opened = self._store.links.open_queue(self._run_id, limits, now=self._clock.now())
        for name, (joined, put_off) in opened.items():
            self._tally[name].found += joined
            for reason, count in put_off.items():
                self._tally[name].drop(reason, deferred=True, count=count)
        self._journal.emit("queue_opened", count=self._store.links.waiting(self._run_id))

    async def _fetch(self, domains: Iterator[str], answers: "asyncio.Queue[_Answered | None]") -> None:
        for domain in domains:
            before: asyncio.Event | None = None
            while not self._stopping.is_set():
                batch = self._store.links.take(domain, self._run_id, limit=TAKE)
                if not batch:
                    break
                for queued in batch:
                    self._slow_down(self._sources[queued.link.source], queued.link.url)
                    answered = _Answered(queued, await self._ask(queued), before)
                    before = answered.handed_on
                    await answers.put(answered)

    async def _ask(self, queued: Queued) -> Page | NotModified | Drop:
        if self._challenges.get(queued.domain, 0) >= CHALLENGES_IN_A_ROW:
            return Drop(
                url=queued.link.url,
                stage=Stage.FETCH,
                reason=Reason.HOST_UNAVAILABLE,
                detail="the site asks for a proof that we are human; left in peace for this run",
            )
        begun = self._clock.monotonic()
        result = await self._fetcher.get(
            queued.link.url, etag=queued.etag, last_modified=queued.last_modified, link=queued.link
        )
        self._tally[queued.link.source].seconds += self._clock.monotonic() - begun
        return result

    def _slow_down(self, source: SourceConfig, *urls: str | None) -> None:
        """Hold the fetcher to the source's own pause; where two sources share a domain, to the longer one."""
        if source.delay_s is not None:
            for url in filter(None, urls):
                self._fetcher.slow_down(url, source.delay_s)

    async def _consume(
        self, answers: "asyncio.Queue[_Answered | None]", outcomes: "asyncio.Queue[_Outcome | None]"
    ) -> None:
        while (answered := await answers.get()) is not None:
            queued, result = answered.queued, answered.result
            outcome: Article | Drop | NotModified
            done: Result | None = None
            if isinstance(result, Page):
                self._tally[queued.link.source].fetched += 1
                keep = self._sources[queued.link.source].keep
                memory = self._memories.of(queued.domain, queued.link.key) if self._memories else None
                if self._kept:
                    result = self._keep(self._kept, result, queued)
                done = await self._backend.process(result, keep, memory)
                outcome = done.outcome
            else:
                outcome = result
            # The predecessor was taken from the queue before, so another consumer is at it.
            if answered.before:
                await answered.before.wait()
            await outcomes.put(_Outcome(queued, outcome, done))
            answered.handed_on.set()

    def _keep(self, kept: WarcFiles, page: Page, queued: Queued) -> Page:
        asked = self._fetcher.request_headers(etag=queued.etag, last_modified=queued.last_modified)
        return msgspec.structs.replace(page, warc_ref=kept.write(page, asked))

    # ---- outcomes ------------------------------------------------------------------------------------

    async def _settle_in_groups(self, outcomes: "asyncio.Queue[_Outcome | None]") -> None:
        last = False
        while not last:
            group = [await outcomes.get()]
            try:
                await asyncio.sleep(GROUP_S)
            finally:
                # When the time is up, too, what is known is kept.
                while not outcomes.empty():
                    group.append(outcomes.get_nowait())
                last = None in group
                self._settle_group([outcome for outcome in group if outcome])
            if self._unsealed >= PART_ROWS:
                await self._seal_amid()

    def _settle_group(self, group: list[_Outcome]) -> None:
        with self._store.together():
            for queued, outcome, done in group:
                self._settle(queued, outcome, done)
            if self._kept:
                # No article is to name a page that a power cut can take away.
                self._kept.to_disk()

    def _settle(self, queued: Queued, outcome: Article | Drop | NotModified, done: Result | None) -> None:
        self._tally[queued.link.source].settle(outcome)
        if isinstance(outcome, Drop):
            self._settle_drop(queued, outcome)
        elif isinstance(outcome, NotModified):
            self._settle_unchanged(queued, outcome.etag, outcome.last_modified)
        else:
            self._settle_article(queued, outcome, done or Result())

    def _settle_drop(self, queued: Queued, drop: Drop) -> None:
        if drop.reason is Reason.CHALLENGE:
            self._challenges[queued.domain] = self._challenges.get(queued.domain, 0) + 1
        elif drop.stage is not Stage.FETCH:
            self._challenges.pop(queued.domain, None)
        drop = self._store.links.settle_drop(
            queued,
            drop,
            now=self._clock.now(),
            max_attempts=self._config.fetch.max_attempts,
            retry_gap_s=self._config.fetch.retry_gap_s,
        )
        self._tally[queued.link.source].drop(drop.reason, deferred=drop.deferred)
        outcome = Outcome.DEFERRED if drop.deferred else Outcome.DROPPED
        self._tell(queued, outcome, reason=drop.reason, detail=drop.detail)

    def _settle_unchanged(self, queued: Queued, etag: str | None, last_modified: str | None) -> None:
        self._challenges.pop(queued.domain, None)
        self._store.links.settle_unchanged(
            queued,
            now=self._clock.now(),
            etag=etag or queued.etag,
            last_modified=last_modified or queued.last_modified,
        )
        self._tally[queued.link.source].unchanged()
        self._tell(queued, Outcome.UNCHANGED)

    def _settle_article(self, queued: Queued, article: Article, done: Result) -> None:
        self._challenges.pop(queued.domain, None)
        placed = place(
            article,
            self._store.articles,
            key=queued.link.key,
            kept_id=queued.article_id,
            run_id=self._run_id,
            list_removed=self._config.clean.removed,
            duplicates=self._duplicates,
        )
        if placed.standing is Standing.UNCHANGED:
            self._settle_unchanged(queued, article.etag, article.last_modified)
        elif placed.drop:
            self._settle_drop(queued, placed.drop)
        else:
            source = queued.link.source
            self._tally[source].remove(article.removed or ())
            self._store.links.settle_article(
                queued,
                placed.article,
                now=self._clock.now(),
                blocks=done.blocks,
                sketch=done.sketch if self._duplicates.active else None,
            )
            self._unsealed += 1
            count_stored(
                placed.article, self._tally[source], self._journal, source=source, url=queued.link.url
            )

    def _tell(
        self, queued: Queued, outcome: Outcome, *, reason: str | None = None, detail: str | None = None
    ) -> None:
        self._journal.emit(
            "link_settled",
            source=queued.link.source,
            url=queued.link.url,
            outcome=outcome,
            reason=reason,
            detail=detail or None,
        )


def _own_part(document: Document, shard: Shard) -> Document:
    """Of a list that all shards read, what this one is to ask for."""
    return msgspec.structs.replace(
        document,
        links=tuple(link for link in document.links if shard.owns_address(link.url)),
        drops=tuple(drop for drop in document.drops if shard.owns_address(drop.url)),
    )
