"""The manual: its reference says what the code does, and a verb shows it."""

import ast
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

import scraper
from scraper.cli import run
from scraper.cli.app import EXIT_CODES
from scraper.cli.manual import headings, page_names, page_text, section_of
from scraper.errors import InputError
from scraper.report.journal import EVENTS
from tests.reference import PAGE, reference

PACKAGE = Path(scraper.__file__).parent


def test_the_reference_is_what_the_code_says() -> None:
    # Where this fails, a key, an option, a reason or the like has changed: write the page again.
    assert PAGE.read_text(encoding="utf-8") == reference(), "run: python -m tests.reference"


def test_every_event_of_a_run_is_documented_and_no_other() -> None:
    told = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "emit"
            ):
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}: not a literal"
                told.add(node.args[0].value)
    assert told == set(EVENTS)


def test_without_a_page_all_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["manual"]) == 0
    assert "- `reference`: Reference\n" in capsys.readouterr().out


def test_a_page_is_markdown_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["manual", "reference"]) == 0
    assert capsys.readouterr().out == page_text("reference")


def test_a_page_is_formatted_on_a_terminal() -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "scraper", "manual", "reference", "exit codes"]
    done = subprocess.run(
        command, stdout=theirs, env=os.environ | {"TERM": "xterm", "COLUMNS": "80"}, check=True
    )
    os.close(theirs)
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "healthy" in shown
    assert "\x1b[" in shown
    assert "| --- |" not in shown


@pytest.mark.parametrize(
    ("wanted", "heading", "not_there"),
    [
        ("exit codes", "## Exit codes", "## Reasons"),
        ("[fetch]", "### [fetch]", "### [extract]"),
        ("scraper run", "### scraper run", "### scraper demo"),
        ("report", "## Report", "## Exit codes"),
    ],
)
def test_a_section_is_shown_alone(
    capsys: pytest.CaptureFixture[str], wanted: str, heading: str, not_there: str
) -> None:
    assert run(["manual", "reference", wanted]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(heading + "\n")
    assert not_there not in shown


def test_a_comment_in_an_example_is_no_heading() -> None:
    text = "# Page\n\n## One\n```sh\n# a comment\n## two\n```\n## Two\nlast\n"
    assert [title for _, _, title in headings(text)] == ["Page", "One", "Two"]
    assert section_of(text, "two") == "## Two\nlast\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["manual", "nonsense"], "there are "),
        (["manual", "../rules"], "there are "),
        (["manual", "reference", "nonsense"], "there are Verbs, "),
    ],
)
def test_what_is_not_there_ends_with_2_and_names_what_is(
    capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert run(arguments) == 2
    assert told in capsys.readouterr().err


def test_a_section_that_is_not_there_is_an_error() -> None:
    with pytest.raises(InputError, match="there are A, B"):
        section_of("# Page\n## A\n## B\n", "c")


def test_every_exit_code_means_the_same_wherever_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    help_ = " ".join(capsys.readouterr().out.split())
    for code, meaning in EXIT_CODES.items():
        assert f"{code} {meaning}" in help_
        for name in ("operations", "reference"):
            assert f"\n| {code} | {meaning} |\n" in page_text(name)


@pytest.mark.parametrize("name", page_names())
def test_every_page_has_a_title_and_links_that_lead_somewhere(name: str) -> None:
    text = page_text(name)
    assert text.startswith("# ")
    anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for _, _, title in headings(text)}
    for target in re.findall(r"\]\(([^)]+)\)", text):
        path, _, anchor = target.partition("#")
        assert "://" in path or not path or path.removesuffix(".md") in page_names(), target
        assert path or anchor in anchors, target
