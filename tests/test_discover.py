"""From a configured source to links."""

# ruff: noqa: E501 - small answers of the web are read more easily on one line

import asyncio
import gzip
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.config import SourceConfig
from scraper.discover import DiscoverLimits, Document, discover
from scraper.errors import InputError
from scraper.records import Drop, Link, NotModified, Page, Reason, SourceType, Stage
from scraper.web.urls import canonicalise

SITE = "https://gazette.example"
NOW = datetime(2024, 5, 7, tzinfo=UTC)


class Web:
    """A small web: texts by address, all else not found; remembers what it was asked for."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = {address if "://" in address else SITE + address: a for address, a in answers.items()}
        self.asked: list[str] = []

    async def get(self, url: str) -> Page | NotModified | Drop:
        self.asked.append(url.removeprefix(SITE))
        answer = self.answers.get(url, Reason.NOT_FOUND)
        if isinstance(answer, Reason):
            return Drop(url=url, stage=Stage.FETCH, reason=answer)
        if isinstance(answer, str | bytes):
            body = answer.encode() if isinstance(answer, str) else answer
            return Page(url=url, requested_url=url, body=body, fetched_at=NOW, etag='"1"')
        assert isinstance(answer, Page | NotModified)
        return answer


def read(web: Web, *, limits: DiscoverLimits | None = None, **source: Any) -> list[Document]:
    async def collected() -> list[Document]:
        config = SourceConfig(name="gazette", **source)
        return [document async for document in discover(config, web.get, limits=limits)]

    return asyncio.run(collected())


def links(documents: list[Document]) -> list[Link]:
    return [link for document in documents for link in document.links]


def paths(documents: list[Document]) -> list[str]:
    return [link.url.removeprefix(SITE) for link in links(documents)]


def rss(*found: str, dates: Mapping[str, str] | None = None) -> str:
    items = "".join(
        f"<item><title>Of {url}</title><link>{url}</link><pubDate>{(dates or {}).get(url, '')}</pubDate></item>"
        for url in found
    )
    return f'<rss version="2.0"><channel><title>G</title>{items}</channel></rss>'


def urlset(*found: str) -> str:
    return "<urlset>" + "".join(f"<url><loc>{url}</loc></url>" for url in found) + "</urlset>"


def index(*found: str, **lastmod: str) -> str:
    files = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in found)
    dated = "".join(
        f"<sitemap><loc>/{name}.xml</loc><lastmod>{when}</lastmod></sitemap>"
        for name, when in lastmod.items()
    )
    return f"<sitemapindex>{files}{dated}</sitemapindex>"


def anchors(*found: str) -> str:
    return "<html><body>" + "".join(f'<a href="{url}">x</a>' for url in found) + "</body></html>"


def test_a_feed_s_links_carry_what_it_says_of_them() -> None:
    web = Web({"/feed": rss("/a", dates={"/a": "Mon, 06 May 2024 08:00:00 GMT"})})
    (document,) = read(web, feeds=(f"{SITE}/feed",))
    assert document.kind == "feed"
    assert document.page is not None
    assert document.page.etag == '"1"'
    assert document.links == (
        Link(
            url=f"{SITE}/a",
            key=f"{SITE}/a",
            source="gazette",
            source_type=SourceType.RSS,
            source_url=f"{SITE}/feed",
            title="Of /a",
            date_published=datetime(2024, 5, 6, 8, tzinfo=UTC),
        ),
    )


def test_a_link_is_given_once_by_the_document_that_tells_most() -> None:
    web = Web(
        {
            "/section": anchors("/2024/05/06/ferry", "/2024/05/06/plan", "/2024/05/06/cup"),
            "/sitemap.xml": urlset("/2024/05/06/ferry#top", "/2024/05/06/plan"),
            "/feed": rss("/2024/05/06/ferry?utm_source=rss", "/2024/05/06/ferry"),
        }
    )
    found = links(
        read(web, sections=(f"{SITE}/section",), sitemaps=(f"{SITE}/sitemap.xml",), feeds=(f"{SITE}/feed",))
    )
    assert [(link.key.removeprefix(SITE), link.source_type) for link in found] == [
        ("/2024/05/06/ferry", SourceType.RSS),
        ("/2024/05/06/plan", SourceType.SITEMAP),
        ("/2024/05/06/cup", SourceType.LINK),
    ]


def test_a_document_that_did_not_change_has_no_links() -> None:
    unchanged = NotModified(url=f"{SITE}/x")
    web = Web({"/feed": unchanged, "/sitemap.xml": unchanged, "/section": unchanged})
    documents = read(
        web, feeds=(f"{SITE}/feed",), sitemaps=(f"{SITE}/sitemap.xml",), sections=(f"{SITE}/section",)
    )
    assert [(d.kind, d.not_modified, d.links, d.error) for d in documents] == [
        (kind, True, (), None) for kind in ("feed", "sitemap", "section")
    ]


def test_a_document_that_cannot_be_had_or_read_says_why_and_the_others_are_read() -> None:
    web = Web(
        {
            "/feed": "<html><body>Gone</body></html>",
            "/map.xml": "nothing",
            "/section": anchors("/2024/05/06/a"),
        }
    )
    documents = read(
        web,
        feeds=(f"{SITE}/missing", f"{SITE}/feed"),
        sitemaps=(f"{SITE}/map.xml",),
        sections=(f"{SITE}/nowhere", f"{SITE}/section"),
    )
    assert [(d.url.removeprefix(SITE), d.error and d.error.reason) for d in documents] == [
        ("/missing", Reason.NOT_FOUND),
        ("/feed", Reason.UNREADABLE),
        ("/map.xml", Reason.UNREADABLE),
        ("/nowhere", Reason.NOT_FOUND),
        ("/section", None),
    ]
    assert all(d.page is None for d in documents if d.error)
    assert paths(documents) == ["/2024/05/06/a"]


def test_a_sitemap_among_the_feeds_and_a_feed_among_the_sitemaps_are_read_as_what_they_are() -> None:
    web = Web({"/feed": urlset("/a"), "/map.xml": rss("/b")})
    found = links(read(web, feeds=(f"{SITE}/feed",), sitemaps=(f"{SITE}/map.xml",)))
    assert [(link.url.removeprefix(SITE), link.source_type) for link in found] == [
        ("/a", SourceType.SITEMAP),
        ("/b", SourceType.RSS),
    ]


@pytest.mark.parametrize(
    ("rules", "kept", "reason"),
    [
        ({"include": ("/news/", "/sea/")}, ["/news/1", "/sea/1"], Reason.EXCLUDED),
        ({"exclude": ("^https://gazette.example/(sea|sport)/",)}, ["/news/1"], Reason.EXCLUDED),
        ({"include": ("/",), "exclude": (r"\d$",)}, [], Reason.EXCLUDED),
        ({"since": datetime(2024, 5, 6, tzinfo=UTC)}, ["/news/1", "/sea/1"], Reason.TOO_OLD),
    ],
)
def test_links_that_the_configuration_leaves_out_are_told(
    rules: dict[str, Any], kept: list[str], reason: Reason
) -> None:
    dates = {"/news/1": "2024-05-06T00:00:00Z", "/sport/1": "2024-05-05T23:59:59Z"}
    web = Web({"/feed": rss("/news/1", "/sea/1", "/sport/1", dates=dates)})
    (document,) = read(web, feeds=(f"{SITE}/feed",), **rules)
    assert paths([document]) == kept
    assert {drop.url.removeprefix(SITE) for drop in document.drops} == {
        "/news/1",
        "/sea/1",
        "/sport/1",
    } - set(kept)
    assert {(drop.stage, drop.reason) for drop in document.drops} == {(Stage.DISCOVER, reason)}


def test_a_link_that_is_left_out_is_told_once() -> None:
    web = Web({"/feed": rss("/a", "/a#x"), "/map.xml": urlset("/a")})
    documents = read(web, feeds=(f"{SITE}/feed",), sitemaps=(f"{SITE}/map.xml",), exclude=("/a",))
    assert [len(d.drops) for d in documents] == [1, 0]


def test_without_a_publication_date_the_last_change_decides_about_age() -> None:
    web = Web(
        {
            "/map.xml": "<urlset><url><loc>/old</loc><lastmod>2023</lastmod></url><url><loc>/a</loc></url></urlset>"
        }
    )
    assert paths(read(web, sitemaps=(f"{SITE}/map.xml",), since=datetime(2024, 1, 1, tzinfo=UTC))) == ["/a"]


def test_the_operator_s_list_is_taken_as_it_is() -> None:
    found = (f"{SITE}/about", f"{SITE}/a", "not an address", f"{SITE}/a#b", "ftp://gazette.example/x")
    (document,) = read(
        Web({}), urls=found, include=("nothing",), exclude=("a",), since=datetime(2024, 5, 6, tzinfo=UTC)
    )
    assert document.kind == "list"
    assert [(link.url, link.source_type) for link in document.links] == [
        (f"{SITE}/about", SourceType.LIST),
        (f"{SITE}/a", SourceType.LIST),
    ]
    assert [(drop.url, drop.reason) for drop in document.drops] == [
        ("not an address", Reason.INVALID_URL),
        ("ftp://gazette.example/x", Reason.INVALID_URL),
    ]


def test_a_file_of_addresses_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "urls.txt"
    path.write_text(
        "\ufeffhttps://gazette.example/0\n\n# a comment\n  https://gazette.example/0  \n"
        + "".join(f"{SITE}/{number}\r\n" for number in range(1, 25)),
        encoding="utf-8",
    )
    documents = read(Web({}), urls=str(path), limits=DiscoverLimits(list_chunk=10))
    assert [len(d.links) for d in documents] == [9, 10, 6]
    assert {d.url for d in documents} == {str(path)}
    assert paths(documents) == [f"/{number}" for number in range(25)]


def test_a_file_of_addresses_that_is_not_there_is_the_operator_s_fault(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.txt: cannot be read"):
        read(Web({}), urls=str(tmp_path / "missing.txt"))


def test_beyond_what_is_kept_in_mind_a_repetition_is_left_to_the_state() -> None:
    found = tuple(f"{SITE}/{number % 4}" for number in range(8))
    limits = DiscoverLimits(list_chunk=4, max_remembered=2)
    given = paths(read(Web({}), urls=found, limits=limits))
    assert set(given) == {"/0", "/1", "/2", "/3"}
    assert len(given) == 4 + 2


def test_an_index_is_followed_news_first_then_the_newest() -> None:
    web = Web(
        {
            "/index.xml": index(
                "/news.xml",
                "/maps.xml.gz",
                old="2023-01-01",
                new="2024-05-01",
                **{"tag-sitemap": "2024-05-06"},
            ),
            "/news.xml": urlset("/n"),
            "/maps.xml.gz": gzip.compress(index("/deep.xml").encode()),
            "/deep.xml": urlset("/d"),
            "/old.xml": urlset("/o"),
            "/new.xml": urlset("/w"),
        }
    )
    documents = read(web, sitemaps=(f"{SITE}/index.xml",))
    assert paths(documents) == ["/n", "/w", "/o", "/d"]
    assert web.asked == ["/index.xml", "/news.xml", "/new.xml", "/old.xml", "/maps.xml.gz", "/deep.xml"]


def test_an_index_keeps_no_validators_as_its_files_change_without_it() -> None:
    web = Web({"/index.xml": index("/map.xml"), "/map.xml": urlset("/a")})
    documents = read(web, sitemaps=(f"{SITE}/index.xml",))
    assert [(d.url.removeprefix(SITE), d.page is not None) for d in documents] == [
        ("/index.xml", False),
        ("/map.xml", True),
    ]


def test_files_of_an_index_that_did_not_change_since_are_not_asked_for() -> None:
    web = Web({"/index.xml": index(old="2023-01-01", new="2024-05-01"), "/new.xml": urlset("/a")})
    read(web, sitemaps=(f"{SITE}/index.xml",), since=datetime(2024, 1, 1, tzinfo=UTC))
    assert web.asked == ["/index.xml", "/new.xml"]


def test_indexes_that_name_each_other_or_never_end_are_left_in_time() -> None:
    ring = Web({"/a.xml": index("/b.xml", "/a.xml"), "/b.xml": index("/a.xml", "/b.xml")})
    read(ring, sitemaps=(f"{SITE}/a.xml",))
    assert ring.asked == ["/a.xml", "/b.xml"]
    chain = Web({f"/{number}.xml": index(f"/{number + 1}.xml") for number in range(20)})
    read(chain, sitemaps=(f"{SITE}/0.xml",))
    assert chain.asked == ["/0.xml", "/1.xml", "/2.xml", "/3.xml"]
    wide = Web({"/0.xml": index(*(f"/{number}.xml" for number in range(1, 200)))})
    read(wide, sitemaps=(f"{SITE}/0.xml",), limits=DiscoverLimits(max_sitemaps=7))
    assert len(wide.asked) == 7


def test_an_index_leads_to_another_site_only_where_robots_txt_names_the_file() -> None:
    web = Web(
        {
            "/": anchors(),
            "/robots.txt": f"Sitemap: {SITE}/index.xml\nSitemap: https://maps.example/ours.xml",
            "/index.xml": index(
                "https://maps.example/ours.xml",
                "https://maps.example/theirs.xml",
                "https://m.gazette.example/m.xml",
            ),
            "https://maps.example/ours.xml": urlset(f"{SITE}/a"),
            "https://m.gazette.example/m.xml": urlset(f"{SITE}/b"),
        }
    )
    assert paths(read(web, site=f"{SITE}/")) == ["/a", "/b"]
    assert "https://maps.example/theirs.xml" not in web.asked


def test_a_site_gives_its_declared_feeds_its_sitemaps_and_the_links_of_its_home_page() -> None:
    web = Web(
        {
            "/": '<link rel="alternate" type="application/rss+xml" href="/rss/all">'
            + anchors("/2024/05/06/front", "/sea/", "/2024/05/06/a"),
            "/robots.txt": "User-agent: *\nDisallow:\nSitemap: /relative.xml\nSITEMAP: https://gazette.example/map.xml",
            "/rss/all": rss("/2024/05/06/a"),
            "/map.xml": urlset("/2024/05/06/b"),
        }
    )
    documents = read(web, site=f"{SITE}/")
    assert [(d.kind, d.url.removeprefix(SITE), paths([d])) for d in documents] == [
        ("feed", "/rss/all", ["/2024/05/06/a"]),
        ("sitemap", "/map.xml", ["/2024/05/06/b"]),
        ("site", "/", ["/2024/05/06/front"]),
    ]
    assert web.asked == ["/", "/robots.txt", "/rss/all", "/map.xml"]
    assert documents[-1].page is None


def test_the_usual_places_are_tried_until_one_is_a_feed_and_one_a_sitemap() -> None:
    web = Web(
        {
            "/": anchors(),
            "/feed": "<html><body>Everything but a feed</body></html>",
            "/rss.xml": rss("/a"),
            "/feed.xml": rss("/never"),
            "/sitemap.xml": index("/map.xml"),
            "/map.xml": urlset("/b"),
        }
    )
    documents = read(web, site=f"{SITE}/")
    assert [(d.kind, d.url.removeprefix(SITE)) for d in documents] == [
        ("feed", "/rss.xml"),
        ("sitemap", "/sitemap.xml"),
        ("sitemap", "/map.xml"),
        ("site", "/"),
    ]
    assert paths(documents) == ["/a", "/b"]
    assert web.asked.count("/sitemap.xml") == 1
    assert "/feed.xml" not in web.asked


def test_a_usual_place_that_did_not_change_is_found_again() -> None:
    web = Web(
        {
            "/": anchors(),
            "/feed": NotModified(url=f"{SITE}/feed"),
            "/sitemap.xml": NotModified(url=f"{SITE}/s"),
        }
    )
    documents = read(web, site=f"{SITE}/")
    assert [(d.kind, d.not_modified) for d in documents] == [
        ("feed", True),
        ("sitemap", True),
        ("site", False),
    ]


@pytest.mark.parametrize("trouble", [Reason.HOST_UNAVAILABLE, Reason.RATE_LIMITED, Reason.ROBOTS_DENIED])
def test_a_site_in_trouble_is_asked_no_further(trouble: Reason) -> None:
    web = Web({"/": trouble})
    (document,) = read(web, site=f"{SITE}/")
    assert document.kind == "site"
    assert document.error is not None
    assert document.error.reason is trouble
    assert web.asked == ["/"]


def test_guessing_ends_when_the_host_gets_into_trouble() -> None:
    web = Web({"/": anchors(), "/feed/": Reason.RATE_LIMITED, "/news-sitemap.xml": Reason.SERVER_ERROR})
    read(web, site=f"{SITE}/")
    assert web.asked == ["/", "/robots.txt", "/feed", "/feed/", "/news-sitemap.xml"]


def test_nothing_is_guessed_where_the_operator_names_a_feed_and_a_sitemap() -> None:
    web = Web({"/": anchors(), "/f": rss("/a"), "/s": urlset("/b")})
    read(web, site=f"{SITE}/", feeds=(f"{SITE}/f",), sitemaps=(f"{SITE}/s",))
    assert web.asked == ["/", "/robots.txt", "/f", "/s"]


def test_a_home_page_that_moved_is_read_where_it_is() -> None:
    moved = Page(
        url="https://www.gazette.example/en/",
        requested_url=f"{SITE}/",
        body=anchors("2024/05/06/ferry").encode(),
        fetched_at=NOW,
    )
    web = Web({"/": moved, "https://www.gazette.example/rss": rss("/a")})
    documents = read(web, site=f"{SITE}/")
    assert [link.url for link in links(documents)] == [
        "https://www.gazette.example/a",
        "https://www.gazette.example/en/2024/05/06/ferry",
    ]
    assert documents[-1].url == f"{SITE}/"


def test_an_address_that_is_named_twice_is_asked_for_once() -> None:
    web = Web({"/": '<link rel="alternate" type="application/rss+xml" href="/f">', "/f": rss("/a")})
    read(
        web,
        site=f"{SITE}/",
        feeds=(f"{SITE}/f", f"{SITE}/f"),
        sections=(f"{SITE}/",),
        sitemaps=(f"{SITE}/s",),
    )
    assert web.asked == ["/", "/robots.txt", "/f", "/s"]


BODIES: list[Callable[[bytes], bytes]] = [
    lambda raw: raw,
    lambda raw: b"<rss><channel><item><link>" + raw,
    lambda raw: b"<urlset><url><loc>/" + raw,
    lambda raw: b"<sitemapindex><sitemap><loc>/a.xml" + raw,
    lambda raw: b'<html><base href="' + raw + b'"><a href="' + raw + b'">',
]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(BODIES))
def test_whatever_the_web_answers_the_source_is_read_to_its_end(
    raw: bytes, shape: Callable[[bytes], bytes]
) -> None:
    body = shape(raw)
    web = Web(dict.fromkeys(["/", "/robots.txt", "/f", "/s", "/c"], body))
    documents = read(
        web,
        site=f"{SITE}/",
        feeds=(f"{SITE}/f",),
        sitemaps=(f"{SITE}/s",),
        sections=(f"{SITE}/c",),
        urls=(f"{SITE}/last-of-all",),
    )
    assert documents[-1].kind == "list"
    keys = [link.key for link in links(documents)]
    assert len(keys) == len(set(keys))
    assert all(canonicalise(key) == key for key in keys)
