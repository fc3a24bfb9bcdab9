"""`process_page`: an outcome for whatever bytes come in, and records that hold what they promise."""

import random
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper import Article, Drop, extract_article
from scraper.backends import work
from scraper.config import CleanConfig, ExtractConfig
from scraper.dedupe import article_id
from scraper.page import PageOptions, process_page
from scraper.records import Link, Page, Reason, SourceType

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PARAGRAPHS = """\
The council met on Tuesday evening to discuss the repair of the sea wall, which was damaged in the storms
 of last winter and has been closed to walkers since February.
Members agreed by nine votes to four that the work should start in the spring, when the tides are lower and
 the harbour is less busy than it is in the summer months.
“We have waited long enough,” said the chairman, who owns a café on the promenade and has counted eleven
 weekends without a single guest.
The cost is put at two million, of which the county pays half; the rest comes from the reserve that was set
 aside for the new bus station.""".replace("\n ", " ").split("\n")
PIECES = [
    *(f"<{tag}>" for tag in "div p table tr td li ul br h1 article style b pre svg math figure".split()),
    *(f"</{tag}>" for tag in "div p table ul h1 article script a blockquote".split()),
    "<h2 class='title'>",
    "<a href='/x'>",
    "<main class='content'>",
    "<script type='application/ld+json'>{'@type':'NewsArticle',",
    "<span id=comments>",
    "<time datetime='2026-13-45'>",
    "<meta property=og:title content='x",
    "<!--",
    "-->",
    "&amp;",
    "&#0;",
    "&nbsp;",
    "\u200b",
    "\x00",
    *PARAGRAPHS,
]


def page_of(*paragraphs: str, head: str = "", title: str = "Council agrees to mend the sea wall") -> str:
    body = "\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html lang='en'><head><title>{title}</title>{head}</head><body>"
        f"<nav><a href='/'>Home</a> <a href='/news'>News</a></nav><article><h1>{title}</h1>{body}</article>"
        "<footer>Copyright</footer></body></html>"
    )


def extracted(html: str | bytes, url: str | None = "https://courier.example/news/sea-wall") -> Article:
    outcome = extract_article(html, url, date_crawled=NOW)
    assert isinstance(outcome, Article), outcome
    return outcome


@given(st.binary(max_size=2_000))
@settings(max_examples=150, deadline=None)
def test_any_bytes_have_an_outcome(body: bytes) -> None:
    assert isinstance(extract_article(body, "https://courier.example/a"), Article | Drop)


@given(st.lists(st.sampled_from(PIECES), max_size=120))
@settings(max_examples=150, deadline=None)
def test_any_soup_of_tags_has_an_outcome(pieces: list[str]) -> None:
    assert isinstance(extract_article("".join(pieces), "https://courier.example/a"), Article | Drop)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 100_000 + PARAGRAPHS[0],
        "<b>" * 30_000 + PARAGRAPHS[0],
        "<p>x</p>" * 100_000,
        "<p>" + "word " * 400_000,
        f"<div class='{'x ' * 500_000}'>{PARAGRAPHS[0]}</div>",
        "<table>" * 3_000 + PARAGRAPHS[0],
        "<ul>" + "<li><a href='/a'>A headline of some length</a></li>" * 30_000,
        "<script type='application/ld+json'>" + "[" * 100_000 + "</script>",
        "<script type='application/ld+json'>" + '{"a":' * 50_000 + "NaN" + "</script>",
        "<br>" * 200_000 + PARAGRAPHS[0],
    ],
    ids=[
        "deep",
        "deep inline",
        "many",
        "long",
        "attribute",
        "tables",
        "links",
        "json",
        "json objects",
        "breaks",
    ],
)
def test_a_hostile_page_has_an_outcome_that_is_no_fault_of_ours(html: str) -> None:
    page = Page(url="https://courier.example/a", body=html.encode(), fetched_at=NOW)
    outcome = work(page, PageOptions(), ())
    assert not isinstance(outcome, Drop) or outcome.reason is not Reason.PAGE_FAILED, outcome


def test_the_same_page_gives_the_same_article() -> None:
    html = page_of(*PARAGRAPHS)
    assert extracted(html) == extracted(html)


def test_text_is_the_paragraphs_joined_by_blank_lines() -> None:
    article = extracted(page_of(*PARAGRAPHS))
    assert [paragraph.text for paragraph in article.paragraphs] == PARAGRAPHS
    assert article.text == "\n\n".join(PARAGRAPHS)
    assert article.word_count == sum(len(paragraph.split()) for paragraph in PARAGRAPHS)


def test_words_of_the_record_steer_no_terminal() -> None:
    head = "<meta name=description content='A\x1b[31m wall,\u202e mended'>"
    head += "<meta property=article:tag content='Se\xada'>"
    article = extracted(page_of(*PARAGRAPHS, head=head, title="Council\x07 agrees\u202e to mend\u200b it"))
    assert (article.title, article.description) == ("Council agrees to mend it", "A[31m wall, mended")
    assert article.tags == ("Sea",)


def test_every_key_of_the_record_is_in_its_json() -> None:
    record = msgspec.json.decode(msgspec.json.encode(extracted(page_of(*PARAGRAPHS))))
    assert set(record) == set(Article.__struct_fields__)


def test_identity_is_the_canonical_address() -> None:
    head = "<link rel='canonical' href='https://courier.example/2026/sea-wall'>"
    one = extracted(page_of(*PARAGRAPHS, head=head), "https://courier.example/2026/sea-wall?ref=front")
    other = extracted(page_of(*PARAGRAPHS, head=head), "https://courier.example/amp/sea-wall")
    assert one.id == other.id == article_id("https://courier.example/2026/sea-wall")


def test_a_stored_page_without_address_goes_by_its_own() -> None:
    head = "<link rel='canonical' href='https://courier.example/2026/sea-wall'>"
    article = extracted(page_of(*PARAGRAPHS, head=head), None)
    assert article.url == "https://courier.example/2026/sea-wall"
    assert article.hostname == "courier.example"


def test_bytes_are_decoded_as_the_page_declares() -> None:
    html = page_of(*PARAGRAPHS, head="<meta charset='windows-1252'>")
    assert "café on the promenade" in extracted(html.encode("cp1252")).text


def test_what_the_page_lacks_comes_with_the_link() -> None:
    link = Link(
        url="https://courier.example/a",
        key="https://courier.example/a",
        source="courier",
        source_type=SourceType.RSS,
        source_url="https://courier.example/feed.xml",
        authors=("Ida Marlow",),
        date_published=NOW,
    )
    page = Page(url=link.url, body=page_of(*PARAGRAPHS).encode(), fetched_at=NOW, link=link, status=200)
    outcome = process_page(page, PageOptions())
    assert isinstance(outcome, Article)
    assert outcome.authors == ("Ida Marlow",)
    assert outcome.date_published == NOW
    assert outcome.date_source == "feed"
    assert outcome.source_type == "rss"


def test_removals_are_listed_when_asked_for() -> None:
    html = page_of(*PARAGRAPHS[:2], "Sign up for our daily newsletter", *PARAGRAPHS[2:])
    options = PageOptions(clean=CleanConfig(removed=True))
    outcome = process_page(Page(url="https://a.example/b", body=html.encode(), fetched_at=NOW), options)
    assert isinstance(outcome, Article)
    assert outcome.removed is not None
    assert "newsletter" not in outcome.text
    assert extracted(html).removed is None


def test_a_page_under_an_error_status_is_the_error_unless_it_is_a_wall() -> None:
    page = Page(url="https://a.example/b", body=page_of(*PARAGRAPHS).encode(), fetched_at=NOW, status=403)
    outcome = process_page(page, PageOptions())
    assert isinstance(outcome, Drop)
    assert outcome.reason is Reason.CLIENT_ERROR


def test_a_text_below_the_least_number_of_words_is_dropped() -> None:
    page = Page(url="https://a.example/b", body=page_of(PARAGRAPHS[0]).encode(), fetched_at=NOW)
    assert isinstance(process_page(page, PageOptions()), Article)
    outcome = process_page(page, PageOptions(extract=ExtractConfig(min_words=60)))
    assert isinstance(outcome, Drop)
    assert outcome.reason is Reason.TOO_SHORT


def test_lines_made_by_breaks_stay_lines_and_are_judged_each_by_itself() -> None:
    verse = ("The wall was built by hand and stone", "and those who built it went alone", "to where the tide")
    glued = f"{PARAGRAPHS[1]}<br>Sign up for our daily newsletter"
    article = extracted(page_of(PARAGRAPHS[0], "<br>\n".join(verse), glued, *PARAGRAPHS[2:]))

    assert [paragraph.text for paragraph in article.paragraphs] == [
        PARAGRAPHS[0],
        "\n".join(verse),
        *PARAGRAPHS[1:],
    ]
    assert article.text == "\n\n".join(paragraph.text for paragraph in article.paragraphs)


def test_words_on_either_side_of_a_break_or_an_inline_tag_stay_as_they_are() -> None:
    rng = random.Random(7)  # noqa: S311 - the same page each time
    words = [f"word{number}" for number in range(120)]
    marked = [f"<b>{w[:3]}</b>{w[3:]}" if rng.random() < 0.3 else w for w in words]
    html = page_of(" ".join(marked[:60]).replace(" word30", "<br>word30"), " ".join(marked[60:]), *PARAGRAPHS)
    text = extracted(html).text.split()
    assert [word for word in words if word not in text] == []
