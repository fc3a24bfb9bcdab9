"""Hygiene: what is repaired, what is left alone, and the way back to the text that came."""

# ruff: noqa: RUF001 - the characters that are looked at

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.clean import clean_blocks, clean_text
from scraper.clean.hygiene import original_offsets, tidy
from scraper.clean.mojibake import mend
from scraper.records import Block, Metadata

SENTENCES = "Über die Brücke — “Größe” zählt. Год за годом: “это” было. Été à l’hôtel; ça coûte 5 €…"
ODD = st.text(st.sampled_from("ab é\u0301\u00ad\u200b\u200c\u200d\u00a0\t\ufeff\u202eक्షم"), max_size=30)


@pytest.mark.parametrize(
    ("broken", "sound"),
    [
        ("It wasnâ€™t over; â€œitâ€\x9d was.", "It wasn’t over; “it” was."),
        ("cafÃ© crÃ¨me", "café crème"),
        ("Ã  Paris, en Ã©tÃ©, Ã Lyon", "à Paris, en été, à Lyon"),
        ("doesnâ\x80\x99t", "doesn’t"),
        ("itÃ¢â‚¬â„¢s", "it’s"),
        ("РџСЂРёРІРµС‚ вЂ” РјРёСЂ, РјС‹", "Привет — мир, мы"),
        ("StraÃŸe", "Straße"),
    ],
)
def test_utf_8_that_was_read_as_something_else_is_repaired(broken: str, sound: str) -> None:
    assert clean_text(broken, form="text").text == sound


@pytest.mark.parametrize(
    "text",
    [
        "The browser shows “Ã¤” instead.",
        "„Spaß“ – „Spaß”",
        "NÃO, AÇÃO E ÂNGULO",
        "Рік за роком; Своє",
        "CAFÉ™ and É© too",
        "Â",
        SENTENCES,
    ],
)
def test_what_may_be_meant_is_left_alone(text: str) -> None:
    assert mend(text).text == text


@given(st.text(st.sampled_from("Ã©â€™“Â Р‚aè\x80\x99 .ŸƒÐ¸"), max_size=25))
def test_repairing_twice_is_repairing_once(text: str) -> None:
    once = mend(text)

    assert mend(once.text).text == once.text
    places = [once.original(place) for place in range(len(once.text) + 1)]
    assert places == sorted(places)
    assert places[-1] == len(text)


def test_sound_text_has_no_repairs_whatever_its_language() -> None:
    for encoding in ("cp1252", "latin-1"):
        for word in SENTENCES.split():
            try:
                broken = f"x {word} y".encode().decode(encoding)
            except UnicodeDecodeError:
                continue
            assert mend(broken).text in {f"x {word} y", broken}


def test_offsets_count_in_the_text_before_its_repair() -> None:
    text = "It wasnâ€™t over.\n\nAdverÂ\xadtisement\n\nItâ€™s done."

    result = clean_text(text)

    (removal,) = result.removed
    assert result.text == "It wasn’t over.\n\nIt’s done."
    assert removal.text == "AdverÂ\xadtisement"
    assert text[removal.offset :].startswith(removal.text)


def test_blocks_are_repaired_too() -> None:
    blocks = [Block(text="It wasnâ€™t over; itâ€™s on.", tag="p"), Block(text="Advertisement", tag="p")]

    result = clean_blocks(blocks, metadata=Metadata())

    assert result.text == "It wasn’t over; it’s on."
    (removal,) = result.removed
    assert "\n\n".join(block.text for block in blocks)[removal.offset :] == "Advertisement"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("ന്\u200d ആണ്", "ന്\u200d ആണ്"),  # the chillu of Malayalam stands at the end of a word
        ("\u200dword\u200c", "word"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("می\u200cروم\u200c", "می\u200cروم"),
        ("a\u200d\u200db", "ab"),
        ("right\u202eto left", "rightto left"),
        ("日本\u3000語", "日本 語"),
    ],
)
def test_joiners_stay_where_a_script_needs_them(dirty: str, clean: str) -> None:
    assert tidy(dirty) == clean


@given(ODD)
def test_every_place_of_a_tidied_line_lies_in_the_line_that_came(text: str) -> None:
    tidied = tidy(text)

    ends = []
    place = 0
    for word in tidied.split():
        ends.append((word, place, place + len(word)))
        place += len(word) + 1
    places = original_offsets(text, tidied, [end for _, *both in ends for end in both])

    for word, start, end in ends:
        assert tidy(text[places[start] : places[end]]) == word


@given(st.text(max_size=60))
def test_cleaned_text_is_composed_and_has_one_kind_of_white_space(text: str) -> None:
    result = clean_text(text, language="en").text

    assert unicodedata.is_normalized("NFC", result)
    assert all(line == " ".join(line.split()) for line in result.split("\n"))
    assert "\n\n\n" not in result


# ---- line breaks that are part of the text -----------------------------------------------------------

POEM = "The pier went out \u00a0in a gale,\r\n  and came back\u200b plank by plank.\n\nNobody asked\nthe sea."
POEM_CLEAN = "The pier went out in a gale,\nand came back plank by plank.\n\nNobody asked\nthe sea."


def test_blocks_keep_their_lines() -> None:
    blocks = [Block(text="He read it\naloud.", tag="p"), Block(text=POEM, tag="pre")]

    result = clean_blocks(blocks, metadata=Metadata(), language="en")

    assert result.text == f"He read it\naloud.\n\n{POEM_CLEAN}"
    assert [paragraph.type for paragraph in result.paragraphs] == ["p", "pre", "pre"]


@pytest.mark.parametrize("tag", ["p", "pre"])
def test_lines_of_a_block_go_by_themselves(tag: str) -> None:
    blocks = [Block(text="The sea.", tag="p"), Block(text=f"Advertisement\n{POEM}", tag=tag)]

    result = clean_blocks(blocks, metadata=Metadata(), language="en")

    (removal,) = result.removed
    assert result.text == f"The sea.\n\n{POEM_CLEAN}"
    assert "\n\n".join(block.text for block in blocks)[removal.offset :].startswith("Advertisement\n")
    assert removal.text == "Advertisement"


@given(
    st.lists(
        st.sampled_from(
            [
                *POEM.split("\n"),
                "Advertisement",
                "Sign up for our",
                "daily newsletter",
                "",
                " ",
                "It was over.",
            ]
        ),
        max_size=12,
    ).map("\n".join)
)
def test_cleaning_preformatted_blocks_again_changes_nothing(text: str) -> None:
    once = clean_blocks([Block(text=text, tag="pre")], metadata=Metadata(), language="en")

    blocks = [Block(text=paragraph.text, tag="pre") for paragraph in once.paragraphs]
    again = clean_blocks(blocks, metadata=Metadata(), language="en")
    assert (again.text, again.removed) == (once.text, ())
    assert clean_text(once.text, form="text", language="en").text == once.text
