"""The report's page: all that an operator looks for, nothing from elsewhere, and for everyone to read."""

import re
from html.parser import HTMLParser
from importlib import resources
from typing import Any

import pytest

from scraper.config import HealthConfig
from scraper.records import Alarm, Cause, Figure, HostReport, Report
from scraper.report.html import VOID, Html, join, tag
from scraper.report.past import Past
from scraper.report.sourcelist import SHOWN_SOURCES
from scraper.report.webpage import ADVICE, report_page
from tests.report.making import run, source

EVIL = "<script>alert('1')</script>\" onload=\"x\x1b[31m\u202egnp"
ALARM = Alarm(
    source="Courier", figure=Figure.YIELD, value=0.02, baseline=0.9, count=50, cause=Cause.LAYOUT_CHANGE
)


class Outline(HTMLParser):
    """What a page is made of; fails where a tag is left open or closed twice."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts.append((self._open[-1], data))

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]

    def text(self) -> str:
        return " ".join(text for name, text in self.texts if name != "style")


def page_of(*reports: Report) -> str:
    """The page of runs that are given in their order."""
    return report_page(reports[::-1], title="state.db")


@pytest.fixture
def full() -> str:
    """Twenty runs with something of everything; the last one has alarms."""
    good = source(dropped={"listing": 4}, deferred={"timeout": 1}, removed={"newsletter": 7}, revised=2)
    host = HostReport(host="news.example", requests=40, errors=2, seconds=60.0, failures={"503": 2})
    before = [run(number, good, source("Gazette"), requests=40) for number in range(20)]
    broken = source(articles=0, stored=0, dropped={"too_short": 30}, failures=("https://x/: timeout",))
    bad: dict[str, Any] = {"alarms": (ALARM,), "missed": ("links: 1 > 0",), "exit_code": 1}
    last = run(20, broken, source("Gazette"), hosts=(host,), **bad)
    return page_of(*before, last)


def test_alarms_come_first_with_figure_baseline_cause_and_advice(full: str) -> None:
    text = Outline(full).text()
    for told in ("2 %", "usually 90 %", "likely cause: layout change", "links: 1 > 0", "https://x/: timeout"):
        assert told in text
        assert text.index(told) < text.index("new articles")
    assert text.index("Not healthy") < text.index("likely cause")


def test_every_cause_has_advice() -> None:
    assert set(ADVICE) == set(Cause)


def test_all_that_an_operator_looks_for_is_there(full: str) -> None:
    text = Outline(full).text()
    for part in (
        "Articles and words per day",
        "How links ended, last 21 runs",
        "Sources",
        "Against its own past",
        "Why links became no article",
        "What cleaning took out",
        "newsletter",
        "Slowest, by the mean of their answers",
        "Most failing",
        "2 times 503",
        "Runs",
    ):
        assert part in text, part


def test_the_charts_say_their_figures(full: str) -> None:
    titles = [text for name, text in Outline(full).texts if name == "title"]
    assert "1 Mar: 58 new articles" in titles
    assert "1 Mar: 24,000 words" in titles
    assert "1 Mar 06:00: 60 stored, 0 unchanged, 0 dropped, 0 deferred" in titles


def test_nothing_is_loaded_and_no_script_runs(full: str) -> None:
    outline = Outline(full)
    foreign = {"script", "img", "iframe", "object", "embed", "base"}
    assert foreign.isdisjoint(name for name, _ in outline.tags)
    for _, attributes in outline.tags:
        assert not [name for name in attributes if name.startswith("on") or name in {"src", "srcset"}]
    assert {link["href"] for link in outline.named("link")} == {"data:,"}
    assert all((link["href"] or "").startswith("#") for link in outline.named("a"))
    css = resources.files("scraper.report").joinpath("page.css").read_text("utf-8")
    assert "url(" not in css
    assert "@import" not in css
    [policy] = [meta["content"] for meta in outline.named("meta") if "http-equiv" in meta]
    assert "default-src 'none'" in (policy or "")


def test_whatever_a_source_a_host_or_a_failure_is_called_it_stays_text() -> None:
    report = run(
        0,
        source(EVIL, dropped={EVIL: 1}, removed={EVIL: 1}, failures=(EVIL,)),
        hosts=(HostReport(host=EVIL, requests=1, errors=1, seconds=1.0, failures={EVIL: 1}),),
        alarms=(Alarm(source=EVIL, figure=Figure.YIELD, value=0, baseline=1, count=1, cause=Cause.BLOCK),),
        missed=(EVIL,),
        run_id=EVIL,
        stopped=EVIL,
    )
    page = report_page([report], title=EVIL)
    outline = Outline(page)
    assert not outline.named("script")
    assert not [attributes for _, attributes in outline.tags if "onload" in attributes]
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "<script>alert('1')</script>\" onload=\"x\\x1b[31m\\u202egnp" in outline.text()


def test_tables_charts_and_parts_are_named_for_those_who_listen(full: str) -> None:
    outline = Outline(full)
    assert outline.named("html")[0]["lang"] == "en"
    assert {cell.get("scope") for cell in outline.named("th")} == {"row", "col"}
    for drawing in outline.named("svg"):
        assert drawing.get("aria-hidden") == "true" or drawing.get("aria-label")
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for part in outline.named("section"):
        assert part["aria-labelledby"] in ids
    for link in outline.named("a"):
        assert (link["href"] or "").removeprefix("#") in ids
    regions = [one for one in outline.named("div") if one.get("role") == "region"]
    assert all(one["tabindex"] == "0" and one["aria-label"] for one in regions)
    assert len(regions) == len(outline.named("table"))


def test_a_first_run_that_found_nothing_has_a_page() -> None:
    text = Outline(page_of(run(0, source(found=0, stored=0, tried=0, articles=0, median_words=None)))).text()
    assert "Healthy" in text
    assert "Too few pages so far to tell what is usual." in text
    assert "Nothing yet." in text
    assert "No request failed." in text
    assert "There is none." in Outline(page_of(run(0))).text()


def test_only_the_runs_that_are_asked_for_are_shown() -> None:
    runs = [run(number, source()) for number in range(20)]
    page = report_page(runs[:-6:-1], title="x", past=Past(runs[-2::-1]))
    assert "How links ended, last 5 runs" in page
    assert "How links ended, last run" in page_of(runs[0])
    assert "Too few pages" not in page


def test_sources_with_alarms_stand_first_and_the_smallest_of_very_many_are_left_out() -> None:
    sources = [source(f"Paper {number}", found=number) for number in range(SHOWN_SOURCES + 7)]
    page = page_of(run(0, *sources, source("Courier", found=0), alarms=(ALARM,)))
    names = re.findall(r'<span class="name">([^<]*)<', page)
    assert names[0] == "Courier"
    assert len(names) == SHOWN_SOURCES
    assert "… and 8 smaller sources." in page


def test_the_thresholds_of_the_configuration_tell_what_is_usual() -> None:
    runs = [run(number, source()) for number in range(8)]
    page = report_page(runs[::-1], title="x", health=HealthConfig(min_pages=1000))
    assert "share of the pages that are articles" not in page


# ---- colours -----------------------------------------------------------------------------------------


def schemes() -> list[dict[str, str]]:
    css = resources.files("scraper.report").joinpath("page.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    return [dict(re.findall(r"--([\w-]+): (#\w+);", block)) for block in blocks]


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", schemes(), ids=["light", "dark"])
def test_text_and_its_ground_differ_enough_to_be_read(scheme: dict[str, str]) -> None:
    pairs = [(ink, ground) for ink in ("ink", "quiet", "focus") for ground in ("ground", "card")]
    pairs += [(mood, f"{mood}-ground") for mood in ("good", "warn", "bad")]
    pairs += [("quiet", "bad-ground"), ("ink", "bad-ground"), ("ink", "warn-ground"), ("ink", "hover")]
    for ink, ground in pairs:
        assert contrast(scheme[ink], scheme[ground]) >= 4.5, (ink, ground)


@pytest.mark.parametrize("scheme", schemes(), ids=["light", "dark"])
def test_bars_stand_out_from_their_ground(scheme: dict[str, str]) -> None:
    for bar in ("stored", "words", "removed"):
        assert contrast(scheme[bar], scheme["card"]) >= 3, bar


# ---- building ----------------------------------------------------------------------------------------


def test_what_is_not_markup_is_escaped() -> None:
    built = tag("p", "a < b & c", Html("<br>"), None, ["x", 7], class_='"q"', hidden=True, title=None)
    assert built == '<p class="&quot;q&quot;" hidden>a &lt; b &amp; c<br>x7</p>'
    assert join("a", Html("<i>")) == "a<i>"
