"""A run on a cluster, a task for each shard: all sites once, whoever is lost on the way."""

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from scraper import Article, Config
from scraper.errors import ConfigError, StateLocked
from scraper.onray import run_shards
from scraper.records import Event, Report
from scraper.store import locked
from tests.load import web

pytest.importorskip("ray", reason="the `ray` extra is not installed")
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("cluster")]

SITES, PAGES = 6, 8


class Sites:
    """Six sites on loopback, each an address of its own, and what they were asked."""

    def __init__(self, log: Path) -> None:
        self._log = log
        command = [sys.executable, "-m", "tests.load.web", str(log), str(SITES), str(PAGES), "0", "light"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())

    def close(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
            self._process.communicate()

    def asked(self) -> Counter[str]:
        """Each page, and how often it was asked for."""
        self.close()
        return Counter(asked.host + asked.path for asked in web.logged(self._log) if "story-" in asked.path)


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Sites]:
    started = Sites(tmp_path / "web.log")
    yield started
    started.close()


def config_for(sites: Sites, folder: Path, **run: object) -> Config:
    return Config.from_dict(
        {
            "run": {"workers": 0, "shards": 2, "engine": "ray", "state": "kept/state.db", **run},
            "fetch": {"delay_s": 0.05, "allow_private": True},
            "health": {"min_articles": SITES * PAGES},
            "output": [{"path": "articles"}],
            "source": [
                {"name": host, "sitemaps": [f"http://{host}:{sites.port}/sitemap.xml"]}
                for host in web.hosts(SITES)
            ],
        },
        base=folder,
    )


def articles_in(folder: Path) -> list[str]:
    """Addresses of what was published."""
    parts = folder.glob("articles/shard=*/part-*.jsonl")
    lines = [line for part in parts for line in part.read_bytes().splitlines()]
    return sorted(msgspec.json.decode(line, type=Article).requested_url for line in lines)


def assert_whole(report: Report, folder: Path) -> None:
    assert (report.exit_code, report.missed) == (0, ())
    assert len(set(articles_in(folder))) == len(articles_in(folder)) == SITES * PAGES


def test_all_sites_are_asked_once_and_one_report_is_made(sites: Sites, tmp_path: Path) -> None:
    events: list[Event] = []
    report = run_shards(config_for(sites, tmp_path), on_event=events.append)
    assert_whole(report, tmp_path)
    assert report.stored == SITES * PAGES
    assert {source.name for source in report.sources} == set(web.hosts(SITES))
    assert msgspec.json.decode((tmp_path / "articles/run.json").read_bytes(), type=Report) == report
    assert (tmp_path / "articles/_SUCCESS").read_text() == f"{report.run_id}\n"
    told = Counter(event.event for event in events)
    assert told["link_settled"] == report.links
    assert (told["shard_ended"], events[-1].event) == (2, "run_ended")
    again = run_shards(config_for(sites, tmp_path))
    assert (again.stored, len(articles_in(tmp_path))) == (0, SITES * PAGES)
    assert set(sites.asked().values()) == {1}


def test_a_lost_shard_is_taken_up_again_without_loss_or_repeat(
    sites: Sites, tmp_path: Path, loser: Callable[[str], int]
) -> None:
    lost = 0

    def on_event(event: Event) -> None:
        nonlocal lost
        if event.event == "link_settled" and not lost:
            lost = loser("run_shard")

    config = config_for(sites, tmp_path)
    slow = msgspec.structs.replace(config.fetch, delay_s=0.5)
    report = run_shards(msgspec.structs.replace(config, fetch=slow), on_event=on_event)
    assert lost == 1
    assert len(set(articles_in(tmp_path))) == len(articles_in(tmp_path)) == SITES * PAGES
    assert report.stopped is None
    # What was under way is asked again, and nothing else.
    assert sites.asked().total() <= SITES * PAGES + SITES


def test_a_run_that_is_stopped_is_safe_in_every_shard(sites: Sites, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    report = run_shards(config_for(sites, tmp_path), stop=stop)
    assert (report.exit_code, report.stopped) == (5, "signal")
    assert not (tmp_path / "articles/_SUCCESS").exists()
    rest = run_shards(config_for(sites, tmp_path))
    assert report.stored + rest.stored == SITES * PAGES
    assert len(set(articles_in(tmp_path))) == len(articles_in(tmp_path)) == SITES * PAGES


def test_shards_whose_states_are_locked_send_nothing(sites: Sites, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    (tmp_path / "kept").mkdir()
    with (
        locked(tmp_path / "kept/state.0-of-2.db"),
        locked(tmp_path / "kept/state.1-of-2.db"),
        pytest.raises(StateLocked),
    ):
        run_shards(config_for(sites, tmp_path), stop=stop)
    assert not sites.asked()


def test_a_shard_and_the_engine_are_one_too_many(sites: Sites, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"run\.shard"):
        run_shards(config_for(sites, tmp_path, shard="0/2"))
