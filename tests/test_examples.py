"""The example scripts do what they say: as a reader would run them, in an empty folder, without internet."""

import ast
import runpy
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "examples"
SCRIPTS = sorted(FOLDER.glob("*.py"))

SHOWN = {
    "batch": ["stored  Der Deich wächst", "first run: 6 articles", "second run: 0 articles"],
    "clean_jsonl": ["1: newsletter: Sign up", '"body": "The ferry is back in service."'],
    "one_article": ["Line 9 trams to run through the night", "removed as "],
    "pandas_frame": ["Der Deich wächst", "word_count"],
    "parquet_duckdb": ["en: 3 articles", "the newest of 2026-11-13"],
    "progress": ["stopped by signal", "links wait for the next run"],
    "reprocess_warc": ["6 articles from the web, 6 from 1 WARC file"],
    "scheduled_task": ["task failed: the configuration cannot be used", "add a [[source]]"],
}
"""What each prints, in part."""

BEHIND = {"parquet_duckdb": ["pyarrow"], "reprocess_warc": ["fastwarc", "fsspec", "warcio"]}
"""Libraries that a script needs and does not import itself."""


def test_every_script_is_run() -> None:
    assert [script.stem for script in SCRIPTS] == sorted(SHOWN)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_runs_and_shows_what_it_says(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (*imported(script), *BEHIND.get(script.stem, ())):
        pytest.importorskip(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(FOLDER.parent.parent))
    runpy.run_path(str(script), run_name="__main__")
    shown = capsys.readouterr().out
    for part in SHOWN[script.stem]:
        assert part in shown


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_is_short_and_says_what_it_shows(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 40


def imported(script: Path) -> set[str]:
    """Libraries that a script imports, beside the standard one and the package."""
    tree = ast.parse(script.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return {name for name in names if name.partition(".")[0] not in {*sys.stdlib_module_names, "scraper"}}
