"""A short sweep: after each fault a plain rerun leaves what an undisturbed run leaves.

`python -m tests.faults` makes the full one.
"""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import damage, disk, kills, twice, wallclock
from tests.faults.bench import Bench, Scene
from tests.faults.judging import Findings, Published, judge
from tests.faults.runner import Plan, Ran
from tests.faults.syscalls import unavailable
from tests.faults.tallies import Tally, table

SEED = 7
MEMORY = Path("/dev/shm")  # noqa: S108 - each bench makes a folder of its own there


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    missing = unavailable()
    if missing:
        pytest.skip(missing)
    # What a killed process leaves is the same in memory as on a disk, and comes sooner.
    with Bench(folder=MEMORY if os.access(MEMORY, os.W_OK) else None) as made:
        yield made


def assert_harmless(tally: Tally, *, misses: int = 0) -> None:
    assert tally.trials > misses
    assert tally.hits >= tally.trials - misses
    assert not tally.bad, table([tally])


@pytest.mark.parametrize("scene", Scene)
def test_a_run_killed_anywhere_is_made_good_by_the_next(bench: Bench, scene: Scene) -> None:
    _, ran = kills.undisturbed(bench, scene)
    points = range(3, len(ran.calls) + 1, len(ran.calls) // 4)
    # The last point may lie behind the end of a run that gets along with fewer calls.
    assert_harmless(kills.at_each_call(bench, scene, points), misses=1)


def test_every_step_of_publishing_may_be_the_last(bench: Bench) -> None:
    steps = ("rename articles/part.tmp", "fsync articles", "rename all.jsonl.tmp", "rename state.db.sum.tmp")
    assert_harmless(kills.before_calls(bench, Scene.FIRST, steps))


def test_the_recovery_may_be_killed_too(bench: Bench) -> None:
    assert_harmless(kills.again_and_again(bench, Scene.FIRST, 2, SEED))


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO], ids=errno.errorcode.get)
def test_a_disk_that_is_full_or_fails_ends_the_run_with_a_word(bench: Bench, error: int) -> None:
    assert_harmless(disk.failing(bench, Scene.FIRST, error, 4))


def test_a_damaged_state_is_noticed_and_set_right_from_a_backup(bench: Bench) -> None:
    for tally in damage.damaged(bench, 3, SEED, after_kills=False):
        assert_harmless(tally)


def test_a_second_run_ends_with_4_and_asks_nobody(bench: Bench) -> None:
    assert_harmless(twice.side_by_side(bench, Scene.FIRST, trials=2))


def test_a_clock_that_is_moved_by_a_day_changes_nothing(bench: Bench) -> None:
    assert_harmless(wallclock.moved(bench, Scene.FIRST, 4, SEED))


def test_a_file_is_on_disk_before_it_has_its_name_and_the_name_before_anything_else(bench: Bench) -> None:
    _, ran = kills.undisturbed(bench, Scene.FIRST)
    renames = [place for place, call in enumerate(ran.calls) if call.startswith("rename ")]
    for place in renames:
        file = ran.calls[place].removeprefix("rename ")
        before = [call for call in ran.calls[:place] if call.endswith(f" {file}")]
        assert before[-1] == f"fsync {file}"
        assert ran.calls[place + 1] == f"fsync {Path(file).parent}"
    assert len(renames) > 8


# ---- what the harness itself would notice ------------------------------------------------------------


@pytest.fixture
def done(bench: Bench) -> Path:
    """The folder of a run that came to its end."""
    folder = bench.folder(Scene.FIRST)
    assert bench.run(folder).code == 0
    return folder


def test_a_run_is_killed_before_the_call_that_is_named(bench: Bench) -> None:
    folder = bench.folder(Scene.FIRST)
    assert bench.run(folder, Plan(kill_before="rename all.jsonl.tmp")).hit == "rename all.jsonl.tmp"
    assert (folder / "all.jsonl.tmp").exists()
    assert not (folder / "all.jsonl").exists()


def test_what_is_wrong_in_a_folder_is_found(done: Path) -> None:
    ought = Published.of(done)
    assert judge(done, ought) == Findings()
    file = done / "all.jsonl"
    first, *others = ought.file.splitlines(keepends=True)
    for content, wrong in (
        (b"".join(others), Findings(lost=1)),
        (first + ought.file, Findings(duplicated=1)),
        (ought.file[:-10], Findings(torn=2)),
        (b"".join([*others, first]), Findings(differs=1)),
    ):
        file.write_bytes(content)
        assert judge(done, ought) == wrong
    file.write_bytes(ought.file)
    (done / "articles" / "part.tmp").touch()
    (done / "articles" / "_SUCCESS").unlink()
    assert judge(done, ought) == Findings(stray=2, notes=["stray part.tmp", "missing _SUCCESS"])


def test_a_table_says_what_was_bad_and_what_is_left_open() -> None:
    good, bad = Tally("good"), Tally("bad")
    for _ in range(100):
        good.add(Findings(), [Ran(code=0)], hit=True, what="")
    bad.add(Findings(lost=2), [Ran(code=0)], hit=True, what="at the rename")
    text = table([good, bad]).splitlines()
    assert "< 3.0%" in text[1]
    assert "at the rename" in text[-1]
