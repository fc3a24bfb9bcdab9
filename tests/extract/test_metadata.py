"""Every field of the record comes from the best of its sources, and nothing a page says can make it raise."""

# ruff: noqa: E501, RUF001 - pages stand as they are

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.extract.metadata import extract_metadata
from scraper.records import DatePrecision, DateSource, Link, Metadata, SourceType
from scraper.web import dom

URL = "https://www.harbour.example/sea/2025/04/02/the-ferry-returns"


def read(
    head: str = "", body: str = "", *, url: str = URL, link: Link | None = None, lang: str = "en"
) -> Metadata:
    html = f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body>{body}</body></html>'
    return extract_metadata(dom.parse(html), html=html, url=url, link=link)


def ld(*values: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(value)}</script>' for value in values)


def news(**fields: object) -> dict[str, object]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", **fields}


class TestJsonLd:
    def test_fields_of_an_article_node(self) -> None:
        found = read(
            ld(
                news(
                    headline="The ferry returns",
                    description="After eleven months.",
                    author=[{"@type": "Person", "name": "Ada Lund"}, {"@type": "Person", "name": "Jón Örn"}],
                    datePublished="2025-04-02T07:30:00+02:00",
                    dateModified="2025-04-02T09:00:00+02:00",
                    articleSection="Sea",
                    keywords=["ferry", "island"],
                    wordCount="412",
                    isAccessibleForFree="False",
                    articleBody="The old ferry came back.",
                    publisher={"@type": "Organization", "name": "The Harbour Post"},
                    image={"@type": "ImageObject", "url": "/ferry.jpg"},
                )
            )
        )
        assert found.title == "The ferry returns"
        assert found.authors == ("Ada Lund", "Jón Örn")
        assert found.date_published == datetime(2025, 4, 2, 5, 30, tzinfo=UTC)
        assert found.date_modified == datetime(2025, 4, 2, 7, 0, tzinfo=UTC)
        assert (found.date_source, found.date_precision, found.tz_assumed) == (
            DateSource.JSONLD,
            DatePrecision.SECOND,
            False,
        )
        assert (found.section, found.tags) == ("Sea", ("ferry", "island"))
        assert found.declared_word_count == 412
        assert found.is_accessible_for_free is False
        assert found.article_body == "The old ferry came back."
        assert found.sitename == "The Harbour Post"
        assert found.image == "https://www.harbour.example/ferry.jpg"
        assert found.pagetype == "NewsArticle"

    def test_a_graph_with_references_between_its_nodes(self) -> None:
        graph = {
            "@graph": [
                {"@type": "WebSite", "@id": "#site", "name": "The Harbour Post"},
                {"@type": "Person", "@id": "#ada", "name": "Ada Lund"},
                news(headline="The ferry returns", author={"@id": "#ada"}, datePublished="2025-04-02"),
            ]
        }
        found = read(ld(graph))
        assert (found.title, found.authors) == ("The ferry returns", ("Ada Lund",))

    def test_the_node_of_this_page_is_preferred_to_those_of_related_stories(self) -> None:
        other = news(
            headline="A storm",
            url="https://www.harbour.example/storm",
            datePublished="2024-01-01",
            author="B",
        )
        own = news(
            headline="The ferry returns", url=URL, datePublished="2025-04-02T07:30:00Z", author="Ada Lund"
        )
        assert read(ld([other, own])).title == "The ferry returns"

    def test_stories_in_a_list_of_items_are_not_this_page(self) -> None:
        items = {
            "@type": "ItemList",
            "itemListElement": [news(headline="A storm", datePublished="2024-01-01")],
        }
        assert read(ld(items), "<h1>Sea</h1>").date_published == read("", "").date_published

    @pytest.mark.parametrize(
        "block",
        [
            '<!-- {"@type": "NewsArticle", "headline": "The ferry returns"} -->',
            '//<![CDATA[\n{"@type": "NewsArticle", "headline": "The ferry returns"}\n//]]>',
            '{"@type": "NewsArticle", "headline": "The ferry returns",}',
            '{"@type": "NewsArticle", "headline": "The ferry returns", "description": "two\nlines"}',
            '{"@type": "NewsArticle", "headline": "The ferry returns"};',
            '{"@type": "WebSite"} {"@type": "NewsArticle", "headline": "The ferry returns"}',
            "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;The ferry returns&quot;}",
            '{"@type": "NewsArticle", "headline": "The ferry returns", "description": "she said "no" twice"}',
            '{"@type": "NewsArticle", "headline": "The ferry returns", "wordCount": NaN}',
        ],
    )
    def test_broken_blocks_are_read_as_far_as_it_is_safe(self, block: str) -> None:
        assert read(f'<script type="application/ld+json">{block}</script>').title == "The ferry returns"

    @pytest.mark.parametrize(
        "block",
        [
            "[" * 100_000,
            '{"a":' * 100_000,
            "[" * 100_000 + "]" * 100_000,
            "NaN",
            "Infinity",
            "",
            "null",
            '"text"',
            "1" * 6_000,
            "{",
            '"\\ud800"',
        ],
    )
    def test_nothing_in_a_block_makes_it_raise(self, block: str) -> None:
        assert (
            read(f'<script type="application/ld+json">{block}</script>', "<h1>The ferry</h1>").title
            == "The ferry"
        )

    def test_wrong_types_are_ignored_field_by_field(self) -> None:
        wrong = news(
            headline={"x": 1}, author=[None, 7, {"name": ["Ada Lund"]}], datePublished=["soon"], wordCount=float("inf"),
            isAccessibleForFree="maybe", keywords={"a": "b"}, image=[7], publisher="x", articleSection=[None, "Sea"],
        )  # fmt: skip
        found = read(ld(wrong), "<h1>The ferry returns</h1>")
        assert found.title == "The ferry returns"
        assert found.authors == ("Ada Lund",)
        assert found.section == "Sea"
        assert found.declared_word_count is None
        assert found.is_accessible_for_free is None

    @given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["@type", "@id", "@graph", "headline", "author", "name", "datePublished", "image", "keywords", "publisher", "url"]), inner, max_size=4
    ), max_leaves=15))  # fmt: skip
    def test_any_value_at_all_gives_a_record(self, value: object) -> None:
        assert isinstance(read(ld(value)), Metadata)


class TestTitle:
    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            ("The ferry returns | The Harbour Post", "The ferry returns"),
            ("The ferry returns - Sea - The Harbour Post", "The ferry returns - Sea"),
            ("The Harbour Post: The ferry returns", "The ferry returns"),
            ("The ferry returns – harbour.example", "The ferry returns"),
            ("Well-known ferry: a half-finished story", "Well-known ferry: a half-finished story"),
            ("“Never again” – what the captain said", "“Never again” – what the captain said"),
        ],
    )
    def test_the_name_of_the_site_goes_and_the_rest_stays(self, title: str, expected: str) -> None:
        head = f'<title>{title}</title><meta property="og:site_name" content="The Harbour Post">'
        assert read(head).title == expected

    def test_the_printed_heading_is_preferred(self) -> None:
        head = '<title>Ferry returns to island | The Harbour Post</title><meta property="og:title" content="Ferry returns to island">'
        assert (
            read(head, "<h1>The Ferry Returns to “our” Island</h1>").title
            == "The Ferry Returns to “our” Island"
        )

    def test_a_heading_of_the_site_is_not_the_title(self) -> None:
        head = '<meta property="og:title" content="The ferry returns"><meta property="og:site_name" content="The Harbour Post">'
        assert read(head, "<h1>The Harbour Post</h1><h2>The ferry returns</h2>").title == "The ferry returns"

    def test_a_line_above_the_headline_goes_where_another_source_has_it_without(self) -> None:
        head = '<meta property="og:title" content="The ferry returns">'
        assert read(head, "<h1><span>Sea</span> - The ferry returns</h1>").title == "The ferry returns"


class TestAuthors:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("By Ada Lund", ("Ada Lund",)),
            ("Von Ada Lund und Jón Örn", ("Ada Lund", "Jón Örn")),
            ("Par Ada Lund, correspondante à Oslo", ("Ada Lund",)),
            ("Ada Lund, Jón Örn and Mia Sand", ("Ada Lund", "Jón Örn", "Mia Sand")),
            ("Ada Lund (ada@harbour.example)", ("Ada Lund",)),
            ("Ada Lund @adalund", ("Ada Lund",)),
            ("Ada Lund | Jón Örn", ("Ada Lund", "Jón Örn")),
            ("ADA LUND; Ada Lund", ("ADA LUND",)),
            ("Ada Lund, Ph.D.", ("Ada Lund",)),
            ("Ada Lund Updated April 2, 2025", ("Ada Lund",)),
            ("Written by Ada Lund Follow", ("Ada Lund",)),
            ("https://www.facebook.com/harbourpost", ()),
            ("admin", ()),
            ("Associated Press", ("Associated Press",)),
            ("dpa", ("dpa",)),
        ],
    )
    def test_names_without_what_stands_around_them(self, value: str, expected: tuple[str, ...]) -> None:
        assert read(f'<meta name="author" content="{value}">').authors == expected

    def test_the_publisher_is_no_author_beside_a_person(self) -> None:
        head = '<meta property="og:site_name" content="The Harbour Post"><meta name="author" content="The Harbour Post">'
        assert read(head, '<h1>x</h1><p class="byline">By Ada Lund</p>').authors == ("Ada Lund",)

    def test_a_byline_in_running_text_is_found_near_the_headline(self) -> None:
        assert read(
            "", "<h1>The ferry returns</h1><div><span>By</span> <a href=/ada>Ada Lund</a></div><p>Text.</p>"
        ).authors == ("Ada Lund",)

    def test_bylines_of_related_stories_and_comments_are_not_the_articles(self) -> None:
        body = '<h1>x</h1><aside><p class="byline">By Bo Berg</p></aside><div class="comments"><span class="author">Cy Dahl</span></div>'
        assert read("", body).authors == ()


class TestDates:
    def test_a_modified_date_is_never_the_published_one(self) -> None:
        head = '<meta property="article:modified_time" content="2025-04-03T08:00:00Z"><meta property="og:updated_time" content="2025-04-03">'
        found = read(head, "<h1>x</h1><p>Updated April 3, 2025</p>", url="https://www.harbour.example/a")
        assert found.date_published is None
        assert found.date_modified == datetime(2025, 4, 3, 8, tzinfo=UTC)

    def test_times_of_related_stories_are_not_the_articles(self) -> None:
        body = '<h1>x</h1><div class="related"><time datetime="2020-01-01">2020</time></div>'
        assert read("", body, url="https://www.harbour.example/a").date_published is None

    def test_a_day_in_the_address_is_the_last_resort(self) -> None:
        found = read()
        assert found.date_published == datetime(2025, 4, 2, tzinfo=UTC)
        assert (found.date_source, found.date_precision, found.tz_assumed) == (
            DateSource.URL,
            DatePrecision.DAY,
            True,
        )

    def test_the_zone_is_taken_from_a_source_that_has_the_same_time(self) -> None:
        head = (
            ld(news(headline="x", datePublished="2025-04-02T07:30:00"))
            + '<meta property="article:published_time" content="2025-04-02T07:30:00+02:00">'
        )
        found = read(head)
        assert (found.date_published, found.tz_assumed) == (datetime(2025, 4, 2, 5, 30, tzinfo=UTC), False)

    def test_a_time_without_zone_says_so(self) -> None:
        found = read(ld(news(headline="x", datePublished="2025-04-02 07:30")))
        assert (found.date_precision, found.tz_assumed) == (DatePrecision.MINUTE, True)

    def test_a_printed_date_is_read(self) -> None:
        found = read(
            "", "<h1>x</h1><p>Published on 2 April 2025</p><p>Text.</p>", url="https://www.harbour.example/a"
        )
        assert (found.date_published, found.date_source) == (
            datetime(2025, 4, 2, tzinfo=UTC),
            DateSource.TIME,
        )

    @pytest.mark.parametrize(
        ("printed", "published", "modified"),
        [
            ("<p>2 April 2025</p><p>Updated: 5 April 2025</p>", 2, 5),
            ("<p>Published 2 April 2025. Updated 5 April 2025</p>", 2, 5),
            ("<p>02.04.2025</p><span>Aktualisiert am</span> <b>05.04.2025</b>", 2, 5),
            ("<p>Mis à jour le 5 avril 2025</p>", None, 5),
            ("<p>Last reviewed: 5 April 2025</p><p>© 2025</p>", None, None),
        ],
    )
    def test_printed_changes_are_told_from_publication(
        self, printed: str, published: int | None, modified: int | None
    ) -> None:
        found = read(
            "", f"<h1>The ferry returns</h1>{printed}<p>Text.</p>", url="https://www.harbour.example/a"
        )
        assert (found.date_published and found.date_published.day) == published
        assert (found.date_modified and found.date_modified.day) == modified

    @pytest.mark.parametrize(
        "printed",
        [
            '<p>Last updated: <time datetime="2025-04-05">April 5</time></p>',
            '<span>Last updated</span> <span>on</span> <time datetime="2025-04-05">April 5</time>',
            '<time class="published-date" datetime="2025-04-05T06:00">Updated April 5, 2025</time>',
            '<div class="field--name-changed"><time datetime="2025-04-05T06:00">April 5, 2025</time></div>',
            "<span>Last updated</span> <i>on</i> <b>April 5, 2025</b>",
        ],
    )
    def test_an_element_whose_label_speaks_of_a_change_gives_no_publication(self, printed: str) -> None:
        found = read(
            "", f"<h1>x</h1><header>{printed}</header><p>Text.</p>", url="https://www.harbour.example/a"
        )
        assert found.date_published is None
        assert found.date_modified is not None
        assert found.date_modified.day == 5

    def test_a_declared_change_is_preferred_to_a_printed_one(self) -> None:
        head = '<meta property="article:modified_time" content="2025-04-03T08:00:00Z">'
        found = read(head, "<h1>x</h1><p>Updated: 5 April 2025</p>")
        assert found.date_modified == datetime(2025, 4, 3, 8, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("url", "lang", "month"),
        [
            ("https://harbour.co.uk/a", "en", 4),
            ("https://harbour.com/a", "en", 2),
            ("https://harbour.com/a", "en-GB", 4),
            ("https://harbour.co.uk/a", "en-US", 2),
            ("https://harbour.com/a", "fr", 4),
        ],
    )
    def test_the_region_tells_whether_the_day_comes_first(self, url: str, lang: str, month: int) -> None:
        found = read("", "<h1>x</h1><p>02/04/2025</p><p>Text.</p>", url=url, lang=lang)
        assert found.date_published is not None
        assert found.date_published.month == month

    def test_a_date_that_only_a_class_announces_is_the_last_resort(self) -> None:
        body = '<h1>x</h1>{}<ul class="related"><li class="date">1 May 2025</li></ul><p class="post-date">2 April 2025</p>'
        found = read("", body.format("<p>Long.</p>" * 60), url="https://www.harbour.example/a")
        assert (found.date_published, found.date_precision) == (
            datetime(2025, 4, 2, tzinfo=UTC),
            DatePrecision.DAY,
        )

    def test_a_date_in_the_data_of_scripts_is_read_where_they_all_name_one_day(self) -> None:
        state = '<script>window.s = {"publishedAt":"2025-04-02T07:30:00Z"}</script>'
        other = '<script>window.t = {"publishedAt":"2025-03-01T07:30:00Z"}</script>'
        quoted = '<div data-page="{&quot;datePublished&quot;:&quot;2025-04-02T07:30:00Z&quot;}"></div>'
        url = "https://www.harbour.example/a"
        assert read("", f"<h1>x</h1>{state}", url=url).date_published == datetime(
            2025, 4, 2, 7, 30, tzinfo=UTC
        )
        assert read("", f"<h1>x</h1>{quoted}", url=url).date_published == datetime(
            2025, 4, 2, 7, 30, tzinfo=UTC
        )
        assert read("", f"<h1>x</h1>{state}{other}", url=url).date_published is None

    def test_microdata_is_read_but_not_that_of_comments(self) -> None:
        body = (
            '<div itemscope itemtype="https://schema.org/Comment"><time itemprop="datePublished" datetime="2025-05-05"></time></div>'
            '<div itemscope itemtype="https://schema.org/NewsArticle"><meta itemprop="datePublished" content="2025-04-01T10:00:00Z"></div>'
        )
        assert read("", body, url="https://www.harbour.example/a").date_published == datetime(
            2025, 4, 1, 10, tzinfo=UTC
        )


class TestOthers:
    def test_the_canonical_address_is_of_the_same_site_and_not_its_front_page(self) -> None:
        assert (
            read('<link rel="canonical" href="/sea/ferry">').canonical_url
            == "https://www.harbour.example/sea/ferry"
        )
        assert (
            read('<link rel="canonical" href="https://amp.harbour.example/ferry">').canonical_url
            == "https://amp.harbour.example/ferry"
        )
        assert read('<link rel="canonical" href="https://www.harbour.example/">').canonical_url is None
        assert read('<link rel="canonical" href="https://other.example/ferry">').canonical_url is None
        assert read('<link rel="canonical" href="javascript:void(0)">').canonical_url is None

    def test_pictures_come_with_caption_credit_and_alt(self) -> None:
        body = (
            '<figure><img src="data:image/gif;base64,R0" data-src="/ferry.jpg" alt="A ferry"><figcaption>The ferry on Tuesday. '
            '<span class="credit">Photo: Mia Sand</span></figcaption></figure>'
        )
        picture = read("", body).images[0]
        assert picture.url == "https://www.harbour.example/ferry.jpg"
        assert (picture.caption, picture.credit, picture.alt) == (
            "The ferry on Tuesday.",
            "Photo: Mia Sand",
            "A ferry",
        )

    def test_the_widest_of_a_set_is_taken(self) -> None:
        body = '<figure><picture><source srcset="/s.jpg 320w, /l.jpg 1600w"><img src="data:,"></picture></figure>'
        assert read("", body).images[0].url == "https://www.harbour.example/l.jpg"

    def test_what_the_page_lacks_comes_from_its_announcement(self) -> None:
        link = Link(
            url=URL, key=URL, source="s", source_type=SourceType.NEWS_SITEMAP, title="The ferry returns", authors=("Ada Lund",),
            date_published=datetime(2025, 4, 2, 5, 30, tzinfo=UTC),
        )  # fmt: skip
        found = read(link=link, url="https://www.harbour.example/a")
        assert (found.title, found.authors, found.date_source) == (
            "The ferry returns",
            ("Ada Lund",),
            DateSource.SITEMAP,
        )

    def test_a_page_that_says_nothing_gives_an_empty_record(self) -> None:
        assert extract_metadata(dom.parse(""), html="", url="https://www.harbour.example/a") == Metadata()

    def test_a_section_that_is_not_free_makes_the_article_not_free(self) -> None:
        part = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywall"}
        assert read(ld(news(headline="x", hasPart=part))).is_accessible_for_free is False
        assert read(ld(news(headline="x", hasPart=[part, 7, "y"]))).is_accessible_for_free is False
        assert read(ld(news(headline="x", isAccessibleForFree=True))).is_accessible_for_free is True
        assert read(ld(news(headline="x"))).is_accessible_for_free is None

    def test_a_site_name_that_is_the_title_or_no_name_is_passed_over(self) -> None:
        head = '<meta property="og:title" content="The ferry returns"><meta property="og:site_name" content="{}">'
        publisher = ld(news(headline="x", publisher={"name": "The Harbour Post"}))
        for name in ("The ferry returns", "/", "https://www.harbour.example", "@harbour"):
            assert read(head.format(name) + publisher).sitename == "The Harbour Post"

    def test_a_page_of_a_hundred_thousand_nested_elements_is_read(self) -> None:
        deep = "<div class=author>" * 100_000 + "By Ada Lund"
        assert read("<title>The ferry returns</title>", deep).title == "The ferry returns"

    def test_the_language_is_what_the_page_declares(self) -> None:
        assert read(lang="de-AT").language == "de"
