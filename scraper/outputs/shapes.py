"""Which keys and values of the record an output gets: all, some, or those of another program."""

from collections.abc import Callable, Iterator, Sequence
from types import NoneType, UnionType
from typing import Any, NamedTuple, get_args, get_origin

import msgspec

from scraper.outputs.others import OTHERS
from scraper.records import Article

_article = msgspec.json.Decoder(Article)
_json = msgspec.json.Encoder()


class Column(NamedTuple):
    """One key, what its values are, and how an article gives them."""

    name: str
    kind: Any
    """str, int, float, bool, datetime, an enumeration, a record, or a tuple of one of these."""
    value: Callable[[Article], Any]


class Shape:
    """The keys of an output, in their order."""

    def __init__(self, columns: Sequence[Column], *, whole: bool = False) -> None:
        self.columns = tuple(columns)
        self._whole = whole

    @classmethod
    def of(cls, fields: Sequence[str] = (), fields_as: str | None = None) -> "Shape":
        """The keys that are named, those of another program, or all of the record."""
        if fields_as:
            return cls([Column(name, kind, _getter(value)) for name, kind, value in OTHERS[fields_as]])
        kinds = {field.name: field.type for field in msgspec.structs.fields(Article)}
        return cls(
            [Column(name, kinds[name], _getter(name)) for name in fields or kinds],
            whole=not fields,
        )

    def names(self) -> list[str]:
        """The keys."""
        return [column.name for column in self.columns]

    def values(self, record: bytes) -> list[Any]:
        """What an article (as it is stored) has for each key."""
        article = _article.decode(record)
        return [column.value(article) for column in self.columns]

    def line(self, record: bytes) -> bytes:
        """The JSON object, in one line."""
        if self._whole:
            return record
        return _json.encode(dict(zip(self.names(), self.values(record), strict=True)))


def _getter(value: str | Callable[[Article], Any] | None) -> Callable[[Article], Any]:
    if value is None:
        return _nothing
    if isinstance(value, str):
        name = value
        return lambda article: getattr(article, name)
    return value


def _nothing(_: Article) -> None:
    return None


def plain_kind(kind: Any) -> Any:  # noqa: ANN401 - whatever a field is annotated with
    """A kind without the `None` that it may be."""
    if get_origin(kind) is UnionType:
        [kind] = [part for part in get_args(kind) if part is not NoneType]
    return kind


def item_kind(kind: Any) -> Any:  # noqa: ANN401 - as above
    """What the items of a sequence are; None for anything else."""
    return get_args(kind)[0] if get_origin(kind) is tuple else None


def members(record: type[msgspec.Struct]) -> Iterator[tuple[str, Any]]:
    """Keys and kinds of a record, as they are written."""
    for field in msgspec.structs.fields(record):
        yield field.encode_name, field.type
