"""Archives to outcomes: read → page work → dedupe → store, side by side, in the order of the records.

What comes of some hundred records, and how far the archive was read, is one transaction: a run that is killed
goes on where the last one ended, and no record has two outcomes.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from scraper.backends import Result
from scraper.config import Config
from scraper.dedupe import Standing
from scraper.duplicates import Duplicates
from scraper.errors import InputError
from scraper.memories import Memories
from scraper.pieces import (
    Assignment,
    Engine,
    Piece,
    Terms,
    bundled,
    pages_of,
    position_of,
    taken_up,
)
from scraper.publish import PART_ROWS, Publisher
from scraper.records import Article, Drop, Link, Outcome, Reason, Record, Skip, Stage
from scraper.report import Journal, Tally
from scraper.report.tally import SourceTally
from scraper.settle import Placed, count_copy, count_stored, place
from scraper.store import Progress, Store
from scraper.store.near import Ruled
from scraper.stored import StoredWork
from scraper.web.urls import registrable_domain
from scraper.web.warc import Archive, Entry, Position, Wanted
from scraper.worknames import work_name

AHEAD = 3
"""Bundles for each worker that are at work or wait for their turn,"""
MOST_BUNDLES = 100
"""and those whose outcomes wait to be settled: a slow page, or a part that is sealed, holds up none."""
COMMIT_RECORDS = 400
"""Records whose outcomes are one transaction; a run that is killed does so many again at most."""
RULED_AT_A_TIME = 10
"""Articles ruled on while workers wait to be given more pages: two milliseconds, of a page's fifteen;"""
RULED_TOGETHER = 50
"""and so many times as many in one transaction."""
ROUNDS = 4
"""Of the event loop, after each: answer, next message, and the rest of it that the pipe had no room for."""
MEMORIES = 64
"""Site memories that are kept: archives mix sites, and each memory may hold a megabyte."""
LEARNT_OF_A_SITE = 60
"""Articles of a site that its memory learns from; as many as count (`store.templates.DOCUMENTS`)."""
MAX_SITES = 200_000
"""Sites whose learnt articles are counted; of those met later nothing is learnt."""


class Order(Record, frozen=True, kw_only=True):
    """What is to be done."""

    wanted: Wanted = Wanted()
    languages: tuple[str, ...] = ()
    """Language codes of articles, such as `de`; told by the page, so that the page is worked on first."""
    again: bool = False
    """Whether to take up archives that had just this done before."""


@dataclass(slots=True)
class _File:
    """An archive that is being read."""

    address: str
    tally: SourceTally
    size: int | None = None
    at: Progress = field(default_factory=Progress)
    breaks_off: bool = False


class _Bundle(NamedTuple):
    """Records in a row of one archive, and the work on the pages among them, which it no longer holds."""

    file: _File
    skips: tuple[Skip, ...] = ()
    links: tuple[Link, ...] = ()
    """Of the pages, one each."""
    work: "asyncio.Task[tuple[Result, ...]] | None" = None
    results: tuple[Result, ...] = ()
    """Where an engine has done the work."""
    last: Position | None = None
    """Of the last record; None where the archive has ended."""
    failure: str | None = None
    """Why it could not be read on."""


class Archives:
    """Takes the records of archives through page work, deduplication and storing."""

    def __init__(
        self,
        config: Config,
        *,
        store: Store,
        work: StoredWork,
        publisher: Publisher,
        tally: Tally,
        journal: Journal,
        stopping: asyncio.Event,
        order: Order,
    ) -> None:
        """`stopping` is set when nothing new is to be begun."""
        self._config = config
        self._store = store
        self._work = work
        self._publisher = publisher
        self._tally = tally
        self._journal = journal
        self._clock = journal.clock
        self._stopping = stopping
        self._order = order
        self._work_name = work_name(work.options, order.wanted, *order.languages)
        self._keep = {source.name or "": source.keep for source in config.source}
        self._memories = Memories(store.templates, most=MEMORIES) if config.clean.site_memory else None
        self._duplicates = Duplicates(config.dedupe, store.near)
        self._learnt: Counter[str] = Counter()
        self._room = asyncio.Semaphore(AHEAD * work.size)
        self._unsealed = 0

    async def take(self, addresses: Iterable[str], engine: Engine | None = None) -> None:
        """Read the archives in order, or have an engine read them, and settle what is in them."""
        bundles: asyncio.Queue[_Bundle | None] = asyncio.Queue(MOST_BUNDLES)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._settle_all(bundles))
            if engine:
                await self._receive_all(addresses, engine, bundles)
            else:
                await self._read_all(addresses, bundles, group)
            await bundles.put(None)

    async def seal(self) -> None:
        """Publish what is stored and not yet published; lets page work go on meanwhile."""
        self._unsealed = 0
        rulings = self._duplicates.rule(most=RULED_AT_A_TIME)
        more = True
        while more:
            more = await self._count_copies(islice(rulings, RULED_TOGETHER))
        for path, rows in self._publisher.seal():
            self._tally.parts.append(path)
            self._journal.emit("part_sealed", detail=path, count=rows)

    async def _count_copies(self, rulings: Iterable[list[Ruled]]) -> bool:
        """Have articles ruled on, all in one transaction, and count the copies; whether there were any."""
        found: list[Ruled] = []
        more = False
        with self._store.together():
            for some in rulings:
                more = True
                found += some
                # Workers that have ended their pages get others meanwhile.
                for _ in range(ROUNDS):
                    await asyncio.sleep(0)
        # Not before all is recorded: a run whose time is up may be interrupted above.
        for ruled in found:
            # What a killed run stored was counted by that run, if by any.
            if ruled.article.run_id == self._tally.run_id:
                name = (ruled.article.warc_ref or "").rpartition("#")[0]
                count_copy(ruled, self._tally[name], self._journal, url=ruled.article.url)
        return more

    # ---- reading -------------------------------------------------------------------------------------

    async def _read_all(
        self,
        addresses: Iterable[str],
        bundles: "asyncio.Queue[_Bundle | None]",
        group: asyncio.TaskGroup,
    ) -> None:
        loop = asyncio.get_running_loop()
        # One thread, so that reading goes on while outcomes are settled, and a file has but one reader.
        with ThreadPoolExecutor(max_workers=1) as thread:
            for address in addresses:
                if self._stopping.is_set():
                    return
                file = _File(address, self._tally[address.rpartition("/")[2]])
                try:
                    archive = await loop.run_in_executor(thread, self._open, address)
                    pieces = self._pieces(file, archive)
                    while pieces and not self._stopping.is_set():
                        entries = await loop.run_in_executor(thread, next, pieces, None)
                        if entries is None:
                            await bundles.put(_Bundle(file))
                            break
                        await self._hand_on(file, entries, bundles, group)
                except InputError as error:
                    await bundles.put(_Bundle(file, failure=str(error)))

    async def _hand_on(
        self,
        file: _File,
        entries: list[Entry],
        bundles: "asyncio.Queue[_Bundle | None]",
        group: asyncio.TaskGroup,
    ) -> None:
        work = None
        links, items = pages_of(entries, self._keep, self._memories)
        if items:
            await self._room.acquire()
            work = group.create_task(self._work.process(items))
            work.add_done_callback(lambda _: self._room.release())
        skips = tuple([entry.skip for entry in entries if entry.skip])
        await bundles.put(_Bundle(file, skips, links, work, last=entries[-1].position))

    def _open(self, address: str) -> Archive:
        max_bytes = self._config.fetch.max_wire_bytes
        return Archive(address, wanted=self._order.wanted, max_bytes=max_bytes)

    def _pieces(self, file: _File, archive: Archive) -> Iterator[list[Entry]] | None:
        """The records of an archive, in bundles; None where all that was asked for has been done."""
        return bundled(archive.entries(position_of(file.at))) if self._begin(file, archive.size) else None

    def _known(self, address: str) -> Progress | None:
        return None if self._order.again else self._store.archives.progress(address, self._work_name)

    def _begin(self, file: _File, size: int | None, at: Progress | None = None) -> bool:
        """Whether there is something left to read; by default it is looked up where it begins."""
        file.size = size
        file.at = at or taken_up(self._known(file.address), size)
        if file.at.done:
            file.tally.documents += 1
            self._journal.emit("archive_known", source=file.tally.name, count=file.at.records)
            return False
        self._journal.emit("archive_opened", source=file.tally.name, count=file.at.records)
        return True

    # ---- read elsewhere ------------------------------------------------------------------------------

    async def _receive_all(
        self, addresses: Iterable[str], engine: Engine, bundles: "asyncio.Queue[_Bundle | None]"
    ) -> None:
        files = [_File(address, self._tally[address.rpartition("/")[2]]) for address in addresses]
        assignments = [
            Assignment(number=number, address=file.address, known=self._known(file.address))
            for number, file in enumerate(files)
        ]
        templates = self._store.templates.all() if self._memories else {}
        pieces = engine.pieces(assignments, self._terms(), templates)
        # Not as a context: when time is up, nothing waits for an answer of other machines.
        thread = ThreadPoolExecutor(max_workers=1)
        loop = asyncio.get_running_loop()
        try:
            while not self._stopping.is_set():
                piece = await loop.run_in_executor(thread, next, pieces, None)
                if piece is None:
                    break
                await self._take_on(piece, files[piece.archive], bundles)
        finally:
            thread.submit(pieces.close)
            thread.shutdown(wait=False)

    async def _take_on(self, piece: Piece, file: _File, bundles: "asyncio.Queue[_Bundle | None]") -> None:
        if piece.at:
            self._begin(file, piece.size, piece.at)
            return
        await bundles.put(
            _Bundle(
                file,
                piece.skips,
                piece.links,
                results=piece.results,
                last=piece.last,
                failure=piece.failure,
            )
        )

    def _terms(self) -> Terms:
        run, fetch = self._config.run, self._config.fetch
        return Terms(
            options=self._work.options,
            wanted=self._order.wanted,
            keep=self._keep,
            site_memory=self._memories is not None,
            max_wire_bytes=fetch.max_wire_bytes,
            max_decoded_bytes=fetch.max_decoded_bytes,
            guarded=run.workers != 0,
            timeout_s=run.page_timeout_s,
            memory_mb=run.worker_memory_mb,
        )

    # ---- settling ------------------------------------------------------------------------------------

    async def _settle_all(self, bundles: "asyncio.Queue[_Bundle | None]") -> None:
        while await self._settle_some(bundles):
            if self._unsealed >= PART_ROWS:
                await self.seal()

    async def _settle_some(self, bundles: "asyncio.Queue[_Bundle | None]") -> bool:
        """Settle what comes next, in one transaction; whether more is to come."""
        count = 0
        interrupted: asyncio.CancelledError | None = None
        with self._store.together():
            while count < COMMIT_RECORDS and not interrupted:
                try:
                    bundle = await bundles.get()
                    if bundle is None:
                        return False
                    results = await bundle.work if bundle.work else bundle.results
                except asyncio.CancelledError as error:
                    # Time is up: what has been settled is counted, and so it is to be recorded too.
                    interrupted = error
                else:
                    count += len(bundle.skips) + len(bundle.links)
                    self._settle(bundle, results)
        if interrupted:
            raise interrupted
        return True

    def _settle(self, bundle: _Bundle, results: tuple[Result, ...]) -> None:
        file = bundle.file
        if bundle.failure:
            self._lose(file, bundle.failure)
            return
        for skip in bundle.skips:
            file.tally.skip(skip)
        for link, result in zip(bundle.links, results, strict=True):
            self._settle_page(file, link, result)
        last, done = bundle.last or file.at, bundle.last is None
        file.at = Progress(
            size=file.size, offset=last.offset, records=last.records, here=last.here, done=done
        )
        self._store.archives.advance(
            file.address, self._work_name, file.at, run_id=self._tally.run_id, now=self._clock.now()
        )
        file.breaks_off |= Skip.TRUNCATED in bundle.skips
        if done:
            self._close(file)

    def _close(self, file: _File) -> None:
        file.tally.documents += 1
        file.tally.forget_texts()
        if file.breaks_off or not file.at.records:
            what = (
                "breaks off; it is read again once its size has changed"
                if file.at.records
                else "has no record"
            )
            self._lose(file, f"{file.address}: {what}")
        else:
            self._journal.emit("archive_read", source=file.tally.name, count=file.at.records)

    def _lose(self, file: _File, failure: str) -> None:
        file.tally.failures.append(failure)
        self._journal.emit("archive_lost", source=file.tally.name, detail=failure)

    def _settle_page(self, file: _File, link: Link, result: Result) -> None:
        outcome = result.outcome
        if isinstance(outcome, Article) and self._is_foreign(outcome):
            file.tally.skip(Skip.OTHER_LANGUAGE)
            return
        file.tally.found += 1
        file.tally.fetched += 1
        file.tally.settle(outcome)
        if isinstance(outcome, Drop):
            self._drop(file, outcome)
        else:
            self._settle_article(file, link, outcome, result)

    def _is_foreign(self, article: Article) -> bool:
        languages = self._order.languages
        return bool(languages) and (article.language or "").partition("-")[0] not in languages

    def _settle_article(self, file: _File, link: Link, article: Article, result: Result) -> None:
        known = self._store.archives
        placed = place(
            article,
            self._store.articles,
            key=link.key,
            kept_id=known.article_at(link.key),
            run_id=self._tally.run_id,
            list_removed=self._config.clean.removed,
            duplicates=self._duplicates,
        )
        outdated = self._outdated(placed)
        if placed.standing is Standing.UNCHANGED:
            file.tally.unchanged()
            self._tell(file, article.url, Outcome.UNCHANGED)
        elif placed.drop or outdated:
            self._drop(file, placed.drop or outdated)
        else:
            file.tally.remove(article.removed or ())
            site = registrable_domain(link.url)
            known.settle_article(
                placed.article,
                key=link.key,
                source=link.source,
                site=site,
                now=self._clock.now(),
                blocks=result.blocks if self._is_worth_learning(site) else (),
                sketch=result.sketch if self._duplicates.active else None,
            )
            self._unsealed += 1
            count_stored(placed.article, file.tally, self._journal, source=file.tally.name, url=article.url)

    def _outdated(self, placed: Placed) -> Drop | None:
        """Why an older copy of a page replaces nothing, where a later one is stored."""
        if placed.standing is not Standing.REVISION:
            return None
        later = self._store.archives.crawled_at(placed.article.id)
        if later is None or later <= placed.article.date_crawled:
            return None
        return Drop(
            url=placed.article.url,
            stage=Stage.DEDUPE,
            reason=Reason.OUTDATED,
            detail=f"a copy of {later:%Y-%m-%dT%H:%M:%SZ} is stored",
            http_status=placed.article.http_status,
        )

    def _is_worth_learning(self, site: str) -> bool:
        if len(self._learnt) >= MAX_SITES and site not in self._learnt:
            return False
        self._learnt[site] += 1
        if self._memories and self._learnt[site] == LEARNT_OF_A_SITE:
            self._memories.learnt(site)
        return self._learnt[site] <= LEARNT_OF_A_SITE

    def _drop(self, file: _File, drop: Drop | None) -> None:
        if drop is None:
            raise AssertionError("nothing was dropped")
        # What may pass on the web stays as it is in an archive.
        file.tally.drop(drop.reason, deferred=False)
        self._tell(file, drop.url, Outcome.DROPPED, reason=drop.reason, detail=drop.detail or None)

    def _tell(
        self,
        file: _File,
        url: str,
        outcome: Outcome,
        *,
        reason: str | None = None,
        detail: str | None = None,
    ) -> None:
        self._journal.emit(
            "link_settled", source=file.tally.name, url=url, outcome=outcome, reason=reason, detail=detail
        )
