"""No spelling, redirect or change of mind of a resolver leads anywhere but to the public web."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scraper.records import Reason

REFUSALS = {Reason.FORBIDDEN_ADDRESS, Reason.INVALID_URL, Reason.BAD_REDIRECT}
ALONE = ("unshare", "--map-root-user", "--net")
"""Runs a command in a network of its own, from which nothing leads outside."""


@pytest.fixture(scope="module")
def played() -> dict[str, Any]:
    if (
        sys.platform != "linux"
        or subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("needs Linux, and leave to make a network namespace (`unshare --net`)")
    done = subprocess.run(
        [*ALONE, sys.executable, "-m", "tests.hostile.addresses"],
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
        cwd=Path(__file__).parents[2],
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_there_are_more_spellings_than_anyone_published(played: dict[str, Any]) -> None:
    assert played["spellings"] >= 200


@pytest.mark.parametrize("way", ["address", "redirect", "rebinding"])
def test_nothing_inside_is_reached(played: dict[str, Any], way: str) -> None:
    assert played[way]["inside"] == []
    assert played[way]["connections"] > 0
    # What is left names a public host behind all its disguise, or nothing that there is.
    assert sum(reason in REFUSALS for reason in played[way]["reasons"]) >= 0.95 * played["spellings"]


def test_a_name_that_turns_into_a_private_address_is_asked_no_further(played: dict[str, Any]) -> None:
    assert set(played["rebinding"]["reasons"]) == {Reason.FORBIDDEN_ADDRESS}
    # One connection each: that for robots.txt, while the name was still public.
    assert played["rebinding"]["connections"] == played["spellings"]


def test_all_of_it_would_have_been_reached_without_the_check(played: dict[str, Any]) -> None:
    assert played["opened"] > 30
