"""Times as feeds and sitemaps write them."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.web.times import parse_time

SIX_MAY_EIGHT = datetime(2024, 5, 6, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-06T08:00Z",
        "2024-05-06T08:00:00Z",
        "2024-05-06T10:00:00+02:00",
        "2024-05-06T10:00:00+0200",
        "2024-05-06T08:00:00.000Z",
        "2024-05-06T08:00:00",
        "2024-05-06 08:00:00",
        "2024-05-06 10:00:00 +0200",
        "2024-05-06 10:00 CEST",
        "2024/05/06 08:00",
        "Mon, 06 May 2024 08:00:00 GMT",
        "Mon, 06 May 2024 10:00:00 +0200",
        "Mon, 06 May 2024 10:00:00.000 +0200",
        "Mon, 06 May 2024 10:00:00 CEST",
        "Mon, 6 May 24 03:00 EST",
        "06 May 2024 17:00:00 JST",
        "  2024-05-06T08:00:00Z\n",
    ],
)
def test_one_moment_in_its_many_spellings(text: str) -> None:
    assert parse_time(text) == SIX_MAY_EIGHT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-05", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024-05-06", datetime(2024, 5, 6, tzinfo=UTC)),
        ("2024-5-6", datetime(2024, 5, 6, tzinfo=UTC)),
    ],
)
def test_what_is_missing_is_the_first_and_midnight(text: str, expected: datetime) -> None:
    assert parse_time(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2024-13-01", "2024-02-30", "0001-01-01T00:00:00", "1970-01-01T00:00:00Z",
     "9999-12-31T23:59:59-10:00", "06/05/2024", "1714982400", "x" * 1_000],
)  # fmt: skip
def test_no_time_is_none(text: str) -> None:
    assert parse_time(text) is None


@given(st.text(max_size=60) | st.text("0123456789-+:TZ./ aMoynGCES,", max_size=40))
def test_any_text_gives_a_time_in_utc_or_none(text: str) -> None:
    found = parse_time(text)
    assert found is None or found.tzinfo is UTC


ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=ZONES))  # noqa: DTZ001 - the strategy adds the zone
def test_rfc_3339_is_read_to_the_last_digit(moment: datetime) -> None:
    assert parse_time(moment.isoformat()) == moment


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=ZONES))  # noqa: DTZ001 - as above
def test_rfc_822_is_read_to_the_second(moment: datetime) -> None:
    assert parse_time(format_datetime(moment)) == moment.replace(microsecond=0)
