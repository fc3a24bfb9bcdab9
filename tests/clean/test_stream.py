"""Form (c): streams of bare tokens."""

from typing import Literal

import pytest
import snowballstemmer
from hypothesis import given
from hypothesis import strategies as st

from scraper.clean import clean_text
from scraper.clean.stream import is_stream, normalise
from scraper.clean.tokens import as_tokens

BODY = """
harbour town council voted tuesday rebuild old ferry pier project put twice since storm destroyed
winter harbour master said work take two years cost nine million fishermen asked council promised
start spring money came ministry sent engineers look damage wooden piles rotten inside concrete
cracked boats moored beach instead islanders waited hours bread milk letters children missed school
ministry said sorry opposition called delay scandal
"""
TAIL = """
mayor promised open june festival band play fireworks rain shine islanders said believe see ship
moored vote price tickets put off spring company runs ferries says fares must rise tenth fuel costs
doubled since winter
"""
FORM = """
please verify youre robot clicking box invalid email address please enter must select newsletter
subscribe  view harbour courier newsletters
"""
SIGN_OFF = """
follow ines calder twitter inescalder ines calder reported harbour town tom okafor london version
article  appears print march page northern edition headline pier rises order reprints todays paper
subscribe interested  feedback page tell us think see go home page
"""


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_pieces_of_a_processed_article_go_and_nothing_else() -> None:
    text = words(f"ines calder tom okaformarch {BODY} {FORM} {TAIL} {BODY} {TAIL} {SIGN_OFF}")

    result = clean_text(text)

    assert result.text == words(f"{BODY} {TAIL} {BODY} {TAIL}")
    assert [removal.kind for removal in result.removed] == ["byline", "captcha", "print_edition"]
    for removal in result.removed:
        assert text[removal.offset :].startswith(removal.text)


def test_one_phrase_in_the_middle_is_not_enough() -> None:
    text = words(f"{BODY} newsletter subscribe {TAIL} {BODY}")

    assert clean_text(text).text == text


@pytest.mark.parametrize(
    "about",
    [
        "museum asked visitors sign newsletter subscribe museum magazine few did director said",
        "captcha asks people verify robot clicking box researchers found machines faster",
        "publish app store log google play upload app store publish app google play store log google play",
        "paper said subscribers must select newsletter receive others lost readers",
    ],
)
def test_a_text_about_such_things_stays(about: str) -> None:
    text = words(f"{BODY} {about} {TAIL} {BODY}")

    assert clean_text(text, form="tokens").text == text


def test_digits_and_function_words_may_be_there() -> None:
    form = (
        "please verify you re not a robot by clicking the box invalid email address please re enter "
        "you must select a newsletter to subscribe"
    )
    text = words(f"{BODY} the council of 12 members {form} {TAIL}")

    assert clean_text(text).text == words(f"{BODY} the council of 12 members {TAIL}")


def test_the_form_is_detected_and_can_be_forced() -> None:
    stream = words(f"{BODY} {FORM} {TAIL}")

    assert is_stream(stream)
    assert not is_stream("The council voted. It took an hour. " * 20)
    assert not is_stream("advertisement")
    assert clean_text(stream, form="text").text == stream


def test_kinds_can_be_kept() -> None:
    text = words(f"{BODY} {FORM} {TAIL}")

    assert clean_text(text, keep=["captcha"]).text == text


@given(st.lists(st.sampled_from([*words(FORM).split(), *words(SIGN_OFF).split(), "pier"]), min_size=1))
def test_cleaning_its_own_output_changes_nothing(tokens: list[str]) -> None:
    once = clean_text(" ".join(tokens), form="tokens").text

    assert clean_text(once, form="tokens").text == once


def test_a_text_is_brought_to_the_form_of_such_streams() -> None:
    assert normalise("Please verify you’re not a robot, by 5 p.m.!") == "please verify robot"  # noqa: RUF001


@pytest.mark.parametrize("stemmer", ["english", "porter"])
def test_a_stream_of_stems_loses_the_same_pieces(stemmer: str) -> None:
    stem = snowballstemmer.stemmer(stemmer).stemWord
    text, form = (" ".join(map(stem, part.split())) for part in (f"{BODY} {TAIL}", FORM))

    assert clean_text(f"{text} {form} {text}").text == f"{text} {text}"


@pytest.mark.parametrize(
    ("language", "article", "boilerplate"),
    [
        (
            "de",
            "Der Rat von Hafenstadt stimmte am Dienstag für den Bau der Mole, die der Sturm zerstörte. ",
            (
                "Bitte bestätigen Sie, dass Sie kein Roboter sind. Newsletter abonnieren. "
                "Alle Rechte vorbehalten. Impressum Datenschutz. Beitrag auf Facebook teilen."
            ),
        ),
        (
            "fr",
            "Le conseil du port a voté mardi la reconstruction de la jetée que la tempête avait détruite. ",
            (
                "Abonnez-vous à notre newsletter. Recevez l'actualité dans votre boîte mail. Lire la suite. "
                "Vous avez repéré une erreur ? Copier le lien. Tous droits réservés."
            ),
        ),
        (
            "es",
            "El ayuntamiento votó el martes la reconstrucción del muelle que el temporal había destruido. ",
            (
                "Suscríbete a nuestra newsletter. Inicia sesión para seguir leyendo. Noticias relacionadas. "
                "Aviso legal. Política de privacidad. Todos los derechos reservados. Copiar enlace."
            ),
        ),
    ],
)
def test_other_languages_have_streams_too(language: str, article: str, boilerplate: str) -> None:
    body = as_tokens(article * 4, language)

    cleaned = clean_text(
        f"{body} {as_tokens(boilerplate, language)} {body}", form="tokens", language=language
    )

    assert cleaned.text == f"{body} {body}"


LONG = f"{BODY} {TAIL} {BODY} {TAIL}"


def test_at_its_end_a_text_needs_less_evidence() -> None:
    footer = "share article social media"

    assert clean_text(words(f"{LONG} {footer}")).text == words(LONG)
    assert footer in clean_text(words(f"{BODY} {footer} {TAIL} {BODY}")).text


def test_the_same_again_and_again_goes() -> None:
    result = clean_text(words(f"{BODY} reply reply reply reply reply reply {TAIL} {BODY}"))

    assert result.text == words(f"{BODY} {TAIL} {BODY}")
    assert [removal.rule for removal in result.removed] == ["stream.echo"]


def test_what_an_article_repeats_stays() -> None:
    text = words(f"{BODY} harbour harbour harbour harbour harbour harbour {TAIL} {BODY}")

    assert clean_text(text).text == text


def test_a_note_on_the_author_goes_from_the_end_only() -> None:
    note = "ines calder freelance writer harbour town keeps bees studied drawing"

    result = clean_text(words(f"{LONG} {note}"))

    assert result.text == words(LONG)
    assert [removal.kind for removal in result.removed] == ["author_bio"]
    assert note in clean_text(words(f"{BODY} {note} {LONG}")).text


def test_tags_go_from_the_end() -> None:
    assert clean_text(words(f"{LONG} tagged ferries harbours piers")).text == words(LONG)


def test_one_foreign_letter_makes_no_other_language() -> None:
    text = words(f"café {BODY} {FORM} {TAIL} said people years many café")

    assert clean_text(text).text == words(f"café {BODY} {TAIL} said people years many café")


def test_who_reported_from_where_goes_with_the_sign_off() -> None:
    reported = "ines calder reported harbour town tom okafor london lena brandt contributed reporting"

    text = words(
        f"{LONG} {SIGN_OFF.replace('ines calder reported harbour town tom okafor london', reported)}"
    )

    assert clean_text(text).text == words(LONG)


def test_two_forms_do_not_take_the_text_between_them_along() -> None:
    text = words(f"{BODY} {FORM} {FORM} {FORM} {TAIL} {FORM} {FORM} {FORM} {BODY}")

    assert clean_text(text).text == words(f"{BODY} {TAIL} {BODY}")


def test_what_is_left_behind_a_form_at_the_end_goes_with_it() -> None:
    footer = "sign newsletter privacy policy terms service all rights reserved"

    assert clean_text(words(f"{LONG} {footer} courier islands")).text == words(LONG)
    assert clean_text(words(f"{LONG} {footer} {TAIL}")).text == words(f"{LONG} {TAIL}")


def test_the_same_words_again_prove_more_than_once() -> None:
    note = "leave comment email address required"

    once = words(f"{BODY} {note} {TAIL} {BODY}")
    twice = words(f"{BODY} {note} {TAIL} {note} {BODY}")

    assert clean_text(once).text == once
    assert clean_text(twice).text == words(f"{BODY} {TAIL} {BODY}")


def test_a_list_of_networks_is_no_boilerplate() -> None:
    text = words(f"{BODY} posted films facebook instagram tiktok youtube twitter whatsapp {TAIL} {BODY}")

    assert clean_text(text).text == text


def test_a_post_that_an_article_shows_is_no_sign_off() -> None:
    text = words(f"{LONG} pic twitter com ines calder inescalder {TAIL}")

    assert clean_text(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "newsletter",
        "the and of",
        "the and of " * 30,
        "12 34 56 " * 30,
        "NEWSLETTER PRIVACY POLICY",
        "一行の 普通の 文章 です " * 20,
        "\N{CJK UNIFIED IDEOGRAPH-65E5}" * 400,
        "the council voted on tuesday to rebuild the old ferry pier",
        "The council voted on Tuesday to rebuild the old ferry pier",
        "\u200b \x00 \ufeff",
    ],
)
@pytest.mark.parametrize("form", ["auto", "text", "tokens"])
def test_odd_texts_come_through(text: str, form: Literal["auto", "text", "tokens"]) -> None:
    cleaned = clean_text(text, form=form)

    left = cleaned.text.split()
    assert left == [word for word in left if word in text]
    assert clean_text(cleaned.text, form=form).text == cleaned.text


def test_a_stream_may_be_in_capitals_where_the_form_is_forced() -> None:
    text = words(f"{BODY} {FORM} {TAIL}").upper()

    cleaned = clean_text(text, form="tokens")

    assert cleaned.text == words(f"{BODY} {TAIL}").upper()
    assert [removal.text for removal in cleaned.removed] == [words(FORM).upper()]


def test_prose_without_a_full_stop_is_no_stream() -> None:
    assert not is_stream("The council voted on Tuesday to rebuild the old ferry pier " * 5)
    assert not is_stream("NEWSLETTER " * 50)
    assert not is_stream("2024 " * 50)
    assert not is_stream("日本語の文章" * 50)
