"""Reads WARC files, record by record in constant memory: the pages in them, and why a record is none.

WARC 1.0 and 1.1 (ISO 28500), plain, gzip and zstd, with FastWARC. What is broken is passed over: the reading
goes on at the next record that can be found, which in compressed files begins a member or frame of its own.
"""

import re
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
import zstandard

from scraper.errors import InputError
from scraper.records import Link, Page, Record, Skip
from scraper.web import answers
from scraper.web.addresses import described, needed, opened, size_of
from scraper.web.content_encoding import BadEncodingError, decoded
from scraper.web.urls import absolute

LINK_HEADER = "News-Scraper-Link"
"""A field of our own in the records that a run writes: the link that led to the page, as JSON."""

_TYPES = {"request": Skip.REQUEST, "revisit": Skip.REVISIT, "metadata": Skip.METADATA}
_MAGIC = b"WARC/1."
_GZIP_MAGIC = b"\x1f\x8b"
_START = re.compile(rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd|(?<=\n)WARC/1\.")
"""What a record may begin with, in a gzip or zstd file or in a plain one."""
_PROBED_BYTES = 4_096
_SCANNED_BYTES = 1 << 20
_REDIRECTS = range(300, 400)
_MAX_ZSTD_WINDOW = 128 << 20
"""That of the strongest level; files are the operator's, unlike answers of the web."""
_LONGEST_CHUNK_HEAD = 1_024
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")
_link = msgspec.json.Decoder(Link)


class Position(Record, frozen=True, kw_only=True):
    """How far a file has been read: up to and including the record at `offset`."""

    offset: int = 0
    """In bytes, from where on it can be read again; of no use in a file that is one compressed stream."""
    records: int = 0
    """Records up to there, pages or not."""
    here: int = 0
    """Those of them that this offset stands for: what lies broken behind a record goes by the same one."""


class Stored(Record, frozen=True, kw_only=True):
    """A page as its record holds it."""

    page: Page
    """With the body as it was sent."""
    coding: str | None = None
    """Its Content-Encoding."""
    chunked: bool = False
    """Whether it is said to be in chunks (RFC 9112, 7.1)."""
    cut: bool = False
    """Whether the archive holds only its beginning."""


class Entry(Record, frozen=True, kw_only=True):
    """One record of a file: a page, or the reason why it is none."""

    position: Position
    stored: Stored | None = None
    skip: Skip | None = None


class Wanted(Record, frozen=True, kw_only=True):
    """Which pages are wanted; what is unset lets everything through."""

    hosts: tuple[str, ...] = ()
    """Host names; those below them are meant too."""
    since: datetime | None = None
    """By the date of the record, which is when the page was fetched."""
    until: datetime | None = None
    """As above; from this moment on nothing is wanted."""
    statuses: tuple[int, ...] = ()
    types: tuple[str, ...] = ()
    """MIME types, such as text/html."""

    def unwanted(self, page: Page) -> Skip | None:
        """Why a page is not wanted, if it is not."""
        if self.hosts and not self._on_host(page.url):
            return Skip.OTHER_HOST
        if (self.since and page.fetched_at < self.since) or (self.until and page.fetched_at >= self.until):
            return Skip.OTHER_DATE
        if self.statuses and page.status not in self.statuses:
            return Skip.OTHER_STATUS
        if self.types and answers.media_type(page.content_type) not in self.types:
            return Skip.OTHER_TYPE
        return None

    def _on_host(self, url: str) -> bool:
        host = urlsplit(url).hostname or ""
        return any(host == wanted or host.endswith(f".{wanted}") for wanted in self.hosts)


EVERYTHING = Wanted()


class Archive:
    """One WARC file, open for reading."""

    def __init__(self, address: str, *, wanted: Wanted = EVERYTHING, max_bytes: int = 10_000_000) -> None:
        """Open it.

        Args:
            address: A local path, or an address that fsspec knows (http, https, s3, …).
            wanted: The pages to give; the others are skipped with the reason.
            max_bytes: The largest page, as it was sent.

        Raises:
            InputError: It cannot be opened.
            ConfigError: A library is missing.
        """
        self.address = address
        self.name = address.rstrip("/").rpartition("/")[2]
        self._warc = needed("fastwarc.warc", extra="warc", what="to read WARC files")
        self._wanted = wanted
        self._max_bytes = max_bytes
        with closing(opened(address)) as file:
            self.size = size_of(file)
            """In bytes, where it is known."""

    def entries(self, after: Position | None = None, *, start: int = 0) -> Iterator[Entry]:
        """Its records in order; those after `after` where the reading goes on.

        Args:
            after: A record that was read before.
            start: Where a record begins: instead of `after`, the first one to read, and to count.

        Raises:
            InputError: It can no longer be read, as when a connection is lost.
        """
        offset, number, passed = start, 0, 0
        if after:
            passed = after.records
            if after.offset and self.record_begins(after.offset):
                offset, number, passed = after.offset, after.records - after.here, after.here
        here, before = 0, -1
        for at, entry in self._from(offset):
            number += 1
            here = here + 1 if at == before else 1
            before = at
            if passed:
                passed -= 1
                continue
            yield msgspec.structs.replace(entry, position=Position(offset=at, records=number, here=here))

    def _from(self, offset: int) -> Iterator[tuple[int, Entry]]:
        """Records from the one at `offset` on, past whatever is broken."""
        start: int | None = offset
        gap = -1
        while start is not None:
            stretch = _Stretch(self, start)
            for at, entry in stretch.records():
                if gap >= 0:
                    # Of what lies between two sound records nothing is known but that.
                    yield gap, _skipped(Skip.BROKEN)
                    gap = -1
                yield at, entry
            if stretch.whole:
                if self._breaks_off_after(stretch.last):
                    yield stretch.last, _skipped(Skip.TRUNCATED)
                return
            gap = -1
            if stretch.short is not None:
                start = self._next_record(stretch.short + 1)
                yield stretch.short, _skipped(Skip.TRUNCATED if start is None else Skip.BROKEN)
            else:
                start = self._next_record(stretch.last + 1)
                if start is None:
                    yield stretch.last, _skipped(Skip.TRUNCATED)
                gap = stretch.last

    def first_record(self, start: int, end: int | None = None) -> int | None:
        """Where the first record begins from `start` on, as far as can be told without what is before it.

        Args:
            start: A place in the file.
            end: Before which it is to begin.

        Raises:
            InputError: It cannot be read.
        """
        return start if not start or self.record_begins(start) else self._next_record(start, end)

    def record_begins(self, offset: int) -> bool:
        """Whether the file can be read from there on.

        Raises:
            InputError: It cannot be read.
        """
        with closing(_Watched(self.address, offset)) as file:
            return _is_start(file.read(_PROBED_BYTES))

    def records_of(self, file: "_Watched") -> Iterator[Any]:
        """FastWARC's records of an opened file."""
        return iter(self._warc.ArchiveIterator(file, parse_http=False))

    def entry(self, record: Any) -> Entry | None:  # noqa: ANN401 - FastWARC's
        """What a record is for us; None where it is shorter than it says."""
        page = self._page(record)
        if not isinstance(page, Page):
            return _skipped(page) if page else None
        body = record.reader.read()
        if len(body) < record.content_length:
            return None
        known = dict(page.headers)
        stored = Stored(
            page=msgspec.structs.replace(page, body=body),
            coding=known.get("content-encoding"),
            chunked="chunked" in known.get("transfer-encoding", "").lower(),
            cut=bool(record.headers.get("WARC-Truncated") or record.headers.get("WARC-Segment-Number")),
        )
        return Entry(position=Position(), stored=stored)

    def _page(self, record: Any) -> Page | Skip | None:  # noqa: ANN401 - FastWARC's
        """The page of a record, yet without its body; why it is none; None where the record is cut short."""
        if record.headers.get("Content-Length") is None:
            return None
        reason = self._unread(record)
        if reason:
            return reason
        if record.is_http:
            record.parse_http()
            if record.http_headers.status_code is None:
                return None if record.content_length else Skip.NOT_HTTP
        page = _page_of(record, f"{self.name}#{record.stream_pos}")
        return page if isinstance(page, Skip) else self._wanted.unwanted(page) or page

    def _unread(self, record: Any) -> Skip | None:  # noqa: ANN401 - FastWARC's
        """Why a record need not be looked into."""
        kind = str(record.record_type)
        if kind not in {"response", "resource"}:
            return _TYPES.get(kind, Skip.OTHER_RECORD)
        if record.content_length > self._max_bytes:
            return Skip.TOO_LARGE
        return Skip.NOT_HTTP if kind == "response" and not record.is_http else None

    def _breaks_off_after(self, offset: int) -> bool:
        """Whether a gzip file goes on after its last whole record: FastWARC ends without a word there."""
        with closing(_Watched(self.address, offset)) as file:
            held = file.read(_PROBED_BYTES)
            if not held.startswith(_GZIP_MAGIC):
                return False
            member = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            while held and not member.eof:
                try:
                    member.decompress(held, _SCANNED_BYTES)
                except zlib.error:
                    return True
                held = member.unconsumed_tail or file.read(_SCANNED_BYTES)
            return bool(not member.eof or member.unused_data or held)

    def _next_record(self, offset: int, end: int | None = None) -> int | None:
        """Where the next record begins, from `offset` on and before `end`."""
        with closing(_Watched(self.address, offset)) as file:
            held = b""
            while chunk := file.read(_SCANNED_BYTES):
                held += chunk
                # Enough must follow a start to look into it.
                ready = len(held) - _PROBED_BYTES if len(chunk) == _SCANNED_BYTES else len(held)
                for found in _START.finditer(held):
                    if found.start() >= ready:
                        break
                    if _is_start(held[found.start() : found.start() + _PROBED_BYTES]):
                        at = offset + found.start()
                        return at if end is None or at < end else None
                # The byte before a start tells whether it is one.
                kept = max(0, ready - 1)
                offset += kept
                held = held[kept:]
                if end is not None and offset >= end:
                    break
        return None


class _Stretch:
    """The records from some place on, as far as the file is sound."""

    def __init__(self, archive: Archive, start: int) -> None:
        self.whole = False
        """Whether it went to the end of the file."""
        self.last = start
        """The last record that was read."""
        self.short: int | None = start
        """The record that is not sound; None where it lies behind the last one."""
        self._archive = archive
        self._start = start

    def records(self) -> Iterator[tuple[int, Entry]]:
        with closing(_Watched(self._archive.address, self._start)) as file:
            try:
                for record in self._archive.records_of(file):
                    self.short = self.last = record.stream_pos
                    entry = self._archive.entry(record)
                    if entry is None:
                        return
                    self.short = None
                    yield self.last, entry
                self.whole = True
            except OSError as error:
                if file.lost:
                    raise InputError(f"{self._archive.address}: {described(file.lost)}") from error
            except BaseException as error:
                if file.lost:
                    raise InputError(f"{self._archive.address}: {described(file.lost)}") from error
                # What FastWARC itself stumbles over is not of class Exception.
                if type(error).__name__ != "PanicException":
                    raise


class _Watched:
    """An opened input that remembers how reading failed: FastWARC calls all it meets with an OSError."""

    def __init__(self, address: str, offset: int) -> None:
        self.lost: Exception | None = None
        self._address = address
        self._file = opened(address, offset)
        self._at = offset

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._file.read(size)
        except Exception as error:
            self.lost = error
            raise
        self._at += len(data)
        return data

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        self._file.close()


# ---- records -----------------------------------------------------------------------------------------


def unpacked(stored: Stored, max_bytes: int) -> Page:
    """The page with its body as it was before it was sent.

    Raises:
        ContentEncodingError: It cannot be had, or is larger than `max_bytes`.
    """
    body = stored.page.body
    if stored.chunked:
        body = _joined(body)
    if stored.coding:
        try:
            body = decoded(body, stored.coding, max_bytes, truncate=stored.cut)
        except BadEncodingError:
            # Many archives hold the decoded body under the headers that came with the encoded one.
            if answers.looks_binary(body):
                raise
    return msgspec.structs.replace(stored.page, body=body)


def _joined(body: bytes) -> bytes:
    """`body` without its chunk sizes (RFC 9112, 7.1); as it is where an archive has taken them out before."""
    pieces: list[bytes] = []
    at = 0
    while at < len(body):
        end = body.find(b"\n", at, at + _LONGEST_CHUNK_HEAD)
        head = body[at:end].partition(b";")[0].strip()
        if end < 0 or not _CHUNK_SIZE.fullmatch(head):
            return body if not pieces else b"".join(pieces)
        size = int(head, 16)
        if not size:
            break
        pieces.append(body[end + 1 : end + 1 + size])
        at = end + 1 + size
        at += body[at : at + 2] == b"\r\n" and 2
    return b"".join(pieces)


def _page_of(record: Any, ref: str) -> Page | Skip:  # noqa: ANN401 - FastWARC's
    """The page of a record, yet without its body."""
    headers = record.headers
    try:
        fetched_at = datetime.fromisoformat(headers.get("WARC-Date") or "").astimezone(UTC)
    except (ValueError, OverflowError):
        return Skip.BROKEN
    target = (headers.get("WARC-Target-URI") or "").strip().strip("<>")
    url = absolute(target, target)
    if url is None:
        return Skip.INVALID_URL
    status, content_type = None, headers.get("Content-Type")
    sent: tuple[tuple[str, str], ...] = ()
    if record.is_http:
        status, content_type = record.http_headers.status_code, record.http_headers.get("Content-Type")
        if status in _REDIRECTS:
            return Skip.REDIRECT
        sent = tuple(
            (name.lower(), value)
            for name, value in record.http_headers.to_tuples()
            if name.lower() != "set-cookie"
        )
    if not answers.may_be_page(content_type):
        return Skip.NOT_HTML
    link = _link_of(headers.get(LINK_HEADER))
    known = dict(sent)
    return Page(
        url=url,
        requested_url=link.url if link else url,
        body=b"",
        status=status,
        content_type=content_type,
        headers=sent,
        fetched_at=fetched_at,
        etag=known.get("etag"),
        last_modified=known.get("last-modified"),
        link=link,
        warc_ref=ref,
    )


def _link_of(value: str | None) -> Link | None:
    if not value:
        return None
    with suppress(msgspec.DecodeError):
        return _link.decode(value)
    return None


def _skipped(reason: Skip) -> Entry:
    return Entry(position=Position(), skip=reason)


def _is_start(head: bytes) -> bool:
    """Whether the bytes are the beginning of a record."""
    if head.startswith(_GZIP_MAGIC):
        try:
            head = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS).decompress(head, len(_MAGIC))
        except zlib.error:
            return False
    elif head.startswith(zstandard.FRAME_HEADER):
        try:
            reader = zstandard.ZstdDecompressor(max_window_size=_MAX_ZSTD_WINDOW).stream_reader(head)
            head = reader.read(len(_MAGIC))
        except zstandard.ZstdError:
            return False
    return head.startswith(_MAGIC)
