"""What headers and first bytes say alone, before anything is parsed."""

import re

from scraper.classify.signatures import challenges, consent
from scraper.records import Page, PageKind, Verdict

SNIFFED_BYTES = 1_024

_TEXT_TYPES = re.compile(
    r"^(?:text/(?:html|plain|xhtml|xml)|application/(?:xhtml\+xml|xml|vnd\.wap\.xhtml\+xml|x-?httpd-php))$"
)
_ANY_TYPES = frozenset(
    {
        "",
        "application/octet-stream",
        "application/x-unknown",
        "unknown/unknown",
        "*/*",
        "binary/octet-stream",
        "application/x-www-form-urlencoded",
    }
)
_MAGIC = (
    b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"ID3", b"\x00\x00\x00\x18ftyp",
    b"\x00\x00\x00\x20ftyp", b"OggS", b"{\\rtf", b"\xd0\xcf\x11\xe0", b"BM", b"Rar!", b"7z\xbc\xaf", b"wOFF", b"wOF2", b"%!PS",
)  # fmt: skip
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|div|p|script|article|h1|a|table|iframe|br|center)\b",
    re.IGNORECASE,
)
_XML_ROOT = re.compile(rb"<(rss|feed|urlset|sitemapindex|rdf:RDF|opml|svg|kml|wsdl|soap:\w+|Error|error)\b")


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
    looks_html = bool(_HTML.search(head))
    if head.startswith(_MAGIC) and not looks_html:
        return _other(declared, f"starts with {head[:8]!r}")
    if _TEXT_TYPES.match(declared) or declared in _ANY_TYPES:
        if looks_html:
            return None
        root = _XML_ROOT.search(head)
        if root and not _HTML.search(page.body[: 20 * SNIFFED_BYTES].replace(b"<title", b"")):
            return _other(declared, f"root element {root[1].decode('ascii', 'replace')}")
        if (
            head[:1] in b"{["
            and head[:1]
            and head.rstrip()[-1:] in b'}],"'
            and not _HTML.search(page.body[: 20 * SNIFFED_BYTES])
        ):
            return _other(declared, "JSON")
        if declared in _ANY_TYPES and b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return _other(declared, "binary")
        return None
    return (
        None
        if looks_html and not declared.startswith(("image/", "audio/", "video/", "font/"))
        else _other(declared, "content type")
    )


def _other(declared: str, evidence: str) -> Verdict:
    return Verdict(kind=PageKind.NOT_HTML, rule="not_html", evidence=f"{declared or 'no type'}, {evidence}")
