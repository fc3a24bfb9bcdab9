"""Tells a story again when another paper prints it: sketches of texts, and how two of them compare.

A sketch is a bottom-k sample of the text's shingles (Broder, "On the resemblance and containment of
documents", 1997). The shingles of its start, the smallest ones by hash, are the keys under which an index
finds it: of two texts that share much, some of the smallest are the same. What an index finds is then held
against the whole samples, from which containment is estimated: a paper that cuts a story to half its length
has all of its text from there, though the two resemble each other but half.
"""

import hashlib
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Sequence

from scraper.records import Record, Sketch

SHINGLE_WORDS = 5
"""Tuned on 300 articles and on form letters (weather, shares, matches, earnings): with three or four words
these come as near to each other as a story and its copy with another lead, names and furniture; with six such
copies get lost."""
SAMPLE = 128
"""Enough for a standard error of .05 on the containment of texts of about one length."""
KEYS = 16
"""Two texts that share p of the longer one's shingles have no key in common with a probability of (1 - p) **
16: 3 in 1,000 for p = .3."""
LEAST_RESEMBLANCE = 1 / 2
"""Of the threshold: two texts that resemble each other less are not near, however much of one stands in the
other: a brief within a live blog, a paragraph within a digest."""
_TOP = 0xFFFFFFFF


class Likeness(Record, frozen=True, kw_only=True):
    """How near two texts are, by their sketches."""

    containment: float
    """Share of the shorter one's shingles that stand in the longer one."""
    resemblance: float
    """Share of the shingles of both that are common to both."""

    def reaches(self, threshold: float) -> bool:
        """Whether the two are the same story."""
        return self.containment >= threshold and self.resemblance >= threshold * LEAST_RESEMBLANCE


def sketch(words: Sequence[str]) -> Sketch:
    """The sketch of a text, by its words."""
    shingles = list(map(" ".join, zip(*(words[at:] for at in range(SHINGLE_WORDS)), strict=False)))
    by_hash = {zlib.crc32(encoded): encoded for encoded in map(str.encode, shingles or [" ".join(words)])}
    sample = sorted(by_hash)[:SAMPLE]
    # 32 bits would do for a sample; in an index of ten million they would name strangers.
    keys = [
        int.from_bytes(hashlib.blake2b(by_hash[crc], digest_size=8).digest(), "big", signed=True)
        for crc in sample[:KEYS]
    ]
    return Sketch(keys=tuple(keys), sample=array("I", sample).tobytes())


def likeness(one: Sketch, other: Sketch) -> Likeness:
    """How near two texts are."""
    first, second = array("I", one.sample), array("I", other.sample)
    # Below the smaller of the two ends, both samples are complete.
    end = min(values[-1] if len(values) == SAMPLE else _TOP for values in (first, second))
    few, many = sorted(
        (set(first[: bisect_right(first, end)]), set(second[: bisect_right(second, end)])), key=len
    )
    common = len(few & many)
    return Likeness(
        containment=common / len(few) if few else 0.0,
        resemblance=common / (len(few) + len(many) - common) if few else 0.0,
    )
