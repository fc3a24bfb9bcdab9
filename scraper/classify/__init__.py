"""What a page is: an article, or which of the things that stand in an article's place."""

from scraper.classify.pages import classify_page
from scraper.classify.responses import classify_response

__all__ = ["classify_page", "classify_response"]
