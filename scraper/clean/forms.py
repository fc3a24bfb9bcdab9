"""The doors of cleaning: blocks of a page, plain text, and streams of bare tokens."""

import re
from collections.abc import Collection, Sequence
from typing import Final, Literal

from scraper.clean import hygiene
from scraper.clean.catalogue import catalogue, check_kinds
from scraper.clean.lines import Judge, Line, drop_repeated
from scraper.clean.stream import clean_stream, is_stream
from scraper.records import Block, Metadata, Paragraph, Record, Removal


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
        language: Two letters; unset, the phrases of all languages count.
        keep: Kinds of boilerplate to leave in.

    Raises:
        ConfigError: `keep` names something that is no kind of boilerplate.
    """
    check_kinds(keep)
    lines = [
        Line(hygiene.tidy(block.text), tag=block.tag, path=block.path, link_density=block.link_density)
        for block in blocks
    ]
    drop_repeated(lines, metadata, frozenset(keep))
    Judge(catalogue(), _languages(language or metadata.language), frozenset(keep)).judge(lines)
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
        language: Two letters; unset, the phrases of all languages count.
        keep: Kinds of boilerplate to leave in.

    Raises:
        ConfigError: `keep` names something that is no kind of boilerplate.
    """
    check_kinds(keep)
    if form == "tokens" or (form == "auto" and is_stream(text)):
        left, removed = clean_stream(text, _languages(language), frozenset(keep))
        paragraphs = [Paragraph(type="p", text=left)] if left else []
        return _cleaned(paragraphs, removed)
    return _clean_plain(text, Judge(catalogue(), _languages(language), frozenset(keep)))


def _clean_plain(text: str, judge: Judge) -> Cleaned:
    found = hygiene.split_lines(text)
    lines = [Line(hygiene.tidy(line)) for _, line in found]
    for before, line in zip(lines, lines[1:], strict=False):
        line.whole = not _wrapped(before.text, line.text)
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


_SENTENCE_END: Final = re.compile(r"[.!?:;…。！？»”\"')\]]$")


def _wrapped(before: str, line: str) -> bool:
    """Whether the line goes on with the sentence of the line before."""
    return bool(before) and line[:1].islower() and not _SENTENCE_END.search(before)


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


def _languages(language: str | None) -> frozenset[str] | None:
    """English is read everywhere: its phrases stand on pages of every language."""
    return frozenset({language.lower().split("-")[0].split("_")[0], "en"}) if language else None
