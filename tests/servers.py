"""A server on loopback that misbehaves as it is told to, and remembers what it was asked."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

REASONABLE_HEAD = 65_536


@dataclass
class Asked:
    """One request, as it came in."""

    method: str
    target: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


Handler = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


def answer(
    status: int = 200, body: bytes = b"", content_type: str | None = "text/html", **headers: str
) -> Handler:
    """A well-formed answer; header names are given with `_` for `-`."""

    async def send(_: Asked, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} Status"]
        if status != 304:
            headers.setdefault("Content_Length", str(len(body)))
        if content_type:
            lines.append(f"Content-Type: {content_type}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        await writer.drain()

    return send


def page(text: str = "<html><body><p>Good morning.</p></body></html>", **headers: str) -> Handler:
    """A page that is in order."""
    return answer(200, text.encode(), "text/html; charset=utf-8", **headers)


def redirect(location: str, status: int = 302) -> Handler:
    return answer(status, b"moved", Location=location)


def raw(data: bytes) -> Handler:
    """These bytes, and then the connection is cut."""

    async def send(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return send


def drip(byte_s: float) -> Handler:
    """A body that never ends, one byte at a time."""

    async def send(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(byte_s)

    return send


def stall() -> Handler:
    """A head, and then nothing more."""

    async def send(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 10\r\n\r\n")
        await writer.drain()
        await asyncio.Event().wait()

    return send


def in_turn(*handlers: Handler) -> Handler:
    """One handler after the other; the last one stays."""
    left = list(handlers)

    async def send(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(asked, writer)

    return send


@dataclass
class Server:
    """Answers by path. `/robots.txt` is 404 unless it is given."""

    routes: Mapping[str, Handler]
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    open_now: int = 0
    most_open: int = 0
    """Most requests that were under way at a time."""
    page_asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something other than robots.txt was asked for."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, limit=REASONABLE_HEAD, ssl=self.tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self._connections: set[asyncio.Task[None]] = set()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    def url(self, target: str = "/", host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{target}"

    def paths(self) -> list[str]:
        """Paths that were asked for, in order, robots.txt aside."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                await self._answer(_parsed(head), writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        if asked.path != "/robots.txt":
            self.page_asked.set()
        self.open_now += 1
        self.most_open = max(self.most_open, self.open_now)
        try:
            handler = self.routes.get(asked.path) or self.routes.get("*") or answer(404, b"no such page")
            if asked.path == "/robots.txt" and "/robots.txt" not in self.routes:
                handler = answer(404)
            await handler(asked, writer)
        finally:
            self.open_now -= 1


def _parsed(head: bytes) -> Asked:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    return Asked(method, target, headers)
