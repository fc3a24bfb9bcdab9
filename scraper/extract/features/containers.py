"""What a block stands in: elements and names above it, and how much good text its containers hold."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from scraper.extract import blocks as b
from scraper.extract import vocabulary as v
from scraper.extract.blocks import Box, Piece, Stream
from scraper.extract.features.names import CAPPED, CONTAINERS, FLAGS, NEAREST, STANDING, TOP, log_of
from scraper.extract.features.shapes import squeezed
from scraper.records import Metadata

WIDTH: Final = len(FLAGS) + len(NEAREST) + len(CONTAINERS) + len(STANDING)
NAME_BITS: Final = (
    v.BODY, v.ARTICLE, v.NAVIGATION, v.RELATED, v.COMMENTS, v.SOCIAL, v.ABOUT, v.CAPTION, v.HIDDEN, v.TEASER,
    v.BOX, v.SELLING, v.ADVERTS, v.EMBED,
)  # fmt: skip
"""In the order of `names.NEAREST`, but for its last two."""
FLAG_BITS: Final = (
    b.IN_ARTICLE, b.IN_MAIN, b.IN_NAV, b.IN_ASIDE, b.IN_FOOTER, b.IN_HEADER, b.IN_FORM, b.IN_FIGURE,
    b.IN_TABLE, b.IN_LIST, b.IN_QUOTE, b.IN_BODY_PROP, b.IS_HIDDEN, b.IN_BUTTON, b.IN_SECTION,
)  # fmt: skip
"""In the order of `names.FLAGS`."""
_STEP: Final = bytes([*range(1, 256), 255])
_NONE_ABOVE: Final = bytes([TOP] * len(NEAREST))
_NOWHERE: Final = bytes([TOP] * len(STANDING))
_NO_ARTICLE: Final = bytes([TOP, TOP])
_OFF_CHAIN: Final = NEAREST.index("off_chain")
_OFF_TITLE: Final = NEAREST.index("off_title")


def add_up(stream: Stream, sizes: Sequence[int], goods: Sequence[int]) -> None:
    """Give each box the sums of what is below it."""
    for piece, size, good in zip(stream.pieces, sizes, goods, strict=True):
        box = piece.box
        box.chars += size
        box.link_chars += piece.link_chars
        box.good += good
        box.pieces += 1
    for box in reversed(stream.boxes):
        if box.pieces and (parent := box.parent) is not None:
            parent.chars += box.chars
            parent.link_chars += box.link_chars
            parent.good += box.good
            parent.pieces += box.pieces


def title_at(pieces: Sequence[Piece], metadata: Metadata) -> int:
    """Where the article's heading stands: the first with the page's title, else the first h1; -1 if none."""
    title = squeezed(metadata.title or "")
    first = -1
    for index, piece in enumerate(pieces):
        tag = piece.box.tag
        if tag in {"h1", "h2"}:
            if title and (words := squeezed(piece.text)) and (words in title or title in words):
                return index
            if first < 0 and tag == "h1":
                first = index
    return first


def containers(stream: Stream, total_good: int, heading: int) -> list[bytes]:
    """The columns of `names.FLAGS`, `NEAREST`, `CONTAINERS` and `STANDING`.

    Blocks of one box share a row; the sums of a page's boxes (`add_up`) must be there.
    """
    total_good = total_good or 1
    steps, standings = _standings(stream, total_good, heading)
    sums: dict[Box, bytes] = {}
    rows: dict[Box, bytes] = {}
    result = []
    for piece in stream.pieces:
        box = piece.box
        row = rows.get(box)
        if row is None:
            parent = box.parent or box
            around = sums.get(parent)
            if around is None:
                around = sums[parent] = _sums(parent, total_good)
            row = rows[box] = _flag_bytes(box.flags) + steps[box].translate(CAPPED) + around + standings[box]
        result.append(row)
    data = b"".join(result)
    return [data[index::WIDTH] for index in range(WIDTH)]


@lru_cache(maxsize=4096)
def _flag_bytes(flags: int) -> bytes:
    return bytes(1 if flags & flag else 0 for flag in FLAG_BITS)


@lru_cache(maxsize=4096)
def _bit_indices(bits: int) -> tuple[int, ...]:
    return tuple(index for index, bit in enumerate(NAME_BITS) if bits & bit)


def _standings(stream: Stream, total_good: int, heading: int) -> tuple[dict[Box, bytes], dict[Box, bytes]]:
    """For each box the columns of `names.NEAREST`, not yet capped, and those of `names.STANDING`.

    The latter say what was met on the chain of main containers, and of the outermost `article` above.
    """
    chain = _chain(stream)
    above_title = _above(stream.pieces[heading].box) if heading >= 0 else set()
    articles = 0
    steps: dict[Box, bytes] = {}
    standings: dict[Box, bytes] = {}
    for box in stream.boxes:
        if not box.pieces:
            continue
        parent = box.parent
        if parent is None:
            own, standing = _NONE_ABOVE, _NOWHERE
        else:
            own, standing = steps[parent].translate(_STEP), standings[parent]
        in_chain = box in chain
        if box.bits or in_chain or box in above_title:
            changed = bytearray(own)
            for index in _bit_indices(box.bits):
                changed[index] = 0
            if in_chain:
                changed[_OFF_CHAIN] = 0
                density = _share(box.link_chars, box.chars)
                met = bytes((min(chain[box], TOP), TOP * box.good // total_good, density))
                standing = met + standing[len(met) :]
            if box in above_title:
                changed[_OFF_TITLE] = 0
            own = bytes(changed)
        if box.tag == "article" and box.good:
            if standing.endswith(_NO_ARTICLE):
                share = TOP * box.good // total_good
                standing = standing[: -len(_NO_ARTICLE)] + bytes((share, min(articles, TOP)))
            articles += 1
        steps[box], standings[box] = own, standing
    return steps, standings


def _above(box: Box | None) -> set[Box]:
    boxes = set()
    while box is not None:
        boxes.add(box)
        box = box.parent
    return boxes


def _chain(stream: Stream) -> dict[Box, int]:
    """The boxes on the way down to where most of the running text is, each with its rank from below."""
    heirs: dict[Box, Box] = {}
    for box in stream.boxes[1:]:
        parent = box.parent
        if parent is not None and box.good * 2 > parent.good:
            heirs[parent] = box
    chain = [stream.boxes[0]]
    while chain[-1] in heirs:
        chain.append(heirs[chain[-1]])
    size = len(chain)
    return {box: size - 1 - index for index, box in enumerate(chain)}


def _sums(parent: Box, total_good: int) -> bytes:
    grand = parent.parent or parent
    great = grand.parent or grand
    return bytes(
        (
            log_of(parent.chars),
            _share(parent.link_chars, parent.chars),
            TOP * parent.good // total_good,
            log_of(parent.pieces),
            log_of(grand.chars),
            _share(grand.link_chars, grand.chars),
            TOP * grand.good // total_good,
            TOP * great.good // total_good,
            _share(great.link_chars, great.chars),
        )
    )


def _share(part: int, whole: int) -> int:
    return TOP * part // whole if part < whole else TOP if part else 0
