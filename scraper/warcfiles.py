"""Keeps what a run fetched: request and answer as WARC/1.1 records (ISO 28500), gzip record by record.

Bodies are kept decoded, as Common Crawl keeps them: what the answer said of their encoding and length stands
in `x-crawl-` headers. Cookies are left out. A file has `.tmp` behind its name until it is sealed.

What a crash can cost: a record is handed to the system before its page is worked on, so a process that is
killed loses at most the one that it was writing. It is on disk before an article made of it is stored, so a
power cut loses no page of which there is an article; it may lose the last pages that became none. The next
run closes off the file of a run that was killed: what is not whole at its end goes, and the rest is valid.
"""

import gzip
import json
import os
import zlib
from collections.abc import Callable, Sequence
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import urlsplit

import msgspec

import scraper
from scraper.outputs.files import as_output_errors, directory_to_disk, make_folder
from scraper.records import Link, Page
from scraper.web.addresses import needed
from scraper.web.warc import LINK_HEADER

SUFFIX = ".warc.gz"
TEMPORARY = ".tmp"
MAX_LINK_CHARS = 8_000
"""FastWARC takes records with up to 32 KiB of headers."""

LEVEL = 6
"""Of compression. warcio's own, 9, takes half as long again for files that are smaller by a hundredth."""

_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_READ_BYTES = 1 << 20
Headers = Sequence[tuple[str, str]]


def check_library() -> None:
    """Look whether what writes archives is installed.

    Raises:
        ConfigError: It is not.
    """
    _library("warcio.warcwriter")


class WarcFiles:
    """The files that one run writes into a folder, one after the other. A context manager."""

    def __init__(self, folder: Path, *, run_id: str) -> None:
        """Nothing is written before the first page.

        Raises:
            ConfigError: The library for it is missing.
            OutputError: The folder cannot be made.
        """
        self._folder = folder
        self._run_id = run_id
        self._writer = _library("warcio.warcwriter").WARCWriter
        self._heads = _library("warcio.statusandheaders").StatusAndHeaders
        self._file: IO[bytes] | None = None
        self._part = 0
        self._is_on_disk = True
        with as_output_errors(folder):
            make_folder(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What was not sealed keeps its name: the next run closes it off.
        if self._file:
            self._file.close()

    @property
    def name(self) -> str:
        """Of the file that is being written, once it is sealed."""
        return f"{self._run_id}-{self._part:05d}{SUFFIX}"

    def write(self, page: Page, request: Headers) -> str:
        """Keep a page; returns what its article has as `warc_ref`.

        Args:
            page: The answer; its link is kept with it.
            request: The headers that it was asked for with, but for Host.

        Raises:
            OutputError: It cannot be written.
        """
        with as_output_errors(self._folder):
            file = self._file or self._begun()
            offset = file.tell()
            writer, plain = self._record_writer()
            date = f"{page.fetched_at:%Y-%m-%dT%H:%M:%S.%fZ}"
            answer = writer.create_warc_record(
                page.url,
                "response",
                payload=BytesIO(page.body),
                http_headers=self._answer_head(page),
                warc_headers_dict={"WARC-Date": date, **_link_header(page.link)},
            )
            asked = writer.create_warc_record(
                page.url,
                "request",
                http_headers=self._request_head(page.url, request),
                warc_headers_dict={
                    "WARC-Date": date,
                    "WARC-Concurrent-To": answer.rec_headers.get_header("WARC-Record-ID"),
                },
            )
            for record in (answer, asked):
                file.write(_member(writer, record, plain))
            file.flush()
            self._is_on_disk = False
        return f"{self.name}#{offset}"

    def to_disk(self) -> None:
        """Make durable what was written.

        Raises:
            OutputError: It cannot be.
        """
        if self._file and not self._is_on_disk:
            with as_output_errors(self._folder):
                os.fsync(self._file.fileno())
            self._is_on_disk = True

    def seal(self) -> Path | None:
        """Give the file that is being written its name; None where there is none.

        Raises:
            OutputError: It cannot be written.
        """
        if not self._file:
            return None
        self.to_disk()
        path = self._folder / self.name
        with as_output_errors(self._folder):
            self._file.close()
            self._file = None
            Path(f"{path}{TEMPORARY}").rename(path)
            directory_to_disk(self._folder)
        return path

    def close_off(self, is_ours: Callable[[str], bool]) -> list[Path]:
        """Seal what earlier runs left when they were killed; `is_ours` tells runs of this state by their id.

        Raises:
            OutputError: A file cannot be written.
        """
        closed = []
        with as_output_errors(self._folder):
            for file in sorted(self._folder.glob(f"*{SUFFIX}{TEMPORARY}")):
                run_id = file.name.removesuffix(SUFFIX + TEMPORARY).rpartition("-")[0]
                if not is_ours(run_id):
                    continue
                whole = _end_of_whole_members(file)
                if not whole:
                    file.unlink()
                    continue
                with file.open("rb+") as cut:
                    cut.truncate(whole)
                    os.fsync(cut.fileno())
                path = file.with_name(file.name.removesuffix(TEMPORARY))
                file.rename(path)
                closed.append(path)
            directory_to_disk(self._folder)
        return closed

    def _begun(self) -> IO[bytes]:
        self._part += 1
        file = (self._folder / f"{self.name}{TEMPORARY}").open("wb")
        self._file = file
        writer, plain = self._record_writer()
        about = {
            "software": f"news-scraper/{scraper.__version__}",
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "robots": "obey",
            "isPartOf": self._run_id,
        }
        file.write(_member(writer, writer.create_warcinfo_record(self.name, about), plain))
        return file

    def _record_writer(self) -> tuple[Any, BytesIO]:
        plain = BytesIO()
        return self._writer(plain, gzip=False, warc_version="1.1"), plain

    def _answer_head(self, page: Page) -> Any:  # noqa: ANN401 - warcio's
        try:
            reason = HTTPStatus(page.status or 0).phrase
        except ValueError:
            reason = "Unknown"
        headers = [
            (f"x-crawl-{name}" if name in _OF_THE_WIRE else name, value)
            for name, value in page.headers
            if name != "set-cookie"
        ]
        headers.append(("content-length", str(len(page.body))))
        return self._heads(f"{page.status or 0:03d} {reason}", headers, protocol="HTTP/1.1")

    def _request_head(self, url: str, request: Headers) -> Any:  # noqa: ANN401 - warcio's
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = [("host", parts.netloc), *request]
        return self._heads(f"GET {target} HTTP/1.1", headers, is_http_request=True)


def _member(writer: Any, record: Any, plain: BytesIO) -> bytes:  # noqa: ANN401 - warcio's
    """A record as a gzip member."""
    plain.seek(0)
    plain.truncate()
    writer.write_record(record)
    # It had the body copied for the digests, and leaves the copy open.
    record.raw_stream.close()
    return gzip.compress(plain.getvalue(), LEVEL, mtime=0)


def _library(module: str) -> Any:  # noqa: ANN401 - a module
    return needed(module, extra="warc", what="[archive] warc")


def _link_header(link: Link | None) -> dict[str, str]:
    """The link as a field of the record; without what makes it longer than a header may be."""
    if link is None:
        return {}
    for known in (link, msgspec.structs.replace(link, title=None, authors=())):
        # In ASCII, as headers are, and in one line.
        text = json.dumps(msgspec.to_builtins(known))
        if len(text) <= MAX_LINK_CHARS:
            return {LINK_HEADER: text}
    return {}


def _end_of_whole_members(path: Path) -> int:
    """Where the last gzip member ends that is whole."""
    end = position = 0
    with path.open("rb") as file:
        held = file.read(_READ_BYTES)
        while held:
            member = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            while held and not member.eof:
                before = len(held)
                try:
                    member.decompress(held, _READ_BYTES)
                except zlib.error:
                    return end
                held = member.unused_data if member.eof else member.unconsumed_tail
                position += before - len(held)
                held = held or file.read(_READ_BYTES)
            if member.eof:
                end = position
    return end
