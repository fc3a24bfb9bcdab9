"""The doors of cleaning: blocks of a page, plain text, and streams of bare tokens."""

from collections.abc import Collection, Sequence
from typing import Final, Literal

from scraper.clean import hygiene
from scraper.clean.catalogue import catalogue, check_kinds
from scraper.clean.languages import languages_of
from scraper.clean.lines import Judge, Line, drop_repeated, near_paths
from scraper.clean.stream import clean_stream, is_stream
from scraper.records import Block, Metadata, Paragraph, Record, Removal

LOOKED_AT: Final = 60
"""Blocks from which the language of a page is told, where it does not say."""


class Cleaned(Record, frozen=True, kw_only=True):
    """What is left of a text, and what was taken out."""

    text: str
    """The paragraphs, joined by blank lines."""
    paragraphs: tuple[Paragraph, ...]
    removed: tuple[Removal, ...]
    """In the order of the text that was cleaned."""


def clean_blocks(
    blocks: Sequence[Block],
    *,
    metadata: Metadata,
    language: str | None = None,
    keep: Collection[str] = (),
) -> Cleaned:
    """Take boilerplate out of the blocks of a page; offsets count in the blocks' texts joined by blank lines.

    Args:
        blocks: In document order.
        metadata: What the page says of itself: its title is not repeated in the text, nor are its authors.
        language: Two letters; unset, the text tells.
        keep: Kinds of boilerplate to leave in.

    Raises:
        ConfigError: `keep` names something that is no kind of boilerplate.
    """
    check_kinds(keep)
    paths = near_paths([block.path for block in blocks], [block.text for block in blocks])
    lines = [
        Line(hygiene.tidy(block.text), tag=block.tag, path=path, link_density=block.link_density)
        for block, path in zip(blocks, paths, strict=True)
    ]
    drop_repeated(lines, metadata, frozenset(keep))
    spoken = languages_of("\n".join(line.text for line in lines[:LOOKED_AT]), language or metadata.language)
    Judge(catalogue(spoken), frozenset(keep)).judge(lines)
    paragraphs = []
    removed = []
    offset = 0
    for block, line in zip(blocks, lines, strict=True):
        removed.extend(_removals(line, block.text, offset))
        if line.left:
            paragraphs.append(Paragraph(type=block.tag, text=line.left))
        offset += len(block.text) + 2
    return _cleaned(paragraphs, removed)


def clean_text(
    text: str,
    *,
    form: Literal["auto", "plain", "tokens"] = "auto",
    language: str | None = None,
    keep: Collection[str] = (),
) -> Cleaned:
    """Take boilerplate out of text without markup: with punctuation and lines, or a stream of bare tokens.

    Lines stay lines. Offsets count in `text`.

    Args:
        text: One document.
        form: `tokens` is lower case without punctuation, perhaps without stop words; `auto` looks.
        language: Two letters; unset, the text tells.
        keep: Kinds of boilerplate to leave in.

    Raises:
        ConfigError: `keep` names something that is no kind of boilerplate.
    """
    check_kinds(keep)
    if form == "tokens" or (form == "auto" and is_stream(text)):
        left, removed = clean_stream(text, languages_of(text, language), frozenset(keep))
        paragraphs = [Paragraph(type="p", text=left)] if left else []
        return _cleaned(paragraphs, removed)
    return _clean_plain(text, Judge(catalogue(languages_of(text, language)), frozenset(keep)))


def _clean_plain(text: str, judge: Judge) -> Cleaned:
    found = hygiene.split_lines(text)
    lines = []
    number = 0
    for _, original in found:
        lines.append(Line(hygiene.tidy(original), group=number))
        number += not lines[-1].text
    judge.judge([line for line in lines if line.text])
    paragraphs = []
    removed = []
    group: list[str] = []
    for (offset, original), line in zip(found, lines, strict=True):
        removed.extend(_removals(line, original, offset))
        if line.left:
            group.append(line.left)
        elif group and not line.text:
            paragraphs.append(Paragraph(type="p", text="\n".join(group)))
            group = []
    if group:
        paragraphs.append(Paragraph(type="p", text="\n".join(group)))
    return _cleaned(paragraphs, removed)


def _cleaned(paragraphs: list[Paragraph], removed: list[Removal]) -> Cleaned:
    text = "\n\n".join(paragraph.text for paragraph in paragraphs)
    return Cleaned(text=text, paragraphs=tuple(paragraphs), removed=tuple(removed))


def _removals(line: Line, original: str, offset: int) -> list[Removal]:
    removals = []
    for finding in sorted(line.found):
        start = hygiene.original_offset(original, line.text, finding.start)
        end = hygiene.original_offset(original, line.text, finding.end)
        removals.append(
            Removal(
                rule=finding.rule,
                kind=finding.kind,
                text=original[start:end],
                offset=offset + start,
                score=finding.score,
            )
        )
    return removals
