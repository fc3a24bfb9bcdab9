"""Where a block stands on the page: among its kin, before and after the running text, in what company."""

from collections.abc import Hashable, Sequence
from itertools import accumulate, pairwise
from typing import Final

from scraper.extract.blocks import Box, Piece, Stream
from scraper.extract.features.names import LAST, LOG, LOG_SIZE, TOP, shift

NEAR: Final = 3
"""Blocks to each side whose text is taken for a block's surroundings."""
WIDE: Final = 10
ORIGIN: Final = 100
"""What stands for the block itself on scales that count blocks before and after."""
_WHOLE_SCALE: Final = bytes(range(TOP + 1))
OPINIONS_NEAR: Final = (5, 12)
"""Blocks to each side over which opinions are averaged."""


def kin_of(pieces: Sequence[Piece]) -> list[int]:
    """For each piece, the number of its make: tag and names, and those of the box above."""
    makes: dict[tuple[str, str, str, str], int] = {}
    known: dict[Box, int] = {}
    result = []
    for piece in pieces:
        box = piece.box
        make = known.get(box)
        if make is None:
            above = box.parent or box
            key = (box.tag, box.names, above.tag, above.names)
            make = known[box] = makes.setdefault(key, len(makes))
        result.append(make)
    return result


def places(
    pieces: Sequence[Piece],
    sizes: Sequence[int],
    links: Sequence[int],
    goods: Sequence[int],
    heading: int,
) -> list[bytes]:
    """The columns of `names.PLACE`."""
    count = len(pieces)
    total = sum(sizes) or 1
    kin = kin_of(pieces)
    families: dict[int, list[int]] = {}
    tags: dict[str, int] = {}
    for piece, key, size, link in zip(pieces, kin, sizes, links, strict=True):
        family = families.get(key)
        if family is None:
            families[key] = [1, size, link]
        else:
            family[0] += 1
            family[1] += size
            family[2] += link
        tag = piece.box.tag
        tags[tag] = tags.get(tag, 0) + size
    of_kin = {
        key: (
            LOG[number if number < LOG_SIZE else LAST],
            LOG[min(chars // number, LAST)],
            min(TOP, TOP * linked // chars),
            TOP * chars // total,
        )
        for key, (number, chars, linked) in families.items()
    }
    kin_columns = zip(*[of_kin[key] for key in kin], strict=True)
    good_at = [index for index, good in enumerate(goods) if good] or [0]
    upto = list(accumulate(sizes, initial=0))
    good_upto = list(accumulate(goods, initial=0))
    near, wide = _windows(upto, NEAR), _windows(upto, WIDE)
    return [
        *map(bytes, kin_columns),
        bytes([TOP * tags[piece.box.tag] // total for piece in pieces]),
        bytes([TOP * before // total for before in upto[:count]]),
        _ramp(ORIGIN - good_at[0], count),
        _ramp(ORIGIN + good_at[-1], count, down=True),
        _ramp(ORIGIN - heading, count) if heading >= 0 else bytes(count),
        _shares(_windows(good_upto, NEAR), near),
        _shares(_windows(list(accumulate(links, initial=0)), NEAR), near),
        _shares(_windows(good_upto, WIDE), wide),
    ]


def _ramp(start: int, count: int, *, down: bool = False) -> bytes:
    """A column that goes up, or down, by one from block to block, within the scale."""
    low, high = (start - count + 1, start + 1) if down else (start, start + count)
    scale = b"\0" * max(0, -low) + _WHOLE_SCALE[max(0, low) : max(0, high)]
    column = (scale + bytes([TOP]) * (count - len(scale)))[:count] if low <= TOP else bytes([TOP]) * count
    return column[::-1] if down else column


def _windows(upto: list[int], radius: int) -> list[int]:
    """For each block, the sum over those up to `radius` blocks off, from the sums of all up to each."""
    count = len(upto) - 1
    if count <= radius:
        return [upto[-1]] * count
    ends = upto[radius + 1 :] + [upto[-1]] * radius
    starts = [0] * radius + upto
    return [end - start for end, start in zip(ends, starts, strict=False)]


def _shares(parts: list[int], wholes: list[int]) -> bytes:
    return bytes(
        [TOP * part // whole if part < whole else TOP for part, whole in zip(parts, wholes, strict=True)]
    )


def same_parent(pieces: Sequence[Piece]) -> list[bytes]:
    """Whether the block before, and the one after, stand in the same box."""
    parents = [piece.box.parent for piece in pieces]
    same = bytes([one is other for one, other in pairwise(parents)])
    return [b"\0" + same, same + b"\0"]


def company(stream: Stream, opinions: Sequence[float]) -> list[bytes]:
    """What the first pass thinks of each block, its neighbours, and those of its box and of its make."""
    own = bytes([int(p * TOP) for p in opinions])
    count = len(own)
    upto = list(accumulate(own, initial=0))
    ones = list(range(count + 1))
    means = [
        bytes([a // n for a, n in zip(_windows(upto, radius), _windows(ones, radius), strict=True)])
        for radius in OPINIONS_NEAR
    ]
    parents = [piece.box.parent for piece in stream.pieces]
    return [
        own,
        *[shift(own, step, 0) for step in (-1, 1, -2, 2, -3, 3)],
        *means,
        bytes([upto[-1] // (count or 1)]) * count,
        bytes([max(own, default=0)]) * count,
        _group_means(own, parents),
        _group_means(own, [box.parent if box is not None else None for box in parents]),
        _group_means(own, kin_of(stream.pieces)),
    ]


def _group_means(own: bytes, groups: Sequence[Hashable]) -> bytes:
    sums: dict[Hashable, int] = {}
    counts: dict[Hashable, int] = {}
    for value, group in zip(own, groups, strict=True):
        if group in sums:
            sums[group] += value
            counts[group] += 1
        else:
            sums[group] = value
            counts[group] = 1
    means = {group: total // counts[group] for group, total in sums.items()}
    return bytes([means[group] for group in groups])
