"""Dates in the forms that pages write, in many languages, with nothing made up."""

# ruff: noqa: E501 - pages stand as they are

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.extract.dates import date_in_url, parse_date
from scraper.records import DatePrecision


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-04-02T07:30:15+02:00", "2025-04-02T05:30:15"),
        ("2025-04-02T07:30:15.123Z", "2025-04-02T07:30:15"),
        ("2025-04-02 07:30:15 +0200", "2025-04-02T05:30:15"),
        ("2025-04-02T07:30+0200", "2025-04-02T05:30:00"),
        ("20250402T073015Z", "2025-04-02T07:30:15"),
        ("2025-04-02T07:30:15+02:00[Europe/Berlin]", "2025-04-02T05:30:15"),
        ("Wed, 02 Apr 2025 07:30:15 +0200", "2025-04-02T05:30:15"),
        ("Wed Apr 02 07:30:15 CEST 2025", "2025-04-02T05:30:15"),
        ("1743571815", "2025-04-02T05:30:15"),
        ("1743571815000", "2025-04-02T05:30:15"),
        ("April 2, 2025 at 7:30 AM EDT", "2025-04-02T11:30:00"),
        ("02.04.2025, 07:30 Uhr MESZ", "2025-04-02T05:30:00"),
        ("2025年4月2日 07:30 JST", "2025-04-01T22:30:00"),
    ],
)
def test_moments_with_a_zone(text: str, expected: str) -> None:
    moment = parse_date(text)
    assert moment is not None
    assert moment.utc == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert not moment.assumed


@pytest.mark.parametrize(
    "text",
    [
        "2 April 2025", "April 2, 2025", "Apr. 2nd, 2025", "2. April 2025", "2 avril 2025", "2 de abril de 2025", "2 aprile 2025",
        "2 april 2025", "2 kwietnia 2025", "2 апреля 2025", "2. huhtikuuta 2025", "2 Nisan 2025", "2025年4月2日", "2025년 4월 2일",
        "02.04.2025", "2025/04/02", "2025-04-02", "02/04/2025", "Published on 2 April 2025", "2. dubna 2025",
    ],
)  # fmt: skip
def test_days_in_words(text: str) -> None:
    moment = parse_date(text)
    assert moment is not None
    assert moment.when.date().isoformat() == "2025-04-02"
    assert (moment.precision, moment.assumed) == (DatePrecision.DAY, True)


def test_month_first_only_where_the_language_has_it() -> None:
    first = parse_date("04/02/2025", language="en-US")
    second = parse_date("04/02/2025", language="fr")
    assert first is not None
    assert second is not None
    assert (first.when.month, second.when.month) == (4, 2)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "0000-00-00", "2025-13-45", "1970-01-01T00:00:00Z", "12:30", "5 minutes ago", "99/99/9999"],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text) is None


@given(st.text(max_size=80))
def test_any_text_is_read_or_left(text: str) -> None:
    parse_date(text)


@given(st.datetimes(datetime(1991, 1, 1), datetime(2090, 1, 1)), st.integers(-12 * 60, 14 * 60))  # noqa: DTZ001 - hypothesis asks for bare ones
def test_what_is_written_in_iso_is_read_back(when: datetime, minutes: int) -> None:
    when = when.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    moment = parse_date(when.isoformat())
    assert moment is not None
    assert moment.utc == when


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2025/04/02/ferry", "2025-04-02"),
        ("/sea/2025-04-02-ferry.html", "2025-04-02"),
        ("/news/20250402/ferry", "2025-04-02"),
        ("/2025/apr/02/ferry", "2025-04-02"),
        ("/2025/april/02/ferry", "2025-04-02"),
        ("/ferry-20259999", None),
        ("/2025/ferry", None),
    ],
)
def test_days_in_addresses(path: str, day: str | None) -> None:
    moment = date_in_url(path)
    assert (moment and moment.when.date().isoformat()) == day
