"""The container file: what it builds runs as nobody in particular and keeps what lasts in a volume."""

import json
import re
import tomllib

import pytest

from tests.package import ROOT

if not (ROOT / "scraper").is_dir():
    pytest.skip("the tests run against an installed package", allow_module_level=True)

TEXT = (ROOT / ".ci" / "Containerfile").read_text(encoding="utf-8")


def instructions() -> list[tuple[str, str]]:
    """Name and arguments of each instruction, comments and line continuations resolved."""
    lines = "\n".join(line for line in TEXT.splitlines() if not line.lstrip().startswith("#"))
    found = []
    for line in re.sub(r"\\\n\s*", " ", lines).splitlines():
        if line.strip():
            name, _, arguments = line.partition(" ")
            found.append((name, arguments.strip()))
    return found


def last_stage() -> list[tuple[str, str]]:
    """What the image itself is made of."""
    found = instructions()
    start = max(number for number, (name, _) in enumerate(found) if name == "FROM")
    return found[start:]


def test_it_starts_from_an_image_of_a_named_version_with_a_python_that_we_support() -> None:
    bases = [arguments for name, arguments in instructions() if name == "FROM"]
    assert len(bases) == 2
    assert all(base.startswith("docker.io/library/python:${PYTHON}") for base in bases)
    [tag] = [
        arguments for name, arguments in instructions() if name == "ARG" and arguments.startswith("PYTHON=")
    ]
    python = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "requires-python"
    ]
    assert tag.removeprefix("PYTHON=").startswith(python.removeprefix(">=") + "-slim-")


def test_it_runs_as_a_user_without_rights_told_by_number() -> None:
    [user] = [arguments for name, arguments in last_stage() if name == "USER"]
    uid, gid = map(int, user.split(":"))
    assert uid >= 10_000
    assert gid >= 10_000
    after = [name for name, _ in last_stage()][[name for name, _ in last_stage()].index("USER") :]
    assert not {"RUN", "COPY", "ADD"}.intersection(after)


def test_state_and_outputs_lie_in_a_volume_that_the_user_may_write_to() -> None:
    stage = last_stage()
    [volumes] = [json.loads(arguments) for name, arguments in stage if name == "VOLUME"]
    [folder] = [arguments for name, arguments in stage if name == "WORKDIR"]
    # Relative paths of a configuration are taken from its folder, which is this one.
    assert volumes == [folder]
    assert f"install -d -o 10001 -g 10001 {folder}" in dict(stage)["RUN"]


def test_its_arguments_are_those_of_the_program() -> None:
    stage = dict(last_stage())
    assert json.loads(stage["ENTRYPOINT"]) == ["scraper"]
    assert json.loads(stage["CMD"]) == ["--help"]
    assert stage["STOPSIGNAL"] == "SIGTERM"


def test_everything_that_it_copies_is_there() -> None:
    copied = [arguments.split() for name, arguments in instructions() if name in {"COPY", "ADD"}]
    sources = [part for parts in copied if not parts[0].startswith("--from=") for part in parts[:-1]]
    assert {"pyproject.toml", "scraper", "README.md", "LICENSE", "constraints.txt"} == set(sources)
    assert all((ROOT / source).exists() for source in sources)


def test_what_it_installs_beside_is_extras_that_there_are() -> None:
    [extras] = [arguments for name, arguments in instructions() if arguments.startswith("EXTRAS=")]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(extras.removeprefix("EXTRAS=").split(",")) <= project["optional-dependencies"].keys()


def test_nothing_is_of_the_moment_and_nothing_is_secret() -> None:
    assert ":latest" not in TEXT
    assert not re.search(r"password|token|secret", TEXT, re.IGNORECASE)
    assert "curl" not in TEXT
