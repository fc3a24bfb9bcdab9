"""The state: one SQLite file with what was seen, what waits, and what is to be published."""

from scraper.store.archives import Progress
from scraper.store.articles import Part, Row
from scraper.store.database import locked
from scraper.store.links import Queued
from scraper.store.state import ShardStatus, Status, Store
from scraper.store.templates import Templates

__all__ = ["Part", "Progress", "Queued", "Row", "ShardStatus", "Status", "Store", "Templates", "locked"]
