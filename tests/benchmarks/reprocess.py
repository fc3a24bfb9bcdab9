"""Measure `scraper reprocess` beside the bare extractor: `python -m tests.benchmarks.reprocess FILE.warc.gz`.

The file is one that `tests.benchmarks.archive` made. The bare extractor is `examine_page` on pages that are
in memory already: in one process, times the cores, and in as many processes as there are cores at once, which
is what the machine can give. Memory is that of the command and all its workers together.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from scraper.page import PageOptions, examine_page
from scraper.records import Page, Report
from scraper.web.warc import Archive, unpacked

POLL_S = 0.2
MAX_BYTES = 30_000_000


def bare(path: str, pages: int, skip: int = 0) -> tuple[int, float, float]:
    """Pages, seconds and CPU seconds of the extractor alone."""
    found = _pages(path, pages, skip)
    options = PageOptions()
    examine_page(found[0], options)
    begun, cpu = time.perf_counter(), time.process_time()
    for page in found:
        examine_page(page, options)
    return len(found), time.perf_counter() - begun, time.process_time() - cpu


def _pages(path: str, pages: int, skip: int) -> list[Page]:
    stored = (entry.stored for entry in Archive(path).entries() if entry.stored)
    return [unpacked(each, MAX_BYTES) for each in islice(stored, skip, skip + pages)]


class Watch(threading.Thread):
    """Looks at the memory of a process and its children, and at its own CPU time, until it has ended."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.own_s = 0.0
        self._pid = pid

    def run(self) -> None:
        """Look now and then."""
        while Path(f"/proc/{self._pid}").exists():
            self.peak = max(self.peak, sum(map(_resident, _family(self._pid))))
            self.own_s = max(self.own_s, _cpu(self._pid))
            time.sleep(POLL_S)


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in _family(int(child)))]


def _cpu(pid: int) -> float:
    """CPU seconds of a process, without its children."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * 4096
    except (OSError, IndexError):
        return 0


def reprocess(path: str, workers: int) -> tuple[Report, float, Watch, float]:
    """The report of the command, its seconds, what was seen of it, and CPU seconds with those of workers."""
    with tempfile.TemporaryDirectory() as folder:
        begun, before = time.perf_counter(), os.times()
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "scraper", "reprocess", path, "--quiet", "--workers", str(workers)),
                *("-o", f"{folder}/articles", "--state", f"{folder}/state.db"),
            ]
        )
        watch = Watch(process.pid)
        watch.start()
        process.wait()
        watch.join()
        after = os.times()
        seconds = time.perf_counter() - begun
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        report = msgspec.json.decode(Path(folder, "articles", "run.json").read_bytes(), type=Report)
    return report, seconds, watch, cpu


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--pages", type=int, default=2_400, help="pages of the file that the extractor reads")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    path, cores = str(arguments.file.absolute()), arguments.workers
    count, alone_s, alone_cpu = bare(path, arguments.pages)
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        together = list(pool.map(bare, [path] * cores, [arguments.pages] * cores))
    report, wall_s, seen, cpu_s = reprocess(path, cores)
    records = report.links + report.skipped
    megabytes = arguments.file.stat().st_size / 1e6
    alone = count / alone_s * cores
    at_once = sum(pages / seconds for pages, seconds, _ in together)
    speed = report.links / wall_s
    table = Table("what", "figure", title=arguments.file.name)
    rows = [
        ("records", f"{records:,} ({report.links:,} pages, {report.stored:,} articles)"),
        ("size", f"{megabytes:,.0f} MB"),
        ("time", f"{wall_s:,.1f} s, start and end included"),
        (f"bare extractor, 1 process x {cores}", f"{alone:,.1f} pages/s"),
        (f"bare extractor, {cores} processes at once", f"{at_once:,.1f} pages/s"),
        (f"reprocess, {cores} workers", f"{speed:,.1f} pages/s, {megabytes / wall_s:,.1f} MB/s"),
        ("share of bare x cores", f"{speed / alone:.1%}"),
        ("share of bare at once", f"{speed / at_once:.1%}"),
        ("CPU for a page, bare", f"{alone_cpu / count * 1e3:,.2f} ms"),
        ("CPU for a page, reprocess", f"{cpu_s / max(1, report.links) * 1e3:,.2f} ms"),
        ("of it the command, without workers", f"{seen.own_s / max(1, report.links) * 1e3:,.2f} ms"),
        ("most memory, all processes", f"{seen.peak / 1e6:,.0f} MB"),
    ]
    for row in rows:
        table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
