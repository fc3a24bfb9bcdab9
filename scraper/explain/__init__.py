"""Why a text came out as it did: kept and removed side by side, for terminals and as a page."""

from scraper.explain.model import Explanation, explain_page, explain_text
from scraper.explain.terminal import as_lines
from scraper.explain.webpage import as_webpage

__all__ = ["Explanation", "as_lines", "as_webpage", "explain_page", "explain_text"]
