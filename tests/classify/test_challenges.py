"""Bot checks are recognised whatever their make, language and status; articles about them are articles."""

import pytest

from scraper.records import PageKind
from tests.classify.articles import ARTICLES
from tests.classify.challenge_pages import HEADERS, PAGES
from tests.classify.conftest import Classify


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("status", [200, 403, 503])
def test_a_bot_check_is_told_with_any_status(classify: Classify, name: str, status: int) -> None:
    assert classify(PAGES[name], status=status).kind is PageKind.CHALLENGE


def test_there_are_enough_makes_to_speak_of() -> None:
    assert len(PAGES) >= 60


@pytest.mark.parametrize("name", HEADERS)
def test_headers_decide_alone(classify: Classify, name: str) -> None:
    verdict = classify(ARTICLES["plain report"], headers=HEADERS[name])
    assert verdict.kind is PageKind.CHALLENGE
    assert verdict.rule.endswith(".header")


def test_the_verdict_names_make_and_evidence(classify: Classify) -> None:
    verdict = classify(PAGES["cloudflare managed challenge"])
    assert verdict.rule.startswith("challenge.cloudflare.")
    assert verdict.evidence


def test_an_address_that_only_a_check_has_decides(classify: Classify) -> None:
    verdict = classify(ARTICLES["plain report"], url="https://www.google.com/sorry/index?continue=x")
    assert verdict.kind is PageKind.CHALLENGE


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_is_an_article_whatever_it_is_about(classify: Classify, name: str) -> None:
    verdict = classify(ARTICLES[name])
    assert verdict.kind in {PageKind.ARTICLE, PageKind.LIVE_BLOG}, verdict


@pytest.mark.parametrize(
    "widget",
    [
        "<div class=h-captcha data-sitekey=x></div>",
        '<div class="g-recaptcha" data-sitekey="x"></div>',
        '<script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>',
    ],
)
def test_a_page_that_is_all_test_for_humans_is_told_in_any_words(classify: Classify, widget: str) -> None:
    form = f"<form method=post><p>Noh hetk, palun.</p>{widget}</form>"
    html = f"<html><title>harbour.example</title><body>{form}</body></html>"
    verdict = classify(html)
    assert (verdict.kind, verdict.rule) == (PageKind.CHALLENGE, "challenge.captcha.widget"), verdict
    login = html.replace("<form", "<form><input type=password></form><form")
    assert classify(login).kind is not PageKind.CHALLENGE


ASKING = {
    "german": "Wir prüfen, ob Sie ein Mensch sind. Das kann einige Sekunden dauern.",
    "spanish": "Comprueba que no eres un robot para continuar.",
    "italian": "Conferma che non sei un robot per proseguire.",
    "portuguese": "Precisamos confirmar que você não é um robô.",
    "czech": "Ověřte prosím, že nejste robot.",
    "ukrainian": "Підтвердіть, що ви не робот.",
    "finnish": "Vahvista, että et ole robotti.",
    "arabic": "يرجى التأكد من أنك لست روبوتًا للمتابعة.",
    "japanese": "あなたがロボットでないことを確認してください。",
    "korean": "로봇이 아님을 확인해 주세요.",
}


@pytest.mark.parametrize("language", ASKING)
def test_proof_of_being_human_is_recognised_in_words_that_no_list_holds(
    classify: Classify, language: str
) -> None:
    verdict = classify(f"<html><title>harbour.example</title><body><p>{ASKING[language]}</p></body></html>")
    assert (verdict.kind, verdict.rule) == (PageKind.CHALLENGE, "challenge.plain.stems"), verdict


def test_a_brief_that_confirms_something_of_humans_is_an_article(classify: Classify) -> None:
    text = "Police confirmed on Tuesday that the bones found below the sea wall are human, and very old. "
    nav = " ".join(f"<a href=/{n}>Section {n}</a>" for n in range(20))
    html = f"<html><title>Bones</title><body><nav>{nav}</nav><h1>Bones</h1><p>{text * 2}</p></body></html>"
    assert classify(html).kind is PageKind.ARTICLE
