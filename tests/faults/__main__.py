"""`python -m tests.faults`: the full sweep, or a part of it, as a table."""

import argparse
import errno
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.faults import damage, disk, kills, twice, wallclock
from tests.faults.bench import Bench, Scene
from tests.faults.syscalls import unavailable
from tests.faults.tallies import Tally, table

Sweep = Callable[[Bench, int | None, int], Iterator[Tally]]


def _share(trials: int | None, default: int, scene: Scene) -> int:
    """A half of the trials for each scene."""
    total = default if trials is None else trials
    return total // 2 if scene is Scene.SECOND else total - total // 2


def _kills(bench: Bench, trials: int | None, _seed: int) -> Iterator[Tally]:
    for scene in Scene:
        _, ran = kills.undisturbed(bench, scene)
        every = len(ran.calls)
        most = min(every, _share(trials, 2 * every, scene))
        yield kills.at_each_call(bench, scene, [1 + place * every // most for place in range(most)])


def _random(bench: Bench, trials: int | None, seed: int) -> Iterator[Tally]:
    for scene in Scene:
        yield kills.at_random(bench, scene, _share(trials, 200, scene), seed)
    for scene in Scene:
        yield kills.again_and_again(bench, scene, _share(trials, 100, scene), seed)


def _disk(bench: Bench, trials: int | None, _seed: int) -> Iterator[Tally]:
    for error in (errno.ENOSPC, errno.EIO):
        for scene in Scene:
            yield disk.failing(bench, scene, error, _share(trials, 80, scene))


def _state(bench: Bench, trials: int | None, seed: int) -> Iterator[Tally]:
    yield from damage.damaged(bench, 200 if trials is None else trials, seed)


def _twice(bench: Bench, trials: int | None, _seed: int) -> Iterator[Tally]:
    for scene in Scene:
        yield twice.side_by_side(bench, scene, trials=_share(trials, 40, scene))


def _clock(bench: Bench, trials: int | None, seed: int) -> Iterator[Tally]:
    for scene in Scene:
        yield wallclock.moved(bench, scene, _share(trials, 80, scene), seed)


SWEEPS: dict[str, Sweep] = {
    "kills": _kills,
    "random": _random,
    "disk": _disk,
    "state": _state,
    "twice": _twice,
    "clock": _clock,
}


def main() -> int:
    """Make the trials and print their table; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("sweep", choices=[*SWEEPS, "all"], nargs="?", default="all")
    parser.add_argument("--trials", type=int, help="of each kind, in place of the default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=0, help="processes for page work of each run")
    parser.add_argument("--dir", type=Path, help="where to make the folders of the trials")
    given = parser.parse_args()
    missing = unavailable()
    if missing:
        sys.stderr.write(f"{missing}\n")
        return 2
    begun = time.monotonic()
    tallies: list[Tally] = []
    with Bench(workers=given.workers, folder=given.dir) as bench:
        for name in SWEEPS if given.sweep == "all" else [given.sweep]:
            for tally in SWEEPS[name](bench, given.trials, given.seed):
                tallies.append(tally)
                sys.stderr.write(f"{time.monotonic() - begun:6.0f} s  {table([tally])}\n")
    sys.stdout.write(f"{table(tallies)}\n")
    return int(any(tally.bad for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
