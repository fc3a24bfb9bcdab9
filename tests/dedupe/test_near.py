"""Sketches: cheap to compare, and true to the texts that they are of."""

import random
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.dedupe import likeness, sketch
from scraper.dedupe.near import KEYS, SAMPLE, SHINGLE_WORDS
from scraper.records import Sketch

SEEDS = st.integers(0, 10_000)
WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=60)
THRESHOLD = 0.4


def made_up(seed: int, words: int = 400) -> list[str]:
    """A text with no phrase in common with another one."""
    draw = random.Random(seed)  # noqa: S311 - a text, not a secret
    return [f"w{draw.randrange(20_000)}" for _ in range(words)]


def shingles(words: list[str]) -> set[tuple[str, ...]]:
    return set(zip(*(words[at:] for at in range(SHINGLE_WORDS)), strict=False))


def is_copy(one: list[str], other: list[str]) -> bool:
    return likeness(sketch(one), sketch(other)).reaches(THRESHOLD)


# ---- the sketch --------------------------------------------------------------------------------------


@given(WORDS)
def test_a_sketch_is_small_whatever_the_text(words: list[str]) -> None:
    made = sketch(words)
    sample = array("I", made.sample)
    assert 1 <= len(sample) <= SAMPLE
    assert len(made.keys) == min(KEYS, len(sample))
    assert list(sample) == sorted(set(sample))


@given(SEEDS)
def test_keys_fit_into_a_column_of_64_bits(seed: int) -> None:
    assert all(-(2**63) <= key < 2**63 for key in sketch(made_up(seed)).keys)


def test_a_sketch_is_the_same_in_every_process_and_on_every_day() -> None:
    made = sketch("the ferry to the outer islands sails again from monday on".split())
    assert made.keys[0] == 3270354381888166967
    assert array("I", made.sample)[0] == 892155275


@pytest.mark.parametrize("words", [[], ["one"], "one two three four".split()])
def test_a_text_shorter_than_a_phrase_is_like_itself_alone(words: list[str]) -> None:
    assert is_copy(words, words)
    assert not is_copy(words, [*words, "more"])


# ---- likeness ----------------------------------------------------------------------------------------


@given(WORDS, WORDS)
def test_likeness_has_no_direction(one: list[str], other: list[str]) -> None:
    assert likeness(sketch(one), sketch(other)) == likeness(sketch(other), sketch(one))


@given(WORDS)
def test_a_text_is_wholly_like_itself(words: list[str]) -> None:
    found = likeness(sketch(words), sketch(words))
    assert (found.containment, found.resemblance) == (1.0, 1.0)


@given(WORDS, WORDS)
def test_of_short_texts_likeness_is_exact(one: list[str], other: list[str]) -> None:
    a, b = shingles(one), shingles(other)
    if a and b:
        found = likeness(sketch(one), sketch(other))
        assert found.containment == len(a & b) / min(len(a), len(b))
        assert found.resemblance == len(a & b) / len(a | b)


@given(seed=SEEDS, kept=st.integers(250, 1000), own=st.integers(0, 200))
def test_of_long_texts_likeness_is_estimated_well(seed: int, kept: int, own: int) -> None:
    one = made_up(seed, 1000)
    other = [*made_up(seed + 1, own), *one[:kept]]
    a, b = shingles(one), shingles(other)
    found = likeness(sketch(one), sketch(other))
    # Five standard errors of a share estimated from what the shorter one has of the sample.
    assert found.containment == pytest.approx(len(a & b) / min(len(a), len(b)), abs=0.35)
    assert found.resemblance == pytest.approx(len(a & b) / len(a | b), abs=0.22)


def test_a_sketch_without_anything_in_it_is_like_nothing() -> None:
    nothing = Sketch(keys=(), sample=b"")
    assert not likeness(nothing, sketch(made_up(1))).reaches(THRESHOLD)
    assert not likeness(nothing, nothing).reaches(THRESHOLD)


# ---- what is a copy ----------------------------------------------------------------------------------


@given(seed=SEEDS, share=st.floats(0.55, 1))
def test_a_cut_story_is_a_copy(seed: int, share: float) -> None:
    story = made_up(seed)
    assert is_copy(story, story[: int(len(story) * share)])


@given(SEEDS)
def test_a_story_with_a_lead_and_furniture_of_the_papers_own_is_a_copy(seed: int) -> None:
    story = made_up(seed)
    assert is_copy(story, [*made_up(seed + 1, 40), *story[30:280], *made_up(seed + 2, 60)])


@given(SEEDS)
def test_a_story_in_which_every_fifteenth_word_is_another_one_is_a_copy(seed: int) -> None:
    story = made_up(seed)
    changed = [word if at % 15 else f"other{at}" for at, word in enumerate(story)]
    assert is_copy(story, changed)


@given(SEEDS)
def test_a_form_letter_with_other_figures_is_none(seed: int) -> None:
    form = made_up(1)
    one, other = ([word if at % 6 else f"{seed + n}.{at}" for at, word in enumerate(form)] for n in (0, 1))
    assert not is_copy(one, other)


@given(SEEDS)
def test_another_report_with_the_same_statements_is_none(seed: int) -> None:
    statements = made_up(seed, 80)
    assert not is_copy([*made_up(seed + 1, 320), *statements], [*statements, *made_up(seed + 2, 320)])


@given(SEEDS)
def test_a_brief_in_a_long_live_blog_makes_the_blog_no_copy(seed: int) -> None:
    brief = made_up(seed, 80)
    assert not is_copy(brief, [*made_up(seed + 1, 600), *brief, *made_up(seed + 2, 600)])


@given(SEEDS)
def test_unrelated_texts_are_none(seed: int) -> None:
    assert not is_copy(made_up(seed), made_up(seed + 1))
