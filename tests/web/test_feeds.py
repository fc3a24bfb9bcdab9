"""Feeds, as the web has them."""

# ruff: noqa: E501 - pieces of XML are read more easily on one line

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.records import SourceType
from scraper.web.feeds import MAX_ENTRIES, Feed, FeedEntry, parse_feed

BASE = "https://gazette.example/feeds/all.xml"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<?xml-stylesheet type="text/xsl" href="/feed.xsl"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
  <title>The Gazette</title><link>https://gazette.example/</link>
  <atom:link href="https://gazette.example/feeds/all.xml" rel="self" type="application/rss+xml"/>
  <image><title>The Gazette</title><url>https://gazette.example/logo.png</url>
    <link>https://gazette.example/</link></image>
  <item>
    <title>Ferry service resumes after storm</title>
    <link>https://gazette.example/2024/05/06/ferry-service-resumes</link>
    <guid isPermaLink="false">gz-1001</guid>
    <dc:creator><![CDATA[Mira Okafor]]></dc:creator><dc:creator>Lars Holm</dc:creator>
    <pubDate>Mon, 06 May 2024 10:00:00 +0200</pubDate>
    <category>Sea</category>
    <description><![CDATA[<p>Boats left at <b>dawn</b>.</p>]]></description>
    <content:encoded><![CDATA[<p>Boats left at dawn. <a href="https://gazette.example/other">Other</a></p>]]></content:encoded>
  </item>
  <item>
    <title>Council &amp;amp; mayor agree on &quot;harbour&quot; plan</title>
    <guid>https://gazette.example/2024/05/05/harbour-plan</guid>
    <author>desk@gazette.example (City Desk)</author>
    <enclosure url="https://gazette.example/audio/harbour.mp3" type="audio/mpeg" length="1"/>
  </item>
</channel></rss>
"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://gazette.example/blog/">
  <title>Blog</title><link rel="self" href="feed.atom"/><link href="/blog/"/><updated>2024-05-07T00:00:00Z</updated>
  <entry>
    <title type="html">Tides &lt;i&gt;and&lt;/i&gt; times</title>
    <link rel="self" href="entries/1.atom"/><link rel="replies" href="tides#comments"/>
    <link rel="alternate" type="text/html" href="tides-and-times"/>
    <link rel="enclosure" type="audio/mpeg" href="tides.mp3"/>
    <id>tag:gazette.example,2024:1</id>
    <published>2024-05-06T10:00:00+02:00</published><updated>2024-05-06T12:30:00Z</updated>
    <author><name>Ines Prado</name><email>ines@gazette.example</email></author>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><details><summary>x</summary></details></div></content>
  </entry>
</feed>
"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
         xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel rdf:about="https://gazette.example/"><title>G</title><link>https://gazette.example/</link>
    <items><rdf:Seq><rdf:li rdf:resource="https://gazette.example/n/1"/></rdf:Seq></items></channel>
  <item rdf:about="https://gazette.example/n/1"><title>One</title><link>https://gazette.example/n/1</link>
    <dc:date>2024-05-06T08:00:00Z</dc:date><dc:creator>Jo Berg</dc:creator></item>
</rdf:RDF>
"""


def read(text: str | bytes, content_type: str | None = None) -> Feed:
    feed = parse_feed(text.encode() if isinstance(text, str) else text, content_type, BASE)
    assert feed is not None
    return feed


def rss(items: str, *, declaration: str = '<?xml version="1.0"?>', attributes: str = "") -> str:
    return f'{declaration}<rss version="2.0"{attributes}><channel><title>G</title>{items}</channel></rss>'


def urls(text: str | bytes, content_type: str | None = None) -> list[str]:
    return [entry.url for entry in read(text, content_type).entries]


def test_rss_gives_link_title_authors_and_date() -> None:
    feed = read(RSS)
    assert feed.kind is SourceType.RSS
    assert feed.entries == (
        FeedEntry(
            url="https://gazette.example/2024/05/06/ferry-service-resumes",
            title="Ferry service resumes after storm",
            authors=("Mira Okafor", "Lars Holm"),
            date_published=datetime(2024, 5, 6, 8, tzinfo=UTC),
        ),
        FeedEntry(
            url="https://gazette.example/2024/05/05/harbour-plan",
            title='Council & mayor agree on "harbour" plan',
            authors=("City Desk",),
        ),
    )


def test_atom_gives_the_alternate_link_resolved_and_both_dates() -> None:
    feed = read(ATOM)
    assert feed.kind is SourceType.ATOM
    assert feed.entries == (
        FeedEntry(
            url="https://gazette.example/blog/tides-and-times",
            title="Tides and times",
            authors=("Ines Prado",),
            date_published=datetime(2024, 5, 6, 8, tzinfo=UTC),
            date_modified=datetime(2024, 5, 6, 12, 30, tzinfo=UTC),
        ),
    )


def test_rdf_is_rss() -> None:
    feed = read(RDF)
    assert feed.kind is SourceType.RSS
    assert [(e.url, e.title, e.authors) for e in feed.entries] == [
        ("https://gazette.example/n/1", "One", ("Jo Berg",))
    ]


@pytest.mark.parametrize("version", ["0.91", "0.92", "2.0"])
def test_every_rss_version_is_read(version: str) -> None:
    text = f'<rss version="{version}"><channel><item><title>A</title><link>/a</link></item></channel></rss>'
    assert urls(text) == ["https://gazette.example/a"]


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"])
def test_json_feed(version: str) -> None:
    item = {
        "id": "1",
        "url": "/a",
        "title": "Fish &amp; <i>chips</i>",
        "date_published": "2024-05-06T10:00:00+02:00",
        "date_modified": "nonsense",
        "authors": [{"name": "Jo Berg"}, {"url": "https://x.example"}, {"name": "Jo Berg"}, None],
    }
    old = {"id": "https://gazette.example/b", "author": {"name": "Al"}, "title": 7}
    link = {"id": 3, "external_url": "https://elsewhere.example/c"}
    feed = read(json.dumps({"version": version, "title": "G", "items": [item, old, link, "x", {"id": "9"}]}))
    assert feed.kind is SourceType.JSONFEED
    assert feed.entries == (
        FeedEntry(
            url="https://gazette.example/a",
            title="Fish & chips",
            authors=("Jo Berg",),
            date_published=datetime(2024, 5, 6, 8, tzinfo=UTC),
        ),
        FeedEntry(url="https://gazette.example/b", authors=("Al",)),
        FeedEntry(url="https://elsewhere.example/c"),
    )


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252", "iso-8859-15"]
)
def test_the_declared_encoding_is_used(encoding: str) -> None:
    label = encoding.removesuffix("-sig")
    text = rss(
        "<item><title>Größe à la carte</title><link>/a</link></item>",
        declaration=f'<?xml version="1.0" encoding="{label}"?>',
    )
    assert read(text.encode(encoding)).entries[0].title == "Größe à la carte"


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("euc-jp", "台風が上陸した"),
        ("shift_jis", "台風が上陸した"),
        ("gb2312", "台风登陆"),
        ("windows-1251", "Шторм утих"),
    ],
)
def test_encodings_of_east_and_south(encoding: str, title: str) -> None:
    text = rss(
        f"<item><title>{title}</title><link>/a</link></item>",
        declaration=f'<?xml version="1.0" encoding="{encoding}"?>',
    )
    assert read(text.encode(encoding)).entries[0].title == title


def test_the_header_s_charset_is_used_where_the_feed_declares_none() -> None:
    text = rss("<item><title>Größe</title><link>/a</link></item>").encode("iso-8859-1")
    assert read(text, "application/rss+xml; charset=ISO-8859-1").entries[0].title == "Größe"


def test_utf_8_that_is_declared_as_something_else_is_still_utf_8() -> None:
    text = rss(
        "<item><title>Größe</title><link>/a</link></item>",
        declaration='<?xml version="1.0" encoding="iso-8859-1"?>',
    )
    assert read(text.encode()).entries[0].title == "Größe"


def test_a_truncated_feed_gives_its_whole_entries() -> None:
    whole = "<item><title>A</title><link>/a</link></item><item><title>B</title><link>/b</link></item>"
    text = rss(whole + "<item><title>C")[:-23]
    assert urls(text)[:2] == ["https://gazette.example/a", "https://gazette.example/b"]


@pytest.mark.parametrize("text", [RSS, ATOM, RDF])
def test_wherever_a_feed_is_cut_the_entries_before_are_read_and_no_address_is_made_up(text: str) -> None:
    known = {entry.url for entry in read(text).entries}
    for cut in range(0, len(text), 7):
        feed = parse_feed(text[:cut].encode(), None, BASE)
        finished = text[:cut].count("</item>") + text[:cut].count("</entry>")
        found = [entry.url for entry in feed.entries] if feed else []
        assert len(found) >= finished
        assert known.issuperset(found)


@pytest.mark.parametrize(
    ("items", "url", "title"),
    [
        ("<item><title>Bread & butter</title><link>/a?x=1&y=2</link></item>", "/a?x=1&y=2", "Bread & butter"),
        ("<item><title>Caf&eacute;&nbsp;au lait</title><link>/a</link></item>", "/a", "Café au lait"),
        ("<item><title>A&bogus;B &#0; &#xD800;</title><link>/a</link></item>", "/a", None),
        ("<item><title>A\x0bB</title><link>/a</link></item>", "/a", "AB"),
        ("<item><undeclared:thing>x</undeclared:thing><title>A</title><link>/a</link></item>", "/a", "A"),
        ("<item><description>one <br> two <p> three</description><title>A</title><link>/a</link></item>", "/a", "A"),
        ("<item><description>never closed <title>A</title><link>/x</link></item><item><title>A</title><link>/a</link></item>", "/a", "A"),
        ("<item><title><![CDATA[ A <b>bold</b> & new ]]></title><link><![CDATA[ /a?x=1&y=2 ]]></link></item>", "/a?x=1&y=2", "A bold & new"),
        ("<item><title>A</title><link>/a?x=1&amp;amp;y=2</link></item>", "/a?x=1&y=2", "A"),
        ("<item><title>A</title><link>\n  /a\n  </link></item>", "/a", "A"),
        ("<item><description><![CDATA[</description></item>]]></description><title>A</title><link>/a</link></item>", "/a", "A"),
    ],
)  # fmt: skip
def test_what_breaks_the_xml_does_not_break_the_entry(items: str, url: str, title: str | None) -> None:
    entry = read(rss(items)).entries[-1]
    assert entry.url == f"https://gazette.example{url}"
    if title is not None:
        assert entry.title == title


@pytest.mark.parametrize(
    "before", ["\n\n  ", "\ufeff", "\ufeff\n", "<br /><b>Warning</b>: mysql in line 3\n"]
)
def test_what_stands_before_the_xml_is_passed_over(before: str) -> None:
    assert len(read(before + RSS).entries) == 2


@pytest.mark.parametrize(
    ("inside", "url"),
    [
        (
            "<link>https://feeds.proxy.example/1</link><feedburner:origLink>/a</feedburner:origLink>",
            "https://gazette.example/a",
        ),
        ('<link/><guid isPermaLink="true">https://gazette.example/a</guid>', "https://gazette.example/a"),
        ("<guid>https://gazette.example/g</guid><link>https://gazette.example/a</link>", "https://gazette.example/a"),
        ('<link>/a</link><enclosure url="https://gazette.example/x.mp3" type="audio/mpeg"/>', "https://gazette.example/a"),
        ('<link>/a</link><source url="https://other.example/feed">Other</source>', "https://gazette.example/a"),
        ('<link>/a</link><media:content url="/v.mp4"><media:title>V</media:title></media:content>', "https://gazette.example/a"),
    ],
)  # fmt: skip
def test_the_link_is_the_article_s(inside: str, url: str) -> None:
    spaces = (
        ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
        ' xmlns:media="http://search.yahoo.com/mrss/"'
    )
    entry = read(rss(f"<item>{inside}<title>A</title></item>", attributes=spaces)).entries[0]
    assert (entry.url, entry.title) == (url, "A")


@pytest.mark.parametrize(
    "inside",
    [
        '<guid isPermaLink="false">https://gazette.example/a</guid>',
        "<link>javascript:alert(1)</link>",
        '<enclosure url="https://gazette.example/x.mp3" type="audio/mpeg" length="1"/>',
        "",
    ],
)
def test_an_entry_without_a_usable_link_is_left_out(inside: str) -> None:
    assert read(rss(f"<item><title>A</title>{inside}</item>")).entries == ()


def test_an_empty_feed_is_a_feed() -> None:
    assert read(rss("")).entries == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<!DOCTYPE html><html><head><title>Not found</title></head><body><p>rss</p></body></html>",
        b"<!-- x --><html><body><rss version='2.0'><channel><item><link>/a</link></item></channel></rss></body>",
        b"<urlset><url><loc>https://gazette.example/a</loc></url></urlset>",
        b"plain words",
        b'{"error": "not found"}',
        b'{"version": "https://other.example/1", "items": []}',
        b'{"version": "https://jsonfeed.org/version/1", "items": [',
        b"[" * 100_000,
        b'{"items":' + b"[" * 100_000,
    ],
)
def test_what_is_no_feed_is_none(body: bytes) -> None:
    assert parse_feed(body, "application/rss+xml", BASE) is None


def test_entities_are_not_expanded_and_no_file_is_read() -> None:
    bomb = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    dtd = f'<!DOCTYPE rss [<!ENTITY a0 "ha"><!ENTITY f SYSTEM "file:///etc/hostname">{bomb}]>'
    text = rss("<item><title>A&a11;&f;</title><link>/a</link></item>", declaration=dtd)
    assert read(text).entries[0].title == "A&a11;&f;"


def test_a_feed_is_never_taken_for_the_name_of_a_file() -> None:
    assert parse_feed(__file__.encode(), None, BASE) is None


def test_more_entries_than_any_feed_has_are_cut() -> None:
    text = rss("".join(f"<item><link>/a/{i}</link></item>" for i in range(MAX_ENTRIES + 5)))
    assert len(read(text).entries) == MAX_ENTRIES


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_feed_or_none(body: bytes) -> None:
    parse_feed(body, None, BASE)


PIECES = st.sampled_from(
    ["<rss version='2.0'>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>", "</link>", "/a",
     "<entry>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<link href='/b'/>", "<![CDATA[", "]]>", "&", "&#x;",
     "&#99999999;", "&nbsp;", "<", ">", "<!DOCTYPE x [", "<description>", "</description>", "<!--", "-->", "<?", "?>",
     "<author>", "a@b.example", "<pubDate>", "2024", "</", "<a b=", "'", '"', "xmlns:x='y'", "<x:y>", "\x00", "\ud800"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_any_wreck_of_a_feed_gives_a_feed_or_none(pieces: list[str]) -> None:
    parse_feed(("<rss><channel>" + "".join(pieces)).encode("utf-8", "surrogatepass"), None, BASE)
