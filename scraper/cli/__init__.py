"""The command line: parse, call, print, exit code."""

import errno
import signal
import sys
import traceback
from types import FrameType

from typer.exceptions import TyperException

from scraper.cli import archive_verbs, batch_verbs, explain, export_verbs, manual, state_verbs, text_verbs
from scraper.cli.app import (
    EPILOG,
    EXIT_INTERNAL,
    EXIT_LOCKED,
    EXIT_OK,
    EXIT_STOPPED,
    EXIT_USAGE,
    Verb,
    app,
)
from scraper.cli.streams import drop_output, settle_streams
from scraper.errors import ConfigError, InputError, ScraperError, StateLocked
from scraper.web.printable import log_visibly, visible_lines

__all__ = [
    "EPILOG",
    "app",
    "archive_verbs",
    "batch_verbs",
    "explain",
    "export_verbs",
    "main",
    "manual",
    "run",
    "state_verbs",
    "text_verbs",
]

TYPER_INTERRUPTED = 130
"""What typer makes of a KeyboardInterrupt."""

for verb in app.registered_commands:
    verb.cls = Verb


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    # Before a run listens itself, and in the other verbs, a service manager's signal is as good as Ctrl-C.
    signal.signal(signal.SIGTERM, _interrupt)
    settle_streams()
    log_visibly()
    sys.exit(_let_go_of_output(run(arguments)))


def run(arguments: list[str] | None = None) -> int:  # noqa: PLR0911 - an exit code each
    """Run the command line; returns the exit code."""
    try:
        code = app(args=arguments, standalone_mode=False, prog_name="scraper")
    except TyperException as error:
        return _wrong_usage(error)
    except (ConfigError, InputError) as error:
        return _fail(str(error), EXIT_USAGE)
    except StateLocked as error:
        return _fail(str(error), EXIT_LOCKED)
    except ScraperError as error:
        return _fail(str(error), EXIT_INTERNAL)
    except Exception as error:  # noqa: BLE001 - the last place to say what happened
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return _fail(f"cannot go on: {error.strerror}", EXIT_INTERNAL)
        sys.stderr.write(visible_lines(traceback.format_exc()))
        return _fail("internal error; please report it with the lines above", EXIT_INTERNAL)
    if code == TYPER_INTERRUPTED:
        return _fail("interrupted", EXIT_STOPPED)
    return code if isinstance(code, int) else EXIT_OK


def _let_go_of_output(code: int) -> int:
    """Flush standard output while it can still be told that this fails; returns the exit code."""
    try:
        sys.stdout.flush()
    except OSError as error:
        drop_output()
        if code == EXIT_OK and not isinstance(error, BrokenPipeError):
            return _fail(f"cannot go on: {error.strerror}", EXIT_INTERNAL)
    return code


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wrong_usage(error: TyperException) -> int:
    context = getattr(error, "ctx", None)
    message = error.format_message()
    if context is None:
        return _fail(message, EXIT_USAGE)
    if message == context.get_help():  # nothing was asked for
        sys.stderr.write(message + "\n")
        return EXIT_USAGE
    # What typer's checks of values say begins so.
    message = message.replace("Value error, ", "").removesuffix(".")
    end = "" if message.endswith("?") else "."
    return _fail(f"{message}{end} Try: {context.command_path} --help", EXIT_USAGE)


def _fail(message: str, code: int) -> int:
    sys.stderr.write(visible_lines(f"scraper: {message}\n"))
    return code
