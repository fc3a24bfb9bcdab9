"""Where connections are made and kept: a small pool of its own for each origin.

One pool for all looks through every connection it holds at each request, which with hundreds of hosts
costs more than the request. As a host is asked one thing at a time, its own pool holds one or two.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from scraper.config import FetchConfig

MAX_IDLE = 256
"""Pools kept open for the next request to their origin."""

KEEP_ALIVE_S = 30.0


@dataclass(slots=True)
class _Pool:
    transport: httpx.AsyncBaseTransport
    users: int = 0


class Connections:
    """Lends the transport for an origin. Nothing is taken from the environment."""

    def __init__(self, config: FetchConfig, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Make pools by the configuration, or lend `transport` for everything."""
        self._config = config
        self._shared = transport
        self._pools: OrderedDict[str, _Pool] = OrderedDict()
        # Reading the certificates takes 20 ms: once, for all pools.
        self._tls = httpx.create_ssl_context(verify=config.verify_tls, trust_env=False)

    @asynccontextmanager
    async def lend(self, origin: str) -> AsyncIterator[httpx.AsyncBaseTransport]:
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
        return httpx.AsyncHTTPTransport(
            verify=self._tls,
            http2=config.http2,
            limits=httpx.Limits(keepalive_expiry=KEEP_ALIVE_S),
            trust_env=False,
            proxy=config.proxy,
        )
