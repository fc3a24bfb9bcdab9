"""Where page work runs: in this process, or in worker processes that may hang or die without harm.

A worker is a Python of its own with a pipe in and a pipe out. Messages are four bytes of length
(big-endian) and MessagePack; an empty one says that the worker has started. A worker that is killed, or
whose parent is, takes nothing with it: the parent makes an outcome of the page it had, and a worker ends
when its input does.
"""

import asyncio
import contextlib
import os
import pkgutil
import resource
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

import msgspec

from scraper.clean import SiteMemory
from scraper.page import PageOptions, examine_page
from scraper.records import Article, Drop, Page, Reason, Record, Stage
from scraper.web.printable import log_visibly

LENGTH_BYTES = 4
START_TIMEOUT_S = 120.0
"""A worker that has not loaded its libraries by then never will."""
WORKER = """
import signal
# A service manager signals every process of the unit: workers finish their page and end with their input.
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)
from scraper.backends import serve
serve()
"""


class Job(Record, frozen=True, kw_only=True):
    """What a worker is told before its first page."""

    options: PageOptions
    memory_mb: int
    work: str
    """The function that does the work, as `module:name`; it has the signature of `work_on`."""


class Task(Record, frozen=True, kw_only=True):
    """One page to work on; `keep` adds to the kinds of boilerplate that the options leave in."""

    page: Page
    keep: tuple[str, ...] = ()
    memory: SiteMemory | None = None


class Result(Record, frozen=True, kw_only=True):
    """What became of a page: an article or a drop."""

    article: Article | None = None
    drop: Drop | None = None
    blocks: tuple[int, ...] = ()
    """What the article is made of, by hash, to be learnt; nothing where no memory was given."""

    @property
    def outcome(self) -> Article | Drop:
        """The one of the two that it is."""
        outcome = self.article or self.drop
        if outcome is None:
            raise AssertionError("page work ended with neither article nor drop")
        return outcome


_encode = msgspec.msgpack.Encoder().encode


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
        work: str = "scraper.backends:work_on",
    ) -> None:
        self.size = size
        self._job = Job(options=options, memory_mb=memory_mb, work=work)
        self._timeout_s = timeout_s
        # None stands for a worker that is yet to be started; the one that worked last is taken first.
        self._idle: asyncio.LifoQueue[asyncio.subprocess.Process | None] = asyncio.LifoQueue()
        self._all: set[asyncio.subprocess.Process] = set()

    async def __aenter__(self) -> Self:
        for _ in range(self.size):
            self._idle.put_nowait(None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in tuple(self._all):
            await self._end(worker)

    async def process(self, page: Page, keep: tuple[str, ...], memory: SiteMemory | None = None) -> Result:
        """Work on one page in the next free worker."""
        worker = await self._idle.get()
        answer = None
        try:
            worker = await self._living(worker)
            async with asyncio.timeout(self._timeout_s):
                try:
                    await _send(worker, _encode(Task(page=page, keep=keep, memory=memory)))
                    answer = await _receive(worker)
                except (ConnectionError, asyncio.IncompleteReadError):
                    how = _how_it_ended(await worker.wait())
                    return Result(drop=_worker_drop(page, Reason.WORKER_DIED, how))
        except TimeoutError:
            why = f"no result within {self._timeout_s:g} s"
            return Result(drop=_worker_drop(page, Reason.WORKER_TIMEOUT, why))
        finally:
            self._idle.put_nowait(worker if answer else None)
            if worker and not answer:
                await self._end(worker)
        return msgspec.msgpack.decode(answer, type=Result)

    async def _living(self, worker: asyncio.subprocess.Process | None) -> asyncio.subprocess.Process:
        """`worker`, or a new one where it is yet to be started or was killed while it had nothing to do."""
        if worker and worker.returncode is None:
            return worker
        if worker:
            await self._end(worker)
        return await self._start()

    async def _start(self) -> asyncio.subprocess.Process:
        # A session of its own keeps a terminal's Ctrl-C away: the parent decides when workers end.
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            WORKER,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
        )
        self._all.add(worker)
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                await _send(worker, _encode(self._job))
                await _receive(worker)
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as error:
            # Not the page's fault: every other one would meet with the same.
            raise RuntimeError("a worker process does not start; its own message says why") from error
        return worker

    async def _end(self, worker: asyncio.subprocess.Process) -> None:
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
        # The transport keeps its pipes until told, although the process is gone.
        worker._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001
        self._all.discard(worker)


def work(page: Page, options: PageOptions, keep: tuple[str, ...]) -> Article | Drop:
    """`process_page`, with a fault of ours turned into an outcome, so that one page never ends a run."""
    return work_on(page, options, keep, None).outcome


def work_on(page: Page, options: PageOptions, keep: tuple[str, ...], memory: SiteMemory | None) -> Result:
    """As `work`, with the memory of the page's site, and what there is to learn from the page."""
    try:
        examined = examine_page(page, options, memory, keep=keep)
        if isinstance(examined.outcome, Drop):
            return Result(drop=examined.outcome)
        return Result(article=examined.outcome, blocks=examined.cleaned.keys if examined.cleaned else ())
    except Exception as error:  # noqa: BLE001 - whatever it is, it is reported with the page
        where = error.__traceback__
        while where and where.tb_next:
            where = where.tb_next
        place = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else "?"
        detail = f"{type(error).__name__} at {place}: {error}"[:500]
        return Result(drop=_worker_drop(page, Reason.PAGE_FAILED, detail))


def _worker_drop(page: Page, reason: Reason, detail: str) -> Drop:
    return Drop(url=page.url, stage=Stage.WORKER, reason=reason, detail=detail, http_status=page.status)


def _how_it_ended(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


async def _send(worker: asyncio.subprocess.Process, message: bytes) -> None:
    if worker.stdin is None:
        raise AssertionError("a worker is started with pipes")
    worker.stdin.write(len(message).to_bytes(LENGTH_BYTES) + message)
    await worker.stdin.drain()


async def _receive(worker: asyncio.subprocess.Process) -> bytes:
    if worker.stdout is None:
        raise AssertionError("a worker is started with pipes")
    length = int.from_bytes(await worker.stdout.readexactly(LENGTH_BYTES))
    return await worker.stdout.readexactly(length)


def serve() -> None:
    """The worker's life: a job, then pages until the input ends."""
    source = sys.stdin.buffer
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not end up between the messages.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    log_visibly()
    job = msgspec.msgpack.decode(_read(source), type=Job)
    do = pkgutil.resolve_name(job.work)
    _limit_memory(job.memory_mb)
    _write(sink, b"")
    decoder = msgspec.msgpack.Decoder(Task)
    while message := _read(source):
        task = decoder.decode(message)
        result = do(task.page, job.options, task.keep, task.memory)
        try:
            _write(sink, _encode(result))
        except BrokenPipeError:
            return  # the parent is gone, and with it whoever wanted to know


def _write(sink: BinaryIO, message: bytes) -> None:
    sink.write(len(message).to_bytes(LENGTH_BYTES) + message)
    sink.flush()


def _read(source: BinaryIO) -> bytes:
    head = source.read(LENGTH_BYTES)
    return source.read(int.from_bytes(head)) if len(head) == LENGTH_BYTES else b""


def _limit_memory(memory_mb: int) -> None:
    statm = Path("/proc/self/statm")
    if statm.exists():
        now = int(statm.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        limit = now + memory_mb * 2**20
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        if most == resource.RLIM_INFINITY or limit < most:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
