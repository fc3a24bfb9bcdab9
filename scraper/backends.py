"""Where page work runs: in this process, or in worker processes that may hang or die without harm.

A worker is `python -m scraper.backends` with a pipe in and a pipe out. Messages are four bytes of length
(big-endian) and MessagePack. A worker that is killed, or whose parent is, takes nothing with it: the parent
makes an outcome of the page it had, and a worker ends when its input does.
"""

import asyncio
import contextlib
import os
import resource
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

import msgspec

from scraper.page import PageOptions, process_page
from scraper.records import Article, Drop, Page, Reason, Record, Stage

LENGTH_BYTES = 4


class Job(Record, frozen=True, kw_only=True):
    """What a worker is told before its first page."""

    options: PageOptions
    memory_mb: int


class Task(Record, frozen=True, kw_only=True):
    """One page to work on; `keep` adds to the kinds of boilerplate that the options leave in."""

    page: Page
    keep: tuple[str, ...] = ()


class Result(Record, frozen=True, kw_only=True):
    """What became of a page: exactly one of the two."""

    article: Article | None = None
    drop: Drop | None = None


_encode = msgspec.msgpack.Encoder().encode


class Backend(Protocol):
    """Somewhere that page work is done."""

    @property
    def size(self) -> int:
        """How many pages it works on at a time."""
        ...

    async def process(self, page: Page, keep: tuple[str, ...]) -> Article | Drop:
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

    async def process(self, page: Page, keep: tuple[str, ...]) -> Article | Drop:
        """Work on one page."""
        return work(page, self._options, keep)


class WorkerProcesses:
    """A fixed number of worker processes, each replaced when it hangs or dies."""

    def __init__(self, options: PageOptions, *, size: int, timeout_s: float, memory_mb: int) -> None:
        self.size = size
        self._job = Job(options=options, memory_mb=memory_mb)
        self._timeout_s = timeout_s
        self._idle: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()
        self._all: set[asyncio.subprocess.Process] = set()

    async def __aenter__(self) -> Self:
        for _ in range(self.size):
            self._idle.put_nowait(await self._start())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in tuple(self._all):
            await self._end(worker)

    async def process(self, page: Page, keep: tuple[str, ...]) -> Article | Drop:
        """Work on one page in the next free worker."""
        worker = await self._idle.get()
        healthy = False
        try:
            async with asyncio.timeout(self._timeout_s):
                await _send(worker, _encode(Task(page=page, keep=keep)))
                answer = await _receive(worker)
            healthy = True
        except TimeoutError:
            return _worker_drop(page, Reason.WORKER_TIMEOUT, f"no result within {self._timeout_s:g} s")
        except (ConnectionError, asyncio.IncompleteReadError):
            code = await worker.wait()
            return _worker_drop(page, Reason.WORKER_DIED, _how_it_ended(code))
        finally:
            if not healthy:
                await self._end(worker)
                worker = await self._start()
            self._idle.put_nowait(worker)
        result = msgspec.msgpack.decode(answer, type=Result)
        outcome = result.article or result.drop
        if outcome is None:
            raise AssertionError("a worker answered with neither article nor drop")
        return outcome

    async def _start(self) -> asyncio.subprocess.Process:
        # A session of its own keeps a terminal's Ctrl-C away: the parent decides when workers end.
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "scraper.backends",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
        )
        self._all.add(worker)
        await _send(worker, _encode(self._job))
        return worker

    async def _end(self, worker: asyncio.subprocess.Process) -> None:
        self._all.discard(worker)
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
        # The transport keeps its pipes until told, although the process is gone.
        worker._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001


def work(page: Page, options: PageOptions, keep: tuple[str, ...]) -> Article | Drop:
    """`process_page`, with a fault of ours turned into an outcome, so that one page never ends a run."""
    try:
        return process_page(page, options, keep=keep)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is reported with the page
        where = error.__traceback__
        while where and where.tb_next:
            where = where.tb_next
        place = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else "?"
        return _worker_drop(page, Reason.PAGE_FAILED, f"{type(error).__name__} at {place}: {error}"[:500])


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


def _serve(source: BinaryIO, sink: BinaryIO) -> None:
    """The worker's life: a job, then pages until the input ends."""
    job = msgspec.msgpack.decode(_read(source), type=Job)
    _limit_memory(job.memory_mb)
    decoder = msgspec.msgpack.Decoder(Task)
    while message := _read(source):
        task = decoder.decode(message)
        outcome = work(task.page, job.options, task.keep)
        result = Result(article=outcome) if isinstance(outcome, Article) else Result(drop=outcome)
        answer = _encode(result)
        sink.write(len(answer).to_bytes(LENGTH_BYTES) + answer)
        sink.flush()


def _read(source: BinaryIO) -> bytes:
    head = source.read(LENGTH_BYTES)
    return source.read(int.from_bytes(head)) if len(head) == LENGTH_BYTES else b""


def _limit_memory(memory_mb: int) -> None:
    statm = Path("/proc/self/statm")
    if statm.exists():
        now = int(statm.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        limit = now + memory_mb * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    # A service manager signals every process of the unit: workers finish their page and end with their input.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    output = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not end up between the messages.
    os.dup2(2, 1)
    _serve(sys.stdin.buffer, output)
