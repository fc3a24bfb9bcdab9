"""Tests of scraper.classify."""
