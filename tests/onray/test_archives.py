"""Archives on a cluster: what it publishes is what one machine publishes, whoever is lost on the way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scraper import Article, Config, ranges
from scraper.pieces import Assignment
from scraper.ranges import RANGES_FOR_A_CORE, split
from scraper.records import Event
from scraper.reprocess import reprocess
from scraper.web.addresses import size_to_enter
from tests import warcs

pytest.importorskip("fastwarc", reason="the `warc` extra is not installed")
pytest.importorskip("ray", reason="the `ray` extra is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")

ARCHIVES, PAGES = 3, 90


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Long enough to be lost half way; each has a newer version of each page of the one before."""
    folder = tmp_path_factory.mktemp("archives")
    files = []
    for number in range(ARCHIVES):
        records = []
        for page in range(PAGES):
            own = " ".join(
                f"By {place}-{number} they had mended {page * place} of it." for place in range(40)
            )
            url = f"https://paper-{page % 7}.example/road-{page}"
            records.append(warcs.record(url, warcs.article(f"Town {page}", own)))
        files.append(str(warcs.write(folder / f"pages-{number}.warc.gz", records)))
    return files


def config_in(folder: Path, **run: object) -> Config:
    return Config.from_dict({"run": run, "output": [{"path": "articles"}]}, base=folder)


def articles_in(folder: Path) -> list[Article]:
    parts = sorted((folder / "articles").rglob("part-*.jsonl"))
    lines = [line for part in parts for line in part.read_bytes().splitlines()]
    found = [msgspec.json.decode(line, type=Article) for line in lines]
    return [msgspec.structs.replace(each, run_id=None) for each in found]


@pytest.fixture(scope="module")
def local(archives: list[str], tmp_path_factory: pytest.TempPathFactory) -> list[Article]:
    """What this machine makes of them by itself."""
    folder = tmp_path_factory.mktemp("local")
    report = reprocess(archives, config_in(folder, workers=1))
    assert report.stored == ARCHIVES * PAGES
    return articles_in(folder)


@pytest.mark.usefixtures("cluster")
def test_a_cluster_publishes_what_one_machine_does(
    archives: list[str], local: list[Article], tmp_path: Path
) -> None:
    report = reprocess(archives, config_in(tmp_path, engine="ray", workers=2))
    assert report.exit_code == 0
    assert articles_in(tmp_path) == local


@pytest.mark.usefixtures("cluster")
def test_a_lost_worker_costs_nothing_but_time(
    archives: list[str], local: list[Article], tmp_path: Path, loser: Callable[[str], int]
) -> None:
    settled: list[Event] = []
    lost = 0

    def on_event(event: Event) -> None:
        nonlocal lost
        if event.event == "link_settled":
            settled.append(event)
            if len(settled) == PAGES // 3:
                lost += loser("MapBatches(read)")

    report = reprocess(archives, config_in(tmp_path, engine="ray", workers=2), on_event=on_event)
    assert lost
    assert report.exit_code == 0
    assert len(settled) == ARCHIVES * PAGES
    assert articles_in(tmp_path) == local


@pytest.mark.usefixtures("cluster")
def test_one_archive_is_shared_out_whoever_is_lost(
    archives: list[str],
    local: list[Article],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    loser: Callable[[str], int],
) -> None:
    monkeypatch.setattr(ranges, "LEAST_BYTES", 4_000)
    monkeypatch.setattr(ranges, "STRETCH_BYTES", 1_000)
    together = tmp_path / "together.warc.gz"
    together.write_bytes(b"".join(Path(name).read_bytes() for name in archives))
    parts = split([Assignment(number=0, address=str(together))], size_to_enter, cores=2)
    assert len(parts) == RANGES_FOR_A_CORE * 2
    settled = lost = 0

    def on_event(event: Event) -> None:
        nonlocal settled, lost
        settled += event.event == "link_settled"
        if settled == PAGES and not lost:
            lost = loser("MapBatches(read)")

    report = reprocess([str(together)], config_in(tmp_path, engine="ray", workers=2), on_event=on_event)
    assert lost
    assert (report.exit_code, settled) == (0, ARCHIVES * PAGES)
    [source] = report.sources
    assert source.name == together.name
    found = articles_in(tmp_path)
    assert list(map(unplaced, found)) == list(map(unplaced, local))
    places = [int((article.warc_ref or "").rpartition("#")[2]) for article in found]
    assert places == sorted(places)


def unplaced(article: Article) -> Article:
    """An article, wherever its page lies."""
    return msgspec.structs.replace(article, warc_ref=None)


def test_a_machine_without_the_archive_ends_the_archive_and_not_the_run(
    archives: list[str], cluster: Any, tmp_path: Path
) -> None:
    assert cluster.is_initialized()
    named = [str(tmp_path / "nowhere.warc.gz"), archives[0]]
    report = reprocess(named, config_in(tmp_path, engine="ray", workers=0))
    assert (report.exit_code, report.stored) == (1, PAGES)
    assert "nowhere.warc.gz" in report.missed[0]
