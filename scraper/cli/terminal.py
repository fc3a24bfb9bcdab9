"""What a person sees on standard error: progress and tables on a terminal, JSON lines elsewhere."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from scraper.records import Event, Report
from scraper.report import described
from scraper.store import ShardStatus, Status
from scraper.web.printable import counted, json_line, visible
from scraper.web.urls import without_userinfo

TITLE_WIDTH = 60
SHOWN_SOURCES = 40


def shown(text: str) -> str:
    """`text` as rich is to print it: nothing in it is markup or a control character."""
    return escape(visible(text))


def console() -> Console:
    """Standard error, as it is now (tests and redirections replace it)."""
    return Console(file=sys.stderr)


def log_line(event: Event) -> None:
    """Write an event as one line of JSON, without its empty fields."""
    fields = {
        key: without_userinfo(value) if isinstance(value, str) else value
        for key, value in msgspec.to_builtins(event).items()
        if value is not None
    }
    try:
        sys.stderr.write(json_line(fields) + "\n")
        sys.stderr.flush()
    except OSError:
        # The log's reader has gone, or its disk is full, and there is nobody left to tell. The run goes on:
        # the report says what became of it. What else is logged goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


@contextmanager
def follow_run(*, quiet: bool = False) -> Iterator[Callable[[Event], None]]:
    """Give what `run_batch` wants as `on_event`: a progress bar on a terminal, log lines elsewhere."""
    if quiet:
        yield lambda _: None
        return
    screen = console()
    if not screen.is_terminal:
        yield log_line
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[latest]}"),
    )
    with Progress(*columns, console=screen, transient=True) as progress:
        reading = progress.add_task("sources", total=None, latest="")
        pages: list[TaskID] = []

        def show(event: Event) -> None:
            if event.event == "document_read":
                progress.update(reading, advance=1, latest=shown(event.url or ""))
            elif event.event == "queue_opened":
                progress.update(reading, visible=False)
                pages.append(progress.add_task("pages", total=event.count or 0, latest=""))
            elif event.event == "archive_opened":
                progress.update(reading, description="pages", latest=shown(event.source or ""))
            elif event.event == "link_settled" and not pages:
                progress.update(reading, advance=1)
            elif event.event == "link_settled":
                latest = (event.title or event.reason or event.outcome or "")[:TITLE_WIDTH]
                progress.update(pages[0], advance=1, latest=shown(latest))
            elif event.event == "stopping":
                progress.console.print(f"stopping ({shown(event.detail or '')}): finishing what is in hand")

        yield show


def show_report(report: Report, screen: Console | None = None) -> None:
    """Print a run's report: a line for each source, then why links became no articles."""
    screen = screen or console()
    table = _table(
        f"Run {report.run_id}", "source", "found", "articles", "unchanged", "dropped", "deferred", "words"
    )
    by_size = sorted(report.sources, key=lambda source: -source.found)
    for source in by_size[:SHOWN_SOURCES]:
        dropped, deferred = sum(source.dropped.values()), sum(source.deferred.values())
        figures = (source.found, source.stored, source.unchanged, dropped, deferred, source.words)
        table.add_row(shown(source.name), *(f"{figure:,}" for figure in figures))
    screen.print(table)
    if len(by_size) > SHOWN_SOURCES:
        screen.print(
            f"… and {counted(len(by_size) - SHOWN_SOURCES, 'smaller source')} "
            f"(`scraper report --json` has them all)"
        )
    screen.print(
        f"{counted(report.links, 'link')} = {counted(report.stored, 'article')} "
        f"+ {report.unchanged:,} unchanged + {report.dropped:,} dropped + {report.deferred:,} deferred; "
        f"{counted(report.words, 'word')} in "
        f"{(report.ended_at - report.started_at).total_seconds():.1f} s",
        soft_wrap=True,
    )
    copies = sum(source.copies for source in report.sources)
    if copies:
        screen.print(
            f"{copies:,} of the articles {'tell' if copies > 1 else 'tells'} what another one tells "
            f"(`dup_of` names it)",
            soft_wrap=True,
        )
    _show_reasons("dropped", [source.dropped for source in report.sources], screen)
    _show_reasons("skipped records", [source.skipped for source in report.sources], screen)
    _show_reasons("deferred", [source.deferred for source in report.sources], screen)
    for source in report.sources:
        for failure in source.failures:
            screen.print(f"[yellow]could not read[/] {shown(failure)}", soft_wrap=True)
    _show_reasons("cleaning took out", [source.removed for source in report.sources], screen)
    for alarm in report.alarms:
        screen.print(f"[red]alarm[/] {shown(described(alarm))}", soft_wrap=True)
    for threshold in report.missed:
        screen.print(f"[red]threshold missed[/] {shown(threshold)}", soft_wrap=True)
    if report.stopped:
        screen.print(f"[magenta]stopped early[/] ({report.stopped}); the rest is kept for the next run")
    for part in report.parts:
        screen.print(f"wrote {shown(part)}", soft_wrap=True)


def _show_reasons(outcome: str, counts: Iterable[Mapping[str, int]], screen: Console) -> None:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    if total:
        reasons = ", ".join(f"{number:,} {reason}" for reason, number in total.most_common())
        screen.print(f"{outcome}: {reasons}", soft_wrap=True)


def _table(title: str, first: str, *figures: str) -> Table:
    """A table whose first column folds and whose figures never do."""
    table = Table(title=title, title_justify="left", header_style="bold")
    table.add_column(first, overflow="fold")
    for heading in figures:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _shards(shards: Sequence[ShardStatus]) -> Table:
    table = _table("Shards", "shard", "last run", "exit", "articles", "waiting", "given up")
    for each in shards:
        began = f"{each.last.started_at:%Y-%m-%d %H:%M}" if each.last else "none"
        code = str(each.last.exit_code) if each.last else ""
        table.add_row(each.shard, began, code, f"{each.articles:,}", f"{each.queued:,}", f"{each.gave_up:,}")
    return table


def show_status(status: Status) -> None:
    """Print what the state holds, on standard output."""
    screen = Console()
    screen.print(f"State {shown(status.path)}", soft_wrap=True)
    screen.print(
        f"{counted(status.articles, 'article')} ({counted(status.revisions, 'later revision')}), "
        f"{counted(status.queued, 'link')} waiting, {status.gave_up:,} given up"
    )
    table = _table("Sources", "source", "links known", "waiting", "articles")
    for name, links, waiting, articles in status.sources:
        table.add_row(shown(name), f"{links:,}", f"{waiting:,}", f"{articles:,}")
    screen.print(table)
    if status.shards:
        screen.print(_shards(status.shards))
    for each in status.shards:
        if each.error:
            screen.print(f"shard {each.shard}  {shown(each.error)}", soft_wrap=True)
    if status.deferred:
        waiting_for = ", ".join(f"{count:,} {reason}" for reason, count in status.deferred)
        screen.print(f"Waiting for a later run: {waiting_for}")
    for address, detail in status.given_up:
        screen.print(f"given up  {shown(address)}  [dim]{shown(detail)}[/]", soft_wrap=True)
    # The time that an id begins with names the run to `scraper report`, and fits into 80 columns.
    runs = _table("Last runs", "run", "exit", "links", "articles", "unchanged", "dropped", "deferred")
    runs.columns[0].no_wrap = True
    for report in status.runs:
        runs.add_row(
            report.run_id.partition("-")[0],
            str(report.exit_code),
            f"{report.links:,}",
            f"{report.stored:,}",
            f"{report.unchanged:,}",
            f"{report.dropped:,}",
            f"{report.deferred:,}",
        )
    screen.print(runs)
