"""Read the data files of this folder, each once per process."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """The content of a TOML file of this folder; callers don't change it."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
