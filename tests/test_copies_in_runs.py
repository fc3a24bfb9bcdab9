"""Whole runs over two papers that print the same stories."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from scraper import Article, Config, run_batch
from scraper.demo import DemoSite
from scraper.records import Event, Reason

Published = Callable[[], list[Article]]


@pytest.fixture
def mirror() -> Iterator[DemoSite]:
    """A second paper with the stories of the first, under its own address."""
    with DemoSite() as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, site: DemoSite, mirror: DemoSite) -> Callable[..., Config]:
    def build(*, mirrored: bool = True, **dedupe: Any) -> Config:
        papers = {"courier": site, "mirror": mirror} if mirrored else {"courier": site}
        return Config.from_dict(
            {
                "run": {"workers": 0},
                "fetch": {"delay_s": 0, "revisit_s": 0, "allow_private": True},
                "dedupe": dedupe,
                "source": [
                    {"name": name, "feeds": [f"{paper.url}/feed.xml"]} for name, paper in papers.items()
                ],
            },
            base=tmp_path,
        )

    return build


def of(article: Article) -> tuple[str, str]:
    """Host and path."""
    parts = urlsplit(article.url)
    return parts.netloc, parts.path


def test_each_story_is_published_by_both_and_one_names_the_other(
    config: Callable[..., Config], published: Published
) -> None:
    report = run_batch(config())
    articles = {article.id: article for article in published()}
    copies = [article for article in articles.values() if article.dup_of]
    assert len(copies) == len(articles) / 2
    for copy in copies:
        original = articles[copy.dup_of or ""]
        assert original.dup_of is None
        assert of(original)[1] == of(copy)[1]
        assert of(original)[0] != of(copy)[0]
    assert sum(source.copies for source in report.sources) == len(copies)


def test_what_was_published_before_is_the_original(
    config: Callable[..., Config], published: Published, site: DemoSite
) -> None:
    run_batch(config(mirrored=False))
    run_batch(config())
    originals = [article for article in published() if article.dup_of is None]
    assert {of(article)[0] for article in originals} == {urlsplit(site.url).netloc}


def test_with_drop_each_story_is_published_once(config: Callable[..., Config], published: Published) -> None:
    events: list[Event] = []
    report = run_batch(config(action="drop"), on_event=events.append)
    paths = [of(article)[1] for article in published()]
    assert len(paths) == len(set(paths))
    assert report.links == report.stored + report.unchanged + report.dropped + report.deferred
    assert report.stored == len(paths)
    twins = sum(source.dropped.get(Reason.DUPLICATE_TEXT, 0) for source in report.sources)
    told = [event for event in events if event.reason == Reason.DUPLICATE_TEXT]
    assert twins == len(told) >= len(paths)
    assert {event.event for event in told} <= {"link_settled", "taken_back"}


def test_a_second_run_finds_nothing_new(config: Callable[..., Config], published: Published) -> None:
    for action in ("link", "drop"):
        run_batch(config(action=action))
    before = published()
    report = run_batch(config(action="drop"))
    assert report.stored == 0
    assert published() == before
