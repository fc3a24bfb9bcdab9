"""A long run on a generated web: does it grow, leak, lose, repeat, or become impolite?

    python -m tests.load.soak [--urls 200000] [--hosts 500] [--faults 0.05] [--runs 5] [--folder FOLDER]

Runs until nothing is deferred any more (at most RUNS times), then prints what was found: from the samples
taken within the runs, from the server's log, from the state and from what was published. It ends with 1 where
a promise is broken. FOLDER keeps everything for a look afterwards.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import linear_regression

import msgspec

from scraper.records import Report
from scraper.store import Store
from tests.load.articles import path, words_of
from tests.load.watched import Sample, samples_of
from tests.load.web import LASTING, PRIVATE, Asked, fault, hosts, logged

DELAY_S = 0.1
SETTLED_URLS = 20_000
"""Addresses from which on memory is to stay as it is."""
MOST_GROWTH_MIB = 20.0
COMPARED = 17
"""Each so manieth article is compared with the text that was put into its page."""


@contextmanager
def serving(folder: Path, *, count: int, pages: int, faults: float = 0.0, look: str = "") -> Iterator[int]:
    """The generated web, for the time of the block; gives its port."""
    arguments = [str(folder / "log"), str(count), str(pages), str(faults), look]
    command = [sys.executable, "-m", "tests.load.web", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def config(folder: Path, port: int, count: int) -> Path:
    """The configuration of a run over all hosts."""
    sources = "".join(
        f'[[source]]\nname = "{host}"\nsitemaps = ["http://{host}:{port}/sitemap.xml"]\n'
        for host in hosts(count)
    )
    text = (
        f"[run]\nworkers = 2\n[fetch]\nallow_private = true\ndelay_s = {DELAY_S}\nconcurrency = 64\n"
        f'read_timeout_s = 3.0\nretry_gap_s = 0.0\n[[output]]\npath = "articles"\n{sources}'
    )
    made = folder / "soak.toml"
    made.write_text(text, "utf-8")
    return made


def grown(samples: list[Sample], asked: list[Asked]) -> Iterator[tuple[int, Sample]]:
    """The samples, each with the addresses that had been asked for by then."""
    times = sorted(each.ended for each in asked)
    at = 0
    for sample in samples:
        while at < len(times) and times[at] <= sample.at:
            at += 1
        yield at, sample


def rise(points: list[tuple[int, float]]) -> float:
    """What a straight line through the points rises from the first to the last."""
    if len(points) < 3 or points[0][0] == points[-1][0]:
        return 0.0
    return linear_regression([x for x, _ in points], [y for _, y in points]).slope * (
        points[-1][0] - points[0][0]
    )


def impolite(asked: list[Asked]) -> Iterator[str]:
    """What the log has that it must not have."""
    by_host: defaultdict[str, list[Asked]] = defaultdict(list)
    for each in asked:
        by_host[each.host].append(each)
        if each.path == PRIVATE:
            yield f"{each.host}{each.path} was asked for, which robots.txt forbids"
    for host, mine in by_host.items():
        mine.sort(key=lambda each: each.begun)
        for one, other in pairwise(mine):
            gap_s = other.begun - one.ended
            if gap_s < max(DELAY_S, one.peace_s):
                yield f"{host}{other.path} came {gap_s:.3f} s after {one.path}"


def published(folder: Path) -> Iterator[dict[str, object]]:
    """The records of all parts."""
    for part in sorted((folder / "articles").glob("part-*.jsonl")):
        with part.open("rb") as lines:
            for line in lines:
                yield msgspec.json.decode(line)


def judged(
    folder: Path, port: int, count: int, pages: int, faults: float
) -> tuple[dict[str, object], list[str]]:
    """What was published, held against what the web has."""
    expected = {
        f"http://{host}:{port}{path(number)}": (host, number)
        for host in hosts(count)
        for number in range(pages)
        if fault(host, number, faults) not in LASTING
    }
    seen: Counter[str] = Counter()
    compared = exact = 0
    for record in published(folder):
        url = str(record["requested_url"])
        seen[url] += 1
        if len(seen) % COMPARED == 0 and url in expected:
            compared += 1
            exact += str(record["text"]).split() == " ".join(words_of(*expected[url])[2]).split()
    lost, more = expected.keys() - seen.keys(), seen.keys() - expected.keys()
    twice = [url for url, times in seen.items() if times > 1]
    figures: dict[str, object] = {
        "articles to be had": len(expected),
        "published": seen.total(),
        "lost": len(lost),
        "twice": len(twice),
        "not to be had, and published": len(more),
        "texts exactly as printed": f"{exact} of {compared}",
    }
    return figures, [*sorted(lost)[:5], *twice[:5], *sorted(more)[:5]]


def main() -> int:
    parser = argparse.ArgumentParser(description="A long run on a generated web.")
    parser.add_argument("--urls", type=int, default=200_000)
    parser.add_argument("--hosts", type=int, default=500)
    parser.add_argument("--faults", type=float, default=0.05)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.folder:
        options.folder.mkdir(parents=True, exist_ok=True)
        return soak(options.folder, options)
    with tempfile.TemporaryDirectory() as folder:
        return soak(Path(folder), options)


def soak(folder: Path, options: argparse.Namespace) -> int:
    """Run, judge, tell; the exit code."""
    pages = options.urls // options.hosts
    reports: list[Report] = []
    with serving(folder, count=options.hosts, pages=pages, faults=options.faults, look="light") as port:
        made = config(folder, port, options.hosts)
        for number in range(options.runs):
            begun = time.monotonic()
            files = [folder / f"samples-{number}", folder / f"report-{number}"]
            subprocess.run([sys.executable, "-m", "tests.load.watched", made, *files], check=True)
            report = msgspec.json.decode(files[1].read_bytes(), type=Report)
            reports.append(report)
            tell(f"run {number + 1}", f"{time.monotonic() - begun:.0f} s: {told(report)}")
            if not report.deferred:
                break
    asked = list(logged(folder / "log"))
    wrong = [f"run {n + 1} does not add up" for n, report in enumerate(reports) if not adds_up(report)]
    if reports[-1].deferred:
        wrong.append("links are still deferred after the last run")
    wrong += usage(
        samples_of(folder / "samples-0"), [each for each in asked if each.path.startswith("/2026")]
    )
    wrong += outcomes(folder, options.hosts * (pages + 1))
    figures, unlike = judged(folder, port, options.hosts, pages, options.faults)
    for name, figure in figures.items():
        tell(name, figure)
    wrong += unlike
    rude = list(impolite(asked))
    tell("requests", f"{len(asked)}, {len(rude)} impolite")
    wrong += rude[:20]
    for line in wrong:
        tell("WRONG", line)
    return int(bool(wrong))


def adds_up(report: Report) -> bool:
    """Whether each link of the run has one outcome."""
    return report.links == report.stored + report.unchanged + report.dropped + report.deferred


def told(report: Report) -> str:
    """A run in a line."""
    dropped: Counter[str] = Counter()
    deferred: Counter[str] = Counter()
    for source in report.sources:
        dropped.update(source.dropped)
        deferred.update(source.deferred)
    return (
        f"{report.links} links, {report.stored} stored, {report.unchanged} unchanged, "
        f"{report.dropped} dropped {dict(dropped)}, {report.deferred} deferred {dict(deferred)}"
    )


def usage(samples: list[Sample], asked: list[Asked]) -> list[str]:
    """Tell what the first run used, and what of it grew."""
    points = list(grown(samples, asked))
    late = [(count, sample) for count, sample in points if count >= min(SETTLED_URLS, len(asked) // 4)]
    tell("addresses", "   RSS     workers  descriptors  tasks  threads")
    for count, sample in points[:: max(1, len(points) // 10)]:
        workers = "+".join(f"{mib:.0f}" for mib in sample.workers_mib)
        others = f"{sample.descriptors:11}  {sample.tasks:5}  {sample.threads:7}"
        tell(str(count), f"{sample.rss_mib:6.1f}  {workers:>10}  {others}")
    own = rise([(count, sample.rss_mib) for count, sample in late])
    theirs = rise([(count, sum(sample.workers_mib)) for count, sample in late])
    tell("growth", f"from {late[0][0]} on: {own:+.1f} MiB here, {theirs:+.1f} MiB in the workers together")
    descriptors = rise([(count, float(sample.descriptors)) for count, sample in late[:-5]])
    tasks = rise([(count, float(sample.tasks)) for count, sample in late[:-5]])
    tell("leaks", f"{descriptors:+.1f} descriptors, {tasks:+.1f} tasks from there to the end")
    wrong = []
    if max(own, theirs) > MOST_GROWTH_MIB:
        wrong.append("memory grows")
    return wrong


def outcomes(folder: Path, expected: int) -> list[str]:
    """Tell what the state holds."""
    with Store(folder / "state.db", read_only=True) as store:
        status = store.status()
    known = sum(links for _, links, _, _ in status.sources)
    size = sum(file.stat().st_size for file in folder.glob("state.db*"))
    tell(
        "state",
        f"{known} addresses, {status.queued} waiting; {size / 2**20:.0f} MiB, {size / known:.0f} bytes each",
    )
    return [] if known == expected else [f"the state knows {known} addresses, not {expected}"]


def tell(name: str, what: object) -> None:
    print(f"{name:>30}  {what}", flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    sys.exit(main())
