"""Form (b), plain text with lines and punctuation, and the hygiene of all text."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scraper.clean import clean_text
from scraper.clean.hygiene import tidy

ARTICLE = """\
HARBOUR TOWN — The council voted on Tuesday to rebuild the pier.
The work will take two years.

Advertisement

"Sign up for our newsletter," the leaflet said. "It is free."
It was over. Follow Ines Calder on Twitter: @InesCalder.

Read more: Ferry fares to rise again
"""

PIECES = [
    "The council voted on Tuesday. It took an hour.",
    "Advertisement",
    "Sign up for our daily newsletter.",
    "Facebook",
    "Share this article",
    "He said: “Follow us on Twitter.” Nobody did.",
    "Read more: The pier",
    "Newsletter",
    "Photo: Tom Okafor/Reuters",
    "Go to Home Page »",
    "news\u00adletter",
    "من می\u200cخواهم",  # noqa: RUF001
    "e\u0301te\u0301",
    "",
    " ",
    "\t",
    ".",
    "\u200b",
]


def test_lines_stay_lines_and_paragraphs_stay_paragraphs() -> None:
    result = clean_text(ARTICLE)

    assert result.text == (
        "HARBOUR TOWN — The council voted on Tuesday to rebuild the pier.\nThe work will take two years.\n\n"
        '"Sign up for our newsletter," the leaflet said. "It is free."\nIt was over.'
    )
    assert [removal.kind for removal in result.removed] == ["advertisement", "share", "related"]


def test_offsets_count_in_the_text_as_it_came() -> None:
    text = "It was\u00ad over.\r\n\r\n \u200bAdver\u00adtisement \r\nThe end."

    result = clean_text(text)

    (removal,) = result.removed
    assert text[removal.offset :].startswith(removal.text)
    assert tidy(removal.text) == "Advertisement"
    assert result.text == "It was over.\n\nThe end."


def test_a_line_in_the_middle_of_a_wrapped_sentence_is_not_a_unit() -> None:
    text = "The leaflet asked all of them to\nsubscribe now\nand most of them did so."

    assert clean_text(text).text == text


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("a\u00a0b\u2003c\td", "a b c d"),
        ("co\u00adop\u200bera\ufeffte", "cooperate"),
        ("e\u0301", "é"),
        ("bell\x07 and\x00 null", "bell and null"),
        ("من می\u200cخواهم", "من می\u200cخواهم"),  # noqa: RUF001
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d🚀 flies", "👩\u200d🚀 flies"),
        ("zero\u200cwidth\u200d", "zerowidth"),
        ("\u200eleft\u200f", "left"),
    ],
)
def test_hygiene_takes_out_what_cannot_be_seen_and_keeps_what_scripts_need(dirty: str, clean: str) -> None:
    assert clean_text(dirty).text == clean


@given(st.text())
@example("\u1100\u200b\u1161")
def test_tidying_twice_is_tidying_once(text: str) -> None:
    once = tidy(text)

    assert tidy(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), min_size=1, max_size=14),
    st.lists(st.sampled_from(["\n", "\n\n", " ", ". "]), min_size=14, max_size=14),
)
def test_cleaning_its_own_output_changes_nothing(pieces: list[str], joints: list[str]) -> None:
    text = "".join(piece + joint for piece, joint in zip(pieces, joints, strict=False))
    once = clean_text(text).text

    again = clean_text(once)

    assert again.text == once
    assert again.removed == ()


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_removals_are_stretches_of_the_text_that_do_not_overlap(pieces: list[str]) -> None:
    text = "\n".join(pieces)

    end = 0
    for removal in clean_text(text).removed:
        assert removal.offset >= end
        assert text[removal.offset :].startswith(removal.text)
        end = removal.offset + len(removal.text)


def test_text_of_nothing_but_boilerplate_leaves_nothing() -> None:
    result = clean_text("Advertisement\n\nShare this article")

    assert (result.text, result.paragraphs) == ("", ())


@pytest.mark.parametrize("text", ["", " \n\n ", "\u200b"])
def test_nothing_stays_nothing(text: str) -> None:
    assert clean_text(text).text == ""


def test_hostile_text_takes_no_more_than_its_length() -> None:
    ad = "Sign up for our newsletter. "
    for text in (
        ad * 800,
        "Facebook\n" * 4_000 + "Advertisement",
        "." * 200_000,
        "( " * 100_000,
        "by " * 60_000,
        "a. " * 60_000,
        "@" * 200_000,
        "“" * 50_000,
    ):
        clean_text(text, form="text")
        clean_text(text, form="tokens")
