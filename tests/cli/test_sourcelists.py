"""`scraper init --from`: the lists of other readers become a configuration."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.cli import run
from scraper.cli.sourcelists import SourceList, as_configuration, key_of
from scraper.config import Config

OPML = """<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<opml version="2.0"><head><title>&x;</title></head><body><outline text="News">
<outline type="rss" text="The &quot;Courier&quot;" xmlUrl="https://courier.example/rss"/>
<outline type="rss" title="The &quot;Courier&quot;" text="-" xmlUrl="https://courier.example/sport/rss"/>
<outline type="rss" xmlUrl="https://gazette.example/feed"/>
<outline type="rss" text="Odd" xmlUrl="feed://odd.example/rss"/>
<outline text="A folder"/></outline></body></opml>"""

SITELIST = """# Comments may be used
{ "base_urls": [
    { "url": "https://courier.example/", "crawler": "RssCrawler", overwrite_heuristics: {"og_type": true} }
    { # an article
      url: https://gazette.example/a/b
      crawler: Download
    }
    { "url": ["https://gazette.example/c", "https://gazette.example/a/b"], "crawler": "Download", },
    { "url": "https://feeds.echo.example/all.xml" }
] }"""

ADDRESSES = """
# mine
https://courier.example/
https://courier.example/politics/
https://courier.example/feed.xml
https://courier.example/2026/11/01/a-long-headline-of-some-story/
https://courier.example/sitemap.xml
https://gazette.example
https://gazette.example/
https://gazette.example/?edition=west
ftp://odd.example/
"""


def made(tmp_path: Path, name: str, text: str) -> list[dict[str, Any]]:
    (tmp_path / name).write_text(text, encoding="utf-8")
    target = tmp_path / "news.toml"
    assert run(["init", str(target), "--from", str(tmp_path / name)]) == 0
    assert Config.from_file(target).source
    sources: list[dict[str, Any]] = tomllib.loads(target.read_text(encoding="utf-8"))["source"]
    return sources


def test_each_feed_of_opml_is_a_source_by_its_title(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert made(tmp_path, "subscriptions.opml", OPML) == [
        {"name": 'The "Courier"', "feeds": ["https://courier.example/rss"]},
        {"name": 'The "Courier" (2)', "feeds": ["https://courier.example/sport/rss"]},
        {"name": "gazette.example", "feeds": ["https://gazette.example/feed"]},
    ]
    assert "feed://odd.example/rss: not an http or https address" in capsys.readouterr().err


def test_no_entity_of_opml_is_filled_in(tmp_path: Path) -> None:
    text = OPML.replace('text="Odd"', 'text="&x;"')
    (tmp_path / "a.opml").write_text(text, encoding="utf-8")
    assert run(["init", "-", "--from", str(tmp_path / "a.opml")]) in {0, 2}


def test_a_sitelist_of_news_please(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("hjson")
    assert made(tmp_path, "sitelist.hjson", SITELIST) == [
        {"name": "courier.example", "site": "https://courier.example/"},
        {
            "name": "gazette.example",
            "urls": ["https://gazette.example/a/b", "https://gazette.example/c"],
        },
        {"name": "feeds.echo.example", "feeds": ["https://feeds.echo.example/all.xml"]},
    ]
    assert "left out: overwrite_heuristics" in capsys.readouterr().err


def test_addresses_are_grouped_by_host_and_told_by_their_look(tmp_path: Path) -> None:
    assert made(tmp_path, "urls.txt", ADDRESSES) == [
        {
            "name": "courier.example",
            "site": "https://courier.example/",
            "feeds": ["https://courier.example/feed.xml"],
            "sitemaps": ["https://courier.example/sitemap.xml"],
            "sections": ["https://courier.example/politics/"],
            "urls": ["https://courier.example/2026/11/01/a-long-headline-of-some-story/"],
        },
        {"name": "gazette.example", "site": "https://gazette.example/"},
        {"name": "gazette.example (2)", "site": "https://gazette.example/?edition=west"},
    ]


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://news.example", "site"),
        ("https://news.example/?utm=1", "site"),
        ("https://news.example/rss", "feeds"),
        ("https://feeds.news.example/top", "feeds"),
        ("https://news.example/index.xml?page=1", "feeds"),
        ("https://news.example/sitemap-news.xml", "sitemaps"),
        ("https://news.example/world", "sections"),
        ("https://news.example/2026/11/01/ferry-returns-to-the-islands", "urls"),
    ],
)
def test_an_address_is_told_by_its_look(url: str, key: str) -> None:
    assert key_of(url) == key


@given(name=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
def test_any_name_is_written_as_toml_that_gives_it_back(name: str) -> None:
    listed = SourceList(sources=({"name": name, "feeds": ["https://news.example/feed"]},))
    text = as_configuration("# One [[source]] for each publication.", listed, name)
    assert tomllib.loads(text)["source"][0]["name"] == name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.opml", "<opml>"),
        ("a.opml", "<opml/>"),
        ("a.txt", "# nothing"),
        ("a.hjson", "{ base_urls: {} }"),
        ("a.hjson", "{ base_urls: ["),
    ],
)
def test_a_list_that_names_nothing_ends_with_2(
    tmp_path: Path, name: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if name.endswith("hjson"):
        pytest.importorskip("hjson")
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert run(["init", str(tmp_path / "news.toml"), "--from", str(tmp_path / name)]) == 2
    assert name in capsys.readouterr().err
    assert not (tmp_path / "news.toml").exists()
    assert run(["init", "-", "--from", str(tmp_path / "missing.txt")]) == 2
