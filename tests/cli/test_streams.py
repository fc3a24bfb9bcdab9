"""Whatever the caller made of the streams: a verb ends as it promises, and no traceback is shown."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from scraper.cli import run

ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
LATIN = {"PYTHONIOENCODING": "latin-1"}


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A line of a shell, in which `scraper` is this one; its code is that of the first part that fails."""
    scraper = f'scraper() {{ "{sys.executable}" -m scraper "$@"; }}'
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{scraper}; {command}"],
        check=False,
        capture_output=True,
        env=os.environ | environment,
        timeout=120,
    )


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert run(["demo", "-o", str(folder)]) == 0
    [path] = folder.glob("*/state.db")
    return path


@pytest.mark.parametrize("locale", [ASCII, LATIN], ids=["ascii", "latin-1"])
@pytest.mark.parametrize("verb", ["demo -o {folder}/again", "status -s {state}", "manual operations"])
def test_what_an_encoding_lacks_is_shown_as_an_escape(
    verb: str, locale: Mapping[str, str], state: Path, tmp_path: Path
) -> None:
    done = shell(f"scraper {verb.format(folder=tmp_path, state=state)}", **locale)
    assert (done.returncode, done.stderr) == (0, b"")
    done.stdout.decode("ascii" if locale is ASCII else "latin-1")


@pytest.mark.parametrize(
    "verb",
    [
        "status -s {state}",
        "report -s {state}",
        "export -s {state}",
        "clean {folder}",
        "extract {folder}",
        "demo -o {folder}/again",
        "manual reference",
        "schema",
        "discover {folder}/news.toml",
    ],
)
def test_a_reader_that_leaves_ends_every_verb_with_0(verb: str, state: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{\n" * 20_000, encoding="utf-8")
    text = "".join(
        f"<p>The council met on {day} to discuss the repair of the sea wall, which is closed to walkers.</p>"
        for day in ("Monday", "Tuesday", "Wednesday", "Thursday")
    )
    (tmp_path / "a.html").write_text(f"<article><h1>Sea wall</h1>{text}</article>", encoding="utf-8")
    (tmp_path / "b.html").write_text("<p>", encoding="utf-8")
    (tmp_path / "news.toml").write_text('[[source]]\nurls = ["https://127.0.0.1/a"]\n', encoding="utf-8")
    done = shell(f"scraper {verb.format(folder=tmp_path, state=state)} | true")
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "verb", ["schema", "export -s {state}", "status -s {state}", "init -", "clean {folder}/one.txt"]
)
def test_a_closed_standard_output_is_as_good_as_one_that_nobody_reads(
    verb: str, state: Path, tmp_path: Path
) -> None:
    (tmp_path / "one.txt").write_text("The council met on Tuesday.", encoding="utf-8")
    done = shell(f"scraper {verb.format(folder=tmp_path, state=state)} <&- >&-")
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


def test_a_closed_standard_input_is_an_empty_one() -> None:
    done = shell("scraper clean - <&-")
    assert (done.returncode, done.stderr) == (1, b"scraper: standard input: nothing is left after cleaning\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here")
@pytest.mark.parametrize("verb", ["export", "status", "report"])
def test_a_full_disk_is_told_in_one_line_by_what_reads_the_state(verb: str, state: Path) -> None:
    done = shell(f"scraper {verb} -s {state} >/dev/full")
    assert (done.returncode, done.stderr) == (3, b"scraper: cannot go on: No space left on device\n")
