"""What leaves the text but not the record: captions and credits go to pictures, bylines to authors."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from scraper.extract.authors import clean_authors, looks_like_person
from scraper.records import Block, Image, Metadata, Removal
from scraper.web.urls import hostname

NEAR: Final = 4
"""Characters between a caption and a credit that belong to one picture: the blank line between blocks."""
TOP: Final = 6
"""Blocks from the start of a page among which a line of names is its byline, not a colophon."""
LONGEST_BYLINE: Final = 16
"""Words."""
LONGEST_CREDIT: Final = 120
"""Characters."""
WITH_CAPTION: Final = frozenset({"place.caption", "line.credited"})
"""The rules by which a caption is known, from its element or its form; phrases only ever know credits."""

_CREDIT: Final = re.compile(
    r"""(?:^|(?<=[\s(|–—-]))  # at the start of a word
        (?:©|\(c\)
          |(?:(?:photo|foto|image|picture|bild)s?(?:\ credit)?|photograph|illustration|credits?|crédits?
             |quelle|source|imago)
           (?:\ ?[:/|©]|\ (?:by|von|par|de|via|courtesy)\b)
        ).*$
        |\((?:reuters|ap|afp|dpa|epa|getty\ images|[\w .-]{2,40}/[\w /.-]{2,40})\)$
    """,  # noqa: RUF001
    re.IGNORECASE | re.VERBOSE,
)
"""From where on a caption says whose the picture is."""


def pictured(images: Sequence[Image], main: str | None, removed: Iterable[Removal]) -> tuple[Image, ...]:
    """`images` with the captions and credits among `removed`, as far as it is known whose they are.

    A caption belongs to the picture that has it, or its like, already; a credit to the picture of the
    caption before it; and what is alone to the only picture without any.
    """
    pictures = list(images)
    loose: list[tuple[str | None, str | None]] = []
    last: tuple[int, int] | None = None
    for removal in removed:
        if removal.kind != "caption":
            continue
        caption, credit = _parts(removal)
        end = removal.offset + len(removal.text)
        if last and caption is None and credit and removal.offset - last[1] <= NEAR:
            owner: int | None = last[0]
        else:
            owner = _owner(pictures, caption, credit)
        if owner is None:
            loose.append((caption, credit))
            continue
        pictures[owner] = _filled(pictures[owner], caption, credit)
        last = owner, end
    return _with_loose(pictures, main, [item for item in loose if any(item)])


def signed(
    metadata: Metadata, blocks: Sequence[Block], removed: Iterable[Removal], url: str
) -> tuple[str, ...]:
    """The authors of the page: those that it declares, or else those of the byline that cleaning took out."""
    if metadata.authors:
        return metadata.authors
    top = sum(len(block.text) + 2 for block in blocks[:TOP])
    for removal in removed:
        if removal.offset >= top:
            break
        if removal.kind == "byline" and len(removal.text.split()) <= LONGEST_BYLINE:
            names = clean_authors([removal.text], sitename=metadata.sitename, hostname=hostname(url))
            if names and all(map(looks_like_person, names)):
                return names
    return ()


def _parts(removal: Removal) -> tuple[str | None, str | None]:
    text = " ".join(removal.text.split())
    found = _CREDIT.search(text)
    if found is None or len(found[0]) > LONGEST_CREDIT:
        return (text if removal.rule in WITH_CAPTION else None), None
    caption = text[: found.start()].strip(" |-–—·(")  # noqa: RUF001
    return caption or None, found[0].strip(" |-–—·()") or None  # noqa: RUF001


def _owner(pictures: Sequence[Image], caption: str | None, credit: str | None) -> int | None:
    for number, picture in enumerate(pictures):
        known = (picture.caption, picture.alt)
        if caption and any(_alike(caption, other) for other in known if other):
            return number
        if not caption and credit and picture.credit and _alike(credit, picture.credit):
            return number
    return None


def _alike(one: str, other: str) -> bool:
    """Whether one text is the other, or the start of it, but for white space, case and the final stop."""
    first, second = (" ".join(text.split()).casefold().rstrip(".") for text in (one, other))
    return bool(first and second) and (first.startswith(second) or second.startswith(first))


def _filled(picture: Image, caption: str | None, credit: str | None) -> Image:
    return msgspec.structs.replace(
        picture, caption=picture.caption or caption, credit=picture.credit or credit
    )


def _with_loose(
    pictures: list[Image], main: str | None, loose: Sequence[tuple[str | None, str | None]]
) -> tuple[Image, ...]:
    """The pictures, with what is alone given to the only one that it can belong to."""
    if len(loose) != 1:
        return tuple(pictures)
    if not pictures and main:
        return (Image(url=main, caption=loose[0][0], credit=loose[0][1]),)
    bare = [number for number, picture in enumerate(pictures) if not (picture.caption or picture.credit)]
    if len(bare) == 1:
        pictures[bare[0]] = _filled(pictures[bare[0]], *loose[0])
    return tuple(pictures)
