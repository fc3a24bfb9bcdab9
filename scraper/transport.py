"""One request and its answer: connections, deadline, caps. The only importer of httpx.

httpx's transport is used bare, without its client: redirects, cookies, decoding and deadlines are ours,
since the client's own can be stretched, or have no cap.

Each origin has a small pool of its own. One pool for all looks through every connection it holds at each
request, which with hundreds of hosts costs more than the request. As a host is asked one thing at a time,
its own pool holds one or two.
"""

import asyncio
import socket
import ssl
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import httpcore
import httpx

from scraper.config import FetchConfig
from scraper.records import Reason
from scraper.web import answers
from scraper.web.content_encoding import (
    ACCEPT_ENCODING,
    ContentEncodingError,
    CutShortError,
    TooLargeError,
    decoded,
)
from scraper.web.guard import ForbiddenAddressError, Resolver, checked_addresses, literal_address
from scraper.web.robots import MAX_ROBOTS_BYTES

Transport = httpx.AsyncBaseTransport
Kind = Literal["page", "document", "robots"]

MAX_IDLE = 256
"""Pools kept open for the next request to their origin."""

KEEP_ALIVE_S = 30.0
DRAIN_BYTES = 65_536
"""A body that is not wanted is read up to this size, so that its connection can be used again."""

DRAIN_S = 1.0

NEXT_ADDRESS_S = 0.25
"""Time that an address has to itself before the next one is tried beside it (RFC 8305, 5)."""

_ACCEPT_HEADERS: Mapping[Kind, str] = {
    "page": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
    "document": "application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.8",
    "robots": "text/plain,*/*;q=0.5",
}
_FAULTS: tuple[tuple[type[Exception], Reason, bool], ...] = (
    (httpx.TimeoutException, Reason.TIMEOUT, True),
    (ForbiddenAddressError, Reason.FORBIDDEN_ADDRESS, False),
    (httpx.InvalidURL, Reason.INVALID_URL, False),
    (httpx.UnsupportedProtocol, Reason.INVALID_URL, False),
    (TooLargeError, Reason.TOO_LARGE, False),
    (CutShortError, Reason.CONNECTION_FAILED, True),
    (ContentEncodingError, Reason.BAD_ENCODING, False),
)
"""What goes wrong with one answer, the outcome it makes, and whether asking again may help."""


@dataclass(slots=True, frozen=True)
class Answer:
    """An answer whose head was read; `body` is None where it was not wanted."""

    status: int
    headers: httpx.Headers
    body: bytes | None = None


@dataclass(slots=True, frozen=True)
class Failure:
    """No answer that could be used."""

    reason: Reason
    detail: str
    passing: bool = False
    """Whether asking again may help; it also counts against the host."""
    status: int | None = None


@dataclass(slots=True)
class _Pool:
    transport: Transport
    users: int = 0


@lru_cache(maxsize=4)
def _tls(*, verify: bool, http2: bool) -> ssl.SSLContext:  # noqa: ARG001 - a pool writes its protocols into it
    """One context for all pools of a kind: to read the certificates takes 20 ms."""
    return httpx.create_ssl_context(verify=verify, trust_env=False)


async def _system_addresses(host: str) -> Sequence[str]:
    """What the system's own resolver says."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host}: {error}") from error
    return [str(address[0]) for *_, address in found]


class _Network(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were checked, and to no others; for TLS the name stays the host's.

    The check is here, behind every spelling and every redirect, and between the resolver's answer and the
    connection nothing is resolved again.
    """

    def __init__(self, resolver: Resolver | None, *, allow_private: bool) -> None:
        self._resolver = resolver or _system_addresses
        self._allow_private = allow_private
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own interface
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the address of `host` that answers first.

        Raises:
            ForbiddenAddressError: It has none that may be connected to.
        """
        try:
            async with asyncio.timeout(timeout):
                literal = literal_address(host)
                addresses = [literal] if literal else await self._resolver(host)
                allowed = checked_addresses(host, addresses, allow_private=self._allow_private)
                if not allowed:
                    raise httpcore.ConnectError(f"no address for {host}")
                return await _first_of(
                    self._network.connect_tcp(address, port, timeout, local_address, socket_options)
                    for address in allowed
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} did not answer") from error


async def _first_of(
    attempts: Iterable[Coroutine[Any, Any, httpcore.AsyncNetworkStream]],
) -> httpcore.AsyncNetworkStream:
    """The first connection that comes about; the next is tried when one fails, or takes its time."""
    left = deque(attempts)
    under_way: set[asyncio.Task[httpcore.AsyncNetworkStream]] = set()
    won: httpcore.AsyncNetworkStream | None = None
    failed: BaseException | None = None
    try:
        while won is None and (left or under_way):
            if left:
                under_way.add(asyncio.create_task(left.popleft()))
            done, _ = await asyncio.wait(
                under_way, timeout=NEXT_ADDRESS_S if left else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                failed = task.exception()
                if failed is None and won is None:
                    won = task.result()
                    under_way.discard(task)
                elif failed is not None:
                    under_way.discard(task)
    finally:
        for attempt in left:
            attempt.close()
        await _abandon(under_way)
    if won is None:
        raise failed or httpcore.ConnectError("no address")
    return won


async def _abandon(attempts: set[asyncio.Task[httpcore.AsyncNetworkStream]]) -> None:
    for task in attempts:
        task.cancel()
    for outcome in await asyncio.gather(*attempts, return_exceptions=True):
        if not isinstance(outcome, BaseException):
            await outcome.aclose()


class _DirectTransport(httpx.AsyncHTTPTransport):
    """httpx's transport on a pool with our own way to addresses, which its constructor cannot be told."""

    def __init__(self, network: _Network, *, tls: ssl.SSLContext, http2: bool) -> None:
        super().__init__(verify=tls, http2=http2, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            keepalive_expiry=KEEP_ALIVE_S,
            http2=http2,
            network_backend=network,
        )


class Connections:
    """Lends the transport for an origin. Nothing is taken from the environment."""

    def __init__(
        self, config: FetchConfig, transport: Transport | None = None, resolver: Resolver | None = None
    ) -> None:
        """Make pools by the configuration, or lend `transport` for everything.

        Names go through `resolver`, or the system's, unless a proxy is configured: that is the operator's
        choice, wherever it stands, and it resolves names itself.
        """
        self._config = config
        self._shared = transport
        self._network = _Network(resolver, allow_private=config.allow_private)
        self._pools: OrderedDict[str, _Pool] = OrderedDict()

    @asynccontextmanager
    async def lend(self, origin: str) -> AsyncIterator[Transport]:
        """The transport for `origin`, held open while it is used."""
        if self._shared is not None:
            yield self._shared
            return
        pool = self._pools.get(origin)
        if pool is None:
            pool = self._pools[origin] = _Pool(self._new_transport())
        pool.users += 1
        self._pools.move_to_end(origin)
        try:
            if len(self._pools) > MAX_IDLE:
                await self._close_oldest()
            yield pool.transport
        finally:
            pool.users -= 1

    async def aclose(self) -> None:
        """Close every connection."""
        while self._pools:
            _, pool = self._pools.popitem()
            await pool.transport.aclose()
        if self._shared is not None:
            await self._shared.aclose()

    async def _close_oldest(self) -> None:
        idle = next((origin for origin, pool in self._pools.items() if not pool.users), None)
        if idle is not None:
            await self._pools.pop(idle).transport.aclose()

    def _new_transport(self) -> httpx.AsyncHTTPTransport:
        config = self._config
        tls = _tls(verify=config.verify_tls, http2=config.http2)
        if config.proxy is None:
            return _DirectTransport(self._network, tls=tls, http2=config.http2)
        return httpx.AsyncHTTPTransport(
            verify=tls,
            http2=config.http2,
            limits=httpx.Limits(keepalive_expiry=KEEP_ALIVE_S),
            trust_env=False,
            proxy=config.proxy,
        )


class Exchange:
    """Sends one request at a time and reads its answer; never raises for what the web does."""

    def __init__(
        self,
        config: FetchConfig,
        user_agent: str,
        transport: Transport | None = None,
        resolver: Resolver | None = None,
    ) -> None:
        """Make connections by the configuration and `resolver`, or use `transport` for everything."""
        self._config = config
        self._connections = Connections(config, transport, resolver)
        self._headers = {
            kind: [("user-agent", user_agent), ("accept", accept), ("accept-encoding", ACCEPT_ENCODING)]
            for kind, accept in _ACCEPT_HEADERS.items()
        }
        self._timeouts = {
            "connect": config.connect_timeout_s,
            "read": config.read_timeout_s,
            "write": config.read_timeout_s,
            "pool": config.total_timeout_s,
        }

    def headers(self, kind: Kind) -> list[tuple[str, str]]:
        """What every request of a kind is sent with."""
        return list(self._headers[kind])

    async def aclose(self) -> None:
        """Close every connection."""
        await self._connections.aclose()

    async def send(
        self, url: str, kind: Kind, conditions: Sequence[tuple[str, str]], deadline_s: float
    ) -> Answer | Failure:
        """Ask for `url`; the whole answer must be there within `deadline_s`, however it trickles.

        Redirects are not followed. A body is read where it is of use: of a success of a wanted type, and
        of an HTML page that stands where another was wanted (a challenge, a paywall).
        """
        try:
            async with asyncio.timeout(max(0.0, deadline_s)):
                return await self._talk(url, kind, conditions)
        except Exception as error:  # noqa: BLE001 - below httpx a server's nonsense takes many forms
            return self._failure(error)

    def _failure(self, error: Exception) -> Failure:
        for kind, reason, passing in _FAULTS:
            if isinstance(error, kind):
                return Failure(reason, _described(error), passing=passing)
        if isinstance(error, TimeoutError):
            detail = f"no complete answer within {self._config.total_timeout_s:g} s"
            return Failure(Reason.TIMEOUT, detail, passing=True)
        return Failure(Reason.CONNECTION_FAILED, _described(error), passing=True)

    async def _talk(self, url: str, kind: Kind, conditions: Sequence[tuple[str, str]]) -> Answer | Failure:
        request = httpx.Request(
            "GET", url, headers=[*self._headers[kind], *conditions], extensions={"timeout": self._timeouts}
        )
        parts = request.url
        async with self._connections.lend(f"{parts.scheme}://{parts.host}:{parts.port}") as transport:
            response = await transport.handle_async_request(request)
            try:
                return await self._received(response, kind)
            finally:
                await response.aclose()

    async def _received(self, response: httpx.Response, kind: Kind) -> Answer | Failure:
        """The answer, with its body where that is of use to us."""
        status, headers = response.status_code, response.headers
        content_type = headers.get("content-type")
        if 200 <= status < 300:  # noqa: PLR2004 - HTTP
            if not _acceptable(kind, content_type):
                return Failure(Reason.NOT_HTML, f"the answer is {content_type}", status=status)
            body = await self._read(response, kind)
            if kind == "page" and not body:
                # A server in trouble says "fine" and nothing else; no page is empty for good.
                return Failure(Reason.CONNECTION_FAILED, "the answer is empty", passing=True, status=status)
            if kind == "page" and not content_type and answers.looks_binary(body):
                return Failure(Reason.NOT_HTML, "the answer has no type and is no text", status=status)
            return Answer(status, headers, body)
        is_wall = status in answers.WALLS or answers.is_challenge(headers)
        if kind == "page" and is_wall and answers.is_html(content_type):
            with suppress(ContentEncodingError):
                return Answer(status, headers, await self._read(response, kind))
        await _drain(response)
        return Answer(status, headers)

    async def _read(self, response: httpx.Response, kind: Kind) -> bytes:
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


def _stream(response: httpx.Response) -> httpx.AsyncByteStream:
    """The bytes as they come off the wire."""
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise TypeError("the transport is not asynchronous")
    return response.stream


def _acceptable(kind: Kind, content_type: str | None) -> bool:
    if kind == "page":
        return answers.may_be_page(content_type)
    return kind == "robots" or answers.may_be_document(content_type)


async def _drain(response: httpx.Response) -> None:
    """Read what is left of a small body; what goes wrong with it changes nothing any more."""
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(DRAIN_S):
            size = 0
            async for chunk in _stream(response):
                size += len(chunk)
                if size > DRAIN_BYTES:
                    return


def _described(error: Exception) -> str:
    text = str(error)
    if isinstance(error, ForbiddenAddressError):
        return f"{text}; `allow_private` would let it be asked"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
