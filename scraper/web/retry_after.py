"""The Retry-After header in its two forms, and what becomes of it."""

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_RETRY_AFTER_S = 7 * 86_400.0
"""A longer wait is a mistake or malice; the link is asked for after this at the latest."""

_SECONDS = re.compile(r"\d{1,15}(?:\.\d{1,9})?")


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds that the server asks to be left alone (RFC 9110, 10.2.3), clamped; None if it does not say.

    A date in the past is zero. Fractions, which the RFC does not know, are rounded up.
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return min(float(math.ceil(float(text))), MAX_RETRY_AFTER_S)
    if not text or len(text) > 64:  # noqa: PLR2004 - the longest form of an HTTP date has 33
        return None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), MAX_RETRY_AFTER_S)
