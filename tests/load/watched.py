"""A run that is watched from within: memory, descriptors, tasks and threads, once a second.

    python -m tests.load.watched CONFIG SAMPLES REPORT

It is a process of its own, so that what it uses is the run's.
"""

import asyncio
import json
import resource
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from scraper import Config, run_batch

EVERY_S = 1.0


class Sample(NamedTuple):
    """What the run used at a time."""

    at: float
    """Monotonic clock, in seconds."""
    rss_mib: float
    workers_mib: tuple[float, ...]
    """Resident memory of each child process."""
    descriptors: int
    tasks: int
    threads: int


def samples_of(path: Path) -> list[Sample]:
    """What was written to the file of samples."""
    return [Sample(*json.loads(line)) for line in path.read_text("utf-8").splitlines()]


def resident_mib(process: int | str) -> float:
    """Resident memory of a process; 0 once it is gone."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 2**20


def _children() -> list[str]:
    return [
        child
        for task in Path("/proc/self/task").iterdir()
        for child in (task / "children").read_text("ascii").split()
    ]


def _sample(loop: asyncio.AbstractEventLoop | None) -> Sample:
    return Sample(
        at=time.monotonic(),
        rss_mib=resident_mib("self"),
        workers_mib=tuple(resident_mib(child) for child in _children()),
        descriptors=len(list(Path("/proc/self/fd").iterdir())),
        tasks=len(asyncio.all_tasks(loop)) if loop else 0,
        threads=threading.active_count(),
    )


def main(config: Path, samples: Path, report: Path) -> None:
    loops: list[asyncio.AbstractEventLoop] = []
    make = asyncio.events.new_event_loop

    def remembered() -> asyncio.AbstractEventLoop:
        loops.append(make())
        return loops[-1]

    asyncio.events.new_event_loop = remembered
    over = threading.Event()

    def watch() -> None:
        with samples.open("w", encoding="utf-8", buffering=1) as lines:
            while not over.wait(EVERY_S):
                lines.write(json.dumps(_sample(loops[-1] if loops else None)) + "\n")

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        result = run_batch(Config.from_file(config))
    finally:
        over.set()
        watcher.join()
    report.write_bytes(msgspec.json.encode(result))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
