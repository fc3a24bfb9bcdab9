"""Dates as pages write them: machine-readable, in words, in addresses; what they leave open is said."""

# ruff: noqa: RUF001 - dashes and quotes as pages print them

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import cache

from scraper.records import DatePrecision
from scraper.rules.loader import load

FIRST_YEAR = 1990
LAST_YEAR = 2100
"""Years outside are no dates of web pages: counters, identifiers, the epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date with as much as was written."""

    when: datetime
    """Aware; in UTC only when `assumed` or when it was written so."""
    precision: DatePrecision
    assumed: bool = False
    """Whether no time zone was written."""

    @property
    def utc(self) -> datetime:
        """The moment in UTC."""
        return self.when.astimezone(UTC)

    def on_same_day(self, other: "Moment") -> bool:
        """Whether two sources may mean the same day, each read by its own clock or by UTC."""
        return self.when.date() == other.when.date() or self.utc.date() == other.utc.date()


_ISO = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})"
    r"(?:[T _]{1,2}(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,:]\d{1,9})?)?)?"
    r"(?:[ ]?(Z|UTC|GMT|[+-]\d{1,2}:?\d{0,2}|\[?[A-Z]{2,5}\]?))?(?:\[[\w/]{1,40}\])?(?!\d)"
)
_RFC822 = re.compile(r"(?:[A-Z][a-z]{2,8},? )?\d{1,2}[ -][A-Z][a-z]{2}[ -]\d{4} \d{1,2}:\d{2}")
_JAVA = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d\d:\d\d:\d\d) ([A-Z]{1,5}) (\d{4})$")
"""As java.util.Date prints itself: "Wed Apr 02 07:30:15 CEST 2025"."""
_UNIX = re.compile(r"1\d{9}(?:\d{3})?$")
_NUMERIC = re.compile(r"(?<![\d.:/-])(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{2,4})(?![\d/-])")
_EAST_ASIAN = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号]?")
_DAY_WORD_YEAR = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?[\s./-]{0,3}(?:de\s|of\s|d['’])?([^\W\d_]{3,14})[\s.,/-]{1,4}(?:de[l]?\s)?(\d{4})(?!\d)"
)
_WORD_DAY_YEAR = re.compile(r"([^\W\d_]{3,14})\.?\s(\d{1,2})(?:st|nd|rd|th)?[,.]?\s(\d{4})(?!\d)")
_CLOCK = re.compile(
    r"(?<![\d.:])(\d{1,2})[:.h](\d{2})(?::(\d{2}))?(?![\d.])\s?([ap]\.?m\b\.?|[AP]\.?M\b\.?)?"
)
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?$")
_IN_URL = re.compile(r"(?<!\d)((?:19|20)\d{2})[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_MONTH_IN_URL = re.compile(r"/((?:19|20)\d{2})/([a-z]{3,9})/(\d{1,2})/")


@cache
def _months() -> dict[str, int]:
    table: dict[str, list[str]] = load("dates.toml")["months"]
    return {name: int(number) for number, names in table.items() for name in names}


@cache
def _zones() -> dict[str, int]:
    zones: dict[str, int] = load("dates.toml")["zones"]
    return zones


def parse_date(text: str, *, language: str | None = None) -> Moment | None:
    """Read one date.

    Args:
        text: A value of a field, or a short piece of visible text.
        language: Decides 3/4/2025: month first in American English, else day first.
    """
    text = " ".join(text.split())[:120]
    if not text or not any(char.isdigit() for char in text):
        return None
    found = _ISO.match(text)
    if found:
        return _from_iso(found)
    if _UNIX.match(text):
        when = datetime.fromtimestamp(int(text[:10]), UTC)
        return Moment(when=when, precision=DatePrecision.SECOND)
    if _RFC822.match(text):
        return _from_rfc822(text)
    if found := _JAVA.match(text):
        text = f"{found[2]} {found[1]} {found[5]} {found[3]} {found[4]}"
    return _from_words(text, language)


def _from_iso(found: re.Match[str]) -> Moment | None:
    year, month, day, hour, minute, second, zone = found.groups()
    precision = DatePrecision.DAY
    if hour is not None:
        precision = DatePrecision.SECOND if second is not None else DatePrecision.MINUTE
    offset = _zone(zone) if zone and hour is not None else None
    return _moment(
        (int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)),
        precision,
        offset,
    )


def _from_rfc822(text: str) -> Moment | None:
    try:
        when = parsedate_to_datetime(text.replace("-", " ", 2) if re.match(r"\d{1,2}-", text) else text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    offset = when.utcoffset()
    parts = (when.year, when.month, when.day, when.hour, when.minute, when.second)
    precision = DatePrecision.SECOND if text.count(":") > 1 else DatePrecision.MINUTE
    return _moment(parts, precision, None if offset is None else timezone(offset))


def _from_words(text: str, language: str | None) -> Moment | None:
    day = _day(text, language)
    if day is None:
        return None
    (year, month, date), rest = day
    clock = _CLOCK.search(rest)
    if clock is None:
        return _moment((year, month, date, 0, 0, 0), DatePrecision.DAY, None)
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    half = (clock[4] or "")[:1].lower()
    if half and 1 <= hour <= 12:  # noqa: PLR2004 - the clock's face
        hour = hour % 12 + (12 if half == "p" else 0)
    precision = DatePrecision.MINUTE if clock[3] is None else DatePrecision.SECOND
    after = rest[clock.end() :].strip(" ().,Uhr").split(" ", 1)[0].strip("().,")
    return _moment((year, month, date, hour, minute, second), precision, _zone(after) if after else None)


def _day(text: str, language: str | None) -> tuple[tuple[int, int, int], str] | None:
    """Year, month and day, and the text without them."""
    if found := _EAST_ASIAN.search(text):
        return (int(found[1]), int(found[2]), int(found[3])), _without(text, found)
    months = _months()
    for pattern, day_at, month_at in ((_DAY_WORD_YEAR, 1, 2), (_WORD_DAY_YEAR, 2, 1)):
        for found in pattern.finditer(text):
            month = months.get(found[month_at].casefold())
            if month:
                return (int(found[3]), month, int(found[day_at])), _without(text, found)
    if found := _ISO.search(text):
        return (int(found[1]), int(found[2]), int(found[3])), _without(text, found) if not found[4] else text[
            found.start(4) :
        ]
    if found := _NUMERIC.search(text):
        return _numeric(found, language), _without(text, found)
    return None


def _numeric(found: re.Match[str], language: str | None) -> tuple[int, int, int]:
    one, two, three = int(found[1]), int(found[3]), int(found[4])
    if len(found[1]) == 4:  # noqa: PLR2004 - a year
        return one, two, three
    year = three + 2000 if three < 100 else three  # noqa: PLR2004 - two figures
    month_first = found[2] == "/" and (language or "").lower() in {"en", "en-us", "en_us"}
    if two > 12 or (month_first and one <= 12):  # noqa: PLR2004 - months
        return year, one, two
    return year, two, one


def _without(text: str, found: re.Match[str]) -> str:
    return text[: found.start()] + " " + text[found.end() :]


def _zone(name: str) -> timezone | None:
    """An offset, or one of the abbreviations that mean one place only."""
    name = name.strip("[]")
    if name in {"Z", "UTC", "GMT"}:
        return UTC
    if found := _OFFSET.match(name):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        if minutes >= 24 * 60:
            return None
        return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    known = _zones().get(name.upper())
    return None if known is None else timezone(timedelta(minutes=known))


def _moment(
    parts: tuple[int, int, int, int, int, int], precision: DatePrecision, zone: timezone | None
) -> Moment | None:
    year, month, day, hour, minute, second = parts
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    following = timedelta()
    if (hour, minute) == (24, 0):
        hour, following = 0, timedelta(days=1)
    try:
        when = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone or UTC) + following
    except (ValueError, OverflowError):
        return None
    return Moment(when=when, precision=precision, assumed=zone is None)


def date_in_url(path: str) -> Moment | None:
    """The day that the path of an address names: /2025/03/01/, /2025-03-01-, /20250301, /2025/march/01/."""
    for found in _IN_URL.finditer(path):
        moment = _moment((int(found[1]), int(found[2]), int(found[3]), 0, 0, 0), DatePrecision.DAY, None)
        if moment:
            return moment
    named = _MONTH_IN_URL.search(path.lower())
    if named:
        month = _months().get(named[2])
        if month:
            return _moment((int(named[1]), month, int(named[3]), 0, 0, 0), DatePrecision.DAY, None)
    return None


def with_zone_of(moment: Moment, others: list[Moment]) -> Moment:
    """`moment` with the zone that another source gives for the same time on the clock, if it has none."""
    if not moment.assumed or moment.precision is DatePrecision.DAY:
        return moment
    for other in others:
        if other.assumed or other.precision is DatePrecision.DAY:
            continue
        gap = abs(other.when.replace(tzinfo=UTC) - moment.when)
        if gap < timedelta(minutes=1):
            return replace(moment, when=moment.when.replace(tzinfo=other.when.tzinfo), assumed=False)
    return moment
