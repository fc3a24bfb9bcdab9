"""What else stands in an article's place: no HTML, nothing, errors, logins, lists, shops, media."""

# ruff: noqa: E501, RUF001 - pages stand as they are

import gzip
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.classify import classify_page, classify_response
from scraper.classify.features import Features
from scraper.classify.kinds import FURNITURE, opinion, signs, weigh, weights
from scraper.classify.listings import least
from scraper.records import Block, Extraction, Metadata, Page, PageKind
from scraper.web import dom
from tests.classify.articles import TEXT, article, json_ld
from tests.classify.challenge_pages import page as document
from tests.classify.conftest import Classify

NOW = datetime(2025, 4, 3, tzinfo=UTC)


def response(body: bytes, content_type: str | None = None) -> Page:
    return Page(url="https://www.harbour.example/a", body=body, content_type=content_type, fetched_at=NOW)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"%PDF-1.7 ...", "text/html"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", None),
        (b'{"title": "The ferry returns"}', "application/json"),
        (b'{"title": "The ferry returns"}', "text/html"),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>', "text/xml"),
        (b'<?xml version="1.0"?><?xml-stylesheet href="f.xsl"?><feed><title>x</title></feed>', "text/html"),
        (
            b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>',
            "application/xml",
        ),
        (b"body { color: red }", "text/css"),
        (b"<a " + random.Random(1).randbytes(5_000), "text/html"),  # noqa: S311 - no secret
        (gzip.compress(random.Random(2).randbytes(5_000))[2:], "text/html"),  # noqa: S311 - as above
    ],
)
def test_what_is_not_html_is_told_before_parsing(body: bytes, content_type: str | None) -> None:
    verdict = classify_response(response(body, content_type))
    assert verdict is not None
    assert verdict.kind is PageKind.NOT_HTML


@pytest.mark.parametrize("body", [b"", b" \r\n\t", b"\xef\xbb\xbf\n"])
def test_an_empty_body_is_empty(body: bytes) -> None:
    verdict = classify_response(response(body, "text/html"))
    assert verdict is not None
    assert verdict.kind is PageKind.EMPTY


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<!DOCTYPE html><html><body>Hi", "text/html"),
        (b"<html><body>Hi", None),
        (b"<!doctype html><p>Hi", "application/octet-stream"),
        (
            b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
            "application/xhtml+xml",
        ),
        (b"Just some words without any tag", "text/html"),
        (b"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", "text/html"),
        (
            ("<html><head><title>Гавань</title></head><body>" + "<p>Паром возвращается.</p>" * 40).encode(
                "utf-16-le"
            ),
            "text/html",
        ),
        (("<html><body><p>" + "渡し船が戻る。" * 40).encode("iso2022_jp"), "text/html"),
    ],
)
def test_html_goes_on_to_be_parsed(body: bytes, content_type: str | None) -> None:
    assert classify_response(response(body, content_type)) is None


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("404 - Page not found", PageKind.SOFT_404),
        ("Seite nicht gefunden | Hafenpost", PageKind.SOFT_404),
        ("Página no encontrada", PageKind.SOFT_404),
        ("Sorry, this page doesn’t exist", PageKind.SOFT_404),
        ("503 Service Temporarily Unavailable", PageKind.ERROR_PAGE),
        ("Internal Server Error", PageKind.ERROR_PAGE),
        ("We'll be right back", PageKind.ERROR_PAGE),
        ("Wartungsarbeiten", PageKind.ERROR_PAGE),
        ("Log in | The Harbour Post", PageKind.LOGIN),
        ("Anmelden", PageKind.LOGIN),
        ("Iniciar sesión - El Puerto", PageKind.LOGIN),
    ],
)
def test_errors_and_logins_served_with_200_are_told_by_their_title(
    classify: Classify, title: str, kind: PageKind
) -> None:
    verdict = classify(document(title, f"<h1>{title}</h1><p>Go back to the <a href=/>front page</a>.</p>"))
    assert verdict.kind is kind, verdict


@pytest.mark.parametrize(
    "title",
    ["Forbidden fruit on the island", "Access denied: why the gate stays shut", "404 metres under the sea"],
)
def test_a_short_bare_report_whose_title_begins_like_an_error_is_an_article(
    classify: Classify, title: str
) -> None:
    html = document(title, f"<article><h1>{title}</h1><p>{TEXT[0]}</p><p>{TEXT[1]}</p></article>")
    assert classify(html).kind is PageKind.ARTICLE


def test_a_page_without_text_is_empty(classify: Classify) -> None:
    assert (
        classify("<html><head><title>x</title></head><body><script>go()</script></body></html>").kind
        is PageKind.EMPTY
    )


def test_a_few_words_are_too_short(classify: Classify) -> None:
    assert classify(article("The ferry returns", "It is back.")).kind is PageKind.TOO_SHORT


def test_a_video_without_text_is_told(classify: Classify) -> None:
    html = article("Watch: the ferry returns", "It is back.", extra="<video src=/ferry.mp4></video>")
    assert classify(html).kind is PageKind.GALLERY_OR_VIDEO


def test_a_caption_under_a_film_is_no_article_where_the_page_is_about_the_film(classify: Classify) -> None:
    head = '<meta property="og:type" content="video.other">'
    html = document(
        "The ferry returns", f"<article><h1>The ferry returns</h1><p>{TEXT[0][:200]}</p></article>", head
    )
    assert (
        classify(html, url="https://www.harbour.example/tv/ferry-returns").kind is PageKind.GALLERY_OR_VIDEO
    )


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ('<iframe src="https://www.youtube.example/embed/1"></iframe>', "tv/ferry"),
        ('<div class="photo-gallery"><img src=1.jpg><img src=2.jpg></div>', "sea/ferry"),
        ("<img src=1.jpg>", "fotogalerie/ferry"),
    ],
)
def test_players_and_galleries_are_told_by_their_markup_or_address(
    classify: Classify, body: str, path: str
) -> None:
    html = article("The ferry returns", "It is back.", extra=body)
    assert classify(html, url=f"https://www.harbour.example/{path}").kind is PageKind.GALLERY_OR_VIDEO


def test_a_front_page_is_a_list_even_if_its_data_name_an_article(classify: Classify) -> None:
    head = json_ld(datePublished="2025-04-02", author={"name": "Ada Lund"})
    html = article("The Harbour Post", *TEXT, head=head)
    assert classify(html, url="https://www.harbour.example/").kind is PageKind.LISTING
    assert classify(html, url="https://www.harbour.example/?p=123").kind is PageKind.ARTICLE


def test_a_list_is_told_with_the_kind_and_the_signs_that_say_so(classify: Classify) -> None:
    posts = "".join(
        f"<div class=message id=post-{n}><b>Lund{n}</b> <time>April {n + 1}</time><p>{text[:150]}</p><a href=#>Reply</a> "
        "<a href=#>Quote</a></div>"
        for n, text in enumerate(TEXT * 3)
    )
    html = document(
        "Which rope? | Harbour forum",
        f"<h1>Which rope?</h1><div class=thread>{posts}</div><p>Joined: 2019. You must log in or register to reply</p>",
    )
    verdict = classify(html, url="https://forum.harbour.example/threads/which-rope.123/")
    assert (verdict.kind, verdict.rule) == (PageKind.LISTING, "listing.forum"), verdict
    assert "url.thread" in verdict.evidence


def test_every_weighed_sign_is_one_that_pages_have_and_none_of_the_furniture_is_above_one() -> None:
    words = ("add to cart get a quote replies load more min read on this page $ " * 3_000) + "¥" * 9_000
    html = f"<html class=home><title>Rope</title><body class='single blog'><p>{words}</p></body></html>"
    page = Page(url="https://forum.harbour.example/threads/1", body=b"-", fetched_at=NOW)
    extraction = Extraction(blocks=(Block(text=words, tag="p"),), method="none", confidence=0.0)
    found = signs(Features(page, dom.parse(html), html, Metadata(), extraction, 25))
    assert set(weights().signs) <= set(found)
    assert max(value for name, value in found.items() if name.startswith(FURNITURE)) <= 1
    assert min(found.values()) >= 0
    assert all(len(row) == len(weights().kinds) for row in weights().signs.values())


def test_furniture_left_unread_never_changes_a_verdict() -> None:
    for text in (
        *TEXT,
        " ".join(TEXT),
        "Add to cart. " * 40,
        "Log in to reply. Get a quote. Sort by price. " * 9,
    ):
        html = f"<html><title>Rope</title><body><p>{text}</p><p>Add to cart. Free shipping. Replies.</p></body></html>"
        for url in (
            "https://a.example/rope",
            "https://shop.a.example/products/rope",
            "https://a.example/2025/a-b-c-d",
        ):
            extraction = Extraction(blocks=(Block(text=text, tag="p"),), method="none", confidence=0.0)
            page = Page(url=url, body=b"-", fetched_at=NOW)
            features = Features(page, dom.parse(html), html, Metadata(), extraction, 25)
            whole = weigh(signs(features), weights())
            quick, likely = opinion(features), weights().likely
            assert quick == whole or (quick.likelihood < likely and whole.likelihood < likely)


LIVE = "".join(
    f"<article><time>1{n}:00</time><h2>News {n}</h2><p>{text}</p></article>" for n, text in enumerate(TEXT)
)


def test_a_live_blog_is_told_by_its_type(classify: Classify) -> None:
    verdict = classify(article("The storm", LIVE, head=json_ld(**{"@type": "LiveBlogPosting"})))
    assert (verdict.kind, verdict.rule) == (PageKind.LIVE_BLOG, "live_blog.type")


def test_a_live_blog_is_told_by_timed_entries_below_a_title_that_says_so(classify: Classify) -> None:
    verdict = classify(article("The storm as it happened", extra=LIVE))
    assert (verdict.kind, verdict.rule) == (PageKind.LIVE_BLOG, "live_blog.entries"), verdict
    assert verdict.evidence == "as it happened, 4 timed entries"


def test_timed_entries_alone_and_the_word_alone_make_no_live_blog(classify: Classify) -> None:
    assert classify(article("The storm in four letters", extra=LIVE)).kind is PageKind.ARTICLE
    assert classify(article("Live music returns to the island", *TEXT)).kind is PageKind.ARTICLE


def test_a_front_page_is_a_list(classify: Classify) -> None:
    teasers = "".join(
        f'<div class="teaser"><h2><a href="/a/{n}">{text[:60]}</a></h2><p>{text[:120]}</p></div>'
        for n, text in enumerate(TEXT * 5)
    )
    html = document("The Harbour Post: news from the coast", f"<main>{teasers}</main>")
    assert classify(html, url="https://www.harbour.example/").kind is PageKind.LISTING


def test_a_stored_page_without_address_is_judged_without_it(classify: Classify) -> None:
    html = f"<html><head><title>The ferry returns</title></head><body><article><h1>The ferry returns</h1><p>{TEXT[0]}</p></article>"
    assert classify(html, url="").kind is PageKind.ARTICLE


def test_a_section_page_is_a_list(classify: Classify) -> None:
    teasers = "".join(
        f'<article class="card"><a href="/a/{n}"><img src="/{n}.jpg"><h3>{text[:60]}</h3></a><time datetime="2025-04-0{n % 9 + 1}">April</time></article>'
        for n, text in enumerate(TEXT * 6)
    )
    nav = "".join(f'<a href="/s/{n}">Section {n}</a>' for n in range(30))
    html = document(
        "Sea | The Harbour Post",
        f"<nav>{nav}</nav><main><h1>Sea</h1>{teasers}<a href=?page=2>Next page</a></main>",
    )
    assert classify(html, url="https://www.harbour.example/category/sea").kind is PageKind.LISTING


def test_a_product_is_no_article(classify: Classify) -> None:
    head = (
        '<meta property="og:type" content="product"><script type="application/ld+json">{"@context":"https://schema.org","@type":"Product",'
        '"name":"Rope, 20 m","offers":{"@type":"Offer","price":"12.00"}}</script>'
    )
    body = (
        "<h1>Rope, 20 m</h1><p>A strong rope for mooring. It is made of polyester, keeps its length when wet, and comes in white and blue.</p>"
        "<button>Add to cart</button><ul><li>Length 20 m</li><li>Breaking load 2 t</li></ul><img src=/1.jpg><img src=/2.jpg><img src=/3.jpg>"
    )
    assert (
        classify(
            document("Rope, 20 m | Harbour shop", body, head),
            url="https://shop.harbour.example/products/rope",
        ).kind
        is PageKind.LISTING
    )


@given(st.text(max_size=400), st.binary(max_size=200))
def test_any_page_gets_a_verdict(text: str, body: bytes) -> None:
    classify_response(response(body))
    html = f"<html><title>{text}</title><body>{text}</body></html>"
    tree = dom.parse(html)
    extraction = Extraction(blocks=(), method="none", confidence=0.0)
    verdict = classify_page(
        response(body), tree, html=html, metadata=Metadata(), extraction=extraction, min_words=25
    )
    assert verdict.rule


@pytest.mark.parametrize(
    ("url", "metadata"),
    [("https://a.example/rope", Metadata(date_published=NOW, authors=("Ada Lund",))), ("", Metadata())],
)
def test_a_page_that_is_dated_and_signed_or_has_no_address_has_the_benefit_of_the_doubt(
    url: str, metadata: Metadata
) -> None:
    html = "<html><title>Rope</title><body><p>Rope</p></body></html>"
    page = Page(url=url, body=b"-", fetched_at=NOW)
    extraction = Extraction(blocks=(), method="none", confidence=0.0)
    features = Features(page, dom.parse(html), html, metadata, extraction, 25)
    assert weights().likely < least(features) < 1


def test_a_bare_text_without_head_and_address_is_an_article(classify: Classify) -> None:
    told = "".join(f"<p>{text}</p>" for text in TEXT)
    html = f"<html><body><nav>Home</nav><article>{told}</article></body></html>"
    assert classify(html, url="").kind is PageKind.ARTICLE
