"""Fetches news articles in scheduled batch jobs and hands over clean text."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.batch import run_batch
    from scraper.clean import clean_text
    from scraper.config import Config
    from scraper.errors import ScraperError
    from scraper.page import extract_article
    from scraper.records import Article, Drop

__version__ = "0.1.0"

__all__ = ["Article", "Config", "Drop", "ScraperError", "clean_text", "extract_article", "run_batch"]

_HOME = {
    "Article": "records",
    "Config": "config",
    "Drop": "records",
    "ScraperError": "errors",
    "clean_text": "clean",
    "extract_article": "page",
    "run_batch": "batch",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: a worker process never loads the network stack."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
