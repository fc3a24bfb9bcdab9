"""Parquet: typed, nested, compressed with zstd, in row groups of a size that is good to scan."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import IO, Any

import msgspec

from scraper.errors import ConfigError
from scraper.outputs.shapes import Shape, item_kind, members, plain_kind

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as missing:
    raise ConfigError('parquet needs pyarrow: pip install "news-scraper[parquet]"') from missing

GROUP_ROWS = 10_000
"""Most rows of a row group: as many as a part has, about 15 MB of news as it lies on the disk. Engines read
row groups side by side, and skip those whose dates do not fit."""
GROUP_BYTES = 64 * 2**20
"""And most bytes of its records as JSON, which bounds what is held in memory."""

_plain = partial(msgspec.to_builtins, builtin_types=(datetime,))


class Parquet:
    """One table of articles; made from rows at once, never appended to."""

    ending = ".parquet"

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self.schema = pa.schema([pa.field(column.name, arrow_kind(column.kind)) for column in shape.columns])

    def write(self, file: IO[bytes], records: Iterable[bytes]) -> None:
        """Write articles, as they are stored, as one whole file."""
        with pq.ParquetWriter(file, self.schema, compression="zstd") as writer:
            for group in _groups(records):
                columns = zip(*map(self._shape.values, group), strict=True)
                arrays = [
                    pa.array(_plain(values), field.type)
                    for values, field in zip(columns, self.schema, strict=True)
                ]
                writer.write_table(pa.Table.from_arrays(arrays, schema=self.schema))


def _groups(records: Iterable[bytes]) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    size = 0
    for record in records:
        group.append(record)
        size += len(record)
        if len(group) >= GROUP_ROWS or size >= GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


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
