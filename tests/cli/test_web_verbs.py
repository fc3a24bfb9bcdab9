"""The verbs that ask the web without a run: what they ask for, and the codes that they end with."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.cli import run
from scraper.demo import DemoSite
from scraper.demo.site import ARTICLE
from tests.servers import Asked, Server, answer, page

SETTINGS = "[run]\nworkers = 0\n[fetch]\ndelay_s = 0\nallow_private = true\n"
STORY = "".join(
    f"<p>The council met on {day} to discuss the repair of the sea wall, which is closed to walkers.</p>"
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday")
)


def test_where_everything_is_known_discover_and_a_dry_run_end_with_0_and_where_nothing_is_found_with_1(
    site: DemoSite, tmp_path: Path
) -> None:
    toml = tmp_path / "news.toml"
    article = next(path for path, ending in site.expected.items() if ending == ARTICLE)
    sources = f"{SETTINGS}[[source]]\nurls = "
    toml.write_text(f'{sources}["{site.url}{article}"]\n', encoding="utf-8")
    assert run(["run", str(toml), "-q"]) == 0
    assert run(["discover", str(toml)]) == 0
    assert run(["run", str(toml), "--dry-run"]) == 0
    toml.write_text(f'{sources}["nonsense"]\n', encoding="utf-8")
    assert run(["discover", str(toml)]) == 1


def test_fetch_cleans_as_extract_does_by_the_same_options(
    site: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    article = next(path for path, ending in site.expected.items() if ending == ARTICLE)
    options = ["--allow-private", "--removed", "--keep", "newsletter"]
    assert run(["fetch", site.url + article, *options]) == 0
    fetched = json.loads(capsys.readouterr().out)
    assert run(["extract", site.url + article, *options]) == 0
    extracted = json.loads(capsys.readouterr().out)
    assert fetched["text"] == extracted["text"]
    assert fetched["removed"] == extracted["removed"] != []
    assert run(["fetch", site.url + article, "--allow-private", "--text", "--profile", "tokens"]) == 0
    tokens = capsys.readouterr().out
    assert tokens == tokens.lower()


def test_discover_goes_through_a_proxy_that_is_named(
    site: DemoSite, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["discover", f"{site.url}/sitemap.xml", "--allow-private"]
    assert run([*arguments, "--proxy", "nonsense"]) == 2
    assert "--proxy: 'nonsense' is not" in capsys.readouterr().err

    async def play() -> list[str]:
        async with Server({"*": answer(404)}) as proxy:
            assert await asyncio.to_thread(run, [*arguments, "--proxy", proxy.url("")]) == 1
            return [asked.target for asked in proxy.asked]

    assert f"{site.url}/sitemap.xml" in asyncio.run(play())


@pytest.mark.parametrize(
    "arguments",
    [
        ["fetch", "notaurl"],
        ["fetch", "https://x.example/", "http://"],
        ["extract", "FOLDER", "--url", "notaurl"],
    ],
)
def test_what_is_no_address_is_wrong_usage(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([str(tmp_path) if argument == "FOLDER" else argument for argument in arguments]) == 2
    captured = capsys.readouterr()
    assert "is not an http or https address" in captured.err
    assert captured.out == ""


def test_discover_asks_for_what_a_run_would_ask_for_though_its_feed_is_dated_now(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def feed(asked: Asked, writer: asyncio.StreamWriter) -> None:
        entry = f"<entry><link href='/a'/><updated>{datetime.now(UTC).isoformat()}</updated></entry>"
        body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>{entry}</feed>"
        await answer(200, body.encode(), "application/atom+xml")(asked, writer)

    async def play() -> None:
        async with Server({"/feed": feed, "/a": page(STORY)}) as server:
            path = tmp_path / "news.toml"
            path.write_text(
                f'{SETTINGS}[[source]]\nfeeds = ["{server.url("/feed")}"]\n',
                encoding="utf-8",
            )
            for arguments in (["run", "-q", str(path)], ["discover", str(path)]):
                assert await asyncio.to_thread(run, arguments) == 0

    asyncio.run(play())
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["fetch"]
