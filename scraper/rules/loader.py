"""Read the data files of this folder, each once per process."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """The content of a TOML file of this folder; callers don't change it."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def weights_of(table: Mapping[str, str]) -> dict[str, float]:
    """The words of a table of lists, with the weights that it has tenths of as keys."""
    return {word: int(tenths) / 10 for tenths, listed in table.items() for word in listed.split()}
