"""RFC 9309, section by section: `robots_cases.toml` has what is expected, and what of it does not hold."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from scraper.web.robots import RobotsRules
from scraper.web.urls import absolute

US = "news-scraper/1.0 (+https://example.org/bot)"
CASES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("robots_cases.toml").read_text(encoding="utf-8")
)["case"]
EXPECTATIONS = [
    (case, path, allowed)
    for case in CASES
    for key, allowed in (("allow", True), ("forbid", False))
    for path in case.get(key, ())
]
DIFFERENCES = [(case, *each.split(" ", 1)) for case in CASES for each in case.get("differs", ())]


def allows(case: dict[str, Any], path: str) -> bool:
    url = absolute("https://example.com/", f"https://example.com{path}")
    assert url is not None
    return RobotsRules.parse(case["robots"].encode()).allows(url, US)


@pytest.mark.parametrize(
    ("case", "path", "allowed"), EXPECTATIONS, ids=[f"{c['section']}: {path}" for c, path, _ in EXPECTATIONS]
)
def test_it_is_as_the_rfc_has_it(case: dict[str, Any], path: str, *, allowed: bool) -> None:
    assert allows(case, path) is allowed


@pytest.mark.parametrize(("case", "expected", "path"), DIFFERENCES)
def test_what_differs_is_known_and_has_a_reason(case: dict[str, Any], expected: str, path: str) -> None:
    assert case["why"]
    assert allows(case, path) is not (expected == "allow")


def test_the_table_is_large_enough_to_mean_something() -> None:
    assert len(EXPECTATIONS) >= 200
    assert len(DIFFERENCES) <= 0.02 * len(EXPECTATIONS)
