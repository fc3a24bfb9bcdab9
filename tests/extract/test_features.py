"""What the model is told of each block."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.extract import blocks, features
from scraper.extract.features import NAMES, SECOND_NAMES
from scraper.records import Metadata
from scraper.web import dom

SENTENCE = "The council met on Tuesday, argued for two hours and then went home without a vote on the bridge."
PAGE = f"""
<body><nav class="menu"><ul><li><a href="/">Home</a></li></ul><p><a href="/">Sport today</a></p></nav>
<main><article class="story-body"><h1>Bridge vote put off</h1>
<p>{SENTENCE}</p><p>{SENTENCE} <a href="/x">More on it</a></p><p>“We will meet again?”</p>
<p>{SENTENCE}</p></article></main>
<div class="related"><article><h2>Another story</h2></article></div></body>"""


def told(page: str, **known: Any) -> tuple[list[str], dict[str, list[int]]]:
    """The texts of a page's blocks, and the features of each by name."""
    stream = blocks.read(dom.parse(page))
    columns = features.columns(stream, Metadata(**known))
    return [piece.text for piece in stream.pieces], dict(zip(NAMES, map(list, columns), strict=True))


def test_each_feature_is_a_column_with_a_value_for_each_block() -> None:
    texts, columns = told(PAGE)
    assert {len(column) for column in columns.values()} == {len(texts)}
    assert max(max(column) for column in columns.values()) <= features.TOP


def test_a_page_without_text_has_empty_columns() -> None:
    texts, columns = told("<body><img src='x.png'></body>")
    assert texts == []
    assert not any(columns.values())


def test_the_end_of_a_sentence_is_seen_through_closing_quotes() -> None:
    texts, columns = told(PAGE)
    assert columns["ends"][texts.index("“We will meet again?”")] == 2
    assert columns["ends"][texts.index("Bridge vote put off")] == 0


def test_a_text_that_stood_before_is_repeated() -> None:
    texts, columns = told(PAGE)
    assert texts[-2] == SENTENCE
    assert (columns["repeated"][texts.index(SENTENCE)], columns["repeated"][-2]) == (0, 1)


def test_the_page_s_own_words_about_itself_are_recognised_in_its_blocks() -> None:
    texts, columns = told(PAGE, title="Bridge vote put off", description=SENTENCE, article_body=SENTENCE * 3)
    heading, first = texts.index("Bridge vote put off"), texts.index(SENTENCE)
    assert (columns["titled"][heading], columns["titled"][first]) == (1, 0)
    assert (columns["described"][heading], columns["described"][first]) == (0, 1)
    assert (columns["anchor"][heading], columns["anchor"][first]) == (0, 1)


def test_names_above_a_block_are_counted_in_steps() -> None:
    texts, columns = told(PAGE)
    assert columns["near_body"][texts.index(SENTENCE)] == 1
    assert columns["near_navigation"][texts.index("Sport today")] == 1
    assert columns["near_related"][-1] == 2
    assert columns["near_comments"] == [features.TOP] * len(texts)


def test_what_holds_most_of_the_text_is_told_from_what_does_not() -> None:
    texts, columns = told(PAGE, title="Bridge vote put off")
    first = texts.index(SENTENCE)
    assert columns["off_chain"][first] == 1
    assert columns["off_chain"][-1] > columns["off_chain"][first]
    assert columns["off_title"][first] == 1
    assert columns["parent_good"][first] == features.TOP


def test_blocks_of_the_same_make_are_kin() -> None:
    texts, columns = told(PAGE)
    assert (
        len({columns["kin_count"][i] for i, text in enumerate(texts) if text.startswith("The council")}) == 1
    )
    assert columns["kin_count"][texts.index(SENTENCE)] > columns["kin_count"][-1]


def test_deep_nesting_stays_within_the_scale() -> None:
    texts, columns = told("<div class=story>" * 900 + f"<p>{SENTENCE}</p>")
    assert texts == [SENTENCE]
    assert columns["depth"] == [features.TOP]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 30])
def test_a_neighbour_beyond_the_page_is_told_as_none(count: int) -> None:
    _, columns = told("<body>" + f"<p>{SENTENCE}</p>" * count)
    assert columns["length-1"][0] == 0
    assert columns["length+1"][-1] == 0
    assert columns["length-1"][1:] == columns["length"][:-1]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_means_of_opinions_lie_between_the_lowest_and_the_highest(opinions: list[float]) -> None:
    stream = blocks.read(
        dom.parse("<body>" + "".join(f"<p>{SENTENCE} {i}</p>" for i in range(len(opinions))))
    )
    neutral = bytes(len(opinions))
    columns = dict(
        zip(SECOND_NAMES, features.second_columns(stream, opinions, neutral, neutral), strict=True)
    )
    low, high = min(columns["own"]), max(columns["own"])
    for name in ("around_5", "around_12", "mean", "parent_mean", "kin_mean"):
        assert all(low <= value <= high for value in columns[name])
    assert set(columns["top"]) == {high}
