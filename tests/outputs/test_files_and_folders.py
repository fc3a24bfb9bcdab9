"""Published files: whole or absent, the same for the same rows, and nobody else's are touched."""

import gzip
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scraper.errors import OutputError
from scraper.outputs import Folder, LocalPlace, Row, SealedPart, write_atomically, write_file

ROWS = [Row(number, b'{"number":%d}' % number) for number in range(1, 6)]


def opened(path: Path, state_id: str = "this state") -> Folder:
    return Folder(LocalPlace(path), state_id=state_id)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "articles"


@pytest.fixture
def folder(path: Path) -> Folder:
    return opened(path)


def files(folder: Folder) -> list[str]:
    return sorted(file.name for file in Path(folder.address).iterdir())


def seal(folder: Folder, rows: Iterable[Row] = ROWS) -> SealedPart:
    [part] = folder.seal(rows)
    return part


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """A disk on which no file grows beyond `size` bytes."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


# ---- parts -------------------------------------------------------------------------------------------


def test_a_part_holds_its_rows_a_line_each(folder: Folder) -> None:
    part = seal(folder)
    assert (part.first_seq, part.last_seq, part.rows) == (1, 5, 5)
    assert part.name.startswith("part-000000005-")
    assert (Path(folder.address) / part.name).read_bytes() == b"".join(row.record + b"\n" for row in ROWS)


def test_no_rows_are_no_part(folder: Folder) -> None:
    assert folder.seal([]) == []
    assert files(folder) == ["_STATE"]


def test_the_same_rows_give_the_same_name_and_the_same_bytes(folder: Folder, tmp_path: Path) -> None:
    other = opened(tmp_path / "other", "other state")
    part, again, elsewhere = seal(folder), seal(folder, iter(ROWS)), seal(other)
    assert part == again == elsewhere
    assert files(folder) == ["_STATE", part.name]
    assert (Path(folder.address) / part.name).read_bytes() == (Path(other.address) / part.name).read_bytes()


def test_other_rows_give_another_name(folder: Folder) -> None:
    parts = [seal(folder, ROWS[:4]), seal(folder, ROWS[4:]), seal(folder, [Row(5, b"{}")])]
    assert len({part.name for part in parts}) == 3


def test_names_are_in_the_order_of_their_rows(folder: Folder) -> None:
    names = [seal(folder, [Row(seq, b"{}")]).name for seq in (1, 20, 300)]
    assert names == sorted(names)


def test_a_part_whose_rows_fail_half_way_does_not_appear(folder: Folder) -> None:
    def broken() -> Iterator[Row]:
        yield from ROWS
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        folder.seal(broken())
    assert not [name for name in files(folder) if name.startswith("part-")]


KILLED_WHILE_SEALING = """
import os, signal, sys
from pathlib import Path
from scraper.outputs import Folder, LocalPlace, Row

def rows():
    yield Row(1, b"{}")
    os.kill(os.getpid(), signal.SIGKILL)

Folder(LocalPlace(Path(sys.argv[1])), state_id="this state").seal(rows())
"""


def test_a_process_killed_while_it_seals_leaves_no_part(folder: Folder) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(part or "." for part in sys.path)}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_SEALING, str(Path(folder.address))],
        env=environment,
        check=False,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL
    assert files(folder) == ["_STATE", "part.tmp"]
    assert folder.clear_unknown(frozenset()) == ["part.tmp"]


def test_what_a_killed_run_left_is_cleared_and_nothing_else(folder: Folder) -> None:
    known, unknown = seal(folder), seal(folder, ROWS[:2])
    for name in ("part.tmp", "run.json.tmp", "README", "run.json"):
        (Path(folder.address) / name).touch()
    (Path(folder.address) / "part-of-the-operator").mkdir()
    gone = folder.clear_unknown(frozenset({known.name}))
    assert gone == sorted(["part.tmp", "run.json.tmp", unknown.name])
    assert files(folder) == sorted(["README", "_STATE", known.name, "part-of-the-operator", "run.json"])


# ---- whose folder it is ------------------------------------------------------------------------------


def test_a_folder_belongs_to_the_state_that_made_it(folder: Folder, path: Path) -> None:
    folder.seal(ROWS)
    assert opened(path).address == folder.address
    with pytest.raises(OutputError, match="holds parts of another state"):
        opened(path, "another state")


def test_a_folder_with_parts_of_unknown_origin_is_refused(tmp_path: Path) -> None:
    (tmp_path / "part-000000001-0.jsonl").touch()
    with pytest.raises(OutputError, match="holds parts of another state"):
        opened(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["part-000000001-0.jsonl"]


def test_a_folder_with_other_things_in_it_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    assert opened(tmp_path).seal(ROWS)


@pytest.mark.parametrize("mark", [b"", b"\xff\xfe"])
def test_a_mark_that_cannot_be_read_is_refused(tmp_path: Path, mark: bytes) -> None:
    (tmp_path / "_STATE").write_bytes(mark)
    with pytest.raises(OutputError):
        opened(tmp_path)


# ---- the run's own files -----------------------------------------------------------------------------


def test_the_mark_of_success_stands_only_between_complete_runs(folder: Folder) -> None:
    folder.open_run()
    folder.close_run("run-1", b"{}", complete=True)
    assert (Path(folder.address) / "_SUCCESS").read_text(encoding="ascii") == "run-1\n"
    folder.open_run()
    assert not (Path(folder.address) / "_SUCCESS").exists()
    folder.close_run("run-2", b'{"run":2}', complete=False)
    assert files(folder) == ["_STATE", "run.json"]
    assert (Path(folder.address) / "run.json").read_bytes() == b'{"run":2}'


# ---- single files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["all.jsonl", "all.jsonl.gz"])
def test_a_file_holds_all_rows(tmp_path: Path, name: str) -> None:
    path = tmp_path / "new" / "folder" / name
    assert write_file(path, [row.record for row in ROWS]) == 5
    content = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    assert content == b"".join(row.record + b"\n" for row in ROWS)
    assert [file.name for file in path.parent.iterdir()] == [name]


def test_equal_rows_give_equal_gzip_bytes_at_any_time_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tmp_path / "one.jsonl.gz", tmp_path / "other.jsonl.gz"
    write_file(one, [b"{}"])
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    write_file(other, [b"{}"])
    assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("name", ["all.jsonl", "all.jsonl.gz"])
def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_file(path, [b'{"old":1}'])
    before = path.read_bytes()

    def broken() -> Iterator[bytes]:
        yield b'{"new":1}'
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_file(path, broken())
    assert path.read_bytes() == before
    write_file(path, [b'{"new":1}'])
    assert path.read_bytes() != before


# ---- disks that fail ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["all.jsonl", "all.jsonl.gz"])
def test_a_full_disk_is_an_output_error_and_the_old_file_stays(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_file(path, [b"old"])
    before = path.read_bytes()
    with file_size_limit(1000), pytest.raises(OutputError, match="cannot be written: File too large"):
        write_file(path, [os.urandom(100_000)])
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_full_disk_leaves_no_part(folder: Folder) -> None:
    with file_size_limit(1000), pytest.raises(OutputError, match="cannot be written"):
        folder.seal([Row(1, b"x" * 100_000)])
    assert not [name for name in files(folder) if name.startswith("part")]


def test_a_full_disk_leaves_the_old_report(folder: Folder) -> None:
    write_atomically(Path(folder.address) / "run.json", b"old")
    with file_size_limit(1000), pytest.raises(OutputError):
        write_atomically(Path(folder.address) / "run.json", b"x" * 100_000)
    assert (Path(folder.address) / "run.json").read_bytes() == b"old"


def test_a_device_without_room_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "all.jsonl.tmp").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="No space left on device"):
        write_file(tmp_path / "all.jsonl", [b"{}"])
    assert not (tmp_path / "all.jsonl").exists()


def test_a_path_that_leads_through_a_file_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be used as an output folder"):
        opened(tmp_path / "file" / "articles")
    with pytest.raises(OutputError, match="cannot be written: File exists"):
        write_file(tmp_path / "file" / "all.jsonl", [b"{}"])


def test_a_folder_in_the_place_of_a_file_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "all.jsonl").mkdir()
    with pytest.raises(OutputError, match="cannot be written: Is a directory"):
        write_file(tmp_path / "all.jsonl", [b"{}"])


def test_a_folder_that_vanished_is_an_output_error(folder: Folder) -> None:
    (Path(folder.address) / "_STATE").unlink()
    Path(folder.address).rmdir()
    with pytest.raises(OutputError, match="No such file"):
        folder.seal(ROWS)
    with pytest.raises(OutputError, match="No such file"):
        folder.clear_unknown(frozenset())
