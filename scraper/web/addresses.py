"""Opens what the operator names as an input: a local path, or an address that fsspec knows."""

from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from scraper.errors import ConfigError, InputError, to_install

_SKIPPED_AT_A_TIME = 1 << 20


def is_remote(address: str) -> bool:
    """Whether an address is one of http, S3 or the like, and no local path."""
    return "://" in address


def needed(module: str, *, extra: str, what: str) -> Any:  # noqa: ANN401 - a module
    """Import a library that only some installations have.

    Raises:
        ConfigError: It is missing; the message names the extra that brings it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigError(f"{what} needs {error.name}: {to_install(extra)}") from error


def opened(address: str, offset: int = 0) -> IO[bytes]:
    """Open an input for reading from byte `offset` on.

    Raises:
        InputError: It cannot be opened.
        ConfigError: A library for addresses of this kind is missing.
    """
    try:
        if not is_remote(address):
            file: IO[bytes] = Path(address).open("rb")  # noqa: SIM115 - the caller closes it
        else:
            file = _opened_remote(address)
        _go_to(file, offset)
    except ImportError as error:
        extra = "s3" if address.startswith("s3:") else "warc"
        raise ConfigError(f"{address}: {described(error)}; {to_install(extra)}") from error
    except ConfigError:
        raise
    except Exception as error:
        # Each of fsspec's file systems has exceptions of its own.
        raise InputError(f"{address}: cannot be opened: {described(error)}") from error
    return file


def size_of(file: IO[bytes]) -> int | None:
    """The size of an opened input in bytes, where its server tells."""
    size = getattr(file, "size", None)
    if isinstance(size, int):
        return size
    try:
        here = file.tell()
        end = file.seek(0, 2)
        file.seek(here)
    except (OSError, ValueError):
        return None
    return end


def size_to_enter(address: str) -> int | None:
    """The size of an input that can be read from any place on; None where it cannot, or cannot be opened.

    Raises:
        ConfigError: A library for addresses of this kind is missing.
    """
    try:
        with closing(opened(address)) as file:
            file.seek(1)
            return size_of(file)
    except (InputError, OSError, ValueError, NotImplementedError):
        return None


def described(error: BaseException) -> str:
    """What an exception says, in a line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:300] or type(error).__name__


def _opened_remote(address: str) -> IO[bytes]:
    fsspec = needed("fsspec", extra="warc", what=f"to read {address}")
    file: IO[bytes] = fsspec.open(address, "rb").open()
    if address.startswith("http") and not _knows_ranges(file):
        file.close()
        file = fsspec.open(address, "rb", block_size=0).open()  # from its beginning on, in one answer
    return file


def _knows_ranges(file: IO[bytes]) -> bool:
    """Whether the server sends a part of a file; some show that they do not only when one is asked for."""
    size = getattr(file, "size", None)
    try:
        if size:
            file.seek(size - 1)
            file.read(1)
            file.seek(0)
    except ValueError:
        return False
    return True


def _go_to(file: IO[bytes], offset: int) -> None:
    if not offset:
        return
    try:
        file.seek(offset)
    except (OSError, ValueError, NotImplementedError):
        # A server that knows no ranges: what comes before is read and forgotten.
        while offset > 0 and (passed := file.read(min(offset, _SKIPPED_AT_A_TIME))):
            offset -= len(passed)
