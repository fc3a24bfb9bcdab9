"""The demo newspaper: what stands where, in which edition, and how it answers."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.robotparser import RobotFileParser

import feedparser  # type: ignore[import-untyped]
import httpx
import pytest

from scraper.demo import DemoSite
from scraper.demo.site import ARTICLE, ENTRIES, MISSING, TRACKED
from scraper.records import Reason

EXPECTED_TEXTS = Path(__file__).parent / "demo_expected"


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite() as running:
        yield running


@pytest.fixture
def client(site: DemoSite) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, trust_env=False) as opened:
        yield opened


def paths_in(text: str, site: DemoSite) -> set[str]:
    return set(re.findall(re.escape(site.url) + r"(/[^<\s\"]*)", text))


def test_every_address_answers_with_the_status_that_its_ending_implies(
    site: DemoSite, client: httpx.Client
) -> None:
    for path, ending in site.expected.items():
        status = client.get(path).status_code
        assert status == (404 if ending == Reason.NOT_FOUND else 200), path


def test_endings_are_article_or_a_reason_and_every_promised_kind_is_there(site: DemoSite) -> None:
    endings = list(site.expected.values())
    assert endings.count(ARTICLE) == 7
    assert set(endings) == {
        ARTICLE,
        Reason.DUPLICATE_TEXT,
        Reason.PAYWALL_STUB,
        Reason.CONSENT_WALL,
        Reason.CHALLENGE,
        Reason.LISTING,
        Reason.NOT_FOUND,
        Reason.ROBOTS_DENIED,
    }


def test_feed_and_sitemaps_name_every_address_and_no_other(site: DemoSite, client: httpx.Client) -> None:
    feed = feedparser.parse(client.get("/feed.xml").content)
    links = [entry.link.removeprefix(site.url) for entry in feed.entries]
    announced = {link.partition("?")[0].partition("#")[0] for link in links}
    news = paths_in(client.get("/news-sitemap.xml").text, site)
    assert announced | news == set(site.expected)
    assert MISSING in announced
    assert news - announced == {"/ja/20261108-renrakusen.html"}
    assert any(link.startswith(TRACKED) for link in links)


def test_feed_entries_carry_date_and_author(client: httpx.Client) -> None:
    feed = feedparser.parse(client.get("/feed.xml").content)
    assert not feed.bozo
    assert all(entry.published_parsed and entry.author for entry in feed.entries)


def test_the_original_of_a_duplicate_is_announced_first(site: DemoSite, client: httpx.Client) -> None:
    feed = feedparser.parse(client.get("/feed.xml").content)
    links = [entry.link.removeprefix(site.url) for entry in feed.entries]
    original = links.index("/2026/11/12/harbour-crane-returns/")
    assert original < links.index("/partners/coastal-wire/crane-comes-home")


def test_robots_txt_denies_exactly_the_private_address(site: DemoSite, client: httpx.Client) -> None:
    robots = RobotFileParser()
    robots.parse(client.get("/robots.txt").text.splitlines())
    denied = {path for path in site.expected if not robots.can_fetch("news-scraper", site.url + path)}
    assert denied == {"/private/editors-notes"}
    assert robots.site_maps() == [f"{site.url}/sitemap.xml", f"{site.url}/news-sitemap.xml"]


def test_the_sitemap_index_names_the_news_sitemap(site: DemoSite, client: httpx.Client) -> None:
    assert paths_in(client.get("/sitemap.xml").text, site) == {"/news-sitemap.xml"}


def test_no_placeholder_is_left_in_any_answer(site: DemoSite, client: httpx.Client) -> None:
    for edition in (1, 2):
        site.edition = edition
        for path in ENTRIES:
            assert b"{{" not in client.get(path).content, path


def test_articles_hold_their_expected_text_and_other_pages_none(site: DemoSite, client: httpx.Client) -> None:
    for edition, expected in ((1, site.expected), (2, site.expected_second)):
        site.edition = edition
        for path, ending in expected.items():
            if ending != ARTICLE:
                continue
            raw = client.get(path)
            markup = raw.content.decode("cp1252" if path.endswith("lighthouse.html") else "utf-8")
            visible = " ".join(re.sub(r"<[^>]+>", "", markup.replace("<BR>", "\n")).split())
            for line in expected_text(path, edition).splitlines():
                assert line in visible, (path, line)


def expected_text(path: str, edition: int) -> str:
    """One paragraph a line."""
    name = Path(ENTRIES[path].file).with_suffix(".txt")
    second = EXPECTED_TEXTS / "second" / name
    if edition == 2 and second.exists():
        return second.read_text(encoding="utf-8")
    return (EXPECTED_TEXTS / name).read_text(encoding="utf-8")


def test_an_unchanged_page_is_answered_with_304(site: DemoSite, client: httpx.Client) -> None:
    path = "/science/upper-wend-reservoir"
    first = client.get(path)
    by_tag = client.get(path, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    by_date = client.get(path, headers={"If-Modified-Since": first.headers["last-modified"]})
    assert (by_tag.status_code, by_tag.content) == (304, b"")
    assert by_date.status_code == 304
    assert site.requests == [("GET", path, 200), ("GET", path, 304), ("GET", path, 304)]


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": '"other"'},
        {"If-Modified-Since": "yesterday"},
        {"If-Modified-Since": "Sat, 01 Nov 2025 00:00:00 -0000"},
        {"If-None-Match": '"other"', "If-Modified-Since": "Sun, 15 Nov 2026 00:00:00 GMT"},
    ],
)
def test_a_condition_that_does_not_hold_gets_the_page(client: httpx.Client, headers: dict[str, str]) -> None:
    assert client.get("/science/upper-wend-reservoir", headers=headers).status_code == 200


def test_the_second_edition_changes_one_article_and_adds_one(site: DemoSite, client: httpx.Client) -> None:
    tags = {path: client.get(path).headers.get("etag") for path in ENTRIES}
    feed = client.get("/feed.xml").text
    site.edition = 2
    changed = {path for path in ENTRIES if client.get(path).headers.get("etag") != tags[path]}
    assert changed == site.changed | {"/", "/feed.xml", "/sitemap.xml", "/news-sitemap.xml"}
    assert set(site.expected_second) - set(site.expected) == {"/business/electric-pilot-boat-15402"}
    assert "2026-11-15T07:45:00Z" not in feed
    assert "2026-11-15T07:45:00Z" in client.get("/feed.xml").text
    assert "2026-11-15T07:45:00+00:00" in client.get("/news-sitemap.xml").text


def test_the_new_article_is_missing_from_the_first_edition(client: httpx.Client) -> None:
    assert client.get("/business/electric-pilot-boat-15402").status_code == 404


def test_there_are_two_editions(site: DemoSite) -> None:
    with pytest.raises(ValueError, match="no edition 3"):
        site.edition = 3
    assert site.edition == 1


def test_answers_are_compressed_only_for_those_who_accept_it(client: httpx.Client) -> None:
    packed = client.get("/", headers={"Accept-Encoding": "gzip, br"})
    plain = client.get("/", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text


def test_head_gives_the_headers_alone(site: DemoSite, client: httpx.Client) -> None:
    answer = client.head("/")
    assert int(answer.headers["content-length"]) > 0
    assert answer.content == b""
    assert site.requests == [("HEAD", "/", 200)]


def test_two_sites_run_side_by_side() -> None:
    with DemoSite() as one, DemoSite() as other:
        assert one.url != other.url
        assert other.url in httpx.get(other.url, trust_env=False).text


def test_the_site_is_gone_when_the_context_ends() -> None:
    with DemoSite() as site, httpx.Client(base_url=site.url, trust_env=False) as client:
        client.get("/")
    with pytest.raises(httpx.ConnectError):
        httpx.get(site.url, trust_env=False)
