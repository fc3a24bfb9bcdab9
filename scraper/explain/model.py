"""What there is to show of a text: its pieces, kept and removed, and what was found of its page."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from scraper.clean import SiteMemory, clean_blocks, clean_text
from scraper.clean.stream import is_stream
from scraper.dedupe import words_of
from scraper.page import Examined, PageOptions, examine_page
from scraper.records import Article, Block, Drop, Page, Record, Removal

Form = Literal["auto", "text", "tokens"]

_PARAGRAPH: Final = re.compile(r"\S(?:.|\n(?!\s*\n))*")
JOINT: Final = 2
"""Characters between two blocks: removals count in the blocks' texts joined by blank lines."""


class Piece(Record, frozen=True, kw_only=True):
    """A stretch of the text as it came."""

    text: str
    tag: str = "p"
    removal: Removal | None = None
    """Why it went; None where it stayed."""


class Row(NamedTuple):
    """A stretch that stayed and the one that went right behind it, as far as there are any."""

    kept: Piece | None
    gone: Piece | None


class KindCount(Record, frozen=True, kw_only=True):
    """What went of one kind."""

    kind: str
    pieces: int
    words: int


class Explanation(Record, frozen=True, kw_only=True):
    """Everything that is shown of one text."""

    name: str
    form: str
    """`html`, `text` or `tokens`."""
    facts: tuple[tuple[str, str], ...] = ()
    """Names and values, of the page and of what was done with it."""
    pieces: tuple[Piece, ...] = ()
    """In the order of the text; together they are the text, but for white space."""
    language: str | None = None

    @property
    def rows(self) -> list[Row]:
        """The pieces side by side."""
        rows: list[Row] = []
        for piece in self.pieces:
            if piece.removal is None:
                rows.append(Row(piece, None))
            elif rows and rows[-1].gone is None:
                rows[-1] = Row(rows[-1].kept, piece)
            else:
                rows.append(Row(None, piece))
        return rows

    @property
    def kinds(self) -> list[KindCount]:
        """What went, by kind, the most words first."""
        pieces: dict[str, int] = {}
        words: dict[str, int] = {}
        for piece in self.pieces:
            if piece.removal is not None:
                kind = piece.removal.kind
                pieces[kind] = pieces.get(kind, 0) + 1
                words[kind] = words.get(kind, 0) + len(words_of(piece.text))
        counts = [KindCount(kind=kind, pieces=pieces[kind], words=words[kind]) for kind in pieces]
        return sorted(counts, key=lambda count: (-count.words, count.kind))

    @property
    def words_kept(self) -> int:
        """Words of the pieces that stayed."""
        return sum(len(words_of(piece.text)) for piece in self.pieces if piece.removal is None)

    @property
    def words_removed(self) -> int:
        """Words of the pieces that went."""
        return sum(count.words for count in self.kinds)


def explain_text(
    text: str, *, name: str, form: Form = "auto", language: str | None = None, keep: Collection[str] = ()
) -> Explanation:
    """Clean a text and show what went.

    Raises:
        ConfigError: `keep` names something that is no kind of boilerplate.
    """
    shape = form if form != "auto" else "tokens" if is_stream(text) else "text"
    cleaned = clean_text(text, form="tokens" if shape == "tokens" else "text", language=language, keep=keep)
    spans = [(match.start(), match.end(), "p") for match in _PARAGRAPH.finditer(text)]
    told = "as asked for" if form != "auto" else "as it looks"
    facts = (("form", f"{'a stream of tokens' if shape == 'tokens' else 'text with punctuation'}, {told}"),)
    pieces = tuple(_pieces(text, spans, cleaned.removed))
    return Explanation(name=name, form=shape, facts=facts, pieces=pieces, language=language)


def explain_page(
    page: Page,
    options: PageOptions,
    *,
    name: str,
    memory_of: Callable[[str], SiteMemory | None] | None = None,
) -> Explanation:
    """Extract and clean a page and show what went, or why it is no article.

    Args:
        page: The answer as it came.
        options: How to extract and clean.
        name: What the page is called.
        memory_of: What other articles of the site repeat, by the page's address: its own where it came
            without one.

    Raises:
        ConfigError: `keep` names something that is no kind of boilerplate.
    """
    memory = None
    if memory_of is not None:
        address = page.url or _own_address(examine_page(page, options))
        memory = memory_of(address) if address else None
    examined = examine_page(page, options, memory)
    metadata, extraction = examined.metadata, examined.extraction
    pieces: tuple[Piece, ...] = ()
    if metadata is not None and extraction is not None:
        cleaned = examined.cleaned or clean_blocks(
            extraction.blocks, metadata=metadata, keep=options.clean.keep, site=memory
        )
        text = "\n\n".join(block.text for block in extraction.blocks)
        pieces = tuple(_pieces(text, _spans(extraction.blocks), cleaned.removed))
    language = metadata.language if metadata is not None else None
    facts = [*_facts(examined)]
    if memory is not None:
        facts.append(("site memory", _of_memory(memory)))
    return Explanation(name=name, form="html", facts=tuple(facts), pieces=pieces, language=language)


def _own_address(examined: Examined) -> str:
    return (examined.metadata.canonical_url if examined.metadata else None) or ""


def _of_memory(memory: SiteMemory) -> str:
    known = memory.documents.bit_count()
    its_own = ", this one among them" if memory.own & memory.documents else ""
    return f"{known} different article{'' if known == 1 else 's'} of its site{its_own}"


def _spans(blocks: Iterable[Block]) -> Iterator[tuple[int, int, str]]:
    start = 0
    for block in blocks:
        yield start, start + len(block.text), block.tag
        start += len(block.text) + JOINT


def _pieces(text: str, spans: Iterable[tuple[int, int, str]], removed: Sequence[Removal]) -> Iterator[Piece]:
    """The text cut at the ends of the spans and of the removals."""
    waiting = iter(removed)
    removal = next(waiting, None)
    done = 0
    for start, end, tag in spans:
        done = max(done, start)
        while removal is not None and removal.offset < end:
            yield from _piece(text[done : removal.offset], tag)
            done = removal.offset + len(removal.text)
            yield from _piece(removal.text, tag, removal)
            removal = next(waiting, None)
        yield from _piece(text[done:end], tag)
        done = max(done, end)


def _piece(text: str, tag: str, removal: Removal | None = None) -> Iterator[Piece]:
    if text.strip():
        yield Piece(text=text.strip(), tag=tag, removal=removal)


def _facts(examined: Examined) -> Iterator[tuple[str, str]]:
    outcome, verdict = examined.outcome, examined.verdict
    if isinstance(outcome, Drop):
        detail = f": {outcome.detail}" if outcome.detail else ""
        yield "outcome", f"no article: {outcome.reason}, decided by {outcome.stage}{detail}"
    else:
        yield "outcome", "an article"
    yield "page is", f"{verdict.kind}, by the rule {verdict.rule}"
    if verdict.evidence:
        yield "evidence", verdict.evidence
    if examined.extraction is not None:
        extraction = examined.extraction
        share = f"{extraction.confidence:.0%} sure"
        yield "extracted by", f"{extraction.method}, {share}, {len(extraction.blocks)} blocks"
        for note in extraction.notes:
            yield "note", note
    if isinstance(outcome, Article):
        yield from _article_facts(outcome)


def _article_facts(article: Article) -> Iterator[tuple[str, str]]:
    known = {
        "title": article.title,
        "authors": ", ".join(article.authors),
        "published": article.date_published and article.date_published.isoformat(),
        "language": article.language,
        "address": article.canonical_url or article.url,
    }
    yield from ((name, value) for name, value in known.items() if value)
    for image in article.images:
        if image.caption or image.credit:
            yield "picture", " — ".join(filter(None, (image.caption, image.credit)))
