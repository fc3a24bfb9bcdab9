"""The demo: the batch, run twice against the small newspaper that ships with the package."""

from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from scraper.batch import run_batch
from scraper.cli.app import EXIT_INTERNAL, EXIT_OK
from scraper.cli.terminal import follow_run, show_report, shown
from scraper.config import Config
from scraper.demo.site import DemoSite
from scraper.records import Article, Event, Outcome, Report

SHOWN_CHARACTERS = 100


def demo_config(site_url: str, folder: Path) -> Config:
    """The configuration that the demo runs with: one source, state and output below `folder`."""
    return Config.from_dict(
        {
            "run": {"state": "state.db"},
            "fetch": {"delay_s": 0, "revisit_s": 0, "allow_private": True},
            "clean": {"removed": True},
            "output": [{"path": "articles"}],
            "source": [
                {
                    "name": "The Saltmere Courier",
                    "feeds": [f"{site_url}/feed.xml"],
                    "sitemaps": [f"{site_url}/sitemap.xml"],
                    "sections": [f"{site_url}/"],
                }
            ],
        },
        base=folder,
    )


def tour(folder: Path) -> int:
    """Run the demo below `folder` and show on standard output what came of it; returns the exit code."""
    screen = Console()
    first_events: list[Event] = []
    with DemoSite() as site:
        config = demo_config(site.url, folder)
        screen.rule("First run: everything is new")
        first = _run(config, first_events)
        show_report(first, screen)
        _show_drops(first_events, screen)
        screen.rule("Second run: one article has changed, one is new")
        site.edition = 2
        second = _run(config, [])
        show_report(second, screen)
        asked = sum(1 for _, _, status in site.requests if status == 304)  # noqa: PLR2004 - Not Modified
        screen.print(
            f"{asked} addresses answered “304 Not Modified”: nothing was fetched or handed over twice."
        )
    articles = _articles(folder / "articles")
    screen.rule("What was kept, and what cleaning took out of it")
    screen.print("Menus, related links, comments and the like stand outside the article and never get here.")
    for article in articles[: first.stored]:
        _show_article(article, screen)
    screen.rule("Where it lies")
    screen.print(f"articles  {folder / 'articles'}/part-*.jsonl   {len(articles)} records", soft_wrap=True)
    screen.print(f"report    {folder / 'articles' / 'run.json'}", soft_wrap=True)
    screen.print(f"state     {folder / 'state.db'}", soft_wrap=True)
    screen.print("Next: scraper init news.toml, name your sources in it, and scraper run news.toml")
    return EXIT_OK if first.exit_code == second.exit_code == 0 and first.stored else EXIT_INTERNAL


def _run(config: Config, events: list[Event]) -> Report:
    # The tour tells its story on standard output; a log beside it would only repeat it.
    with follow_run(quiet=not Console(stderr=True).is_terminal) as show:

        def note(event: Event) -> None:
            events.append(event)
            show(event)

        return run_batch(config, on_event=note)


def _articles(folder: Path) -> list[Article]:
    decoder = msgspec.json.Decoder(Article)
    parts = sorted(folder.glob("part-*.jsonl"))
    return [decoder.decode(line) for part in parts for line in part.read_bytes().splitlines()]


def _show_drops(events: list[Event], screen: Console) -> None:
    table = Table(title="Not articles, and why", title_justify="left", header_style="bold")
    for heading in ("address", "reason", "evidence"):
        table.add_column(heading, overflow="fold")
    for event in events:
        if event.event == "link_settled" and event.outcome in {Outcome.DROPPED, Outcome.DEFERRED}:
            path = "/" + (event.url or "").split("/", 3)[-1]
            table.add_row(shown(path), event.reason, shown(event.detail or ""))
    screen.print(table)


def _show_article(article: Article, screen: Console) -> None:
    screen.print(f"[bold]{shown(article.title or '')}[/]  [dim]{article.word_count} words[/]", soft_wrap=True)
    screen.print(f"  [green]kept[/]     {shown(_shortened(article.text))}", soft_wrap=True)
    for removal in article.removed or ():
        screen.print(
            f"  [red]removed[/]  {removal.kind:<14} {shown(_shortened(removal.text))}", soft_wrap=True
        )


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[: SHOWN_CHARACTERS - 1]}…"
