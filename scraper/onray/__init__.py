"""Work on several machines by way of Ray; nothing else of the package knows it."""

from scraper.onray.archives import RayArchives
from scraper.onray.shards import run_shards

__all__ = ["RayArchives", "run_shards"]
