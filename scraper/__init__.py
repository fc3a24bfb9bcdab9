"""Fetches news articles in scheduled batch jobs and hands over clean text."""

__version__ = "0.1.0"
