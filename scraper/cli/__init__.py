"""The command line: parse, call, print, exit code."""

import sys
import traceback

import click
import typer

from scraper import __version__
from scraper.errors import ConfigError, InputError, ScraperError, StateLocked

EXIT_OK = 0
EXIT_UNHEALTHY = 1
EXIT_USAGE = 2
EXIT_INTERNAL = 3
EXIT_LOCKED = 4
EXIT_STOPPED = 5

EPILOG = """Exit codes: 0 healthy · 1 ran, but a health threshold was missed, or an input gave nothing ·
2 usage or configuration · 3 internal error · 4 another run holds the lock · 5 stopped early, everything safe.

Results go to standard output or files, everything else to standard error."""

app = typer.Typer(
    name="scraper",
    help="Fetches news articles in scheduled batch jobs and hands over clean text.\n\n"
    "New here? `scraper demo` shows everything without internet; `scraper init` writes a starter.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"scraper {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    *,
    version: bool = typer.Option(
        False, "--version", help="Print the version and exit.", callback=_version, is_eager=True
    ),
) -> None:
    del version


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:  # noqa: PLR0911 - an exit code each
    """Run the command line; returns the exit code."""
    # The verbs import what they need when they are called: `--help` is there at once.
    from scraper.cli import batch_verbs, state_verbs, text_verbs  # noqa: F401 - registers them

    try:
        code = app(args=arguments, standalone_mode=False, prog_name="scraper")
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted", EXIT_STOPPED)
    except (ConfigError, InputError) as error:
        return _fail(str(error), EXIT_USAGE)
    except StateLocked as error:
        return _fail(str(error), EXIT_LOCKED)
    except ScraperError as error:
        return _fail(str(error), EXIT_INTERNAL)
    except BrokenPipeError:
        # The reader of our output has gone, as `head` does; nothing is wrong with us.
        sys.stderr.close()
        return EXIT_OK
    except Exception:  # noqa: BLE001 - the last place to say what happened
        traceback.print_exc()
        return _fail("internal error; please report it with the lines above", EXIT_INTERNAL)
    return code if isinstance(code, int) else EXIT_OK


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"scraper: {message}\n")
    return code
