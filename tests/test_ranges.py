"""Archives in ranges: whatever is in them, and wherever they are cut, what comes of them is the same."""

import gzip
import random
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
import zstandard

from scraper import pieces as cutting
from scraper import ranges
from scraper.page import PageOptions
from scraper.pieces import Assignment, Piece, Range, Terms, pieces_of
from scraper.ranges import Part, joined, split
from scraper.store import Progress
from scraper.web.addresses import size_to_enter
from tests import warcs

pytest.importorskip("fastwarc", reason="the `warc` extra is not installed")

STRETCH = 3_000
TERMS = Terms(
    options=PageOptions(),
    site_memory=False,
    max_wire_bytes=10_000_000,
    max_decoded_bytes=10_000_000,
    guarded=False,
    timeout_s=60,
    memory_mb=1_000,
)
read = partial(pieces_of, terms=TERMS, memories=None)
noise = random.Random(7).randbytes  # noqa: S311 - no secret


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges of a few records."""
    monkeypatch.setattr(cutting, "STRETCH_BYTES", STRETCH)
    monkeypatch.setattr(ranges, "STRETCH_BYTES", STRETCH)
    monkeypatch.setattr(ranges, "LEAST_BYTES", STRETCH)


def records() -> list[bytes]:
    """Pages, requests, and what is none of them."""
    found = [warcs.record("https://a.example/", kind="warcinfo")]
    for number in range(24):
        url = f"https://town-{number}.example/road"
        found.append(warcs.record(url, kind="request"))
        found.append(warcs.record(url, warcs.article(f"Town {number}", noise(number * 12).hex())))
    return found


def archived(*, number: int = 0) -> bytes:
    """A record like any other, to be put where it is none."""
    return warcs.record(f"https://inner-{number}.example/", warcs.article(f"Inner town {number}"))


def plain() -> bytes:
    """Not compressed, with pages that hold records."""
    found = records()
    for number in range(4):
        inner = b"\n".join(archived(number=each) for each in range(12))
        found.insert(6 * number, warcs.record("https://outer.example/", b"<html>\n" + inner))
    return b"".join(found)


def members() -> bytes:
    return b"".join(warcs.members(records()))


def members_in_members() -> bytes:
    """With archives in it that could not be compressed once more."""
    found = warcs.members(records())
    for number in range(4):
        inner = b"".join(warcs.members([archived(number=each) for each in range(12)]))
        outer = warcs.record("https://outer.example/", inner, content_type="application/gzip")
        found.insert(9 * number, gzip.compress(outer, 0))
    return b"".join(found)


def broken() -> bytes:
    """With rubbish between records and within them, and without its end."""
    found = warcs.members(records())
    for place in (3, 9, 10, 22, 40):
        found.insert(place, noise(1_000))
    for place in (15, 30):
        found[place] = found[place][:200] + noise(40) + found[place][240:]
    return b"".join(found)[:-60]


def one_stream() -> bytes:
    return gzip.compress(b"".join(records()))


def frames() -> bytes:
    return b"".join(zstandard.ZstdCompressor().compress(each) for each in records())


def large() -> bytes:
    """With a record that is longer than several ranges."""
    found = records()
    found.insert(9, warcs.record("https://large.example/", warcs.article("Large town", noise(9_000).hex())))
    return b"".join(warcs.members(found))


KINDS = [plain, members, members_in_members, broken, one_stream, frames, large]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    make: Callable[[], bytes] = request.param
    path = tmp_path / f"pages.warc{'' if make is plain else '.zst' if make is frames else '.gz'}"
    path.write_bytes(make())
    return str(path)


def in_parts(
    archive: str, *, known: Progress | None = None, cores: int = 4
) -> tuple[list[Piece], list[Part]]:
    whole = Assignment(number=0, address=archive, known=known)
    parts = split([whole], size_to_enter, cores=cores)
    sent = (piece for part in parts for piece in read(part.assignment))
    return list(map(bare, joined(sent, parts, read))), parts


def at_once(archive: str, known: Progress | None = None) -> list[Piece]:
    return list(map(bare, read(Assignment(number=0, address=archive, known=known))))


def bare(piece: Piece) -> Piece:
    """A piece without what tells how it was read."""
    return msgspec.structs.replace(piece, serial=0, began=None, following=None)


def test_ranges_put_together_are_the_archive(archive: str) -> None:
    found, parts = in_parts(archive)
    assert len(parts) > 1
    assert found == at_once(archive)
    assert sum(len(piece.links) for piece in found) > 12


def test_what_has_been_read_is_not_read_again(archive: str) -> None:
    size = Path(archive).stat().st_size
    for piece in at_once(archive):
        if piece.last:
            known = Progress(size=size, **msgspec.structs.asdict(piece.last))
            found, parts = in_parts(archive, known=known)
            assert found == at_once(archive, known)
            assert parts[0].assignment.known == known
            assert not any(part.assignment.known for part in parts[1:])


def test_what_had_been_read_to_its_end_is_one_part(tmp_path: Path) -> None:
    file = str(warcs.write(tmp_path / "pages.warc.gz", records()))
    known = Progress(size=Path(file).stat().st_size, done=True)
    found, [part] = in_parts(file, known=known)
    assert found == [Piece(archive=0, serial=0, size=known.size, at=known)]
    assert part.last


def test_false_starts_are_read_again_from_where_records_begin(tmp_path: Path) -> None:
    file = tmp_path / "pages.warc"
    file.write_bytes(plain())
    again: list[Assignment] = []

    def reread(assignment: Assignment) -> Iterator[Piece]:
        again.append(assignment)
        return read(assignment)

    parts = split([Assignment(number=0, address=str(file))], size_to_enter, cores=4)
    sent = (piece for part in parts for piece in read(part.assignment))
    assert list(map(bare, joined(sent, parts, reread))) == at_once(str(file))
    assert 0 < len(again) < len(parts)


def test_archives_that_keep_all_cores_busy_are_not_split(tmp_path: Path) -> None:
    file = str(warcs.write(tmp_path / "pages.warc.gz", records()))

    def numbers(count: int) -> list[int]:
        assignments = [Assignment(number=number, address=file) for number in range(count)]
        return [part.archive for part in split(assignments, size_to_enter, cores=2)]

    assert len(numbers(7)) > 7
    assert sorted(set(numbers(7))) == list(range(7))
    assert numbers(8) == list(range(8))


def test_what_cannot_be_entered_everywhere_is_not_split() -> None:
    [part] = split([Assignment(number=0, address="https://one.example/a")], lambda _: None, cores=9)
    assert part.assignment.within == Range()


def test_behind_what_cannot_be_read_on_nothing_counts(tmp_path: Path) -> None:
    file = str(warcs.write(tmp_path / "pages.warc.gz", records()))
    assignments = [Assignment(number=number, address=file) for number in range(2)]
    parts = split(assignments, size_to_enter, cores=4)

    def sent() -> Iterator[Piece]:
        for part in parts:
            some = list(read(part.assignment))
            if part.assignment.number == 1:
                some[1:] = [Piece(archive=1, serial=1, failure="gone")]
            yield from some

    found = list(map(bare, joined(sent(), parts, read)))
    second = [msgspec.structs.replace(piece, archive=1) for piece in at_once(file)]
    ended = [piece.failure for piece in found].index("gone")
    assert found[:ended] == at_once(file)[:ended]
    assert found[ended + 1 :] == second


# ---- on servers --------------------------------------------------------------------------------------


class Plain(SimpleHTTPRequestHandler):
    """Sends files as they are, from their beginning on."""

    def handle(self) -> None:
        # Whoever is sent all instead of a part hangs up.
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        pass


class Ranged(Plain):
    """Sends what is asked for of a file."""

    def do_GET(self) -> None:
        data = Path(self.translate_path(self.path)).read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", "bytes=0-"))
        assert asked
        start, end = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
        self.send_response(206)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Range", f"bytes {start}-{end}/{len(data)}")
        self.send_header("Content-Length", str(end + 1 - start))
        self.end_headers()
        self.wfile.write(data[start : end + 1])

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(Path(self.translate_path(self.path)).stat().st_size))
        self.end_headers()


@pytest.fixture(params=[Plain, Ranged])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """An archive as a file, and its address on a server."""
    pytest.importorskip("aiohttp", reason="the `warc` extra is not installed")
    large = warcs.record("https://a.example/film", noise(7_000_000), content_type="video/mp4")
    file = warcs.write(tmp_path / "pages.warc.gz", [*records(), large, *records()])
    handler = partial(request.param, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield str(file), f"http://127.0.0.1:{server.server_port}/{file.name}"
        server.shutdown()
        thread.join()


def test_what_lies_on_a_server_is_split_where_the_server_knows_ranges(
    served: tuple[str, str], request: pytest.FixtureRequest
) -> None:
    file, address = served
    found, parts = in_parts(address)
    assert (len(parts) > 3) == (request.node.callspec.params["served"] is Ranged)
    assert found[1:] == at_once(file)[1:]
