"""Makes what the web says harmless to look at: no control characters, no marks that turn text around."""

import re

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters, the escapes of terminals among them
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks of direction (Unicode UAX 9)
    "\u2028\u2029\ufeff\ud800-\udfff]"  # ends of lines to some, a mark of byte order, halves of pairs
)


def printable(text: str) -> str:
    r"""`text` with what cannot be seen written out: `\u202e`."""
    return _UNSEEN.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
