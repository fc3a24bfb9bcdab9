"""Copies of a story: which is the original, what becomes of the others, whatever the order they came in."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.config import DedupeConfig
from scraper.dedupe import Standing, article_id, content_hash, fingerprint, sketch, words_of
from scraper.duplicates import Duplicates
from scraper.records import Article, Reason
from scraper.settle import place
from scraper.store import Store, near
from scraper.store.near import Ruled

DAY = datetime(2026, 3, 1, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Page(NamedTuple):
    """A page with an article, as a run meets it."""

    url: str
    text: str
    date: datetime | None = None


def words(seed: int, count: int = 300) -> list[str]:
    draw = random.Random(seed)  # noqa: S311 - a text, not a secret
    return [f"w{draw.randrange(20_000)}" for _ in range(count)]


WIRE = words(1)
STORY = " ".join(WIRE)
CUT = " ".join(WIRE[:200])
OWN_LEAD = " ".join([*words(2, 30), *WIRE])
OTHER = " ".join(words(3))
COURIER = Page("https://courier.example/ferry", STORY, DAY)
HERALD = Page("https://herald.example/ferry", CUT, DAY + HOUR)
ECHO = Page("https://echo.example/ferry", OWN_LEAD, DAY + 2 * HOUR)
REPRINT = Page("https://mirror.example/ferry", STORY, DAY + 3 * HOUR)
ALONE = Page("https://herald.example/soup", OTHER, DAY)


class Newsroom:
    """A state, and the runs that fill it."""

    def __init__(self, store: Store, config: DedupeConfig) -> None:
        self.store = store
        self._duplicates = Duplicates(config, store.near)
        self.runs = 0

    def run(self, *pages: Page) -> list[Ruled]:
        """Store the articles of the pages, and rule on them; gives what was ruled to be a copy."""
        self.runs += 1
        for page in pages:
            self.take(page)
        return [ruled for some in self.rule() for ruled in some]

    def rule(self, *, most: int = near.TOGETHER) -> Iterator[list[Ruled]]:
        """Rule on what waits, some of it at a time."""
        return self._duplicates.rule(most=most)

    def take(self, page: Page) -> Standing | Reason:
        """Take one page as far as a run does before it publishes."""
        own = words_of(page.text)
        article = Article(
            id=article_id(page.url),
            url=page.url,
            requested_url=page.url,
            hostname="",
            text=page.text,
            paragraphs=(),
            date_published=page.date,
            date_crawled=DAY,
            word_count=len(own),
            content_hash=content_hash(own),
            fingerprint=fingerprint(own),
            method="test",
            confidence=1.0,
        )
        run_id = f"run {self.runs}"
        placed = place(article, self.store.articles, key=page.url, run_id=run_id, duplicates=self._duplicates)
        if placed.drop:
            return placed.drop.reason
        if placed.standing is not Standing.UNCHANGED:
            self.store.archives.settle_article(
                placed.article,
                key=page.url,
                source="",
                site="",
                now=DAY,
                sketch=sketch(own) if self._duplicates.active else None,
            )
        return placed.standing

    def published(self) -> dict[str, str | None]:
        """The address of each stored article, with that of the one that it is a copy of."""
        articles = [msgspec.json.decode(row.record, type=Article) for row in self.store.articles.rows()]
        urls = {article.id: article.url for article in articles}
        return {article.url: article.dup_of and urls[article.dup_of] for article in articles}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "state.db") as opened:
        yield opened


@pytest.fixture
def newsroom(store: Store) -> Newsroom:
    return Newsroom(store, DedupeConfig())


def drops(ruled: Sequence[Ruled]) -> dict[str, Reason | None]:
    return {one.article.url: one.ruling.reason for one in ruled}


# ---- link --------------------------------------------------------------------------------------------


def test_a_copy_names_the_earliest_of_the_run(newsroom: Newsroom) -> None:
    ruled = newsroom.run(ECHO, ALONE, HERALD, COURIER, REPRINT)
    assert newsroom.published() == {
        ECHO.url: COURIER.url,
        ALONE.url: None,
        HERALD.url: COURIER.url,
        COURIER.url: None,
        REPRINT.url: COURIER.url,
    }
    assert drops(ruled) == {ECHO.url: None, HERALD.url: None, REPRINT.url: None}


def test_what_an_earlier_run_published_stays_the_original(newsroom: Newsroom) -> None:
    newsroom.run(ECHO)
    newsroom.run(COURIER, HERALD)
    assert newsroom.published() == {ECHO.url: None, COURIER.url: ECHO.url, HERALD.url: ECHO.url}


def test_a_copy_is_found_many_runs_later(newsroom: Newsroom) -> None:
    newsroom.run(COURIER)
    for number in range(3):
        newsroom.run(Page(f"https://herald.example/{number}", " ".join(words(10 + number)), DAY))
    newsroom.run(HERALD)
    assert newsroom.published()[HERALD.url] == COURIER.url


def test_of_undated_copies_the_first_by_address_is_the_original(newsroom: Newsroom) -> None:
    undated = [page._replace(date=None) for page in (HERALD, COURIER, ECHO)]
    newsroom.run(*undated)
    assert newsroom.published() == {HERALD.url: COURIER.url, COURIER.url: None, ECHO.url: COURIER.url}


def test_what_has_a_date_comes_before_what_has_none(newsroom: Newsroom) -> None:
    newsroom.run(COURIER._replace(date=None), ECHO)
    assert newsroom.published() == {COURIER.url: ECHO.url, ECHO.url: None}


def test_the_same_text_at_another_address_of_the_site_is_published_once(newsroom: Newsroom) -> None:
    again = COURIER._replace(url="https://www.courier.example/local/ferry", date=DAY + HOUR)
    assert newsroom.take(COURIER) is Standing.NEW
    assert newsroom.take(again) is Reason.DUPLICATE_TEXT
    newsroom.run()
    assert newsroom.published() == {COURIER.url: None}


def test_the_earlier_of_them_is_kept_though_it_came_later(newsroom: Newsroom) -> None:
    later = COURIER._replace(url="https://www.courier.example/local/ferry", date=DAY + HOUR)
    ruled = newsroom.run(later, COURIER)
    assert newsroom.published() == {COURIER.url: None}
    assert drops(ruled) == {later.url: Reason.DUPLICATE_TEXT}
    assert ruled[0].ruling.detail == f"the article {article_id(COURIER.url)} from {COURIER.url}"


# ---- the order does not matter -----------------------------------------------------------------------


AGAIN_AT_ECHO = ECHO._replace(url="https://echo.example/a/ferry", date=DAY - HOUR)
MANY = (
    COURIER,
    HERALD,
    ECHO,
    REPRINT,
    ALONE,
    AGAIN_AT_ECHO,
    HERALD._replace(url="https://x.example/", date=None),
)


@cache
def outcome(action: str, *runs: tuple[Page, ...]) -> dict[str, str | None]:
    config = msgspec.convert({"action": action}, DedupeConfig)
    with TemporaryDirectory() as folder, Store(Path(folder) / "state.db") as store:
        newsroom = Newsroom(store, config)
        for pages in runs:
            newsroom.run(*pages)
        return newsroom.published()


@pytest.mark.parametrize("action", ["link", "drop"])
@given(order=st.permutations(MANY))
@settings(max_examples=8)
def test_within_a_run_the_order_makes_no_difference(action: str, order: list[Page]) -> None:
    assert outcome(action, tuple(order)) == outcome(action, MANY)


@given(split=st.integers(0, len(MANY)), draw=st.randoms(use_true_random=False))
@settings(max_examples=6)
def test_nor_does_the_order_within_each_of_several_runs(split: int, draw: random.Random) -> None:
    first, second = list(MANY[:split]), list(MANY[split:])
    ought = outcome("link", tuple(first), tuple(second))
    draw.shuffle(first)
    draw.shuffle(second)
    assert outcome("link", tuple(first), tuple(second)) == ought


def test_an_article_is_never_its_own_copy_nor_that_of_a_copy() -> None:
    for action in ("link", "drop"):
        published = outcome(action, MANY[4:], MANY[:4])
        for url, original in published.items():
            assert original != url
            assert original is None or published[original] is None


@pytest.mark.parametrize("action", ["link", "drop"])
def test_a_run_that_is_killed_amid_it_is_taken_up_where_it_was(tmp_path: Path, action: str) -> None:
    config = msgspec.convert({"action": action}, DedupeConfig)
    for _ in range(len(MANY)):
        with Store(tmp_path / "state.db") as store:
            newsroom = Newsroom(store, config)
            if not newsroom.published():
                for page in MANY:
                    newsroom.take(page)
            next(newsroom.rule(most=1), None)
    with Store(tmp_path / "state.db") as store:
        assert Newsroom(store, config).published() == outcome(action, MANY)


# ---- drop and keep -----------------------------------------------------------------------------------


def test_with_drop_only_the_earliest_is_published(store: Store) -> None:
    newsroom = Newsroom(store, DedupeConfig(action="drop"))
    ruled = newsroom.run(REPRINT, HERALD, ALONE, COURIER)
    assert newsroom.published() == {ALONE.url: None, COURIER.url: None}
    assert drops(ruled) == {REPRINT.url: Reason.DUPLICATE_TEXT, HERALD.url: Reason.DUPLICATE_NEAR}
    named = f"the article {article_id(COURIER.url)} from {COURIER.url}"
    assert {one.ruling.detail for one in ruled} == {named}


def test_with_drop_a_reprint_of_an_earlier_run_is_not_even_stored(store: Store) -> None:
    newsroom = Newsroom(store, DedupeConfig(action="drop"))
    newsroom.run(COURIER)
    assert newsroom.take(REPRINT) is Reason.DUPLICATE_TEXT


def test_with_keep_all_are_published_and_none_is_linked(store: Store) -> None:
    newsroom = Newsroom(store, DedupeConfig(action="keep"))
    again = COURIER._replace(url="https://courier.example/again")
    assert newsroom.run(COURIER, HERALD, REPRINT, again) == []
    assert set(newsroom.published().values()) == {None}
    assert len(newsroom.published()) == 4


def test_what_was_stored_under_keep_is_still_known_word_for_word(store: Store) -> None:
    Newsroom(store, DedupeConfig(action="keep")).run(COURIER)
    newsroom = Newsroom(store, DedupeConfig())
    newsroom.run(REPRINT, HERALD)
    assert newsroom.published() == {COURIER.url: None, REPRINT.url: COURIER.url, HERALD.url: None}


def test_the_threshold_says_how_near_is_near(store: Store) -> None:
    newsroom = Newsroom(store, DedupeConfig(threshold=0.95))
    half = HERALD._replace(text=" ".join([*WIRE[:200], *words(5, 100)]))
    newsroom.run(COURIER, half, ECHO)
    assert newsroom.published() == {COURIER.url: None, half.url: None, ECHO.url: COURIER.url}


# ---- revisions ---------------------------------------------------------------------------------------


def test_white_space_and_punctuation_make_no_revision(newsroom: Newsroom) -> None:
    newsroom.run(COURIER)
    assert newsroom.take(COURIER._replace(text=STORY.replace(" w1", ",\n\nW1"))) is Standing.UNCHANGED


def test_a_changed_original_stays_one_and_is_known_by_its_new_text(newsroom: Newsroom) -> None:
    newsroom.run(COURIER, HERALD)
    rewritten = " ".join(words(7))
    newsroom.run(COURIER._replace(text=rewritten))
    newsroom.run(ECHO, Page("https://mirror.example/new", rewritten + " and more", DAY + 4 * HOUR))
    published = newsroom.published()
    assert published[COURIER.url] is None
    assert published["https://mirror.example/new"] == COURIER.url
    assert published[ECHO.url] is None  # what it was a copy of is no longer what the Courier says


def test_a_copy_that_becomes_a_story_of_its_own_is_linked_no_more(newsroom: Newsroom) -> None:
    newsroom.run(COURIER, HERALD)
    newsroom.run(HERALD._replace(text=OTHER))
    newsroom.run(Page("https://mirror.example/other", OTHER + " too", DAY + 4 * HOUR))
    assert newsroom.published() == {
        COURIER.url: None,
        HERALD.url: None,
        "https://mirror.example/other": HERALD.url,
    }


def test_a_revision_is_ruled_on_before_what_is_new(newsroom: Newsroom) -> None:
    newsroom.run(Page(COURIER.url, OTHER, DAY + 5 * HOUR))
    newsroom.run(HERALD, Page(COURIER.url, STORY, DAY + 5 * HOUR))
    assert newsroom.published() == {COURIER.url: None, HERALD.url: COURIER.url}


@pytest.mark.parametrize("action", ["link", "drop"])
def test_two_revisions_in_one_run_are_one_article(store: Store, action: str) -> None:
    newsroom = Newsroom(store, msgspec.convert({"action": action}, DedupeConfig))
    newsroom.run(COURIER, COURIER._replace(text=OWN_LEAD))
    assert newsroom.published() == {COURIER.url: None}
    newsroom.run(Page("https://mirror.example/lead", " ".join(words(2, 30) + WIRE[:100]), DAY))
    known = {"link": COURIER.url, "drop": None}[action]
    assert newsroom.published().get("https://mirror.example/lead") == known


def test_with_drop_a_revision_of_what_is_published_is_never_dropped(store: Store) -> None:
    newsroom = Newsroom(store, DedupeConfig(action="drop"))
    newsroom.run(COURIER, ALONE)
    ruled = newsroom.run(ALONE._replace(text=CUT))
    assert ruled == []
    assert newsroom.published() == {COURIER.url: None, ALONE.url: None}
    assert newsroom.store.articles.known_id(article_id(ALONE.url)).revision == 2  # type: ignore[union-attr]
