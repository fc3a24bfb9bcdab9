"""Reading WARC files: what is a page, what is not, and what is read of a broken file."""

import gzip
import zlib
from datetime import UTC, datetime
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import InputError
from scraper.records import Skip
from scraper.web.content_encoding import BadEncodingError, TooLargeError
from scraper.web.warc import Archive, Entry, Position, Stored, Wanted, unpacked
from tests.warcs import members, raw, record

pytest.importorskip("fastwarc", reason="the `warc` extra is not installed")

PAGE = "<html><body>page {}</body></html>"
FIVE = [record(f"https://a.example/{number}", PAGE.format(number)) for number in range(5)]
LARGE = 1_000_000


def file_of(folder: Path, data: bytes, name: str = "test.warc.gz") -> Archive:
    path = folder / name
    path.write_bytes(data)
    return Archive(str(path))


def told(entry: Entry) -> str:
    """The last part of a page's address, or why a record is none."""
    return entry.stored.page.url.rpartition("/")[2] if entry.stored else str(entry.skip)


def read(folder: Path, data: bytes, name: str = "test.warc.gz") -> list[str]:
    return [told(entry) for entry in file_of(folder, data, name).entries()]


def stored(folder: Path, data: bytes) -> Stored:
    [entry] = file_of(folder, gzip.compress(data)).entries()
    assert entry.stored
    return entry.stored


# ---- what is read ------------------------------------------------------------------------------------


def test_a_record_becomes_a_page(tmp_path: Path) -> None:
    data = record(
        "https://a.example/1",
        "<html>\u00e9</html>",
        date="2026-03-01T10:20:30.123456Z",
        headers={"ETag": '"x"', "Last-Modified": "Mon, 02 Mar 2026 00:00:00 GMT", "Set-Cookie": "a=b"},
    )
    page = unpacked(stored(tmp_path, data), LARGE)
    assert page.url == page.requested_url == "https://a.example/1"
    assert page.body == "<html>\u00e9</html>".encode()
    assert (page.status, page.content_type) == (200, "text/html; charset=utf-8")
    assert page.fetched_at == datetime(2026, 3, 1, 10, 20, 30, 123456, tzinfo=UTC)
    assert (page.etag, page.last_modified) == ('"x"', "Mon, 02 Mar 2026 00:00:00 GMT")
    assert "set-cookie" not in dict(page.headers)
    assert page.warc_ref == "test.warc.gz#0"


@pytest.mark.parametrize("version", [b"WARC/1.0", b"WARC/1.1"])
def test_both_versions_are_read(tmp_path: Path, version: bytes) -> None:
    assert read(tmp_path, gzip.compress(FIVE[0].replace(b"WARC/1.1", version))) == ["0"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("test.warc", b"".join(FIVE)),
        ("test.warc.gz", b"".join(members(FIVE))),
        ("test.warc.gz", gzip.compress(b"".join(FIVE))),
        ("test.warc.zst", b"".join(map(zstandard.compress, FIVE))),
        ("test.warc.zst", zstandard.compress(b"".join(FIVE))),
    ],
    ids=["plain", "gzip by record", "gzip in one", "zstd by record", "zstd in one"],
)
def test_every_compression_is_read_and_taken_up_after_each_record(
    tmp_path: Path, name: str, data: bytes
) -> None:
    archive = file_of(tmp_path, data, name)
    entries = list(archive.entries())
    assert list(map(told, entries)) == ["0", "1", "2", "3", "4"]
    assert [entry.position.records for entry in entries] == [1, 2, 3, 4, 5]
    for number, entry in enumerate(entries, start=1):
        assert list(archive.entries(entry.position)) == entries[number:]


def test_the_reference_leads_to_the_record(tmp_path: Path) -> None:
    data = b"".join(members(FIVE))
    [*_, last] = file_of(tmp_path, data).entries()
    assert last.stored
    name, _, offset = (last.stored.page.warc_ref or "").partition("#")
    assert name == "test.warc.gz"
    assert gzip.decompress(data[int(offset) :]) == FIVE[4]


def test_html_that_was_stored_without_its_answer_is_a_page(tmp_path: Path) -> None:
    page = stored(
        tmp_path, record("https://a.example/r", "<html>", kind="resource", content_type="text/html")
    ).page
    assert (page.body, page.status, page.content_type) == (b"<html>", None, "text/html")


# ---- what is no page ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (record("https://a.example/", kind="request"), Skip.REQUEST),
        (record("https://a.example/", kind="revisit"), Skip.REVISIT),
        (record("https://a.example/", kind="metadata"), Skip.METADATA),
        (record("https://a.example/", kind="warcinfo"), Skip.OTHER_RECORD),
        (record("https://a.example/", kind="conversion"), Skip.OTHER_RECORD),
        (raw("response", "dns:a.example", b"20260301 a.example 1.2.3.4", "text/dns"), Skip.NOT_HTTP),
        (raw("response", "https://a.example/", b"\0\1 no answer\n", "application/http"), Skip.NOT_HTTP),
        (record("https://a.example/", b"%PDF", content_type="application/pdf"), Skip.NOT_HTML),
        (record("https://a.example/", b"x", kind="resource", content_type="image/png"), Skip.NOT_HTML),
        (record("https://a.example/", status="301 Moved", headers={"Location": "/b"}), Skip.REDIRECT),
        (record("https://a.example/", status="304 Not Modified"), Skip.REDIRECT),
        (record("urn:x", "<html>", kind="resource", content_type="text/html"), Skip.INVALID_URL),
        (record("https://a.example/", b"x" * 2_000_000), Skip.TOO_LARGE),
        (record("https://a.example/", "<html>", date="yesterday"), Skip.BROKEN),
    ],
)
def test_what_is_no_page_is_counted_by_reason(tmp_path: Path, data: bytes, reason: Skip) -> None:
    path = tmp_path / "test.warc.gz"
    path.write_bytes(b"".join(members([data, FIVE[0]])))
    archive = Archive(str(path), max_bytes=LARGE)
    assert [told(entry) for entry in archive.entries()] == [reason, "0"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(hosts=("a.example",)), ["a", "sub", Skip.OTHER_HOST, "pdf", "missing", "late"]),
        (Wanted(hosts=("sub.a.example",)), [Skip.OTHER_HOST, "sub", *[Skip.OTHER_HOST] * 4]),
        (Wanted(statuses=(404,)), [*[Skip.OTHER_STATUS] * 4, "missing", Skip.OTHER_STATUS]),
        (Wanted(types=("text/plain",)), [*[Skip.OTHER_TYPE] * 3, "pdf", *[Skip.OTHER_TYPE] * 2]),
        (Wanted(since=datetime(2026, 3, 2, tzinfo=UTC)), [*[Skip.OTHER_DATE] * 5, "late"]),
        (
            Wanted(until=datetime(2026, 3, 2, tzinfo=UTC)),
            ["a", "sub", "ba", "pdf", "missing", Skip.OTHER_DATE],
        ),
    ],
)
def test_only_what_is_wanted_is_given(tmp_path: Path, wanted: Wanted, found: list[str]) -> None:
    path = tmp_path / "test.warc.gz"
    records = [
        record("https://a.example/a", "<html>"),
        record("https://sub.a.example/sub", "<html>"),
        record("https://ba.example/ba", "<html>"),
        record("https://a.example/pdf", "text", content_type="text/plain"),
        record("https://a.example/missing", "<html>", status="404 Not Found"),
        record("https://a.example/late", "<html>", date="2026-03-02T00:00:00Z"),
    ]
    path.write_bytes(b"".join(members(records)))
    assert [told(entry) for entry in Archive(str(path), wanted=wanted).entries()] == found


# ---- what is broken ----------------------------------------------------------------------------------


def damaged(at: int, parts: list[bytes], place: int) -> bytes:
    data = bytearray(b"".join(parts))
    data[sum(map(len, parts[:at])) + place] ^= 0xFF
    return bytes(data)


@pytest.mark.parametrize("place", [0, 1, 40, -6])
@pytest.mark.parametrize("compressed", [members, lambda records: list(map(zstandard.compress, records))])
def test_the_rest_of_a_broken_file_is_read(tmp_path: Path, place: int, compressed: object) -> None:
    parts = compressed(FIVE)  # type: ignore[operator]
    place = place if place >= 0 else len(parts[2]) + place
    found = read(tmp_path, damaged(2, parts, place))
    assert [each for each in found if each != Skip.BROKEN] == ["0", "1", "3", "4"]
    assert found.count(Skip.BROKEN) == 1


def test_a_broken_beginning_is_passed_over(tmp_path: Path) -> None:
    assert read(tmp_path, damaged(0, members(FIVE), 40)) == [Skip.BROKEN, "1", "2", "3", "4"]


def test_what_lies_between_records_is_passed_over(tmp_path: Path) -> None:
    parts = members(FIVE)
    data = b"".join(parts[:2]) + bytes(100_000) + b"".join(parts[2:])
    assert read(tmp_path, data) == ["0", "1", Skip.BROKEN, "2", "3", "4"]


def test_a_wrong_length_costs_only_its_own_record(tmp_path: Path) -> None:
    data = b"".join([FIVE[0], FIVE[1].replace(b"Content-Length: ", b"Content-Length: 99"), *FIVE[2:]])
    assert read(tmp_path, data, "test.warc") == ["0", Skip.BROKEN, "2", "3", "4"]


def test_a_file_that_breaks_off_is_read_to_there(tmp_path: Path) -> None:
    parts = members(FIVE)
    before = sum(map(len, parts[:4]))
    for length in (1, 5, 15, len(parts[4]) // 2):
        found = read(tmp_path, b"".join(parts)[: before + length])
        assert found == ["0", "1", "2", "3", Skip.TRUNCATED], length


def test_what_is_no_archive_has_no_page(tmp_path: Path) -> None:
    assert read(tmp_path, b"no archive at all" * 1000) == [Skip.TRUNCATED]
    assert read(tmp_path, b"") == []


@given(data=st.data())
def test_whatever_is_damaged_no_sound_record_before_it_is_lost_nor_given_twice(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    parts = members(FIVE)
    whole = bytearray(b"".join(parts))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    archive = file_of(tmp_path_factory.getbasetemp(), bytes(whole))
    entries = list(archive.entries())
    pages = [told(entry) for entry in entries if entry.stored]
    hit = next(number for number in range(5) if place < sum(map(len, parts[: number + 1])))
    # The header of a member has bytes that mean nothing, so that it may be sound all the same.
    assert pages in ([f"{n}" for n in range(5)], [f"{n}" for n in range(5) if n != hit])
    for number, entry in enumerate(entries, start=1):
        assert list(archive.entries(entry.position)) == entries[number:]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.warc"):
        Archive(str(tmp_path / "nothing.warc"))


# ---- bodies ------------------------------------------------------------------------------------------

BODY = b"<html><body>" + b"word " * 200 + b"</body></html>"


@pytest.mark.parametrize(
    ("coding", "sent"),
    [
        ("gzip", gzip.compress(BODY)),
        ("br", brotli.compress(BODY)),
        ("zstd", zstandard.compress(BODY)),
        ("deflate", zlib.compress(BODY)),
        ("gzip", BODY),
        ("br", BODY),
    ],
    ids=["gzip", "br", "zstd", "deflate", "decoded before, gzip", "decoded before, br"],
)
def test_bodies_are_decoded_where_they_are_not_yet(tmp_path: Path, coding: str, sent: bytes) -> None:
    data = record("https://a.example/", sent, headers={"Content-Encoding": coding})
    assert unpacked(stored(tmp_path, data), LARGE).body == BODY


def test_chunks_are_joined_where_they_are_not_yet(tmp_path: Path) -> None:
    chunked = b"".join(
        b"%x;a=b\r\n%s\r\n" % (len(BODY[i : i + 99]), BODY[i : i + 99]) for i in range(0, len(BODY), 99)
    )
    for sent in (chunked + b"0\r\n\r\n", chunked, BODY):
        data = record("https://a.example/", sent, headers={"Transfer-Encoding": "chunked"})
        assert unpacked(stored(tmp_path, data), LARGE).body == BODY


def test_of_a_body_that_the_archive_cut_off_there_is_the_beginning(tmp_path: Path) -> None:
    data = record(
        "https://a.example/",
        gzip.compress(BODY)[:-20],
        headers={"Content-Encoding": "gzip"},
        fields={"WARC-Truncated": "length"},
    )
    assert BODY.startswith(unpacked(stored(tmp_path, data), LARGE).body)


def test_a_body_that_cannot_be_had_says_so(tmp_path: Path) -> None:
    broken = record("https://a.example/", gzip.compress(BODY)[:-20], headers={"Content-Encoding": "gzip"})
    with pytest.raises(BadEncodingError):
        unpacked(stored(tmp_path, broken), LARGE)
    bomb = record("https://a.example/", gzip.compress(bytes(LARGE * 4)), headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLargeError):
        unpacked(stored(tmp_path, bomb), LARGE)


def test_positions_of_another_file_give_no_record_twice(tmp_path: Path) -> None:
    archive = file_of(tmp_path, b"".join(members(FIVE)))
    somewhere = Position(offset=7, records=2, here=1)
    assert list(map(told, archive.entries(somewhere))) == ["2", "3", "4"]
