"""What the head of an answer means for us: pure decisions on status, type and headers."""

from collections.abc import Mapping

from scraper.records import Reason

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PASSING = frozenset({408, 425, 429})
"""Client errors that may pass when asked again (RFC 9110, 15.5.9; RFC 8470; RFC 6585, 4)."""

WALLS = frozenset({401, 402, 403, 451})
"""Statuses under which challenge, consent and paywall pages come, so that their body is worth a look."""

CHALLENGE_HEADERS = ("cf-mitigated", "x-amzn-waf-action")
"""Headers by which Cloudflare and AWS WAF say that this is a challenge, and not the page."""

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_PAGE_TYPES = _HTML_TYPES | {"text/plain", "text/xml", "application/xml"}
_NO_DOCUMENT = ("image/", "audio/", "video/", "font/")
_BINARY = bytes({*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)})
"""Binary data bytes of the WHATWG MIME Sniffing standard (3)."""


def media_type(content_type: str | None) -> str:
    """`text/html` of `Text/HTML; charset=x`; empty where there is none."""
    return (content_type or "").partition(";")[0].partition(",")[0].strip().lower()


def may_be_page(content_type: str | None) -> bool:
    """Whether an answer of this type can be a page of text; none at all is to be looked into."""
    name = media_type(content_type)
    return not name or name in _PAGE_TYPES


def may_be_document(content_type: str | None) -> bool:
    """Whether an answer of this type can be a feed, a sitemap or a robots.txt, zipped ones included."""
    return not media_type(content_type).startswith(_NO_DOCUMENT)


def is_html(content_type: str | None) -> bool:
    """Whether the answer calls itself HTML."""
    return media_type(content_type) in _HTML_TYPES


def looks_binary(body: bytes) -> bool:
    """Whether bytes without a type are no text: they hold what no text has in its first 1445 bytes."""
    head = body[:1_445]
    if head.startswith((b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf")):
        return False
    # UTF-16 without a mark has NUL in every other place; nothing else with NUL is text.
    odd, even = head[1::2], head[0::2]
    if head and (odd.count(0) == len(odd) or even.count(0) == len(even)):
        return False
    return len(head.translate(None, _BINARY)) != len(head)


def is_challenge(headers: Mapping[str, str]) -> bool:
    """Whether the headers say that a challenge was sent in place of the page."""
    return any(name in headers for name in CHALLENGE_HEADERS)


def is_failure(status: int) -> bool:
    """Whether a healthy host would not have answered so, and asking again may help."""
    return status >= 500 or status in PASSING  # noqa: PLR2004 - HTTP


def reason_for(status: int) -> Reason:
    """Why a final answer that holds no page is no page."""
    if status in {404, 410}:
        return Reason.NOT_FOUND
    if status == 429:  # noqa: PLR2004 - HTTP
        return Reason.RATE_LIMITED
    if status == 408:  # noqa: PLR2004 - HTTP
        return Reason.TIMEOUT
    if status >= 500 or status in PASSING:  # noqa: PLR2004 - HTTP
        return Reason.SERVER_ERROR
    return Reason.BAD_REDIRECT if 300 <= status < 400 else Reason.CLIENT_ERROR  # noqa: PLR2004 - HTTP
