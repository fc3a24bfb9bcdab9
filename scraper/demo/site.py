"""Serves The Saltmere Courier, a fictional newspaper in two editions, on loopback."""

import gzip
import hashlib
import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from types import MappingProxyType, TracebackType
from typing import ClassVar, Self
from urllib.parse import urlsplit

from scraper.records import Reason

BASE = b"{{base}}"
"""Stands in the shipped files for the address that the server gets when it starts."""

LAST_EDITION = 2
ARTICLE = "article"
"""How an address ends that becomes an article; every other ending is a `Reason`."""

HTML = "text/html; charset=utf-8"
HTML_NO_CHARSET = "text/html"
TEXT = "text/plain; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
XML = "application/xml"

_FRIDAY = datetime(2026, 11, 13, 22, 0, tzinfo=UTC)
_SUNDAY = datetime(2026, 11, 15, 9, 20, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What stands at one address."""

    file: str
    """Below `pages/`; the second edition has its own in `pages/second/` where it differs."""
    ends_as: str | None = None
    """`ARTICLE`, the value of a `Reason`, or None for what is no article link at all."""
    content_type: str = HTML
    modified: datetime = _FRIDAY
    first_edition: int = 1
    validators: bool = True


def _day(year: int, month: int, day: int, hour: int = 6, minute: int = 30) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


ENTRIES: Mapping[str, Entry] = MappingProxyType(
    {
        "/": Entry(file="front.html"),
        "/robots.txt": Entry(file="robots.txt", content_type=TEXT),
        "/feed.xml": Entry(file="feed.xml", content_type=RSS),
        "/sitemap.xml": Entry(file="sitemap.xml", content_type=XML),
        "/news-sitemap.xml": Entry(file="news-sitemap.xml", content_type=XML),
        "/science/": Entry(file="science.html"),
        # good articles, each in the markup of another system
        "/2026/11/12/harbour-crane-returns/": Entry(
            file="harbour-crane.html", ends_as=ARTICLE, modified=_day(2026, 11, 12)
        ),
        "/news/tram-line-nine-15384": Entry(
            file="tram-line-nine.html", ends_as=ARTICLE, modified=_day(2026, 11, 13, 18, 40)
        ),
        "/food/six-soups-for-a-week-of-gales": Entry(
            file="six-soups.html", ends_as=ARTICLE, modified=_day(2026, 11, 11, 11, 0)
        ),
        "/science/upper-wend-reservoir": Entry(
            file="reservoir.html", ends_as=ARTICLE, modified=_day(2026, 11, 10, 8, 0)
        ),
        "/archive/lighthouse.html": Entry(
            # windows-1252, as only the page itself says
            file="lighthouse.html",
            ends_as=ARTICLE,
            content_type=HTML_NO_CHARSET,
            modified=_day(2003, 2, 8),
        ),
        "/de/deich-waechst-streit": Entry(
            file="deichbau.html", ends_as=ARTICLE, modified=_day(2026, 11, 9, 13, 20)
        ),
        "/ja/20261108-renrakusen.html": Entry(
            file="ferry-ja.html", ends_as=ARTICLE, modified=_day(2026, 11, 8, 10, 30)
        ),
        "/business/electric-pilot-boat-15402": Entry(
            file="pilot-boat.html", ends_as=ARTICLE, modified=_day(2026, 11, 15, 9, 15), first_edition=2
        ),
        # what stands in an article's place
        "/partners/coastal-wire/crane-comes-home": Entry(
            file="crane-partner.html", ends_as=Reason.DUPLICATE_TEXT, modified=_day(2026, 11, 12, 10, 0)
        ),
        "/premium/who-owns-the-orchards": Entry(file="paywall.html", ends_as=Reason.PAYWALL_STUB),
        "/politics/budget-by-one-vote-15391": Entry(
            file="consent.html", ends_as=Reason.CONSENT_WALL, validators=False
        ),
        "/business/ferry-operator-profit-15388": Entry(
            file="challenge.html", ends_as=Reason.CHALLENGE, validators=False
        ),
        "/topics/harbour/": Entry(file="topic.html", ends_as=Reason.LISTING),
        "/private/editors-notes": Entry(file="private.html", ends_as=Reason.ROBOTS_DENIED),
    }
)

MISSING = "/2026/09/20/regatta-results/"
"""The feed names it, and there is no such page."""

TRACKED = "/news/tram-line-nine-15384?utm_source=rss&utm_medium=feed&utm_campaign=morning"
"""A second link of the feed to one article: the same address, once tracking parameters are off."""


def _expected(edition: int) -> Mapping[str, str]:
    known = {
        path: str(entry.ends_as)
        for path, entry in ENTRIES.items()
        if entry.ends_as is not None and entry.first_edition <= edition
    }
    return MappingProxyType(known | {MISSING: str(Reason.NOT_FOUND)})


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One address's answer, before conditions and compression are looked at."""

    status: HTTPStatus
    content_type: str
    body: bytes
    etag: str | None = None
    modified: datetime | None = None

    def unchanged_for(self, headers: Mapping[str, str]) -> bool:
        """Whether the asker has this already (RFC 9110, 13.2.2: the ETag outranks the date)."""
        tags = headers.get("If-None-Match")
        if tags is not None:
            return self.etag is not None and self.etag in (tag.strip() for tag in tags.split(","))
        since = headers.get("If-Modified-Since")
        if since is None or self.modified is None:
            return False
        try:
            return self.modified <= parsedate_to_datetime(since)
        except (TypeError, ValueError):  # not a date, or one without a time zone: asked for in full
            return False


class DemoSite:
    """The newspaper, served while the context is open.

    Feed, sitemaps and front page name every address of `expected`; the feed names one of them
    twice (`TRACKED`). Of the two addresses with the same text the one that is read later is the
    duplicate; the feed names the partner's copy after the original.

    Attributes:
        expected: how each article link of the first edition ends: `ARTICLE` or a `Reason`.
        expected_second: the same for the second edition.
        changed: what the second edition changed or added, and a second run so has to hand over.
        requests: method, path (with its query) and status of every answer, in order.
    """

    expected: ClassVar[Mapping[str, str]] = _expected(1)
    expected_second: ClassVar[Mapping[str, str]] = _expected(LAST_EDITION)
    changed: ClassVar[frozenset[str]] = frozenset(
        {"/science/upper-wend-reservoir", "/business/electric-pilot-boat-15402"}
    )

    def __init__(self, *, port: int = 0) -> None:
        self.requests: list[tuple[str, str, int]] = []
        self._edition = 1
        self._server = _Server(self, port)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="demo-site"
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Address of the site, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def edition(self) -> int:
        """The edition on sale: 1 or 2."""
        return self._edition

    @edition.setter
    def edition(self, number: int) -> None:
        if not 1 <= number <= LAST_EDITION:
            raise ValueError(f"there is no edition {number}")
        self._edition = number

    def answer(self, path: str) -> Answer:
        """What the current edition has at a path (without query)."""
        entry = ENTRIES.get(path)
        if entry is None or entry.first_edition > self._edition:
            body = _shipped("not-found.html", 1)[0]
            return Answer(status=HTTPStatus.NOT_FOUND, content_type=HTML, body=self._filled(body))
        raw, from_edition = _shipped(entry.file, self._edition)
        if not entry.validators:
            return Answer(status=HTTPStatus.OK, content_type=entry.content_type, body=self._filled(raw))
        modified = _SUNDAY if from_edition > entry.first_edition else entry.modified
        return Answer(
            status=HTTPStatus.OK,
            content_type=entry.content_type,
            body=self._filled(raw),
            # of the file and not of the answer: the same whatever port is served
            etag=f'W/"{hashlib.sha256(raw).hexdigest()[:16]}"',
            modified=modified,
        )

    def _filled(self, raw: bytes) -> bytes:
        return raw.replace(BASE, self.url.encode("ascii"))


def _shipped(name: str, edition: int) -> tuple[bytes, int]:
    """A file of the package in the given edition, and the edition that it is from."""
    pages = files("scraper.demo") / "pages"
    second = pages / "second" / name
    if edition == LAST_EDITION and second.is_file():
        return second.read_bytes(), LAST_EDITION
    return (pages / name).read_bytes(), 1


_Request = socket.socket | tuple[bytes, socket.socket]
_Address = tuple[str, int]


class _Server(ThreadingHTTPServer):
    """Knows its open connections, so that none outlives the site."""

    daemon_threads = False

    def __init__(self, site: DemoSite, port: int) -> None:
        self.site = site
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: _Request, client_address: _Address) -> None:
        if isinstance(request, socket.socket):
            with self._lock:
                self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: _Request) -> None:
        if isinstance(request, socket.socket):
            with self._lock:
                self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: _Request, client_address: _Address) -> None:
        """Let a client go that hung up first; anything else is ours and is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """End what clients keep alive; the threads that serve them then return."""
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:  # the client was quicker
                    continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "SaltmereCourier/2"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        self._reply(with_body=False)

    def _reply(self, *, with_body: bool) -> None:
        answer = self.server.site.answer(urlsplit(self.path).path)
        if answer.unchanged_for(self.headers):  # type: ignore[arg-type]
            self._head(HTTPStatus.NOT_MODIFIED, answer)
            self.end_headers()
            return
        body = answer.body
        packed = "gzip" in self.headers.get("Accept-Encoding", "")
        if packed:
            body = gzip.compress(body, mtime=0)
        self._head(answer.status, answer)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _head(self, status: HTTPStatus, answer: Answer) -> None:
        self.server.site.requests.append((self.command, self.path, int(status)))
        self.send_response(status)
        self.send_header("Vary", "Accept-Encoding")
        if answer.etag is not None:
            self.send_header("ETag", answer.etag)
        if answer.modified is not None:
            self.send_header("Last-Modified", format_datetime(answer.modified, usegmt=True))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name upstream
        """Say nothing: the site's owner reads `DemoSite.requests`."""
