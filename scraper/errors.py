"""The exceptions of the package: what we or the operator do wrong.

What the web does wrong is never an exception: it is a recorded outcome (`records.Drop`).

    ScraperError
    ├── ConfigError      the configuration, or a command's arguments, cannot be used
    ├── StateError       the state database cannot be used
    │   ├── StateLocked  another run holds it
    │   └── StateCorrupt it is damaged
    ├── EngineError      the machines that the work is given to cannot be reached
    ├── OutputError      a result cannot be written
    └── InputError       an input named by the operator cannot be read
"""


class ScraperError(Exception):
    """Base of every exception that the package raises on purpose."""


class ConfigError(ScraperError):
    """The configuration, or a command's arguments, cannot be used; the message names the key."""


class StateError(ScraperError):
    """The state database cannot be opened, read or written."""


class StateLocked(StateError):  # noqa: N818 - a state of affairs, named as the exit code is
    """Another run holds the lock on the state; nothing was done."""


class StateCorrupt(StateError):  # noqa: N818 - as above
    """The state database is damaged; the message says where it is and what can be done."""


class EngineError(ScraperError):
    """The machines that the work is given to cannot be reached, or were lost; what was recorded is safe."""


class OutputError(ScraperError):
    """A result could not be written durably; nothing half-written is left under its final name."""


class InputError(ScraperError):
    """A file or folder that the operator named does not exist or cannot be read."""


def to_install(extra: str) -> str:
    """What brings the libraries of an extra of the package, for a message that says which are missing."""
    return f"pip install '.[{extra}]' in your clone of the program"
