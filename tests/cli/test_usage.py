"""What is said to whoever calls a verb in a way that it cannot be called."""

import os
from pathlib import Path

import pytest

from scraper.cli import run


@pytest.mark.parametrize("arguments", [[], ["clean"], ["run"]])
def test_a_verb_alone_gets_its_help_and_nothing_around_it(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*arguments, "--help"]) == 0
    asked_for = capsys.readouterr().out
    assert run(arguments) == 2
    assert capsys.readouterr().err == asked_for


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["clean", "a", "--profile", "x"],
            "Invalid value for '--profile': 'x' is not one of 'text', 'tokens'. Try: scraper clean --help",
        ),
        (["cleen", "a"], "No such command 'cleen'. Did you mean 'clean'? Try: scraper --help"),
        (["run", "a", "--nosuch"], "No such option: --nosuch. Try: scraper run --help"),
    ],
)
def test_wrong_usage_is_told_in_a_line_that_names_the_help_of_the_verb(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert capsys.readouterr().err == f"scraper: {told}\n"


@pytest.mark.parametrize(
    ("verb", "usage"),
    [
        ("fetch", "[OPTIONS] URL..."),
        ("clean", "[OPTIONS] FILE|DIR|-"),
        ("report", "[OPTIONS] [RUN]"),
        ("manual", "[OPTIONS] [PAGE] [SECTION]"),
        ("reprocess", "[OPTIONS] WARC..."),
    ],
)
def test_the_usage_of_a_verb_has_names_and_no_types_of_python(
    verb: str, usage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([verb, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[0] == f"Usage: scraper {verb} {usage}"
    assert "str>" not in shown
    assert "[str" not in shown


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "CONFIG", "--fail-on", "foo"], "--fail-on: 'foo': not a threshold"),
        (["run", "CONFIG", "--shard", "3/2"], "--shard: '3/2': write K/N"),
        (["run", "CONFIG", "-o", "all.pdf"], "--output: 'all.pdf': unknown format"),
        (["fetch", "https://x.example/a", "--fields", "url,foo"], "--fields: no key of the record: foo"),
        (
            ["fetch", "https://x.example/a", "--proxy", "foo"],
            "--proxy: 'foo' is not an http or https address",
        ),
        (["extract", "CONFIG", "--fields", "url", "--fields-as", "fundus"], "--fields: name fields or"),
        (["extract", "CONFIG", "--keep", "adverts"], "--keep: no such kind: adverts"),
        (["clean", "CONFIG", "--keep", "adverts"], "--keep: no such kind: adverts"),
        (["explain", "CONFIG", "--keep", "adverts"], "--keep: no such kind: adverts"),
        (["export", "-o", "x.csv", "--partition", "date"], "--partition: only a folder of parts"),
        (["export", "-o", "x.db", "--table", "a-b"], "--table: 'a-b': letters, digits and _ only"),
    ],
)
def test_what_is_wrong_with_an_option_is_told_by_its_name(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "news.toml"
    config.write_text('[[source]]\nsite = "https://x.example/"\n', encoding="utf-8")
    assert run([str(config) if argument == "CONFIG" else argument for argument in arguments]) == 2
    assert capsys.readouterr().err.startswith(f"scraper: {told}")
    assert [path.name for path in tmp_path.iterdir()] == ["news.toml"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('[clean]\nkeep = ["adverts"]', "clean.keep: no such kind: adverts"),
        ('[health]\nfail_on = ["foo"]', "health.fail_on: 'foo': not a threshold"),
        ('[run]\nshard = "3/2"', "run.shard: '3/2': write K/N"),
        ('[run]\nstate = "."', "run.state: '.' is a folder; name a file in it"),
        ("[fetch]\ndealy_s = 2", "fetch.dealy_s: unknown key; did you mean `delay_s`?"),
    ],
)
def test_what_is_wrong_with_a_configuration_is_told_by_its_file(
    lines: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "news.toml"
    config.write_text(f'{lines}\n[[source]]\nsite = "https://x.example/"\n', encoding="utf-8")
    assert run(["run", str(config), "--fail-on", "words<1"]) == 2
    assert capsys.readouterr().err.startswith(f"scraper: {config}: {told}")
    assert run(["doctor", str(config)]) == 1
    assert f"{config}: {told}" in capsys.readouterr().out


def test_a_path_that_is_not_utf_8_is_refused_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / os.fsdecode(b"b\xfcr")
    folder.mkdir()
    (folder / "n.toml").write_text('[[source]]\nurls = ["https://127.0.0.1/a"]\n', encoding="utf-8")
    assert run(["run", str(folder / "n.toml")]) == 2
    assert "a path that is not UTF-8 cannot be used" in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["n.toml"]
