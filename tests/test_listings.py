"""Which archives are meant: files, folders, addresses, listings of CC-NEWS."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.errors import InputError
from scraper.listings import archives, in_range, listed

PATHS = [
    f"crawl-data/CC-NEWS/2026/03/CC-NEWS-202603{day:02}{hour:02}0000-00{day:02}{hour:02}.warc.gz"
    for day in (1, 2, 3)
    for hour in (0, 12)
]


def day(number: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, number, hour, tzinfo=UTC)


def test_files_and_folders_are_found_once_each_and_in_order(tmp_path: Path) -> None:
    names = ["b/2.warc.gz", "b/1.warc", "b/c/3.warc.zst", "b/4.warc.gz.tmp", "b/readme.txt"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = list(archives([str(tmp_path / "b/2.warc.gz"), str(tmp_path / "b")]))
    assert [str(Path(path).relative_to(tmp_path)) for path in found] == [
        "b/2.warc.gz",
        "b/1.warc",
        "b/c/3.warc.zst",
    ]


@pytest.mark.parametrize("name", ["nothing.warc.gz", "empty"])
def test_what_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=name):
        list(archives([str(tmp_path / name)]))


def test_addresses_are_taken_as_they_are() -> None:
    assert list(archives(["https://a.example/1.warc.gz", "s3://b/2.warc.gz"])) == [
        "https://a.example/1.warc.gz",
        "s3://b/2.warc.gz",
    ]


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_a_listing_is_read(tmp_path: Path, pack: type[bytes]) -> None:
    listing = tmp_path / ("warc.paths.gz" if pack is gzip.compress else "warc.paths")
    listing.write_bytes(pack("\n".join([*PATHS, ""]).encode()))
    assert listed(str(listing)) == PATHS
    prefix = "https://data.example/"
    assert list(archives([str(listing)], prefix=prefix)) == [prefix + path for path in PATHS]


def test_without_a_prefix_paths_are_taken_from_where_the_listing_lies(tmp_path: Path) -> None:
    beside = tmp_path / "warc.paths"
    beside.write_text("one.warc.gz\n")
    assert list(archives([str(beside)])) == [str(tmp_path / "one.warc.gz")]
    mirror = tmp_path / "crawl-data/CC-NEWS/2026/03/warc.paths"
    mirror.parent.mkdir(parents=True)
    mirror.write_text(PATHS[0])
    assert list(archives([str(mirror)])) == [str(tmp_path / PATHS[0])]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, PATHS),
        (day(2), None, PATHS[2:]),
        (day(2, 6), None, PATHS[2:]),
        (None, day(2), PATHS[:2]),
        (None, day(2, 1), PATHS[:3]),
        (day(1, 13), day(1, 14), PATHS[1:2]),
        (day(4), None, PATHS[5:]),
        (None, day(1), []),
    ],
)
def test_a_range_takes_the_files_that_may_hold_its_pages(
    since: datetime | None, until: datetime | None, expected: list[str]
) -> None:
    assert list(in_range(PATHS, since=since, until=until)) == expected


def test_names_without_a_time_are_always_taken() -> None:
    assert list(in_range(["a.warc.gz", "b-99999999999999.warc.gz"], since=day(2))) == [
        "a.warc.gz",
        "b-99999999999999.warc.gz",
    ]
