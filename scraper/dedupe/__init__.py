"""Tells new articles from known ones, and copies from originals."""

from scraper.dedupe.exact import (
    SAME_STORY_BITS,
    Standing,
    article_id,
    content_hash,
    distance,
    fingerprint,
    standing,
    words_of,
)
from scraper.dedupe.near import Likeness, likeness, sketch

__all__ = [
    "SAME_STORY_BITS",
    "Likeness",
    "Standing",
    "article_id",
    "content_hash",
    "distance",
    "fingerprint",
    "likeness",
    "sketch",
    "standing",
    "words_of",
]
