"""WARC files as other programs write them, and worse, for tests."""

import gzip
from collections.abc import Iterable, Mapping
from pathlib import Path

HTML = (
    "<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}</article></body></html>"
)
SENTENCES = (
    "The council of {place} decided on Tuesday to close the old ferry road for the length of one winter.",
    "Engineers had found in {place} that the embankment moves by a hand's breadth when the river is high.",
    "Shopkeepers along the quay of {place} fear that their customers will drive to the next town instead.",
    "The mayor promised in {place} that buses would take the way over the hill twice in every hour.",
)


def article(place: str, *more: str) -> str:
    """A page with an article that is about `place`."""
    body = "".join(f"<p>{sentence.format(place=place)}</p>" for sentence in (*SENTENCES, *more))
    return HTML.format(title=f"Road of {place} to close", body=body)


def record(
    url: str,
    body: bytes | str = b"",
    *,
    kind: str = "response",
    status: str = "200 OK",
    content_type: str | None = "text/html; charset=utf-8",
    date: str = "2026-03-01T00:00:00Z",
    headers: Mapping[str, str] | None = None,
    fields: Mapping[str, str] | None = None,
) -> bytes:
    """One record, uncompressed."""
    body = body.encode() if isinstance(body, str) else body
    sent = {"Content-Type": content_type} if content_type else {}
    lines = "".join(f"{name}: {value}\r\n" for name, value in (sent | dict(headers or {})).items())
    block_type = "application/http"
    if kind == "response":
        block = f"HTTP/1.1 {status}\r\n{lines}\r\n".encode("latin-1") + body
    elif kind == "request":
        block = f"GET / HTTP/1.1\r\n{lines}\r\n".encode("latin-1")
    else:
        block, block_type = body, content_type or "application/warc-fields"
    return raw(kind, url, block, block_type, date=date, fields=fields)


def raw(
    kind: str,
    url: str,
    block: bytes,
    content_type: str,
    *,
    date: str = "2026-03-01T00:00:00Z",
    fields: Mapping[str, str] | None = None,
) -> bytes:
    """One record with any block."""
    head = {
        "WARC-Type": kind,
        "WARC-Record-ID": "<urn:uuid:6a1c6b4e-2c7b-4d2a-9b67-8a1b2c3d4e5f>",
        "WARC-Date": date,
        "WARC-Target-URI": url,
        "Content-Type": content_type,
        **(fields or {}),
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def members(records: Iterable[bytes]) -> list[bytes]:
    """Each record as a gzip member of its own."""
    return [gzip.compress(each, mtime=0) for each in records]


def write(path: Path, records: Iterable[bytes]) -> Path:
    """A file as crawlers write it: gzip, record by record."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(members(records)))
    return path
