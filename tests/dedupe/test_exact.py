"""Telling articles apart: what counts as the same text, the same story, the same address."""

# ruff: noqa: RUF001 - letters that look alike are what folding is about

import random
import string
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.dedupe import (
    SAME_STORY_BITS,
    Standing,
    article_id,
    content_hash,
    distance,
    fingerprint,
    standing,
    words_of,
)
from scraper.records import Known

TEXT = st.text(st.characters(codec="utf-8"), max_size=200)
WORDS = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=8), min_size=1, max_size=60)
BETWEEN = st.sampled_from(
    [" ", "\n", "\n\n", "\t", " – ", ", ", ". ", "… ", "\u00a0", " “", "” ", " · ", "_"]
)


def hash_of(text: str) -> str:
    return content_hash(words_of(text))


def made_up(seed: int, words: int = 400) -> list[str]:
    """A text with no phrase in common with another one."""
    draw = random.Random(seed)  # noqa: S311 - a text, not a secret
    return [f"w{draw.randrange(20_000)}" for _ in range(words)]


# ---- words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don’t panic — it’s 2026!", ["don", "t", "panic", "it", "s", "2026"]),
        ("snake_case", ["snake", "case"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("cafe\u0301 \ufb01n", ["café", "fin"]),
        ("हिन्दी समाचार", ["हिन्दी", "समाचार"]),
        ("தமிழ் செய்தி", ["தமிழ்", "செய்தி"]),
        ("한국어 뉴스", ["한국어", "뉴스"]),
        ("iPhone発売・今日。", ["iphone", "発", "売", "今", "日"]),
        ("ข่าววันนี้", ["ข่", "า", "ว", "วั", "น", "นี้"]),
        ("…—!?", []),
        ("", []),
    ],
)
def test_words_are_what_a_reader_of_the_script_takes_for_words(text: str, words: list[str]) -> None:
    assert words_of(text) == [unicodedata.normalize("NFKC", word) for word in words]


@given(TEXT)
def test_words_of_a_text_do_not_depend_on_what_else_stands_in_it(text: str) -> None:
    assert words_of(f"{text} ก") == [*words_of(text), "ก"]


@given(TEXT)
def test_words_of_words_are_the_same_words(text: str) -> None:
    words = words_of(text)
    assert words_of(" ".join(words)) == words


# ---- the same text -----------------------------------------------------------------------------------


@given(words=WORDS, data=st.data())
def test_white_space_and_punctuation_do_not_make_another_text(words: list[str], data: st.DataObject) -> None:
    joints = data.draw(st.lists(BETWEEN, min_size=len(words), max_size=len(words)))
    varied = "".join(word + joint for word, joint in zip(words, joints, strict=True))
    assert hash_of(varied) == hash_of(" ".join(words))


@given(TEXT)
def test_case_does_not_make_another_text(text: str) -> None:
    assert hash_of(text.casefold()) == hash_of(text)


@given(st.text("aàâäæéèêëîïôœùûüßñçåøаяіїґλάϊΐşğ ,.", max_size=80))
def test_capitals_do_not_make_another_text(text: str) -> None:
    assert hash_of(text.upper()) == hash_of(text) == hash_of(text.title())


@given(TEXT, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_the_way_letters_are_composed_does_not_make_another_text(text: str, form: str) -> None:
    assert hash_of(unicodedata.normalize(form, text)) == hash_of(text)  # type: ignore[arg-type]


@given(words=WORDS, at=st.integers(0, 59))
def test_another_word_makes_another_text(words: list[str], at: int) -> None:
    changed = words.copy()
    changed[at % len(words)] += "x"
    assert content_hash(changed) != content_hash(words)


def test_the_ends_of_words_matter() -> None:
    assert content_hash(["ab", "c"]) != content_hash(["a", "bc"])


# ---- the same story ----------------------------------------------------------------------------------


@given(WORDS)
def test_a_fingerprint_is_sixteen_hexadecimal_digits(words: list[str]) -> None:
    assert len(fingerprint(words)) == 16
    assert set(fingerprint(words)) <= set(string.hexdigits.lower())


@pytest.mark.parametrize("words", [[], ["one"], ["one", "two"], ["one", "two", "three"]])
def test_a_text_may_be_short(words: list[str]) -> None:
    assert distance(fingerprint(words), fingerprint(words)) == 0


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_distance_is_a_metric(one: int, two: int, three: int) -> None:
    a, b, c = f"{one:016x}", f"{two:016x}", f"{three:016x}"
    assert (distance(a, b) == 0) == (a == b)
    assert distance(a, b) == distance(b, a) <= 64
    assert distance(a, c) <= distance(a, b) + distance(b, c)


@given(seed=st.integers(0, 10_000), at=st.integers(0, 399))
def test_a_sentence_more_is_still_the_same_story(seed: int, at: int) -> None:
    words = made_up(seed)
    longer = [*words[:at], *made_up(seed + 1, 12), *words[at:]]
    assert distance(fingerprint(words), fingerprint(longer)) < SAME_STORY_BITS


def test_most_unrelated_texts_are_another_story() -> None:
    prints = [fingerprint(made_up(seed)) for seed in range(60)]
    pairs = [distance(a, b) for index, a in enumerate(prints) for b in prints[:index]]
    assert sum(bits < SAME_STORY_BITS for bits in pairs) < len(pairs) * 0.05
    assert 30 < sum(pairs) / len(pairs) < 34


# ---- standing ----------------------------------------------------------------------------------------

A = Known(id="a", revision=2, key="https://news.example/a", content_hash="1", fingerprint="0" * 16)
NEAR, FAR = "0" * 15 + "f", "f" * 16
OTHER_KEY = "https://news.example/a?print"


def like(known: Known, **changes: str) -> Known:
    return msgspec.structs.replace(known, **changes)


CASES = [
    ("nothing is known of it", A, None, None, Standing.NEW),
    ("same article, address, text", A, A, A, Standing.UNCHANGED),
    ("same text, the page's identity changed", like(A, id="b"), None, A, Standing.UNCHANGED),
    (
        "same article and address, new text",
        like(A, content_hash="2", fingerprint=FAR),
        A,
        None,
        Standing.REVISION,
    ),
    (
        "same article, its text stands elsewhere",
        like(A, content_hash="2"),
        A,
        like(A, id="c"),
        Standing.REVISION,
    ),
    ("same article, text, another address", like(A, key=OTHER_KEY), A, A, Standing.DUPLICATE_URL),
    (
        "same article by its name, nearly its text, another address",
        like(A, key=OTHER_KEY, content_hash="2", fingerprint=NEAR),
        A,
        None,
        Standing.DUPLICATE_URL,
    ),
    (
        "same article by its name only",
        like(A, key=OTHER_KEY, content_hash="2", fingerprint=FAR),
        A,
        None,
        Standing.FALSE_CANONICAL,
    ),
    ("another article with the text", like(A, id="b", key=OTHER_KEY), None, A, Standing.DUPLICATE_TEXT),
]


@pytest.mark.parametrize(
    ("candidate", "same_id", "same_text", "how"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_how_an_article_stands_to_what_is_stored(
    candidate: Known, same_id: Known | None, same_text: Known | None, how: Standing
) -> None:
    assert standing(candidate, same_id, same_text) is how


def test_every_standing_is_reached() -> None:
    assert {case[4] for case in CASES} == set(Standing)


def test_an_identity_is_a_function_of_the_address() -> None:
    assert article_id("https://news.example/a") == article_id("https://news.example/a")
    assert article_id("https://news.example/a") != article_id("https://news.example/A")
    assert len(article_id("")) == 32
