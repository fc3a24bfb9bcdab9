"""A small news site that ships with the package: shows and tests a run without the internet."""

from scraper.demo.site import DemoSite

__all__ = ["DemoSite"]
