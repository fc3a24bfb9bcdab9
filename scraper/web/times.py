"""Times as feeds and sitemaps write them, to aware datetimes in UTC."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

MAX_LENGTH = 100
"""No form of a date is longer; what is longer is not looked at."""

EARLIEST_YEAR = 1800
"""Earlier years are the zero of somebody's clock (0001-01-01), not of the press."""

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2}))?")
_LOOSE = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T ,]{1,3}(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?"
    r" ?(Z|UTC|GMT|[A-Z]{2,5}|(?:GMT|UTC)?[+-]\d{1,2}:?\d{2}|[+-]\d{1,2})?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?", re.IGNORECASE)
_FRACTION = re.compile(r"(:\d{2})\.\d{1,9}\b")

_ZONE_HOURS = {
    "wet": 0, "west": 1, "cet": 1, "cest": 2, "met": 1, "mest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3,
    "bst": 1, "msk": 3, "trt": 3, "sast": 2, "wib": 7, "ict": 7, "sgt": 8, "hkt": 8, "pht": 8, "jst": 9,
    "kst": 9, "awst": 8, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "brt": -3, "clt": -4, "akst": -9,
    "akdt": -8, "hst": -10, "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7,
    "pst": -8,
}  # fmt: skip
"""Names of zones that publishers write, beyond those of RFC 822. Names with several meanings that
are all common (IST) are left out; a time in an unknown zone counts as UTC."""


def parse_time(text: str) -> datetime | None:
    """A time in one of the W3C forms (NOTE-datetime), RFC 3339 or RFC 822, and their common misspellings.

    A missing time of day is midnight, a missing zone UTC. None for what is no time, and for the zeros
    of clocks (year 1, the Unix epoch).
    """
    text = text.strip()
    if not text or len(text) > MAX_LENGTH or not text.isascii():
        return None
    found = _w3c(text) or _rfc822(text)
    if found is None:
        return None
    try:
        moment = found.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return moment if moment.year >= EARLIEST_YEAR and moment.timestamp() != 0 else None


def _w3c(text: str) -> datetime | None:
    partial = _PARTIAL.fullmatch(text)
    if partial:
        return _moment((int(partial[1]), int(partial[2] or 1), 1))
    if "T" in text:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    loose = _LOOSE.fullmatch(text)
    if not loose:
        return None
    numbers = [int(part or 0) for part in loose.groups()[:6]]
    return _moment(numbers[:3], numbers[3:], _zone(loose[7] or ""))


def _rfc822(text: str) -> datetime | None:
    try:
        parts = parsedate_tz(_FRACTION.sub(r"\1", text))
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if parts is None:
        return None
    seconds = parts[9]
    zone = _fixed(timedelta(seconds=seconds)) if seconds else _zone(text.rpartition(" ")[2])
    return _moment(parts[:3], parts[3:6], zone)


def _zone(name: str) -> timezone:
    """The zone of an offset (`+0100`, `GMT+1`) or a known name; else UTC."""
    offset = _OFFSET.fullmatch(name)
    if not offset:
        return _fixed(timedelta(hours=_ZONE_HOURS.get(name.lower(), 0)))
    ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    return _fixed(ahead if offset[1] == "+" else -ahead)


def _fixed(offset: timedelta) -> timezone:
    return timezone(offset) if abs(offset) < timedelta(hours=24) else UTC


def _moment(day: Sequence[int], time: Sequence[int] = (), zone: timezone = UTC) -> datetime | None:
    hour, minute, second = time or (0, 0, 0)
    try:
        # A leap second, which Python has not.
        return datetime(day[0], day[1], day[2], hour, minute, min(second, 59), tzinfo=zone)
    except (ValueError, OverflowError):
        return None
