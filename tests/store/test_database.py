"""The file: one process at a time, whole transactions, and clear words when it cannot be used."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.errors import StateCorrupt, StateError, StateLocked
from scraper.store import Store, locked
from scraper.store.seal import sum_file
from tests.store.making import MORNING, link, meet, names, store_article, take


def python(code: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Run `code` in a process of its own; `path` is its only argument."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(part or "." for part in sys.path)}
    return subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


# ---- the lock ----------------------------------------------------------------------------------------

ASK_FOR_THE_LOCK = """
import sys
from pathlib import Path
from scraper.errors import StateLocked
from scraper.store import locked
try:
    with locked(Path(sys.argv[1])):
        print("held")
except StateLocked as error:
    print(error)
"""


def test_a_second_process_is_refused_while_the_lock_is_held(path: Path) -> None:
    with locked(path):
        refused = python(ASK_FOR_THE_LOCK, path)
    assert refused.stdout == f"{path}: another run holds the lock; nothing was done\n"
    assert python(ASK_FOR_THE_LOCK, path).stdout == "held\n"


def test_the_lock_is_not_taken_twice_in_one_process_either(path: Path) -> None:
    with locked(path), pytest.raises(StateLocked), locked(path):
        pytest.fail("held twice")


def test_the_lock_is_free_after_an_error(path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(path):
        raise ZeroDivisionError
    with locked(path):
        pass


def test_a_lock_that_cannot_be_made_is_an_error_of_the_state(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateError, match="cannot be opened"), locked(tmp_path / "file" / "state.db"):
        pytest.fail("locked in a file that is no folder")


# ---- opening -----------------------------------------------------------------------------------------


def test_a_state_and_its_folders_are_made_when_they_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a ?name#with % signs.db"
    with Store(path) as store:
        identity = store.id
    with Store(path) as store:
        assert store.id == identity
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name, f"{path.name}.sum"]


def test_two_states_have_two_identities(tmp_path: Path) -> None:
    with Store(tmp_path / "1.db") as one, Store(tmp_path / "2.db") as two:
        assert one.id != two.id


def test_commits_are_durable(store: Store, path: Path) -> None:
    assert store.path == path
    with sqlite3.connect(path) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()


def test_a_state_that_is_only_read_must_be_there(path: Path) -> None:
    with pytest.raises(StateError, match="there is no state here"):
        Store(path, read_only=True)
    assert not path.exists()


def test_an_empty_file_is_no_state_to_read(path: Path) -> None:
    path.touch()
    with pytest.raises(StateError, match="still empty"):
        Store(path, read_only=True)
    assert path.read_bytes() == b""


def test_a_state_that_is_only_read_is_not_written(store: Store, path: Path) -> None:
    store_article(store, "a")
    with Store(path, read_only=True) as reader:
        assert reader.id == store.id
        assert reader.status().articles == 1
        with pytest.raises(StateError, match="readonly"):
            reader.begin_run("run-9", MORNING)


def test_a_state_can_be_read_while_a_run_writes_it(store: Store, path: Path) -> None:
    with Store(path, read_only=True) as reader:
        store_article(store, "a")
        assert reader.status().articles == 1


def test_a_state_in_a_folder_that_takes_no_files_is_read_as_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.db"
    with Store(path) as store:
        store_article(store, "a")
    before = {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    monkeypatch.setattr(os, "access", lambda *_: False)  # whoever runs the tests may write anywhere
    with Store(path, read_only=True) as reader:
        assert reader.status().articles == 1
        assert {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == before


def test_a_state_of_a_newer_version_is_left_alone(path: Path) -> None:
    Store(path).close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 99")
    other.close()
    sum_file(path).unlink()
    with pytest.raises(StateError, match=r"newer version of scraper \(state version 99\)"):
        Store(path)


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    with pytest.raises(StateError, match="another program"):
        Store(path)
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_schema").fetchall() == [("bookmarks",)]
    other.close()


def test_a_folder_is_no_state(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="unable to open"):
        Store(tmp_path)


# ---- damage ------------------------------------------------------------------------------------------


def test_a_file_that_is_no_database_is_damaged(path: Path) -> None:
    path.write_bytes(b"These are not the bytes you are looking for. " * 100)
    before = path.read_bytes()
    with pytest.raises(StateCorrupt, match="the state is damaged") as caught:
        Store(path)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before


def test_a_file_that_was_cut_short_is_damaged(path: Path) -> None:
    with Store(path) as store:
        for number in range(40):
            store_article(store, f"a{number}")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StateCorrupt, match="the state is damaged"), Store(path) as store:
        list(store.articles.rows())


def test_a_record_that_cannot_be_read_back_is_damage(store: Store, path: Path) -> None:
    meet(store, "run-1", link("a"))
    with sqlite3.connect(path) as other:
        other.execute("UPDATE urls SET link = 'not JSON'")
    other.close()
    with pytest.raises(StateCorrupt, match="the state is damaged"):
        take(store, "run-1")


# ---- killed ------------------------------------------------------------------------------------------

KILLED_IN_A_TRANSACTION = """
import os, signal, sys
from pathlib import Path
from scraper.store import Store
from tests.store.making import MORNING, link, meet, take

def links():
    yield link("c"), "news.example"
    os.kill(os.getpid(), signal.SIGKILL)

store = Store(Path(sys.argv[1]))
meet(store, "run-1", link("a"), link("b"))
take(store, "run-1", limit=1)
store.links.add_document("https://news.example/feed", links(), run_id="run-1", now=MORNING, revisit_s=60.0)
"""


def test_a_process_killed_within_a_transaction_leaves_what_was_committed(path: Path) -> None:
    assert python(KILLED_IN_A_TRANSACTION, path).returncode == -signal.SIGKILL
    with Store(path) as store:
        assert store.links.document_validators("https://news.example/feed", "") == (None, None)
        assert store.links.open_queue("run-2", {"Courier": None}, now=MORNING) == {"Courier": (2, {})}
        assert names(take(store, "run-2")) == ["a", "b"]


def test_the_next_transaction_is_not_hurt_by_one_that_failed(store: Store) -> None:
    store.begin_run("run-1", MORNING)
    with pytest.raises(sqlite3.IntegrityError):
        store.begin_run("run-1", MORNING)
    store.begin_run("run-2", MORNING)
