"""What a run keeps of the pages that it fetched, and what is left of it when the run is killed."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from scraper.errors import OutputError
from scraper.records import Link, Page, Skip, SourceType
from scraper.warcfiles import WarcFiles
from scraper.web.warc import Archive, Stored

pytest.importorskip("fastwarc", reason="the `warc` extra is not installed")
pytest.importorskip("warcio", reason="the `warc` extra is not installed")

RUN = "20260301T000000Z-abcdef"
ASKED = [("user-agent", "test/1")]
LINK = Link(
    url="https://a.example/asked?x=1",
    key="https://a.example/asked?x=1",
    source="A",
    source_type=SourceType.RSS,
    title="B\u00fccher, \u201equoted\u201c\nand more",
    date_published=datetime(2026, 2, 28, tzinfo=UTC),
)
PAGE = Page(
    url="https://a.example/found",
    requested_url=LINK.url,
    body="<html>\u00e9</html>".encode(),
    status=200,
    content_type="text/html",
    headers=(
        ("content-type", "text/html"),
        ("content-encoding", "br"),
        ("content-length", "7"),
        ("etag", '"e"'),
    ),
    fetched_at=datetime(2026, 3, 1, 1, 2, 3, 456789, tzinfo=UTC),
    etag='"e"',
    link=LINK,
)


def pages(path: Path) -> list[Stored]:
    return [entry.stored for entry in Archive(str(path)).entries() if entry.stored]


def test_a_page_comes_back_as_it_was(tmp_path: Path) -> None:
    with WarcFiles(tmp_path, run_id=RUN) as files:
        ref = files.write(PAGE, ASKED)
        path = files.seal()
    assert path
    [stored] = pages(path)
    assert stored.coding is None
    headers = (
        ("content-type", "text/html"),
        ("x-crawl-content-encoding", "br"),
        ("x-crawl-content-length", "7"),
        ("etag", '"e"'),
        ("content-length", str(len(PAGE.body))),
    )
    assert stored.page == msgspec.structs.replace(PAGE, warc_ref=ref, headers=headers)


def test_names_tell_run_and_part(tmp_path: Path) -> None:
    with WarcFiles(tmp_path, run_id=RUN) as files:
        assert files.seal() is None
        first = files.write(PAGE, ASKED)
        files.seal()
        second = files.write(PAGE, ASKED)
        files.seal()
    assert first.partition("#")[0] == f"{RUN}-00001.warc.gz"
    assert second.partition("#")[0] == f"{RUN}-00002.warc.gz"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"{RUN}-00001.warc.gz",
        f"{RUN}-00002.warc.gz",
    ]


def test_the_request_is_kept_beside_its_answer(tmp_path: Path) -> None:
    with WarcFiles(tmp_path, run_id=RUN) as files:
        files.write(PAGE, [*ASKED, ("if-none-match", '"d"')])
        path = files.seal()
    assert path
    text = gzip.decompress(path.read_bytes())
    assert b'GET /found HTTP/1.1\r\nhost: a.example\r\nuser-agent: test/1\r\nif-none-match: "d"\r\n' in text
    assert [entry.skip for entry in Archive(str(path)).entries()] == [Skip.OTHER_RECORD, None, Skip.REQUEST]


def test_a_link_with_an_endless_title_loses_it(tmp_path: Path) -> None:
    link = msgspec.structs.replace(LINK, title="x" * 100_000)
    with WarcFiles(tmp_path, run_id=RUN) as files:
        files.write(msgspec.structs.replace(PAGE, link=link), ASKED)
        path = files.seal()
    assert path
    [stored] = pages(path)
    assert stored.page.link == msgspec.structs.replace(LINK, title=None)


@pytest.mark.parametrize("lost", [0, 1, 30, 300])
def test_the_file_of_a_killed_run_is_closed_off_and_valid(tmp_path: Path, lost: int) -> None:
    with WarcFiles(tmp_path, run_id=RUN) as files:
        files.write(PAGE, ASKED)
        whole = (tmp_path / f"{RUN}-00001.warc.gz.tmp").stat().st_size
        files.write(PAGE, ASKED)
    left = tmp_path / f"{RUN}-00001.warc.gz.tmp"
    data = left.read_bytes()
    left.write_bytes(data[: len(data) - lost])
    with WarcFiles(tmp_path, run_id="another") as files:
        [path] = files.close_off(lambda run_id: run_id == RUN)
    assert path.name == f"{RUN}-00001.warc.gz"
    assert path.stat().st_size >= whole
    gzip.decompress(path.read_bytes())
    assert Skip.TRUNCATED not in [entry.skip for entry in Archive(str(path)).entries()]
    assert len(pages(path)) >= 1


def test_files_of_another_state_are_left_alone(tmp_path: Path) -> None:
    with WarcFiles(tmp_path, run_id=RUN) as files:
        files.write(PAGE, ASKED)
        assert not files.close_off(lambda _: False)
        assert files.seal()


def test_a_file_without_a_whole_record_goes(tmp_path: Path) -> None:
    left = tmp_path / f"{RUN}-00001.warc.gz.tmp"
    left.write_bytes(b"\x1f\x8b\x08")
    with WarcFiles(tmp_path, run_id="another") as files:
        assert not files.close_off(lambda _: True)
    assert not left.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file"):
        WarcFiles(tmp_path / "file" / "folder", run_id=RUN)
