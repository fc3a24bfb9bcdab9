"""The declared language stands unless the text clearly speaks another."""

# ruff: noqa: E501 - texts stand as they are

import pytest

from scraper.extract.language import settled
from scraper.extract.metadata import extract_metadata
from scraper.web import dom

GERMAN = (
    "Die Fähre ist nach elf Monaten wieder da, und auf der Insel wird das gefeiert. Der Kapitän sagte, dass er "
    "nicht mit so vielen Leuten gerechnet habe, die von den Klippen aus auf das Schiff warten. Das Boot ist alt, "
    "und die Maschine ist es auch, aber mit dem Geld von den Banken ist das nicht zu ändern."
)
ENGLISH = (
    "The ferry is back after eleven months, and that is a thing to celebrate on the island. The captain said that "
    "he had not counted on so many people, and that it was the best of days for the crew of the ship. It is old, "
    "and so is the engine of the boat, but with the money that was left to them it is not to be changed."
)
NORWEGIAN = (
    "Fergen er tilbake etter elleve måneder, og det er noe som feires på øya. Kapteinen sier at han ikke hadde "
    "ventet så mange, og at det har blitt en god dag for mannskapet som er om bord. Den er gammel, og det er "
    "motoren også, men med pengene som er igjen til dem er det ikke noe å gjøre med."
)
RUSSIAN = "Паром вернулся на остров через одиннадцать месяцев, и это праздник для всех, кто не мог " * 4
JAPANESE = "フェリーは十一か月ぶりに島へ戻り、住民は港で迎えた。船長は多くの人が来たことに驚いたと話した。"


def language(declared: str, text: str) -> str | None:
    html = f'<html lang="{declared}"><body><h1>x</h1><p>{text}</p></body></html>'
    return extract_metadata(dom.parse(html), html=html, url="https://a.example/x").language


@pytest.mark.parametrize(
    ("text", "code"), [(GERMAN, "de"), (ENGLISH, "en"), (RUSSIAN, "ru"), (JAPANESE, "ja")]
)
def test_a_page_that_declares_nothing_is_read(text: str, code: str) -> None:
    assert language("", text) == code


@pytest.mark.parametrize("declared", ["en-US", "fr", "pt_BR"])
def test_a_template_in_another_language_is_overruled(declared: str) -> None:
    assert language(declared, GERMAN) == "de"


def test_a_second_declaration_that_agrees_with_the_text_is_taken() -> None:
    assert settled(["en", "de"], GERMAN) == "de"


@pytest.mark.parametrize("declared", ["no", "nb", "da"])
def test_near_relatives_do_not_overrule_each_other(declared: str) -> None:
    assert language(declared, NORWEGIAN) == declared


def test_a_language_that_nothing_is_known_of_stands_before_a_relative() -> None:
    assert language("lb", GERMAN) == "lb"


def test_a_short_text_overrules_nothing() -> None:
    assert language("fr", "Die Fähre ist nach elf Monaten wieder da.") == "fr"


def test_an_outdated_code_is_written_as_today() -> None:
    assert settled(["iw"], "") == "he"


@pytest.mark.parametrize("text", ["", "12345 " * 100, "x" * 10_000, "\u3042", "—" * 500])
def test_what_is_no_text_says_nothing(text: str) -> None:
    assert settled([], text) in {None, "ja"}
