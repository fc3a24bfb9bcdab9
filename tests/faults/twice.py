"""Starts a second run while one is under way: it ends with 4, having sent no request."""

from collections.abc import Iterable

from tests.faults.bench import Bench, Scene
from tests.faults.judging import judge
from tests.faults.kills import undisturbed
from tests.faults.runner import Plan
from tests.faults.tallies import Tally

LOCKED = 4
"""The documented exit code of a run that found the state held by another."""


def side_by_side(
    bench: Bench, scene: Scene, points: Iterable[int] | None = None, *, trials: int = 1
) -> Tally:
    """Start a second run before calls spread evenly over the first (or before those of `points`)."""
    ought, ran = undisturbed(bench, scene)
    requests = sorted(bench.site.requests)
    tally = Tally(f"two at once, {scene}")
    # Before the lock is taken the folder of the state is made.
    locked = next(number for number, call in enumerate(ran.calls, 1) if not call.startswith("mkdir"))
    spread = [locked + trial * (len(ran.calls) - locked) // trials for trial in range(trials)]
    for point in points or spread:
        folder = bench.folder(scene)
        first = bench.run(folder, Plan(second_at=point))
        wrong = []
        # A run may get along with fewer calls than the undisturbed one, and be over before its point comes.
        if first.code or first.second not in {LOCKED, None}:
            wrong.append(f"exit codes {first.code} and {first.second}: {first.said}")
        if sorted(bench.site.requests) != requests:
            wrong.append(f"{len(bench.site.requests)} requests instead of {len(requests)}")
        findings = judge(folder, ought)
        tally.add(findings, [first], hit=first.second is not None, what=f"at {first.hit}", wrong=wrong)
    return tally
