"""What headers and first bytes say alone, before anything is parsed."""

import re

from scraper.classify.signatures import challenges, consent
from scraper.records import Page, PageKind, Verdict

SNIFFED_BYTES = 1_024

_TEXT_TYPES = frozenset(
    {
        "text/html",
        "text/plain",
        "text/xhtml",
        "text/xml",
        "application/xhtml+xml",
        "application/xml",
        "application/x-httpd-php",
    }
)
_ANY_TYPES = frozenset({"", "application/octet-stream", "binary/octet-stream", "unknown/unknown", "*/*"})
"""Types that say nothing."""
_MEDIA = ("image/", "audio/", "video/", "font/")
_MAGIC = (
    b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"ID3", b"OggS",
    b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x20ftyp", b"{\\rtf", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf",
    b"wOFF", b"wOF2", b"%!PS",
)  # fmt: skip
"""First bytes of documents, pictures, archives, sound, films and fonts."""
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|div|p|script|article|h1|a|table|iframe|br|center)\b",
    re.IGNORECASE,
)
_XML_ROOT = re.compile(
    rb"(?:<\?xml[^>]{0,200}>\s*)?(?:<\?[^>]{0,300}>\s*|<!--[^>]{0,500}-->\s*){0,5}"
    rb"<(rss|feed|urlset|sitemapindex|rdf:RDF|opml|svg|kml|soap:\w+|Error|error)\b"
)


_NO_TEXT = bytes({*range(1, 9), *range(0x0E, 0x20)} - {0x1B})
"""Controls that text has none of, in any encoding but UTF-16 and UTF-32; those of ISO-2022 have escapes."""
_MOST_NO_TEXT = 0.03
"""Share of those above which bytes are no text: .10 in random or compressed ones, in pages next to none."""
_WIDE_NULS = 0.1
"""Share of NULs above which markup may be UTF-16, where it is half."""


def classify_response(page: Page) -> Verdict | None:
    """A verdict that needs no parsing: headers that decide alone, no HTML, nothing at all. Else None."""
    return _challenged(page) or _addressed(page) or _empty(page) or _not_html(page)


def _challenged(page: Page) -> Verdict | None:
    headers = {name.lower(): value.lower() for name, value in page.headers}
    for signature in challenges():
        for name, value in signature.headers:
            held = headers.get(name)
            if held is not None and (value == "*" or value in held):
                return Verdict(
                    kind=PageKind.CHALLENGE,
                    rule=f"challenge.{signature.name}.header",
                    evidence=f"{name}: {held[:80]}",
                )
    return None


def _addressed(page: Page) -> Verdict | None:
    """Pages whose address says that the article was not reached, unless that address was asked for."""
    url = page.url.lower()
    asked = (page.requested_url or "").lower()
    for signature in challenges():
        part = signature.in_url(url)
        if part and part not in asked:
            return Verdict(kind=PageKind.CHALLENGE, rule=f"challenge.{signature.name}.url", evidence=part)
    part = consent().in_url(url)
    if part and part not in asked:
        return Verdict(kind=PageKind.CONSENT_WALL, rule="consent.url", evidence=part)
    return None


def _empty(page: Page) -> Verdict | None:
    if not page.body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        return Verdict(kind=PageKind.EMPTY, rule="empty.body", evidence=f"{len(page.body)} bytes")
    return None


def _not_html(page: Page) -> Verdict | None:
    declared = (page.content_type or "").split(";", 1)[0].strip().lower()
    head = page.body[:SNIFFED_BYTES].lstrip(b" \t\r\n\xef\xbb\xbf")
    root = _XML_ROOT.match(head)
    if root:
        return _other(declared, f"root element {root[1].decode('ascii', 'replace')}")
    if _is_noise(page.body):
        return _other(declared, "control characters all over")
    if _HTML.search(head) and not declared.startswith(_MEDIA):
        return None
    if head.startswith(_MAGIC):
        return _other(declared, f"starts with {head[:8]!r}")
    if declared not in _TEXT_TYPES | _ANY_TYPES:
        return _other(declared, "content type")
    what = _other_text(page.body, head) or ("binary" if declared in _ANY_TYPES and _is_binary(head) else None)
    return _other(declared, what) if what else None


def _other_text(body: bytes, head: bytes) -> str | None:
    """What kind of text it is, when it is none with HTML in it."""
    if _HTML.search(body[: 20 * SNIFFED_BYTES]):
        return None
    return "JSON" if head[:1] in {b"{", b"["} and body.rstrip()[-1:] in {b"}", b"]"} else None


def _is_noise(body: bytes) -> bool:
    """Whether the beginning is full of what no text has: in noise, three bytes look like a tag by chance."""
    head = body[: 4 * SNIFFED_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) > _WIDE_NULS * len(head):
        return False
    return len(head) - len(head.translate(None, _NO_TEXT)) > _MOST_NO_TEXT * len(head)


def _is_binary(head: bytes) -> bool:
    """Whether the first bytes are no text; UTF-16 with its mark is."""
    return b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))


def _other(declared: str, evidence: str) -> Verdict:
    return Verdict(kind=PageKind.NOT_HTML, rule="not_html", evidence=f"{declared or 'no type'}, {evidence}")
