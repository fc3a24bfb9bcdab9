"""Tells whoever listens what happens in a run."""

from collections.abc import Callable

import msgspec

from scraper.records import Event
from scraper.web.clock import Clock


class Journal:
    """Tells whoever listens what happens in a run."""

    def __init__(self, run_id: str, clock: Clock, on_event: Callable[[Event], None]) -> None:
        self._run_id = run_id
        self.clock = clock
        self._on_event = on_event

    def emit(self, event: str, **fields: str | int | None) -> None:
        """Tell of an event; `fields` are those of `Event`."""
        data = {"at": self.clock.now(), "event": event, "run_id": self._run_id, **fields}
        self._on_event(msgspec.convert(data, Event))
