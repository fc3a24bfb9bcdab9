"""Builds the package and runs the tests against the wheel: `python -m tests.package [--quick]`.

The sdist is built from the checkout and the wheel from the sdist, as a package index would have them. The
wheel goes into a virtual environment of its own, and the tests are run in the unpacked sdist, whose
`scraper/` is taken away first: what they import can only be what is installed.
"""

import argparse
import contextlib
import email
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
import zipfile
from collections.abc import Iterator, Mapping
from email.message import Message
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent

NEEDED = (
    *("scraper/py.typed", "scraper/starter.toml", "scraper/extract/model.json", "scraper/rules/dates.toml"),
    *("scraper/rules/boilerplate/en.toml", "scraper/demo/pages/front.html", "scraper/manual/reference.md"),
    *("scraper/explain/webpage.css", "scraper/report/page.css", "scraper/article.schema.json"),
)
"""Data without which the program does not work, one of each kind."""

ABOUT_THE_WHEEL = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}

BESIDE_THE_CODE = {
    *(".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md"),
    *("constraints.txt", "pyproject.toml", "scraper", "tests"),
}
"""What an sdist has at its top."""

QUICK = ("tests/test_cli.py", "tests/test_page.py", "tests/test_manual.py", "tests/test_extras.py")


class Built(NamedTuple):
    """What was built."""

    sdist: Path
    wheel: Path
    unpacked: Path
    """The folder that the sdist unpacks to."""


def build(folder: Path) -> Built:
    """The sdist of the checkout and the wheel of that sdist, in `folder`."""
    from hatchling.build import build_sdist, build_wheel  # noqa: PLC0415 - only for those who build

    with contextlib.chdir(ROOT):
        sdist = folder / build_sdist(str(folder))
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    unpacked = folder / sdist.name.removesuffix(".tar.gz")
    with contextlib.chdir(unpacked):
        return Built(sdist, folder / build_wheel(str(folder)), unpacked)


def metadata(wheel: Path) -> Message:
    """What a wheel says of itself."""
    return email.message_from_bytes(_about(wheel)["METADATA"])


def files_of_wheel(wheel: Path) -> set[str]:
    """Names in a wheel, without what is about the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def files_of_package() -> set[str]:
    """Names in the checkout's `scraper/`, without what running it leaves behind."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "scraper").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def complaints(built: Built) -> Iterator[str]:
    """What is missing from the wheel and the sdist, and what has no business there."""
    inside, meant = files_of_wheel(built.wheel), files_of_package()
    yield from (f"wheel: {name} is missing" for name in sorted(meant.union(NEEDED) - inside))
    yield from (f"wheel: {name} does not belong there" for name in sorted(inside - meant))
    about = _about(built.wheel).keys() ^ ABOUT_THE_WHEEL
    yield from (f"wheel: {name} is missing, or does not belong there" for name in sorted(about))
    tops = {path.name for path in built.unpacked.iterdir()} ^ BESIDE_THE_CODE
    yield from (f"sdist: {name} is missing, or does not belong there" for name in sorted(tops))
    for path in built.unpacked.rglob("*"):
        if path.name == "__pycache__" or path.suffix in {".pyc", ".db"}:
            yield f"sdist: {path.relative_to(built.unpacked)} does not belong there"


def _about(wheel: Path) -> Mapping[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        names = (name for name in archive.namelist() if ".dist-info/" in name)
        return {name.partition(".dist-info/")[2]: archive.read(name) for name in names}


def install(built: Built, folder: Path) -> Path:
    """Install the wheel with what development needs, by the constraints; returns its Python."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True, symlinks=True)
    wanted = f"{built.wheel}[dev]"
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "-q")
    _run(*pip, "-c", built.unpacked / "constraints.txt", wanted, cwd=folder)
    # Of the same version there may be another one from before.
    _run(*pip, "--no-deps", "--force-reinstall", built.wheel, cwd=folder)
    return python


def try_out(built: Built, python: Path, *, quick: bool, more: list[str]) -> None:
    """Run the installed program and its tests, where no other `scraper` can be found."""
    shutil.rmtree(built.unpacked / "scraper")
    _run(python.parent / "scraper", "--version", cwd=built.unpacked)
    _run(
        python.parent / "scraper",
        "demo",
        "-o",
        built.unpacked.parent / "demo",
        cwd=built.unpacked,
        quiet=True,
    )
    where = "import scraper, sys; print(scraper.__file__); assert 'site-packages' in scraper.__file__"
    _run(python, "-c", where, cwd=built.unpacked)
    # `py.typed` counts: a program that uses the package is checked against its types.
    _run(python, "-m", "mypy", "--strict", "tests/examples", cwd=built.unpacked)
    _run(python, "-m", "pytest", "-q", *(QUICK if quick else ()), *more, cwd=built.unpacked)


def _run(*command: str | Path, cwd: Path, quiet: bool = False) -> None:
    sys.stderr.write(f"+ {' '.join(map(str, command))}\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run(
        command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL if quiet else None, check=True
    )


def main() -> int:
    """Build, look, install, test; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.package", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="run only a few of the tests")
    parser.add_argument(
        "--venv", type=Path, help="where to install, again and again; else a folder that is gone after"
    )
    parser.add_argument("more", nargs="*", help="arguments for pytest, after --")
    given = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="scraper-package-") as temporary:
        folder = Path(temporary)
        built = build(folder)
        for path in (built.sdist, built.wheel):
            sys.stderr.write(f"built {path.name}, {path.stat().st_size:,} bytes\n")
        if problems := list(complaints(built)):
            sys.stderr.write("\n".join(problems) + "\n")
            return 1
        try:
            try_out(
                built,
                install(built, (given.venv or folder / "venv").absolute()),
                quick=given.quick,
                more=given.more,
            )
        except subprocess.CalledProcessError as error:
            sys.stderr.write(f"{Path(error.cmd[0]).name} ended with {error.returncode}\n")
            return 1
    sys.stderr.write(f"all is well with the wheel, after {time.monotonic() - begun:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
