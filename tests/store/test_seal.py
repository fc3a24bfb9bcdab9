"""The sum beside the state: any change since the last run is noticed; no state is made anew unasked."""

import os
import signal
import sqlite3
from pathlib import Path

import pytest

from scraper.errors import StateCorrupt, StateError
from scraper.store import Store
from scraper.store.seal import IN_USE, sum_file
from tests.store.making import store_article
from tests.store.test_database import python


@pytest.fixture
def left(path: Path) -> Path:
    """A state that a run has left in good order."""
    with Store(path) as store:
        for number in range(20):
            store_article(store, f"a{number}")
    return path


def log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 4
    path.write_bytes(data)


def test_a_state_that_was_left_in_order_is_opened_again(left: Path) -> None:
    with Store(left) as store:
        assert store.status().articles == 20
    with Store(left) as store:
        assert store.status().articles == 20


@pytest.mark.parametrize("share", [0.0, 0.2, 0.4, 0.6, 0.8, 0.9999])
def test_a_flipped_bit_is_noticed_wherever_it_is(left: Path, share: float) -> None:
    flip(left, int(share * left.stat().st_size))
    before = left.read_bytes()
    with pytest.raises(StateCorrupt, match="not as the last run left it") as caught:
        Store(left)
    assert "put a backup in its place" in str(caught.value)
    assert left.read_bytes() == before
    assert not log_of(left).exists()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_cut_is_noticed_wherever_it_is(left: Path, share: float) -> None:
    os.truncate(left, int(share * left.stat().st_size))
    for _ in range(2):
        with pytest.raises(StateCorrupt, match="the state is damaged"):
            Store(left)


def test_a_state_that_has_gone_is_not_made_anew_unasked(left: Path) -> None:
    left.unlink()
    with pytest.raises(StateCorrupt, match="empty or gone"):
        Store(left)
    assert not left.exists()
    sum_file(left).unlink()
    Store(left).close()


def test_a_restored_backup_is_taken_once_the_sum_is_removed(left: Path) -> None:
    backup = left.read_bytes()
    with Store(left) as store:
        store_article(store, "later")
    left.write_bytes(backup)
    with pytest.raises(StateCorrupt, match=f"remove {sum_file(left).name}"):
        Store(left)
    sum_file(left).unlink()
    with Store(left) as store:
        assert store.status().articles == 20


def test_reading_neither_needs_the_sum_nor_changes_it(left: Path) -> None:
    before = sum_file(left).read_bytes()
    with Store(left, read_only=True) as store:
        assert store.status().articles == 20
    assert sum_file(left).read_bytes() == before


def test_while_somebody_reads_there_is_no_sum_and_the_next_run_does_without(left: Path) -> None:
    writer = Store(left)
    reader = sqlite3.connect(left, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM articles").fetchone()
    store_article(writer, "later")
    writer._database._db.execute("PRAGMA busy_timeout = 0")  # noqa: SLF001 - tests do not wait
    writer.close()
    assert sum_file(left).read_text(encoding="ascii").strip() == IN_USE
    reader.close()
    with Store(left) as store:
        assert store.status().articles == 21


def test_a_sum_that_cannot_be_written_is_told(left: Path) -> None:
    sum_file(left).with_name(sum_file(left).name + ".tmp").mkdir()
    with pytest.raises(StateError, match=r"\.sum: cannot be written"):
        Store(left)


KILLED = """
import os, signal, sys
from pathlib import Path
from scraper.store import Store
from tests.store.making import store_article

store = Store(Path(sys.argv[1]))
store_article(store, "later")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def killed(left: Path) -> Path:
    """A state whose last run was killed, with its last pages still in the log."""
    assert python(KILLED, left).returncode == -signal.SIGKILL
    return left


def test_after_a_kill_there_is_no_sum_to_hold_it_against(killed: Path) -> None:
    assert sum_file(killed).read_text(encoding="ascii").strip() == IN_USE
    with Store(killed) as store:
        assert store.status().articles == 21


def test_after_a_kill_a_broken_structure_is_noticed_before_anything_is_written(killed: Path) -> None:
    with sqlite3.connect(killed) as other:
        root = other.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'articles_text'").fetchone()[0]
        page = other.execute("PRAGMA page_size").fetchone()[0]
    other.close()
    # A key of the index that is not the one in the table.
    place = killed.read_bytes().index(b"hash of a", (root - 1) * page)
    flip(killed, place)
    with pytest.raises(StateCorrupt, match="the state is damaged"):
        Store(killed)


def test_after_a_kill_an_empty_file_beside_its_log_is_not_made_anew(killed: Path) -> None:
    os.truncate(killed, 0)
    for _ in range(2):
        with pytest.raises(StateCorrupt, match="empty or gone"):
            Store(killed)
    sum_file(killed).unlink()
    with pytest.raises(StateCorrupt, match="empty or gone"):
        Store(killed)
    assert log_of(killed).exists()


def test_after_an_error_the_next_run_looks_for_itself(left: Path) -> None:
    with pytest.raises(ZeroDivisionError), Store(left):
        raise ZeroDivisionError
    assert sum_file(left).read_text(encoding="ascii").strip() == IN_USE
    Store(left).close()
    assert sum_file(left).read_text(encoding="ascii").startswith("crc32 ")
