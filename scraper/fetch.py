"""Stage 2, links to pages: asks politely, follows redirects, and turns every failure into a `Drop`.

httpx's transport is used bare, without its client: redirects, cookies, decoding, deadlines and retries
are ours, since the client's own can be stretched, or have no cap. Nothing else imports httpx but
`transport`, which makes the connections.
"""

import asyncio
import contextlib
import random as random_module
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Literal, Protocol, Self
from urllib.parse import urlsplit

import httpx

import scraper
from scraper.config import FetchConfig
from scraper.records import Drop, Link, NotModified, Page, Reason, Stage
from scraper.transport import Connections
from scraper.web import answers
from scraper.web.clock import Clock, SystemClock
from scraper.web.content_encoding import (
    ACCEPT_ENCODING,
    ContentEncodingError,
    CutShortError,
    TooLargeError,
    decoded,
)
from scraper.web.retry_after import retry_after_s
from scraper.web.robots import MAX_ROBOTS_BYTES, RobotsRules
from scraper.web.throttle import RefusedError, Slot, StoppedError, Throttle
from scraper.web.urls import absolute, registrable_domain

Accept = Literal["page", "document"]
_Kind = Literal["page", "document", "robots"]

ROBOTS_MAX_AGE_S = 86_400.0
"""How long a robots.txt holds (RFC 9309, 2.4)."""

ROBOTS_IN_MEMORY = 2_048
"""Origins whose parsed rules are kept; others are read from the cache, or asked for again."""

MAX_BACKOFF_S = 60.0
DRAIN_BYTES = 65_536
"""A body that is not wanted is read up to this size, so that its connection can be used again."""

DRAIN_S = 1.0

_ACCEPT_HEADERS: Mapping[_Kind, str] = {
    "page": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
    "document": "application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.8",
    "robots": "text/plain,*/*;q=0.5",
}
_FAULTS: tuple[tuple[type[Exception], Reason, bool], ...] = (
    (httpx.TimeoutException, Reason.TIMEOUT, True),
    (httpx.InvalidURL, Reason.INVALID_URL, False),
    (httpx.UnsupportedProtocol, Reason.INVALID_URL, False),
    (TooLargeError, Reason.TOO_LARGE, False),
    (CutShortError, Reason.CONNECTION_FAILED, True),
    (ContentEncodingError, Reason.BAD_ENCODING, False),
)
"""What goes wrong with one answer, the outcome it makes, and whether asking again may help."""

_USERINFO = re.compile(r"//[^/@\s]{1,200}@")


class RobotsCache(Protocol):
    """Where robots.txt answers outlive the run."""

    def get(self, origin: str) -> tuple[datetime, int, bytes] | None:
        """Time, status and body of the last answer, if there is one. Status 0: there was no answer."""

    def put(self, origin: str, fetched_at: datetime, status: int, body: bytes) -> None:
        """Remember an answer."""


@dataclass(slots=True)
class _Job:
    """One address on its way, and what is left of its budgets."""

    kind: _Kind
    tries: int
    seconds: float
    conditions: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True, frozen=True)
class _Answer:
    """An answer whose head was read; `body` is None where it was not wanted."""

    status: int
    headers: httpx.Headers
    body: bytes | None = None


@dataclass(slots=True, frozen=True)
class _Failure:
    """No answer that could be used."""

    reason: Reason
    detail: str
    passing: bool = False
    """Whether asking again may help; it also counts against the host."""
    status: int | None = None


class Fetcher:
    """Fetches addresses politely. An async context manager; many tasks may use one at a time."""

    def __init__(
        self,
        config: FetchConfig,
        *,
        clock: Clock | None = None,
        robots_cache: RobotsCache | None = None,
        delays: Mapping[str, float] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        random: random_module.Random | None = None,
    ) -> None:
        """Nothing is sent before the first `get`.

        `delays` gives registrable domains a pause of their own in place of `config.delay_s`. Clock,
        transport and the source of jitter can be handed in.
        """
        self._config = config
        self._clock = clock or SystemClock()
        self._cache = robots_cache
        self._random = random or random_module.Random()  # noqa: S311 - spreads retries, guards nothing
        self._connections = Connections(config, transport)
        self._throttle = Throttle(
            clock=self._clock,
            delay_s=config.delay_s,
            delays=delays,
            penalty_s=config.backoff_s,
            max_failures=config.host_failures,
            max_wait_s=config.max_retry_after_s,
            concurrency=config.concurrency,
        )
        self._user_agent = config.user_agent.format(version=scraper.__version__, contact=config.contact)
        self._headers = {kind: self._headers_for(accept) for kind, accept in _ACCEPT_HEADERS.items()}
        self._timeouts = {
            "connect": config.connect_timeout_s,
            "read": config.read_timeout_s,
            "write": config.read_timeout_s,
            "pool": config.total_timeout_s,
        }
        self._rules: OrderedDict[str, tuple[float, RobotsRules]] = OrderedDict()
        self._rules_coming: dict[str, asyncio.Task[RobotsRules]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        for task in list(self._rules_coming.values()):
            task.cancel()
        await asyncio.gather(*self._rules_coming.values(), return_exceptions=True)
        await self._connections.aclose()

    def stop(self) -> None:
        """Send nothing new; what waits is dropped as stopped, what is under way comes to its end."""
        self._throttle.stop()

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        link: Link | None = None,
        accept: Accept = "page",
    ) -> Page | NotModified | Drop:
        """Ask for an address; whatever the web does comes back as a `Drop`.

        With `etag` or `last_modified` the answer may be `NotModified`. A "page" must be text; a "document"
        (feed, sitemap) may be of any type but pictures and the like. An HTML body under 401, 402, 403 or
        451, or one that its headers call a challenge, comes back as a page with that status, for
        `classify` to look at.
        """
        start = absolute(url, url)
        if start is None:
            return _drop(url, Reason.INVALID_URL, "not an http or https address that can be asked for")
        job = self._job(accept)
        job.conditions = [
            (name, value)
            for name, value in (("if-none-match", etag), ("if-modified-since", last_modified))
            if value and value.isascii() and value.isprintable()
        ]
        try:
            final, answer = await self._follow(start, job)
        except StoppedError:
            return _drop(url, Reason.STOPPED, "the run was stopped")
        except RefusedError as refusal:
            reason = Reason.HOST_UNAVAILABLE if refusal.retry_after_s is None else Reason.RATE_LIMITED
            return _drop(url, reason, str(refusal), retry_after=refusal.retry_after_s)
        if isinstance(answer, _Failure):
            return _drop(url, answer.reason, answer.detail, status=answer.status)
        return self._outcome(url, final, answer, job, link)

    async def robots(self, url: str) -> RobotsRules:
        """The rules of the host of `url`; asked for once, however many wait for them."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self._rules.get(origin)
        if known and self._clock.monotonic() - known[0] < ROBOTS_MAX_AGE_S:
            self._rules.move_to_end(origin)
            return known[1]
        task = self._rules_coming.get(origin)
        if task is None:
            task = asyncio.create_task(self._find_rules(origin))
            self._rules_coming[origin] = task
            task.add_done_callback(lambda _: self._rules_coming.pop(origin, None))
        return await asyncio.shield(task)

    async def _find_rules(self, origin: str) -> RobotsRules:
        now = self._clock.now()
        cached = self._cache.get(origin) if self._cache else None
        if cached:
            age_s = (now - cached[0]).total_seconds()
            rules = RobotsRules.from_answer(cached[1], cached[2])
            # What kept us from reading it in an earlier run may be over by now.
            if 0 <= age_s < ROBOTS_MAX_AGE_S and not rules.unreachable:
                return self._remember(origin, rules, age_s)
        try:
            _, answer = await self._follow(f"{origin}/robots.txt", self._job("robots"))
        except (StoppedError, RefusedError):
            return RobotsRules(unreachable=True)
        if isinstance(answer, _Failure):
            # A redirect that leads nowhere is an answer, and says that there are no rules.
            is_redirect = answer.reason in {Reason.BAD_REDIRECT, Reason.TOO_MANY_REDIRECTS}
            status, body = (404 if is_redirect else 0), b""
        else:
            status, body = answer.status, answer.body or b""
        if self._cache:
            self._cache.put(origin, now, status, body)
        return self._remember(origin, RobotsRules.from_answer(status, body))

    def _remember(self, origin: str, rules: RobotsRules, age_s: float = 0.0) -> RobotsRules:
        self._rules[origin] = (self._clock.monotonic() - age_s, rules)
        if len(self._rules) > ROBOTS_IN_MEMORY:
            self._rules.popitem(last=False)
        return rules

    async def _follow(self, url: str, job: _Job) -> tuple[str, _Answer | _Failure]:
        """The answer at the end of the redirects, and the address that gave it."""
        seen = {url}
        for _ in range(self._config.max_redirects + 1):
            delay_s = None
            if job.kind != "robots":
                rules = await self.robots(url)
                if not rules.allows(url, self._user_agent):
                    return url, self._forbidden(rules, url)
                delay_s = rules.crawl_delay(self._user_agent)
            answer = await self._ask(url, job, delay_s)
            if isinstance(answer, _Failure) or answer.status not in answers.REDIRECTS:
                return url, answer
            location = answer.headers.get("location")
            target = absolute(url, location) if location else None
            if target is None:
                detail = f"redirect to {location!r}" if location else "redirect without Location"
                return url, _Failure(Reason.BAD_REDIRECT, detail, status=answer.status)
            if target in seen:
                detail = f"redirects go in a circle: {target}"
                return url, _Failure(Reason.TOO_MANY_REDIRECTS, detail, status=answer.status)
            seen.add(target)
            url = target
        detail = f"more than {self._config.max_redirects} redirects"
        return url, _Failure(Reason.TOO_MANY_REDIRECTS, detail, status=answer.status)

    def _forbidden(self, rules: RobotsRules, url: str) -> _Failure:
        if self._throttle.stopped:
            raise StoppedError
        if rules.unreachable:
            said = f"answered {rules.status}" if rules.status else "could not be had"
            return _Failure(Reason.ROBOTS_UNREACHABLE, f"robots.txt {said}, so nothing is asked for")
        return _Failure(Reason.ROBOTS_DENIED, f"robots.txt forbids {url}")

    async def _ask(self, url: str, job: _Job, delay_s: float | None) -> _Answer | _Failure:
        """One hop, asked again while that may help and the budgets last."""
        domain = registrable_domain(url)
        tried = 0
        while True:
            async with self._throttle.slot(domain, delay_s=delay_s) as slot:
                answer = await self._exchange(url, job)
                pause_s = self._judge(answer, slot, job, tried)
            if pause_s is None:
                return answer
            tried += 1
            job.tries -= 1
            await self._throttle.pause(pause_s)

    def _judge(self, answer: _Answer | _Failure, slot: Slot, job: _Job, tried: int) -> float | None:
        """Tell the slot how it went; seconds until the next try, or None when there is to be none."""
        asked = None
        if isinstance(answer, _Answer):
            if answers.is_challenge(answer.headers):
                slot.fail()
                return None
            if not answers.is_failure(answer.status):
                return None
            asked = retry_after_s(answer.headers.get("retry-after"), self._clock.now())
        elif not answer.passing:
            return None
        slot.fail()
        # The server's own wish, else the backoff, doubled with each try and spread by half to either side.
        backoff_s = min(MAX_BACKOFF_S, self._config.backoff_s * 2**tried) * (0.5 + self._random.random())
        pause_s = backoff_s if asked is None else asked
        if asked is not None or (isinstance(answer, _Answer) and answer.status in {429, 503}):
            slot.silence(pause_s)
        if pause_s > self._config.max_retry_after_s or job.tries <= 0 or job.seconds <= 0:
            return None
        return pause_s

    async def _exchange(self, url: str, job: _Job) -> _Answer | _Failure:
        """One request and its answer, within what is left of the time for this address."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout(max(0.0, job.seconds)):
                return await self._talk(url, job)
        except Exception as error:  # noqa: BLE001 - below httpx a server's nonsense takes many forms
            return self._failure(error)
        finally:
            job.seconds -= loop.time() - started

    def _failure(self, error: Exception) -> _Failure:
        for kind, reason, passing in _FAULTS:
            if isinstance(error, kind):
                return _Failure(reason, _described(error), passing=passing)
        if isinstance(error, TimeoutError):
            detail = f"no complete answer within {self._config.total_timeout_s:g} s"
            return _Failure(Reason.TIMEOUT, detail, passing=True)
        return _Failure(Reason.CONNECTION_FAILED, _described(error), passing=True)

    async def _talk(self, url: str, job: _Job) -> _Answer | _Failure:
        request = httpx.Request(
            "GET",
            url,
            headers=[*self._headers[job.kind], *job.conditions],
            extensions={"timeout": self._timeouts},
        )
        parts = request.url
        async with self._connections.lend(f"{parts.scheme}://{parts.host}:{parts.port}") as transport:
            response = await transport.handle_async_request(request)
            try:
                return await self._received(response, job.kind)
            finally:
                await response.aclose()

    async def _received(self, response: httpx.Response, kind: _Kind) -> _Answer | _Failure:
        """The answer, with its body where that is of use to us."""
        status, headers = response.status_code, response.headers
        content_type = headers.get("content-type")
        if 200 <= status < 300:  # noqa: PLR2004 - HTTP
            if not _acceptable(kind, content_type):
                return _Failure(Reason.NOT_HTML, f"the answer is {content_type}", status=status)
            body = await self._read(response, kind)
            if kind == "page" and not content_type and answers.looks_binary(body):
                return _Failure(Reason.NOT_HTML, "the answer has no type and is no text", status=status)
            return _Answer(status, headers, body)
        is_wall = status in answers.WALLS or answers.is_challenge(headers)
        if kind == "page" and is_wall and answers.is_html(content_type):
            with contextlib.suppress(ContentEncodingError):
                return _Answer(status, headers, await self._read(response, kind))
        await _drain(response)
        return _Answer(status, headers)

    async def _read(self, response: httpx.Response, kind: _Kind) -> bytes:
        """The body, decoded, within both caps; of a robots.txt the beginning is enough."""
        truncate = kind == "robots"
        max_wire = MAX_ROBOTS_BYTES + 1 if truncate else self._config.max_wire_bytes
        max_decoded = MAX_ROBOTS_BYTES + 1 if truncate else self._config.max_decoded_bytes
        announced = response.headers.get("content-length", "")
        if not truncate and announced.isdecimal() and int(announced[:20]) > max_wire:
            raise TooLargeError(f"{announced[:20]} bytes announced, more than {max_wire}")
        wire = bytearray()
        async for chunk in _stream(response):
            wire += chunk
            if len(wire) > max_wire:
                if truncate:
                    break
                raise TooLargeError(f"more than {max_wire} bytes on the wire")
        return decoded(bytes(wire), response.headers.get("content-encoding"), max_decoded, truncate=truncate)

    def _outcome(
        self, url: str, final: str, answer: _Answer, job: _Job, link: Link | None
    ) -> Page | NotModified | Drop:
        headers, status = answer.headers, answer.status
        etag, last_modified = headers.get("etag"), headers.get("last-modified")
        if answer.body is not None:
            return Page(
                url=final,
                requested_url=url,
                body=answer.body,
                status=status,
                content_type=headers.get("content-type"),
                # No cookie is kept, not even to look at.
                headers=tuple((name, value) for name, value in headers.multi_items() if name != "set-cookie"),
                fetched_at=self._clock.now(),
                etag=etag,
                last_modified=last_modified,
                link=link,
            )
        if status == 304 and job.conditions:  # noqa: PLR2004 - HTTP
            return NotModified(url=url, etag=etag, last_modified=last_modified)
        retry_after = retry_after_s(headers.get("retry-after"), self._clock.now())
        reason = answers.reason_for(status)
        return _drop(url, reason, f"the server answered {status}", status=status, retry_after=retry_after)

    def _job(self, kind: _Kind) -> _Job:
        return _Job(kind=kind, tries=self._config.retries, seconds=self._config.total_timeout_s)

    def _headers_for(self, accept: str) -> list[tuple[str, str]]:
        return [("user-agent", self._user_agent), ("accept", accept), ("accept-encoding", ACCEPT_ENCODING)]


def _stream(response: httpx.Response) -> httpx.AsyncByteStream:
    """The bytes as they come off the wire."""
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise TypeError("the transport is not asynchronous")
    return response.stream


def _acceptable(kind: _Kind, content_type: str | None) -> bool:
    if kind == "page":
        return answers.may_be_page(content_type)
    return kind == "robots" or answers.may_be_document(content_type)


async def _drain(response: httpx.Response) -> None:
    """Read what is left of a small body; what goes wrong with it changes nothing any more."""
    with contextlib.suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(DRAIN_S):
            size = 0
            async for chunk in _stream(response):
                size += len(chunk)
                if size > DRAIN_BYTES:
                    return


def _described(error: Exception) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _drop(
    url: str, reason: Reason, detail: str, *, status: int | None = None, retry_after: float | None = None
) -> Drop:
    return Drop(
        url=_USERINFO.sub("//", url),
        stage=Stage.FETCH,
        reason=reason,
        detail=_readable(detail),
        http_status=status,
        retry_after_s=retry_after,
    )


def _readable(text: str) -> str:
    """One short line without control characters and without user names of addresses."""
    text = _USERINFO.sub("//", "".join(char if char.isprintable() else " " for char in text[:400]))
    return text if len(text) <= 200 else f"{text[:199]}…"  # noqa: PLR2004 - a line of a report
