"""The output profile `tokens`: lower case, no punctuation, no digits, no function words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.clean import clean_text
from scraper.clean.tokens import as_tokens, function_words

NORMALISED = (
    "ines calder harbour town council voted tuesday rebuild ferry pier united states u dollars work take two "
    "years w rules apply would also cost million please verify youre robot todays paper said"
)


@pytest.mark.parametrize(
    ("text", "language", "tokens"),
    [
        ("The U.S. Council didn’t meet in Q3; it's late.", "en", "u council didnt meet late"),  # noqa: RUF001
        ("In 2025, 3.5 million (60%) of COVID-19 cases", "en", "million covid cases"),
        ("Der Rat sperrt die Straße für 3,5 Stunden.", "de", "rat sperrt straße stunden"),
        ("L’eau n’est pas d’ici, dit-elle.", "fr", "eau ici dit"),  # noqa: RUF001
        ("Dell'acqua e dell'aria", "it", "acqua aria"),
        ("IRAK ve İzmir", "tr", "ırak izmir"),  # noqa: RUF001
        ("हिन्दी में 3 शब्द", "hi", "हिन्दी में शब्द"),
        ("من می\u200cخواهم!", "fa", "من می\u200cخواهم"),  # noqa: RUF001
        ("市议会2025年通过，很好。", "zh", "市议会 年通过 很好"),  # noqa: RUF001
        ("ΟΔΟΣ", "el", "οδος"),
        ("", "en", ""),
        ("1, 2, 3!", "en", ""),
    ],
)
def test_what_carries_no_content_goes(text: str, language: str, tokens: str) -> None:
    assert as_tokens(text, language) == tokens


def test_a_text_of_that_form_stays_as_it_is() -> None:
    text = NORMALISED

    assert as_tokens(text, "en") == text
    assert as_tokens(text) == text


def test_the_text_tells_its_language() -> None:
    assert (
        as_tokens("Der Rat hat am Dienstag für den Bau der Mole gestimmt.")
        == "rat dienstag bau mole gestimmt"
    )
    assert as_tokens("The council voted on Tuesday for the pier.") == "council voted tuesday pier"


@given(st.text(), st.sampled_from(["en", "de", "fr", "tr", "zh"]))
def test_doing_it_again_changes_nothing(text: str, language: str) -> None:
    once = as_tokens(text, language)

    assert as_tokens(once, language) == once
    assert " ".join(once.split()) == once
    assert not any(character.isdecimal() for character in once)


def test_cleaning_gives_that_form_when_asked() -> None:
    text = "The council met on Tuesday.\n\nSign up for our daily newsletter\n\nIt voted."

    result = clean_text(text, profile="tokens")

    assert result.text == "council met tuesday voted"
    assert [paragraph.text for paragraph in result.paragraphs] == [result.text]
    assert [text[item.offset :].startswith(item.text) for item in result.removed] == [True]


def test_the_lists_are_in_the_form_that_they_are_compared_with() -> None:
    for language, words in function_words().items():
        assert all(as_tokens(word, "none") == word for word in words), language
