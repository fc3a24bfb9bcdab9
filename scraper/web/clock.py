"""The clock, as something that can be handed in: tests bring one that does not make them wait."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is, and how to wait."""

    def monotonic(self) -> float:
        """Seconds from some start; never goes back."""

    def now(self) -> datetime:
        """Wall-clock time in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Come back after so many seconds."""


class SystemClock:
    """The clock of this machine."""

    def monotonic(self) -> float:
        """Seconds of the clock that settings of the wall clock do not move."""
        return time.monotonic()

    def now(self) -> datetime:
        """Wall-clock time in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait, and let other tasks work meanwhile."""
        await asyncio.sleep(seconds)
