"""Makes any output from what the state holds: all of it, or what a range of dates or some sources gave."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from difflib import get_close_matches
from hashlib import blake2b
from itertools import count, islice
from typing import IO, Literal

import msgspec

from scraper.config import OutputConfig
from scraper.errors import ConfigError
from scraper.formats import Format, Medium, target_of
from scraper.outputs import Folder, Row, Shape, WholeFile, encoder
from scraper.publish import PART_ROWS, as_row, check_outputs, open_output
from scraper.records import Record
from scraper.store import Store

MOST_NAMED = 10
"""Sources that a message names."""


class Selection(Record, frozen=True, kw_only=True):
    """Which articles are wanted."""

    since: datetime | None = None
    until: datetime | None = None
    """Articles of this moment, and later ones, are left out."""
    by: Literal["published", "crawled"] = "published"
    """Which date counts; an article whose publication date is unknown goes by that of its fetching."""
    sources: tuple[str, ...] = ()
    """Names; all where there are none."""
    latest: bool = False
    """Only the newest revision of each article."""


class _Dates(Record, frozen=True, kw_only=True):
    date_crawled: datetime
    date_published: datetime | None = None


_dates = msgspec.json.Decoder(_Dates)


def export(stores: Sequence[Store], output: OutputConfig, selection: Selection) -> int:
    """Write articles of a state, or of those of all shards, to an output; returns their number.

    A folder of parts gets those of this export and loses those of an earlier one; a file is replaced; texts
    and rows of a table are added, or replaced by id, always from the newest revision.

    Raises:
        ConfigError: There is no such source, or a library is missing.
        OutputError: The output cannot be written, or belongs to a run.
    """
    medium = target_of(output.path, output.format).medium
    if medium in {Medium.TABLE, Medium.TEXTS}:
        selection = msgspec.structs.replace(selection, latest=True)
    _check_sources(stores, selection)
    check_outputs([output])
    # Another name than that of the state: no export clears away what a run has published.
    opened = open_output(output, state_id=f"export of {_id_of(stores)}")
    written = 0

    def counted() -> Generator[Row, None, None]:
        nonlocal written
        for row in selected(stores, selection):
            written += 1
            yield row

    with closing(counted()) as rows:
        if isinstance(opened, Folder):
            _fill(opened, rows)
        elif isinstance(opened, WholeFile):
            opened.write(row.record for row in rows)
        else:
            opened.put(rows)
    return written


def _id_of(stores: Sequence[Store]) -> str:
    if len(stores) == 1:
        return stores[0].id
    return blake2b(" ".join(store.id for store in stores).encode(), digest_size=16).hexdigest()


def print_to(
    file: IO[bytes], stores: Sequence[Store], selection: Selection, *, kind: Format = "jsonl", shape: Shape
) -> int:
    """Write articles into an open file; returns their number.

    Raises:
        ConfigError: There is no such source, or no such format of files.
    """
    _check_sources(stores, selection)
    writer = encoder(kind, shape)
    written = 0

    def records() -> Generator[bytes, None, None]:
        nonlocal written
        for row in selected(stores, selection):
            written += 1
            yield row.record

    # Where the file cannot be written the states are closed next, so what reads them ends here.
    with closing(records()) as wanted:
        writer.write(file, wanted)
    return written


def selected(stores: Sequence[Store], selection: Selection) -> Iterator[Row]:
    """The articles that are wanted, state by state, in the order in which they were stored."""
    numbers = count(1)
    for store in stores:
        rows = store.articles.rows(sources=selection.sources, latest=selection.latest)
        with closing(rows):
            for row in rows:
                if _in_range(row.record, selection):
                    # Each state counts its articles from 1.
                    yield as_row(row) if len(stores) == 1 else as_row(row)._replace(seq=next(numbers))


def _in_range(record: bytes, selection: Selection) -> bool:
    if selection.since is None and selection.until is None:
        return True
    dates = _dates.decode(record)
    date = (dates.date_published if selection.by == "published" else None) or dates.date_crawled
    after = selection.since is None or date >= selection.since
    return after and (selection.until is None or date < selection.until)


def _fill(folder: Folder, rows: Iterator[Row]) -> None:
    folder.open_run()
    names: set[str] = set()
    while parts := folder.seal(islice(rows, PART_ROWS)):
        names.update(part.name for part in parts)
    folder.clear_unknown(frozenset(names))
    folder.close_run("export", None, complete=True)


def _check_sources(stores: Sequence[Store], selection: Selection) -> None:
    if not selection.sources:
        return
    known = frozenset[str]().union(*(store.articles.sources() for store in stores))
    for source in selection.sources:
        if source not in known:
            near = get_close_matches(source, known, n=MOST_NAMED)
            names = near if len(known) > MOST_NAMED else sorted(known)
            told = f"there are {', '.join(names) or 'none'}"
            if len(known) > MOST_NAMED:
                meant = f"did you mean {' or '.join(names)}? " if names else ""
                told = f"{meant}`scraper status` names all {len(known):,}"
            raise ConfigError(f"--source {source}: the state has no article of it; {told}")
