"""Says what is wrong with an option by the option's name, and with a key of a configuration by the file's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from scraper.errors import ConfigError

OUTPUT_OPTIONS: Final = {
    "output[0]": "--fields",
    "output[0].path": "--output",
    "output[0].format": "--format",
    "output[0].fields": "--fields",
    "output[0].fields_as": "--fields-as",
    "output[0].partition": "--partition",
    "output[0].table": "--table",
}
"""By the keys of a configuration that a verb makes of its options."""


@contextmanager
def told_of(options: Mapping[str, str] = OUTPUT_OPTIONS, *, file: Path | None = None) -> Iterator[None]:
    """Tell what is wrong with the keys of a configuration to whoever wrote options.

    Args:
        options: What was given, by the keys that the values went under.
        file: The configuration that the other keys are from.

    Raises:
        ConfigError: As in the block.
    """
    try:
        yield
    except ConfigError as error:
        key, _, what = str(error).partition(": ")
        if key in options:
            raise ConfigError(f"{options[key]}: {what}") from error
        if file is not None:
            raise ConfigError(f"{file}: {error}") from error
        raise
