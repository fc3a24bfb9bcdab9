"""What one host that always answers 429 costs the other 49 of a run, and whether it is left in peace.

    python -m tests.hostile.busy_host [ROUNDS]

Each round is two runs over 50 loopback hosts of twelve pages each, politeness on: all healthy, and with one
that turns everyone away and asks for two seconds of peace. From the server's own log: pages of the healthy
hosts per second, requests within a window that the busy host asked for, and requests to a host side by side
or too close to each other. It ends with 1 where a figure is not as promised.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

from scraper import Config, run_batch

HOSTS = [f"127.0.1.{number}" for number in range(1, 51)]
BUSY = HOSTS[7]
PAGES = 12
DELAY_S = 0.4
WINDOW_S = 2.0
MOST_LOST = 0.05


class Asked(NamedTuple):
    """One line of the server's log."""

    host: str
    path: str
    begun: float
    ended: float


async def serve(busy: str, log: Path) -> None:
    """Answer on every loopback address; the port goes to standard output, the log to a file."""
    with log.open("w", encoding="utf-8") as lines:

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            host = writer.get_extra_info("sockname")[0]
            try:
                while True:
                    path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
                    begun = time.monotonic()
                    await asyncio.sleep(0.005)
                    # Pages that are not there: what is measured is whose turn it is, not the work on pages.
                    head = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                    if host == busy and path != "/robots.txt":
                        head = (
                            b"HTTP/1.1 429 Too Many\r\nRetry-After: %d\r\nContent-Length: 0\r\n\r\n"
                            % WINDOW_S
                        )
                    # Before it is sent: the pause begins no earlier than this.
                    lines.write(json.dumps([host, path, begun, time.monotonic()]) + "\n")
                    lines.flush()
                    writer.write(head)
                    await writer.drain()
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()

        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=256)  # noqa: S104 - all of loopback
        print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the parent reads it
        await server.serve_forever()


def run(busy: str, folder: Path) -> list[Asked]:
    """One run; what the server saw of it."""
    log = folder / "log"
    command = [sys.executable, "-m", "tests.hostile.busy_host", "serve", busy, str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            port = int(server.stdout.readline())
            urls = [f"http://{host}:{port}/{page}" for page in range(PAGES) for host in HOSTS]
            run_batch(
                Config.from_dict(
                    {
                        "run": {"workers": 0, "state": str(folder / "state.db")},
                        "fetch": {"allow_private": True, "delay_s": DELAY_S},
                        "output": [{"path": str(folder / "articles")}],
                        "source": [{"name": "all", "urls": urls}],
                    }
                )
            )
        finally:
            server.terminate()
    return [Asked(*json.loads(line)) for line in log.read_text("utf-8").splitlines()]


def rate(asked: list[Asked]) -> float:
    """Pages of the healthy hosts, those beside the busy one, per second."""
    pages = [each for each in asked if each.host != BUSY and each.path != "/robots.txt"]
    return len(pages) / (max(each.ended for each in pages) - min(each.begun for each in pages))


def impolite(asked: list[Asked], busy: str) -> Iterator[str]:
    """What the log has that it must not have."""
    for host in HOSTS:
        mine = sorted((each for each in asked if each.host == host), key=lambda each: each.begun)
        for one, other in pairwise(mine):
            peace_s = WINDOW_S if host == busy and one.path != "/robots.txt" else DELAY_S
            if other.begun - one.ended < peace_s:
                yield f"{host}{other.path} came {other.begun - one.ended:.3f} s after the answer before it"


def main(rounds: int) -> int:
    lost: list[float] = []
    faults: list[str] = []
    for number in range(rounds):
        rates = {}
        # First the one, then the other, so that a machine that slows down favours neither.
        for busy in ("", BUSY) if number % 2 else (BUSY, ""):
            with tempfile.TemporaryDirectory() as folder:
                asked = run(busy, Path(folder))
            rates[busy] = rate(asked)
            faults += impolite(asked, busy)
            turned_away = (
                sum(each.host == BUSY and each.path != "/robots.txt" for each in asked) if busy else 0
            )
            print(  # noqa: T201 - a command
                f"{'one busy' if busy else 'all well':9} {rates[busy]:7.1f} pages/s of the others, "
                f"{turned_away} requests to the busy host"
            )
        lost.append(1 - rates[BUSY] / rates[""])
    print(f"lost: {median(lost):.1%} (median of {rounds}); impolite requests: {len(faults)}")  # noqa: T201
    for fault in faults[:20]:
        print(fault)  # noqa: T201
    return int(median(lost) > MOST_LOST or bool(faults))


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(sys.argv[2], Path(sys.argv[3])))
    else:
        sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 3))
