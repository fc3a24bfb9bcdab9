"""The Retry-After header (RFC 9110, 10.2.3)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.web.retry_after import MAX_RETRY_AFTER_S, retry_after_s

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 120 ", 120.0),
        ("1.2", 2.0),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60.0),
        ("Sunday, 01-Mar-26 12:01:00 GMT", 60.0),
        ("Sun Mar  1 12:01:00 2026", 60.0),
        ("Sun, 01 Mar 2026 13:01:00 +0100", 60.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("999999999999", MAX_RETRY_AFTER_S),
        ("Sun, 01 Mar 2099 12:00:00 GMT", MAX_RETRY_AFTER_S),
    ],
)
def test_both_forms_are_read_and_clamped(value: str, seconds: float) -> None:
    assert retry_after_s(value, NOW) == seconds


@pytest.mark.parametrize(
    "value", [None, "", "soon", "-5", "1e9", "inf", "Sun, 99 Foo 2026 12:00:00 GMT", "1" * 500]
)
def test_what_makes_no_sense_says_nothing(value: str | None) -> None:
    assert retry_after_s(value, NOW) is None


@given(st.text())
def test_nothing_makes_it_fail(value: str) -> None:
    seconds = retry_after_s(value, NOW)
    assert seconds is None or 0 <= seconds <= MAX_RETRY_AFTER_S
