"""The doors of cleaning: blocks of a page, plain text, and streams of bare tokens."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import count
from typing import Final, Literal

import msgspec

from scraper.clean import hygiene, repeats, wording
from scraper.clean.catalogue import catalogue, check_kinds
from scraper.clean.languages import ENGLISH, languages_of
from scraper.clean.line import Line
from scraper.clean.lines import Judge, drop_repeated, near_paths
from scraper.clean.memory import KIND, SiteMemory
from scraper.clean.mojibake import Mended, mend
from scraper.clean.stream import clean_stream, is_stream
from scraper.clean.tokens import Profile, as_tokens
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
    before_memory: str = ""
    """Of blocks, the text as phrases alone leave it: the same however much of the site is known."""
    keys: tuple[int, ...] = ()
    """Of blocks, what the site's memory knows them by, where one was given."""


def clean_blocks(
    blocks: Sequence[Block],
    *,
    metadata: Metadata,
    language: str | None = None,
    keep: Collection[str] = (),
    site: SiteMemory | None = None,
) -> Cleaned:
    """Take boilerplate out of the blocks of a page; offsets count in the blocks' texts joined by blank lines.

    Args:
        blocks: In document order.
        metadata: What the page says of itself: its title is not repeated in the text, nor are its authors.
        language: Two letters; unset, the text tells.
        keep: Kinds of boilerplate to leave in.
        site: What other articles of the site repeat.

    Raises:
        ConfigError: `keep` names something that is no kind of boilerplate.
    """
    check_kinds(keep)
    paths = near_paths([block.path for block in blocks], [block.text for block in blocks])
    mended = [mend(block.text) for block in blocks]
    groups = count()
    parts = [
        _lines_of(block, came, path, groups) for block, came, path in zip(blocks, mended, paths, strict=True)
    ]
    lines = [line for part in parts for _, _, line in part if line.text]
    drop_repeated(lines, metadata, frozenset(keep))
    spoken = languages_of("\n".join(line.text for line in lines[:LOOKED_AT]), language or metadata.language)
    _judge_of(spoken, keep).judge(lines)
    before_memory = "\n\n".join(line.left for line in lines if line.left)
    keys: tuple[int, ...] = ()
    if site is not None:
        keys = repeats.judge_blocks(lines, site, metadata, keep=KIND in keep)
    paragraphs: list[Paragraph] = []
    removed: list[Removal] = []
    offset = 0
    for block, came, part in zip(blocks, mended, parts, strict=True):
        for start, original, line in part:
            removed.extend(_as_came(_removals(line, original, start), came, block.text, offset))
        left = _left([line for _, _, line in part])
        paragraphs.extend(Paragraph(type=block.tag, text=text) for text in left)
        offset += len(block.text) + 2
    return msgspec.structs.replace(_cleaned(paragraphs, removed, before_memory), keys=keys)


def _judge_of(languages: frozenset[str] | None, keep: Collection[str]) -> Judge:
    weights = wording.learnt() if languages == frozenset({ENGLISH}) else None
    return Judge(catalogue(languages), frozenset(keep), weights)


def _lines_of(block: Block, came: Mended, path: str, groups: Iterator[int]) -> list[tuple[int, str, Line]]:
    """A block as a line, or as several where its line breaks are part of it; with place and original."""
    line = partial(Line, tag=block.tag, path=path, link_density=block.link_density)
    if "\n" not in came.text:
        return [(0, came.text, line(hygiene.tidy(came.text)))]
    lines = []
    group = next(groups)
    for start, original in hygiene.split_lines(came.text):
        lines.append((start, original, line(hygiene.tidy(original), group=group)))
        if not lines[-1][2].text:
            group = next(groups)
    return lines


def _left(lines: Iterable[Line]) -> list[str]:
    """What is left of lines: those without an empty one between them are one paragraph."""
    paragraphs = []
    group: list[str] = []
    for line in lines:
        left = line.left
        if left:
            group.append(left)
        elif group and not line.text:
            paragraphs.append("\n".join(group))
            group = []
    if group:
        paragraphs.append("\n".join(group))
    return paragraphs


def clean_text(
    text: str,
    *,
    form: Literal["auto", "text", "tokens"] = "auto",
    language: str | None = None,
    keep: Collection[str] = (),
    site: SiteMemory | None = None,
    profile: Profile = "text",
) -> Cleaned:
    """Take boilerplate out of text without markup: with punctuation and lines, or a stream of bare tokens.

    Lines stay lines. Offsets count in `text`.

    Args:
        text: One document.
        form: `tokens` is lower case without punctuation, perhaps without stop words; `auto` looks.
        language: Two letters; unset, the text tells.
        keep: Kinds of boilerplate to leave in.
        site: What other texts of the same source repeat; made of texts of the same form.
        profile: What to make of the text that is left: `tokens` is lower case without punctuation, digits
            and function words.

    Raises:
        ConfigError: `keep` names something that is no kind of boilerplate.
    """
    check_kinds(keep)
    if KIND in keep:
        site = None
    mended = mend(text)
    if form == "tokens" or (form == "auto" and is_stream(mended.text)):
        cleaned = _clean_tokens(mended.text, languages_of(mended.text, language), keep, site)
    else:
        judge = _judge_of(languages_of(mended.text, language), keep)
        cleaned = _clean_plain(mended.text, judge, site)
    if profile == "tokens":
        cleaned = _in_tokens(cleaned, language)
    if not mended.changes:
        return cleaned
    return msgspec.structs.replace(cleaned, removed=tuple(_as_came(cleaned.removed, mended, text)))


def _clean_tokens(
    text: str, languages: frozenset[str] | None, keep: Collection[str], site: SiteMemory | None
) -> Cleaned:
    tidied = hygiene.tidy(text)
    runs = repeats.find_runs(tidied.split(), site) if site is not None else []
    left, removed = clean_stream(tidied, languages, frozenset(keep), runs)
    paragraphs = [Paragraph(type="p", text=left)] if left else []
    return _cleaned(paragraphs, _untidied(removed, tidied, text))


def _untidied(removed: Sequence[Removal], tidied: str, text: str) -> list[Removal]:
    """`removed` with offsets in `text` instead of its tidied form."""
    ends = [place for one in removed for place in (one.offset, one.offset + len(one.text))]
    places = hygiene.original_offsets(text, tidied, ends) if removed else {}
    untidied = []
    for removal in removed:
        start, end = places[removal.offset], places[removal.offset + len(removal.text)]
        untidied.append(msgspec.structs.replace(removal, text=text[start:end], offset=start))
    return untidied


def _in_tokens(cleaned: Cleaned, language: str | None) -> Cleaned:
    text = as_tokens(cleaned.text, language)
    paragraphs = (Paragraph(type="p", text=text),) if text else ()
    return msgspec.structs.replace(cleaned, text=text, paragraphs=paragraphs)


def _clean_plain(text: str, judge: Judge, site: SiteMemory | None) -> Cleaned:
    found = hygiene.split_lines(text)
    lines = []
    number = 0
    for _, original in found:
        lines.append(Line(hygiene.tidy(original), group=number))
        number += not lines[-1].text
    full = [line for line in lines if line.text]
    judge.judge(full)
    if site is not None:
        repeats.judge_lines(full, site)
    removed = []
    for (offset, original), line in zip(found, lines, strict=True):
        removed.extend(_removals(line, original, offset))
    paragraphs = [Paragraph(type="p", text=left) for left in _left(lines)]
    return _cleaned(paragraphs, removed)


def _cleaned(
    paragraphs: list[Paragraph], removed: list[Removal], before_memory: str | None = None
) -> Cleaned:
    text = "\n\n".join(paragraph.text for paragraph in paragraphs)
    return Cleaned(
        text=text,
        paragraphs=tuple(paragraphs),
        removed=tuple(removed),
        before_memory=text if before_memory is None else before_memory,
    )


def _as_came(removed: Iterable[Removal], mended: Mended, original: str, offset: int = 0) -> Iterator[Removal]:
    """`removed`, whose offsets count in the mended text, as stretches of the original, from `offset` on."""
    for removal in removed:
        start = mended.original(removal.offset)
        end = mended.original(removal.offset + len(removal.text))
        yield msgspec.structs.replace(removal, text=original[start:end], offset=offset + start)


def _removals(line: Line, original: str, offset: int) -> list[Removal]:
    if not line.found:
        return []
    ends = [place for finding in line.found for place in (finding.start, finding.end)]
    places = hygiene.original_offsets(original, line.text, ends)
    removals = []
    for finding in sorted(line.found):
        start, end = places[finding.start], places[finding.end]
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
