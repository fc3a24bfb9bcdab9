"""Flips bits of the state and cuts it short, after a whole run and after one that was killed.

`hit` counts the trials in which the damage was noticed. After a whole run that has to be all of them. After a
kill SQLite finds a broken structure and no more; what it does not find is counted by what it led to.
"""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.faults.bench import Bench, Scene
from tests.faults.judging import Published, judge
from tests.faults.kills import undisturbed
from tests.faults.runner import Plan
from tests.faults.tallies import Tally

FAILED = 3
STATE = ("state.db", "state.db-wal")


def damaged(bench: Bench, trials: int, seed: int, *, after_kills: bool = True) -> Iterator[Tally]:
    """Half of the trials flip a bit, half cut; as many again after kills."""
    ought, ran = undisturbed(bench, Scene.SECOND)
    draw = random.Random(seed)  # noqa: S311 - no secret
    for kill in (False, True)[: 1 + after_kills]:
        for cut in (False, True):
            how = f"{'cut' if cut else 'bit flipped'} after a {'kill' if kill else 'whole run'}"
            tally = Tally(how)
            for _ in range(trials // 2 + trials % 2 * (not cut)):
                point = draw.randint(len(ran.calls) // 3, len(ran.calls)) if kill else None
                _trial(bench, ought, tally, draw, point=point, cut=cut)
            yield tally


def _trial(
    bench: Bench, ought: Published, tally: Tally, draw: random.Random, *, point: int | None, cut: bool
) -> None:
    folder = bench.folder(Scene.SECOND)
    if point:
        bench.run(folder, Plan(kill_at=point))
    name = draw.choice(
        [name for name in STATE if (folder / name).exists() and (folder / name).stat().st_size]
    )
    place = draw.randrange((folder / name).stat().st_size)
    _harm(folder / name, place, draw.randrange(8), cut=cut)
    before = _bytes(folder)
    ran = bench.run(folder)
    noticed = ran.code == FAILED and "the state is damaged" in ran.said and "Traceback" not in ran.said
    wrong = []
    if noticed:
        if not point and _bytes(folder) != before:
            wrong.append("something was changed")
        again = bench.run(folder)
        if again.said != ran.said:
            wrong.append(f"the next run says something else: {again.said}")
        # The way back that the message names: the state of before, from a backup.
        for left in folder.glob("state.db*"):
            left.unlink()
        shutil.copy(bench.bases[Scene.SECOND] / "state.db", folder)
    elif not point:
        wrong.append(f"not noticed: exit code {ran.code}: {ran.said}")
    reruns = bench.until_done(folder)
    what = f"{name} at byte {place}, killed at {point}, {'noticed' if noticed else 'not noticed'}: {ran.said}"
    tally.add(judge(folder, ought), reruns, hit=noticed, what=what, wrong=wrong)


def _harm(file: Path, place: int, bit: int, *, cut: bool) -> None:
    if cut:
        os.truncate(file, place)
        return
    data = bytearray(file.read_bytes())
    data[place] ^= 1 << bit
    file.write_bytes(data)


def _bytes(folder: Path) -> dict[str, bytes]:
    """All that a run must not touch when it finds the state damaged."""
    files = (
        file for file in folder.rglob("*") if file.is_file() and not file.name.endswith(("-shm", ".lock"))
    )
    return {str(file): file.read_bytes() for file in files}
