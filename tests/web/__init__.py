"""Tests of the small tools of the web."""
