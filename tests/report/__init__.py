"""Tests of `scraper.report`."""
