"""Looks, before the first run and after a bad one, whether everything that a run stands on is well."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from statistics import median_low

from scraper.batch import check
from scraper.config import Config, OutputConfig, SourceConfig
from scraper.discover import Document, discover
from scraper.errors import ScraperError, StateLocked
from scraper.fetch import Fetcher
from scraper.formats import Medium, is_remote, target_of
from scraper.outputs import STATE_MARK, LocalPlace, Shape, place_of, table_of
from scraper.readers import Readers
from scraper.records import Drop, Link, NotModified, Page, Reason, Record
from scraper.store import Store, locked
from scraper.web.clock import Clock, SystemClock
from scraper.web.printable import counted

FULL_BYTES = 200 * 2**20
"""Less free room than this ends badly soon,"""
TIGHT_BYTES = 2 * 2**30
"""and less than this before long."""
CLOCK_WARN_S = 60.0
CLOCK_FAIL_S = 3_600.0
"""A clock so far from those of the servers makes dates, pauses and revisits wrong."""
CLOCK_ANSWERS = 50
"""Servers whose clocks are asked."""
EXTRA_DOCUMENTS = 5
"""Documents looked at per source beside those that it names itself."""
NO_CONTACT = "no contact given"
PROBE = ".scraper-doctor"
"""Object that is written behind an address, and taken away, to see whether it can be."""


class Level(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Check(Record, frozen=True, kw_only=True):
    """One thing looked at."""

    name: str
    """config, contact, state, lock, output, metrics, disk, source, robots or clock."""
    level: Level
    detail: str
    """What was found."""
    advice: str = ""
    """What to do."""


def _ok(name: str, detail: str) -> Check:
    return Check(name=name, level=Level.OK, detail=detail)


def _warn(name: str, detail: str, advice: str) -> Check:
    return Check(name=name, level=Level.WARN, detail=detail, advice=advice)


def _fail(name: str, detail: str, advice: str) -> Check:
    return Check(name=name, level=Level.FAIL, detail=detail, advice=advice)


async def examine(path: Path, *, clock: Clock | None = None) -> AsyncIterator[Check]:
    """Look at everything that the configuration at `path` names; the sources are asked, no article is.

    Nothing is changed: what is written to see whether it can be is taken away again.
    """
    try:
        config = check(Config.from_file(path))
    except ScraperError as error:
        told = str(error) if str(error).startswith(f"{path}: ") else f"{path}: {error}"
        yield _fail("config", told, "Mend the file; `scraper init -` shows all keys.")
        return
    yield _ok(
        "config", f"{path}: {counted(len(config.source), 'source')}, {counted(len(config.output), 'output')}"
    )
    for found in (*_contact(config), *_state(config), *_outputs(config), *_disk(config)):
        yield found
    clock = clock or SystemClock()
    async with Fetcher(config.fetch, clock=clock) as fetcher, Readers(config.run) as readers:
        web = _Web(fetcher, readers, clock, side_by_side=config.fetch.concurrency)
        looks = [asyncio.create_task(web.look_at(source)) for source in config.source]
        try:
            for look in looks:
                for found in await look:
                    yield found
        finally:
            for look in looks:
                look.cancel()
            await asyncio.gather(*looks, return_exceptions=True)
    yield _clock(web.offsets)


# ---- this machine ------------------------------------------------------------------------------------


def _contact(config: Config) -> Iterator[Check]:
    if "{contact}" not in config.fetch.user_agent:
        yield _warn("contact", f"the User-Agent is {config.fetch.user_agent!r}", "Put {contact} into it.")
    elif config.fetch.contact == NO_CONTACT:
        advice = 'Give sites an address: [fetch] contact = "you@example.org".'
        yield _warn("contact", "the User-Agent says that no contact was given", advice)
    else:
        yield _ok("contact", f"the User-Agent names {config.fetch.contact}")


def _state(config: Config) -> Iterator[Check]:
    path = Path(config.run.state)
    if not path.exists():
        yield _writable("state", path.parent, f"{path}: is made by the first run")
        return
    try:
        with locked(path):
            yield _ok("lock", f"{path}: no other run is at work")
    except StateLocked:
        yield _warn("lock", f"{path}: a run is at work now", "A second one would end with exit code 4.")
    except ScraperError as error:
        yield _fail("lock", str(error), "Let the user of the job write there, on a file system with locks.")
    try:
        with Store(path, read_only=True) as store:
            status = store.status(runs=1)
    except ScraperError as error:
        yield _fail("state", str(error), "Bring back a backup, or begin with a new state and output.")
        return
    detail = f"{path}: {counted(status.articles, 'article')}, {counted(status.queued, 'link')} waiting"
    if os.access(path, os.W_OK):
        yield _writable("state", path.parent, detail)
    else:
        yield _fail("state", f"{path}: cannot be written", "Let the user of the job write it.")


def _outputs(config: Config) -> Iterator[Check]:
    for output in config.output:
        yield _output(output, state=Path(config.run.state))
    if config.run.metrics:
        yield _writable("metrics", Path(config.run.metrics).parent, config.run.metrics)


def _output(output: OutputConfig, *, state: Path) -> Check:
    target = target_of(output.path, output.format)
    path = Path(output.path)
    try:
        if target.medium is Medium.TABLE:
            table = table_of(
                target.format, output.path, table=output.table, shape=Shape.of(output.fields), state_id=""
            )
            table.probe()
            detail = f"{output.path}: table {output.table}"
            return _writable("output", path.parent, detail) if not target.remote else _ok("output", detail)
        folder = output.path.rpartition("/")[0] if target.medium is Medium.FILE else output.path
        place = place_of(folder, output.options) if target.remote else LocalPlace(path)
        if target.medium is Medium.FOLDER and not state.exists() and place.read(STATE_MARK) is not None:
            advice = "Bring back the state that wrote them, or name another folder."
            return _fail("output", f"{output.path}: holds parts of a state that is not here", advice)
        if target.remote:
            place.write(PROBE, b"")
            place.remove(PROBE)
            return _ok("output", output.path)
    except ScraperError as error:
        return _fail("output", str(error), "Look whether it is there, and lets the user of the job write.")
    return _writable("output", path.parent if target.medium is Medium.FILE else path, str(path))


def _writable(name: str, folder: Path, detail: str) -> Check:
    """Whether a file can be made in a folder, or in the nearest one above that exists."""
    existing = _existing(folder)
    try:
        with tempfile.TemporaryFile(dir=existing, prefix=".scraper-doctor-"):
            return _ok(name, detail)
    except OSError as error:
        reason = f"{existing}: cannot be written: {error.strerror or error}"
        return _fail(name, reason, "Let the user of the job write there, or name another place.")


def _existing(folder: Path) -> Path:
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.is_dir())


def _disk(config: Config) -> Iterator[Check]:
    local = (output.path for output in config.output if not is_remote(output.path))
    places = {Path(config.run.state).parent, *map(Path, local)}
    seen = set()
    for place in sorted(map(_existing, places)):
        device = place.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        free = shutil.disk_usage(place).free
        detail = f"{place}: {free / 2**30:.1f} GiB free"
        advice = "Make room, or name another place for state and output."
        if free < FULL_BYTES:
            yield _fail("disk", detail, advice)
        elif free < TIGHT_BYTES:
            yield _warn("disk", detail, advice)
        else:
            yield _ok("disk", detail)


# ---- the web -----------------------------------------------------------------------------------------


class _Web:
    """Asks the sources, and the time of whoever answers."""

    def __init__(self, fetcher: Fetcher, readers: Readers, clock: Clock, *, side_by_side: int) -> None:
        self._fetcher = fetcher
        self._readers = readers
        self._clock = clock
        self._room = asyncio.Semaphore(side_by_side)
        self.offsets: list[float] = []
        """Seconds that our clock is ahead of each server's."""

    async def _get(self, url: str) -> Page | NotModified | Drop:
        answer = await self._fetcher.get(url, accept="document")
        if isinstance(answer, Page) and len(self.offsets) < CLOCK_ANSWERS:
            self.offsets.extend(_offset(answer, self._clock.now()))
        return answer

    async def look_at(self, source: SourceConfig) -> list[Check]:
        """Each document that a source names, and whether robots.txt lets us ask for what they announce."""
        own = len((*source.feeds, *source.sitemaps, *source.sections)) + bool(source.site)
        checks: list[Check] = []
        links: list[Link] = []
        async with self._room:
            try:
                async for document in discover(source, self._get, read=self._readers.read):
                    checks.append(_document(source, document))
                    links.extend(document.links[:1])
                    if len(checks) >= own + EXTRA_DOCUMENTS:
                        break
            except ScraperError as error:
                checks.append(_fail("source", f"{source.name}: {error}", "Mend the source."))
            if links:
                checks.append(await _robots(source, [link.url for link in links], self._fetcher))
            elif not any(found.level is Level.FAIL for found in checks):
                advice = "Look at `scraper discover`; name feeds, sitemaps or sections yourself."
                checks.append(_fail("source", f"{source.name}: announces no article", advice))
        return checks


def _document(source: SourceConfig, document: Document) -> Check:
    what = f"{source.name}: {document.kind} {document.url}".rstrip()
    if document.error:
        why = f"{document.error.reason.replace('_', ' ')}: {document.error.detail}".rstrip(": ")
        return _fail("source", f"{what}: {why}", _advice(document.error.reason))
    dates = [link.date_published or link.date_modified for link in document.links]
    newest = max((date for date in dates if date), default=None)
    told = f", the newest of {newest:%Y-%m-%d}" if newest else ""
    return _ok("source", f"{what}: {counted(len(document.links), 'link')}{told}")


def _advice(reason: Reason) -> str:
    if reason in {Reason.NOT_FOUND, Reason.UNREADABLE}:
        return "Look for its new address; `scraper discover` finds feeds and sitemaps of a home page."
    if reason in {Reason.ROBOTS_DENIED, Reason.CLIENT_ERROR, Reason.CHALLENGE}:
        return "The site does not want to be read like this; ask its owner, or leave it out."
    return "Try again later; look whether this machine reaches the host."


async def _robots(source: SourceConfig, urls: Iterable[str], fetcher: Fetcher) -> Check:
    for url in urls:
        if not await fetcher.may_ask(url):
            rules = await fetcher.robots(url)
            if rules.unreachable:
                advice = "Try again later; until it answers, no page of the host is asked for."
                return _fail("robots", f"{source.name}: no robots.txt to be had for {url}", advice)
            advice = "Leave the source out, or `exclude` what its robots.txt forbids."
            return _warn("robots", f"{source.name}: robots.txt forbids {url}", advice)
    return _ok("robots", f"{source.name}: robots.txt lets us ask for what is announced")


def _offset(page: Page, now: datetime) -> Iterator[float]:
    """Seconds that our clock is ahead of a server's."""
    for name, value in page.headers:
        if name == "date":
            try:
                date = parsedate_to_datetime(value)
            except ValueError:
                continue
            if date.tzinfo:
                yield (now - date).total_seconds()


def _clock(offsets: list[float]) -> Check:
    if not offsets:
        return _warn("clock", "no server told the time", "Compare it yourself: `date -u`.")
    # Single servers go wrong; the middle one of many does not.
    offset = median_low(offsets)
    detail = f"{abs(offset):.0f} s {'ahead of' if offset > 0 else 'behind'} the servers' clocks"
    if abs(offset) > CLOCK_FAIL_S:
        return _fail("clock", detail, "Set it; a service such as chrony keeps it right.")
    if abs(offset) > CLOCK_WARN_S:
        return _warn("clock", detail, "Let a service such as chrony keep it right.")
    return _ok("clock", detail)
