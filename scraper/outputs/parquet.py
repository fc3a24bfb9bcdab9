"""Parquet: typed, nested, compressed with zstd, in row groups of a size that is good to scan."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any

import msgspec

from scraper.errors import ConfigError, to_install
from scraper.outputs.shapes import Shape, item_kind, members, plain_kind

try:
    import pyarrow as pa
    import pyarrow.json as pj
    import pyarrow.parquet as pq
except ImportError as missing:
    raise ConfigError(f"parquet needs pyarrow: {to_install('parquet')}") from missing

GROUP_ROWS = 10_000
"""Most rows of a row group: as many as a part has, some 20 MB of news as it lies on the disk. Engines read
row groups side by side, and skip those whose dates do not fit."""
GROUP_BYTES = 128 * 2**20
"""And most bytes of its records as JSON, which bounds what is held in memory."""
BATCH_ROWS = 1_000
BATCH_BYTES = 8 * 2**20
"""As JSON, so many rows, and bytes, are held at a time."""
COMPRESSION_LEVEL = 3
"""Of zstd: 5 % smaller than level 1 in the same time, on made-up news (`tests.benchmarks.outputs`)."""


class Parquet:
    """One table of articles; made from rows at once, never appended to."""

    ending = ".parquet"

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self.schema = pa.schema([pa.field(column.name, arrow_kind(column.kind)) for column in shape.columns])

    def write(self, file: IO[bytes], records: Iterable[bytes]) -> None:
        """Write articles, as they are stored, as one whole file."""
        with pq.ParquetWriter(
            file, self.schema, compression="zstd", compression_level=COMPRESSION_LEVEL
        ) as writer:
            group: list[pa.Table] = []
            rows = size = 0
            for lines, count in _batches(map(self._shape.line, records)):
                group.append(self._table(lines))
                rows, size = rows + count, size + len(lines)
                if rows >= GROUP_ROWS or size >= GROUP_BYTES:
                    writer.write_table(pa.concat_tables(group))
                    group, rows, size = [], 0, 0
            if group:
                writer.write_table(pa.concat_tables(group))

    def _table(self, lines: bytes) -> pa.Table:
        """A table of JSON lines; pyarrow reads them in half of the time that Python's objects take."""
        return pj.read_json(
            pa.BufferReader(lines),
            read_options=pj.ReadOptions(use_threads=False, block_size=len(lines) + 1),
            parse_options=pj.ParseOptions(explicit_schema=self.schema, unexpected_field_behavior="ignore"),
        )


def _batches(lines: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Some lines at a time, and how many they are."""
    most_rows, most_bytes = min(BATCH_ROWS, GROUP_ROWS), min(BATCH_BYTES, GROUP_BYTES)
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if len(batch) >= most_rows or size >= most_bytes:
            yield b"\n".join(batch), len(batch)
            batch, size = [], 0
    if batch:
        yield b"\n".join(batch), len(batch)


def arrow_kind(kind: Any) -> pa.DataType:  # noqa: ANN401 - whatever a field is annotated with
    """The type of a column that holds values of a kind."""
    kind = plain_kind(kind)
    item = item_kind(kind)
    if item is not None:
        return pa.list_(arrow_kind(item))
    if issubclass(kind, msgspec.Struct):
        return pa.struct([(name, arrow_kind(member)) for name, member in members(kind)])
    if issubclass(kind, datetime):
        return pa.timestamp("us", "UTC")
    # bool is an int, and an enumeration a str.
    for python, arrow in ((bool, pa.bool_()), (int, pa.int64()), (float, pa.float64()), (str, pa.string())):
        if issubclass(kind, python):
            return arrow
    raise TypeError(f"no Parquet type for {kind}")
