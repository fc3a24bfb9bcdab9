"""Shells complete verbs, options and values, and are told how by a script that the program prints."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.clean import KINDS
from scraper.cli import run
from scraper.records import Article

SCRIPTS = {
    "bash": "complete -o default -F _scraper_completion scraper",
    "zsh": "compdef _scraper_completion scraper",
    "fish": "complete --command scraper",
}

INSTALL = "--install-completion"

Completed = Callable[[str], list[str]]


@pytest.fixture
def completed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Completed:
    """What bash would offer for the last word of a line; a line that ends with a blank has an empty one."""

    def offered(line: str) -> list[str]:
        words = line.split()
        monkeypatch.setenv("_SCRAPER_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - (not line.endswith(" "))))
        with pytest.raises(SystemExit) as ended:
            run([])
        assert ended.value.code == 0
        return capsys.readouterr().out.split()

    return offered


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_script_for_a_shell_is_printed(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_SCRAPER_COMPLETE", f"source_{shell}")
    with pytest.raises(SystemExit) as ended:
        run([])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert SCRIPTS[shell] in shown
    assert "_SCRAPER_COMPLETE=complete_" in shown


def test_the_program_tells_and_sets_up_the_shell_that_called_it(tmp_path: Path) -> None:
    line = " && ".join(f'"{sys.executable}" -m scraper {option}' for option in ("--show-completion", INSTALL))
    done = subprocess.run(
        ["bash", "--norc", "-c", f"{line}; exit $?"],
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    installed = tmp_path / ".bash_completions" / "scraper.sh"
    assert SCRIPTS["bash"] in done.stdout
    assert SCRIPTS["bash"] in installed.read_text(encoding="utf-8")
    assert str(installed) in (tmp_path / ".bashrc").read_text(encoding="utf-8")


def test_bash_completes_a_verb_by_the_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "scraper"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m scraper "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    line = (
        'eval "$(_SCRAPER_COMPLETE=source_bash scraper)"; COMP_WORDS=(scraper expl); COMP_CWORD=1; '
        "_scraper_completion scraper; echo ${COMPREPLY[@]}"
    )
    done = subprocess.run(["bash", "--norc", "-c", line], capture_output=True, text=True, check=True)
    assert done.stdout == "explain\n"


def test_verbs_are_offered(completed: Completed) -> None:
    assert {"run", "demo", "clean", "manual"} <= set(completed("scraper "))
    assert completed("scraper exp") == ["explain", "export"]


def test_options_are_offered(completed: Completed) -> None:
    assert {"--fail-on", "--dry-run", "--quiet"} <= set(completed("scraper run --"))


def test_kinds_of_boilerplate_are_offered(completed: Completed) -> None:
    assert completed("scraper clean --keep ") == sorted(KINDS)
    assert completed("scraper extract --keep news") == ["newsletter"]


def test_formats_are_offered(completed: Completed) -> None:
    assert completed("scraper export --format jsonl") == ["jsonl", "jsonl.gz", "jsonl.zst"]


def test_the_names_of_other_programs_are_offered(completed: Completed) -> None:
    names = ["trafilatura", "fundus", "news-please", "newspaper", "schema.org"]
    for verb in ("export", "extract", "fetch"):
        assert completed(f"scraper {verb} --fields-as ") == names


def test_keys_of_the_record_are_offered_one_after_the_other(completed: Completed) -> None:
    assert completed("scraper export --fields ") == list(Article.__struct_fields__)
    assert completed("scraper export --fields url,tit") == ["url,title"]
    assert "text,text" not in completed("scraper export --fields text,")


def test_pages_of_the_manual_are_offered(completed: Completed) -> None:
    assert "reference" in completed("scraper manual ")
