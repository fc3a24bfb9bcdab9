"""Tells whoever listens what happens in a run."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

from scraper.records import Event
from scraper.web.clock import Clock

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "run_started": "The lock is held, and the run begins; `count` sources.",
        "document_read": "A feed, sitemap, section or list named `count` links; `reason` says why none.",
        "queue_opened": "Everything is announced; `count` links wait for their turn.",
        "link_settled": "A link ended as `outcome`, with a `reason` where that is dropped or deferred.",
        "noted": "Something about an article to look at, such as a site rule that matched nothing.",
        "taken_back": "An article of this run turned out to be a copy, and is dropped.",
        "part_sealed": "Part `detail` with `count` articles is published.",
        "archive_sealed": "WARC file `detail` is complete.",
        "archive_opened": "Records of a WARC file are read from number `count` on.",
        "archive_known": "A WARC file was read to its end before, and is passed over; `count` records.",
        "archive_lost": "A WARC file cannot be read on.",
        "archive_read": "A WARC file was read to its end; `count` records.",
        "shard_ended": "A shard of a run on a cluster has ended; `count` links, and how in `detail`.",
        "alarm": "A source does not do as it used to.",
        "stopping": "The run ends early, for the `detail` given: what is in hand is finished.",
        "run_ended": "All is safe; `count` links, and the exit code in `detail`.",
    }
)
"""What happens in runs: the values of `Event.event`."""


class Journal:
    """Tells whoever listens what happens in a run."""

    def __init__(self, run_id: str, clock: Clock, on_event: Callable[[Event], None]) -> None:
        self._run_id = run_id
        self.clock = clock
        self._on_event = on_event
        self.after_each: Callable[[], None] | None = None
        """Called once the caller was told of an event."""

    def emit(self, event: str, **fields: str | int | None) -> None:
        """Tell of an event; `fields` are those of `Event`."""
        data = {"at": self.clock.now(), "event": event, "run_id": self._run_id, **fields}
        self._on_event(msgspec.convert(data, Event))
        if self.after_each:
            self.after_each()
