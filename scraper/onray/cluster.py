"""The cluster: the one that `RAY_ADDRESS` or `ray start` names, or one of this machine alone."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from scraper.errors import EngineError
from scraper.web.addresses import needed


def library() -> Any:  # noqa: ANN401 - a module
    """Ray.

    Raises:
        ConfigError: It is not installed.
    """
    needed("ray.data", extra="ray", what='engine = "ray"')
    # What it has to say besides is no line of our log.
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return needed("ray", extra="ray", what='engine = "ray"')


@contextmanager
def connected() -> Iterator[Any]:
    """Ray, connected to a cluster; the connection ends with the block, unless it was there before.

    Raises:
        ConfigError: Ray is not installed.
        EngineError: There is no cluster to be had.
    """
    ray = library()
    if ray.is_initialized():
        yield ray
        return
    # An unattended program tells nobody of its work unless it is asked to.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        ray.init(logging_level="ERROR", log_to_driver=False)
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        raise EngineError(f"Ray: no cluster to be had: {error}") from error
    try:
        yield ray
    finally:
        ray.shutdown()
