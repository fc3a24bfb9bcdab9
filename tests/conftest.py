"""What several test modules stand on: the demo newspaper, a configuration for it, and readers of outputs."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, settings

from scraper.config import Config
from scraper.demo import DemoSite
from scraper.records import Article

# The same examples each time and no clock: a slow machine is no fault, and a failure can be run again.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")


@pytest.fixture
def site() -> Iterator[DemoSite]:
    """The newspaper, in its first edition."""
    with DemoSite() as running:
        yield running


@pytest.fixture
def config_for(tmp_path: Path) -> Callable[..., Config]:
    """Builds a configuration for a site; page work in this process unless `workers` says otherwise."""

    def build(url: str, **changes: Mapping[str, Any]) -> Config:
        sections: dict[str, Any] = {
            "run": {"workers": 0},
            "fetch": {"delay_s": 0, "revisit_s": 0, "backoff_s": 0, "allow_private": True},
            "clean": {},
            "archive": {},
            "health": {},
            "source": {
                "name": "courier",
                "feeds": [f"{url}/feed.xml"],
                "sitemaps": [f"{url}/sitemap.xml"],
                "sections": [f"{url}/"],
            },
        }
        for section, values in changes.items():
            sections[section] |= values
        return Config.from_dict(sections | {"source": [sections["source"]]}, base=tmp_path)

    return build


@pytest.fixture
def published(tmp_path: Path) -> Callable[[], list[Article]]:
    """Reads every article in the output folder, in the order of publication."""

    def read() -> list[Article]:
        decoder = msgspec.json.Decoder(Article)
        parts = sorted((tmp_path / "articles").glob("part-*.jsonl"))
        return [decoder.decode(line) for part in parts for line in part.read_bytes().splitlines()]

    return read
