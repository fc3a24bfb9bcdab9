"""Where feeds, sitemaps and section pages are read: in processes of their own, or in this one.

In processes by default: what a site sends may keep a parser busy for hours or take all memory, and the XML
libraries are written in C. So the limits that hold for pages hold for what announces them.
"""

import asyncio
from types import TracebackType
from typing import Self

import msgspec

from scraper.config import RunConfig
from scraper.records import Drop, Stage
from scraper.web.documents import Contents, Reading, read_document
from scraper.workers import Lost, Workers

PROCESSES = 2
"""As many sources as are read at a time; more than this is not asked for by the network's pace."""


class Readers:
    """Reads documents; an async context manager. With `workers = 0` in this process, without limits."""

    def __init__(self, run: RunConfig) -> None:
        """Nothing is started before the first document."""
        size = PROCESSES if run.workers is None else min(PROCESSES, run.workers)
        self._workers = (
            Workers(
                "scraper.readers:read_message",
                size=size,
                timeout_s=run.page_timeout_s,
                memory_mb=run.worker_memory_mb,
            )
            if size
            else None
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

    async def read(self, reading: Reading) -> Contents | Drop:
        """What a document announces; a drop where it was too much for its process."""
        if self._workers is None:
            return await asyncio.to_thread(read_document, reading)
        answer = await self._workers.ask(msgspec.msgpack.encode(reading))
        if isinstance(answer, Lost):
            url = reading.page.requested_url or reading.page.url
            return Drop(url=url, stage=Stage.WORKER, reason=answer.reason, detail=answer.detail)
        return msgspec.msgpack.decode(answer, type=Contents)


def read_message(message: bytes) -> bytes:
    """`read_document`, as a process of `workers` does it."""
    return msgspec.msgpack.encode(read_document(msgspec.msgpack.decode(message, type=Reading)))
