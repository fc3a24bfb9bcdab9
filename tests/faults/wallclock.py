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
    """Move the clock during a run, which is killed in every other trial, and before its rerun."""
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
        reruns = bench.until_done(folder)
        findings = judge(folder, ought, clock_moved=True)
        findings.again = len(committed.intersection(bench.pages)) if scene is Scene.FIRST else 0
        what = f"{jump_s:+.0f} s, killed at {point}: {first.hit}; rerun at {bench.now}"
        wrong = [f"exit code {first.code}: {first.said}"] if point is None and first.code else []
        tally.add(findings, reruns, hit=True, what=what, wrong=wrong)
    return tally
