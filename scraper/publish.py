"""Publishes what the state holds: each article revision once in every configured output."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager

import msgspec

from scraper.config import Config, OutputConfig
from scraper.errors import ConfigError
from scraper.formats import Medium, target_of
from scraper.outputs import (
    Folder,
    Row,
    SealedPart,
    Shape,
    Table,
    Texts,
    WholeFile,
    encoder,
    place_of,
    require,
    table_of,
)
from scraper.records import Report
from scraper.store import Part, Store
from scraper.store import Row as StoredRow
from scraper.web.clock import Clock

PART_ROWS = 10_000
"""Most rows of a part, and rows after which one is sealed although the run goes on."""

Output = Folder | WholeFile | Texts | Table


def check_outputs(outputs: Iterable[OutputConfig]) -> None:
    """Look, before anything is opened, whether what the outputs need is installed.

    Raises:
        ConfigError: Something is not; the message says what to install.
    """
    for index, output in enumerate(outputs):
        target = target_of(output.path, output.format)
        try:
            if target.medium is Medium.TABLE:
                table_of(target.format, output.path, table=output.table, shape=Shape.of(), state_id="")
            elif target.medium is not Medium.TEXTS:
                encoder(target.format, Shape.of())
            if target.remote and target.medium is not Medium.TABLE:
                require(output.path)
        except ConfigError as error:
            raise ConfigError(f"output[{index}].path: {error}") from error


def open_output(output: OutputConfig, *, state_id: str) -> Output:
    """What a section of the configuration names.

    Raises:
        ConfigError: A library for it is not installed.
        OutputError: It cannot be made, or holds what another state has published.
    """
    target = target_of(output.path, output.format)
    shape = Shape.of(output.fields, output.fields_as)
    if target.medium is Medium.TABLE:
        return table_of(target.format, output.path, table=output.table, shape=shape, state_id=state_id)
    if target.medium is Medium.TEXTS:
        return Texts(place_of(output.path, output.options), output.fields)
    format_ = encoder(target.format, shape)
    if target.medium is Medium.FILE:
        return WholeFile(output.path, format_, output.options, remote=target.remote)
    place = place_of(output.path, output.options)
    return Folder(place, state_id=state_id, encoder=format_, partition=output.partition)


class Publisher:
    """The configured outputs, and what the state says they have."""

    def __init__(self, config: Config, store: Store, run_id: str, clock: Clock) -> None:
        self._store = store
        self._run_id = run_id
        self._clock = clock
        self._outputs = {
            output.name or output.path: open_output(output, state_id=store.id) for output in config.output
        }

    def open(self) -> None:
        """Take the marks of success away."""
        for output in self._outputs.values():
            if isinstance(output, Folder):
                output.open_run()

    def clear_unknown(self) -> None:
        """Clear away what a killed run left and did not record."""
        for name, output in self._outputs.items():
            if isinstance(output, Folder):
                output.clear_unknown(self._store.articles.part_names(name))

    def seal(self) -> list[tuple[str, int]]:
        """Publish what is stored and not yet published; returns each file or table with its new rows."""
        sealed: list[tuple[str, int]] = []
        for name, output in self._outputs.items():
            if isinstance(output, Folder):
                sealed += self._seal_folder(name, output)
            elif isinstance(output, WholeFile):
                sealed += self._write_file(name, output)
            else:
                sealed += self._put_rows(name, output)
        return sealed

    def _seal_folder(self, name: str, folder: Folder) -> Iterator[tuple[str, int]]:
        while True:
            with self._rows(after=self._store.articles.published(name)) as rows:
                parts = folder.seal(rows)
            if not parts:
                return
            self._record(name, *parts)
            yield from ((f"{folder.address}/{part.name}", part.rows) for part in parts)

    def _write_file(self, name: str, file: WholeFile) -> Iterator[tuple[str, int]]:
        new = [row.seq for row in self._store.articles.unpublished(name)]
        if new:
            with closing(self._store.articles.rows()) as rows:
                file.write(row.record for row in rows)
            mark = f"{file.name}@{new[-1]}"
            self._record(name, SealedPart(name=mark, first_seq=new[0], last_seq=new[-1], rows=len(new)))
            yield file.address, len(new)

    def _put_rows(self, name: str, output: Texts | Table) -> Iterator[tuple[str, int]]:
        articles = self._store.articles
        after = articles.published(name)
        if not isinstance(output, Texts):
            had = output.watermark()
            if had > articles.last_seq():
                # An older copy of the state was brought back: what it stores from now on is new there.
                output.rewind(after)
            else:
                after = had  # the table knows better
        while True:
            with self._rows(after=after) as rows:
                part = output.put(rows)
            if not part:
                return
            self._record(name, part)
            after = part.last_seq
            yield output.address, part.rows

    @contextmanager
    def _rows(self, *, after: int) -> Generator[Iterator[Row], None, None]:
        # Closed here, so that a disk that is full leaves no query open behind it.
        with closing(self._store.articles.rows(after=after, limit=PART_ROWS)) as rows:
            yield map(as_row, rows)

    def close(self, report: Report) -> None:
        """Write the run's report beside what it published, then the mark of success."""
        data = msgspec.json.format(msgspec.json.encode(report), indent=2)
        for output in self._outputs.values():
            if isinstance(output, Folder):
                output.close_run(report.run_id, data, complete=report.stopped is None)
            elif isinstance(output, WholeFile):
                output.write_report(data)

    def _record(self, name: str, *parts: SealedPart) -> None:
        self._store.articles.add_parts(
            [Part(output=name, **msgspec.structs.asdict(part)) for part in parts],
            run_id=self._run_id,
            now=self._clock.now(),
        )


def as_row(row: StoredRow) -> Row:
    """A stored row as outputs take it."""
    return Row(row.seq, row.record, row.source)
