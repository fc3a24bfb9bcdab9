"""Sitemaps, as the web has them."""

# ruff: noqa: E501 - pieces of XML are read more easily on one line

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.records import SourceType
from scraper.web.sitemaps import Sitemap, SitemapEntry, may_list_articles, newest_first, parse_sitemap

BASE = "https://gazette.example/sitemap.xml"

URLSET = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">
  <url><loc>https://gazette.example/2024/05/06/ferry</loc><lastmod>2024-05-06T10:00:00+02:00</lastmod>
    <xhtml:link rel="alternate" hreflang="de" href="https://gazette.example/de/faehre"/>
    <changefreq>never</changefreq><priority>0.5</priority></url>
  <url><loc> https://gazette.example/2024/05/05/plan?a=1&amp;b=2 </loc></url>
</urlset>
"""

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url><loc>https://gazette.example/n/1</loc><lastmod>2024-05-06T12:00:00Z</lastmod>
    <news:news><news:publication><news:name>The Gazette</news:name><news:language>en</news:language></news:publication>
      <news:publication_date>2024-05-06T10:00+02:00</news:publication_date>
      <news:title>Ferry &amp; harbour:  caf&eacute; reopens</news:title></news:news>
    <image:image><image:loc>https://gazette.example/1.jpg</image:loc><image:title>A boat</image:title></image:image></url>
</urlset>
"""


def read(body: str | bytes, **limits: int) -> Sitemap:
    sitemap = parse_sitemap(body.encode() if isinstance(body, str) else body, BASE, **limits)
    assert sitemap is not None
    return sitemap


def urls(body: str | bytes, **limits: int) -> list[str]:
    return [entry.url for entry in read(body, **limits).entries]


def test_a_urlset_gives_addresses_and_last_changes() -> None:
    assert read(URLSET) == Sitemap(
        kind="urlset",
        entries=(
            SitemapEntry(
                url="https://gazette.example/2024/05/06/ferry", lastmod=datetime(2024, 5, 6, 8, tzinfo=UTC)
            ),
            SitemapEntry(url="https://gazette.example/2024/05/05/plan?a=1&b=2"),
        ),
    )


def test_a_news_sitemap_gives_title_and_date_of_the_article_not_of_its_picture() -> None:
    assert read(NEWS).entries == (
        SitemapEntry(
            url="https://gazette.example/n/1",
            lastmod=datetime(2024, 5, 6, 12, tzinfo=UTC),
            title="Ferry & harbour: café reopens",
            date_published=datetime(2024, 5, 6, 8, tzinfo=UTC),
            kind=SourceType.NEWS_SITEMAP,
        ),
    )


def test_an_index_names_other_sitemaps() -> None:
    sitemap = read(
        "<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2024-05</lastmod></sitemap>"
        "<sitemap><loc>/b.xml.gz</loc></sitemap></sitemapindex>"
    )
    assert sitemap.kind == "index"
    assert [(entry.url, entry.lastmod) for entry in sitemap.entries] == [
        ("https://gazette.example/a.xml", datetime(2024, 5, 1, tzinfo=UTC)),
        ("https://gazette.example/b.xml.gz", None),
    ]


def test_a_text_sitemap_has_an_address_on_each_line() -> None:
    sitemap = read("\ufeffhttps://gazette.example/1\r\n\r\nhttps://gazette.example/2\nrubbish\n")
    assert sitemap.kind == "text"
    assert [entry.url for entry in sitemap.entries] == [
        "https://gazette.example/1",
        "https://gazette.example/2",
    ]


def test_gzip_is_known_by_its_first_bytes() -> None:
    assert read(gzip.compress(URLSET.encode())) == read(URLSET)


def test_gzip_in_several_members_is_one_file() -> None:
    half = len(URLSET) // 2
    assert read(gzip.compress(URLSET[:half].encode()) + gzip.compress(URLSET[half:].encode())) == read(URLSET)


def test_gzip_that_breaks_off_gives_what_came_through() -> None:
    many = "<urlset>" + "".join(f"<url><loc>/a/{i * 7919 % 99991}</loc></url>" for i in range(20_000))
    packed = gzip.compress(many.encode())
    assert 10_000 < len(urls(packed[: len(packed) * 3 // 4])) < 20_000


def test_gzip_is_not_unpacked_beyond_the_limit() -> None:
    bomb = gzip.compress(b"<urlset><url><loc>/a</loc></url>" + b" " * 20_000_000)
    assert urls(bomb, max_decoded_bytes=100_000) == ["https://gazette.example/a"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_the_declared_encoding_is_used(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?><urlset><url><loc>/ü</loc></url></urlset>'
    assert urls(text.encode(encoding)) == ["https://gazette.example/%C3%BC"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("\n\n" + URLSET, ["/2024/05/06/ferry", "/2024/05/05/plan?a=1&b=2"]),
        ("<urlset><url><loc>/a?x=1&y=2</loc></url></urlset>", ["/a?x=1&y=2"]),
        ("<urlset><url><loc>/a?x=1&copy=2&amp;amp;z=3</loc></url></urlset>", ["/a?x=1&copy=2&z=3"]),
        ("<urlset><url><loc><![CDATA[/a?x=1&y=2]]></loc></url></urlset>", ["/a?x=1&y=2"]),
        ("<urlset><url><loc>/a</loc></url><url><loc>/b</lo", ["/a"]),
        ("<urlset><url><loc>/a</loc></url><url><lastmod>2024</lastmod></url></urlset>", ["/a"]),
        ("<urlset><url><loc>mailto:x@y.example</loc></url><url><loc>/a</loc></url></urlset>", ["/a"]),
        ('<urlset xmlns="http://wrong.example/"><url><loc>/a</loc></url></urlset>', ["/a"]),
        ("<urlset><news:url><loc>/a</loc></news:url></urlset>", ["/a"]),
        ("<URLSET><URL><LOC>/a</LOC></URL></URLSET>", ["/a"]),
        ("<urlset><url><loc>/a</loc></url>\x0b<url><loc>/b</loc></url></urlset>", ["/a", "/b"]),
        ("<urlset/>", []),
    ],
)
def test_what_breaks_the_xml_does_not_lose_the_entries(body: str, expected: list[str]) -> None:
    assert urls(body) == [f"https://gazette.example{path}" for path in expected]


@pytest.mark.parametrize("text", [URLSET, NEWS])
def test_wherever_a_sitemap_is_cut_the_entries_before_are_read_and_no_address_is_made_up(text: str) -> None:
    known = set(urls(text))
    for cut in range(len(text)):
        sitemap = parse_sitemap(text[:cut].encode(), BASE)
        found = [entry.url for entry in sitemap.entries] if sitemap else []
        assert len(found) >= text[:cut].count("</url>")
        assert known.issuperset(found)


def test_elements_without_entries_are_not_read_for_ever() -> None:
    entry = b"<url><loc>https://news.example/a</loc></url>"
    body = b"<urlset>" + entry + b"<a/>" * 5_000 + entry + b"<url/>" * 5_000 + entry + b"</urlset>"
    all_of_it = parse_sitemap(body, "https://news.example/")
    beginning = parse_sitemap(body, "https://news.example/", max_entries=10)
    assert all_of_it
    assert beginning
    assert (len(all_of_it.entries), len(beginning.entries)) == (3, 1)


def test_no_more_entries_than_asked_for() -> None:
    body = "<urlset>" + "".join(f"<url><loc>/a/{i}</loc></url>" for i in range(100)) + "</urlset>"
    assert len(urls(body, max_entries=10)) == 10
    assert len(urls("\n".join(f"https://gazette.example/{i}" for i in range(100)), max_entries=10)) == 10


@pytest.mark.parametrize(
    "body",
    [b"", b" \n", b"<!DOCTYPE html><html><body>Not found</body></html>", b"plain words", b"\x1f\x8bxyz",
     b"<rss version='2.0'><channel><item><link>/a</link></item></channel></rss>", b"\x89PNG\r\n\x1a\n"],
)  # fmt: skip
def test_what_is_no_sitemap_is_none(body: bytes) -> None:
    assert parse_sitemap(body, BASE) is None


def test_entities_are_not_expanded_and_no_file_is_read() -> None:
    bomb = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    body = (
        f'<!DOCTYPE urlset [<!ENTITY a0 "ha"><!ENTITY f SYSTEM "file:///etc/hostname">{bomb}]>'
        "<urlset><url><loc>/x&a11;</loc></url><url><loc>/y&f;</loc></url><url><loc>/a</loc></url></urlset>"
    )
    found = urls(body)
    assert "https://gazette.example/a" in found
    assert all(len(url) < 60 for url in found)


def test_a_dtd_of_another_host_is_not_asked_for() -> None:
    # Nothing listens there; a parser that tried would take the file for broken.
    body = (
        '<!DOCTYPE urlset SYSTEM "http://127.0.0.1:9/sitemap.dtd"><urlset><url><loc>/a</loc></url></urlset>'
    )
    assert urls(body) == ["https://gazette.example/a"]


def test_the_newest_file_of_an_index_comes_first() -> None:
    index = [
        SitemapEntry(url="https://gazette.example/sm-2023-01.xml"),
        SitemapEntry(url="https://gazette.example/a.xml", lastmod=datetime(2023, 6, 1, tzinfo=UTC)),
        SitemapEntry(url="https://gazette.example/plain.xml"),
        SitemapEntry(url="https://gazette.example/sm-2024.xml"),
        SitemapEntry(url="https://gazette.example/news.xml"),
    ]
    assert [entry.url.rpartition("/")[2] for entry in newest_first(index)] == [
        "news.xml", "sm-2024.xml", "a.xml", "sm-2023-01.xml", "plain.xml",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [("post-sitemap1.xml", True), ("sitemap-2024-05.xml", True), ("articles.xml", True), ("vintage.xml", True),
     ("post_tag-sitemap.xml", False), ("category-sitemap.xml", False), ("author-sitemap.xml", False),
     ("sitemap-images.xml", False), ("video_sitemap.xml", False)],
)  # fmt: skip
def test_files_of_tags_authors_and_pictures_tell_it_by_their_names(name: str, *, expected: bool) -> None:
    assert may_list_articles(f"https://gazette.example/{name}") is expected


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"<urlset>", b"<sitemapindex>", b"\x1f\x8b\x08", b"http://x.example/"]),
)
def test_any_bytes_give_a_sitemap_or_none(body: bytes, start: bytes) -> None:
    parse_sitemap(start + body, BASE)


PIECES = st.sampled_from(
    ["<urlset>", "<url>", "</url>", "<loc>", "</loc>", "/a", "&", "&x;", "<![CDATA[", "]]>", "<", ">", "<news:news>",
     "<lastmod>", "</lastmod>", "2024", "<!--", "-->", "<?", "?>", "</", "<!DOCTYPE", "[", "\x00", "'", "<sitemap>"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_any_wreck_of_a_sitemap_gives_a_sitemap_or_none(pieces: list[str]) -> None:
    parse_sitemap(("<urlset>" + "".join(pieces)).encode(), BASE)
