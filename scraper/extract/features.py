"""What the model is told of each block: its shape, its place, its company. Linear in the page.

Every feature is a whole number from 0 to 250 (`LOG` of a size, a share times 250, a clipped count),
so a page is one run of bytes: quick to build, quick to compare, the same on every machine.
"""

import re
from collections.abc import Hashable, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from math import log2
from typing import Final

from scraper.extract import blocks as b
from scraper.extract import vocabulary as v
from scraper.extract.blocks import Box, Piece, Stream
from scraper.records import Metadata

TOP: Final = 250
LOG_SIZE: Final = 1 << 13
LOG: Final = bytes(min(TOP, int(19 * log2(1 + n))) for n in range(LOG_SIZE))
"""A size on a scale where 19 steps double it."""
LAST: Final = LOG_SIZE - 1

GOOD_CHARS: Final = 80
"""A block this long with few links is taken for running text when containers are weighed."""
# ruff: noqa: RUF001 - the punctuation of other scripts is meant
WIDE: Final = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
CJK_SHARE: Final = 0.3
HEAD_WORDS: Final = 25
"""Capitals are counted in the first words only."""
ENDS: Final = dict.fromkeys(".!?。！？…।۔؟", 2) | dict.fromkeys(":;：；", 1)
CLOSERS: Final = "\"'”’»›)]）」』“ "
TAG_CODES: Final = {
    "p": 0, "div": 1, "li": 2, "td": 3, "tr": 3, "th": 3, "section": 1, "article": 1, "blockquote": 4,
    "pre": 4, "h1": 5, "h2": 6, "h3": 7, "h4": 8, "h5": 9, "h6": 9, "dd": 10, "dt": 10, "figcaption": 11,
    "button": 12, "label": 12, "legend": 12, "footer": 13, "header": 13, "address": 13, "summary": 14,
}  # fmt: skip
NO_TAG: Final = 20
MIN_PROBE: Final = 15
"""Characters a block needs to be looked for in the page's description."""

BITS: Final = (
    v.BODY, v.ARTICLE, v.NAVIGATION, v.RELATED, v.COMMENTS, v.SOCIAL, v.ABOUT, v.CAPTION, v.HIDDEN, v.TEASER,
    v.BOX, v.SELLING, v.ADVERTS, v.EMBED,
)  # fmt: skip
FLAGS: Final = (
    b.IN_ARTICLE, b.IN_MAIN, b.IN_NAV, b.IN_ASIDE, b.IN_FOOTER, b.IN_HEADER, b.IN_FORM, b.IN_FIGURE,
    b.IN_TABLE, b.IN_LIST, b.IN_QUOTE, b.IN_BODY_PROP, b.IS_HIDDEN, b.IN_BUTTON, b.IN_SECTION,
)  # fmt: skip


def _listed(names: str) -> tuple[str, ...]:
    return tuple(names.split())


SHAPE: Final = _listed("""
length link_density commas ends word_length titles first bold emphasis breaks bars tag depth anchor
titled described repeated
""")
NEAR: Final = _listed("""
in_article in_main in_nav in_aside in_footer in_header in_form in_figure in_table in_list in_quote
in_body_prop is_hidden in_button in_section near_body near_article near_navigation near_related
near_comments near_social near_about near_caption near_hidden near_teaser near_box near_selling
near_adverts near_embed parent_chars parent_link_density parent_good parent_pieces grand_chars
grand_link_density grand_good great_good great_link_density off_chain chain_rank chain_good
chain_link_density article_good article_rank off_title
""")
PLACE: Final = _listed("""
kin_count kin_length kin_link_density kin_share tag_share chars_before after_first before_last
after_h1 window_good window_link_density window_wide_good
""")
SHIFTED: Final = tuple(
    f"{name}{step:+d}" for name in ("length", "link_density", "tag", "ends") for step in (-2, -1, 1, 2)
)
SAME: Final = ("same_parent-1", "same_parent+1")
PAGE: Final = ("page_pieces", "page_good", "page_link_density", "page_wide", "anchor_known")
NAMES: Final = SHAPE + NEAR + PLACE + SHIFTED + SAME + PAGE
"""The features in their order; the model file names the ones that it was trained on."""


def columns(stream: Stream, metadata: Metadata) -> list[bytes]:
    """One column for each of `NAMES`, one byte for each piece of the stream."""
    pieces = stream.pieces
    if not pieces:
        return [b""] * len(NAMES)
    wide = _is_wide(pieces)
    sizes = [len(piece.text) * 5 // 2 for piece in pieces] if wide else [len(piece.text) for piece in pieces]
    links = [min(piece.link_chars, len(piece.text)) for piece in pieces]
    goods = [
        size if size >= GOOD_CHARS and link * 10 < len(piece.text) * 3 else 0
        for size, link, piece in zip(sizes, links, pieces, strict=True)
    ]
    _add_up(stream, sizes, goods)
    shape = _split(_shapes(pieces, sizes, links, metadata), len(SHAPE))
    heading = title_at(pieces, metadata)
    near = _split(_near(stream, sum(goods), heading), len(NEAR))
    place = _split(_places(pieces, sizes, links, goods, heading), len(PLACE))
    page = _page(pieces, sizes, links, goods, metadata, wide=wide)
    return [*shape, *near, *place, *_shifted(shape), *_same_parent(pieces), *page]


def _split(rows: list[bytes], width: int) -> list[bytes]:
    data = b"".join(rows)
    return [data[index::width] for index in range(width)]


def _is_wide(pieces: list[Piece]) -> bool:
    text = "".join([piece.text for piece in pieces])
    return not text.isascii() and len(WIDE.findall(text)) > CJK_SHARE * len(text)


def _add_up(stream: Stream, sizes: list[int], goods: list[int]) -> None:
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


def squeezed(text: str) -> str:
    """Without white space and in lower case, for comparing."""
    return "".join(text.split()).lower()


def _shapes(pieces: list[Piece], sizes: list[int], links: list[int], metadata: Metadata) -> list[bytes]:
    body = squeezed(metadata.article_body or "")
    title = squeezed(metadata.title or "")
    description = squeezed(metadata.description or "")
    hints = bool(body or title or description)
    seen: set[str] = set()
    rows = []
    for piece, size, link in zip(pieces, sizes, links, strict=True):
        text = piece.text
        length = len(text)
        words = text.split(None, HEAD_WORDS)
        count = len(words)
        head = length + 1
        if count > HEAD_WORDS:
            head -= len(words.pop())
            count = HEAD_WORDS
        commas, bars = text.count(","), text.count("|")
        if not text.isascii():
            commas += text.count("，") + text.count("、")
            bars += text.count("•") + text.count("·") + text.count("»")
        stripped = text[-4:].rstrip(CLOSERS)
        start = text[0]
        probe = squeezed(text[:80])[:50] if hints else ""
        repeated = text in seen
        seen.add(text)
        box = piece.box
        rows.append(
            bytes(
                (
                    LOG[size if size < LOG_SIZE else LAST],
                    TOP * link // length,
                    min(TOP, commas),
                    ENDS.get(stripped[-1], 0) if stripped else 0,
                    min(head * 8 // count, TOP),
                    TOP * sum(map(str.istitle, words)) // count,
                    0 if start.isupper() else 1 if start.islower() else 2 if start.isdigit() else 3,
                    TOP * piece.bold_chars // length if piece.bold_chars < length else TOP,
                    TOP * piece.emphasis_chars // length if piece.emphasis_chars < length else TOP,
                    min(TOP, piece.breaks),
                    min(TOP, bars),
                    TAG_CODES.get(box.tag, 1),
                    min(box.depth, TOP),
                    1 if body and probe in body else 0,
                    1 if title and probe and (probe in title or probe.startswith(title)) else 0,
                    1 if description and len(probe) > MIN_PROBE and probe in description else 0,
                    1 if repeated else 0,
                )
            )
        )
    return rows


_STEP: Final = bytes([*range(1, 256), 255])
_CAP: Final = bytes([*range(TOP + 1), *[TOP] * (255 - TOP)])


@lru_cache(maxsize=4096)
def _flag_bytes(flags: int) -> bytes:
    return bytes(1 if flags & flag else 0 for flag in FLAGS)


@lru_cache(maxsize=4096)
def _bit_indices(bits: int) -> tuple[int, ...]:
    return tuple(index for index, bit in enumerate(BITS) if bits & bit)


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


def _near(stream: Stream, total_good: int, heading: int) -> list[bytes]:
    """What each piece stands in: flags, steps up to each kind of name, sums of its containers."""
    total_good = total_good or 1
    steps = _steps(stream)
    places = _standings(stream, total_good, heading)
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
                around = sums[parent] = _containers(parent, total_good)
            row = rows[box] = _flag_bytes(box.flags) + steps[box].translate(_CAP) + around + places[box]
        result.append(row)
    return result


def _steps(stream: Stream) -> dict[Box, bytes]:
    """For each box, the steps up to the nearest name of each kind."""
    steps: dict[Box, bytes] = {}
    none = bytes([TOP] * len(BITS))
    for box in stream.boxes:
        if box.pieces:
            own = none if box.parent is None else steps[box.parent].translate(_STEP)
            if box.bits:
                changed = bytearray(own)
                for index in _bit_indices(box.bits):
                    changed[index] = 0
                own = bytes(changed)
            steps[box] = own
    return steps


def _standings(stream: Stream, total_good: int, heading: int) -> dict[Box, bytes]:
    """For each box, where it stands to most of the text, to `article` elements and to the title.

    Steps up to the chain of main containers, and what is met there; the outermost `article` above;
    steps up to what holds the title too.
    """
    chain = _chain(stream)
    above_title = set()
    above = stream.pieces[heading].box if heading >= 0 else None
    while above is not None:
        above_title.add(above)
        above = above.parent
    articles = 0
    standings: dict[Box, bytes] = {}
    for box in stream.boxes:
        if not box.pieces:
            continue
        off, rank, good, density, article_good, article_rank, off_title = (
            standings[box.parent] if box.parent is not None else (TOP,) * 7
        )
        if box in chain:
            off, rank, good = 0, min(chain[box], TOP), TOP * box.good // total_good
            density = min(TOP, TOP * box.link_chars // (box.chars or 1))
        else:
            off = min(off + 1, TOP)
        if box.tag == "article" and box.good:
            if article_good == TOP and article_rank == TOP:
                article_good, article_rank = TOP * box.good // total_good, min(articles, TOP)
            articles += 1
        off_title = 0 if box in above_title else min(off_title + 1, TOP)
        standings[box] = bytes((off, rank, good, density, article_good, article_rank, off_title))
    return standings


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


def _log(size: int) -> int:
    return LOG[size if size < LOG_SIZE else LAST]


def _containers(parent: Box, total_good: int) -> bytes:
    grand = parent.parent or parent
    great = grand.parent or grand
    return bytes(
        (
            _log(parent.chars),
            min(TOP, TOP * parent.link_chars // (parent.chars or 1)),
            TOP * parent.good // total_good,
            _log(parent.pieces),
            _log(grand.chars),
            min(TOP, TOP * grand.link_chars // (grand.chars or 1)),
            TOP * grand.good // total_good,
            TOP * great.good // total_good,
            min(TOP, TOP * great.link_chars // (great.chars or 1)),
        )
    )


def _kin(box: Box) -> str:
    """What pieces of the same make have in common."""
    own = f"{box.tag}.{box.names}"
    return f"{box.parent.tag}.{box.parent.names}>{own}" if box.parent is not None else own


def _places(
    pieces: list[Piece], sizes: list[int], links: list[int], goods: list[int], heading: int
) -> list[bytes]:
    """Where each piece stands: its kin all over the page, its position, the text around it."""
    count = len(pieces)
    total = sum(sizes) or 1
    kin: dict[str, list[int]] = {}
    tags: dict[str, int] = {}
    sums = []
    for piece, size, link in zip(pieces, sizes, links, strict=True):
        box = piece.box
        key = _kin(box)
        mine = kin.get(key)
        if mine is None:
            mine = kin[key] = [0, 0, 0]
        mine[0] += 1
        mine[1] += size
        mine[2] += link
        sums.append(mine)
        tags[box.tag] = tags.get(box.tag, 0) + size
    good_at = [index for index, good in enumerate(goods) if good] or [0]
    first_good, last_good = good_at[0], good_at[-1]
    upto = [0, *accumulate(sizes)]
    good_upto = [0, *accumulate(goods)]
    link_upto = [0, *accumulate(links)]
    rows = []
    for index, (number, chars, linked) in enumerate(sums):
        low, high = max(0, index - 3), (min(count, index + 4))
        wide_low, wide_high = max(0, index - 10), (min(count, index + 11))
        span = upto[high] - upto[low]
        after_first, before_last = index - first_good + 100, last_good - index + 100
        after_h1 = index - heading + 100 if heading >= 0 else 0
        rows.append(
            bytes(
                (
                    LOG[number if number < LOG_SIZE else LAST],
                    _log(chars // number),
                    min(TOP, TOP * linked // chars),
                    TOP * chars // total,
                    TOP * tags[pieces[index].box.tag] // total,
                    TOP * upto[index] // total,
                    max(0, min(TOP, after_first)),
                    max(0, min(TOP, before_last)),
                    max(0, min(TOP, after_h1)),
                    TOP * (good_upto[high] - good_upto[low]) // span,
                    min(TOP, TOP * (link_upto[high] - link_upto[low]) // span),
                    TOP * (good_upto[wide_high] - good_upto[wide_low]) // (upto[wide_high] - upto[wide_low]),
                )
            )
        )
    return rows


def _shift(column: bytes, step: int, fill: int) -> bytes:
    """The column with each block's neighbour `step` blocks on."""
    pad = bytes([fill]) * abs(step)
    return (column + pad)[step:] if step > 0 else (pad + column)[: len(column)]


def _shifted(shape: list[bytes]) -> list[bytes]:
    at = {name: index for index, name in enumerate(SHAPE)}
    return [
        _shift(shape[at[name]], step, NO_TAG if name == "tag" else 0)
        for name in ("length", "link_density", "tag", "ends")
        for step in (-2, -1, 1, 2)
    ]


def _same_parent(pieces: list[Piece]) -> list[bytes]:
    parents = [piece.box.parent for piece in pieces]
    same = bytes([one is other for one, other in pairwise(parents)])
    return [b"\0" + same, same + b"\0"]


def _page(
    pieces: list[Piece],
    sizes: list[int],
    links: list[int],
    goods: list[int],
    metadata: Metadata,
    *,
    wide: bool,
) -> list[bytes]:
    count = len(pieces)
    values = (
        _log(count),
        _log(sum(goods) // 4),
        min(TOP, TOP * sum(links) // (sum(sizes) or 1)),
        int(wide),
        1 if metadata.article_body and len(metadata.article_body) > 2 * GOOD_CHARS else 0,
    )
    return [bytes([value]) * count for value in values]


SECOND_NAMES: Final = _listed("""
own own-1 own+1 own-2 own+2 own-3 own+3 around_5 around_12 mean top parent_mean grand_mean
kin_mean words names words-1 words+1
""")
"""The features of the second pass, after those of the first."""


def second_columns(stream: Stream, opinions: list[float], words: bytes, names: bytes) -> list[bytes]:
    """What the second pass is told besides: the first pass's opinion of each block and of its company.

    Args:
        stream: The page.
        opinions: Probabilities of the first pass.
        words: What the words of each piece say (`wording`).
        names: What the names above each piece say.
    """
    own = bytes([int(p * TOP) for p in opinions])
    count = len(own)
    upto = [0, *accumulate(own)]
    means = [bytes([_mean(upto, index, radius) for index in range(count)]) for radius in (5, 12)]
    pieces = stream.pieces
    parents = [piece.box.parent for piece in pieces]
    return [
        own,
        *[_shift(own, step, 0) for step in (-1, 1, -2, 2, -3, 3)],
        *means,
        bytes([upto[-1] // (count or 1)]) * count,
        bytes([max(own, default=0)]) * count,
        _group_means(own, parents),
        _group_means(own, [box.parent if box is not None else None for box in parents]),
        _group_means(own, [_kin(piece.box) for piece in pieces]),
        words,
        names,
        _shift(words, -1, TOP // 2),
        _shift(words, 1, TOP // 2),
    ]


def _mean(upto: list[int], index: int, radius: int) -> int:
    low, high = max(0, index - radius), min(len(upto) - 1, index + radius + 1)
    return (upto[high] - upto[low]) // (high - low)


def _group_means(own: bytes, groups: Sequence[Hashable]) -> bytes:
    sums: dict[Hashable, int] = {}
    counts: dict[Hashable, int] = {}
    for value, group in zip(own, groups, strict=True):
        sums[group] = sums.get(group, 0) + value
        counts[group] = counts.get(group, 0) + 1
    return bytes([sums[group] // counts[group] for group in groups])
