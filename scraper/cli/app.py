"""The application that the verbs register with, and the exit codes that they end with."""

import re
from typing import Annotated, Final, Literal

import typer
from typer.core import TyperCommand

from scraper import __version__

EXIT_OK = 0
EXIT_UNHEALTHY = 1
EXIT_USAGE = 2
EXIT_INTERNAL = 3
EXIT_LOCKED = 4
EXIT_STOPPED = 5

EXIT_CODES: Final = {
    EXIT_OK: "healthy",
    EXIT_UNHEALTHY: "done, but not all was well: a threshold was missed, no source could be read, or an "
    "input could not be read or gave nothing",
    EXIT_USAGE: "usage or configuration",
    EXIT_INTERNAL: "internal error, or the state or an output cannot be read or written (disk full, failing, "
    "damaged)",
    EXIT_LOCKED: "another run holds the lock; nothing was done",
    EXIT_STOPPED: "stopped early (signal or time limit), everything safe",
}

EPILOG = f"""Exit codes: {" · ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items())}.

Results go to standard output or files, everything else to standard error. Whoever stops reading, as `head`
does, has what they wanted: the verb ends there, with 0."""

Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        help="A file whose ending tells its format, or a folder: any name with another ending, or with / "
        "behind it.",
        metavar="PATH",
    ),
]
"""The option that every verb with results has."""

Engine = Annotated[
    Literal["local", "ray"] | None,
    typer.Option(
        help="Where the work is done: local, or ray, the cluster that RAY_ADDRESS names (without it, this "
        "machine's cores); the configuration decides when unset.",
        metavar="NAME",
    ),
]
"""An option that every verb with much work has."""

MaxRuntime = Annotated[
    float | None,
    typer.Option(help="Stop after so many seconds, with everything safe (exit code 5).", metavar="SECONDS"),
]
"""As above; a configuration has `run.max_runtime_s`."""

AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Ask addresses of this machine and of an intranet, too.")
]
"""The option that every verb with an address has; a configuration has `fetch.allow_private`."""


def _keys(incomplete: str) -> list[str]:
    """Keys of the record that go on from what a shell has of `--fields`."""
    from scraper.records import Article

    before, comma, begun = incomplete.rpartition(",")
    taken = before.split(",")
    return [
        before + comma + key
        for key in Article.__struct_fields__
        if key.startswith(begun) and key not in taken
    ]


Fields = Annotated[
    str | None,
    typer.Option(
        help="Keys of the record, in this order, with commas between.", metavar="KEYS", autocompletion=_keys
    ),
]
FieldsAs = Annotated[
    Literal["trafilatura", "fundus", "news-please", "newspaper", "schema.org"] | None,
    typer.Option(help="Keys and values as another program, or a vocabulary, has them."),
]
"""The options that every verb with records has."""


def _kinds(incomplete: str) -> list[str]:
    """Kinds of boilerplate that a shell may offer."""
    from scraper.clean.catalogue import KINDS

    return sorted(kind for kind in KINDS if kind.startswith(incomplete))


Keep = Annotated[
    list[str] | None,
    typer.Option(
        help="A kind of boilerplate to leave in, such as newsletter; may be given again.",
        metavar="KIND",
        autocompletion=_kinds,
    ),
]
ProfileOption = Annotated[
    Literal["text", "tokens"],
    typer.Option(help="Text, or its tokens: lower case without punctuation, digits and function words."),
]
Removed = Annotated[bool, typer.Option("--removed", help="List what cleaning took out.")]
"""The options of every verb that cleans."""

_TYPE: Final = re.compile(r" <(?:list\[)?(?:str|int|float|path)\]?>")


class Verb(TyperCommand):
    """A verb whose help has names as manuals have them, where typer adds braces and types of Python."""

    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # its own Context
        """`FILE`, `[RUN]`, `URL...` for typer's `{FILE}`, `[[RUN]]`, `{URL...}...`."""
        return [placeholder(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]  # as above
        """Without the types of arguments, and in the same columns."""
        return _TYPE.sub(lambda found: " " * len(found[0]), super().get_help(ctx))


def placeholder(piece: str) -> str:
    """A place of an argument, without what typer puts around it."""
    name = piece.strip("[{}].") + ("..." if piece.endswith("...") else "")
    return f"[{name}]" if piece.startswith("[") else name


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


def field_names(fields: str | None) -> tuple[str, ...]:
    """What an option with commas names."""
    return tuple(name.strip() for name in fields.split(",") if name.strip()) if fields else ()


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
