"""Tests of scraper.extract."""
