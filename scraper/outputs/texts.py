"""Plain text files: one for each article, at a place that its id gives, the newest revision in it."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from scraper.outputs.folders import Row, SealedPart
from scraper.outputs.places import Place
from scraper.outputs.shapes import Shape

FIELDS = ("title", "text")
"""What a file holds when nothing else is asked for."""
_HASH = re.compile("[0-9a-f]{8,64}")


class Texts:
    """A folder of text files, `2f/2f7a….txt`: a name holds nothing but a hash."""

    def __init__(self, place: Place, fields: tuple[str, ...] = ()) -> None:
        self._place = place
        self.address = place.address
        self._shape = Shape.of(("id", *(fields or FIELDS)))

    def put(self, rows: Iterable[Row]) -> SealedPart | None:
        """Write articles, each in one step; durable when this returns. None when there are none.

        Writing the same articles again changes nothing, so that nothing has to be undone after a crash.

        Raises:
            OutputError: A file cannot be written.
        """
        first = last = count = 0

        def files() -> Iterator[tuple[str, bytes]]:
            nonlocal first, last, count
            for row in rows:
                first, last, count = first or row.seq, row.seq, count + 1
                article_id, *values = self._shape.values(row.record)
                yield text_name(article_id), _text(values).encode()

        self._place.write_many(files())
        return SealedPart(name=f"texts@{last}", first_seq=first, last_seq=last, rows=count) if count else None


def text_name(article_id: str) -> str:
    """Where the text of an article lies: in one of 256 folders, so that none is too full."""
    name = article_id
    if not _HASH.fullmatch(name):
        name = hashlib.sha256(name.encode()).hexdigest()[:32]
    return f"{name[:2]}/{name}.txt"


def _text(values: Iterable[Any]) -> str:
    """The values with blank lines between them, without those that are unknown."""
    return "\n\n".join(filter(None, map(_written, values))) + "\n"


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return "\n".join(map(_written, value))
    if isinstance(value, msgspec.Struct):
        return msgspec.json.encode(value).decode()
    return str(value)
