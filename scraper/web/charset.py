"""Bytes of a page to text: which encoding it is in, and what to do where it breaks its own."""

import codecs
import re

from charset_normalizer import from_bytes
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
    to_unicode,
)

SAMPLE_BYTES = 8_192
"""What detection sees of the runs of text that are not plain ASCII. On more it grows slow, not better."""

SEARCHED_BYTES = 1_000_000
"""Where that sample is looked for."""

MAX_BROKEN_SHARE = 0.1
"""Broken sequences, as a share of the sound ones, up to which a page counts as UTF-8 all the same."""

_LEGACY = frozenset(
    {
        "cp866", "iso8859-2", "iso8859-3", "iso8859-4", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8",
        "iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "koi8-r", "koi8-u",
        "mac-roman", "mac-cyrillic", "cp874", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255",
        "cp1256", "cp1257", "cp1258", "gb18030", "big5hkscs", "euc_jp", "cp932", "cp949",
    }
)  # fmt: skip
"""The encodings of the WHATWG Encoding Standard in which ASCII bytes are ASCII, by Python's names."""

_SEVEN_BIT = frozenset({"iso2022_jp", "utf-16-le", "utf-16-be", "utf-16"})
"""Those in which text can look like plain ASCII and not be it."""

_LABELS = {
    "x-gbk": "gb18030", "chinese": "gb18030", "x-x-big5": "big5hkscs", "big5-hkscs": "big5hkscs",
    "x-euc-jp": "euc_jp", "windows-949": "cp949", "ks_c_5601-1987": "cp949", "dos-874": "cp874",
    "koi8-ru": "koi8-u", "koi": "koi8-r", "koi8": "koi8-r", "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ukrainian": "mac-cyrillic", "x-mac-roman": "mac-roman", "logical": "iso8859-8",
    "visual": "iso8859-8", "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8",
    "sun_eu_greek": "iso8859-7", "unicode-1-1-utf-8": "utf-8", "unicode": "utf-16-le",
    **{f"x-cp{number}": f"cp{number}" for number in range(1250, 1259)},
}  # fmt: skip
"""Labels of the Encoding Standard that Python and w3lib do not know."""

_CANDIDATES = [
    "cp1252", "cp1251", "cp1250", "gb18030", "big5hkscs", "euc_jp", "cp932", "cp949", "cp1253", "cp1254",
    "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "koi8_r", "iso8859_2", "iso8859_5", "iso8859_7",
]  # fmt: skip
_LATIN = frozenset({"cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "iso8859_2"})
_LATIN_BY_LANGUAGE = {
    **dict.fromkeys(["cs", "hr", "hu", "pl", "ro", "sk", "sl", "bs", "sq"], "cp1250"),
    **dict.fromkeys(["az", "ku", "tr"], "cp1254"),
    **dict.fromkeys(["et", "lt", "lv"], "cp1257"),
    "vi": "cp1258",
}
"""The Latin encoding that is usual for a language (WHATWG HTML, 13.2.3.2); cp1252 for all others."""

_LANGUAGE = re.compile(rb"<html\b[^>]{0,1000}?\slang\s*=\s*[\"']?([a-zA-Z]{2,3})\b", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_BETWEEN_TAGS = re.compile(rb"[<>\r\n]+")
_HIGH = bytes(range(0x80, 0x100))


def decode(body: bytes, content_type: str | None) -> str:
    """The text of a page.

    In this order: byte order mark, charset of the HTTP header, strict UTF-8, charset that the page
    declares, detection; latin-1 means windows-1252, and so on (WHATWG Encoding Standard, 4.2). With
    one exception: what is sound UTF-8 and not ASCII is UTF-8, whatever a single-byte label says, as
    text in a legacy encoding is never that by chance, and servers announce their default for all.
    NUL bytes are left out, as an HTML parser does.
    """
    text = _decode(body, content_type)
    return text.replace("\x00", "") if "\x00" in text else text


def _decode(body: bytes, content_type: str | None) -> str:
    marked, mark = read_bom(body)
    if marked and mark is not None:
        return body[len(mark) :].decode(marked, "replace")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(body, content_type)
    if b"\x1b" in body or b"\x00" in body[:1_024]:
        return _decode_seven_bit(body, content_type) or text
    return text


def _decode_seven_bit(body: bytes, content_type: str | None) -> str | None:
    """For bytes that are sound UTF-8 but may be UTF-16 without mark, or ISO-2022-JP."""
    shifted = _utf16_without_mark(body)
    if shifted:
        return body.decode(shifted, "replace")
    for encoding in (_header_encoding(content_type), _declared_encoding(body)):
        if encoding == "iso2022_jp":
            return body.decode(encoding, "replace")
    return None


def _utf16_without_mark(body: bytes) -> str | None:
    """UTF-16 by its look: markup is ASCII, so every other byte of it is NUL."""
    head = body[:1_024]
    half = len(head) // 2
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if half and odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    if half and even > 0.4 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _decode_legacy(body: bytes, content_type: str | None) -> str:
    """For bytes that are not sound UTF-8."""
    shifted = _utf16_without_mark(body)
    if shifted:
        return body.decode(shifted, "replace")
    announced = [e for e in (_header_encoding(content_type), _declared_encoding(body)) if e]
    if announced and announced[0] in _SEVEN_BIT:
        return body.decode(announced[0], "replace")
    for encoding in announced:
        if encoding in _LEGACY and _is_sound(body, encoding):
            return _lenient(body, encoding)
    if _is_broken_utf8(body):
        return _mended_utf8(body)
    found = _detected(body)
    # A declared encoding that is broken in places is better evidence than a guess at another one.
    return _lenient(body, next((e for e in announced if e in _LEGACY), found or "cp1252"))


def _header_encoding(content_type: str | None) -> str | None:
    if not content_type:
        return None
    found = _CHARSET.search(content_type)
    return http_content_type_encoding(content_type) or (_resolved(found[1]) if found else None)


def _declared_encoding(body: bytes) -> str | None:
    found = html_body_declared_encoding(body)
    if found is None:
        label = _CHARSET.search(body[:4_096].decode("latin-1"))
        found = _resolved(label[1]) if label else None
    # Markup that could be read to find this is not UTF-16 (WHATWG HTML, 13.2.3.2).
    return "utf-8" if found and found.startswith("utf-16") else found


def _resolved(label: str) -> str | None:
    return _LABELS.get(label.lower()) or resolve_encoding(label)


def _is_sound(body: bytes, encoding: str) -> bool:
    """Whether `body` breaks `encoding` in no more places than a page with an accident would."""
    high = len(body) - len(body.translate(None, _HIGH))
    broken = _lenient(body, encoding).count("\ufffd")
    return broken == 0 or broken * 100 <= high


def _is_broken_utf8(body: bytes) -> bool:
    broken = body.decode("utf-8", "replace").count("\ufffd")
    sound = len(body.decode("utf-8", "ignore")) - len(body.decode("ascii", "ignore"))
    return broken <= MAX_BROKEN_SHARE * sound


def _mended_utf8(body: bytes) -> str:
    return body.decode("utf-8", "scraper-mend-utf8")


def _lenient(body: bytes, encoding: str) -> str:
    if encoding == "gb18030":
        return to_unicode(body, encoding)
    return body.decode(encoding, "scraper-c1" if encoding.startswith("cp12") else "replace")


def _detected(body: bytes) -> str | None:
    """The detector's choice; it knows scripts well, but the Latin encodings by the language only."""
    matches = list(from_bytes(_sample(body), cp_isolation=_CANDIDATES))
    if not matches or matches[0].encoding not in _LATIN:
        return matches[0].encoding if matches else None
    best = matches[0]
    language = _LANGUAGE.search(body[:4_096])
    usual = _LATIN_BY_LANGUAGE.get(language[1].decode("ascii").lower()) if language else None
    for match in matches:
        if match.encoding == usual and match.chaos <= best.chaos + 0.02:
            return usual
    ties = {
        match.encoding for match in matches if (match.chaos, match.coherence) == (best.chaos, best.coherence)
    }
    return "cp1252" if "cp1252" in ties else best.encoding


def _sample(body: bytes) -> bytes:
    """Runs of text that are not plain ASCII, whole, so that no character is cut in two."""
    pieces: list[bytes] = []
    size = 0
    for piece in _BETWEEN_TAGS.split(body[:SEARCHED_BYTES]):
        if not piece.isascii():
            pieces.append(piece)
            size += len(piece)
            if size > SAMPLE_BYTES:
                break
    return b"\n".join(pieces)[: 4 * SAMPLE_BYTES]


def _mend_utf8(error: UnicodeError) -> tuple[str, int]:
    """A stray windows-1252 byte in a UTF-8 page is what it was meant to be; anything else is U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start]
    after = error.object[error.start + 1 : error.start + 2]
    is_punctuation = 0x80 <= byte < 0xA0  # noqa: PLR2004 - the row of quotes and dashes
    is_letter = byte >= 0xC0 and after.isalpha()  # noqa: PLR2004 - a cut sequence is not followed by one
    if error.end - error.start == 1 and (is_punctuation or is_letter):
        return bytes([byte]).decode("cp1252", "replace"), error.end
    return "\ufffd", error.end


def _keep_c1(error: UnicodeError) -> tuple[str, int]:
    """The Encoding Standard maps the holes of windows-125x to the C1 control of the same number."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start]
    return (chr(byte) if byte < 0xA0 else "\ufffd"), error.start + 1  # noqa: PLR2004 - end of C1


codecs.register_error("scraper-mend-utf8", _mend_utf8)
codecs.register_error("scraper-c1", _keep_c1)
