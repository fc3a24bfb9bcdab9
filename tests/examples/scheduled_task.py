"""A task for Airflow, Prefect or the like: what to repeat, what to skip, and what to tell somebody."""

import subprocess
import sys
from pathlib import Path

SKIP = {4: "another run is at work", 5: "stopped early; the next run goes on"}
TELL = {1: "a threshold was missed", 2: "the configuration cannot be used", 3: "disk full or state damaged"}


class SkippedError(Exception):
    """Nothing to do this time: for AirflowSkipException, or a state of Prefect."""


def run_news(config: Path, *, max_runtime_s: int = 3000) -> None:
    """Run the batch as a process of its own, which a scheduler may kill at any time."""
    command = [sys.executable, "-m", "scraper", "run", str(config), "--max-runtime", str(max_runtime_s)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode in SKIP:
        raise SkippedError(SKIP[done.returncode])
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise RuntimeError(f"{TELL.get(done.returncode, 'killed')}: {last}")


if __name__ == "__main__":
    Path("news.toml").write_text("[fetch]\ncontact = 'you@example.org'\n", encoding="utf-8")
    try:
        run_news(Path("news.toml"))
    except RuntimeError as error:
        print(f"task failed: {error}")
