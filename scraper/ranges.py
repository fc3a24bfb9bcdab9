"""Archives in ranges that are read by themselves, and what came of them put together again.

Where a range begins is found without reading what lies before it, so that it may be found wrongly: in an
archive of archives the page of a record may hold what looks like one. So each range tells where the first
record behind it begins, and what was read from another place is dropped and read again from there.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import msgspec

from scraper.pieces import STRETCH_BYTES, Assignment, Piece, Range, taken_up
from scraper.records import Record

RANGES_FOR_A_CORE = 4
"""Into so many an archive is split, so that at its end no core is idle for long,"""
LEAST_BYTES = 8 << 20
"""none smaller than that, some two hundred pages: each costs the start of a process."""
ARCHIVES_FOR_A_CORE = 4
"""With so many archives none is split: they keep the cores busy by themselves."""

Reader = Callable[[Assignment], Iterator[Piece]]


class Part(Record, frozen=True, kw_only=True):
    """What one task reads."""

    assignment: Assignment
    """Numbered by its place among the parts."""
    archive: int
    """The number of the archive."""
    last: bool
    """Whether the archive ends with it."""


def split(
    assignments: Sequence[Assignment], size_of: Callable[[str], int | None], *, cores: int
) -> list[Part]:
    """The archives in parts, as many as keep the cores of a cluster busy.

    Args:
        assignments: Whole archives.
        size_of: Gives the size of one that can be entered anywhere, None of any other.
        cores: Tasks at a time.
    """
    few = len(assignments) < ARCHIVES_FOR_A_CORE * cores
    parts: list[Part] = []
    for whole in assignments:
        ranges = _ranges(whole, size_of(whole.address), cores) if few else [whole.within]
        for place, within in enumerate(ranges):
            known = None if place else whole.known
            assignment = msgspec.structs.replace(whole, number=len(parts), known=known, within=within)
            parts.append(Part(assignment=assignment, archive=whole.number, last=place == len(ranges) - 1))
    return parts


def _ranges(whole: Assignment, size: int | None, cores: int) -> list[Range]:
    at = taken_up(whole.known, size)
    if size is None or at.done:
        return [whole.within]
    length = max(LEAST_BYTES, (size - at.offset) // (RANGES_FOR_A_CORE * cores))
    length += -length % STRETCH_BYTES
    begin = at.offset // STRETCH_BYTES * STRETCH_BYTES
    starts = [0, *range(begin + length, size, length)]
    return [Range(start=start, end=end) for start, end in zip(starts, [*starts[1:], None], strict=True)]


def joined(pieces: Iterator[Piece], parts: Sequence[Part], read: Reader) -> Iterator[Piece]:
    """The pieces of whole archives, in order.

    Args:
        pieces: Those of all parts, in order.
        parts: All of them.
        read: Reads a range here and now, where it was not read from where it begins.
    """
    join = _Join(read)
    for number, some in groupby(pieces, attrgetter("archive")):
        part = parts[number]
        for piece in join.take(part, some):
            yield msgspec.structs.replace(piece, archive=part.archive)
        if part.last:
            join = _Join(read)


class _Join:
    """An archive that is being put together."""

    def __init__(self, read: Reader) -> None:
        self._read = read
        self._begun = False
        self._over = False
        """Whether it was known before, or could not be read on."""
        self._records = 0
        self._following: int | None = None

    def take(self, part: Part, pieces: Iterator[Piece]) -> Iterator[Piece]:
        """What the next part adds."""
        if self._over:
            return
        head = next(pieces)
        before = self._records
        if self._begun:
            pieces = self._from_where_it_begins(part, head, pieces)
        else:
            self._begun = True
            self._over = head.failure is not None or head.began is None
            self._records = head.at.records if head.at else 0
            yield head
        for piece in pieces:
            if piece.failure:
                self._over = True
                yield piece
                return
            if piece.last:
                self._records = before + piece.last.records
                last = msgspec.structs.replace(piece.last, records=self._records)
                yield msgspec.structs.replace(piece, last=last)
            else:
                self._following = piece.following
        if part.last and not self._over:
            yield Piece(archive=part.archive, serial=0)

    def _from_where_it_begins(self, part: Part, head: Piece, pieces: Iterator[Piece]) -> Iterator[Piece]:
        start, end = self._following, part.assignment.within.end
        if start is None or (end is not None and start >= end):
            return iter(())
        if head.failure:
            return iter((head,))
        if head.began == start:
            return pieces
        within = msgspec.structs.replace(part.assignment.within, start=start)
        again = self._read(msgspec.structs.replace(part.assignment, within=within))
        head = next(again)
        return iter((head,)) if head.failure else again
