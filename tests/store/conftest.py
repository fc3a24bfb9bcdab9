"""A state in a file of its own, and the makings of links and articles."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scraper.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path) as opened:
        yield opened
