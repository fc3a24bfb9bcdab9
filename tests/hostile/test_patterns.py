"""Expressions that once went through every way to read a text; `patterns` is the command that finds them."""

import time
from pathlib import Path

import pytest

from scraper.cli import run


def test_comments_before_a_text_are_passed_over_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "commented.txt"
    file.write_text("<!-- a --> " * 300 + "The sea wall was mended on Tuesday.", encoding="utf-8")
    started = time.process_time()
    run(["clean", str(file)])
    assert time.process_time() - started < 10.0
    assert "sea wall" in capsys.readouterr().out
