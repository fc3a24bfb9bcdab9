"""What the form of a line says, and the lines around it: captions with a credit, heads, lists of benefits."""

import pytest

from scraper.clean import Cleaned, clean_blocks, clean_text
from scraper.records import Block, Metadata

BODY = (
    "The council voted on Tuesday to rebuild the old ferry pier, which it put off twice.",
    "The work will take two years, the harbour master, Ines Calder, said. It was asked for in 2009.",
)
TITLE = "The Lantern - Archive - The last keeper of the pier"


def cleaned(*blocks: Block | str, keep: tuple[str, ...] = (), **metadata: object) -> Cleaned:
    made = [block if isinstance(block, Block) else Block(text=block, tag="p") for block in blocks]
    return clean_blocks(made, metadata=Metadata(**metadata), language="en", keep=keep)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "caption",
    [
        "The pier at dawn, with the ferry waiting. Photo: Ines Calder",
        "The pier at dawn! Image: Ines Calder/Northern News",
        "Die Brücke bei Nacht, gesehen vom Turm. Foto: P. Möller/dpa",
        "Der alte Steg im Winter. Bild: Nordlicht",
        "“We waited.” Photo © Tom Okafor",
    ],
)
def test_a_short_line_that_ends_with_a_credit_is_a_caption(caption: str) -> None:
    result = cleaned(BODY[0], caption, BODY[1])

    assert result.text == "\n\n".join(BODY)
    assert [(removal.kind, removal.rule) for removal in result.removed] == [("caption", "line.credited")]
    assert clean_text("\n\n".join((BODY[0], caption, BODY[1])), form="text").text == "\n\n".join(BODY)
    assert caption in cleaned(BODY[0], caption, BODY[1], keep=("caption",)).text


@pytest.mark.parametrize(
    "text",
    [
        "He put up a photo: the pier at dawn.",
        "It was a grim picture. Image: nothing but water, he wrote, and nothing but wind all day long.",
        "She had one more thing to say. Photo: it was not hers.",
        f"{' '.join(BODY * 2)} Photo: Ines Calder",
        "They asked for one thing. Bread: Ines Calder",
    ],
)
def test_other_lines_with_such_words_stay(text: str) -> None:
    assert text in cleaned(BODY[0], text, BODY[1]).text


@pytest.mark.parametrize(
    "head",
    [
        "The last keeper of the pier By TOM OKAFOR Saturday, February 8, 2003",
        "The Lantern - Archive - The last keeper of the pier by Tom Okafor",
        "The last keeper of the pier Tom Okafor, 8 Feb 2003",
    ],
)
def test_a_head_that_is_title_names_and_date_in_one_line_goes(head: str) -> None:
    result = cleaned(head, *BODY, title=TITLE, authors=("Tom Okafor",))

    assert result.text == "\n\n".join(BODY)
    assert [removal.rule for removal in result.removed] == ["repeats.head"]
    kept = cleaned(head, *BODY, title=TITLE, authors=("Tom Okafor",), keep=("byline",))
    assert kept.text.startswith(head)


@pytest.mark.parametrize(
    "text",
    [
        "The last keeper of the pier is Tom Okafor",
        "The last keeper of the pier",
        "of the pier by Tom Okafor, who was there",
        "The pier Tom Okafor",
    ],
)
def test_a_line_that_says_more_or_less_stays(text: str) -> None:
    assert cleaned(text, *BODY, title=TITLE, authors=("Tom Okafor",)).text.startswith(text)


def items(*texts: str) -> list[Block]:
    return [Block(text=text, tag="li") for text in texts]


def test_of_what_registering_is_good_for_the_items_go_with_the_invitation() -> None:
    benefits = items("Get the news an evening early", "Save articles for later", "Comment on what you read")
    invitation = "Sign up for our daily newsletter"

    result = cleaned(BODY[0], invitation, *benefits, BODY[1])

    assert result.text == "\n\n".join(BODY)
    assert {removal.kind for removal in result.removed} == {"newsletter"}
    plain = "\n".join((BODY[0], "", invitation, *(f"- {block.text}" for block in benefits), "", BODY[1]))
    assert clean_text(plain, form="text", language="en").text == "\n\n".join(BODY)


@pytest.mark.parametrize(
    "between", [(), (BODY[1],), ("Advertisement",), items("Bread and milk")], ids=["none", "p", "ad", "item"]
)
def test_a_list_that_follows_something_else_stays(between: tuple[Block | str, ...]) -> None:
    told = items("Save some flour for later", "Read the recipe twice")
    invitation = ("Sign up for our daily newsletter",) if between else ()

    result = cleaned(BODY[0], *invitation, *between, *told)

    assert result.text.endswith("Save some flour for later\n\nRead the recipe twice")


SIGN_OFFS = [
    "© dpa",
    "(dpa)",
    "dpa",
    "© dpa-infocom, dpa:260304-99-1/3",
    "(AFP)",
    "- Reuters",
    "/ritzau/",
    "mit dpa",
]


@pytest.mark.parametrize("sign_off", SIGN_OFFS)
def test_an_agency_goes_from_the_end_of_the_last_line_and_leaves_it(sign_off: str) -> None:
    result = cleaned(BODY[0], f"{BODY[1]} {sign_off}", "Share this article")

    assert result.text == "\n\n".join(BODY)
    assert (result.removed[0].rule, result.removed[0].text) == ("line.signed", sign_off)


def test_an_agency_stays_where_bylines_are_kept() -> None:
    assert cleaned(BODY[0], f"{BODY[1]} (AFP)", keep=("byline",)).text.endswith("(AFP)")


def test_a_sentence_with_an_agency_behind_it_amid_the_text_is_a_caption() -> None:
    assert cleaned(BODY[0], "The bridge at night, seen from the tower. © dpa", BODY[1]).text == "\n\n".join(
        BODY
    )


@pytest.mark.parametrize(
    "text",
    [
        "Download the app before you travel, the embassy advises everybody in the country.",
        "Support local journalism, the slogan of the fund said, and the town did.",
        "Related: the two men are cousins.",
        "Vielen Dank für Ihre Anmeldung, sagte die Dame am Empfang und schloss die Tür.",
    ],
)
def test_what_somebody_says_in_such_words_stays(text: str) -> None:
    assert text in cleaned(BODY[0], text, BODY[1]).text
    assert text in clean_text(f"{BODY[0]} {text} {BODY[1]}").text
