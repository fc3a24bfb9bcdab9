"""What the head of an answer means."""

import pytest

from scraper.records import Reason
from scraper.web.answers import (
    is_challenge,
    is_failure,
    is_html,
    looks_binary,
    may_be_document,
    may_be_page,
    reason_for,
)


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (None, True),
        ("", True),
        ("text/html", True),
        ("Text/HTML; charset=utf-8", True),
        ("application/xhtml+xml", True),
        ("text/plain", True),
        ("text/html, text/html; charset=x", True),
        ("text/css", False),
        ("application/json", False),
        ("application/octet-stream", False),
        ("image/svg+xml", False),
    ],
)
def test_a_page_is_text(content_type: str | None, expected: bool) -> None:  # noqa: FBT001
    assert may_be_page(content_type) is expected


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (None, True),
        ("application/gzip", True),
        ("application/json", True),
        ("image/png", False),
        ("audio/x", False),
    ],
)
def test_a_document_is_anything_but_pictures_and_the_like(content_type: str | None, expected: bool) -> None:  # noqa: FBT001
    assert may_be_document(content_type) is expected


def test_html_is_what_says_so() -> None:
    assert is_html("text/html;charset=x")
    assert not is_html(None)


@pytest.mark.parametrize(
    "body", [b"", b"<p>x</p>", "Größe".encode(), "<p>x</p>".encode("utf-16"), b"<\x00p\x00>\x00"]
)
def test_text_in_any_encoding_is_no_binary(body: bytes) -> None:
    assert not looks_binary(body)


@pytest.mark.parametrize(
    "body", [b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"%PDF-1.7\n\x00\x01", b"\x00\x01\x02\x03"]
)
def test_binary_is_known_by_its_control_characters(body: bytes) -> None:
    assert looks_binary(body)


def test_challenges_are_known_by_their_headers() -> None:
    assert is_challenge({"cf-mitigated": "challenge"})
    assert not is_challenge({"server": "cloudflare", "cf-ray": "1"})


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503, 520, 999])
def test_some_failures_may_pass(status: int) -> None:
    assert is_failure(status)


@pytest.mark.parametrize("status", [200, 304, 400, 401, 403, 404, 410, 451])
def test_others_are_answers(status: int) -> None:
    assert not is_failure(status)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (304, Reason.BAD_REDIRECT),
        (404, Reason.NOT_FOUND),
        (403, Reason.CLIENT_ERROR),
        (425, Reason.SERVER_ERROR),
        (429, Reason.RATE_LIMITED),
        (503, Reason.SERVER_ERROR),
    ],
)
def test_each_status_has_its_reason(status: int, reason: Reason) -> None:
    assert reason_for(status) is reason
