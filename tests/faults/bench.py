"""What trials are made on: the demo newspaper, a folder with a configuration, and runs in it."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

import msgspec

from scraper.demo import DemoSite
from tests.faults.runner import Job, Plan, Ran, utc

CONFIG = """
[run]
state = "state.db"
workers = {workers}
metrics = "scraper.prom"

[fetch]
delay_s = 0
backoff_s = 0
revisit_s = 8640000
allow_private = true

[[output]]
name = "parts"
path = "articles"

[[output]]
name = "file"
path = "all.jsonl"

[[source]]
name = "courier"
feeds = ["{url}/feed.xml"]
sitemaps = ["{url}/sitemap.xml"]
sections = ["{url}/"]
"""
SATURDAY = utc(2026, 11, 14, 6)
MONDAY = utc(2026, 11, 16, 6)
MANY_RUNS = 6
"""A trial that is not done after so many plain reruns never will be."""


class Scene(StrEnum):
    """What a disturbed run starts from."""

    FIRST = "first run"
    SECOND = "second run, of a changed site"

    @property
    def edition(self) -> int:
        """Of the newspaper."""
        return 2 if self is Scene.SECOND else 1

    @property
    def now(self) -> datetime:
        """When its run begins."""
        return MONDAY if self is Scene.SECOND else SATURDAY


class Bench:
    """The newspaper, a warm process, and folders. A context manager."""

    def __init__(self, *, workers: int = 0, folder: Path | None = None) -> None:
        """`workers` as in the configuration; folders are made below `folder`."""
        self._workers = workers
        self._stack = contextlib.ExitStack()
        self._below = folder
        self._runs = 0
        self._folders = 0
        self._last: Path | None = None
        self.pages: list[str] = []
        """Paths of the article pages that the last run, or runs, were sent in full."""
        self.now = SATURDAY

    def __enter__(self) -> Self:
        root = self._stack.enter_context(tempfile.TemporaryDirectory(dir=self._below, prefix="faults-"))
        self.root = Path(root).resolve()
        self.site = self._stack.enter_context(DemoSite())
        self._runner = self._stack.enter_context(_process())
        warm = self._made("warm")
        self._ask(self._job(warm, Plan(), warm_up=True))
        self.bases = {Scene.FIRST: self._made("first"), Scene.SECOND: self._made("second")}
        self.site.edition = 1
        ran = self.run(self.bases[Scene.SECOND])
        if ran.code:
            raise AssertionError(f"an undisturbed run ends with {ran.code}: {ran.said}")
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def folder(self, scene: Scene) -> Path:
        """A new folder to make the run of `scene` in; the newspaper and the clock are set for it."""
        self.site.edition = scene.edition
        self.now = scene.now
        self._folders += 1
        if self._last:
            shutil.rmtree(self._last)
        target = self.root / f"trial-{self._folders}"
        self._last = target
        shutil.copytree(self.bases[scene], target)
        return target

    def run(
        self,
        folder: Path,
        plan: Plan | None = None,
        *,
        now: datetime | None = None,
        jump_s: float = 0.0,
        jump_after: int = 0,
        watched: bool = False,
    ) -> Ran:
        """Make a run; its calls are told when it is `watched` or has a plan."""
        self.site.requests.clear()
        ran = self._ask(
            self._job(
                folder,
                plan or Plan(),
                now=now or self.now,
                jump_s=jump_s,
                jump_after=jump_after,
                watched=watched or plan is not None,
            )
        )
        self.pages = self._pages()
        return ran

    def until_done(self, folder: Path) -> list[Ran]:
        """Plain runs until one ends well and complete."""
        runs: list[Ran] = []
        pages: list[str] = []
        while len(runs) < MANY_RUNS and not (runs and runs[-1].code == 0):
            runs.append(self.run(folder))
            pages += self.pages
        self.pages = pages
        return runs

    def _pages(self) -> list[str]:
        pages = set(self.site.expected_second)
        asked = (path.partition("?")[0] for _, path, status in self.site.requests if status == OK)
        return [path for path in asked if path in pages]

    def _made(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir()
        text = CONFIG.format(workers=self._workers, url=self.site.url)
        (folder / "news.toml").write_text(text, encoding="utf-8")
        return folder

    def _job(
        self,
        folder: Path,
        plan: Plan,
        *,
        now: datetime | None = None,
        jump_s: float = 0.0,
        jump_after: int = 0,
        watched: bool = False,
        warm_up: bool = False,
    ) -> Job:
        self._runs += 1
        return Job(
            folder=str(folder),
            log=f"{folder}.log",
            arguments=("run", str(folder / "news.toml"), "--quiet"),
            now=now or self.now,
            token=f"{self._runs:06x}",
            plan=plan,
            watched=watched,
            warm_up=warm_up,
            jump_s=jump_s,
            jump_after=jump_after,
        )

    def _ask(self, job: Job) -> Ran:
        if self._runner.stdin is None or self._runner.stdout is None:
            raise AssertionError("the runner is started with pipes")
        self._runner.stdin.write(msgspec.json.encode(job) + b"\n")
        self._runner.stdin.flush()
        return msgspec.json.decode(self._runner.stdout.readline(), type=Ran)


OK = 200


@contextlib.contextmanager
def _process() -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(part or "." for part in sys.path)}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.runner"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as process:
        try:
            yield process
        finally:
            if process.stdin:
                process.stdin.close()
            process.wait()
