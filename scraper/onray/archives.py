"""Archives on Ray: a task reads one, or a range of it, works on its pages, and sends what came of them.

Settling stays with the run that asked, so that revisions, copies and publishing are what they are on one
machine: it receives the pieces of all archives in order, whichever machine is ready first. Ray repeats the
task of a machine that is lost, and passes on only what had not arrived before.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Any, Self

import msgspec
import zstandard

from scraper.errors import EngineError
from scraper.memories import Memories
from scraper.onray.cluster import connected
from scraper.pieces import Assignment, Piece, Templates, Terms, pieces_of
from scraper.ranges import joined, split
from scraper.store.templates import Seen, seen
from scraper.web.addresses import size_to_enter

PIECES_TOGETHER = 8
"""Pieces in a message. By number, not by size: a task that is repeated must cut just as it did before."""
MEMORIES = 64
"""Site memories that a task keeps."""

_encode = msgspec.msgpack.Encoder().encode
_pieces = msgspec.msgpack.Decoder(tuple[Piece, ...])
_assignment = msgspec.msgpack.Decoder(Assignment)
_terms = msgspec.msgpack.Decoder(Terms)
_sites = msgspec.msgpack.Decoder(list[tuple[str, bytes]])


class RayArchives:
    """Reads archives on a cluster, as many at a time as it has cores, or as `workers` says.

    As a context it is connected.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or None
        self._connection = ExitStack()
        self._ray: Any = None

    def __enter__(self) -> Self:
        self._ray = self._connection.enter_context(connected())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def pieces(
        self, assignments: Sequence[Assignment], terms: Terms, templates: Templates
    ) -> Generator[Piece, None, None]:
        """All pieces of all archives, in order.

        Raises:
            EngineError: The cluster has been lost.
        """
        if not assignments:
            return
        cores = self._workers or max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        parts = split(assignments, size_to_enter, cores=cores)
        memories = Memories(_Sent(templates), most=MEMORIES) if terms.site_memory else None
        received = self._received([part.assignment for part in parts], terms, templates)
        try:
            yield from joined(in_turn(received), parts, partial(pieces_of, terms=terms, memories=memories))
        except self._ray.exceptions.RayError as error:
            raise EngineError(f"Ray: {_last_line(error)}") from error

    def _received(
        self, assignments: Sequence[Assignment], terms: Terms, templates: Templates
    ) -> Iterator[Piece]:
        ray = self._ray
        with ray.data.DataContext.current(_context(ray)):
            rows = [{"assignment": _encode(each)} for each in assignments]
            archives = ray.data.from_items(rows, override_num_blocks=len(rows))
            pieces = archives.map_batches(
                partial(read, terms=_encode(terms), known=_shared(ray, templates)),
                batch_size=1,
                batch_format="pyarrow",
                num_cpus=1,
                compute=ray.data.TaskPoolStrategy(size=self._workers),
            )
            for table in pieces.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=2):
                for message in table["pieces"]:
                    yield from _unpacked(message.as_py())


def _context(ray: Any) -> Any:  # noqa: ANN401 - a module
    context = ray.data.DataContext.get_current().copy()
    context.execution_options.preserve_order = True
    # Each message is a block of its own, sent as soon as it is there.
    context.target_min_block_size = context.target_max_block_size = 1
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    return context


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[-1] if lines else type(error).__name__


def in_turn(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """The pieces, each once: what comes again is passed over.

    Raises:
        EngineError: One is missing, so that something would be lost without a word.
    """
    expected = (0, 0)
    for piece in pieces:
        place = (piece.archive, piece.serial)
        if place < expected:
            continue
        if place not in {expected, (expected[0] + 1, 0)}:
            raise EngineError(f"Ray: piece {expected} of the archives is missing; {place} came in its place")
        expected = (piece.archive, piece.serial + 1)
        yield piece


# ---- in tasks ----------------------------------------------------------------------------------------


def read(batch: Any, *, terms: bytes, known: Any) -> Iterator[Any]:  # noqa: ANN401 - tables, and a reference
    """A task: the pieces of the assignment in a batch, some in a message."""
    import pyarrow as pa  # noqa: PLC0415 - of the extra

    decoded = _terms.decode(terms)
    memories = Memories(_Known(known), most=MEMORIES) if decoded.site_memory else None
    for assignment in batch["assignment"]:
        pieces = pieces_of(_assignment.decode(assignment.as_py()), decoded, memories)
        while some := tuple(islice(pieces, PIECES_TOGETHER)):
            yield pa.table({"pieces": pa.array([_packed(some)], pa.large_binary())})


def _packed(pieces: tuple[Piece, ...]) -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(_encode(pieces))


def _unpacked(message: bytes) -> tuple[Piece, ...]:
    return _pieces.decode(zstandard.ZstdDecompressor().decompress(message))


def _shared(ray: Any, templates: Templates) -> Any:  # noqa: ANN401 - a module, a reference
    """What is known of sites, once on each machine, in memory that its tasks share."""
    import pyarrow as pa  # noqa: PLC0415 - of the extra

    if not templates:
        return None
    packed = [_encode(articles) for articles in templates.values()]
    return ray.put(
        pa.table(
            {"site": pa.array(list(templates), pa.string()), "articles": pa.array(packed, pa.large_binary())}
        )
    )


class _Sent:
    """The articles of sites, as they are sent."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def of(self, site: str) -> list[Seen]:
        """The site's articles that count, the newest first."""
        return [seen(key, blocks) for key, blocks in self._templates.get(site, ())]


class _Known:
    """The articles of sites, out of shared memory."""

    def __init__(self, reference: Any) -> None:  # noqa: ANN401 - of a table
        self._articles: Any = None
        self._rows: dict[str, int] = {}
        if reference is not None:
            import ray  # noqa: PLC0415 - of the extra

            table = ray.get(reference)
            self._articles = table["articles"]
            self._rows = {site: row for row, site in enumerate(table["site"].to_pylist())}

    def of(self, site: str) -> list[Seen]:
        """The site's articles that count, the newest first."""
        row = self._rows.get(site)
        if row is None:
            return []
        return [seen(key, blocks) for key, blocks in _sites.decode(self._articles[row].as_py())]
