"""Page work on stored pages, several in a message: what a hand-over costs is shared among them.

Decoding what archives hold is part of the work, so that the reader need not do it.
"""

from types import TracebackType
from typing import Self

import msgspec

from scraper.backends import Result, work_on
from scraper.clean import SiteMemory
from scraper.page import PageOptions
from scraper.records import Drop, Reason, Record, Stage
from scraper.web.content_encoding import ContentEncodingError, TooLargeError
from scraper.web.warc import Stored, unpacked
from scraper.workers import Lost, Workers


class Item(Record, frozen=True, kw_only=True):
    """One stored page, with what its site adds to the options."""

    stored: Stored
    keep: tuple[str, ...] = ()
    memory: SiteMemory | None = None


class Bundle(Record, frozen=True, kw_only=True):
    """Pages to work on, and how."""

    items: tuple[Item, ...]
    options: PageOptions
    max_bytes: int
    """The largest page, decoded."""


_encode = msgspec.msgpack.Encoder().encode
_bundle = msgspec.msgpack.Decoder(Bundle)
_results = msgspec.msgpack.Decoder(tuple[Result, ...])


class StoredWork:
    """Up to `size` worker processes for bundles of stored pages; with 0, this process."""

    def __init__(
        self,
        options: PageOptions,
        *,
        size: int,
        timeout_s: float,
        memory_mb: int,
        max_bytes: int,
        function: str = "scraper.stored:answer",
    ) -> None:
        """Nothing is started before the first bundle. `function`, as `module:name`, is what workers run."""
        self.size = max(1, size)
        self.options = options
        self._max_bytes = max_bytes
        self._workers = (
            Workers(function, size=size, timeout_s=timeout_s, memory_mb=memory_mb) if size else None
        )

    async def __aenter__(self) -> Self:
        if self._workers:
            await self._workers.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._workers:
            await self._workers.__aexit__(kind, error, trace)

    async def process(self, items: tuple[Item, ...]) -> tuple[Result, ...]:
        """Work on pages in the next free worker; an outcome for each, in order."""
        bundle = Bundle(items=items, options=self.options, max_bytes=self._max_bytes)
        if self._workers is None:
            return worked_on(bundle)
        answer = await self._workers.ask(_encode(bundle))
        if not isinstance(answer, Lost):
            return _results.decode(answer)
        if len(items) == 1:
            page = items[0].stored.page
            drop = Drop(
                url=page.url,
                stage=Stage.WORKER,
                reason=answer.reason,
                detail=answer.detail,
                http_status=page.status,
            )
            return (Result(drop=drop),)
        # One of them was too much: each alone, so that only that one is lost.
        return tuple([result for item in items for result in await self.process((item,))])


def answer(message: bytes) -> bytes:
    """What a worker process makes of a bundle: both as MessagePack."""
    return _encode(worked_on(_bundle.decode(message)))


def worked_on(bundle: Bundle) -> tuple[Result, ...]:
    """The outcome of each page of a bundle."""
    return tuple([_result(item, bundle) for item in bundle.items])


def _result(item: Item, bundle: Bundle) -> Result:
    try:
        page = unpacked(item.stored, bundle.max_bytes)
    except ContentEncodingError as error:
        reason = Reason.TOO_LARGE if isinstance(error, TooLargeError) else Reason.BAD_ENCODING
        page = item.stored.page
        drop = Drop(
            url=page.url, stage=Stage.FETCH, reason=reason, detail=str(error), http_status=page.status
        )
        return Result(drop=drop)
    return work_on(page, bundle.options, item.keep, item.memory)
