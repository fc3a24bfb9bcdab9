"""What is said to whoever calls a verb in a way that it cannot be called."""

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
