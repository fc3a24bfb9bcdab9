"""Make a large WARC file of corpus pages: `python -m tests.benchmarks.archive PATH… -o FILE --gigabytes 1`.

Each page comes back under one address after the other, with some of its words exchanged each time, so that
the copies are articles of their own. Needs the `warc` extra.
"""

import argparse
import gzip
import io
import random
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.benchmarks import corpora

EXCHANGED = 0.3
"""Share of the words of paragraphs that are exchanged: copies then share a third of their runs of three."""
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
PARAGRAPH = re.compile(r"(<p\b[^<>]*>)([^<>]+)")
WORD = re.compile(r"\b[a-z]{4,}\b")


def pages(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Address and source of one page after the other, without end."""
    samples = [sample for sample in corpora.read(paths) if urlsplit(sample.url).netloc]
    for copy in count():
        for sample in samples:
            yield changed(sample.url, sample.html, copy)


def changed(url: str, html: str, copy: int) -> tuple[str, str]:
    """A page as another site would have it: under another host, with some words exchanged."""
    parts = urlsplit(url)
    host = f"site{copy}-{parts.netloc.replace('.', '-')}.example"
    rng = random.Random(copy)  # noqa: S311 - makes pages, guards nothing
    words = sorted(set(WORD.findall(" ".join(text for _, text in PARAGRAPH.findall(html)))))
    other = {word: rng.choice(words) for word in words if rng.random() < EXCHANGED}

    def exchange(paragraph: re.Match[str]) -> str:
        return paragraph[1] + WORD.sub(lambda word: other.get(word[0], word[0]), paragraph[2])

    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return f"https://{host}{path}", PARAGRAPH.sub(exchange, html).replace(parts.netloc, host)


def records(number: int, url: str, html: str) -> Iterator[bytes]:
    """A request and its answer, each a gzip member."""
    date = f"{BEGUN + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ}"
    host, path = urlsplit(url).netloc, urlsplit(url).path or "/"
    asked = StatusAndHeaders(f"GET {path} HTTP/1.1", [("Host", host)], is_http_request=True)
    answer = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
    yield record("request", url, date, asked, b"")
    yield record("response", url, date, answer, html.encode("utf-8", "replace"))


def record(kind: str, url: str, date: str, head: Any, body: bytes) -> bytes:
    """One record as a gzip member."""
    plain = io.BytesIO()
    writer = WARCWriter(plain, gzip=False, warc_version="1.1")
    made = writer.create_warc_record(
        url, kind, payload=io.BytesIO(body), http_headers=head, warc_headers_dict={"WARC-Date": date}
    )
    writer.write_record(made)
    return gzip.compress(plain.getvalue(), 6, mtime=0)


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="folders of corpora")
    parser.add_argument("-o", "--output", type=Path, required=True, help="file to write, *.warc.gz")
    parser.add_argument("--gigabytes", type=float, default=1.0, help="size of the file, compressed")
    arguments = parser.parse_args()
    written = number = 0
    with arguments.output.open("wb") as file:
        for number, (url, html) in enumerate(pages(arguments.paths), 1):
            for member in records(number, url, html):
                written += file.write(member)
            if written >= arguments.gigabytes * 1e9:
                break
    print(f"{arguments.output}: {number:,} pages, {written / 1e6:,.0f} MB")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
