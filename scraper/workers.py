"""A function in processes of its own, where a limit on time and one on memory hold whatever it is given.

The function takes bytes and gives bytes. Messages are four bytes of length (big-endian) and the bytes; an
empty one says that the process has started. An answer begins with a byte that says whether the function
came to its end. A process that is killed takes nothing with it but its message.
"""

import asyncio
import contextlib
import fcntl
import gc
import os
import pkgutil
import resource
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from scraper.records import Reason
from scraper.web.printable import log_visibly, visible

LENGTH_BYTES = 4
DONE, FAILED = b"+", b"-"
"""Begin an answer: with what the function gave, or with what went wrong in it."""

START_TIMEOUT_S = 120.0
"""A process that has not loaded its libraries by then never will."""

PIPE_BYTES = 1 << 20
"""Linux gives 64 KiB unasked, and up to this to anybody."""

OBJECTS_BEFORE_COLLECTION = 50_000
"""Instead of 700: a tenth of the time of a page went into looking for garbage that is not there."""

_MAIN = """
import signal, sys
# A service manager signals every process of the unit: these finish their work and end with their input.
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)
from scraper.workers import serve
serve(sys.argv[1], int(sys.argv[2]))
"""


@dataclass(slots=True, frozen=True)
class Lost:
    """A message that was too much for its process."""

    reason: Reason
    detail: str


class Workers:
    """Up to `size` processes, started when first needed, each replaced when it hangs or dies."""

    def __init__(self, function: str, *, size: int, timeout_s: float, memory_mb: int) -> None:
        """Prepare to run `function`, as `module:name`; nothing is started yet."""
        self._function = function
        self._size = size
        self._timeout_s = timeout_s
        self._memory_mb = memory_mb
        # None stands for a process that is yet to be started; the one that worked last is taken first.
        self._idle: asyncio.LifoQueue[Process | None] = asyncio.LifoQueue()
        self._all: set[Process] = set()

    async def __aenter__(self) -> Self:
        for _ in range(self._size):
            self._idle.put_nowait(None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in tuple(self._all):
            await self._end(process)

    async def ask(self, message: bytes) -> bytes | Lost:
        """What the function makes of `message`, in the next free process."""
        process = await self._idle.get()
        answer: bytes | None = None
        try:
            process = await self._living(process)
            async with asyncio.timeout(self._timeout_s):
                try:
                    await _send(process, message)
                    answer = await _receive(process)
                except (ConnectionError, asyncio.IncompleteReadError):
                    return Lost(Reason.WORKER_DIED, _how_it_ended(await process.wait()))
        except TimeoutError:
            return Lost(Reason.WORKER_TIMEOUT, f"no result within {self._timeout_s:g} s")
        finally:
            self._idle.put_nowait(None if answer is None else process)
            if process and answer is None:
                await self._end(process)
        if answer.startswith(FAILED):
            return Lost(Reason.PAGE_FAILED, answer[1:].decode("utf-8", "replace"))
        return answer[1:]

    async def _living(self, process: Process | None) -> Process:
        """`process`, or a new one where it is yet to be started or was killed while it had nothing to do."""
        if process and process.returncode is None:
            return process
        if process:
            await self._end(process)
        return await self._start()

    async def _start(self) -> Process:
        # A session of its own keeps a terminal's Ctrl-C away: the parent decides when processes end.
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _MAIN,
            self._function,
            str(self._memory_mb),
            stdin=PIPE,
            stdout=PIPE,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
        )
        self._all.add(process)
        _widen(process)
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                await _receive(process)
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError) as error:
            # Not the message's fault: every other one would meet with the same.
            raise RuntimeError("a worker process does not start; its own message says why") from error
        return process

    async def _end(self, process: Process) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        # The transport keeps its pipes until told, although the process is gone.
        process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001
        self._all.discard(process)


def _widen(process: Process) -> None:
    """Give the pipes room for a whole message: it is handed over in a quarter of the time."""
    for number in (0, 1):
        pipe = process._transport.get_pipe_transport(number)  # type: ignore[attr-defined]  # noqa: SLF001
        # Not on every system, and not beyond what the user may have.
        with contextlib.suppress(AttributeError, OSError):
            fcntl.fcntl(pipe.get_extra_info("pipe").fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _how_it_ended(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


async def _send(process: Process, message: bytes) -> None:
    if process.stdin is None:
        raise AssertionError("a worker is started with pipes")
    process.stdin.write(len(message).to_bytes(LENGTH_BYTES) + message)
    await process.stdin.drain()


async def _receive(process: Process) -> bytes:
    if process.stdout is None:
        raise AssertionError("a worker is started with pipes")
    length = int.from_bytes(await process.stdout.readexactly(LENGTH_BYTES))
    return await process.stdout.readexactly(length)


def serve(name: str, memory_mb: int) -> None:
    """The process's life: messages until its input ends."""
    source = sys.stdin.buffer
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints must not end up between the messages.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    log_visibly()
    function: Callable[[bytes], bytes] = pkgutil.resolve_name(name)
    # What was loaded stays and need not be looked at again, and pages leave few circles of references.
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_COLLECTION)
    _limit_memory(memory_mb)
    _write(sink, b"")
    with contextlib.suppress(BrokenPipeError):  # the parent is gone, and with it whoever wanted to know
        while message := _read(source):
            _write(sink, _answer(function, message))


def _answer(function: Callable[[bytes], bytes], message: bytes) -> bytes:
    """What the function gives, or a line on what went wrong in it: one message never ends a run."""
    try:
        return DONE + function(message)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is reported with the message
        where = error.__traceback__
        while where and where.tb_next:
            where = where.tb_next
        place = f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}" if where else "?"
        line = visible(f"{type(error).__name__} at {place}: {error}"[:500])
        return FAILED + line.encode("utf-8", "replace")


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
