"""Whatever the web sends: what is logged, shown and written is harmless to whoever looks at it."""

import asyncio
import json
import re
from pathlib import Path

import pytest

from scraper.cli import run
from tests.servers import Handler, Server, answer, page, redirect

ESCAPE = "\x1b]0;owned\x07\x1b[31m"
BIDI = "\u202egnp.exe\u2066"
CONTROL = "\x07\x08\x7f\x9b2J\u2028"
EVIL = ESCAPE + BIDI + CONTROL
STORY = "".join(
    f"<p>The council met for the {word} time on Tuesday, and once again the members spoke at length about "
    f"the sea wall, its cost and its colour, before they agreed to meet for another evening.{EVIL}</p>"
    for word in ("first", "second", "third", "fourth", "fifth")
)
FEED = f"""<rss version="2.0"><channel><title>x</title>
<item><title>A story{EVIL}</title><link>BASE/a?{EVIL}</link><author>{EVIL}</author></item>
<item><title>{EVIL}</title><link>BASE/../../../../etc/{EVIL}</link></item>
<item><title>Type</title><link>BASE/type</link></item>
<item><title>Location</title><link>BASE/location</link></item>
<item><title>Secret</title><link>http://me:hunter2@127.0.0.1/a</link></item>
<item><title>To a secret</title><link>BASE/to-secret</link></item>
<item><title>Retry</title><link>BASE/retry</link></item>
</channel></rss>"""
ROUTES: dict[str, Handler] = {
    "/a": page(
        f"<html lang='en{EVIL}'><head><title>The sea wall{EVIL}</title>"
        f"<meta name='author' content='Ann Other{EVIL}'>"
        f"<meta property='og:site_name' content='Courier{EVIL}'>"
        f"<meta name='description' content='{EVIL}'><meta property='article:section' content='{EVIL}x'>"
        f"<meta name='keywords' content='one{EVIL},two'></head>"
        f"<body><article><h1>The sea wall{EVIL}</h1>{STORY}</article></body></html>"
    ),
    "/type": answer(200, b"x", ESCAPE + "text/plain; \x9b"),
    "/location": redirect("http://[" + ESCAPE),
    "/to-secret": redirect("http://me:hunter2@127.0.0.1/"),
    "/retry": answer(403, EVIL.encode(), "text/html", ETag=ESCAPE),
}


def run_into(tmp_path: Path) -> None:
    """A run against the hostile site, which leaves what it leaves below the folder."""

    async def play() -> int:
        async with Server(ROUTES) as server:
            base = server.url("")
            routes = {**ROUTES, "/feed.xml": answer(200, FEED.replace("BASE", base).encode(), "text/xml")}
            server.routes = routes
            (tmp_path / "news.toml").write_text(
                "[run]\nworkers = 1\n[fetch]\ndelay_s = 0\nallow_private = true\nretries = 0\n"
                f'[[source]]\nname = "evil"\nfeeds = ["{base}/feed.xml"]\n',
                encoding="utf-8",
            )
            return await asyncio.to_thread(run, ["run", str(tmp_path / "news.toml")])

    assert asyncio.run(play()) in {0, 1}


def test_logs_texts_and_names_of_files_are_harmless(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run_into(tmp_path)
    log = capfd.readouterr().err
    assert len(log.splitlines()) >= 8
    assert all(line.isprintable() and json.loads(line) for line in log.splitlines())
    assert "hunter2" not in log
    known = re.compile(r"_STATE|_SUCCESS|run\.json|part-\d{9}-[0-9a-f]{16}\.jsonl")
    names = [path.name for path in (tmp_path / "articles").iterdir()]
    assert [name for name in names if not known.fullmatch(name)] == []
    [part] = (tmp_path / "articles").glob("part-*")
    [article] = map(json.loads, part.read_text("utf-8").splitlines())
    assert "sea wall" in article["text"]
    assert all(line.isprintable() for line in article["text"].split("\n"))
    assert all(paragraph["text"].isprintable() for paragraph in article["paragraphs"])


def test_what_is_printed_of_it_is_harmless(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_into(tmp_path)
    capsys.readouterr()
    for command in ("report", "status"):
        assert run([command, "-c", str(tmp_path / "news.toml")]) == 0
    shown = capsys.readouterr()
    assert "evil" in shown.out + shown.err
    assert all(line.isprintable() for line in (shown.out + shown.err).splitlines())
    assert "hunter2" not in shown.out + shown.err
