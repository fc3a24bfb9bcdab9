"""Whole runs against the demo newspaper: what they publish, what they remember, how they end."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from scraper import Article, Config, run_batch
from scraper.demo import DemoSite
from scraper.demo.site import ARTICLE, ENTRIES
from scraper.errors import ConfigError, OutputError, StateLocked
from scraper.records import DEFERRED_REASONS, Event, Outcome, Reason, Report
from scraper.store import Store, locked
from tests.benchmarks.corpora import FUNDUS
from tests.benchmarks.metrics import score
from tests.servers import Server, stall

ConfigFor = Callable[..., Config]
Published = Callable[[], list[Article]]
EXPECTED_TEXTS = Path(__file__).parent / "demo_expected"


def path_of(url: str) -> str:
    return urlsplit(url).path


def settled(events: list[Event]) -> dict[str, str]:
    """How each link of a run ended, in the words of `DemoSite.expected`."""
    return {
        path_of(event.url or ""): ARTICLE if event.outcome is Outcome.STORED else str(event.reason)
        for event in events
        if event.event == "link_settled"
    }


def assert_accounted(report: Report) -> None:
    assert report.links == report.stored + report.unchanged + report.dropped + report.deferred
    for source in report.sources:
        dropped, deferred = sum(source.dropped.values()), sum(source.deferred.values())
        assert source.found == source.stored + source.unchanged + dropped + deferred


def test_every_address_ends_as_the_newspaper_says(site: DemoSite, config_for: ConfigFor) -> None:
    events: list[Event] = []
    report = run_batch(config_for(site.url), on_event=events.append)
    assert settled(events) == dict(site.expected)
    assert report.exit_code == 0
    assert_accounted(report)


@pytest.fixture
def texts(site: DemoSite, config_for: ConfigFor, published: Published) -> dict[str, str]:
    """The published text of each path of the newspaper."""
    run_batch(config_for(site.url))
    return {path_of(article.url): article.text for article in published()}


def test_articles_are_published_whole_and_clean(site: DemoSite, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        stem = ENTRIES[path].file.removesuffix(".html")
        expected = (EXPECTED_TEXTS / f"{stem}.txt").read_text(encoding="utf-8")
        assert score(FUNDUS, expected, text).f >= 0.95, path
    assert len(texts) == list(site.expected.values()).count(ARTICLE)


@pytest.mark.parametrize(
    "piece",
    [
        "not a robot",
        "Invalid email address",
        "select a newsletter",
        "newsletters",
        "A version of this article appears in print",
        "on Twitter",
        "reported from",
        "Tell us what you think",
        "cookies",
        "Read more",
    ],
)
def test_the_pieces_of_the_founding_example_are_gone_everywhere(texts: dict[str, str], piece: str) -> None:
    assert [path for path, text in texts.items() if piece in text] == []


def test_worker_processes_give_the_same_articles_as_this_process(
    site: DemoSite, config_for: ConfigFor, published: Published, tmp_path: Path
) -> None:
    run_batch(config_for(site.url))
    alone = {article.id: (article.content_hash, article.title) for article in published()}
    for leftover in (*(tmp_path / "articles").iterdir(), *tmp_path.glob("state.db*")):
        leftover.unlink()
    run_batch(config_for(site.url, run={"workers": 2}))
    assert {article.id: (article.content_hash, article.title) for article in published()} == alone


def test_a_second_run_hands_over_only_what_is_new_or_changed(
    site: DemoSite, config_for: ConfigFor, published: Published
) -> None:
    config = config_for(site.url)
    first = run_batch(config)
    before = len(published())
    site.edition = 2
    second = run_batch(config)
    new = published()[before:]
    assert {path_of(article.url) for article in new} == site.changed
    assert second.unchanged == first.stored - 1
    assert_accounted(second)


def test_a_changed_article_keeps_its_identity_and_names_what_it_replaces(
    site: DemoSite, config_for: ConfigFor, published: Published
) -> None:
    config = config_for(site.url)
    run_batch(config)
    site.edition = 2
    run_batch(config)
    versions = [article for article in published() if article.url.endswith("/upper-wend-reservoir")]
    assert [version.revision for version in versions] == [1, 2]
    assert versions[0].id == versions[1].id
    assert versions[1].supersedes == versions[0].content_hash


def test_unchanged_pages_cost_a_304(site: DemoSite, config_for: ConfigFor) -> None:
    config = config_for(site.url)
    first = run_batch(config)
    site.edition = 2
    site.requests.clear()
    run_batch(config)
    statuses = Counter(status for _, path, status in site.requests if path in site.expected)
    assert statuses[304] >= first.stored - 1


def test_a_feed_and_sitemap_that_did_not_change_cost_a_304_each_and_no_page(
    site: DemoSite, config_for: ConfigFor
) -> None:
    config = config_for(site.url, source={"sections": []})
    run_batch(config)
    site.requests.clear()
    report = run_batch(config)
    assert ("GET", "/feed.xml", 304) in site.requests
    assert report.unchanged == 0
    assert_accounted(report)


def test_a_page_that_is_not_due_is_not_asked_for(site: DemoSite, config_for: ConfigFor) -> None:
    config = config_for(site.url, fetch={"revisit_s": 3600})
    run_batch(config)
    site.requests.clear()
    report = run_batch(config)
    asked = {path for _, path, _ in site.requests}
    articles = {path for path, ending in site.expected.items() if ending == ARTICLE}
    assert not asked & articles
    assert report.stored == 0
    assert_accounted(report)


def test_what_may_pass_waits_and_is_asked_for_again(site: DemoSite, config_for: ConfigFor) -> None:
    config = config_for(site.url, fetch={"revisit_s": 3600})
    first = run_batch(config)
    assert {Reason(reason) for reason in first.sources[0].deferred} <= DEFERRED_REASONS
    site.requests.clear()
    run_batch(config)
    challenged = [path for path, ending in site.expected.items() if ending == Reason.CHALLENGE]
    assert [path for _, path, _ in site.requests if path in challenged] == challenged


def test_robots_txt_is_kept_to(site: DemoSite, config_for: ConfigFor) -> None:
    run_batch(config_for(site.url))
    assert not [path for _, path, _ in site.requests if path.startswith("/private/")]


def test_more_links_than_the_limit_wait_for_the_next_run(
    site: DemoSite, config_for: ConfigFor, published: Published
) -> None:
    config = config_for(site.url, source={"max_articles": 3})
    report = run_batch(config)
    assert report.stored + report.dropped + report.deferred == report.links
    assert report.sources[0].deferred[Reason.OVER_LIMIT] == report.links - 3
    for _ in range(6):
        assert_accounted(run_batch(config))
    # The newest links come first, so of the two addresses of one text another may be the original here.
    assert len(published()) == list(site.expected.values()).count(ARTICLE)


def test_a_run_that_is_told_to_stop_keeps_the_rest_for_the_next(
    site: DemoSite, config_for: ConfigFor, published: Published
) -> None:
    config = config_for(site.url)
    stop = threading.Event()
    report = run_batch(
        config, on_event=lambda event: stop.set() if event.event == "queue_opened" else None, stop=stop
    )
    assert report.exit_code == 5
    assert report.stopped == "signal"
    assert_accounted(report)
    run_batch(config)
    urls = [article.url for article in published()]
    assert len(urls) == len(set(urls)) == list(site.expected.values()).count(ARTICLE)


def test_the_time_budget_ends_a_run_early(site: DemoSite, config_for: ConfigFor) -> None:
    report = run_batch(config_for(site.url, run={"max_runtime_s": 0.001}))
    assert report.stopped == "max_runtime"
    assert report.exit_code == 5
    assert_accounted(report)


def test_a_missed_threshold_is_named_and_makes_exit_code_1(site: DemoSite, config_for: ConfigFor) -> None:
    report = run_batch(config_for(site.url, health={"min_articles": 1000}))
    assert report.exit_code == 1
    assert report.missed == ("min_articles: 7 < 1000",)


def test_a_second_run_at_once_is_refused_and_sends_nothing(site: DemoSite, config_for: ConfigFor) -> None:
    config = config_for(site.url)
    with locked(Path(config.run.state)), pytest.raises(StateLocked):
        run_batch(config)
    assert site.requests == []


def test_an_output_folder_of_another_state_is_refused(
    site: DemoSite, config_for: ConfigFor, tmp_path: Path
) -> None:
    run_batch(config_for(site.url))
    with pytest.raises(OutputError, match="another state"):
        run_batch(config_for(site.url, run={"state": "other.db"}))
    assert len(list((tmp_path / "articles").glob("part-*"))) == 1


def test_a_configuration_without_sources_is_refused() -> None:
    with pytest.raises(ConfigError, match="source"):
        run_batch(Config())


@pytest.mark.parametrize(
    ("changes", "key"), [({"clean": {"keep": ["nonsense"]}}, "clean.keep"), ({}, "courier.keep")]
)
def test_an_unknown_kind_to_keep_is_refused_before_the_first_request(
    tmp_path: Path, changes: dict[str, Any], key: str
) -> None:
    source = {"name": "courier", "feeds": ["http://127.0.0.1:1/feed.xml"], "keep": ["nonsense"]}
    config = Config.from_dict({"source": [source], **changes}, base=tmp_path)
    with pytest.raises(ConfigError, match=f"^{key}: no such kind: nonsense"):
        run_batch(config)
    assert not list(tmp_path.iterdir())


def test_a_feed_that_cannot_be_read_is_told_and_harms_no_other(site: DemoSite, config_for: ConfigFor) -> None:
    feeds = [f"{site.url}/nothing-here.xml", f"{site.url}/feed.xml"]
    report = run_batch(config_for(site.url, source={"feeds": feeds}))
    assert [failure for failure in report.sources[0].failures if "nothing-here.xml: not_found" in failure]
    assert report.stored == 7


def test_a_run_works_inside_a_running_event_loop_as_in_a_notebook(
    site: DemoSite, config_for: ConfigFor
) -> None:
    async def cell() -> Report:
        return run_batch(config_for(site.url))

    assert asyncio.run(cell()).stored == 7


def test_the_report_lies_beside_the_articles_and_success_is_marked_last(
    site: DemoSite, config_for: ConfigFor, tmp_path: Path
) -> None:
    report = run_batch(config_for(site.url))
    written = msgspec.json.decode((tmp_path / "articles" / "run.json").read_bytes(), type=Report)
    assert written == report
    assert (tmp_path / "articles" / "_SUCCESS").read_text(encoding="ascii").strip() == report.run_id


def test_a_single_file_output_holds_every_article_of_the_state(
    site: DemoSite, config_for: ConfigFor, tmp_path: Path
) -> None:
    config = config_for(site.url)
    outputs = Config.from_dict({"output": [{"path": "all.jsonl"}]}, base=tmp_path).output
    config = msgspec.structs.replace(config, output=outputs)
    run_batch(config)
    site.edition = 2
    run_batch(config)
    lines = (tmp_path / "all.jsonl").read_bytes().splitlines()
    assert len(lines) == 7 + len(site.changed)


KILLED_RUN = """
    import os, signal, sys
    from scraper import Config, run_batch

    count = 0
    def on_event(event):
        global count
        count += event.event == "link_settled"
        if count == int(sys.argv[2]) or event.event == sys.argv[2]:
            os.kill(os.getpid(), signal.SIGKILL)

    run_batch(Config.from_file(sys.argv[1]), on_event=on_event)
"""


@pytest.mark.parametrize("moment", ["1", "4", "9"])
def test_a_killed_run_loses_nothing_and_repeats_nothing(
    site: DemoSite, tmp_path: Path, published: Published, moment: str
) -> None:
    toml = tmp_path / "news.toml"
    toml.write_text(
        textwrap.dedent(f"""
            [run]
            workers = 1
            [fetch]
            delay_s = 0
            allow_private = true
            [[source]]
            name = "courier"
            feeds = ["{site.url}/feed.xml"]
            sitemaps = ["{site.url}/sitemap.xml"]
        """),
        encoding="utf-8",
    )
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED_RUN), str(toml), moment], check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    report = run_batch(Config.from_file(toml))
    assert report.exit_code == 0
    paths = sorted(path_of(article.url) for article in published())
    assert paths == sorted(path for path, ending in site.expected.items() if ending == ARTICLE)
    assert not list((tmp_path / "articles").glob("*.tmp"))


def test_a_signal_at_the_very_end_changes_nothing(
    site: DemoSite, config_for: ConfigFor, published: Published
) -> None:
    def on_event(event: Event) -> None:
        if event.event == "part_sealed":
            os.kill(os.getpid(), signal.SIGTERM)

    report = run_batch(config_for(site.url), on_event=on_event)
    assert report.exit_code == 0
    assert len(published()) == report.stored > 0


def test_sigterm_seals_reports_and_ends_with_code_5(
    site: DemoSite, tmp_path: Path, published: Published
) -> None:
    toml = tmp_path / "news.toml"
    toml.write_text(
        "[run]\nworkers = 1\n[fetch]\ndelay_s = 0.2\nallow_private = true\n"
        f'[[source]]\nfeeds = ["{site.url}/feed.xml"]\n',
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "scraper", "run", str(toml)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stderr
        for line in process.stderr:
            if '"outcome":"stored"' in line:
                process.send_signal(signal.SIGTERM)
                break
        process.stderr.read()
    assert process.returncode == 5
    with Store(tmp_path / "state.db", read_only=True) as store:
        report = store.report()
    assert report
    assert report.stopped == "signal"
    assert len(published()) == report.stored > 0
    assert_accounted(report)


def test_a_server_that_never_finishes_does_not_outlast_the_grace_time(tmp_path: Path) -> None:
    toml = tmp_path / "news.toml"

    async def started_and_stopped() -> int:
        async with Server({"/story": stall()}) as server:
            toml.write_text(
                "[run]\nworkers = 1\ngrace_s = 0.2\n[fetch]\nallow_private = true\n"
                f'[[source]]\nurls = ["{server.url()}story"]\n',
                encoding="utf-8",
            )
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "scraper", "run", str(toml), "-q"), env=os.environ
            )
            async with asyncio.timeout(30):
                await server.page_asked.wait()
                process.send_signal(signal.SIGTERM)
                # Longer than the grace time, and much shorter than an address may take.
                return await process.wait()

    assert asyncio.run(started_and_stopped()) == 5
    with Store(tmp_path / "state.db", read_only=True) as store:
        report = store.report()
    assert report
    assert report.stopped == "signal"
    assert report.sources[0].deferred == {"stopped": 1}
    assert (report.ended_at - report.started_at).total_seconds() < 20
    assert_accounted(report)
