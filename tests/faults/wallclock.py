"""Moves the wall clock a day either way, between runs and during them, with and without a kill."""

import random
from datetime import timedelta

from tests.faults.bench import Bench, Scene
from tests.faults.judging import judge, settled
from tests.faults.kills import undisturbed
from tests.faults.runner import Plan
from tests.faults.tallies import Tally

DAY_S = 86_400.0
LOOKS = 30
"""At the clock, about as many as a run takes."""


def moved(bench: Bench, scene: Scene, trials: int, seed: int) -> Tally:
    """Move the clock in a run (killed in every other trial), then for its rerun, and then set it right."""
    ought, ran = undisturbed(bench, scene)
    tally = Tally(f"clock moved, {scene}")
    draw = random.Random(seed)  # noqa: S311 - no secret
    for trial in range(trials):
        folder = bench.folder(scene)
        jump_s = DAY_S if trial % 4 < 2 else -DAY_S
        point = draw.randint(1, len(ran.calls)) if trial % 2 else None
        first = bench.run(folder, Plan(kill_at=point), jump_s=jump_s, jump_after=draw.randint(0, LOOKS))
        committed = settled(folder, scene.now - timedelta(days=2))
        bench.now += timedelta(seconds=draw.choice([-DAY_S, 0.0, DAY_S]))
        moved_to = bench.now
        reruns = bench.until_done(folder)
        pages = bench.pages
        # What seems announced for later is taken up once the clock is right again.
        bench.now = scene.now
        reruns += bench.until_done(folder)
        findings = judge(folder, ought, clock_moved=True)
        findings.again = len(committed.intersection(pages + bench.pages)) if scene is Scene.FIRST else 0
        what = f"{jump_s:+.0f} s, killed at {point}: {first.hit}; rerun at {moved_to}"
        wrong = [f"exit code {first.code}: {first.said}"] if point is None and first.code else []
        tally.add(findings, reruns, hit=True, what=what, wrong=wrong)
    return tally
