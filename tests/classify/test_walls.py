"""Consent pages and teasers are told where they stand in an article's place, and only there."""

from datetime import UTC, datetime

import pytest

from scraper.classify import classify_response
from scraper.records import Page, PageKind
from tests.classify.articles import TEXT, article, json_ld
from tests.classify.conftest import Classify
from tests.classify.wall_pages import CONSENT, PAYWALLS, REDIRECTED


def test_there_are_enough_of_them() -> None:
    assert len(CONSENT) + len(PAYWALLS) >= 30


@pytest.mark.parametrize("name", CONSENT)
def test_a_consent_page_in_the_articles_place_is_told(classify: Classify, name: str) -> None:
    verdict = classify(CONSENT[name])
    assert verdict.kind is PageKind.CONSENT_WALL, verdict


@pytest.mark.parametrize("url", REDIRECTED)
def test_a_redirect_to_a_consent_page_is_told_by_its_address(url: str) -> None:
    page = Page(
        url=url,
        requested_url="https://www.harbour.example/a",
        body=b"<html><body>x",
        fetched_at=datetime(2025, 4, 3, tzinfo=UTC),
    )
    verdict = classify_response(page)
    assert verdict is not None
    assert verdict.kind is PageKind.CONSENT_WALL


def test_an_address_that_was_asked_for_is_no_redirect() -> None:
    url = "https://www.harbour.example/consent?story=1"
    page = Page(
        url=url, requested_url=url, body=b"<html><body>x", fetched_at=datetime(2025, 4, 3, tzinfo=UTC)
    )
    assert classify_response(page) is None


@pytest.mark.parametrize("name", PAYWALLS)
def test_the_teaser_of_an_article_that_must_be_paid_for_is_told(classify: Classify, name: str) -> None:
    verdict = classify(PAYWALLS[name])
    assert verdict.kind is PageKind.PAYWALL_STUB, verdict


def test_an_article_that_is_not_free_is_an_article_when_its_text_is_there(classify: Classify) -> None:
    html = article("The ferry returns", *TEXT, head=json_ld(isAccessibleForFree=False, wordCount=215))
    assert classify(html).kind is PageKind.ARTICLE


def test_a_free_article_with_an_offer_beside_it_is_an_article(classify: Classify) -> None:
    html = article(
        "The ferry returns",
        *TEXT[:1],
        extra="<p>Subscribe to continue reading</p>",
        head=json_ld(isAccessibleForFree=True),
    )
    assert classify(html).kind is PageKind.ARTICLE


def test_a_paid_part_that_is_not_on_the_page_is_told_by_its_selector(classify: Classify) -> None:
    part = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".for-members"}
    head = json_ld(isAccessibleForFree=False, hasPart=part)
    stub = article("The ferry returns", *TEXT[:2], '<p class="for-members"></p>', head=head)
    verdict = classify(stub)
    assert (verdict.kind, verdict.rule) == (PageKind.PAYWALL_STUB, "paywall.part_missing"), verdict
    assert verdict.evidence == ".for-members"
    whole = article(
        "The ferry returns", *TEXT[:2], extra=f"<div class=for-members>{TEXT[2]}</div>", head=head
    )
    assert classify(whole).kind is PageKind.ARTICLE


@pytest.mark.parametrize("selector", ["", "((", "p::before", "a[", ">>>", ":nth-child("])
def test_a_selector_that_is_none_harms_nobody(classify: Classify, selector: str) -> None:
    head = json_ld(isAccessibleForFree=False, hasPart={"cssSelector": selector})
    assert classify(article("The ferry returns", *TEXT, head=head)).kind in {
        PageKind.ARTICLE,
        PageKind.PAYWALL_STUB,
    }


def test_a_container_counts_where_the_text_before_it_breaks_off(classify: Classify) -> None:
    offer = "<div class=paywall-offer>Vier Wochen lesen, einen Euro zahlen</div>"
    verdict = classify(article("The ferry returns", TEXT[0][:150] + " …", extra=offer))
    assert (verdict.kind, verdict.rule) == (PageKind.PAYWALL_STUB, "paywall.container"), verdict
    assert classify(article("The ferry returns", TEXT[0], extra=offer)).kind is PageKind.ARTICLE


def test_a_footer_of_legal_links_is_no_consent_page(classify: Classify) -> None:
    rows = "".join(f"<tr><td>Lund {n}<td>v<td>Holm {n}</tr>" for n in range(9))
    links = "<footer>Terms of use, Privacy policy, Cookie policy, Your consent choices, use cookies</footer>"
    html = f"<html><title>Fixtures</title><body><h1>Fixtures</h1><table>{rows}</table>{links}</body></html>"
    assert classify(html).kind is not PageKind.CONSENT_WALL


def test_a_short_report_below_an_invitation_to_log_in_is_an_article(classify: Classify) -> None:
    html = article("The ferry returns", TEXT[1], TEXT[3]).replace(
        "<nav>", "<nav>Already a subscriber? Log in "
    )
    assert classify(html).kind is PageKind.ARTICLE


def test_a_notice_beside_many_teasers_is_no_consent_page(classify: Classify) -> None:
    teasers = "".join(
        f"<div><a href=/a/{n}>Harbour notes {n}: the pilots and the tide</a></div>" for n in range(60)
    )
    notice = (
        "<div><p>We and selected third parties use cookies or similar technologies for technical purposes "
        "and, with your consent, for other purposes, as the cookie policy says.</p><p>You can freely give, "
        "deny, or withdraw your consent at any time. Continue without accepting, or click I agree.</p></div>"
    )
    html = f"<html><title>Notes</title><body><nav>{teasers}</nav>{notice}</body></html>"
    assert classify(html).kind is not PageKind.CONSENT_WALL
    assert classify(html.replace(teasers, "")).kind is PageKind.CONSENT_WALL
