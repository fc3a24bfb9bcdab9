"""Lets calls fail as on a full or broken disk: the run says so, and what it leaves is whole."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path

from tests.faults.bench import Bench, Scene
from tests.faults.judging import Published, judge, torn
from tests.faults.kills import undisturbed
from tests.faults.runner import Plan, Ran
from tests.faults.tallies import Tally

FAILED = 3
"""The documented exit code of a run that could not go on."""


def failing(bench: Bench, scene: Scene, error: int, trials: int) -> Tally:
    """Let calls spread evenly over the run fail: by turns one alone, and it with all after it."""
    ought, ran = undisturbed(bench, scene)
    points = [
        number
        for number, call in enumerate(ran.calls, 1)
        if not call.startswith(("mkdir", "unlink") if error == errno.ENOSPC else "mkdir")
    ]
    tally = Tally(f"{errno.errorcode[error]}, {scene}")
    for trial in range(trials):
        point = points[trial * len(points) // trials]
        _trial(bench, scene, ought, tally, Plan(fail_at=point, error=error, lasting=bool(trial % 2)))
    return tally


def _trial(bench: Bench, scene: Scene, ought: Published, tally: Tally, plan: Plan) -> None:
    folder = bench.folder(scene)
    ran = bench.run(folder, plan)
    wrong = list(_unclear(ran, plan, folder, ought))
    reruns = bench.until_done(folder)
    tally.add(
        judge(folder, ought),
        reruns,
        hit=ran.hit is not None,
        what=f"at {ran.hit} of {plan}",
        wrong=wrong,
    )


def _unclear(ran: Ran, plan: Plan, folder: Path, ought: Published) -> Iterable[str]:
    """What is wrong with how the run ended, or with what it left in sight."""
    left = Published.of(folder).comparable()
    whole = ought.comparable()
    if torn(left) or not (whole.parts.startswith(left.parts) and whole.file.startswith(left.file)):
        yield "torn output"
    if ran.code == 0:
        # SQLite may do without the call (its shared memory can be rebuilt, its files cleaned up later).
        if left != whole:
            yield "exit code 0, but not all is there"
        return
    if ran.code != FAILED:
        yield f"exit code {ran.code}"
    names = ("disk", "full", "I/O", "Input/output", "No space", os.strerror(plan.error))
    if "Traceback" in ran.said or not any(name in ran.said for name in names):
        yield f"says {ran.said!r}"
