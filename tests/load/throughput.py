"""Pages per second from end to end (fetch, extract, clean, store) on a generated web, beside other programs.

    python -m tests.load.throughput [--pages 2000] [--hosts 50] [--rounds 3] [--others FOLDER]
                                    [--without NAME] [--real PATH…]

The web is served on loopback, without faults; politeness is off for all. Each program is given the same list
of addresses and started as its users start it, from its own environment: FOLDER is a virtual environment with
`pip install trafilatura scrapy news-please`. Rounds go through the programs in turn, so a machine that slows
down favours none; medians count. Times are those of the whole process, its start included. `whole` counts the
texts that have all paragraphs of their article, `clean` those of them without words of the page's furniture.
With --real, the pages of public corpora in the folders PATH… are served instead, each once.
"""

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.benchmarks import corpora
from tests.load.articles import path, words_of
from tests.load.peers import PROGRAMS, Program
from tests.load.soak import serving
from tests.load.web import hosts

LONGEST_S = 600
"""After this a program is ended, and counts with the texts that it has by then."""
FIRST_WORDS = 12
HEAD_WORDS = 80
"""Words of a text among which its first paragraph is looked for: title and byline may precede it."""
FURNITURE = ("not a robot", "daily newsletter", "once more", "All rights reserved")
"""Words of the page's furniture, and of no article."""

Bodies = dict[tuple[str, ...], list[str]]
"""The paragraphs of each article by its first words."""


class Figures(NamedTuple):
    """What a program did in a round."""

    pages_per_s: float
    cpu_s: float
    texts: int
    whole: int
    clean: int


def known(names: list[tuple[str, int]]) -> Bodies:
    """The articles of the web."""
    bodies = {}
    for name in names:
        _, _, paragraphs = words_of(*name)
        bodies[tuple(paragraphs[0].split()[:FIRST_WORDS])] = paragraphs
    return bodies


def has_all(text: str, bodies: Bodies) -> bool:
    """Whether a text has every paragraph of its article."""
    words = text.split()
    for at in range(HEAD_WORDS):
        paragraphs = bodies.get(tuple(words[at : at + FIRST_WORDS]))
        if paragraphs:
            return all(paragraph in text for paragraph in paragraphs)
    return False


def measured(program: Program, folder: Path, urls: list[str], bodies: Bodies, environment: Path) -> Figures:
    """Run it once in a folder of its own."""
    folder.mkdir()
    folder.joinpath("urls.txt").write_text("\n".join(urls) + "\n", "utf-8")
    program.prepare(folder, urls, environment)
    first, *others = program.command
    start = [sys.executable, "-m", "scraper"] if first == "scraper" else [str(environment / "bin" / first)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    with (
        folder.joinpath("said").open("w") as said,
        subprocess.Popen(
            [*start, *others],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(Path.cwd())},
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        try:
            process.wait(LONGEST_S)
        except subprocess.TimeoutExpired:
            # It waits for one of its own processes that has failed.
            os.killpg(process.pid, signal.SIGKILL)
    lasted_s = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    texts = [" ".join(text.split()) for text in program.texts(folder)]
    whole = [text for text in texts if has_all(text, bodies)]
    return Figures(
        pages_per_s=len(texts) / lasted_s,
        cpu_s=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        texts=len(texts),
        whole=len(whole),
        clean=sum(not any(words in text for words in FURNITURE) for text in whole),
    )


def rounds(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Figures]]:
    """Each program in each round."""
    pages = options.pages // options.hosts
    names = [(host, number) for number in range(pages) for host in hosts(options.hosts)]
    look = ""
    if options.real:
        look = str(folder / "real")
        names = list(stocked(folder / "real", names, options.real))
    bodies = {} if look else known(names)
    with serving(folder, count=options.hosts, pages=pages, look=look) as port:
        urls = [f"http://{host}:{port}{path(number)}" for host, number in names]
        for turn in range(options.rounds):
            for index, program in enumerate(PROGRAMS):
                if program.name == options.without:
                    continue
                if index and not options.others:
                    continue
                yield (
                    program.name,
                    measured(program, folder / f"{turn}-{index}", urls, bodies, options.others),
                )


def stocked(
    folder: Path, names: list[tuple[str, int]], corpora_folders: list[Path]
) -> Iterator[tuple[str, int]]:
    """Lay out real article pages to be served; gives the names that there are pages for."""
    folder.mkdir()
    articles = (sample for sample in corpora.read(corpora_folders) if sample.kind == "article")
    for (host, number), sample in zip(names, articles, strict=False):
        (folder / f"{host}-{number}.html").write_text(sample.html, "utf-8", errors="replace")
        yield host, number


def main() -> None:
    parser = argparse.ArgumentParser(description="Pages per second from end to end, beside other programs.")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--hosts", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--others", type=Path, help="virtual environment of the other programs")
    parser.add_argument("--without", metavar="NAME", help="a program that is not to be run")
    parser.add_argument("--folder", type=Path, help="where to keep everything")
    parser.add_argument("--real", type=Path, nargs="+", metavar="PATH", help="folders of public corpora")
    options = parser.parse_args()
    found: defaultdict[str, list[Figures]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        if options.folder:
            options.folder.mkdir(parents=True)
        for name, figures in rounds(options, options.folder or Path(folder)):
            found[name].append(figures)
    tell("program", "pages/s", "ours is", "CPU ms/page", "texts", "whole", "clean")
    ours = median(each.pages_per_s for each in found[PROGRAMS[0].name] or next(iter(found.values())))
    for name, turns in found.items():
        if not turns:
            continue
        rate = median(each.pages_per_s for each in turns)
        cpu_ms = median(1000 * each.cpu_s / max(1, each.texts) for each in turns)
        last = turns[-1]
        times = f"{ours / rate:.1f}x" if rate else "-"
        tell(name, f"{rate:.1f}", times, f"{cpu_ms:.1f}", *map(str, (last.texts, last.whole, last.clean)))


def tell(name: str, *cells: str) -> None:
    print(f"{name:36}", *(f"{cell:>11}" for cell in cells), flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    main()
