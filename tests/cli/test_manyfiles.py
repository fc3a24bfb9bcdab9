"""Many files in a folder: whole or not at all, on the disk before they have their names."""

import ctypes
import errno
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from scraper.cli import manyfiles
from scraper.cli.manyfiles import ManyFiles
from scraper.errors import OutputError


def write_all(wanted: Mapping[Path, Iterable[bytes]]) -> None:
    with ManyFiles() as files:
        for path, rows in wanted.items():
            files.write(path, rows)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("together", [True, False])
def test_files_have_their_names_once_their_content_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, together: bool
) -> None:
    on_disk: list[list[str]] = []
    fsync = os.fsync

    def sync(handle: int) -> int:
        on_disk.append(names(tmp_path))
        fsync(handle)
        return 0

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(manyfiles, "_syncfs", lambda: sync if together else None)
    monkeypatch.setattr(manyfiles, "MOST_WAITING", 3)
    with ManyFiles() as files:
        for number in range(5):
            files.write(tmp_path / f"{number}.txt", [b"text"])
            if number == 1:
                assert names(tmp_path) == ["0.txt.tmp", "1.txt.tmp"]
        assert names(tmp_path) == ["0.txt", "1.txt", "2.txt", "3.txt.tmp", "4.txt.tmp"]

    assert names(tmp_path) == [f"{number}.txt" for number in range(5)]
    first, second = ["0.txt.tmp", "1.txt.tmp", "2.txt.tmp"], ["3.txt.tmp", "4.txt.tmp"]
    done = ["0.txt", "1.txt", "2.txt"]
    times = (1, 1) if together else (3, 2)
    assert on_disk == [
        *[first] * times[0],
        done,
        *[[*done, *second]] * times[1],
        [*done, "3.txt", "4.txt"],
    ]


def test_the_same_name_twice_is_the_later_file(tmp_path: Path) -> None:
    with ManyFiles() as files:
        files.write(tmp_path / "a.txt", [b"one"])
        files.write(tmp_path / "a.txt", [b"two", b"three"])

    assert (tmp_path / "a.txt").read_bytes() == b"two\nthree\n"


def test_what_was_finished_stays_when_the_next_one_fails(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"as it was")

    def rows() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"b\.txt: cannot be written"):
        write_all({tmp_path / "a.txt": [b"one"], tmp_path / "b.txt": rows()})

    assert names(tmp_path) == ["a.txt", "b.txt"]
    assert (tmp_path / "a.txt").read_bytes() == b"one\n"
    assert (tmp_path / "b.txt").read_bytes() == b"as it was"


def test_what_the_disk_refuses_is_told_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_handle: int) -> int:
        ctypes.set_errno(errno.EIO)
        return -1

    monkeypatch.setattr(manyfiles, "_syncfs", lambda: fails)
    with pytest.raises(OutputError, match="Input/output error"):
        write_all({tmp_path / "a.txt": [b"one"], tmp_path / "b.txt": [b"two"]})

    assert names(tmp_path) == []


def test_where_files_are_slow_to_come_they_do_not_wait_for_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manyfiles, "LONGEST_WAIT_S", 0.0)
    with ManyFiles() as files:
        files.write(tmp_path / "a.txt", [b"one"])
        assert names(tmp_path) == ["a.txt"]
