"""The robots.txt files that are kept between runs."""

from pathlib import Path

from scraper.store import Store
from tests.store.making import HOUR, MORNING

ORIGIN = "https://news.example"


def test_an_answer_is_kept_until_the_next_one(path: Path) -> None:
    with Store(path) as store:
        assert store.robots.get(ORIGIN) is None
        store.robots.put(ORIGIN, MORNING, 200, b"User-agent: *\nDisallow: /\n")
    with Store(path) as store:
        assert store.robots.get(ORIGIN) == (MORNING, 200, b"User-agent: *\nDisallow: /\n")
        store.robots.put(ORIGIN, MORNING + HOUR, 0, b"")
        assert store.robots.get(ORIGIN) == (MORNING + HOUR, 0, b"")
        assert store.robots.get("http://news.example") is None
