"""The quality gate: every golden page reaches its floor, and floors only rise.

The floors are in `floors.json`, one for each page. After an improvement, `python -m tests.test_quality_gate`
raises those that can be raised; it never lowers one. To lower one takes an edit by hand of that file and,
where the mean suffers, of `MEAN_FLOOR` below: two places that a reviewer sees.
"""

import re
import sys
from pathlib import Path
from statistics import fmean

import msgspec
import pytest

from scraper import Article, Drop, extract_article
from tests.benchmarks.corpora import FUNDUS
from tests.benchmarks.metrics import score
from tests.golden import Golden, load

FLOORS = Path(__file__).parent / "floors.json"
MEAN_FLOOR = 0.98
"""Mean F over all golden pages, tokens by longest common subsequence."""
SLACK = 0.001
"""A floor is written this much below what was reached, for rounding."""

PAGES = {golden.slug: golden for golden in load()}


def extracted(golden: Golden) -> Article | Drop:
    return extract_article(golden.html, url=golden.expected.url)


def f_of(golden: Golden) -> float:
    outcome = extracted(golden)
    return score(FUNDUS, golden.expected.text, outcome.text).f if isinstance(outcome, Article) else 0.0


def read_floors() -> dict[str, float]:
    return msgspec.json.decode(FLOORS.read_bytes(), type=dict[str, float])


@pytest.mark.parametrize("slug", PAGES)
def test_a_golden_page_reaches_its_floor(slug: str) -> None:
    assert f_of(PAGES[slug]) >= read_floors()[slug]


def test_the_mean_of_the_golden_pages_reaches_its_floor() -> None:
    assert fmean(f_of(golden) for golden in PAGES.values()) >= MEAN_FLOOR


def test_every_page_has_a_floor_and_every_floor_a_page() -> None:
    assert set(read_floors()) == set(PAGES)


def test_the_golden_pages_are_as_many_and_as_varied_as_promised() -> None:
    assert len(PAGES) >= 40
    assert len({golden.expected.language for golden in PAGES.values()}) >= 10


@pytest.mark.parametrize("slug", PAGES)
def test_no_words_run_together_and_no_paragraph_comes_twice(slug: str) -> None:
    outcome = extracted(PAGES[slug])
    assert isinstance(outcome, Article)
    expected = set(re.findall(r"\w+", PAGES[slug].expected.text))
    page = PAGES[slug].html.decode("utf-8", "replace")
    glued = [
        word
        for word in re.findall(r"\w+", outcome.text)
        if word not in expected
        and any(word == a + b for a, b in _splits(word) if a in expected and b in expected)
    ]
    assert [word for word in glued if word not in page] == []
    long = [paragraph.text for paragraph in outcome.paragraphs if len(paragraph.text) > 80]
    assert len(long) == len(set(long))


def _splits(word: str) -> list[tuple[str, str]]:
    return [(word[:i], word[i:]) for i in range(2, len(word) - 1)] if word.isascii() else []


def raise_floors() -> None:
    """Write the floors that can be raised, and those of new pages; leave the others."""
    floors = read_floors() if FLOORS.exists() else {}
    reached = {slug: round(f_of(golden) - SLACK, 4) for slug, golden in PAGES.items()}
    risen = {slug: max(floor, floors.get(slug, 0.0)) for slug, floor in reached.items()}
    FLOORS.write_bytes(msgspec.json.format(msgspec.json.encode(risen), indent=1) + b"\n")
    below = {slug: (floor, floors[slug]) for slug, floor in reached.items() if floor < floors.get(slug, 0.0)}
    sys.stderr.write(f"mean {fmean(reached.values()):.4f}; below their floor: {below}\n")


if __name__ == "__main__":
    raise_floors()
