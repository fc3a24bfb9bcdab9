"""Pictures come with what is printed and declared of them, at their real address."""

# ruff: noqa: E501 - pages stand as they are

import json

import pytest

from scraper.extract.images import whole_address
from scraper.extract.metadata import extract_metadata
from scraper.records import Image, Metadata
from scraper.web import dom
from scraper.web.urls import absolute

URL = "https://www.harbour.example/sea/the-ferry-returns"


def read(body: str, **article: object) -> Metadata:
    data = json.dumps({"@type": "NewsArticle", "headline": "x", **article})
    html = f'<html><head><script type="application/ld+json">{data}</script></head><body>{body}</body></html>'
    return extract_metadata(dom.parse(html), html=html, url=URL)


class TestFigures:
    @pytest.mark.parametrize(
        "picture",
        [
            '<img src="/ferry.jpg">',
            '<img src="data:image/gif;base64,R0" data-src="/ferry.jpg">',
            '<img src="/img/blank.gif" data-original="/ferry.jpg">',
            '<img src="/placeholder.svg" data-lazy-src="/ferry.jpg">',
            '<img data-srcset="/small.jpg 320w, /ferry.jpg 1600w">',
            '<picture><source srcset="/small.jpg 1x, /ferry.jpg 2x"><img src="data:,"></picture>',
        ],
    )
    def test_lazy_sources_are_resolved(self, picture: str) -> None:
        assert read(f"<figure>{picture}</figure>").images[0].url == "https://www.harbour.example/ferry.jpg"

    def test_the_credit_is_told_from_the_caption(self) -> None:
        for body in (
            '<figure><img src="/f.jpg"><figcaption>The ferry. <span class="c-credit">Photo: Mia Sand</span></figcaption></figure>',
            '<figure><img src="/f.jpg"><figcaption>The ferry. Photo: Mia Sand</figcaption></figure>',
            '<figure><img src="/f.jpg"><figcaption>The ferry.</figcaption><small class="copyright">Photo: Mia Sand</small></figure>',
        ):
            picture = read(body).images[0]
            assert (picture.caption, picture.credit) == ("The ferry.", "Photo: Mia Sand")

    def test_what_is_not_printed_is_filled_from_json_ld(self) -> None:
        declared = {
            "@type": "ImageObject",
            "url": URL + ".jpg",
            "caption": "The ferry",
            "creditText": "Mia Sand",
        }
        found = read(f'<figure><img src="{URL}.jpg" alt="A ship"></figure>', image=declared)
        assert found.images == (
            Image(url=URL + ".jpg", caption="The ferry", credit="Mia Sand", alt="A ship"),
        )


class TestOthers:
    def test_without_figures_the_pictures_of_the_text_are_taken(self) -> None:
        body = '<article><p>Text</p><p><img src="/a.jpg" alt="A"></p><img src="/dot.gif" width="1" height="1"></article><img src="/ad.jpg">'
        assert read(body).images == (Image(url="https://www.harbour.example/a.jpg", alt="A"),)

    def test_a_declared_picture_stands_alone_where_none_is_printed(self) -> None:
        found = read("<p>Text</p>", image=["/ferry.jpg", 7, None])
        assert found.image == "https://www.harbour.example/ferry.jpg"
        assert [picture.url for picture in found.images] == ["https://www.harbour.example/ferry.jpg"]


@pytest.mark.parametrize(
    "href",
    [
        "https://cdn.harbour.example/a/b.jpg?w=1&h=2", "http://harbour.example/a", "https://harbour.example/a/../b",
        "https://harbour.example:443/a", "https://HARBOUR.example/a", "//harbour.example/a", "/a b", "a#b", "https://1.2.3.4/a",
        "https://user@harbour.example/a", "javascript:void(0)", "https://harbour.example/%7Ea", "",
    ],
)  # fmt: skip
def test_the_short_way_to_an_address_leads_where_the_long_one_does(href: str) -> None:
    assert whole_address(URL, href) == absolute(URL, href)
