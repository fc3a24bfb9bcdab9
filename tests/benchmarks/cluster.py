"""Archives on two Ray workers: `python -m tests.benchmarks.cluster PATH… [--files 8] [--pages 200]`.

Each PATH is a folder of a corpus, of whose pages the archives are made. Measured are one worker and two, and
two of which one is killed half way; each time the articles are held against those of this machine alone.
Needs the `ray` and `warc` extras.
"""

import argparse
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import ray
from rich.console import Console
from rich.table import Table

from scraper import Article, Config
from scraper.records import Event, Report
from scraper.reprocess import reprocess
from tests.benchmarks import archive


class Measured(msgspec.Struct, kw_only=True):
    """A run."""

    name: str
    report: Report
    seconds: float
    own_ms: float
    """CPU of the process that settles, for a page."""
    articles: list[Article]
    killed: int = 0


def make(folder: Path, paths: list[Path], *, files: int, pages: int) -> list[str]:
    """The archives."""
    source = enumerate(archive.pages(paths), 1)
    names = []
    for number in range(files):
        path = folder / f"pages-{number:03d}.warc.gz"
        with path.open("wb") as file:
            for index, (url, html) in islice(source, pages):
                file.writelines(archive.records(index, url, html))
        names.append(str(path))
    return names


def measured(
    name: str, archives: list[str], folder: Path, *, engine: str, workers: int, kill_at: int = 0
) -> Measured:
    """Reprocess the archives; with `kill_at`, kill a worker after so many pages."""
    settled = killed = 0

    def on_event(event: Event) -> None:
        nonlocal settled, killed
        settled += event.event == "link_settled"
        if kill_at and settled >= kill_at and not killed:
            killed = kill_one()

    config = Config.from_dict(
        {
            "run": {"state": str(folder / name / "state.db"), "engine": engine, "workers": workers},
            "output": [{"path": str(folder / name / "articles"), "format": "parquet"}],
        }
    )
    begun, cpu = time.perf_counter(), time.process_time()
    report = reprocess(archives, config, on_event=on_event)
    seconds, own = time.perf_counter() - begun, time.process_time() - cpu
    return Measured(
        name=name,
        report=report,
        seconds=seconds,
        own_ms=own / max(1, report.links) * 1e3,
        articles=list(articles_in(folder / name)),
        killed=killed,
    )


def articles_in(folder: Path) -> Iterator[Article]:
    """What was published, in order, but for the run."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - of the extra

    for part in sorted((folder / "articles").glob("part-*.parquet")):
        for row in pq.read_table(part).to_pylist():
            article = msgspec.convert(row, type=Article, strict=False)
            yield msgspec.structs.replace(article, run_id=None)


def kill_one() -> int:
    """Kill a worker of this cluster that is at an archive; its process id."""
    for pid in below(os.getpid()):
        if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"ray::MapBatches(read)"):
            os.kill(pid, signal.SIGKILL)
            return pid
    return 0


def below(pid: int) -> Iterator[int]:
    """The processes that a process has started, and theirs."""
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, thread.read_text(encoding="ascii").split()):
            yield child
            yield from below(child)


def shown(runs: list[Measured], reference: list[Article]) -> Table:
    """The table of all runs."""
    table = Table("run", "pages", "articles", "s", "pages/s", "own ms/page", "killed", "equal to local")
    for run in runs:
        pages = run.report.links
        table.add_row(
            run.name,
            f"{pages:,}",
            f"{run.report.stored:,}",
            f"{run.seconds:,.1f}",
            f"{pages / run.seconds:,.1f}",
            f"{run.own_ms:,.2f}",
            str(run.killed or ""),
            "yes" if run.articles == reference else "NO",
        )
    return table


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, help="folders of corpora")
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--pages", type=int, default=200, help="of each file")
    parser.add_argument("--rounds", type=int, default=2, help="of one worker and two, in turn")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ray-") as name:
        folder = Path(name)
        archives = make(folder, arguments.paths, files=arguments.files, pages=arguments.pages)
        half = arguments.files * arguments.pages // 2
        run: Callable[..., Any] = measured
        local = run("local-2", archives, folder, engine="local", workers=2)
        os.environ.setdefault("PYTHONPATH", str(Path.cwd()))
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        ray.init(
            address="local",
            num_cpus=2,
            object_store_memory=200 << 20,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
            _temp_dir=str(folder / "ray"),
        )
        try:
            run("warm", archives[:2], folder, engine="ray", workers=2)
            both = [
                run(f"ray-{workers}.{turn}", archives, folder, engine="ray", workers=workers)
                for turn in range(arguments.rounds)
                for workers in (1, 2)
            ]
            lost = run("ray-2-lost", archives, folder, engine="ray", workers=2, kill_at=half)
        finally:
            ray.shutdown()
        console = Console()
        console.print(shown([local, *both, lost], local.articles))
        one, two = (sum(each.seconds for each in both[start::2]) for start in (0, 1))
        console.print(f"1 to 2 workers, {arguments.rounds} rounds together: {one / two:.2f} times the speed")


if __name__ == "__main__":
    main()
