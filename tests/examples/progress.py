"""A progress line of your own, and an end when you want it: events in, one line out."""

import sys
import threading
from collections import Counter

from scraper import Config, run_batch
from scraper.demo import DemoSite
from scraper.records import Event

ENOUGH = 3
stop = threading.Event()
counts: Counter[str] = Counter()


def show(event: Event) -> None:
    """Called in the thread of the run for each thing that happens; it must not block."""
    if event.event == "queue_opened":
        counts["waiting"] = event.count or 0
    elif event.event == "link_settled" and event.outcome:
        counts[event.outcome] += 1
        sys.stderr.write(f"\r{counts['stored']} articles of {counts['waiting']} links")
    if counts["stored"] >= ENOUGH:
        stop.set()  # what is in hand is finished, everything is sealed


with DemoSite() as site:
    source = {"feeds": [f"{site.url}/feed.xml"]}
    fetch = {"delay_s": 0, "concurrency": 1, "allow_private": True}  # for the demo only
    config = Config.from_dict({"run": {"workers": 0}, "fetch": fetch, "source": [source]})
    report = run_batch(config, on_event=show, stop=stop)

print(
    f"\nstopped by {report.stopped}: {report.stored} articles, {report.deferred} links wait for the next run"
)
