"""Links and feeds of section and home pages."""

from scraper.web.dom import parse
from scraper.web.page_links import article_links, declared_feeds

PAGE = "https://www.gazette.example/sea/"


def test_feeds_are_those_that_the_head_declares_resolved_and_each_once() -> None:
    tree = parse(
        '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
        '<link rel="Alternate" type="Application/Atom+XML; charset=utf-8" href="atom.xml">'
        '<link rel="alternate" type="application/feed+json" href="https://feeds.example/gazette.json">'
        '<link rel="alternate" type="application/rss+xml" href="/rss.xml#top">'
        '<link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" href="/x.css">'
    )
    assert declared_feeds(tree, PAGE) == (
        "https://www.gazette.example/rss.xml",
        "https://www.gazette.example/sea/atom.xml",
        "https://feeds.example/gazette.json",
    )


def test_feeds_of_comments_tags_and_authors_are_left_out() -> None:
    tree = parse(
        '<link rel="alternate" type="application/rss+xml" title="Gazette » Comments Feed" href="/c/feed/">'
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
        '<link rel="alternate" type="application/rss+xml" href="/tag/ferry/feed/">'
        '<link rel="alternate" type="application/rss+xml" href="/author/mira/feed/">'
        '<link rel="alternate" type="application/rss+xml" href="/feed/?category=7">'
    )
    assert declared_feeds(tree, PAGE) == ()


def test_article_links_are_of_the_same_site_and_given_once() -> None:
    tree = parse(
        '<a href="/2024/05/06/ferry">a</a><a href="/2024/05/06/ferry?utm_source=front#comments">again</a>'
        '<a href="https://gazette.example/2024/05/06/plan">no www</a>'
        '<a href="//sport.gazette.example/2024/05/06/cup">subdomain</a>'
        '<a href="https://other.example/2024/05/06/ferry">other site</a>'
        '<a href="/sea/harbour">section</a><a href="/tag/ferry-1234567">tag</a>'
        '<a href="mailto:x@y.example">mail</a>'
        '<a href="javascript:open(123456)">script</a><a>no address</a><a href="http://[">broken</a>'
    )
    assert article_links(tree, PAGE) == (
        "https://www.gazette.example/2024/05/06/ferry",
        "https://gazette.example/2024/05/06/plan",
        "https://sport.gazette.example/2024/05/06/cup",
    )


def test_the_page_itself_and_those_above_it_are_no_articles() -> None:
    page = "https://www.gazette.example/special/everything-about-the-new-harbour/all-of-the-stories-so-far/"
    tree = parse(
        f'<a href="{page}">here</a><a href="{page}#x">here</a><a href="../">up</a><a href="/">home</a>'
        f'<a href="{page}a-first-story-of-the-harbour">story</a>'
    )
    assert article_links(tree, page) == (f"{page}a-first-story-of-the-harbour",)


def test_relative_links_follow_the_base_element() -> None:
    tree = parse('<base href="/news/"><a href="2024/05/06/ferry">a</a>')
    assert article_links(tree, PAGE) == ("https://www.gazette.example/news/2024/05/06/ferry",)
