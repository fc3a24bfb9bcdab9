"""`scraper reprocess` as an operator calls it: options, exit codes, archives behind addresses."""

import functools
import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from scraper.cli import run
from scraper.records import Report
from scraper.store import locked
from tests import warcs
from tests.outputs.servers import object_store

pytest.importorskip("fastwarc", reason="the `warc` extra is not installed")

PLACES = ("Saltmere", "Dunfold", "Easterwick")


def page(place: str, day: int) -> bytes:
    url = f"https://{place.lower()}.example/road"
    return warcs.record(url, warcs.article(place), date=f"2026-03-{day:02}T06:00:00Z")


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """Three days of CC-NEWS, an archive each, with their listing."""
    root = tmp_path / "mirror"
    folder = root / "crawl-data/CC-NEWS/2026/03"
    names = [f"CC-NEWS-202603{day:02}000000-0000{day}.warc.gz" for day in (1, 2, 3)]
    for day, (name, place) in enumerate(zip(names, PLACES, strict=True), start=1):
        warcs.write(folder / name, [page(place, day)])
    (folder / "warc.paths").write_text("".join(f"crawl-data/CC-NEWS/2026/03/{name}\n" for name in names))
    return root


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Knows no ranges, as some mirrors do not."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name upstream
        pass


class Ranges(Quiet):
    """Answers requests for a part of a file, as the server of Common Crawl does."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        asked = self.headers.get("Range")
        if not asked or not path.is_file():
            super().do_GET()
            return
        first, _, last = asked.removeprefix("bytes=").partition("-")
        data = path.read_bytes()
        part = data[int(first) : int(last) + 1 if last else None]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def end_headers(self) -> None:
        self.send_header("Accept-Ranges", "bytes")
        super().end_headers()


@pytest.fixture(params=[Quiet, Ranges])
def server(mirror: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    handler = functools.partial(request.param, directory=str(mirror))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def call(folder: Path, *arguments: str) -> tuple[int, Report]:
    """Exit code and report of the command, with output and state in `folder`."""
    code = run(
        ["reprocess", *arguments, "-o", f"{folder}/out", "--state", f"{folder}/s.db", "--workers", "0", "-q"]
    )
    return code, msgspec.json.decode((folder / "out/run.json").read_bytes(), type=Report)


def test_a_listing_and_a_range_of_dates_name_the_archives(mirror: Path, tmp_path: Path) -> None:
    listing = str(mirror / "crawl-data/CC-NEWS/2026/03/warc.paths")
    code, report = call(tmp_path, listing, "--since", "2026-03-02", "--until", "2026-03-02")
    assert (code, report.stored) == (0, 1)
    assert [source.name for source in report.sources] == ["CC-NEWS-20260302000000-00002.warc.gz"]
    code, report = call(tmp_path, listing)
    assert (code, report.stored, report.unchanged) == (0, 2, 1)


def test_archives_are_read_from_a_server(server: str, tmp_path: Path) -> None:
    pytest.importorskip("aiohttp", reason="the `warc` extra is not installed")
    listing = f"{server}/crawl-data/CC-NEWS/2026/03/warc.paths"
    code, report = call(tmp_path, listing)
    assert (code, report.stored) == (0, 3)
    code, report = call(tmp_path, listing)
    assert (code, report.links) == (0, 0)


def test_an_archive_that_a_server_does_not_have_is_named(server: str, tmp_path: Path) -> None:
    pytest.importorskip("aiohttp", reason="the `warc` extra is not installed")
    code, report = call(tmp_path, f"{server}/nothing.warc.gz")
    assert code == 1
    assert any("nothing.warc.gz" in line for line in report.missed)


def test_archives_are_read_from_an_object_store(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with object_store("news") as options:
        import s3fs  # noqa: PLC0415 - an extra

        s3fs.S3FileSystem(**options).put(str(mirror / "crawl-data"), "news/", recursive=True)
        monkeypatch.setitem(os.environ, "AWS_ENDPOINT_URL", options["endpoint_url"])
        monkeypatch.setitem(os.environ, "AWS_ACCESS_KEY_ID", options["key"])
        monkeypatch.setitem(os.environ, "AWS_SECRET_ACCESS_KEY", options["secret"])
        code, report = call(tmp_path, "s3://news/crawl-data/CC-NEWS/2026/03/warc.paths")
    assert (code, report.stored) == (0, 3)


def test_thresholds_and_locks_have_their_exit_codes(
    mirror: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(tmp_path, str(mirror), "--fail-on", "articles<100")[0] == 1
    with locked(tmp_path / "s.db"):
        assert call(tmp_path, str(mirror))[0] == 4
    assert "another run holds the lock" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing.warc.gz", "-o", "out"], "no such file"),
        (["{mirror}"], "where are the articles to go"),
        (["{mirror}", "-o", "{tmp}/out", "--since", "soon"], "--since: 'soon' is no date"),
        (["{mirror}", "-c", "{tmp}/none.toml"], "cannot be read"),
        (["{mirror}", "-c", "{tmp}/none.toml", "-s", "x.db"], "one or the other"),
        (
            ["{mirror}/crawl-data/CC-NEWS/2026/03/warc.paths", "-o", "{tmp}/o", "--until", "2020-01-01"],
            "no archive",
        ),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str], message: str, mirror: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled = [argument.format(mirror=mirror, tmp=tmp_path) for argument in arguments]
    assert run(["reprocess", *filled]) == 2
    assert message in capsys.readouterr().err
