"""The generated web: many hosts on loopback, with faults if asked, and a log of every request.

    python -m tests.load.web LOG HOSTS PAGES FAULTS [light|FOLDER]

serves until it is ended; the port is printed first. A host is an address of 127.0.0.0/8, and has a
robots.txt, a sitemap and PAGES articles. FAULTS is the share of them that misbehave, each in the way that
`fault` says. With `light`, pages have a tenth of the furniture;
with FOLDER, the bytes of its `HOST-NUMBER.html` are served instead.
"""

import asyncio
import contextlib
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import IO, NamedTuple

from tests.load import articles

ROBOTS = b"User-agent: *\nDisallow: /private/\n"
PRIVATE = "/private/minutes.html"
"""In every sitemap, and forbidden by every robots.txt."""
RETRY_AFTER_S = 1
HANG_S = 30.0


class Fault(StrEnum):
    """What an article does at the first request, some at each one."""

    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    RESET = "reset"
    CUT_SHORT = "cut_short"
    CHALLENGE = "challenge"
    HANGS = "hangs"
    BAD_GZIP = "bad_gzip"
    MOVED = "moved"
    GONE = "gone"
    LOOPS = "loops"
    RUBBISH = "rubbish"


LASTING = frozenset({Fault.GONE, Fault.LOOPS, Fault.RUBBISH})
"""Those that never become an article."""
WEIGHTS = {fault: 1 if fault in {Fault.HANGS, Fault.CHALLENGE} else 4 for fault in Fault}


class Asked(NamedTuple):
    """A line of the log."""

    host: str
    path: str
    begun: float
    """Monotonic clock, in seconds."""
    ended: float
    """Taken before the last byte is sent, so the pause of the next request can only be longer."""
    peace_s: float
    """How long the answer asked to be left in peace."""


def hosts(count: int) -> list[str]:
    """The addresses of the web."""
    return [f"127.1.{number // 200}.{1 + number % 200}" for number in range(count)]


def fault(host: str, number: int, share: float) -> Fault | None:
    """How the page misbehaves."""
    draw = Random(f"fault {host}/{number}")  # noqa: S311 - no secret
    return draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0] if draw.random() < share else None


def logged(log: Path) -> Iterator[Asked]:
    """What was asked, in the order in which it was answered."""
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            yield Asked(*json.loads(line))


class Web:
    """Answers for all hosts."""

    def __init__(self, log: IO[str], *, pages: int, faults: float, look: str) -> None:
        self._log = log
        self._pages = pages
        self._faults = faults
        self._look = look
        self._tries: Counter[str] = Counter()
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while not writer.is_closing():
                head = await reader.readuntil(b"\r\n\r\n")
                target = head.split(b" ", 2)[1].decode()
                host = writer.get_extra_info("sockname")[0]
                await self._one(writer, host, target)
        writer.close()

    async def _one(self, writer: asyncio.StreamWriter, host: str, target: str) -> None:
        begun = time.monotonic()
        number = _number(target)
        usual = number is not None and target == articles.path(number)
        kind = fault(host, number, self._faults) if number is not None and usual else None
        if kind:
            self._tries[host + target] += 1
            first = self._tries[host + target] == 1
            if not first and kind not in LASTING | {Fault.MOVED}:
                kind = None
        peace_s = RETRY_AFTER_S if kind in {Fault.RATE_LIMITED, Fault.UNAVAILABLE} else 0
        if kind is Fault.HANGS:
            self._note(host, target, begun, peace_s)
            await asyncio.sleep(HANG_S)
            raise ConnectionAbortedError
        data = self._answer(host, target, number, kind)
        self._note(host, target, begun, peace_s)
        writer.write(data)
        if kind in {Fault.CUT_SHORT, Fault.RESET}:
            writer.close()
            return
        await writer.drain()

    def _note(self, host: str, target: str, begun: float, peace_s: float) -> None:
        self._log.write(json.dumps([host, target, begun, time.monotonic(), peace_s]) + "\n")

    def _answer(self, host: str, target: str, number: int | None, kind: Fault | None) -> bytes:
        if target in {"/robots.txt", "/sitemap.xml"}:
            is_robots = target == "/robots.txt"
            body = ROBOTS if is_robots else self._sitemap(host)
            return _reply("200 OK", body, "text/plain" if is_robots else "application/xml")
        if number is None or number >= self._pages:
            return ANSWERS[Fault.GONE](target)
        if kind in ANSWERS:
            return ANSWERS[kind](target)
        extra = "Content-Encoding: gzip\r\n" if kind is Fault.BAD_GZIP else ""
        whole = _reply("200 OK", self._page(host, number), "text/html; charset=utf-8", extra)
        return whole[: len(whole) // 3] if kind is Fault.CUT_SHORT else whole

    def _page(self, host: str, number: int) -> bytes:
        if self._look in {"", "light"}:
            return articles.page(host, number, light=bool(self._look))
        return Path(self._look, f"{host}-{number}.html").read_bytes()

    def _sitemap(self, host: str) -> bytes:
        paths = [*(articles.path(number) for number in range(self._pages)), PRIVATE]
        urls = "".join(f"<url><loc>http://{host}:{self.port}{path}</loc></url>" for path in paths)
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def _number(target: str) -> int | None:
    """The number of an article, None for other addresses."""
    name = target.rpartition("/story-")[2].removesuffix(".html")
    return int(name) if name.isdigit() else None


def _reply(status: str, body: bytes, content_type: str = "text/html", extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


CHALLENGE = b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
PAUSE = f"Retry-After: {RETRY_AFTER_S}\r\n"
ANSWERS: dict[Fault | None, Callable[[str], bytes]] = {
    Fault.RATE_LIMITED: lambda _: _reply("429 Too Many Requests", b"", extra=PAUSE),
    Fault.UNAVAILABLE: lambda _: _reply("503 Service Unavailable", b"", extra=PAUSE),
    Fault.RESET: lambda _: b"",
    Fault.CHALLENGE: lambda _: _reply("403 Forbidden", CHALLENGE, extra="cf-mitigated: challenge\r\n"),
    Fault.LOOPS: lambda target: _reply("302 Found", b"", extra=f"Location: {target}\r\n"),
    Fault.MOVED: lambda target: _reply("301 Moved Permanently", b"", extra=f"Location: /moved{target}\r\n"),
    Fault.RUBBISH: lambda target: _reply("200 OK", Random(target).randbytes(20_000)),  # noqa: S311 - no secret
    Fault.GONE: lambda _: _reply("404 Not Found", b"<p>No such page.</p>"),
}


async def _serve(log: Path, count: int, pages: int, faults: float, look: str) -> None:
    with log.open("w", encoding="utf-8", buffering=1 << 16) as lines:
        web = Web(lines, pages=pages, faults=faults, look=look)
        first, *others = hosts(count)
        servers = [await asyncio.start_server(web.answer, first, 0, backlog=1024)]
        web.port = servers[0].sockets[0].getsockname()[1]
        servers += [await asyncio.start_server(web.answer, host, web.port, backlog=64) for host in others]
        done = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, done.set)
        print(web.port, flush=True)  # noqa: T201 - the parent reads it
        await done.wait()


if __name__ == "__main__":
    asyncio.run(
        _serve(
            Path(sys.argv[1]),
            int(sys.argv[2]),
            int(sys.argv[3]),
            float(sys.argv[4]),
            "".join(sys.argv[5:]),
        )
    )
