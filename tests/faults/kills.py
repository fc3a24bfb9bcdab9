"""Kills runs: before each call that changes a file, at random times, and their reruns as well."""

import random
from collections.abc import Iterable

from tests.faults.bench import Bench, Scene
from tests.faults.judging import Published, judge, settled
from tests.faults.runner import Plan, Ran
from tests.faults.tallies import Tally

MOST_MISSES = 5
"""Times the hits wanted: so many kills may come too late before there are no more."""


def undisturbed(bench: Bench, scene: Scene) -> tuple[Published, Ran]:
    """What the run of `scene` leaves when nothing happens, and its calls."""
    folder = bench.folder(scene)
    ran = bench.run(folder, watched=True)
    if ran.code:
        raise AssertionError(f"an undisturbed run ends with {ran.code}: {ran.said}")
    return Published.of(folder), ran


def at_each_call(bench: Bench, scene: Scene, points: Iterable[int] | None = None) -> Tally:
    """Kill before as many calls as the undisturbed run has, or before those of `points` (from 1).

    Outcomes that come close together are stored together, so two runs differ by some calls.
    """
    ought, ran = undisturbed(bench, scene)
    tally = Tally(f"kill at a call, {scene}")
    for point in points or range(1, len(ran.calls) + 1):
        _trial(bench, scene, ought, tally, [Plan(kill_at=point)])
    return tally


def before_calls(bench: Bench, scene: Scene, calls: Iterable[str]) -> Tally:
    """Kill before the first call of each of these kinds."""
    ought, _ = undisturbed(bench, scene)
    tally = Tally(f"kill before a call, {scene}")
    for call in calls:
        _trial(bench, scene, ought, tally, [Plan(kill_before=call)])
    return tally


def at_random(bench: Bench, scene: Scene, hits: int, seed: int) -> Tally:
    """Kill at random times until so many kills have hit; some come when the run is over."""
    ought, ran = undisturbed(bench, scene)
    tally = Tally(f"kill at a time, {scene}")
    draw = random.Random(seed)  # noqa: S311 - no secret
    while tally.hits < hits and tally.trials < MOST_MISSES * hits:
        _trial(bench, scene, ought, tally, [Plan(kill_after_s=draw.uniform(0, ran.seconds))])
    return tally


def again_and_again(bench: Bench, scene: Scene, trials: int, seed: int) -> Tally:
    """Kill a run, then its rerun, then that one's."""
    ought, ran = undisturbed(bench, scene)
    tally = Tally(f"kill the recovery too, {scene}")
    draw = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(trials):
        points = [draw.randint(1, len(ran.calls)) for _ in range(3)]
        # The beginning of a rerun is where it recovers.
        points[1] = draw.randint(1, 60)
        _trial(bench, scene, ought, tally, [Plan(kill_at=point) for point in points])
    return tally


def _trial(bench: Bench, scene: Scene, ought: Published, tally: Tally, plans: list[Plan]) -> None:
    folder = bench.folder(scene)
    committed: set[str] = set()
    hits: list[str] = []
    again: list[str] = []
    for plan in plans:
        ran = bench.run(folder, plan)
        hits += [ran.hit] if ran.hit else []
        again += committed.intersection(bench.pages)
        committed |= settled(folder, scene.now)
    reruns = bench.until_done(folder)
    again += committed.intersection(bench.pages)
    findings = judge(folder, ought)
    findings.again = len(again)
    tally.add(findings, reruns, hit=bool(hits), what=f"at {hits} by {plans}")
