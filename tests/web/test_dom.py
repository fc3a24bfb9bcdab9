"""The tree of a page can be had from any text, in bounded time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.web import dom


@given(st.text())
def test_any_text_gives_a_tree_with_a_body(html: str) -> None:
    assert dom.parse(html).body is not None


def test_nul_and_unpaired_surrogates_are_taken_out() -> None:
    assert dom.text(dom.parse("<p>a\0b\ud800c</p>").css("p")[0]) == "abc"


def test_a_hundred_thousand_nested_elements_are_parsed_quickly_and_keep_their_text() -> None:
    began = time.process_time()
    tree = dom.parse("<div>" * 100_000 + "deep" + "</div>" * 100_000 + "<p>after</p>")
    assert time.process_time() - began < 5
    assert tree.body is not None
    assert dom.text(tree.body) == "deep after"


def test_elements_that_close_themselves_are_never_taken_for_deep() -> None:
    tree = dom.parse("<p>a" * 30_000)
    assert len(tree.css("p")) == 30_000


def test_ordinary_depth_is_left_as_it_is() -> None:
    assert len(dom.parse("<div>" * 500 + "<b>x</b>" * 20_000).css("div")) == 500


def test_walk_visits_what_is_below_in_document_order_and_nothing_beside() -> None:
    tree = dom.parse("<div>a <b>b<i></i></b><p>c</p></div><div>d</div>")
    start = tree.css("div")[0]
    assert [node.tag for node in dom.walk(start)] == ["div", dom.TEXT, "b", dom.TEXT, "i", "p", dom.TEXT]


def test_walk_passes_over_what_it_is_told_to_skip() -> None:
    start = dom.parse("<div><b>b</b><p>c</p></div>").css("div")[0]
    assert [node.tag for node in dom.walk(start, lambda tag: tag == "b")] == ["div", "p", dom.TEXT]


def test_text_keeps_words_of_neighbouring_elements_apart() -> None:
    assert dom.text(dom.parse("<div><p>one</p><p>two\n  three</p></div>").css("div")[0]) == "one two three"


def test_an_attribute_without_value_is_empty() -> None:
    node = dom.parse("<input disabled name=' x '>").css("input")[0]
    assert (dom.attribute(node, "disabled"), dom.attribute(node, "name"), dom.attribute(node, "id")) == (
        "",
        "x",
        "",
    )


@pytest.mark.parametrize("selector", ["((", "a[", ":nth-child(", ">>>"])
def test_nothing_matches_a_selector_that_cannot_be_read(selector: str) -> None:
    assert dom.css_as_written(dom.parse("<p>a</p>"), selector) == []


def test_a_selector_as_a_page_wrote_it_matches_like_any_other() -> None:
    assert len(dom.css_as_written(dom.parse("<p class=a>a</p>"), ".a")) == 1
