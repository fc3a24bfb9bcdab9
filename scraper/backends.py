"""Where page work runs: in this process, or in worker processes that may hang or die without harm.

A worker that is killed takes nothing with it: an outcome is made of the page it had.
"""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import msgspec

from scraper.clean import SiteMemory
from scraper.page import PageOptions, examine_page
from scraper.records import Article, Drop, Page, Reason, Record, Sketch, Stage
from scraper.workers import Lost, Workers


class Task(Record, frozen=True, kw_only=True):
    """One page to work on; `keep` adds to the kinds of boilerplate that the options leave in."""

    page: Page
    options: PageOptions
    keep: tuple[str, ...] = ()
    memory: SiteMemory | None = None


class Result(Record, frozen=True, kw_only=True):
    """What became of a page: an article or a drop."""

    article: Article | None = None
    drop: Drop | None = None
    blocks: tuple[int, ...] = ()
    """What the article is made of, by hash, to be learnt; nothing where no memory was given."""
    sketch: Sketch | None = None
    """Of an article: by which it is held against others."""

    @property
    def outcome(self) -> Article | Drop:
        """The one of the two that it is."""
        outcome = self.article or self.drop
        if outcome is None:
            raise AssertionError("page work ended with neither article nor drop")
        return outcome


_encode = msgspec.msgpack.Encoder().encode
_task = msgspec.msgpack.Decoder(Task)


class Backend(Protocol):
    """Somewhere that page work is done."""

    @property
    def size(self) -> int:
        """How many pages it works on at a time."""
        ...

    async def process(self, page: Page, keep: tuple[str, ...], memory: SiteMemory | None = None) -> Result:
        """Work on one page; an outcome for every page, whatever it does to its worker."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class InProcess:
    """Works in this process: no protection against a page that hangs."""

    size = 1

    def __init__(self, options: PageOptions) -> None:
        self._options = options

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    async def process(self, page: Page, keep: tuple[str, ...], memory: SiteMemory | None = None) -> Result:
        """Work on one page."""
        return work_on(page, self._options, keep, memory)


class WorkerProcesses:
    """Up to `size` worker processes, started when first needed, each replaced when it hangs or dies."""

    def __init__(
        self,
        options: PageOptions,
        *,
        size: int,
        timeout_s: float,
        memory_mb: int,
        function: str = "scraper.backends:answer",
    ) -> None:
        """Prepare to run `function`, as `module:name`, which answers a `Task` with a `Result`."""
        self.size = size
        self._options = options
        self._workers = Workers(function, size=size, timeout_s=timeout_s, memory_mb=memory_mb)

    async def __aenter__(self) -> Self:
        await self._workers.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._workers.__aexit__(kind, error, trace)

    async def process(self, page: Page, keep: tuple[str, ...], memory: SiteMemory | None = None) -> Result:
        """Work on one page in the next free worker."""
        task = Task(page=page, options=self._options, keep=keep, memory=memory)
        answer = await self._workers.ask(_encode(task))
        if isinstance(answer, Lost):
            return Result(drop=_worker_drop(page, answer.reason, answer.detail))
        return msgspec.msgpack.decode(answer, type=Result)


def answer(message: bytes, do: Callable[..., Result] | None = None) -> bytes:
    """What a worker process makes of a task: both as MessagePack.

    Args:
        message: The task.
        do: Another function than `work_on`, with its signature.
    """
    task = _task.decode(message)
    return _encode((do or work_on)(task.page, task.options, task.keep, task.memory))


def work(page: Page, options: PageOptions, keep: tuple[str, ...]) -> Article | Drop:
    """`process_page`, with a fault of ours turned into an outcome, so that one page never ends a run."""
    return work_on(page, options, keep, None).outcome


def work_on(page: Page, options: PageOptions, keep: tuple[str, ...], memory: SiteMemory | None) -> Result:
    """As `work`, with the memory of the page's site, and what there is to learn from the page."""
    try:
        examined = examine_page(page, options, memory, keep=keep)
        if isinstance(examined.outcome, Drop):
            return Result(drop=examined.outcome)
        blocks = examined.cleaned.keys if examined.cleaned else ()
        return Result(article=examined.outcome, blocks=blocks, sketch=examined.sketch)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is reported with the page
        where = error.__traceback__
        while where and where.tb_next:
            where = where.tb_next
        place = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else "?"
        detail = f"{type(error).__name__} at {place}: {error}"[:500]
        return Result(drop=_worker_drop(page, Reason.PAGE_FAILED, detail))


def _worker_drop(page: Page, reason: Reason, detail: str) -> Drop:
    return Drop(url=page.url, stage=Stage.WORKER, reason=reason, detail=detail, http_status=page.status)
