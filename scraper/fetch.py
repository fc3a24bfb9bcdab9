"""Stage 2, links to pages: asks politely, follows redirects, and turns every failure into a `Drop`.

One request and its answer are the business of `transport`; when a host may be asked, of `web.throttle`.
Here is what lies between: robots, hops, retries, outcomes.
"""

import asyncio
import random as random_module
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Literal, Protocol, Self
from urllib.parse import urlsplit

import scraper
from scraper.config import FetchConfig
from scraper.records import Drop, Link, NotModified, Page, Reason, Stage
from scraper.transport import Answer, Exchange, Failure, Kind, Transport
from scraper.web import answers
from scraper.web.clock import Clock, SystemClock
from scraper.web.guard import Resolver
from scraper.web.retry_after import retry_after_s
from scraper.web.robots import RobotsRules
from scraper.web.throttle import RefusedError, Slot, StoppedError, Throttle
from scraper.web.urls import MAX_URL_LENGTH, absolute, registrable_domain, without_userinfo

Accept = Literal["page", "document"]

ROBOTS_MAX_AGE_S = 86_400.0
"""How long a robots.txt holds (RFC 9309, 2.4)."""

ROBOTS_IN_MEMORY = 2_048
"""Origins whose parsed rules are kept; others are read from the cache, or asked for again."""

MAX_BACKOFF_S = 60.0


class RobotsCache(Protocol):
    """Where robots.txt answers outlive the run."""

    def get(self, origin: str) -> tuple[datetime, int, bytes] | None:
        """Time, status and body of the last answer, if there is one. Status 0: there was no answer."""

    def put(self, origin: str, fetched_at: datetime, status: int, body: bytes) -> None:
        """Remember an answer."""


@dataclass(slots=True)
class _Job:
    """One address on its way, and what is left of its budgets."""

    kind: Kind
    tries: int
    seconds: float
    conditions: list[tuple[str, str]] = field(default_factory=list)


class Fetcher:
    """Fetches addresses politely. An async context manager; many tasks may use one at a time."""

    def __init__(
        self,
        config: FetchConfig,
        *,
        clock: Clock | None = None,
        robots_cache: RobotsCache | None = None,
        delays: Mapping[str, float] | None = None,
        transport: Transport | None = None,
        resolver: Resolver | None = None,
        random: random_module.Random | None = None,
        on_request: Callable[[str, float, str | None], None] | None = None,
    ) -> None:
        """Nothing is sent before the first `get`.

        `delays` gives registrable domains a pause of their own in place of `config.delay_s`. Clock,
        transport, the way from host names to addresses, and the source of jitter can be handed in.
        `on_request` is told of each request: its address, its seconds, and the status or fault of a failure.
        """
        self._config = config
        self._clock = clock or SystemClock()
        self._cache = robots_cache
        self._on_request = on_request
        self._random = random or random_module.Random()  # noqa: S311 - spreads retries, guards nothing
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
        self._exchange = Exchange(config, self._user_agent, transport, resolver)
        self._rules: OrderedDict[str, tuple[float, RobotsRules]] = OrderedDict()
        self._unreachable: dict[str, RobotsRules] = {}
        """Origins whose rules could not be had: none of their pages is asked for as long as this lives."""
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
        await self._exchange.aclose()

    def stop(self) -> None:
        """Send nothing new; what waits is dropped as stopped, what is under way comes to its end."""
        self._throttle.stop()

    def slow_down(self, url: str, delay_s: float) -> None:
        """Pause at least so long between requests to the registrable domain of `url`."""
        self._throttle.slow_down(registrable_domain(url), delay_s)

    def request_headers(
        self, *, etag: str | None = None, last_modified: str | None = None
    ) -> list[tuple[str, str]]:
        """What a page is asked for with, beside Host."""
        return [*self._exchange.headers("page"), *_conditions(etag, last_modified)]

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
        job.conditions = _conditions(etag, last_modified)
        try:
            final, answer = await self._follow(start, job)
        except StoppedError:
            return _drop(url, Reason.STOPPED, "the run was stopped")
        except RefusedError as refusal:
            reason = Reason.HOST_UNAVAILABLE if refusal.retry_after_s is None else Reason.RATE_LIMITED
            return _drop(url, reason, str(refusal), retry_after=refusal.retry_after_s)
        if isinstance(answer, Failure):
            return _drop(url, answer.reason, answer.detail, status=answer.status)
        return self._outcome(url, final, answer, job, link)

    async def may_ask(self, url: str) -> bool:
        """Whether the robots.txt of its host lets us ask for `url`."""
        return (await self.robots(url)).allows(url, self._user_agent)

    async def robots(self, url: str) -> RobotsRules:
        """The rules of the host of `url`; asked for once, however many wait for them."""
        start = absolute(url, url)
        return RobotsRules() if start is None else await self._rules_for(start)

    async def _rules_for(self, url: str) -> RobotsRules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin in self._unreachable:
            return self._unreachable[origin]
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
            found_at, answer = await self._follow(f"{origin}/robots.txt", self._job("robots"))
        except (StoppedError, RefusedError) as error:
            return RobotsRules(unreachable=True, detail=str(error))
        if isinstance(answer, Failure):
            # A redirect that leads nowhere is an answer, and says that there are no rules.
            is_redirect = answer.reason in {Reason.BAD_REDIRECT, Reason.TOO_MANY_REDIRECTS}
            status, body = (404 if is_redirect else 0), b""
        else:
            status, body = answer.status, answer.body or b""
        if self._cache:
            self._cache.put(origin, now, status, body)
        rules = RobotsRules.from_answer(status, body)
        if isinstance(answer, Failure):
            is_here = found_at == f"{origin}/robots.txt"
            is_forbidden = is_here and answer.reason is Reason.FORBIDDEN_ADDRESS
            rules = replace(rules, detail=answer.detail, address_forbidden=is_forbidden)
        return self._remember(origin, rules)

    def _remember(self, origin: str, rules: RobotsRules, age_s: float = 0.0) -> RobotsRules:
        if rules.unreachable:
            self._unreachable[origin] = rules
            return rules
        self._rules[origin] = (self._clock.monotonic() - age_s, rules)
        if len(self._rules) > ROBOTS_IN_MEMORY:
            self._rules.popitem(last=False)
        return rules

    async def _follow(self, url: str, job: _Job) -> tuple[str, Answer | Failure]:
        """The answer at the end of the redirects, and the address that gave it."""
        seen = {url}
        for _ in range(self._config.max_redirects + 1):
            delay_s = None
            if job.kind != "robots":
                rules = await self._rules_for(url)
                if not rules.allows(url, self._user_agent):
                    return url, self._forbidden(rules, url)
                delay_s = rules.crawl_delay(self._user_agent)
            answer = await self._ask(url, job, delay_s)
            if isinstance(answer, Failure) or answer.status not in answers.REDIRECTS:
                return url, answer
            location = answer.headers.get("location")
            target = absolute(url, location) if location else None
            if target is None:
                detail = f"redirect to {location!r}" if location else "redirect without Location"
                return url, Failure(Reason.BAD_REDIRECT, detail, status=answer.status)
            if target in seen:
                detail = f"redirects go in a circle: {target}"
                return url, Failure(Reason.TOO_MANY_REDIRECTS, detail, status=answer.status)
            seen.add(target)
            url = target
        detail = f"more than {self._config.max_redirects} redirects"
        return url, Failure(Reason.TOO_MANY_REDIRECTS, detail, status=answer.status)

    def _forbidden(self, rules: RobotsRules, url: str) -> Failure:
        if self._throttle.stopped:
            raise StoppedError
        if rules.address_forbidden:
            return Failure(Reason.FORBIDDEN_ADDRESS, rules.detail)
        if rules.unreachable:
            why = f"robots.txt answered {rules.status}" if rules.status else f"no robots.txt: {rules.detail}"
            return Failure(Reason.ROBOTS_UNREACHABLE, why)
        return Failure(Reason.ROBOTS_DENIED, f"robots.txt forbids {url}")

    async def _ask(self, url: str, job: _Job, delay_s: float | None) -> Answer | Failure:
        """One hop, asked again while that may help and the budgets last."""
        domain = registrable_domain(url)
        tried = 0
        while True:
            async with self._throttle.slot(domain, delay_s=delay_s) as slot:
                answer = await self._send(url, job)
                pause_s = self._judge(answer, slot, job, tried)
            if pause_s is None:
                return answer
            tried += 1
            job.tries -= 1
            await self._throttle.pause(pause_s)

    async def _send(self, url: str, job: _Job) -> Answer | Failure:
        loop = asyncio.get_running_loop()
        started = loop.time()
        answer: Answer | Failure | None = None
        try:
            answer = await self._exchange.send(url, job.kind, job.conditions, job.seconds)
        finally:
            took = loop.time() - started
            job.seconds -= took
            if self._on_request:
                self._on_request(url, took, _fault(answer))
        return answer

    def _judge(self, answer: Answer | Failure, slot: Slot, job: _Job, tried: int) -> float | None:
        """Tell the slot how it went; seconds until the next try, or None when there is to be none."""
        asked = None
        if isinstance(answer, Answer):
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
        if asked is not None or (isinstance(answer, Answer) and answer.status in {429, 503}):
            slot.silence(pause_s)
        if pause_s > self._config.max_retry_after_s or job.tries <= 0 or job.seconds <= 0:
            return None
        return pause_s

    def _outcome(
        self, url: str, final: str, answer: Answer, job: _Job, link: Link | None
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

    def _job(self, kind: Kind) -> _Job:
        return _Job(kind=kind, tries=self._config.retries, seconds=self._config.total_timeout_s)


def _conditions(etag: str | None, last_modified: str | None) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, value in (("if-none-match", etag), ("if-modified-since", last_modified))
        if value and value.isascii() and value.isprintable()
    ]


def _fault(answer: Answer | Failure | None) -> str | None:
    """The status or reason of a request that failed."""
    if isinstance(answer, Answer):
        return str(answer.status) if answer.status >= HTTPStatus.BAD_REQUEST else None
    return answer.reason if answer else "cancelled"


def _drop(
    url: str, reason: Reason, detail: str, *, status: int | None = None, retry_after: float | None = None
) -> Drop:
    return Drop(
        url=without_userinfo(url[:MAX_URL_LENGTH]),
        stage=Stage.FETCH,
        reason=reason,
        detail=_readable(detail),
        http_status=status,
        retry_after_s=retry_after,
    )


def _readable(text: str) -> str:
    """One short line without control characters and without user names of addresses."""
    text = without_userinfo("".join(char if char.isprintable() else " " for char in text[:400]))
    return text if len(text) <= 200 else f"{text[:199]}…"  # noqa: PLR2004 - a line of a report
