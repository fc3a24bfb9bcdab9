"""A cluster of two workers on this machine, and how one of them is lost."""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """Ray, with no network but loopback."""
    ray = pytest.importorskip("ray", reason="the `ray` extra is not installed")
    pytest.importorskip("ray.data", reason="the `ray` extra is not installed")
    with tempfile.TemporaryDirectory(prefix="ray-") as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        environment.delenv("RAY_ADDRESS", raising=False)
        ray.init(
            address="local",
            num_cpus=2,
            object_store_memory=100 << 20,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
            _temp_dir=folder,
            _node_ip_address="127.0.0.1",
        )
        try:
            yield ray
        finally:
            ray.shutdown()


def lose(task: str) -> int:
    """Kill a worker of this cluster that is at a task, as when a machine goes dark; how many it were."""
    for pid in _below(os.getpid()):
        if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"ray::" + task.encode()):
            os.kill(pid, signal.SIGKILL)
            return 1
    return 0


def _below(pid: int) -> Iterator[int]:
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text(encoding="ascii").split()
        ]
    except OSError:
        return
    for child in children:
        yield child
        yield from _below(child)


@pytest.fixture
def loser() -> Callable[[str], int]:
    """`lose`."""
    return lose
