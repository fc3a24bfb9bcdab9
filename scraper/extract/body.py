"""The body of a page: which blocks of the stream are the article, and how sure that is."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from scraper.extract import blocks, lines
from scraper.extract import second_opinion as second
from scraper.extract.blocks import Box, Piece
from scraper.extract.features import squeezed, title_at
from scraper.extract.model import Model, judge
from scraper.extract.vocabulary import TEASER
from scraper.records import Block, Extraction, Metadata
from scraper.web.dom import Tree

METHOD: Final = "blocks"
"""`Extraction.method` where this package's own extractor spoke alone."""
METHOD_BOTH: Final = "blocks+trafilatura"
"""Where trafilatura was asked too, and its opinion weighed in."""
METHOD_OTHER: Final = "trafilatura"
"""Where only trafilatura found text."""

KEEP: Final = 0.5
"""A block at least this likely is kept."""
ASK_BELOW: Final = 0.88
"""Confidence below which a second opinion is asked for, where that is left to us."""
ASK_PIECES: Final = 300
"""Blocks from which a page that we found text in is not worth it: of long lists and tables trafilatura finds
a part, and takes its time. Of what was asked on WCXB across sites, by four models each, such pages took two
thirds of the time, and hearing it cost .08 of F on each."""
LOST_BELOW: Final = 0.7
"""Confidence below which it is heard whatever it says."""
OTHER_WEIGHT: Final = 1.5
"""Logits by which trafilatura's opinion moves ours. This, those above and the one below were tuned
by cross-validation on article-extraction-benchmark, fundus and WCXB."""
OTHER_SHARED: Final = 0.25
"""Share of the other text that must be in ours, or it is of something else and moves nothing."""
OTHER_LINKED: Final = 0.5
"""Share of the other text in links from which it is a list of teasers."""
LOWEST: Final = 0.2
"""Where no block is likely, the best ones above this are kept."""
REPEAT_CHARS: Final = 40
"""A text this long is kept once; shorter ones may be headings or labels that recur."""
AGAIN_CHARS: Final = 800
"""A block this long is looked at for being the other blocks over again (a hidden copy of the article)."""
HOME_SHARE: Final = 0.85
"""Share of the kept text from which the smallest box around it is the article's home."""
HOME_SURE: Final = 0.85
"""Likelihood that what follows the home must have. With these two, of the 891 pages of the public corpora
17 gain and 5 lose across sites."""
FIRST_CHARS: Final = 500
"""Running text after the title from which a further heading can open a further article."""
OTHER_CONFIDENCE: Final = 0.5
LEAD_CHARS: Final = 35
"""Least characters (without spaces) of a standfirst and of a description."""
LEAD_PROBE: Final = 45
"""Characters of one that must stand in the other."""
LEAD_COMPARED: Final = 400
LEAD_NEAR: Final = 12
"""Blocks after the title among which a standfirst is looked for."""
LEAD_LIKELY: Final = 0.15
"""Likelihood from which a block that is named a lead is believed to be one."""
LEAD_BEFORE: Final = 80
"""A block longer than this is the first of the text."""


class Choice(NamedTuple):
    """The pieces that are kept, and the F that the model expects of them."""

    kept: list[int]
    confidence: float


def extract_body(
    tree: Tree,
    *,
    html: str,
    url: str | None,  # noqa: ARG001 - part of what every extractor is told
    metadata: Metadata,
    second_opinion: Literal["auto", "never", "always"] = "auto",
) -> Extraction:
    """Find the article's text. The tree is only read.

    Args:
        tree: The page, parsed.
        html: The same page as text, for the second opinion.
        url: Where it comes from.
        metadata: What the page says of itself; title, description and JSON-LD body are used as hints.
        second_opinion: When trafilatura is asked too.

    Returns:
        Blocks in document order; none when the page has no body.
    """
    return extract_with(None, tree, html=html, metadata=metadata, second_opinion=second_opinion)


def extract_with(
    model: Model | None,
    tree: Tree,
    *,
    html: str,
    metadata: Metadata,
    second_opinion: Literal["auto", "never", "always"],
) -> Extraction:
    """As `extract_body`, with a model other than the one that ships with the package."""
    stream = blocks.read(tree)
    opinions = judge(stream, metadata, model)
    for index in second_articles(stream.pieces, metadata):
        opinions[index] = 0.0
    told = opinions
    choice = choose(stream.pieces, told)
    method = METHOD
    worth_it = len(stream.pieces) < ASK_PIECES or not choice.kept
    doubtful = choice.confidence < ASK_BELOW and worth_it
    if second_opinion == "always" or (second_opinion == "auto" and doubtful):
        other = second.other_text(html)
        if other:
            agreed = second.agreement([piece.text for piece in stream.pieces], other)
            if not choice.kept and not any(agreed):
                return _others(other)
            if _worth_hearing(stream.pieces, choice, agreed, other):
                told = second.weighed(opinions, agreed, OTHER_WEIGHT)
                choice = choose(stream.pieces, told)
            method = METHOD_BOTH
    kept = without_tail(stream.pieces, choice.kept, told)
    kept = with_lead(stream.pieces, kept, metadata, opinions)
    paths = blocks.Paths()
    return Extraction(
        blocks=tuple(block for index in kept for block in _blocks(stream.pieces[index], paths)),
        method=method,
        confidence=choice.confidence,
    )


def second_articles(pieces: Sequence[Piece], metadata: Metadata) -> list[int]:
    """The pieces of whole further articles below the first, as endless pages append them.

    Such a one is an `article` element that does not hold the title, comes after some running text and has
    a heading of its own that is an h1 or has the class of the title's.
    """
    at = title_at(pieces, metadata)
    if at < 0:
        return []
    title, names = squeezed(pieces[at].text), pieces[at].box.names
    headings = []
    read = 0
    for index in range(at + 1, len(pieces)):
        piece = pieces[index]
        box = piece.box
        if box.tag not in {"h1", "h2"}:
            read += len(piece.text) - piece.link_chars if len(piece.text) >= LEAD_BEFORE else 0
        elif (
            read >= FIRST_CHARS
            and (box.tag == "h1" or (names and box.names == names))
            and squeezed(piece.text) != title
        ):
            headings.append(index)
    if not headings:
        return []
    outermost = _outermost_articles(pieces, pieces[at].box)
    further = {outermost[index] for index in headings} - {None}
    return [index for index, article in enumerate(outermost) if article in further]


def _outermost_articles(pieces: Sequence[Piece], title: Box) -> list[Box | None]:
    """For each piece, the outermost `article` element around it that does not hold the title.

    Each box is visited once, however deep the page.
    """
    known: dict[Box, Box | None] = {}
    above: Box | None = title
    while above is not None:
        known[above] = None
        above = above.parent
    result = []
    for piece in pieces:
        steps = []
        at: Box | None = piece.box
        while at is not None and at not in known:
            steps.append(at)
            at = at.parent
        found = known[at] if at is not None else None
        for box in reversed(steps):
            if found is None and box.tag == "article":
                found = box
            known[box] = found
        result.append(found)
    return result


def _worth_hearing(pieces: Sequence[Piece], choice: Choice, agreed: Sequence[bool], other: str) -> bool:
    """Whether the other text is running text, and of the same matter as ours where we are not lost."""
    theirs = [piece for piece, yes in zip(pieces, agreed, strict=True) if yes]
    if sum([piece.link_chars for piece in theirs]) > OTHER_LINKED * sum(
        [len(piece.text) for piece in theirs]
    ):
        return False
    shared = sum([len(pieces[index].text) for index in choice.kept if agreed[index]])
    return choice.confidence < LOST_BELOW or shared >= OTHER_SHARED * len(other)


def choose(pieces: Sequence[Piece], opinions: Sequence[float]) -> Choice:
    """The likely pieces, each text once; where none is likely, those that promise the highest F.

    The confidence is the F to be expected: twice the characters that are probably right, over those
    kept and those that are probably the article's.
    """
    sizes = [len(piece.text) for piece in pieces]
    repeated = _repeated(pieces)
    fresh = [index for index in range(len(pieces)) if not repeated[index]]
    expected = sum([opinions[index] * sizes[index] for index in fresh])
    kept = _once(pieces, [index for index in fresh if opinions[index] >= KEEP])
    if kept:
        right = sum([opinions[index] * sizes[index] for index in kept])
        return Choice(kept, round(2 * right / (sum([sizes[index] for index in kept]) + expected), 4))
    return _best([index for index in fresh if opinions[index] >= LOWEST], opinions, sizes, expected)


def _best(candidates: list[int], opinions: Sequence[float], sizes: list[int], expected: float) -> Choice:
    """The most likely candidates, down to where the expected F is highest."""
    candidates = sorted(candidates, key=lambda index: (-opinions[index], index))
    right = kept = best = 0.0
    count = 0
    for position, index in enumerate(candidates, start=1):
        right += opinions[index] * sizes[index]
        kept += sizes[index]
        f = 2 * right / (kept + expected)
        if f > best:
            best, count = f, position
    return Choice(sorted(candidates[:count]), round(best, 4))


def without_tail(pieces: Sequence[Piece], kept: list[int], opinions: Sequence[float]) -> list[int]:
    """`kept` up to the end of the box that holds nearly all of it; of what follows, the sure pieces only.

    There, dialogues, appeals and teasers of other articles look most like an article's text.
    """
    held: dict[Box, float] = {}
    for index in kept:
        promised = opinions[index] * len(pieces[index].text)
        box: Box | None = pieces[index].box
        while box is not None:
            held[box] = held.get(box, 0.0) + promised
            box = box.parent
    least = HOME_SHARE * max(held.values(), default=0.0)
    home = max((box for box in held if held[box] >= least), key=_depth, default=None)
    end = len(kept)
    while end and not _is_within(pieces[kept[end - 1]].box, home):
        end -= 1
    return kept[:end] + [index for index in kept[end:] if opinions[index] >= HOME_SURE]


def _depth(box: Box) -> int:
    return box.depth


def _is_within(box: Box | None, home: Box | None) -> bool:
    while box is not None and box is not home:
        box = box.parent
    return box is home


def with_lead(
    pieces: Sequence[Piece], kept: list[int], metadata: Metadata, opinions: Sequence[float]
) -> list[int]:
    """`kept` with the standfirst: what stands between title and text, and is named so or described so.

    Sites that print the first lines of their articles as description lead the model astray here.
    """
    heading = title_at(pieces, metadata)
    if not kept or heading < 0:
        return kept
    first = next((index for index in kept if len(pieces[index].text) > LEAD_BEFORE), kept[0])
    near = range(heading + 1, min(first, heading + LEAD_NEAR))
    named = [index for index in near if opinions[index] >= LEAD_LIKELY and _named_lead(pieces[index])]
    kept = sorted({*kept, *named})
    description = squeezed(metadata.description or "")[:LEAD_COMPARED]
    if len(description) < LEAD_CHARS:
        return kept
    for index in near:
        text = squeezed(pieces[index].text[: 2 * LEAD_COMPARED])
        if len(text) >= LEAD_CHARS and (text[:LEAD_PROBE] in description or description[:LEAD_PROBE] in text):
            return kept if index in kept else sorted([*kept, index])
    return kept


def _named_lead(piece: Piece) -> bool:
    box = piece.box
    names = box.bits | (box.parent.bits if box.parent is not None else 0)
    return bool(names & TEASER) and len(piece.text) >= LEAD_CHARS and piece.link_chars * 5 < len(piece.text)


def _repeated(pieces: Sequence[Piece]) -> list[bool]:
    seen: set[str] = set()
    result = []
    for piece in pieces:
        text = lines.flat(piece.text)
        again = len(text) >= REPEAT_CHARS and text in seen
        seen.add(text)
        result.append(again)
    return result


def _once(pieces: Sequence[Piece], kept: list[int]) -> list[int]:
    """`kept` without blocks that say over again, in one piece, what the others say in many."""
    long = [index for index in kept if len(pieces[index].text) >= AGAIN_CHARS]
    again = set()
    for index in long:
        text = lines.flat(pieces[index].text)
        others = [lines.flat(pieces[at].text) for at in kept if at != index]
        said = sum(
            [len(other) for other in others if REPEAT_CHARS <= len(other) < len(text) and other in text]
        )
        if said * 2 > len(text):
            again.add(index)
    return [index for index in kept if index not in again] if again else kept


def _blocks(piece: Piece, paths: blocks.Paths) -> list[Block]:
    tag = blocks.block_tag(piece.box)
    path = paths[piece.box]
    density = min(1.0, round(piece.link_chars / len(piece.text), 3))
    return [
        Block(text=lines.printed(text), tag=tag, path=path, link_density=density)
        for text in piece.items or (piece.text,)
    ]


def _others(text: str) -> Extraction:
    paragraphs = [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]
    return Extraction(
        blocks=tuple(Block(text=paragraph, tag="p") for paragraph in paragraphs),
        method=METHOD_OTHER,
        confidence=OTHER_CONFIDENCE,
    )
