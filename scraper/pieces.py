"""An archive in pieces: records in a row, and what page work makes of the pages among them.

A run that reads by itself and an engine that reads on other machines cut an archive into the same pieces, so
that what is settled is the same too.
"""

import asyncio
from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import count
from typing import Protocol

import msgspec

from scraper.backends import Result
from scraper.errors import InputError
from scraper.memories import Memories
from scraper.page import PageOptions
from scraper.records import Link, Record, Skip, SourceType
from scraper.store import Progress
from scraper.stored import Item, StoredWork
from scraper.web.urls import canonicalise, registrable_domain
from scraper.web.warc import Archive, Entry, Position, Stored, Wanted

BUNDLE_PAGES = 8
"""Pages that go to a worker at a time: enough that their hand-over costs little beside the work on them."""
BUNDLE_BYTES = 1 << 20
BUNDLE_RECORDS = 200
STRETCH_BYTES = 4 << 20
"""A bundle ends before a record beyond a multiple of it: ranges that begin at one have the same bundles."""


class Range(Record, frozen=True, kw_only=True):
    """The records of an archive that begin between two places in it."""

    start: int = 0
    """In bytes."""
    end: int | None = None
    """Where the next range begins; None for the end of the archive."""


WHOLE = Range()


class Assignment(Record, frozen=True, kw_only=True):
    """An archive to read."""

    number: int
    """Its place among those of the run."""
    address: str
    known: Progress | None = None
    """How far earlier runs have read it, for the same work."""
    within: Range = WHOLE


class Terms(Record, frozen=True, kw_only=True):
    """How archives are to be read, and their pages to be worked on."""

    options: PageOptions
    wanted: Wanted = Wanted()
    keep: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    """Kinds of boilerplate to leave in, by source."""
    site_memory: bool = True
    max_wire_bytes: int
    max_decoded_bytes: int
    guarded: bool = True
    """Whether pages are worked on in a process of their own, which may hang or die without harm."""
    timeout_s: float
    memory_mb: int


class Piece(Record, frozen=True, kw_only=True):
    """Some of an archive, or of a range of it; its first one has no records, nor has its last one."""

    archive: int
    """The number of its assignment."""
    serial: int
    """Counted from 0 in each archive."""
    size: int | None = None
    """The archive's, in bytes, where it is known."""
    at: Progress | None = None
    """Where the reading began; `done` where all had been read before, and then nothing follows."""
    skips: tuple[Skip, ...] = ()
    links: tuple[Link, ...] = ()
    """Of the pages, one each."""
    results: tuple[Result, ...] = ()
    """Of the pages, in the same order."""
    last: Position | None = None
    """Of the last record; None where the archive has ended."""
    failure: str | None = None
    """Why it could not be read on."""
    began: int | None = None
    """In the first piece of a range: where its first record was found, if it has any."""
    following: int | None = None
    """In the last piece of a range: where the first record behind it begins, if there is one."""


Templates = Mapping[str, Sequence[tuple[str, bytes]]]
"""What `store.Templates.all` gives, by site."""


class Engine(Protocol):
    """Reads archives elsewhere."""

    def pieces(
        self, assignments: Sequence[Assignment], terms: Terms, templates: Templates
    ) -> Generator[Piece, None, None]:
        """All pieces of all archives, in order.

        Args:
            assignments: The archives, numbered from 0.
            terms: What to do with them.
            templates: What the articles of each site are made of.
        """
        ...


def pieces_of(assignment: Assignment, terms: Terms, memories: Memories | None) -> Iterator[Piece]:
    """Read an archive, or a range of it, and work on its pages, one piece after the other.

    The records of a range are counted from its first one.

    Raises:
        ConfigError: A library is missing.
    """
    serial = count()

    def piece(**values: object) -> Piece:
        return msgspec.structs.replace(Piece(archive=assignment.number, serial=next(serial)), **values)

    try:
        archive = Archive(assignment.address, wanted=terms.wanted, max_bytes=terms.max_wire_bytes)
        at = taken_up(assignment.known, archive.size)
        within = assignment.within
        began = None if at.done else archive.first_record(within.start, within.end)
        yield piece(size=archive.size, at=at, began=began)
        if began is None:
            return
        reading = _Reading(archive, archive.entries(position_of(at), start=began), within.end)
        for bundle in worked_on(bundled(reading.entries()), terms, memories):
            yield piece(**bundle)
        yield piece(following=reading.following)
    except InputError as error:
        yield piece(failure=str(error))


class _Reading:
    """The records of a range, and where the first one behind it begins."""

    def __init__(self, archive: Archive, entries: Iterator[Entry], end: int | None) -> None:
        self.following: int | None = None
        self._archive = archive
        self._entries = entries
        self._end = end

    def entries(self) -> Iterator[Entry]:
        for entry in self._entries:
            if self._end is not None and entry.position.offset >= self._end:
                if self._archive.record_begins(entry.position.offset):
                    self.following = entry.position.offset
                    return
                # One compressed stream: nobody else can read on from there.
                self._end = None
            yield entry


def worked_on(
    bundles: Iterator[list[Entry]], terms: Terms, memories: Memories | None
) -> Iterator[dict[str, object]]:
    """What a `Piece` holds of each bundle, once its pages are worked on."""
    work = StoredWork(
        terms.options,
        size=int(terms.guarded),
        timeout_s=terms.timeout_s,
        memory_mb=terms.memory_mb,
        max_bytes=terms.max_decoded_bytes,
    )
    with asyncio.Runner() as runner:
        runner.run(work.__aenter__())
        try:
            for entries in bundles:
                links, items = pages_of(entries, terms.keep, memories)
                results = runner.run(work.process(items)) if items else ()
                skips = tuple([entry.skip for entry in entries if entry.skip])
                yield {"skips": skips, "links": links, "results": results, "last": entries[-1].position}
        finally:
            runner.run(work.__aexit__(None, None, None))


def taken_up(known: Progress | None, size: int | None) -> Progress:
    """Where to begin in an archive of which `known` has been read, if it still has the size that it had."""
    if known and (known.size is None or size is None or known.size == size):
        return known
    return Progress()


def position_of(at: Progress) -> Position | None:
    """After which record to begin; None for the first one."""
    return Position(offset=at.offset, records=at.records, here=at.here) if at.records else None


def bundled(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    """Records in pieces that are worth a worker's while."""
    bundle: list[Entry] = []
    pages = size = 0
    for entry in entries:
        if bundle and entry.position.offset // STRETCH_BYTES != bundle[-1].position.offset // STRETCH_BYTES:
            yield bundle
            bundle, pages, size = [], 0, 0
        bundle.append(entry)
        if entry.stored:
            pages += 1
            size += len(entry.stored.page.body)
        if pages >= BUNDLE_PAGES or size >= BUNDLE_BYTES or len(bundle) >= BUNDLE_RECORDS:
            yield bundle
            bundle, pages, size = [], 0, 0
    if bundle:
        yield bundle


def pages_of(
    entries: Sequence[Entry], keep: Mapping[str, tuple[str, ...]], memories: Memories | None
) -> tuple[tuple[Link, ...], tuple[Item, ...]]:
    """The link of each page among some records, and what page work is given."""
    pages = [(link_of(entry.stored), entry.stored) for entry in entries if entry.stored]
    items = tuple([_item(link, stored, keep, memories) for link, stored in pages])
    return tuple([link for link, _ in pages]), items


def _item(link: Link, stored: Stored, keep: Mapping[str, tuple[str, ...]], memories: Memories | None) -> Item:
    memory = memories.of(registrable_domain(link.url), link.key) if memories else None
    page = msgspec.structs.replace(stored.page, link=link)
    stored = msgspec.structs.replace(stored, page=page)
    return Item(stored=stored, keep=keep.get(link.source, ()), memory=memory)


def link_of(stored: Stored) -> Link:
    """The link that led to a page, as the run knew it that stored the page; or one made of its address."""
    url = stored.page.url
    return stored.page.link or Link(
        url=url, key=canonicalise(url), source=registrable_domain(url), source_type=SourceType.WARC
    )
