"""The language of a page: what it declares."""

import re

from scraper.extract.jsonld import LinkedData, first_text
from scraper.extract.tags import Tags
from scraper.records import Link
from scraper.web import dom

_CODE = re.compile(r"([a-zA-Z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*$")


def choose_language(tree: dom.Tree, data: LinkedData, tags: Tags, link: Link | None) -> str | None:
    """The declared language as a two-letter (or three-letter) code."""
    del tree, link
    values = (
        tags.language,
        first_text(data.article.get("inLanguage")),
        tags.first("og:locale", "content-language", "dc.language", "language"),
    )
    for value in values:
        found = _CODE.match(value.strip()) if value else None
        if found:
            return found[1].lower()
    return None
