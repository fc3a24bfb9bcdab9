"""Takes boilerplate out of blocks and of plain text, with a reason for each removal."""

from scraper.clean.catalogue import KINDS
from scraper.clean.forms import Cleaned, clean_blocks, clean_text
from scraper.clean.memory import SiteMemory

__all__ = ["KINDS", "Cleaned", "SiteMemory", "clean_blocks", "clean_text"]
