"""When a domain may be asked again: one request at a time, a pause after each, peace when it asks for it.

The scheduling of requests knows nothing of HTTP: it is told how a request went.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from scraper.web.clock import Clock

SLOW_S = 2.0
"""An answer that takes longer than this is followed by a pause at least as long as it took."""

MAX_PENALTY_S = 60.0
"""Most that slowness or failures add to the pause."""

FORGET_ABOVE = 1_024
"""Domains kept in mind before the idle ones are forgotten."""


class StoppedError(Exception):
    """The run is being stopped; nothing new is sent."""


class RefusedError(Exception):
    """The domain is to be left alone for longer than the caller is ready to wait."""

    def __init__(self, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s
        """None when the domain is left alone for the rest of the run."""


class Gate:
    """Lets `width` tasks in at a time, in the order in which they came; can be closed for good."""

    def __init__(self, width: int) -> None:
        self._free = width
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._closed = False

    @property
    def waiting(self) -> int:
        """Tasks that stand in the queue."""
        return len(self._waiting)

    async def enter(self) -> None:
        """Wait for a turn; each must be given back by `leave`.

        Raises:
            StoppedError: The gate is closed.
        """
        if self._closed:
            raise StoppedError
        if self._free and not self._waiting:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except BaseException:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif turn.done() and not turn.cancelled() and turn.exception() is None:
                self.leave()  # cancelled after the turn had come: the next one takes it
            raise

    def leave(self) -> None:
        """Give the turn to the next in the queue."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def close(self) -> None:
        """Send everyone in the queue away, and whoever comes later."""
        self._closed = True
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(StoppedError())


@dataclass(slots=True)
class _Domain:
    gate: Gate = field(default_factory=lambda: Gate(1))
    users: int = 0
    ready_at: float = float("-inf")
    """When the next request may go, as far as pauses are concerned."""
    silent_until: float = float("-inf")
    """End of the window in which the domain asked for peace."""
    penalty_s: float = 0.0
    failures: int = 0


class Slot:
    """One turn at a domain. Whoever holds it says how the request went; no word means that it went well."""

    def __init__(self) -> None:
        self.failed = False
        self.silence_s: float | None = None

    def fail(self) -> None:
        """The domain did not answer as a healthy one does."""
        self.failed = True

    def silence(self, seconds: float) -> None:
        """The domain asked for peace; it counts from the end of this turn."""
        self.silence_s = max(seconds, self.silence_s or 0.0)


class Throttle:
    """The turns of all domains."""

    def __init__(
        self,
        *,
        clock: Clock,
        delay_s: float,
        delays: Mapping[str, float] | None = None,
        penalty_s: float = 1.0,
        max_failures: int = 5,
        max_wait_s: float = 30.0,
        concurrency: int = 32,
    ) -> None:
        """Set the pace: `delays` stand in for `delay_s` at the domains named.

        A failure makes the pause at least `penalty_s`, and each further one doubles it. A domain that
        fails `max_failures` times in a row is not asked again; one that asks for more peace than
        `max_wait_s` is not waited for. `concurrency` is the number of requests under way at a time.
        """
        self._clock = clock
        self._delay_s = delay_s
        self._delays = dict(delays or {})
        self._penalty_s = penalty_s
        self._max_failures = max_failures
        self._max_wait_s = max_wait_s
        self._requests = Gate(concurrency)
        self._domains: dict[str, _Domain] = {}
        self._sweep_at = FORGET_ABOVE
        self._stopped = asyncio.Event()

    def slow_down(self, name: str, delay_s: float) -> None:
        """Pause at least so long after each request to the domain `name`."""
        self._delays[name] = max(delay_s, self._delays.get(name, self._delay_s))

    @property
    def stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Send away everything that waits; requests under way are not touched."""
        self._stopped.set()
        self._requests.close()
        for domain in self._domains.values():
            domain.gate.close()

    @asynccontextmanager
    async def slot(self, name: str, *, delay_s: float | None = None) -> AsyncIterator[Slot]:
        """A turn at the domain `name`, once it comes; `delay_s` is the pause that the host itself asks for.

        Raises:
            RefusedError: The domain failed too often, or asked for a longer peace than one waits.
            StoppedError: The run is being stopped.
        """
        domain = self._domains.get(name) or self._new_domain(name)
        pause_s = max(self._delays.get(name, self._delay_s), delay_s or 0.0)
        domain.users += 1
        try:
            self._refuse(domain)
            await domain.gate.enter()
            try:
                await self._wait_until_ready(domain)
                await self._requests.enter()
                slot = Slot()
                started = self._clock.monotonic()
                try:
                    yield slot
                finally:
                    self._requests.leave()
                    self._note(domain, slot, started, pause_s)
            finally:
                domain.gate.leave()
        finally:
            domain.users -= 1

    async def pause(self, seconds: float) -> None:
        """Wait without holding a turn.

        Raises:
            StoppedError: The run is being stopped.
        """
        if self.stopped:
            raise StoppedError
        if seconds <= 0:
            return
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        stopping = asyncio.ensure_future(self._stopped.wait())
        try:
            await asyncio.wait({sleeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            stopping.cancel()
        if self.stopped:
            raise StoppedError

    def _refuse(self, domain: _Domain) -> None:
        if self.stopped:
            raise StoppedError
        if domain.failures >= self._max_failures:
            raise RefusedError(f"the host failed {domain.failures} times in a row")
        silence_s = domain.silent_until - self._clock.monotonic()
        if silence_s > self._max_wait_s:
            raise RefusedError(f"the host asked to be left alone for {silence_s:.0f} s", silence_s)

    async def _wait_until_ready(self, domain: _Domain) -> None:
        while True:
            self._refuse(domain)
            wait_s = max(domain.ready_at, domain.silent_until) - self._clock.monotonic()
            if wait_s <= 0:
                return
            await self.pause(wait_s)

    def _note(self, domain: _Domain, slot: Slot, started: float, pause_s: float) -> None:
        now = self._clock.monotonic()
        took_s = now - started
        if slot.failed:
            domain.failures += 1
            domain.penalty_s = min(MAX_PENALTY_S, max(self._penalty_s, pause_s, 2 * domain.penalty_s))
        else:
            domain.failures = 0
            halved = domain.penalty_s / 2
            domain.penalty_s = halved if halved >= self._penalty_s else 0.0
        if took_s > SLOW_S:
            domain.penalty_s = max(domain.penalty_s, min(took_s, MAX_PENALTY_S))
        domain.ready_at = now + max(pause_s, domain.penalty_s)
        if slot.silence_s is not None:
            domain.silent_until = max(domain.silent_until, now + slot.silence_s)

    def _new_domain(self, name: str) -> _Domain:
        if len(self._domains) >= self._sweep_at:
            self._forget_idle()
            self._sweep_at = max(FORGET_ABOVE, 2 * len(self._domains))
        domain = self._domains[name] = _Domain()
        if self.stopped:
            domain.gate.close()
        return domain

    def _forget_idle(self) -> None:
        """Drop the domains about which nothing is to be remembered: a new entry would be treated alike."""
        now = self._clock.monotonic()
        self._domains = {
            name: domain
            for name, domain in self._domains.items()
            if domain.users
            or domain.failures
            or domain.penalty_s
            or max(domain.ready_at, domain.silent_until) > now
        }
